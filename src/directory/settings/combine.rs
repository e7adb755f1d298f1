//! How the values given to one setting on the way down come together. Pure: the table of effective values, the values of
//! entities that only a request knows, and the account of where a value came from all ask here.

use super::supply::{Standing, Supply};
use crate::directory::EntityId;
use crate::schema::{MergeWord, Value};

/// What a setting amounts to on an entity.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Effective<V = Value> {
    /// Nobody gives it a value, and it has none then.
    Absent,
    /// Everything is in it: a `narrows` setting that nobody narrows.
    Everything,
    /// Values that cannot both stand do.
    Conflicting,
    /// This.
    Value(V),
}

/// The effective value of a setting with this merge word, given all that is supplied to it on an entity and above;
/// the order does not matter. `inside` tells whether the first entity lies strictly in the second.
#[must_use]
pub fn combine(word: MergeWord, supplies: &[&Supply], inside: impl Fn(EntityId, EntityId) -> bool + Copy) -> Effective {
    let mut counting = supplies.iter().copied().filter(|supply| supply.standing == Standing::Counts);
    match word {
        MergeWord::Narrows => match counting.next() {
            Some(first) => Effective::Value(counting.fold(first.value.clone(), |left, next| meet(left, &next.value))),
            None => Effective::Everything,
        },
        MergeWord::Widens => {
            let mut all: Vec<Value> = counting.flat_map(|supply| elements(&supply.value)).cloned().collect();
            all.sort_unstable();
            all.dedup();
            Effective::Value(Value::Set(all))
        }
        MergeWord::AtMost => of_value(counting.map(|supply| &supply.value).min()),
        MergeWord::AtLeast => of_value(counting.map(|supply| &supply.value).max()),
        MergeWord::Overrides | MergeWord::Locks => {
            let counting: Vec<&Supply> = counting.collect();
            match standing_values(word, &counting, inside).as_slice() {
                [] => Effective::Absent,
                [only] => Effective::Value(only.value.clone()),
                _ => Effective::Conflicting,
            }
        }
    }
}

/// Of the values of an `overrides` or `locks` setting that no other beats, the first supplies of two different ones; of
/// one where all agree.
pub(super) fn standing_values<'s>(
    word: MergeWord,
    supplies: &[&'s Supply],
    inside: impl Fn(EntityId, EntityId) -> bool + Copy,
) -> Vec<&'s Supply> {
    let mut stand: Vec<&Supply> = Vec::new();
    for &supply in supplies.iter().filter(|supply| supply.standing == Standing::Counts) {
        let agrees = stand.iter().any(|known| known.value == supply.value);
        if !agrees && beaten_by(word, supply, supplies, inside).is_none() {
            stand.push(supply);
            if stand.len() == 2 {
                break;
            }
        }
    }
    stand
}

/// The supply that an `overrides` or `locks` value loses to: the nearest one further in, or the farthest one further out.
pub(super) fn beaten_by<'s>(
    word: MergeWord,
    supply: &Supply,
    supplies: &[&'s Supply],
    inside: impl Fn(EntityId, EntityId) -> bool,
) -> Option<&'s Supply> {
    let beats = |other: &Supply, loser: &Supply| match word {
        MergeWord::Overrides => inside(other.entity, loser.entity),
        MergeWord::Locks => inside(loser.entity, other.entity),
        _ => false,
    };
    let mut winner: Option<&'s Supply> = None;
    for other in supplies.iter().copied().filter(|other| other.standing == Standing::Counts) {
        if beats(other, supply) && winner.is_none_or(|known| beats(other, known)) {
            winner = Some(other);
        }
    }
    winner
}

/// What two sets share.
pub(super) fn meet(left: Value, right: &Value) -> Value {
    let mut left = elements(&left).to_vec();
    left.retain(|element| holds(right, element));
    Value::Set(left)
}

/// Whether an element is in a sorted set.
#[must_use]
pub fn holds(set: &Value, element: &Value) -> bool {
    elements(set).binary_search(element).is_ok()
}

/// The elements of a set; nothing else has any.
#[must_use]
pub fn elements(set: &Value) -> &[Value] {
    match set {
        Value::Set(elements) => elements,
        _ => &[],
    }
}

fn of_value(value: Option<&Value>) -> Effective {
    value.map_or(Effective::Absent, |value| Effective::Value(value.clone()))
}
