//! What it takes for a rule to allow, where it is known what lies above a resource: mostly a role there, and nothing else.
//!
//! It is told of rules that are sure to hold then. Whoever is told of no way may be allowed all the same.

use super::policy::CompiledPolicy;
use super::program::{Node, NodeId};
use super::signature::{Asked, Asking};
use crate::schema::{PermissionId, Reach, RoleId, Value};
use crate::syntax::ast::{Comparison, Effect};

/// What an attribute is known to be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Known<'a> {
    /// This text.
    Text(&'a str),
    /// This truth.
    Truth(bool),
}

/// What it takes for a rule to allow, beside what is known.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Way {
    /// Nothing.
    Anyhow,
    /// That the subject holds one of these roles, or one that counts as one of them, on the resource or on anything above it.
    Holding(Box<[RoleId]>),
}

impl Known<'_> {
    fn is(self, value: &Value) -> bool {
        match (self, value) {
            (Self::Text(text), Value::Str(wanted)) => *text == **wanted,
            (Self::Truth(truth), Value::Bool(wanted)) => truth == *wanted,
            _ => false,
        }
    }
}

impl CompiledPolicy {
    /// The ways in which rules are sure to allow a permission, each once, where `known` tells what attributes of the one entity
    /// of a type that lies above the resource are.
    #[must_use]
    pub fn ways<'k>(&self, permission: PermissionId, known: impl Fn(Asked) -> Option<Known<'k>>) -> Vec<Way> {
        let Some(info) = self.schema().permissions.get(permission) else { return Vec::new() };
        let asking = Asking { resource: info.ty, schema: self.schema(), programs: self.programs() };
        let reading = Reading { asking, known };
        let rules = self.rules_of(permission, Effect::Allow);
        // Where its text is not known, no rule of a family is sure to hold.
        let of_families = rules.families().iter().filter_map(|family| match reading.known_above(family.asked?)? {
            Known::Text(text) => Some(rules.by_text(family, text).0),
            Known::Truth(_) => None,
        });
        let mut ways = Vec::new();
        for rule in rules.alone().iter().chain(of_families.flatten()) {
            if let Some(way) = rule.condition.map_or(Some(Way::Anyhow), |condition| reading.way(condition))
                && !ways.contains(&way)
            {
                ways.push(way);
            }
        }
        ways
    }
}

/// Reads conditions where attributes are known.
struct Reading<'a, F> {
    asking: Asking<'a>,
    known: F,
}

impl<'k, F: Fn(Asked) -> Option<Known<'k>>> Reading<'_, F> {
    /// What an attribute of what lies above is.
    fn known_above(&self, asked: Asked) -> Option<Known<'k>> {
        // That of the resource is no other's.
        if asked.ty == self.asking.resource { None } else { (self.known)(asked) }
    }

    /// What it takes for a condition to hold; nothing where that is more, or not known.
    fn way(&self, condition: NodeId) -> Option<Way> {
        let programs = self.asking.programs;
        let is_so = match programs.node(condition) {
            Node::And(all) => {
                return programs.operands(all).iter().try_fold(Way::Anyhow, |way, &operand| {
                    match (way, self.way(operand)?) {
                        (Way::Anyhow, other) | (other, Way::Anyhow) => Some(other),
                        _ => None,
                    }
                });
            }
            Node::Has(subject, roles, on) if programs.node(subject) == Node::Subject => {
                return self.holding(programs.roles(roles), on);
            }
            Node::Within(ty) => self.asking.schema.reach(self.asking.resource, ty) == Reach::One,
            Node::Compare(Comparison::Eq, left, right) => {
                let (asked, value) = self.asking.compared(left, right)?;
                self.known_above(asked)?.is(value)
            }
            Node::Bare(operand) => {
                let (asked, _) = self.asking.asked(operand)?;
                self.known_above(asked)? == Known::Truth(true)
            }
            _ => return None,
        };
        is_so.then_some(Way::Anyhow)
    }

    /// That one of some roles is held on what is of a type, at or above the resource: those of that type are held nowhere else.
    fn holding(&self, roles: &[RoleId], on: NodeId) -> Option<Way> {
        let Asking { schema, programs, .. } = self.asking;
        let Node::Ancestor(below, ty) = programs.node(on) else { return None };
        let is_of_type = |role: &RoleId| schema.roles.get(*role).is_some_and(|info| info.ty == ty);
        let roles: Box<[RoleId]> = roles.iter().copied().filter(is_of_type).collect();
        (programs.node(below) == Node::Resource && !roles.is_empty()).then_some(Way::Holding(roles))
    }
}
