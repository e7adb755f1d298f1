//! Whether two policy files, of whatever form, say the same.
//!
//! The forms differ in what they keep apart: YAML has a section for each kind of declaration and a key for each kind of
//! line in a role, and takes permissions that follow each other there for one statement. None of that means anything.

use crate::syntax::ast::{
    AttributeDecl, Doc, Implication, Item, Literal, LiteralKind, PolicyDecl, PolicyFile, RoleDecl, RoleItem, Statement,
    TypeDecl,
};

/// Whether two policy files say the same.
pub(super) fn policies(one: &PolicyFile, other: &PolicyFile) -> bool {
    one.package == other.package
        && one.imports == other.imports
        && SECTIONS.iter().all(|belongs| {
            let mut one = one.items.iter().filter(|item| belongs(item));
            let mut other = other.items.iter().filter(|item| belongs(item));
            loop {
                match (one.next(), other.next()) {
                    (None, None) => return true,
                    (Some(one), Some(other)) if items(one, other) => {}
                    _ => return false,
                }
            }
        })
}

const SECTIONS: [fn(&Item) -> bool; 6] = [
    |item| matches!(item, Item::Type(_)),
    |item| matches!(item, Item::Context(_)),
    |item| matches!(item, Item::Role(_)),
    |item| matches!(item, Item::Rule(_)),
    |item| matches!(item, Item::Policy(_)),
    |item| matches!(item, Item::Assert(_)),
];

fn items(one: &Item, other: &Item) -> bool {
    match (one, other) {
        (Item::Type(one), Item::Type(other)) => plain_type(one) == plain_type(other),
        // Only policy text has a comment for the context, and nothing shows it.
        (Item::Context(one), Item::Context(other)) => fields(&one.fields) == fields(&other.fields),
        (Item::Role(one), Item::Role(other)) => plain_role(one) == plain_role(other),
        (Item::Rule(one), Item::Rule(other)) => statement(one) == statement(other),
        (Item::Policy(one), Item::Policy(other)) => org_policies(one, other),
        (Item::Assert(one), Item::Assert(other)) => one.kind == other.kind && doc(&one.doc) == doc(&other.doc),
        _ => false,
    }
}

/// The comment of a declaration without white space that cannot be seen.
fn doc(doc: &Doc) -> Option<String> {
    doc.as_ref().map(|doc| doc.value.lines().map(str::trim_end).collect::<Vec<_>>().join("\n").trim().to_owned())
}

fn respelt(written: &Doc) -> Doc {
    written.clone().map(|text| crate::source::Spanned::new(doc(written).unwrap_or_default(), text.span))
}

fn fields(fields: &[AttributeDecl]) -> Vec<AttributeDecl> {
    fields.iter().map(|field| AttributeDecl { doc: respelt(&field.doc), ..field.clone() }).collect()
}

fn plain_type(decl: &TypeDecl) -> TypeDecl {
    let mut decl = decl.clone();
    decl.doc = respelt(&decl.doc);
    decl.attributes = fields(&decl.attributes);
    for setting in &mut decl.settings {
        setting.doc = respelt(&setting.doc);
    }
    for action in &mut decl.actions {
        action.doc = respelt(&action.doc);
    }
    decl
}

fn statement(statement: &Statement) -> Statement {
    Statement { doc: respelt(&statement.doc), ..statement.clone() }
}

/// A role with its lines by their kinds, what could be one line being one.
fn plain_role(decl: &RoleDecl) -> RoleDecl {
    let mut allows: Vec<RoleItem> = Vec::new();
    let mut denies: Vec<RoleItem> = Vec::new();
    let (mut implications, mut without) = (Vec::new(), Vec::new());
    for item in &decl.body {
        match item {
            RoleItem::Statement(said) => {
                let statement = statement(said);
                let list = match statement.effect.value {
                    crate::syntax::ast::Effect::Allow => &mut allows,
                    crate::syntax::ast::Effect::Deny => &mut denies,
                };
                match list.last_mut() {
                    Some(RoleItem::Statement(last)) if is_plain(last) && is_plain(&statement) => {
                        last.patterns.extend(statement.patterns);
                    }
                    _ => list.push(RoleItem::Statement(statement)),
                }
            }
            RoleItem::Implies(implication) => match implications.last_mut() {
                Some(RoleItem::Implies(Implication { roles, when: None })) if implication.when.is_none() => {
                    roles.extend(implication.roles.iter().cloned());
                }
                _ => implications.push(RoleItem::Implies(implication.clone())),
            },
            RoleItem::Without(patterns) => without.extend(patterns.iter().cloned()),
        }
    }
    let mut body: Vec<RoleItem> = allows.into_iter().chain(denies).chain(implications).collect();
    if !without.is_empty() {
        body.push(RoleItem::Without(without));
    }
    RoleDecl { doc: respelt(&decl.doc), body, ..decl.clone() }
}

/// Whether a statement is nothing but permissions.
fn is_plain(statement: &Statement) -> bool {
    statement.doc.is_none()
        && statement.within.is_none()
        && statement.to.is_empty()
        && statement.when.is_none()
        && statement.unless.is_none()
        && statement.because.is_none()
}

fn org_policies(one: &PolicyDecl, other: &PolicyDecl) -> bool {
    let rules = |decl: &PolicyDecl| decl.rules.iter().map(statement).collect::<Vec<_>>();
    doc(&one.doc) == doc(&other.doc)
        && one.name == other.name
        && one.organization == other.organization
        && rules(one) == rules(other)
        && one.settings.len() == other.settings.len()
        && one
            .settings
            .iter()
            .zip(&other.settings)
            .all(|(one, other)| one.name == other.name && literals(&one.value, &other.value))
}

/// Whether two values are the same to a type that takes both.
fn literals(one: &Literal, other: &Literal) -> bool {
    match (&one.value, &other.value) {
        (LiteralKind::List(one), LiteralKind::List(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| literals(one, other))
        }
        (LiteralKind::Raw(raw), value) | (value, LiteralKind::Raw(raw)) => match value {
            LiteralKind::String(text) | LiteralKind::Raw(text) => text == raw,
            LiteralKind::Bool(value) => value.to_string() == *raw,
            LiteralKind::Int(value) => raw.parse() == Ok(*value),
            LiteralKind::Duration(value) => crate::schema::parse_duration(raw) == Some(*value),
            LiteralKind::List(_) => false,
        },
        (one, other) => one == other,
    }
}
