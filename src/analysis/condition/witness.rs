//! Facts that a search came upon.

use super::Conditions;
use super::atom::{Atom, Operand, Several};
use super::state::{State, Supposed};
use super::term::{Kind, Single, TermId};
use crate::decide::Truth;

/// Facts under which conditions come to what was wanted, as far as was looked; to be tried by a request.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Witness {
    /// Paths, and what they lead to; of those that are not named, nothing is said.
    pub facts: Vec<WitnessFact>,
    /// What else is to hold or not, as policy text: that somebody has a role, that a set has an element.
    pub held: Vec<(String, Truth)>,
}

/// What one path leads to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WitnessFact {
    /// The path as policy text, such as `resource.created_by`, in which `scope` stands for the entity that a role is held on.
    pub path: String,
    /// What it leads to.
    pub value: WitnessValue,
}

/// What a path leads to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum WitnessValue {
    /// Nothing is known of it: what is required is missing.
    Missing,
    /// Nothing.
    Absent,
    /// A set of everything.
    Everything,
    /// Something, whatever it is.
    Present,
    /// The value, as policy text.
    Value(String),
    /// Any value that no condition names. Of two paths with the same number the values are the same, of others not.
    Other(usize),
}

impl Witness {
    pub(super) fn of(conditions: &Conditions<'_>, supposed: &Supposed) -> Self {
        let mut terms: Vec<(&TermId, &State)> = supposed.terms.iter().collect();
        terms.sort_unstable_by_key(|(id, _)| **id);
        let facts = terms.into_iter().filter_map(|(&id, state)| {
            let term = conditions.terms.get(id)?;
            // That there is a subject says nothing.
            let is_root = term.of.is_none() && matches!(term.kind, Kind::Entity(_));
            if is_root && *state == State::There {
                return None;
            }
            Some(WitnessFact { path: term.text.clone(), value: value(state, &term.kind) })
        });
        let mut atoms: Vec<_> = supposed.atoms.iter().collect();
        atoms.sort_unstable_by_key(|(id, _)| **id);
        let held =
            atoms.into_iter().filter_map(|(&id, &truth)| Some((text(conditions, conditions.atoms.get(id)?)?, truth)));
        Self { facts: facts.collect(), held: held.collect() }
    }
}

fn value(state: &State, kind: &Kind) -> WitnessValue {
    match state {
        State::Missing => WitnessValue::Missing,
        State::Absent => WitnessValue::Absent,
        State::Everything => WitnessValue::Everything,
        State::There => WitnessValue::Present,
        State::Known(single) => WitnessValue::Value(single.text(kind)),
        State::Other(number) => WitnessValue::Other(*number),
    }
}

/// A free atom as policy text; nothing for what is not looked into.
fn text(conditions: &Conditions<'_>, atom: &Atom) -> Option<String> {
    let path = |id: &TermId| conditions.terms.get(*id).map_or("", |term| &term.text);
    let plain = |single: &Single| single.text(&Kind::Text);
    let operand = |operand: &Operand| match operand {
        Operand::Term(term) => path(term).to_owned(),
        Operand::Single(single) => plain(single),
    };
    let several = |several: &Several| match several {
        Several::Term(term) => path(term).to_owned(),
        Several::List(list) => format!("[{}]", list.iter().map(plain).collect::<Vec<_>>().join(", ")),
    };
    Some(match atom {
        Atom::Compare(comparison, left, right) | Atom::Pattern(comparison, left, right) => {
            format!("{} {} {}", operand(left), comparison.as_str(), operand(right))
        }
        Atom::Bare(term) => path(term).to_owned(),
        Atom::InRange(term, range) => format!("{} in \"{range}\"", path(term)),
        Atom::Member(element, set) => format!("{} in {}", operand(element), path(set)),
        Atom::Sets(comparison, left, right) => {
            format!("{} {} {}", several(left), comparison.as_str(), several(right))
        }
        Atom::Has(subject, roles, on) => {
            let role = match roles.as_deref() {
                None => String::from("any role"),
                Some(roles) => {
                    let name = |key: &str| key.split_once(' ').map_or(key, |(name, _)| name).to_owned();
                    roles.first().map_or_else(String::new, |key| name(key))
                }
            };
            format!("{} has {role} on {}", operand(subject), operand(on))
        }
        Atom::Within(ty, _) => format!("resource in {ty}"),
        Atom::Never(_) | Atom::Free(_) => return None,
    })
}
