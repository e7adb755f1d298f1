//! Whether somebody with some roles is granted a permission, surely or under conditions.

use super::super::Examined;
use super::climb::Climb;
use super::dangers::{COMPARED, Counts, Dangers, places};
use crate::analysis::condition::{Given, Occasion, Truths};
use crate::compile::{Effect, Grant, NodeId, StatementId};
use crate::schema::{PermissionId, RoleId};
use crate::source::Span;
use std::rc::Rc;

/// How a permission comes to be granted.
#[derive(Clone, Debug)]
pub(super) struct Use {
    pub(super) permission: PermissionId,
    /// By which of the roles that are held, by number; nothing where everybody has it.
    pub(super) by: Option<usize>,
    pub(super) statement: StatementId,
    /// The places of the conditions under which it is; none where it is in any case.
    pub(super) conditions: Vec<Span>,
    /// The condition of the statement.
    pub(super) program: Option<NodeId>,
}

/// An allow of a role that can count.
#[derive(Debug)]
pub(super) struct Permitted {
    pub(super) grant: Grant,
    /// The places of the conditions under which it does; none where it does in any case.
    pub(super) conditions: Vec<Span>,
}

/// How surely a condition holds.
pub(super) fn counts(examined: &Examined<'_>, program: NodeId, occasion: Occasion, places: Vec<Span>) -> Counts {
    if examined.never(&[(program, Truths::TRUE)], occasion, Given::MayMiss) {
        Counts::Never
    } else if examined.never(&[(program, Truths::NOT_TRUE)], occasion, Given::MayMiss) {
        Counts::Always
    } else {
        Counts::Under(places)
    }
}

impl Climb<'_, '_> {
    /// How a permission is granted by what is held; `certain` where conditions are no way.
    pub(super) fn usable(&self, permission: PermissionId, certain: bool) -> Option<Use> {
        if let Some(known) = self.uses.borrow().get(&(permission, certain)) {
            return known.clone();
        }
        let found = self.find_use(permission, certain);
        self.uses.borrow_mut().insert((permission, certain), found.clone());
        found
    }

    fn find_use(&self, permission: PermissionId, certain: bool) -> Option<Use> {
        let (examined, policy) = (self.examined, self.examined.policy());
        let rules = self.dangers.rules(examined, permission);
        if rules.denied || self.is_denied(permission) {
            return None;
        }
        if let Some(statement) = rules.everybody {
            return Some(Use { permission, by: None, statement, conditions: Vec::new(), program: None });
        }
        let mut best: Option<Use> = None;
        let mut offer = |way: Use| {
            if best.as_ref().is_none_or(|best| way.conditions.len() < best.conditions.len()) {
                best = Some(way);
            }
        };
        for (by, held) in self.held.iter().enumerate().filter(|(_, held)| !held.binds) {
            // Most roles grant nothing of the kind.
            if !policy.role(held.role).grants_of(permission).is_empty() {
                let permitted = self.dangers.permitted(examined, held.role);
                for one in permitted.iter().filter(|one| one.grant.permission == permission) {
                    let conditions = [one.conditions.as_slice(), &held.conditions].concat();
                    let Grant { statement, condition: program, .. } = one.grant;
                    offer(Use { permission, by: Some(by), statement, conditions, program });
                }
            }
            for rule in rules.to_holders.iter().filter(|rule| rule.is_met_by(examined, held.role)) {
                let mut conditions = if rule.further { places(examined, rule.statement) } else { Vec::new() };
                conditions.extend(&held.conditions);
                offer(Use { permission, by: Some(by), statement: rule.statement, conditions, program: None });
            }
        }
        best.filter(|best| !certain || best.conditions.is_empty())
    }

    /// Whether a role that is surely held from the beginning, or used on the way, always denies something.
    pub(super) fn is_denied(&self, permission: PermissionId) -> bool {
        self.denied.contains(&permission)
    }
}

impl Dangers {
    /// What a role allows that can count.
    pub(super) fn permitted(&self, examined: &Examined<'_>, role: RoleId) -> Rc<[Permitted]> {
        if let Some(known) = self.permitted.borrow().get(&role) {
            return Rc::clone(known);
        }
        let allows = examined.policy().role(role).grants.iter().filter(|grant| grant.effect == Effect::Allow);
        let permitted: Rc<[Permitted]> = allows
            .filter_map(|grant| {
                Some(Permitted { grant: *grant, conditions: self.conditions_of(examined, role, grant)? })
            })
            .collect();
        self.permitted.borrow_mut().insert(role, Rc::clone(&permitted));
        permitted
    }

    /// The places of the conditions of a grant of a role; `None` where it never counts, as its condition never holds or a
    /// denial always hides it.
    fn conditions_of(&self, examined: &Examined<'_>, role: RoleId, grant: &Grant) -> Option<Vec<Span>> {
        let occasion = Occasion::in_role(examined.policy(), examined.type_of_role(role), grant.permission);
        let denies = |other: &Grant| other.effect == Effect::Deny && other.condition.is_none();
        if examined.policy().role(role).grants_of(grant.permission).iter().any(denies) {
            return None;
        }
        let allowed: Vec<(NodeId, Truths)> =
            grant.condition.map(|condition| (condition, Truths::TRUE)).into_iter().collect();
        let rules = self.rules(examined, grant.permission);
        let own = examined.policy().role(role).grants_of(grant.permission).iter();
        let own = own.filter(|grant| grant.effect == Effect::Deny).filter_map(|grant| grant.condition).take(COMPARED);
        for denial in rules.denials.iter().copied().chain(own) {
            let wanted: Vec<_> = allowed.iter().copied().chain([(denial, Truths::FALSE)]).collect();
            if examined.never(&wanted, occasion, Given::MayMiss) {
                return None;
            }
        }
        let Some(condition) = grant.condition else { return Some(Vec::new()) };
        match counts(examined, condition, occasion, places(examined, grant.statement)) {
            Counts::Always => Some(Vec::new()),
            Counts::Under(places) => Some(places),
            Counts::Never => None,
        }
    }
}
