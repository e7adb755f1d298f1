//! Roles that are the same but for their names.

use super::same::Pair;
use super::{Examined, Finding};
use crate::compile::{Effect, Node};
use crate::diagnostics::Code;
use crate::schema::{PermissionId, RoleId, TypeId};
use crate::source::Span;
use rustc_hash::FxHashMap;

/// More roles that differ in nothing but their conditions are not compared with each other.
const COMPARED: usize = 32;

/// What makes a difference between two roles on one type, but for their conditions.
#[derive(PartialEq, Eq, Hash)]
struct Outline {
    ty: TypeId,
    organization: Option<String>,
    custom: bool,
    grants: Vec<(PermissionId, bool)>,
    implies: Vec<RoleId>,
    requires: Vec<RoleId>,
    assigned: Option<(bool, Vec<PermissionId>)>,
    /// The questions for roles, by number, that its holder is a yes to.
    answers: Vec<usize>,
}

pub(super) fn find(examined: &Examined<'_>, findings: &mut Vec<Finding>) {
    let questions = questions(examined);
    let pair = Pair::new(examined.policy(), examined.policy());
    let mut known: FxHashMap<Outline, Vec<(RoleId, Span)>> = FxHashMap::default();
    let mut roles: Vec<(RoleId, Span)> = examined.own_roles().collect();
    roles.sort_unstable_by_key(|(_, span)| *span);
    for (role, span) in roles {
        let alike = known.entry(outline(examined, role, &questions)).or_default();
        let Some((first, place)) = alike.iter().take(COMPARED).find(|(first, _)| pair.give_alike(*first, role)) else {
            alike.push((role, span));
            continue;
        };
        let (name, other) = (examined.schema().role_name(role), examined.schema().role_name(*first));
        let finding = Finding::warning(Code::EqualRoles, span, format!("`{name}` is the same as `{other}`"))
            .here("grants the same, and counts as the same")
            .label(*place, "the other one")
            .help("let one go, or have it extend the other and say what sets it apart");
        findings.push(finding);
    }
}

/// Where roles are asked for, in conditions and by `requires`: the numbers of the questions in which each role stands.
fn questions(examined: &Examined<'_>) -> FxHashMap<RoleId, Vec<usize>> {
    let policy = examined.policy();
    let mut questions: FxHashMap<RoleId, Vec<usize>> = FxHashMap::default();
    let mut lists: Vec<&[RoleId]> = Vec::new();
    for node in policy.programs().nodes() {
        if let Node::Has(_, roles, _) = node {
            lists.push(policy.programs().roles(roles));
        }
    }
    for (id, _) in policy.schema().declared_roles() {
        lists.extend(policy.role(id).requires.iter().map(std::slice::from_ref));
    }
    lists.sort_unstable();
    lists.dedup();
    for (number, list) in lists.into_iter().enumerate() {
        list.iter().for_each(|&role| questions.entry(role).or_default().push(number));
    }
    questions
}

fn outline(examined: &Examined<'_>, role: RoleId, questions: &FxHashMap<RoleId, Vec<usize>>) -> Outline {
    let policy = examined.policy();
    let compiled = policy.role(role);
    let info = policy.schema().roles.get(role);
    let mut grants: Vec<_> =
        compiled.grants.iter().map(|grant| (grant.permission, grant.effect == Effect::Allow)).collect();
    let mut implies: Vec<_> = compiled.implies.iter().map(|implied| implied.role).collect();
    let mut answers: Vec<usize> =
        compiled.counts_as.iter().filter_map(|role| questions.get(role)).flatten().copied().collect();
    sort(&mut grants);
    sort(&mut implies);
    sort(&mut answers);
    let guard = policy.guards().assignment(role);
    Outline {
        ty: examined.type_of_role(role),
        organization: info.and_then(|info| info.organization.as_ref()).map(|name| name.text(policy.schema())),
        custom: info.is_some_and(|info| info.custom),
        grants,
        implies,
        requires: compiled.requires.to_vec(),
        assigned: guard.map(|guard| (guard.freely, guard.permissions.to_vec())),
        answers,
    }
}

fn sort<T: Ord>(list: &mut Vec<T>) {
    list.sort_unstable();
    list.dedup();
}
