//! Under which circumstances a decision may differ: values of the context and moments, one for each case that the conditions
//! tell apart.
//!
//! What a field is compared with, on either side and for this very request, is computed, and the field is given each of
//! these values, one that is none of them, and none at all. So every case is met that the comparisons can tell apart, up
//! to [`OCCASIONS`] of them.

use super::names::{Names, Side, Thing};
use super::reads::Reads;
use crate::compile::{Node, NodeId};
use crate::decide::{Request, Val, Variables, World};
use crate::directory::EntityId;
use crate::schema::{RawValue, Schema, ValueType, duration_text, timestamp_text};

/// More circumstances than this are not tried for one request.
const OCCASIONS: usize = 2_048;

/// More values than this are not tried for one field.
const VALUES: usize = 256;

/// Circumstances of a request.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Occasion {
    /// Values for the context, beyond those that were asked with.
    pub context: Vec<(String, RawValue)>,
    /// The moment, in milliseconds since 1970 UTC, if it is another than the one asked about.
    pub at: Option<i64>,
}

impl Occasion {
    /// Whether it is that which was asked about.
    #[must_use]
    pub fn is_given(&self) -> bool {
        self.context.is_empty() && self.at.is_none()
    }

    /// In words, as the options of a command.
    #[must_use]
    pub fn text(&self) -> String {
        let mut words: Vec<String> =
            self.context.iter().map(|(name, value)| format!("{name}={}", raw_text(value))).collect();
        words.extend(self.at.map(|at| format!("time={}", timestamp_text(at))));
        words.join(", ")
    }
}

fn raw_text(value: &RawValue) -> String {
    match value {
        RawValue::Bool(value) => value.to_string(),
        RawValue::Int(value) => value.to_string(),
        RawValue::String(text) | RawValue::Plain(text) => text.clone(),
        RawValue::Duration(length) => duration_text(*length),
        RawValue::List(values) => format!("[{}]", values.iter().map(raw_text).collect::<Vec<_>>().join(", ")),
        RawValue::Null | RawValue::Other(_) => String::from("null"),
    }
}

/// Who asks, about what, and where roles may be held that have a say.
pub(super) struct Asked<'a> {
    pub(super) actor: Thing,
    pub(super) resource: Thing,
    pub(super) levels: &'a [Thing],
    /// Others who may be named in the context.
    pub(super) others: &'a [Thing],
    /// When roles begin and end that are held there.
    pub(super) moments: Vec<i64>,
}

/// All circumstances in which the decision may differ, those that were asked about first, and whether these are all.
pub(super) fn occasions(
    names: &Names<'_>,
    reads: &Reads,
    asked: &Asked<'_>,
    given: &[(String, RawValue)],
    at: i64,
) -> (Vec<Occasion>, bool) {
    let mut occasions = vec![Occasion::default()];
    let mut all = true;
    for name in reads.context.iter().filter(|name| !given.iter().any(|(known, _)| *known == ***name)) {
        let (values, whole) = candidates(names, reads, asked, name, at);
        all &= whole;
        let mut further = Vec::with_capacity(occasions.len() * (values.len() + 1));
        further.append(&mut occasions.clone());
        for value in values {
            further.extend(occasions.iter().map(|occasion| {
                let mut occasion = occasion.clone();
                occasion.context.push((name.to_string(), value.clone()));
                occasion
            }));
        }
        all &= further.len() <= OCCASIONS;
        further.truncate(OCCASIONS);
        occasions = further;
    }
    let mut moments: Vec<i64> = asked.moments.clone();
    for (side, other) in &reads.beside_now {
        each_value(names, *side, *other, asked, at, |val| {
            if let Val::Timestamp(at) = val {
                moments.extend([at - 1, at, at + 1]);
            }
        });
    }
    moments.retain(|&moment| moment > at);
    moments.sort_unstable();
    moments.dedup();
    all &= moments.len() <= VALUES;
    moments.truncate(VALUES);
    if !moments.is_empty() {
        let now = occasions.clone();
        for moment in moments {
            occasions.extend(now.iter().map(|occasion| Occasion { at: Some(moment), ..occasion.clone() }));
        }
        all &= occasions.len() <= OCCASIONS;
        occasions.truncate(OCCASIONS);
    }
    (occasions, all)
}

/// The values that a field of the context may take, as far as conditions tell them apart, and whether these are all.
fn candidates(names: &Names<'_>, reads: &Reads, asked: &Asked<'_>, name: &str, at: i64) -> (Vec<RawValue>, bool) {
    let field_of = |side: Side| {
        let schema = names.sides.of(side).policy().schema();
        schema
            .context
            .iter()
            .position(|field| &*field.name == name)
            .and_then(|at| Some((schema, schema.context.get(at)?)))
    };
    let Some((schema, field)) = field_of(Side::New).or_else(|| field_of(Side::Old)) else { return (Vec::new(), true) };
    let element = match &field.ty {
        ValueType::Set(of) => of,
        single => single,
    };
    let mut texts: Vec<String> = Vec::new();
    let mut every = true;
    for (side, this, other) in &reads.beside_context {
        if !concerns(names, *side, *this, name) {
            continue;
        }
        each_value(names, *side, *other, asked, at, |val| around(names, *side, val, &mut texts));
    }
    texts.extend(kinds(schema, element));
    match element {
        ValueType::Bool => texts.extend([String::from("true"), String::from("false")]),
        ValueType::Enum(words) => texts.extend(words.iter().map(|word| word.to_string())),
        ValueType::Entity(ty) => {
            let ty = schema.types.get(*ty).map_or("", |info| &info.name);
            let people = [asked.actor, asked.resource].into_iter().chain(asked.others.iter().copied());
            texts.extend(people.filter(|&thing| names.type_name(thing) == ty).map(|thing| names.name(thing)));
            if reads.context_parts.contains(name) {
                let (few, whole) = names.few(ty);
                texts.extend(few.iter().map(|&thing| names.name(thing)));
                every = whole;
            }
        }
        _ => {}
    }
    // What one side cannot read is no question to it.
    let readable = |side: Side, text: &String| {
        field_of(side).is_none_or(|(schema, field)| {
            let element = match &field.ty {
                ValueType::Set(of) => of,
                single => single,
            };
            schema.read_value(element, &RawValue::Plain(text.clone())).is_ok()
        })
    };
    texts.retain(|text| Side::BOTH.into_iter().all(|side| readable(side, text)));
    let mut seen: Vec<String> = Vec::new();
    texts.retain(|text| {
        let new = !seen.contains(text);
        seen.push(text.clone());
        new
    });
    let all = every && texts.len() <= VALUES;
    texts.truncate(VALUES);
    let values = match &field.ty {
        ValueType::Set(_) => {
            let mut sets: Vec<RawValue> = vec![RawValue::List(Vec::new())];
            sets.extend(texts.iter().map(|text| RawValue::List(vec![RawValue::Plain(text.clone())])));
            sets.push(RawValue::List(texts.into_iter().map(RawValue::Plain).collect()));
            sets
        }
        _ => texts.into_iter().map(RawValue::Plain).collect(),
    };
    (values, all)
}

/// A value that nothing is likely to be compared with.
fn kinds(schema: &Schema, ty: &ValueType) -> Option<String> {
    Some(match ty {
        ValueType::Int => String::from("0"),
        ValueType::String => String::from("something-else"),
        ValueType::Timestamp => String::from("2000-01-01T00:00:00Z"),
        ValueType::Duration => String::from("0s"),
        ValueType::Ip => String::from("192.0.2.1"),
        ValueType::Entity(ty) => format!("{}:somebody-else", schema.types.get(*ty)?.name),
        _ => return None,
    })
}

/// Whether a value is, or is made of, a field of the context.
fn concerns(names: &Names<'_>, side: Side, id: NodeId, name: &str) -> bool {
    let policy = names.sides.of(side).policy();
    let field = policy.schema().context.iter().position(|field| &*field.name == name);
    let field = field.and_then(|field| u32::try_from(field).ok());
    field.is_some_and(|field| policy.programs().mentions(id, Node::Context(field)))
}

/// The values that a program comes to for a request, for each entity that a role in which it stands may be held on.
fn each_value(names: &Names<'_>, side: Side, id: NodeId, asked: &Asked<'_>, at: i64, mut visit: impl FnMut(Val<'_>)) {
    let snapshot = names.sides.of(side);
    let known = |thing: Thing| names.entity(side, thing);
    let (Some(actor), Some(resource)) = (known(asked.actor), known(asked.resource)) else { return };
    let permission = crate::schema::PermissionId(u32::MAX);
    let acts = snapshot
        .policy()
        .schema()
        .types
        .get(snapshot.directory().type_of(actor))
        .is_some_and(|info| info.acts_as.is_some());
    let request = Request { actor, acts, permission, resource, at, said: None };
    let world = World::new(snapshot, &request);
    let Some(subject) = world.subject() else { return };
    let scoped = snapshot.policy().programs().mentions(id, Node::Scope);
    let scopes: Vec<Option<EntityId>> =
        if scoped { asked.levels.iter().map(|&level| known(level)).collect() } else { vec![None] };
    for scope in scopes {
        match world.value(id, Variables { subject, resource, scope }) {
            Val::Unknown | Val::Absent | Val::Everything => {}
            set @ Val::Set(_) => {
                world.any(set, |element| {
                    visit(element);
                    false
                });
            }
            single => visit(single),
        }
    }
}

/// The texts of a value, and of what lies right beside it.
fn around(names: &Names<'_>, side: Side, val: Val<'_>, texts: &mut Vec<String>) {
    match val {
        Val::Bool(value) => texts.push(value.to_string()),
        Val::Int(value) => {
            texts.extend([value.saturating_sub(1), value, value.saturating_add(1)].map(|value| value.to_string()));
        }
        Val::Text(text) => {
            texts.push(text.to_owned());
            if text.contains('*') {
                texts.push(text.replace('*', ""));
                texts.push(text.replace('*', "-any-"));
            } else {
                texts.push(format!("{text}-more"));
                texts.push(format!("more-{text}"));
            }
        }
        Val::Timestamp(at) => {
            texts.extend([at.saturating_sub(1), at, at.saturating_add(1)].map(timestamp_text));
        }
        Val::Duration(length) => {
            texts.extend([length - 1_000, length, length + 1_000].map(duration_text));
        }
        Val::Ip(address) => texts.push(address.to_string()),
        Val::Range(range) => {
            texts.push(range.network().to_string());
            texts.push(range.broadcast().to_string());
        }
        Val::Entity(entity) => {
            let schema = names.sides.of(side).policy().schema();
            match names.thing(side, entity) {
                Some(thing) => texts.push(names.name(thing)),
                None => texts.extend(names.sides.of(side).named_by_policy(entity).map(|name| name.text(schema))),
            }
        }
        Val::Unknown | Val::Absent | Val::Everything | Val::Set(_) => {}
    }
}
