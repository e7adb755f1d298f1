//! Who gains and who loses what: the difference of the two complete tables of decisions, worked out class by class.
//!
//! Resources of one type that lie in the same, and are alike in all that conditions read, are decided alike for everybody
//! of one [class](super::classes). So one of each class is decided about, on either side, and stands for all. Where nothing that has
//! a say in a permission differs but what some roles say, only classes are looked at that hold one of those.

use super::ask::Asker;
use super::cause::{CauseId, Causes};
use super::classes::{Class, Classes, Parts, Who};
use super::compare::{Compared, Grounds};
use super::facts::Facts;
use super::halves::Halves;
use super::holders::{Holders, HoldingId};
use super::names::{Thing, Verb};
use super::occasion::Occasion;
use super::places::Place;
use super::prints::Prints;
use super::say::Say;
use crate::index::{AtOnce, IndexVec};
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;

/// Some who gain or lose one permission on some resources.
#[derive(Clone, Debug)]
pub(super) struct Block {
    pub(super) verb: Verb,
    pub(super) gained: bool,
    /// Under which circumstances, if not under those that were asked about.
    pub(super) occasion: Option<Arc<Occasion>>,
    pub(super) cause: CauseId,
    pub(super) who: Who,
    pub(super) resources: Vec<Thing>,
}

/// All of it.
#[derive(Default)]
pub(super) struct Reach {
    pub(super) blocks: Vec<Block>,
    pub(super) parts: Parts,
    /// Whether some circumstances were not tried.
    pub(super) partial: bool,
}

/// The walk over everything.
pub(super) struct Walk<'n, 's> {
    pub(super) asker: Asker<'n, 's>,
    pub(super) facts: &'n Facts,
    pub(super) holders: &'n Holders,
    pub(super) prints: &'n mut Prints<'s>,
    pub(super) causes: &'n mut Causes,
    /// Whether somebody who holds this holds the same roles on either side.
    pub(super) unchanged: IndexVec<HoldingId, bool>,
    /// Causes that were found.
    pub(super) known: FxHashMap<Grounds, CauseId>,
}

impl<'n, 's> Walk<'n, 's> {
    pub(super) fn new(
        asker: Asker<'n, 's>,
        facts: &'n Facts,
        holders: &'n Holders,
        prints: &'n mut Prints<'s>,
        causes: &'n mut Causes,
    ) -> Self {
        let unchanged =
            holders.holdings().iter().map(|holding| causes.are_counterparts(asker.names, holding)).collect();
        Self { asker, facts, holders, prints, causes, unchanged, known: FxHashMap::default() }
    }

    pub(super) fn run(mut self, at_once: AtOnce<'_>) -> Reach {
        let says = self.says();
        let any_whole = says.iter().any(|say| say.whole);
        let any_touched = says.iter().any(|say| say.touched);
        if !any_whole && !any_touched && self.facts.are_same() {
            return Reach::default();
        }
        let names = self.asker.names;
        let mut things: FxHashMap<&str, Vec<Thing>> = FxHashMap::default();
        for thing in names.things.ids() {
            things.entry(names.type_name(thing)).or_default().push(thing);
        }
        let mut by_type: Vec<(&str, Vec<Say>)> = Vec::new();
        for say in says {
            let ty = names.verb_type(say.verb);
            match by_type.iter_mut().find(|(known, _)| *known == ty) {
                Some((_, says)) => says.push(say),
                None => by_type.push((ty, vec![say])),
            }
        }
        let (mut prints, mut causes) = (self.prints.clone(), self.causes.clone());
        let (unchanged, known) = (self.unchanged.clone(), FxHashMap::default());
        let second = Walk { prints: &mut prints, causes: &mut causes, unchanged, known, ..self };
        let mut halves = Halves::new(Half::new(self), Half::new(second));
        for (ty, says) in by_type {
            let Some(resources) = things.get(ty) else { continue };
            halves.of_type(resources, &says, at_once);
        }
        halves.reach()
    }
}

/// What one thread comes to.
pub(super) struct Half<'n, 's> {
    pub(super) walk: Walk<'n, 's>,
    pub(super) reach: Reach,
    kinds: [Option<Classes<'n>>; 4],
}

impl<'n, 's> Half<'n, 's> {
    fn new(walk: Walk<'n, 's>) -> Self {
        Self { walk, reach: Reach::default(), kinds: [const { None }; 4] }
    }

    /// Compares what both sides decide on the resources of some places.
    pub(super) fn compare(&mut self, places: &[(Place, Vec<Thing>)], says: &[(&Say, FxHashSet<Thing>)]) {
        let Self { walk, reach, kinds } = self;
        for (place, resources) in places {
            let levels = walk.levels(place, resources);
            let mut classes: [Option<Vec<Class>>; 4] = [const { None }; 4];
            for (say, touching) in says {
                let whole = say.whole || place.whole;
                if !whole && !levels.iter().any(|level| touching.contains(level)) && say.reads.on.is_empty() {
                    continue;
                }
                let (more, rows) = (say.reads.subject, say.reads.subject && say.reads.has_elsewhere);
                let variant = usize::from(more) + 2 * usize::from(rows);
                let Some(kind) = kinds.get_mut(variant) else { continue };
                let (names, holders) = (walk.asker.names, walk.holders);
                let kind = kind.get_or_insert_with(|| Classes::new(holders, holders.statuses(names, more, rows)));
                if say.reads.on.is_empty() {
                    let Some(known) = classes.get_mut(variant) else { continue };
                    let classes = known.get_or_insert_with(|| kind.on(&levels, &mut reach.parts));
                    walk.compare(&Compared { say, whole, resources, levels: &levels }, classes, kind, reach);
                    continue;
                }
                for alike in walk.alike(say, resources).into_iter().flatten() {
                    let levels = walk.further(say, &levels, &alike);
                    let classes = kind.on(&levels, &mut reach.parts);
                    let compared = Compared { say, whole, resources: &alike, levels: &levels };
                    walk.compare(&compared, &classes, kind, reach);
                }
            }
        }
    }
}
