//! What a check asks of a permission first, side by side: where its cells stand, and what needs no looking for.

use super::brief::{below_highest, page_of, pages};
use super::policy::{CompiledRole, Grant};
use super::rules::Rules;
use super::signature::{Signature, Sought};
use crate::index::{Idx, IndexVec};
use crate::schema::{PermissionId, PermissionInfo, Schema, TypeId};
use crate::syntax::ast::Effect;
use std::sync::Arc;

/// A permission in short.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(C, align(64))]
pub struct Profile {
    /// How far below the highest bit of what is said on its page its bit is.
    pub(super) below_highest: u32,
    /// The page that tells what is said about it in short.
    pub page: u32,
    /// Where anything may deny it.
    denied: Signature,
    /// Where anything but a role has a say in it.
    ruled: Signature,
    /// Both.
    overruled: Signature,
    /// Its type.
    pub ty: TypeId,
    /// Its place among the permissions of that type.
    pub at: u32,
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
    /// That of a permission by its type, its place there and the pages of the types before, before anything speaks of it.
    pub(super) const fn new(ty: TypeId, at: u32, pages_before: u32) -> Self {
        Self {
            below_highest: below_highest(at),
            page: page_of(pages_before, at),
            denied: Signature::NONE,
            ruled: Signature::NONE,
            overruled: Signature::NONE,
            ty,
            at,
            denied_by_roles: false,
            denied_by_policies: false,
            conditions: 0,
            denied_by_rules: Signature::NONE,
            allowed_by_rules: Signature::NONE,
        }
    }

    /// Its bit in what is said on its page.
    #[inline]
    pub(super) const fn bit(&self) -> u32 {
        1 << (u32::BITS - 1) >> self.below_highest
    }

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
        self.denied.meets(found)
    }

    /// Whether anything but a role has a say in it where rules find what has a signature.
    #[inline]
    #[must_use]
    pub const fn has_rules_at(&self, found: Signature) -> bool {
        self.ruled.meets(found)
    }

    /// Whether it could come to be otherwise where rules find what has a signature than roles say without conditions: what they
    /// allow, by being denied, and what not, by a rule.
    #[inline]
    #[must_use]
    pub const fn may_be_overruled_at(&self, found: Signature, allowed: bool) -> bool {
        // First what is told before it is known what roles say, and nearly always no.
        self.overruled.meets(found) && if allowed { self.may_be_denied_at(found) } else { self.has_rules_at(found) }
    }

    /// Tells the words of both from what has a say.
    fn sum_up(&mut self) {
        let everywhere = |so| if so { Signature::PLACE } else { Signature::NONE };
        self.denied = self.denied_by_rules.or(everywhere(self.denied_by_roles | self.denied_by_policies));
        self.ruled = self.denied_by_rules.or(self.allowed_by_rules).or(everywhere(self.denied_by_policies));
        self.overruled = self.denied.or(self.ruled);
    }
}

/// The profiles of all permissions, before anything speaks of them.
pub(super) fn all(schema: &Schema) -> IndexVec<PermissionId, Profile> {
    let (pages, _) = pages(schema);
    let profile = |(id, info): (PermissionId, &PermissionInfo)| {
        let at = id.0.wrapping_sub(schema.types.get(info.ty).map_or(0, |ty| ty.permissions.start));
        Profile::new(info.ty, at, pages.get(info.ty.index()).copied().unwrap_or(0))
    };
    schema.permissions.iter_enumerated().map(profile).collect()
}

/// Notes where the rules of each permission may allow and deny it, and tells what they ask of resources and of what lies
/// above them.
pub(super) fn note_rules(
    profiles: &mut IndexVec<PermissionId, Profile>,
    rules: &IndexVec<PermissionId, Arc<Rules>>,
) -> Sought {
    let lists = rules.iter().flat_map(|rules| [rules.of(Effect::Deny), rules.of(Effect::Allow)]);
    let (sought, signatures) = Sought::new(lists);
    let (of_each, _) = signatures.as_chunks();
    for (profile, &[denied, allowed]) in profiles.iter_mut().zip(of_each) {
        (profile.denied_by_rules, profile.allowed_by_rules) = (denied, allowed);
        profile.sum_up();
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

/// Notes what roles deny.
pub(super) fn note_roles<'r>(
    profiles: &mut IndexVec<PermissionId, Profile>,
    roles: impl IntoIterator<Item = &'r CompiledRole>,
) {
    let grants = roles.into_iter().flat_map(|role| &*role.grants);
    note(profiles, grants, |profile| &mut profile.denied_by_roles);
}

/// Notes what org policies deny.
pub(super) fn note_guardrails<'g>(
    profiles: &mut IndexVec<PermissionId, Profile>,
    guardrails: impl IntoIterator<Item = &'g Arc<[Grant]>>,
) {
    note(profiles, guardrails.into_iter().flat_map(|list| &**list), |profile| &mut profile.denied_by_policies);
}

/// Forgets what roles deny.
pub(super) fn forget_roles(profiles: &mut IndexVec<PermissionId, Profile>) {
    for profile in profiles.iter_mut() {
        profile.denied_by_roles = false;
        profile.sum_up();
    }
}

/// Notes what grants deny.
fn note<'g>(
    profiles: &mut IndexVec<PermissionId, Profile>,
    grants: impl Iterator<Item = &'g Grant>,
    denied: impl Fn(&mut Profile) -> &mut bool,
) {
    for grant in grants.filter(|grant| grant.effect == Effect::Deny) {
        if let Some(profile) = profiles.get_mut(grant.permission) {
            *denied(profile) = true;
            profile.sum_up();
        }
    }
}
