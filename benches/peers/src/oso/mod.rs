//! Oso: rules in Polar over the objects of the application, which know who is what where.

use crate::facts::{self, place};
use crate::orgs::World;
use crate::peer::{Asked, Peer};
use ::oso::{Oso as Engine, PolarClass};
use std::fmt::Write as _;
use std::sync::Arc;

/// The engine.
pub(crate) struct Oso {
    world: Arc<World>,
    engine: Engine,
}

/// A person, as the application's object.
#[derive(Clone, PolarClass)]
struct Subject {
    world: Arc<World>,
    #[polar(attribute)]
    id: u32,
    #[polar(attribute)]
    organization: u32,
    #[polar(attribute)]
    admin: bool,
}

impl Subject {
    fn role_in(&self, team: u32) -> String {
        let held = self.world.users[self.id as usize].memberships.iter().find(|held| held.team == team);
        held.map_or_else(String::new, |held| self.world.roles[held.role as usize].name.clone())
    }

    fn contributes(&self, project: i64) -> bool {
        let projects = self.world.users[self.id as usize].contributes;
        projects.is_some_and(|projects| projects.iter().any(|it| i64::from(*it) == project))
    }
}

/// A team, a project or a run.
#[derive(Clone, PolarClass)]
struct Thing {
    #[polar(attribute)]
    team: u32,
    #[polar(attribute)]
    organization: u32,
    /// -1 for a team, which lies in none.
    #[polar(attribute)]
    project: i64,
    #[polar(attribute)]
    open: bool,
    creator: Option<u32>,
}

impl Thing {
    fn created_by(&self, user: u32) -> bool {
        self.creator == Some(user)
    }
}

impl Oso {
    pub(crate) fn new(world: &World) -> Self {
        let mut engine = Engine::new();
        let subject = Subject::get_polar_class_builder()
            .add_method("role_in", Subject::role_in)
            .add_method("contributes", Subject::contributes)
            .build();
        let thing = Thing::get_polar_class_builder().add_method("created_by", Thing::created_by).build();
        engine.register_class(subject).expect("a new class");
        engine.register_class(thing).expect("a new class");
        let mut policy = String::from(include_str!("orgs.polar"));
        for gives in facts::team_roles(world).iter().chain([&facts::contributor()]) {
            for permission in &gives.anybody {
                let _ = writeln!(policy, "gives(\"{}\", \"{}\");", gives.role, permission.name());
            }
            for permission in &gives.creator {
                let _ = writeln!(policy, "gives_creator(\"{}\", \"{}\");", gives.role, permission.name());
            }
        }
        for permission in facts::reads() {
            let _ = writeln!(policy, "reads(\"{}\");", permission.name());
        }
        engine.load_str(&policy).expect("a sound policy");
        Self { world: Arc::new(world.clone()), engine }
    }
}

impl Peer for Oso {
    fn check(&mut self, asked: &Asked<'_>) -> bool {
        let place = place(&self.world, asked.thing);
        let subject = Subject {
            id: asked.user,
            organization: self.world.organization_of_user(asked.user),
            admin: self.world.users[asked.user as usize].admin,
            world: Arc::clone(&self.world),
        };
        let thing = Thing {
            team: place.team,
            organization: place.organization,
            project: place.project.map_or(-1, i64::from),
            open: place.open,
            creator: place.creator,
        };
        self.engine.is_allowed(subject, asked.permission.to_owned(), thing).expect("the rules decide")
    }
}
