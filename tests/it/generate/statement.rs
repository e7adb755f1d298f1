//! Random allows and denies with patterns of every form, for rules and for roles.

use super::choices::Choices;
use super::condition::condition;
use super::operands::Place;
use super::shape::{Shape, TypeAt};
use std::collections::BTreeSet;

/// A permission, as type and verb.
pub(crate) type Permission = (TypeAt, &'static str);

/// A statement's text and the permissions that it names.
pub(crate) struct Statement {
    pub(crate) text: String,
    pub(crate) permissions: BTreeSet<Permission>,
}

/// All permissions of some types.
pub(crate) fn permissions(shape: &Shape, types: &[TypeAt]) -> Vec<Permission> {
    types.iter().flat_map(|&ty| shape.types[ty].actions.iter().map(move |&action| (ty, action))).collect()
}

/// A pattern that matches something in range, and what it matches there.
pub(crate) fn pattern(
    choices: &mut Choices<'_>,
    shape: &Shape,
    range: &[Permission],
) -> Option<(String, BTreeSet<Permission>)> {
    let &(ty, action) = choices.pick_any(range)?;
    let name = shape.types[ty].name;
    let matching = |wanted: &dyn Fn(&Permission) -> bool| range.iter().copied().filter(|it| wanted(it)).collect();
    Some(match choices.below(10) {
        0..3 => (format!("{name}.{action}"), BTreeSet::from([(ty, action)])),
        3 | 4 => {
            let other = range.iter().copied().filter(|&(other, _)| other == ty).collect::<Vec<_>>();
            let (_, second) = choices.copy_pick(&other);
            let text = if second == action { action.to_owned() } else { format!("{action}, {second}") };
            (format!("{name}.{{{text}}}"), BTreeSet::from([(ty, action), (ty, second)]))
        }
        5 | 6 => (format!("{name}.*"), matching(&|it| it.0 == ty)),
        7 | 8 => (format!("*.{action}"), matching(&|it| it.1 == action)),
        _ => (String::from("*"), matching(&|_| true)),
    })
}

/// An allow or a deny; `scope` is the type of the role it stands in.
pub(crate) fn statement(
    choices: &mut Choices<'_>,
    shape: &Shape,
    keyword: &str,
    scope: Option<TypeAt>,
) -> Option<Statement> {
    let everything: Vec<TypeAt> = (0..shape.types.len()).collect();
    let mut types = scope.map_or(everything, |scope| shape.range(scope));
    let mut within = String::new();
    if choices.chance(20) {
        let outer = choices.copy_pick(&types);
        let inside = shape.range(outer);
        types.retain(|ty| inside.contains(ty));
        within = format!(" within {}", shape.types[outer].name);
    }
    let range = permissions(shape, &types);
    let (mut text, mut named) = pattern(choices, shape, &range)?;
    if choices.chance(25) {
        let (more, also_named) = pattern(choices, shape, &range)?;
        text = format!("{text}, {more}");
        named.extend(also_named);
    }
    text = format!("{keyword} {text}{within}");

    let mut place = Place::of(shape, scope);
    place.resource = named.iter().map(|&(ty, _)| ty).collect::<BTreeSet<_>>().into_iter().collect();
    place.actions = named.iter().map(|&(_, action)| action).collect::<BTreeSet<_>>().into_iter().collect();
    if choices.chance(20) {
        let subjects = shape.subject_types();
        let mut to = vec![0];
        if choices.chance(35) {
            to = choices.sift(&subjects, 50);
        }
        if !to.is_empty() {
            let names: Vec<&str> = to.iter().map(|&ty| shape.types[ty].name).collect();
            text += &format!(" to {}", names.join(", "));
            place.actor = shape.actors_for(&to);
            place.subject = to;
        }
    }
    // A rule for everybody leaves nothing for roles to decide.
    if choices.chance(if scope.is_some() { 45 } else { 90 }) {
        text += &format!("\n  when {}", condition(choices, shape, &place));
    }
    if choices.chance(20) {
        text += &format!("\n  unless {}", condition(choices, shape, &place));
    }
    if keyword == "deny" && choices.chance(20) {
        text += "\n  because \"Not so.\"";
    }
    Some(Statement { text, permissions: named })
}
