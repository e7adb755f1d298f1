//! The statements that speak of a request: which there are, whether each holds, and the proof of one.

use super::{Case, Step};
use crate::compile::{Clause, Effect, Grant, Owner, StatementId, StatementOrigin};
use crate::decide::{Reason, Truth, Variables};
use crate::directory::EntityId;
use crate::schema::{PolicyId, RoleId};
use crate::source::Span;

/// A statement that speaks of the request, for this subject.
#[derive(Clone, Debug)]
pub(super) struct Witness {
    pub(super) statement: StatementId,
    pub(super) effect: Effect,
    /// Whether it holds, all things counted.
    pub(super) truth: Truth,
    pub(super) by: By,
}

/// How a statement comes to speak of the request.
#[derive(Clone, Copy, Debug)]
pub(super) enum By {
    /// It is a rule.
    Rule,
    /// It is a guardrail of a policy linked to this entity.
    Guardrail(Span, PolicyId, EntityId),
    /// It is in a role, or one that it extends, that is held here, to this degree.
    Role(RoleId, EntityId, Truth),
}

impl Witness {
    /// Whether it explains a verdict.
    pub(super) fn decides(&self, reason: Reason) -> bool {
        match reason {
            Reason::Granted => self.effect == Effect::Allow && self.truth == Truth::True,
            Reason::Forbidden => self.effect == Effect::Deny && self.truth == Truth::True,
            Reason::NotComputed => self.truth == Truth::Unknown,
            Reason::NotGranted => false,
        }
    }
}

/// Which of the rules about a permission are looked at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Rules {
    /// Every one, for what would have to be otherwise.
    All,
    /// Those that hold, may hold, or are not ruled out by a look-up: enough for what decides.
    ThatMayHold,
}

impl Case<'_> {
    /// Every statement that speaks of the request for its subject: denials first, then surer before less sure, nearer to
    /// the resource before farther.
    pub(super) fn witnesses(self, rules: Rules) -> Vec<Witness> {
        let mut found = Vec::new();
        let Some(subject) = self.world.subject() else { return found };
        let (snapshot, resource) = (self.world.facts.snapshot, self.world.request.resource);
        let (policy, permission) = (snapshot.policy(), self.world.request.permission);
        let mut add = |grant: &Grant, by: By| {
            let (scope, held) = match by {
                By::Role(_, entity, held) => (Some(entity), held),
                _ => (None, Truth::True),
            };
            let truth = held.and(self.world.holds(grant.condition, Variables { subject, resource, scope }));
            found.push(Witness { statement: grant.statement, effect: grant.effect, truth, by });
        };
        for (role, entity, held) in self.world.roles_that_count(subject) {
            policy.role(role).grants_of(permission).iter().for_each(|grant| add(grant, By::Role(role, entity, held)));
        }
        match rules {
            Rules::All => policy.rules(permission).for_each(|grant| add(grant, By::Rule)),
            Rules::ThatMayHold => [Effect::Deny, Effect::Allow].into_iter().for_each(|effect| {
                self.world.each_rule_that_may_hold(subject, effect, |grant, _| {
                    add(grant, By::Rule);
                    true
                });
            }),
        }
        for entity in self.world.facts.upwards(resource).filter(|&entity| self.world.facts.is_declared(entity)) {
            for link in snapshot.directory().links(entity) {
                let guardrails = policy.guardrails(link.policy, permission);
                guardrails.iter().for_each(|grant| add(grant, By::Guardrail(link.span, link.policy, entity)));
            }
        }
        found.sort_by_key(|witness| (witness.effect == Effect::Allow, std::cmp::Reverse(witness.truth)));
        found
    }

    pub(super) fn statement(&self, witness: &Witness) -> &StatementOrigin {
        &self.world.facts.snapshot.policy().provenance().statements[witness.statement]
    }

    /// The steps by which a statement comes to decide.
    pub(super) fn proof(self, witness: &Witness) -> Vec<Step> {
        let mut steps = Vec::new();
        match witness.by {
            By::Rule => {}
            By::Guardrail(span, policy, entity) => {
                let schema = self.world.facts.snapshot.policy().schema();
                let (policy, name) = (&schema.policies[policy], self.world.facts.name(entity));
                steps.push(Step::fact(format!("policy `{policy}` is linked to `{name}`"), Some(span)));
                steps.extend(self.containment(entity));
            }
            By::Role(role, entity, _) => {
                if let Some(subject) = self.world.subject() {
                    steps.extend(self.acting(subject));
                    steps.extend(self.how_held(subject, role, entity));
                    steps.extend(self.containment(entity));
                    if let Owner::Role(base) = self.statement(witness).owner {
                        steps.extend(self.inheritance(role, base));
                    }
                }
            }
        }
        steps.push(self.stated(witness));
        steps
    }

    /// The statement itself, with its conditions.
    pub(super) fn stated(self, witness: &Witness) -> Step {
        let schema = self.world.facts.snapshot.policy().schema();
        let origin = self.statement(witness);
        let verb = match origin.effect {
            Effect::Allow => "allows",
            Effect::Deny => "denies",
        };
        let permission = schema.permission_name(self.world.request.permission);
        let text = match origin.owner {
            Owner::Rule => format!("a rule {verb} `{permission}`"),
            Owner::Role(role) => format!("`{}` {verb} `{permission}`", schema.role_name(role)),
            Owner::Policy(policy) => format!("policy `{}` {verb} `{permission}`", schema.policies[policy]),
        };
        let Some(subject) = self.world.subject() else { return Step::fact(text, Some(origin.span)) };
        let variables = self.variables(subject, witness);
        let mut truth = Truth::True;
        let mut children = Vec::new();
        for condition in &origin.conditions {
            let step = self.condition(condition, variables);
            let holds = self.world.truth(condition.program, variables);
            truth = truth.and(if condition.clause == Clause::Unless { !holds } else { holds });
            children.push(step);
        }
        Step::fact(text, Some(origin.span)).with(truth, children)
    }

    /// What the variables of a statement's conditions stand for.
    pub(super) fn variables(self, subject: EntityId, witness: &Witness) -> Variables {
        let scope = match witness.by {
            By::Role(_, entity, _) => Some(entity),
            By::Rule | By::Guardrail(..) => None,
        };
        Variables { subject, resource: self.world.request.resource, scope }
    }

    /// The statements and implications that could not be computed, each with what it lacked; those of a role with the
    /// role's conditions.
    pub(super) fn uncomputed(self, witnesses: &[Witness]) -> Vec<Step> {
        let unknown = witnesses.iter().filter(|witness| witness.truth == Truth::Unknown);
        let mut steps: Vec<Step> = unknown
            .map(|witness| {
                let mut step = self.stated(witness);
                if let (By::Role(role, entity, Truth::Unknown), Some(subject)) = (witness.by, self.world.subject()) {
                    step.children.extend(self.conditions_of(subject, role, entity));
                }
                step.truth = None;
                step
            })
            .collect();
        steps.extend(self.uncomputed_implications(witnesses));
        steps
    }

    /// How a role comes to carry what stands in a role that it extends; nothing where it is the same.
    pub(super) fn inheritance(self, role: RoleId, base: RoleId) -> Vec<Step> {
        let policy = self.world.facts.snapshot.policy();
        let path = policy.provenance().inheritance(role, base);
        path.windows(2)
            .filter_map(|pair| match pair {
                [derived, base] => {
                    let place = policy.provenance().roles.get(*derived).and_then(|origin| {
                        origin.extends.iter().find(|(extended, _)| extended == base).map(|(_, span)| *span)
                    });
                    let schema = policy.schema();
                    let text = format!("`{}` extends `{}`", schema.role_name(*derived), schema.role_name(*base));
                    Some(Step::fact(text, place))
                }
                _ => None,
            })
            .collect()
    }

    /// That the resource lies in the entity that a role is held on.
    fn containment(self, entity: EntityId) -> Option<Step> {
        let resource = self.world.request.resource;
        if resource == entity {
            return None;
        }
        let place =
            self.world.facts.is_declared(resource).then(|| self.world.facts.snapshot.directory().span(resource));
        let text = format!("`{}` is in `{}`", self.world.facts.name(resource), self.world.facts.name(entity));
        Some(Step::fact(text, place.flatten()))
    }

    /// Whom a key acts as.
    fn acting(self, subject: EntityId) -> Option<Step> {
        let actor = self.world.request.actor;
        if actor == subject {
            return None;
        }
        let place = self.world.facts.snapshot.directory().span(actor);
        let text = format!("`{}` acts as `{}`", self.world.facts.name(actor), self.world.facts.name(subject));
        Some(Step::fact(text, place))
    }
}
