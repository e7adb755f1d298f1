//! Types, the context, roles and org policies, from their entries.

use super::writer::{self, quoted};
use super::{Converter, entries, tail};
use crate::document::{Entry, Node, NodeKind, ScalarStyle};
use crate::format::yaml::sheet::{Item, Value};
use crate::schema::parse_duration;

/// An action: the element that holds it as a mapping, its own item, its name and its doc comment.
type Action<'a> = (Option<&'a Item>, Option<&'a Item>, &'a str, Option<&'a str>);

/// The fields of an entry with their comments.
type Field<'a> = (&'a Item, &'a Entry);

impl Converter<'_> {
    /// A declaration up to its braces, with what is written into them.
    fn declaration(
        &mut self,
        item: &Item,
        entry: &Entry,
        head: &str,
        is_clause: fn(&str) -> bool,
        clause: impl Fn(&mut Self, &Item, &Entry),
        member: impl Fn(&mut Self, &Item, &Entry),
    ) {
        self.separate();
        self.out.open(item);
        let fields: Vec<Field<'_>> = entries(&item.value, &entry.value).collect();
        self.doc(&fields);
        self.out.words(head);
        let key = |(_, entry): &Field<'_>| entry.key.text.clone();
        for (item, entry) in fields.iter().filter(|field| is_clause(&key(field))) {
            clause(self, item, entry);
        }
        let members: Vec<&Field<'_>> =
            fields.iter().filter(|field| !is_clause(&key(field)) && !is_said(&key(field))).collect();
        let comments = tail(&item.value);
        let braces = !members.is_empty() || !comments.is_empty();
        if braces {
            self.out.words("{");
        }
        self.out.behind(item.after.as_deref());
        if !braces {
            return;
        }
        for (item, entry) in members {
            member(self, item, entry);
        }
        self.out.comments(comments);
        self.out.words("}");
    }

    /// The doc comment among fields, with the comments around it.
    pub(super) fn doc(&mut self, fields: &[Field<'_>]) {
        for (item, entry) in fields.iter().filter(|(_, entry)| entry.key.text == "doc") {
            self.out.comments(&item.before);
            self.out.comment(item.after.as_deref());
            self.out.doc(entry.value.text());
        }
    }

    /// A type.
    pub(super) fn type_decl(&mut self, item: &Item, entry: &Entry) {
        self.declaration(
            item,
            entry,
            &format!("type {}", entry.key.text),
            |key| matches!(key, "in" | "acts as"),
            |this, item, entry| this.list(item, &entry.key.text, &entry.value, str::to_owned),
            |this, item, entry| match entry.key.text.as_str() {
                "attributes" => {
                    this.each_entry(item, &entry.value, |this, item, entry| this.attribute(item, entry, ""))
                }
                "settings" => {
                    this.each_entry(item, &entry.value, |this, item, entry| this.attribute(item, entry, "setting "));
                }
                "actions" => this.actions(item, &entry.value),
                // `unique`, `create by` and its like.
                key => this.list(item, key, &entry.value, str::to_owned),
            },
        );
    }

    /// `NAME: TYPE`, also from a mapping with `type` and `doc`.
    fn attribute(&mut self, item: &Item, entry: &Entry, word: &str) {
        self.out.open(item);
        let fields: Vec<Field<'_>> = entries(&item.value, &entry.value).collect();
        self.doc(&fields);
        let ty = fields.iter().find(|(_, field)| field.key.text == "type");
        let text = ty.map_or(&entry.value, |(_, field)| &field.value).text().unwrap_or_default();
        if let Some((item, _)) = ty {
            self.out.comments(&item.before);
        }
        self.out.words(&format!("{word}{}: {text}", entry.key.text));
        self.out.behind(item.after.as_deref());
        if let Some((item, _)) = ty {
            self.out.behind(item.after.as_deref());
        }
        self.out.comments(tail(&item.value));
    }

    /// Names in a list or in a mapping, documented or not.
    fn actions(&mut self, item: &Item, node: &Node) {
        let mut names: Vec<Action<'_>> = Vec::new();
        let mut held: Vec<&Item> = Vec::new();
        match (&item.value, &node.kind) {
            (_, NodeKind::Mapping(_)) => {
                names.extend(
                    entries(&item.value, node)
                        .map(|(item, entry)| (None, Some(item), entry.key.text.as_str(), entry.value.text())),
                );
            }
            (Value::Items(items), NodeKind::Sequence(nodes)) => {
                for (item, node) in items.items.iter().zip(nodes) {
                    let Some(text) = node.text() else {
                        let mut outer = Some(item);
                        names.extend(entries(&item.value, node).map(|(item, entry)| {
                            (outer.take(), Some(item), entry.key.text.as_str(), entry.value.text())
                        }));
                        held.push(item);
                        continue;
                    };
                    names.push((None, Some(item), text, None));
                }
            }
            _ => names.extend(node.text().map(|text| (None, None, text, None))),
        }
        self.out.open(item);
        if names.is_empty() {
            self.out.close(item);
            return;
        }
        self.out.words("actions");
        if !matches!(item.value, Value::Scalar(_)) {
            self.out.behind(item.after.as_deref());
        }
        let last = names.len() - 1;
        for (at, (outer, own, name, doc)) in names.into_iter().enumerate() {
            for item in outer.into_iter().chain(own) {
                self.out.open(item);
            }
            self.out.comment(outer.and_then(|item| item.after.as_deref()));
            self.out.doc(doc);
            self.out.words(&format!("{name}{}", if at < last { "," } else { "" }));
            if let Some(item) = own {
                self.out.close(item);
            }
        }
        for item in held {
            self.out.comments(tail(&item.value));
        }
        if matches!(item.value, Value::Scalar(_)) {
            self.out.behind(item.after.as_deref());
        }
        self.out.comments(tail(&item.value));
    }

    /// `context { … }`.
    pub(super) fn context(&mut self, item: &Item, node: &Node) {
        self.separate();
        self.out.open(item);
        self.out.words("context {");
        self.out.behind(item.after.as_deref());
        for (item, entry) in entries(&item.value, node) {
            self.attribute(item, entry, "");
        }
        self.out.comments(tail(&item.value));
        self.out.words("}");
    }

    /// A role. `open` and `custom` come before its name.
    pub(super) fn role(&mut self, item: &Item, entry: &Entry) {
        let fields: Vec<Field<'_>> = entries(&item.value, &entry.value).collect();
        let value = |key: &str| fields.iter().find(|(_, entry)| entry.key.text == key).map(|(_, entry)| &entry.value);
        let says = |key: &str| value(key).and_then(Node::text);
        let mut head = String::new();
        if let Some(condition) = says("open when") {
            head.push_str(&format!("open when {condition}\n"));
        } else if says("open") == Some("true") {
            head.push_str("open ");
        }
        if says("custom") == Some("true") {
            head.push_str("custom ");
        }
        head.push_str(&format!("role {}", entry.key.text));
        self.declaration(
            item,
            entry,
            &head,
            is_role_clause,
            |this, item, entry| match entry.key.text.as_str() {
                // Said before the name; what is left are the comments.
                "open" | "open when" | "custom" => {
                    this.out.open(item);
                    this.out.comment(item.after.as_deref());
                    this.out.comments(tail(&item.value));
                }
                "in" => this.list(item, "in", &entry.value, writer::entity),
                key => this.list(item, key, &entry.value, str::to_owned),
            },
            |this, item, entry| match entry.key.text.as_str() {
                key @ ("allow" | "deny") => {
                    this.each(item, &entry.value, |this, item, node| this.statement(item, node, Some(key)));
                }
                "implies" => this.each(item, &entry.value, Self::implication),
                key => this.list(item, key, &entry.value, str::to_owned),
            },
        );
    }

    /// An org policy.
    pub(super) fn policy(&mut self, item: &Item, entry: &Entry) {
        let braces = !entries(&item.value, &entry.value)
            .any(|(_, entry)| !is_said(&entry.key.text) && entry.key.text != "in")
            && tail(&item.value).is_empty();
        self.declaration(
            item,
            entry,
            &format!("policy {}", entry.key.text),
            |key| key == "in",
            |this, item, entry| this.list(item, "in", &entry.value, writer::entity),
            |this, item, entry| match entry.key.text.as_str() {
                "settings" => this.each_entry(item, &entry.value, Self::setting_value),
                _ => this.each(item, &entry.value, |this, item, node| this.statement(item, node, None)),
            },
        );
        // Other than a role it must have them.
        if braces {
            self.out.words("{ }");
        }
    }

    fn setting_value(&mut self, item: &Item, entry: &Entry) {
        self.out.open(item);
        let text = self.wants_text(&entry.key.text);
        // Values of several lines are written with their comments around.
        if let Value::Items(held) = &item.value {
            for item in &held.items {
                self.out.open(item);
                self.out.comment(item.after.as_deref());
            }
            self.out.comments(&held.tail);
        }
        self.out.words(&format!("{} = {}", entry.key.text, literal(&entry.value, text)));
        self.out.behind(item.after.as_deref());
    }

    /// A keyword and its values with commas between; nothing where there is none.
    pub(super) fn list(&mut self, item: &Item, word: &str, node: &Node, write: impl Fn(&str) -> String) {
        self.out.open(item);
        let nodes = node.one_or_many();
        let held = match &item.value {
            Value::Items(held) => held.items.as_slice(),
            _ => std::slice::from_ref(item),
        };
        if nodes.is_empty() {
            self.out.close(item);
            return;
        }
        self.out.words(word);
        let alone = !matches!(item.value, Value::Items(_));
        // A comment behind elements on one line stands behind the last of them.
        let on_one_line = held.iter().all(|item| item.before.is_empty() && item.after.is_none());
        if !alone && !on_one_line {
            self.out.behind(item.after.as_deref());
        }
        for (at, (item, node)) in held.iter().zip(nodes).enumerate() {
            if !alone {
                self.out.open(item);
            }
            let comma = if at + 1 < nodes.len() { "\n," } else { "" };
            self.out.words(&format!("{}{comma}", write(node.text().unwrap_or_default())));
            self.out.behind(item.after.as_deref());
        }
        if !alone && on_one_line {
            self.out.behind(item.after.as_deref());
        }
        self.out.comments(tail(&item.value));
    }
}

/// Whether a field is written somewhere else than in its place.
fn is_said(key: &str) -> bool {
    key == "doc"
}

fn is_role_clause(key: &str) -> bool {
    !matches!(key, "doc" | "allow" | "deny" | "implies" | "without")
}

/// A value as policy text writes it. Where it is not known which type is wanted, what reads as a number, a truth value or a
/// duration is one.
fn literal(node: &Node, text: Option<bool>) -> String {
    match &node.kind {
        NodeKind::Sequence(nodes) => {
            let values: Vec<String> = nodes.iter().map(|node| literal(node, text)).collect();
            format!("[{}]", values.join(", "))
        }
        NodeKind::Scalar(scalar) => {
            let said = scalar.text.as_str();
            let bare =
                matches!(said, "true" | "false") || said.parse::<i64>().is_ok() || parse_duration(said).is_some();
            let wants_text = text.unwrap_or(!bare) || scalar.style != ScalarStyle::Plain;
            if wants_text { quoted(said) } else { said.to_owned() }
        }
        NodeKind::Null | NodeKind::Mapping(_) => String::new(),
    }
}
