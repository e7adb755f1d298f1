//! A request that shows that two conditions differ, made of what a search came upon and decided by both sides before it is
//! shown.

use super::Asking;
use super::names::{Names, Side, Verb};
use super::reach::Reach;
use super::said::{Said, Tells};
use crate::analysis::condition::{Sketch, Sketched};
use crate::decide::{Decision, Fact, Query, Reason, Snapshot};
use crate::diagnostics::Diagnostic;
use crate::directory::{Directory, tree};
use crate::document::{self, written};
use crate::schema::{RawValue, RoleId, Schema, TypeId, timestamp_text};
use crate::source::FileId;
use rustc_hash::FxHashMap;
use std::collections::VecDeque;
use std::fmt::Write;
use std::sync::Arc;

/// A request for which only one side's statements hold. Both sides decided it, one as these say, the other one otherwise.
///
/// Of the guardrails of org policies, and of the conditions under which roles count, it is only tried whether they hold.
#[derive(Clone, PartialEq, Debug)]
pub struct Witness {
    /// The request in words, with the facts.
    pub text: String,
    /// The request.
    pub query: Query<'static>,
    /// The directory of each side in which it is asked, the old one first; nothing where it is about those that were
    /// compared.
    pub directories: Option<[String; 2]>,
}

impl Witness {
    /// A request of real facts.
    pub(super) fn of_directories(query: &Query<'_>) -> Self {
        Self { text: text(query), query: query.clone().into_owned(), directories: None }
    }
}

/// The facts and the request, if they show that only one side's statements hold.
pub(super) fn shown(old: &Said<'_>, new: &Said<'_>, sketch: &Sketch, side: Side) -> Option<Witness> {
    let mut sketch = sketch.clone();
    for said in [old, new] {
        said.role.map_or(Some(()), |role| hold(said, role, &mut sketch))?;
    }
    let schema = old.snapshot.policy().schema();
    let action = schema.actions.get(schema.permissions.get(old.permission)?.action)?;
    let query = asked(&sketch, action);
    let (was, before) = declared_on(old, &sketch)?;
    let (is, after) = declared_on(new, &sketch)?;
    let found = holding([old, new], [&before, &after], &query)?;
    (found == side).then(|| Witness {
        text: sketched(&sketch, action),
        query: query.into_owned(),
        directories: Some([was, is]),
    })
}

/// Gives who asks the role whose statements they are, with what it requires, where it could be held.
fn hold(said: &Said<'_>, role: RoleId, sketch: &mut Sketch) -> Option<()> {
    let policy = said.snapshot.policy();
    let schema = policy.schema();
    let asks = sketch.entities.get(&sketch.subject)?;
    let acts_as = |ty: TypeId| {
        let info = schema.types.get(ty)?;
        Some(info.attributes.get(info.acts_as?)?.name.clone())
    };
    let subject = match type_of(schema, &sketch.subject).and_then(acts_as) {
        None => sketch.subject.clone(),
        Some(owner) => match asks.attributes.get(&*owner)? {
            RawValue::String(name) => name.clone(),
            _ => return None,
        },
    };
    let mut open = vec![(role, sketch.resource.clone())];
    while let Some((role, below)) = open.pop() {
        let ty = schema.roles.get(role)?.ty;
        let Some(on) = upwards(schema, sketch, &below, ty) else { continue };
        if sketch.assignments.insert((subject.clone(), schema.role_name(role), on.clone())) {
            open.extend(policy.role(role).requires.iter().map(|&required| (required, on.clone())));
        }
    }
    Some(())
}

/// The first entity of a type that one is or lies in.
fn upwards(schema: &Schema, sketch: &Sketch, from: &str, ty: TypeId) -> Option<String> {
    let mut open = VecDeque::from([from]);
    let mut seen: Vec<&str> = Vec::new();
    while let Some(name) = open.pop_front() {
        if type_of(schema, name) == Some(ty) {
            return Some(name.to_owned());
        }
        if !seen.contains(&name) {
            seen.push(name);
            open.extend(sketch.entities.get(name).iter().flat_map(|entity| &entity.parents).map(String::as_str));
        }
    }
    None
}

/// The facts that can be declared, as a directory of a side: its text, and it linked with the policy.
fn declared_on(said: &Said<'_>, sketch: &Sketch) -> Option<(String, Snapshot)> {
    let schema = said.snapshot.policy().schema();
    let text = declared(schema, sketch);
    let read = document::parse(FileId(u32::MAX), &text);
    let (tree, findings) = tree::read(read.node.as_ref()?);
    let (directory, more) = Directory::build(schema, &[Arc::new(tree)]);
    let (snapshot, rest) = said.snapshot.with_directory(Arc::new(directory));
    if !read.diagnostics.is_empty() || [findings, more, rest].iter().flatten().any(Diagnostic::is_error) {
        return None;
    }
    Some((text, snapshot))
}

/// The request, which tells of the facts that cannot be declared.
fn asked<'t>(sketch: &'t Sketch, action: &'t str) -> Query<'t> {
    let told = sketch.entities.iter().filter(|(_, entity)| entity.is_told);
    let facts = told.map(|(name, entity)| Fact {
        entity: name.clone(),
        parents: entity.parents.clone(),
        attributes: entity.attributes.clone().into_iter().collect(),
    });
    Query {
        subject: (&sketch.subject).into(),
        action: action.into(),
        resource: (&sketch.resource).into(),
        context: sketch.context.clone(),
        facts: facts.collect(),
        at: sketch.at.unwrap_or_default(),
    }
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

/// The side whose statements alone hold in a request, if only one's do and it is decided accordingly.
pub(super) fn holding(said: [&Said<'_>; 2], snapshots: [&Snapshot; 2], query: &Query) -> Option<Side> {
    let [old, new] = said;
    let [before, after] = snapshots;
    let counts = old.counts();
    let was = counts.contains(old.truth(before, query)?);
    let is = counts.contains(new.truth(after, query)?);
    let side = match (was, is) {
        (true, false) => Side::Old,
        (false, true) => Side::New,
        _ => return None,
    };
    let holds = if side == Side::Old { old.is_held(before, query) } else { new.is_held(after, query) };
    if !holds {
        return None;
    }
    let [before, after] = [before.check(query).ok()?, after.check(query).ok()?];
    let (here, there) = if side == Side::Old { (before, after) } else { (after, before) };
    let denies = |decision: &Decision| matches!(decision.reason, Reason::Forbidden | Reason::NotComputed);
    let is_so = match old.tells {
        Tells::Allowed => here.allowed && !there.allowed,
        Tells::Denied => denies(&here) && !denies(&there),
        Tells::Guarded | Tells::Holds => true,
    };
    is_so.then_some(side)
}

/// Requests that the sides decide otherwise, by permission.
pub(super) type Candidates = FxHashMap<Verb, Vec<Query<'static>>>;

/// So many of one permission are tried.
const CANDIDATES: usize = 40;

/// Some requests of those that were found to be decided otherwise.
pub(super) fn candidates(names: &Names<'_>, reach: &Reach, asking: &Asking) -> Candidates {
    let mut candidates = Candidates::default();
    for block in &reach.blocks {
        let known: &mut Vec<Query<'static>> = candidates.entry(block.verb).or_default();
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
                    subject: names.name(actor).into(),
                    action: action.to_owned().into(),
                    resource: names.name(resource).into(),
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
fn text(query: &Query) -> String {
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
        if !entity.is_told {
            words.extend(entity.lacks.iter().map(|ty| format!("{name} in no {ty}")));
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
