//! What becomes of settings: how they are declared, what org policies give them, and what they amount to on entities.

use super::names::{Names, Pair, Side, Thing, place};
use super::values;
use crate::compile::Node;
use crate::directory::{Effective, ProfileId};
use crate::schema::{MergeWord, Schema, SettingId, Value};
use crate::source::Span;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What becomes of what a setting is, or comes to.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Turn {
    /// More is in it, or it is larger where it is a limit upwards and smaller where it is one downwards.
    Widened,
    /// Less is.
    Narrowed,
    /// It is another.
    Changed,
}

impl Turn {
    /// Its stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Widened => "widened",
            Self::Narrowed => "narrowed",
            Self::Changed => "changed",
        }
    }
}

/// What becomes of one setting.
#[derive(Clone, PartialEq, Debug)]
pub struct SettingDiff {
    /// Its name.
    pub setting: String,
    /// How it was declared, as policy text; nothing where it was not.
    pub old: Option<String>,
    /// How it is declared.
    pub new: Option<String>,
    /// Where it is declared, on the new side where it is there.
    pub place: Option<(Side, Span)>,
    /// What org policies give it otherwise.
    pub policies: Vec<GivenDiff>,
    /// What it amounts to otherwise on entities, each once.
    pub entities: Vec<GivenDiff>,
    /// Whether a condition reads it, on either side: then decisions may hang on it.
    pub is_read: bool,
}

/// A value that is another.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GivenDiff {
    /// The org policy that gives it, or the entity on which it amounts to it.
    pub on: Arc<str>,
    /// Which way it goes.
    pub turn: Turn,
    /// The value that was.
    pub old: Arc<str>,
    /// The value that is.
    pub new: Arc<str>,
}

/// What becomes of all settings, those alone that change.
pub(super) fn settings(names: &Names<'_>) -> Vec<SettingDiff> {
    let schema = |side: Side| names.sides.of(side).policy().schema();
    let mut all: BTreeMap<Box<str>, Pair<Option<SettingId>>> = BTreeMap::new();
    for side in Side::BOTH {
        for (id, info) in schema(side).settings.iter_enumerated() {
            *all.entry(info.name.clone()).or_default().of_mut(side) = Some(id);
        }
    }
    let mut on_entities = entities(names, &all);
    let mut found = Vec::new();
    for (name, pair) in all {
        let text = |side: Side| pair.of(side).map(|id| declared(schema(side), id));
        let (old, new) = (text(Side::Old), text(Side::New));
        let policies = policies(names, &pair);
        let entities = on_entities.remove(&name).unwrap_or_default();
        if old == new && policies.is_empty() && entities.is_empty() {
            continue;
        }
        let origin = |side: Side| names.sides.of(side).policy().provenance().settings.get((*pair.of(side))?);
        let place = place(|side| origin(side).map(|origin| origin.span));
        let is_read = Side::BOTH.into_iter().any(|side| pair.of(side).is_some_and(|id| is_read(names, side, id)));
        found.push(SettingDiff { setting: name.into(), old, new, place, policies, entities, is_read });
    }
    found
}

fn is_read(names: &Names<'_>, side: Side, setting: SettingId) -> bool {
    names.sides.of(side).policy().programs().nodes().any(|node| matches!(node, Node::Setting(_, id) if id == setting))
}

/// A setting as it is declared: `project: set<string> narrows within other`.
fn declared(schema: &Schema, setting: SettingId) -> String {
    let Some(info) = schema.settings.get(setting) else { return String::new() };
    let ty = schema.types.get(info.ty).map_or("", |ty| &ty.name);
    let within = info.within.and_then(|outer| schema.settings.get(outer));
    let within = within.map_or_else(String::new, |outer| format!(" within {}", outer.name));
    format!("{} {}{within} of {ty}", info.value.text(schema), info.merge)
}

/// What org policies give a setting otherwise.
fn policies(names: &Names<'_>, setting: &Pair<Option<SettingId>>) -> Vec<GivenDiff> {
    let mut given: BTreeMap<String, Pair<Option<Value>>> = BTreeMap::new();
    let mut merge = MergeWord::Overrides;
    for side in Side::BOTH {
        let policy = names.sides.of(side).policy();
        let Some(setting) = *setting.of(side) else { continue };
        merge = policy.schema().settings.get(setting).map_or(merge, |info| info.merge);
        for (id, name) in policy.schema().policies.iter_enumerated() {
            let value = policy.given_settings(id).iter().find(|given| given.setting == setting);
            let value = value.map(|given| given.value.clone().canonical());
            *given.entry(name.to_string()).or_default().of_mut(side) = value;
        }
    }
    let text = |side: Side, value: &Option<Value>| {
        let schema = names.sides.of(side).policy().schema();
        value.as_ref().map_or_else(|| String::from("nothing"), |value| value.text(schema))
    };
    let differing = given.into_iter().filter_map(|(on, pair)| {
        let (old, new) = (text(Side::Old, &pair.old), text(Side::New, &pair.new));
        let effective = |value: &Option<Value>| match value {
            Some(value) => Effective::Value(value.clone()),
            None => Effective::Absent,
        };
        (old != new).then(|| GivenDiff {
            on: on.into(),
            turn: turn(names, merge, &effective(&pair.old), &effective(&pair.new)),
            old: old.into(),
            new: new.into(),
        })
    });
    differing.collect()
}

/// What settings amount to otherwise on entities that both directories declare. Entities of one profile are compared once.
fn entities(
    names: &Names<'_>,
    all: &BTreeMap<Box<str>, Pair<Option<SettingId>>>,
) -> BTreeMap<Box<str>, Vec<GivenDiff>> {
    let mut found: BTreeMap<Box<str>, Vec<GivenDiff>> = BTreeMap::new();
    if all.is_empty() {
        return found;
    }
    type Differing = Vec<(Box<str>, Turn, Arc<str>, Arc<str>)>;
    let mut compared: FxHashMap<(ProfileId, ProfileId, &str), Differing> = FxHashMap::default();
    for thing in names.things.ids() {
        let Some(profiles) = profiles(names, thing) else { continue };
        let ty = names.type_name(thing);
        let differing = compared.entry((profiles.old, profiles.new, ty)).or_insert_with(|| {
            let compare = |name: &str, pair: &Pair<Option<SettingId>>| {
                let value = |side: Side| -> Option<Effective> {
                    let (snapshot, setting) = (names.sides.of(side), (*pair.of(side))?);
                    let schema = snapshot.policy().schema();
                    if !schema.concerns(schema.type_named(ty)?, setting) {
                        return None;
                    }
                    Some(snapshot.settings().amount(*profiles.of(side), setting))
                };
                let (old, new) = (value(Side::Old)?, value(Side::New)?);
                let text = |side: Side, value: &Effective| match value {
                    Effective::Absent => String::from("nothing"),
                    Effective::Everything => String::from("everything"),
                    Effective::Conflicting => String::from("values that conflict"),
                    Effective::Value(value) => {
                        let plain = values::Plain::Value(value.clone());
                        values::text(names, side, &plain).unwrap_or_default()
                    }
                };
                let whole = |side: Side, value: &Effective| match value {
                    Effective::Value(value) => value.text(names.sides.of(side).policy().schema()),
                    other => text(side, other),
                };
                if whole(Side::Old, &old) == whole(Side::New, &new) {
                    return None;
                }
                let setting = (*pair.new.as_ref()?, names.sides.new.policy().schema());
                let merge = setting.1.settings.get(setting.0).map_or(MergeWord::Overrides, |info| info.merge);
                let turn = turn(names, merge, &old, &new);
                Some((name.into(), turn, text(Side::Old, &old).into(), text(Side::New, &new).into()))
            };
            all.iter().filter_map(|(name, pair)| compare(name, pair)).collect()
        });
        for (name, turn, old, new) in differing.iter() {
            let on = names.name(thing).into();
            let diff = GivenDiff { on, turn: *turn, old: Arc::clone(old), new: Arc::clone(new) };
            match found.get_mut(name) {
                Some(known) => known.push(diff),
                None => drop(found.insert(name.clone(), vec![diff])),
            }
        }
    }
    found
}

/// The profiles of an entity that both sides declare.
fn profiles(names: &Names<'_>, thing: Thing) -> Option<Pair<ProfileId>> {
    let profile = |side: Side| {
        let snapshot = names.sides.of(side);
        let entity = names.entity(side, thing).filter(|&entity| snapshot.directory().is_declared(entity))?;
        Some(snapshot.settings().profile(snapshot.directory(), entity))
    };
    Some(Pair { old: profile(Side::Old)?, new: profile(Side::New)? })
}

/// Which way a value goes.
fn turn(names: &Names<'_>, merge: MergeWord, old: &Effective, new: &Effective) -> Turn {
    let ordered = |wider: bool| if wider { Turn::Widened } else { Turn::Narrowed };
    match (old, new) {
        (Effective::Value(Value::Set(old)), Effective::Value(Value::Set(new))) => {
            let texts = |side: Side, values: &[Value]| {
                let schema = names.sides.of(side).policy().schema();
                values.iter().map(|value| value.text(schema)).collect::<Vec<_>>()
            };
            let (old, new) = (texts(Side::Old, old), texts(Side::New, new));
            if old.iter().all(|one| new.contains(one)) {
                Turn::Widened
            } else if new.iter().all(|one| old.contains(one)) {
                Turn::Narrowed
            } else {
                Turn::Changed
            }
        }
        (Effective::Value(old), Effective::Value(new)) => match merge {
            MergeWord::AtMost => ordered(new > old),
            MergeWord::AtLeast => ordered(new < old),
            _ => Turn::Changed,
        },
        (Effective::Everything, Effective::Value(_)) => Turn::Narrowed,
        (Effective::Value(_), Effective::Everything) => Turn::Widened,
        (Effective::Value(_), Effective::Absent) if matches!(merge, MergeWord::AtMost | MergeWord::AtLeast) => {
            Turn::Widened
        }
        (Effective::Absent, Effective::Value(_)) if matches!(merge, MergeWord::AtMost | MergeWord::AtLeast) => {
            Turn::Narrowed
        }
        _ => Turn::Changed,
    }
}
