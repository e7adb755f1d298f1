//! What rules find in the attributes of resources themselves, as a word of each resource of which rules ask anything.
//!
//! Words stand side by side by the numbers of resources, from the first that is asked to the last, in chunks that versions
//! share. Most directories number what is of one type together, so that hardly any stand there in vain.

use super::answers::answered;
use super::snapshot::Snapshot;
use crate::compile::{Signature, Sought};
use crate::directory::{Amended, Directory, EntityId};
use crate::index::Chunks;
use crate::schema::TypeId;

/// The words of a directory's resources, for what the rules of a policy ask.
#[derive(Clone, Debug)]
pub(super) struct Signatures {
    /// The first resource that has one.
    first: EntityId,
    /// Those of all entities from that one on, up to the last of which rules ask anything. What came since policy and
    /// directory were linked is not among them.
    from_first: Chunks<EntityId, Signature>,
}

impl Signatures {
    /// Those of all resources of which rules ask anything.
    pub(super) fn new(sought: &Sought, directory: &Directory) -> Self {
        let types = sought.of_resources();
        let mut asked = directory.entities().filter(|&entity| types.contains(&directory.type_of(entity)));
        let first = if types.is_empty() { None } else { asked.next() };
        let Some(first) = first else { return Self { first: EntityId(0), from_first: Chunks::new() } };
        let last = asked.next_back().unwrap_or(first);
        let signature = |entity| of_resource(sought, directory, (entity, directory.type_of(entity)));
        Self { first, from_first: (first.0..=last.0).map(|entity| signature(EntityId(entity))).collect() }
    }

    /// That of a resource, if it is here.
    #[inline]
    fn get(&self, resource: EntityId) -> Option<Signature> {
        self.from_first.get(self.place(resource)).copied()
    }

    /// Whether they are what is found when all resources are looked at.
    #[cfg(test)]
    pub(super) fn are_of(&self, sought: &Sought, directory: &Directory) -> bool {
        let all = Self::new(sought, directory);
        let is_found = |entity: EntityId| {
            let found = of_resource(sought, directory, (entity, directory.type_of(entity)));
            self.get(entity).is_none_or(|known| known == found)
        };
        (all.from_first.is_empty() || !self.from_first.is_empty()) && directory.entities().all(is_found)
    }

    const fn place(&self, resource: EntityId) -> EntityId {
        EntityId(resource.0.wrapping_sub(self.first.0))
    }

    /// Those of a directory that was amended; nothing where they are the same.
    pub(super) fn amended(&self, sought: &Sought, amended: &Amended) -> Option<Self> {
        let directory = &*amended.directory;
        let concerned = amended.revalued.iter().chain(&amended.created).chain(&amended.removed);
        let mut after = None;
        for &resource in concerned {
            let signature = of_resource(sought, directory, (resource, directory.type_of(resource)));
            if self.get(resource).is_some_and(|known| known != signature) {
                let after = after.get_or_insert_with(|| self.clone());
                after.from_first.set(after.place(resource), signature);
            }
        }
        after
    }
}

impl Snapshot {
    /// What rules find in the attributes of a resource of a type.
    #[inline]
    pub(super) fn found_in(&self, resource: EntityId, ty: TypeId) -> Signature {
        match self.signatures().get(resource) {
            Some(signature) => signature,
            None => of_resource(self.policy().sought(), self.directory(), (resource, ty)),
        }
    }
}

/// What rules find in the attributes of an entity of a type.
fn of_resource(sought: &Sought, directory: &Directory, (resource, ty): (EntityId, TypeId)) -> Signature {
    let asked = sought.asked().iter().filter(|asked| asked.ty == ty);
    asked.map(|&asked| answered(asked, directory, resource).signature(sought)).fold(Signature::NONE, Signature::or)
}
