//! Lists by entity: everything that belongs to one entity, side by side.

mod compiled;

use super::EntityId;
use crate::index::Table;

/// Items grouped by entity, in the order they came within each group.
///
/// `starts` holds, for each entity, where its items begin, and one more for the end: four bytes an entity, whether it
/// has items or not, for a look-up that is two reads. Where there are no items at all, `starts` is empty.
#[derive(Clone, Debug)]
pub(super) struct ByEntity<T: 'static> {
    starts: Table<u32>,
    items: Table<T>,
}

impl<T> Default for ByEntity<T> {
    fn default() -> Self {
        Self { starts: Table::default(), items: Table::default() }
    }
}

impl<T> ByEntity<T> {
    /// Groups `items` for the entities `0..entities`.
    pub(super) fn new(entities: usize, mut items: Vec<(EntityId, T)>) -> Self {
        if items.is_empty() {
            return Self::default();
        }
        items.sort_by_key(|(entity, _)| *entity);
        let mut starts = Vec::with_capacity(entities + 1);
        starts.push(0);
        let mut at = 0;
        for entity in 0..entities {
            while items.get(at).is_some_and(|(owner, _)| owner.0 as usize <= entity) {
                at += 1;
            }
            starts.push(u32::try_from(at).unwrap_or(u32::MAX));
        }
        Self { starts: starts.into(), items: items.into_iter().map(|(_, item)| item).collect() }
    }

    /// The items of one entity.
    pub(super) fn of(&self, entity: EntityId) -> &[T] {
        let range = self.range(entity);
        self.items.get(range).unwrap_or(&[])
    }

    /// Where in [`ByEntity::all`] the items of one entity stand.
    pub(super) fn range(&self, entity: EntityId) -> std::ops::Range<usize> {
        let at = entity.0 as usize;
        match (self.starts.get(at), self.starts.get(at + 1)) {
            (Some(&start), Some(&end)) => start as usize..end as usize,
            _ => 0..0,
        }
    }

    /// Whoever has items.
    pub(super) fn owners(&self) -> impl Iterator<Item = EntityId> + '_ {
        let ends = self.starts.iter().zip(self.starts.iter().skip(1));
        (0..).map(EntityId).zip(ends).filter(|(_, (start, end))| start < end).map(|(entity, _)| entity)
    }

    /// All items, grouped.
    pub(super) fn all(&self) -> &[T] {
        &self.items
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_found_by_their_entity_in_the_order_they_came() {
        let grouped = ByEntity::new(4, vec![(EntityId(2), 'a'), (EntityId(0), 'b'), (EntityId(2), 'c')]);
        assert_eq!(grouped.of(EntityId(0)), ['b']);
        assert_eq!(grouped.of(EntityId(1)), [' '; 0]);
        assert_eq!(grouped.of(EntityId(2)), ['a', 'c']);
        assert_eq!(grouped.of(EntityId(9)), [' '; 0]);
        assert_eq!(grouped.all(), ['b', 'a', 'c']);
        assert!(grouped.owners().eq([EntityId(0), EntityId(2)]));
        assert_eq!(ByEntity::<char>::new(4, Vec::new()).of(EntityId(0)), [' '; 0]);
    }
}
