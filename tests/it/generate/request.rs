//! Random requests: about what is declared, what is only told of in the request, and what nobody knows anything about.

use super::choices::Choices;
use super::containment::Placing;
use super::directory::{AssignmentFacts, EntityFacts, Facts};
use super::shape::{Kind, Presence, Shape, TypeAt};
use super::values::{self, Datum};

/// A question, with values as data.
#[derive(Clone, Debug)]
pub(crate) struct RequestFacts {
    pub(crate) subject: String,
    pub(crate) action: String,
    pub(crate) resource: String,
    pub(crate) context: Vec<(String, Datum)>,
    pub(crate) told: Vec<Told>,
    /// An ISO moment, and milliseconds to add to it.
    pub(crate) at: (&'static str, i64),
}

impl RequestFacts {
    /// Milliseconds since 1970 UTC.
    pub(crate) fn moment(&self) -> i64 {
        let (start, after) = self.at;
        start.parse::<jiff::Timestamp>().expect("a moment").as_millisecond() + after
    }
}

/// What a request tells of an entity.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    pub(crate) entity: String,
    pub(crate) parents: Vec<String>,
    pub(crate) attributes: Vec<(String, Datum)>,
}

/// A request that can be decided.
pub(crate) fn request(choices: &mut Choices<'_>, shape: &Shape, facts: &Facts) -> RequestFacts {
    // Most often it has to do with an assignment.
    let assignment = choices.pick_any(&facts.assignments).filter(|_| choices.chance(75));
    let (ty, resource) = resource(choices, shape, facts, assignment);
    let subject = subject(choices, shape, facts, assignment);
    let near = assignment.map(|assignment| assignment.on);
    let mut told = Vec::new();
    let mut tell = |choices: &mut Choices<'_>, entity: &str, percent: usize| {
        if choices.chance(percent) && told.iter().all(|told: &Told| told.entity != entity) {
            told.push(self::told(choices, shape, facts, entity, near));
        }
    };
    // What is told of declared entities must change nothing.
    let is_declared = |name: &str| facts.entities.iter().any(|entity| entity.name == name);
    tell(choices, &resource, if is_declared(&resource) { 10 } else { 85 });
    tell(choices, &subject, if is_declared(&subject) { 10 } else { 40 });
    tell(choices, "user:dee", 15);
    let mut context = Vec::new();
    for field in &shape.context {
        let given = match field.presence {
            Presence::Required => 75,
            Presence::Optional | Presence::Default(_) => 50,
        };
        if choices.chance(given) {
            context.push((field.name.to_owned(), values::attribute(choices, shape, field)));
        }
    }
    let at = (choices.copy_pick(&values::MOMENTS), choices.copy_pick(&[0, -1, 1, 3_600_000]));
    let action = (*choices.pick(&shape.types[ty].actions)).to_owned();
    RequestFacts { subject, action, resource, context, told, at }
}

fn resource(
    choices: &mut Choices<'_>,
    shape: &Shape,
    facts: &Facts,
    assignment: Option<&AssignmentFacts>,
) -> (TypeAt, String) {
    let acting = |ty: &TypeAt| !shape.types[*ty].actions.is_empty();
    let in_scope = |at: &usize| assignment.is_none_or(|assignment| facts.closure(*at).contains(&assignment.on));
    let declared: Vec<&EntityFacts> =
        (0..facts.entities.len()).filter(in_scope).map(|at| &facts.entities[at]).filter(|it| acting(&it.ty)).collect();
    match choices.copy_pick_any(&declared) {
        Some(entity) if !choices.chance(25) => (entity.ty, entity.name.clone()),
        _ => {
            let scope = assignment.map(|assignment| facts.entities[assignment.on].ty);
            let near: Vec<TypeAt> =
                scope.map_or(Vec::new(), |scope| shape.range(scope)).into_iter().filter(acting).collect();
            let all: Vec<TypeAt> = (0..shape.types.len()).filter(acting).collect();
            let ty = choices.copy_pick(if near.is_empty() { &all } else { &near });
            (ty, unknown(shape, ty))
        }
    }
}

fn subject(choices: &mut Choices<'_>, shape: &Shape, facts: &Facts, assignment: Option<&AssignmentFacts>) -> String {
    let key = (0..shape.types.len()).find(|&ty| shape.types[ty].acts_as.is_some());
    match (choices.below(12), assignment, key) {
        (0..8, Some(assignment), _) => match facts.meant(assignment).as_slice() {
            [] => values::entity(choices, shape, 0),
            meant => (*choices.pick(meant)).to_owned(),
        },
        (0..9, _, _) => values::entity(choices, shape, 0),
        (9, _, Some(key)) => values::entity(choices, shape, key),
        (10, _, _) => match choices.pick_any(&facts.entities) {
            Some(entity) => entity.name.clone(),
            None => unknown(shape, 0),
        },
        _ => {
            let ty = choices.below(shape.types.len());
            unknown(shape, if choices.chance(60) { 0 } else { ty })
        }
    }
}

/// An entity that is never declared.
fn unknown(shape: &Shape, ty: TypeAt) -> String {
    format!("{}:{}", shape.types[ty].name, values::ids(shape, ty)[3])
}

/// What is told of an entity, `near` another one where possible.
fn told(choices: &mut Choices<'_>, shape: &Shape, facts: &Facts, entity: &str, near: Option<usize>) -> Told {
    let ty = shape.types.iter().position(|ty| entity.split(':').next() == Some(ty.name)).expect("a declared type");
    let placing = Placing::told(shape, facts, ty);
    let mut parents = if choices.chance(85) { placing.parents(choices).unwrap_or_default() } else { Vec::new() };
    // Where more ways meet, more settings do.
    if choices.chance(30) {
        for _ in 0..3 {
            let other = placing.parents(choices).unwrap_or_default();
            if other.len() > parents.len() {
                parents = other;
            }
        }
    }
    for _ in 0..3 {
        let inside = |parent: &usize| near.is_some_and(|near| facts.closure(*parent).contains(&near));
        if !parents.is_empty() && !parents.iter().any(inside) {
            parents = placing.parents(choices).unwrap_or_default();
        }
    }
    let mut parents: Vec<String> = parents.into_iter().map(|at| facts.entities[at].name.clone()).collect();
    // A parent of which nothing is known.
    if parents.is_empty()
        && choices.chance(30)
        && let Some((parent, _)) = choices.copy_pick_any(&shape.types[ty].parents).filter(|(parent, _)| *parent != ty)
    {
        parents.push(unknown(shape, parent));
    }
    let mut attributes = Vec::new();
    for attribute in &shape.types[ty].attributes {
        if choices.chance(60) {
            attributes.push((attribute.name.to_owned(), values::attribute(choices, shape, attribute)));
        }
    }
    if choices.chance(10) {
        attributes.push((String::from("unheard"), values::datum(choices, shape, Kind::Int)));
    }
    Told { entity: entity.to_owned(), parents, attributes }
}
