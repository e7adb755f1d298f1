//! From the facts to the records.

use super::super::roles::{gives, gives_creator};
use super::super::{Permission, Role, World};
use super::reverse::Reverse;
use super::{
    ADMIN, ByHand, CONTRIBUTES, FURTHER, INLINE, IdMap, Masks, NOBODY, NOWHERE, OPEN, PERSON_BITS, PLACE_BITS, PROJECT,
    Person, ROLE, ROLE_BITS, RUN, Thing,
};

impl ByHand {
    /// The records of a world. Its policy must have no rules and few roles, as that of [`World::orgs`].
    pub(crate) fn new(world: &World) -> Self {
        assert!(world.rules.is_empty(), "rules are not written by hand");
        let mut things = Vec::with_capacity(world.entities());
        for team in 0..world.teams() {
            things.push(Thing { place: team << PLACE_BITS, creator: NOBODY });
        }
        let place = |project: u32| {
            let open = if world.projects[project as usize].open { OPEN } else { 0 };
            world.team_of_project(project) << PLACE_BITS | open
        };
        for project in 0..world.projects.len() as u32 {
            things.push(Thing { place: place(project) | PROJECT, creator: NOBODY });
        }
        for (run, creator) in world.creators.iter().enumerate() {
            things.push(Thing { place: place(world.project_of_run(run as u32)) | RUN, creator: *creator });
        }
        Self {
            things,
            people: people(world),
            roles: rows(world),
            contributor: masks(|permission, creator| {
                permission.reads() || permission.writes() || creator && permission.name() == "run.delete"
            }),
            reads: masks(|permission, _| permission.reads()).anybody,
            organizations: (0..world.teams()).map(|team| world.organization_of_team(team)).collect(),
            further: IdMap::default(),
            contributes: contributes(world),
            reverse: Reverse::new(world),
            first_project: world.teams(),
            first_run: world.teams() + world.projects.len() as u32,
        }
    }

    /// How many bytes checks and reverse questions read from, by the capacity of every table.
    pub(crate) fn bytes(&self) -> usize {
        size_of_val(self.things.as_slice())
            + size_of_val(self.people.as_slice())
            + size_of_val(self.organizations.as_slice())
            + self.contributes.allocation_size()
            + self.reverse.bytes()
    }
}

fn people(world: &World) -> Vec<Person> {
    let person = |(at, user): (usize, &super::super::User)| {
        let mut memberships = [NOWHERE; INLINE];
        for (slot, held) in memberships.iter_mut().zip(user.memberships) {
            *slot = membership(held.team, held.role);
        }
        let admin = if user.admin { ADMIN } else { 0 };
        let contributes = if user.contributes.is_some() { CONTRIBUTES } else { 0 };
        Person { memberships, flags: world.organization_of_user(at as u32) << PERSON_BITS | admin | contributes }
    };
    world.users.iter().enumerate().map(person).collect()
}

/// A membership as one number.
pub(super) fn membership(team: u32, role: u32) -> u32 {
    assert!(role < ROLE && team < NOWHERE >> ROLE_BITS, "a number too large for a membership");
    team << ROLE_BITS | role
}

fn rows(world: &World) -> Vec<Masks> {
    let row = |(at, role): (usize, &Role)| {
        let plain = role.base.unwrap_or(at as u32);
        masks(|permission, creator| {
            let by_plain = if creator { gives_creator(plain, permission) } else { gives(plain, permission) };
            by_plain || role.added.contains(&permission)
        })
    };
    let mut rows: Vec<Masks> = world.roles.iter().enumerate().map(row).collect();
    // A row for every number that the bits of a role can be: no index is out of range.
    rows.resize(1 << ROLE_BITS, Masks::default());
    rows
}

fn masks(gives: impl Fn(Permission, bool) -> bool) -> Masks {
    let mask = |creator| Permission::all().filter(|it| gives(*it, creator)).fold(0, |mask, it| mask | 1_u64 << it.0);
    Masks { anybody: mask(false), creator: mask(true) }
}

fn contributes(world: &World) -> IdMap<Vec<u32>> {
    let of = |(at, user): (usize, &super::super::User)| Some((at as u32, user.contributes?.to_vec()));
    world.users.iter().enumerate().filter_map(of).collect()
}

impl ByHand {
    /// Marks who has more memberships than stand in the record.
    pub(super) fn mark_further(&mut self, user: u32) {
        let further = self.further.get(&user).is_some_and(|further| !further.is_empty());
        let person = &mut self.people[user as usize];
        person.flags = if further { person.flags | FURTHER } else { person.flags & !FURTHER };
    }
}
