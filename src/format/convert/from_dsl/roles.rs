//! Roles and org policies as entries of their sections.

use super::body::Body;
use super::source::{Comments, Source, all, inner, literal, range};
use super::{Item, Items, Value, entry, plain, scalar};
use crate::document::written;
use crate::syntax::ast::LiteralKind;
use crate::syntax::dsl::grammar::{Piece, Rule};

impl<'t> Source<'t> {
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
}

/// A role as a mapping, which is a line of its own.
fn apart(mut item: Item) -> Item {
    let (after, value) = (item.after.take(), std::mem::take(&mut item.value));
    let items = vec![Item { after, ..entry("role", value) }];
    Item { value: Value::Items(Items { items, ..Items::default() }), ..item }
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
