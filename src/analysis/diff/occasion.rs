//! Under which circumstances a decision may differ: values of the context and moments, one for each case that the conditions
//! tell apart.
//!
//! The [values of each field](super::fields) are put together with those of all others, up to [`OCCASIONS`] of them.

use super::fields;
use super::names::{Names, Side, Thing};
use super::reads::Reads;
use crate::compile::{Node, NodeId};
use crate::decide::{Request, Val, Variables, World};
use crate::directory::EntityId;
use crate::schema::{RawValue, duration_text, timestamp_text};

/// More circumstances than this are not tried for one request.
const OCCASIONS: usize = 2_048;

/// More values than this are not tried for one field.
pub(super) const VALUES: usize = 256;

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
        let (values, whole) = fields::candidates(names, reads, asked, name, at);
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

/// Whether a value is, or is made of, a field of the context.
pub(super) fn concerns(names: &Names<'_>, side: Side, id: NodeId, name: &str) -> bool {
    let policy = names.sides.of(side).policy();
    let field = policy.schema().context.iter().position(|field| &*field.name == name);
    let field = field.and_then(|field| u32::try_from(field).ok());
    field.is_some_and(|field| policy.programs().mentions(id, Node::Context(field)))
}

/// The values that a program comes to for a request, for each entity that a role in which it stands may be held on.
pub(super) fn each_value(
    names: &Names<'_>,
    side: Side,
    id: NodeId,
    asked: &Asked<'_>,
    at: i64,
    mut visit: impl FnMut(Val<'_>),
) {
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
