//! What a look at roles and cells settles, before any condition is computed.
//!
//! Nearly all cells say yes or nothing, and which of them nobody can foretell: a wrong guess of the processor's costs more
//! than all the comparisons. So entries are found and their cells read without a branch for each, and most requests are
//! answered by that. All others are weighed ([`World::weigh`]).

use super::decision::Decision;
use super::snapshot::Snapshot;
use super::tally::Tally;
use super::world::{Request, World};
use crate::compile::Profile;
use crate::directory::{EntityId, Entries, Row};

/// What a glance tells of a request.
enum Glance<'a> {
    /// Whether it is allowed. Nothing could deny it, and no condition has a part in it.
    Settled(bool),
    /// There is more to look at.
    Open(Open<'a>),
}

/// A request that is not settled at a glance.
#[derive(Debug)]
pub(super) struct Open<'a> {
    pub(super) subject: EntityId,
    pub(super) profile: &'a Profile,
    pub(super) row: Row<'a>,
    /// Whether a role allows it, whatever else there is.
    pub(super) allowed: bool,
    /// Which entries of the row have more to say; nothing where none was looked at.
    pub(super) entries: Option<Entries>,
}

impl Request {
    /// Whether it is allowed on the snapshot that it was resolved against.
    #[inline]
    pub(crate) fn is_allowed(&self, snapshot: &Snapshot) -> bool {
        match self.glance(snapshot) {
            Glance::Settled(allowed) => allowed,
            Glance::Open(open) => self.weigh(snapshot, &open).allowed,
        }
    }

    /// Decides it on the snapshot that it was resolved against.
    #[inline]
    pub(crate) fn decide(&self, snapshot: &Snapshot) -> Decision {
        match self.glance(snapshot) {
            Glance::Settled(allowed) => Tally::of(allowed).decision(self.ignored(), snapshot.revision()),
            Glance::Open(open) => self.weigh(snapshot, &open),
        }
    }

    /// Out of the way of what is settled without it.
    #[inline(never)]
    fn weigh(&self, snapshot: &Snapshot, open: &Open<'_>) -> Decision {
        World::new(snapshot, self).weigh(open)
    }

    /// Looks at what the subject's roles on the resource and above it say.
    // For each of its two callers: what neither asks for need not be made.
    #[expect(clippy::inline_always)]
    #[inline(always)]
    fn glance<'a>(&self, snapshot: &'a Snapshot) -> Glance<'a> {
        // A key whose owner is not there asks for nobody.
        let (Some(subject), Some(profile)) =
            (World::new(snapshot, self).subject(), snapshot.policy().profile(self.permission))
        else {
            return Glance::Settled(false);
        };
        let row = snapshot.holdings().row(subject);
        let line = snapshot.directory().line_above(self.resource);
        let Some(mut met) = line.and_then(|line| row.on_or_above(self.resource, line)) else {
            return Glance::Open(Open { subject, profile, row, allowed: false, entries: None });
        };
        let (mut allowed, mut entries) = (false, Entries::default());
        while let Some((at, held)) = row.next(&mut met) {
            let Some(set) = row.only_set(held) else {
                entries.add_if(true, at);
                continue;
            };
            let said = snapshot.cells().word(set, self.permission, profile);
            allowed |= said.allows();
            entries.add_if(said.depends(), at);
        }
        let settled = if allowed { !profile.may_be_denied() } else { entries.is_empty() && !profile.has_rules() };
        if settled {
            return Glance::Settled(allowed);
        }
        Glance::Open(Open { subject, profile, row, allowed, entries: Some(entries) })
    }
}
