//! Whoever asks, by what makes a difference: all of one class are decided alike on the same resources.
//!
//! A class is a status and what is held on each entity that a resource is, or lies in. On entities where few hold anything
//! its members are listed one by one; where many do, everybody is parted once by what they hold there, and a class is one
//! of those parts without the few.

use super::holders::{Holders, HoldingId, StatusId};
use super::names::Thing;
use crate::index::{IndexVec, dense_id};
use rustc_hash::{FxHashMap, FxHashSet};
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

/// By status and by what is held, everybody of whom that is true.
type Parted = Arc<[(StatusId, Held, PartId)]>;

/// Everybody, parted.
pub(super) struct Classes<'h> {
    holders: &'h Holders,
    statuses: Arc<FxHashMap<Thing, StatusId>>,
    parts: FxHashMap<Vec<Thing>, Parted>,
}

/// The members of all parts that were made.
pub(super) type Parts = IndexVec<PartId, Arc<[Thing]>>;

impl<'h> Classes<'h> {
    pub(super) fn new(holders: &'h Holders, statuses: FxHashMap<Thing, StatusId>) -> Self {
        Self { holders, statuses: Arc::new(statuses), parts: FxHashMap::default() }
    }

    /// The classes on resources that are, or lie in, these.
    pub(super) fn on(&mut self, levels: &[Thing], parts: &mut Parts) -> Vec<Class> {
        let (large, small): (Vec<Thing>, Vec<Thing>) =
            levels.iter().partition(|&&level| self.holders.on(level).len() > MANY);
        let mut few: Vec<Thing> =
            small.iter().flat_map(|&level| self.holders.on(level).iter().map(|&(who, _)| who)).collect();
        few.sort_unstable();
        few.dedup();
        let mut by_key: FxHashMap<(StatusId, Held), Vec<Thing>> = FxHashMap::default();
        let mut without: FxHashMap<(StatusId, Held), Vec<Thing>> = FxHashMap::default();
        for &actor in &few {
            let Some(&status) = self.statuses.get(&actor) else { continue };
            let held = self.held(actor, levels);
            let there: Held = held.iter().copied().filter(|(on, _)| large.contains(on)).collect();
            without.entry((status, there)).or_default().push(actor);
            by_key.entry((status, held)).or_default().push(actor);
        }
        let mut classes: Vec<Class> = by_key
            .into_iter()
            .map(|((status, held), who)| Class { status, held, who: Who::Some(who.into()) })
            .collect();
        for (status, held, part) in self.parted(&large, parts).iter() {
            let left_out = without.remove(&(*status, held.clone())).unwrap_or_default();
            if parts.get(*part).is_some_and(|all| all.len() > left_out.len()) {
                classes.push(Class { status: *status, held: held.clone(), who: Who::Rest(*part, left_out.into()) });
            }
        }
        classes.sort_by(|one, other| (one.status, &one.held).cmp(&(other.status, &other.held)));
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

    /// Whether somebody is of a class.
    pub(super) fn is_of(&self, actor: Thing, class: &Class, levels: &[Thing]) -> bool {
        self.statuses.get(&actor) == Some(&class.status) && self.held(actor, levels) == class.held
    }

    fn parted(&mut self, large: &[Thing], parts: &mut Parts) -> Parted {
        if let Some(known) = self.parts.get(large) {
            return Arc::clone(known);
        }
        let mut by_key: FxHashMap<(StatusId, Held), Vec<Thing>> = FxHashMap::default();
        for &actor in &self.holders.actors {
            let Some(&status) = self.statuses.get(&actor) else { continue };
            by_key.entry((status, self.held(actor, large))).or_default().push(actor);
        }
        let mut keys: Vec<((StatusId, Held), Vec<Thing>)> = by_key.into_iter().collect();
        keys.sort();
        let made = keys.into_iter().map(|((status, held), who)| (status, held, parts.push(who.into())));
        let made: Parted = made.collect();
        self.parts.insert(large.to_vec(), Arc::clone(&made));
        made
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

    /// The same without some who are of it.
    pub(super) fn without(&self, some: &FxHashSet<Thing>) -> Self {
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
