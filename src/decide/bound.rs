//! The values that a policy speaks of, as they are under a directory: entities by number, attributes by slot.

use super::value::Datum;
use crate::compile::{CompiledPolicy, ConstantId};
use crate::directory::{Directory, EntityId, Settings, ValueId};
use crate::index::{Chunks, Idx, IndexVec, Stamp};
use crate::schema::{AttributeInfo, EntityName, Presence, TypeId};
use rustc_hash::FxHashSet;
use std::sync::Arc;

/// Where the numbers of entities begin that only the policy's own literals name; those of a directory are smaller.
pub(super) const NAMED_BY_POLICY: usize = 1 << 30;

/// The values that a policy speaks of, with their entities looked up in the directory.
#[derive(Debug)]
pub(super) struct Bound {
    /// Where entities, or anything of the policy, are numbered anew, the stamp becomes another.
    pub(super) stamp: Stamp,
    pub(super) named_by_policy: Vec<EntityName>,
    pub(super) constants: Chunks<ConstantId, Datum>,
    /// The entities of the directory that any of it names.
    pub(super) named: FxHashSet<EntityId>,
    /// The slot of an attribute by name and type, past the last slot where the type has none.
    pub(super) slots: Vec<u16>,
    pub(super) defaults: Arc<IndexVec<TypeId, Box<[Option<Datum>]>>>,
    pub(super) context_defaults: Arc<[Option<Datum>]>,
}

impl Bound {
    /// They, and the values of settings.
    pub(super) fn of(
        policy: &CompiledPolicy,
        directory: &Directory,
        settings: &Settings,
    ) -> (Self, Chunks<ValueId, Datum>) {
        let (mut named_by_policy, mut named) = (Vec::new(), FxHashSet::default());
        let mut entity = |name: &EntityName| number(directory, name, &mut named, &mut named_by_policy);
        let constants = policy.programs().constants().iter().map(|value| Datum::bind(value, &mut entity)).collect();
        let mut setting_values = Chunks::new();
        bind(settings, &mut setting_values, &mut entity);
        let mut default = |attribute: &AttributeInfo| match &attribute.presence {
            Presence::Default(value) => Some(Datum::bind(value, &mut entity)),
            Presence::Required | Presence::Optional => None,
        };
        let schema = policy.schema();
        let defaults: IndexVec<_, _> =
            schema.types.iter().map(|info| info.attributes.iter().map(&mut default).collect()).collect();
        let context_defaults = schema.context.iter().map(&mut default).collect();
        let slots = policy
            .programs()
            .attributes()
            .iter()
            .flat_map(|name| schema.types.iter().map(|info| slot_of(info.attribute(name))))
            .collect();

        let stamp = Stamp::fresh();
        let defaults = Arc::new(defaults);
        let bound = Self { stamp, named_by_policy, constants, named, slots, defaults, context_defaults };
        (bound, setting_values)
    }

    /// What a policy speaks of beyond these, which are all that it spoke of before it was compiled again. Nothing for nothing.
    pub(super) fn extended(&self, policy: &CompiledPolicy, directory: &Directory) -> Option<Self> {
        let (programs, schema) = (policy.programs(), policy.schema());
        let known = self.slots.len() / schema.types.len().max(1);
        if self.constants.len() == programs.constants().len() && known == programs.attributes().len() {
            return None;
        }
        let (mut named_by_policy, mut constants) = (self.named_by_policy.clone(), self.constants.clone());
        let mut named = self.named.clone();
        for (_, value) in programs.constants().iter_from(constants.next_id()) {
            constants.push(Datum::bind(value, &mut |name| number(directory, name, &mut named, &mut named_by_policy)));
        }
        let mut slots = self.slots.clone();
        for name in programs.attributes().iter().skip(known) {
            slots.extend(schema.types.iter().map(|info| slot_of(info.attribute(name))));
        }
        let (defaults, context_defaults) = (Arc::clone(&self.defaults), Arc::clone(&self.context_defaults));
        // All that was numbered keeps its number, but for an entity that only requests named until now.
        let is_same = named_by_policy.len() == self.named_by_policy.len();
        let stamp = if is_same { self.stamp } else { Stamp::fresh() };
        Some(Self { stamp, named_by_policy, constants, named, slots, defaults, context_defaults })
    }
}

/// Marks a type without the attribute.
pub(super) const NO_SLOT: u16 = u16::MAX;

fn slot_of(slot: Option<usize>) -> u16 {
    slot.and_then(|slot| u16::try_from(slot).ok()).unwrap_or(NO_SLOT)
}

/// Adds the values of settings that come behind those that are bound, their entities by number.
pub(super) fn bind(
    settings: &Settings,
    bound: &mut Chunks<ValueId, Datum>,
    mut entity: impl FnMut(&EntityName) -> EntityId,
) {
    for (_, value) in settings.values().iter_from(bound.next_id()) {
        bound.push(Datum::bind(value, &mut entity));
    }
}

/// The number of an entity by name, which is noted among those of the directory or among the others.
pub(super) fn number(
    directory: &Directory,
    name: &EntityName,
    known: &mut FxHashSet<EntityId>,
    others: &mut Vec<EntityName>,
) -> EntityId {
    let Some(found) = directory.find(name.ty, &name.id) else { return stranger(others, name) };
    known.insert(found);
    found
}

/// The number of an entity that the directory does not know.
fn stranger(named: &mut Vec<EntityName>, name: &EntityName) -> EntityId {
    let at = named.iter().position(|known| known == name).unwrap_or_else(|| {
        named.push(name.clone());
        named.len() - 1
    });
    EntityId::from_index(NAMED_BY_POLICY + at)
}
