//! A permission table in the words of all its forms: names, answers, comments.

use crate::analysis::{Cell, Matrix, Origin, RoleGrant, StandingRule};
use crate::compile::CompiledPolicy;
use crate::schema::{PermissionId, RoleId};
use crate::source::SourceMap;

/// How a role comes by what it gives, where that is by no word of its own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Mark {
    /// From a role that it extends.
    Inherited,
    /// From a role that it implies.
    Implied,
}

impl Mark {
    pub(super) const ALL: [Self; 2] = [Self::Inherited, Self::Implied];

    pub(super) fn of(cell: &Cell) -> Option<Self> {
        match cell.origin()? {
            Origin::Own | Origin::Rule => None,
            Origin::Extended(_) => Some(Self::Inherited),
            Origin::Implied(_) => Some(Self::Implied),
        }
    }

    /// The sign beside an answer.
    pub(super) const fn sign(self) -> char {
        match self {
            Self::Inherited => '↑',
            Self::Implied => '↓',
        }
    }

    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Inherited => "inherited",
            Self::Implied => "implied",
        }
    }

    /// What the sign means.
    pub(super) const fn meaning(self) -> &'static str {
        match self {
            Self::Inherited => "inherited from a role that it extends",
            Self::Implied => "by a role that it implies",
        }
    }
}

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

    /// How a role comes by what it gives, in words, where that is by no word of its own.
    pub(super) fn origin(self, cell: &Cell) -> Option<String> {
        match cell.origin()? {
            Origin::Own | Origin::Rule => None,
            Origin::Extended(base) => Some(format!("inherited from {}", self.role(base))),
            Origin::Implied(role) => Some(format!("by {}, which it implies", self.role(role))),
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
