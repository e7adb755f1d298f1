//! Which roles somebody can come to hold who holds some.
//!
//! Everything stands for one entity of each type, the one inside the other: what somebody can do there they can do in some
//! directory, and what they cannot do there they can do in none.

use super::super::Examined;
use super::dangers::{Counts, Dangers};
use super::gain;
use super::targets::WaysTo;
use super::usable::Use;
use crate::analysis::condition::Occasion;
use crate::compile::Effect;
use crate::schema::{PermissionId, RoleId};
use crate::source::Span;
use rustc_hash::{FxHashMap, FxHashSet};
use std::cell::RefCell;
use std::collections::BTreeSet;

/// Somebody on their way up.
pub(super) struct Climb<'e, 'a> {
    pub(super) examined: &'e Examined<'a>,
    pub(super) dangers: &'e Dangers,
    /// What they hold, in the order in which it came to be.
    pub(super) held: Vec<Held>,
    /// Of each role, whether it is surely held.
    known: FxHashMap<RoleId, bool>,
    /// What roles that are surely held, and used on the way, always deny.
    pub(super) denied: FxHashSet<PermissionId>,
    /// What was found of permissions that are used and of roles that are required, with what is held by now.
    pub(super) uses: RefCell<FxHashMap<(PermissionId, bool), Option<Use>>>,
    holders: RefCell<FxHashMap<RoleId, Option<usize>>>,
    /// How often it was asked whether a role can be assigned.
    pub(super) steps: usize,
}

/// A role that can be assigned, how, and under which conditions.
type Possible = (RoleId, How, Vec<Span>);

/// A role that is held.
#[derive(Clone, Debug)]
pub(super) struct Held {
    pub(super) role: RoleId,
    pub(super) how: How,
    /// The places of the conditions under which it is; none where it is in any case.
    pub(super) conditions: Vec<Span>,
    /// Whether it was assigned for its own sake only: a denial comes with it, which would bind from then on.
    pub(super) binds: bool,
}

/// How a role came to be held.
#[derive(Clone, Debug)]
pub(super) enum How {
    /// From the beginning.
    Start,
    /// By a role that implies it, by its number, at this place.
    Implied(usize, Span),
    /// By being assigned.
    Assigned(Assigned),
}

/// An assignment to oneself.
#[derive(Clone, Debug)]
pub(super) struct Assigned {
    /// The permission by which it is done.
    pub(super) by: Use,
    /// Where it says that the role is assigned by that.
    pub(super) guard: Span,
    pub(super) freely: bool,
    /// The roles that are held, by number, which it requires.
    requires: Vec<usize>,
}

impl<'e, 'a> Climb<'e, 'a> {
    /// Somebody who holds some roles, and what these require.
    pub(super) fn from(examined: &'e Examined<'a>, dangers: &'e Dangers, roles: &[RoleId]) -> Self {
        let mut climb = Self {
            examined,
            dangers,
            held: Vec::new(),
            known: FxHashMap::default(),
            denied: FxHashSet::default(),
            uses: RefCell::default(),
            holders: RefCell::default(),
            steps: 0,
        };
        let mut open: Vec<RoleId> = roles.iter().rev().copied().collect();
        while let Some(role) = open.pop() {
            if climb.known.contains_key(&role) {
                continue;
            }
            // It counts, or there is nothing to be said of it.
            climb.add(role, How::Start, Vec::new());
            open.extend(&*examined.policy().role(role).requires);
        }
        climb
    }

    /// Whether anything that is held grants what leads up.
    pub(super) fn may_use_any(&self) -> bool {
        self.dangers.may_use(self.examined, self.held.iter().map(|held| held.role))
    }

    /// The roles that are surely held, but for those that would bind.
    pub(super) fn certainly(&self) -> FxHashSet<RoleId> {
        let held = self.held.iter().filter(|held| held.conditions.is_empty() && !held.binds);
        held.map(|held| held.role).collect()
    }

    /// Takes every way up: those that are sure first, then those under conditions.
    pub(super) fn run(&mut self) {
        self.run_until(&self.dangers.ways_to, |_, _| false);
    }

    /// Takes every way up that leads to some roles.
    pub(super) fn run_to(&mut self, targets: &[RoleId]) {
        self.run_until(&WaysTo::of(self.examined.policy(), targets), |_, _| false);
    }

    /// Takes ways up until one is found that is enough; whether one is.
    pub(super) fn run_until(&mut self, ways: &WaysTo, mut is_enough: impl FnMut(&Self, RoleId) -> bool) -> bool {
        let mut open = None;
        for certain in [true, false] {
            let mut seen = 0;
            loop {
                // All that can be done by now, before what becomes possible by it: the shortest ways are found first.
                let new = self.held.get(seen..).unwrap_or_default().iter().map(|held| held.role);
                let mut candidates = ways.opened_by(self.examined, self.dangers, new);
                if seen == 0 {
                    candidates.extend(open.get_or_insert_with(|| ways.open_to_all(self.examined, self.dangers)).iter());
                }
                candidates.sort_unstable();
                candidates.dedup();
                seen = self.held.len();
                let (found, enough) = self.possible(ways, &candidates, certain, &mut is_enough);
                if found.is_empty() {
                    break;
                }
                found.into_iter().for_each(|(role, how, conditions)| self.add(role, how, conditions));
                if enough {
                    return true;
                }
            }
        }
        false
    }

    /// The roles among these that can be assigned by now, but for those that are held as surely; up to the first that is
    /// enough, and whether one is.
    fn possible(
        &mut self,
        ways: &WaysTo,
        candidates: &[usize],
        certain: bool,
        is_enough: &mut impl FnMut(&Self, RoleId) -> bool,
    ) -> (Vec<Possible>, bool) {
        // Roles that are assigned in the same way can be, or none can.
        let mut alike: FxHashMap<usize, Option<(Assigned, Vec<Span>)>> = FxHashMap::default();
        let mut found = Vec::new();
        for role in candidates.iter().filter_map(|&at| ways.targets.get(at).copied()) {
            if self.known.get(&role).is_some_and(|&surely| surely || !certain) {
                continue;
            }
            let way = self.dangers.alike.get(&role);
            let known = way.and_then(|way| alike.get(way));
            let possible = match known {
                Some(known) => known.clone(),
                None => {
                    // All that is held is looked through.
                    self.steps += 1 + self.held.len() / 16;
                    let possible = self.attempt(role, certain);
                    way.map(|&way| alike.insert(way, possible.clone()));
                    possible
                }
            };
            if let Some((assigned, conditions)) = possible {
                let guard = self.examined.policy().guards().assignment(role);
                let guard = guard.map_or(assigned.guard, |guard| guard.span);
                found.push((role, How::Assigned(Assigned { guard, ..assigned }), conditions));
                self.steps += 1;
                if is_enough(self, role) {
                    return (found, true);
                }
            }
        }
        (found, false)
    }

    /// Adds a role with all that it implies.
    fn add(&mut self, role: RoleId, how: How, conditions: Vec<Span>) {
        let binds = !matches!(how, How::Start) && self.dangers.binds(self.examined, role);
        let mut open = vec![(role, how, conditions)];
        while let Some((role, how, conditions)) = open.pop() {
            if self.known.get(&role).is_some_and(|&surely| surely || !conditions.is_empty()) {
                continue;
            }
            self.known.insert(role, conditions.is_empty());
            self.uses.borrow_mut().clear();
            self.holders.borrow_mut().clear();
            let policy = self.examined.policy();
            if conditions.is_empty() && !binds {
                let grants = policy.role(role).grants.iter();
                let always = grants.filter(|grant| grant.effect == Effect::Deny && grant.condition.is_none());
                self.denied.extend(always.map(|grant| grant.permission));
            }
            let by = self.held.len();
            self.held.push(Held { role, how, conditions: conditions.clone(), binds });
            for implied in &*policy.role(role).implies {
                let Some(origin) = policy.provenance().implications.get(implied.implication) else { continue };
                let below = self.examined.type_of_role(implied.role);
                let occasion = Occasion::of_implication(self.examined.type_of_role(role), below);
                let place = || origin.when.iter().map(|when| when.places.span).collect();
                let when = implied
                    .when
                    .map_or(Counts::Always, |when| super::usable::counts(self.examined, when, occasion, place()));
                if let (Some(when), Some(counts)) =
                    (when.places(), self.dangers.counts(self.examined, implied.role).places())
                {
                    let conditions = [conditions.clone(), when, counts].concat();
                    open.push((implied.role, How::Implied(by, origin.span), conditions));
                }
            }
        }
    }

    /// How a role can be assigned to oneself, and under which conditions it counts then.
    fn attempt(&self, role: RoleId, certain: bool) -> Option<(Assigned, Vec<Span>)> {
        let policy = self.examined.policy();
        let guard = policy.guards().assignment(role)?;
        let mut conditions = self.dangers.counts(self.examined, role).places()?;
        if certain && !conditions.is_empty() {
            return None;
        }
        let mut requires = Vec::new();
        for &required in &*policy.role(role).requires {
            let at = self.holder(required)?;
            conditions.extend(&self.held.get(at)?.conditions);
            requires.push(at);
        }
        let uses = guard.permissions.iter().filter_map(|&permission| self.usable(permission, certain));
        let by = uses.min_by_key(|way| way.conditions.len())?;
        conditions.extend(&by.conditions);
        if (certain && !conditions.is_empty()) || !(guard.freely || gain::is_covered(self, role)) {
            return None;
        }
        conditions.sort_unstable();
        conditions.dedup();
        Some((Assigned { by, guard: guard.span, freely: guard.freely, requires }, conditions))
    }

    /// Which of the roles that are held is some role, the surest one.
    fn holder(&self, required: RoleId) -> Option<usize> {
        if let Some(&known) = self.holders.borrow().get(&required) {
            return known;
        }
        let policy = self.examined.policy();
        let ways = self.held.iter().enumerate().filter(|(_, held)| !held.binds);
        let ways = ways.filter(|(_, held)| policy.role(held.role).counts_as(required));
        let found = ways.min_by_key(|(_, held)| held.conditions.len()).map(|(at, _)| at);
        self.holders.borrow_mut().insert(required, found);
        found
    }

    /// The steps that lead to some roles, by number, in the order in which they are taken: those are among them.
    pub(super) fn way(&self, to: &[usize]) -> Vec<usize> {
        let mut way: BTreeSet<usize> = BTreeSet::new();
        let mut open = to.to_vec();
        while let Some(at) = open.pop() {
            if !way.insert(at) {
                continue;
            }
            match self.held.get(at).map(|held| &held.how) {
                Some(How::Implied(by, _)) => open.push(*by),
                Some(How::Assigned(assigned)) => open.extend(assigned.by.by.iter().chain(&assigned.requires)),
                Some(How::Start) | None => {}
            }
        }
        way.into_iter().collect()
    }
}

impl Counts {
    /// The places of the conditions; nothing where these never hold.
    pub(super) fn places(self) -> Option<Vec<Span>> {
        match self {
            Self::Always => Some(Vec::new()),
            Self::Under(places) => Some(places),
            Self::Never => None,
        }
    }
}
