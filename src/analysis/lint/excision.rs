//! Taking texts out of a policy in the DSL, so that comments and layout of the rest stay.

use super::Removal;
use crate::source::Span;
use crate::syntax::ast::{Item, PolicyFile, RoleItem, Statement};
use std::ops::Range;

/// What to take out of a text for a removal; nothing where it cannot be done by taking out alone: a comment stands in it,
/// or above it.
#[must_use]
pub fn excision(text: &str, tree: &PolicyFile, removal: Removal) -> Option<Range<usize>> {
    let range = match removal {
        Removal::Statement(span) => statement(text, tree, span)?,
        Removal::Item(span) => item(text, range(span))?,
        Removal::Clause(span) => clause(text, range(span))?,
    };
    without_comment(text, with_line(text, range))
}

/// The range, unless a comment stands in it: whatever says something to people is not to be lost.
pub(super) fn without_comment(text: &str, range: Range<usize>) -> Option<Range<usize>> {
    if text.get(range.clone())?.contains('#') { None } else { Some(range) }
}

/// What is to go with an excision, where that left it: the braces around a single action, or around nothing in a role. What
/// stands farthest behind comes first.
#[must_use]
pub fn leftovers(text: &str, at: usize) -> Vec<Range<usize>> {
    braces(text, at).unwrap_or_default()
}

fn braces(text: &str, at: usize) -> Option<Vec<Range<usize>>> {
    let (before, behind) = (text.get(..at)?, text.get(at..)?);
    let (open, close) = (before.rfind('{')?, at + behind.find('}')?);
    let outside = text.get(..open)?;
    let inside = text.get(open + 1..close)?;
    let name = inside.trim();
    if name.is_empty() {
        // A role says the same without a body; an org policy must have one.
        let head = outside.split_whitespace().rfind(|word| ["role", "policy"].contains(word));
        let start = outside.trim_end_matches([' ', '\t']).len();
        return (head == Some("role")).then(|| std::iter::once(start..close + 1).collect());
    }
    let is_name = name.chars().all(|c| c.is_alphanumeric() || c == '_');
    let start = open + 1 + inside.len() - inside.trim_start().len();
    (is_name && outside.ends_with('.')).then(|| vec![start + name.len()..close + 1, open..start])
}

pub(super) const fn range(span: Span) -> Range<usize> {
    span.start as usize..span.end as usize
}

fn statement(text: &str, tree: &PolicyFile, span: Span) -> Option<Range<usize>> {
    let statement = statement_at(tree, span)?;
    if !is_silent(statement) {
        return None;
    }
    let clauses = [
        statement.within.as_ref().map(|name| name.span),
        statement.to.last().map(|name| name.span),
        statement.when.as_ref().map(crate::syntax::ast::Expr::span),
        statement.unless.as_ref().map(crate::syntax::ast::Expr::span),
        statement.because.as_ref().map(|text| text.span),
    ];
    let end = clauses.into_iter().flatten().map(|span| span.end).max().unwrap_or(span.end).max(span.end);
    let start = span.start as usize;
    Some(start..closed(text, start, end as usize)?)
}

/// The statement whose span, as in [`crate::compile::StatementOrigin`], this is.
pub(super) fn statement_at(tree: &PolicyFile, span: Span) -> Option<&Statement> {
    statements(tree).find(|statement| {
        let end = statement.patterns.last().map_or(statement.effect.span, |pattern| pattern.span());
        statement.effect.span.to(end) == span
    })
}

/// Whether a statement has nothing to say to people.
pub(super) fn is_silent(statement: &Statement) -> bool {
    statement.doc.is_none() && statement.because.is_none()
}

fn statements(tree: &PolicyFile) -> impl Iterator<Item = &Statement> {
    tree.items.iter().flat_map(|item| match item {
        Item::Rule(rule) => vec![rule],
        Item::Policy(policy) => policy.rules.iter().collect(),
        Item::Role(role) => {
            let statements = role.body.iter().filter_map(|item| match item {
                RoleItem::Statement(statement) => Some(statement),
                RoleItem::Implies(_) | RoleItem::Without(_) => None,
            });
            statements.collect()
        }
        Item::Type(_) | Item::Context(_) | Item::Assert(_) => Vec::new(),
    })
}

/// The end, moved behind the parentheses that are open there.
fn closed(text: &str, start: usize, end: usize) -> Option<usize> {
    let mut open = 0_usize;
    let mut quoted = false;
    let mut escaped = false;
    for character in text.get(start..end)?.chars() {
        match character {
            '"' if !escaped => quoted = !quoted,
            '(' if !quoted => open += 1,
            ')' if !quoted => open = open.saturating_sub(1),
            _ => {}
        }
        escaped = character == '\\' && !escaped;
    }
    let mut end = end;
    for _ in 0..open {
        end += text.get(end..)?.find(|character: char| !character.is_whitespace())?;
        end += text.get(end..)?.strip_prefix(')').map(|_| 1)?;
    }
    Some(end)
}

/// One of several in a list, with a comma beside it.
pub(super) fn item(text: &str, item: Range<usize>) -> Option<Range<usize>> {
    let behind = text.get(item.end..)?;
    let rest = behind.trim_start();
    if let Some(next) = rest.strip_prefix(',') {
        let next = next.trim_start();
        return Some(item.start..text.len() - next.len());
    }
    let before = text.get(..item.start)?.trim_end().strip_suffix(',')?;
    Some(before.trim_end().len()..item.end)
}

/// A clause with its keyword, and with the white space that sets it apart.
fn clause(text: &str, inner: Range<usize>) -> Option<Range<usize>> {
    let mut end = inner.end;
    let mut before = text.get(..inner.start)?.trim_end();
    while let Some(outer) = before.strip_suffix('(') {
        before = outer.trim_end();
        end += text.get(end..)?.find(|character: char| !character.is_whitespace())?;
        end += text.get(end..)?.strip_prefix(')').map(|_| 1)?;
    }
    let keyword = ["when", "unless", "within"].into_iter().find_map(|word| before.strip_suffix(word))?;
    let start = keyword.trim_end();
    // Otherwise it is the end of some other word.
    if start.len() == keyword.len() {
        return None;
    }
    let gap = keyword.get(start.len()..)?;
    if !gap.contains('\n') {
        return Some(start.len()..end);
    }
    // What follows on its line comes to stand in its place, and not behind what may be a comment above.
    let behind = text.get(end..)?;
    let rest = behind.trim_start_matches([' ', '\t']);
    let follows = !rest.is_empty() && !rest.starts_with(['\r', '\n', '#']);
    let end = if follows { text.len() - rest.len() } else { end };
    Some(keyword.len()..end)
}

/// The range, and the line with it where nothing else stands there.
pub(super) fn with_line(text: &str, range: Range<usize>) -> Range<usize> {
    let before = text.get(..range.start).unwrap_or("");
    let behind = text.get(range.end..).unwrap_or("");
    let indent = before.len() - before.trim_end_matches([' ', '\t']).len();
    let space = behind.len() - behind.trim_start_matches([' ', '\t', '\r']).len();
    let starts = before.len() == indent || before.get(..before.len() - indent).is_some_and(|text| text.ends_with('\n'));
    let ends = behind.get(space..).is_some_and(|rest| rest.is_empty() || rest.starts_with('\n'));
    if starts && behind.get(space..).is_some_and(|rest| rest.starts_with('#')) {
        // The comment comes to stand in its place.
        return range.start..range.end + space;
    }
    let follows = behind.len() - behind.trim_start_matches([' ', '\t']).len();
    if !(starts && ends) {
        // Of the blanks on both sides those of one are enough, and none where nothing follows.
        return match (starts, ends) {
            (true, _) => range.start..range.end + follows,
            (_, true) => range.start - indent..range.end,
            _ if indent > 0 && follows > 0 => range.start - indent + 1..range.end + follows,
            _ => range,
        };
    }
    let mut end = (range.end + space + 1).min(text.len());
    // Of the empty lines around it one is enough.
    let start = range.start - indent;
    let gap_before = text.get(..start).is_some_and(|before| before.is_empty() || before.ends_with("\n\n"));
    if gap_before && text.get(end..).is_some_and(|rest| rest.starts_with('\n')) {
        end += 1;
    }
    start..end
}

#[cfg(test)]
mod tests {
    use super::*;

    fn without(text: &str, range: Range<usize>) -> String {
        let mut text = text.to_owned();
        text.replace_range(range, "");
        text
    }

    fn at(text: &str, part: &str) -> Range<usize> {
        let start = text.find(part).expect("a part");
        start..start + part.len()
    }

    #[test]
    fn a_clause_goes_with_its_keyword_and_its_parentheses() {
        let text = "allow run.view when ((a == 1)) unless b\n";
        assert_eq!(
            clause(text, at(text, "a == 1")).map(|range| without(text, range)).as_deref(),
            Some("allow run.view unless b\n")
        );
        let taken = |text: &str, part: &str| {
            let range = clause(text, at(text, part)).expect("a clause");
            without(text, with_line(text, range))
        };
        assert_eq!(taken("allow run.view # seen\n  when aa\n", "aa"), "allow run.view # seen\n");
        assert_eq!(
            taken("deny run.view # no\n  when aa because \"so\"\n", "aa"),
            "deny run.view # no\n  because \"so\"\n"
        );
        assert_eq!(taken("allow run.view\n  when aa # always\n", "aa"), "allow run.view\n  # always\n");
        let text = "deny run.view within team because \"x\"\n";
        assert_eq!(
            clause(text, at(text, "team")).map(|range| without(text, range)).as_deref(),
            Some("deny run.view because \"x\"\n")
        );
    }

    #[test]
    fn an_item_goes_with_one_comma() {
        let text = "allow run.{view, stop, tag}\n";
        for (part, left) in [
            ("view", "allow run.{stop, tag}\n"),
            ("stop", "allow run.{view, tag}\n"),
            ("tag", "allow run.{view, stop}\n"),
        ] {
            assert_eq!(item(text, at(text, part)).map(|range| without(text, range)).as_deref(), Some(left));
        }
        assert_eq!(item("allow run.view\n", 6..14), None);
    }

    #[test]
    fn a_line_goes_where_nothing_is_left_on_it() {
        let text = "a\n\n  b\n\nc\n";
        assert_eq!(without(text, with_line(text, at(text, "b"))), "a\n\nc\n");
        let text = "a {\n  b\n  c # d\n}\n";
        assert_eq!(without(text, with_line(text, at(text, "b"))), "a {\n  c # d\n}\n");
        assert_eq!(without(text, with_line(text, at(text, "c"))), "a {\n  b\n  # d\n}\n");
    }
}
