//! Where a condition stands, which decides what it may speak of.

use crate::schema::TypeId;
use std::rc::Rc;

/// Where a condition stands.
#[derive(Clone, Debug)]
pub(in crate::model) struct Place {
    /// In what.
    pub(in crate::model) at: Where,
    /// The type of `scope`, inside roles.
    pub(in crate::model) scope: Option<TypeId>,
    /// The types that `subject` can have.
    pub(in crate::model) subjects: Rc<[TypeId]>,
    /// The types that `actor` can have.
    pub(in crate::model) actors: Rc<[TypeId]>,
    /// The types that `resource` can have.
    ///
    /// Here and above, none at all stands for types that are not known, which was reported.
    pub(in crate::model) resources: Rc<[TypeId]>,
}

/// In what a condition stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::model) enum Where {
    /// A rule or a guardrail.
    Rule,
    /// A statement of a role.
    RoleStatement,
    /// A role's own `when`.
    RoleWhen,
    /// A role's `open when`.
    OpenWhen,
    /// An implication's `when`.
    ImpliesWhen,
    /// An assertion's `when`.
    Assertion,
}

impl Where {
    /// Whether it says when a role counts. Such a condition is asked of assignments as well as of requests, so it cannot
    /// speak of the request, nor of roles, which would let it depend on itself.
    pub(super) const fn guards_role(self) -> bool {
        matches!(self, Self::RoleWhen | Self::OpenWhen | Self::ImpliesWhen)
    }

    /// Whether there is a `resource`.
    pub(super) const fn has_resource(self) -> bool {
        !matches!(self, Self::RoleWhen | Self::OpenWhen)
    }

    /// The condition in words.
    pub(super) const fn describe(self) -> &'static str {
        match self {
            Self::Rule => "the condition of a rule",
            Self::RoleStatement => "a condition in a role",
            Self::RoleWhen => "a role's `when`",
            Self::OpenWhen => "`open when`",
            Self::ImpliesWhen => "the `when` of an implication",
            Self::Assertion => "the `when` of an assertion",
        }
    }

    /// What a condition that says when a role counts may use.
    pub(super) const fn allowed(self) -> &'static str {
        match self {
            Self::ImpliesWhen => {
                "it may use attributes of `subject`, and attributes and settings of `resource`, `scope` and its ancestors"
            }
            _ => "it may use attributes of `subject`, and attributes and settings of `scope` and its ancestors",
        }
    }
}
