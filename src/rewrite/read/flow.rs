//! Mappings and lists in brackets: JSON, and YAML in that style.

use super::{Outer, Reader, Step, What};
use crate::document::{Node, NodeKind};
use crate::rewrite::sheet::{ItemId, Style, Value};

impl Reader<'_> {
    /// The brackets from `self.at` on and all between them.
    pub(super) fn flow(&mut self, parent: ItemId, node: &Node, what: What) -> Step {
        self.at += 1;
        let mut comma = false;
        match &node.kind {
            NodeKind::Mapping(entries) => {
                self.hold(parent, false, Style::Flow { comma });
                for entry in entries {
                    let item = self.new_item(parent);
                    let (start, end) = (entry.key_span.start as usize, entry.key_span.end as usize);
                    self.begin(item, start)?;
                    self.items[item].name = entry.key.text.as_str().into();
                    self.items[item].key = self.slice(start, end)?;
                    let colon = self.significant(end);
                    self.at = if self.byte(colon) == Some(b':') { colon + 1 } else { end };
                    self.value(item, end, &entry.value, what.below(&entry.key.text), Outer::Flow)?;
                    comma = self.separator(item)?;
                    self.adopt(parent, item);
                }
            }
            NodeKind::Sequence(nodes) => {
                self.hold(parent, true, Style::Flow { comma });
                for node in nodes {
                    let item = self.new_item(parent);
                    self.begin(item, node.span.start as usize)?;
                    self.value(item, self.at, node, What::Leaf, Outer::Flow)?;
                    self.items[item].said = super::said(node, What::Names);
                    comma = self.separator(item)?;
                    self.adopt(parent, item);
                }
            }
            _ => return None,
        }
        let end = self.significant(self.at);
        if !matches!(self.byte(end), Some(b'}' | b']')) {
            return None;
        }
        let close = self.slice(self.at, end)?;
        self.at = end + 1;
        if let Value::Items(held) = &mut self.items[parent].value {
            held.close = close;
            held.style = Style::Flow { comma };
        }
        Some(())
    }

    fn begin(&mut self, item: ItemId, start: usize) -> Step {
        if self.significant(self.at) != start {
            return None;
        }
        self.items[item].before = self.slice(self.at, start)?;
        self.at = start;
        Some(())
    }

    /// What stands behind an item up to the next one; whether that is a comma.
    fn separator(&mut self, item: ItemId) -> Step<bool> {
        let next = self.significant(self.at);
        let comma = self.byte(next) == Some(b',');
        if comma {
            self.items[item].after = self.slice(self.at, next)?;
            self.at = next + 1;
        }
        // The line may be the whole file: it is looked at only behind white space that a comment ends.
        let blank = |&at: &usize| matches!(self.byte(at), Some(b' ' | b'\t'));
        let words = (self.at..).find(|at| !blank(at)).unwrap_or(self.at);
        if self.byte(words) == Some(b'#') {
            let end = words + self.line(words).trim_end_matches(['\n', '\r']).len();
            self.items[item].trail = self.slice(self.at, end)?;
            self.at = end;
        }
        Some(comma)
    }
}
