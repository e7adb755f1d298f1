//! `allow` and `deny`, implications, `without` and assertions as items.

use super::body::Body;
use super::source::{Comments, Source, all, inner, range};
use super::{Item, Items, Value, entry, plain, prose, scalar};
use crate::document::written;
use crate::syntax::dsl::grammar::{Piece, Rule};

impl<'t> Source<'t> {
    /// A rule of a file or of an org policy.
    pub(super) fn rule(&mut self, piece: &Piece<'t>) -> Item {
        let effect = self.child(piece, Rule::effect);
        self.statement(piece, &effect)
    }

    /// What stands in a role, with the key that it goes below.
    pub(super) fn role_item(&mut self, piece: &Piece<'t>) -> Option<(&'static str, Vec<Item>)> {
        match piece.as_rule() {
            Rule::statement => {
                let key = if self.child(piece, Rule::effect) == "allow" { "allow" } else { "deny" };
                let mut item = self.statement(piece, "permissions");
                // Permissions alone are a text.
                if let Value::Items(held) = &mut item.value
                    && held.items.len() == 1
                    && let Some(only) = held.items.pop()
                {
                    item.value = only.value;
                    item.after = only.after;
                }
                Some((key, vec![item]))
            }
            Rule::implies => Some(("implies", self.implication(piece))),
            Rule::without => {
                let text = self.joined(&all(piece, Rule::pattern));
                Some(("without", vec![self.element(piece, scalar(&text))]))
            }
            _ => None,
        }
    }

    /// A statement as a mapping; its permissions stand below `key`.
    fn statement(&mut self, piece: &Piece<'t>, key: &str) -> Item {
        let parts = inner(piece);
        let clause = |part: &&Piece<'t>| {
            matches!(part.as_rule(), Rule::within | Rule::to | Rule::when | Rule::unless | Rule::because)
        };
        let start = range(piece).start;
        let end = parts.iter().find(clause).map_or(range(piece).end, |part| range(part).start);
        let permissions = self.joined(&all(piece, Rule::pattern));
        let clauses: Vec<Piece<'t>> = parts.iter().filter(clause).cloned().collect();
        let mut comments = self.take(start..end, true);
        // A comment behind the permissions stays behind them.
        let after = comments.after.take();
        let mut body = Body::of(comments);
        body.add(Item { after, ..entry(key, scalar(&permissions)) });
        for part in clauses {
            let (key, value) = match part.as_rule() {
                Rule::within => ("within", scalar(&self.child(&part, Rule::type_name))),
                Rule::to => {
                    let types = self.listed(&part, &all(&part, Rule::type_name));
                    body.add(self.rest_of(&part, "to", types));
                    continue;
                }
                Rule::when => ("when", scalar(&self.child(&part, Rule::expr))),
                Rule::unless => ("unless", scalar(&self.child(&part, Rule::expr))),
                _ => ("because", prose(&self.string(&part))),
            };
            body.add(self.field(&part, key, value));
        }
        body.finish(None, Comments::default())
    }

    /// Roles without a condition are elements of their own.
    fn implication(&mut self, piece: &Piece<'t>) -> Vec<Item> {
        let roles = all(piece, Rule::role);
        if let Some(when) = all(piece, Rule::when).first() {
            let names = self.listed(piece, &roles);
            let key = if roles.len() == 1 { "role" } else { "roles" };
            let condition = scalar(&self.child(when, Rule::expr));
            let condition = self.field(when, "when", condition);
            let mut item = self.element(piece, Value::default());
            let names = Item { after: item.after.take(), ..entry(key, names) };
            item.value = Value::Items(Items { items: vec![names, condition], ..Items::default() });
            return vec![item];
        }
        let mut texts: Vec<String> = roles.iter().map(|role| self.flat(role)).collect();
        let mut items = Vec::new();
        if let Some(last) = texts.pop() {
            let own = self.element(piece, Value::default());
            let (before, after) = (own.before, own.after);
            items.extend(texts.into_iter().map(|text| Item { value: scalar(&text), ..Item::default() }));
            items.push(Item { value: scalar(&last), after, ..Item::default() });
            if let Some(first) = items.first_mut() {
                first.before = before;
                first.blank = own.blank;
            }
        }
        items
    }

    /// An assertion's text, or a mapping with its doc comment.
    pub(super) fn assertion(&mut self, piece: &Piece<'t>) -> Item {
        let text = self.child(piece, Rule::assertion);
        let Comments { before, after, blank, doc } = self.take(range(piece), true);
        let value = match doc {
            Some(doc) => {
                let claim = plain(&written::yaml(&text, false, false));
                let items = vec![entry("assert", claim), entry("doc", prose(&doc))];
                Value::Items(Items { items, ..Items::default() })
            }
            None => scalar(&text),
        };
        Item { before, after, blank, key: None, value }
    }
}
