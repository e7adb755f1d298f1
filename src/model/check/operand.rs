//! What an operand of a comparison is: its term and the kind of its value.

use crate::model::Term;
use crate::model::names::Names;
use crate::schema::{TypeId, ValueType};
use crate::source::Span;
use crate::syntax::ast::LiteralKind;
use std::rc::Rc;

/// An operand whose type is known.
#[derive(Clone, Debug)]
pub(super) struct Operand {
    pub(super) term: Term,
    pub(super) kind: Kind,
    /// Whether it can be absent.
    pub(super) optional: bool,
}

/// One side of a comparison.
#[derive(Debug)]
pub(super) enum Side<'e> {
    /// Its type is known.
    Typed(Operand),
    /// A literal becomes what the other side wants.
    Literal(&'e LiteralKind, Span),
}

/// The type of an operand. Unlike a [`ValueType`], an entity can be of several types.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    Bool,
    Int,
    String,
    Timestamp,
    Duration,
    Ip,
    Enum(Rc<[Box<str>]>),
    /// In the order of ids.
    Entity(Rc<[TypeId]>),
    Set(Box<Kind>),
}

impl Kind {
    pub(super) fn of(ty: &ValueType) -> Self {
        match ty {
            ValueType::Bool => Self::Bool,
            ValueType::Int => Self::Int,
            ValueType::String => Self::String,
            ValueType::Timestamp => Self::Timestamp,
            ValueType::Duration => Self::Duration,
            ValueType::Ip => Self::Ip,
            ValueType::Enum(words) => Self::Enum(words.as_slice().into()),
            ValueType::Entity(ty) => Self::entity(*ty),
            ValueType::Set(element) => Self::Set(Box::new(Self::of(element))),
        }
    }

    pub(super) fn entity(ty: TypeId) -> Self {
        Self::Entity(Rc::new([ty]))
    }

    /// The type that a literal of this kind is read by; an entity is not read by one type.
    pub(super) fn value_type(&self) -> Option<ValueType> {
        Some(match self {
            Self::Bool => ValueType::Bool,
            Self::Int => ValueType::Int,
            Self::String => ValueType::String,
            Self::Timestamp => ValueType::Timestamp,
            Self::Duration => ValueType::Duration,
            Self::Ip => ValueType::Ip,
            Self::Enum(words) => ValueType::Enum(words.to_vec()),
            Self::Entity(_) | Self::Set(_) => return None,
        })
    }

    /// The kind of a value that is of one kind or the other, if anything can be done with both.
    pub(super) fn join(&self, other: &Self) -> Option<Self> {
        match (self, other) {
            (one, other) if one == other => Some(one.clone()),
            (Self::Enum(one), Self::Enum(other)) => {
                let added = other.iter().filter(|word| !one.contains(word));
                Some(Self::Enum(one.iter().chain(added).cloned().collect()))
            }
            (Self::Enum(_), Self::String) | (Self::String, Self::Enum(_)) => Some(Self::String),
            (Self::Entity(one), Self::Entity(other)) => {
                let mut types: Vec<TypeId> = one.iter().chain(other.iter()).copied().collect();
                types.sort_unstable();
                types.dedup();
                Some(Self::Entity(types.into()))
            }
            (Self::Set(one), Self::Set(other)) => one.join(other).map(|element| Self::Set(Box::new(element))),
            _ => None,
        }
    }

    /// Whether a value of this kind can equal one of the other.
    pub(super) fn comparable(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Enum(one), Self::Enum(other)) => one.iter().any(|word| other.contains(word)),
            (Self::Enum(_), Self::String) | (Self::String, Self::Enum(_)) => true,
            (Self::Entity(one), Self::Entity(other)) => one.iter().any(|ty| other.contains(ty)),
            (one, other) => one == other,
        }
    }

    /// Whether it is text.
    pub(super) const fn is_text(&self) -> bool {
        matches!(self, Self::String | Self::Enum(_))
    }

    /// What it is, in words for messages.
    pub(super) fn describe(&self, names: &Names<'_>) -> String {
        match self {
            Self::Bool => String::from("a bool"),
            Self::Int => String::from("an int"),
            Self::String => String::from("a string"),
            Self::Timestamp => String::from("a timestamp"),
            Self::Duration => String::from("a duration"),
            Self::Ip => String::from("an ip"),
            Self::Enum(_) => String::from("an enumeration"),
            Self::Entity(types) => match &**types {
                [one] => names.a_type(*one),
                [one, other] => format!("{} or {}", names.a_type(*one), names.a_type(*other)),
                _ => String::from("an entity of several types"),
            },
            Self::Set(element) => match &**element {
                Self::Bool => String::from("a set of bools"),
                Self::Int => String::from("a set of ints"),
                Self::String => String::from("a set of strings"),
                Self::Timestamp => String::from("a set of timestamps"),
                Self::Duration => String::from("a set of durations"),
                Self::Ip => String::from("a set of ips"),
                Self::Enum(_) => String::from("a set of words"),
                Self::Entity(types) => match &**types {
                    [one] => format!("a set of `{}`", names.type_name(*one)),
                    _ => String::from("a set of entities"),
                },
                Self::Set(_) => String::from("a set"),
            },
        }
    }
}
