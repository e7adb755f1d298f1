//! What is alike in all that conditions read of it, and who is not like others as they compare with them.

use super::names::{Pair, Side, Thing};
use super::reach::{Say, Walk};
use super::values::{self, Plain};
use crate::compile::{Node, NodeId};
use crate::decide::{Request, Val, Variables, World};
use crate::directory::EntityId;
use crate::schema::PermissionId;
use rustc_hash::FxHashSet;

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

    /// Resources of one place, by all else that conditions read of them.
    pub(super) fn alike(&self, say: &Say, resources: &[Thing]) -> Vec<Vec<Thing>> {
        let reads = &say.reads;
        if reads.itself {
            return resources.iter().map(|&resource| vec![resource]).collect();
        }
        if reads.resource.is_empty() {
            return vec![resources.to_vec()];
        }
        let names = self.asker.names;
        let slots = Pair::each(|side| {
            let snapshot = names.sides.of(side);
            let entity = resources.iter().find_map(|&resource| names.entity(side, resource));
            let info =
                entity.and_then(|entity| snapshot.policy().schema().types.get(snapshot.directory().type_of(entity)));
            let slots = info.iter().flat_map(|info| reads.resource.iter().filter_map(|name| info.attribute(name)));
            slots.collect::<Vec<usize>>()
        });
        let mut keyed: Vec<(Vec<Plain>, Thing)> = resources
            .iter()
            .map(|&resource| {
                let values = Side::BOTH.into_iter().flat_map(|side| {
                    let entity = names.entity(side, resource);
                    slots.of(side).iter().map(move |&slot| {
                        entity.map_or(Plain::Missing, |entity| {
                            values::plain(names, side, names.sides.of(side).directory().attribute(entity, slot))
                        })
                    })
                });
                (values.collect(), resource)
            })
            .collect();
        keyed.sort();
        let mut alike: Vec<Vec<Thing>> = keyed
            .chunk_by(|one, other| one.0 == other.0)
            .map(|same| same.iter().map(|(_, resource)| *resource).collect())
            .collect();
        alike.sort();
        alike
    }

    /// Those who are told apart from others by being compared with.
    pub(super) fn special(&self, say: &Say, resources: &[Thing]) -> FxHashSet<Thing> {
        let mut special = FxHashSet::default();
        for &(side, id) in &say.reads.same {
            self.each_entity(side, id, resources, |entity| {
                if let Some(thing) = self.asker.names.thing(side, entity) {
                    special.extend(self.holders.with_acting(thing));
                }
            });
        }
        special
    }
}
