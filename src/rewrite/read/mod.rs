//! From a text and its nodes to a [`Sheet`].
//!
//! The nodes say what there is and where; what stands between them (marks, white space, comments) is found in the text
//! again. Where the two do not agree, as with keys behind `?` or lines that end in a bare carriage return, nothing is
//! read: a file that is not understood to the last byte is not edited.

mod block;
mod flow;
mod scan;

use super::habits::Habits;
use super::sheet::{Item, ItemId, Items, Sheet, Style, Text, Value};
use crate::document::{Node, NodeKind, ScalarStyle};
use crate::index::IndexVec;
use std::borrow::Cow;

/// What stands at a place, which says how far to look into it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum What {
    /// The whole of a directory file.
    Top,
    /// What stands behind an entity's name.
    Entity,
    /// `roles`: lists by the names of roles.
    Roles,
    /// A mapping whose values are leaves.
    Entries,
    /// A list of names, or a single one.
    Names,
    /// A line of the bulk form.
    Line,
    /// Anything else.
    Leaf,
}

impl What {
    /// What stands behind a key.
    pub(super) fn below(self, key: &str) -> Self {
        match (self, key) {
            (Self::Top | Self::Entity, _) if key.contains(':') => Self::Entity,
            (Self::Top, "policies") | (Self::Line, "attributes" | "settings" | "assign") => Self::Entries,
            (Self::Entity, "roles") => Self::Roles,
            (Self::Entity, "settings" | "custom_roles") => Self::Entries,
            (Self::Entity | Self::Line, "in" | "policy") | (Self::Roles, _) => Self::Names,
            _ => Self::Leaf,
        }
    }
}

/// The sheet of a text; nothing where the text is written in a way that is not understood.
///
/// A text whose last line has no break may be given with one: `open_end` says so.
pub(super) fn sheet<'t>(text: &'t str, node: &Node, what: What, json: bool, open_end: bool) -> Option<Sheet<'t>> {
    let mut reader = Reader { text, at: 0, items: IndexVec::new() };
    let root = reader.document(node, what)?;
    let mut sheet = Sheet { items: reader.items, root, what, habits: Habits { json, ..Habits::default() }, open_end };
    sheet.habits = Habits::of(&sheet, text, json);
    let written = if open_end {
        text.strip_suffix('\n').map_or(text, |text| text.strip_suffix('\r').unwrap_or(text))
    } else {
        text
    };
    (sheet.print() == written).then_some(sheet)
}

struct Reader<'t> {
    text: &'t str,
    /// Everything before this byte stands in an item.
    at: usize,
    items: IndexVec<ItemId, Item<'t>>,
}

/// Nothing where the text is not understood.
type Step<T = ()> = Option<T>;

impl<'t> Reader<'t> {
    fn document(&mut self, node: &Node, what: What) -> Step<ItemId> {
        let NodeKind::Mapping(entries) = &node.kind else { return None };
        let root = self.items.push(Item::default());
        let start = node.span.start as usize;
        if self.byte(start) == Some(b'{') {
            self.items[root].before = self.slice(0, start)?;
            self.at = start;
            self.flow(root, node, what)?;
            self.items[root].after = self.slice(self.at, self.text.len())?;
        } else {
            self.block_mapping(root, entries, what, 0)?;
            let rest = self.slice(self.at, self.text.len())?;
            if let Value::Items(held) = &mut self.items[root].value {
                held.close = rest;
            }
        }
        Some(root)
    }

    fn new_item(&mut self, parent: ItemId) -> ItemId {
        self.items.push(Item { parent: Some(parent), ..Item::default() })
    }

    fn hold(&mut self, item: ItemId, list: bool, style: Style) {
        self.items[item].value = Value::Items(Items { list, style, items: Vec::new(), close: Text::default() });
    }

    fn adopt(&mut self, parent: ItemId, child: ItemId) {
        if let Value::Items(held) = &mut self.items[parent].value {
            held.items.push(child);
        }
    }

    /// The value of an item from `self.at` on; its mark begins at `mark` and is not all read yet.
    fn value(&mut self, item: ItemId, mark: usize, node: &Node, what: What, outer: Outer) -> Step {
        let start = node.span.start;
        if matches!(node.kind, NodeKind::Null) && start == node.span.end {
            self.items[item].mark = self.slice(mark, self.at)?;
            return Some(());
        }
        self.items[item].said = said(node, what);
        let value = self.significant(self.at);
        let bracket = matches!(self.byte(value), Some(b'{' | b'['));
        let opens = match (&node.kind, what) {
            (_, What::Leaf) => None,
            (NodeKind::Mapping(_), What::Names) => None,
            (NodeKind::Mapping(entries), _) => Some((entries.is_empty(), false)),
            (NodeKind::Sequence(nodes), What::Names) => Some((nodes.is_empty(), true)),
            _ => None,
        };
        match (opens, outer) {
            (Some(_), _) if bracket => {
                self.items[item].mark = self.slice(mark, value)?;
                self.at = value;
                self.flow(item, node, what)
            }
            (Some((false, _)), Outer::Block { indent }) => {
                let line = self.line_end(self.at);
                if line > value {
                    return None;
                }
                self.items[item].mark = self.slice(mark, line)?;
                self.at = line;
                match &node.kind {
                    NodeKind::Mapping(entries) => self.block_mapping(item, entries, what, indent + 1),
                    NodeKind::Sequence(nodes) => self.block_list(item, nodes, indent + 1),
                    _ => None,
                }
            }
            _ => {
                let end = self.end_of(node, value);
                self.items[item].mark = self.slice(mark, value)?;
                self.items[item].value = Value::Leaf(self.slice(value, end)?);
                self.items[item].lines = matches!(node.kind, NodeKind::Mapping(_)) && !bracket;
                self.at = end;
                Some(())
            }
        }
    }

    /// One past the last byte of a node that begins at byte `start`.
    fn end_of(&self, node: &Node, start: usize) -> usize {
        let mut last = node;
        loop {
            let inner = match &last.kind {
                NodeKind::Mapping(entries) => entries.last().map(|entry| &entry.value),
                NodeKind::Sequence(nodes) => nodes.last(),
                _ => None,
            };
            let Some(inner) = inner else { break };
            last = inner;
        }
        let end = node.span.end as usize;
        match last.scalar() {
            Some(scalar) if scalar.style == ScalarStyle::Block => {
                let header = if std::ptr::eq(last, node) { self.line_end(start) } else { 0 };
                self.block_scalar_end(last.span.start as usize, last.span.end as usize).max(header)
            }
            _ => end,
        }
    }

    fn slice(&self, from: usize, to: usize) -> Step<Text<'t>> {
        self.text.get(from..to).map(Cow::Borrowed)
    }
}

/// What a value stands in.
#[derive(Clone, Copy)]
enum Outer {
    Block { indent: usize },
    Flow,
}

/// What a value that names something says: itself, the subject of an assignment, the owner of a custom role.
fn said(node: &Node, what: What) -> Box<str> {
    let says = match (&node.kind, what) {
        (NodeKind::Scalar(scalar), What::Names) => Some(scalar.text.as_str()),
        (NodeKind::Mapping(_), What::Names) => node.get("subject").and_then(Node::text),
        (NodeKind::Mapping(_), What::Leaf) => node.get("in").and_then(Node::text),
        _ => None,
    };
    says.unwrap_or_default().into()
}
