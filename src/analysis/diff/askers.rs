//! Who is asked about, by type: nobody else may be allowed anything on either side.

use super::names::{Names, Side};
use crate::compile::{Comparison, CompiledPolicy, Effect, Node, NodeId};
use crate::decide::Snapshot;
use crate::schema::{TypeId, Value, ValueType};
use rustc_hash::FxHashSet;
use std::collections::BTreeSet;

/// The types of those whom a rule may allow something, beside those who hold roles.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Types {
    All,
    These(BTreeSet<TypeId>),
}

impl Types {
    const NONE: Self = Self::These(BTreeSet::new());

    fn one(ty: TypeId) -> Self {
        Self::These(BTreeSet::from([ty]))
    }

    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::All, types) | (types, Self::All) => types,
            (Self::These(one), Self::These(other)) => Self::These(one.intersection(&other).copied().collect()),
        }
    }

    fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::All, _) | (_, Self::All) => Self::All,
            (Self::These(one), Self::These(other)) => Self::These(one.union(&other).copied().collect()),
        }
    }
}

/// The names of the types of those who are asked about: of whoever holds a role on either side, of whomever a rule may allow
/// anything, and of what acts as another and is acted as.
pub(super) fn types(names: &Names<'_>) -> FxHashSet<Box<str>> {
    let mut types: FxHashSet<Box<str>> = FxHashSet::default();
    for side in Side::BOTH {
        let snapshot = *names.sides.of(side);
        let schema = snapshot.policy().schema();
        match of_side(snapshot) {
            Types::All => types.extend(schema.types.iter().map(|info| info.name.clone())),
            Types::These(asked) => {
                types.extend(asked.iter().filter_map(|&ty| schema.types.get(ty)).map(|info| info.name.clone()));
            }
        }
    }
    types
}

fn of_side(snapshot: &Snapshot) -> Types {
    let (policy, directory) = (snapshot.policy(), snapshot.directory());
    let schema = policy.schema();
    let mut asked: BTreeSet<TypeId> =
        snapshot.holdings().rows().map(|(subject, _)| directory.type_of(subject)).collect();
    for (ty, info) in schema.types.iter_enumerated() {
        let Some(attribute) = info.acts_as.and_then(|slot| info.attributes.get(slot)) else { continue };
        asked.insert(ty);
        asked.extend(entity_type(&attribute.ty));
    }
    let rules = schema.permissions.iter_enumerated().flat_map(|(permission, info)| {
        let rules = policy.rules_of(permission, Effect::Allow).all().iter();
        rules.map(|rule| rule.condition.map_or(Types::All, |condition| allowed(policy, info.ty, condition)))
    });
    rules.fold(Types::These(asked), Types::or)
}

/// The types of those for whom a condition may hold, about a resource of a type. Of whoever holds a role nothing is said: they
/// are asked about in any case.
fn allowed(policy: &CompiledPolicy, resource: TypeId, condition: NodeId) -> Types {
    let programs = policy.programs();
    let each = |list| programs.operands(list).iter().map(|&operand| allowed(policy, resource, operand));
    let is_subject = |id: NodeId| matches!(programs.node(id), Node::Subject | Node::Actor);
    match programs.node(condition) {
        Node::And(list) => each(list).fold(Types::All, Types::and),
        Node::Or(list) => each(list).fold(Types::NONE, Types::or),
        Node::To(types) => Types::These(programs.types(types).iter().copied().collect()),
        Node::Is(of, ty) if is_subject(of) => Types::one(ty),
        Node::Has(subject, ..) | Node::HasAny(subject, _) if is_subject(subject) => Types::NONE,
        Node::Compare(Comparison::Eq | Comparison::In, subject, other) if is_subject(subject) => {
            named(policy, resource, other)
        }
        Node::Compare(Comparison::Eq | Comparison::Contains, other, subject) if is_subject(subject) => {
            named(policy, resource, other)
        }
        _ => Types::All,
    }
}

/// The types of the entities that a value may be, or have among its elements.
fn named(policy: &CompiledPolicy, resource: TypeId, value: NodeId) -> Types {
    let (schema, programs) = (policy.schema(), policy.programs());
    let of_type = |ty: &ValueType| entity_type(ty).map_or(Types::All, Types::one);
    match programs.node(value) {
        Node::Resource => Types::one(resource),
        Node::Ancestor(_, ty) => Types::one(ty),
        Node::Context(field) => schema.context.get(field as usize).map_or(Types::All, |field| of_type(&field.ty)),
        Node::Constant(constant) => match programs.constants().get(constant) {
            Some(Value::Entity(name)) => Types::one(name.ty),
            _ => Types::All,
        },
        // Whatever has an attribute of the name.
        Node::Attribute(_, name) => {
            let name = programs.attributes().get(name).map_or("", |name| name);
            let having = schema.types.iter().filter_map(|info| info.attributes.get(info.attribute(name)?));
            having.map(|attribute| of_type(&attribute.ty)).fold(Types::NONE, Types::or)
        }
        _ => Types::All,
    }
}

fn entity_type(ty: &ValueType) -> Option<TypeId> {
    match ty {
        ValueType::Entity(ty) => Some(*ty),
        ValueType::Set(element) => entity_type(element),
        _ => None,
    }
}
