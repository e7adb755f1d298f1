//! What a condition wants, as far as it can be looked up: the entities that have a value, those who hold a role.

use crate::compile::{Comparison, Node, NodeId};
use crate::decide::Snapshot;
use crate::directory::{EntityId, Stored};
use crate::schema::{RoleId, TypeId, Value};

/// What a resource must be for a condition to hold. Where several are wanted at once, the narrowest.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Wanted {
    /// In an entity of a type, or one itself, whose attribute is a value.
    Value(TypeId, usize, Stored),
    /// In an entity on which the subject holds one of these roles, or any at all, or one itself.
    Held(Option<Vec<RoleId>>),
    /// One of these.
    Any(Vec<Wanted>),
}

/// What is asked of the conditions of one question: for resources of a type, and a subject.
#[derive(Clone, Copy)]
pub(super) struct Conditions<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) resource: TypeId,
    pub(super) subject: EntityId,
}

impl Conditions<'_> {
    /// What the resource must be; nothing where it cannot be told.
    pub(super) fn wanted(self, condition: NodeId) -> Option<Wanted> {
        let programs = self.snapshot.policy().programs();
        match programs.node(condition) {
            Node::And(list) => {
                let wanted = programs.operands(list).iter().filter_map(|&operand| self.wanted(operand));
                wanted.min_by_key(breadth)
            }
            Node::Or(list) => {
                let any: Option<Vec<Wanted>> =
                    programs.operands(list).iter().map(|&operand| self.wanted(operand)).collect();
                any.map(Wanted::Any)
            }
            Node::Compare(Comparison::Eq, left, right) => self.value(left, right).or_else(|| self.value(right, left)),
            Node::Has(subject, roles, on)
                if self.is_resource_or_above(on) && programs.node(subject) == Node::Subject =>
            {
                Some(Wanted::Held(Some(programs.roles(roles).to_vec())))
            }
            Node::HasAny(subject, on) if self.is_resource_or_above(on) && programs.node(subject) == Node::Subject => {
                Some(Wanted::Held(None))
            }
            _ => None,
        }
    }

    /// An attribute of the resource or of what contains it, and what it must equal.
    fn value(self, attribute: NodeId, other: NodeId) -> Option<Wanted> {
        let programs = self.snapshot.policy().programs();
        let Node::Attribute(of, name) = programs.node(attribute) else { return None };
        let ty = match programs.node(of) {
            Node::Resource => self.resource,
            Node::Ancestor(inner, ty) if programs.node(inner) == Node::Resource => ty,
            _ => return None,
        };
        let slot = self.snapshot.slot(name, ty)?;
        let directory = self.snapshot.directory();
        let value = match programs.node(other) {
            Node::Subject => Stored::Entity(self.subject),
            Node::Constant(constant) => match programs.constants().get(constant)? {
                Value::Bool(value) => Stored::Bool(*value),
                Value::Int(value) => Stored::Int(*value),
                // A text that the directory does not have is the value of nothing.
                Value::Str(text) => match directory.symbol(text) {
                    Some(symbol) => Stored::Text(symbol),
                    None => return Some(Wanted::Any(Vec::new())),
                },
                _ => return None,
            },
            _ => return None,
        };
        Some(Wanted::Value(ty, slot, value))
    }

    fn is_resource_or_above(self, on: NodeId) -> bool {
        let programs = self.snapshot.policy().programs();
        match programs.node(on) {
            Node::Resource => true,
            Node::Ancestor(inner, _) => programs.node(inner) == Node::Resource,
            _ => false,
        }
    }
}

/// How much is to be expected, as a rank.
fn breadth(wanted: &Wanted) -> u8 {
    match wanted {
        Wanted::Any(any) if any.is_empty() => 0,
        Wanted::Value(_, _, Stored::Entity(_)) => 1,
        Wanted::Value(..) => 2,
        Wanted::Any(any) => any.iter().map(breadth).max().unwrap_or(0),
        Wanted::Held(_) => 4,
    }
}
