//! The programs of one policy among those of another that says the same.

use super::program::{List, Node, NodeId, Programs};
use super::program_builder::ProgramBuilder;
use crate::schema::RoleId;

impl Programs {
    /// For each step, the one of `others` that does the same, where there is one. `role` gives the other number of a role;
    /// all other ids are the same in both.
    #[must_use]
    pub fn counterparts(&self, others: &Self, role: impl Fn(RoleId) -> Option<RoleId>) -> Vec<Option<NodeId>> {
        let builder = ProgramBuilder::onto(others);
        let mut known: Vec<Option<NodeId>> = Vec::with_capacity(self.nodes.len());
        for &node in &self.nodes {
            let of = |id: NodeId| known.get(id.0 as usize).copied().flatten();
            let operands = |list: List| {
                let operands = self.operands(list).iter().map(|&id| of(id)).collect::<Option<Vec<_>>>()?;
                builder.known_operands(&operands)
            };
            let roles = |list: List| {
                let mut roles = self.roles(list).iter().map(|&id| role(id)).collect::<Option<Vec<_>>>()?;
                builder.known_roles(&roles).or_else(|| {
                    roles.sort_unstable();
                    builder.known_roles(&roles)
                })
            };
            let counterpart = || {
                Some(match node {
                    Node::And(list) => Node::And(operands(list)?),
                    Node::Or(list) => Node::Or(operands(list)?),
                    Node::Not(id) => Node::Not(of(id)?),
                    Node::Compare(comparison, left, right) => Node::Compare(comparison, of(left)?, of(right)?),
                    Node::Is(id, ty) => Node::Is(of(id)?, ty),
                    Node::Has(subject, list, on) => Node::Has(of(subject)?, roles(list)?, of(on)?),
                    Node::HasAny(subject, on) => Node::HasAny(of(subject)?, of(on)?),
                    Node::Bare(id) => Node::Bare(of(id)?),
                    Node::To(list) => Node::To(builder.known_types(self.types(list))?),
                    Node::Constant(id) => Node::Constant(builder.known_constant(self.constants().get(id)?)?),
                    Node::Attribute(id, name) => {
                        Node::Attribute(of(id)?, builder.known_attribute(self.attributes().get(name)?)?)
                    }
                    Node::Ancestor(id, ty) => Node::Ancestor(of(id)?, ty),
                    Node::Setting(id, setting) => Node::Setting(of(id)?, setting),
                    Node::Size(id) => Node::Size(of(id)?),
                    Node::Within(_)
                    | Node::Subject
                    | Node::Actor
                    | Node::Resource
                    | Node::Scope
                    | Node::Action
                    | Node::Now
                    | Node::Context(_) => node,
                })
            };
            let found = counterpart().and_then(|node| builder.known_node(node));
            known.push(found);
        }
        known
    }
}
