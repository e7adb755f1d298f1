//! Whether what somebody is granted covers what they would give away.

use super::grants::{Allows, Conditional, Part, Ways};
use crate::decide::{Snapshot, Standing};
use crate::directory::EntityId;
use crate::schema::{PermissionId, Reach, RoleId, TypeId};
use rustc_hash::FxHashMap;

/// The conditions under which something is granted, and the type of the entity where the role is held; none for a rule.
type GrantedBy = (Vec<Part>, Option<TypeId>);

/// What somebody is granted on an entity and below it, by roles that count for sure and by rules, denials aside.
pub(super) struct Cover<'a> {
    snapshot: &'a Snapshot,
    on: EntityId,
    /// The ways in which each permission is granted.
    granted: FxHashMap<PermissionId, Vec<GrantedBy>>,
}

impl<'a> Cover<'a> {
    /// By some `ways` only.
    pub(super) fn of(snapshot: &'a Snapshot, standing: Option<&Standing>, on: EntityId, ways: Ways) -> Self {
        let policy = snapshot.policy();
        let mut cover = Self { snapshot, on, granted: FxHashMap::default() };
        let Some(standing) = standing else { return cover };
        let directory = snapshot.directory();
        for &(entity, role) in &standing.roles {
            let mut allows = Allows::default();
            allows.of_role(policy, role, entity, true, ways);
            cover.take(allows, Some(directory.type_of(entity)));
        }
        let mut allows = Allows::default();
        allows.of_rules(policy, standing.subject_type);
        cover.take(allows, None);
        cover
    }

    fn take(&mut self, allows: Allows, scope: Option<TypeId>) {
        for Conditional { permission, parts } in allows.all {
            self.granted.entry(permission).or_default().push((parts, scope));
        }
    }

    /// The first permission of a role, assigned on the entity, that it grants by these ways and that is not granted under
    /// the same condition or a weaker one. `Err` with nothing where the role grants too much to compare.
    pub(super) fn of_role(&self, role: RoleId, ways: Ways) -> Result<(), Option<PermissionId>> {
        let mut allows = Allows::default();
        allows.of_role(self.snapshot.policy(), role, self.on, false, ways);
        if allows.cut_short {
            return Err(None);
        }
        let uncovered = allows.all.iter().find(|given| {
            let ways = self.granted.get(&given.permission).map_or(&[][..], Vec::as_slice);
            !ways.iter().any(|(parts, _)| parts.iter().all(|part| given.parts.binary_search(part).is_ok()))
        });
        uncovered.map_or(Ok(()), |given| Err(Some(given.permission)))
    }

    /// The first permission reachable from the entity that is not granted without condition. `Err` with nothing where
    /// none can be reached: then nothing shows that somebody may do everything.
    pub(super) fn of_everything(&self) -> Result<(), Option<PermissionId>> {
        let schema = self.snapshot.policy().schema();
        let own = self.snapshot.directory().type_of(self.on);
        let mut reachable = schema
            .permissions
            .iter_enumerated()
            .filter(|(_, info)| info.ty == own || schema.contains(own, info.ty))
            .map(|(permission, info)| (permission, info.ty))
            .peekable();
        if reachable.peek().is_none() {
            return Err(None);
        }
        let uncovered = reachable.find(|&(permission, ty)| {
            let ways = self.granted.get(&permission).map_or(&[][..], Vec::as_slice);
            let everywhere = |(parts, scope): &GrantedBy| {
                parts.iter().all(|part| self.is_everywhere(*part, ty, *scope)) && self.is_gapless(parts)
            };
            !ways.iter().any(everywhere)
        });
        uncovered.map_or(Ok(()), |(permission, _)| Err(Some(permission)))
    }

    /// Whether of the types that roles are implied on one lies for certain in the other: an entity of the inner one that
    /// lies in none of the outer one is implied nothing.
    fn is_gapless(&self, parts: &[Part]) -> bool {
        let schema = self.snapshot.policy().schema();
        let always = |inner, outer| schema.reach(inner, outer) == Reach::One;
        let implied = || parts.iter().filter_map(|part| if let Part::Below(ty) = part { Some(*ty) } else { None });
        implied().all(|one| implied().all(|other| one == other || always(one, other) || always(other, one)))
    }

    /// Whether a part of a way restricts nothing for entities of a type: a role that is implied on every entity that such a
    /// one can lie in covers it all.
    fn is_everywhere(&self, part: Part, ty: TypeId, scope: Option<TypeId>) -> bool {
        let Part::Below(implied) = part else { return false };
        let schema = self.snapshot.policy().schema();
        let always = |inner, outer| schema.reach(inner, outer) == Reach::One;
        ty == implied || (always(ty, implied) && scope.is_some_and(|scope| always(implied, scope)))
    }
}
