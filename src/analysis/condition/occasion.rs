//! On what a condition is asked.

use crate::compile::{CompiledPolicy, Node, NodeId};
use crate::schema::{PermissionId, Schema, TypeId, ValueType};

/// Of which types the things are that a condition speaks of.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Occasion {
    /// The permission asked for; none where a condition tells whether a role counts.
    pub permission: Option<PermissionId>,
    /// The resource's type.
    pub resource: TypeId,
    /// The type of the entity that the role is held on, inside roles.
    pub scope: Option<TypeId>,
    /// Of which type the resource is known to be or to lie in something: what a role is held on that brings another one.
    pub inside: Option<TypeId>,
    /// The type of what `resource` stands for instead, at or above it: the entity that a role is implied on.
    pub implied_on: Option<TypeId>,
    /// The subject's type, if it is told.
    pub subject: Option<TypeId>,
    /// The actor's type, if it is told: the subject's, where that acts for itself.
    pub actor: Option<TypeId>,
}

impl Occasion {
    /// That of a rule or of a guardrail: a permission is asked for.
    #[must_use]
    pub fn of_permission(policy: &CompiledPolicy, permission: PermissionId) -> Self {
        let resource = policy.schema().permissions.get(permission).map_or(TypeId(0), |info| info.ty);
        Self { permission: Some(permission), ..Self::on(resource) }
    }

    /// That of a grant in a role on a type.
    #[must_use]
    pub fn in_role(policy: &CompiledPolicy, scope: TypeId, permission: PermissionId) -> Self {
        Self { scope: Some(scope), inside: Some(scope), ..Self::of_permission(policy, permission) }
    }

    /// That of a role's own `when`: its resource is its scope.
    #[must_use]
    pub const fn of_role(scope: TypeId) -> Self {
        Self { scope: Some(scope), inside: Some(scope), ..Self::on(scope) }
    }

    /// That of the `when` of an implication, for a role on a contained type.
    #[must_use]
    pub const fn of_implication(scope: TypeId, below: TypeId) -> Self {
        Self { resource: below, ..Self::of_role(scope) }
    }

    /// The same resource, seen from a role on another type that the one on which it is `inside` brings.
    #[must_use]
    pub const fn from(self, scope: TypeId) -> Self {
        Self { scope: Some(scope), ..self }
    }

    /// The condition under which a role is implied on entities of a type, at or above the resource.
    #[must_use]
    pub const fn implying_on(self, below: TypeId) -> Self {
        Self { implied_on: Some(below), ..self }
    }

    const fn on(resource: TypeId) -> Self {
        Self { permission: None, resource, scope: None, inside: None, implied_on: None, subject: None, actor: None }
    }

    /// The occasions that together are this one, each with as much told of subject and actor as programs may depend on.
    #[must_use]
    pub fn each(self, policy: &CompiledPolicy, programs: &[NodeId]) -> Vec<Self> {
        let schema = policy.schema();
        let mut needs = Needs::default();
        programs.iter().for_each(|&program| needs.of(policy, program));
        if self.subject.is_some() || !(needs.subject || needs.actor) {
            return vec![self];
        }
        let subjects = schema.types.iter_enumerated().filter(|(_, info)| info.acts_as.is_none()).map(|(ty, _)| ty);
        subjects
            .flat_map(|subject| {
                let itself = needs.actor.then_some(subject);
                let keys = schema.types.ids().filter(|&ty| needs.actor && acts_as(schema, ty) == Some(subject));
                let actors = std::iter::once(itself).chain(keys.map(Some));
                actors.map(move |actor| Self { subject: Some(subject), actor, ..self }).collect::<Vec<_>>()
            })
            .collect()
    }

    /// The occasion of a request of subjects and actors of these types.
    #[must_use]
    pub const fn by(self, subject: TypeId, actor: TypeId) -> Self {
        Self { subject: Some(subject), actor: Some(actor), ..self }
    }
}

/// The type of whom a key of a type acts as.
fn acts_as(schema: &Schema, ty: TypeId) -> Option<TypeId> {
    let info = schema.types.get(ty)?;
    match info.attributes.get(info.acts_as?)?.ty {
        ValueType::Entity(owner) => Some(owner),
        _ => None,
    }
}

/// Whose type makes a difference.
#[derive(Default)]
struct Needs {
    subject: bool,
    actor: bool,
}

impl Needs {
    fn of(&mut self, policy: &CompiledPolicy, program: NodeId) {
        let programs = policy.programs();
        let mut open = vec![program];
        while let Some(id) = open.pop() {
            match programs.node(id) {
                Node::To(_) => self.subject = true,
                Node::Actor => self.actor = true,
                Node::Attribute(of, _) | Node::Ancestor(of, _) | Node::Setting(of, _) | Node::Is(of, _) => {
                    self.subject |= programs.node(of) == Node::Subject;
                    open.push(of);
                }
                Node::And(list) | Node::Or(list) => open.extend_from_slice(programs.operands(list)),
                Node::Compare(_, left, right) | Node::Has(left, _, right) | Node::HasAny(left, right) => {
                    open.extend([left, right]);
                }
                Node::Not(of) | Node::Bare(of) | Node::Size(of) => open.push(of),
                Node::Within(_)
                | Node::Constant(_)
                | Node::Subject
                | Node::Resource
                | Node::Scope
                | Node::Action
                | Node::Now
                | Node::Context(_) => {}
            }
        }
    }
}
