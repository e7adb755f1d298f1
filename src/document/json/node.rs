//! Values as nodes, for the readers that know only those.

use super::{JsonFault, JsonMember, JsonValue};
use crate::document::{Entry, Node, NodeKind, Pieces, Scalar, ScalarStyle};
use crate::source::Span;
use std::borrow::Cow;

/// How deep a value may nest that is made a [`Node`]. Each level is gone over once more for each around it.
pub(super) const NESTING_LIMIT: usize = 32;

impl JsonMember<'_> {
    /// Key and value as nodes.
    ///
    /// # Errors
    /// As [`JsonValue::node`].
    pub fn entry(&self) -> Result<Entry, JsonFault> {
        self.entry_within(NESTING_LIMIT)
    }

    fn entry_within(&self, depth: usize) -> Result<Entry, JsonFault> {
        let key_span = self.key_span;
        // A key has its place word for word where it has no escapes; else the whole of it is its place.
        let verbatim = matches!(self.key, Cow::Borrowed(_)).then(|| key_span.start.saturating_add(1));
        let key = Scalar { text: self.key.clone().into_owned(), style: ScalarStyle::Quoted, verbatim, pieces: None };
        Ok(Entry { key, key_span, value: self.value.node_within(depth)? })
    }
}

impl JsonValue<'_> {
    /// The value as a node, with all that is in it.
    ///
    /// # Errors
    /// When it nests too deep, a key stands twice in it, or an escape in it stands for no character.
    pub fn node(self) -> Result<Node, JsonFault> {
        self.node_within(NESTING_LIMIT)
    }

    fn node_within(self, depth: usize) -> Result<Node, JsonFault> {
        let deeper = || depth.checked_sub(1).ok_or_else(|| JsonFault::TooDeep(self.span()));
        let kind = if let Some(members) = self.members()? {
            let depth = deeper()?;
            let mut entries = Vec::with_capacity(members.len());
            for member in members {
                entries.push(member.entry_within(depth)?);
            }
            NodeKind::Mapping(entries)
        } else if let Some(elements) = self.elements()? {
            let depth = deeper()?;
            NodeKind::Sequence(elements.into_iter().map(|node| node.node_within(depth)).collect::<Result<_, _>>()?)
        } else if let Some(text) = self.text()? {
            NodeKind::Scalar(scalar(&text, self.0.text, self.span()))
        } else {
            NodeKind::Null
        };
        Ok(Node { span: self.span(), kind })
    }
}

/// The scalar of a text that is written so at a place, in quotes if it is a string.
fn scalar(text: &str, written: &str, span: Span) -> Scalar {
    let quote = u32::from(written.starts_with('"'));
    let inner = written.get(quote as usize..written.len().saturating_sub(quote as usize));
    let verbatim = (inner == Some(text)).then(|| span.start.saturating_add(quote));
    let pieces = if verbatim.is_none() { Pieces::align(text, written, span.start).map(Box::new) } else { None };
    let style = if quote == 1 { ScalarStyle::Quoted } else { ScalarStyle::Plain };
    Scalar { text: text.to_owned(), style, verbatim, pieces }
}
