//! Sets of roles that occur together, each stored once.

use crate::compile::RoleSetId;
use crate::index::IndexVec;
use crate::schema::RoleId;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Sets of roles, sorted, numbered in the order they were met. A copy shares all of them until it meets a new one.
#[derive(Clone, Debug, Default)]
pub(super) struct RoleSets {
    sets: Arc<IndexVec<RoleSetId, Box<[RoleId]>>>,
    ids: Arc<FxHashMap<Box<[RoleId]>, RoleSetId>>,
}

impl RoleSets {
    /// The id of a sorted set, if it occurs.
    pub(super) fn find(&self, roles: &[RoleId]) -> Option<RoleSetId> {
        self.ids.get(roles).copied()
    }

    /// The id of a sorted set.
    pub(super) fn intern(&mut self, roles: &[RoleId]) -> RoleSetId {
        if let Some(id) = self.find(roles) {
            return id;
        }
        let id = Arc::make_mut(&mut self.sets).push(roles.into());
        Arc::make_mut(&mut self.ids).insert(roles.into(), id);
        id
    }

    /// The roles of a set, sorted.
    pub(super) fn roles(&self, set: RoleSetId) -> &[RoleId] {
        self.sets.get(set).map_or(&[], |roles| roles)
    }

    pub(super) fn all(&self) -> &[Box<[RoleId]>] {
        self.sets.as_slice()
    }
}
