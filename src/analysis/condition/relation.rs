//! What follows for free atoms from their form: some exclude or imply each other.

use super::Conditions;
use super::atom::{Atom, AtomId, Operand, Several};
use super::read::role_key;
use super::state::{State, Supposed};
use super::term::{Kind, Single, TermId, TermKey};
use crate::compile::{Comparison, CompiledPolicy};
use crate::decide::Truth;
use crate::schema::{RoleId, Schema};

/// What holds of two atoms whatever the facts are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Relation {
    /// The first is at most as true as the second.
    AtMost(AtomId, AtomId),
    /// Where the first is true, the second is.
    Implies(AtomId, AtomId),
    /// They are not both true.
    Excludes(AtomId, AtomId),
    /// Where the atom is true, the size is not zero.
    Counts(AtomId, TermId),
    /// The atom, whether a set has elements, is as its size is.
    Sized(AtomId, TermId),
}

impl Relation {
    /// Whether it may hold under what is supposed.
    pub(super) fn may_hold(self, supposed: &Supposed) -> bool {
        let truth = |atom: AtomId| supposed.atoms.get(&atom).copied();
        let size = |term: TermId| match supposed.terms.get(&term) {
            Some(State::Known(Single::Number(size))) => Some(*size),
            _ => None,
        };
        match self {
            Self::AtMost(one, other) => match (truth(one), truth(other)) {
                (Some(one), Some(other)) => one <= other,
                _ => true,
            },
            Self::Implies(one, other) => {
                truth(one) != Some(Truth::True) || truth(other).is_none_or(|truth| truth == Truth::True)
            }
            Self::Excludes(one, other) => truth(one) != Some(Truth::True) || truth(other) != Some(Truth::True),
            Self::Counts(atom, term) => truth(atom) != Some(Truth::True) || size(term).is_none_or(|size| size > 0),
            Self::Sized(atom, term) => match (truth(atom), size(term)) {
                (Some(truth), Some(size)) => (truth == Truth::True) == (size > 0),
                _ => true,
            },
        }
    }
}

/// The relations among some atoms, each once.
pub(super) fn relations(conditions: &Conditions<'_>, used: &[AtomId]) -> Vec<Relation> {
    let mut relations = Vec::new();
    let atoms = || used.iter().filter_map(|&id| Some((id, conditions.atoms.get(id)?)));
    for (id, atom) in atoms() {
        for set in filled_by(conditions, atom) {
            if let Some(&bare) = conditions.atom_ids.get(&Atom::Bare(set)).filter(|&&bare| bare != id) {
                relations.push(Relation::Implies(id, bare));
            }
            if let Some(&size) = conditions.size_of(set) {
                let is_bare = *atom == Atom::Bare(set);
                relations.push(if is_bare { Relation::Sized(id, size) } else { Relation::Counts(id, size) });
            }
        }
        for (other_id, other) in atoms().filter(|(other, _)| *other != id) {
            match (atom, other) {
                (Atom::Has(subject, roles, on), Atom::Has(of, wanted, there))
                    if subject == of && on == there && covers(conditions, roles.as_deref(), wanted.as_deref()) =>
                {
                    relations.push(Relation::AtMost(id, other_id));
                }
                (Atom::Pattern(one, left, text), Atom::Pattern(two, right, part)) if one == two && left == right => {
                    relations.extend(patterns(*one, text, part, (id, other_id)));
                }
                _ => {}
            }
        }
    }
    relations
}

impl Conditions<'_> {
    /// The term for the size of a set, if there is one.
    fn size_of(&self, set: TermId) -> Option<&TermId> {
        self.term_ids.get(&(TermKey::Size(set), Kind::Size.tag()))
    }
}

/// The sets that have an element where the atom is true.
fn filled_by(conditions: &Conditions<'_>, atom: &Atom) -> Vec<TermId> {
    let is_set = |term: &TermId| conditions.terms.get(*term).is_some_and(|term| term.kind == Kind::Set);
    let of_operand = |operand: &Operand| match operand {
        Operand::Term(term) => Some(*term),
        Operand::Single(_) => None,
    };
    let of_several = |several: &Several| match several {
        Several::Term(term) => Some(*term),
        Several::List(_) => None,
    };
    let sets: Vec<Option<TermId>> = match atom {
        Atom::Bare(term) | Atom::Member(_, term) => vec![Some(*term)],
        Atom::Sets(Comparison::Overlaps, left, right) => vec![of_several(left), of_several(right)],
        Atom::Has(_, _, on) => vec![of_operand(on)],
        _ => Vec::new(),
    };
    sets.into_iter().flatten().filter(is_set).collect()
}

/// Whether whoever holds one of some roles holds one of others, by every policy that is spoken of.
fn covers(conditions: &Conditions<'_>, roles: Option<&[Box<str>]>, wanted: Option<&[Box<str>]>) -> bool {
    match (roles, wanted) {
        (_, None) => true,
        (None, Some(_)) => false,
        (Some(roles), Some(wanted)) => roles.iter().all(|role| {
            wanted.contains(role) || wanted.iter().any(|wanted| extends_everywhere(&conditions.policies, role, wanted))
        }),
    }
}

fn extends_everywhere(policies: &[&CompiledPolicy], role: &str, wanted: &str) -> bool {
    policies.iter().all(|policy| {
        let (Some(role), Some(wanted)) = (named(policy.schema(), role), named(policy.schema(), wanted)) else {
            return false;
        };
        policy.roles().get(role).is_some_and(|compiled| compiled.counts_as(wanted))
    })
}

/// The role behind a name as `role_key` makes it.
fn named(schema: &Schema, key: &str) -> Option<RoleId> {
    let name = key.split_once(' ').map_or(key, |(name, _)| name);
    let (ty, name) = name.split_once('.')?;
    let named = schema.roles_named(schema.type_named(ty)?, name);
    named.iter().copied().find(|&role| *role_key(schema, role) == *key)
}

/// What two patterns of one kind have to do with each other, on one text.
fn patterns(
    comparison: Comparison,
    one: &Operand,
    other: &Operand,
    (first, second): (AtomId, AtomId),
) -> Option<Relation> {
    let (Operand::Single(Single::Text(one)), Operand::Single(Single::Text(other))) = (one, other) else { return None };
    let goes_on = |long: &str, short: &str| match comparison {
        Comparison::StartsWith => long.starts_with(short),
        Comparison::EndsWith => long.ends_with(short),
        _ => long == short,
    };
    if goes_on(one, other) {
        return Some(Relation::Implies(first, second));
    }
    let apart = comparison != Comparison::Like && !goes_on(other, one);
    apart.then_some(Relation::Excludes(first, second))
}
