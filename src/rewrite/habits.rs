//! How a file is written where it leaves the choice: what is added is written the same way.

use super::sheet::{Item, Sheet, Style, Value};

/// The choices of one file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Habits {
    /// Every text in double quotes, nothing but brackets.
    pub(super) json: bool,
    /// The end of a line.
    pub(super) newline: &'static str,
    /// What one level is indented by.
    pub(super) step: String,
    /// How much further from the edge the dashes of a list are than its key.
    pub(super) dash: usize,
    /// What stands behind a key in brackets.
    pub(super) colon: &'static str,
    /// What stands behind a comma within a line.
    pub(super) gap: &'static str,
    /// What stands inside of `{` and `}` within a line.
    pub(super) pad: &'static str,
    /// Whether JSON is spread over lines.
    pub(super) spread: bool,
    /// Whether lists of names are, too.
    pub(super) spread_lists: bool,
}

impl Default for Habits {
    fn default() -> Self {
        Self {
            json: false,
            newline: "\n",
            step: String::from("  "),
            dash: 2,
            colon: ": ",
            gap: " ",
            pad: " ",
            spread: false,
            spread_lists: false,
        }
    }
}

impl Habits {
    /// The habits seen in what was read.
    pub(super) fn of(sheet: &Sheet<'_>, text: &str, json: bool) -> Self {
        let mut habits = Self { json, ..Self::default() };
        if text.split_once('\n').is_some_and(|(line, _)| line.ends_with('\r')) {
            habits.newline = "\r\n";
        }
        habits.pad = if json { "" } else { habits.pad };
        let root = sheet.held(sheet.root);
        let first = root.and_then(|held| held.items.first()).map(|&item| &sheet.items[item]);
        habits.spread = json && first.is_some_and(|first| first.before.contains('\n'));
        let mut seen = Seen::default();
        for item in sheet.items.iter() {
            habits.learn(sheet, item, &mut seen);
        }
        if json && !seen.gap {
            habits.gap = if habits.colon == ":" { "" } else { " " };
        }
        if let Some(first) = first.filter(|_| habits.spread) {
            habits.step = last_line(&first.before).to_owned();
        }
        habits
    }

    fn learn(&mut self, sheet: &Sheet<'_>, item: &Item<'_>, seen: &mut Seen) {
        let Value::Items(held) = &item.value else { return };
        let child = |at: usize| held.items.get(at).map(|&item| &sheet.items[item]);
        let outer = item.parent.and_then(|parent| sheet.held(parent)).map(|held| held.style);
        match held.style {
            Style::Block { indent } => {
                let Some(Style::Block { indent: outer }) = outer else { return };
                let further = indent.saturating_sub(outer);
                if held.list {
                    first(&mut seen.dash, || self.dash = further);
                } else if further > 0 {
                    first(&mut seen.step, || self.step = " ".repeat(further));
                }
            }
            Style::Flow { .. } => {
                let Some(one) = child(0) else { return };
                let over_lines = one.before.contains('\n');
                if held.list {
                    first(&mut seen.lists, || self.spread_lists = self.spread && over_lines);
                } else {
                    first(&mut seen.colon, || self.colon = if one.mark.ends_with(' ') { ": " } else { ":" });
                    if !over_lines {
                        first(&mut seen.pad, || self.pad = if one.before.is_empty() { "" } else { " " });
                    }
                }
                if let Some(two) = child(1).filter(|_| !over_lines) {
                    first(&mut seen.gap, || self.gap = if two.before.is_empty() { "" } else { " " });
                }
            }
        }
    }
}

/// Which habits were seen already: the first use counts.
#[derive(Default)]
struct Seen {
    step: bool,
    dash: bool,
    colon: bool,
    gap: bool,
    pad: bool,
    lists: bool,
}

fn first(seen: &mut bool, learn: impl FnOnce()) {
    if !std::mem::replace(seen, true) {
        learn();
    }
}

/// What stands behind the last line break.
pub(super) fn last_line(text: &str) -> &str {
    text.rsplit('\n').next().unwrap_or(text)
}
