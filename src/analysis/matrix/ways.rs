//! The ways by which the holder of a role holds others below it, and what each way depends on.

use super::TooManyWays;
use super::clauses::{ClauseId, Clauses};
use crate::compile::{CompiledPolicy, ImplicationId};
use crate::schema::{RoleId, TypeId};
use rustc_hash::FxHashMap;

/// Ways followed for one role. Implications meet again under different conditions, and their number can double with
/// every role on the way; no table of so many alternatives could be read.
const LIMIT: usize = 1_000;

/// One way to hold a role.
#[derive(Clone, Debug)]
pub(super) struct Way {
    /// The role.
    pub(super) role: RoleId,
    /// What the way depends on, in the order of the text; none of it for the role itself.
    pub(super) clauses: Vec<ClauseId>,
    /// The implications on the way.
    pub(super) implications: Vec<ImplicationId>,
}

/// All ways from a role, itself first. Of two ways to one role the one that depends on more than the other is left out.
pub(super) fn ways(policy: &CompiledPolicy, root: RoleId, clauses: &mut Clauses<'_>) -> Result<Vec<Way>, TooManyWays> {
    let mut ways = vec![Way { role: root, clauses: Vec::new(), implications: Vec::new() }];
    let mut known: FxHashMap<RoleId, Vec<Vec<ClauseId>>> = FxHashMap::default();
    let mut at = 0;
    while let Some(way) = ways.get(at).cloned() {
        at += 1;
        for implied in &*policy.role(way.role).implies {
            let Some(on) = policy.schema().roles.get(implied.role).map(|info| info.ty) else { continue };
            let scope = scope_of(policy, root, way.role);
            let mut further = way.clauses.clone();
            let origin = policy.provenance().implications.get(implied.implication);
            if let Some(when) = origin.and_then(|origin| origin.when.as_ref()) {
                further.push(clauses.of_implication(when, scope, on));
            }
            further.extend(whens(policy, implied.role, Some(on), clauses));
            further.push(clauses.inside(on));
            dedup(&mut further);

            let others = known.entry(implied.role).or_default();
            if others.iter().any(|other| other.iter().all(|clause| further.contains(clause))) {
                continue;
            }
            others.push(further.clone());
            let mut implications = way.implications.clone();
            implications.push(implied.implication);
            ways.push(Way { role: implied.role, clauses: further, implications });
            if ways.len() > LIMIT {
                return Err(TooManyWays { role: root, limit: LIMIT });
            }
        }
    }
    Ok(ways)
}

/// What a role's own `when` and all that it inherits say, in an order that no declaration decides.
pub(super) fn whens(
    policy: &CompiledPolicy,
    role: RoleId,
    scope: Option<TypeId>,
    clauses: &mut Clauses<'_>,
) -> Vec<ClauseId> {
    let mut conditions: Vec<_> = policy
        .role(role)
        .counts_as
        .iter()
        .filter_map(|counted| policy.provenance().roles.get(*counted))
        .flat_map(|origin| &origin.when)
        .collect();
    conditions.sort_by(|one, other| one.text.cmp(&other.text));
    conditions.dedup_by(|one, other| one.text == other.text);
    conditions.into_iter().map(|condition| clauses.of_role(condition, scope)).collect()
}

/// The type that `scope` has to be replaced by in what a role says: none for the column's own.
pub(super) fn scope_of(policy: &CompiledPolicy, root: RoleId, role: RoleId) -> Option<TypeId> {
    if role == root { None } else { policy.schema().roles.get(role).map(|info| info.ty) }
}

/// Drops repeats, of each the later.
fn dedup(clauses: &mut Vec<ClauseId>) {
    let mut seen = Vec::with_capacity(clauses.len());
    clauses.retain(|clause| {
        let new = !seen.contains(clause);
        seen.push(*clause);
        new
    });
}
