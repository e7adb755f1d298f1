//! YAML and JSON text as a tree of nodes with exact places: what the YAML policy form, directories and tests are read from.
//!
//! No meaning is given to scalars: `no`, `1.10` and `2026-01-01` are the texts they are, read by the type that is wanted.
//! Nesting, anchors, aliases and sizes are refused at the gate, by limits of this room.

mod node;

pub use node::{Entry, Node, NodeKind, Scalar, ScalarStyle};
