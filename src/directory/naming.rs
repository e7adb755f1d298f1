//! What is wrong with the names of an assignment: said alike of one in a file and one in a change.

use super::{Directory, EntityId, Subject};
use crate::diagnostics::{Code, Diagnostic, did_you_mean, listing, with_article};
use crate::schema::{RoleId, Schema};
use crate::source::Span;
use rustc_hash::FxHashSet;

/// The finding for a type that the policy does not have.
pub(super) fn unknown_type(name: &str, span: Span, help: Option<String>) -> Diagnostic {
    Diagnostic::error(Code::UnknownType, span, format!("unknown type `{name}`")).maybe_help(help)
}

/// The type that was most likely meant.
pub(super) fn near_type(schema: &Schema, name: &str) -> Option<String> {
    did_you_mean(name, schema.types.iter().map(|info| &*info.name))
}

/// The finding for a role that an entity's type does not have, or that belongs to an organization in which the entity does
/// not lie.
pub(super) fn unknown_role(schema: &Schema, directory: &Directory, on: EntityId, name: &str, span: Span) -> Diagnostic {
    let ty = directory.type_of(on);
    let candidates = schema.roles_named(ty, name);
    let owner = |role: &RoleId| schema.roles.get(*role).and_then(|info| info.organization.as_ref());
    let own = schema.types.get(ty).map_or("", |info| &info.name);
    let entity = directory.name(schema, on);
    let owners: Vec<String> = candidates.iter().filter_map(owner).map(|owner| owner.text(schema)).collect();
    if !owners.is_empty() {
        let message = format!("role `{own}.{name}` cannot be assigned on `{entity}`");
        return Diagnostic::error(Code::InvalidAssignment, span, message)
            .help(format!("it belongs to `{}`, and `{entity}` does not lie there", owners.join("` and `")));
    }
    // Two organizations may have composed roles of one name.
    let mut seen = FxHashSet::default();
    let own_roles = schema.declared_roles().filter(|(_, info)| info.ty == ty).map(|(_, info)| &*info.name);
    let known: Vec<&str> = own_roles.filter(|name| seen.insert(*name)).collect();
    // `team.member` where `member` suffices.
    let short = name.strip_prefix(own).and_then(|rest| rest.strip_prefix('.')).unwrap_or(name);
    let help = did_you_mean(short, known.iter().copied())
        .unwrap_or_else(|| listing(&format!("`{own}`"), "role", known.iter().copied()));
    Diagnostic::error(Code::UnknownRole, span, format!("`{own}` has no role `{name}`")).help(help)
}

/// The finding for a subject that is checked as somebody else and so holds no roles.
pub(super) fn holds_no_role(schema: &Schema, directory: &Directory, subject: EntityId, span: Span) -> Diagnostic {
    let info = schema.types.get(directory.type_of(subject));
    let attribute = info.and_then(|info| info.attributes.get(info.acts_as?)).map_or("", |attribute| &attribute.name);
    let own = info.map_or("", |info| &info.name);
    let message = format!("`{}` cannot hold a role", directory.name(schema, subject));
    Diagnostic::error(Code::InvalidAssignment, span, message)
        .help(format!("{} is checked as its `{attribute}`: assign the role to that one", with_article(own)))
}

/// What the warning of an assignment that stands twice says.
pub(super) fn repeated(schema: &Schema, directory: &Directory, role: RoleId, on: EntityId) -> String {
    format!("this subject holds `{}` on `{}` already", schema.role_name(role), directory.name(schema, on))
}

/// The warning of an entity without an entry, though others of its type have one.
pub(super) fn undeclared_mention(name: &str, span: Span, help: Option<String>) -> Diagnostic {
    Diagnostic::warning(Code::UndeclaredMention, span, undeclared(name)).maybe_help(help)
}

/// What that warning says.
pub(super) fn undeclared(name: &str) -> String {
    format!("`{name}` has no entry, though others of its type have")
}

/// The place where the first of the assignments to an entity, or to a userset on it, names it.
pub(super) fn assigned_at(schema: &Schema, directory: &Directory, entity: EntityId) -> Option<Span> {
    let first = directory.assignments.naming(entity).next()?;
    Some(match first.subject {
        Subject::Entity(_) => first.span,
        Subject::Userset { role, .. } => {
            let role = schema.roles.get(role).map_or("", |info| &info.name);
            userset_parts(first.span, &directory.name(schema, entity), role).0
        }
    })
}

/// The place of `part`, with which `text` begins, where `span` covers the text letter for letter; else all of it.
pub(super) fn leading(span: Span, text: &str, part: &str) -> Span {
    let written = span.end.saturating_sub(span.start) as usize;
    let length = u32::try_from(part.len()).unwrap_or(0);
    match written.checked_sub(text.len()) {
        Some(0) => Span::new(span.file, span.start, span.start + length),
        // In quotes, without escapes.
        Some(2) => Span::new(span.file, span.start + 1, span.start + 1 + length),
        _ => span,
    }
}

/// The places of entity and role in `entity#role`, where `span` covers the text letter for letter; else all of it.
pub(super) fn userset_parts(span: Span, entity: &str, role: &str) -> (Span, Span) {
    let written = span.end.saturating_sub(span.start) as usize;
    let quote = match written.checked_sub(entity.len() + 1 + role.len()) {
        Some(0) => 0,
        Some(2) => 1,
        _ => return (span, span),
    };
    let length = |text: &str| u32::try_from(text.len()).unwrap_or(0);
    let (start, end) = (span.start + quote, span.end - quote);
    (Span::new(span.file, start, start + length(entity)), Span::new(span.file, end - length(role), end))
}
