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

    /// Reads the lists, which are yet to be looked at.
    pub(in crate::directory) fn read(starts: Section, items: Section, image: &Image) -> Result<Self, Fault> {
        Ok(Self { starts: image.table(starts)?, items: image.table(items)? })
    }

    /// Whether they are the lists of so many entities. `is_sound` looks at each item, with its owner and its place among all.
    pub(in crate::directory) fn look(
        &self,
        (starts_in, items_in): (Section, Section),
        entities: usize,
        mut is_sound: impl FnMut(EntityId, usize, &T) -> bool,
    ) -> Result<(), Fault> {
        let (starts, items) = (&*self.starts, &*self.items);
        if starts.is_empty() && items.is_empty() {
            return Ok(());
        }
        if starts.len() != entities + 1 || starts.last().is_none_or(|&end| end as usize != items.len()) {
            return Err(Fault::row(starts_in, starts.len(), "there is not one for each entity"));
        }
        let mut at = 0;
        for (entity, &end) in (0..).map(EntityId).zip(starts.iter().skip(1)) {
            let Some(own) = items.get(at..end as usize) else {
                return Err(Fault::row(starts_in, entity.0 as usize, "it begins before the one before"));
            };
            for item in own {
                if !is_sound(entity, at, item) {
                    return Err(Fault::row(items_in, at, "it does not belong there"));
                }
                at += 1;
            }
        }
        if starts.first() != Some(&0) {
            return Err(Fault::row(starts_in, 0, "the first does not begin at the beginning"));
        }
        Ok(())
    }
}
