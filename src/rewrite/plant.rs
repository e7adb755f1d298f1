//! Putting new items in, written like those beside them.

use super::draft::Draft;
use super::habits::last_line;
use super::layout::blank_lines;
use super::read::What;
use super::sheet::{Item, ItemId, Items, Sheet, Style, Text, Value};

/// How a new value is to be held together, where what stands around it leaves the choice.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Shape {
    /// In brackets, though it could stand on lines of its own.
    pub(super) flow: bool,
    /// Names with a dash each.
    pub(super) dashes: bool,
}

impl Sheet<'_> {
    /// Adds an item to the value of `parent`, which becomes a mapping or list if it is nothing yet: at position `at`, with
    /// a key unless it is an element.
    pub(super) fn plant(
        &mut self,
        parent: ItemId,
        at: usize,
        name: &str,
        draft: &Draft,
        what: What,
        shape: Shape,
    ) -> ItemId {
        self.open(parent, name.is_empty());
        self.put(parent, at, name, draft, what, shape)
    }

    /// Adds an item to a mapping or a list.
    fn put(&mut self, parent: ItemId, at: usize, name: &str, draft: &Draft, what: What, shape: Shape) -> ItemId {
        let list = name.is_empty();
        let flow = !matches!(self.held(parent).map(|held| held.style), Some(Style::Block { .. }));
        let before = if flow { self.make_room(parent, at) } else { self.indentation(parent, at, name) };
        let mut item = Item { parent: Some(parent), before: before.into(), name: name.into(), ..Item::default() };
        item.said = match what {
            What::Names => draft.said("subject").into(),
            _ if list => draft.said("subject").into(),
            _ => draft.said("in").into(),
        };
        if list {
            item.mark = if flow { Text::default() } else { "- ".into() };
        } else {
            item.key = self.habits.key(name, flow).into();
        }
        if !flow {
            item.after = self.habits.newline.into();
        }
        let id = self.items.push(item);
        if let Some(held) = self.held_mut(parent) {
            held.items.insert(at.min(held.items.len()), id);
        }
        self.fill(id, draft, what, shape);
        self.settle(parent, at);
        id
    }

    /// Gives a new item its value, on the line of its key where nothing else is said.
    fn fill(&mut self, item: ItemId, draft: &Draft, what: What, shape: Shape) {
        let list = self.items[item].name.is_empty();
        let flow = self.in_flow(item);
        let colon = if flow { self.habits.colon } else { ": " };
        let parts: Option<Vec<(&str, &Draft)>> = match (draft, what) {
            (_, What::Leaf) => None,
            (Draft::Map(entries), What::Top | What::Entity | What::Roles | What::Entries | What::Line) => {
                Some(entries.iter().map(|(key, draft)| (key.as_str(), draft)).collect())
            }
            (Draft::List(drafts), What::Names) => Some(drafts.iter().map(|draft| ("", draft)).collect()),
            _ => None,
        };
        let Some(parts) = parts else {
            let (mark, text) = if flow {
                (colon.to_owned(), self.habits.flow_text(draft, &self.line_indent(item)))
            } else if list {
                (String::from("- "), self.habits.flow_text(draft, ""))
            } else {
                self.habits.block_text(draft, self.indent(item))
            };
            if !list {
                self.items[item].mark = mark.into();
            }
            self.items[item].value = Value::Leaf(text.into());
            return;
        };
        let is_list = matches!(draft, Draft::List(_));
        let block = !flow && !parts.is_empty() && !shape.flow && (!is_list || shape.dashes);
        let style = if block {
            let further = if is_list { self.habits.dash } else { self.habits.step.len() };
            self.items[item].mark = format!(":{}", self.habits.newline).into();
            self.items[item].after = Text::default();
            Style::Block { indent: self.indent(item) + further }
        } else {
            if !list {
                self.items[item].mark = colon.into();
            }
            Style::Flow { comma: false }
        };
        self.items[item].value =
            Value::Items(Items { list: is_list, style, items: Vec::new(), close: Text::default() });
        for (at, (name, draft)) in parts.into_iter().enumerate() {
            self.put(item, at, name, draft, what.below(name), Shape { flow: false, ..shape });
        }
    }

    /// Makes a mapping or list of a value that is nothing, or of empty brackets where a block has its place.
    pub(super) fn open(&mut self, item: ItemId, list: bool) {
        let flow = self.in_flow(item);
        let further = if list { self.habits.dash } else { self.habits.step.len() };
        let style = if flow || list {
            Style::Flow { comma: false }
        } else {
            Style::Block { indent: self.indent(item) + further }
        };
        let empty = match &self.items[item].value {
            Value::Leaf(_) => true,
            Value::Items(held) => {
                let brackets = matches!(held.style, Style::Flow { .. });
                brackets
                    && !matches!(style, Style::Flow { .. })
                    && held.items.is_empty()
                    && held.close.trim().is_empty()
            }
        };
        if !empty {
            return;
        }
        self.lift_comments(item);
        let (colon, newline) = (if flow { self.habits.colon } else { ": " }, self.habits.newline);
        let this = &mut self.items[item];
        this.value = Value::Items(Items { list, style, items: Vec::new(), close: Text::default() });
        if matches!(style, Style::Block { .. }) {
            let after = std::mem::take(&mut this.after);
            this.mark = format!(":{}", if after.is_empty() { newline } else { &*after }).into();
        } else {
            this.mark = colon.into();
        }
    }

    /// Moves comments from between a key and its value to above the key.
    pub(super) fn lift_comments(&mut self, item: ItemId) {
        if !self.items[item].mark.contains('#') || self.in_flow(item) {
            return;
        }
        let indent = " ".repeat(self.indent(item));
        let this = &mut self.items[item];
        let mark = std::mem::replace(&mut this.mark, ": ".into());
        let comments =
            mark.split('\n').map(|line| line.trim_matches([':', ' ', '\t', '\r'])).filter(|line| line.starts_with('#'));
        let newline = self.habits.newline;
        let lines: String = comments.map(|comment| format!("{comment}{newline}{indent}")).collect();
        this.before.to_mut().push_str(&lines);
    }

    /// What a new item of a block is preceded by: an empty line, where those beside it are, and its indentation.
    pub(super) fn indentation(&self, parent: ItemId, at: usize, name: &str) -> String {
        let Some(held) = self.held(parent) else { return String::new() };
        let Style::Block { indent } = held.style else { return String::new() };
        let neighbour = at.checked_sub(1).and_then(|before| held.items.get(before)).map(|&item| &self.items[item]);
        let entities = name.contains(':') || parent == self.root;
        let apart =
            entities && neighbour.is_some_and(|item| item.name.contains(':') && !blank_lines(&item.before).is_empty());
        format!("{}{}", if apart { self.habits.newline } else { "" }, " ".repeat(indent))
    }

    /// The indentation of the line that an item in brackets begins on.
    pub(super) fn line_indent(&self, item: ItemId) -> String {
        let mut at = Some(item);
        while let Some(item) = at {
            let this = &self.items[item];
            if this.before.contains('\n') {
                return last_line(&this.before).to_owned();
            }
            let block = this
                .parent
                .and_then(|parent| self.held(parent))
                .is_some_and(|held| matches!(held.style, Style::Block { .. }));
            if block {
                return " ".repeat(self.indent(item));
            }
            at = this.parent;
        }
        String::new()
    }

    /// What a new item in brackets is preceded by; the one it comes before, and the bracket that closes them, are moved to
    /// fit. Only those beside it are looked at: a line may hold thousands.
    pub(super) fn make_room(&mut self, parent: ItemId, at: usize) -> String {
        if self.children(parent).is_empty() {
            return self.make_first(parent);
        }
        let before = |at: usize| self.children(parent).get(at).map(|&item| &*self.items[item].before);
        let on_lines = |at: usize| before(at).filter(|text| text.contains('\n'));
        let line = at.checked_sub(1).and_then(on_lines).or_else(|| on_lines(at));
        if let Some(line) = line {
            return format!("{}{}", self.habits.newline, last_line(line));
        }
        let within_line = |text: &&str| text.trim().is_empty() && !text.contains('\n');
        let between = before(1).filter(within_line).unwrap_or(self.habits.gap).to_owned();
        match self.children(parent).first() {
            Some(&first) if at == 0 => std::mem::replace(&mut self.items[first].before, between.into()).into_owned(),
            _ => between,
        }
    }

    /// The same for the first item between its brackets.
    fn make_first(&mut self, parent: ItemId) -> String {
        let habits = &self.habits;
        let list = self.held(parent).is_some_and(|held| held.list);
        let spread = if list { habits.spread_lists } else { habits.spread };
        let (before, close) = if spread {
            let line = format!("{}{}", habits.newline, self.line_indent(parent));
            (format!("{line}{}", habits.step), line)
        } else {
            let pad = if list { "" } else { habits.pad };
            (pad.to_owned(), pad.to_owned())
        };
        if let Some(held) = self.held_mut(parent).filter(|held| held.close.trim().is_empty()) {
            held.close = close.into();
        }
        before
    }
}
