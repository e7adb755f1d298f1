//! Random requests, half of them allowed.

use super::directory;
use super::permissions::{Kind, Permission};
use super::random::Random;
use super::world::{Resource, World};

/// A request with its answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Ask {
    /// Who asks.
    pub(crate) user: u32,
    /// What for.
    pub(crate) permission: Permission,
    /// On what.
    pub(crate) resource: Resource,
    /// The right answer.
    pub(crate) allowed: bool,
}

impl Ask {
    /// As policies name it: `user:u42`.
    pub(crate) fn subject(&self) -> String {
        directory::user(self.user)
    }

    /// The verb.
    pub(crate) fn action(&self) -> &'static str {
        self.permission.action()
    }

    /// As policies name it: `run:r42`.
    pub(crate) fn resource(&self) -> String {
        self.resource.to_string()
    }
}

impl World {
    /// So many requests, the same each time: in no order, one half allowed and the other denied. Ten of a hundred are
    /// about teams, twenty about projects, seventy about runs; people ask within their own organization, and half of the
    /// time about something in one of their teams.
    pub(crate) fn requests(&self, count: usize) -> Vec<Ask> {
        let mut random = Random::new(0xa5c);
        let mut wanted: Vec<bool> = (0..count).map(|at| at % 2 == 0).collect();
        random.shuffle(&mut wanted);
        wanted
            .into_iter()
            .map(|allowed| {
                loop {
                    let (user, resource) = self.draw_pair(&mut random);
                    let permissions: Vec<Permission> = resource.kind.permissions().collect();
                    let permission = *random.of(&permissions);
                    if self.allows(user, permission, resource) == allowed {
                        return Ask { user, permission, resource, allowed };
                    }
                }
            })
            .collect()
    }

    /// Somebody, and something of the same organization.
    fn draw_pair(&self, random: &mut Random) -> (u32, Resource) {
        let mut user = random.below(self.users.len() as u32);
        let organization = self.organization_of_user(user);
        let team = if random.per_mille(500) {
            random.of(&self.users[user as usize].memberships).team
        } else {
            organization * self.size.teams + random.below(self.size.teams)
        };
        let project = team * self.projects_in_team() + random.below(self.projects_in_team());
        let run = project * self.runs_in_project() + random.below(self.runs_in_project());
        let (kind, at) = match random.below(10) {
            0 => (Kind::Team, team),
            1 | 2 => (Kind::Project, project),
            _ => (Kind::Run, run),
        };
        // Otherwise hardly anybody would ask about what they created themselves.
        if kind == Kind::Run && random.per_mille(100) {
            user = self.creators[run as usize];
        }
        (user, Resource { kind, at })
    }
}
