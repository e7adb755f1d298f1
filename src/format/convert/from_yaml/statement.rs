//! Statements, implications and assertions, from elements of lists.

use super::writer::quoted;
use super::{Converter, entries, tail};
use crate::document::{Entry, Node};
use crate::format::yaml::sheet::{Item, Value};

impl Converter<'_> {
    /// `allow` or `deny`. In a role the key says which, and the permissions may stand alone.
    pub(super) fn statement(&mut self, item: &Item, node: &Node, effect: Option<&str>) {
        self.out.open(item);
        let fields: Vec<(&Item, &Entry)> = entries(&item.value, node).collect();
        if fields.is_empty() {
            self.out.words(&format!("{} {}", effect.unwrap_or_default(), node.text().unwrap_or_default()));
            self.out.close(item);
            return;
        }
        // A comment behind braces stands behind all of it, one behind a dash above.
        let braces = matches!(&item.value, Value::Items(held) if held.flow);
        let (above, behind) = if braces { (None, item.after.as_deref()) } else { (item.after.as_deref(), None) };
        self.out.comment(above);
        self.doc(&fields);
        let is_effect = |key: &str| matches!(key, "allow" | "deny" | "permissions");
        for (item, entry) in fields.iter().filter(|(_, entry)| is_effect(&entry.key.text)) {
            self.out.comments(&item.before);
            let word = effect.unwrap_or(&entry.key.text);
            self.list(&Item { before: Vec::new(), blank: false, ..(*item).clone() }, word, &entry.value, str::to_owned);
        }
        for (item, entry) in fields.iter().filter(|(_, entry)| !is_effect(&entry.key.text) && entry.key.text != "doc") {
            match entry.key.text.as_str() {
                "because" => {
                    self.out.comments(&item.before);
                    self.out.words(&format!("because {}", quoted(&super::said(&entry.value))));
                    self.out.behind(item.after.as_deref());
                }
                key => self.list(&Item { blank: false, ..(*item).clone() }, key, &entry.value, str::to_owned),
            }
        }
        self.out.behind(behind);
        self.out.comments(tail(&item.value));
    }

    /// `implies`.
    pub(super) fn implication(&mut self, item: &Item, node: &Node) {
        self.out.open(item);
        let fields: Vec<(&Item, &Entry)> = entries(&item.value, node).collect();
        if fields.is_empty() {
            self.out.words(&format!("implies {}", node.text().unwrap_or_default()));
            self.out.close(item);
            return;
        }
        self.out.comment(item.after.as_deref());
        for (item, entry) in fields.iter().filter(|(_, entry)| entry.key.text != "when") {
            self.list(&Item { blank: false, ..(*item).clone() }, "implies", &entry.value, str::to_owned);
        }
        for (item, entry) in fields.iter().filter(|(_, entry)| entry.key.text == "when") {
            self.list(&Item { blank: false, ..(*item).clone() }, "when", &entry.value, str::to_owned);
        }
        self.out.comments(tail(&item.value));
    }

    /// `assert`.
    pub(super) fn assertion(&mut self, item: &Item, node: &Node) {
        self.out.open(item);
        let fields: Vec<(&Item, &Entry)> = entries(&item.value, node).collect();
        self.doc(&fields);
        let claim = fields.iter().find(|(_, entry)| entry.key.text == "assert");
        if let Some((item, _)) = claim {
            self.out.comments(&item.before);
        }
        let text = claim.map_or(node, |(_, entry)| &entry.value).text().unwrap_or_default();
        self.out.words(&format!("assert {text}"));
        if let Some((item, _)) = claim {
            self.out.behind(item.after.as_deref());
        }
        if !matches!(item.value, Value::Items(_)) || claim.is_some() {
            self.out.close(item);
        }
    }
}
