//! What is told of whoever holds some sets of roles where rules find something.

use super::found::{Found, FoundOfOne};
use super::outcome::Outcomes;
use crate::compile::{Cell, Profile, RoleSetId, Together, Way};
use crate::decide::glance::is_open;
use crate::decide::snapshot::Snapshot;
use crate::index::Idx;
use crate::schema::{PermissionId, RoleId};
use rustc_hash::FxHashSet;

/// What no set of roles has for a number, for roles that are not held always.
pub(super) const SOMETIMES: u32 = u32::MAX;

/// By permission, the slot of the attribute of resources that roles ask to be the subject, if one does.
#[derive(Clone, Default, Debug)]
pub(super) struct OwnSlots(Box<[Option<usize>]>);

/// What outcomes are told from.
pub(super) struct Telling<'a> {
    snapshot: &'a Snapshot,
    own: &'a OwnSlots,
    sets: &'a [u32],
    /// What the roles of these sets count as, of those that count everywhere.
    roles: FxHashSet<RoleId>,
}

impl OwnSlots {
    /// Those that the roles ask for which somebody holds.
    pub(super) fn of(snapshot: &Snapshot) -> Self {
        let sets = || (0..snapshot.holdings().sets().len()).map(RoleSetId::from_index);
        let slot = |profile: &Profile| {
            let of_set = |set| match snapshot.cells().cell(set, profile) {
                Cell::Depends(terms) => terms.iter().find_map(|term| snapshot.own_slot(term, profile.ty)),
                Cell::Nothing | Cell::Allowed => None,
            };
            if profile.conditions == 0 { None } else { sets().find_map(of_set) }
        };
        Self(snapshot.policy().profiles().iter().map(slot).collect())
    }

    /// That of a permission.
    #[inline]
    pub(super) fn get(&self, permission: PermissionId) -> Option<usize> {
        *self.0.get(permission.index())?
    }
}

impl<'a> Telling<'a> {
    /// That of whoever holds these sets.
    pub(super) fn new(snapshot: &'a Snapshot, own: &'a OwnSlots, sets: &'a [u32]) -> Self {
        let policy = snapshot.policy();
        let known = sets.iter().filter(|&&set| set != SOMETIMES);
        let held = known.flat_map(|&set| snapshot.holdings().roles(RoleSetId(set)));
        let counting = held.map(|&role| policy.role(role)).filter(|role| role.when.is_none());
        let roles = counting.flat_map(|role| role.counts_as.iter().copied()).collect();
        Self { snapshot, own, sets, roles }
    }

    /// What is told of all permissions; nothing where it is not known what roles say of one.
    pub(super) fn outcomes(&self, found: &Found) -> Option<Vec<Outcomes>> {
        let (profiles, found) = (self.snapshot.policy().profiles(), found.of_each());
        let mut all = vec![Outcomes::default(); profiles.len().div_ceil(Outcomes::EACH)];
        for (at, (profile, found)) in profiles.iter().zip(found).enumerate() {
            let permission = PermissionId::from_index(at);
            let said = self.snapshot.page(profile)?.of_all(self.sets, profile);
            let of = all.get_mut(at / Outcomes::EACH)?;
            of.tell(at, said, is_open(profile, found.signature, said));
            if found.ways.iter().any(|way| self.is_way(way)) {
                of.tell_ruled(at);
            }
            if self.is_own((permission, profile), found, said) {
                of.tell_own(at);
            }
        }
        Some(all)
    }

    /// Whether a rule is sure to allow it in this way. What is held on the place is known, and all of it counts there.
    fn is_way(&self, way: &Way) -> bool {
        match way {
            Way::Anyhow => true,
            Way::Holding(roles) => roles.iter().any(|role| self.roles.contains(role)),
        }
    }

    /// Whether all that a permission depends on is whether the resource is the subject's own.
    fn is_own(&self, (permission, profile): (PermissionId, &Profile), found: &FoundOfOne, said: Together) -> bool {
        let Some(slot) = self.own.get(permission) else { return false };
        let asks_for_own = |&set: &u32| match self.snapshot.cells().cell(RoleSetId(set), profile) {
            Cell::Nothing => set != SOMETIMES,
            Cell::Allowed => false,
            Cell::Depends(terms) => terms.iter().all(|term| self.snapshot.own_slot(term, profile.ty) == Some(slot)),
        };
        !profile.has_rules_at(found.signature) && said.is_open_alone() && self.sets.iter().all(asks_for_own)
    }
}
