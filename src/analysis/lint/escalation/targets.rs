//! The roles that ways up may lead to, by what opens a way to each: of thousands, one that comes to be held opens few.

use super::super::Examined;
use super::climb::Climb;
use super::dangers::{Dangers, with_implied};
use super::gain::Had;
use crate::compile::{CompiledPolicy, Effect};
use crate::schema::{PermissionId, RoleId};
use rustc_hash::{FxHashMap, FxHashSet};
use std::cell::RefCell;

/// What more roles bring than so many is taken together.
const WIDE: usize = 64;

/// Roles that somebody may come to hold.
#[derive(Default)]
pub(super) struct WaysTo {
    pub(super) targets: Vec<RoleId>,
    /// By a permission by which they are assigned, their places.
    by_permission: FxHashMap<PermissionId, Vec<usize>>,
    /// By a role that they require.
    by_required: FxHashMap<RoleId, Vec<usize>>,
    /// Those that are not assigned freely: what they grant is compared with all that is held.
    compared: Vec<usize>,
}

impl WaysTo {
    pub(super) fn of(policy: &CompiledPolicy, targets: &[RoleId]) -> Self {
        let mut ways = Self { targets: targets.to_vec(), ..Self::default() };
        for (at, &role) in targets.iter().enumerate() {
            let Some(guard) = policy.guards().assignment(role) else { continue };
            for &permission in &guard.permissions {
                ways.by_permission.entry(permission).or_default().push(at);
            }
            for &required in &*policy.role(role).requires {
                ways.by_required.entry(required).or_default().push(at);
            }
            if !guard.freely {
                ways.compared.push(at);
            }
        }
        ways
    }

    /// The places of those to which a way may be open by roles that have come to be held, and was not before.
    pub(super) fn opened_by(
        &self,
        examined: &Examined<'_>,
        dangers: &Dangers,
        roles: impl Iterator<Item = RoleId>,
    ) -> Vec<usize> {
        let policy = examined.policy();
        let (mut permissions, mut required) = (FxHashSet::default(), FxHashSet::default());
        let mut any = false;
        for role in roles {
            any = true;
            let own = policy.role(role).grants.iter().filter(|grant| grant.effect == Effect::Allow);
            permissions.extend(own.into_iter().map(|grant| grant.permission));
            permissions.extend(dangers.given_to(examined, role).map(|(permission, _)| permission));
            required.extend(std::iter::once(role).chain(policy.role(role).counts_as.iter().copied()));
        }
        let mut opened: Vec<usize> = if any { self.compared.clone() } else { Vec::new() };
        opened.extend(permissions.iter().filter_map(|permission| self.by_permission.get(permission)).flatten());
        opened.extend(required.iter().filter_map(|role| self.by_required.get(role)).flatten());
        opened
    }

    /// The places of those that are assigned by what is allowed to everybody.
    pub(super) fn open_to_all(&self, examined: &Examined<'_>, dangers: &Dangers) -> Vec<usize> {
        let by_all = self.by_permission.iter();
        let by_all = by_all.filter(|(permission, _)| dangers.rules(examined, **permission).everybody.is_some());
        by_all.flat_map(|(_, at)| at).copied().collect()
    }
}

/// What the roles bring that somebody may come to hold, so that it is known when nothing can bring more.
pub(super) struct Brought {
    /// Of each target, what it can bring.
    by_target: FxHashMap<RoleId, Box<[PermissionId]>>,
    /// What many bring.
    wide: FxHashSet<PermissionId>,
    /// Whether what is granted under conditions has to be told apart.
    by_conditions: bool,
    /// By what somebody has of what many bring, the most that any role brings them.
    most: RefCell<FxHashMap<Vec<PermissionId>, usize>>,
}

impl Brought {
    pub(super) fn of(examined: &Examined<'_>, dangers: &Dangers) -> Self {
        let mut counted: FxHashMap<PermissionId, usize> = FxHashMap::default();
        let mut by_conditions = false;
        let mut by_target = FxHashMap::default();
        for &target in &dangers.targets {
            let mut brought: Vec<PermissionId> = Vec::new();
            for role in with_implied(examined.policy(), target) {
                brought.extend(dangers.permitted(examined, role).iter().map(|one| one.grant.permission));
                brought.extend(dangers.given_to(examined, role).map(|(permission, _)| permission));
            }
            brought.sort_unstable();
            brought.dedup();
            brought.retain(|&permission| {
                let rules = dangers.rules(examined, permission);
                by_conditions |= !rules.under.is_empty();
                !rules.denied && rules.everybody.is_none()
            });
            brought.iter().for_each(|&permission| *counted.entry(permission).or_default() += 1);
            by_target.insert(target, brought.into());
        }
        let wide = counted.into_iter().filter(|&(_, count)| count > WIDE).map(|(permission, _)| permission).collect();
        Self { by_target, wide, by_conditions, most: RefCell::default() }
    }

    /// How many permissions any role can bring to somebody at most; nothing where it takes more than their number to tell what
    /// brings most.
    pub(super) fn most(&self, had: &Had) -> Option<usize> {
        if self.by_conditions || !had.is_sure() {
            return None;
        }
        let mut wide: Vec<PermissionId> = had.by_roles().filter(|one| self.wide.contains(one)).collect();
        wide.sort_unstable();
        if let Some(&known) = self.most.borrow().get(&wide) {
            return Some(known);
        }
        let new = |brought: &[PermissionId]| brought.iter().filter(|one| wide.binary_search(one).is_err()).count();
        let most = self.by_target.values().map(|brought| new(brought)).max().unwrap_or(0);
        self.most.borrow_mut().insert(wide, most);
        Some(most)
    }

    /// How many permissions a role can bring to somebody.
    pub(super) fn by(&self, climb: &Climb<'_, '_>, had: &Had, role: RoleId) -> usize {
        let brought = self.by_target.get(&role).map_or(&[][..], |brought| brought);
        brought.iter().filter(|&&permission| had.of_permission(climb, permission).is_none()).count()
    }
}
