//! Taking items out, with the comments that are theirs and no others.

use super::layout::{Above, blank_lines, flush, is_blank};
use super::sheet::{ItemId, Sheet, Style, Text};

impl Sheet<'_> {
    /// Takes an item from where it stands and leaves it without a parent. Comments that are nobody's stay, with the item
    /// that follows.
    ///
    /// A mapping or list that it was the last of stays as well, with nothing in it.
    pub(super) fn uproot(&mut self, item: ItemId) {
        let Some((parent, at)) = self.position(item) else { return };
        let Some(held) = self.held_mut(parent) else { return };
        held.items.remove(at);
        let (style, next) = (held.style, held.items.get(at).copied());
        let before = std::mem::take(&mut self.items[item].before);
        let above = Above::of(&before);
        match style {
            Style::Block { .. } => self.leave_lines(parent, next, at == 0, above.floating),
            Style::Flow { .. } => {
                self.leave_brackets(parent, next, at, &before);
                self.settle(parent, at);
            }
        }
        self.items[item].before = above.own.to_owned().into();
        self.items[item].parent = None;
    }

    /// Takes an item out for good, and what it was the last of, up to and without `keep`.
    pub(super) fn remove(&mut self, item: ItemId, keep: ItemId) {
        let mut item = item;
        loop {
            let Some(parent) = self.items[item].parent else { return };
            self.uproot(item);
            if parent == keep || !self.children(parent).is_empty() {
                return;
            }
            // Comments that are nobody's outlive the mapping they stood in.
            let close = self.held_mut(parent).map(|held| std::mem::take(&mut held.close)).unwrap_or_default();
            if !is_blank(&close) {
                self.outlive(parent, &close);
            }
            item = parent;
        }
    }

    /// Puts comments above an item that is to go, apart from it, so that they are not taken for its own.
    fn outlive(&mut self, item: ItemId, comments: &str) {
        let newline = self.habits.newline;
        let before = &self.items[item].before;
        let apart = if self.in_flow(item) {
            let indent = self.line_indent(item);
            let words = comments.lines().map(str::trim).filter(|line| line.starts_with('#'));
            let lines: String = words.map(|line| format!("{newline}{indent}{line}")).collect();
            let below = if before.contains('\n') { before.to_string() } else { format!("{newline}{indent}") };
            format!("{lines}{newline}{below}")
        } else {
            let above = Above::of(before);
            let lines = flush(comments, self.indent(item));
            format!("{}{}{newline}{newline}{}", above.floating, lines.trim_end_matches(['\n', '\r']), above.own)
        };
        self.items[item].before = apart.into();
    }

    /// Gives lines that are nobody's to what follows.
    fn leave_lines(&mut self, parent: ItemId, next: Option<ItemId>, first: bool, floating: &str) {
        let Some(next) = next else {
            if !is_blank(floating) {
                let close = self.held(parent).map(|held| held.close.clone()).unwrap_or_default();
                let joined =
                    format!("{}{close}", floating.trim_end_matches(['\n', '\r', ' ']).to_owned() + self.habits.newline);
                if let Some(held) = self.held_mut(parent) {
                    held.close = joined.into();
                }
            }
            return;
        };
        let before = &self.items[next].before;
        let blank = blank_lines(before);
        let rest = before.get(blank.len()..).unwrap_or_default();
        let joined = if is_blank(floating) {
            let most = if first || floating.len() > blank.len() { floating } else { blank };
            format!("{most}{rest}")
        } else {
            let ends_apart = floating.ends_with("\n\n") || floating.ends_with("\n\r\n");
            format!("{floating}{}{rest}", if ends_apart { "" } else { blank })
        };
        self.items[next].before = joined.into();
    }

    /// Closes the gap in brackets.
    fn leave_brackets(&mut self, parent: ItemId, next: Option<ItemId>, at: usize, before: &str) {
        let Some(next) = next else {
            let (emptied, newline) = (self.children(parent).is_empty(), self.habits.newline);
            let floating = Above::of(before).floating;
            let Some(held) = self.held_mut(parent) else { return };
            if !is_blank(floating) {
                let end =
                    if held.close.contains('\n') { held.close.to_string() } else { format!("{newline}{}", held.close) };
                held.close = format!("{}{end}", floating.trim_end()).into();
            } else if emptied && is_blank(&held.close) {
                held.close = Text::default();
            }
            return;
        };
        let above = Above::of(before);
        let this = &self.items[next].before;
        if !is_blank(above.floating) {
            // The comments stay where they are, and so does the item below them.
            let own = this.split_once('\n').map_or("", |(_, lines)| lines);
            let own = if own.is_empty() { above.own.rsplit('\n').next().unwrap_or_default() } else { own };
            self.items[next].before = format!("{}{own}", above.floating).into();
        } else if is_blank(this) && (at == 0 || before.contains('\n')) {
            let layout = before.rfind('\n').map_or(before, |last| before.get(last..).unwrap_or_default());
            let layout = if before.contains("\r\n") && layout.starts_with('\n') {
                format!("\r{layout}")
            } else {
                layout.to_owned()
            };
            self.items[next].before = layout.into();
        }
    }
}
