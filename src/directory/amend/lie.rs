//! Entities that come to lie elsewhere, with what lies in them.

use super::Amending;
use crate::directory::{EntityId, Subject};
use crate::schema::EntityName;
use rustc_hash::{FxHashMap, FxHashSet};

/// How many entities may move together beside the tables. More are as soon laid out anew.
const TOGETHER: usize = 2_048;

impl Amending<'_> {
    pub(super) fn lie_in(&mut self, entity: &str, parent: &str) -> Option<()> {
        let parent = self.declared(parent)?;
        let parents = self.moving(entity)?;
        if !parents.contains(&parent) {
            parents.push(parent);
        }
        Some(())
    }

    pub(super) fn leave(&mut self, entity: &str, parent: &str) -> Option<()> {
        let parent = self.declared(parent)?;
        self.moving(entity)?.retain(|&kept| kept != parent);
        Some(())
    }

    /// What an entity comes to lie in.
    fn moving(&mut self, entity: &str) -> Option<&mut Vec<EntityId>> {
        let entity = self.declared(entity).filter(|entity| !self.created.contains(entity))?;
        let at = match self.moving.iter().position(|(known, _)| *known == entity) {
            Some(at) => at,
            None => {
                self.moving.push((entity, self.directory.parents(entity).to_vec()));
                self.moving.len() - 1
            }
        };
        self.moving.get_mut(at).map(|(_, parents)| parents)
    }

    /// Looks at where all that moves comes to lie, with what lies in it. Where more follows from that than what is held there
    /// and what settings are, it is left to a directory that is built anew.
    pub(super) fn arrive(&mut self) -> Option<()> {
        let mut moving = FxHashMap::default();
        for (entity, mut parents) in std::mem::take(&mut self.moving) {
            parents.sort_unstable();
            parents.dedup();
            moving.insert(entity, parents);
        }
        if moving.is_empty() {
            return Some(());
        }
        let mut carried: FxHashSet<EntityId> = FxHashSet::default();
        for &entity in moving.keys() {
            carried.extend(self.directory.below(entity));
            carried.insert(entity);
        }
        if carried.len() > TOGETHER {
            return None;
        }
        let parents_of = |entity: EntityId| {
            moving.get(&entity).map_or_else(|| self.directory.parents(entity).to_vec(), Clone::clone)
        };
        let order = downwards(&carried, parents_of)?;
        let placed: Vec<(EntityId, Vec<EntityId>)> = order.iter().map(|&entity| (entity, parents_of(entity))).collect();
        for &entity in &order {
            self.directory.leave_chains_below(entity);
        }
        for (entity, parents) in placed {
            self.place(entity, &parents)?;
            if moving.contains_key(&entity) && self.clashes(entity) {
                return None;
            }
        }
        // By now all that lies above them is where it comes to lie.
        order.iter().all(|&entity| self.means_the_same(entity)).then(|| self.moved.extend(order))
    }

    /// An entity lies in these, sorted and each once, which lie where they come to lie.
    fn place(&mut self, entity: EntityId, parents: &[EntityId]) -> Option<()> {
        if !self.directory.is_declared(entity) {
            return None;
        }
        let chain = self.chain(self.directory.type_of(entity), parents)?;
        let mut patch = self.directory.patch_of(entity);
        patch.chain = Some(chain);
        self.put(entity, patch);
        if !self.directory.links(entity).is_empty() || !self.directory.settings(entity).is_empty() {
            self.resettled.push(entity);
        }
        Some(())
    }

    /// Whether an entity beside it has a value that none beside it may have.
    fn clashes(&self, entity: EntityId) -> bool {
        let info = self.schema.types.get(self.directory.type_of(entity));
        let attributes = info.map_or(&[][..], |info| &info.attributes).iter().enumerate();
        let mut unique = attributes.filter(|(_, attribute)| attribute.unique).map(|(slot, _)| slot);
        unique.any(|slot| self.directory.is_taken(entity, slot, self.directory.attribute(entity, slot)))
    }

    /// Whether what is said of an entity means what it meant: the roles of an organization and its org policies are known in
    /// it alone, and who is a member of a userset follows from what lies above.
    fn means_the_same(&self, entity: EntityId) -> bool {
        let (schema, directory) = (self.schema, &self.directory);
        let is_within = |owner: &EntityName| {
            directory.find(owner.ty, &owner.id).is_some_and(|owner| directory.is_within(entity, owner))
        };
        let is_known = |role| match schema.roles.get(role) {
            Some(info) => info.organization.is_none() || directory.role_named(schema, entity, &info.name) == Some(role),
            None => false,
        };
        let is_linked = |policy| match schema.policy_organizations.get(policy) {
            Some(owner) => owner.as_ref().is_none_or(is_within),
            None => false,
        };
        directory.assignments_on(entity).all(|one| is_known(one.role))
            && !directory.assignments_naming(entity).any(|one| matches!(one.subject, Subject::Userset { .. }))
            && directory.links(entity).iter().all(|link| is_linked(link.policy))
    }
}

/// Entities, each behind those of them that it lies in; nothing where one would lie in itself.
fn downwards(carried: &FxHashSet<EntityId>, parents_of: impl Fn(EntityId) -> Vec<EntityId>) -> Option<Vec<EntityId>> {
    let mut roots: Vec<EntityId> = carried.iter().copied().collect();
    roots.sort_unstable();
    let (mut order, mut met, mut under_way) =
        (Vec::with_capacity(roots.len()), FxHashSet::default(), FxHashSet::default());
    for root in roots {
        let mut open = vec![(root, false)];
        while let Some((entity, left)) = open.pop() {
            if left {
                under_way.remove(&entity);
                order.push(entity);
            } else if met.insert(entity) {
                under_way.insert(entity);
                open.push((entity, true));
                let above = parents_of(entity).into_iter().filter(|parent| carried.contains(parent));
                open.extend(above.map(|parent| (parent, false)));
            } else if under_way.contains(&entity) {
                return None;
            }
        }
    }
    Some(order)
}
