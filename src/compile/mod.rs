//! The policy compiler: a checked model to the tables that the evaluator reads.
//!
//! Order of work: conditions and statements are lowered to programs and grants (`lower`), roles take over what they
//! inherit, bases first (`inherit`), rules and guardrails are listed by permission, and the whole is validated. The
//! cells of [`RoleCells`] are made when it is known which roles are held together, so by the owner of the directory.

mod again;
mod brief;
mod cells;
mod guards;
mod inherit;
pub mod limits;
mod lower;
mod policy;
mod profile;
mod program;
mod program_builder;
mod program_counterparts;
mod program_walk;
mod provenance;
mod rules;
mod signature;
mod ways;

// What compiled grants and programs speak in; the evaluator takes them from here and sees neither model nor syntax.
pub use crate::syntax::ast::{ChangeKind, Comparison, Effect};
pub use again::{Again, again};
pub use brief::{Page, Said, SaidByFour, Together};
pub use cells::{Cell, RoleCells, RoleSetId, Term};
pub use guards::{AssignmentGuard, ChangeGuard, Guards};
pub use policy::{CompiledPolicy, CompiledRole, GivenSetting, Grant, Implied, Leads};
pub use profile::Profile;
pub use program::{AttributeName, ConstantId, List, Node, NodeId, ProgramFault, Programs};
pub use provenance::{
    Clause, ConditionOrigin, ImplicationId, ImplicationOrigin, Opening, Owner, PermissionOrigin, Places, Provenance,
    RoleOrigin, SettingOrigin, StatementId, StatementOrigin,
};
pub use rules::{Family, RuleList};
pub use signature::{Answer, Asked, Signature, Sought};
pub use ways::{Known, Way};

use crate::diagnostics::{Code, Diagnostic};
use crate::index::IndexVec;
use crate::model::{Model, Policy};
use crate::schema::{PermissionId, PolicyId, RoleId};
use crate::source::Span;
use lower::Lowering;
use rules::Rules;
use std::sync::Arc;

/// Compiles a model that has no errors. `order` names every role once, bases before what extends them.
///
/// # Errors
/// A limit that is exceeded, at the place that exceeds it.
pub fn compile(model: &Model, order: &[RoleId]) -> Result<CompiledPolicy, Vec<Diagnostic>> {
    if let Some(past) = model.types.ids().nth(limits::TYPES) {
        let message = format!("a policy may declare at most {} types", limits::TYPES);
        return Err(vec![Diagnostic::error(Code::LimitExceeded, model.types[past].span, message)]);
    }
    let mut lowering = Lowering::new();
    let (roles, totals) = inherit::roles(model, order, &mut lowering).map_err(|limit| vec![limit])?;

    let mut rules: IndexVec<PermissionId, Vec<Grant>> = model.schema.permissions.iter().map(|_| Vec::new()).collect();
    let mut rule_statements = IndexVec::new();
    for (id, rule) in model.rules.iter_enumerated() {
        let Some(rule) = rule else { continue };
        let (statement, grants) = lowering.statement(rule, Owner::Rule, model.rank_of_rule(id));
        rule_statements.push(statement);
        for grant in grants {
            rules[grant.permission].push(grant);
        }
    }

    let guardrails: IndexVec<PolicyId, Arc<[Grant]>> =
        model.policies.iter_enumerated().map(|(id, policy)| lowering.guardrails(id, policy)).collect();

    let settings = model.settings.iter().map(|def| SettingOrigin { span: def.span, within: def.within });
    lowering.provenance.settings = Arc::new(settings.collect());
    let permissions = model.types.iter().flat_map(|def| &def.permissions);
    let permissions =
        permissions.map(|(span, doc)| PermissionOrigin { span: *span, doc: doc.as_deref().map(Box::from) });
    lowering.provenance.permissions = Arc::new(permissions.collect());
    lowering.provenance.types = Arc::new(model.types.iter().map(|def| def.span).collect());

    let programs = lowering.programs.finish();
    let provenance = lowering.provenance;
    let spoken_of = rules.into_iter().zip(&model.schema.permissions);
    let rules = spoken_of
        .map(|(rules, permission)| Arc::new(Rules::new(rules, permission, (&model.schema, &programs), &provenance)));
    let rules: IndexVec<PermissionId, Arc<Rules>> = rules.collect();
    let mut profiles = profile::all(&model.schema);
    let sought = Arc::new(profile::note_rules(&mut profiles, &rules));
    profile::note_roles(&mut profiles, roles.iter());
    profile::note_guardrails(&mut profiles, guardrails.iter());
    profile::count_conditions(&mut profiles, roles.iter(), 1);
    let compiled = CompiledPolicy {
        schema: Arc::clone(&model.schema),
        rules,
        rule_statements,
        sought,
        profiles,
        programs,
        roles,
        totals,
        guardrails,
        given_settings: model.policies.iter().map(|policy| given_settings(policy)).collect(),
        guards: guards::Guards::build(model, order),
        provenance,
    };
    compiled.programs.validate().map_err(|(node, fault)| vec![program_fault(&compiled, node, fault)])?;
    Ok(compiled)
}

/// The values of an org policy.
fn given_settings(policy: &Policy) -> Arc<[GivenSetting]> {
    let given = policy.settings.iter();
    given
        .map(|given| GivenSetting { setting: given.setting, value: given.value.value.clone(), span: given.value.span })
        .collect()
}

/// The finding for a program that does not keep the limits, at the first condition that contains the node.
fn program_fault(compiled: &CompiledPolicy, node: NodeId, fault: ProgramFault) -> Diagnostic {
    let message = match fault {
        ProgramFault::Depth => format!("the condition nests deeper than {} levels", limits::PROGRAM_DEPTH),
        ProgramFault::Steps => format!("the condition takes more than {} steps", limits::PROGRAM_STEPS),
        ProgramFault::Reference | ProgramFault::Sort => {
            String::from("the condition was compiled wrongly; this is a defect of the compiler")
        }
    };
    match place_of(compiled, node) {
        Some(span) => Diagnostic::error(Code::LimitExceeded, span, message),
        None => Diagnostic::placeless(Code::LimitExceeded, message),
    }
}

/// The place of what a node was made for: a condition, a role for the conditions that it gathers, a statement for its
/// clauses together, or else the condition whose program is the first after the node, as operands stand before their users.
fn place_of(compiled: &CompiledPolicy, node: NodeId) -> Option<Span> {
    let provenance = &compiled.provenance;
    let conditions = || {
        let statements = provenance.statements.iter().flat_map(|statement| &statement.conditions);
        let implications = provenance.implications.iter().flat_map(|implication| &implication.when);
        let roles = provenance.roles.iter().flat_map(|role| &role.when);
        statements.chain(implications).chain(roles)
    };
    if let Some(condition) = conditions().find(|condition| condition.program == node) {
        return Some(condition.places.span);
    }
    if let Some((id, _)) = compiled.roles.iter_enumerated().find(|(_, role)| role.when == Some(node)) {
        return provenance.roles.get(id).map(|role| role.span);
    }
    let of_roles = compiled.roles.iter().flat_map(|role| role.grants.iter());
    let effects = [Effect::Deny, Effect::Allow];
    let of_rules =
        compiled.rules.iter().flat_map(|rules| effects.map(|effect| rules.of(effect).all()).into_iter().flatten());
    let mut grants = of_roles.chain(of_rules).chain(compiled.guardrails.iter().flat_map(|list| list.iter()));
    if let Some(grant) = grants.find(|grant| grant.condition == Some(node)) {
        return provenance.statements.get(grant.statement).map(|statement| statement.span);
    }
    conditions()
        .filter(|condition| condition.program > node)
        .min_by_key(|condition| condition.program)
        .map(|condition| condition.places.span)
}
