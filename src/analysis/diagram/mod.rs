//! A policy as a picture: its types and what contains what, the roles on each and how they lead to each other, its rules
//! and settings.
//!
//! Says what there is to draw and how it hangs together, in an order that is the same every time; where it goes on paper is
//! for whoever draws.

mod build;

use crate::index::{Idx, IndexVec, dense_id};
use crate::schema::{Cardinality, RoleId};
use crate::source::Span;
use crate::syntax::ast::Effect;
use fixedbitset::FixedBitSet;

dense_id! {
    /// A thing in a [`Diagram`].
    NodeId
}

/// What a policy declares, and how it hangs together.
#[derive(Clone, Debug, Default)]
pub struct Diagram {
    /// What there is.
    pub nodes: IndexVec<NodeId, Node>,
    /// What belongs together: a type with all that is declared for it, in the order of declaration; last, if there are any,
    /// the rules that speak of several types.
    pub groups: Vec<Group>,
    /// What leads where.
    pub edges: Vec<Edge>,
}

/// A thing in a diagram.
#[derive(Clone, PartialEq, Debug)]
pub struct Node {
    /// What it is.
    pub kind: Kind,
    /// Its name, or its text where it has none.
    pub label: String,
    /// What else there is to say, a line each.
    pub about: Vec<String>,
    /// Its place.
    pub place: Option<Span>,
}

/// What a thing is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// A type.
    Type,
    /// A role.
    Role(RoleId),
    /// A setting.
    Setting,
    /// A rule, or a guardrail of an org policy.
    Rule(Effect),
}

/// What belongs together.
#[derive(Clone, PartialEq, Debug)]
pub struct Group {
    /// The type's own node; none for the rules that speak of several types.
    pub head: Option<NodeId>,
    /// What else is in it.
    pub members: Vec<NodeId>,
    /// How many types lie above it, by the longest way: 0 for one that lies in nothing.
    pub depth: usize,
}

/// What leads from one thing to another.
#[derive(Clone, PartialEq, Debug)]
pub struct Edge {
    /// From where.
    pub from: NodeId,
    /// To where.
    pub to: NodeId,
    /// How.
    pub kind: EdgeKind,
    /// Under which condition, as policy text.
    pub when: Option<String>,
}

/// How one thing leads to another.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum EdgeKind {
    /// From a type to one that lies in it, with how many of the outer one the inner one lies in.
    Contains(Cardinality),
    /// From a role to one that it extends.
    Extends,
    /// From a role to one that it implies.
    Implies,
    /// From a role to one that it requires.
    Requires,
    /// From a setting to the one that its value must be an element of.
    Within,
    /// From a rule to a type that it speaks of.
    Concerns,
}

impl EdgeKind {
    /// The word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Contains(_) => "contains",
            Self::Extends => "extends",
            Self::Implies => "implies",
            Self::Requires => "requires",
            Self::Within => "within",
            Self::Concerns => "concerns",
        }
    }
}

impl Diagram {
    /// The node of a role.
    #[must_use]
    pub fn role(&self, role: RoleId) -> Option<NodeId> {
        self.nodes.iter_enumerated().find(|(_, node)| node.kind == Kind::Role(role)).map(|(id, _)| id)
    }

    /// Whatever a role comes to: all that it extends, implies and requires, and these in turn, and the types that those are
    /// roles of. A set of nodes, by number.
    #[must_use]
    pub fn closure(&self, role: NodeId) -> FixedBitSet {
        let mut found = FixedBitSet::with_capacity(self.nodes.len());
        let mut open = vec![role];
        while let Some(node) = open.pop() {
            if found.put(node.index()) {
                continue;
            }
            let on = self.edges.iter().filter(|edge| edge.from == node && edge.leads_on());
            open.extend(on.map(|edge| edge.to));
        }
        for group in &self.groups {
            if let Some(head) = group.head
                && group.members.iter().any(|member| found.contains(member.index()))
            {
                found.insert(head.index());
            }
        }
        found
    }

    /// Leaves out what is not wanted, and what leads there.
    #[must_use]
    pub fn only(mut self, wanted: impl Fn(Kind) -> bool) -> Self {
        let nodes = &self.nodes;
        let is_wanted = |node: NodeId| nodes.get(node).is_some_and(|node| wanted(node.kind));
        for group in &mut self.groups {
            group.members.retain(|&node| is_wanted(node));
        }
        self.groups.retain(|group| group.head.is_some() || !group.members.is_empty());
        self.edges.retain(|edge| is_wanted(edge.from) && is_wanted(edge.to));
        self
    }
}

impl Edge {
    /// Whether it is one of those by which a role comes to others.
    #[must_use]
    pub const fn leads_on(&self) -> bool {
        matches!(self.kind, EdgeKind::Extends | EdgeKind::Implies | EdgeKind::Requires)
    }
}
