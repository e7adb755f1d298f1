//! The order of what is written, as numbers with room between them: what is put between two declarations later finds one
//! there, and nothing is numbered anew. Roles stand before rules, and these before org policies.

use super::{Model, RuleId};
use crate::schema::{PolicyId, RoleId};

/// Where the numbers of rules begin.
const RULES: u64 = 1 << 61;

/// Where those of org policies begin.
const POLICIES: u64 = 1 << 62;

/// How far apart declarations are at most.
const APART: u64 = 1 << 40;

/// What a declaration needs at least: a number for each of its statements.
const ROOM: u64 = 1 << 20;

/// The numbers of so many roles, in their order.
pub(super) fn of_roles(count: usize) -> impl Iterator<Item = u64> {
    spread(0, count)
}

/// The numbers of so many rules, in their order.
pub(super) fn of_rules(count: usize) -> impl Iterator<Item = u64> {
    spread(RULES, count)
}

/// Numbers for roles behind all others. Where there is no room left, two of a rank stand in the order of their numbers.
pub fn behind(model: &Model) -> impl Iterator<Item = u64> {
    let mut last = model.role_ranks.iter().max().copied();
    std::iter::repeat_with(move || {
        last = of_role_between(last, None).or(last);
        last.unwrap_or(0)
    })
}

/// The number of an org policy's first deny.
#[must_use]
pub fn of_policy(policy: PolicyId) -> u64 {
    POLICIES + (u64::from(policy.0) << 24)
}

fn spread(first: u64, count: usize) -> impl Iterator<Item = u64> {
    let count = count as u64;
    let apart = ((1 << 60) / (count + 1)).min(APART);
    (0..count).map(move |at| first + (at + 1) * apart)
}

/// Numbers for roles behind one, or before all, and before what else comes behind it but for those that are gone. Nothing
/// where there is no room.
pub fn of_roles_after(model: &Model, before: Option<RoleId>, gone: &[RoleId], count: usize) -> Option<Vec<u64>> {
    let before = before.map_or(0, |role| model.rank_of_role(role));
    let others = model.role_ranks.iter_enumerated().filter(|(role, rank)| **rank > before && !gone.contains(role));
    several(before, others.map(|(_, rank)| *rank).min(), RULES, count)
}

/// As [`of_roles_after`], for rules.
pub fn of_rules_after(model: &Model, before: Option<RuleId>, gone: &[RuleId], count: usize) -> Option<Vec<u64>> {
    let before = before.map_or(RULES, |rule| model.rank_of_rule(rule));
    let others = model.rule_ranks.iter_enumerated().filter(|(rule, rank)| **rank > before && !gone.contains(rule));
    several(before, others.map(|(_, rank)| *rank).min(), POLICIES, count)
}

fn several(before: u64, after: Option<u64>, end: u64, count: usize) -> Option<Vec<u64>> {
    let count = count as u64;
    let gap = after.unwrap_or(end).checked_sub(before)?;
    let step = (gap / (count + 1)).min(if after.is_none() { APART } else { u64::MAX });
    (count == 0 || step > ROOM).then(|| (1..=count).map(|at| before + at * step).collect())
}

/// A number for a role between two others, either of which may be missing; nothing where there is no room.
pub(super) fn of_role_between(before: Option<u64>, after: Option<u64>) -> Option<u64> {
    between(before.unwrap_or(0), after.unwrap_or(RULES), after.is_none())
}

fn between(before: u64, after: u64, last: bool) -> Option<u64> {
    let gap = after.checked_sub(before)?;
    let step = if last { (gap / 2).min(APART) } else { gap / 2 };
    (step > ROOM).then_some(before + step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_in_between_stands_there_until_there_is_no_room() {
        let roles: Vec<u64> = of_roles(3).collect();
        let rules: Vec<u64> = of_rules(2_000_000).collect();
        let all: Vec<u64> = roles.iter().chain(&rules).copied().chain([of_policy(PolicyId(0))]).collect();
        assert!(all.is_sorted_by(|one, other| one + ROOM <= *other));
        let mut after = roles[1];
        let mut steps = 0;
        while let Some(rank) = of_role_between(Some(roles[0]), Some(after)) {
            assert!(roles[0] + ROOM < rank && rank + ROOM < after);
            (after, steps) = (rank, steps + 1);
        }
        assert!(steps > 15, "{steps}");
        let added = several(RULES, None, POLICIES, 1_000).expect("room at the end");
        assert!(added.is_sorted_by(|one, other| one + ROOM <= *other) && added.iter().all(|rank| *rank < POLICIES));
        assert_eq!(several(RULES, Some(RULES + 10 * ROOM), POLICIES, 10), None);
        assert!(of_role_between(None, Some(roles[0])).is_some_and(|rank| rank < roles[0]));
    }
}
