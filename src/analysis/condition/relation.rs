//! What follows for free atoms from their form: some exclude or imply each other.

use super::Conditions;
use super::atom::{Atom, AtomId, Operand, Several};
use super::domain;
use super::path::leads_only_through;
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
    /// Where the first two paths lead to the same, the others do, which go on from there alike.
    Alike([TermId; 2], [TermId; 2]),
    /// What lies between goes with what lies above it: where the first path leads nowhere, neither does the other.
    Below(TermId, TermId),
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
            Self::Below(between, above) => match (supposed.terms.get(&between), supposed.terms.get(&above)) {
                (Some(lower @ (State::Missing | State::Absent)), Some(upper)) => lower == upper,
                _ => true,
            },
            Self::Alike(from, to) => {
                let same = |[one, other]: [TermId; 2]| Some(supposed.terms.get(&one)? == supposed.terms.get(&other)?);
                let is_one =
                    |term: TermId| matches!(supposed.terms.get(&term), Some(State::Known(_) | State::Other(_)));
                let from_one = same(from) == Some(true) && from.into_iter().all(is_one);
                !from_one || same(to) != Some(false)
            }
        }
    }
}

/// The relations among some atoms, each once.
pub(super) fn relations(conditions: &Conditions<'_>, used: &[AtomId]) -> Vec<Relation> {
    let mut relations: Vec<Relation> =
        domain::alike(conditions, used).into_iter().map(|(from, to)| Relation::Alike(from, to)).collect();
    relations.extend(domain::between(conditions, used).into_iter().map(|(lower, upper)| Relation::Below(lower, upper)));
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
                (Atom::Has(subject, Some(roles), on), Atom::Has(of, wanted, below))
                    if subject == of
                        && conditions.lies_in(below, on)
                        && implies(conditions, roles, wanted.as_deref()) =>
                {
                    relations.push(Relation::AtMost(id, other_id));
                }
                (Atom::Pattern(one, left, text), Atom::Pattern(two, right, part)) if left == right => {
                    relations.extend(patterns((*one, text), (*two, part), (id, other_id)));
                }
                _ => {}
            }
        }
    }
    relations
}

impl Conditions<'_> {
    /// Whether one entity, wherever it is there, lies in another one.
    fn lies_in(&self, below: &Operand, above: &Operand) -> bool {
        let (Operand::Term(below), Operand::Term(above)) = (below, above) else { return false };
        let Some(TermKey::Ancestor(from, _)) = self.keys.get(*above) else { return false };
        let is_between = match self.keys.get(*below) {
            _ if from == below => return true,
            Some(TermKey::Ancestor(of, _)) => of == from,
            _ => false,
        };
        is_between && self.leads_only_through(*from, *below, *above)
    }

    /// Whether all ways from what one path leads to up to what another one does lead through a third.
    pub(super) fn leads_only_through(&self, from: TermId, through: TermId, to: TermId) -> bool {
        let kind = |term: TermId| match &self.terms.get(term)?.kind {
            Kind::Entity(Some(ty)) => Some(ty),
            _ => None,
        };
        let (Some(from), Some(through), Some(to)) = (kind(from), kind(through), kind(to)) else { return false };
        self.policies.iter().all(|policy| {
            let schema = policy.schema();
            let ids = [from, through, to].map(|name| schema.type_named(name));
            matches!(ids, [Some(from), Some(through), Some(to)] if leads_only_through(schema, from, through, to))
        })
    }

    /// The term for the size of a set, if there is one.
    pub(super) fn size_of(&self, set: TermId) -> Option<&TermId> {
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

/// Whether whoever holds one of some roles holds one of others on all that lies in it, by every policy that is spoken of.
fn implies(conditions: &Conditions<'_>, roles: &[Box<str>], wanted: Option<&[Box<str>]>) -> bool {
    let Some(wanted) = wanted else { return false };
    let by = |policy: &CompiledPolicy, key: &str| {
        let wanted: Vec<RoleId> = wanted.iter().filter_map(|key| named(policy.schema(), key)).collect();
        let mut open: Vec<RoleId> = named(policy.schema(), key).into_iter().collect();
        let mut seen: Vec<RoleId> = Vec::new();
        while let Some(role) = open.pop() {
            let Some(compiled) = policy.roles().get(role) else { continue };
            for implied in &*compiled.implies {
                let counts = policy.roles().get(implied.role).is_some_and(|role| role.when.is_none());
                if implied.when.is_none() && counts && !seen.contains(&implied.role) {
                    seen.push(implied.role);
                    open.push(implied.role);
                }
            }
        }
        seen.iter().any(|&role| policy.role(role).counts_as.iter().any(|counted| wanted.contains(counted)))
    };
    roles.iter().all(|role| conditions.policies.iter().all(|policy| by(policy, role)))
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
pub(super) fn named(schema: &Schema, key: &str) -> Option<RoleId> {
    let name = key.split_once(' ').map_or(key, |(name, _)| name);
    let (ty, name) = name.split_once('.')?;
    let named = schema.roles_named(schema.type_named(ty)?, name);
    named.iter().copied().find(|&role| *role_key(schema, role) == *key)
}

/// What two patterns have to do with each other, on one text.
fn patterns(
    one: (Comparison, &Operand),
    other: (Comparison, &Operand),
    (first, second): (AtomId, AtomId),
) -> Option<Relation> {
    let text = |operand: &Operand| match operand {
        Operand::Single(Single::Text(text)) => Some(text.clone()),
        _ => None,
    };
    let (long, short) = (text(one.1)?, text(other.1)?);
    let (long, goes_on): (&str, fn(&str, &str) -> bool) = match (one.0, other.0) {
        (Comparison::Like, Comparison::Like) => return (long == short).then_some(Relation::Implies(first, second)),
        // What stands before the first `*`, and behind the last one, begins and ends every such text.
        (Comparison::Like, Comparison::StartsWith) => (long.split('*').next()?, |long, short| long.starts_with(short)),
        (Comparison::Like, Comparison::EndsWith) => (long.rsplit('*').next()?, |long, short| long.ends_with(short)),
        (Comparison::StartsWith, Comparison::StartsWith) => (&*long, |long, short| long.starts_with(short)),
        (Comparison::EndsWith, Comparison::EndsWith) => (&*long, |long, short| long.ends_with(short)),
        _ => return None,
    };
    if goes_on(long, &short) {
        return Some(Relation::Implies(first, second));
    }
    (!goes_on(&short, long)).then_some(Relation::Excludes(first, second))
}
