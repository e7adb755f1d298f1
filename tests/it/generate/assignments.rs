//! Random assignments: to people, groups and other entities, with what they require, for a time.

use super::choices::Choices;
use super::directory::{AssignmentFacts, EntityFacts, Facts};
use super::shape::Shape;
use super::values;

/// Assigns a role to somebody, if there is any to assign.
pub(super) fn assignment(choices: &mut Choices<'_>, shape: &Shape, facts: &mut Facts) {
    let scopes: Vec<usize> = (0..facts.entities.len()).filter(|&at| !facts.assignable(shape, at).is_empty()).collect();
    let Some(on) = choices.copy_pick_any(&scopes) else { return };
    let roles = facts.assignable(shape, on);
    let composed = roles.iter().find(|role| *role == "composed").filter(|_| choices.chance(40));
    let role = composed.unwrap_or_else(|| choices.pick(&roles)).clone();
    let subject = match choices.below(10) {
        0..5 => values::entity(choices, shape, 0),
        5..8 if !facts.assignments.is_empty() => group(choices, shape, facts),
        5..9 => {
            let group = choices.copy_pick(&scopes);
            format!("{}#{}", facts.entities[group].name, choices.pick(&facts.assignable(shape, group)))
        }
        _ => {
            let can_hold = |entity: &&EntityFacts| shape.types[entity.ty].acts_as.is_none();
            let declared: Vec<&EntityFacts> = facts.entities.iter().filter(can_hold).collect();
            choices.copy_pick(&declared).name.clone()
        }
    };
    if !subject.contains('#') {
        requirements(choices, shape, facts, (on, &role, &subject));
    }
    let (since, until) = bounds(choices);
    facts.assign(AssignmentFacts { subject, role, on, since, until });
}

/// A userset that has a member, as somebody is assigned its role or one that implies it.
fn group(choices: &mut Choices<'_>, shape: &Shape, facts: &Facts) -> String {
    let AssignmentFacts { on, role, .. } = choices.pick(&facts.assignments);
    let implied: Vec<String> = facts
        .role(shape, *on, role)
        .into_iter()
        .flat_map(|role| &role.implies)
        .flat_map(|(ty, name)| {
            let below = (0..facts.entities.len()).filter(|&at| facts.entities[at].ty == *ty && at != *on);
            below
                .filter(|&at| facts.closure(at).contains(on))
                .map(move |at| format!("{}#{name}", facts.entities[at].name))
        })
        .collect();
    match choices.pick_any(&implied) {
        Some(group) if choices.chance(60) => group.clone(),
        _ => format!("{}#{role}", facts.entities[*on].name),
    }
}

/// Gives a subject, most often, what a role requires: the role itself or one that extends or implies it, directly or as a
/// member.
fn requirements(choices: &mut Choices<'_>, shape: &Shape, facts: &mut Facts, (on, role, subject): (usize, &str, &str)) {
    for (ty, required) in facts.role(shape, on, role).map(|role| role.requires.clone()).unwrap_or_default() {
        let mut ways: Vec<(usize, String)> = facts.above(on, ty).map(|scope| (scope, required.clone())).collect();
        let implying = shape.roles.iter().filter(|role| role.implies.contains(&(ty, required.clone())));
        let implying: Vec<(usize, String)> =
            implying.flat_map(|role| facts.above(on, role.ty).map(|scope| (scope, role.name.clone()))).collect();
        let extending = shape.roles.iter().filter(|role| role.ty == ty && role.extends.contains(&required));
        let extending: Vec<(usize, String)> =
            extending.flat_map(|role| facts.above(on, ty).map(|scope| (scope, role.name.clone()))).collect();
        if choices.chance(50) && !implying.is_empty() {
            ways = implying;
        } else if choices.chance(50) && !extending.is_empty() {
            ways = extending;
        }
        ways.retain(|(scope, role)| facts.assignable(shape, *scope).contains(role));
        let Some((scope, role)) = choices.pick_any(&ways).cloned().filter(|_| choices.chance(85)) else { continue };
        requirements(choices, shape, facts, (scope, &role, subject));
        let groups = facts.assignments.iter().filter(|assignment| assignment.subject == subject);
        let groups: Vec<String> =
            groups.map(|group| format!("{}#{}", facts.entities[group.on].name, group.role)).collect();
        let subject =
            choices.pick_any(&groups).filter(|_| choices.chance(50)).map_or(subject, String::as_str).to_owned();
        let (since, until) = bounds(choices);
        facts.assign(AssignmentFacts { subject, role, on: scope, since, until });
    }
}

/// When an assignment begins and ends.
fn bounds(choices: &mut Choices<'_>) -> (Option<&'static str>, Option<&'static str>) {
    let last = values::MOMENTS.len() - 1;
    match choices.below(9) {
        6 => (None, Some(choices.copy_pick(&values::MOMENTS))),
        7 => (Some(choices.copy_pick(&values::MOMENTS)), None),
        8 => {
            let start = choices.below(last);
            (Some(values::MOMENTS[start]), Some(values::MOMENTS[choices.between(start + 1, last)]))
        }
        _ => (None, None),
    }
}
