//! Resolved declarations.

use super::Condition;
use super::resolve::PatternBudget;
use crate::index::{Chunks, IndexVec, dense_id};
use crate::schema::{EntityName, PermissionId, PolicyId, RoleId, Schema, SettingId, TypeId, Value};
use crate::source::{Span, Spanned};
use crate::syntax::ast::{ChangeKind, Effect};
use std::sync::Arc;

dense_id! {
    /// A rule that is not tied to a role.
    RuleId
}

/// A resolved policy.
///
/// Clones share everything that is declared: an extended model adds to the one it extends and copies none of it.
#[derive(Clone, Debug, Default)]
pub struct Model {
    /// Names and types.
    pub schema: Arc<Schema>,
    /// What the schema does not hold of each type.
    pub types: Arc<IndexVec<TypeId, TypeDef>>,
    /// What the schema does not hold of each setting.
    pub settings: Arc<IndexVec<SettingId, SettingDef>>,
    /// Places and comments of the fields of `context`, by slot.
    pub context: Arc<[(Span, Option<String>)]>,
    /// Roles; one of which nothing is left for a number that is retired.
    pub roles: Chunks<RoleId, Arc<Role>>,
    /// Rules that are not tied to a role; nothing for one that is declared no longer.
    pub rules: Chunks<RuleId, Option<Arc<Statement>>>,
    /// Org policies.
    pub policies: IndexVec<PolicyId, Arc<Policy>>,
    /// Assertions.
    pub assertions: Arc<[Assertion]>,
    /// How often each role is what a name stands for: another role of such a name would change what is said there.
    pub(super) named: IndexVec<RoleId, u32>,
    /// Up to which org policy names were counted.
    pub(super) counted_policies: usize,
    /// The place of each role in the order of what is written.
    pub(super) role_ranks: IndexVec<RoleId, u64>,
    /// The place of each rule.
    pub(super) rule_ranks: IndexVec<RuleId, u64>,
    /// How many permissions further patterns may stand for.
    pub(super) patterns: PatternBudget,
}

/// What a type declares beside its shape.
#[derive(Clone, Debug)]
pub struct TypeDef {
    /// Its name's place.
    pub span: Span,
    /// Its comment.
    pub doc: Option<String>,
    /// Places of the names after `in`, in the order of the schema's parents.
    pub parent_spans: Vec<Span>,
    /// Places and comments of the attributes, by slot.
    pub attributes: Vec<(Span, Option<String>)>,
    /// Places and comments of the permissions, in their order.
    pub permissions: Vec<(Span, Option<String>)>,
    /// What a change done as somebody needs; any one suffices.
    pub changes: Vec<(ChangeKind, AssignedBy)>,
}

/// What a setting declares beside its type.
#[derive(Clone, Debug)]
pub struct SettingDef {
    /// Its name's place.
    pub span: Span,
    /// Its comment.
    pub doc: Option<String>,
    /// The place of the name after `within`.
    pub within: Option<Span>,
}

/// A role.
#[derive(Clone, Debug)]
pub struct Role {
    /// Its name's place.
    pub span: Span,
    /// Its comment.
    pub doc: Option<String>,
    /// Whether custom roles may extend it.
    pub openness: Openness,
    /// Whether it is a custom role.
    pub custom: bool,
    /// The entity inside of which alone it may be assigned.
    pub organization: Option<Spanned<EntityName>>,
    /// Bases, each of the same type.
    pub extends: Vec<Spanned<RoleId>>,
    /// Roles that a holder must hold on a containing entity, all of them.
    pub requires: Vec<Spanned<RoleId>>,
    /// Who assigns it.
    pub assigned_by: Option<AssignedBy>,
    /// Where it counts: its own `when` only.
    pub when: Option<Condition>,
    /// Its own allows and denies.
    pub statements: Vec<Statement>,
    /// Its own implications.
    pub implies: Vec<Implication>,
    /// What it takes off its bases.
    pub without: Vec<Removal>,
}

/// Whether custom roles may extend a role.
#[derive(Clone, PartialEq, Debug)]
pub enum Openness {
    /// They may not.
    Closed,
    /// They may.
    Open,
    /// They may, and carry this condition.
    OpenWhen(Condition),
}

/// `assigned [freely] by P, …`, and what guards changes: `create by P, …`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AssignedBy {
    /// Whether the comparison with the assigner's own permissions is lifted.
    pub freely: bool,
    /// The permissions, any one of which suffices.
    pub permissions: Vec<PermissionId>,
    /// The place of the permissions.
    pub span: Span,
}

/// One implied role.
#[derive(Clone, Debug)]
pub struct Implication {
    /// The role, on a contained type.
    pub role: Spanned<RoleId>,
    /// Where it holds; here `resource` is the entity implied on.
    pub when: Option<Condition>,
}

/// One pattern after `without` and what it removes.
#[derive(Clone, Debug)]
pub struct Removal {
    /// The pattern's place.
    pub span: Span,
    /// The permissions it matches, whether inherited or not.
    pub permissions: Vec<PermissionId>,
}

/// An allow or a deny.
#[derive(Clone, Debug)]
pub struct Statement {
    /// From the keyword to the end of the last pattern.
    pub span: Span,
    /// Its comment.
    pub doc: Option<String>,
    /// Which way it decides.
    pub effect: Effect,
    /// Its patterns as policy text, on one line and without comments.
    pub patterns: String,
    /// What it speaks of, each permission once, in the order of their ids.
    pub permissions: Vec<StatementPermission>,
    /// Only on resources that are of this type or contained in one.
    pub within: Option<TypeId>,
    /// Only for subjects of these types; all where empty.
    pub to: Vec<TypeId>,
    /// Where it holds.
    pub when: Option<Condition>,
    /// Where it does not.
    pub unless: Option<Condition>,
    /// Why, in words for the one who is refused.
    pub because: Option<String>,
}

/// A permission and the pattern that brought it in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct StatementPermission {
    /// The permission.
    pub permission: PermissionId,
    /// The pattern's place.
    pub pattern: Span,
}

/// An org policy.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Its name's place.
    pub span: Span,
    /// Its comment.
    pub doc: Option<String>,
    /// The entity inside of which alone it may be linked.
    pub organization: Option<Spanned<EntityName>>,
    /// Its values.
    pub settings: Vec<SettingValue>,
    /// Its guardrails: denies.
    pub denies: Vec<Statement>,
}

/// A value for a setting.
#[derive(Clone, Debug)]
pub struct SettingValue {
    /// The setting.
    pub setting: SettingId,
    /// Its name's place.
    pub span: Span,
    /// The value.
    pub value: Spanned<Value>,
}

/// A claim about every possible directory.
#[derive(Clone, Debug)]
pub struct Assertion {
    /// The whole text's place.
    pub span: Span,
    /// Its comment.
    pub doc: Option<String>,
    /// What it claims.
    pub kind: AssertionKind,
}

/// What an assertion claims.
#[derive(Clone, Debug)]
pub enum AssertionKind {
    /// Each of the roles alone can, or cannot, do each of these.
    Can {
        /// The roles.
        roles: Vec<RoleId>,
        /// Whether it says `cannot`.
        cannot: bool,
        /// The permissions.
        permissions: Vec<StatementPermission>,
        /// Where it is claimed.
        when: Option<Condition>,
    },
    /// Whoever is allowed one of these holds one of the roles there or above.
    Only {
        /// The roles.
        roles: Vec<RoleId>,
        /// The permissions.
        permissions: Vec<StatementPermission>,
    },
}
