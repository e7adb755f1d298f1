//! YAML and JSON text as a tree of nodes with exact places: what the YAML policy form, directories and tests are read from.
//!
//! No meaning is given to scalars: `no`, `1.10` and `2026-01-01` are the texts they are, read by the type that is wanted.
//! Nesting, anchors, aliases and sizes are refused at the gate, by limits of this room.

mod bare_entry;
mod comments;
mod faulty_value;
mod gate;
#[cfg(test)]
pub(crate) mod invariants;
mod json;
mod json_text;
mod keys;
mod lines;
mod node;
mod pieces;
mod repair;
mod shape;
mod shift;
#[cfg(test)]
mod tests;
mod trouble;
mod version;
pub(crate) mod written;

pub(crate) use bare_entry::bare_entry;
pub use comments::comments;
pub use gate::{Read, parse};
pub use json::{JsonFault, JsonLine, JsonMember, JsonMembers, JsonValue};
pub use json_text::{parse_json, parse_json_line};
pub use lines::{LineKind, LineLimits, next_line};
pub use node::{Entry, Node, NodeKind, Scalar, ScalarStyle};
pub use pieces::Pieces;
pub use shape::{Fields, unknown_key, unknown_key_at};
pub use version::unknown_version;
