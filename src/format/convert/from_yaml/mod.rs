//! A YAML policy as policy text.
//!
//! What is written here need not look well: it is laid out afterwards. Every piece has lines of its own, so that comments
//! can stand anywhere between.

mod body;
mod statement;
mod writer;

use super::SettingTypes;
use crate::document;
use crate::document::{Entry, Node, ScalarStyle};
use crate::format::yaml::read;
use crate::format::yaml::sheet::{Comment, Item, Items, Value};
use crate::source::FileId;
use crate::syntax::ast::{Item as Declaration, PolicyFile, TypeExpr, TypeExprKind};
use writer::Writer;

/// A YAML policy as policy text; nothing where it cannot be read.
pub(super) fn dsl(file: FileId, text: &str, tree: &PolicyFile, settings: SettingTypes<'_>) -> Option<String> {
    let read = document::parse(file, text);
    let node = read.node.as_ref()?;
    let document = read::document(text, Some(node));
    let mut converter = Converter { out: Writer::default(), tree, settings, apart: true, loose: true };
    converter.out.comments(document.marked.as_deref().unwrap_or_default());
    converter.out.comments(&document.root.before);
    converter.out.comment(document.root.after.as_deref());
    for (item, entry) in entries(&document.root.value, node) {
        converter.section(item, entry);
    }
    if let Value::Items(held) = &document.root.value {
        converter.out.comments(&held.tail);
    }
    converter.out.comments(&document.tail);
    Some(converter.out.finish())
}

/// What policy text is written from.
struct Converter<'a> {
    out: Writer,
    tree: &'a PolicyFile,
    settings: SettingTypes<'a>,
    /// Whether an empty line stands before the next declaration.
    apart: bool,
    /// Whether one stands before each in this section, as YAML has none there.
    loose: bool,
}

impl Converter<'_> {
    /// The type of a setting's value, where it is known.
    fn setting_type(&self, name: &str) -> Option<TypeExpr> {
        let own = self.tree.items.iter().find_map(|item| match item {
            Declaration::Type(decl) => decl.settings.iter().find(|setting| setting.name.value == name),
            _ => None,
        });
        own.map(|setting| setting.ty.clone()).or_else(|| (self.settings)(name))
    }

    /// Whether a setting's values, or their elements, are texts to policy text.
    fn wants_text(&self, name: &str) -> Option<bool> {
        let mut ty = self.setting_type(name)?;
        while let TypeExprKind::Set(element) = ty.kind.value {
            ty = *element;
        }
        Some(match &ty.kind.value {
            TypeExprKind::Named(name) => !matches!(name.as_str(), "bool" | "int" | "duration"),
            _ => true,
        })
    }

    /// An empty line before a declaration: before the first of a section, and before others where the section has none
    /// between its own.
    fn separate(&mut self) {
        if self.apart || self.loose {
            self.out.separate();
        }
        self.apart = false;
    }

    fn section(&mut self, item: &Item, entry: &Entry) {
        self.apart = true;
        self.loose = match &item.value {
            Value::Items(held) => !held.items.iter().skip(1).any(is_apart),
            _ => true,
        };
        let key = entry.key.text.as_str();
        // What is said of a section is not said of the declaration before it.
        let said = !item.before.is_empty() || item.after.is_some();
        if said && matches!(key, "types" | "context" | "roles" | "rules" | "policies" | "asserts") {
            self.out.separate();
        }
        match key {
            "package" => {
                self.out.open(item);
                self.out.words(&format!("package {}", entry.value.text().unwrap_or_default()));
                self.out.close(item);
            }
            "imports" => self.each(item, &entry.value, |this, item, node| {
                this.out.open(item);
                this.out.words(&format!("import {}", writer::quoted(node.text().unwrap_or_default())));
                this.out.close(item);
            }),
            "types" => self.each_entry(item, &entry.value, Self::type_decl),
            "context" => self.context(item, &entry.value),
            "roles" if entry.value.sequence().is_some() => self.each(item, &entry.value, |this, item, node| {
                this.separate();
                // Each is a mapping of its own, with its empty line before it already.
                let loose = std::mem::replace(&mut this.loose, false);
                this.each_entry(item, node, Self::role);
                this.loose = loose;
            }),
            "roles" => self.each_entry(item, &entry.value, Self::role),
            "rules" => self.each(item, &entry.value, |this, item, node| {
                this.separate();
                this.statement(item, node, None);
            }),
            "policies" => self.each_entry(item, &entry.value, Self::policy),
            "asserts" => {
                self.out.separate();
                self.each(item, &entry.value, Self::assertion);
            }
            // What only YAML says.
            _ => {
                self.out.open(item);
                self.out.close(item);
            }
        }
    }

    /// Each element of a list, or the one that stands for it, between the comments of the list.
    fn each(&mut self, item: &Item, node: &Node, mut write: impl FnMut(&mut Self, &Item, &Node)) {
        match (&item.value, node.sequence()) {
            (Value::Items(held), Some(nodes)) => {
                self.out.open(item);
                self.out.comment(item.after.as_deref());
                for (item, node) in held.items.iter().zip(nodes) {
                    write(self, item, node);
                }
                self.out.comments(&held.tail);
            }
            _ if node.is_null() => {
                self.out.open(item);
                self.out.close(item);
            }
            _ => write(self, item, node),
        }
    }

    /// Each entry of a mapping between its comments.
    fn each_entry(&mut self, item: &Item, node: &Node, mut write: impl FnMut(&mut Self, &Item, &Entry)) {
        self.out.open(item);
        self.out.comment(item.after.as_deref());
        for (item, entry) in entries(&item.value, node) {
            write(self, item, entry);
        }
        self.out.comments(tail(&item.value));
    }
}

/// Whether an empty line stands before an item.
fn is_apart(item: &Item) -> bool {
    item.before.first().map_or(item.blank, |comment| comment.blank)
}

/// The entries of a mapping with their comments.
fn entries<'a>(value: &'a Value, node: &'a Node) -> impl Iterator<Item = (&'a Item, &'a Entry)> + use<'a> {
    let items = match value {
        Value::Items(Items { items, .. }) => items.as_slice(),
        _ => &[],
    };
    items.iter().zip(node.mapping().unwrap_or_default())
}

/// The comments at the end of what an item holds.
fn tail(value: &Value) -> &[Comment] {
    match value {
        Value::Items(held) => &held.tail,
        Value::Null(_, comments) => comments,
        _ => &[],
    }
}

/// What a text for people says: what stands in quotes says all that is in them.
fn said(node: &Node) -> String {
    match node.scalar() {
        Some(scalar) if scalar.style == ScalarStyle::Quoted => scalar.text.clone(),
        Some(scalar) => scalar.text.trim().to_owned(),
        None => String::new(),
    }
}
