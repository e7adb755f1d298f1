//! Entities by something they belong to and by a key, so that those with one key stand side by side.

use super::EntityId;

/// Lists of entities by owner, each list in groups by key, each group in the order of the entities.
///
/// `starts` tells where an owner's groups begin, and a group where its entities do; of both, the next one tells where they
/// end.
#[derive(Debug)]
pub(super) struct Grouped<K> {
    starts: Vec<u32>,
    groups: Vec<(K, u32)>,
    entities: Vec<EntityId>,
}

impl<K: Copy + Ord> Grouped<K> {
    /// Groups entities that come in their order, each with its owner's number and its key; one of them may come more than
    /// once, under other owners.
    pub(super) fn new<I: Iterator<Item = (usize, K, EntityId)>>(all: impl Fn() -> I) -> Self {
        let mut ends: Vec<u32> = Vec::new();
        let mut count = 0_usize;
        for (owner, ..) in all() {
            if ends.len() < owner + 2 {
                ends.resize(owner + 2, 0);
            }
            if let Some(end) = ends.get_mut(owner + 1) {
                *end += 1;
            }
            count += 1;
        }
        let mut end = 0;
        for start in &mut ends {
            end += *start;
            *start = end;
        }
        // Every place of the list is written: those of each owner are as many as were counted.
        let first = all().next();
        let mut entries: Vec<(K, EntityId)> = first.map_or_else(Vec::new, |(_, key, one)| vec![(key, one); count]);
        let mut next = ends.clone();
        for (owner, key, entity) in all() {
            let Some(at) = next.get_mut(owner) else { continue };
            if let Some(entry) = entries.get_mut(*at as usize) {
                *entry = (key, entity);
            }
            *at += 1;
        }

        let mut grouped =
            Self { starts: Vec::with_capacity(ends.len()), groups: Vec::new(), entities: Vec::with_capacity(count) };
        for range in ends.windows(2) {
            grouped.starts.push(narrow(grouped.groups.len()));
            let &[start, end] = range else { continue };
            let Some(of_owner) = entries.get_mut(start as usize..end as usize) else { continue };
            of_owner.sort_by_key(|(key, _)| *key);
            for group in of_owner.chunk_by(|one, other| one.0 == other.0) {
                let Some(&(key, _)) = group.first() else { continue };
                grouped.groups.push((key, narrow(grouped.entities.len())));
                grouped.entities.extend(group.iter().map(|(_, entity)| *entity));
            }
        }
        grouped.starts.push(narrow(grouped.groups.len()));
        grouped
    }

    /// The groups of an owner, in the order of their keys.
    pub(super) fn of(&self, owner: usize) -> impl Iterator<Item = (K, &[EntityId])> {
        let ends = self.starts.get(owner).zip(self.starts.get(owner + 1));
        let range = ends.map_or(0..0, |(&start, &end)| start as usize..end as usize);
        let past = self.groups.get(range.end).map_or(self.entities.len(), |(_, start)| *start as usize);
        let groups = self.groups.get(range).unwrap_or(&[]);
        let ends = groups.iter().skip(1).map(|(_, start)| *start as usize).chain(std::iter::once(past));
        groups.iter().zip(ends).filter_map(|(&(key, start), end)| Some((key, self.entities.get(start as usize..end)?)))
    }
}

fn narrow(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entities_stand_by_owner_and_key_in_their_order() {
        let all = [(3, 'b', 0), (1, 'a', 0), (3, 'a', 1), (3, 'b', 2), (1, 'a', 4)];
        let grouped = Grouped::new(|| all.into_iter().map(|(owner, key, entity)| (owner, key, EntityId(entity))));
        let of = |owner| -> Vec<(char, Vec<u32>)> {
            grouped.of(owner).map(|(key, of_key)| (key, of_key.iter().map(|one| one.0).collect())).collect()
        };
        assert_eq!(of(3), [('a', vec![1]), ('b', vec![0, 2])]);
        assert_eq!(of(1), [('a', vec![0, 4])]);
        assert_eq!((of(0), of(2), of(4), of(9)), (vec![], vec![], vec![], vec![]));
        assert_eq!(Grouped::<char>::new(std::iter::empty).of(0).count(), 0);
    }
}
