//! What a team role gives: the three that every team has, and the custom ones on top of them.

use super::permissions::Permission;
use super::random::Random;

/// How many custom roles the workload has.
pub(crate) const CUSTOM: u32 = 20;
/// The place of `team.viewer` among the team roles.
pub(crate) const VIEWER: u32 = 0;
/// The place of `team.member`.
pub(crate) const MEMBER: u32 = 1;
/// The place of `team.admin`.
pub(crate) const ADMIN: u32 = 2;

/// A team role.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Role {
    /// As in `team.NAME`.
    pub(crate) name: String,
    /// The role that a custom one extends, by its place; of the others none.
    pub(crate) base: Option<u32>,
    /// What a custom role allows beyond its base.
    pub(crate) added: Vec<Permission>,
}

/// The team roles: viewer, member, admin, and so many custom ones, on viewer and member by turns.
pub(crate) fn team_roles(custom: u32) -> Vec<Role> {
    let mut random = Random::new(1);
    let plain = |name: &str| Role { name: name.to_owned(), base: None, added: Vec::new() };
    let mut roles = vec![plain("viewer"), plain("member"), plain("admin")];
    for at in 0..custom {
        let base = [VIEWER, MEMBER][at as usize % 2];
        let lacking: Vec<Permission> = Permission::all().filter(|permission| !gives(base, *permission)).collect();
        let count = 1 + random.below(4) as usize;
        let mut added = Vec::with_capacity(count);
        while added.len() < count {
            let permission = *random.of(&lacking);
            if !added.contains(&permission) {
                added.push(permission);
            }
        }
        added.sort_unstable();
        roles.push(Role { name: format!("custom{at}"), base: Some(base), added });
    }
    roles
}

/// Whether one of the three plain roles allows it, whoever created the thing.
pub(crate) fn gives(role: u32, permission: Permission) -> bool {
    match role {
        VIEWER => permission.reads(),
        MEMBER => permission.reads() || permission.writes(),
        _ => true,
    }
}

/// Whether one of the three plain roles allows it to who created the thing.
pub(crate) fn gives_creator(role: u32, permission: Permission) -> bool {
    gives(role, permission) || role == MEMBER && permission.name() == "run.delete"
}
