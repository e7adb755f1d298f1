//! Coverage: what of a policy was looked at to answer the questions that tests ask.
//!
//! Questions are answered once more for it, apart from the evaluator, which so stays as it is: an answer looks at every
//! denial that speaks of the request, and where none of them applies at every allow as well, whatever order they have. What
//! was not looked at can go without any of the answers being another.
//!
//! Everything is known by its place. Places of policy files are the same in all states of a package, whatever its
//! directories add.

mod compare;
mod conditions;
mod figures;
mod held;
mod look;
mod require;

pub use figures::{Figures, Kind, Share};

use crate::compile::{CompiledPolicy, ConditionOrigin, Effect, Owner, Programs, StatementId};
use crate::schema::{PermissionId, RoleId, Schema};
use crate::source::{FileId, Span};
use conditions::leaves;
use rustc_hash::FxHashSet;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// What of the policy files of a package was looked at, and how often; by places.
#[derive(Clone, Debug, Default)]
pub struct Coverage {
    /// Roles, by their names' places.
    pub roles: BTreeMap<Span, RoleCoverage>,
    /// Statements.
    pub statements: BTreeMap<Span, StatementCoverage>,
    /// Implied roles.
    pub implications: BTreeMap<Span, ImplicationCoverage>,
    /// The parts of conditions that `and`, `or` and `not` join.
    pub conditions: BTreeMap<Span, ConditionCoverage>,
    /// The policy files: what stands elsewhere, in directories and in tests, is not counted.
    files: FxHashSet<FileId>,
}

/// How often somebody with a role was asked about.
#[derive(Clone, Debug)]
pub struct RoleCoverage {
    /// The role, `type.name`.
    pub role: String,
    /// Its fields of the permission table: how often whoever holds it was asked about each permission that it could grant.
    pub cells: BTreeMap<PermissionId, usize>,
}

/// How often a statement was looked at.
#[derive(Clone, Debug)]
pub struct StatementCoverage {
    /// Which way it decides.
    pub effect: Effect,
    /// Where it stands.
    pub owner: StatementOwner,
    /// How often it was looked at.
    pub looked: usize,
    /// How often it applied for sure.
    pub applied: usize,
    /// How often it was looked at for each of its permissions.
    pub permissions: BTreeMap<PermissionId, usize>,
}

/// Where a statement stands, by name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum StatementOwner {
    /// In a role.
    Role(String),
    /// In an org policy.
    Policy(String),
    /// On its own.
    Rule,
}

/// How often an implied role was looked at.
#[derive(Clone, Debug)]
pub struct ImplicationCoverage {
    /// The role that implies it.
    pub owner: String,
    /// The implied role.
    pub role: String,
    /// How often.
    pub looked: usize,
}

/// How a part of a condition came out.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct ConditionCoverage {
    /// How often it held.
    pub held: usize,
    /// How often it did not.
    pub failed: usize,
    /// How often it could not be computed. That is neither of the two ways.
    pub unknown: usize,
    /// How often it was compared with others without being computed: whoever assigns a role must be granted what it grants,
    /// under no more conditions.
    pub compared: usize,
}

impl StatementOwner {
    fn of(owner: Owner, schema: &Schema) -> Self {
        match owner {
            Owner::Rule => Self::Rule,
            Owner::Role(role) => Self::Role(schema.role_name(role)),
            Owner::Policy(id) => Self::Policy(schema.policies.get(id).map_or_else(String::new, ToString::to_string)),
        }
    }
}

impl Coverage {
    /// Nothing looked at yet of a policy's own files.
    #[must_use]
    pub fn of(policy: &CompiledPolicy, files: impl IntoIterator<Item = FileId>) -> Self {
        let mut coverage = Self { files: files.into_iter().collect(), ..Self::default() };
        let schema = policy.schema();
        for (role, info) in schema.declared_roles() {
            let Some(origin) = policy.provenance().roles.get(role) else { continue };
            if !coverage.is_own(origin.span) {
                continue;
            }
            let permissions = schema.permissions.iter_enumerated();
            let within = permissions.filter(|(_, of)| of.ty == info.ty || schema.contains(info.ty, of.ty));
            let cells = within.map(|(permission, _)| (permission, 0)).collect();
            coverage.roles.insert(origin.span, RoleCoverage { role: schema.role_name(role), cells });
            origin.when.iter().for_each(|when| coverage.expect(policy.programs(), when));
            coverage.expect_role(policy, role);
        }
        for permission in schema.permissions.ids() {
            let rules = policy.rules(permission).map(|rule| rule.statement);
            let guardrails = schema.policies.ids().flat_map(|id| policy.guardrails(id, permission));
            let statements: Vec<StatementId> = rules.chain(guardrails.map(|grant| grant.statement)).collect();
            statements.into_iter().for_each(|statement| coverage.expect_statement(policy, statement, permission));
        }
        coverage
    }

    fn is_own(&self, place: Span) -> bool {
        self.files.contains(&place.file)
    }

    fn expect_role(&mut self, policy: &CompiledPolicy, role: RoleId) {
        let (compiled, schema) = (policy.role(role), policy.schema());
        for grant in &*compiled.grants {
            let owner = policy.provenance().statements.get(grant.statement).map(|origin| origin.owner);
            if owner == Some(Owner::Role(role)) {
                self.expect_statement(policy, grant.statement, grant.permission);
            }
        }
        for implied in &*compiled.implies {
            let Some(origin) = policy.provenance().implications.get(implied.implication) else { continue };
            if origin.owner != role || !self.is_own(origin.span) {
                continue;
            }
            let (owner, role) = (schema.role_name(origin.owner), schema.role_name(origin.role));
            self.implications.insert(origin.span, ImplicationCoverage { owner, role, looked: 0 });
            origin.when.iter().for_each(|when| self.expect(policy.programs(), when));
        }
    }

    fn expect_statement(&mut self, policy: &CompiledPolicy, statement: StatementId, permission: PermissionId) {
        let Some(origin) = policy.provenance().statements.get(statement) else { return };
        if !self.is_own(origin.span) {
            return;
        }
        let covered = match self.statements.entry(origin.span) {
            Entry::Occupied(known) => {
                known.into_mut().permissions.insert(permission, 0);
                return;
            }
            Entry::Vacant(place) => place.insert(StatementCoverage {
                effect: origin.effect,
                owner: StatementOwner::of(origin.owner, policy.schema()),
                looked: 0,
                applied: 0,
                permissions: BTreeMap::new(),
            }),
        };
        covered.permissions.insert(permission, 0);
        origin.conditions.iter().for_each(|condition| self.expect(policy.programs(), condition));
    }

    /// The parts of a condition.
    fn expect(&mut self, programs: &Programs, condition: &ConditionOrigin) {
        if condition.clause.is_stated() {
            leaves(programs, condition.program, &condition.places, &mut |place, _| {
                if self.is_own(place) {
                    self.conditions.entry(place).or_default();
                }
            });
        }
    }

    /// A part of a condition. What an open role asks of those that extend it is known only where one does.
    fn condition(&mut self, place: Span) -> Option<&mut ConditionCoverage> {
        self.is_own(place).then(|| self.conditions.entry(place).or_default())
    }
}
