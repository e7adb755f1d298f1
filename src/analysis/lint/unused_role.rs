//! Roles that nobody holds and nothing builds on.

use super::{Examined, Finding};
use crate::compile::Node;
use crate::diagnostics::Code;
use crate::directory::Subject;
use crate::schema::RoleId;
use crate::syntax::ast::{Item, Open};
use rustc_hash::FxHashSet;

pub(super) fn find(examined: &Examined<'_>, findings: &mut Vec<Finding>) {
    // Who will hold roles is told by a directory only.
    if examined.directory().assignment_count() == 0 {
        return;
    }
    let used = used(examined);
    for (role, span) in examined.own_roles().filter(|(role, _)| !used.contains(role)) {
        let name = examined.schema().role_name(role);
        let message = format!("nobody holds `{name}`, and nothing builds on it");
        findings.push(Finding::warning(Code::UnusedRole, span, message).help("assign it, or take it out"));
    }
}

/// The roles that somebody is assigned, that a declaration names, or that custom roles may extend.
fn used(examined: &Examined<'_>) -> FxHashSet<RoleId> {
    let policy = examined.policy();
    let mut used: FxHashSet<RoleId> = FxHashSet::default();
    for assignment in examined.directory().assignments() {
        used.insert(assignment.role);
        if let Subject::Userset { role, .. } = assignment.subject {
            used.insert(role);
        }
    }
    for (id, _) in policy.schema().declared_roles() {
        let Some(origin) = policy.provenance().roles.get(id) else { continue };
        used.extend(origin.extends.iter().chain(&origin.requires).map(|(role, _)| *role));
        used.extend(policy.role(id).implies.iter().map(|implied| implied.role));
    }
    for node in policy.programs().nodes() {
        if let Node::Has(_, roles, _) = node {
            used.extend(policy.programs().roles(roles));
        }
    }
    for item in examined.files().iter().flat_map(|file| &file.items) {
        if let Item::Role(role) = item
            && role.open != Open::No
            && let Some(ty) = policy.schema().type_named(&role.name.type_name.value)
        {
            used.extend(policy.schema().roles_named(ty, &role.name.name.value));
        }
    }
    used
}
