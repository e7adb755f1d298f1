//! What somebody comes to be granted on their way up that they were not granted before.

use super::climb::{Climb, How};
use crate::compile::{Effect, Grant};
use crate::schema::{PermissionId, RoleId, TypeId};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeMap;

/// What is granted from the beginning, by roles and by rules.
#[derive(Default)]
pub(super) struct Had {
    /// Of each permission, whether it is granted in any case.
    granted: FxHashMap<PermissionId, bool>,
    /// How many roles are held from the beginning.
    begun: usize,
}

/// What a role brings that somebody comes to hold.
#[derive(Clone, Debug)]
pub(super) struct Reached {
    /// The role, by number.
    pub(super) at: usize,
    /// What was granted in no way before.
    pub(super) new: Vec<PermissionId>,
    /// What was granted under conditions, and is now without.
    pub(super) freer: Vec<PermissionId>,
}

impl Reached {
    /// Whether it brings more than another one.
    pub(super) fn is_more_than(&self, other: &Self) -> bool {
        (self.new.len(), self.freer.len()) > (other.new.len(), other.freer.len())
    }
}

impl Had {
    /// What the first roles of a climb grant.
    pub(super) fn of(climb: &Climb<'_, '_>, begun: usize) -> Self {
        let mut had = Self { granted: FxHashMap::default(), begun };
        for (by, held) in climb.held.iter().enumerate().take(begun) {
            for grant in allows(climb, held.role) {
                let Some(conditions) = climb.conditions_of(grant, by) else { continue };
                let surely = conditions.is_empty() && held.conditions.is_empty();
                *had.granted.entry(grant.permission).or_default() |= surely;
            }
        }
        had
    }

    /// Whether a permission is granted from the beginning: always, under conditions, or in no way. What is denied to who
    /// held these roles stays so, and is not gained.
    pub(super) fn of_permission(&self, climb: &Climb<'_, '_>, permission: PermissionId) -> Option<bool> {
        let rules = climb.dangers.rules(climb.examined, permission);
        if rules.denied || rules.everybody.is_some() || climb.is_denied(permission) {
            return Some(true);
        }
        let by_roles = self.granted.get(&permission).copied();
        if rules.under { Some(by_roles.unwrap_or(false)) } else { by_roles }
    }

    /// What each role brings that was assigned on the way, with those that it implies and but for what these deny; nothing of
    /// those that bring nothing.
    pub(super) fn gains(&self, climb: &Climb<'_, '_>) -> Vec<Reached> {
        let mut found: BTreeMap<usize, Reached> = BTreeMap::new();
        let mut denied: FxHashSet<(usize, PermissionId)> = FxHashSet::default();
        for (by, held) in climb.held.iter().enumerate().skip(self.begun) {
            let Some(at) = root(climb, by) else { continue };
            if held.conditions.is_empty() {
                let grants = climb.examined.policy().role(held.role).grants.iter();
                let denials = grants.filter(|grant| grant.effect == Effect::Deny && grant.condition.is_none());
                denied.extend(denials.map(|grant| (at, grant.permission)));
            }
        }
        for (by, held) in climb.held.iter().enumerate().skip(self.begun) {
            let Some(at) = root(climb, by) else { continue };
            let reached = found.entry(at).or_insert_with(|| Reached { at, new: Vec::new(), freer: Vec::new() });
            for grant in allows(climb, held.role).filter(|grant| !denied.contains(&(at, grant.permission))) {
                let had = self.of_permission(climb, grant.permission);
                if had == Some(true) {
                    continue;
                }
                let Some(conditions) = climb.conditions_of(grant, by) else { continue };
                let surely = conditions.is_empty() && held.conditions.is_empty();
                match had {
                    None => reached.new.push(grant.permission),
                    Some(_) if surely => reached.freer.push(grant.permission),
                    Some(_) => {}
                }
            }
        }
        let mut found: Vec<Reached> = found.into_values().collect();
        for reached in &mut found {
            for list in [&mut reached.new, &mut reached.freer] {
                list.sort_unstable();
                list.dedup();
            }
        }
        found.retain(|reached| !(reached.new.is_empty() && reached.freer.is_empty()));
        found
    }
}

/// The assignment by which a role came to be held.
fn root(climb: &Climb<'_, '_>, mut at: usize) -> Option<usize> {
    loop {
        match climb.held.get(at)?.how {
            How::Implied(by, _) => at = by,
            How::Assigned(_) => return Some(at),
            How::Start => return None,
        }
    }
}

pub(super) fn allows<'p>(climb: &Climb<'_, 'p>, role: RoleId) -> impl Iterator<Item = &'p Grant> + use<'p> {
    climb.examined.policy().role(role).grants.iter().filter(|grant| grant.effect == Effect::Allow)
}

/// Whether all that a role allows is granted by what is held: where it stands or above, under the same condition or none.
pub(super) fn is_covered(climb: &Climb<'_, '_>, role: RoleId) -> bool {
    let (examined, policy) = (climb.examined, climb.examined.policy());
    let target = examined.type_of_role(role);
    let above = |ty: TypeId| ty == target || examined.schema().contains(ty, target);
    let covers = |given: &Grant| {
        let everybody = climb.dangers.rules(examined, given.permission).everybody.is_some();
        let holders = climb.held.iter().filter(|held| held.conditions.is_empty());
        let mut holders = holders.filter(|held| above(examined.type_of_role(held.role)));
        everybody
            || holders.any(|held| {
                let same = examined.type_of_role(held.role) == target;
                let mut grants = policy.role(held.role).grants_of(given.permission).iter();
                grants.any(|grant| {
                    grant.effect == Effect::Allow
                        && (grant.condition.is_none() || (same && grant.condition == given.condition))
                })
            })
    };
    // What it leads to is granted through it, and compared with what is granted where it leads.
    let mut open = vec![role];
    let mut seen = vec![role];
    while let Some(at) = open.pop() {
        if !allows(climb, at).all(covers) {
            return false;
        }
        for implied in &*policy.role(at).implies {
            if !seen.contains(&implied.role) {
                seen.push(implied.role);
                open.push(implied.role);
            }
        }
    }
    true
}
