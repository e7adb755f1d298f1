//! Whether two readings of a directory's files say the same, wherever and in whatever order they say it.

use super::{CustomRoleEntry, DirectoryTree, Written};
use crate::directory::wording::needs_quotes;
use crate::document::{Node, NodeKind, ScalarStyle};
use crate::index::Symbol;
use crate::source::Span;
use std::borrow::Borrow;
use std::collections::BTreeSet;
use std::fmt::Write;

/// The first record that only one of two directories has, in words; nothing where both say the same.
///
/// Places, the order of records and of the elements of a list, and the file that each stands in do not count. Neither do quotes around a value, unless
/// they make text of a number or a truth value.
pub fn difference<A: Borrow<DirectoryTree>, B: Borrow<DirectoryTree>>(one: &[A], other: &[B]) -> Option<String> {
    let (one, other) = (records(one), records(other));
    let mut theirs = other.iter().peekable();
    for record in &one {
        match theirs.peek() {
            Some(&next) if next == record => drop(theirs.next()),
            Some(&next) if next < record => return Some(next.clone()),
            _ => return Some(record.clone()),
        }
    }
    theirs.next().cloned()
}

/// Every record as a line, in order.
fn records<T: Borrow<DirectoryTree>>(trees: &[T]) -> Vec<String> {
    let mut records = Vec::new();
    for tree in trees {
        tree.borrow().records(&mut records);
    }
    records.sort_unstable();
    records
}

impl DirectoryTree {
    fn records(&self, records: &mut Vec<String>) {
        let text = |symbol: Symbol| self.texts.resolve(symbol);
        records.extend(self.entries.iter().map(|entry| format!("`{}` has an entry", text(entry.text))));
        // Said twice, by nesting and by `in`, it is one.
        let parents: BTreeSet<(Symbol, Symbol)> =
            self.parents.iter().map(|mention| (mention.entity, mention.parent)).collect();
        for (entity, parent) in parents {
            records.push(format!("`{}` lies in `{}`", text(entity), text(parent)));
        }
        for (what, fields) in [("attribute", &self.attributes), ("setting", &self.settings)] {
            // An attribute that is given as nothing is not given.
            for field in fields.iter().filter(|field| !matches!(field.value, Written::Null)) {
                let mut value = String::new();
                self.value(&field.value, &mut value);
                records.push(format!("the {what} `{}` of `{}` is {value}", text(field.key.text), text(field.entity)));
            }
        }
        for link in &self.links {
            records.push(format!("`{}` is linked to `{}`", text(link.policy.text), text(link.entity)));
        }
        for one in &self.assignments {
            let Some(key) = self.role_keys.get(one.key as usize) else { continue };
            let window = one.window.and_then(|at| self.windows.get(at as usize));
            let userset = one.userset.map_or_else(String::new, |role| format!("#{}", text(role)));
            let mut record =
                format!("`{}{userset}` holds `{}` on `{}`", text(one.entity), text(key.role.text), text(key.entity));
            for (word, bound) in window.iter().flat_map(|window| [("since", window.since), ("until", window.until)]) {
                if let Some(at) = bound {
                    // Writing to a string cannot fail.
                    let _ = write!(record, " {word} {at}");
                }
            }
            records.push(record);
        }
        for role in &self.declarations.custom_roles {
            let owner = role.owner().unwrap_or("nobody");
            records.push(format!("`{owner}` has the custom role `{}`: {}", role.name.value, body(role)));
        }
        for policy in &self.declarations.policies {
            let mut record = format!("there is the org policy `{}`: ", policy.name.value);
            node(&policy.node, &mut record);
            records.push(record);
        }
    }

    fn value(&self, value: &Written, out: &mut String) {
        match value {
            Written::Null => out.push_str("nothing"),
            Written::Text { text, quoted } => scalar(self.texts.resolve(*text), *quoted, out),
            Written::List(items) => {
                // All lists are sets. Elements are never lists themselves, so this goes one step down at most.
                let item = |(item, _): &(Written, Span)| {
                    let mut element = String::new();
                    self.value(item, &mut element);
                    element
                };
                let elements: BTreeSet<String> = items.iter().map(item).collect();
                out.push('[');
                for element in &elements {
                    out.push_str(element);
                    out.push(' ');
                }
                out.push(']');
            }
            Written::Other(what) => out.push_str(what),
        }
    }
}

fn scalar(text: &str, quoted: bool, out: &mut String) {
    let only_text = quoted && needs_quotes(text);
    let _ = if only_text { write!(out, "{text:?} as text") } else { write!(out, "{text:?}") };
}

/// What a custom role says beside whose it is.
fn body(role: &CustomRoleEntry) -> String {
    let mut out = String::new();
    match &role.node.kind {
        NodeKind::Mapping(entries) => {
            let kept = entries.iter().filter(|entry| entry.key.text != "in").cloned().collect();
            node(&Node { span: role.node.span, kind: NodeKind::Mapping(kept) }, &mut out);
        }
        _ => node(&role.node, &mut out),
    }
    out
}

/// Nesting has a limit that the reading of documents keeps, so this may call itself.
fn node(value: &Node, out: &mut String) {
    match &value.kind {
        NodeKind::Null => out.push_str("nothing"),
        NodeKind::Scalar(text) => scalar(&text.text, text.style != ScalarStyle::Plain, out),
        NodeKind::Sequence(nodes) => {
            out.push('[');
            for inner in nodes {
                node(inner, out);
                out.push(' ');
            }
            out.push(']');
        }
        NodeKind::Mapping(entries) => {
            out.push('{');
            for entry in entries {
                scalar(&entry.key.text, false, out);
                out.push_str(": ");
                node(&entry.value, out);
                out.push(' ');
            }
            out.push('}');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document;
    use crate::source::FileId;

    fn tree(text: &str) -> DirectoryTree {
        let read = document::parse(FileId(0), text);
        let (tree, found) = super::super::read_inline(&read.node.expect("a document"));
        assert!(found.is_empty(), "{found:?}");
        tree
    }

    #[test]
    fn only_what_is_said_counts() {
        let one = "a:1:\n  size: 1\n  name: x\n  b:2: { in: a:3, policy: p, roles: { r: [u:1, { subject: u:2, until: 2026-01-01T00:00:00Z }] } }\na:3: {}\n";
        let other = [
            "a:3: ~\nb:2: { in: [a:1, a:3], policy: [p], roles: { r: [{ subject: u:2, until: '2026-01-01T01:00:00+01:00' }] } }",
            "a:1: { name: \"x\", size: 1, gone: ~ }",
        ];
        assert!(difference(&[tree(one)], &[tree(other[0]), tree(other[1])]).is_some());
        let missing = difference(&[tree(one)], &[tree(other[0]), tree(other[1])]);
        assert_eq!(missing.as_deref(), Some("`u:1` holds `r` on `b:2`"));
        let one = one.replace("u:1, ", "");
        assert_eq!(difference(&[tree(&one)], &[tree(other[0]), tree(other[1])]), None);
    }

    #[test]
    fn each_difference_is_told_from_either_side() {
        for (one, other, told) in [
            ("a:1: {}", "a:2: {}", "`a:1` has an entry"),
            ("a:1: {}", "a:1: {}\na:2: {}", "`a:2` has an entry"),
            ("a:1: { x: 1 }", "a:1: { x: '1' }", "the attribute `x` of `a:1` is \"1\""),
            (
                "a:1: { settings: { s: [x, y] } }",
                "a:1: { settings: { s: [x] } }",
                "the setting `s` of `a:1` is [\"x\" \"y\" ]",
            ),
            (
                "a:1: { roles: { r: u:1 } }",
                "a:1: { roles: { r: { subject: u:1, since: 1970-01-01T00:00:01Z } } }",
                "`u:1` holds `r` on `a:1`",
            ),
            (
                "a:1: { custom_roles: { t.r: { extends: q } } }",
                "a:1: { custom_roles: { t.r: { in: a:2, extends: q } } }",
                "`a:1` has the custom role `t.r`: {\"extends\": \"q\" }",
            ),
            ("a:1: { policy: p }", "a:1: { policy: [p, p] }", "`p` is linked to `a:1`"),
            ("policies: { p: {} }", "policies: { p: { in: a:1 } }", "there is the org policy `p`: {\"in\": \"a:1\" }"),
        ] {
            assert_eq!(difference(&[tree(one)], &[tree(other)]).as_deref(), Some(told));
            assert!(difference(&[tree(other)], &[tree(one)]).is_some());
        }
    }
}
