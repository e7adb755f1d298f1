//! What rules ask of that which lies above a resource, in a word: a bit for each value asked for.
//!
//! Most rules begin with such a thing: `project.visibility == "open"`. What all that lies above an entity has for values is
//! a word as well, so that two words tell of most resources that no rule about a permission can hold there, without a
//! look at any rule. Bits are shared by values that happen to have the same one: where two words meet, the rules are
//! computed.
//!
//! The idea is that of signature files (Faloutsos and Christodoulakis, 1984).

use super::program::{Node, NodeId, Programs};
use crate::index::Idx;
use crate::schema::{PermissionInfo, Reach, Schema, TypeId, Value, ValueType};
use crate::syntax::ast::Comparison;
use rustc_hash::FxHasher;
use std::hash::{Hash, Hasher};

/// Values of what lies above, told by thirty bits. The bit above them is of no value ([`Signature::PLACE`]): every place has
/// it, so that a rule which asks for nothing is met everywhere. The highest bit is never set, and free for whoever keeps one.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Signature(u32);

/// How many bits are of values.
const BITS: u64 = 30;
const ALL: u32 = (1 << (BITS + 1)) - 1;

/// An attribute that rules ask of what lies above a resource.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Asked {
    /// The type of what lies above.
    pub ty: TypeId,
    /// The attribute's slot there.
    pub slot: usize,
}

impl Signature {
    /// Of nothing at all.
    pub const NONE: Self = Self(0);
    /// Of what lies above a resource, before any of its values.
    pub const PLACE: Self = Self(1 << BITS);
    /// Of any value.
    pub const ANY: Self = Self(ALL);

    /// That of a text or a truth; of any other value nothing is told apart.
    #[must_use]
    pub fn of(asked: Asked, value: &Value) -> Self {
        match value {
            Value::Str(text) => Self::of_text(asked, text),
            Value::Bool(value) => Self::of_bool(asked, *value),
            _ => Self::ANY,
        }
    }

    /// That of a text.
    #[must_use]
    pub fn of_text(asked: Asked, text: &str) -> Self {
        Self::hashed(asked, text.as_bytes())
    }

    /// That of a truth.
    #[must_use]
    pub fn of_bool(asked: Asked, value: bool) -> Self {
        Self::hashed(asked, value)
    }

    fn hashed(asked: Asked, value: impl Hash) -> Self {
        let mut hasher = FxHasher::default();
        (asked.ty.index(), asked.slot, value).hash(&mut hasher);
        Self(1 << ((hasher.finish() >> 32) % BITS))
    }

    /// As bits, of which the highest is free.
    #[must_use]
    pub const fn bits(self) -> u32 {
        self.0
    }

    /// That of some bits, whatever the highest one is.
    #[inline]
    #[must_use]
    pub const fn from_bits(bits: u32) -> Self {
        Self(bits & ALL)
    }

    /// The values of both.
    #[inline]
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether any value may be of both.
    #[inline]
    #[must_use]
    pub const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether it is of any value at all.
    #[inline]
    #[must_use]
    pub const fn is_some(self) -> bool {
        self.0 != 0
    }
}

/// The values of which one must lie above a resource of a permission's type, lest the condition be false; and notes which
/// attributes they are of.
pub(super) fn wanted(
    condition: Option<NodeId>,
    permission: &PermissionInfo,
    (schema, programs): (&Schema, &Programs),
    asked: &mut Vec<Asked>,
) -> Signature {
    let asking = Asking { resource: permission.ty, schema, programs };
    let Some((signature, of)) = condition.and_then(|condition| asking.wanted(condition)) else { return Signature::ANY };
    asked.extend(of);
    signature
}

/// Reads conditions on resources of one type.
struct Asking<'a> {
    resource: TypeId,
    schema: &'a Schema,
    programs: &'a Programs,
}

impl Asking<'_> {
    fn wanted(&self, condition: NodeId) -> Option<(Signature, Vec<Asked>)> {
        match self.programs.node(condition) {
            Node::And(list) => self.programs.operands(list).iter().find_map(|&operand| self.wanted(operand)),
            Node::Or(list) => {
                let (mut either, mut of) = (Signature::NONE, Vec::new());
                for &operand in self.programs.operands(list) {
                    let (signature, asked) = self.wanted(operand)?;
                    either = either.or(signature);
                    of.extend(asked);
                }
                Some((either, of))
            }
            Node::Compare(Comparison::Eq, left, right) => {
                let (asked, value) = match (self.asked(left), self.asked(right)) {
                    (Some((asked, _)), None) => (asked, self.constant(right)?),
                    (None, Some((asked, _))) => (asked, self.constant(left)?),
                    _ => return None,
                };
                matches!(value, Value::Str(_) | Value::Bool(_)).then(|| (Signature::of(asked, value), vec![asked]))
            }
            Node::Bare(operand) => {
                let (asked, ty) = self.asked(operand)?;
                (*ty == ValueType::Bool).then(|| (Signature::of_bool(asked, true), vec![asked]))
            }
            _ => None,
        }
    }

    /// The attribute that a value is, of the one entity of a type that lies above the resource.
    fn asked(&self, value: NodeId) -> Option<(Asked, &ValueType)> {
        let Node::Attribute(of, name) = self.programs.node(value) else { return None };
        let Node::Ancestor(below, ty) = self.programs.node(of) else { return None };
        let above = self.programs.node(below) == Node::Resource
            && ty != self.resource
            && matches!(self.schema.reach(self.resource, ty), Reach::One | Reach::Optional);
        let info = self.schema.types.get(ty).filter(|_| above)?;
        let slot = info.attribute(self.programs.attributes().get(name)?)?;
        Some((Asked { ty, slot }, &info.attributes.get(slot)?.ty))
    }

    fn constant(&self, value: NodeId) -> Option<&Value> {
        match self.programs.node(value) {
            Node::Constant(id) => self.programs.constants().get(id),
            _ => None,
        }
    }
}
