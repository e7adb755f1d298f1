//! Changes of memberships: a write or two in the records of one person and one team.

use super::build::membership;
use super::{ByHand, NOWHERE, ROLE_BITS};

impl ByHand {
    /// Gives somebody a role in a team, in the place of the one they have there.
    pub(crate) fn assign(&mut self, user: u32, team: u32, role: u32) {
        let held = membership(team, role);
        let inline = &mut self.people[user as usize].memberships;
        let there = |held: &&mut u32| **held >> ROLE_BITS == team;
        if let Some(slot) = inline.iter_mut().find(there) {
            *slot = held;
        } else if let Some(slot) = self.further.get_mut(&user).and_then(|further| further.iter_mut().find(there)) {
            *slot = held;
        } else if let Some(slot) = inline.iter_mut().find(|held| **held == NOWHERE) {
            *slot = held;
        } else {
            self.further.entry(user).or_default().push(held);
            self.mark_further(user);
        }
        self.reverse.assign(user, team, role);
    }

    /// Takes somebody out of a team; false if they were not in it.
    pub(crate) fn revoke(&mut self, user: u32, team: u32) -> bool {
        let there = |held: &u32| held >> ROLE_BITS == team;
        let inline = &mut self.people[user as usize].memberships;
        let mut further = self.further.get_mut(&user);
        if let Some(slot) = inline.iter_mut().find(|held| there(held)) {
            *slot = further.and_then(Vec::pop).unwrap_or(NOWHERE);
        } else {
            let at = further.as_ref().and_then(|further| further.iter().position(there));
            let (Some(further), Some(at)) = (&mut further, at) else { return false };
            further.swap_remove(at);
        }
        self.mark_further(user);
        self.reverse.revoke(user, team);
        true
    }
}
