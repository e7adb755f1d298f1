//! Who belongs where: what the directory says, as numbers.

use super::random::Random;
use super::roles::{self, Role, team_roles};
use super::rules::{Rule, rules};
use super::{Kind, Size};

/// In how many teams everybody has a role.
pub(crate) const MEMBERSHIPS: usize = 3;

/// A role in a team.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Membership {
    /// The team.
    pub(crate) team: u32,
    /// The role, by its place in [`World::roles`].
    pub(crate) role: u32,
}

/// A person.
#[derive(Clone, Debug)]
pub(crate) struct User {
    /// Whether the role in the organization is admin, and not member.
    pub(crate) admin: bool,
    /// In three different teams.
    pub(crate) memberships: [Membership; MEMBERSHIPS],
    /// The two projects that the person is assigned to directly, as contributor.
    pub(crate) contributes: Option<[u32; 2]>,
}

/// A project.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Project {
    /// Whether all members of the organization may read it, and what is in it.
    pub(crate) open: bool,
    /// The label that a rule speaks of, by the place of that rule.
    pub(crate) label: Option<u32>,
}

/// One thing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Resource {
    /// Its type: team, project or run.
    pub(crate) kind: Kind,
    /// Counted through by type.
    pub(crate) at: u32,
}

/// Policy and directory. Organizations, users, teams, projects and runs are counted through, those of one organization,
/// team or project in a row.
#[derive(Clone, Debug)]
pub(crate) struct World {
    /// How many organizations there are.
    pub(crate) organizations: u32,
    /// How much each holds.
    pub(crate) size: Size,
    /// The roles in teams; the first three are viewer, member and admin.
    pub(crate) roles: Vec<Role>,
    /// The rules beside the one about open projects.
    pub(crate) rules: Vec<Rule>,
    /// The people.
    pub(crate) users: Vec<User>,
    /// The projects.
    pub(crate) projects: Vec<Project>,
    /// Who created each run.
    pub(crate) creators: Vec<u32>,
}

/// Roles that every policy has: those of the organization, of teams and of projects.
const PLAIN_ROLES: u32 = 6;
/// Rules that every policy has.
const PLAIN_RULES: u32 = 1;

impl World {
    /// Draws the facts. `statements` is how many roles and rules the policy has at least.
    pub(super) fn drawn(organizations: u32, size: Size, statements: u32) -> Self {
        let more = statements.saturating_sub(PLAIN_ROLES + PLAIN_RULES + roles::CUSTOM);
        let mut random = Random::new(0x0495_0495);
        let mut world = Self {
            organizations,
            size,
            roles: team_roles(roles::CUSTOM + more.div_ceil(2)),
            rules: rules(more / 2),
            users: Vec::new(),
            projects: Vec::new(),
            creators: Vec::new(),
        };
        for organization in 0..organizations {
            world.draw_organization(organization, &mut random);
        }
        world
    }

    fn draw_organization(&mut self, organization: u32, random: &mut Random) {
        let size = self.size;
        let (first_team, first_project) = (organization * size.teams, organization * size.projects);
        let mut members: Vec<Vec<u32>> = vec![Vec::new(); size.teams as usize];
        for at in 0..size.users {
            let user = organization * size.users + at;
            let memberships = self.draw_memberships(first_team, random);
            for membership in memberships {
                members[(membership.team - first_team) as usize].push(user);
            }
            // One in 200, and one at least.
            let admin = at % 200 == 0;
            let contributes = random.per_mille(50).then(|| {
                let first = random.below(size.projects);
                let second = (first + 1 + random.below(size.projects - 1)) % size.projects;
                [first_project + first, first_project + second]
            });
            self.users.push(User { admin, memberships, contributes });
        }
        let mut next_open = 0;
        for at in 0..size.projects {
            // One of each ten, whichever.
            if at % 10 == 0 {
                next_open = at + random.below(10);
            }
            let open = at == next_open;
            let labels = self.rules.len() as u32;
            let label = (labels > 0).then(|| random.below(labels.max(1)));
            self.projects.push(Project { open, label });
        }
        for at in 0..size.runs {
            let team = at / (size.runs / size.projects) / (size.projects / size.teams);
            let creator = match members[team as usize].as_slice() {
                [] => organization * size.users + random.below(size.users),
                members => *random.of(members),
            };
            self.creators.push(creator);
        }
    }

    fn draw_memberships(&self, first_team: u32, random: &mut Random) -> [Membership; MEMBERSHIPS] {
        let mut drawn = [Membership { team: u32::MAX, role: 0 }; MEMBERSHIPS];
        for at in 0..MEMBERSHIPS {
            let team = loop {
                let team = first_team + random.below(self.size.teams);
                if drawn.iter().all(|other| other.team != team) {
                    break team;
                }
            };
            let plain = match random.below(10) {
                0..6 => roles::VIEWER,
                6..9 => roles::MEMBER,
                _ => roles::ADMIN,
            };
            // Custom roles stand in the place of viewer and member: one in nine of those is one in ten of all.
            let custom = (self.roles.len() as u32 - 3) / 2;
            let role = if plain != roles::ADMIN && random.below(9) == 0 {
                3 + 2 * random.below(custom) + plain
            } else {
                plain
            };
            drawn[at] = Membership { team, role };
        }
        drawn
    }

    /// The organization that a person, a team, a project or a run belongs to: as many of them lie in each.
    pub(crate) fn organization_of_user(&self, user: u32) -> u32 {
        user / self.size.users
    }

    /// The organization that a team lies in.
    pub(crate) fn organization_of_team(&self, team: u32) -> u32 {
        team / self.size.teams
    }

    /// The team that a project lies in.
    pub(crate) fn team_of_project(&self, project: u32) -> u32 {
        project / self.projects_in_team()
    }

    /// The project that a run lies in.
    pub(crate) fn project_of_run(&self, run: u32) -> u32 {
        run / self.runs_in_project()
    }

    /// How many projects each team has.
    pub(crate) fn projects_in_team(&self) -> u32 {
        self.size.projects / self.size.teams
    }

    /// How many runs each project has.
    pub(crate) fn runs_in_project(&self) -> u32 {
        self.size.runs / self.size.projects
    }

    /// How many teams there are.
    pub(crate) fn teams(&self) -> u32 {
        self.organizations * self.size.teams
    }

    /// How many entities have an entry.
    pub(crate) fn entities(&self) -> usize {
        (self.organizations + self.teams()) as usize + self.users.len() + self.projects.len() + self.creators.len()
    }

    /// How many roles are assigned.
    pub(crate) fn assignments(&self) -> usize {
        let direct = self.users.iter().flat_map(|user| user.contributes).flatten().count();
        self.users.len() * (1 + MEMBERSHIPS) + direct
    }
}
