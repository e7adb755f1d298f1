//! Running a condition's program.

use super::truth::Truth;
use super::value::Val;
use super::world::World;
use crate::compile::{Comparison, Node, NodeId};
use crate::directory::EntityId;

/// What the variables of a condition stand for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Variables {
    pub(crate) subject: EntityId,
    pub(crate) resource: EntityId,
    /// Outside of roles there is none, and no program asks for it.
    pub(crate) scope: Option<EntityId>,
}

impl Variables {
    /// For a role held by `subject` on `scope`.
    pub(crate) const fn of_role(subject: EntityId, scope: EntityId) -> Self {
        Self { subject, resource: scope, scope: Some(scope) }
    }
}

impl<'a> World<'a> {
    /// Whether a condition holds; one that is not there does. Recursion is bounded: programs are validated.
    #[inline]
    pub(crate) fn holds(&self, condition: Option<NodeId>, variables: Variables) -> Truth {
        condition.map_or(Truth::True, |program| self.truth(program, variables))
    }

    /// Whether a condition holds of which a part is known to hold.
    #[inline]
    pub(crate) fn holds_with(&self, condition: Option<NodeId>, known: Option<NodeId>, variables: Variables) -> Truth {
        if condition == known {
            return Truth::True;
        }
        let programs = self.facts.snapshot.policy().programs();
        match condition.map(|condition| programs.node(condition)) {
            Some(Node::And(list)) => {
                let others = programs.operands(list).iter().filter(|operand| Some(**operand) != known);
                self.all(others, variables)
            }
            _ => self.holds(condition, variables),
        }
    }

    /// Whether all programs hold, which are looked at up to the first that is false.
    #[inline]
    fn all<'n>(&self, programs: impl Iterator<Item = &'n NodeId>, variables: Variables) -> Truth {
        let mut all = Truth::True;
        for &program in programs {
            all = all.and(self.truth(program, variables));
            if all == Truth::False {
                break;
            }
        }
        all
    }

    /// The truth of a program.
    pub(crate) fn truth(&self, program: NodeId, variables: Variables) -> Truth {
        let programs = self.facts.snapshot.policy().programs();
        match programs.node(program) {
            Node::And(list) => self.all(programs.operands(list).iter(), variables),
            Node::Or(list) => {
                let mut any = Truth::False;
                for &operand in programs.operands(list) {
                    any = any.or(self.truth(operand, variables));
                    if any == Truth::True {
                        break;
                    }
                }
                any
            }
            Node::Not(operand) => !self.truth(operand, variables),
            Node::Compare(comparison, left, right) => {
                if comparison == Comparison::Eq
                    && let Some(equal) = self.attribute_is(left, right, variables)
                {
                    return Truth::from(equal);
                }
                self.compare(comparison, self.value(left, variables), self.value(right, variables))
            }
            Node::Is(operand, ty) => match self.value(operand, variables) {
                Val::Entity(entity) => Truth::from(self.facts.type_of(entity) == Some(ty)),
                Val::Absent => Truth::False,
                _ => Truth::Unknown,
            },
            Node::Has(subject, roles, on) => {
                if programs.node(subject) == Node::Subject
                    && let Some((on, _)) = self.here_or_above(on, variables)
                {
                    return self.holds_any(variables.subject, Some(programs.roles(roles)), on);
                }
                self.has(self.value(subject, variables), Some(programs.roles(roles)), self.value(on, variables))
            }
            Node::HasAny(subject, on) => self.has(self.value(subject, variables), None, self.value(on, variables)),
            Node::Bare(operand) => match self.value(operand, variables) {
                Val::Unknown => Truth::Unknown,
                Val::Absent => Truth::False,
                Val::Bool(value) => Truth::from(value),
                set @ Val::Set(_) => Truth::from(self.any(set, |_| true)),
                _ => Truth::True,
            },
            Node::Within(ty) => {
                if self.facts.first_of(variables.resource, ty).is_some() {
                    Truth::True
                } else if self.facts.may_miss(variables.resource, ty) {
                    Truth::Unknown
                } else {
                    Truth::False
                }
            }
            Node::To(types) => {
                let ty = self.facts.type_of(variables.subject);
                Truth::from(programs.types(types).iter().any(|&wanted| Some(wanted) == ty))
            }
            // Validation keeps values out of the place of truths.
            _ => Truth::Unknown,
        }
    }

    /// The value of a program that yields one.
    pub(crate) fn value(&self, program: NodeId, variables: Variables) -> Val<'a> {
        let programs = self.facts.snapshot.policy().programs();
        match programs.node(program) {
            Node::Constant(constant) => self.facts.snapshot.constant(constant).view(),
            Node::Subject => Val::Entity(variables.subject),
            Node::Actor => Val::Entity(self.request.actor),
            Node::Resource => Val::Entity(variables.resource),
            Node::Scope => variables.scope.map_or(Val::Unknown, Val::Entity),
            Node::Action => self.action(),
            Node::Now => Val::Timestamp(self.request.at),
            Node::Context(field) => self.context(field as usize),
            Node::Attribute(of, name) => match self.declared(of, name, variables) {
                Some(stored) => Val::stored(self.facts.snapshot.directory(), stored),
                None => self.of_entity(of, variables, |entity| {
                    let ty = self.facts.type_of(entity)?;
                    Some(self.facts.attribute(entity, ty, self.facts.snapshot.slot(name, ty)?))
                }),
            },
            Node::Ancestor(of, ty) => self.of_entity(of, variables, |entity| Some(self.facts.ancestor(entity, ty))),
            Node::Size(of) => self.size(self.value(of, variables)),
            Node::Setting(of, setting) => {
                self.of_entity(of, variables, |entity| Some(self.facts.setting(entity, setting)))
            }
            // Validation keeps truths out of the place of values.
            _ => Val::Unknown,
        }
    }

    /// Something of the entity that an operand yields: absent of nothing, unknown of what is unknown or has it not.
    fn of_entity(
        &self,
        operand: NodeId,
        variables: Variables,
        read: impl FnOnce(EntityId) -> Option<Val<'a>>,
    ) -> Val<'a> {
        match self.value(operand, variables) {
            Val::Entity(entity) => read(entity).unwrap_or(Val::Unknown),
            Val::Absent => Val::Absent,
            _ => Val::Unknown,
        }
    }

    fn action(&self) -> Val<'a> {
        let schema = self.facts.snapshot.policy().schema();
        let name = schema.permissions.get(self.request.permission).and_then(|info| schema.actions.get(info.action));
        name.map_or(Val::Unknown, |name| Val::Text(name))
    }
}
