//! Settings where some entities give other values than before, or lie elsewhere: what they and all that lies in them have is
//! worked out anew, and everything else is shared.
//!
//! Each profile is put together of what is given on the way up, not of the profiles above it: what of these still stands
//! further down, profiles do not tell.

use super::findings::{faults, rivals_among};
use super::{Effective, ProfileId, Settings, Standing, Supply, ValueId, combine, supplies};
use crate::compile::CompiledPolicy;
use crate::directory::{Directory, EntityId};
use crate::schema::Value;
use rustc_hash::{FxHashMap, FxHashSet};

/// Past how many chains and entities everything is worked out anew, as that is as soon done.
const LATER: usize = 4_096;

impl Settings {
    /// What they are where these give other values than before, or lie elsewhere; nothing where everything is to be worked
    /// out anew, be it to say what is wrong.
    #[must_use]
    pub fn regiven(&self, policy: &CompiledPolicy, directory: &Directory, touched: &[EntityId]) -> Option<Self> {
        let (mut chains, mut entities) = (FxHashSet::default(), Vec::new());
        for &entity in touched {
            entities.push(entity);
            chains.extend(directory.is_declared(entity).then(|| directory.chain(entity)));
            directory.chains_below(entity, &mut chains, &mut entities);
        }
        entities.sort_unstable();
        entities.dedup();
        let left_behind = self.profiles.len() > 2 * self.laid_out.profiles + LATER;
        let many = self.later.len() + self.later_own.len() + chains.len() + touched.len() > LATER;
        if left_behind || many {
            return None;
        }
        let mut regiving = Regiving {
            policy,
            directory,
            settings: self.clone(),
            given: FxHashMap::default(),
            known: FxHashMap::default(),
            values: FxHashMap::default(),
        };
        for chain in chains {
            let profile = regiving.profile(directory.chain_ancestors(chain).iter().copied(), self.of_chain(chain))?;
            regiving.settings.later.insert(chain, profile);
        }
        for entity in entities {
            if directory.is_declared(entity) && regiving.gives(entity) {
                let givers = directory.ancestors(entity).iter().copied().chain([entity]);
                let profile = regiving.profile(givers, self.own(entity))?;
                regiving.settings.later_own.insert(entity, Some(profile));
            } else if self.own(entity).is_some() {
                regiving.settings.later_own.insert(entity, None);
            }
        }
        Some(regiving.settings)
    }
}

struct Regiving<'a> {
    policy: &'a CompiledPolicy,
    directory: &'a Directory,
    settings: Settings,
    /// What counts of what each entity gives.
    given: FxHashMap<EntityId, Vec<Supply>>,
    /// The profiles by whoever gives something on the way up.
    known: FxHashMap<Vec<EntityId>, ProfileId>,
    /// The values that are new.
    values: FxHashMap<Value, ValueId>,
}

impl Regiving<'_> {
    /// Whether anything counts of what an entity gives.
    fn gives(&mut self, entity: EntityId) -> bool {
        if self.directory.settings(entity).is_empty() && self.directory.links(entity).is_empty() {
            return false;
        }
        let (policy, directory) = (self.policy, self.directory);
        let given = self.given.entry(entity).or_insert_with(|| {
            let mut given = supplies(policy, directory, entity);
            given.retain(|supply| supply.standing == Standing::Counts);
            given
        });
        !given.is_empty()
    }

    /// The profile of what these give, where it was another before; nothing where a value in it cannot stand.
    fn profile(&mut self, above: impl Iterator<Item = EntityId>, before: Option<ProfileId>) -> Option<ProfileId> {
        let mut givers: Vec<EntityId> = above.filter(|&entity| self.gives(entity)).collect();
        givers.sort_unstable();
        if givers.is_empty() {
            return Some(ProfileId::UNSET);
        }
        if let Some(&known) = self.known.get(&givers) {
            return Some(known);
        }
        let row = self.row(&givers)?;
        let is = |profile: ProfileId| {
            let known = self.settings.profiles.get(profile);
            known.is_some_and(|known| known.iter().zip(&row).all(|(known, new)| self.is_value(known, new)))
        };
        let same = before.into_iter().chain([ProfileId::UNSET]).find(|&profile| is(profile));
        let profile = same.unwrap_or_else(|| {
            let row = row.into_iter().map(|effective| self.intern(effective)).collect();
            self.settings.profiles.push(row)
        });
        self.known.insert(givers, profile);
        faults(self.policy, &self.settings, profile).is_empty().then_some(profile)
    }

    /// What the values come to that these give; nothing where two of one of them cannot both stand.
    fn row(&self, givers: &[EntityId]) -> Option<Vec<Effective>> {
        let schema = self.policy.schema();
        let given: Vec<&Vec<Supply>> = givers.iter().filter_map(|giver| self.given.get(giver)).collect();
        if given.iter().any(|given| rivals_among(self.policy, given).next().is_some()) {
            return None;
        }
        let row = schema.settings.iter_enumerated().map(|(setting, info)| {
            let of_setting: Vec<&Supply> =
                given.iter().flat_map(|given| given.iter()).filter(|supply| supply.setting == setting).collect();
            combine(info.merge, &of_setting, |entity| self.directory.ancestors(entity))
        });
        Some(row.collect())
    }

    fn is_value(&self, known: &Effective<ValueId>, new: &Effective) -> bool {
        match (known, new) {
            (Effective::Value(known), Effective::Value(new)) => self.settings.values.get(*known) == Some(new),
            (Effective::Absent, Effective::Absent)
            | (Effective::Everything, Effective::Everything)
            | (Effective::Conflicting, Effective::Conflicting) => true,
            _ => false,
        }
    }

    fn intern(&mut self, effective: Effective) -> Effective<ValueId> {
        match effective {
            Effective::Absent => Effective::Absent,
            Effective::Everything => Effective::Everything,
            Effective::Conflicting => Effective::Conflicting,
            Effective::Value(value) => {
                let values = &mut self.settings.values;
                Effective::Value(*self.values.entry(value).or_insert_with_key(|value| values.push(value.clone())))
            }
        }
    }
}
