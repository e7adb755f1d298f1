//! Somebody who gains or loses, and what differs there of facts.

use super::super::ask::Asker;
use super::super::facts::{Altered, Facts};
use super::super::holders::{Holders, HoldingId};
use super::super::names::{Side, Thing, Verb};
use super::super::occasion::Occasion;
use super::super::prints::{Print, Prints};
use super::super::reads::Reads;
use super::{Cause, CauseKind};
use crate::compile::{Effect, Grant};
use crate::decide::{Truth, Variables, World};
use crate::directory::EntityId;
use crate::schema::RoleId;
use rustc_hash::FxHashSet;

/// Somebody who may do something on one side, and not on the other.
#[derive(Clone, Copy)]
pub(in crate::analysis::diff) struct Case<'c, 'n, 's> {
    pub(in crate::analysis::diff) asker: &'c Asker<'n, 's>,
    pub(in crate::analysis::diff) facts: &'c Facts,
    pub(in crate::analysis::diff) holders: &'c Holders,
    /// Where they may.
    pub(in crate::analysis::diff) with: Side,
    pub(in crate::analysis::diff) verb: Verb,
    pub(in crate::analysis::diff) actor: Thing,
    pub(in crate::analysis::diff) resource: Thing,
    pub(in crate::analysis::diff) levels: &'c [Thing],
    /// The moment, in milliseconds since 1970 UTC.
    pub(in crate::analysis::diff) at: i64,
    /// What conditions read.
    pub(in crate::analysis::diff) reads: &'c Reads,
}

/// What it comes to that somebody acts as one on one side, and as another on the other.
pub(super) enum Acting {
    /// They gain or lose by that.
    Itself(Cause),
    /// Whoever they acted as gains or loses the same.
    As(Thing),
}

impl Case<'_, '_, '_> {
    /// That one of them is there on one side only.
    pub(super) fn by_being_there(&self) -> Option<Cause> {
        [self.resource, self.actor].into_iter().find_map(|thing| {
            let altered = self.facts.altered.get(&thing)?;
            let found = altered.iter().find(|one| matches!(one, Altered::Added | Altered::Removed))?;
            Some(self.altered(thing, std::slice::from_ref(found)))
        })
    }

    /// That whoever asks is checked as somebody else, if it is by that; otherwise as whom it is to be asked.
    pub(super) fn by_acting(&self, occasion: &Occasion) -> Option<Acting> {
        let names = self.asker.names;
        let [old, new] = self.holders.acts_as(names, self.actor)?;
        let allowed = |side: Side, subject: Option<Thing>| {
            let decision = self.asker.decision(side, self.verb, subject?, self.resource, occasion);
            Some(decision?.allowed)
        };
        // One and the same subject gains or loses, and another one would not have made a difference before.
        let before = allowed(Side::Old, old);
        if let Some(subject) = old
            && before == allowed(Side::Old, new)
            && before != allowed(Side::New, old)
        {
            return Some(Acting::As(subject));
        }
        if let Some(altered) = self.facts.altered.get(&self.actor) {
            return Some(Acting::Itself(self.altered(self.actor, altered)));
        }
        let name = |thing: Option<Thing>| {
            thing.map_or_else(|| String::from("nobody"), |thing| format!("`{}`", names.name(thing)))
        };
        let text = format!("`{}` acts as {} instead of {}", names.name(self.actor), name(new), name(old));
        Some(Acting::Itself(Cause { kind: CauseKind::Declaration, text, place: None }))
    }

    /// Whether a side would allow it if nothing denied it.
    pub(super) fn is_allowed_anyway(&self, side: Side, occasion: &Occasion) -> bool {
        let snapshot = *self.asker.names.sides.of(side);
        let request = self.asker.request(side, self.verb, self.actor, self.resource, occasion);
        let Some(request) = request else { return false };
        let world = World::new(snapshot, &request);
        let Some(subject) = world.subject() else { return false };
        let allows = |grant: &Grant, scope: Option<EntityId>| {
            let variables = Variables { subject, resource: request.resource, scope };
            grant.effect == Effect::Allow && world.holds(grant.condition, variables) == Truth::True
        };
        let mut by_rule = false;
        world.each_rule_that_may_hold(subject, Effect::Allow, |grant| by_rule = by_rule || allows(grant, None));
        by_rule
            || world.roles_that_count(subject).into_iter().any(|(role, on, truth)| {
                let grants = snapshot.policy().role(role).grants_of(request.permission);
                truth == Truth::True && grants.iter().any(|grant| allows(grant, Some(on)))
            })
    }

    /// The roles near the resource that say something of the permission on a side, and those by which what these require is
    /// held.
    pub(super) fn that_count(
        &self,
        side: Side,
        near: &[(Thing, HoldingId)],
        prints: &mut Prints<'_>,
    ) -> FxHashSet<RoleId> {
        let names = self.asker.names;
        let policy = names.sides.of(side).policy();
        let Some(permission) = names.verbs.get(self.verb).and_then(|verb| *verb.of(side)) else {
            return FxHashSet::default();
        };
        let holdings = near.iter().filter_map(|&(_, holding)| self.holders.holdings().get(holding));
        let all: FxHashSet<RoleId> = holdings.flat_map(|holding| holding.roles_at(side, self.at)).collect();
        let says = all.iter().copied().filter(|&role| prints.says(side, role, permission) != Print::NOTHING);
        let mut count: FxHashSet<RoleId> = says.collect();
        let required: FxHashSet<RoleId> =
            count.iter().flat_map(|&role| policy.role(role).requires.iter().copied()).collect();
        count
            .extend(all.iter().filter(|&&role| required.iter().any(|&required| policy.role(role).counts_as(required))));
        count
    }
}
