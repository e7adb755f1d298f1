//! What changes do to people: who gains and who loses what.

use super::diff::{Asking, Occasion, PeopleDiff};
use crate::decide::Snapshot;
use crate::index::AtOnce;
use std::sync::Arc;

/// How many rows are listed; the others are counted.
const ROWS: usize = 200_000;

/// What changes do to people.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Effect {
    /// Who gains or loses what, by subject and permission.
    pub differences: Vec<Difference>,
    /// How many more times somebody gains or loses a permission on something, as they are too many to list.
    pub left_out: usize,
    /// Whether all circumstances were tried that conditions tell apart; otherwise somebody may gain or lose in others.
    pub complete: bool,
}

/// Somebody gains or loses a permission.
#[derive(Clone, PartialEq, Debug)]
pub struct Difference {
    /// Who, `type:id`.
    pub subject: String,
    /// What, `type.action`.
    pub permission: String,
    /// Whether it is gained.
    pub gained: bool,
    /// Under which circumstances, if not under those that were asked about.
    pub occasion: Option<Arc<Occasion>>,
    /// On which entities, each `type:id`.
    pub entities: Vec<String>,
}

/// Compares the decisions of two states of one policy, as [`PeopleDiff`] does.
pub(crate) fn effect(before: &Snapshot, after: &Snapshot, asking: &Asking, at_once: AtOnce<'_>) -> Effect {
    let people = PeopleDiff::between(before, after, asking, at_once);
    let (differences, left_out) = people.by_subject(ROWS);
    Effect { differences, left_out, complete: people.is_complete() }
}
