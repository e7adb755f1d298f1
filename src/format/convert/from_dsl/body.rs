//! An entry in the making, and what goes for the pieces of all declarations: lists, braces, the comments of both.

use super::source::{Comments, Source, all, inner, range};
use super::{Comment, Item, Items, Value, entry, one_or_many, prose};
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

    /// The value under a key.
    pub(super) fn held(&mut self, key: &str) -> Option<&mut Value> {
        let known = self.items.items.iter_mut().find(|held| held.key.as_deref() == Some(key));
        known.map(|held| &mut held.value)
    }

    /// Adds to the list or the mapping under a key.
    pub(super) fn join(&mut self, key: &str, list: bool, flow: bool, items: Vec<Item>) {
        match self.held(key) {
            Some(Value::Items(held)) => held.items.extend(items),
            _ => self.add(entry(key, Value::Items(Items { list, flow, items, tail: Vec::new() }))),
        }
    }

    /// Whether an element that is a text repeats one of those right before it, with which it would be one line.
    pub(super) fn says_again(&self, key: &str, item: &Item) -> bool {
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
    /// The elements of a list, each with its comments; those of the commas go with them.
    pub(super) fn listed(&mut self, piece: &Piece<'t>, elements: &[Piece<'t>]) -> Value {
        let items = self.elements_of(piece, elements.to_vec());
        one_or_many(items)
    }

    pub(super) fn elements_of(&mut self, piece: &Piece<'t>, elements: Vec<Piece<'t>>) -> Vec<Item> {
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
    pub(super) fn open_brace(&mut self, piece: &Piece<'t>, body: &mut Body) {
        let Some(open) = inner(piece).into_iter().next() else { return };
        let Comments { before, after, .. } = self.take(range(&open), false);
        body.comments.before.extend(before);
        match after {
            Some(text) if body.comments.after.is_none() => body.comments.after = Some(text),
            text => body.comments.before.extend(text.map(own_line)),
        }
    }

    pub(super) fn close_brace(&mut self, piece: &Piece<'t>) -> Comments {
        inner(piece).last().map(|close| self.take(range(close), false)).unwrap_or_default()
    }
}

/// How many commas of a piece stand before one.
fn before_count(piece: &Piece<'_>, comma: &Piece<'_>) -> usize {
    all(piece, Rule::comma).iter().filter(|other| range(other).start < range(comma).start).count()
}

pub(super) fn own_line(text: String) -> Comment {
    Comment { text, blank: false }
}
