//! Conditions as programs: a node table in which every operand stands before its user.
//!
//! A program is the id of its root. Equal sub-expressions are one node, so equal conditions are one program, however
//! many statements carry them. Nodes hold no places: the way back to the text is [`super::Provenance`]'s.
//!
//! Layout: `nodes` is append-only; a node's operands have smaller ids, which makes every program finite and free of
//! cycles by construction and lets [`Programs::validate`] check the table in one pass. Lists of operands, types and
//! roles stand in side arenas, as ranges.

use super::limits::{PROGRAM_DEPTH, PROGRAM_STEPS};
use super::program_builder::Known;
use crate::index::{Chunks, Idx, IndexVec, dense_id};
use crate::schema::{RoleId, SettingId, TypeId, Value};
use crate::syntax::ast::Comparison;
use rustc_hash::FxHashMap;

dense_id! {
    /// A node of the table; as the root of an expression, a program.
    #[derive(zerocopy::FromBytes, zerocopy::IntoBytes, zerocopy::KnownLayout, zerocopy::Immutable)]
    NodeId
}
dense_id! {
    /// A literal that programs refer to.
    ConstantId
}
dense_id! {
    /// The name of an attribute; which slot that is depends on the entity's type.
    AttributeName
}

/// A range of a side arena.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct List {
    pub(super) start: u32,
    pub(super) len: u32,
}

/// One step of a program.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Node {
    /// All of the operands.
    And(List),
    /// Any of the operands.
    Or(List),
    /// The contrary.
    Not(NodeId),
    /// A comparison.
    Compare(Comparison, NodeId, NodeId),
    /// Whether an entity is of a type.
    Is(NodeId, TypeId),
    /// Whether a subject (first) holds any of the roles on an entity or set (last).
    Has(NodeId, List, NodeId),
    /// Whether a subject (first) holds any role at all on an entity or set (last).
    HasAny(NodeId, NodeId),
    /// A bare operand as a condition.
    Bare(NodeId),
    /// Whether the resource is of a type or contained in one (`within`).
    Within(TypeId),
    /// Whether the subject is of one of the types (`to`).
    To(List),

    /// A literal.
    Constant(ConstantId),
    /// `subject`
    Subject,
    /// `actor`
    Actor,
    /// `resource`
    Resource,
    /// `scope`
    Scope,
    /// `action`
    Action,
    /// `context.time`
    Now,
    /// A field of `context`.
    Context(u32),
    /// An attribute of an entity.
    Attribute(NodeId, AttributeName),
    /// The ancestor-or-self of a type.
    Ancestor(NodeId, TypeId),
    /// An effective setting of an entity.
    Setting(NodeId, SettingId),
    /// The size of a set.
    Size(NodeId),
}

/// All programs of a policy.
#[derive(Clone, Debug, Default)]
pub struct Programs {
    pub(super) nodes: IndexVec<NodeId, Node>,
    pub(super) operands: Vec<NodeId>,
    pub(super) types: Vec<TypeId>,
    pub(super) roles: Vec<RoleId>,
    pub(super) constants: Chunks<ConstantId, Value>,
    pub(super) attributes: IndexVec<AttributeName, Box<str>>,
    pub(super) known: Known,
}

/// What makes a node table unfit to run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ProgramFault {
    /// An operand does not stand before its user, or a list or id points outside of its table.
    Reference,
    /// A truth value stands where another value is wanted, or the other way round.
    Sort,
    /// The expression nests deeper than [`PROGRAM_DEPTH`].
    Depth,
    /// Running it takes more than [`PROGRAM_STEPS`] steps.
    Steps,
}

impl Programs {
    /// The step behind an id.
    #[must_use]
    pub fn node(&self, id: NodeId) -> Node {
        self.nodes[id]
    }

    /// The step behind an id, if there is one.
    #[must_use]
    pub fn get(&self, id: NodeId) -> Option<Node> {
        self.nodes.get(id).copied()
    }

    /// All steps of all programs.
    pub fn nodes(&self) -> impl Iterator<Item = Node> + '_ {
        self.nodes.iter().copied()
    }

    /// The operands of an `And` or `Or`.
    #[must_use]
    pub fn operands(&self, list: List) -> &[NodeId] {
        checked(&self.operands, list).unwrap_or(&[])
    }

    /// The types of a `To`.
    #[must_use]
    pub fn types(&self, list: List) -> &[TypeId] {
        checked(&self.types, list).unwrap_or(&[])
    }

    /// The roles of a `Has`.
    #[must_use]
    pub fn roles(&self, list: List) -> &[RoleId] {
        checked(&self.roles, list).unwrap_or(&[])
    }

    /// The literals, by id.
    #[must_use]
    pub const fn constants(&self) -> &Chunks<ConstantId, Value> {
        &self.constants
    }

    /// The names of attributes that programs read.
    #[must_use]
    pub const fn attributes(&self) -> &IndexVec<AttributeName, Box<str>> {
        &self.attributes
    }

    /// The id that the next step will have.
    pub(super) fn next_id(&self) -> NodeId {
        self.nodes.next_id()
    }

    /// How many nodes there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Checks every program of the table: references point backwards and into their tables, truth values and other
    /// values stand where each belongs, depth and steps keep the limits.
    ///
    /// # Errors
    /// The first node that breaks one of these, and which.
    pub fn validate(&self) -> Result<(), (NodeId, ProgramFault)> {
        let mut measured: IndexVec<NodeId, Measure> = IndexVec::new();
        for (id, node) in self.nodes.iter_enumerated() {
            let measure = self.measure(*node, |id| measured.get(id).copied()).map_err(|fault| (id, fault))?;
            measured.push(measure);
        }
        Ok(())
    }

    /// As [`Programs::validate`], for the steps from `first` on, where those before were found to be valid.
    ///
    /// # Errors
    /// As [`Programs::validate`].
    pub(super) fn validate_from(&self, first: NodeId) -> Result<(), (NodeId, ProgramFault)> {
        let mut measured = FxHashMap::default();
        for id in self.nodes.ids().skip(first.index()) {
            self.measure_again(id, &mut measured).map_err(|fault| (id, fault))?;
        }
        Ok(())
    }

    /// Measures a step by way of those that it uses, each once. As deep as programs may nest.
    fn measure_again(&self, id: NodeId, measured: &mut FxHashMap<NodeId, Measure>) -> Result<Measure, ProgramFault> {
        if let Some(measure) = measured.get(&id) {
            return Ok(*measure);
        }
        let node = self.nodes.get(id).copied().ok_or(ProgramFault::Reference)?;
        let mut fault = None;
        let measure = self.measure(node, |operand| {
            let before =
                if operand < id { self.measure_again(operand, measured) } else { Err(ProgramFault::Reference) };
            before.map_err(|found| fault = Some(found)).ok()
        });
        let measure = fault.map_or(measure, Err)?;
        measured.insert(id, measure);
        Ok(measure)
    }

    fn measure(&self, node: Node, mut before: impl FnMut(NodeId) -> Option<Measure>) -> Result<Measure, ProgramFault> {
        let mut measure = Measure { truth: node.yields_truth(), depth: 1, steps: 1 };
        let mut operand = |id: NodeId, truth: bool| {
            let inner = before(id).ok_or(ProgramFault::Reference)?;
            if inner.truth != truth {
                return Err(ProgramFault::Sort);
            }
            measure.depth = measure.depth.max(inner.depth + 1);
            measure.steps = measure.steps.saturating_add(inner.steps);
            Ok(())
        };
        match node {
            Node::And(list) | Node::Or(list) => {
                for &id in checked(&self.operands, list)? {
                    operand(id, true)?;
                }
            }
            Node::Not(id) => operand(id, true)?,
            Node::Compare(_, left, right) => {
                operand(left, false)?;
                operand(right, false)?;
            }
            Node::Has(subject, roles, on) => {
                checked(&self.roles, roles)?;
                operand(subject, false)?;
                operand(on, false)?;
            }
            Node::HasAny(subject, on) => {
                operand(subject, false)?;
                operand(on, false)?;
            }
            Node::To(types) => {
                checked(&self.types, types)?;
            }
            Node::Constant(id) => {
                self.constants.get(id).ok_or(ProgramFault::Reference)?;
            }
            Node::Attribute(of, name) => {
                self.attributes.get(name).ok_or(ProgramFault::Reference)?;
                operand(of, false)?;
            }
            Node::Is(of, _) | Node::Bare(of) | Node::Ancestor(of, _) | Node::Setting(of, _) | Node::Size(of) => {
                operand(of, false)?;
            }
            Node::Within(_)
            | Node::Subject
            | Node::Actor
            | Node::Resource
            | Node::Scope
            | Node::Action
            | Node::Now
            | Node::Context(_) => {}
        }
        if measure.depth > PROGRAM_DEPTH {
            return Err(ProgramFault::Depth);
        }
        if measure.steps > PROGRAM_STEPS {
            return Err(ProgramFault::Steps);
        }
        Ok(measure)
    }
}

/// What is known of a validated node.
#[derive(Clone, Copy)]
struct Measure {
    truth: bool,
    depth: u32,
    steps: u32,
}

impl Node {
    /// Whether it yields a truth value rather than a value to compare.
    const fn yields_truth(self) -> bool {
        matches!(
            self,
            Self::And(_)
                | Self::Or(_)
                | Self::Not(_)
                | Self::Compare(..)
                | Self::Is(..)
                | Self::Has(..)
                | Self::HasAny(..)
                | Self::Bare(_)
                | Self::Within(_)
                | Self::To(_)
        )
    }
}

fn checked<T>(arena: &[T], list: List) -> Result<&[T], ProgramFault> {
    let start = list.start as usize;
    arena.get(start..start.saturating_add(list.len as usize)).ok_or(ProgramFault::Reference)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compile::program_builder::ProgramBuilder;

    fn table_of(node: Node) -> Programs {
        Programs { nodes: IndexVec::from_vec(vec![node]), ..Programs::default() }
    }

    #[test]
    fn validation_refuses_each_fault() {
        let list = List { start: 0, len: 1 };
        for node in [
            Node::Not(NodeId(0)),
            Node::And(list),
            Node::To(list),
            Node::Constant(ConstantId(0)),
            Node::Attribute(NodeId(7), AttributeName(0)),
        ] {
            assert_eq!(table_of(node).validate(), Err((NodeId(0), ProgramFault::Reference)), "{node:?}");
        }
        let mut builder = ProgramBuilder::onto(&Programs::default());
        let subject = builder.node(Node::Subject);
        builder.node(Node::Not(subject));
        assert_eq!(builder.finish().validate(), Err((NodeId(1), ProgramFault::Sort)));
    }

    #[test]
    fn depth_and_steps_are_limited() {
        let mut builder = ProgramBuilder::onto(&Programs::default());
        let subject = builder.node(Node::Subject);
        let mut truth = builder.node(Node::Bare(subject));
        for _ in 0..PROGRAM_DEPTH {
            truth = builder.node(Node::Not(truth));
        }
        assert!(matches!(builder.finish().validate(), Err((_, ProgramFault::Depth))));

        // Sharing makes a small table of a program that would run long: steps count what is run, not what is stored.
        let mut builder = ProgramBuilder::onto(&Programs::default());
        let subject = builder.node(Node::Subject);
        let mut truth = builder.node(Node::Bare(subject));
        for _ in 0..20 {
            let list = builder.operands(vec![truth, truth]);
            truth = builder.node(Node::And(list));
        }
        assert!(matches!(builder.finish().validate(), Err((_, ProgramFault::Steps))));
    }
}
