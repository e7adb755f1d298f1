//! What the policies of all peers are put together from: the permissions of each role, spelled out.

use crate::orgs::{Kind, Permission, Resource, World};

/// The permissions of a role.
pub(crate) struct Gives {
    /// Its name: `viewer`, `custom7`.
    pub(crate) role: String,
    /// What it allows on everything.
    pub(crate) anybody: Vec<Permission>,
    /// What it allows on what the subject created itself, all of that included.
    pub(crate) creator: Vec<Permission>,
}

/// The team roles, by their place in the world.
pub(crate) fn team_roles(world: &World) -> Vec<Gives> {
    let gives = |at: usize, creator: bool| {
        let permissions = Permission::all().filter(|it| world.role_gives(at as u32, *it, creator));
        permissions.collect()
    };
    let role = |(at, role): (usize, &crate::orgs::Role)| Gives {
        role: role.name.clone(),
        anybody: gives(at, false),
        creator: gives(at, true),
    };
    world.roles.iter().enumerate().map(role).collect()
}

/// The role of those who are assigned to a project.
pub(crate) fn contributor() -> Gives {
    let gives = |creator: bool| {
        let own = |it: &Permission| creator && it.name() == "run.delete";
        Permission::all().filter(|it| it.reads() || it.writes() || own(it)).collect()
    };
    Gives { role: String::from("contributor"), anybody: gives(false), creator: gives(true) }
}

/// What changes nothing.
pub(crate) fn reads() -> Vec<Permission> {
    Permission::all().filter(|it| it.reads()).collect()
}

/// Where a thing lies.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    pub(crate) organization: u32,
    pub(crate) team: u32,
    pub(crate) project: Option<u32>,
    pub(crate) open: bool,
    pub(crate) creator: Option<u32>,
}

/// The facts about a thing, as the caller of an engine without a directory looks them up.
pub(crate) fn place(world: &World, thing: Resource) -> Place {
    let project = match thing.kind {
        Kind::Project => Some(thing.at),
        Kind::Run => Some(world.project_of_run(thing.at)),
        _ => None,
    };
    let team = project.map_or(thing.at, |project| world.team_of_project(project));
    Place {
        organization: world.organization_of_team(team),
        team,
        project,
        open: project.is_some_and(|project| world.projects[project as usize].open),
        creator: (thing.kind == Kind::Run).then(|| world.creators[thing.at as usize]),
    }
}

/// Everything that is asked about.
pub(crate) fn things(world: &World) -> impl Iterator<Item = Resource> {
    let counts = [
        (Kind::Team, world.teams() as usize),
        (Kind::Project, world.projects.len()),
        (Kind::Run, world.creators.len()),
    ];
    counts.into_iter().flat_map(|(kind, count)| (0..count as u32).map(move |at| Resource { kind, at }))
}
