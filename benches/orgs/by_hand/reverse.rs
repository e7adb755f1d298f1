//! The questions the other way round: which runs somebody may do something to, and who may do it to a thing.

use super::super::{Permission, World};
use super::{ADMIN, ByHand, CONTRIBUTES, IdMap, Masks, OPEN, PROJECT, ROLE, ROLE_BITS, RUN};

/// Lists of numbers behind each other, by the number that they belong to.
#[derive(Clone, Debug)]
struct Lists {
    starts: Vec<u32>,
    entries: Vec<u32>,
}

impl Lists {
    /// `owner` says which list each number from zero on belongs into.
    fn of(lists: usize, numbers: usize, owner: impl Fn(u32) -> u32) -> Self {
        let mut starts = vec![0; lists + 1];
        for number in 0..numbers as u32 {
            starts[owner(number) as usize + 1] += 1;
        }
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        let (mut next, mut entries) = (starts.clone(), vec![0; numbers]);
        for number in 0..numbers as u32 {
            let at = &mut next[owner(number) as usize];
            entries[*at as usize] = number;
            *at += 1;
        }
        Self { starts, entries }
    }

    fn get(&self, list: u32) -> &[u32] {
        let list = list as usize;
        &self.entries[self.starts[list] as usize..self.starts[list + 1] as usize]
    }

    fn bytes(&self) -> usize {
        size_of_val(self.starts.as_slice()) + size_of_val(self.entries.as_slice())
    }
}

/// What only the questions the other way round read.
#[derive(Clone, Debug)]
pub(super) struct Reverse {
    project_of_run: Vec<u32>,
    runs_of_project: Lists,
    runs_of_creator: Lists,
    projects_of_team: Lists,
    teams_of_organization: Lists,
    people_of_organization: Lists,
    open_of_organization: Vec<Vec<u32>>,
    admins_of_organization: Vec<Vec<u32>>,
    /// By team: person above, role below [`ROLE_BITS`].
    members: Vec<Vec<u32>>,
    /// By project, where there are any.
    contributors: IdMap<Vec<u32>>,
}

impl Reverse {
    pub(super) fn new(world: &World) -> Self {
        let (organizations, teams, projects) =
            (world.organizations as usize, world.teams() as usize, world.projects.len());
        let (users, runs) = (world.users.len(), world.creators.len());
        let mut admins_of_organization = vec![Vec::new(); organizations];
        let mut open_of_organization = vec![Vec::new(); organizations];
        let mut members = vec![Vec::new(); teams];
        let mut contributors = IdMap::<Vec<u32>>::default();
        for (at, user) in world.users.iter().enumerate() {
            let at = at as u32;
            if user.admin {
                admins_of_organization[world.organization_of_user(at) as usize].push(at);
            }
            for held in user.memberships {
                members[held.team as usize].push(at << ROLE_BITS | held.role);
            }
            for project in user.contributes.iter().flatten() {
                contributors.entry(*project).or_default().push(at);
            }
        }
        for (at, _) in world.projects.iter().enumerate().filter(|(_, project)| project.open) {
            let organization = world.organization_of_team(world.team_of_project(at as u32));
            open_of_organization[organization as usize].push(at as u32);
        }
        Self {
            project_of_run: (0..runs as u32).map(|run| world.project_of_run(run)).collect(),
            runs_of_project: Lists::of(projects, runs, |run| world.project_of_run(run)),
            runs_of_creator: Lists::of(users, runs, |run| world.creators[run as usize]),
            projects_of_team: Lists::of(teams, projects, |project| world.team_of_project(project)),
            teams_of_organization: Lists::of(organizations, teams, |team| world.organization_of_team(team)),
            people_of_organization: Lists::of(organizations, users, |user| world.organization_of_user(user)),
            open_of_organization,
            admins_of_organization,
            members,
            contributors,
        }
    }

    pub(super) fn project_of_run(&self, run: u32) -> u32 {
        self.project_of_run[run as usize]
    }

    pub(super) fn assign(&mut self, user: u32, team: u32, role: u32) {
        let members = &mut self.members[team as usize];
        let member = user << ROLE_BITS | role;
        match members.iter_mut().find(|member| **member >> ROLE_BITS == user) {
            Some(slot) => *slot = member,
            None => members.push(member),
        }
    }

    pub(super) fn revoke(&mut self, user: u32, team: u32) {
        let members = &mut self.members[team as usize];
        if let Some(at) = members.iter().position(|member| member >> ROLE_BITS == user) {
            members.swap_remove(at);
        }
    }

    pub(super) fn bytes(&self) -> usize {
        let lists = [
            &self.runs_of_project,
            &self.runs_of_creator,
            &self.projects_of_team,
            &self.teams_of_organization,
            &self.people_of_organization,
        ];
        let nested = |lists: &[Vec<u32>]| {
            size_of_val(lists) + lists.iter().map(|list| list.capacity() * size_of::<u32>()).sum::<usize>()
        };
        size_of_val(self.project_of_run.as_slice())
            + lists.into_iter().map(Lists::bytes).sum::<usize>()
            + nested(&self.members)
            + nested(&self.admins_of_organization)
            + nested(&self.open_of_organization)
            + self.contributors.allocation_size()
    }
}

impl ByHand {
    /// Puts the runs that somebody may do this to behind those in `runs`, each once, in no order. The permission has to be
    /// one of runs.
    pub(crate) fn list_runs(&self, user: u32, permission: Permission, runs: &mut Vec<u32>) {
        let (person, bit, reverse) = (self.people[user as usize], 1_u64 << permission.0, &self.reverse);
        let put = |runs: &mut Vec<u32>, project: u32| runs.extend_from_slice(reverse.runs_of_project.get(project));
        let put_team = |runs: &mut Vec<u32>, team: u32| {
            for project in reverse.projects_of_team.get(team) {
                put(runs, *project);
            }
        };
        if person.is(ADMIN) {
            for team in reverse.teams_of_organization.get(person.organization()) {
                put_team(runs, *team);
            }
            return;
        }
        let whole = |team: u32| {
            self.held(user, person).any(|held| held >> ROLE_BITS == team && self.role(held).anybody & bit != 0)
        };
        for held in self.held(user, person) {
            if self.role(held).anybody & bit != 0 {
                put_team(runs, held >> ROLE_BITS);
            }
        }
        let opens = self.reads & bit != 0;
        if opens {
            for project in &reverse.open_of_organization[person.organization() as usize] {
                if !whole(self.team_of_project(*project)) {
                    put(runs, *project);
                }
            }
        }
        let direct =
            if person.is(CONTRIBUTES) { self.contributes.get(&user).map_or(&[][..], Vec::as_slice) } else { &[] };
        for project in direct {
            let thing = self.things[(self.first_project + project) as usize];
            if self.contributor.anybody & bit != 0 && !(opens && thing.is(OPEN)) && !whole(thing.team()) {
                put(runs, *project);
            }
        }
        // A creator's role gives no more where everybody with it is given the same.
        let to_creator = |masks: Masks| masks.creator & !masks.anybody & bit != 0;
        if self.held(user, person).any(|held| to_creator(self.role(held)))
            || !direct.is_empty() && to_creator(self.contributor)
        {
            let own = reverse.runs_of_creator.get(user).iter().copied();
            runs.extend(own.filter(|run| {
                let id = self.first_run + run;
                !whole(self.things[id as usize].team()) && self.check(user, permission, id)
            }));
        }
    }

    fn team_of_project(&self, project: u32) -> u32 {
        self.things[(self.first_project + project) as usize].team()
    }

    /// Puts the people who may do this to the thing behind those in `people`, each once, in no order.
    pub(crate) fn who_can(&self, permission: Permission, id: u32, people: &mut Vec<u32>) {
        let (thing, bit, reverse) = (self.things[id as usize], 1_u64 << permission.0, &self.reverse);
        let organization = self.organizations[thing.team() as usize];
        if thing.is(OPEN) && self.reads & bit != 0 {
            people.extend_from_slice(reverse.people_of_organization.get(organization));
            // Whoever belongs to another organization may be here by a role of the team.
            self.members_who_can(bit, id, people, |user| self.people[user as usize].organization() != organization);
            return;
        }
        people.extend_from_slice(&reverse.admins_of_organization[organization as usize]);
        self.members_who_can(bit, id, people, |user| {
            let person = self.people[user as usize];
            !person.is(ADMIN) || person.organization() != organization
        });
    }

    /// Members of the team and contributors, as far as `new` says that they are not among the people yet.
    fn members_who_can(&self, bit: u64, id: u32, people: &mut Vec<u32>, new: impl Fn(u32) -> bool) {
        let thing = self.things[id as usize];
        let may = |user: u32, masks: Masks| {
            (masks.anybody & bit != 0 || thing.creator == user && masks.creator & bit != 0) && new(user)
        };
        let members = &self.reverse.members[thing.team() as usize];
        for member in members {
            if may(member >> ROLE_BITS, self.roles[(member & ROLE) as usize]) {
                people.push(member >> ROLE_BITS);
            }
        }
        let project = match () {
            () if thing.is(RUN) => self.reverse.project_of_run(id - self.first_run),
            () if thing.is(PROJECT) => id - self.first_project,
            () => return,
        };
        for user in self.reverse.contributors.get(&project).into_iter().flatten() {
            let by_team =
                |member: &u32| member >> ROLE_BITS == *user && may(*user, self.roles[(member & ROLE) as usize]);
            if may(*user, self.contributor) && !members.iter().any(by_team) {
                people.push(*user);
            }
        }
    }
}
