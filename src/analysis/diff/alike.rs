//! What is alike in all that conditions read of it, and who is not like others as they compare with them.

use super::names::{Pair, Side, Thing};
use super::reach::Walk;
use super::say::Say;
use super::values::{self, Plain};
use crate::compile::{Node, NodeId};
use crate::decide::{Request, Val, Variables, World};
use crate::directory::EntityId;
use crate::schema::PermissionId;
use std::collections::BTreeSet;

/// What is read of a resource, whether it names somebody, and whom.
type Keyed = ((Vec<Plain>, Vec<Named>), Vec<Plain>, Thing);

/// What is to be known of a value by which a resource names somebody, for all others.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Named {
    Missing,
    Absent,
    Somebody,
}

impl Named {
    const fn of(value: &Plain) -> Self {
        match value {
            Plain::Missing => Self::Missing,
            Plain::Absent => Self::Absent,
            _ => Self::Somebody,
        }
    }
}

impl Walk<'_, '_> {
    /// The entities that a program, which does not ask who asks, comes to for the first of some resources.
    pub(super) fn each_entity(&self, side: Side, id: NodeId, resources: &[Thing], mut visit: impl FnMut(EntityId)) {
        let names = self.asker.names;
        let Some(resource) = resources.first().and_then(|&resource| names.entity(side, resource)) else { return };
        let snapshot = *names.sides.of(side);
        let permission = PermissionId(u32::MAX);
        let request = Request { actor: resource, acts: false, permission, resource, at: self.asker.at, said: None };
        let world = World::new(snapshot, &request);
        let scopes: Vec<_> = if snapshot.policy().programs().mentions(id, Node::Scope) {
            world.facts.upwards(resource).map(Some).collect()
        } else {
            vec![None]
        };
        for scope in scopes {
            let value = world.value(id, Variables { subject: resource, resource, scope });
            if matches!(value, Val::Unknown | Val::Absent | Val::Everything) {
                continue;
            }
            world.any(value, |one| {
                if let Val::Entity(entity) = one {
                    visit(entity);
                }
                false
            });
        }
    }

    /// Resources of one place, by all else that conditions read of them; of these, by whom they name.
    pub(super) fn alike(&self, say: &Say, resources: &[Thing]) -> Vec<Vec<Vec<Thing>>> {
        let reads = &say.reads;
        if reads.itself {
            return resources.iter().map(|&resource| vec![vec![resource]]).collect();
        }
        if reads.resource.is_empty() && reads.compared.is_empty() {
            return vec![vec![resources.to_vec()]];
        }
        let (read, compared) = (self.slots(&reads.resource, resources), self.slots(&reads.compared, resources));
        let mut keyed: Vec<Keyed> = resources
            .iter()
            .map(|&resource| {
                let named = self.values(&compared, resource);
                let kinds = named.iter().map(Named::of).collect();
                ((self.values(&read, resource), kinds), named, resource)
            })
            .collect();
        keyed.sort();
        let mut alike: Vec<Vec<Vec<Thing>>> = keyed
            .chunk_by(|one, other| one.0 == other.0)
            .map(|same| {
                let by_named = same.chunk_by(|one, other| one.1 == other.1);
                by_named.map(|same| same.iter().map(|(.., resource)| *resource).collect()).collect()
            })
            .collect();
        alike.sort();
        alike
    }

    /// Where attributes of resources of one type stand, on either side.
    fn slots(&self, names: &BTreeSet<Box<str>>, resources: &[Thing]) -> Pair<Vec<usize>> {
        Pair::each(|side| {
            let snapshot = self.asker.names.sides.of(side);
            let entity = resources.iter().find_map(|&resource| self.asker.names.entity(side, resource));
            let info =
                entity.and_then(|entity| snapshot.policy().schema().types.get(snapshot.directory().type_of(entity)));
            info.iter().flat_map(|info| names.iter().filter_map(|name| info.attribute(name))).collect()
        })
    }

    /// Values of a resource, on either side.
    fn values(&self, slots: &Pair<Vec<usize>>, resource: Thing) -> Vec<Plain> {
        let names = self.asker.names;
        let mut values = Vec::with_capacity(slots.old.len() + slots.new.len());
        // Of one directory, both sides read the same.
        let sides = if names.one_directory { &Side::BOTH[..1] } else { &Side::BOTH };
        for &side in sides {
            let entity = names.entity(side, resource);
            values.extend(slots.of(side).iter().map(|&slot| {
                entity.map_or(Plain::Missing, |entity| {
                    values::plain(names, side, names.sides.of(side).directory().attribute(entity, slot))
                })
            }));
        }
        values
    }

    /// Those who are told apart from others by being compared with.
    pub(super) fn special(&self, say: &Say, resources: &[Thing]) -> Vec<Thing> {
        let mut special = Vec::new();
        for &(side, id) in &say.reads.same {
            self.each_entity(side, id, resources, |entity| {
                if let Some(thing) = self.asker.names.thing(side, entity) {
                    special.extend(self.holders.with_acting(thing));
                }
            });
        }
        special.sort_unstable();
        special.dedup();
        special
    }
}
