//! Names as written to ids, with a finding and a suggestion for each that is not known.

use super::findings::Findings;
use super::names::Names;
use crate::diagnostics::{Code, Diagnostic, listing};
use crate::schema::{EntityName, PermissionId, RoleId, TypeId};
use crate::source::{Span, Spanned};
use crate::syntax::ast::{EntityRef, Ident, PermissionRef, RoleRef};

pub(super) fn type_named(names: &Names<'_>, findings: &mut Findings, written: &Ident) -> Option<TypeId> {
    let found = names.schema.type_named(&written.value);
    if found.is_none() && !names.lost.types.contains(written.value.as_str()) {
        let help = findings.did_you_mean(&written.value, names.type_names());
        findings.report(
            Diagnostic::error(Code::UnknownType, written.span, format!("unknown type `{}`", written.value))
                .maybe_help(help),
        );
    }
    found
}

pub(super) fn entity(names: &Names<'_>, findings: &mut Findings, written: &EntityRef) -> Option<Spanned<EntityName>> {
    let ty = type_named(names, findings, &written.type_name)?;
    Some(Spanned::new(EntityName { ty, id: written.id.value.as_str().into() }, written.span()))
}

pub(super) fn permission(names: &Names<'_>, findings: &mut Findings, written: &PermissionRef) -> Option<PermissionId> {
    let ty = type_named(names, findings, &written.type_name)?;
    action(names, findings, ty, &written.action)
}

/// The permission of a type's verb.
pub(super) fn action(names: &Names<'_>, findings: &mut Findings, ty: TypeId, written: &Ident) -> Option<PermissionId> {
    let found = names.permission(ty, &written.value);
    if found.is_none() && !names.types[ty].incomplete {
        let owner = format!("`{}`", names.type_name(ty));
        let near = findings.did_you_mean(&written.value, names.actions_of(ty));
        let help = near.unwrap_or_else(|| listing(&owner, "action", names.actions_of(ty)));
        findings.report(
            Diagnostic::error(Code::UnknownAction, written.span, format!("{owner} has no action `{}`", written.value))
                .help(help),
        );
    }
    found
}

/// All roles of one name: one, or one for each organization that composed its own.
pub(super) fn roles<'n>(names: &'n Names<'_>, findings: &mut Findings, written: &RoleRef) -> Option<&'n [RoleId]> {
    let (type_name, name) = (written.type_name.value.as_str(), written.name.value.as_str());
    if names.lost.roles.contains(&(type_name, name)) {
        return None;
    }
    let ty = type_named(names, findings, &written.type_name)?;
    let found = names.schema.roles_named(ty, name);
    if found.is_empty() {
        unknown_role(names, findings, ty, name, written.span());
        return None;
    }
    Some(found)
}

fn unknown_role(names: &Names<'_>, findings: &mut Findings, ty: TypeId, name: &str, span: Span) {
    let own = names.types[ty].roles.iter().map(|&role| &*names.schema.roles[role].name);
    let help = findings.near_miss(name, own).map(|near| format!("did you mean `{}.{near}`?", names.type_name(ty)));
    let elsewhere = || {
        let other = *names.role_by_name.get(name)?;
        Some(format!("there is a role `{}`", names.schema.role_name(other)))
    };
    findings.report(
        Diagnostic::error(Code::UnknownRole, span, format!("unknown role `{}.{name}`", names.type_name(ty)))
            .maybe_help(help.or_else(elsewhere)),
    );
}

/// The one role that a declaration of `organization` (or of none) means by a name: its own organization's before the one
/// that is known everywhere.
pub(super) fn role(
    names: &Names<'_>,
    findings: &mut Findings,
    written: &RoleRef,
    organization: Option<&EntityName>,
) -> Option<RoleId> {
    let found = roles(names, findings, written)?;
    if let [one] = found {
        return Some(*one);
    }
    let own = found
        .iter()
        .copied()
        .find(|&role| organization.is_some() && names.schema.roles[role].organization.as_ref() == organization);
    if own.is_none() {
        let mut finding = Diagnostic::error(
            Code::UnknownRole,
            written.span(),
            format!("`{}` is the name of several organizations' roles", written.text()),
        );
        for &role in found.iter().take(3) {
            finding = finding.label(names.role(role).span, "one of them");
        }
        findings.report(finding.help("only the same organization's roles can name it"));
    }
    own
}
