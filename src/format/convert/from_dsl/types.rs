//! Types and the context as entries of their sections.

use super::body::{Body, own_line};
use super::source::{Comments, Source, all, inner, range};
use super::{Comment, Item, Items, Value, entry, plain, prose, scalar};
use crate::syntax::dsl::grammar::{Piece, Rule};

impl<'t> Source<'t> {
    /// A type.
    pub(super) fn type_decl(&mut self, piece: &Piece<'t>) -> Item {
        let Some(head) = inner(piece).into_iter().next() else { return Item::default() };
        let mut body = Body::of(self.take(range(&head), true));
        let mut closing = Comments::default();
        for part in inner(piece) {
            match part.as_rule() {
                Rule::in_types => {
                    let parents = self.listed(&part, &all(&part, Rule::parent));
                    body.add(self.rest_of(&part, "in", parents));
                }
                Rule::acts_as => {
                    let name = scalar(&self.child(&part, Rule::attribute_name));
                    body.add(self.field(&part, "acts as", name));
                }
                Rule::type_body => {
                    self.open_brace(&part, &mut body);
                    for member in inner(&part) {
                        self.type_member(&member, &mut body);
                    }
                    closing = self.close_brace(&part);
                }
                _ => {}
            }
        }
        let name = self.child(&head, Rule::type_name);
        body.finish(Some(&name), closing)
    }

    fn type_member(&mut self, piece: &Piece<'t>, body: &mut Body) {
        match piece.as_rule() {
            Rule::attribute => {
                let item = self.attribute(piece, Rule::attribute_name);
                body.join("attributes", false, false, vec![item]);
            }
            Rule::setting => {
                let item = self.attribute(piece, Rule::setting_name);
                body.join("settings", false, false, vec![item]);
            }
            Rule::unique => {
                let mut names = self.elements_of(piece, all(piece, Rule::attribute_name));
                let Comments { before, .. } = self.take(range(piece), false);
                if body.held("unique").is_some() {
                    if let Some(first) = names.first_mut() {
                        first.before.splice(0..0, before);
                    }
                    body.join("unique", true, true, names);
                } else {
                    let names = Items { list: true, flow: true, items: names, tail: Vec::new() };
                    body.add(Item { before, ..entry("unique", Value::Items(names)) });
                }
            }
            Rule::actions => self.actions(piece, body),
            Rule::change => {
                let key = format!("{} by", self.child(piece, Rule::change_kind));
                let by = self.listed(piece, &all(piece, Rule::permission));
                let item = self.rest_of(piece, &key, by);
                body.add(item);
            }
            _ => {}
        }
    }

    /// `NAME: TYPE`, with its doc comment beside the type.
    fn attribute(&mut self, piece: &Piece<'t>, name: Rule) -> Item {
        let key = self.child(piece, name);
        let parts: Vec<String> = inner(piece)
            .iter()
            .skip_while(|part| part.as_rule() != Rule::colon)
            .skip(1)
            .map(|part| self.flat(part))
            .collect();
        let comments = self.take(range(piece), true);
        self.documented(&key, comments, "type", &parts.join(" "))
    }

    fn documented(&self, key: &str, comments: Comments, field: &str, text: &str) -> Item {
        let Comments { before, after, blank, doc } = comments;
        let value = match doc {
            Some(doc) => {
                let items = vec![entry(field, scalar(text)), entry("doc", prose(&doc))];
                Value::Items(Items { items, ..Items::default() })
            }
            None => scalar(text),
        };
        Item { before, after, blank, ..entry(key, value) }
    }

    /// Names in a list; in a mapping where one has a doc comment.
    fn actions(&mut self, piece: &Piece<'t>, body: &mut Body) {
        let mut items = Vec::new();
        let mut lead = None;
        let mut pending = Vec::new();
        for part in inner(piece) {
            match part.as_rule() {
                Rule::kw_actions => {
                    let Comments { before, after, doc, .. } = self.take(range(&part), true);
                    pending = before;
                    pending.extend(after.map(|text| Comment { text, blank: false }));
                    lead = doc;
                }
                Rule::action_name => {
                    let name = self.flat(&part);
                    let Comments { mut before, after, blank, doc } = self.take(range(&part), true);
                    before.splice(0..0, pending.drain(..));
                    let lead: Option<String> = lead.take();
                    let doc = match (doc, lead) {
                        // A name with a doc comment of its own leaves that of the keyword without anything to document.
                        (Some(doc), Some(lead)) => {
                            before.splice(0..0, lead.split('\n').map(|line| own_line(format!("## {line}"))));
                            Some(doc)
                        }
                        (doc, lead) => doc.or(lead),
                    };
                    let value = doc.map_or_else(Value::default, |doc| prose(&doc));
                    items.push(Item { before, after, blank, ..entry(&name, value) });
                }
                // The comma's comments are those of the name before it.
                _ => {
                    let Comments { before, after, .. } = self.take(range(&part), false);
                    if let Some(last) = items.last_mut() {
                        if last.after.is_none() { last.after = after } else { pending.extend(after.map(own_line)) }
                    }
                    pending.extend(before);
                }
            }
        }
        if let Some(last) = items.last_mut() {
            last.before.append(&mut pending);
        }
        let Some(known) = body.held("actions") else {
            body.add(entry("actions", Value::Items(actions(items))));
            return;
        };
        if let Value::Items(held) = known {
            let before = std::mem::take(&mut held.items).into_iter().map(as_entry);
            *held = actions(before.chain(items).collect());
        }
    }

    /// `context { … }`; its fields.
    pub(super) fn context(&mut self, piece: &Piece<'t>) -> Item {
        let mut items = Items::default();
        let mut own = Comments::default();
        for part in inner(piece) {
            match part.as_rule() {
                Rule::attribute => items.items.push(self.attribute(&part, Rule::attribute_name)),
                Rule::close_brace => {
                    let Comments { before, after, .. } = self.take(range(&part), false);
                    items.tail.extend(before);
                    items.tail.extend(after.map(own_line));
                }
                Rule::comma => {
                    let Comments { before, after, .. } = self.take(range(&part), false);
                    let last = items.items.last_mut();
                    let more = before.into_iter().chain(after.map(own_line));
                    match last {
                        Some(last) => last.before.extend(more),
                        None => own.before.extend(more),
                    }
                }
                _ => {
                    let Comments { before, after, .. } = self.take(range(&part), false);
                    own.before.extend(before);
                    own.before.extend(after.map(own_line));
                }
            }
        }
        if let Some(first) = items.items.first_mut() {
            first.blank = false;
        }
        Item { before: own.before, value: Value::Items(items), ..Item::default() }
    }
}

/// Actions that are entries: a list of their names, if none is documented.
fn actions(items: Vec<Item>) -> Items {
    let documented = items.iter().any(|item| !matches!(&item.value, Value::Null(text, _) if text.is_empty()));
    if documented {
        return Items { items, ..Items::default() };
    }
    let name = |item: Item| Item { value: plain(item.key.as_deref().unwrap_or("")), key: None, blank: false, ..item };
    Items { list: true, flow: true, items: items.into_iter().map(name).collect(), tail: Vec::new() }
}

/// An action as an entry again.
fn as_entry(item: Item) -> Item {
    match (&item.key, &item.value) {
        (None, Value::Scalar(lines)) => Item { key: lines.first().cloned(), value: Value::default(), ..item },
        _ => item,
    }
}
