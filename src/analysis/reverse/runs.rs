//! Runs of entities put together in order, as far as they are asked for.
//!
//! What could be an answer lies in the tables as runs that stand in order: what one project contains, who holds one set of
//! roles. To take the first ten of a million, only the beginnings of the runs are looked at. A heap has the runs by what comes
//! next in each, so that one more costs the logarithm of their number.

use super::found::{Few, Found, sort};
use crate::directory::{Directory, EntityId};
use crate::index::Idx;
use crate::schema::TypeId;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;

/// Runs, each in order. As an iterator: the entities of all of them in order, each once, with whether any run has it for
/// sure.
#[derive(Debug, Default)]
pub(super) struct Runs<'a> {
    after: Option<EntityId>,
    heap: BinaryHeap<Reverse<Next<'a>>>,
}

/// What comes next in a run, and the run.
#[derive(Debug)]
struct Next<'a> {
    entity: EntityId,
    surely: bool,
    rest: Rest<'a>,
}

/// What follows in a run.
#[derive(Debug)]
enum Rest<'a> {
    Slice(&'a [EntityId]),
    Ones(<Few as IntoIterator>::IntoIter),
    /// Whatever is of a type, or anything at all.
    All(&'a Directory, Option<TypeId>, usize),
}

impl<'a> Runs<'a> {
    /// No runs yet; of those to come, what is up to `after` is left out.
    pub(super) fn after(after: Option<EntityId>) -> Self {
        Self { after, heap: BinaryHeap::new() }
    }

    /// Adds what was found.
    pub(super) fn add_found(&mut self, found: Found<'a>, surely: bool) {
        found.runs.into_iter().for_each(|run| self.add(run, surely));
        self.add_ones(found.ones, surely);
    }

    fn add(&mut self, run: &'a [EntityId], surely: bool) {
        let done = self.after.map_or(0, |after| run.partition_point(|&entity| entity <= after));
        self.push(Rest::Slice(run.get(done..).unwrap_or(&[])), surely);
    }

    /// Adds entities that stand in no order.
    fn add_ones(&mut self, mut ones: Few, surely: bool) {
        ones.retain(|entity| self.after.is_none_or(|after| *entity > after));
        sort(&mut ones);
        self.push(Rest::Ones(ones.into_iter()), surely);
    }

    /// Adds all entities of a type, or all there are.
    pub(super) fn add_all(&mut self, directory: &'a Directory, ty: Option<TypeId>) {
        let start = self.after.map_or(0, |after| after.index() + 1);
        self.push(Rest::All(directory, ty, start), false);
    }

    fn push(&mut self, mut rest: Rest<'a>, surely: bool) {
        if let Some(entity) = rest.next() {
            self.heap.push(Reverse(Next { entity, surely, rest }));
        }
    }

    /// Goes on in the run that is next.
    fn step(&mut self) -> Option<(EntityId, bool)> {
        let mut top = self.heap.peek_mut()?;
        let Reverse(Next { entity, surely, rest }) = &mut *top;
        let (found, sure) = (*entity, *surely);
        match rest.next() {
            Some(next) => *entity = next,
            None => {
                PeekMut::pop(top);
            }
        }
        Some((found, sure))
    }
}

impl Iterator for Runs<'_> {
    type Item = (EntityId, bool);

    fn next(&mut self) -> Option<(EntityId, bool)> {
        let (entity, mut surely) = self.step()?;
        while self.heap.peek().is_some_and(|Reverse(next)| next.entity == entity) {
            surely |= self.step().is_some_and(|(_, sure)| sure);
        }
        Some((entity, surely))
    }
}

impl Iterator for Rest<'_> {
    type Item = EntityId;

    fn next(&mut self) -> Option<EntityId> {
        match self {
            Self::Slice(run) => {
                let (&first, rest) = run.split_first()?;
                *run = rest;
                Some(first)
            }
            Self::Ones(ones) => ones.next(),
            Self::All(directory, ty, at) => loop {
                let entity = (*at < directory.len()).then(|| EntityId::from_index(*at))?;
                *at += 1;
                if directory.is_there(entity) && ty.is_none_or(|ty| directory.type_of(entity) == ty) {
                    return Some(entity);
                }
            },
        }
    }
}

impl PartialEq for Next<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.entity == other.entity
    }
}

impl Eq for Next<'_> {}

impl PartialOrd for Next<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Next<'_> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.entity.cmp(&other.entity)
    }
}
