//! The decision: every grant and denial that applies, denials first in rank, whatever the order they are met in.

use super::condition::Variables;
use super::decision::Decision;
use super::glance::Open;
use super::tally::Tally;
use super::value::Val;
use super::world::World;
use crate::compile::{Effect, Grant, NodeId};
use crate::directory::EntityId;

impl World<'_> {
    /// Decides what is not settled at a glance: first by what denies, whoever asks, then by roles, and by what allows whoever
    /// asks where that can still tip the balance.
    pub(super) fn weigh(&self, open: &Open<'_>) -> Decision {
        let (subject, profile) = (open.start.subject, open.profile);
        let mut tally = Tally::of(open.allowed);
        if profile.denied_by_rules.meets(open.found) {
            self.rules(subject, Effect::Deny, &mut tally);
        }
        if profile.denied_by_policies {
            self.guardrails(subject, &mut tally);
        }
        if !tally.is_settled() {
            self.roles(open, &mut tally);
        }
        if profile.allowed_by_rules.meets(open.found) && tally.is_open() {
            self.rules(subject, Effect::Allow, &mut tally);
        }
        tally.decision(self.request.ignored(), self.facts.snapshot.revision())
    }

    fn rules(&self, subject: EntityId, effect: Effect, tally: &mut Tally) {
        let variables = Variables { subject, resource: self.request.resource, scope: None };
        self.each_rule_that_may_hold(subject, effect, |grant, known| {
            tally.count(grant, None, self.holds_with(grant.condition, known, variables));
            match effect {
                Effect::Deny => !tally.is_settled(),
                Effect::Allow => tally.is_open(),
            }
        });
    }

    /// Visits the rules about the permission that may hold, with what of their conditions is known to hold already: of those
    /// that want a text each, as few as its value leaves. Stops when the visitor says so.
    #[inline]
    pub(crate) fn each_rule_that_may_hold(
        &self,
        subject: EntityId,
        effect: Effect,
        mut visit: impl FnMut(&Grant, Option<NodeId>) -> bool,
    ) {
        let rules = self.facts.snapshot.policy().rules_of(self.request.permission, effect);
        let variables = Variables { subject, resource: self.request.resource, scope: None };
        if !rules.alone().iter().all(|rule| visit(rule, None)) {
            return;
        }
        for family in rules.families() {
            // Mostly it is such a text, for which no value need be made.
            let (members, known) = match family.asked.and_then(|asked| self.asked_text(asked)) {
                Some(text) => rules.by_text(family, text),
                None => match self.value(family.value, variables) {
                    Val::Text(text) => rules.by_text(family, text),
                    // Each of them may hold, for all that is known.
                    Val::Unknown => (rules.members(family), None),
                    // What is no text equals none.
                    _ => continue,
                },
            };
            if !members.iter().all(|rule| visit(rule, known)) {
                return;
            }
        }
    }

    /// The denials of org policies linked to the resource or to what contains it.
    fn guardrails(&self, subject: EntityId, tally: &mut Tally) {
        let variables = Variables { subject, resource: self.request.resource, scope: None };
        for entity in self.facts.upwards(self.request.resource).filter(|&entity| self.facts.is_declared(entity)) {
            for link in self.facts.snapshot.directory().links(entity) {
                for grant in self.facts.snapshot.policy().guardrails(link.policy, self.request.permission) {
                    tally.count(grant, None, self.holds(grant.condition, variables));
                }
            }
        }
    }
}
