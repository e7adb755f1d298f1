//! The nodes of a document.

use super::Pieces;
use crate::source::Span;

/// A value in a document, with its place.
#[derive(Clone, Debug)]
pub struct Node {
    /// The whole value.
    pub span: Span,
    /// What it is.
    pub kind: NodeKind,
}

/// What a node is.
#[derive(Clone, Debug)]
pub enum NodeKind {
    /// Nothing: an empty value, `~` or `null` unquoted.
    Null,
    /// A single value.
    Scalar(Scalar),
    /// A list.
    Sequence(Vec<Node>),
    /// Keys and values, in the order written. Each key stands once.
    Mapping(Vec<Entry>),
}

/// One key of a mapping and its value.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The key's text.
    pub key: Scalar,
    /// The key's place.
    pub key_span: Span,
    /// The value.
    pub value: Node,
}

/// The text of a single value.
#[derive(Clone, Debug)]
pub struct Scalar {
    /// The text, after YAML's own unescaping and folding.
    pub text: String,
    /// How it was written.
    pub style: ScalarStyle,
    /// The byte of the file at which `text` stands letter for letter, where it does (no escapes, no folding), so that a
    /// place within the text is a place in the file.
    pub verbatim: Option<u32>,
    /// Where its pieces stand, for a text with escapes or of several lines.
    pub pieces: Option<Box<Pieces>>,
}

/// How a single value was written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ScalarStyle {
    /// Without quotes.
    Plain,
    /// In single or double quotes.
    Quoted,
    /// As a block, after `|` or `>`.
    Block,
}

impl Node {
    /// The scalar, if it is one.
    #[must_use]
    pub fn scalar(&self) -> Option<&Scalar> {
        match &self.kind {
            NodeKind::Scalar(scalar) => Some(scalar),
            _ => None,
        }
    }

    /// The scalar's text, if it is one.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        self.scalar().map(|scalar| scalar.text.as_str())
    }

    /// Whether it is nothing: empty, `~` or `null`.
    #[must_use]
    pub const fn is_null(&self) -> bool {
        matches!(self.kind, NodeKind::Null)
    }

    /// The elements, if it is a list.
    #[must_use]
    pub fn sequence(&self) -> Option<&[Node]> {
        match &self.kind {
            NodeKind::Sequence(nodes) => Some(nodes),
            _ => None,
        }
    }

    /// The entries, if it is a mapping.
    #[must_use]
    pub fn mapping(&self) -> Option<&[Entry]> {
        match &self.kind {
            NodeKind::Mapping(entries) => Some(entries),
            _ => None,
        }
    }

    /// The value of a key, if it is a mapping that has it.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.mapping()?.iter().find(|entry| entry.key.text == key).map(|entry| &entry.value)
    }

    /// The elements of a list, or the value itself where a single one stands for a list of one; nothing for null.
    #[must_use]
    pub fn one_or_many(&self) -> &[Node] {
        match &self.kind {
            NodeKind::Null => &[],
            NodeKind::Sequence(nodes) => nodes,
            _ => std::slice::from_ref(self),
        }
    }

    /// What it is, in words for messages.
    #[must_use]
    pub fn describe(&self) -> &'static str {
        match self.kind {
            NodeKind::Null => "nothing",
            NodeKind::Scalar(_) => "a single value",
            NodeKind::Sequence(_) => "a list",
            NodeKind::Mapping(_) => "a mapping",
        }
    }
}

impl Scalar {
    /// The place in the file of `start..end` of the text: exact where the text or its pieces stand letter for letter,
    /// else `whole`.
    #[must_use]
    pub fn locate(&self, whole: Span, start: u32, end: u32) -> Span {
        let exact = match (self.verbatim, &self.pieces) {
            (Some(base), _) => Some((base.saturating_add(start), base.saturating_add(end))),
            (None, Some(pieces)) => pieces.locate(start, end),
            (None, None) => None,
        };
        exact.map_or(whole, |(start, end)| Span::new(whole.file, start, end))
    }
}
