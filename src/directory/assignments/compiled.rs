//! Assignments in a compiled file, which has no changes beside a base.

use super::Assignments;
use super::base::Base;
use crate::directory::EntityId;
use crate::image::{Fault, Image, ImageWriter};
use crate::schema::{Schema, TypeId};
use crate::source::Span;
use std::sync::Arc;

impl Assignments {
    /// Writes what was laid out; a directory that is written has no changes beside that.
    pub(in crate::directory) fn write(&self, image: &mut ImageWriter) {
        self.base.write(image);
    }

    pub(in crate::directory) fn read(
        image: &Image,
        entities: usize,
        schema: &Schema,
        type_of: &dyn Fn(EntityId) -> Option<TypeId>,
        is_place: &dyn Fn(Span) -> bool,
    ) -> Result<Self, Fault> {
        let base = Base::read(image, entities, schema, type_of, is_place)?;
        Ok(Self { base: Arc::new(base), ..Self::default() })
    }
}
