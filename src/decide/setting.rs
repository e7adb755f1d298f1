//! Effective settings: a look-up for what the directory declares; for what only a request knows, what its parents have,
//! put together when the request is resolved.

use super::facts::Facts;
use super::snapshot::Snapshot;
use super::value::{Datum, Val};
use crate::directory::{Effective, EntityId, ProfileId, ValueId, combine_on};
use crate::index::Idx;
use crate::schema::{EntityName, SettingId};

/// The settings of an entity that only a request knows: what is given further up, as nothing is given on itself.
#[derive(Clone, Debug)]
pub(crate) enum Inherited {
    /// What all its parents have.
    Shared(ProfileId),
    /// Put together of parents that differ, one entry a setting.
    Joined(Box<[Effective<Datum>]>),
}

impl<'a> Facts<'a> {
    /// What a setting amounts to on an entity. Where a parent is missing from which more could come, that is unknown, and
    /// so it is where values conflict: a sound directory has no conflict, but facts may bring two of its branches together.
    pub(crate) fn setting(&self, entity: EntityId, setting: SettingId) -> Val<'a> {
        let settings = self.snapshot.settings();
        if self.is_declared(entity) {
            let profile = settings.profile(self.snapshot.directory(), entity);
            return shared(self.snapshot, settings.effective(profile, setting));
        }
        if self.may_miss_supply(entity, setting) {
            return Val::Unknown;
        }
        match self.inherited(entity) {
            Some(Inherited::Joined(row)) => match row.get(setting.index()) {
                Some(Effective::Absent) => Val::Absent,
                Some(Effective::Everything) => Val::Everything,
                Some(Effective::Value(datum)) => datum.view(),
                Some(Effective::Conflicting) | None => Val::Unknown,
            },
            Some(Inherited::Shared(profile)) => shared(self.snapshot, settings.effective(*profile, setting)),
            None => shared(self.snapshot, settings.effective(ProfileId::UNSET, setting)),
        }
    }

    /// Whether a parent that must be there is missing on a way up that could lead to where the setting is given.
    pub(crate) fn may_miss_supply(&self, entity: EntityId, setting: SettingId) -> bool {
        let schema = self.snapshot.policy().schema();
        schema.types.ids().any(|ty| schema.may_give(ty, setting) && self.may_miss(entity, ty))
    }

    /// What an undeclared entity has from its parents. What lies above each of them must be known.
    pub(super) fn inherit(&self, entity: EntityId) -> Inherited {
        let (settings, directory, policy) =
            (self.snapshot.settings(), self.snapshot.directory(), self.snapshot.policy());
        let mut agreed = ProfileId::UNSET;
        let mut differ = false;
        for &parent in self.parents(entity) {
            let of_parent = if self.is_declared(parent) {
                settings.profile(directory, parent)
            } else {
                match self.inherited(parent) {
                    Some(Inherited::Shared(profile)) => *profile,
                    Some(Inherited::Joined(_)) => {
                        differ = true;
                        break;
                    }
                    None => ProfileId::UNSET,
                }
            };
            // A parent that has nothing of what anybody gives leaves the others as they are.
            if of_parent != ProfileId::UNSET && agreed != ProfileId::UNSET && of_parent != agreed {
                differ = true;
                break;
            }
            if of_parent != ProfileId::UNSET {
                agreed = of_parent;
            }
        }
        if !differ {
            return Inherited::Shared(agreed);
        }
        // What is joined of values is of what they hold, and those of the table are all known to the snapshot.
        let mut known = |name: &EntityName| {
            self.snapshot.entity(name.ty, &name.id).unwrap_or_else(|| EntityId::from_index(usize::MAX))
        };
        let joined = policy.schema().settings.ids().map(|setting| {
            let above = self.above(entity).iter().copied().filter(|&above| self.is_declared(above));
            match combine_on(policy, directory, setting, above) {
                Effective::Absent => Effective::Absent,
                Effective::Everything => Effective::Everything,
                Effective::Conflicting => Effective::Conflicting,
                Effective::Value(value) => Effective::Value(Datum::bind(&value, &mut known)),
            }
        });
        Inherited::Joined(joined.collect())
    }
}

impl Default for Inherited {
    fn default() -> Self {
        Self::Shared(ProfileId::UNSET)
    }
}

/// A value of the snapshot's table.
fn shared(snapshot: &Snapshot, effective: Effective<ValueId>) -> Val<'_> {
    match effective {
        Effective::Absent => Val::Absent,
        Effective::Everything => Val::Everything,
        Effective::Conflicting => Val::Unknown,
        Effective::Value(value) => snapshot.setting_value(value).view(),
    }
}
