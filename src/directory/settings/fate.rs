//! What becomes of each value given to a setting, from the farthest up on down: the account behind an effective value.

use super::combine::{beaten_by, elements, holds, meet};
use super::supply::{Standing, Supply};
use crate::directory::EntityId;
use crate::schema::{MergeWord, Value};

/// What becomes of one value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Fate {
    /// It is the effective value, or equal to it.
    Wins,
    /// A set is narrowed by it.
    Narrows {
        /// What it leaves.
        left: Value,
        /// What of it was narrowed away before.
        lost: Vec<Value>,
    },
    /// A set is widened by these.
    Widens {
        /// What it adds.
        added: Vec<Value>,
    },
    /// Another value is smaller, or larger, where that decides.
    Outdone {
        /// Where the other is given.
        by: EntityId,
    },
    /// One further in overrides it.
    Overridden {
        /// Where that is given.
        by: EntityId,
    },
    /// One further out locks it.
    Locked {
        /// Where that is given.
        by: EntityId,
    },
    /// Another that neither beats nor is beaten differs.
    Conflicts {
        /// Where the other is given.
        with: EntityId,
    },
    /// The entity's own `settings` stand in its place.
    Replaced,
    /// The setting is not given on entities of this type.
    OutOfPlace,
}

/// The fates of all that is supplied to a setting on an entity and above, in the order given: from the farthest up.
#[must_use]
pub fn fates<'d>(word: MergeWord, supplies: &[&Supply], above: impl Fn(EntityId) -> &'d [EntityId]) -> Vec<Fate> {
    let counting: Vec<&Supply> =
        supplies.iter().copied().filter(|supply| supply.standing == Standing::Counts).collect();
    let mut so_far: Option<Value> = None;
    let mut fate = |supply: &Supply| match word {
        MergeWord::Narrows => {
            let (left, lost) = match so_far.take() {
                None => (supply.value.clone(), Vec::new()),
                Some(before) => {
                    let lost = elements(&supply.value).iter().filter(|element| !holds(&before, element));
                    let lost = lost.cloned().collect();
                    (meet(before, &supply.value), lost)
                }
            };
            so_far = Some(left.clone());
            Fate::Narrows { left, lost }
        }
        MergeWord::Widens => {
            let mut all = so_far.take().map_or_else(Vec::new, |before| elements(&before).to_vec());
            let added: Vec<Value> =
                elements(&supply.value).iter().filter(|element| !all.contains(element)).cloned().collect();
            all.extend_from_slice(&added);
            so_far = Some(Value::Set(all));
            Fate::Widens { added }
        }
        MergeWord::AtMost => outdone(supply, counting.iter().min_by_key(|other| &other.value)),
        MergeWord::AtLeast => outdone(supply, counting.iter().rev().max_by_key(|other| &other.value)),
        MergeWord::Overrides | MergeWord::Locks => match beaten_by(word, supply, &counting, &above) {
            Some(winner) if word == MergeWord::Locks => Fate::Locked { by: winner.entity },
            Some(winner) => Fate::Overridden { by: winner.entity },
            None => {
                let differs = |other: &&&Supply| {
                    other.value != supply.value && beaten_by(word, other, &counting, &above).is_none()
                };
                counting.iter().find(differs).map_or(Fate::Wins, |other| Fate::Conflicts { with: other.entity })
            }
        },
    };
    supplies
        .iter()
        .map(|supply| match supply.standing {
            Standing::Counts => fate(supply),
            Standing::Replaced => Fate::Replaced,
            Standing::OutOfPlace => Fate::OutOfPlace,
        })
        .collect()
}

/// A value wins where it equals the one that decides.
fn outdone(supply: &Supply, decides: Option<&&Supply>) -> Fate {
    match decides {
        Some(winner) if winner.value != supply.value => Fate::Outdone { by: winner.entity },
        _ => Fate::Wins,
    }
}
