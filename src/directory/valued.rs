//! Values of attributes as a decision reads them: from where they stand, if that was told beforehand.

use super::{Directory, EntityId, Stored};

/// Where the values of an entity with an entry stand, if it is known.
#[derive(Clone, Copy, Debug)]
pub struct ValueSpot(u32);

impl ValueSpot {
    /// It has to be looked up.
    pub const UNKNOWN: Self = Self(u32::MAX);

    const fn is_known(self) -> bool {
        self.0 != Self::UNKNOWN.0
    }
}

impl Directory {
    /// Where the values of an entity stand.
    #[must_use]
    pub fn spot_of_values(&self, entity: EntityId) -> ValueSpot {
        match self.patch(entity) {
            None => self.places.declared_row(entity).map_or(ValueSpot::UNKNOWN, ValueSpot),
            Some(_) => ValueSpot::UNKNOWN,
        }
    }

    /// The value of an attribute of an entity that has an entry.
    #[inline]
    #[must_use]
    pub fn declared_attribute(&self, entity: EntityId, slot: usize) -> Option<Stored> {
        self.attribute_at((entity, ValueSpot::UNKNOWN), slot)
    }

    /// The same by where its values stand in a directory with the same stamp.
    #[inline]
    #[must_use]
    pub fn attribute_at(&self, (entity, spot): (EntityId, ValueSpot), slot: usize) -> Option<Stored> {
        match self.patch(entity) {
            None if spot.is_known() => Some(self.attributes.get(spot.0, slot)),
            None => Some(self.attributes.get(self.places.declared_row(entity)?, slot)),
            Some(patch) => patch.chain.is_some().then(|| self.attribute(entity, slot)),
        }
    }

    /// Has the memory bring the values of an entity, or else where it stands what they are.
    #[inline]
    pub fn prefetch_values(&self, (entity, spot): (EntityId, ValueSpot)) {
        if spot.is_known() { self.attributes.prefetch(spot.0) } else { self.places.prefetch(entity) }
    }
}
