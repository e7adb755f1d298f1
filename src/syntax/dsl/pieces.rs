//! What the grammar made of a text, as a tree of pieces: which rule read which bytes.
//!
//! pest's own tree counts references and looks for the partner of every token that it is asked for; this one is a list in
//! the order written, in which whoever reads a piece finds its parts right behind it. What was read of one text can also be
//! laid over another one of the same shape ([`super::shapes`]).

use super::grammar::{self, Refusal, Rule};
use super::scan::offset;

/// One piece of a text, in a list where its parts follow it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node {
    /// The rule that read it.
    pub(super) rule: Rule,
    /// Its first byte.
    pub(super) start: u32,
    /// One past the last byte of its last token.
    pub(super) end: u32,
    /// How many nodes it is, with all of its parts.
    pub(super) size: u32,
}

/// What the grammar made of a text.
#[derive(Debug)]
pub(super) struct Pieces<'t> {
    text: &'t str,
    nodes: Vec<Node>,
}

/// A piece of text that one rule of the grammar read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece<'t> {
    text: &'t str,
    node: Node,
    parts: &'t [Node],
}

/// Pieces that stand one after the other.
#[derive(Clone, Debug)]
pub(super) struct Row<'t> {
    text: &'t str,
    nodes: &'t [Node],
}

/// Reads `text` from its start by one rule, as [`grammar::read`] does.
///
/// # Errors
/// pest's account of the farthest place that reading came to.
pub(super) fn read(rule: Rule, text: &str) -> Result<Pieces<'_>, Box<Refusal>> {
    let mut nodes: Vec<Node> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    for token in grammar::read(rule, text)?.tokens() {
        match token {
            pest::Token::Start { rule, pos } => {
                let start = offset(pos.pos());
                open.push(nodes.len());
                nodes.push(Node { rule, start, end: start, size: 1 });
            }
            pest::Token::End { pos, .. } => {
                let Some(at) = open.pop() else { continue };
                let size = nodes.len() - at;
                // The grammar looks past white space and comments for parts that are not there; the last part knows where
                // the last token ends.
                let end = match nodes.last() {
                    Some(last) if size > 1 => last.end,
                    _ => offset(text.get(..pos.pos()).map_or(0, |read| read.trim_end_matches(BLANK).len())),
                };
                if let Some(node) = nodes.get_mut(at) {
                    (node.end, node.size) = (end.max(node.start), offset(size));
                }
            }
        }
    }
    Ok(Pieces { text, nodes })
}

/// The white space of the grammar.
const BLANK: [char; 4] = [' ', '\t', '\r', '\n'];

impl Pieces<'_> {
    /// All pieces that are no part of another.
    pub(super) fn row(&self) -> Row<'_> {
        Row { text: self.text, nodes: &self.nodes }
    }
}

impl<'t> Row<'t> {
    /// The pieces that a list of nodes of a text are.
    pub(super) const fn new(text: &'t str, nodes: &'t [Node]) -> Self {
        Self { text, nodes }
    }

    /// Their nodes.
    pub(super) const fn nodes(&self) -> &'t [Node] {
        self.nodes
    }
}

impl<'t> Iterator for Row<'t> {
    type Item = Piece<'t>;

    #[inline]
    fn next(&mut self) -> Option<Piece<'t>> {
        let node = *self.nodes.first()?;
        let (parts, rest) = (self.nodes.get(1..node.size as usize)?, self.nodes.get(node.size as usize..)?);
        self.nodes = rest;
        Some(Piece { text: self.text, node, parts })
    }
}

impl<'t> Piece<'t> {
    /// The rule that read it.
    #[inline]
    pub(super) const fn as_rule(&self) -> Rule {
        self.node.rule
    }

    /// What it says.
    pub(super) fn as_str(&self) -> &'t str {
        self.text.get(self.node.start as usize..self.node.end as usize).unwrap_or("")
    }

    /// Its first byte in the text that was read.
    #[inline]
    pub(super) const fn start(&self) -> u32 {
        self.node.start
    }

    /// One past the last byte of its last token in the text that was read.
    #[inline]
    pub(super) const fn end(&self) -> u32 {
        self.node.end
    }

    /// Its direct parts.
    #[inline]
    pub(super) const fn into_inner(self) -> Row<'t> {
        Row { text: self.text, nodes: self.parts }
    }
}
