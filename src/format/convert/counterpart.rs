//! What a policy says that the other form has no words for, each with its place.

use super::Form;
use super::comments::documented;
use crate::diagnostics::{Code, Diagnostic};
use crate::source::{Span, Spanned};
use crate::syntax::ast::{Item, PolicyFile, TypeDecl, is_hidden};

/// What of a policy cannot be written in a form.
pub(super) fn missing(to: Form, tree: &PolicyFile) -> Vec<Diagnostic> {
    match to {
        Form::Yaml => twice(tree),
        Form::Dsl => hidden(tree),
    }
}

/// Names that are declared twice: a mapping holds each once. Roles are not among them, as they may be a list of mappings.
fn twice(tree: &PolicyFile) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let types = tree.items.iter().filter_map(|item| if let Item::Type(decl) = item { Some(decl) } else { None });
    let policies = tree.items.iter().filter_map(|item| if let Item::Policy(decl) = item { Some(decl) } else { None });
    let contexts = tree.items.iter().filter_map(|item| if let Item::Context(decl) = item { Some(decl) } else { None });
    repeated(types.clone().map(|decl| named("the type", &decl.name)), &mut found);
    types.for_each(|decl| twice_in_type(decl, &mut found));
    repeated(contexts.clone().map(|decl| (String::from("the context"), decl.keyword.span)), &mut found);
    for context in contexts {
        repeated(context.fields.iter().map(|field| named("the context field", &field.name)), &mut found);
    }
    repeated(policies.clone().map(|decl| named("the policy", &decl.name)), &mut found);
    for policy in policies {
        repeated(policy.settings.iter().map(|given| named("the value of", &given.name)), &mut found);
    }
    found
}

fn twice_in_type(decl: &TypeDecl, found: &mut Vec<Diagnostic>) {
    repeated(decl.attributes.iter().map(|field| named("the attribute", &field.name)), found);
    repeated(decl.settings.iter().map(|setting| named("the setting", &setting.name)), found);
    repeated(decl.actions.iter().map(|action| named("the action", &action.name)), found);
    let guards = decl.changes.iter().map(|change| (format!("`{} by`", change.kind.value.as_str()), change.kind.span));
    repeated(guards, found);
}

fn named(what: &str, name: &Spanned<String>) -> (String, Span) {
    (format!("{what} `{}`", name.value), name.span)
}

/// Reports those that were there before.
fn repeated(names: impl Iterator<Item = (String, Span)>, found: &mut Vec<Diagnostic>) {
    let mut first = rustc_hash::FxHashMap::default();
    for (name, span) in names {
        match first.get(&name) {
            Some(&before) => found.push(
                Diagnostic::error(Code::Unsupported, span, format!("{name} stands twice, and in YAML it stands once"))
                    .here("again here")
                    .label(before, "first here")
                    .help("write it once, and convert it then"),
            ),
            None => {
                first.insert(name, span);
            }
        }
    }
}

/// Doc comments with characters that nobody sees: quotes in YAML have escapes for them, a comment has none.
fn hidden(tree: &PolicyFile) -> Vec<Diagnostic> {
    let docs = documented(tree).into_iter().flatten();
    let found = docs.filter_map(|doc| {
        let letter = doc.value.chars().find(|&letter| is_hidden(letter) && letter != '\n')?;
        let message = format!("a comment in policy text cannot hold the hidden character U+{:04X}", u32::from(letter));
        Some(Diagnostic::error(Code::Unsupported, doc.span, message).help("leave it out, and convert the file then"))
    });
    found.collect()
}
