//! Somebody who gains or loses, and what differs there of facts.

use super::super::ask::Asker;
use super::super::facts::{Altered, Facts};
use super::super::holders::{Holders, HoldingId};
use super::super::names::{Pair, Side, Thing, Verb};
use super::super::occasion::Occasion;
use super::super::prints::{Print, Prints};
use super::super::reads::Reads;
use super::{Cause, CauseKind};
use crate::compile::Effect;
use crate::decide::{Request, Truth, Variables, World};
use crate::directory::EntityId;
use crate::schema::{PermissionId, RoleId};
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
    /// That one of them is there on one side only, and whether it is there where they may: that somebody gains by being gone
    /// does not go without saying.
    pub(super) fn by_being_there(&self) -> Option<(Cause, bool)> {
        [self.resource, self.actor].into_iter().find_map(|thing| {
            let altered = self.facts.altered.get(&thing)?;
            let found = altered.iter().find(|one| matches!(one, Altered::Added | Altered::Removed))?;
            let there = if *found == Altered::Added { Side::New } else { Side::Old };
            Some((self.altered(thing, std::slice::from_ref(found)), there == self.with))
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
        let ty = names.type_name(self.actor);
        let [was, is] = Side::BOTH.map(|side| {
            let schema = names.sides.of(side).policy().schema();
            let info = schema.types.get(schema.type_named(ty)?)?;
            Some(info.attributes.get(info.acts_as?)?.name.clone())
        });
        if was != is {
            let text = match (was, is) {
                (_, None) => format!("`{ty}` no longer acts as another"),
                (_, Some(is)) => format!("`{ty}` acts as its `{is}`"),
            };
            let cause = Cause { kind: CauseKind::Declaration, text, place: self.place_of_type(ty) };
            return Some(Acting::Itself(cause));
        }
        let name = |thing: Option<Thing>| {
            thing.map_or_else(|| String::from("nobody"), |thing| format!("`{}`", names.name(thing)))
        };
        let text = format!("`{}` acts as {} instead of {}", names.name(self.actor), name(new), name(old));
        Some(Acting::Itself(Cause { kind: CauseKind::Declaration, text, place: None }))
    }

    /// Whether a side would allow it if nothing denied it.
    pub(super) fn is_allowed_anyway(&self, side: Side, occasion: &Occasion) -> bool {
        let Some(request) = self.request(side, occasion) else { return false };
        let world = World::new(self.asker.names.sides.of(side), &request);
        let Some(subject) = world.subject() else { return false };
        let variables = Variables { subject, resource: request.resource, scope: None };
        let mut by_rule = false;
        world.each_rule_that_may_hold(subject, Effect::Allow, |grant, _| {
            by_rule = world.holds(grant.condition, variables) == Truth::True;
            !by_rule
        });
        by_rule || !self.allowing(side, occasion).is_empty()
    }

    /// The roles that allow it on a side if nothing denies it, implied ones included, and where they count.
    pub(super) fn allowing(&self, side: Side, occasion: &Occasion) -> Vec<(RoleId, Thing)> {
        let (names, request) = (self.asker.names, self.request(side, occasion));
        let snapshot = *names.sides.of(side);
        let Some(request) = request else { return Vec::new() };
        let world = World::new(snapshot, &request);
        let Some(subject) = world.subject() else { return Vec::new() };
        let allows = |role: RoleId, on: EntityId| {
            let variables = Variables { subject, resource: request.resource, scope: Some(on) };
            let mut grants = snapshot.policy().role(role).grants_of(request.permission).iter();
            grants.any(|grant| grant.effect == Effect::Allow && world.holds(grant.condition, variables) == Truth::True)
        };
        let counting = world.roles_that_count(subject).into_iter();
        let allowing = counting.filter(|&(role, on, truth)| truth == Truth::True && allows(role, on));
        allowing.filter_map(|(role, on, _)| Some((role, names.thing(side, on)?))).collect()
    }

    /// What a side is asked.
    pub(super) fn request(&self, side: Side, occasion: &Occasion) -> Option<Request> {
        self.asker.request(side, self.verb, self.actor, self.resource, occasion)
    }

    /// The permission on each side, where both know it.
    pub(super) fn permissions(&self) -> Option<Pair<PermissionId>> {
        self.asker.names.verbs.get(self.verb)?.both()
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
