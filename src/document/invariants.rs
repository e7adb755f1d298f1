//! What holds of every text, however broken: it is read without a panic, and every place is a piece of the text.

use super::{Node, NodeKind, Read, Scalar, parse};
use crate::source::{FileId, Span};

/// A fixed sequence of numbers that look random (xorshift), so that a failure comes again.
pub(crate) struct Numbers(u64);

impl Numbers {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed | 1)
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(limit.max(1)).unwrap_or(1)).unwrap_or(0)
    }
}

/// What mutations put in: all that means something to YAML, and what is awkward about text.
const PIECES: &[&str] = &[
    "*",
    "&",
    "!",
    "'",
    "\"",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    ": ",
    "- ",
    "-",
    "?",
    "? ",
    "|",
    ">",
    "#",
    " #",
    "%",
    "@",
    "`",
    "\t",
    "\n",
    "\r\n",
    "\r",
    "  ",
    "\u{feff}",
    "ä",
    "😀",
    "\0",
    "\u{85}",
    "\u{2028}",
    "\\",
    "~",
    "null",
    "---\n",
    "...\n",
    "<<: *a",
    "&a ",
    "*a",
    "!!str ",
    "key: value",
    "key:value",
    "\"free\" | \"pro\"",
    "run.{create, delete}",
    "[[[[",
    "|\n",
    ">-\n",
    "\n\n\n",
    "      ",
];

/// A text with a few pieces put in, taken out, or doubled.
pub(crate) fn mutate(text: &str, numbers: &mut Numbers) -> String {
    let mut text: Vec<char> = text.chars().collect();
    for _ in 0..=numbers.below(4) {
        let at = numbers.below(text.len() + 1);
        let end = (at + numbers.below(12)).min(text.len());
        match numbers.below(4) {
            0 => drop(text.splice(at..end, [])),
            1 => {
                let copied = text[at..end].to_vec();
                let to = numbers.below(text.len() + 1);
                drop(text.splice(to..to, copied));
            }
            _ => drop(text.splice(at..at, PIECES[numbers.below(PIECES.len())].chars())),
        }
    }
    text.into_iter().collect()
}

fn check_span(text: &str, span: Span) {
    assert!(span.start <= span.end, "{span:?} in {text:?}");
    assert!(text.get(span.start as usize..span.end as usize).is_some(), "{span:?} in {text:?}");
}

fn check_scalar(text: &str, scalar: &Scalar, span: Span) {
    check_span(text, span);
    if let Some(base) = scalar.verbatim {
        assert!(text.get(base as usize..).is_some_and(|rest| rest.starts_with(&scalar.text)), "{scalar:?} in {text:?}");
    }
    for (at, c) in scalar.text.char_indices().filter(|(_, c)| !c.is_whitespace()) {
        let place = scalar.locate(span, at as u32, (at + c.len_utf8()) as u32);
        check_span(text, place);
        if place != span {
            assert!(span.start <= place.start && place.end <= span.end, "{place:?} of {scalar:?} in {text:?}");
        }
    }
}

fn check_node(text: &str, node: &Node) {
    check_span(text, node.span);
    let inside = |child: Span| {
        assert!(
            node.span.start <= child.start && child.end <= node.span.end,
            "{child:?} outside of {node:?} in {text:?}"
        );
    };
    match &node.kind {
        NodeKind::Null => {}
        NodeKind::Scalar(scalar) => check_scalar(text, scalar, node.span),
        NodeKind::Sequence(nodes) => {
            for child in nodes {
                inside(child.span);
                check_node(text, child);
            }
        }
        NodeKind::Mapping(entries) => {
            let mut seen = std::collections::HashSet::new();
            for entry in entries {
                assert!(seen.insert(&entry.key.text), "{} twice in {text:?}", entry.key.text);
                inside(entry.key_span);
                inside(entry.value.span);
                check_scalar(text, &entry.key, entry.key_span);
                check_node(text, &entry.value);
            }
        }
    }
}

/// Every invariant of what was read from a text.
pub(crate) fn check(text: &str) -> Read {
    let read = parse(FileId(0), text);
    if let Some(node) = &read.node {
        check_node(text, node);
    }
    for label in read.diagnostics.iter().flat_map(|finding| &finding.labels) {
        check_span(text, label.span);
    }
    assert!(read.node.is_some() || !read.diagnostics.is_empty(), "nothing is said of {text:?}");
    read
}

#[test]
fn mutated_files_keep_every_invariant() {
    let examples = [
        include_str!("../../tests/forms/acme.yaml"),
        include_str!("../../tests/forms/directory.yaml"),
        "{\"a\": [\"x\\ty\", {\"\\u00e4\": null, \"b\": -1.5e3}],\r\n\t\"c\": \"\\\"q\\\" | 'r'\"}",
        "a: |\n  x\n   y\n\nb: >-\n  p\n  q\n\n  r\nc: 'it''s\n  so'\nd: \"a\\\n   b \\x41\\u00e4\\U0001F600\"\n",
    ];
    let mut numbers = Numbers::new(0x5eed);
    for example in examples {
        assert!(check(example).diagnostics.is_empty());
        for _ in 0..2_000 {
            check(&mutate(example, &mut numbers));
        }
    }
}
