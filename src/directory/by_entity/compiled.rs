//! Lists by entity in a compiled file.

use super::ByEntity;
use crate::directory::EntityId;
use crate::image::{Fault, Image, ImageWriter, Section};
use crate::index::Pod;

impl<T: Pod> ByEntity<T> {
    pub(in crate::directory) fn write(&self, starts: Section, items: Section, image: &mut ImageWriter) {
        image.rows(starts, &self.starts);
        image.rows(items, &self.items);
    }

    /// Reads the lists of so many entities. `is_sound` looks at each item, with its owner and its place among all.
    pub(in crate::directory) fn read(
        (starts_in, items_in): (Section, Section),
        image: &Image,
        entities: usize,
        mut is_sound: impl FnMut(EntityId, usize, &T) -> bool,
    ) -> Result<Self, Fault> {
        let read = Self { starts: image.table(starts_in)?, items: image.table(items_in)? };
        if read.starts.is_empty() && read.items.is_empty() {
            return Ok(read);
        }
        if read.starts.len() != entities + 1 || read.starts.last().is_none_or(|&end| end as usize != read.items.len()) {
            return Err(Fault::row(starts_in, read.starts.len(), "there is not one for each entity"));
        }
        let mut at = 0;
        for (entity, &end) in (0..).map(EntityId).zip(read.starts.iter().skip(1)) {
            let Some(own) = read.items.get(at..end as usize) else {
                return Err(Fault::row(starts_in, entity.0 as usize, "it begins before the one before"));
            };
            for item in own {
                if !is_sound(entity, at, item) {
                    return Err(Fault::row(items_in, at, "it does not belong there"));
                }
                at += 1;
            }
        }
        if read.starts.first() != Some(&0) {
            return Err(Fault::row(starts_in, 0, "the first does not begin at the beginning"));
        }
        Ok(read)
    }
}
