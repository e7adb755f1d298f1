//! The way back from the tables to the text: what each statement, condition and implication is and where it stands.
//!
//! Read only to explain; a decision carries ids into these tables and nothing more.

use super::program::NodeId;
use crate::index::{Chunks, IndexVec, dense_id};
use crate::schema::{PermissionId, PolicyId, RoleId, SettingId, TypeId};
use crate::source::Span;
use crate::syntax::ast::Effect;
use std::sync::Arc;

dense_id! {
    /// An allow or deny as written, in a role, an org policy or on its own.
    StatementId
}
dense_id! {
    /// One implied role as written.
    ImplicationId
}

/// Where a statement stands.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Owner {
    /// On its own.
    Rule,
    /// In a role.
    Role(RoleId),
    /// In an org policy.
    Policy(PolicyId),
}

/// A statement as written.
#[derive(Clone, Debug)]
pub struct StatementOrigin {
    /// Which way it decides.
    pub effect: Effect,
    /// Where it stands.
    pub owner: Owner,
    /// Its place.
    pub span: Span,
    /// Its patterns as policy text, on one line and without comments.
    pub patterns: Box<str>,
    /// Its `within`, `to`, `when` and `unless`, each a truth with its place.
    pub conditions: Vec<ConditionOrigin>,
    /// Why, in words for the one who is refused.
    pub because: Option<Box<str>>,
}

/// A condition as written.
#[derive(Clone, Debug)]
pub struct ConditionOrigin {
    /// Which clause it is.
    pub clause: Clause,
    /// The program, as written: an `unless` holds where it is false.
    pub program: NodeId,
    /// The expression as policy text, on one line and without comments; empty for `within` and `to`.
    pub text: Box<str>,
    /// The places of the program's steps.
    pub places: Places,
}

/// A clause that holds a condition.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Clause {
    /// `within T`
    Within,
    /// `to T, …`
    To,
    /// `when E`
    When,
    /// `unless E`
    Unless,
    /// `open when E`, carried by a custom role.
    OpenWhen,
}

impl Clause {
    /// Its keyword.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Within => "within",
            Self::To => "to",
            Self::When => "when",
            Self::Unless => "unless",
            Self::OpenWhen => "open when",
        }
    }
}

/// The place of a step and of its operands, in the step's own order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Places {
    /// The step's place.
    pub span: Span,
    /// The operands'.
    pub operands: Vec<Places>,
}

/// An implied role as written.
#[derive(Clone, Debug)]
pub struct ImplicationOrigin {
    /// The role that says so.
    pub owner: RoleId,
    /// Its place in the order of what is written.
    pub(super) rank: u64,
    /// The implied role.
    pub role: RoleId,
    /// The implied role's place.
    pub span: Span,
    /// Its `when`.
    pub when: Option<ConditionOrigin>,
}

/// A role as written.
#[derive(Clone, Debug)]
pub struct RoleOrigin {
    /// Its name's place.
    pub span: Span,
    /// Its comment.
    pub doc: Option<Box<str>>,
    /// Its bases and where each is named.
    pub extends: Vec<(RoleId, Span)>,
    /// Its own `when`, and the `open when` of the open roles it extends as a custom role.
    pub when: Vec<ConditionOrigin>,
    /// The roles it requires, its own only, and where each is named.
    pub requires: Vec<(RoleId, Span)>,
    /// Whether custom roles may extend it.
    pub opening: Opening,
}

/// Whether custom roles may extend a role.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Opening {
    /// They may not.
    #[default]
    Closed,
    /// They may.
    Open,
    /// They may, and carry this condition; policy text, on one line and without comments.
    When(Box<str>),
}

/// A setting as declared.
#[derive(Clone, Copy, Debug)]
pub struct SettingOrigin {
    /// Its name's place.
    pub span: Span,
    /// The place of the name after `within`.
    pub within: Option<Span>,
}

/// A permission as declared.
#[derive(Clone, Debug)]
pub struct PermissionOrigin {
    /// Its action's place.
    pub span: Span,
    /// Its comment.
    pub doc: Option<Box<str>>,
}

/// All side tables. What stands in them is shared with the policies that extend theirs.
#[derive(Clone, Debug, Default)]
pub struct Provenance {
    /// Statements. Their numbers tell nothing of their order, as one that is written anew has a new number.
    pub statements: Chunks<StatementId, Arc<StatementOrigin>>,
    /// The place of each statement in the order of what is written.
    pub(super) ranks: IndexVec<StatementId, u64>,
    /// Implied roles.
    pub implications: Chunks<ImplicationId, Arc<ImplicationOrigin>>,
    /// Roles.
    pub roles: Chunks<RoleId, Arc<RoleOrigin>>,
    /// Org policies.
    pub policies: IndexVec<PolicyId, Span>,
    /// Types.
    pub types: Arc<IndexVec<TypeId, Span>>,
    /// Permissions.
    pub permissions: Arc<IndexVec<PermissionId, PermissionOrigin>>,
    /// Settings.
    pub settings: Arc<IndexVec<SettingId, SettingOrigin>>,
}

impl Provenance {
    /// The place of a statement in the order of what is written: roles, then rules, then org policies.
    #[must_use]
    pub fn rank(&self, statement: StatementId) -> u64 {
        self.ranks.get(statement).copied().unwrap_or(u64::MAX)
    }

    /// The bases by which `role` inherits from `base`, nearest first, both ends included; empty when it does not.
    #[must_use]
    pub fn inheritance(&self, role: RoleId, base: RoleId) -> Vec<RoleId> {
        let mut came_from: rustc_hash::FxHashMap<RoleId, RoleId> = rustc_hash::FxHashMap::default();
        let mut queue = std::collections::VecDeque::from([role]);
        while let Some(at) = queue.pop_front() {
            if at == base {
                let mut path = vec![base];
                let mut step = base;
                while let Some(&before) = came_from.get(&step).filter(|_| step != role) {
                    path.push(before);
                    step = before;
                }
                path.reverse();
                return path;
            }
            for &(next, _) in self.roles.get(at).map_or(&[][..], |origin| &origin.extends) {
                if next != role && !came_from.contains_key(&next) {
                    came_from.insert(next, at);
                    queue.push_back(next);
                }
            }
        }
        Vec::new()
    }
}
