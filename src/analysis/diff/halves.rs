//! The walk on two threads: each goes over half of the places of a type, and what they come to is put together as if one had
//! gone over them all.

use super::cause::CauseId;
use super::classes::{PartId, Who};
use super::names::Thing;
use super::places::Place;
use super::reach::{Half, Reach};
use super::say::Say;
use crate::index::{AtOnce, Idx};
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::{Arc, Mutex, PoisonError};

/// Both threads' work, and what the second one's numbers are in the first one's.
pub(super) struct Halves<'n, 's, 'm> {
    first: Half<'n, 's>,
    second: Half<'m, 's>,
    causes: Vec<CauseId>,
    parts: Vec<PartId>,
}

impl<'n, 's, 'm> Halves<'n, 's, 'm> {
    pub(super) const fn new(first: Half<'n, 's>, second: Half<'m, 's>) -> Self {
        Self { first, second, causes: Vec::new(), parts: Vec::new() }
    }

    /// Compares what both sides decide on the resources of one type.
    pub(super) fn of_type(&mut self, resources: &[Thing], says: &[Say], at_once: AtOnce<'_>) {
        let walk = &self.first.walk;
        let mut places: FxHashMap<Place, Vec<Thing>> = FxHashMap::default();
        for &resource in resources {
            places.entry(walk.place(resource)).or_default().push(resource);
        }
        // In the order of the first that lies there.
        let mut places: Vec<(Place, Vec<Thing>)> = places.into_iter().collect();
        places.sort_unstable_by_key(|(_, resources)| resources.first().copied());
        let says: Vec<(&Say, FxHashSet<Thing>)> = says.iter().map(|say| (say, walk.touching(say))).collect();
        let (one, other) = places.split_at(places.len() / 2);
        let one = Mutex::new(Some((&mut self.first, one)));
        let other = Mutex::new(Some((&mut self.second, other)));
        let do_one = || take(&one).into_iter().for_each(|(half, places)| half.compare(places, &says));
        let do_other = || take(&other).into_iter().for_each(|(half, places)| half.compare(places, &says));
        at_once(&do_one, &do_other);
        // What nobody did.
        do_one();
        do_other();
        self.join();
    }

    /// Puts what the second thread came to behind what the first did.
    fn join(&mut self) {
        let Half { walk, reach, .. } = &mut self.second;
        for cause in walk.causes.all.iter().skip(self.causes.len()) {
            self.causes.push(self.first.walk.causes.put(cause.clone()));
        }
        for part in reach.parts.iter().skip(self.parts.len()) {
            self.parts.push(self.first.reach.parts.push(Arc::clone(part)));
        }
        for mut block in reach.blocks.drain(..) {
            self.causes.get(block.cause.index()).into_iter().for_each(|&cause| block.cause = cause);
            if let Who::Rest(part, _) = &mut block.who {
                self.parts.get(part.index()).into_iter().for_each(|&joined| *part = joined);
            }
            self.first.reach.blocks.push(block);
        }
        self.first.reach.partial |= reach.partial;
    }

    /// What all of it came to.
    pub(super) fn reach(self) -> Reach {
        self.first.reach
    }
}

fn take<T>(work: &Mutex<Option<T>>) -> Option<T> {
    work.lock().unwrap_or_else(PoisonError::into_inner).take()
}
