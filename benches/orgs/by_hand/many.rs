//! Many checks at once: the records of a group are read before any of them is decided, so that their cache misses overlap.

use super::{ByHand, Permission, Person, Thing};

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
        let mut groups = requests.chunks_exact(GROUP);
        for group in &mut groups {
            let mut read = [(self.things[0], self.people[0]); GROUP];
            for (slot, ids) in read.iter_mut().zip(group) {
                *slot = (self.things[ids.resource as usize], self.people[ids.user as usize]);
            }
            let decided = |(ids, (thing, person)): (&Ids, (Thing, Person))| {
                self.decide(ids.user, person, ids.permission, ids.resource, thing)
            };
            answers.extend(group.iter().zip(read).map(decided));
        }
        answers.extend(groups.remainder().iter().map(|ids| self.check(ids.user, ids.permission, ids.resource)));
    }
}
