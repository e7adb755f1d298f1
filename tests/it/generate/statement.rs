//! Random allows and denies with patterns of every form, for rules and for roles.

use super::choices::Choices;
use super::condition::condition;
use super::operands::Place;
use super::shape::{Shape, TypeAt};
use std::collections::BTreeSet;

/// A permission, as type and verb.
pub(crate) type Permission = (TypeAt, &'static str);

/// A statement, clause by clause, and the permissions that it names.
pub(crate) struct Statement {
    keyword: &'static str,
    patterns: Vec<String>,
    within: Option<&'static str>,
    to: Vec<&'static str>,
    when: Option<String>,
    unless: Option<String>,
    because: bool,
    pub(crate) permissions: BTreeSet<Permission>,
}

impl Statement {
    /// As the DSL writes it.
    pub(crate) fn text(&self) -> String {
        let clause = |keyword: &str, value: Option<String>| value.map(|value| format!("{keyword} {value}"));
        let clauses = [
            Some(format!("{} {}", self.keyword, self.patterns.join(", "))),
            clause(" within", self.within.map(str::to_owned)),
            clause(" to", (!self.to.is_empty()).then(|| self.to.join(", "))),
            clause("\n  when", self.when.clone()),
            clause("\n  unless", self.unless.clone()),
            clause("\n  because", self.because.then(|| String::from("\"Not so.\""))),
        ];
        clauses.into_iter().flatten().collect()
    }

    /// As a rule of the YAML form, on one line.
    pub(crate) fn yaml(&self) -> String {
        let quoted = |texts: &[String]| texts.iter().map(|text| format!("'{text}'")).collect::<Vec<_>>().join(", ");
        let clause = |keyword: &str, value: Option<String>| value.map(|value| format!("{keyword}: {value}"));
        let clauses = [
            clause(self.keyword, Some(format!("[{}]", quoted(&self.patterns)))),
            clause("within", self.within.map(str::to_owned)),
            clause("to", (!self.to.is_empty()).then(|| format!("[{}]", self.to.join(", ")))),
            clause("when", self.when.clone().map(|when| quoted(&[when]))),
            clause("unless", self.unless.clone().map(|unless| quoted(&[unless]))),
            clause("because", self.because.then(|| String::from("Not so."))),
        ];
        format!("{{ {} }}", clauses.into_iter().flatten().collect::<Vec<_>>().join(", "))
    }
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
    keyword: &'static str,
    scope: Option<TypeAt>,
) -> Option<Statement> {
    let everything: Vec<TypeAt> = (0..shape.types.len()).collect();
    let mut types = scope.map_or(everything, |scope| shape.range(scope));
    let mut within = None;
    if choices.chance(20) && !shape.unconditional {
        let outer = choices.copy_pick(&types);
        let inside = shape.range(outer);
        types.retain(|ty| inside.contains(ty));
        within = Some(shape.types[outer].name);
    }
    let range = permissions(shape, &types);
    let (first, mut named) = pattern(choices, shape, &range)?;
    let mut patterns = vec![first];
    if choices.chance(25) {
        let (more, also_named) = pattern(choices, shape, &range)?;
        patterns.push(more);
        named.extend(also_named);
    }

    let mut place = Place::of(shape, scope);
    place.resource = named.iter().map(|&(ty, _)| ty).collect::<BTreeSet<_>>().into_iter().collect();
    place.actions = named.iter().map(|&(_, action)| action).collect::<BTreeSet<_>>().into_iter().collect();
    let mut to = Vec::new();
    if choices.chance(20) && !shape.unconditional {
        let subjects = shape.subject_types();
        to = vec![0];
        if choices.chance(35) {
            to = choices.sift(&subjects, 50);
        }
        if !to.is_empty() {
            place.actor = shape.actors_for(&to);
            place.subject = to.clone();
        }
    }
    // A rule for everybody leaves nothing for roles to decide.
    let (often, at_times) = match scope {
        _ if shape.unconditional => (0, 0),
        Some(_) => (45, 20),
        None => (90, 20),
    };
    let when = choices.chance(often).then(|| condition(choices, shape, &place));
    let unless = choices.chance(at_times).then(|| condition(choices, shape, &place));
    let because = keyword == "deny" && choices.chance(20);
    let to = to.into_iter().map(|ty| shape.types[ty].name).collect();
    Some(Statement { keyword, patterns, within, to, when, unless, because, permissions: named })
}
