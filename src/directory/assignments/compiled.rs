//! Assignments in a compiled file, which has no changes beside a base.

use super::Assignments;
use super::base::Base;
use crate::directory::places::Places;
use crate::image::{Fault, Image, ImageWriter};
use crate::schema::Schema;
use crate::source::Span;
use std::sync::Arc;

impl Assignments {
    /// Writes what was laid out; a directory that is written has no changes beside that.
    pub(in crate::directory) fn write(&self, image: &mut ImageWriter) {
        self.base.write(image);
    }

    /// Reads the assignments, which are yet to be looked at.
    pub(in crate::directory) fn read(image: &Image) -> Result<Self, Fault> {
        Ok(Self { base: Arc::new(Base::read(image)?), ..Self::default() })
    }

    /// Whether they are assignments of roles to entities that there are, among so many.
    pub(in crate::directory) fn look(
        &self,
        entities: usize,
        schema: &Schema,
        places: &Places,
        is_place: &dyn Fn(Span) -> bool,
    ) -> Result<(), Fault> {
        self.base.look(entities, schema, places, is_place)
    }
}
