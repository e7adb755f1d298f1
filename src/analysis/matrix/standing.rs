//! Rules and guardrails that no cell shows: they hold under a condition, for whoever holds whatever role.

use super::clauses::Clauses;
use super::column::{All, all, any, unconditional};
use crate::compile::{
    Clause, CompiledPolicy, ConditionOrigin, Effect, Grant, Node, Owner, StatementId, StatementOrigin,
};
use crate::schema::{PermissionId, PolicyId, TypeId};
use crate::source::Span;
use crate::syntax::ast::Expr;

/// A rule that holds under a condition, or a guardrail of an org policy.
#[derive(Clone, Debug)]
pub struct StandingRule {
    /// Which way it decides.
    pub effect: Effect,
    /// All that it speaks of.
    pub permissions: Vec<PermissionId>,
    /// It as policy text, on one line and without its `because`.
    pub text: String,
    /// Why, in words for the one who is refused.
    pub because: Option<Box<str>>,
    /// The org policy that it is a guardrail of: it holds where that is linked, and below.
    pub policy: Option<PolicyId>,
    /// Its place.
    pub span: Span,
}

/// Those that speak of any of `permissions`, rules first, in the order of the text.
pub(super) fn rules(
    policy: &CompiledPolicy,
    permissions: &[PermissionId],
    clauses: &mut Clauses<'_>,
) -> Vec<StandingRule> {
    let mut found: Vec<(Option<PolicyId>, StatementId)> = Vec::new();
    for &permission in permissions {
        let Some(resource) = policy.schema().permissions.get(permission).map(|info| info.ty) else { continue };
        for rule in policy.rules(permission) {
            if !unconditional(rule, resource, clauses) && may_hold(rule, resource, clauses) {
                found.push((None, rule.statement));
            }
        }
        for (id, _) in policy.schema().policies.iter_enumerated() {
            for guardrail in policy.guardrails(id, permission) {
                if may_hold(guardrail, resource, clauses) {
                    found.push((Some(id), guardrail.statement));
                }
            }
        }
    }
    found.sort_unstable();
    found.dedup();
    found.into_iter().filter_map(|(owner, statement)| standing(policy, owner, statement)).collect()
}

/// All rules and guardrails as written, in the order of the text.
#[must_use]
pub fn written(policy: &CompiledPolicy) -> Vec<StandingRule> {
    let statements = policy.provenance().statements.iter_enumerated();
    let standing = statements.filter_map(|(statement, origin)| match origin.owner {
        Owner::Rule => standing(policy, None, statement),
        Owner::Policy(owner) => standing(policy, Some(owner), statement),
        Owner::Role(_) => None,
    });
    // What stood there before the policy was written anew speaks of nothing any more.
    standing.filter(|rule| !rule.permissions.is_empty()).collect()
}

/// Where the rules with a condition decide so on a permission; none where no such rule speaks of it.
pub(super) fn beside(
    policy: &CompiledPolicy,
    permission: PermissionId,
    effect: Effect,
    clauses: &mut Clauses<'_>,
) -> Option<Expr> {
    let resource = policy.schema().permissions.get(permission)?.ty;
    let mut conditions: Vec<All> = Vec::new();
    for rule in policy.rules_of(permission, effect).all() {
        let depends = clauses.of_statement(rule.statement, None);
        conditions.extend(all(&depends, resource, clauses).filter(|condition| !condition.is_empty()));
    }
    any(conditions)
}

fn may_hold(rule: &Grant, resource: TypeId, clauses: &mut Clauses<'_>) -> bool {
    let depends = clauses.of_statement(rule.statement, None);
    all(&depends, resource, clauses).is_some()
}

fn standing(policy: &CompiledPolicy, owner: Option<PolicyId>, statement: StatementId) -> Option<StandingRule> {
    let origin = policy.provenance().statements.get(statement)?;
    let says = |grant: &Grant| grant.statement == statement;
    let permissions: Vec<PermissionId> = policy
        .schema()
        .permissions
        .ids()
        .filter(|&permission| match owner {
            Some(owner) => policy.guardrails(owner, permission).iter().any(says),
            None => policy.rules(permission).any(says),
        })
        .collect();
    let text = text_of(policy, origin);
    Some(StandingRule {
        effect: origin.effect,
        permissions,
        text,
        because: origin.because.clone(),
        policy: owner,
        span: origin.span,
    })
}

/// A statement as policy text, on one line and without its `because`, wherever it stands.
pub(in crate::analysis) fn statement_text(policy: &CompiledPolicy, statement: StatementId) -> String {
    policy.provenance().statements.get(statement).map_or_else(String::new, |origin| text_of(policy, origin))
}

fn text_of(policy: &CompiledPolicy, origin: &StatementOrigin) -> String {
    let mut text = format!("{} {}", origin.effect.as_str(), origin.patterns);
    for condition in &origin.conditions {
        text.push(' ');
        text.push_str(&clause(policy, condition));
    }
    text
}

/// What an owner of statements says of a permission; a role with what it takes over.
pub(in crate::analysis) fn grants_of(policy: &CompiledPolicy, owner: Owner, permission: PermissionId) -> Vec<Grant> {
    match owner {
        Owner::Rule => policy.rules(permission).copied().collect(),
        Owner::Role(role) => policy.role(role).grants_of(permission).to_vec(),
        Owner::Policy(id) => policy.guardrails(id, permission).to_vec(),
    }
}

fn clause(policy: &CompiledPolicy, condition: &ConditionOrigin) -> String {
    let name = |ty: &TypeId| policy.schema().types.get(*ty).map_or("", |info| &info.name);
    match (condition.clause, policy.programs().node(condition.program)) {
        (Clause::Within, Node::Within(ty)) => format!("within {}", name(&ty)),
        (Clause::To, Node::To(types)) => {
            let names: Vec<&str> = policy.programs().types(types).iter().map(name).collect();
            format!("to {}", names.join(", "))
        }
        (clause, _) => format!("{} {}", clause.as_str(), condition.text),
    }
}
