//! What most conditions are about, the resource or the one thing of a type that contains it; an attribute of that, which most
//! read; and the comparison that most consist of, of such an attribute with the subject or with a text. All are read from the
//! tables at once, and compared without a value made of either side.

use super::condition::Variables;
use super::snapshot::Snapshot;
use super::value::Datum;
use super::world::World;
use crate::compile::{Asked, AttributeName, Node, NodeId};
use crate::directory::{EntityId, Stored};
use crate::schema::{Reach, TypeId};

impl<'a> World<'a> {
    /// The resource, or the one thing of a type that contains it, and its type; nothing of whatever else a value may be.
    #[inline]
    pub(super) fn here_or_above(&self, value: NodeId, variables: Variables) -> Option<(EntityId, TypeId)> {
        let policy = self.facts.snapshot.policy();
        let from = self.facts.type_of(variables.resource)?;
        match policy.programs().node(value) {
            Node::Resource => Some((variables.resource, from)),
            Node::Ancestor(below, ty) if policy.programs().node(below) == Node::Resource => {
                let only = matches!(policy.schema().reach(from, ty), Reach::One | Reach::Optional);
                Some((self.facts.first_of(variables.resource, ty).filter(|_| only)?, ty))
            }
            _ => None,
        }
    }

    /// The value of an attribute of the resource, or of the one thing of a type that contains it, where the directory declares
    /// that; nothing of whatever else may have one.
    #[inline]
    pub(super) fn declared(&self, of: NodeId, name: AttributeName, variables: Variables) -> Option<Stored> {
        let (entity, ty) = self.here_or_above(of, variables)?;
        self.facts.declared_attribute(entity, self.facts.snapshot.slot(name, ty)?)
    }

    /// The text that such an attribute is, where it is known beforehand which it is; nothing of every other value.
    #[inline]
    pub(super) fn asked_text(&self, asked: Asked) -> Option<&'a str> {
        let entity = self.facts.first_of(self.request.resource, asked.ty)?;
        match self.facts.declared_attribute(entity, asked.slot)? {
            Stored::Text(text) => Some(self.facts.snapshot.directory().text(text)),
            _ => None,
        }
    }

    /// Whether such an attribute equals the subject or a text; nothing of every other comparison.
    #[inline]
    pub(super) fn attribute_is(&self, attribute: NodeId, other: NodeId, variables: Variables) -> Option<bool> {
        let snapshot = self.facts.snapshot;
        let programs = snapshot.policy().programs();
        let Node::Attribute(of, name) = programs.node(attribute) else { return None };
        let value = self.declared(of, name, variables)?;
        snapshot.is_equal(value, programs.node(other), variables.subject)
    }
}

impl Snapshot {
    /// Whether a value is the subject, or is a text.
    #[inline]
    pub(super) fn is_equal(&self, value: Stored, other: Node, subject: EntityId) -> Option<bool> {
        match (value, other) {
            (Stored::Entity(named), Node::Subject) => Some(named == subject),
            (Stored::Text(text), Node::Constant(constant)) => match self.constant(constant) {
                Datum::Text(wanted) => Some(self.directory().text(text) == &**wanted),
                _ => None,
            },
            _ => None,
        }
    }
}
