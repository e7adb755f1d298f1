//! Paths, and what they may lead to.

use crate::index::Idx;
use crate::schema::{EntityName, Schema, TypeId, Value, ValueType};
use std::net::IpAddr;

/// A path of the conditions that were read.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(super) struct TermId(u32);

impl Idx for TermId {
    fn from_index(index: usize) -> Self {
        Self(u32::try_from(index).unwrap_or(u32::MAX))
    }

    fn index(self) -> usize {
        self.0 as usize
    }
}

/// What tells one path from another: names, so that those of two policies are one.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) enum TermKey {
    Subject,
    Actor,
    Resource,
    /// What a role is held on, by its type, where the resource may lie in several of these.
    Scope(Box<str>),
    Now,
    Context(Box<str>),
    Attribute(TermId, Box<str>),
    Ancestor(TermId, Box<str>),
    Setting(TermId, Box<str>),
    Size(TermId),
}

/// A path.
#[derive(Clone, Debug)]
pub(super) struct Term {
    /// The path that it goes on from.
    pub(super) of: Option<TermId>,
    pub(super) kind: Kind,
    /// Whether it may be missing, though what it goes on from is there.
    pub(super) may_miss: bool,
    /// Whether it may be absent.
    pub(super) may_lack: bool,
    /// Whether it may be a set of everything.
    pub(super) may_be_everything: bool,
}

/// What a path leads to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    Bool,
    Number(Unit),
    /// The size of a set.
    Size,
    Text,
    /// One of some words.
    Words(Vec<Box<str>>),
    Address,
    /// An entity, of a type if that is known.
    Entity(Option<Box<str>>),
    Set,
}

/// What a number counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Unit {
    One,
    Moment,
    Length,
}

/// A single value.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub(super) enum Single {
    Bool(bool),
    Number(i64),
    Text(Box<str>),
    Address(IpAddr),
    /// `type:id`
    Entity(Box<str>),
}

impl Kind {
    pub(super) fn of(schema: &Schema, ty: &ValueType) -> Self {
        match ty {
            ValueType::Bool => Self::Bool,
            ValueType::Int => Self::Number(Unit::One),
            ValueType::Timestamp => Self::Number(Unit::Moment),
            ValueType::Duration => Self::Number(Unit::Length),
            ValueType::String => Self::Text,
            ValueType::Enum(words) => Self::Words(words.clone()),
            ValueType::Ip => Self::Address,
            ValueType::Entity(ty) => Self::entity(schema, *ty),
            ValueType::Set(_) => Self::Set,
        }
    }

    pub(super) fn entity(schema: &Schema, ty: TypeId) -> Self {
        Self::Entity(schema.types.get(ty).map(|info| info.name.clone()))
    }

    /// A number for those kinds whose values can be equal.
    pub(super) const fn tag(&self) -> u8 {
        match self {
            Self::Bool => 0,
            Self::Number(_) => 1,
            Self::Size => 2,
            Self::Text | Self::Words(_) => 3,
            Self::Address => 4,
            Self::Entity(_) => 5,
            Self::Set => 6,
        }
    }

    /// The kind of what is of one of two kinds, as two policies may say.
    pub(super) fn joined(self, other: &Self) -> Self {
        match (self, other) {
            (Self::Words(mut words), Self::Words(others)) => {
                let added: Vec<Box<str>> = others.iter().filter(|word| !words.contains(word)).cloned().collect();
                words.extend(added);
                Self::Words(words)
            }
            (Self::Entity(one), Self::Entity(other)) if one != *other => Self::Entity(None),
            (Self::Words(_), Self::Text) => Self::Text,
            (kind, _) => kind,
        }
    }
}

impl Single {
    /// A value that is no set and no range of addresses.
    pub(super) fn of(schema: &Schema, value: &Value) -> Option<Self> {
        Some(match value {
            Value::Bool(value) => Self::Bool(*value),
            Value::Int(value) | Value::Timestamp(value) | Value::Duration(value) => Self::Number(*value),
            Value::Str(text) => Self::Text(text.clone()),
            Value::Ip(address) => Self::Address(*address),
            Value::Entity(name) => Self::Entity(EntityName::text(name, schema).into()),
            Value::IpRange(_) | Value::Set(_) => return None,
        })
    }

    /// The type of an entity.
    pub(super) fn entity_type(&self) -> Option<&str> {
        match self {
            Self::Entity(name) => name.split_once(':').map(|(ty, _)| ty),
            _ => None,
        }
    }
}
