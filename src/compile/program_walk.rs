//! What is anywhere in a program, whatever it is there for.

use super::program::{Node, NodeId, Programs};
use smallvec::{SmallVec, smallvec};

impl Programs {
    /// Whether a program asks for something.
    #[must_use]
    pub fn mentions(&self, program: NodeId, wanted: Node) -> bool {
        self.any(program, |node| node == wanted)
    }

    /// Whether any node of a program is one of those looked for.
    pub fn any(&self, program: NodeId, is_wanted: impl Fn(Node) -> bool) -> bool {
        let mut open: SmallVec<[NodeId; 16]> = smallvec![program];
        while let Some(id) = open.pop() {
            let node = self.node(id);
            if is_wanted(node) {
                return true;
            }
            match node {
                Node::And(list) | Node::Or(list) => open.extend_from_slice(self.operands(list)),
                Node::Compare(_, left, right) => open.extend([left, right]),
                Node::Has(subject, _, on) | Node::HasAny(subject, on) => open.extend([subject, on]),
                Node::Not(of)
                | Node::Is(of, _)
                | Node::Bare(of)
                | Node::Attribute(of, _)
                | Node::Ancestor(of, _)
                | Node::Setting(of, _)
                | Node::Size(of) => open.push(of),
                Node::Within(_)
                | Node::To(_)
                | Node::Constant(_)
                | Node::Subject
                | Node::Actor
                | Node::Resource
                | Node::Scope
                | Node::Action
                | Node::Now
                | Node::Context(_) => {}
            }
        }
        false
    }
}
