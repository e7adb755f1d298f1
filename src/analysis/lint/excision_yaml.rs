//! Taking texts out of a policy in YAML, so that comments and layout of the rest stay.

use super::Removal;
use super::excision::{self, is_silent, item, range, with_line};
use crate::document::{self, Entry, Node, NodeKind};
use crate::source::Span;
use crate::syntax::ast::PolicyFile;
use std::ops::Range;

/// A step on the way from the top of a document to a place.
#[derive(Clone, Copy)]
enum Step<'n> {
    /// An entry of a mapping, by number.
    Entry(&'n Node, usize),
    /// An element of a list, by number.
    Element(&'n Node, usize),
}

/// What to take out of a text for a removal, as [`excision::excision`] for the DSL.
#[must_use]
pub fn excision_yaml(text: &str, tree: &PolicyFile, removal: Removal) -> Option<Range<usize>> {
    let root = document::parse(tree.file, text).node?;
    let document = Document { text, root: &root };
    let found = match removal {
        Removal::Statement(span) => document.statement(tree, span)?,
        Removal::Item(span) => document.item(range(span))?,
        Removal::Clause(span) => document.clause(range(span))?,
    };
    excision::without_comment(text, found)
}

struct Document<'t> {
    text: &'t str,
    root: &'t Node,
}

impl<'t> Document<'t> {
    /// The way to what holds a place.
    fn way(&self, place: &Range<usize>) -> Vec<Step<'t>> {
        let mut way = Vec::new();
        let mut node = self.root;
        let holds = |start: u32, node: &Node| start as usize <= place.start && place.end <= self.end(node);
        loop {
            let found = match &node.kind {
                NodeKind::Mapping(entries) => entries
                    .iter()
                    .position(|entry| holds(entry.key_span.start, &entry.value))
                    .map(|at| Step::Entry(node, at)),
                NodeKind::Sequence(nodes) => nodes
                    .iter()
                    .position(|element| holds(element.span.start, element))
                    .map(|at| Step::Element(node, at)),
                NodeKind::Scalar(_) | NodeKind::Null => None,
            };
            let Some((step, next)) = found.and_then(|step| Some((step, value(step)?))) else { return way };
            way.push(step);
            node = next;
        }
    }

    /// The end of what a node says; that of a block goes as far as its last value.
    fn end(&self, node: &Node) -> usize {
        let last = match &node.kind {
            NodeKind::Mapping(entries) if !self.is_flow(node) => entries.last().map(|entry| &entry.value),
            NodeKind::Sequence(nodes) if !self.is_flow(node) => nodes.last(),
            _ => None,
        };
        last.map_or(node.span.end as usize, |last| self.end(last))
    }

    /// Whether it stands in brackets.
    fn is_flow(&self, node: &Node) -> bool {
        self.text.get(node.span.start as usize..).is_some_and(|text| text.starts_with(['[', '{']))
    }

    fn statement(&self, tree: &PolicyFile, span: Span) -> Option<Range<usize>> {
        if !is_silent(excision::statement_at(tree, span)?) {
            return None;
        }
        let place = range(span);
        let way = self.way(&place);
        let (last, above) = way.split_last()?;
        // The key that says `allow` or `deny`, or what stands for it.
        let keyed = way.iter().rposition(|step| entry(*step).is_some_and(|entry| entry.key_span.start == span.start));
        if let Some(at) = keyed
            && let Some(step) = way.get(at)
        {
            let key = entry(*step)?.key.text.as_str();
            let around = at.checked_sub(1).and_then(|at| way.get(at)).copied();
            let is_rule = match around {
                Some(Step::Element(..)) => true,
                Some(Step::Entry(..)) => {
                    key == "permissions" || around.and_then(entry).is_some_and(|entry| entry.key.text == "rules")
                }
                None => false,
            };
            return self.out(if is_rule { around? } else { *step });
        }
        // Patterns of a list that follow each other.
        let (list, steps) = match *last {
            Step::Element(list, _) => (list, above),
            step @ Step::Entry(..) => (value(step)?, way.as_slice()),
        };
        let NodeKind::Sequence(nodes) = &list.kind else { return None };
        let inside = |node: &Node| place.contains(&(node.span.start as usize));
        let first = nodes.iter().position(inside)?;
        let count = nodes.iter().skip(first).take_while(|node| inside(node)).count();
        if count == nodes.len() { self.out(*steps.last()?) } else { self.elements(list, first, count) }
    }

    /// A pattern, or one of the actions of one.
    fn item(&self, place: Range<usize>) -> Option<Range<usize>> {
        let step = *self.way(&place).last()?;
        let node = value(step)?;
        let scalar = range(node.span);
        let whole = self.text.get(scalar.clone())?.trim_matches(['"', '\'']).len() == place.len();
        if whole {
            return if let Step::Element(..) = step { self.out(step) } else { None };
        }
        let found = item(self.text, place)?;
        (scalar.start <= found.start && found.end <= scalar.end).then_some(found)
    }

    /// A clause with its key.
    fn clause(&self, place: Range<usize>) -> Option<Range<usize>> {
        let is_clause = |step: &&Step<'_>| {
            entry(**step).is_some_and(|entry| ["when", "unless", "within"].contains(&entry.key.text.as_str()))
        };
        self.out(*self.way(&place).iter().rev().find(is_clause)?)
    }

    /// What a step leads to, with its key or dash; nothing where nothing else would be left.
    fn out(&self, step: Step<'_>) -> Option<Range<usize>> {
        let (node, at) = match step {
            Step::Element(list, at) => return self.elements(list, at, 1),
            Step::Entry(node, at) => (node, at),
        };
        let entries = node.mapping()?;
        let entry = entries.get(at)?;
        let found = entry.key_span.start as usize..self.end(&entry.value);
        if entries.len() == 1 {
            return None;
        }
        if self.is_flow(node) {
            return item(self.text, found);
        }
        if self.is_first_on_line(found.start) {
            return Some(with_line(self.text, found));
        }
        // Behind a dash: what follows comes to stand there.
        entries.get(at + 1).map(|next| found.start..next.key_span.start as usize)
    }

    /// Some elements of a list, which are not all of them.
    fn elements(&self, list: &Node, first: usize, count: usize) -> Option<Range<usize>> {
        let nodes = list.sequence()?;
        let found = nodes.get(first)?.span.start as usize..self.end(nodes.get(first + count - 1)?);
        if count == nodes.len() {
            return None;
        }
        if self.is_flow(list) {
            return item(self.text, found);
        }
        let dash = self.text.get(..found.start)?.trim_end().strip_suffix('-')?.len();
        self.is_first_on_line(dash).then(|| with_line(self.text, dash..found.end))
    }

    fn is_first_on_line(&self, at: usize) -> bool {
        let before = self.text.get(..at).unwrap_or("").trim_end_matches([' ', '\t']);
        before.is_empty() || before.ends_with('\n')
    }
}

fn entry(step: Step<'_>) -> Option<&Entry> {
    match step {
        Step::Entry(node, at) => node.mapping()?.get(at),
        Step::Element(..) => None,
    }
}

fn value(step: Step<'_>) -> Option<&Node> {
    match step {
        Step::Entry(node, at) => Some(&node.mapping()?.get(at)?.value),
        Step::Element(node, at) => node.sequence()?.get(at),
    }
}
