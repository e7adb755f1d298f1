//! What depends on what in a policy: cycles, shown as such; an order in which every role comes after what it builds on;
//! and what a change affects.
//!
//! The only user of petgraph. Nothing here looks at names or types again: that was the model's work.

mod affected;
mod cycle;
mod edges;
mod imports;
#[cfg(test)]
mod tests;

pub use affected::Affected;
pub use imports::{ImportEdge, import_cycles};

use crate::diagnostics::{self, Diagnostic};
use crate::index::dense_id;
use crate::model::Model;
pub use crate::model::RuleId;
use crate::schema::{PolicyId, RoleId, SettingId, TypeId};
use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use rustc_hash::FxHashMap;

dense_id! {
    /// An assertion, by its place in [`Model::assertions`].
    AssertionId
}

/// A declaration.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Node {
    /// A type.
    Type(TypeId),
    /// A setting.
    Setting(SettingId),
    /// A role.
    Role(RoleId),
    /// All roles taken together, as `has any role` asks for them.
    AnyRole,
    /// A rule.
    Rule(RuleId),
    /// An org policy.
    Policy(PolicyId),
    /// An assertion.
    Assertion(AssertionId),
}

/// How one declaration depends on another.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Edge {
    /// A type on what contains it, a setting on what it lies within, a declaration on the type it belongs to.
    Shape,
    /// A role on its base.
    Extends,
    /// A role on one that it implies.
    Implies,
    /// A declaration on what it names in another way: a role it requires or asks for, a setting it reads or gives.
    Names,
}

/// The dependencies of a policy's declarations.
#[derive(Clone, Debug)]
pub struct DependencyGraph {
    graph: DiGraph<Node, Edge>,
    indices: FxHashMap<Node, NodeIndex>,
    role_order: Vec<RoleId>,
}

impl DependencyGraph {
    /// The graph of a model, and each cycle in it that a policy must not have: of containment between different types,
    /// of `within`, of `extends`, and of `extends` and `implies` together.
    #[must_use]
    pub fn build(model: &Model) -> (Self, Vec<Diagnostic>) {
        let (graph, indices) = edges::graph(model);
        let (role_order, findings) = role_order(model);
        (Self { graph, indices, role_order }, findings)
    }

    /// What [`role_order`] gives.
    #[must_use]
    pub fn role_order(&self) -> &[RoleId] {
        &self.role_order
    }
}

/// What compiling asks of the dependencies of a model: every role once, after all that it extends and implies, and each
/// cycle as [`DependencyGraph::build`] finds them. Where these run in a circle its roles come in any order.
#[must_use]
pub fn role_order(model: &Model) -> (Vec<RoleId>, Vec<Diagnostic>) {
    let mut findings = edges::cycles(model);
    diagnostics::sort(&mut findings);
    (roles_in_order(model), findings)
}

/// Each cycle among the roles of a model from `first` on, where those before it were looked at and name none of them.
#[must_use]
pub fn cycles_from(model: &Model, first: RoleId) -> Vec<Diagnostic> {
    let mut findings = edges::role_cycles(model, first);
    diagnostics::sort(&mut findings);
    findings
}

/// Components come out of the search with what they lead to before them; without cycles each is one role.
fn roles_in_order(model: &Model) -> Vec<RoleId> {
    let mut graph: DiGraph<RoleId, ()> = DiGraph::with_capacity(model.roles.len(), model.roles.len());
    for role in model.roles.ids() {
        graph.add_node(role);
    }
    for (id, role) in model.roles.iter_enumerated() {
        let bases = role.extends.iter().map(|base| base.value);
        let implied = role.implies.iter().map(|implication| implication.role.value);
        for other in bases.chain(implied) {
            graph.add_edge(NodeIndex::new(id.0 as usize), NodeIndex::new(other.0 as usize), ());
        }
    }
    kosaraju_scc(&graph).into_iter().flatten().filter_map(|index| graph.node_weight(index).copied()).collect()
}
