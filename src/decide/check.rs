//! The decision: every grant and denial that applies, denials first in rank, whatever the order they are met in.

use super::Revision;
use super::condition::Variables;
use super::decision::{Cause, Decision, Reason, Uncomputed, Unresolved};
use super::held::Descent;
use super::reached::Reached;
use super::truth::Truth;
use super::value::Val;
use super::world::World;
use crate::compile::{Cell, Effect, Grant, Profile, RoleSetId, Term};
use crate::directory::{EntityId, Held, Row};
use crate::schema::RoleId;

/// Up to how many entries a row is gone through rather than searched.
const SHORT: usize = 8;

/// What was found so far.
#[derive(Debug)]
struct Tally {
    allow: Truth,
    deny: Truth,
    cause: Option<Cause>,
    unresolved: Unresolved,
    /// Where implications led, once any was followed.
    reached: Option<Reached>,
}

impl Default for Tally {
    #[inline]
    fn default() -> Self {
        let (allow, deny) = (Truth::False, Truth::False);
        Self { allow, deny, cause: None, unresolved: Unresolved::default(), reached: None }
    }
}

impl Tally {
    /// Counts one statement. A denial that holds for sure settles the decision; nothing else does.
    fn count(&mut self, grant: &Grant, held: Option<(RoleId, EntityId)>, truth: Truth) {
        let side = match grant.effect {
            Effect::Allow => &mut self.allow,
            Effect::Deny => &mut self.deny,
        };
        if truth == Truth::Unknown {
            self.unresolved.add(Uncomputed::Statement(grant.statement));
        }
        if truth > *side {
            *side = truth;
            let outranked = grant.effect == Effect::Allow && self.deny != Truth::False;
            if !outranked {
                self.cause = Some(Cause { statement: grant.statement, held });
            }
        }
    }

    /// Whether a denial holds for sure.
    fn is_settled(&self) -> bool {
        self.deny == Truth::True
    }

    /// Whether one more allow could make a difference.
    fn is_open(&self) -> bool {
        self.deny == Truth::False && self.allow != Truth::True
    }

    #[inline]
    fn decision(self, ignored: &[String], revision: Revision) -> Decision {
        let ignored = if ignored.is_empty() { Vec::new() } else { ignored.to_vec() };
        let reason = match (self.deny, self.allow) {
            (Truth::True, _) => Reason::Forbidden,
            (Truth::Unknown, _) | (Truth::False, Truth::Unknown) => Reason::NotComputed,
            (Truth::False, Truth::True) => Reason::Granted,
            (Truth::False, Truth::False) => Reason::NotGranted,
        };
        let cause = if reason == Reason::NotGranted { None } else { self.cause };
        Decision { allowed: reason == Reason::Granted, reason, cause, unresolved: self.unresolved, ignored, revision }
    }
}

impl World<'_> {
    /// Decides the request: first by what denies, whoever asks, then by roles, and by what allows whoever asks where that
    /// can still tip the balance.
    #[inline]
    pub(crate) fn decide(self) -> Decision {
        let mut tally = Tally::default();
        // A key whose owner is not there asks for nobody.
        if let (Some(subject), Some(profile)) =
            (self.subject, self.facts.snapshot.policy().profile(self.request.permission))
        {
            if profile.denied_by_rules {
                self.rules(subject, Effect::Deny, &mut tally);
            }
            if profile.denied_by_policies {
                self.guardrails(subject, &mut tally);
            }
            self.roles(subject, profile, &mut tally);
            if profile.allowed_by_rules && tally.is_open() {
                self.rules(subject, Effect::Allow, &mut tally);
            }
        }
        tally.decision(self.request.ignored(), self.facts.snapshot.revision())
    }

    fn rules(self, subject: EntityId, effect: Effect, tally: &mut Tally) {
        let rules = self.facts.snapshot.policy().rules_of(self.request.permission, effect);
        let variables = Variables { subject, resource: self.request.resource, scope: None };
        let count = |tally: &mut Tally, grants: &[Grant]| {
            for grant in grants {
                tally.count(grant, None, self.holds(grant.condition, variables));
            }
        };
        count(tally, rules.alone());
        for family in rules.families() {
            match self.value(family.subject, variables) {
                Val::Text(text) => count(tally, rules.members(family, Some(text))),
                // Each of them may hold, for all that is known.
                Val::Unknown => count(tally, rules.members(family, None)),
                // What is no text equals none.
                _ => {}
            }
        }
    }

    /// The denials of org policies linked to the resource or to what contains it.
    fn guardrails(self, subject: EntityId, tally: &mut Tally) {
        let variables = Variables { subject, resource: self.request.resource, scope: None };
        for entity in self.facts.upwards(self.request.resource).filter(|&entity| self.facts.is_declared(entity)) {
            for link in self.facts.snapshot.directory().links(entity) {
                for grant in self.facts.snapshot.policy().guardrails(link.policy, self.request.permission) {
                    tally.count(grant, None, self.holds(grant.condition, variables));
                }
            }
        }
    }

    fn roles(self, subject: EntityId, profile: Profile, tally: &mut Tally) {
        let row = self.facts.snapshot.holdings().row(subject);
        let resource = self.request.resource;
        match self.facts.line_above(resource) {
            // A short row against a line of fixed length: the comparisons of one entry are made at once.
            Some(line) if row.held().len() <= SHORT => {
                for held in row.held() {
                    let above = line.iter().fold(held.on == resource, |found, &above| found | (above == held.on));
                    if above && !self.held(subject, row, held, profile, tally) {
                        return;
                    }
                }
            }
            _ => {
                for entity in self.facts.upwards(resource) {
                    let Some(held) = row.on(entity) else { continue };
                    if !self.held(subject, row, held, profile, tally) {
                        return;
                    }
                }
            }
        }
    }

    /// What is held on the resource or on one entity above it says; whether any more could make a difference.
    #[inline]
    fn held(self, subject: EntityId, row: Row<'_>, held: &Held, profile: Profile, tally: &mut Tally) -> bool {
        if let Some(set) = row.always(held) {
            self.cell(subject, held.on, set, profile, Truth::True, tally);
        }
        for qualified in row.qualified(held) {
            let truth = self.qualified(subject, row, qualified);
            if truth != Truth::False {
                self.cell(subject, held.on, qualified.set, profile, truth, tally);
            }
        }
        !tally.is_settled() && (tally.allow != Truth::True || profile.denied_by_roles)
    }

    /// What a set of roles held on an entity, to a degree, says.
    fn cell(
        self,
        subject: EntityId,
        entity: EntityId,
        set: RoleSetId,
        profile: Profile,
        held: Truth,
        tally: &mut Tally,
    ) {
        let terms = match self.facts.snapshot.cells().cell(set, self.request.permission, profile) {
            Cell::Nothing => return,
            Cell::Allowed if held == Truth::True => {
                tally.allow = Truth::True;
                return;
            }
            Cell::Allowed => {
                // Held, but not for sure: the grants themselves are counted, so that they can be reported.
                for &role in self.facts.snapshot.holdings().roles(set) {
                    self.grants(subject, entity, role, held, tally);
                }
                return;
            }
            Cell::Depends(terms) => terms,
        };
        for term in terms {
            match term {
                Term::Grant { role, when, grant } => {
                    let counts = held.and(self.holds(*when, Variables::of_role(subject, entity)));
                    let truth = counts.and(self.grant(subject, entity, grant));
                    tally.count(grant, Some((*role, entity)), truth);
                }
                Term::Implied { role, when } => {
                    let counts = held.and(self.holds(*when, Variables::of_role(subject, entity)));
                    if counts != Truth::False {
                        self.below(subject, (entity, *role, counts), tally);
                    }
                }
            }
            if tally.is_settled() {
                return;
            }
        }
    }

    /// What the roles implied by one held further up say.
    fn below(self, subject: EntityId, from: (EntityId, RoleId, Truth), tally: &mut Tally) {
        let permission = self.request.permission;
        // Lent to the walk, as the visitor counts in the tally meanwhile.
        let mut reached = tally.reached.take().unwrap_or_default();
        self.descend(
            subject,
            from,
            self.request.resource,
            |role| role.may_lead_to_permission(permission),
            &mut reached,
            |step| {
                match step {
                    Descent::Held(entity, role, truth) => self.grants(subject, entity, role, truth, tally),
                    Descent::Uncomputed { implication, .. } => {
                        tally.unresolved.add(Uncomputed::Implication(implication));
                    }
                }
                !tally.is_settled()
            },
        );
        tally.reached = Some(reached);
    }

    /// Counts the grants of a role that counts, to a degree, on an entity.
    fn grants(self, subject: EntityId, entity: EntityId, role: RoleId, counts: Truth, tally: &mut Tally) {
        for grant in self.facts.snapshot.policy().role(role).grants_of(self.request.permission) {
            let truth = counts.and(self.grant(subject, entity, grant));
            tally.count(grant, Some((role, entity)), truth);
        }
    }

    fn grant(self, subject: EntityId, scope: EntityId, grant: &Grant) -> Truth {
        let variables = Variables { subject, resource: self.request.resource, scope: Some(scope) };
        self.holds(grant.condition, variables)
    }
}
