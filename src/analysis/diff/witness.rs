//! A request that shows that two conditions differ, made of what a search came upon and decided by both sides before it is
//! shown.

use super::Asking;
use super::names::{Names, Side, Verb};
use super::reach::Reach;
use super::said::Said;
use crate::analysis::condition::{Sketch, Sketched, Truths};
use crate::decide::{Fact, Query, Truth};
use crate::diagnostics::Diagnostic;
use crate::directory::{Directory, tree};
use crate::document::{self, written};
use crate::schema::{RawValue, Schema, TypeId, timestamp_text};
use crate::source::FileId;
use rustc_hash::FxHashMap;
use std::fmt::Write;
use std::sync::Arc;

/// The facts and the request in words, if they show that only one side's statements hold.
pub(super) fn shown(old: &Said<'_>, new: &Said<'_>, sketch: &Sketch, side: Side, counts: Truths) -> Option<String> {
    let mut holds = [old, new].into_iter().map(|said| Some(counts.contains(tried(said, sketch)?)));
    let found = match (holds.next()??, holds.next()??) {
        (true, false) => Side::Old,
        (false, true) => Side::New,
        _ => return None,
    };
    let schema = old.snapshot.policy().schema();
    let action = schema.actions.get(schema.permissions.get(old.permission)?.action)?;
    (found == side).then(|| sketched(sketch, action))
}

/// What a side's statements come to under facts that were sketched: what can be declared stands in a directory of its own, and
/// the request tells of the rest.
fn tried(said: &Said<'_>, sketch: &Sketch) -> Option<Truth> {
    let policy = said.snapshot.policy();
    let schema = policy.schema();
    let read = document::parse(FileId(u32::MAX), &declared(schema, sketch));
    let (tree, findings) = tree::read(read.node.as_ref()?);
    let (directory, more) = Directory::build(schema, &[Arc::new(tree)]);
    let (snapshot, rest) = said.snapshot.with_directory(Arc::new(directory));
    if !read.diagnostics.is_empty() || [findings, more, rest].iter().flatten().any(Diagnostic::is_error) {
        return None;
    }
    let action = schema.actions.get(schema.permissions.get(said.permission)?.action)?;
    let told = sketch.entities.iter().filter(|(_, entity)| entity.is_told);
    let facts = told.map(|(name, entity)| Fact {
        entity: name.clone(),
        parents: entity.parents.clone(),
        attributes: entity.attributes.clone().into_iter().collect(),
    });
    let query = Query {
        subject: sketch.subject.clone(),
        action: action.to_string(),
        resource: sketch.resource.clone(),
        context: sketch.context.clone(),
        facts: facts.collect(),
        at: sketch.at.unwrap_or_default(),
    };
    said.truth(&snapshot, &query)
}

/// What can be declared, as a directory that knows as much of it as a schema does.
fn declared(schema: &Schema, sketch: &Sketch) -> String {
    let mut text = String::from("{\"rolebook\": 1, \"kind\": \"directory\"");
    for (name, entity) in sketch.entities.iter().filter(|(_, entity)| !entity.is_told) {
        let Some(info) = type_of(schema, name).and_then(|ty| schema.types.get(ty)) else { continue };
        let mut fields: Vec<String> = Vec::new();
        let knows =
            |parent: &&String| type_of(schema, parent).is_some_and(|ty| info.parents.iter().any(|of| of.ty == ty));
        let parents: Vec<String> = entity.parents.iter().filter(knows).map(|parent| written::quoted(parent)).collect();
        if !parents.is_empty() {
            fields.push(format!("\"in\": [{}]", parents.join(", ")));
        }
        let attributes = entity.attributes.iter().chain(&entity.required);
        for (key, value) in attributes.filter(|(key, _)| info.attribute(key).is_some()) {
            fields.push(format!("{}: {}", written::quoted(key), json(value)));
        }
        let settings =
            entity.settings.iter().filter(|(key, _)| schema.settings.iter().any(|info| *info.name == ***key));
        let settings: Vec<String> =
            settings.map(|(key, value)| format!("{}: {}", written::quoted(key), json(value))).collect();
        if !settings.is_empty() {
            fields.push(format!("\"settings\": {{{}}}", settings.join(", ")));
        }
        let mut roles: Vec<(&str, Vec<String>)> = Vec::new();
        for (subject, role, _) in sketch.assignments.iter().filter(|(_, _, on)| on == name) {
            let role = role.split_once('.').map_or(role.as_str(), |(_, role)| role);
            match roles.iter_mut().find(|(known, _)| *known == role) {
                Some((_, subjects)) => subjects.push(written::quoted(subject)),
                None => roles.push((role, vec![written::quoted(subject)])),
            }
        }
        let roles: Vec<String> = roles
            .iter()
            .map(|(role, subjects)| format!("{}: [{}]", written::quoted(role), subjects.join(", ")))
            .collect();
        if !roles.is_empty() {
            fields.push(format!("\"roles\": {{{}}}", roles.join(", ")));
        }
        // Writing to a string cannot fail.
        let _ = write!(text, ",\n{}: {{{}}}", written::quoted(name), fields.join(", "));
    }
    text + "}\n"
}

fn type_of(schema: &Schema, name: &str) -> Option<TypeId> {
    schema.type_named(name.split(':').next()?)
}

fn json(value: &RawValue) -> String {
    match value {
        RawValue::Bool(value) => value.to_string(),
        RawValue::Int(value) => value.to_string(),
        RawValue::String(text) | RawValue::Plain(text) => written::quoted(text),
        RawValue::List(values) => format!("[{}]", values.iter().map(json).collect::<Vec<_>>().join(", ")),
        RawValue::Null | RawValue::Duration(_) | RawValue::Other(_) => String::from("null"),
    }
}

/// The side whose statements alone hold in a request, if only one's do.
pub(super) fn holding(old: &Said<'_>, new: &Said<'_>, query: &Query, counts: Truths) -> Option<Side> {
    let was = counts.contains(old.truth(old.snapshot, query)?);
    let is = counts.contains(new.truth(new.snapshot, query)?);
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

/// A request of real facts in words.
pub(super) fn text(query: &Query) -> String {
    let words = query.context.iter().map(|(key, value)| format!("context.{key} = {}", plain(value)));
    with(format!("{} {} {}", query.subject, query.action, query.resource), &words.collect::<Vec<_>>())
}

/// Facts and a request in words.
fn sketched(sketch: &Sketch, action: &str) -> String {
    let short = |name: &str| match name {
        name if name == sketch.resource => String::from("resource"),
        name if name == sketch.subject => String::from("subject"),
        name => name.to_owned(),
    };
    let mut words: Vec<String> = Vec::new();
    for (name, entity) in &sketch.entities {
        let name = short(name);
        words.extend(entity.is_told.then(|| format!("{name} undeclared")));
        if tells(sketch, entity) {
            words.push(format!("{name} in {}", entity.parents.join(" and ")));
        }
        words.extend(entity.attributes.iter().map(|(key, value)| format!("{name}.{key} = {}", plain(value))));
        words.extend(entity.settings.iter().map(|(key, value)| format!("{name}.settings.{key} = {}", plain(value))));
    }
    let roles = sketch.assignments.iter();
    words.extend(roles.map(|(subject, role, on)| format!("{} has {role} on {}", short(subject), short(on))));
    words.extend(sketch.context.iter().map(|(key, value)| format!("context.{key} = {}", plain(value))));
    words.extend(sketch.at.map(|at| format!("time = {}", timestamp_text(at))));
    with(format!("{} {action} {}", sketch.subject, sketch.resource), &words)
}

/// Whether in what an entity lies does not go without saying.
fn tells(sketch: &Sketch, entity: &Sketched) -> bool {
    let is_usual = |parent: &String| parent.ends_with(":any") || *parent == sketch.resource;
    !entity.parents.iter().all(is_usual)
}

fn with(asked: String, words: &[String]) -> String {
    if words.is_empty() { asked } else { format!("{asked} with {}", words.join(", ")) }
}

fn plain(value: &RawValue) -> String {
    match value {
        RawValue::Bool(value) => value.to_string(),
        RawValue::Int(value) => value.to_string(),
        RawValue::String(text) | RawValue::Plain(text) => text.clone(),
        RawValue::List(values) => format!("[{}]", values.iter().map(plain).collect::<Vec<_>>().join(", ")),
        RawValue::Null | RawValue::Duration(_) | RawValue::Other(_) => String::from("…"),
    }
}
