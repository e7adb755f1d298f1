//! Filling the table of effective values.

use super::combine::{agreed, gather, unbeaten};
use super::{Effective, LaidOut, ProfileId, Row, Settings, Standing, Supply, ValueId, supplies};
use crate::compile::CompiledPolicy;
use crate::directory::{ChainId, Directory, EntityId};
use crate::index::{Idx, IndexVec};
use crate::schema::{MergeWord, SettingId, Value};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// What counts of the supplies of each entity that gives any.
pub(super) type Given = FxHashMap<EntityId, Vec<Supply>>;

pub(super) fn given(policy: &CompiledPolicy, directory: &Directory) -> Given {
    let mut given = Given::default();
    for entity in directory.givers() {
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
        levels: IndexVec::new(),
        of_chain: IndexVec::new(),
        own: FxHashMap::default(),
        joined: FxHashMap::default(),
        by_row: FxHashMap::default(),
        value_ids: FxHashMap::default(),
    };
    // Profile 0, by what it says even where there is no chain.
    filling.level(&[], &[]);
    if given.is_empty() {
        return filling.settings;
    }
    for chain in (0..directory.chains()).map(ChainId::from_index) {
        // What its parents lie in may have a greater number by now.
        if directory.is_left(chain) {
            filling.of_chain.push(UNSET);
            continue;
        }
        let mut above: Vec<LevelId> = Vec::new();
        for &parent in directory.chain_parents(chain) {
            above.push(filling.of_entity(parent));
        }
        let level = filling.join(above);
        filling.of_chain.push(level);
    }
    let mut givers: Vec<EntityId> = given.keys().copied().collect();
    givers.sort_unstable();
    let mut own = FxHashMap::default();
    for giver in givers {
        let level = filling.of_entity(giver);
        let profile = filling.levels[level].profile;
        own.insert(giver, profile);
    }
    let of_chain = filling.of_chain.iter().map(|&level| filling.levels[level].profile).collect();
    let profiles = filling.settings.profiles.len();
    Settings { laid_out: Arc::new(LaidOut { of_chain, own, profiles }), ..filling.settings }
}

/// What the settings amount to at some height, in the making.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
struct LevelId(u32);

impl Idx for LevelId {
    fn from_index(index: usize) -> Self {
        Self(u32::try_from(index).unwrap_or(u32::MAX))
    }

    fn index(self) -> usize {
        self.0 as usize
    }
}

/// The level of what nobody gives any setting.
const UNSET: LevelId = LevelId(0);

/// A profile, and what it does not tell but what is below must know: whose values of `overrides` and `locks` settings
/// stand, as they may come to be beaten.
struct Level<'a> {
    profile: ProfileId,
    standing: Vec<(SettingId, Vec<&'a Supply>)>,
}

/// Levels are made from the top down, each of those of the parents and of what is given on the entity itself, so that the
/// cost does not grow with the depth.
struct Filling<'a> {
    policy: &'a CompiledPolicy,
    directory: &'a Directory,
    given: &'a Given,
    settings: Settings,
    levels: IndexVec<LevelId, Level<'a>>,
    of_chain: IndexVec<ChainId, LevelId>,
    own: FxHashMap<EntityId, LevelId>,
    joined: FxHashMap<Vec<LevelId>, LevelId>,
    by_row: FxHashMap<Row, ProfileId>,
    value_ids: FxHashMap<Value, ValueId>,
}

impl<'a> Filling<'a> {
    /// The level of an entity whose chain has one.
    fn of_entity(&mut self, entity: EntityId) -> LevelId {
        let above = self.of_chain.get(self.directory.chain(entity)).copied().unwrap_or(UNSET);
        let Some(own) = self.given.get(&entity) else { return above };
        if let Some(&known) = self.own.get(&entity) {
            return known;
        }
        let level = self.level(&[above], own);
        self.own.insert(entity, level);
        level
    }

    /// The level below several.
    fn join(&mut self, mut above: Vec<LevelId>) -> LevelId {
        above.sort_unstable();
        above.dedup();
        above.retain(|&level| level != UNSET);
        match above.as_slice() {
            [] => UNSET,
            [only] => *only,
            _ => {
                if let Some(&known) = self.joined.get(&above) {
                    return known;
                }
                let level = self.level(&above, &[]);
                self.joined.insert(above, level);
                level
            }
        }
    }

    /// The level of what these levels and these supplies come to together.
    fn level(&mut self, above: &[LevelId], own: &'a [Supply]) -> LevelId {
        let schema = self.policy.schema();
        let mut standing = Vec::new();
        let mut row = Vec::with_capacity(schema.settings.len());
        for (setting, info) in schema.settings.iter_enumerated() {
            let mut own = own.iter().filter(|supply| supply.setting == setting).peekable();
            if matches!(info.merge, MergeWord::Overrides | MergeWord::Locks) {
                let left = self.standing(above, setting, own.collect(), info.merge);
                row.push(self.intern(agreed(&left)));
                if !left.is_empty() {
                    standing.push((setting, left));
                }
                continue;
            }
            let mut given: Vec<ValueId> = Vec::new();
            for &level in above {
                if let Effective::Value(value) = self.settings.effective(self.levels[level].profile, setting)
                    && !given.contains(&value)
                {
                    given.push(value);
                }
            }
            row.push(match (given.as_slice(), own.peek()) {
                // Large sets are not put together anew at every entity below them.
                ([only], None) => Effective::Value(*only),
                _ => {
                    let values = given.iter().filter_map(|&value| self.settings.values.get(value));
                    let gathered = gather(info.merge, values.chain(own.map(|supply| &supply.value)));
                    self.intern(gathered)
                }
            });
        }
        let row: Row = row.into();
        let profile = match self.by_row.get(&row) {
            Some(&known) => known,
            None => {
                let profile = self.settings.profiles.push(row.clone());
                self.by_row.insert(row, profile);
                profile
            }
        };
        self.levels.push(Level { profile, standing })
    }

    /// What stands of these supplies and of what stands at these levels.
    fn standing(
        &self,
        above: &[LevelId],
        setting: SettingId,
        own: Vec<&'a Supply>,
        word: MergeWord,
    ) -> Vec<&'a Supply> {
        let mut supplies = own;
        for &level in above {
            let of_level = self.levels[level].standing.iter().filter(|(known, _)| *known == setting);
            supplies.extend(of_level.flat_map(|(_, supplies)| supplies));
        }
        supplies.sort_unstable_by_key(|supply| (supply.entity, supply.span));
        supplies.dedup_by_key(|supply| (supply.entity, supply.span));
        unbeaten(word, &supplies, |entity| self.directory.ancestors(entity))
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
