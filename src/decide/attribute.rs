//! The comparison that most conditions consist of: an attribute of the resource, or of what contains it, with the subject or
//! with a text. It is read from the tables at once, without a value made of either side.

use super::condition::Variables;
use super::snapshot::Snapshot;
use super::value::Datum;
use super::world::World;
use crate::compile::{AttributeName, Node, NodeId};
use crate::directory::{EntityId, Stored};
use crate::schema::{Reach, TypeId};

impl World<'_> {
    /// Whether an attribute of a declared entity equals the other side; nothing of every other comparison, and where there
    /// is no such value.
    #[inline]
    pub(super) fn attribute_is(&self, attribute: NodeId, other: NodeId, variables: Variables) -> Option<bool> {
        let snapshot = self.facts.snapshot;
        let programs = snapshot.policy().programs();
        let Node::Attribute(of, name) = programs.node(attribute) else { return None };
        let from = self.facts.type_of(variables.resource)?;
        let of = match programs.node(of) {
            Node::Resource => (variables.resource, from),
            Node::Ancestor(below, ty) if programs.node(below) == Node::Resource => {
                let only = matches!(snapshot.policy().schema().reach(from, ty), Reach::One | Reach::Optional);
                (self.facts.first_of(variables.resource, ty).filter(|_| only)?, ty)
            }
            _ => return None,
        };
        snapshot.attribute_is(of, name, programs.node(other), variables.subject)
    }
}

impl Snapshot {
    /// Whether an attribute of a declared entity, whose type is told, equals the subject or a text.
    #[inline]
    pub(super) fn attribute_is(
        &self,
        (entity, ty): (EntityId, TypeId),
        name: AttributeName,
        other: Node,
        subject: EntityId,
    ) -> Option<bool> {
        let directory = self.directory();
        match (directory.declared_attribute(entity, self.slot(name, ty)?)?, other) {
            (Stored::Entity(named), Node::Subject) => Some(named == subject),
            (Stored::Text(text), Node::Constant(constant)) => match self.constant(constant) {
                Datum::Text(wanted) => Some(directory.text(text) == &**wanted),
                _ => None,
            },
            _ => None,
        }
    }
}
