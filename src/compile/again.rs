//! A policy of which some declarations changed: what they and those that build on them come to is compiled again, and
//! everything else is shared.
//!
//! Ids stay. What is written anew has new numbers for its statements and steps; those of what it was before stand for nothing
//! any more, and when there are as many of them as of others, everything is compiled once more, which numbers them anew.

use super::inherit;
use super::lower::Lowering;
use super::policy::{CompiledPolicy, Grant};
use super::provenance::{Owner, StatementId};
use super::rules::Rules;
use super::{given_settings, profile};
use crate::model::{Model, RuleId};
use crate::schema::{PermissionId, RoleId};
use crate::syntax::ast::Effect;
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;

/// A policy that was compiled again in part.
#[derive(Debug)]
pub struct Again {
    /// The policy.
    pub policy: CompiledPolicy,
    /// The roles that may say something else than before, or imply something else.
    pub roles: Vec<RoleId>,
}

/// Compiles a policy again, of whose model these roles and rules were changed, added or taken out, and which may have more
/// org policies.
///
/// There is nothing where a limit of the whole is exceeded: compiling everything tells where.
#[must_use]
pub fn again(policy: &CompiledPolicy, model: &Model, roles: &[RoleId], rules: &[RuleId]) -> Option<Again> {
    let live = model.roles.len() + model.rules.len() + model.policies.len();
    if policy.provenance.statements.len() > 4 * live.max(1_000) {
        return None;
    }
    let first = policy.programs.next_id();
    let mut lowering = Lowering::onto(policy);
    let compiled = inherit::again(model, roles, (&policy.roles, policy.totals), &mut lowering)?;

    let mut rule_statements = policy.rule_statements.clone();
    let mut stale: FxHashSet<StatementId> = FxHashSet::default();
    let mut new: FxHashMap<PermissionId, Vec<Grant>> = FxHashMap::default();
    for &id in rules {
        let before = rule_statements.get(id).copied();
        stale.extend(before);
        for permission in before.iter().flat_map(|&statement| policy.rule_permissions(statement)) {
            new.entry(permission).or_default();
        }
        let Some(rule) = model.rules.get(id)?.as_deref() else { continue };
        let (statement, grants) = lowering.statement(rule, Owner::Rule, model.rank_of_rule(id));
        match rule_statements.get_mut(id) {
            Some(place) => *place = statement,
            None => drop(rule_statements.push(statement)),
        }
        for grant in grants {
            new.entry(grant.permission).or_default().push(grant);
        }
    }

    let (mut guardrails, mut given) = (policy.guardrails.clone(), policy.given_settings.clone());
    for (id, added) in model.policies.iter_enumerated().skip(policy.guardrails.len()) {
        guardrails.push(lowering.guardrails(id, added));
        given.push(given_settings(added));
    }

    let provenance = lowering.provenance;
    let programs = lowering.programs.finish();
    let mut of_permissions = policy.rules.clone();
    let mut profiles = policy.profiles.clone();
    let rules_are_others = !new.is_empty();
    for (permission, mut grants) in new {
        let kept = policy.rules(permission).filter(|grant| !stale.contains(&grant.statement));
        grants.extend(kept);
        grants.sort_by_cached_key(|grant| provenance.rank(grant.statement));
        let info = model.schema.permissions.get(permission)?;
        let arranged = Rules::new(grants, info, (&model.schema, &programs), &provenance);
        if let Some(place) = of_permissions.get_mut(permission) {
            *place = Arc::new(arranged);
        }
    }
    let mut sought = Arc::clone(&policy.sought);
    if rules_are_others {
        let now = profile::note_rules(&mut profiles, &of_permissions);
        if now != *sought {
            sought = Arc::new(now);
        }
    }
    let denied = |id: &RoleId| {
        policy.roles.get(*id).is_some_and(|role| role.grants.iter().any(|grant| grant.effect == Effect::Deny))
    };
    if compiled.inherited.iter().any(denied) {
        // A denial may be gone, and only all of them tell whether it was the last.
        profile::forget_roles(&mut profiles);
        profile::note_roles(&mut profiles, compiled.roles.iter());
    } else {
        profile::note_roles(&mut profiles, compiled.inherited.iter().filter_map(|&id| compiled.roles.get(id)));
    }
    profile::note_guardrails(&mut profiles, guardrails.iter().skip(policy.guardrails.len()));

    let before = compiled.inherited.iter().filter_map(|&id| policy.roles.get(id));
    profile::count_conditions(&mut profiles, before, -1);
    let now = compiled.inherited.iter().filter_map(|&id| compiled.roles.get(id));
    profile::count_conditions(&mut profiles, now, 1);

    let guards = policy.guards.again(model, &compiled.inherited);
    let mut roles = compiled.inherited;
    roles.extend(compiled.leading);
    roles.sort_unstable();
    roles.dedup();
    let policy = CompiledPolicy {
        schema: Arc::clone(&model.schema),
        programs,
        roles: compiled.roles,
        totals: compiled.totals,
        rules: of_permissions,
        rule_statements,
        sought,
        profiles,
        guardrails,
        given_settings: given,
        guards,
        provenance,
    };
    policy.programs.validate_from(first).ok()?;
    Some(Again { policy, roles })
}

impl CompiledPolicy {
    /// The permissions that a rule speaks of.
    fn rule_permissions(&self, statement: StatementId) -> impl Iterator<Item = PermissionId> + '_ {
        let speaks = move |permission: &PermissionId| self.rules(*permission).any(|grant| grant.statement == statement);
        self.rules.ids().filter(speaks)
    }
}
