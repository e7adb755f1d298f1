//! How a subject comes to hold a role: by which assignment, through which usersets and implications.

use super::statement::Witness;
use super::{Case, Step};
use crate::compile::{CompiledRole, ImplicationId, Node, NodeId};
use crate::decide::{Descent, Reached, Truth, Val, Variables};
use crate::directory::{Assignment, EntityId, Subject};
use crate::schema::{RoleId, timestamp_text};

/// How long a chain of usersets and implications is followed.
const STEPS: usize = 32;

impl Case<'_> {
    /// The steps by which a subject holds a role on an entity.
    pub(super) fn how_held(self, subject: EntityId, role: RoleId, entity: EntityId) -> Vec<Step> {
        let mut visited = Vec::new();
        self.follow(subject, role, entity, &mut visited).unwrap_or_default()
    }

    fn follow(
        self,
        subject: EntityId,
        role: RoleId,
        entity: EntityId,
        visited: &mut Vec<(RoleId, EntityId)>,
    ) -> Option<Vec<Step>> {
        if visited.len() >= STEPS || visited.contains(&(role, entity)) {
            return None;
        }
        visited.push((role, entity));
        self.assigned(subject, role, entity, visited).or_else(|| self.implied(subject, role, entity, visited))
    }

    /// By an assignment on the entity itself, direct ones first.
    fn assigned(
        self,
        subject: EntityId,
        role: RoleId,
        entity: EntityId,
        visited: &mut Vec<(RoleId, EntityId)>,
    ) -> Option<Vec<Step>> {
        let snapshot = self.world.facts.snapshot;
        let schema = snapshot.policy().schema();
        let mut held = false;
        self.world.each_held_role(subject, entity, |found, _| {
            held = found == role;
            !held
        });
        if !held {
            return None;
        }
        let holds = format!("holds `{}` on `{}`", schema.role_name(role), self.world.facts.name(entity));
        let mut candidates: Vec<Assignment> = snapshot
            .directory()
            .assignments_on(entity)
            .filter(|assignment| assignment.role == role && self.running(assignment))
            .collect();
        candidates.sort_by_key(|assignment| !matches!(assignment.subject, Subject::Entity(_)));
        for assignment in candidates {
            match assignment.subject {
                Subject::Entity(direct) if direct == subject => {
                    let mut text = format!("`{}` {holds}", self.world.facts.name(subject));
                    if let Some(until) = assignment.until {
                        text.push_str(&format!(" until {}", timestamp_text(until)));
                    }
                    let mut step = Step::fact(text, Some(assignment.span));
                    step.children = self.conditions_of(subject, role, entity);
                    return Some(vec![step]);
                }
                Subject::Entity(_) => {}
                Subject::Userset { on, role: member } => {
                    if self.world.holds_any(subject, Some(&[member]), on) == Truth::False {
                        continue;
                    }
                    let group = format!("`{}#{}`", self.world.facts.name(on), schema.roles[member].name);
                    let mut steps = self.member(subject, member, on, visited).unwrap_or_default();
                    let mut step = Step::fact(format!("{group} {holds}"), Some(assignment.span));
                    step.children = self.conditions_of(subject, role, entity);
                    steps.push(step);
                    return Some(steps);
                }
            }
        }
        None
    }

    /// As a member of a userset: by the role itself or by one that extends it.
    fn member(
        self,
        subject: EntityId,
        member: RoleId,
        on: EntityId,
        visited: &mut Vec<(RoleId, EntityId)>,
    ) -> Option<Vec<Step>> {
        let policy = self.world.facts.snapshot.policy();
        let candidates: Vec<RoleId> =
            policy.roles().ids().filter(|&role| policy.role(role).counts_as(member)).collect();
        candidates.into_iter().find_map(|role| {
            let mut steps = self.follow(subject, role, on, visited)?;
            steps.extend(self.inheritance(role, member));
            Some(steps)
        })
    }

    /// By a role held further up that implies it.
    fn implied(
        self,
        subject: EntityId,
        role: RoleId,
        entity: EntityId,
        visited: &mut Vec<(RoleId, EntityId)>,
    ) -> Option<Vec<Step>> {
        let policy = self.world.facts.snapshot.policy();
        for &above in self.world.facts.above(entity) {
            let implications = policy.roles().iter_enumerated().flat_map(|(holder, compiled)| {
                compiled.implies.iter().filter(|implied| implied.role == role).map(move |implied| (holder, implied))
            });
            for (holder, implied) in implications {
                let counts = self.world.holds_any(subject, Some(&[holder]), above);
                if counts.and(self.world.implication(subject, above, implied, entity)) != Truth::True {
                    continue;
                }
                let Some(mut steps) = self.follow(subject, holder, above, visited) else { continue };
                let origin = &policy.provenance().implications[implied.implication];
                steps.extend(self.inheritance(holder, origin.owner));
                let mut step = self.implication(origin.owner, implied.implication, entity);
                if let Some(when) = &origin.when {
                    let variables = Variables { subject, resource: entity, scope: Some(above) };
                    step.children.push(self.condition(when, variables));
                }
                steps.push(step);
                return Some(steps);
            }
        }
        None
    }

    /// The implications that might have spoken for the request, by a role or by what a statement asks with `has`, and could
    /// not be computed, each with what it lacked.
    pub(super) fn uncomputed_implications(self, witnesses: &[Witness]) -> Vec<Step> {
        let mut steps = Vec::new();
        let Some(subject) = self.world.subject() else { return steps };
        let speaks = |role: &CompiledRole| role.may_lead_to_permission(self.world.request.permission);
        self.uncomputed_between(subject, self.world.request.resource, speaks, &mut steps);
        for witness in witnesses {
            let variables = self.variables(subject, witness);
            for condition in &self.statement(witness).conditions {
                self.uncomputed_within(condition.program, variables, &mut steps);
            }
        }
        steps
    }

    /// The implications that a condition asks about with `has`, and that could not be computed.
    fn uncomputed_within(self, program: NodeId, variables: Variables, steps: &mut Vec<Step>) {
        let programs = self.world.facts.snapshot.policy().programs();
        let (subject, roles, on) = match programs.node(program) {
            Node::And(list) | Node::Or(list) => {
                return programs
                    .operands(list)
                    .iter()
                    .for_each(|&operand| self.uncomputed_within(operand, variables, steps));
            }
            Node::Not(operand) => return self.uncomputed_within(operand, variables, steps),
            Node::Has(subject, roles, on) => (subject, Some(programs.roles(roles)), on),
            Node::HasAny(subject, on) => (subject, None, on),
            _ => return,
        };
        if self.world.truth(program, variables) == Truth::True {
            return;
        }
        let Val::Entity(subject) = self.world.value(subject, variables) else { return };
        self.world.any(self.world.value(on, variables), |on| {
            if let Val::Entity(on) = on {
                self.uncomputed_between(subject, on, |role| role.may_lead_to_any(roles), steps);
            }
            false
        });
    }

    /// The implications from what a subject holds above an entity, by roles that are worth following, that could not be
    /// computed.
    fn uncomputed_between(
        self,
        subject: EntityId,
        target: EntityId,
        follow: impl Fn(&CompiledRole) -> bool + Copy,
        steps: &mut Vec<Step>,
    ) {
        let policy = self.world.facts.snapshot.policy();
        let mut reached = Reached::default();
        for entity in self.world.facts.upwards(target) {
            self.world.each_held_role(subject, entity, |role, truth| {
                let compiled = policy.role(role);
                let counts = truth.and(self.world.holds(compiled.when, Variables::of_role(subject, entity)));
                if follow(compiled) && counts != Truth::False {
                    self.world.descend(subject, (entity, role, counts), target, follow, &mut reached, |step| {
                        if let Descent::Uncomputed { implication, role, above, below } = step {
                            let step = self.uncomputed_implication(subject, implication, role, above, below);
                            if !steps.contains(&step) {
                                steps.push(step);
                            }
                        }
                        true
                    });
                }
                true
            });
        }
    }

    fn uncomputed_implication(
        self,
        subject: EntityId,
        implication: ImplicationId,
        role: RoleId,
        above: EntityId,
        below: EntityId,
    ) -> Step {
        let policy = self.world.facts.snapshot.policy();
        let origin = &policy.provenance().implications[implication];
        let mut step = self.implication(role, implication, below);
        step.truth = None;
        let variables = Variables { subject, resource: below, scope: Some(above) };
        step.children.extend(origin.when.as_ref().map(|when| self.condition(when, variables)));
        step.children.extend(self.conditions_of(subject, role, above));
        step
    }

    /// That a role implies another on an entity.
    pub(super) fn implication(self, role: RoleId, implication: ImplicationId, below: EntityId) -> Step {
        let policy = self.world.facts.snapshot.policy();
        let origin = &policy.provenance().implications[implication];
        let (schema, below) = (policy.schema(), self.world.facts.name(below));
        let text = format!("`{}` implies `{}` on `{below}`", schema.role_name(role), schema.role_name(origin.role));
        Step::fact(text, Some(origin.span))
    }

    /// The conditions under which a role counts, its own and inherited ones.
    pub(super) fn conditions_of(self, subject: EntityId, role: RoleId, entity: EntityId) -> Vec<Step> {
        let policy = self.world.facts.snapshot.policy();
        let origins = policy.role(role).counts_as.iter().filter_map(|&base| policy.provenance().roles.get(base));
        origins
            .flat_map(|origin| &origin.when)
            .map(|when| self.condition(when, Variables::of_role(subject, entity)))
            .collect()
    }

    /// Whether an assignment has begun and not ended.
    pub(super) fn running(self, assignment: &Assignment) -> bool {
        let at = self.world.request.at;
        assignment.since.is_none_or(|since| since <= at) && assignment.until.is_none_or(|until| at < until)
    }
}
