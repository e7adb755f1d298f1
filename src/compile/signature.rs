//! What rules ask of that which lies above a resource, in a word: a bit for each list of rules that ask for the same.
//!
//! Most rules begin with such a thing: `project.visibility == "open"`. Which lists of rules find a value there that they ask
//! for is a word of whatever lies above an entity, so that one comparison of two words tells of most resources that no rule
//! about a permission can hold there, without a look at any rule. Where there are more lists than bits, some share one:
//! where two words meet, the rules are computed. What rules ask of the resource itself, as in `resource.mode == "on"`, is
//! found in the same way, in a word of its own.
//!
//! The idea is that of signature files (Faloutsos and Christodoulakis, 1984).

use super::program::{Node, NodeId, Programs};
use super::rules::RuleList;
use crate::index::Idx;
use crate::schema::{Reach, Schema, TypeId, Value, ValueType};
use crate::syntax::ast::Comparison;
use rustc_hash::{FxHashMap, FxHasher};
use std::cmp::Reverse;
use std::hash::{Hash, Hasher};

/// Lists of rules, told by 29 bits. Two bits above them are of no list, and every place has them: one is met by rules that ask
/// for nothing, the other by those that ask of the resource itself. The highest bit is never set, and free for whoever keeps
/// one.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Debug)]
pub struct Signature(u32);

/// How many bits are of lists.
const BITS: usize = 29;
/// Met by rules that ask of the resource itself, until it is looked at.
const RESOURCE: u32 = 1 << BITS;
/// Met by rules that ask for nothing.
const ANYTHING: u32 = 1 << (BITS + 1);

/// An attribute that rules ask of a resource or of what lies above it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Asked {
    /// The type of what they ask.
    pub ty: TypeId,
    /// The attribute's slot there.
    pub slot: usize,
}

/// A text or a truth that an attribute has, in short. Of two that have the same, either may be meant.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Answer(u64);

/// What a resource or what lies above it must have, lest no rule of a list hold.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(super) struct Wanted {
    /// Whether one of them asks for nothing that could be told so.
    anything: bool,
    /// One of these, otherwise; sorted, each once.
    answers: Vec<Answer>,
    /// What the answers are of.
    asked: Vec<Asked>,
    /// The type of the resource, where some are of that itself.
    of_resource: Option<TypeId>,
}

/// What all rules of a policy ask, and which of them find what they ask for in a value.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Sought {
    asked: Vec<Asked>,
    of_resources: Vec<TypeId>,
    by_answer: FxHashMap<Answer, Signature>,
}

impl Signature {
    /// Of no list at all.
    pub const NONE: Self = Self(0);
    /// Of any place, before the values that are found there.
    pub const PLACE: Self = Self(ANYTHING | RESOURCE);
    /// Of every list.
    pub const ANY: Self = Self(u32::MAX >> 1);

    /// As bits, of which the highest is free.
    #[must_use]
    pub const fn bits(self) -> u32 {
        self.0
    }

    /// That of some bits, whatever the highest one is.
    #[inline]
    #[must_use]
    pub const fn from_bits(bits: u32) -> Self {
        Self(bits & Self::ANY.0)
    }

    /// The lists of both.
    #[inline]
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether any list may be of both.
    #[inline]
    #[must_use]
    pub const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether it is of any list at all.
    #[inline]
    #[must_use]
    pub const fn is_some(self) -> bool {
        self.0 != 0
    }

    /// Whether some of its lists ask of the resource itself.
    #[inline]
    #[must_use]
    pub const fn is_of_resource(self) -> bool {
        self.0 & RESOURCE != 0
    }

    /// The same of a place where it was looked at what the resource has: `found`.
    #[inline]
    #[must_use]
    pub const fn with_resource(self, found: Self) -> Self {
        Self(self.0 & !RESOURCE).or(found)
    }

    /// That of the group of a rank, the largest first. Where there are bits to spare, the largest have one of their own; those
    /// that share do so large with small.
    const fn of_rank(rank: usize) -> Self {
        let at = rank % BITS;
        Self(1 << if (rank / BITS).is_multiple_of(2) { at } else { BITS - 1 - at })
    }
}

impl Answer {
    fn new(asked: Asked, value: impl Hash) -> Self {
        let mut hasher = FxHasher::default();
        (asked.ty.index(), asked.slot, value).hash(&mut hasher);
        Self(hasher.finish())
    }

    /// That of a text.
    #[must_use]
    pub fn text(asked: Asked, text: &str) -> Self {
        Self::new(asked, text.as_bytes())
    }

    /// That of a truth.
    #[must_use]
    pub fn truth(asked: Asked, truth: bool) -> Self {
        Self::new(asked, truth)
    }

    /// That of a text or a truth; of no other value.
    fn of(asked: Asked, value: &Value) -> Option<Self> {
        match value {
            Value::Str(text) => Some(Self::text(asked, text)),
            Value::Bool(value) => Some(Self::truth(asked, *value)),
            _ => None,
        }
    }
}

impl Wanted {
    /// What rules about resources of one type want, which hold under these conditions.
    pub(super) fn new(conditions: impl Iterator<Item = Option<NodeId>>, asking: Asking<'_>) -> Self {
        let mut wanted = Self::default();
        for condition in conditions {
            match condition.and_then(|condition| asking.wanted(condition)) {
                Some(one_of) => {
                    if one_of.iter().any(|(asked, _)| asked.ty == asking.resource) {
                        wanted.of_resource = Some(asking.resource);
                    }
                    wanted.asked.extend(one_of.iter().map(|(asked, _)| *asked));
                    wanted.answers.extend(one_of.iter().map(|(_, answer)| *answer));
                }
                None => return Self { anything: true, ..Self::default() },
            }
        }
        wanted.asked.sort_unstable();
        wanted.asked.dedup();
        wanted.answers.sort_unstable();
        wanted.answers.dedup();
        wanted
    }

    /// Whether any of it is among what is found.
    pub(super) fn is_among(&self, found: &[Answer]) -> bool {
        found.iter().any(|answer| self.answers.binary_search(answer).is_ok())
    }

    /// What of it any place meets.
    const fn at_any_place(&self) -> Signature {
        Signature(if self.anything { ANYTHING } else { 0 } | if self.of_resource.is_some() { RESOURCE } else { 0 })
    }
}

impl Sought {
    /// What the rules of these lists ask, and for each list what it meets wherever one of its rules may hold.
    pub(super) fn new<'r>(lists: impl Iterator<Item = &'r RuleList>) -> (Self, Vec<Signature>) {
        let wanted: Vec<&Wanted> = lists.map(RuleList::wanted).collect();
        let mut signatures: Vec<Signature> = wanted.iter().map(|wanted| wanted.at_any_place()).collect();
        let mut order: Vec<usize> = (0..wanted.len()).filter(|&at| !wanted[at].answers.is_empty()).collect();
        // The order is told by what is asked alone, whatever permissions it is asked for.
        order.sort_unstable_by_key(|&at| (Reverse(wanted[at].answers.len()), &wanted[at].answers));
        let mut asked: Vec<Asked> = wanted.iter().flat_map(|wanted| &wanted.asked).copied().collect();
        asked.sort_unstable();
        asked.dedup();
        let mut of_resources: Vec<TypeId> = wanted.iter().filter_map(|wanted| wanted.of_resource).collect();
        of_resources.sort_unstable();
        of_resources.dedup();
        let mut by_answer: FxHashMap<Answer, Signature> = FxHashMap::default();
        let groups = order.chunk_by(|&one, &other| wanted[one].answers == wanted[other].answers);
        for (group, signature) in groups.zip((0..).map(Signature::of_rank)) {
            group.iter().for_each(|&list| signatures[list] = signatures[list].or(signature));
            for &answer in group.first().into_iter().flat_map(|&first| &wanted[first].answers) {
                let all = by_answer.entry(answer).or_default();
                *all = all.or(signature);
            }
        }
        (Self { asked, of_resources, by_answer }, signatures)
    }

    /// The attributes that are asked for, each once.
    #[must_use]
    pub fn asked(&self) -> &[Asked] {
        &self.asked
    }

    /// The types of resources that are asked themselves, each once.
    #[must_use]
    pub fn of_resources(&self) -> &[TypeId] {
        &self.of_resources
    }

    /// The lists that ask for an answer.
    #[must_use]
    pub fn by(&self, answer: Answer) -> Signature {
        self.by_answer.get(&answer).copied().unwrap_or(Signature::NONE)
    }
}

/// Reads conditions on resources of one type.
#[derive(Clone, Copy)]
pub(super) struct Asking<'a> {
    pub(super) resource: TypeId,
    pub(super) schema: &'a Schema,
    pub(super) programs: &'a Programs,
}

impl Asking<'_> {
    /// Of what one must be found, lest a condition be false; nothing where that is not told so.
    fn wanted(&self, condition: NodeId) -> Option<Vec<(Asked, Answer)>> {
        match self.programs.node(condition) {
            Node::And(list) => self.programs.operands(list).iter().find_map(|&operand| self.wanted(operand)),
            Node::Or(list) => {
                let either: Option<Vec<_>> =
                    self.programs.operands(list).iter().map(|&operand| self.wanted(operand)).collect();
                either.map(|either| either.concat())
            }
            Node::Compare(Comparison::Eq, left, right) => {
                let (asked, value) = self.compared(left, right)?;
                Some(vec![(asked, Answer::of(asked, value)?)])
            }
            Node::Bare(operand) => {
                let (asked, ty) = self.asked(operand)?;
                (*ty == ValueType::Bool).then(|| vec![(asked, Answer::truth(asked, true))])
            }
            _ => None,
        }
    }

    /// The attribute that a value is, of the resource or of the one entity of a type that lies above it.
    pub(super) fn asked(&self, value: NodeId) -> Option<(Asked, &ValueType)> {
        let Node::Attribute(of, name) = self.programs.node(value) else { return None };
        let ty = match self.programs.node(of) {
            Node::Resource => self.resource,
            Node::Ancestor(below, ty) if self.programs.node(below) == Node::Resource => {
                matches!(self.schema.reach(self.resource, ty), Reach::One | Reach::Optional).then_some(ty)?
            }
            _ => return None,
        };
        let info = self.schema.types.get(ty)?;
        let slot = info.attribute(self.programs.attributes().get(name)?)?;
        Some((Asked { ty, slot }, &info.attributes.get(slot)?.ty))
    }

    /// Such an attribute, and the literal that it is compared with, on whichever side that stands.
    pub(super) fn compared(&self, left: NodeId, right: NodeId) -> Option<(Asked, &Value)> {
        match (self.asked(left), self.asked(right)) {
            (Some((asked, _)), None) => Some((asked, self.constant(right)?)),
            (None, Some((asked, _))) => Some((asked, self.constant(left)?)),
            _ => None,
        }
    }

    fn constant(&self, value: NodeId) -> Option<&Value> {
        match self.programs.node(value) {
            Node::Constant(id) => self.programs.constants().get(id),
            _ => None,
        }
    }
}
