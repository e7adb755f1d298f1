//! Whether there are sets that have what they are supposed to have, and which.
//!
//! What is supposed of a set is that it has an element or has it not, has any, lies in another one, or has something in
//! common with it. All of it follows element by element: what is in a set is in those around it, and in none that has
//! nothing in common with it. So the least that each element is in is worked out, and held against what it is not in. Where
//! something must be in one set and outside of another, some element is needed for it: one that is spoken of, or a new one.

use super::Conditions;
use super::atom::{Atom, AtomId, Operand, Several};
use super::state::{State, Supposed};
use super::term::{Kind, Single, TermId};
use crate::compile::Comparison;
use crate::decide::Truth;
use std::collections::{BTreeMap, BTreeSet};

/// From here on, numbers are of elements that nothing but a set is about.
const NEW: usize = 1 << 20;

/// A set, or a list of values.
#[derive(Clone, Copy)]
enum Whole<'c> {
    Set(TermId),
    List(&'c [Single]),
    Everything,
}

/// There must be something in all of these, and outside of that one.
struct Need<'c> {
    within: Vec<Whole<'c>>,
    outside: Option<Whole<'c>>,
}

/// What is supposed of sets.
#[derive(Default)]
pub(super) struct Demands<'c> {
    has: BTreeMap<State, BTreeSet<TermId>>,
    lacks: BTreeSet<(State, TermId)>,
    empty: BTreeSet<TermId>,
    within: Vec<(TermId, Whole<'c>)>,
    apart: Vec<(Whole<'c>, Whole<'c>)>,
    needs: Vec<Need<'c>>,
    sizes: Vec<(TermId, usize)>,
    /// Every element that is spoken of.
    spoken_of: BTreeSet<State>,
}

/// Those atoms that say something of what sets have.
pub(super) fn about_sets(conditions: &Conditions<'_>, used: &[AtomId]) -> Vec<AtomId> {
    let is_about = |id: &&AtomId| match conditions.atoms.get(**id) {
        Some(Atom::Member(..) | Atom::Sets(..)) => true,
        Some(Atom::Bare(term)) => conditions.terms.get(*term).is_some_and(|term| term.kind == Kind::Set),
        _ => false,
    };
    used.iter().filter(is_about).copied().collect()
}

impl<'c> Demands<'c> {
    pub(super) fn of(conditions: &'c Conditions<'_>, supposed: &Supposed, about: &[AtomId]) -> Self {
        let mut demands = Self::default();
        for id in about {
            let truth = supposed.atoms.get(id).copied();
            let (Some(atom), Some(is)) = (conditions.atoms.get(*id), truth.map(|truth| truth == Truth::True)) else {
                continue;
            };
            demands.add(atom, is, supposed);
        }
        demands
    }

    /// With the number of elements that sets are to have.
    pub(super) fn with_sizes(mut self, conditions: &Conditions<'_>, supposed: &Supposed) -> Self {
        for (id, term) in conditions.terms.iter_enumerated().filter(|(_, term)| term.kind == Kind::Size) {
            if let (Some(set), Some(State::Known(Single::Number(size)))) = (term.of, supposed.terms.get(&id)) {
                self.sizes.extend(usize::try_from(*size).ok().map(|size| (set, size)));
            }
        }
        self
    }

    fn add(&mut self, atom: &'c Atom, is: bool, supposed: &Supposed) {
        let whole = |several: &'c Several| match several {
            Several::List(list) => Whole::List(list),
            Several::Term(term) if supposed.terms.get(term) == Some(&State::Everything) => Whole::Everything,
            Several::Term(term) => Whole::Set(*term),
        };
        match atom {
            Atom::Member(element, set) => {
                let state = match element {
                    Operand::Term(term) => supposed.terms.get(term).cloned(),
                    Operand::Single(single) => Some(State::Known(single.clone())),
                };
                let Some(state @ (State::Known(_) | State::Other(_))) = state else { return };
                self.spoken_of.insert(state.clone());
                if is {
                    self.has.entry(state).or_default().insert(*set);
                } else {
                    self.lacks.insert((state, *set));
                }
            }
            Atom::Bare(set) if is => self.needs.push(Need { within: vec![Whole::Set(*set)], outside: None }),
            Atom::Bare(set) => drop(self.empty.insert(*set)),
            Atom::Sets(comparison, left, right) => {
                for list in [left, right] {
                    if let Several::List(list) = list {
                        self.spoken_of.extend(list.iter().cloned().map(State::Known));
                    }
                }
                let (left, right) = (whole(left), whole(right));
                match (*comparison == Comparison::Overlaps, is) {
                    (true, true) => self.needs.push(Need { within: vec![left, right], outside: None }),
                    (true, false) => self.apart.push((left, right)),
                    (false, true) => {
                        if let Whole::Set(inner) = left {
                            self.within.push((inner, right));
                        }
                    }
                    (false, false) => self.needs.push(Need { within: vec![left], outside: Some(right) }),
                }
            }
            _ => {}
        }
    }

    /// Whether no demand is at odds with another.
    pub(super) fn may_be_met(&self) -> bool {
        self.least().is_some_and(|least| self.needs.iter().all(|need| self.met(need, &least).is_some()))
    }

    /// What each set has, as far as demands go; nothing where they cannot be met.
    pub(super) fn contents(&self) -> Option<BTreeMap<TermId, BTreeSet<State>>> {
        let mut least = self.least()?;
        let mut new = NEW;
        let mut put = |least: &mut BTreeMap<State, BTreeSet<TermId>>, (element, sets): (Option<State>, _)| {
            let element = element.unwrap_or_else(|| {
                new += 1;
                State::Other(new)
            });
            least.insert(element, sets);
        };
        for need in &self.needs {
            let met = self.met(need, &least)?;
            put(&mut least, met);
        }
        for (set, size) in &self.sizes {
            let has = least.values().filter(|sets| sets.contains(set)).count();
            for _ in has..*size {
                let sets = self.around(None, BTreeSet::from([*set]))?;
                put(&mut least, (None, sets));
            }
        }
        let mut contents: BTreeMap<TermId, BTreeSet<State>> = BTreeMap::new();
        for (element, sets) in least {
            for set in sets {
                contents.entry(set).or_default().insert(element.clone());
            }
        }
        Some(contents)
    }

    /// The sets that each element is in at least.
    fn least(&self) -> Option<BTreeMap<State, BTreeSet<TermId>>> {
        let all =
            self.has.iter().map(|(element, sets)| Some((element.clone(), self.around(Some(element), sets.clone())?)));
        all.collect()
    }

    /// An element that meets a need, a new one for nothing, and the sets that it is in then.
    fn met(
        &self,
        need: &Need<'_>,
        least: &BTreeMap<State, BTreeSet<TermId>>,
    ) -> Option<(Option<State>, BTreeSet<TermId>)> {
        let by = |element: Option<&State>| {
            let mut sets = element.and_then(|element| least.get(element)).cloned().unwrap_or_default();
            for whole in &need.within {
                match whole {
                    Whole::Set(set) => drop(sets.insert(*set)),
                    Whole::List(list) => element.filter(|element| is_listed(element, list)).map(drop)?,
                    Whole::Everything => {}
                }
            }
            let sets = self.around(element, sets)?;
            let is_outside = need.outside.is_none_or(|outside| !is_in(element, &sets, outside));
            is_outside.then(|| (element.cloned(), sets))
        };
        // One that is there already, or a new one, or else one that comes in as well.
        let meets = |element: &&State| by(Some(element)).is_some_and(|(_, sets)| least.get(*element) == Some(&sets));
        let there = self.spoken_of.iter().find(meets).and_then(|element| by(Some(element)));
        there.or_else(|| by(None)).or_else(|| self.spoken_of.iter().find_map(|element| by(Some(element))))
    }

    /// All sets that an element is in which is in some; nothing where it cannot be.
    fn around(&self, element: Option<&State>, sets: BTreeSet<TermId>) -> Option<BTreeSet<TermId>> {
        let mut open: Vec<TermId> = sets.iter().copied().collect();
        let mut sets = sets;
        while let Some(set) = open.pop() {
            let is_kept_out = element.is_some_and(|element| self.lacks.contains(&(element.clone(), set)));
            if is_kept_out || self.empty.contains(&set) {
                return None;
            }
            for (_, outer) in self.within.iter().filter(|(inner, _)| *inner == set) {
                match outer {
                    Whole::Set(outer) if sets.insert(*outer) => open.push(*outer),
                    Whole::List(list) if !element.is_some_and(|element| is_listed(element, list)) => return None,
                    _ => {}
                }
            }
        }
        let at_odds =
            |(one, other): &(Whole<'_>, Whole<'_>)| is_in(element, &sets, *one) && is_in(element, &sets, *other);
        (!self.apart.iter().any(at_odds)).then_some(sets)
    }
}

fn is_listed(element: &State, list: &[Single]) -> bool {
    matches!(element, State::Known(single) if list.contains(single))
}

/// Whether an element that is in some sets is in one of two that are compared.
fn is_in(element: Option<&State>, sets: &BTreeSet<TermId>, whole: Whole<'_>) -> bool {
    match whole {
        Whole::Set(set) => sets.contains(&set),
        Whole::List(list) => element.is_some_and(|element| is_listed(element, list)),
        Whole::Everything => !sets.is_empty(),
    }
}
