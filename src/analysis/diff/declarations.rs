//! What becomes of declarations beside roles, rules and settings: types with their containment, attributes, actions and guards
//! of changes; the fields of the context; org policies.

use super::clauses::{ClauseDiff, Listed, More, listed, permissions};
use super::names::{Names, Pair, Side, place};
use crate::compile::{ChangeKind, CompiledPolicy};
use crate::schema::{AttributeInfo, Cardinality, Presence, Schema, TypeId, ValueType};
use crate::source::Span;
use std::collections::BTreeSet;

/// What becomes of a declaration.
#[derive(Clone, PartialEq, Debug)]
pub struct DeclarationDiff {
    /// What is declared.
    pub kind: DeclarationKind,
    /// Its name; nothing for the context.
    pub name: String,
    /// Whether it is there on one side alone, and on which.
    pub only: Option<Side>,
    /// Where it stands, on the new side where it is there.
    pub place: Option<(Side, Span)>,
    /// What becomes of what it says; nothing for what is there on one side alone.
    pub clauses: Vec<ClauseDiff>,
}

/// What is declared.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum DeclarationKind {
    /// A type.
    Type,
    /// The context.
    Context,
    /// An org policy.
    Policy,
}

impl DeclarationKind {
    /// Its stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Type => "type",
            Self::Context => "context",
            Self::Policy => "policy",
        }
    }
}

/// What becomes of all of them, those alone that change.
pub(super) fn declarations(names: &Names<'_>) -> Vec<DeclarationDiff> {
    let mut found = types(names);
    let context = |side: Side| (schema(names, side), schema(names, side).context.as_slice());
    let clauses = fields("field", context(Side::Old), context(Side::New));
    if !clauses.is_empty() {
        let (name, kind) = (String::new(), DeclarationKind::Context);
        found.push(DeclarationDiff { kind, name, only: None, place: None, clauses });
    }
    found.extend(policies(names));
    found
}

fn schema<'s>(names: &Names<'s>, side: Side) -> &'s Schema {
    policy(names, side).schema()
}

fn policy<'s>(names: &Names<'s>, side: Side) -> &'s CompiledPolicy {
    names.sides.of(side).policy()
}

/// The names of both sides, in the order of the new one, then of the old one.
fn joined<'n>(old: impl Iterator<Item = &'n str>, new: impl Iterator<Item = &'n str>) -> Vec<&'n str> {
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    new.chain(old).filter(|name| seen.insert(name)).collect()
}

fn types(names: &Names<'_>) -> Vec<DeclarationDiff> {
    let mut found = Vec::new();
    let of = |side: Side| schema(names, side).types.iter().map(|info| &*info.name);
    for name in joined(of(Side::Old), of(Side::New)) {
        let pair = Pair::each(|side| schema(names, side).type_named(name));
        let clauses = match (pair.old, pair.new) {
            (Some(old), Some(new)) => of_type(names, old, new),
            _ => Vec::new(),
        };
        let only = pair.only();
        if only.is_none() && clauses.is_empty() {
            continue;
        }
        let place = place(|side| policy(names, side).provenance().types.get((*pair.of(side))?).copied());
        found.push(DeclarationDiff { kind: DeclarationKind::Type, name: name.to_owned(), only, place, clauses });
    }
    found
}

fn of_type(names: &Names<'_>, old: TypeId, new: TypeId) -> Vec<ClauseDiff> {
    let ids = Pair { old, new };
    let mut found = Vec::new();

    let parents = Pair::each(|side| parents(schema(names, side), *ids.of(side)));
    if parents.old != parents.new {
        let text = |parents: &BTreeSet<String>| {
            (!parents.is_empty()).then(|| parents.iter().map(String::as_str).collect::<Vec<_>>().join(", "))
        };
        found.push(ClauseDiff::new("in", text(&parents.old), text(&parents.new)).may(true, true));
    }
    let acts = Pair::each(|side| {
        let info = schema(names, side).types.get(*ids.of(side))?;
        Some(info.attributes.get(info.acts_as?)?.name.to_string())
    });
    if acts.old != acts.new {
        found.push(ClauseDiff::new("acts as", acts.old, acts.new).may(true, true));
    }
    let attributes = |side: Side| {
        let schema = schema(names, side);
        (schema, schema.types.get(*ids.of(side)).map_or(&[][..], |info| info.attributes.as_slice()))
    };
    found.extend(fields("attribute", attributes(Side::Old), attributes(Side::New)));
    found.extend(actions(names, &ids));
    for kind in ChangeKind::ALL {
        let guard = Pair::each(|side| -> Option<Listed> {
            let guard = policy(names, side).guards().change(*ids.of(side), kind)?;
            Some(permissions(schema(names, side), &guard.permissions, false, guard.span))
        });
        let clause = format!("{} by", kind.as_str());
        found.extend(listed(&clause, More::Gives, guard.old.as_ref(), guard.new.as_ref()));
    }
    found
}

/// What contains a type, as policy text.
fn parents(schema: &Schema, ty: TypeId) -> BTreeSet<String> {
    let parents = schema.types.get(ty).map_or(&[][..], |info| info.parents.as_slice()).iter();
    let text = parents.filter_map(|parent| {
        let mark = match parent.cardinality {
            Cardinality::One => "",
            Cardinality::Optional => "?",
            Cardinality::Many => "*",
        };
        Some(format!("{}{mark}", schema.types.get(parent.ty)?.name))
    });
    text.collect()
}

/// Attributes of a type, or fields of the context, with the schema that names their types.
type Fields<'s> = (&'s Schema, &'s [AttributeInfo]);

/// What becomes of attributes, or of fields of the context.
fn fields(word: &str, old: Fields<'_>, new: Fields<'_>) -> Vec<ClauseDiff> {
    let of = |(_, fields): Fields<'_>, name: &str| fields.iter().find(|field| &*field.name == name).cloned();
    let mut found = Vec::new();
    for name in joined(old.1.iter().map(|field| &*field.name), new.1.iter().map(|field| &*field.name)) {
        let (was, is) = (of(old, name), of(new, name));
        let text = |schema: &Schema, field: &Option<AttributeInfo>| field.as_ref().map(|field| declared(schema, field));
        let (before, after) = (text(old.0, &was), text(new.0, &is));
        // What comes or goes has no say but in conditions, which are told of themselves.
        let on_both = was.is_some() && is.is_some();
        if before != after {
            found.push(ClauseDiff::new(format!("{word} {name}"), before, after).may(on_both, on_both));
        }
        let unique = |field: &Option<AttributeInfo>| field.as_ref().is_some_and(|field| field.unique);
        if unique(&was) != unique(&is) {
            let word = |unique: bool| unique.then(String::new);
            let clause = ClauseDiff::new(format!("unique {name}"), word(unique(&was)), word(unique(&is)));
            found.push(clause.may(unique(&was), unique(&is)));
        }
    }
    found
}

/// An attribute as it is declared; the words of a choice in one order, as their own makes no difference.
fn declared(schema: &Schema, field: &AttributeInfo) -> String {
    let ty = match &field.ty {
        ValueType::Enum(words) => {
            let mut words = words.clone();
            words.sort_unstable();
            ValueType::Enum(words).text(schema)
        }
        other => other.text(schema),
    };
    match &field.presence {
        Presence::Required => ty,
        Presence::Optional => format!("{ty}?"),
        Presence::Default(value) => format!("{ty} = {}", value.clone().canonical().text(schema)),
    }
}

/// What becomes of the actions of a type.
fn actions(names: &Names<'_>, ty: &Pair<TypeId>) -> Vec<ClauseDiff> {
    let of = |side: Side| schema(names, side).actions_of(*ty.of(side));
    let mut found = Vec::new();
    for action in joined(of(Side::Old), of(Side::New)) {
        let place = Pair::each(|side| {
            let permission = schema(names, side).permission_named(*ty.of(side), action)?;
            policy(names, side).provenance().permissions.get(permission).map(|origin| origin.span)
        });
        if place.old.is_some() != place.new.is_some() {
            let word = |place: Option<Span>| place.map(|_| String::new());
            let clause = ClauseDiff::new(format!("action {action}"), word(place.old), word(place.new));
            found.push(clause.at(place.old, place.new));
        }
    }
    found
}

fn policies(names: &Names<'_>) -> Vec<DeclarationDiff> {
    let mut found = Vec::new();
    let of = |side: Side| schema(names, side).policies.iter().map(|name| &**name);
    for name in joined(of(Side::Old), of(Side::New)) {
        let pair = Pair::each(|side| schema(names, side).policy_named(name));
        let owner = |side: Side| {
            let schema = schema(names, side);
            let owner = schema.policy_organizations.get((*pair.of(side))?)?.as_ref()?;
            Some(owner.text(schema))
        };
        let (was, is) = (owner(Side::Old), owner(Side::New));
        let only = pair.only();
        let mut clauses = Vec::new();
        if only.is_none() && was != is {
            // It may be linked elsewhere: what it denies and gives, it does there.
            clauses.push(ClauseDiff::new("in", was, is).may(true, true));
        }
        if only.is_none() && clauses.is_empty() {
            continue;
        }
        let place = place(|side| policy(names, side).provenance().policies.get((*pair.of(side))?).copied());
        found.push(DeclarationDiff { kind: DeclarationKind::Policy, name: name.to_owned(), only, place, clauses });
    }
    found
}
