//! What a check asks of a permission first, side by side: where its cells stand, and what needs no looking for.

use super::policy::Grant;
use super::rules::Rules;
use crate::index::IndexVec;
use crate::schema::{PermissionId, Schema, TypeId};
use crate::syntax::ast::Effect;
use std::sync::Arc;

/// A permission in short.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Profile {
    /// Its type.
    pub ty: TypeId,
    /// Its place among the permissions of that type.
    pub at: u32,
    /// Whether a role may deny it.
    pub denied_by_roles: bool,
    /// Whether an org policy may deny it.
    pub denied_by_policies: bool,
    /// Whether a rule may deny it.
    pub denied_by_rules: bool,
    /// Whether a rule may allow it.
    pub allowed_by_rules: bool,
}

impl Profile {
    /// Whether anything may deny it.
    #[inline]
    #[must_use]
    pub const fn may_be_denied(&self) -> bool {
        self.denied_by_roles | self.denied_by_policies | self.denied_by_rules
    }

    /// Whether anything but a role has a say in it.
    #[inline]
    #[must_use]
    pub const fn has_rules(&self) -> bool {
        self.denied_by_policies | self.denied_by_rules | self.allowed_by_rules
    }
}

/// The profiles of all permissions, as far as rules tell.
pub(super) fn by_rules(schema: &Schema, rules: &IndexVec<PermissionId, Arc<Rules>>) -> IndexVec<PermissionId, Profile> {
    let some = |permission, effect| rules.get(permission).is_some_and(|rules| !rules.of(effect).all().is_empty());
    let profile = |(id, info): (PermissionId, &crate::schema::PermissionInfo)| Profile {
        ty: info.ty,
        at: id.0.wrapping_sub(schema.types.get(info.ty).map_or(0, |ty| ty.permissions.start)),
        denied_by_roles: false,
        denied_by_policies: false,
        denied_by_rules: some(id, Effect::Deny),
        allowed_by_rules: some(id, Effect::Allow),
    };
    schema.permissions.iter_enumerated().map(profile).collect()
}

/// Notes whether the rules of a permission allow and deny it.
pub(super) fn note_rules(profile: &mut Profile, rules: &Rules) {
    profile.denied_by_rules = !rules.of(Effect::Deny).all().is_empty();
    profile.allowed_by_rules = !rules.of(Effect::Allow).all().is_empty();
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
