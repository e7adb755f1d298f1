//! A permission table in the words of all its forms: names, answers, comments.

use crate::analysis::{Matrix, RoleGrant, StandingRule};
use crate::compile::CompiledPolicy;
use crate::schema::{PermissionId, RoleId};
use crate::source::SourceMap;

/// A table with what it takes to show it.
#[derive(Clone, Copy)]
pub(super) struct Shown<'a> {
    pub(super) matrix: &'a Matrix,
    pub(super) policy: &'a CompiledPolicy,
    pub(super) sources: &'a SourceMap,
}

impl<'a> Shown<'a> {
    /// A role's name; where several organizations' roles bear it, with the organization.
    pub(super) fn role(self, role: RoleId) -> String {
        let schema = self.policy.schema();
        let name = schema.role_name(role);
        let Some(info) = schema.roles.get(role) else { return name };
        match &info.organization {
            Some(entity) if schema.roles_named(info.ty, &info.name).len() > 1 => {
                format!("{name} in {}:{}", schema.types[entity.ty].name, entity.id)
            }
            _ => name,
        }
    }

    pub(super) fn permission(self, permission: PermissionId) -> String {
        self.policy.schema().permission_name(permission)
    }

    /// A role's comment, on one line.
    pub(super) fn role_doc(self, role: RoleId) -> Option<String> {
        one_line(self.policy.provenance().roles.get(role)?.doc.as_deref())
    }

    /// A permission's comment, on one line.
    pub(super) fn permission_doc(self, permission: PermissionId) -> Option<String> {
        one_line(self.policy.provenance().permissions.get(permission)?.doc.as_deref())
    }

    /// Whether any row has a comment.
    pub(super) fn documented(self) -> bool {
        self.matrix.rows.iter().any(|row| self.permission_doc(row.permission).is_some())
    }

    /// The org policy that a guardrail belongs to.
    pub(super) fn owner(self, rule: &StandingRule) -> Option<&'a str> {
        self.policy.schema().policies.get(rule.policy?).map(|name| &**name)
    }
}

fn one_line(doc: Option<&str>) -> Option<String> {
    let words: Vec<&str> = doc?.split_whitespace().collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// The word for an answer without condition.
pub(super) const fn word(grant: &RoleGrant) -> &'static str {
    match grant {
        RoleGrant::Yes => "yes",
        RoleGrant::No => "no",
        RoleGrant::When(_) => "when",
    }
}
