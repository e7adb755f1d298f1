//! Moving an item with all that stands in it to another place of the file.

use super::layout::reindent;
use super::sheet::{ItemId, Sheet, Style, Text, Value};

impl Sheet<'_> {
    /// Whether an item can come to stand in the value of another: what is written in lines cannot go into brackets.
    pub(super) fn can_hold(&self, parent: ItemId, item: ItemId) -> bool {
        let mut above = Some(parent);
        while let Some(at) = above {
            if at == item {
                return false;
            }
            above = self.items[at].parent;
        }
        if self.in_flow(item) {
            return true;
        }
        !self.in_flow(parent)
            && match &self.items[parent].value {
                Value::Leaf(_) => true,
                Value::Items(held) => {
                    let empty = held.items.is_empty() && held.close.trim().is_empty();
                    empty || matches!(held.style, Style::Block { .. })
                }
            }
    }

    /// Moves an entry of a mapping into another mapping that [can hold](Self::can_hold) it.
    pub(super) fn relocate(&mut self, item: ItemId, parent: ItemId, at: usize) {
        let from_flow = self.in_flow(item);
        let old = if from_flow { self.line_indent(item) } else { " ".repeat(self.indent(item)) };
        self.uproot(item);
        self.open(parent, false);
        let at = at.min(self.children(parent).len());
        let newline = self.habits.newline;
        let own = std::mem::take(&mut self.items[item].before);
        let comments: Vec<&str> = own.lines().map(str::trim).filter(|line| line.starts_with('#')).collect();
        let style = self.held(parent).map(|held| held.style);
        let new = if let Some(Style::Block { indent }) = style {
            let new = " ".repeat(indent);
            let name = self.items[item].name.clone();
            let lead = self.indentation(parent, at, &name);
            let apart = lead.strip_suffix(new.as_str()).unwrap_or_default();
            let comments: String = comments.iter().map(|comment| format!("{new}{comment}{newline}")).collect();
            let this = &mut self.items[item];
            this.before = format!("{apart}{comments}{new}").into();
            if from_flow {
                let trail = std::mem::take(&mut this.trail);
                this.after = format!("{trail}{newline}").into();
                if !this.mark.ends_with([' ', '\n', '\t']) {
                    this.mark.to_mut().push(' ');
                }
            }
            new
        } else {
            let room = self.make_room(parent, at);
            let inner = match room.rsplit_once('\n') {
                Some((_, line)) => line.to_owned(),
                None => self.line_indent(parent),
            };
            let lines: String = comments.iter().map(|comment| format!("{newline}{inner}{comment}")).collect();
            let room = if lines.is_empty() || room.contains('\n') { room } else { format!("{newline}{inner}") };
            self.items[item].before = format!("{lines}{room}").into();
            inner
        };
        self.items[item].parent = Some(parent);
        if let Some(held) = self.held_mut(parent) {
            held.items.insert(at, item);
        }
        if old != new {
            self.shift(item, &old, &new);
        }
        self.settle(parent, at);
    }

    /// Moves the lines within an item from one indentation to another.
    fn shift(&mut self, item: ItemId, old: &str, new: &str) {
        let moved = |text: &mut Text<'_>, begins_line: bool| {
            if begins_line || text.contains('\n') {
                *text = reindent(text, old, new, begins_line).into();
            }
        };
        let mut waiting = vec![item];
        while let Some(at) = waiting.pop() {
            let in_lines = !self.in_flow(at);
            let this = &mut self.items[at];
            if at != item {
                if in_lines {
                    this.before = reindent_lines(&this.before, old, new);
                } else {
                    moved(&mut this.before, false);
                }
            }
            moved(&mut this.mark, false);
            moved(&mut this.after, false);
            match &mut this.value {
                Value::Leaf(text) => moved(text, false),
                Value::Items(held) => {
                    let block = matches!(held.style, Style::Block { .. });
                    let close = std::mem::take(&mut held.close);
                    held.close = reindent(&close, old, new, block).into();
                    if let Style::Block { indent } = &mut held.style {
                        *indent = (*indent + new.len()).saturating_sub(old.len());
                    }
                    waiting.extend(held.items.iter().copied());
                }
            }
        }
    }

    /// Ends the line behind a comment in brackets, at and before an item.
    pub(super) fn settle(&mut self, parent: ItemId, at: usize) {
        if !matches!(self.held(parent).map(|held| held.style), Some(Style::Flow { .. })) {
            return;
        }
        let first = at.saturating_sub(1);
        let items: Vec<ItemId> = self.children(parent).iter().skip(first).take(3).copied().collect();
        let last = first + items.len() == self.children(parent).len();
        let line = format!("{}{}{}", self.habits.newline, self.line_indent(parent), self.habits.step);
        for (at, &item) in items.iter().enumerate() {
            if !self.items[item].trail.contains('#') {
                continue;
            }
            match items.get(at + 1) {
                Some(&next) => {
                    let before = &self.items[next].before;
                    if !before.trim_start_matches([' ', '\t', '\r']).starts_with('\n') {
                        self.items[next].before = format!("{line}{}", before.trim_start()).into();
                    }
                }
                None if last => {
                    if let Some(held) = self.held_mut(parent).filter(|held| !held.close.contains('\n')) {
                        held.close = line.clone().into();
                    }
                }
                None => {}
            }
        }
    }
}

/// The lines above an item, its indentation included, all moved.
fn reindent_lines<'a>(before: &str, old: &str, new: &str) -> Text<'a> {
    let mut moved = reindent(before, old, new, true);
    if before.is_empty() || before.ends_with('\n') {
        moved.push_str(new);
    }
    moved.into()
}
