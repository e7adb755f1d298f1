//! The compiled policy: what the evaluator reads instead of the model.

use super::guards::Guards;
use super::inherit::Totals;
use super::profile::Profile;
use super::program::{NodeId, Programs};
use super::provenance::{ImplicationId, Provenance, StatementId};
use super::rules::{RuleList, Rules};
use super::signature::Sought;
use crate::index::{Chunks, IndexVec};
use crate::model::RuleId;
use crate::schema::{PermissionId, PolicyId, RoleId, Schema, SettingId, TypeId, Value};
use crate::source::Span;
use crate::syntax::ast::{ChangeKind, Effect};
use fixedbitset::FixedBitSet;
use std::sync::Arc;

/// One allow or deny of one permission.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Grant {
    /// The permission.
    pub permission: PermissionId,
    /// Which way it decides.
    pub effect: Effect,
    /// Where it holds; everywhere when there is none.
    pub condition: Option<NodeId>,
    /// The statement it comes from.
    pub statement: StatementId,
}

/// A role that another one implies on contained entities.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Implied {
    /// The implied role.
    pub role: RoleId,
    /// Where it holds; everywhere when there is none.
    pub when: Option<NodeId>,
    /// The implication it comes from.
    pub implication: ImplicationId,
}

/// A role with all it inherits spelled out. Lists are shared between roles where they are equal to a base's.
#[derive(Clone, Debug)]
pub struct CompiledRole {
    /// Where it counts, inherited conditions included; everywhere when there is none.
    pub when: Option<NodeId>,
    /// Its grants, its own and inherited, by permission.
    pub grants: Arc<[Grant]>,
    /// Itself and every role it extends, directly or not, sorted. Holding it is holding each of these.
    pub counts_as: Arc<[RoleId]>,
    /// The roles it implies, its own implications and inherited ones.
    pub implies: Arc<[Implied]>,
    /// Roles that its holder must hold above, its own and inherited ones.
    pub requires: Arc<[RoleId]>,
    /// What its implications lead to in the end; nothing for a role without implications.
    pub leads: Option<Arc<Leads>>,
}

/// What lies behind a role's implications, taken transitively and without regard to conditions.
#[derive(Clone, Debug)]
pub struct Leads {
    /// Roles that may come to be implied.
    pub implied: FixedBitSet,
    /// Roles that may come to be held below, with all they count as.
    pub roles: FixedBitSet,
    /// Permissions that those roles grant or deny.
    pub permissions: FixedBitSet,
}

/// A value that an org policy gives a setting.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GivenSetting {
    /// The setting.
    pub setting: SettingId,
    /// The value, as written.
    pub value: Value,
    /// The value's place.
    pub span: Span,
}

/// A compiled policy: immutable, and the same whatever the order of declarations was. Its parts are shared with the
/// policies that extend it.
#[derive(Clone, Debug)]
pub struct CompiledPolicy {
    pub(super) schema: Arc<Schema>,
    pub(super) programs: Programs,
    pub(super) roles: Chunks<RoleId, CompiledRole>,
    pub(super) totals: Totals,
    pub(super) rules: IndexVec<PermissionId, Arc<Rules>>,
    /// The statement that each rule is.
    pub(super) rule_statements: IndexVec<RuleId, StatementId>,
    /// What rules ask of resources, and of what lies above them.
    pub(super) sought: Arc<Sought>,
    pub(super) profiles: IndexVec<PermissionId, Profile>,
    pub(super) guardrails: IndexVec<PolicyId, Arc<[Grant]>>,
    pub(super) given_settings: IndexVec<PolicyId, Arc<[GivenSetting]>>,
    pub(super) guards: Guards,
    pub(super) provenance: Provenance,
}

impl CompiledPolicy {
    /// The same policy, in which nothing says who may make changes of a kind to entities of a type.
    #[must_use]
    pub fn without_guard(&self, kind: ChangeKind, ty: TypeId) -> Self {
        Self { guards: self.guards.without_change(ty, kind), ..self.clone() }
    }

    /// Names and types.
    #[must_use]
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// Names and types, to be kept beyond the policy.
    #[must_use]
    pub const fn shared_schema(&self) -> &Arc<Schema> {
        &self.schema
    }

    /// The programs of all conditions.
    #[must_use]
    pub const fn programs(&self) -> &Programs {
        &self.programs
    }

    /// A role.
    #[must_use]
    pub fn role(&self, role: RoleId) -> &CompiledRole {
        &self.roles[role]
    }

    /// All roles.
    #[must_use]
    pub const fn roles(&self) -> &Chunks<RoleId, CompiledRole> {
        &self.roles
    }

    /// The rules, tied to no role, that speak of a permission, denials first.
    pub fn rules(&self, permission: PermissionId) -> impl Iterator<Item = &Grant> {
        let of = |effect| self.rules_of(permission, effect).all().iter();
        of(Effect::Deny).chain(of(Effect::Allow))
    }

    /// The rules, tied to no role, that deny or that allow a permission, arranged to be looked up.
    #[inline]
    #[must_use]
    pub fn rules_of(&self, permission: PermissionId, effect: Effect) -> &RuleList {
        self.rules[permission].of(effect)
    }

    /// Whether it has the very rules, tied to no role, that another has.
    #[must_use]
    pub fn has_rules_of(&self, other: &Self) -> bool {
        self.rules.len() == other.rules.len()
            && self.rules.iter().zip(other.rules.iter()).all(|(a, b)| Arc::ptr_eq(a, b))
    }

    /// What rules ask of resources, and of what lies above them.
    #[must_use]
    pub const fn sought(&self) -> &Arc<Sought> {
        &self.sought
    }

    /// A permission in short.
    #[inline]
    #[must_use]
    pub fn profile(&self, permission: PermissionId) -> Option<&Profile> {
        self.profiles.get(permission)
    }

    /// All permissions in short, by their numbers.
    #[must_use]
    pub fn profiles(&self) -> &[Profile] {
        self.profiles.as_slice()
    }

    /// The guardrails of an org policy that speak of a permission.
    #[must_use]
    pub fn guardrails(&self, policy: PolicyId, permission: PermissionId) -> &[Grant] {
        of_permission(&self.guardrails[policy], permission)
    }

    /// The values that an org policy gives settings, in the order written.
    #[must_use]
    pub fn given_settings(&self, policy: PolicyId) -> &[GivenSetting] {
        self.given_settings.get(policy).map_or(&[], |given| given)
    }

    /// Who may change what.
    #[must_use]
    pub const fn guards(&self) -> &Guards {
        &self.guards
    }

    /// The way back to the text.
    #[must_use]
    pub const fn provenance(&self) -> &Provenance {
        &self.provenance
    }
}

impl CompiledRole {
    /// That of a number behind which no role stands any more.
    pub(super) fn retired() -> Self {
        let none = (Arc::default(), Arc::default(), Arc::default(), Arc::default());
        Self { when: None, grants: none.0, counts_as: none.1, implies: none.2, requires: none.3, leads: None }
    }

    /// Whether whoever holds it holds the same as by another: it counts under the same conditions and as the same roles,
    /// requires the same, and leads to the same.
    #[must_use]
    pub fn is_held_like(&self, other: &Self) -> bool {
        let held_below = |leads: &Arc<Leads>| leads.roles.ones().collect::<Vec<_>>();
        self.when == other.when
            && self.counts_as == other.counts_as
            && self.requires == other.requires
            && self.implies == other.implies
            && self.leads.as_ref().map(held_below) == other.leads.as_ref().map(held_below)
    }

    /// Whether it says the same as another, and counts as the same roles under the same condition.
    #[must_use]
    pub fn says_the_same_as(&self, other: &Self) -> bool {
        self.when == other.when && self.counts_as == other.counts_as && self.grants == other.grants
    }

    /// Its grants of a permission.
    #[must_use]
    pub fn grants_of(&self, permission: PermissionId) -> &[Grant] {
        of_permission(&self.grants, permission)
    }

    /// Whether holding it is holding `role`.
    #[must_use]
    pub fn counts_as(&self, role: RoleId) -> bool {
        self.counts_as.binary_search(&role).is_ok()
    }

    /// Whether its implications may lead to `role` being held further down.
    #[must_use]
    pub fn may_lead_to(&self, role: RoleId) -> bool {
        self.leads.as_ref().is_some_and(|leads| leads.roles.contains(role.0 as usize))
    }

    /// Whether its implications may lead to one of the roles being held further down, or to any at all for `None`.
    #[must_use]
    pub fn may_lead_to_any(&self, roles: Option<&[RoleId]>) -> bool {
        match roles {
            Some(roles) => roles.iter().any(|&role| self.may_lead_to(role)),
            None => self.leads.is_some(),
        }
    }

    /// Whether its implications may lead to a grant or denial of `permission` further down.
    #[must_use]
    pub fn may_lead_to_permission(&self, permission: PermissionId) -> bool {
        self.leads.as_ref().is_some_and(|leads| leads.permissions.contains(permission.0 as usize))
    }
}

/// The grants of one permission in a list sorted by permission.
fn of_permission(grants: &[Grant], permission: PermissionId) -> &[Grant] {
    let start = grants.partition_point(|grant| grant.permission < permission);
    let len = grants.get(start..).map_or(0, |rest| rest.partition_point(|grant| grant.permission == permission));
    grants.get(start..start + len).unwrap_or(&[])
}
