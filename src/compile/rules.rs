//! The rules that speak of one permission, arranged so that a check looks at few of them.
//!
//! Denials stand before allows, since a check needs all of the former and stops at the first of the latter. Large policies
//! write many rules of one shape: `when resource.label == "x"`, each with another text. Of such a *family*, the value on the
//! left is computed once, and the rules whose text it is are looked up: that comparison is known to hold, and not made again
//! where a condition writes it as the first of them does. Where the value cannot be computed, all of them are looked at, as none can be left out for sure.
//!
//! The idea is that of hashed alpha memories (Forgy, *Rete*, 1982), for one comparison and one level.

use super::policy::Grant;
use super::program::{ConstantId, Node, NodeId, Programs};
use super::provenance::Provenance;
use super::signature::{Answer, Asked, Asking, Wanted};
use crate::schema::{PermissionInfo, Schema, Value};
use crate::syntax::ast::{Comparison, Effect};
use rustc_hash::{FxBuildHasher, FxHashMap};
use std::ops::Range;

/// From how many rules on a look-up is worth it.
const FAMILY: usize = 4;

/// The rules of one permission.
#[derive(Clone, Debug, Default)]
pub(super) struct Rules {
    denials: RuleList,
    allows: RuleList,
}

/// The rules of one permission and one effect.
#[derive(Clone, Debug, Default)]
pub struct RuleList {
    /// Those of no family, and then family by family, by the text that each wants.
    grants: Box<[Grant]>,
    /// How many are of no family.
    alone: usize,
    families: Box<[Family]>,
    wanted: Wanted,
}

/// Rules that hold only where one value is a certain text, of which each wants its own.
#[derive(Clone, Debug)]
pub struct Family {
    /// The value.
    pub value: NodeId,
    /// What it is, where it is an attribute of the resource or of the one entity of a type that lies above it.
    pub asked: Option<Asked>,
    all: Range<usize>,
    by_text: FxHashMap<Box<str>, OfText>,
}

/// The rules of a family that want one text.
#[derive(Clone, Debug)]
struct OfText {
    members: Range<usize>,
    /// The comparison with the text, as the first of them writes it.
    comparison: NodeId,
}

impl Rules {
    /// Arranges the rules of one permission, which come in the order of what is written.
    pub(super) fn new(
        grants: Vec<Grant>,
        permission: &PermissionInfo,
        (schema, programs): (&Schema, &Programs),
        written: &Provenance,
    ) -> Self {
        let (denials, allows): (Vec<_>, Vec<_>) = grants.into_iter().partition(|grant| grant.effect == Effect::Deny);
        let asking = Asking { resource: permission.ty, schema, programs };
        let list = |grants: Vec<Grant>| {
            let wanted = Wanted::new(grants.iter().map(|grant| grant.condition), asking);
            RuleList { wanted, ..RuleList::new(grants, asking, written) }
        };
        Self { denials: list(denials), allows: list(allows) }
    }

    pub(super) const fn of(&self, effect: Effect) -> &RuleList {
        match effect {
            Effect::Deny => &self.denials,
            Effect::Allow => &self.allows,
        }
    }
}

/// A rule of a family, behind the place of its text and what it wants.
type Member = (usize, Wants, Grant);

/// A value that must be a text, lest a condition be false.
#[derive(Clone, Copy)]
struct Wants {
    value: NodeId,
    text: ConstantId,
    /// That it is, as the condition says it.
    comparison: NodeId,
}

impl RuleList {
    fn new(grants: Vec<Grant>, asking: Asking<'_>, written: &Provenance) -> Self {
        let programs = asking.programs;
        // Each with its members, and these with the place of their text among those of the family: texts stand in the order
        // in which they are first written, whatever numbers they have.
        let mut families: Vec<(NodeId, Vec<Member>)> = Vec::new();
        let mut texts: FxHashMap<(NodeId, ConstantId), usize> = FxHashMap::default();
        let mut places: FxHashMap<NodeId, usize> = FxHashMap::default();
        let mut alone = Vec::new();
        for grant in grants {
            let Some(wants) = grant.condition.and_then(|condition| wanted_text(condition, programs)) else {
                alone.push(grant);
                continue;
            };
            let at = *places.entry(wants.value).or_insert(families.len());
            if at == families.len() {
                families.push((wants.value, Vec::new()));
            }
            if let Some((_, members)) = families.get_mut(at) {
                let place = *texts.entry((wants.value, wants.text)).or_insert(members.len());
                members.push((place, wants, grant));
            }
        }
        let (large, small): (Vec<_>, Vec<_>) = families.into_iter().partition(|(_, members)| members.len() >= FAMILY);
        alone.extend(small.into_iter().flat_map(|(_, members)| members.into_iter().map(|(_, _, grant)| grant)));
        alone.sort_by_key(|grant| written.rank(grant.statement));

        let mut grants = alone;
        let alone = grants.len();
        let mut families = Vec::with_capacity(large.len());
        for (value, mut members) in large {
            members.sort_by_key(|(place, _, _)| *place);
            let start = grants.len();
            let mut by_text = FxHashMap::with_capacity_and_hasher(members.len(), FxBuildHasher);
            for of_text in members.chunk_by(|one, other| one.0 == other.0) {
                let first = grants.len();
                grants.extend(of_text.iter().map(|(_, _, grant)| *grant));
                let Some((_, wants, _)) = of_text.first() else { continue };
                if let Some(text) = text(wants.text, programs) {
                    let of_text = OfText { members: first..grants.len(), comparison: wants.comparison };
                    by_text.insert(text.into(), of_text);
                }
            }
            let asked = asking.asked(value).map(|(asked, _)| asked);
            families.push(Family { value, asked, all: start..grants.len(), by_text });
        }
        Self { grants: grants.into(), alone, families: families.into(), ..Self::default() }
    }

    /// Whether any of them asks for something of what is found above a resource. Those that ask for nothing, or of the resource
    /// itself, may hold without: [`Signature::PLACE`](super::Signature::PLACE) meets their list.
    #[must_use]
    pub fn ask_for_any(&self, found: &[Answer]) -> bool {
        self.wanted.is_among(found)
    }

    /// What a resource must have or lie below, lest none of them hold.
    pub(super) const fn wanted(&self) -> &Wanted {
        &self.wanted
    }

    /// All of them.
    #[must_use]
    pub fn all(&self) -> &[Grant] {
        &self.grants
    }

    /// Those that have to be looked at whatever the facts are.
    #[must_use]
    pub fn alone(&self) -> &[Grant] {
        self.grants.get(..self.alone).unwrap_or(&[])
    }

    /// The families of the others.
    #[must_use]
    pub fn families(&self) -> &[Family] {
        &self.families
    }

    /// All rules of a family, for where it is not known what its value is.
    #[must_use]
    pub fn members(&self, family: &Family) -> &[Grant] {
        self.grants.get(family.all.clone()).unwrap_or(&[])
    }

    /// The rules of a family that may hold where its value is a text, and the comparison that holds by that, as the first of
    /// them writes it.
    #[inline]
    #[must_use]
    pub fn by_text(&self, family: &Family, text: &str) -> (&[Grant], Option<NodeId>) {
        let Some(of_text) = family.by_text.get(text) else { return (&[], None) };
        (self.grants.get(of_text.members.clone()).unwrap_or(&[]), Some(of_text.comparison))
    }
}

/// A value and a text that it must be, lest the condition be false.
fn wanted_text(condition: NodeId, programs: &Programs) -> Option<Wants> {
    match programs.node(condition) {
        Node::And(list) => programs.operands(list).iter().find_map(|&operand| wanted_text(operand, programs)),
        Node::Compare(Comparison::Eq, left, right) => {
            let text_of = |id: NodeId| match programs.node(id) {
                Node::Constant(constant) => text(constant, programs).map(|_| constant),
                _ => None,
            };
            match (text_of(left), text_of(right)) {
                (None, Some(text)) => Some(Wants { value: left, text, comparison: condition }),
                (Some(text), None) => Some(Wants { value: right, text, comparison: condition }),
                _ => None,
            }
        }
        _ => None,
    }
}

fn text(constant: ConstantId, programs: &Programs) -> Option<&str> {
    match programs.constants().get(constant)? {
        Value::Str(text) => Some(text),
        _ => None,
    }
}
