//! What the generators know of a policy while they make it: types, attributes and roles, before they become text.

use std::collections::BTreeSet;

/// A type, by its place in [`Shape::types`].
pub(crate) type TypeAt = usize;

/// A policy in the making.
#[derive(Default)]
pub(crate) struct Shape {
    /// Whether roles and statements hold without any condition.
    pub(crate) unconditional: bool,
    pub(crate) types: Vec<TypeShape>,
    pub(crate) context: Vec<Attribute>,
    pub(crate) settings: Vec<SettingShape>,
    pub(crate) roles: Vec<RoleShape>,
    pub(crate) org_policies: Vec<OrgPolicyShape>,
    /// The texts of all declarations, in any order.
    pub(crate) declarations: Vec<String>,
}

pub(crate) struct TypeShape {
    pub(crate) name: &'static str,
    pub(crate) parents: Vec<(TypeAt, Mark)>,
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) actions: Vec<&'static str>,
    pub(crate) acts_as: Option<&'static str>,
    /// An attribute in which siblings differ.
    pub(crate) unique: Option<&'static str>,
}

/// How many parents of a type.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Mark {
    One,
    Optional,
    Many,
}

/// An attribute of a type, or a field of context.
#[derive(Clone)]
pub(crate) struct Attribute {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) set: bool,
    pub(crate) presence: Presence,
}

#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Presence {
    Required,
    Optional,
    /// The text of a literal.
    Default(String),
}

/// The kind of a value, or of a set's elements.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Kind {
    Bool,
    Int,
    Text,
    /// One of [`super::values::WORDS`].
    Word,
    Moment,
    Length,
    Address,
    Entity(TypeAt),
}

pub(crate) struct SettingShape {
    pub(crate) name: &'static str,
    /// The type that declares it.
    pub(crate) home: TypeAt,
    pub(crate) kind: Kind,
    pub(crate) set: bool,
    /// Its merge word.
    pub(crate) merge: &'static str,
    /// The setting that must hold its value.
    pub(crate) within: Option<&'static str>,
}

/// An org policy, as far as linking it goes.
#[derive(Clone)]
pub(crate) struct OrgPolicyShape {
    pub(crate) name: String,
    /// The entity inside of which alone it may be linked.
    pub(crate) organization: Option<String>,
}

pub(crate) struct RoleShape {
    pub(crate) ty: TypeAt,
    pub(crate) name: String,
    pub(crate) open: bool,
    pub(crate) custom: bool,
    /// The entity inside of which alone it may be assigned.
    pub(crate) organization: Option<String>,
    /// The names of the roles that it extends, directly or by way of others.
    pub(crate) extends: BTreeSet<String>,
    /// The roles it requires, own and inherited.
    pub(crate) requires: BTreeSet<(TypeAt, String)>,
    /// The roles it implies, own implications and inherited ones.
    pub(crate) implies: BTreeSet<(TypeAt, String)>,
    /// What its allows name, own and inherited, as far as `without` left it.
    pub(crate) allows: BTreeSet<(TypeAt, &'static str)>,
}

/// How many ancestors-or-self an entity can have, by the declared containment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Reach {
    Never,
    One,
    Optional,
    Many,
}

impl TypeShape {
    pub(crate) fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.name == name)
    }
}

impl RoleShape {
    pub(crate) fn text(&self, shape: &Shape) -> String {
        format!("{}.{}", shape.types[self.ty].name, self.name)
    }
}

impl Shape {
    pub(crate) fn nests_in_itself(&self, ty: TypeAt) -> bool {
        self.types[ty].parents.iter().any(|&(parent, _)| parent == ty)
    }

    /// Types that can be subjects in their own right.
    pub(crate) fn subject_types(&self) -> Vec<TypeAt> {
        (0..self.types.len()).filter(|&ty| self.types[ty].acts_as.is_none()).collect()
    }

    /// Subjects of these types and the keys that act as such.
    pub(crate) fn actors_for(&self, subjects: &[TypeAt]) -> Vec<TypeAt> {
        let acts_as_one = |ty: &TypeAt| {
            let ty = &self.types[*ty];
            let owner = ty.acts_as.and_then(|name| ty.attribute(name)).map(|attribute| attribute.kind);
            subjects.iter().any(|&subject| owner == Some(Kind::Entity(subject)))
        };
        (0..self.types.len()).filter(|ty| subjects.contains(ty) || acts_as_one(ty)).collect()
    }

    /// How many ancestors-or-self of type `to` an entity of type `from` can have. Of several ways there is one at most
    /// where all lead through the one entity of a type that itself has one at most.
    pub(crate) fn reach(&self, from: TypeAt, to: TypeAt) -> Reach {
        let by_ways = self.reach_by_ways(from, to);
        let is_waist = |waist: TypeAt| {
            waist != from
                && waist != to
                && self.reach_by_ways(from, waist) == Reach::One
                && self.reach(waist, to) == Reach::Optional
                && !self.leads_around(from, waist, to)
        };
        if by_ways == Reach::Many && !self.nests_in_itself(to) && (0..self.types.len()).any(is_waist) {
            return Reach::Optional;
        }
        by_ways
    }

    fn reach_by_ways(&self, from: TypeAt, to: TypeAt) -> Reach {
        let above = if from == to {
            Reach::One
        } else {
            let ways = self.types[from].parents.iter().filter(|&&(parent, _)| parent != from);
            ways.map(|&(parent, mark)| match (mark, self.reach(parent, to)) {
                (_, Reach::Never) => Reach::Never,
                (Mark::One, above) => above,
                (Mark::Optional, Reach::One | Reach::Optional) => Reach::Optional,
                _ => Reach::Many,
            })
            .fold(Reach::Never, |one, other| match (one, other) {
                (Reach::Never, reach) | (reach, Reach::Never) => reach,
                (Reach::One, _) | (_, Reach::One) => Reach::One,
                _ => Reach::Many,
            })
        };
        let many_above = above != Reach::Never && self.nests_in_itself(to);
        let many_ways = above == Reach::Optional && self.nests_in_itself(from);
        if many_above || many_ways { Reach::Many } else { above }
    }

    fn leads_around(&self, from: TypeAt, waist: TypeAt, to: TypeAt) -> bool {
        let mut parents = self.types[from].parents.iter().map(|&(parent, _)| parent);
        parents
            .any(|parent| parent != from && parent != waist && (parent == to || self.leads_around(parent, waist, to)))
    }

    /// Whether entities of type `inner` may lie strictly below one of type `outer`.
    pub(crate) fn lies_below(&self, inner: TypeAt, outer: TypeAt) -> bool {
        if inner == outer { self.nests_in_itself(inner) } else { self.reach(inner, outer) != Reach::Never }
    }

    /// A type and those whose entities may lie below one of its.
    pub(crate) fn range(&self, outer: TypeAt) -> Vec<TypeAt> {
        (0..self.types.len()).filter(|&inner| inner == outer || self.lies_below(inner, outer)).collect()
    }
}
