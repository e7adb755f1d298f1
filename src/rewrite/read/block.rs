//! Mappings and lists that are held together by indentation.

use super::{Outer, Reader, Step, What};
use crate::document::{Entry, Node};
use crate::rewrite::sheet::{ItemId, Style, Value};

impl Reader<'_> {
    /// Entries from the beginning of a line on. Comments behind the last belong to it when they are at least `least` from
    /// the edge.
    pub(super) fn block_mapping(&mut self, parent: ItemId, entries: &[Entry], what: What, least: usize) -> Step {
        let first = entries.first()?.key_span.start as usize;
        let indent = self.column(first)?;
        self.hold(parent, false, Style::Block { indent });
        for (at, entry) in entries.iter().enumerate() {
            let (start, end) = (entry.key_span.start as usize, entry.key_span.end as usize);
            let item = self.new_item(parent);
            self.above(item, start, at == 0 && self.items[parent].parent.is_none())?;
            self.items[item].name = entry.key.text.as_str().into();
            self.items[item].key = self.slice(start, end)?;
            self.at = end + self.text.get(end..)?.find(|c| !matches!(c, ' ' | '\t'))?;
            if self.byte(self.at) != Some(b':') {
                return None;
            }
            self.at += 1;
            self.value(item, end, &entry.value, what.below(&entry.key.text), Outer::Block { indent })?;
            self.rest_of_line(item)?;
            self.adopt(parent, item);
        }
        self.tail(parent, indent.max(least))
    }

    /// Elements from the beginning of a line on.
    pub(super) fn block_list(&mut self, parent: ItemId, nodes: &[Node], least: usize) -> Step {
        let indent = self.column(self.significant(self.at))?;
        self.hold(parent, true, Style::Block { indent });
        for node in nodes {
            let item = self.new_item(parent);
            let dash = self.significant(self.at);
            self.above(item, dash, false)?;
            if self.byte(dash) != Some(b'-') {
                return None;
            }
            self.at = dash + 1;
            self.value(item, dash, node, What::Leaf, Outer::Block { indent })?;
            self.items[item].said = super::said(node, What::Names);
            self.rest_of_line(item)?;
            self.adopt(parent, item);
        }
        self.tail(parent, indent.max(least))
    }

    /// How far a place is from the edge; nothing where more than spaces stand before it.
    fn column(&self, at: usize) -> Step<usize> {
        let before = self.text.get(..at)?;
        let line = before.rsplit('\n').next()?;
        let line = line.strip_prefix('\u{feff}').unwrap_or(line);
        line.bytes().all(|byte| byte == b' ').then_some(line.len())
    }

    /// The lines above an item and its indentation. What may stand above the first of a file (a mark that the document
    /// begins, say) is not looked at.
    fn above(&mut self, item: ItemId, start: usize, first: bool) -> Step {
        let before = self.slice(self.at, start)?;
        let understood = |line: &str| {
            let words = line.trim_matches([' ', '\t', '\r']);
            words.is_empty() || words.starts_with('#') && !words.contains('\r')
        };
        if !first && !before.split('\n').all(understood) {
            return None;
        }
        self.column(start)?;
        self.items[item].before = before;
        Some(())
    }

    fn rest_of_line(&mut self, item: ItemId) -> Step {
        let in_lines = match &self.items[item].value {
            Value::Leaf(text) => text.ends_with('\n'),
            Value::Items(held) => matches!(held.style, Style::Block { .. }),
        };
        if in_lines {
            return Some(());
        }
        let end = self.line_end(self.at);
        let rest = self.slice(self.at, end)?;
        let words = rest.trim_matches([' ', '\t', '\r', '\n']);
        if !words.is_empty() && !words.starts_with('#') || words.contains('\r') {
            return None;
        }
        self.items[item].after = rest;
        self.at = end;
        Some(())
    }

    fn tail(&mut self, parent: ItemId, least: usize) -> Step {
        if self.items[parent].parent.is_none() {
            return Some(());
        }
        let end = self.tail_end(least);
        let close = self.slice(self.at, end)?;
        self.at = end;
        if let Value::Items(held) = &mut self.items[parent].value {
            held.close = close;
        }
        Some(())
    }
}
