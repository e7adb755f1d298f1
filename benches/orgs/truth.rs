//! What the right answer is, found by walking over the facts: slow, and plain to read.

use super::permissions::{Kind, Permission};
use super::roles::{gives, gives_creator};
use super::world::{Resource, World};

impl World {
    /// Whether the person may do this to that thing. The permission has to be one of the thing's type.
    pub(crate) fn allows(&self, user: u32, permission: Permission, resource: Resource) -> bool {
        let Resource { kind, at } = resource;
        let project = match kind {
            Kind::Project => Some(at),
            Kind::Run => Some(self.project_of_run(at)),
            _ => None,
        };
        let team = project.map_or(at, |project| self.team_of_project(project));
        let inside = self.organization_of_user(user) == self.organization_of_team(team);
        let creator = kind == Kind::Run && self.creators[at as usize] == user;

        if project.is_some_and(|project| self.rule(project, permission, false)) {
            return false;
        }
        let person = &self.users[user as usize];
        let by_organization = inside && person.admin;
        let by_team =
            person.memberships.iter().any(|held| held.team == team && self.role_gives(held.role, permission, creator));
        let by_project = project.is_some_and(|project| {
            let contributes = person.contributes.is_some_and(|projects| projects.contains(&project));
            let reads = permission.reads() && self.projects[project as usize].open;
            contributes && (permission.reads() || permission.writes() || creator && permission.name() == "run.delete")
                || inside && (reads || self.rule(project, permission, true))
        });
        by_organization || by_team || by_project
    }

    /// Whether a team role, by its place, allows it, to who created the thing or to anybody.
    pub(crate) fn role_gives(&self, role: u32, permission: Permission, creator: bool) -> bool {
        let custom = &self.roles[role as usize];
        let plain = custom.base.unwrap_or(role);
        let by_plain = if creator { gives_creator(plain, permission) } else { gives(plain, permission) };
        by_plain || custom.added.contains(&permission)
    }

    /// Whether the rule about the project's label allows it, or denies it.
    fn rule(&self, project: u32, permission: Permission, allows: bool) -> bool {
        self.projects[project as usize].label.is_some_and(|label| {
            let rule = &self.rules[label as usize];
            rule.allows == allows && rule.permissions.contains(&permission)
        })
    }
}
