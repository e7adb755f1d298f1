//! Declarations that say the same of other names: the grammar reads the first of them.
//!
//! What the grammar makes of a row of tokens depends on which words of the language and which marks they are, and in which
//! order; of a name, a number or a string it only asks that it is one, and of what stands between tokens nothing. So what it
//! made of one row holds, token by token, for every other row of the same shape: the grammar stays the only one who knows
//! the language, and thousands of roles of a few shapes cost it no more than those few.
//!
//! Left to the grammar are the two that look closer: an entity, of which the colon must touch both sides, and a minus by
//! itself.

use super::grammar::Rule;
use super::pieces::{Node, Row};
use super::scan::{Kind, Scan, Token};
use rustc_hash::FxHashMap;
use std::sync::LazyLock;

/// How many tokens a row may have.
const LONGEST: usize = 512;

/// How many shapes are remembered: a text whose declarations are all of their own kind gains nothing by more.
const MOST: usize = 2_048;

/// The words that mean something to the grammar, wherever they stand. Every other word is to it like any other.
pub(super) const WORDS: [&str; 69] = [
    "action",
    "actions",
    "actor",
    "acts",
    "allow",
    "and",
    "any",
    "as",
    "assert",
    "assigned",
    "at",
    "because",
    "by",
    "can",
    "cannot",
    "contains",
    "context",
    "create",
    "custom",
    "delete",
    "deny",
    "ends",
    "extends",
    "false",
    "freely",
    "has",
    "implies",
    "import",
    "in",
    "is",
    "least",
    "like",
    "link",
    "locks",
    "most",
    "move",
    "narrows",
    "not",
    "of",
    "on",
    "only",
    "open",
    "or",
    "overlaps",
    "overrides",
    "package",
    "policy",
    "requires",
    "resource",
    "role",
    "roles",
    "scope",
    "set",
    "setting",
    "settings",
    "size",
    "starts",
    "subject",
    "subset",
    "to",
    "true",
    "type",
    "unique",
    "unless",
    "when",
    "widens",
    "with",
    "within",
    "without",
];

/// What stands for a token of which only the kind counts.
const NAME: u8 = 0;
const TEXT: u8 = 1;
const NUMBER: u8 = 2;
/// What stands for the first word of the language; the others follow.
const FIRST_WORD: u8 = 3;
/// Set in what stands for a mark, beside its first character; of one with two, the control character that goes with it.
const MARK: u8 = 0x80;
const CONTROL: u8 = 0x1f;

/// The numbers of the words of the language.
static NUMBERS: LazyLock<FxHashMap<&'static str, u8>> =
    LazyLock::new(|| WORDS.into_iter().zip(FIRST_WORD..MARK).collect());

/// The shapes that were met in a text.
#[derive(Default)]
pub(super) struct Shapes {
    known: FxHashMap<Box<[u8]>, Box<[Laid]>>,
    /// That of the tokens last asked about; empty where they have none.
    asked: Vec<u8>,
    /// What is laid over them.
    nodes: Vec<Node>,
}

/// A node, by the tokens that it begins and ends with.
#[derive(Clone, Copy, Debug)]
struct Laid {
    rule: Rule,
    first: u16,
    last: u16,
    size: u16,
}

impl Shapes {
    /// What the grammar makes of tokens, where it has read others of that shape. The places are those in the whole text.
    pub(super) fn find<'s>(&'s mut self, scan: &Scan<'s>, tokens: &[Token]) -> Option<Row<'s>> {
        self.asked.clear();
        if tokens.len() > LONGEST {
            return None;
        }
        for &token in tokens {
            let Some(shape) = shape(scan, token) else {
                self.asked.clear();
                return None;
            };
            self.asked.push(shape);
        }
        let laid = self.known.get(self.asked.as_slice())?;
        self.nodes.clear();
        for node in laid {
            let (first, last) = (tokens.get(usize::from(node.first))?, tokens.get(usize::from(node.last))?);
            let size = u32::from(node.size);
            self.nodes.push(Node { rule: node.rule, start: first.start, end: last.end, size });
        }
        Some(Row::new(scan.text, &self.nodes))
    }

    /// Keeps what the grammar made of the tokens last asked about, of a text that begins at `base` in the whole.
    pub(super) fn keep(&mut self, tokens: &[Token], base: u32, read: &Row<'_>) {
        if self.asked.is_empty() || self.known.len() >= MOST {
            return;
        }
        let lay = |node: &Node| {
            let (start, end) = (base.saturating_add(node.start), base.saturating_add(node.end));
            let first = tokens.binary_search_by_key(&start, |token| token.start).ok()?;
            let last = tokens.binary_search_by_key(&end, |token| token.end).ok()?;
            let short = |number: usize| u16::try_from(number).ok();
            Some(Laid { rule: node.rule, first: short(first)?, last: short(last)?, size: node.size.try_into().ok()? })
        };
        // The end of the text is no token, and no part of any declaration.
        let nodes = read.nodes().iter().filter(|node| node.rule != Rule::EOI);
        if let Some(laid) = nodes.map(lay).collect() {
            self.known.insert(self.asked.as_slice().into(), laid);
        }
    }
}

/// What stands for a token; nothing for one that the grammar looks into, or refuses.
fn shape(scan: &Scan<'_>, token: Token) -> Option<u8> {
    let text = scan.text(token);
    match (token.kind, text.as_bytes()) {
        (Kind::Word, _) => Some(NUMBERS.get(text).copied().unwrap_or(NAME)),
        (Kind::Number, _) => Some(NUMBER),
        // The end of a line, to the grammar, and to the scanner none.
        (Kind::Text, bytes) => (!bytes.contains(&b'\r')).then_some(TEXT),
        (Kind::Mark, [b':' | b'-']) | (Kind::Entity | Kind::Junk, _) => None,
        (Kind::Mark, [mark]) => Some(mark | MARK),
        (Kind::Mark, [mark, b'=']) => Some(mark & CONTROL | MARK),
        (Kind::Mark, _) => None,
    }
}
