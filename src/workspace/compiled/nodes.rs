//! Nodes of documents in a compiled file: one after the other, each before what it holds, so that no depth is too much for
//! whoever reads them.

use crate::document::{Entry, Node, NodeKind, Pieces, Scalar, ScalarStyle};
use crate::source::{FileId, Span};
use serde::{Deserialize, Serialize};

/// How deep nodes may lie; documents are read less deep.
const DEPTH: usize = 512;

/// A place: file, first byte, and one past the last.
pub(super) type Place = (u32, u32, u32);

/// A node without what it holds.
#[derive(Serialize, Deserialize)]
pub(super) struct FlatNode {
    at: Place,
    #[serde(flatten)]
    kind: Kind,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Null(()),
    Scalar(FlatScalar),
    /// How many elements.
    Sequence(usize),
    /// The keys.
    Mapping(Vec<(FlatScalar, Place)>),
}

#[derive(Serialize, Deserialize)]
struct FlatScalar {
    text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    style: Option<Style>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    verbatim: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pieces: Option<Vec<(u32, u32)>>,
}

/// How a scalar is written that is not plain.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Style {
    Quoted,
    Block,
}

impl FlatScalar {
    fn of(scalar: &Scalar) -> Self {
        let style = match scalar.style {
            ScalarStyle::Plain => None,
            ScalarStyle::Quoted => Some(Style::Quoted),
            ScalarStyle::Block => Some(Style::Block),
        };
        let pieces = scalar.pieces.as_ref().map(|pieces| pieces.beginnings().to_vec());
        Self { text: scalar.text.clone(), style, verbatim: scalar.verbatim, pieces }
    }

    fn scalar(self) -> Option<Scalar> {
        let style = match self.style {
            None => ScalarStyle::Plain,
            Some(Style::Quoted) => ScalarStyle::Quoted,
            Some(Style::Block) => ScalarStyle::Block,
        };
        let pieces = match self.pieces {
            Some(beginnings) => Some(Box::new(Pieces::beginning(beginnings)?)),
            None => None,
        };
        Some(Scalar { text: self.text, style, verbatim: self.verbatim, pieces })
    }
}

/// A node as those that it consists of.
pub(super) fn flatten(node: &Node, place: &dyn Fn(Span) -> Place) -> Vec<FlatNode> {
    let (mut flat, mut open) = (Vec::new(), vec![node]);
    while let Some(node) = open.pop() {
        let kind = match &node.kind {
            NodeKind::Null => Kind::Null(()),
            NodeKind::Scalar(scalar) => Kind::Scalar(FlatScalar::of(scalar)),
            NodeKind::Sequence(nodes) => {
                open.extend(nodes.iter().rev());
                Kind::Sequence(nodes.len())
            }
            NodeKind::Mapping(entries) => {
                open.extend(entries.iter().rev().map(|entry| &entry.value));
                Kind::Mapping(entries.iter().map(|entry| (FlatScalar::of(&entry.key), place(entry.key_span))).collect())
            }
        };
        flat.push(FlatNode { at: place(node.span), kind });
    }
    flat
}

/// The node that these consist of; nothing where they are none, or one of their places is not there.
pub(super) fn unflatten(flat: Vec<FlatNode>, is_place: &dyn Fn(Span) -> bool) -> Option<Node> {
    let mut rest = flat.into_iter();
    let node = next(&mut rest, is_place, DEPTH)?;
    rest.next().is_none().then_some(node)
}

fn next(rest: &mut std::vec::IntoIter<FlatNode>, is_place: &dyn Fn(Span) -> bool, depth: usize) -> Option<Node> {
    let FlatNode { at, kind } = rest.next()?;
    let depth = depth.checked_sub(1)?;
    let kind = match kind {
        Kind::Null(()) => NodeKind::Null,
        Kind::Scalar(scalar) => NodeKind::Scalar(scalar.scalar()?),
        Kind::Sequence(count) => {
            let mut nodes = Vec::new();
            for _ in 0..count {
                nodes.push(next(rest, is_place, depth)?);
            }
            NodeKind::Sequence(nodes)
        }
        Kind::Mapping(keys) => {
            let mut entries = Vec::new();
            for (key, key_at) in keys {
                let value = next(rest, is_place, depth)?;
                entries.push(Entry { key: key.scalar()?, key_span: span(key_at, is_place)?, value });
            }
            NodeKind::Mapping(entries)
        }
    };
    Some(Node { span: span(at, is_place)?, kind })
}

/// A span, if there is one at this place.
pub(super) fn span((file, start, end): Place, is_place: &dyn Fn(Span) -> bool) -> Option<Span> {
    Some(Span::new(FileId(file), start, end)).filter(|span| is_place(*span))
}
