//! How the values given to one setting on the way down come together. Pure: the table of effective values, the values of
//! entities that only a request knows, and the account of where a value came from all ask here.

use super::supply::{Standing, Supply};
use crate::directory::EntityId;
use crate::schema::{MergeWord, Value};
use rustc_hash::FxHashSet;

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
/// the order does not matter. `above` gives the entities that one is contained in, sorted.
#[must_use]
pub fn combine<'d>(word: MergeWord, supplies: &[&Supply], above: impl Fn(EntityId) -> &'d [EntityId]) -> Effective {
    let counting = supplies.iter().copied().filter(|supply| supply.standing == Standing::Counts);
    match word {
        MergeWord::Overrides | MergeWord::Locks => agreed(&unbeaten(word, &counting.collect::<Vec<_>>(), above)),
        _ => gather(word, counting.map(|supply| &supply.value)),
    }
}

/// What values come to under a merge word that asks only what they are, not where they are given: in any order and any
/// grouping, each as often as it likes.
pub(super) fn gather<'v>(word: MergeWord, mut values: impl Iterator<Item = &'v Value>) -> Effective {
    let of_value = |value: Option<&Value>| value.map_or(Effective::Absent, |value| Effective::Value(value.clone()));
    match word {
        MergeWord::Narrows => match values.next() {
            Some(first) => Effective::Value(values.fold(first.clone(), meet)),
            None => Effective::Everything,
        },
        MergeWord::Widens => {
            let all = values.flat_map(elements).cloned().collect();
            Effective::Value(Value::Set(all).canonical())
        }
        MergeWord::AtMost => of_value(values.min()),
        MergeWord::AtLeast => of_value(values.max()),
        // Such values are never gathered.
        MergeWord::Overrides | MergeWord::Locks => Effective::Conflicting,
    }
}

/// The value of an `overrides` or `locks` setting, given what no other beats.
pub(super) fn agreed(standing: &[&Supply]) -> Effective {
    match (standing.first(), differing(standing)) {
        (None, _) => Effective::Absent,
        (Some(first), None) => Effective::Value(first.value.clone()),
        (Some(_), Some(_)) => Effective::Conflicting,
    }
}

/// The first two that differ.
pub(super) fn differing<'s>(standing: &[&'s Supply]) -> Option<[&'s Supply; 2]> {
    let first = standing.first().copied()?;
    let second = standing.iter().copied().find(|other| other.value != first.value)?;
    Some([first, second])
}

/// What no other beats: with `overrides` a value loses to one given further in, with `locks` to one further out.
///
/// Costs the entities above all that give a value, once.
pub(super) fn unbeaten<'s, 'd>(
    word: MergeWord,
    supplies: &[&'s Supply],
    above: impl Fn(EntityId) -> &'d [EntityId],
) -> Vec<&'s Supply> {
    let mut givers: Vec<EntityId> = supplies.iter().map(|supply| supply.entity).collect();
    givers.sort_unstable();
    givers.dedup();
    let mut standing = supplies.to_vec();
    if givers.len() < 2 {
        return standing;
    }
    let gives = |entity: &&EntityId| givers.binary_search(entity).is_ok();
    if word == MergeWord::Locks {
        standing.retain(|supply| !above(supply.entity).iter().any(|entity| gives(&entity)));
    } else {
        let overridden: FxHashSet<EntityId> =
            givers.iter().flat_map(|&giver| above(giver).iter().filter(gives)).copied().collect();
        standing.retain(|supply| !overridden.contains(&supply.entity));
    }
    standing
}

/// The supply that an `overrides` or `locks` value loses to: the nearest one further in, or the farthest one further out.
pub(super) fn beaten_by<'s, 'd>(
    word: MergeWord,
    supply: &Supply,
    supplies: &[&'s Supply],
    above: impl Fn(EntityId) -> &'d [EntityId],
) -> Option<&'s Supply> {
    let inside = |inner: &Supply, outer: &Supply| above(inner.entity).binary_search(&outer.entity).is_ok();
    let beats = |other: &Supply, loser: &Supply| match word {
        MergeWord::Overrides => inside(other, loser),
        MergeWord::Locks => inside(loser, other),
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
