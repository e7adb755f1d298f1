//! From a text and its nodes to items: what stands between the nodes, comments above all, is found in the text again.
//!
//! A comment on the line of a key, a dash or a value stays there; one on a line of its own belongs to the item below it, or,
//! where it is as far from the edge as the items above it, to the end of those.

use super::scalar;
use super::sheet::{Comment, Document, Item, Items, Value};
use crate::document::{self, Node, NodeKind, Scalar, ScalarStyle};
use std::ops::Range;

/// What a document may begin with.
const MARK: &str = "---";

/// The items of a document.
pub(in crate::format) fn document(text: &str, node: Option<&Node>) -> Document {
    let mut reader = Reader { text, comments: document::comments(text), next: 0 };
    let mut document = Document::default();
    let mark = reader.mark(node.map_or(text.len(), |node| node.span.start as usize));
    document.marked = mark.map(|mark| reader.before(mark));
    let from = mark.map_or(0, |mark| mark + MARK.len());
    if let Some(node) = node {
        let mut root = Item::default();
        let place = Place { column: 0, least: 0, flow: false };
        reader.value(&mut root, from, node, place);
        document.root = root;
    }
    document.tail = reader.before(text.len());
    document
}

/// What an item stands in.
#[derive(Clone, Copy)]
struct Place {
    /// How far it is from the edge.
    column: usize,
    /// How far from the edge comments must be that belong to what it holds.
    least: usize,
    /// Whether it stands in brackets.
    flow: bool,
}

struct Reader<'t> {
    text: &'t str,
    comments: Vec<Range<usize>>,
    /// The first comment that has no place yet.
    next: usize,
}

impl Reader<'_> {
    /// What an item holds; its key or dash ends at `from`.
    fn value(&mut self, item: &mut Item, from: usize, node: &Node, place: Place) {
        let value = self.significant(from);
        let held = matches!(node.kind, NodeKind::Sequence(_) | NodeKind::Mapping(_));
        let start = if held { value } else { node.span.start as usize };
        let nothing = matches!(node.kind, NodeKind::Null) && node.span.start == node.span.end;
        if nothing {
            item.after = item.after.take().or_else(|| self.behind(from));
            let comments = if place.flow { Vec::new() } else { self.tail(from, place.column + 1) };
            item.value = Value::Null(String::new(), comments);
            return;
        }
        let block_text = node.scalar().is_some_and(|scalar| scalar.style == ScalarStyle::Block);
        if !block_text {
            item.after = item.after.take().or_else(|| self.behind_within(from, start));
        }
        let flow = held && (place.flow || matches!(self.byte(start), Some(b'{' | b'[')));
        if !held && !block_text || flow {
            // What stands between a key and its value has no place there any more.
            item.before.extend(self.before(start));
        }
        let end = node.span.end as usize;
        item.value = match &node.kind {
            NodeKind::Null => Value::Null(self.slice(start, end).to_owned(), Vec::new()),
            NodeKind::Scalar(scalar) if block_text => return self.block(item, value, scalar),
            NodeKind::Scalar(scalar) => Value::Scalar(scalar::lines(self.slice(start, end), &scalar.text)),
            NodeKind::Sequence(_) | NodeKind::Mapping(_) => {
                let mut items = self.items(node, start, flow, place);
                if flow {
                    let last = self.behind(end);
                    if item.after.is_some() {
                        items.tail.extend(last.map(|text| Comment { text, blank: false }));
                    } else {
                        item.after = last;
                    }
                    if items.items.is_empty() {
                        item.before.append(&mut items.tail);
                    }
                }
                item.value = Value::Items(items);
                return;
            }
        };
        if let Some(last) = self.behind(end)
            && let Some(first) = item.after.replace(last)
        {
            item.before.push(Comment { text: first, blank: false });
        }
    }

    /// The items of a mapping or a list.
    fn items(&mut self, node: &Node, start: usize, flow: bool, place: Place) -> Items {
        let column = self.column(start);
        let inner = Place { column, least: column.max(place.least), flow };
        let mut held = Items { flow, ..Items::default() };
        match &node.kind {
            NodeKind::Mapping(entries) => {
                for entry in entries {
                    let (from, to) = (entry.key_span.start as usize, entry.key_span.end as usize);
                    let mut item = self.item(from);
                    item.key = Some(scalar::key(self.slice(from, to), &entry.key.text));
                    let colon = self.significant(to);
                    let from = if self.byte(colon) == Some(b':') { colon + 1 } else { to };
                    let below = Place { least: column + 1, ..inner };
                    self.value(&mut item, from, &entry.value, below);
                    held.items.push(item);
                }
            }
            NodeKind::Sequence(nodes) => {
                held.list = true;
                let mut at = start;
                for node in nodes {
                    let dash = if flow { node.span.start as usize } else { self.significant(at) };
                    let mut item = self.item(dash);
                    let from = if flow { dash } else { dash + 1 };
                    let below = Place { least: column + 1, ..inner };
                    self.value(&mut item, from, node, below);
                    held.items.push(item);
                    at = self.end(node).max(from);
                }
            }
            _ => {}
        }
        let end = node.span.end as usize;
        held.tail = if flow { self.before(end) } else { self.tail(end, inner.least) };
        held
    }

    /// An item that begins at a place, with the comments above it.
    fn item(&mut self, start: usize) -> Item {
        Item { before: self.before(start), blank: self.is_below_empty_line(start), ..Item::default() }
    }

    /// A text in a block, whose mark stands at `at`.
    fn block(&mut self, item: &mut Item, at: usize, scalar: &Scalar) {
        item.before.extend(self.before(at));
        let line_end = self.line_end(at);
        let line = self.slice(at, line_end);
        let mark = line.split([' ', '\t', '\n']).next().unwrap_or("").to_owned();
        let behind = self.behind(at + mark.len());
        item.after = item.after.take().or(behind);
        let (mark, lines) = scalar::block(&mark, self.slice(line_end, self.text.len()), &scalar.text);
        item.value = Value::Block(mark, lines);
    }

    /// Comments that have no place yet and stand before a byte.
    fn before(&mut self, end: usize) -> Vec<Comment> {
        let mut comments = Vec::new();
        while let Some(range) = self.comments.get(self.next).filter(|range| range.start < end).cloned() {
            self.next += 1;
            let blank = self.is_below_empty_line(range.start);
            comments.push(Comment { text: self.slice(range.start, range.end).trim_end().to_owned(), blank });
        }
        comments
    }

    /// Comments behind the last item that are as far from the edge as is wanted.
    fn tail(&mut self, end: usize, least: usize) -> Vec<Comment> {
        let next = self.significant(end);
        let mut comments = Vec::new();
        while let Some(range) = self.comments.get(self.next).cloned() {
            if range.start >= next || self.column(range.start) < least {
                break;
            }
            comments.extend(self.before(range.start + 1));
        }
        comments
    }

    /// The comment behind a byte on its line, if it has no place yet.
    fn behind(&mut self, from: usize) -> Option<String> {
        self.behind_within(from, self.text.len())
    }

    /// The same, if it stands before another byte.
    fn behind_within(&mut self, from: usize, to: usize) -> Option<String> {
        let range = self.comments.get(self.next).filter(|range| range.start >= from && range.start < to)?.clone();
        // Behind the beginning of the text there is nothing that it could stand behind.
        if from == 0 || !self.slice(from, range.start).trim_matches([' ', '\t', ',']).is_empty() {
            return None;
        }
        self.next += 1;
        Some(self.slice(range.start, range.end).trim_end().to_owned())
    }

    /// The mark that the document begins, where it stands before a byte.
    fn mark(&self, end: usize) -> Option<usize> {
        let mut at = 0;
        while at < end {
            if self.slice(at, self.text.len()).starts_with(MARK) {
                return Some(at);
            }
            at = self.line_end(at);
        }
        None
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    fn slice(&self, from: usize, to: usize) -> &str {
        self.text.get(from..to).unwrap_or("")
    }

    /// One past the end of the line that holds a byte.
    fn line_end(&self, at: usize) -> usize {
        self.slice(at, self.text.len()).find('\n').map_or(self.text.len(), |end| at + end + 1)
    }

    /// How far a byte is from the edge.
    fn column(&self, at: usize) -> usize {
        self.slice(0, at).rsplit('\n').next().unwrap_or("").chars().count()
    }

    /// Whether the line above that of a byte is empty, of which the byte is the first.
    fn is_below_empty_line(&self, at: usize) -> bool {
        let mut lines = self.slice(0, at).rsplit('\n');
        // What follows something else on its line is not what the empty line stands before.
        let first = lines.next().is_none_or(|line| line.trim_matches([' ', '\t', '-']).is_empty());
        first && lines.next().is_some_and(|line| line.trim().is_empty())
    }

    /// Where a node ends. A mapping ends behind the colon of a key that has no value, which its span does not tell.
    fn end(&self, node: &Node) -> usize {
        let end = node.span.end as usize;
        let last = match &node.kind {
            NodeKind::Mapping(entries) => entries.last().map_or(0, |entry| {
                let colon = self.significant(entry.key_span.end as usize);
                let key = if self.byte(colon) == Some(b':') { colon + 1 } else { entry.key_span.end as usize };
                self.end(&entry.value).max(key)
            }),
            NodeKind::Sequence(nodes) => nodes.last().map_or(0, |last| self.end(last)),
            _ => 0,
        };
        end.max(last)
    }

    /// The first byte from `at` on that is neither white space nor part of a comment.
    fn significant(&self, mut at: usize) -> usize {
        loop {
            match self.byte(at) {
                Some(b' ' | b'\t' | b'\n') => at += 1,
                Some(b'#') => at = self.line_end(at),
                _ => return at,
            }
        }
    }
}
