//! A request that shows that two conditions differ, made of what a search came upon and decided by both sides before it is
//! shown.

use super::Asking;
use super::names::{Names, Side, Verb};
use super::reach::Reach;
use super::relation::{Found, Said};
use crate::analysis::condition::{Occasion, Truths, WitnessValue, trial};
use crate::compile::{Effect, NodeId};
use crate::decide::{Fact, Query, Truth};
use crate::schema::{RawValue, Schema, TypeId, ValueType};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// The request in words, if it is one, and it shows that only one side's statements hold: the old side's where `old_holds`.
pub(super) fn shown(
    old: &Said<'_>,
    new: &Said<'_>,
    found: &Found,
    occasion: Occasion,
    old_holds: bool,
    counts: Truths,
) -> Option<String> {
    let query = query(old, found, occasion)?;
    let side = if old_holds { Side::Old } else { Side::New };
    (holding(old, new, &query, counts) == Some(side)).then(|| text(&query))
}

/// The side whose statements alone hold in a request, if only one's do.
pub(super) fn holding(old: &Said<'_>, new: &Said<'_>, query: &Query, counts: Truths) -> Option<Side> {
    let was = counts.contains(truth(old, query)?);
    let is = counts.contains(truth(new, query)?);
    match (was, is) {
        (true, false) => Some(Side::Old),
        (false, true) => Some(Side::New),
        _ => None,
    }
}

/// Requests that the sides decide otherwise, by permission.
pub(super) type Candidates = FxHashMap<Verb, Vec<Query>>;

/// So many of one permission are tried.
const CANDIDATES: usize = 40;

/// Some requests of those that were found to be decided otherwise.
pub(super) fn candidates(names: &Names<'_>, reach: &Reach, asking: &Asking) -> Candidates {
    let mut candidates = Candidates::default();
    for block in &reach.blocks {
        let known: &mut Vec<Query> = candidates.entry(block.verb).or_default();
        if known.len() >= CANDIDATES {
            continue;
        }
        let permission = names.verb_name(block.verb);
        let Some((_, action)) = permission.split_once('.') else { continue };
        for actor in block.who.iter(&reach.parts).take(CANDIDATES) {
            for &resource in block.resources.iter().take(CANDIDATES) {
                if known.len() >= CANDIDATES {
                    break;
                }
                let occasion = block.occasion.as_deref().cloned().unwrap_or_default();
                known.push(Query {
                    subject: names.name(actor),
                    action: action.to_owned(),
                    resource: names.name(resource),
                    context: asking.context.iter().cloned().chain(occasion.context).collect(),
                    facts: Vec::new(),
                    at: occasion.at.unwrap_or(asking.at),
                });
            }
        }
    }
    candidates
}

/// What a side's statements come to in a request.
fn truth(said: &Said<'_>, query: &Query) -> Option<Truth> {
    let come = |program: NodeId, scope: Option<TypeId>| -> Option<Truth> {
        trial(said.snapshot, query, program, scope).ok()?.into_iter().max()
    };
    let mut allows: Option<Truth> = None;
    let mut denies = Truth::False;
    for grant in &said.grants {
        let truth = match grant.condition {
            Some(condition) => come(condition, said.scope)?,
            None => Truth::True,
        };
        match grant.effect {
            Effect::Allow => allows = Some(allows.unwrap_or(Truth::False).or(truth)),
            Effect::Deny => denies = denies.or(truth),
        }
    }
    // Of a side that says nothing, nothing holds.
    let said_truth = match allows {
        _ if said.bare => Truth::True,
        Some(allows) => allows.and(!denies),
        None => denies,
    };
    match said.when {
        Some(when) => Some(said_truth.and(come(when, said.scope)?)),
        None => Some(said_truth),
    }
}

/// Facts in the making: of each entity its parents and attributes.
#[derive(Default)]
struct Facts {
    attributes: BTreeMap<String, Vec<(String, RawValue)>>,
}

/// A request under which what was found is so, as far as it can be told.
fn query(said: &Said<'_>, found: &Found, occasion: Occasion) -> Option<Query> {
    let schema = said.snapshot.policy().schema();
    let name = |ty: TypeId| schema.types.get(ty).map(|info| info.name.to_string());
    let resource_type = name(occasion.resource)?;
    let subject_type = match occasion.actor.or(occasion.subject) {
        Some(ty) => name(ty)?,
        None => subject_type(schema)?,
    };
    let resource = format!("{resource_type}:any");
    let subject = format!("{subject_type}:somebody");
    let action = schema.actions.get(schema.permissions.get(said.permission)?.action)?.to_string();
    let mut facts = Facts::default();
    let mut context: Vec<(String, RawValue)> = Vec::new();
    // Paths that stand for an entity are named first, since others go on from them.
    let mut entities: BTreeMap<String, String> = BTreeMap::new();
    entities.insert(String::from("resource"), resource.clone());
    entities.insert(String::from("subject"), subject.clone());
    entities.insert(String::from("actor"), subject.clone());
    entities.insert(resource_type.clone(), resource.clone());
    if let Some(scope) = said.scope.and_then(name) {
        let on = if scope == resource_type { resource.clone() } else { format!("{scope}:any") };
        entities.insert(String::from("scope"), on);
    }
    for (at, fact) in found.facts.iter().enumerate() {
        let Some((of, attribute)) = fact.path.rsplit_once('.') else { continue };
        if of == "context" {
            let field = schema.context.iter().find(|field| *field.name == *attribute)?;
            context.extend(value(schema, &field.ty, &fact.value, at)?.map(|value| (attribute.to_owned(), value)));
            continue;
        }
        let entity = entity_of(schema, &mut entities, of)?;
        let ty = schema.type_named(entity.split(':').next()?)?;
        let info = schema.types.get(ty)?;
        let Some(slot) = info.attribute(attribute) else { continue };
        let attribute_type = &info.attributes.get(slot)?.ty;
        if let Some(value) = value(schema, attribute_type, &fact.value, at)? {
            if let (ValueType::Entity(_), RawValue::String(text)) = (attribute_type, &value) {
                entities.insert(fact.path.clone(), text.clone());
            }
            facts.attributes.entry(entity).or_default().push((attribute.to_owned(), value));
        }
    }
    let mut told: Vec<Fact> = Vec::new();
    // Everything lies in one entity of each type that contains it.
    let above = |ty: TypeId| -> Vec<String> {
        let parents = schema.types.get(ty).map(|info| info.parents.clone()).unwrap_or_default();
        parents
            .iter()
            .filter(|parent| parent.ty != ty)
            .filter_map(|parent| Some(format!("{}:any", name(parent.ty)?)))
            .collect()
    };
    let mut open = vec![resource.clone()];
    open.extend(facts.attributes.keys().cloned());
    while let Some(entity) = open.pop() {
        if told.iter().any(|fact| fact.entity == entity) {
            continue;
        }
        let parents = above(schema.type_named(entity.split(':').next()?)?);
        open.extend(parents.iter().cloned());
        let attributes = facts.attributes.get(&entity).cloned().unwrap_or_default();
        told.push(Fact { entity, parents, attributes });
    }
    Some(Query { subject, action, resource, context, facts: told, at: 0 })
}

/// The entity that a path stands for.
fn entity_of(schema: &Schema, entities: &mut BTreeMap<String, String>, path: &str) -> Option<String> {
    if let Some(known) = entities.get(path) {
        return Some(known.clone());
    }
    let last = path.rsplit('.').next()?;
    schema.type_named(last)?;
    let entity = format!("{last}:any");
    entities.insert(path.to_owned(), entity.clone());
    Some(entity)
}

/// A type of whom a request may be about: one that no other is checked as, with the fewest attributes.
fn subject_type(schema: &Schema) -> Option<String> {
    let plain = schema.types.iter().filter(|info| info.acts_as.is_none());
    let named = |name: &str| schema.type_named(name).is_some().then(|| name.to_owned());
    named("user").or_else(|| plain.map(|info| info.name.to_string()).next())
}

/// A value as a request gives it: nothing inside where it gives none, and nothing at all where it cannot be given.
#[expect(clippy::option_option)]
fn value(schema: &Schema, ty: &ValueType, found: &WitnessValue, at: usize) -> Option<Option<RawValue>> {
    match found {
        WitnessValue::Missing | WitnessValue::Absent => Some(None),
        WitnessValue::Everything => None,
        WitnessValue::Value(text) => Some(Some(match ty {
            ValueType::String | ValueType::Enum(_) | ValueType::Entity(_) => {
                RawValue::String(text.trim_matches('"').to_owned())
            }
            _ => RawValue::Plain(text.trim_matches('"').to_owned()),
        })),
        WitnessValue::Other(_) | WitnessValue::Present => {
            let number = if let WitnessValue::Other(number) = found { *number } else { at };
            Some(Some(match ty {
                ValueType::Bool => RawValue::Bool(true),
                ValueType::Int => RawValue::Int(1_000_003 + i64::try_from(number).ok()?),
                ValueType::String => RawValue::String(format!("other-{number}")),
                ValueType::Entity(ty) => RawValue::String(format!("{}:other-{number}", schema.types.get(*ty)?.name)),
                ValueType::Set(_) => RawValue::List(Vec::new()),
                ValueType::Enum(words) => RawValue::String(words.first()?.to_string()),
                ValueType::Duration => RawValue::Duration(1_000_003),
                ValueType::Timestamp => RawValue::String(String::from("2001-02-03T04:05:06Z")),
                ValueType::Ip => RawValue::String(String::from("192.0.2.7")),
            }))
        }
    }
}

/// A request in words.
pub(super) fn text(query: &Query) -> String {
    let shown = |value: &RawValue| match value {
        RawValue::Bool(value) => value.to_string(),
        RawValue::Int(value) => value.to_string(),
        RawValue::String(text) | RawValue::Plain(text) => text.clone(),
        RawValue::List(values) => format!("{} values", values.len()),
        _ => String::from("…"),
    };
    let mut words: Vec<String> = Vec::new();
    for fact in &query.facts {
        let name = if fact.entity == query.resource { String::from("resource") } else { fact.entity.clone() };
        let name = if fact.entity == query.subject { String::from("subject") } else { name };
        words.extend(fact.attributes.iter().map(|(key, value)| format!("{name}.{key} = {}", shown(value))));
    }
    words.extend(query.context.iter().map(|(key, value)| format!("context.{key} = {}", shown(value))));
    let (subject, resource) = (&query.subject, &query.resource);
    let asked = format!("{subject} {} {resource}", query.action);
    if words.is_empty() { asked } else { format!("{asked} with {}", words.join(", ")) }
}
