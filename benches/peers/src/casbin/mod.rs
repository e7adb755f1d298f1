//! Casbin: roles in domains. A line of policy is a role with its permissions as a mask, so that there are 26 lines and not
//! 500; lines that do not speak of the permission are passed over before roles are looked up. The facts about the resource
//! come with the request, as Casbin holds none.

use crate::facts::{self, Gives, place};
use crate::orgs::{Permission, World};
use crate::peer::{Asked, Peer};
use ::casbin::function_map::OperatorFunction;
use ::casbin::rhai::Dynamic;
use ::casbin::{CoreApi, DefaultModel, Enforcer, MgmtApi, NullAdapter};

/// The enforcer.
pub(crate) struct Casbin<'a> {
    world: &'a World,
    enforcer: Enforcer,
}

impl<'a> Casbin<'a> {
    pub(crate) fn new(world: &'a World) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let enforcer = runtime.block_on(load(world)).expect("a sound model");
        Self { world, enforcer }
    }
}

async fn load(world: &World) -> ::casbin::Result<Enforcer> {
    let model = DefaultModel::from_str(include_str!("model.conf")).await?;
    let mut enforcer = Enforcer::new(model, NullAdapter).await?;
    enforcer.enable_auto_save(false);
    enforcer.add_function("permits", OperatorFunction::Arg4(permits));
    enforcer.add_function("level", OperatorFunction::Arg5(level));
    enforcer.add_policies(lines(world)).await?;
    enforcer.add_grouping_policies(groupings(world)).await?;
    Ok(enforcer)
}

fn lines(world: &World) -> Vec<Vec<String>> {
    let mask = |permissions: &[Permission]| permissions.iter().fold(0, |mask, it| mask | 1_u64 << it.0).to_string();
    let line = |gives: &Gives, level: &str| {
        vec![gives.role.clone(), level.to_owned(), mask(&gives.anybody), mask(&gives.creator)]
    };
    let everything: Vec<Permission> = Permission::all().collect();
    let mut lines: Vec<Vec<String>> = facts::team_roles(world).iter().map(|gives| line(gives, "team")).collect();
    let reads = facts::reads();
    let plain = |role: &str, permissions: &[Permission]| Gives {
        role: role.to_owned(),
        anybody: permissions.to_vec(),
        creator: permissions.to_vec(),
    };
    lines.push(line(&plain("organization.member", &reads), "open"));
    lines.push(line(&facts::contributor(), "project"));
    lines.push(line(&plain("organization.admin", &everything), "organization"));
    lines
}

fn groupings(world: &World) -> Vec<Vec<String>> {
    let mut groupings = Vec::with_capacity(world.assignments());
    for organization in 0..world.organizations {
        let domain = format!("organization:o{organization}");
        groupings.push(vec![String::from("organization.admin"), String::from("organization.member"), domain]);
    }
    for (at, user) in world.users.iter().enumerate() {
        let name = format!("user:u{at}");
        let role = if user.admin { "organization.admin" } else { "organization.member" };
        let domain = format!("organization:o{}", world.organization_of_user(at as u32));
        groupings.push(vec![name.clone(), role.to_owned(), domain]);
        for held in user.memberships {
            let role = world.roles[held.role as usize].name.clone();
            groupings.push(vec![name.clone(), role, format!("team:t{}", held.team)]);
        }
        for project in user.contributes.iter().flatten() {
            groupings.push(vec![name.clone(), String::from("contributor"), format!("project:p{project}")]);
        }
    }
    groupings
}

/// Whether the masks of a line hold the permission.
fn permits(anybody: Dynamic, creator: Dynamic, bit: Dynamic, owns: Dynamic) -> Dynamic {
    let mask = if owns.as_bool().unwrap_or(false) { creator } else { anybody };
    let mask: u64 = mask.into_immutable_string().ok().and_then(|mask| mask.parse().ok()).unwrap_or(0);
    (mask >> bit.as_int().unwrap_or(0) & 1 == 1).into()
}

/// The domain that a line's roles are held in.
fn level(level: Dynamic, team: Dynamic, project: Dynamic, organization: Dynamic, open: Dynamic) -> Dynamic {
    match level.into_immutable_string().as_deref() {
        Ok("team") => team,
        Ok("project") => project,
        Ok("organization") => organization,
        _ => open,
    }
}

impl Peer for Casbin<'_> {
    fn check(&mut self, asked: &Asked<'_>) -> bool {
        let place = place(self.world, asked.thing);
        let organization: Dynamic = format!("organization:o{}", place.organization).into();
        let request: Vec<Dynamic> = vec![
            asked.subject.to_owned().into(),
            i32::from(asked.bit.0).into(),
            (place.creator == Some(asked.user)).into(),
            format!("team:t{}", place.team).into(),
            place.project.map_or_else(String::new, |project| format!("project:p{project}")).into(),
            organization.clone(),
            if place.open { organization } else { String::new().into() },
        ];
        self.enforcer.enforce(request).expect("the enforcer decides")
    }
}
