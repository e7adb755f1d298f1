//! The cases of each term: a handful of values that stand for all.
//!
//! Terms that are compared with each other are a *group*. Of numbers, a group's literals cut the line into pieces; whatever
//! values its terms have, as many values of each piece as there are terms can take their places, without any comparison
//! coming out otherwise. Of texts and entities, there are the literals, and as many others as there are terms. Of
//! addresses, every piece between the ends of ranges begins at the end of one or behind it.

use super::Conditions;
use super::atom::{Atom, AtomId, Operand};
use super::search::Problem;
use super::state::State;
use super::term::{Kind, Single, TermId};
use super::{Given, Truths};
use ipnet::IpNet;
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Terms that are compared with each other, and what with.
#[derive(Default)]
struct Group {
    members: Vec<TermId>,
    literals: BTreeSet<Single>,
    ranges: Vec<IpNet>,
}

/// The cases of the terms behind some atoms.
pub(super) fn cases(conditions: &Conditions<'_>, used: &[AtomId], given: Given) -> FxHashMap<TermId, Vec<State>> {
    let mut terms: BTreeSet<TermId> = BTreeSet::new();
    let mut open: Vec<TermId> = Vec::new();
    used.iter().filter_map(|&id| conditions.atoms.get(id)).for_each(|atom| open.extend(atom.terms()));
    while let Some(id) = open.pop() {
        if terms.insert(id) {
            open.extend(conditions.terms.get(id).and_then(|term| term.of));
        }
    }
    let mut all = FxHashMap::default();
    for group in groups(conditions, used) {
        for &id in &group.members {
            all.insert(id, values(conditions, id, &group));
        }
    }
    for &id in &terms {
        let Some(term) = conditions.terms.get(id) else { continue };
        let cases: &mut Vec<State> = all.entry(id).or_insert_with(|| values(conditions, id, &Group::alone(id)));
        if term.may_be_everything {
            cases.push(State::Everything);
        }
        if term.may_lack {
            cases.push(State::Absent);
        }
        if term.may_miss && given == Given::MayMiss {
            cases.push(State::Missing);
        }
    }
    all
}

/// The truths that a free atom may come to.
pub(super) fn truths(atom: &Atom, given: Given) -> Truths {
    let truths = match atom {
        Atom::Within(_, truths) => *truths,
        // Roles count under conditions, which may not be computed.
        Atom::Has(..) | Atom::Free(_) => Truths::ALL,
        _ => Truths::COMPUTED,
    };
    match given {
        Given::MayMiss => truths,
        Given::Complete => truths.common(Truths::COMPUTED),
    }
}

impl Group {
    fn alone(id: TermId) -> Self {
        Self { members: vec![id], ..Self::default() }
    }
}

/// The groups among the terms that are compared.
fn groups(conditions: &Conditions<'_>, used: &[AtomId]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut of: FxHashMap<TermId, usize> = FxHashMap::default();
    let group_of = |id: TermId, groups: &mut Vec<Group>, of: &mut FxHashMap<TermId, usize>| {
        *of.entry(id).or_insert_with(|| {
            groups.push(Group::alone(id));
            groups.len() - 1
        })
    };
    for atom in used.iter().filter_map(|&id| conditions.atoms.get(id)) {
        match atom {
            Atom::Compare(_, Operand::Term(one), Operand::Term(other)) => {
                let first = group_of(*one, &mut groups, &mut of);
                let second = group_of(*other, &mut groups, &mut of);
                if first != second
                    && let Some(joined) = groups.get_mut(second).map(std::mem::take)
                    && let Some(group) = groups.get_mut(first)
                {
                    of.extend(joined.members.iter().map(|&member| (member, first)));
                    group.members.extend(joined.members);
                    group.literals.extend(joined.literals);
                    group.ranges.extend(joined.ranges);
                }
            }
            Atom::Compare(_, Operand::Term(term), Operand::Single(single))
            | Atom::Compare(_, Operand::Single(single), Operand::Term(term)) => {
                let at = group_of(*term, &mut groups, &mut of);
                groups.get_mut(at).into_iter().for_each(|group| group.literals.extend([single.clone()]));
            }
            Atom::InRange(term, range) => {
                let at = group_of(*term, &mut groups, &mut of);
                groups.get_mut(at).into_iter().for_each(|group| group.ranges.push(*range));
            }
            _ => {}
        }
    }
    groups
}

/// The values that a term of a group may have, as far as they make a difference.
fn values(conditions: &Conditions<'_>, id: TermId, group: &Group) -> Vec<State> {
    let Some(term) = conditions.terms.get(id) else { return Vec::new() };
    let kind = |id: &TermId| conditions.terms.get(*id).map(|term| &term.kind);
    let count = group.members.len();
    match &term.kind {
        Kind::Bool => [true, false].map(|value| State::Known(Single::Bool(value))).to_vec(),
        Kind::Words(words) => words.iter().map(|word| State::Known(Single::Text(word.clone()))).collect(),
        Kind::Number(_) | Kind::Size => {
            let has_size = group.members.iter().any(|member| kind(member) == Some(&Kind::Size));
            let numbers = numbers(&group.literals, has_size, count).into_iter();
            let fits = |number: &i64| term.kind != Kind::Size || *number >= 0;
            numbers.filter(fits).map(|number| State::Known(Single::Number(number))).collect()
        }
        Kind::Text => {
            let mut known: BTreeSet<Box<str>> = BTreeSet::new();
            known.extend(group.literals.iter().filter_map(|literal| match literal {
                Single::Text(text) => Some(text.clone()),
                _ => None,
            }));
            known.extend(group.members.iter().flat_map(|member| match kind(member) {
                Some(Kind::Words(words)) => words.clone(),
                _ => Vec::new(),
            }));
            let known = known.into_iter().map(|text| State::Known(Single::Text(text)));
            known.chain((0..count).map(State::Other)).collect()
        }
        Kind::Entity(ty) => {
            let types: BTreeSet<&str> = group
                .members
                .iter()
                .filter_map(|member| match kind(member) {
                    Some(Kind::Entity(Some(ty))) => Some(&**ty),
                    _ => None,
                })
                .collect();
            let known = group.literals.iter().filter(|literal| {
                matches!(literal, Single::Entity(_)) && ty.as_deref().is_none_or(|ty| literal.entity_type() == Some(ty))
            });
            // Others of each type have numbers of their own, and whatever is of any type has all of them.
            let others = match ty.as_deref().and_then(|ty| types.iter().position(|known| *known == ty)) {
                Some(at) => at * count..(at + 1) * count,
                None => 0..(types.len() + 1) * count,
            };
            known.map(|literal| State::Known(literal.clone())).chain(others.map(State::Other)).collect()
        }
        Kind::Address => addresses(group).into_iter().map(|address| State::Known(Single::Address(address))).collect(),
        Kind::Set => vec![State::There],
    }
}

/// Of each piece between literals, as many numbers as there are terms.
fn numbers(literals: &BTreeSet<Single>, has_size: bool, count: usize) -> BTreeSet<i64> {
    let mut ends: BTreeSet<i64> = literals
        .iter()
        .filter_map(|literal| match literal {
            Single::Number(number) => Some(*number),
            _ => None,
        })
        .collect();
    // Sizes begin at zero.
    ends.extend(has_size.then_some(-1));
    if ends.is_empty() {
        ends.insert(0);
    }
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    let mut numbers = ends.clone();
    for (at, &end) in ends.iter().enumerate() {
        let next = ends.iter().nth(at + 1).copied().unwrap_or(i64::MAX);
        numbers.extend((1..=count).filter_map(|step| end.checked_add(step)).take_while(|&number| number <= next));
        if at == 0 {
            numbers.extend((1..=count).filter_map(|step| end.checked_sub(step)));
        }
    }
    numbers
}

/// Of each piece between the ends of ranges, as many addresses as there are terms.
fn addresses(group: &Group) -> BTreeSet<IpAddr> {
    let single = group.literals.iter().filter_map(|literal| match literal {
        Single::Address(address) => Some(IpNet::from(*address)),
        _ => None,
    });
    let mut starts = vec![IpAddr::V4(Ipv4Addr::UNSPECIFIED), IpAddr::V6(Ipv6Addr::UNSPECIFIED)];
    for range in group.ranges.iter().copied().chain(single) {
        starts.push(range.network());
        starts.extend(after(range.broadcast()));
    }
    let mut addresses = BTreeSet::new();
    for start in starts {
        let mut next = Some(start);
        for _ in 0..group.members.len() {
            let Some(address) = next else { break };
            addresses.insert(address);
            next = after(address);
        }
    }
    addresses
}

fn after(address: IpAddr) -> Option<IpAddr> {
    match address {
        IpAddr::V4(address) => u32::from(address).checked_add(1).map(|next| IpAddr::V4(next.into())),
        IpAddr::V6(address) => u128::from(address).checked_add(1).map(|next| IpAddr::V6(next.into())),
    }
}

impl Problem<'_, '_> {
    /// What a variable may be supposed to be.
    pub(super) fn truths_of(&self, atom: AtomId) -> Truths {
        self.conditions.atoms.get(atom).map_or(Truths::UNKNOWN, |atom| truths(atom, self.given))
    }
}
