//! What is proven of conditions against what they come to in generated requests.

use super::{Case, query};
use rolebook::analysis::condition::{Answer, Conditions, Formula, Given, Occasion, Truths, trial};
use rolebook::compile::{CompiledPolicy, Grant, NodeId};
use rolebook::decide::{Query, Snapshot, Truth};
use rolebook::schema::{PermissionId, TypeId};
use std::collections::BTreeSet;

/// How many conditions are asked about together.
const TOGETHER: usize = 8;

/// How the searches ended.
#[derive(Default, Debug)]
pub(super) struct Tally {
    pub(super) never: usize,
    pub(super) found: usize,
    pub(super) undecided: usize,
    /// Searches for what two conditions come to together, of which each may come to its part.
    pub(super) never_together: usize,
}

impl Tally {
    fn count(&mut self, answer: &Answer) {
        match answer {
            Answer::Never => self.never += 1,
            Answer::Found => self.found += 1,
            Answer::Undecided => self.undecided += 1,
        }
    }
}

const TRUTHS: [Truth; 3] = [Truth::False, Truth::Unknown, Truth::True];

/// What a request shows that was proven never to be, if anything is.
pub(super) fn difference(case: &Case, tally: &mut Tally) -> Result<(), String> {
    let state = case.engine.state();
    let snapshot = state.snapshot();
    for request in &case.requests {
        let query = query(request);
        let Some(asked) = Asked::of(snapshot, &query) else { continue };
        let policy = snapshot.policy();
        let scopes: BTreeSet<TypeId> = policy.schema().declared_roles().map(|(_, info)| info.ty).collect();
        let scopes = scopes.into_iter().filter(|&scope| policy.schema().contains(scope, asked.ty) || scope == asked.ty);
        for scope in std::iter::once(None).chain(scopes.map(Some)) {
            difference_on(&asked, scope, tally).map_err(|found| format!("{query:#?}\n{found}"))?;
        }
    }
    Ok(())
}

/// A request, and of which types those are whom it is about.
struct Asked<'s> {
    snapshot: &'s Snapshot,
    query: &'s Query<'s>,
    permission: PermissionId,
    ty: TypeId,
    subject: TypeId,
    actor: TypeId,
}

impl<'s> Asked<'s> {
    fn of(snapshot: &'s Snapshot, query: &'s Query) -> Option<Self> {
        let schema = snapshot.policy().schema();
        let of = |entity: &str| schema.type_named(entity.split(':').next()?);
        let (ty, actor) = (of(&query.resource)?, of(&query.subject)?);
        let permission = schema.permission_named(ty, &query.action)?;
        let info = &schema.types[actor];
        let subject = match info.acts_as.and_then(|slot| info.attributes.get(slot)) {
            None => actor,
            Some(owner) => match owner.ty {
                rolebook::schema::ValueType::Entity(owner) => owner,
                _ => return None,
            },
        };
        Some(Self { snapshot, query, permission, ty, subject, actor })
    }
}

/// The conditions on a permission, of rules, and of roles on a type.
fn programs(policy: &CompiledPolicy, permission: PermissionId, scope: Option<TypeId>) -> Vec<NodeId> {
    let rules = policy.rules(permission);
    let roles = policy.schema().declared_roles().filter(|(_, info)| Some(info.ty) == scope);
    let of_roles = roles.flat_map(|(role, _)| policy.role(role).grants_of(permission));
    let programs: BTreeSet<NodeId> = rules.chain(of_roles).filter_map(|grant: &Grant| grant.condition).collect();
    programs.into_iter().take(TOGETHER).collect()
}

fn difference_on(asked: &Asked<'_>, scope: Option<TypeId>, tally: &mut Tally) -> Result<(), String> {
    let policy = asked.snapshot.policy();
    let programs = programs(policy, asked.permission, scope);
    let occasion = match scope {
        None => Occasion::of_permission(policy, asked.permission),
        Some(scope) => Occasion::in_role(policy, scope, asked.permission),
    };
    let mut conditions = Conditions::default();
    let formulas: Vec<Formula> = programs
        .iter()
        .map(|&program| conditions.read(policy, program, occasion.by(asked.subject, asked.actor)))
        .collect();
    let mut seen = Vec::new();
    for &program in &programs {
        seen.push(trial(asked.snapshot, asked.query, program, scope).map_err(|error| error.to_string())?);
    }
    let alone: Vec<Vec<bool>> = formulas
        .iter()
        .map(|formula| {
            TRUTHS.map(|truth| {
                let answer = conditions.find(&[(formula, Truths::from(truth))], Given::MayMiss);
                tally.count(&answer);
                answer.is_never()
            })
        })
        .map(|never| never.to_vec())
        .collect();
    for (at, truths) in seen.iter().enumerate() {
        for truth in truths {
            if alone[at][TRUTHS.iter().position(|known| known == truth).unwrap()] {
                return Err(format!("{truth:?} was proven never to be: {:?}", text(policy, programs[at])));
            }
        }
    }
    for (one, first) in formulas.iter().enumerate() {
        for (other, second) in formulas.iter().enumerate().skip(one + 1) {
            for (a, b) in TRUTHS.iter().flat_map(|&a| TRUTHS.map(|b| (a, b))) {
                let shown = seen[one].iter().zip(&seen[other]).any(|(&one, &other)| (one, other) == (a, b));
                let wanted = [(first, Truths::from(a)), (second, Truths::from(b))];
                let answer = conditions.find(&wanted, Given::MayMiss);
                tally.count(&answer);
                let possible = |at: usize, truth: Truth| !alone[at][TRUTHS.iter().position(|t| *t == truth).unwrap()];
                if answer.is_never() && possible(one, a) && possible(other, b) {
                    tally.never_together += 1;
                }
                // What can be computed in spite of what is missing comes out alike where it is there.
                let computed = a != Truth::Unknown && b != Truth::Unknown;
                let complete = computed && conditions.find(&wanted, Given::Complete).is_never();
                if shown && (answer.is_never() || complete) {
                    let (one, other) = (text(policy, programs[one]), text(policy, programs[other]));
                    return Err(format!("{a:?} and {b:?} were proven never to be together: {one:?} {other:?}"));
                }
            }
        }
    }
    Ok(())
}

/// The condition as policy text.
fn text(policy: &CompiledPolicy, program: NodeId) -> Vec<String> {
    let statements = policy.provenance().statements.iter();
    let conditions = statements.flat_map(|statement| &statement.conditions);
    let own = conditions.filter(|condition| {
        condition.program == program || policy.programs().mentions(program, policy.programs().node(condition.program))
    });
    own.map(|condition| format!("{} {}", condition.clause.as_str(), condition.text)).collect()
}
