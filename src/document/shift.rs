//! A part of a text that was read by itself, put where it stands in the whole.

use super::{Node, NodeKind, Read, Scalar};
use crate::source::Span;

impl Read {
    /// The same with all places `by` bytes further on.
    #[must_use]
    pub fn shifted(mut self, by: u32) -> Self {
        if let Some(node) = &mut self.node {
            shift(node, by);
        }
        for label in self.diagnostics.iter_mut().flat_map(|finding| &mut finding.labels) {
            label.span = further(label.span, by);
        }
        self
    }
}

/// Recursion is bounded: nodes nest as deep as the gate allows.
fn shift(node: &mut Node, by: u32) {
    node.span = further(node.span, by);
    match &mut node.kind {
        NodeKind::Null => {}
        NodeKind::Scalar(scalar) => shift_scalar(scalar, by),
        NodeKind::Sequence(nodes) => nodes.iter_mut().for_each(|node| shift(node, by)),
        NodeKind::Mapping(entries) => {
            for entry in entries {
                shift_scalar(&mut entry.key, by);
                entry.key_span = further(entry.key_span, by);
                shift(&mut entry.value, by);
            }
        }
    }
}

fn shift_scalar(scalar: &mut Scalar, by: u32) {
    scalar.verbatim = scalar.verbatim.map(|at| at.saturating_add(by));
    if let Some(pieces) = &mut scalar.pieces {
        pieces.shift(by);
    }
}

fn further(span: Span, by: u32) -> Span {
    Span::new(span.file, span.start.saturating_add(by), span.end.saturating_add(by))
}

#[cfg(test)]
mod tests {
    use crate::document::parse;
    use crate::source::{FileId, Span};

    #[test]
    fn a_part_read_by_itself_has_the_places_of_the_whole() {
        let text = "first\n{\"a\": \"x\\ty\", b: [1, {c: *}]}";
        let (_, part) = text.split_at(6);
        let read = parse(FileId(0), part).shifted(6);
        let place = |start, end| Span::new(FileId(0), start, end);
        assert_eq!(read.diagnostics[0].span(), Some(place(31, 32)));
        let node = read.node.expect("a mapping");
        let entries = node.mapping().expect("a mapping");
        assert_eq!((entries[0].key_span, entries[0].value.span), (place(7, 10), place(12, 18)));
        let scalar = entries[0].value.scalar().expect("a text");
        assert_eq!(scalar.locate(place(0, 0), 2, 3), place(16, 17));
    }
}
