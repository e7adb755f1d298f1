//! Whether every comment went along.
//!
//! A comment may come to stand elsewhere, and `##` may become `doc`. So what they say is compared, as often as it is said,
//! and neither where they stand nor the marks before them.

use super::super::dsl;
use super::Form;
use crate::document;
use crate::syntax::ast::{Doc, Item, PolicyFile, RoleItem};

/// What the comments of a text say, in an order that does not depend on their places; nothing where it cannot be read.
pub(super) fn said<'a>(form: Form, text: &'a str, tree: &'a PolicyFile) -> Option<Vec<&'a str>> {
    let mut said: Vec<&str> = match form {
        Form::Dsl => dsl::comments(text)?.into_iter().map(unmarked).collect(),
        Form::Yaml => {
            let comments = document::comments(text).into_iter().map(|range| unmarked(text.get(range).unwrap_or("")));
            comments.chain(docs(tree).into_iter().flat_map(|doc| doc.lines().map(str::trim))).collect()
        }
    };
    said.retain(|line| !line.is_empty());
    said.sort_unstable();
    Some(said)
}

/// A comment without the marks that it may have in one form and not in the other.
fn unmarked(comment: &str) -> &str {
    let comment = comment.strip_prefix('#').unwrap_or(comment);
    comment.strip_prefix('#').unwrap_or(comment).trim()
}

/// The doc comments of a file.
fn docs(tree: &PolicyFile) -> Vec<&str> {
    documented(tree).into_iter().flatten().map(|doc| doc.value.as_str()).collect()
}

/// What may have a doc comment.
pub(super) fn documented(tree: &PolicyFile) -> Vec<&Doc> {
    let mut docs = Vec::new();
    for item in &tree.items {
        match item {
            Item::Type(decl) => {
                docs.push(&decl.doc);
                docs.extend(decl.attributes.iter().map(|decl| &decl.doc));
                docs.extend(decl.settings.iter().map(|decl| &decl.doc));
                docs.extend(decl.actions.iter().map(|decl| &decl.doc));
            }
            Item::Context(decl) => {
                docs.push(&decl.doc);
                docs.extend(decl.fields.iter().map(|field| &field.doc));
            }
            Item::Role(decl) => {
                docs.push(&decl.doc);
                docs.extend(decl.body.iter().filter_map(|item| match item {
                    RoleItem::Statement(statement) => Some(&statement.doc),
                    RoleItem::Implies(_) | RoleItem::Without(_) => None,
                }));
            }
            Item::Rule(statement) => docs.push(&statement.doc),
            Item::Policy(decl) => {
                docs.push(&decl.doc);
                docs.extend(decl.rules.iter().map(|rule| &rule.doc));
            }
            Item::Assert(decl) => docs.push(&decl.doc),
        }
    }
    docs
}
