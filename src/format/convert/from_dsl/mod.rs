//! Policy text as YAML.
//!
//! Every piece of the grammar becomes an item; comments go with the tokens that they stand beside. Those of the tokens that
//! YAML has no place for, such as a brace, go to the item that the tokens belong to.

mod body;
mod roles;
mod source;
mod statement;
mod types;

use crate::format::yaml::print;
use crate::format::yaml::sheet::{Comment, Document, Item, Items, Value};
use crate::syntax::dsl::grammar::{self, Piece, Rule};
use source::{Source, inner};

/// Policy text as YAML; nothing where it cannot be read.
pub(super) fn yaml(text: &str) -> Option<String> {
    let file = grammar::read(Rule::file, text).ok()?.next()?;
    let mut source = Source::of(text, &file);
    let mut document = Document::default();
    let mut sections = Sections::default();
    let mut head = Items::default();
    head.items.push(Item { before: source.head(), ..entry("rolebook", plain("1")) });
    for piece in inner(&file) {
        source.declaration(&piece, &mut head, &mut sections);
    }
    head.items
        .extend(sections.0.into_iter().map(|(key, items)| Item { blank: true, ..entry(key, Value::Items(items)) }));
    document.root.value = Value::Items(head);
    document.tail = source.rest();
    Some(print::print(&document))
}

/// The sections of a file, in the order in which they come up.
#[derive(Default)]
struct Sections(Vec<(&'static str, Items)>);

impl Sections {
    fn add(&mut self, key: &'static str, list: bool, mut item: Item) {
        let at = match self.0.iter().position(|(known, _)| *known == key) {
            Some(at) => at,
            None => {
                self.0.push((key, Items { list, ..Items::default() }));
                self.0.len() - 1
            }
        };
        if let Some((_, items)) = self.0.get_mut(at) {
            // What stands first stands right below the key.
            if items.items.is_empty() {
                item.blank = false;
            }
            items.items.push(item);
        }
    }
}

impl<'t> Source<'t> {
    fn declaration(&mut self, piece: &Piece<'t>, head: &mut Items, sections: &mut Sections) {
        match piece.as_rule() {
            Rule::package => {
                let name = self.child(piece, Rule::package_name);
                let item = self.field(piece, "package", scalar(&name));
                head.items.push(item);
            }
            Rule::import => {
                let path = self.string(piece);
                let item = self.element(piece, scalar(&path));
                sections.add("imports", true, item);
            }
            Rule::type_decl => {
                let item = self.type_decl(piece);
                sections.add("types", false, item);
            }
            Rule::context_decl => {
                let mut item = self.context(piece);
                let comments = std::mem::take(&mut item.before);
                if let Value::Items(fields) = item.value {
                    sections.0.push(("context", fields));
                }
                // The section is the declaration.
                if let Some((_, fields)) = sections.0.last_mut() {
                    match fields.items.first_mut() {
                        Some(first) => first.before.splice(0..0, comments).for_each(drop),
                        None => fields.tail.splice(0..0, comments).for_each(drop),
                    }
                    fields.tail.extend(item.after.map(|text| Comment { text, blank: false }));
                }
            }
            Rule::role_decl => {
                let item = self.role(piece);
                let known = |(key, items): &(&str, Items)| {
                    *key == "roles" && items.items.iter().any(|held| held.key == item.key)
                };
                if sections.0.iter().any(known) {
                    sections.split_roles();
                }
                sections.add_role(item);
            }
            Rule::statement => {
                let item = self.rule(piece);
                sections.add("rules", true, item);
            }
            Rule::policy_decl => {
                let item = self.policy(piece);
                sections.add("policies", false, item);
            }
            Rule::assert_decl => {
                let item = self.assertion(piece);
                sections.add("asserts", true, item);
            }
            _ => {}
        }
    }
}

impl Sections {
    /// Makes the roles a list of mappings: two organizations may use one name, and a mapping holds it once.
    fn split_roles(&mut self) {
        for (_, items) in self.0.iter_mut().filter(|(key, items)| *key == "roles" && !items.list) {
            let roles = std::mem::take(&mut items.items);
            items.list = true;
            items.items = roles.into_iter().map(one_by_one).collect();
        }
    }

    fn add_role(&mut self, item: Item) {
        let listed = self.0.iter().any(|(key, items)| *key == "roles" && items.list);
        let item = if listed { one_by_one(item) } else { item };
        self.add("roles", listed, item);
    }
}

/// An element that is a mapping of one entry.
fn one_by_one(mut entry: Item) -> Item {
    let before = std::mem::take(&mut entry.before);
    let blank = std::mem::take(&mut entry.blank);
    Item { before, blank, value: Value::Items(Items { items: vec![entry], ..Items::default() }), ..Item::default() }
}

/// An entry of a mapping.
fn entry(key: &str, value: Value) -> Item {
    Item { key: Some(crate::document::written::yaml(key, false, false)), value, ..Item::default() }
}

/// A value as it stands.
fn plain(text: &str) -> Value {
    Value::Scalar(vec![text.to_owned()])
}

/// A text, in quotes where it needs them.
fn scalar(text: &str) -> Value {
    plain(&crate::document::written::yaml(text, false, false))
}

/// A text for people: in a block where it has several lines.
fn prose(text: &str) -> Value {
    let lines: Vec<String> = text.split('\n').map(str::to_owned).collect();
    let fit = |line: &String| !line.starts_with([' ', '\t']) && !line.ends_with(char::is_whitespace);
    let hidden = text.chars().any(|c| c.is_control() && c != '\n' || matches!(c, '\u{2028}' | '\u{2029}' | '\u{85}'));
    let ends = lines.first().is_some_and(|line| !line.is_empty()) && lines.last().is_some_and(|line| !line.is_empty());
    if lines.len() > 1 && ends && !hidden && lines.iter().all(fit) {
        return Value::Block(String::from("|-"), lines);
    }
    scalar(text)
}

/// One value, or several in brackets.
fn one_or_many(mut items: Vec<Item>) -> Value {
    let alone = items.len() == 1 && items.iter().all(|item| item.before.is_empty() && item.after.is_none());
    match items.pop() {
        Some(only) if alone => only.value,
        last => {
            items.extend(last);
            Value::Items(Items { list: true, flow: true, items, tail: Vec::new() })
        }
    }
}
