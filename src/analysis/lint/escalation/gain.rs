//! What somebody comes to be granted on their way up that they were not granted before.

use super::climb::{Climb, How};
use super::dangers::COMPARED;
use super::usable::Permitted;
use crate::analysis::condition::{Given, Occasion, Truths};
use crate::compile::{Effect, Grant, Node, NodeId};
use crate::schema::{PermissionId, RoleId, TypeId};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeMap;

/// What is granted from the beginning, by roles and by rules.
#[derive(Default)]
pub(super) struct Had {
    granted: FxHashMap<PermissionId, Granted>,
    /// How many roles are held from the beginning.
    begun: usize,
}

/// How a permission is granted from the beginning.
#[derive(Default)]
struct Granted {
    /// Whether it is in any case.
    surely: bool,
    /// The roles that are held in any case, and grant it under a condition.
    under: Vec<(RoleId, NodeId)>,
}

/// What a role brings that somebody comes to hold, or a way to one.
#[derive(Clone, Debug)]
pub(super) struct Reached {
    /// The role, by number.
    pub(super) at: usize,
    /// What was granted in no way before.
    pub(super) new: Vec<PermissionId>,
    /// What was granted under conditions, and is now without.
    pub(super) freer: Vec<PermissionId>,
    /// What was granted under conditions, and is now under others that do not follow from those.
    pub(super) otherwise: Vec<PermissionId>,
    /// What it always denies.
    denied: Vec<PermissionId>,
}

/// A way up: what its steps bring, together and each.
#[derive(Clone, Debug)]
pub(super) struct Way {
    pub(super) whole: Reached,
    pub(super) steps: Vec<Reached>,
}

impl Reached {
    fn at(at: usize) -> Self {
        Self { at, new: Vec::new(), freer: Vec::new(), otherwise: Vec::new(), denied: Vec::new() }
    }

    /// With what another one brings, but for what this one denies.
    fn with(mut self, other: &Self) -> Self {
        let denied = &self.denied;
        let left = |list: &[PermissionId]| list.iter().copied().filter(|one| !denied.contains(one)).collect::<Vec<_>>();
        let (new, freer, otherwise) = (left(&other.new), left(&other.freer), left(&other.otherwise));
        self.new.extend(new);
        self.freer.extend(freer);
        self.otherwise.extend(otherwise);
        self
    }

    /// Each permission once, where most is told of it.
    fn tidied(mut self) -> Self {
        for list in [&mut self.new, &mut self.freer, &mut self.otherwise] {
            list.sort_unstable();
            list.dedup();
        }
        let Self { freer, otherwise, .. } = &mut self;
        otherwise.retain(|permission| freer.binary_search(permission).is_err());
        self
    }

    /// Whether it brings more than another one.
    pub(super) fn is_more_than(&self, other: &Self) -> bool {
        let count = |reached: &Self| (reached.new.len(), reached.freer.len(), reached.otherwise.len());
        count(self) > count(other)
    }

    /// What is worth telling of: what is new, or else what is had with fewer conditions, or else under other ones.
    pub(super) fn told(&self) -> (&[PermissionId], &'static str) {
        if !self.new.is_empty() {
            (&self.new, "")
        } else if !self.freer.is_empty() {
            (&self.freer, " without condition")
        } else {
            (&self.otherwise, " under another condition")
        }
    }
}

impl Had {
    /// What the first roles of a climb grant.
    pub(super) fn of(climb: &Climb<'_, '_>, begun: usize) -> Self {
        let mut had = Self { granted: FxHashMap::default(), begun };
        for held in climb.held.iter().take(begun) {
            for Permitted { grant, conditions } in &*climb.dangers.permitted(climb.examined, held.role) {
                let granted = had.granted.entry(grant.permission).or_default();
                granted.surely |= conditions.is_empty() && held.conditions.is_empty();
                if held.conditions.is_empty() {
                    granted.under.extend(grant.condition.map(|condition| (held.role, condition)));
                }
            }
            for (permission, rule) in climb.dangers.given_to(climb.examined, held.role) {
                let granted = had.granted.entry(permission).or_default();
                granted.surely |= !rule.further && held.conditions.is_empty();
            }
        }
        had
    }

    /// Whether whatever is granted from the beginning by roles is in any case.
    pub(super) fn is_sure(&self) -> bool {
        self.granted.values().all(|granted| granted.surely)
    }

    /// What is granted from the beginning by roles.
    pub(super) fn by_roles(&self) -> impl Iterator<Item = PermissionId> {
        self.granted.keys().copied()
    }

    /// Whether a permission is granted from the beginning: always, under conditions, or in no way. What is denied to who
    /// held these roles stays so, and is not gained.
    pub(super) fn of_permission(&self, climb: &Climb<'_, '_>, permission: PermissionId) -> Option<bool> {
        let rules = climb.dangers.rules(climb.examined, permission);
        if rules.denied || rules.everybody.is_some() || climb.is_denied(permission) {
            return Some(true);
        }
        let by_roles = self.granted.get(&permission).map(|granted| granted.surely);
        if rules.under.is_empty() { by_roles } else { Some(by_roles.unwrap_or(false)) }
    }

    /// Whether a grant under a condition, of a role that somebody comes to hold, counts only where one does that they had.
    fn is_under(&self, climb: &Climb<'_, '_>, role: RoleId, grant: &Grant) -> bool {
        let (examined, policy) = (climb.examined, climb.examined.policy());
        let (ty, when) = (examined.type_of_role(role), policy.role(role).when);
        let under = self.granted.get(&grant.permission).map_or(&[][..], |granted| granted.under.as_slice());
        let same = |&(other, condition): &(RoleId, NodeId)| {
            examined.type_of_role(other) == ty && policy.role(other).when == when && grant.condition == Some(condition)
        };
        if under.iter().any(same) {
            return true;
        }
        let asks_scope = |program: NodeId| policy.programs().mentions(program, Node::Scope);
        // What stands in a role that has a condition itself counts less often than it says.
        let comparable = under.iter().filter(|&&(other, condition)| {
            policy.role(other).when.is_none() && (examined.type_of_role(other) == ty || !asks_scope(condition))
        });
        let rules = climb.dangers.rules(examined, grant.permission);
        let had = comparable.map(|&(_, condition)| condition).chain(rules.under.iter().copied()).take(COMPARED);
        let held = grant.condition.into_iter().chain(when).map(|program| (program, Truths::TRUE));
        let wanted: Vec<_> = held.chain(had.map(|program| (program, Truths::NOT_TRUE))).collect();
        examined.never(&wanted, Occasion::in_role(policy, ty, grant.permission), Given::MayMiss)
    }

    /// What each role brings that was assigned on the way, with those that it implies and but for what these deny; nothing of
    /// those that bring nothing.
    pub(super) fn gains(&self, climb: &Climb<'_, '_>) -> Vec<Reached> {
        let mut found: BTreeMap<usize, Reached> = BTreeMap::new();
        let mut denied: FxHashSet<(usize, PermissionId)> = FxHashSet::default();
        let mut had: FxHashMap<PermissionId, Option<bool>> = FxHashMap::default();
        let mut compared = 0;
        for (by, held) in climb.held.iter().enumerate().skip(self.begun) {
            let Some(at) = root(climb, by) else { continue };
            if held.conditions.is_empty() {
                let grants = climb.examined.policy().role(held.role).grants.iter();
                let denials = grants.filter(|grant| grant.effect == Effect::Deny && grant.condition.is_none());
                denied.extend(denials.map(|grant| (at, grant.permission)));
            }
        }
        for &(at, permission) in &denied {
            found.entry(at).or_insert_with(|| Reached::at(at)).denied.push(permission);
        }
        for (by, held) in climb.held.iter().enumerate().skip(self.begun) {
            let Some(at) = root(climb, by) else { continue };
            let reached = found.entry(at).or_insert_with(|| Reached::at(at));
            for Permitted { grant, conditions } in &*climb.dangers.permitted(climb.examined, held.role) {
                let before =
                    *had.entry(grant.permission).or_insert_with(|| self.of_permission(climb, grant.permission));
                if before == Some(true) || denied.contains(&(at, grant.permission)) {
                    continue;
                }
                let surely = conditions.is_empty() && held.conditions.is_empty();
                match before {
                    None => reached.new.push(grant.permission),
                    Some(_) if surely => reached.freer.push(grant.permission),
                    Some(_) => {
                        compared += 1;
                        if compared <= COMPARED && !self.is_under(climb, held.role, grant) {
                            reached.otherwise.push(grant.permission);
                        }
                    }
                }
            }
            for (permission, rule) in climb.dangers.given_to(climb.examined, held.role) {
                let surely = !rule.further && held.conditions.is_empty();
                match *had.entry(permission).or_insert_with(|| self.of_permission(climb, permission)) {
                    None => reached.new.push(permission),
                    Some(false) if surely => reached.freer.push(permission),
                    Some(_) => {}
                }
            }
        }
        let mut found: Vec<Reached> = found.into_values().map(Reached::tidied).collect();
        found.retain(|reached| !reached.told().0.is_empty());
        found
    }

    /// The way to a role that brings something, with what the roles on it bring.
    pub(super) fn way(climb: &Climb<'_, '_>, gains: &[Reached], end: &Reached) -> Way {
        let on_it = climb.way(&[end.at]);
        let steps: Vec<Reached> = gains.iter().filter(|reached| on_it.contains(&reached.at)).cloned().collect();
        let others = steps.iter().filter(|step| step.at != end.at);
        Way { whole: others.fold(end.clone(), Reached::with).tidied(), steps }
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
