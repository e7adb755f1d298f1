//! Values as nodes, for the readers that know only those.

use super::{JsonFault, JsonLine, JsonMember, JsonValue};
use crate::document::{Entry, Node, NodeKind, Pieces, Scalar, ScalarStyle};
use crate::source::Span;

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
        let key = self.value.line.scalar(&self.key, self.key_span);
        Ok(Entry { key, key_span: self.key_span, value: self.value.node_within(depth)? })
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
            NodeKind::Scalar(self.line.scalar(&text, self.span()))
        } else {
            NodeKind::Null
        };
        Ok(Node { span: self.span(), kind })
    }
}

impl JsonLine<'_> {
    /// The scalar of a text that stands at a place, in quotes if it is a string.
    fn scalar(self, text: &str, span: Span) -> Scalar {
        let at = |place: u32| place.saturating_sub(self.start) as usize;
        let written = self.text.get(at(span.start)..at(span.end)).unwrap_or("");
        let quote = u32::from(written.starts_with('"'));
        let inner = written.get(quote as usize..written.len().saturating_sub(quote as usize));
        let verbatim = (inner == Some(text)).then(|| span.start.saturating_add(quote));
        let pieces = if verbatim.is_none() { Pieces::align(text, written, span.start).map(Box::new) } else { None };
        let style = if quote == 1 { ScalarStyle::Quoted } else { ScalarStyle::Plain };
        Scalar { text: text.to_owned(), style, verbatim, pieces }
    }
}
