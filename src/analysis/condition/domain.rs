//! The cases of each term: a handful of values that stand for all.
//!
//! Terms that are compared with each other are a *group*. Of numbers, a group's literals cut the line into pieces; whatever
//! values its terms have, as many values of each piece as there are terms can take their places, without any comparison
//! coming out otherwise. Of texts and entities, there are the literals, and as many others as there are terms. Of
//! addresses, every piece between the ends of ranges begins at the end of one or behind it.

use super::Conditions;
use super::atom::{Atom, AtomId, Operand, Several};
use super::search::Problem;
use super::state::State;
use super::term::{Kind, Single, TermId, TermKey};
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
    let terms = behind(conditions, used);
    let mut all = FxHashMap::default();
    let (mut groups, _) = groups(conditions, used);
    let grouped: BTreeSet<TermId> = groups.iter().flat_map(|group| group.members.iter().copied()).collect();
    groups.extend(terms.difference(&grouped).map(|&id| Group::alone(id)));
    // Others of two groups are never compared, and are told apart.
    let mut first = 0;
    for group in groups {
        for &id in &group.members {
            all.insert(id, values(conditions, id, &group, first));
        }
        first += group.members.len() * (group.members.len() + 1);
    }
    for &id in &terms {
        let Some(term) = conditions.terms.get(id) else { continue };
        let cases: &mut Vec<State> = all.entry(id).or_default();
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

/// Groups in the making.
#[derive(Default)]
struct Groups {
    all: Vec<Group>,
    of: FxHashMap<TermId, usize>,
}

impl Groups {
    fn at(&mut self, id: TermId) -> usize {
        *self.of.entry(id).or_insert_with(|| {
            self.all.push(Group::alone(id));
            self.all.len() - 1
        })
    }

    fn group(&mut self, id: TermId) -> Option<&mut Group> {
        let at = self.at(id);
        self.all.get_mut(at)
    }

    fn are_joined(&self, one: TermId, other: TermId) -> bool {
        matches!((self.of.get(&one), self.of.get(&other)), (Some(one), Some(other)) if one == other)
    }

    /// Makes one group of those of two terms.
    fn join(&mut self, one: TermId, other: TermId) {
        let (first, second) = (self.at(one), self.at(other));
        if first != second
            && let Some(joined) = self.all.get_mut(second).map(std::mem::take)
            && let Some(group) = self.all.get_mut(first)
        {
            self.of.extend(joined.members.iter().map(|&member| (member, first)));
            group.members.extend(joined.members);
            group.literals.extend(joined.literals);
            group.ranges.extend(joined.ranges);
        }
    }
}

/// The groups among the terms that are compared, and the paths that go on alike from terms of one group: where those are the
/// same, these are. Of two groups it is not told whether their others are the same.
fn groups(conditions: &Conditions<'_>, used: &[AtomId]) -> (Vec<Group>, Vec<Alike>) {
    let mut groups = Groups::default();
    let atoms = || used.iter().filter_map(|&id| conditions.atoms.get(id));
    for atom in atoms() {
        match atom {
            Atom::Compare(_, Operand::Term(one), Operand::Term(other)) => groups.join(*one, *other),
            Atom::Compare(_, Operand::Term(term), Operand::Single(single))
            | Atom::Compare(_, Operand::Single(single), Operand::Term(term)) => {
                groups.group(*term).into_iter().for_each(|group| group.literals.extend([single.clone()]));
            }
            Atom::InRange(term, range) => {
                groups.group(*term).into_iter().for_each(|group| group.ranges.push(*range));
            }
            _ => {}
        }
    }
    // Where a set lies in a list, what is an element of it or of those around it is compared with what is listed.
    let lists: Vec<&Single> = atoms().filter_map(listed).flatten().collect();
    if !lists.is_empty() {
        let elements = atoms().filter_map(|atom| match atom {
            Atom::Member(Operand::Term(element), _) => Some(*element),
            _ => None,
        });
        let fits = |single: &Single, element: TermId| {
            conditions.terms.get(element).is_some_and(|term| match single {
                Single::Entity(_) => matches!(term.kind, Kind::Entity(_)),
                Single::Text(_) => matches!(term.kind, Kind::Text | Kind::Words(_)),
                Single::Number(_) => matches!(term.kind, Kind::Number(_) | Kind::Size),
                Single::Address(_) => term.kind == Kind::Address,
                Single::Bool(_) => term.kind == Kind::Bool,
            })
        };
        for element in elements {
            let fitting = lists.iter().filter(|single| fits(single, element)).map(|single| (*single).clone());
            if let Some(group) = groups.group(element) {
                group.literals.extend(fitting);
            }
        }
    }
    // What goes on alike from the same leads to the same, and is compared with it.
    let mut paths = paths(conditions, used);
    let mut is_new = true;
    while is_new {
        is_new = false;
        for &([one, other], [first, second]) in &paths {
            if groups.are_joined(one, other) && !groups.are_joined(first, second) {
                groups.join(first, second);
                is_new = true;
            }
        }
    }
    paths.retain(|&([one, other], _)| groups.are_joined(one, other));
    (groups.all.into_iter().filter(|group| !group.members.is_empty()).collect(), paths)
}

/// Two terms of one group, and two that go on from them by the same word.
type Alike = ([TermId; 2], [TermId; 2]);

/// What goes on alike from what is compared.
pub(super) fn alike(conditions: &Conditions<'_>, used: &[AtomId]) -> Vec<Alike> {
    groups(conditions, used).1
}

/// The terms behind some atoms, those included that these go on from.
fn behind(conditions: &Conditions<'_>, used: &[AtomId]) -> BTreeSet<TermId> {
    let mut terms: BTreeSet<TermId> = BTreeSet::new();
    let mut open: Vec<TermId> = Vec::new();
    used.iter().filter_map(|&id| conditions.atoms.get(id)).for_each(|atom| open.extend(atom.terms()));
    while let Some(id) = open.pop() {
        if terms.insert(id) {
            open.extend(conditions.terms.get(id).and_then(|term| term.of));
        }
    }
    terms
}

/// Paths up from the same, of which all ways of the second lead through the first.
pub(super) fn between(conditions: &Conditions<'_>, used: &[AtomId]) -> Vec<(TermId, TermId)> {
    let terms = behind(conditions, used);
    let above = |term: &TermId| match conditions.keys.get(*term) {
        Some(TermKey::Ancestor(of, _)) => Some((*of, *term)),
        _ => None,
    };
    let all: Vec<(TermId, TermId)> = terms.iter().filter_map(above).collect();
    let mut found = Vec::new();
    for &(of, lower) in &all {
        let upper = all.iter().filter(|(from, upper)| *from == of && *upper != lower);
        let upper = upper.filter(|(_, upper)| conditions.leads_only_through(of, lower, *upper));
        found.extend(upper.map(|&(_, upper)| (lower, upper)));
    }
    found
}

/// Two paths, and two that go on from them by the same word.
fn paths(conditions: &Conditions<'_>, used: &[AtomId]) -> Vec<Alike> {
    let (terms, between) = (behind(conditions, used), between(conditions, used));
    let mut words: FxHashMap<(&str, &str), Vec<(TermId, TermId)>> = FxHashMap::default();
    for &term in &terms {
        match conditions.keys.get(term) {
            Some(TermKey::Attribute(of, name)) => words.entry(("", name)).or_default().push((*of, term)),
            Some(TermKey::Setting(of, name)) => words.entry(("settings", name)).or_default().push((*of, term)),
            Some(TermKey::Ancestor(of, name)) => {
                // It is the one of all that lies between as well.
                let lower = between.iter().filter(|(_, upper)| *upper == term).map(|(lower, _)| *lower);
                words.entry(("in", name)).or_default().extend(lower.chain([*of]).map(|from| (from, term)));
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    for all in words.values() {
        for (at, &(one, first)) in all.iter().enumerate() {
            let others = all.iter().skip(at + 1).filter(|(other, second)| *other != one && *second != first);
            let same_kind = |second: &TermId| {
                let tag = |term: TermId| conditions.terms.get(term).map(|term| term.kind.tag());
                tag(first) == tag(*second)
            };
            found.extend(
                others.filter(|(_, second)| same_kind(second)).map(|&(other, second)| ([one, other], [first, second])),
            );
        }
    }
    found.sort_unstable();
    found
}

/// The list that a set is compared with.
fn listed(atom: &Atom) -> Option<&[Single]> {
    match atom {
        Atom::Sets(_, Several::List(list), _) | Atom::Sets(_, _, Several::List(list)) => Some(list),
        _ => None,
    }
}

/// The values that a term of a group may have, as far as they make a difference.
fn values(conditions: &Conditions<'_>, id: TermId, group: &Group, first: usize) -> Vec<State> {
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
            known.chain((0..count).map(|number| State::Other(first + number))).collect()
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
            known
                .map(|literal| State::Known(literal.clone()))
                .chain(others.map(|number| State::Other(first + number)))
                .collect()
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
    // Sizes begin at zero, and what a set is supposed to have tells it from all others.
    ends.extend(has_size.then_some([-1, 0]).into_iter().flatten());
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
