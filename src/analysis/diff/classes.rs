//! Whoever asks, by what makes a difference: all of one class are decided alike on the same resources.
//!
//! A class is a status and what is held on each entity that a resource is, or lies in. On entities where few hold anything
//! its members are listed one by one; where many do, everybody is parted once by what they hold there, and a class is one
//! of those parts without the few.

use super::holders::{Holders, HoldingId, StatusId};
use super::names::Thing;
use crate::index::{Idx, IndexVec, dense_id};
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;
use std::sync::Arc;

dense_id! {
    /// A part of everybody.
    pub(super) struct PartId
}

/// Where more than so many hold anything, they are not listed one by one.
const MANY: usize = 512;

/// What is held on some entities, in their order.
pub(super) type Held = Vec<(Thing, HoldingId)>;

/// Those of whom a decision speaks.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) enum Who {
    /// These, in order.
    Some(Arc<[Thing]>),
    /// A part of everybody without these, which are of it; in order.
    Rest(PartId, Arc<[Thing]>),
}

/// A class of those who ask.
#[derive(Clone, Debug)]
pub(super) struct Class {
    pub(super) status: StatusId,
    pub(super) held: Held,
    pub(super) who: Who,
}

/// Everybody, by status and by what is held on some entities.
struct Parted {
    parts: Vec<(StatusId, Held, PartId)>,
    /// By thing, the number of its part.
    of: Vec<u32>,
}

impl Parted {
    fn part_of(&self, actor: Thing) -> Option<u32> {
        self.of.get(actor.index()).copied().filter(|&part| part != u32::MAX)
    }
}

/// That somebody holds something on an entity.
type Entry = (Thing, Thing, HoldingId);

fn held(entries: &[Entry]) -> impl Iterator<Item = (Thing, HoldingId)> + '_ {
    entries.iter().map(|&(_, on, holding)| (on, holding))
}

/// Everybody, parted.
pub(super) struct Classes<'h> {
    holders: &'h Holders,
    statuses: Arc<FxHashMap<Thing, StatusId>>,
    parted: FxHashMap<Vec<Thing>, Arc<Parted>>,
}

/// The members of all parts that were made.
pub(super) type Parts = IndexVec<PartId, Arc<[Thing]>>;

impl<'h> Classes<'h> {
    pub(super) fn new(holders: &'h Holders, statuses: FxHashMap<Thing, StatusId>) -> Self {
        Self { holders, statuses: Arc::new(statuses), parted: FxHashMap::default() }
    }

    /// The classes on resources that are, or lie in, these. It is asked for of every place there is: whoever holds something
    /// on one of a few is looked up once.
    pub(super) fn on(&mut self, levels: &[Thing], parts: &mut Parts) -> Vec<Class> {
        let (large, small): (Vec<Thing>, Vec<Thing>) =
            levels.iter().partition(|&&level| self.holders.on(level).len() > MANY);
        let parted = self.parted(&large, parts);
        let mut few: Vec<Entry> = Vec::new();
        for &level in &small {
            few.extend(self.holders.on(level).iter().map(|&(who, holding)| (who, level, holding)));
        }
        few.sort_unstable();
        let of_each = few.chunk_by(|one, other| one.0 == other.0);
        let mut members: Vec<(u32, &[Entry])> =
            of_each.filter_map(|held| Some((parted.part_of(held.first()?.0)?, held))).collect();
        // By part, and in it by what is held; in order of who holds it, as the sort is stable.
        members.sort_by(|one, other| one.0.cmp(&other.0).then_with(|| held(one.1).cmp(held(other.1))));
        let mut classes: Vec<Class> = Vec::new();
        let mut left_out: FxHashMap<u32, Vec<Thing>> = FxHashMap::default();
        for alike in members.chunk_by(|one, other| one.0 == other.0 && held(one.1).eq(held(other.1))) {
            let Some(&(part, entries)) = alike.first() else { continue };
            let Some((status, there, _)) = parted.parts.get(part as usize) else { continue };
            let mut held: Held = held(entries).chain(there.iter().copied()).collect();
            held.sort_unstable();
            let who: Vec<Thing> = alike.iter().filter_map(|(_, entries)| Some(entries.first()?.0)).collect();
            left_out.entry(part).or_default().extend_from_slice(&who);
            classes.push(Class { status: *status, held, who: Who::Some(who.into()) });
        }
        for (number, (status, held, part)) in (0..).zip(&parted.parts) {
            let mut left_out = left_out.remove(&number).unwrap_or_default();
            if parts.get(*part).is_some_and(|all| all.len() > left_out.len()) {
                left_out.sort_unstable();
                classes.push(Class { status: *status, held: held.clone(), who: Who::Rest(*part, left_out.into()) });
            }
        }
        classes.sort_by(|one, other| one.key().cmp(&other.key()));
        classes
    }

    /// What somebody holds on these.
    pub(super) fn held(&self, actor: Thing, levels: &[Thing]) -> Held {
        let row = self.holders.row_of(actor);
        if row.len() < levels.len() {
            return row.iter().copied().filter(|(on, _)| levels.contains(on)).collect();
        }
        levels.iter().filter_map(|&level| Some((level, self.holders.held(actor, level)?))).collect()
    }

    /// What tells of which class somebody is; nothing of whom nobody asks about.
    pub(super) fn key(&self, actor: Thing, levels: &[Thing]) -> Option<(StatusId, Held)> {
        let status = *self.statuses.get(&actor)?;
        Some((status, self.held(actor, levels)))
    }

    fn parted(&mut self, large: &[Thing], parts: &mut Parts) -> Arc<Parted> {
        if let Some(known) = self.parted.get(large) {
            return Arc::clone(known);
        }
        let mut by_key: FxHashMap<(StatusId, Held), Vec<Thing>> = FxHashMap::default();
        for &actor in &self.holders.actors {
            let Some(&status) = self.statuses.get(&actor) else { continue };
            by_key.entry((status, self.held(actor, large))).or_default().push(actor);
        }
        let mut keys: Vec<((StatusId, Held), Vec<Thing>)> = by_key.into_iter().collect();
        keys.sort();
        let last = self.holders.actors.iter().max().map_or(0, |actor| actor.index() + 1);
        let mut made = Parted { parts: Vec::with_capacity(keys.len()), of: vec![u32::MAX; last] };
        for (number, ((status, held), who)) in (0..).zip(keys) {
            for actor in &who {
                made.of.get_mut(actor.index()).into_iter().for_each(|of| *of = number);
            }
            made.parts.push((status, held, parts.push(who.into())));
        }
        let made = Arc::new(made);
        self.parted.insert(large.to_vec(), Arc::clone(&made));
        made
    }
}

impl Class {
    /// What tells it from others, and by which they are in order.
    pub(super) const fn key(&self) -> (StatusId, &Held) {
        (self.status, &self.held)
    }
}

impl Who {
    pub(super) fn len(&self, parts: &Parts) -> usize {
        match self {
            Self::Some(who) => who.len(),
            Self::Rest(part, without) => parts.get(*part).map_or(0, |all| all.len()).saturating_sub(without.len()),
        }
    }

    pub(super) fn iter<'a>(&'a self, parts: &'a Parts) -> impl Iterator<Item = Thing> + 'a {
        let (all, without): (&[Thing], &[Thing]) = match self {
            Self::Some(who) => (who, &[]),
            Self::Rest(part, without) => (parts.get(*part).map_or(&[][..], |all| all), without),
        };
        all.iter().copied().filter(|actor| without.binary_search(actor).is_err())
    }

    pub(super) fn contains(&self, actor: Thing, parts: &Parts) -> bool {
        match self {
            Self::Some(who) => who.binary_search(&actor).is_ok(),
            Self::Rest(part, without) => {
                let all = parts.get(*part).map_or(&[][..], |all| all);
                all.binary_search(&actor).is_ok() && without.binary_search(&actor).is_err()
            }
        }
    }

    /// The same without some who are of it.
    pub(super) fn without(&self, some: &BTreeSet<Thing>) -> Self {
        match self {
            Self::Some(who) => Self::Some(who.iter().copied().filter(|actor| !some.contains(actor)).collect()),
            Self::Rest(part, without) => {
                let mut all: Vec<Thing> = without.iter().chain(some).copied().collect();
                all.sort_unstable();
                Self::Rest(*part, all.into())
            }
        }
    }
}
