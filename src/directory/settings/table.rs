//! Filling the table of effective values: each set of entities that give something is worked out once, however many
//! chains it stands on.

use super::{Effective, ProfileId, Settings, Standing, Supply, ValueId, combine, supplies};
use crate::compile::CompiledPolicy;
use crate::directory::{ChainId, Directory, EntityId};
use crate::index::Idx;
use crate::schema::{SettingId, Value};
use fixedbitset::FixedBitSet;
use rustc_hash::FxHashMap;

/// What counts of the supplies of each entity that gives any.
pub(super) type Given = FxHashMap<EntityId, Vec<Supply>>;

pub(super) fn given(policy: &CompiledPolicy, directory: &Directory) -> Given {
    let mut given = Given::default();
    for entity in directory.entities() {
        if directory.settings(entity).is_empty() && directory.links(entity).is_empty() {
            continue;
        }
        let mut supplies = supplies(policy, directory, entity);
        supplies.retain(|supply| supply.standing == Standing::Counts);
        if !supplies.is_empty() {
            given.insert(entity, supplies);
        }
    }
    given
}

pub(super) fn fill(policy: &CompiledPolicy, directory: &Directory, given: &Given) -> Settings {
    let mut filling = Filling {
        policy,
        directory,
        given,
        settings: Settings::default(),
        by_givers: FxHashMap::default(),
        by_row: FxHashMap::default(),
        value_ids: FxHashMap::default(),
    };
    // Profile 0, by what it says even where there is no chain.
    filling.profile(&[]);
    if given.is_empty() {
        return filling.settings;
    }
    let mut gives = FixedBitSet::with_capacity(directory.len());
    gives.extend(given.keys().map(|entity| entity.0 as usize));
    let mut givers = Vec::new();
    for chain in (0..directory.chains()).map(ChainId::from_index) {
        givers.clear();
        let above = directory.chain_ancestors(chain).iter();
        givers.extend(above.copied().filter(|entity| gives.contains(entity.0 as usize)));
        let profile = filling.profile(&givers);
        filling.settings.of_chain.push(profile);
    }
    for &entity in given.keys() {
        givers.clear();
        let above = directory.ancestors(entity).iter();
        givers.extend(above.copied().filter(|entity| gives.contains(entity.0 as usize)));
        givers.push(entity);
        let profile = filling.profile(&givers);
        filling.settings.own.insert(entity, profile);
    }
    filling.settings
}

struct Filling<'a> {
    policy: &'a CompiledPolicy,
    directory: &'a Directory,
    given: &'a Given,
    settings: Settings,
    by_givers: FxHashMap<Box<[EntityId]>, ProfileId>,
    by_row: FxHashMap<Box<[Effective<ValueId>]>, ProfileId>,
    value_ids: FxHashMap<Value, ValueId>,
}

impl Filling<'_> {
    /// The profile of what these entities give.
    fn profile(&mut self, givers: &[EntityId]) -> ProfileId {
        if let Some(&known) = self.by_givers.get(givers) {
            return known;
        }
        let row = self.row(givers);
        let profile = match self.by_row.get(&row) {
            Some(&known) => known,
            None => {
                let profile = self.settings.profiles.push(row.clone());
                self.by_row.insert(row, profile);
                profile
            }
        };
        self.by_givers.insert(givers.into(), profile);
        profile
    }

    fn row(&mut self, givers: &[EntityId]) -> Box<[Effective<ValueId>]> {
        let (schema, directory) = (self.policy.schema(), self.directory);
        let inside = |inner, outer| inner != outer && directory.is_within(inner, outer);
        let mut of_settings: FxHashMap<SettingId, Vec<&Supply>> = FxHashMap::default();
        for supply in givers.iter().filter_map(|giver| self.given.get(giver)).flatten() {
            of_settings.entry(supply.setting).or_default().push(supply);
        }
        let mut row = Vec::with_capacity(schema.settings.len());
        for (setting, info) in schema.settings.iter_enumerated() {
            let supplies = of_settings.get(&setting).map_or(&[][..], Vec::as_slice);
            row.push(self.intern(combine(info.merge, supplies, inside)));
        }
        row.into()
    }

    fn intern(&mut self, effective: Effective) -> Effective<ValueId> {
        match effective {
            Effective::Absent => Effective::Absent,
            Effective::Everything => Effective::Everything,
            Effective::Conflicting => Effective::Conflicting,
            Effective::Value(value) => {
                let values = &mut self.settings.values;
                let id = *self.value_ids.entry(value).or_insert_with_key(|value| values.push(value.clone()));
                Effective::Value(id)
            }
        }
    }
}
