//! What a test went through when it passed: enough to ask it again under a policy that grants something else, without making
//! its changes anew.
//!
//! A change of the directory is made or refused by what there is, and by what its author is granted. Where a policy differs in
//! what it grants alone, and everybody holds what they held, the first stays as it was: the states before and after each
//! change are those that were, under the other policy, and only their authors have to be asked again.

use super::{Test, settings};
use crate::admin::{Occasion, permit};
use crate::decide::{Query, Snapshot};
use crate::directory::Change;

/// What a test went through.
#[derive(Clone, Debug, Default)]
pub struct Course {
    steps: Vec<Step>,
    /// What is asked in the end, and whether it is allowed.
    asked: Vec<(Query<'static>, bool)>,
    /// What the changes led to, where there are any.
    after: Option<Snapshot>,
}

/// A change that there is nothing against but what its author may do.
#[derive(Clone, Debug)]
struct Step {
    /// Which of the test's changes.
    number: usize,
    before: Snapshot,
    after: Snapshot,
}

/// What of a test is to be asked again.
#[derive(Clone, Copy)]
pub struct Again<'a> {
    /// What the test began with, under the other policy.
    pub ground: &'a Snapshot,
    /// A snapshot under the other policy, if it can be told.
    pub under: &'a dyn Fn(&Snapshot) -> Option<Snapshot>,
    /// Whether a change may be permitted to others.
    pub concerned: &'a dyn Fn(&Change) -> bool,
    /// Whether decisions and settings may be others.
    pub asks: bool,
    /// The moment, in milliseconds since 1970 UTC, of a test that names none.
    pub now: i64,
}

impl Course {
    /// A change is tried. What is told of it last holds.
    pub(super) fn try_change(&mut self, number: usize, before: &Snapshot, after: &Snapshot) {
        self.steps.retain(|step| step.number != number);
        self.steps.push(Step { number, before: before.clone(), after: after.clone() });
    }

    /// What the changes led to.
    pub(super) fn arrive(&mut self, after: &Snapshot) {
        self.after = Some(after.clone());
    }

    /// A question is asked.
    pub(super) fn ask(&mut self, query: &Query, allowed: bool) {
        self.asked.push((query.clone().into_owned(), allowed));
    }

    /// Whether the test, which passed, passes again; nothing where that cannot be told from its course.
    #[must_use]
    pub fn passes(&self, test: &Test, again: Again<'_>) -> Option<bool> {
        let occasion = Occasion::at(test.at.unwrap_or(again.now));
        for Step { number, before, after } in &self.steps {
            let made = test.changes.get(*number)?;
            if made.change.by.is_none() || !(again.concerned)(&made.change) {
                continue;
            }
            let (before, after) = ((again.under)(before)?, (again.under)(after)?);
            if permit(&before, &after, &made.change, occasion).is_err() != made.refused {
                return Some(false);
            }
        }
        if !again.asks {
            return Some(true);
        }
        let after = match &self.after {
            Some(after) => Some((again.under)(after)?),
            None => None,
        };
        let snapshot = after.as_ref().unwrap_or(again.ground);
        let answers =
            |(query, allowed): &(Query<'_>, bool)| snapshot.check(query).is_ok_and(|one| one.allowed == *allowed);
        let amounts = |unmet: Result<Vec<_>, _>| unmet.is_ok_and(|unmet| unmet.is_empty());
        let met = self.asked.iter().all(answers)
            && test.settings.iter().all(|expected| amounts(settings::meet(expected, snapshot)));
        Some(met)
    }
}
