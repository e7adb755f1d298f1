//! Many checks at once: the records of a group are read before any of them is decided, so that their cache misses overlap.

use super::{ByHand, Permission};
use std::hint::black_box;

/// A request of ids.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ids {
    /// Who asks.
    pub(crate) user: u32,
    /// What for.
    pub(crate) permission: Permission,
    /// The number of the resource.
    pub(crate) resource: u32,
}

/// How many records are under way together: what the core's line fill buffers can hold, and some more.
const GROUP: usize = 32;

impl ByHand {
    /// Decides each; the answers are put behind those that stand in `answers` already.
    pub(crate) fn check_many(&self, requests: &[Ids], answers: &mut Vec<bool>) {
        answers.reserve(requests.len());
        for group in requests.chunks(GROUP) {
            // A read whose value counts for nothing brings the line in; none of them waits for another.
            let touch = |ids: &Ids| self.things[ids.resource as usize].place ^ self.people[ids.user as usize].flags;
            black_box(group.iter().fold(0, |touched, ids| touched ^ touch(ids)));
            answers.extend(group.iter().map(|ids| self.check(ids.user, ids.permission, ids.resource)));
        }
    }
}
