//! Types, the context, roles and org policies as entries of their sections.

use super::source::{Comments, Source, all, inner, literal, range};
use super::{Comment, Item, Items, Value, entry, one_or_many, plain, prose, scalar};
use crate::document::written;
use crate::syntax::ast::LiteralKind;
use crate::syntax::dsl::grammar::{Piece, Rule};

/// An entry in the making: its fields are added, lists that come again are joined.
#[derive(Default)]
pub(super) struct Body {
    items: Items,
    comments: Comments,
}

impl Body {
    /// One whose own comments are known; the doc comment is its first field.
    pub(super) fn of(comments: Comments) -> Self {
        let mut body = Self { items: Items::default(), comments };
        if let Some(doc) = body.comments.doc.take() {
            body.items.items.push(entry("doc", prose(&doc)));
        }
        body
    }

    pub(super) fn add(&mut self, item: Item) {
        self.items.items.push(item);
    }

    /// Adds to the list or the mapping under a key.
    fn join(&mut self, key: &str, list: bool, flow: bool, items: Vec<Item>) {
        let known = self.items.items.iter_mut().find(|held| held.key.as_deref() == Some(key));
        match known.map(|held| &mut held.value) {
            Some(Value::Items(held)) => held.items.extend(items),
            _ => self.add(entry(key, Value::Items(Items { list, flow, items, tail: Vec::new() }))),
        }
    }

    /// Whether an element that is a text repeats one of those right before it, with which it would be one line.
    fn says_again(&self, key: &str, item: &Item) -> bool {
        let held = self.items.items.iter().find(|held| held.key.as_deref() == Some(key)).map(|held| &held.value);
        let Some(Value::Items(held)) = held else { return false };
        let text = |item: &Item| match &item.value {
            Value::Scalar(lines) => Some(lines.clone()),
            _ => None,
        };
        let before: Vec<_> = held.items.iter().rev().map_while(text).collect();
        text(item).is_some_and(|text| before.contains(&text))
    }

    /// The entry: what its braces were commented with stands at its end.
    pub(super) fn finish(mut self, key: Option<&str>, closing: Comments) -> Item {
        self.items.tail.extend(closing.before);
        let mut after = self.comments.after;
        match closing.after {
            Some(text) if after.is_none() && self.items.items.is_empty() => after = Some(text),
            text => self.items.tail.extend(text.map(|text| Comment { text, blank: false })),
        }
        let value = if self.items.items.is_empty() {
            Value::Null(String::new(), self.items.tail)
        } else {
            let mut items = self.items;
            for item in &mut items.items {
                settle(item);
            }
            Value::Items(items)
        };
        let Comments { before, blank, .. } = self.comments;
        let key = key.and_then(|key| entry(key, Value::default()).key);
        Item { before, blank, key, value, after }
    }
}

/// A list of one without comments becomes the one.
fn settle(item: &mut Item) {
    if let Value::Items(held) = &mut item.value
        && held.list
        && held.tail.is_empty()
        && held.items.iter().all(|one| matches!(one.value, Value::Scalar(_)))
    {
        item.value = one_or_many(std::mem::take(&mut held.items)).with_flow(held.flow);
    }
}

impl Value {
    fn with_flow(mut self, flow: bool) -> Self {
        if let Self::Items(held) = &mut self {
            held.flow = flow;
        }
        self
    }
}

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
                let names = self.elements_of(piece, all(piece, Rule::attribute_name));
                body.join("unique", true, true, names);
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
        let Some(known) = body.items.items.iter_mut().find(|held| held.key.as_deref() == Some("actions")) else {
            body.add(entry("actions", Value::Items(actions(items))));
            return;
        };
        if let Value::Items(held) = &mut known.value {
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

    /// A role.
    pub(super) fn role(&mut self, piece: &Piece<'t>) -> Item {
        let parts = inner(piece);
        let head = |part: &&Piece<'t>| matches!(part.as_rule(), Rule::open | Rule::custom | Rule::role_head);
        let start = parts.first().map_or(0, |part| range(part).start);
        let end = parts.iter().filter(head).map(|part| range(part).end).max().unwrap_or(start);
        let name = parts.iter().find(|part| part.as_rule() == Rule::role_head);
        let name = name.map(|head| self.child(head, Rule::role)).unwrap_or_default();
        let mut body = Body::of(self.take(start..end, true));
        let mut closing = Comments::default();
        for part in &parts {
            match part.as_rule() {
                Rule::open => {
                    let when = all(part, Rule::when);
                    match when.first() {
                        Some(when) => body.add(entry("open when", scalar(&self.child(when, Rule::expr)))),
                        None => body.add(entry("open", plain("true"))),
                    }
                }
                Rule::custom => body.add(entry("custom", plain("true"))),
                Rule::in_entity => {
                    let entity = self.entity(part);
                    body.add(self.field(part, "in", entity));
                }
                Rule::extends | Rule::requires => {
                    let key = if part.as_rule() == Rule::extends { "extends" } else { "requires" };
                    let roles = self.listed(part, &all(part, Rule::role));
                    body.add(self.rest_of(part, key, roles));
                }
                Rule::assigned_by => {
                    let freely = !all(part, Rule::kw_freely).is_empty();
                    let key = if freely { "assigned freely by" } else { "assigned by" };
                    let by = self.listed(part, &all(part, Rule::permission));
                    body.add(self.rest_of(part, key, by));
                }
                Rule::when => {
                    let condition = scalar(&self.child(part, Rule::expr));
                    body.add(self.field(part, "when", condition));
                }
                Rule::role_body => {
                    self.open_brace(part, &mut body);
                    for member in inner(part) {
                        let Some((key, items)) = self.role_item(&member) else { continue };
                        for item in items {
                            let again = key == "implies" && body.says_again(key, &item);
                            body.join(key, true, false, vec![if again { apart(item) } else { item }]);
                        }
                    }
                    closing = self.close_brace(part);
                }
                _ => {}
            }
        }
        body.finish(Some(&name), closing)
    }

    /// An org policy.
    pub(super) fn policy(&mut self, piece: &Piece<'t>) -> Item {
        let Some(head) = inner(piece).into_iter().next() else { return Item::default() };
        let mut body = Body::of(self.take(range(&head), true));
        let mut closing = Comments::default();
        for part in inner(piece) {
            match part.as_rule() {
                Rule::in_entity => {
                    let entity = self.entity(&part);
                    body.add(self.field(&part, "in", entity));
                }
                Rule::policy_body => {
                    self.open_brace(&part, &mut body);
                    for member in inner(&part) {
                        match member.as_rule() {
                            Rule::setting_value => {
                                let name = self.child(&member, Rule::setting_name);
                                let value = setting_value(literal(&self.child(&member, Rule::literal)), false);
                                let item = Item { blank: false, ..self.field(&member, &name, value) };
                                body.join("settings", false, false, vec![item]);
                            }
                            Rule::statement => {
                                let item = self.rule(&member);
                                body.join("rules", true, false, vec![item]);
                            }
                            _ => {}
                        }
                    }
                    closing = self.close_brace(&part);
                }
                _ => {}
            }
        }
        let name = self.child(&head, Rule::policy_name);
        body.finish(Some(&name), closing)
    }

    /// The elements of a list, each with its comments; those of the commas go with them.
    pub(super) fn listed(&mut self, piece: &Piece<'t>, elements: &[Piece<'t>]) -> Value {
        let items = self.elements_of(piece, elements.to_vec());
        one_or_many(items)
    }

    fn elements_of(&mut self, piece: &Piece<'t>, elements: Vec<Piece<'t>>) -> Vec<Item> {
        let mut items = self.elements(elements);
        for comma in all(piece, Rule::comma) {
            let Comments { before, after, .. } = self.take(range(&comma), false);
            let at = items.len().min(1 + before_count(piece, &comma)) - usize::from(!items.is_empty());
            if let Some(item) = items.get_mut(at) {
                item.before.extend(before);
                match after {
                    Some(text) if item.after.is_none() => item.after = Some(text),
                    text => item.before.extend(text.map(own_line)),
                }
            }
        }
        items
    }

    /// An entry for a piece whose list has taken its comments. The one behind the last element of several stands behind all
    /// of them, where it is the only one.
    pub(super) fn rest_of(&mut self, piece: &Piece<'t>, key: &str, mut value: Value) -> Item {
        let Comments { before, mut after, .. } = self.take(range(piece), false);
        if let Value::Items(held) = &mut value
            && let Some((last, others)) = held.items.split_last_mut()
            && after.is_none()
            && last.before.is_empty()
            && others.iter().all(|item| item.before.is_empty() && item.after.is_none())
        {
            after = last.after.take();
        }
        Item { before, after, ..entry(key, value) }
    }

    /// The comments of an opening brace go above what it belongs to, or behind its name.
    fn open_brace(&mut self, piece: &Piece<'t>, body: &mut Body) {
        let Some(open) = inner(piece).into_iter().next() else { return };
        let Comments { before, after, .. } = self.take(range(&open), false);
        body.comments.before.extend(before);
        match after {
            Some(text) if body.comments.after.is_none() => body.comments.after = Some(text),
            text => body.comments.before.extend(text.map(own_line)),
        }
    }

    fn close_brace(&mut self, piece: &Piece<'t>) -> Comments {
        inner(piece).last().map(|close| self.take(range(close), false)).unwrap_or_default()
    }
}

/// A role as a mapping, which is a line of its own.
fn apart(mut item: Item) -> Item {
    let (after, value) = (item.after.take(), std::mem::take(&mut item.value));
    let items = vec![Item { after, ..entry("role", value) }];
    Item { value: Value::Items(Items { items, ..Items::default() }), ..item }
}

/// How many commas of a piece stand before one.
fn before_count(piece: &Piece<'_>, comma: &Piece<'_>) -> usize {
    all(piece, Rule::comma).iter().filter(|other| range(other).start < range(comma).start).count()
}

pub(super) fn own_line(text: String) -> Comment {
    Comment { text, blank: false }
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

/// The value of a setting. What would be another value without quotes has them.
fn setting_value(value: Option<LiteralKind>, flow: bool) -> Value {
    match value {
        Some(LiteralKind::String(text)) => plain(&written::yaml(&text, true, flow)),
        Some(LiteralKind::List(values)) => {
            let item = |value: LiteralKind| Item { value: setting_value(Some(value), true), ..Item::default() };
            let items = values.into_iter().map(|value| item(value.value)).collect();
            Value::Items(Items { list: true, flow: true, items, tail: Vec::new() })
        }
        Some(other) => plain(&other.to_string()),
        None => Value::default(),
    }
}
