//! Values while a condition is computed: small, copied, borrowing whatever is long.

use crate::directory::{Directory, EntityId, Stored};
use crate::schema::{EntityName, TypeId, Value};
use ipnet::IpNet;
use std::net::IpAddr;

/// A value whose entities are ids of one snapshot or request: a constant, a default, a field of the context, a fact.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Datum {
    Bool(bool),
    Int(i64),
    Text(Box<str>),
    Timestamp(i64),
    Duration(i64),
    Ip(IpAddr),
    Range(IpNet),
    Entity(EntityId),
    Set(Box<[Datum]>),
}

impl Datum {
    /// The value with its entities looked up.
    pub(crate) fn bind(value: &Value, entity: &mut impl FnMut(&EntityName) -> EntityId) -> Self {
        match value {
            Value::Bool(value) => Self::Bool(*value),
            Value::Int(value) => Self::Int(*value),
            Value::Str(text) => Self::Text(text.clone()),
            Value::Timestamp(at) => Self::Timestamp(*at),
            Value::Duration(length) => Self::Duration(*length),
            Value::Ip(address) => Self::Ip(*address),
            Value::IpRange(range) => Self::Range(*range),
            Value::Entity(name) => Self::Entity(entity(name)),
            Value::Set(values) => Self::Set(values.iter().map(|value| Self::bind(value, entity)).collect()),
        }
    }

    /// The value to compute with.
    pub(crate) fn view(&self) -> Val<'_> {
        match self {
            Self::Bool(value) => Val::Bool(*value),
            Self::Int(value) => Val::Int(*value),
            Self::Text(text) => Val::Text(text),
            Self::Timestamp(at) => Val::Timestamp(*at),
            Self::Duration(length) => Val::Duration(*length),
            Self::Ip(address) => Val::Ip(*address),
            Self::Range(range) => Val::Range(*range),
            Self::Entity(entity) => Val::Entity(*entity),
            Self::Set(elements) => Val::Set(Elements::Data(elements)),
        }
    }
}

/// A value while it is computed with.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Val<'a> {
    /// A required value that is missing: whatever depends on it cannot be computed.
    Unknown,
    /// An optional value that is not there.
    Absent,
    /// A set that holds everything: a `narrows` setting that nobody narrows.
    Everything,
    Bool(bool),
    Int(i64),
    Text(&'a str),
    Timestamp(i64),
    Duration(i64),
    Ip(IpAddr),
    Range(IpNet),
    Entity(EntityId),
    Set(Elements<'a>),
}

/// Where the elements of a set are.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Elements<'a> {
    /// In a list.
    Data(&'a [Datum]),
    /// In an attribute of a declared entity.
    Stored(&'a [Stored]),
    /// The ancestors-or-self of a type.
    Ancestors(EntityId, TypeId),
}

impl<'a> Val<'a> {
    /// A value that a directory holds.
    pub(crate) fn stored(directory: &'a Directory, stored: Stored) -> Self {
        match stored {
            Stored::Missing => Self::Unknown,
            Stored::Absent => Self::Absent,
            Stored::Bool(value) => Self::Bool(value),
            Stored::Int(value) => Self::Int(value),
            Stored::Text(symbol) => Self::Text(directory.text(symbol)),
            Stored::Timestamp(at) => Self::Timestamp(at),
            Stored::Duration(length) => Self::Duration(length),
            Stored::Ip(address) => directory.address(address).map_or(Self::Unknown, Self::Ip),
            Stored::Entity(entity) => Self::Entity(entity),
            Stored::Set(set) => Self::Set(Elements::Stored(directory.set(set))),
        }
    }
}
