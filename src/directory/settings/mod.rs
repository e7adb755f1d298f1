//! Settings in effect: what each setting amounts to on each entity.
//!
//! Layout. What a chain of ancestors is given is a profile: a row of one cell a setting. Profiles are interned, values
//! too, so that all entities below the same org policies share one row, and an entity that is given nothing of its own
//! costs nothing beyond its chain's four bytes. Profile 0 is that of everything below which nobody gives any setting;
//! where nobody gives any at all, it is the only one and no chain is listed. An entity that itself gives settings has a
//! profile of its own, found by one probe.

mod combine;
mod fate;
mod findings;
mod regive;
mod supply;
mod table;

pub use combine::{Effective, combine, elements, holds};
pub use fate::{Fate, fates};
pub use supply::{Standing, Supplier, Supply, supplies};

use super::{ChainId, Directory, EntityId};
use crate::compile::CompiledPolicy;
use crate::diagnostics::Diagnostic;
use crate::index::{Chunks, IndexVec, SortedMap, dense_id};
use crate::schema::{SettingId, Value};
use rustc_hash::FxHashMap;
use std::sync::Arc;

dense_id! {
    /// What all settings amount to for whatever shares it.
    ProfileId
}
dense_id! {
    /// An effective value, stored once however often it occurs.
    ValueId
}

impl ProfileId {
    /// The profile of what nobody gives any setting.
    pub const UNSET: Self = Self(0);
}

/// What every setting amounts to everywhere. A copy shares nearly all of it.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    values: Chunks<ValueId, Value>,
    profiles: Chunks<ProfileId, Row>,
    laid_out: Arc<LaidOut>,
    /// The profiles of chains that are others since all were worked out.
    later: SortedMap<ChainId, ProfileId>,
    /// What entities have of their own since then; nothing where they have no more than what they lie in.
    later_own: SortedMap<EntityId, Option<ProfileId>>,
}

/// What each setting amounts to, by its number.
type Row = Box<[Effective<ValueId>]>;

/// The profiles when all were worked out.
#[derive(Debug, Default)]
struct LaidOut {
    /// Empty where nobody gives any setting.
    of_chain: IndexVec<ChainId, ProfileId>,
    own: FxHashMap<EntityId, ProfileId>,
    /// How many profiles there were.
    profiles: usize,
}

impl Settings {
    /// Works out all effective values, and finds values that conflict or do not lie within what they must lie in.
    #[must_use]
    pub fn derive(policy: &CompiledPolicy, directory: &Directory) -> (Self, Vec<Diagnostic>) {
        let given = table::given(policy, directory);
        let settings = table::fill(policy, directory, &given);
        let findings = findings::find(policy, directory, &settings, &given);
        (settings, findings)
    }

    /// The profile of an entity that the directory declares.
    #[inline]
    #[must_use]
    pub fn profile(&self, directory: &Directory, entity: EntityId) -> ProfileId {
        self.own(entity).or_else(|| self.of_chain(directory.chain(entity))).unwrap_or(ProfileId::UNSET)
    }

    #[inline]
    fn own(&self, entity: EntityId) -> Option<ProfileId> {
        if !self.later_own.is_empty()
            && let Some(&own) = self.later_own.get(&entity)
        {
            return own;
        }
        self.laid_out.own.get(&entity).copied()
    }

    #[inline]
    fn of_chain(&self, chain: ChainId) -> Option<ProfileId> {
        if !self.later.is_empty()
            && let Some(&profile) = self.later.get(&chain)
        {
            return Some(profile);
        }
        self.laid_out.of_chain.get(chain).copied()
    }

    /// Whether nobody gives any setting.
    fn is_unset(&self) -> bool {
        self.laid_out.of_chain.is_empty() && self.later.is_empty() && self.later_own.is_empty()
    }

    /// What they are with entities that came to lie where they do and give no settings themselves: nothing where they are the
    /// same, `None` where that is to be worked out anew.
    #[must_use]
    pub fn with_placed<'e>(
        &self,
        policy: &CompiledPolicy,
        directory: &Directory,
        placed: impl Iterator<Item = &'e EntityId>,
    ) -> Option<Option<Self>> {
        let mut new: Option<Self> = None;
        for &entity in placed {
            if !directory.settings(entity).is_empty() || !directory.links(entity).is_empty() {
                return None;
            }
            let (chain, known) = (directory.chain(entity), new.as_ref().unwrap_or(self));
            if !known.is_unset() && known.of_chain(chain).is_none() {
                // What lies in several takes of each what stands there, which profiles alone do not tell.
                let &[parent] = directory.parents(entity) else { return None };
                let profile = known.profile(directory, parent);
                new.get_or_insert_with(|| self.clone()).later.insert(chain, profile);
            }
            let known = new.as_ref().unwrap_or(self);
            if findings::concern(policy, known, known.profile(directory, entity), directory.type_of(entity)) {
                return None;
            }
        }
        Some(new)
    }

    /// What a setting amounts to in a profile.
    #[inline]
    #[must_use]
    pub fn effective(&self, profile: ProfileId, setting: SettingId) -> Effective<ValueId> {
        let row = self.profiles.get(profile);
        row.and_then(|row| row.get(setting.0 as usize)).cloned().unwrap_or(Effective::Absent)
    }

    /// What a setting amounts to in a profile, its value written out.
    #[must_use]
    pub fn amount(&self, profile: ProfileId, setting: SettingId) -> Effective {
        match self.effective(profile, setting) {
            Effective::Absent => Effective::Absent,
            Effective::Everything => Effective::Everything,
            Effective::Conflicting => Effective::Conflicting,
            Effective::Value(id) => self.values.get(id).cloned().map_or(Effective::Absent, Effective::Value),
        }
    }

    /// The values that occur.
    #[must_use]
    pub const fn values(&self) -> &Chunks<ValueId, Value> {
        &self.values
    }
}

/// All effective values of a setting's supplies on these entities.
#[must_use]
pub fn combine_on(
    policy: &CompiledPolicy,
    directory: &Directory,
    setting: SettingId,
    entities: impl Iterator<Item = EntityId>,
) -> Effective {
    let given: Vec<Supply> = entities.flat_map(|entity| supplies(policy, directory, entity)).collect();
    let of_setting: Vec<&Supply> = given.iter().filter(|supply| supply.setting == setting).collect();
    match policy.schema().settings.get(setting) {
        Some(info) => combine(info.merge, &of_setting, |entity| directory.ancestors(entity)),
        None => Effective::Absent,
    }
}
