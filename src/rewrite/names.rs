//! Lists of names where a single one may stand for a list of one: parents, links, who holds a role.

use super::draft::Draft;
use super::habits::last_line;
use super::layout::reindent;
use super::plant::Shape;
use super::read::What;
use super::sheet::{Item, ItemId, Items, Sheet, Style, Text, Value};

impl Sheet<'_> {
    /// What the names below a key say.
    pub(super) fn names(&self, entry: ItemId) -> Vec<&str> {
        match &self.items[entry].value {
            Value::Items(held) => held.items.iter().map(|&item| &*self.items[item].said).collect(),
            Value::Leaf(_) if self.items[entry].said.is_empty() => Vec::new(),
            Value::Leaf(_) => vec![&self.items[entry].said],
        }
    }

    /// Adds a name behind those that are there.
    pub(super) fn add_name(&mut self, entry: ItemId, draft: &Draft) {
        self.make_list(entry);
        let at = self.children(entry).len();
        self.plant(entry, at, "", draft, What::Leaf, Shape::default());
    }

    /// Takes a name out wherever it stands, and the key with the last one. Whether it was there.
    pub(super) fn remove_name(&mut self, entry: ItemId, said: &str, keep: ItemId) -> bool {
        let held = self.children(entry).to_vec();
        if held.is_empty() {
            let meant = !said.is_empty() && *self.items[entry].said == *said;
            if meant {
                self.remove(entry, keep);
            }
            return meant;
        }
        let meant: Vec<ItemId> = held.into_iter().filter(|&item| *self.items[item].said == *said).collect();
        for &item in &meant {
            self.remove(item, keep);
        }
        !meant.is_empty()
    }

    /// Puts another value where a name stands, and takes out where it stands again. Whether it was there.
    pub(super) fn replace_name(&mut self, entry: ItemId, said: &str, draft: &Draft, keep: ItemId) -> bool {
        if self.children(entry).is_empty() {
            let meant = !said.is_empty() && *self.items[entry].said == *said;
            if meant {
                self.set(entry, draft);
                self.items[entry].said = draft.said("subject").into();
            }
            return meant;
        }
        let held = self.children(entry).to_vec();
        let meant: Vec<ItemId> = held.into_iter().filter(|&item| *self.items[item].said == *said).collect();
        let Some((&first, rest)) = meant.split_first() else { return false };
        for &item in rest {
            self.remove(item, keep);
        }
        self.set(first, draft);
        self.items[first].said = draft.said("subject").into();
        true
    }

    /// Makes a list of a single value.
    fn make_list(&mut self, entry: ItemId) {
        let Value::Leaf(leaf) = &self.items[entry].value else { return };
        if self.items[entry].said.is_empty() {
            return;
        }
        let leaf = leaf.to_string();
        let (newline, flow) = (self.habits.newline, self.in_flow(entry));
        let this = &mut self.items[entry];
        let said = std::mem::take(&mut this.said);
        let mut item = Item { parent: Some(entry), said: said.clone(), ..Item::default() };
        let mark = this.mark.to_string();
        let lines = mark.split_once('\n').filter(|_| this.lines);
        let style = if let Some((head, above)) = lines {
            let indent = last_line(above).len();
            let old = " ".repeat(indent);
            this.mark = format!("{head}\n").into();
            item.before = above.to_owned().into();
            item.mark = "- ".into();
            item.value = Value::Leaf(reindent(&leaf, &old, &format!("{old}  "), false).into());
            item.after = std::mem::take(&mut this.after);
            Style::Block { indent }
        } else {
            let sound = leaf.starts_with(['{', '"', '\'']) && !leaf.contains('\n');
            if !flow && this.after.is_empty() {
                // A value on lines of its own took the end of the last with it.
                this.after = newline.into();
            }
            let text = if sound { leaf } else { self.habits.scalar(&said, false, true) };
            item.value = Value::Leaf(text.into());
            Style::Flow { comma: false }
        };
        let id = self.items.push(item);
        self.items[entry].value = Value::Items(Items { list: true, style, items: vec![id], close: Text::default() });
    }

    /// Gives an entry or an element another value.
    pub(super) fn set(&mut self, item: ItemId, draft: &Draft) {
        let (flow, element) = (self.in_flow(item), self.items[item].key.is_empty());
        let dashes = matches!(&self.items[item].value, Value::Leaf(text) if text.starts_with("- "));
        if !element {
            self.lift_comments(item);
        }
        let indent = if flow { self.line_indent(item) } else { " ".repeat(self.indent(item)) };
        let mark = self.items[item].mark.to_string();
        let (mark, text) = match draft {
            Draft::List(drafts) if dashes && !drafts.is_empty() && mark.contains('\n') => {
                let column = last_line(&mark).len();
                (mark, self.habits.lines(draft, column))
            }
            _ if flow && element => (mark, self.habits.flow_text(draft, &indent)),
            _ if flow => {
                let mark = if mark.is_empty() || mark == ":" && !self.habits.json {
                    self.habits.colon.to_owned()
                } else {
                    mark
                };
                (mark, self.habits.flow_text(draft, &indent))
            }
            _ if element => (String::from("- "), self.habits.flow_text(draft, "")),
            _ => {
                let (new, text) = self.habits.block_text(draft, self.indent(item));
                let aligned = !new.contains('\n') && !mark.contains('\n') && mark.ends_with(' ');
                (if aligned { mark } else { new }, text)
            }
        };
        let newline = self.habits.newline;
        let this = &mut self.items[item];
        this.mark = mark.into();
        this.value = Value::Leaf(text.into());
        this.said = draft.said("in").into();
        if !flow && this.after.is_empty() {
            this.after = newline.into();
        }
    }
}
