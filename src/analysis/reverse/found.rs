//! What was found in the tables and could be an answer.

use crate::directory::EntityId;
use smallvec::SmallVec;
use std::mem;

/// Entities that are mostly few, as those are that a condition names.
pub(super) type Few = SmallVec<[EntityId; 8]>;

/// How many are put into order faster than their runs are put together.
const SORTED: usize = 20;

/// Entities, most of which lie in the tables as runs in order. These are not put together before they are asked for.
#[derive(Default)]
pub(super) struct Found<'a> {
    /// Each in order.
    pub(super) runs: SmallVec<[&'a [EntityId]; 16]>,
    /// In no order.
    pub(super) ones: Few,
}

impl Found<'_> {
    /// All of them, in no order, some more than once.
    pub(super) fn iter(&self) -> impl Iterator<Item = EntityId> {
        self.runs.iter().copied().flatten().chain(&self.ones).copied()
    }

    /// All of them in order, each once. To be asked once: what stays behind is part of them, in no order.
    pub(super) fn take(&mut self) -> Few {
        if self.runs.is_empty() {
            sort(&mut self.ones);
            return mem::take(&mut self.ones);
        }
        let count = self.runs.iter().map(|run| run.len()).sum::<usize>() + self.ones.len();
        if count <= SORTED {
            return sorted(self.concat(count)).into();
        }
        self.runs.sort_unstable_by_key(|run| run.first().copied());
        let follow = |both: &[&[EntityId]]| match both {
            [one, next] => one.last() < next.first(),
            _ => true,
        };
        if self.ones.is_empty() && self.runs.windows(2).all(follow) {
            return self.concat(count).into();
        }
        let longest = (0..self.runs.len()).max_by_key(|&at| self.runs.get(at).map(|run| run.len()));
        let longest = longest.map_or(&[][..], |at| self.runs.swap_remove(at));
        merged(longest, &sorted(self.concat(count - longest.len()))).into()
    }

    /// So many of them, one run behind the other.
    fn concat(&self, count: usize) -> Vec<EntityId> {
        let mut all = Vec::with_capacity(count);
        self.runs.iter().for_each(|run| all.extend_from_slice(run));
        all.extend_from_slice(&self.ones);
        all
    }
}

/// Puts entities in order, each once.
pub(super) fn sort(entities: &mut Few) {
    entities.sort_unstable();
    entities.dedup();
}

/// Entities in order, each once.
fn sorted(mut entities: Vec<EntityId>) -> Vec<EntityId> {
    entities.sort_unstable();
    entities.dedup();
    entities
}

/// The entities of two lists in order, in order, each once. Most are in the first: between two of the second, those of the
/// first are not looked at one by one.
fn merged(many: &[EntityId], few: &[EntityId]) -> Vec<EntityId> {
    let mut all = Vec::with_capacity(many.len() + few.len());
    let mut rest = many;
    for &one in few {
        let (before, after) = rest.split_at(rest.partition_point(|&other| other < one));
        all.extend_from_slice(before);
        all.push(one);
        rest = after.strip_prefix(&[one]).unwrap_or(after);
    }
    all.extend_from_slice(rest);
    all
}

/// The answer as a whole: what is sure, and of what is open that which is allowed; both are given in order, and so is it.
// All at once are put into order faster than one by one.
pub(super) fn decided(sure: Few, mut open: Few, mut is_allowed: impl FnMut(EntityId) -> bool) -> Vec<EntityId> {
    open.retain(|&mut one| sure.binary_search(&one).is_err() && is_allowed(one));
    match (sure.is_empty(), open.is_empty()) {
        (true, _) => open.into_vec(),
        (_, true) => sure.into_vec(),
        _ => merged(&sure, &open),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(runs: &[&[u32]], ones: &[u32]) -> Vec<u32> {
        let entities = |numbers: &[u32]| -> Vec<EntityId> { numbers.iter().copied().map(EntityId).collect() };
        let runs: Vec<Vec<EntityId>> = runs.iter().map(|run| entities(run)).collect();
        let mut found = Found { runs: runs.iter().map(Vec::as_slice).collect(), ones: entities(ones).into() };
        found.take().into_iter().map(|one| one.0).collect()
    }

    #[test]
    fn whatever_is_found_comes_in_order_and_once() {
        assert!(all(&[], &[]).is_empty());
        assert_eq!(all(&[&[], &[3]], &[]), [3]);
        assert_eq!(all(&[&[7, 9], &[1, 2]], &[5, 4]), [1, 2, 4, 5, 7, 9]);
        assert_eq!(all(&[&[1, 5, 7, 9], &[5, 6], &[0, 9, 12]], &[7, 3, 3]), [0, 1, 3, 5, 6, 7, 9, 12]);
        assert_eq!(all(&[&[4, 6], &[6, 8]], &[8]), [4, 6, 8]);
        let (low, high): (Vec<u32>, Vec<u32>) = (1..60).partition(|at| *at < 30);
        assert_eq!(all(&[&high, &low], &[]), (1..60).collect::<Vec<_>>());
        assert_eq!(all(&[&high, &low], &[70, 0, 3]), [vec![0], (1..60).collect(), vec![70]].concat());
        let (even, odd): (Vec<u32>, Vec<u32>) = (0..200).partition(|at| at % 2 == 0);
        assert_eq!(all(&[&even, &odd[..60], &odd[40..]], &[0, 199, 77]), (0..200).collect::<Vec<_>>());
    }

    #[test]
    fn what_is_sure_is_not_decided() {
        let entities = |numbers: &[u32]| -> Vec<EntityId> { numbers.iter().copied().map(EntityId).collect() };
        let decide = |sure: &[u32], open: &[u32]| {
            decided(entities(sure).into(), entities(open).into(), |one| {
                assert!(!sure.contains(&one.0));
                one.0 % 2 == 0
            })
        };
        assert_eq!(decide(&[1, 4], &[0, 1, 3, 6]), entities(&[0, 1, 4, 6]));
        assert_eq!(decide(&[], &[1, 2]), entities(&[2]));
        assert_eq!(decide(&[5], &[7]), entities(&[5]));
    }
}
