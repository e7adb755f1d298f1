//! What a check asks of a permission first, side by side: where its cells stand, and what needs no looking for.

use super::brief::{page_of, pages};
use super::policy::{CompiledRole, Grant};
use super::rules::Rules;
use super::signature::{Signature, Sought};
use crate::index::{Idx, IndexVec};
use crate::schema::{PermissionId, PermissionInfo, Schema, TypeId};
use crate::syntax::ast::Effect;
use std::sync::Arc;

/// A permission in short.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(align(32))]
pub struct Profile {
    /// Its type.
    pub ty: TypeId,
    /// Its place among the permissions of that type.
    pub at: u32,
    /// The page that tells what is said about it in short.
    pub page: u32,
    /// Whether a role may deny it.
    pub denied_by_roles: bool,
    /// Whether an org policy may deny it.
    pub denied_by_policies: bool,
    /// How many grants of roles have a condition, which may read what the resource is.
    pub conditions: u32,
    /// What a resource must have or lie below, lest no rule deny it.
    pub denied_by_rules: Signature,
    /// What a resource must have or lie below, lest no rule allow it.
    pub allowed_by_rules: Signature,
}

impl Profile {
    /// Whether rules about it ask of the resource itself.
    #[inline]
    #[must_use]
    pub const fn asks_of_resource(&self) -> bool {
        self.denied_by_rules.or(self.allowed_by_rules).is_of_resource()
    }

    /// Whether anything may deny it anywhere.
    #[must_use]
    pub const fn may_be_denied(&self) -> bool {
        self.may_be_denied_at(Signature::ANY)
    }

    /// Whether anything may deny it where rules find what has a signature.
    #[inline]
    #[must_use]
    pub const fn may_be_denied_at(&self, found: Signature) -> bool {
        self.denied_by_roles | self.denied_by_policies | self.denied_by_rules.meets(found)
    }

    /// Whether anything but a role has a say in it where rules find what has a signature.
    #[inline]
    #[must_use]
    pub const fn has_rules_at(&self, found: Signature) -> bool {
        self.denied_by_policies | self.denied_by_rules.or(self.allowed_by_rules).meets(found)
    }
}

/// The profiles of all permissions, before anything speaks of them.
pub(super) fn all(schema: &Schema) -> IndexVec<PermissionId, Profile> {
    let (pages, _) = pages(schema);
    let profile = |(id, info): (PermissionId, &PermissionInfo)| {
        let at = id.0.wrapping_sub(schema.types.get(info.ty).map_or(0, |ty| ty.permissions.start));
        Profile {
            ty: info.ty,
            at,
            page: page_of(pages.get(info.ty.index()).copied().unwrap_or(0), at),
            denied_by_roles: false,
            denied_by_policies: false,
            conditions: 0,
            denied_by_rules: Signature::NONE,
            allowed_by_rules: Signature::NONE,
        }
    };
    schema.permissions.iter_enumerated().map(profile).collect()
}

/// Notes where the rules of each permission may allow and deny it, and tells what they ask of what lies above resources.
pub(super) fn note_rules(
    profiles: &mut IndexVec<PermissionId, Profile>,
    rules: &IndexVec<PermissionId, Arc<Rules>>,
) -> Sought {
    let lists = rules.iter().flat_map(|rules| [rules.of(Effect::Deny), rules.of(Effect::Allow)]);
    let (sought, signatures) = Sought::new(lists);
    let (of_each, _) = signatures.as_chunks();
    for (profile, &[denied, allowed]) in profiles.iter_mut().zip(of_each) {
        (profile.denied_by_rules, profile.allowed_by_rules) = (denied, allowed);
    }
    sought
}

/// Counts grants that have a condition, by `change` each.
pub(super) fn count_conditions<'r>(
    profiles: &mut IndexVec<PermissionId, Profile>,
    roles: impl IntoIterator<Item = &'r CompiledRole>,
    change: i32,
) {
    let grants = roles.into_iter().flat_map(|role| &*role.grants);
    for grant in grants.filter(|grant| grant.condition.is_some()) {
        if let Some(profile) = profiles.get_mut(grant.permission) {
            profile.conditions = profile.conditions.saturating_add_signed(change);
        }
    }
}

/// Notes what grants deny.
pub(super) fn note<'g>(
    profiles: &mut IndexVec<PermissionId, Profile>,
    grants: impl IntoIterator<Item = &'g Grant>,
    denied: impl Fn(&mut Profile) -> &mut bool,
) {
    for grant in grants.into_iter().filter(|grant| grant.effect == Effect::Deny) {
        if let Some(profile) = profiles.get_mut(grant.permission) {
            *denied(profile) = true;
        }
    }
}
