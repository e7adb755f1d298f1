//! What a look at roles and cells settles, before any condition is computed.
//!
//! Nearly all cells say yes or nothing, and which of them nobody can foretell: a wrong guess of the processor's costs more
//! than all the comparisons. So entries are found and their cells read without a branch for each, and most requests are
//! answered by that. All others are weighed ([`World::weigh`]). In a small directory, what a glance comes to was told
//! beforehand ([`AccessMatrix`](super::access_matrix::AccessMatrix)).

use super::access_matrix::{CellSpot, Outcome};
use super::decision::Decision;
use super::facts::Located;
use super::own::InCell;
use super::snapshot::Snapshot;
use super::tally::Tally;
use super::uppers::Upper;
use super::world::{Request, World};
use crate::compile::{Page, Profile, RoleSetId, Signature, Together};
use crate::directory::{EntityId, Entries, LineSpot, Row, RowSpot, ValueSpot};
use crate::schema::PermissionId;

/// What a glance tells of a request.
enum Glance<'a> {
    /// Whether it is allowed. Nothing could deny it, and no condition has a part in it.
    Settled(bool),
    /// There is more to weigh.
    Open(Open<'a>),
    /// There is more to look at than a glance takes in.
    Long,
}

/// A request that is not settled at a glance.
#[derive(Clone, Copy, Debug)]
pub(super) struct Open<'a> {
    pub(super) start: Start<'a>,
    pub(super) profile: &'a Profile,
    /// What rules find of what they ask for, as far as it was looked for.
    pub(super) found: Signature,
    /// Whether a role allows it, whatever else there is.
    pub(super) allowed: bool,
    /// The entries of the row among which some have more to say; nothing where none was looked at.
    pub(super) entries: Option<Entries>,
}

/// Where a request begins.
#[derive(Clone, Copy, Debug)]
pub(super) struct Start<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) spots: &'a Spots,
    /// Who it is about.
    pub(super) subject: EntityId,
}

/// Where it stands what a request begins with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spots {
    /// What the subject holds.
    pub(super) row: RowSpot,
    /// What lies above the resource.
    pub(super) above: LineSpot,
    /// The values of the resource.
    pub(super) values: ValueSpot,
    /// What is told of subject and resource beforehand.
    pub(super) cell: CellSpot,
}

impl Snapshot {
    /// Where it stands what a request begins with, beside its cell; where the values do, is looked up once they are read.
    #[inline]
    pub(super) fn spots(&self, subject: EntityId, resource: EntityId, cell: CellSpot) -> Spots {
        let (row, above) = (self.holdings().spot(subject), self.directory().spot_above(resource));
        Spots { row, above, values: ValueSpot::UNKNOWN, cell }
    }
}

impl<'a> Start<'a> {
    /// Whether a permission is given, where that is settled by what was told beforehand.
    #[expect(clippy::inline_always)]
    #[inline(always)]
    fn settled(&self, permission: PermissionId) -> Option<bool> {
        self.snapshot.access_matrix().settled(self.spots.cell, permission)
    }

    /// What the subject holds.
    #[inline]
    pub(super) fn row(&self) -> Row<'a> {
        self.snapshot.holdings().row_at(self.subject, &self.spots.row)
    }

    /// What lies above the resource, where the tables have it.
    #[inline]
    pub(super) fn upper(&self) -> Option<&'a Upper> {
        self.snapshot.upper(self.spots.above)
    }

    /// What rules find above the resource.
    #[inline]
    pub(super) fn signature(&self) -> Signature {
        self.upper().map_or(Signature::ANY, Upper::signature)
    }
}

impl Request {
    /// Decides it on the snapshot that it was resolved against.
    pub(crate) fn decide(&self, snapshot: &Snapshot) -> Decision {
        self.conclude(snapshot, |decision| decision)
    }

    /// Decides it on the snapshot that it was resolved against, and makes something of the decision, in its place.
    #[inline]
    pub(super) fn conclude<T>(&self, snapshot: &Snapshot, make: impl FnOnce(Decision) -> T) -> T {
        // A key whose owner is not there asks for nobody.
        let Some(subject) = World::new(snapshot, self).subject() else { return make(self.told(snapshot, false)) };
        let cell = snapshot.access_matrix().spot(subject, self.resource);
        match snapshot.access_matrix().settled(cell, self.permission) {
            Some(allowed) => make(self.told(snapshot, allowed)),
            None => {
                let spots = snapshot.spots(subject, self.resource, cell);
                self.conclude_at_a_glance(&Start { snapshot, spots: &spots, subject }, make)
            }
        }
    }

    /// Whether it is allowed on the snapshot that it was resolved against.
    #[inline]
    pub(crate) fn is_allowed(&self, snapshot: &Snapshot) -> bool {
        World::new(snapshot, self).subject().is_some_and(|subject| {
            let cell = snapshot.access_matrix().spot(subject, self.resource);
            snapshot.access_matrix().settled(cell, self.permission).unwrap_or_else(|| {
                let spots = snapshot.spots(subject, self.resource, cell);
                self.is_allowed_at_a_glance(&Start { snapshot, spots: &spots, subject })
            })
        })
    }

    #[inline]
    pub(super) fn conclude_from<T>(&self, start: &Start<'_>, make: impl FnOnce(Decision) -> T) -> T {
        match start.settled(self.permission) {
            Some(allowed) => make(self.told(start.snapshot, allowed)),
            None => self.conclude_at_a_glance(start, make),
        }
    }

    #[inline]
    pub(super) fn is_allowed_from(&self, start: &Start<'_>) -> bool {
        match start.settled(self.permission) {
            Some(allowed) => allowed,
            None => self.is_allowed_at_a_glance(start),
        }
    }

    /// Where it stands what is told of it beforehand.
    #[inline]
    fn in_cell(&self, start: &Start<'_>) -> InCell {
        let resource = (self.resource, start.spots.values);
        InCell { cell: start.spots.cell, subject: start.subject, permission: self.permission, resource }
    }

    /// The decision where nothing is left to weigh.
    #[inline]
    fn told(&self, snapshot: &Snapshot, allowed: bool) -> Decision {
        Tally::of(allowed).decision(self.ignored(), snapshot.revision())
    }

    #[inline(never)]
    fn conclude_at_a_glance<T>(&self, start: &Start<'_>, make: impl FnOnce(Decision) -> T) -> T {
        // What is somebody else's needs no reason; which role allows what is the subject's own has to be looked for.
        if start.snapshot.is_own(self.in_cell(start)) == Some(false) {
            return make(self.told(start.snapshot, false));
        }
        match self.glance(start) {
            Glance::Settled(allowed) => make(self.told(start.snapshot, allowed)),
            Glance::Open(open) => make(self.weigh(&open)),
            Glance::Long => make(self.look(*start)),
        }
    }

    #[inline(never)]
    fn is_allowed_at_a_glance(&self, start: &Start<'_>) -> bool {
        if let Some(allowed) = start.snapshot.is_allowed_nearly_told(self.in_cell(start)) {
            return allowed;
        }
        match self.glance(start) {
            Glance::Settled(allowed) => allowed,
            Glance::Open(open) => self.weigh(&open).allowed,
            Glance::Long => self.look(*start).allowed,
        }
    }

    /// Looks at what the subject's roles on the resource and above it say, where both are few.
    // For each of its callers: what none asks for need not be made.
    #[expect(clippy::inline_always)]
    #[inline(always)]
    fn glance<'a>(&self, start: &Start<'a>) -> Glance<'a> {
        let snapshot = start.snapshot;
        if let Some(outcome) = snapshot.access_matrix().outcome(start.spots.cell, self.permission)
            && let Some(open) = Open::of_outcome(*start, outcome, self.permission)
        {
            return Glance::Open(open);
        }
        let Some(profile) = snapshot.profile(self.permission) else { return Glance::Settled(false) };
        if profile.conditions != 0 {
            // What a condition reads of the resource is on its way while roles are looked at.
            snapshot.directory().prefetch_values((self.resource, start.spots.values));
        }
        let row = start.row();
        let Some(page) = snapshot.page(profile) else { return Glance::Long };
        let Some(upper) = start.upper() else { return Glance::Long };
        let Some(four) = row.four() else { return Glance::Long };
        let Some(said) = page.of_four(four.sets()) else { return Glance::Long };
        let Some(few) = upper.with(self.resource) else { return Glance::Long };
        let met = four.are_on(few);
        let told = said.together(met, profile);
        if !is_open(profile, upper.signature(), told) {
            return Glance::Settled(told.allows());
        }
        let mut entries = Entries::default();
        entries.add(0, met);
        Glance::Open(Open::told(*start, profile, upper.signature(), (entries, told)))
    }

    /// Looks at more than a glance takes in.
    #[inline(never)]
    fn look(&self, start: Start<'_>) -> Decision {
        let snapshot = start.snapshot;
        let Some(profile) = snapshot.profile(self.permission) else { return self.told(snapshot, false) };
        let told =
            snapshot.page(profile).and_then(|page| match start.upper().and_then(|upper| upper.with(self.resource)) {
                Some(few) => all_on(start.row(), few, page, profile),
                None => {
                    let line = snapshot.directory().line_at(start.spots.above)?;
                    all_on(start.row(), line.with(self.resource), page, profile)
                }
            });
        let Some((entries, told)) = told else {
            let allowed = self.is_allowed_without_condition(&start, profile);
            return self.weigh(&Open { start, profile, found: start.signature(), allowed, entries: None });
        };
        if !is_open(profile, start.signature(), told) {
            return self.told(snapshot, told.allows());
        }
        self.weigh(&Open::told(start, profile, start.signature(), (entries, told)))
    }

    /// Whether a role allows it, whatever else there is, where the row or what lies above the resource is long.
    fn is_allowed_without_condition(&self, start: &Start<'_>, profile: &Profile) -> bool {
        let (row, world) = (start.row(), World::new(start.snapshot, self));
        let mut held = world.facts.upwards(self.resource).filter_map(|entity| row.on(entity));
        let allows = |page: Page<'_>, set: RoleSetId| page.of_all(&[set.0], profile).allows();
        start
            .snapshot
            .page(profile)
            .is_some_and(|page| held.any(|held| row.only_set(held).is_some_and(|set| allows(page, set))))
    }

    /// Out of the way of what is settled without it.
    #[inline(never)]
    fn weigh(&self, open: &Open<'_>) -> Decision {
        let snapshot = open.start.snapshot;
        if open.profile.asks_of_resource() {
            let found = snapshot.found_in(self.resource, open.profile.ty);
            let open = Open { found: open.found.with_resource(found), ..*open };
            if !open.is_left() {
                return self.told(snapshot, open.allowed);
            }
            return self.weigh_found(&open);
        }
        self.weigh_found(open)
    }

    /// Weighs a request where all was looked for that rules ask for.
    fn weigh_found(&self, open: &Open<'_>) -> Decision {
        let snapshot = open.start.snapshot;
        if let Some(tally) = self.own(open) {
            return tally.decision(self.ignored(), snapshot.revision());
        }
        let located = Located { entity: self.resource, ty: open.profile.ty, spots: *open.start.spots };
        World::located(snapshot, self, located).weigh(open)
    }
}

impl<'a> Open<'a> {
    /// What is open, once some entries of the row have told what they say.
    #[inline]
    fn told(start: Start<'a>, profile: &'a Profile, found: Signature, (entries, told): (Entries, Together)) -> Self {
        let entries = if told.is_open() { entries } else { Entries::default() };
        Self { start, profile, found, allowed: told.allows(), entries: Some(entries) }
    }

    /// What is open by what was told beforehand; nothing where roles depend on more.
    #[inline]
    fn of_outcome(start: Start<'a>, outcome: Outcome<'_>, permission: PermissionId) -> Option<Self> {
        if outcome.is_dependent() {
            return None;
        }
        let (profile, found) = (start.snapshot.profile(permission)?, start.signature());
        Some(Self { start, profile, found, allowed: outcome.allows(), entries: Some(Entries::default()) })
    }

    /// Whether there is more to weigh, by what is found now.
    fn is_left(&self) -> bool {
        let roles_are = self.entries != Some(Entries::default());
        self.profile.may_be_overruled_at(self.found, self.allowed) | !self.allowed & roles_are
    }
}

/// The entries of a row on any of some entities, and what they say in short; nothing where the row is a long one.
#[inline]
fn all_on<const N: usize>(
    row: Row<'_>,
    entities: [EntityId; N],
    page: Page<'_>,
    profile: &Profile,
) -> Option<(Entries, Together)> {
    let fours = row.fours();
    if fours.len() > Entries::FOURS {
        return None;
    }
    let (mut entries, mut told) = (Entries::default(), Together::NOTHING);
    for (at, four) in fours.iter().enumerate() {
        let met = four.are_on(entities);
        entries.add(at, met);
        told = told.or(page.of_any_four(four.sets()).together(met, profile));
    }
    Some((entries, told))
}

/// Whether there is more to weigh than what roles say in short.
#[expect(clippy::inline_always)]
#[inline(always)]
pub(super) fn is_open(profile: &Profile, found: Signature, told: Together) -> bool {
    // Two branches, on what is nearly always so.
    profile.may_be_overruled_at(found, told.allows()) || told.is_open_alone()
}
