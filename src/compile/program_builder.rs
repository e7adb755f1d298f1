//! Building a node table: equal steps become one node, equal lists one range.

use super::program::{AttributeName, ConstantId, List, Node, NodeId, Programs};
use crate::index::Shards;
use crate::schema::{RoleId, TypeId, Value};
use rustc_hash::FxHashSet;

/// Builds [`Programs`], or goes on building them: what is in them keeps its ids, and equal steps stay one node.
pub(super) struct ProgramBuilder {
    programs: Programs,
}

/// What stands in a table, by what it is.
#[derive(Clone, Debug, Default)]
pub(super) struct Known {
    nodes: Shards<Node, NodeId>,
    operand_lists: Shards<Vec<NodeId>, List>,
    type_lists: Shards<Vec<TypeId>, List>,
    role_lists: Shards<Vec<RoleId>, List>,
    constants: Shards<Value, ConstantId>,
    attributes: Shards<Box<str>, AttributeName>,
}

impl ProgramBuilder {
    /// Goes on building a table.
    pub(super) fn onto(programs: &Programs) -> Self {
        Self { programs: programs.clone() }
    }

    /// The id of a step.
    pub(super) fn node(&mut self, node: Node) -> NodeId {
        if let Some(&id) = self.programs.known.nodes.get(&node) {
            return id;
        }
        let id = self.programs.nodes.push(node);
        self.programs.known.nodes.insert(node, id);
        id
    }

    /// `And` of some truths: nothing for none, the one itself for one. Repeats count once, also those within another
    /// `And`: what a role inherits by several ways is asked once, and a long way down does not nest.
    pub(super) fn all(&mut self, truths: impl IntoIterator<Item = NodeId>) -> Option<NodeId> {
        let mut unique: Vec<NodeId> = Vec::new();
        let mut seen = FxHashSet::default();
        for truth in truths {
            let one = [truth];
            let parts = match self.programs.node(truth) {
                Node::And(list) => self.programs.operands(list),
                _ => &one,
            };
            unique.extend(parts.iter().copied().filter(|&part| seen.insert(part)));
        }
        match unique.as_slice() {
            [] => None,
            [one] => Some(*one),
            _ => {
                let list = self.operands(unique);
                Some(self.node(Node::And(list)))
            }
        }
    }

    /// A list of operands.
    pub(super) fn operands(&mut self, ids: Vec<NodeId>) -> List {
        intern(&mut self.programs.operands, &mut self.programs.known.operand_lists, ids)
    }

    /// A list of types.
    pub(super) fn types(&mut self, ids: Vec<TypeId>) -> List {
        intern(&mut self.programs.types, &mut self.programs.known.type_lists, ids)
    }

    /// A list of roles.
    pub(super) fn roles(&mut self, ids: Vec<RoleId>) -> List {
        intern(&mut self.programs.roles, &mut self.programs.known.role_lists, ids)
    }

    /// A literal.
    pub(super) fn constant(&mut self, value: &Value) -> NodeId {
        let id = match self.programs.known.constants.get(value) {
            Some(&id) => id,
            None => {
                let id = self.programs.constants.push(value.clone());
                self.programs.known.constants.insert(value.clone(), id);
                id
            }
        };
        self.node(Node::Constant(id))
    }

    /// The id of an attribute's name.
    pub(super) fn attribute(&mut self, name: &str) -> AttributeName {
        if let Some(&id) = self.programs.known.attributes.get(name) {
            return id;
        }
        let id = self.programs.attributes.push(name.into());
        self.programs.known.attributes.insert(name.into(), id);
        id
    }

    /// The id that an equal step has, if there is one.
    pub(super) fn known_node(&self, node: Node) -> Option<NodeId> {
        self.programs.known.nodes.get(&node).copied()
    }

    /// The list of these operands, if there is one.
    pub(super) fn known_operands(&self, ids: &[NodeId]) -> Option<List> {
        self.programs.known.operand_lists.get(ids).copied()
    }

    /// The list of these types, if there is one.
    pub(super) fn known_types(&self, ids: &[TypeId]) -> Option<List> {
        self.programs.known.type_lists.get(ids).copied()
    }

    /// The list of these roles, if there is one.
    pub(super) fn known_roles(&self, ids: &[RoleId]) -> Option<List> {
        self.programs.known.role_lists.get(ids).copied()
    }

    /// The id of a literal, if there is one.
    pub(super) fn known_constant(&self, value: &Value) -> Option<ConstantId> {
        self.programs.known.constants.get(value).copied()
    }

    /// The id of an attribute's name, if there is one.
    pub(super) fn known_attribute(&self, name: &str) -> Option<AttributeName> {
        self.programs.known.attributes.get(name).copied()
    }

    /// The finished table.
    pub(super) fn finish(self) -> Programs {
        self.programs
    }
}

fn intern<T: Copy + Eq + std::hash::Hash>(arena: &mut Vec<T>, known: &mut Shards<Vec<T>, List>, ids: Vec<T>) -> List {
    if let Some(&list) = known.get(&ids) {
        return list;
    }
    let narrow = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let list = List { start: narrow(arena.len()), len: narrow(ids.len()) };
    arena.extend_from_slice(&ids);
    known.insert(ids, list);
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_steps_are_one_node() {
        let mut builder = ProgramBuilder::onto(&Programs::default());
        let one = builder.constant(&Value::Int(1));
        let again = builder.constant(&Value::Int(1));
        assert_eq!(one, again);
        assert_eq!(builder.all([]), None);
        let bare = builder.node(Node::Bare(one));
        assert_eq!(builder.all([bare, bare]), Some(bare));
    }

    #[test]
    fn what_is_asked_by_several_ways_is_asked_once() {
        let mut builder = ProgramBuilder::onto(&Programs::default());
        let subject = builder.node(Node::Subject);
        let first = builder.node(Node::Bare(subject));
        let mut all = Some(first);
        for _ in 0..1_000 {
            let not = builder.node(Node::Not(first));
            let left = builder.all(all.into_iter().chain([not]));
            let right = builder.all([not].into_iter().chain(all));
            all = builder.all(left.into_iter().chain(right));
        }
        let programs = builder.finish();
        assert_eq!(programs.validate(), Ok(()));
        let Some(Node::And(list)) = all.map(|all| programs.node(all)) else { panic!("a conjunction") };
        assert_eq!(programs.operands(list).len(), 2);
    }
}
