//! What a change affects.

use super::{AssertionId, DependencyGraph, Edge, Node, RuleId};
use crate::schema::{PolicyId, RoleId, SettingId, TypeId};
use petgraph::Direction;
use petgraph::graph::NodeIndex;
use petgraph::visit::EdgeRef;

/// The declarations whose meaning may change when one of them does, itself among them. Each list is in the order of ids.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Affected {
    /// Types.
    pub types: Vec<TypeId>,
    /// Settings.
    pub settings: Vec<SettingId>,
    /// Roles.
    pub roles: Vec<RoleId>,
    /// Rules.
    pub rules: Vec<RuleId>,
    /// Org policies.
    pub policies: Vec<PolicyId>,
    /// Assertions.
    pub assertions: Vec<AssertionId>,
}

/// How the search came to a declaration.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Touched {
    /// What it says may have changed.
    Changed,
    /// What it says has not, but who holds it may have: a role that extends or implies it changed.
    Holders,
}

impl DependencyGraph {
    /// What depends on a declaration, directly or by way of others.
    ///
    /// A role that changes affects those that extend, imply or require it, and whatever asks with `has`, directly, for
    /// it or for a role that it extends or implies, as holding the one is holding the other. A type that changes affects
    /// what lies in it, and the roles that are held on it or on what contains it. A declaration that the model does not
    /// have affects nothing.
    ///
    /// The answer may hold more than must be compiled again, never less. It takes time in proportion to the graph.
    #[must_use]
    pub fn affected(&self, node: Node) -> Affected {
        let mut search =
            Search { changed: vec![false; self.graph.node_count()], holders: Vec::new(), stack: Vec::new() };
        search.holders.clone_from(&search.changed);
        if let Some(&start) = self.indices.get(&node) {
            search.touch(start, Touched::Changed);
            if matches!(node, Node::Type(_)) {
                self.touch_containing(start, &mut search);
            }
        }
        while let Some((at, touched)) = search.stack.pop() {
            self.spread(at, touched, &mut search);
        }
        let mut affected = Affected::default();
        for (&node, _) in self.graph.node_weights().zip(&search.changed).filter(|(_, changed)| **changed) {
            affected.add(node);
        }
        affected.sort();
        affected
    }

    fn spread(&self, at: NodeIndex, touched: Touched, search: &mut Search) {
        for edge in self.graph.edges_directed(at, Direction::Incoming) {
            if touched == Touched::Changed || *edge.weight() == Edge::Names {
                search.touch(edge.source(), Touched::Changed);
            }
        }
        for edge in self.graph.edges(at).filter(|edge| matches!(edge.weight(), Edge::Extends | Edge::Implies)) {
            search.touch(edge.target(), Touched::Holders);
        }
    }

    /// The roles held on what contains a type may name its permissions.
    fn touch_containing(&self, start: NodeIndex, search: &mut Search) {
        let mut seen = vec![false; self.graph.node_count()];
        let mut above = vec![start];
        while let Some(at) = above.pop() {
            if seen.get(at.index()) != Some(&false) {
                continue;
            }
            if let Some(flag) = seen.get_mut(at.index()) {
                *flag = true;
            }
            for edge in self.graph.edges_directed(at, Direction::Incoming) {
                if matches!(self.graph.node_weight(edge.source()), Some(Node::Role(_))) {
                    search.touch(edge.source(), Touched::Changed);
                }
            }
            above.extend(self.graph.edges(at).filter(|edge| *edge.weight() == Edge::Shape).map(|edge| edge.target()));
        }
    }
}

struct Search {
    changed: Vec<bool>,
    holders: Vec<bool>,
    stack: Vec<(NodeIndex, Touched)>,
}

impl Search {
    /// Notes a declaration, once for each way of being touched.
    fn touch(&mut self, at: NodeIndex, touched: Touched) {
        let seen = match touched {
            Touched::Changed => &mut self.changed,
            Touched::Holders => &mut self.holders,
        };
        if let Some(seen @ false) = seen.get_mut(at.index()) {
            *seen = true;
            self.stack.push((at, touched));
        }
    }
}

impl Affected {
    fn add(&mut self, node: Node) {
        match node {
            Node::Type(id) => self.types.push(id),
            Node::Setting(id) => self.settings.push(id),
            Node::Role(id) => self.roles.push(id),
            Node::Rule(id) => self.rules.push(id),
            Node::Policy(id) => self.policies.push(id),
            Node::Assertion(id) => self.assertions.push(id),
            Node::AnyRole => {}
        }
    }

    fn sort(&mut self) {
        self.types.sort_unstable();
        self.settings.sort_unstable();
        self.roles.sort_unstable();
        self.rules.sort_unstable();
        self.policies.sort_unstable();
        self.assertions.sort_unstable();
    }
}
