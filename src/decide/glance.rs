//! What a look at roles and cells settles, before any condition is computed.
//!
//! Nearly all cells say yes or nothing, and which of them nobody can foretell: a wrong guess of the processor's costs more
//! than all the comparisons. So entries are found and their cells read without a branch for each, and most requests are
//! answered by that. All others are weighed ([`World::weigh`]).

use super::decision::Decision;
use super::facts::Found;
use super::snapshot::Snapshot;
use super::tally::Tally;
use super::uppers::Upper;
use super::world::{Request, World};
use crate::compile::{Profile, Said, Signature};
use crate::directory::{EntityId, Entries, LineSpot, Row};

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
    pub(super) above: LineSpot,
    /// What rules may find above the resource.
    pub(super) signature: Signature,
    /// Whether a role allows it, whatever else there is.
    pub(super) allowed: bool,
    /// The entries of the row among which some have more to say; nothing where none was looked at.
    pub(super) entries: Option<Entries>,
}

/// Where a request begins.
#[derive(Clone, Copy)]
pub(super) struct Start<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) subject: EntityId,
    /// What the subject holds.
    pub(super) row: Row<'a>,
    /// Where it stands what lies above the resource.
    pub(super) above: LineSpot,
}

impl Request {
    /// Decides it on the snapshot that it was resolved against.
    #[inline]
    pub(crate) fn decide(&self, snapshot: &Snapshot) -> Decision {
        match self.start(snapshot) {
            Some(start) => self.decide_from(start),
            None => Tally::of(false).decision(self.ignored(), snapshot.revision()),
        }
    }

    /// Whether it is allowed on the snapshot that it was resolved against.
    pub(crate) fn is_allowed(&self, snapshot: &Snapshot) -> bool {
        self.start(snapshot).is_some_and(|start| self.is_allowed_from(start))
    }

    /// Where it begins; nowhere for a key whose owner is not there, which asks for nobody.
    #[inline]
    pub(super) fn start<'a>(&self, snapshot: &'a Snapshot) -> Option<Start<'a>> {
        let subject = World::new(snapshot, self).subject()?;
        let row = snapshot.holdings().row(subject);
        Some(Start { snapshot, subject, row, above: snapshot.directory().spot_above(self.resource) })
    }

    #[inline]
    pub(super) fn decide_from(&self, start: Start<'_>) -> Decision {
        match self.glance(start) {
            Glance::Settled(allowed) => Tally::of(allowed).decision(self.ignored(), start.snapshot.revision()),
            Glance::Open(open) => self.weigh(start.snapshot, &open),
        }
    }

    #[inline]
    pub(super) fn is_allowed_from(&self, start: Start<'_>) -> bool {
        match self.glance(start) {
            Glance::Settled(allowed) => allowed,
            Glance::Open(open) => self.weigh(start.snapshot, &open).allowed,
        }
    }

    /// Out of the way of what is settled without it.
    #[inline(never)]
    fn weigh(&self, snapshot: &Snapshot, open: &Open<'_>) -> Decision {
        let found = Found { entity: self.resource, ty: open.profile.ty, above: open.above };
        World::new(snapshot, self).with(found).weigh(open)
    }

    /// Looks at what the subject's roles on the resource and above it say.
    // For each of its two callers: what neither asks for need not be made.
    #[expect(clippy::inline_always)]
    #[inline(always)]
    fn glance<'a>(&self, Start { snapshot, subject, row, above }: Start<'a>) -> Glance<'a> {
        let Some(profile) = snapshot.policy().profile(self.permission) else { return Glance::Settled(false) };
        if profile.conditions != 0 {
            // What a condition reads of the resource is on its way while roles are looked at.
            snapshot.directory().prefetch_place(self.resource);
        }
        let upper = snapshot.uppers().at(above);
        let signature = upper.map_or(Signature::ANY, Upper::signature);
        let met = match upper.and_then(|upper| upper.with(self.resource)) {
            Some(few) => row.on_any_of_four(few),
            None => self.met_in_line(snapshot, row, above),
        };
        let Some(met) = met else {
            return Glance::Open(Open { subject, profile, row, above, signature, allowed: false, entries: None });
        };
        let mut said = Said::default();
        let mut add = |held| match row.only_set(held) {
            Some(set) => said.add(snapshot.cells().word(set, profile)),
            None => said.add_open(),
        };
        let mut rest = met;
        if let Some((first, second)) = row.next_two(&mut rest) {
            add(first);
            add(second);
            while let Some(held) = row.next(&mut rest) {
                add(held);
            }
        }
        let (allowed, open) = (said.allows(), said.is_open());
        // One branch, on what is nearly always so.
        let more =
            allowed & profile.may_be_denied_below(signature) | !allowed & (open | profile.has_rules_below(signature));
        if !more {
            return Glance::Settled(allowed);
        }
        let entries = if open { met } else { Entries::default() };
        Glance::Open(Open { subject, profile, row, above, signature, allowed, entries: Some(entries) })
    }

    /// The entries of a row on the resource or above it, where what lies above it is more than a few, and no more than fit in
    /// a line.
    #[inline(never)]
    fn met_in_line(&self, snapshot: &Snapshot, row: Row<'_>, above: LineSpot) -> Option<Entries> {
        row.on_or_above(self.resource, snapshot.directory().line_at(above)?)
    }
}
