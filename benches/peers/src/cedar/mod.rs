//! Cedar: with all entities loaded, and with those of one request put together for it.

use crate::facts::{self, Gives, place};
use crate::orgs::{Kind, Permission, Resource, World};
use crate::peer::{Asked, Peer};
use cedar_policy::{
    Authorizer, Context, Decision, Entities, Entity, EntityId, EntityTypeName, EntityUid, PolicySet, Request,
    RestrictedExpression as Expression,
};
use std::collections::HashSet;
use std::str::FromStr;

/// What both forms share.
struct Base {
    authorizer: Authorizer,
    policies: PolicySet,
    user: EntityTypeName,
    action: EntityTypeName,
    role: EntityTypeName,
    /// By [`Kind`]: team, project, run.
    kinds: [EntityTypeName; 3],
}

fn named(name: &str) -> EntityTypeName {
    EntityTypeName::from_str(name).expect("the name of a type")
}

fn uid(kind: &EntityTypeName, id: &str) -> EntityUid {
    EntityUid::from_type_name_and_id(kind.clone(), EntityId::new(id))
}

fn text(text: String) -> Expression {
    Expression::new_string(text)
}

impl Base {
    fn new() -> Self {
        let action = named("Action");
        let reads: Vec<String> = facts::reads().iter().map(|it| format!("Action::\"{}\"", it.name())).collect();
        let policies = include_str!("orgs.cedar").replace("ACTIONS_THAT_READ", &format!("[{}]", reads.join(", ")));
        Self {
            authorizer: Authorizer::new(),
            policies: PolicySet::from_str(&policies).expect("sound policies"),
            user: named("User"),
            action,
            role: named("Role"),
            kinds: ["Team", "Project", "Run"].map(named),
        }
    }

    fn kind(&self, kind: Kind) -> &EntityTypeName {
        match kind {
            Kind::Project => &self.kinds[1],
            Kind::Run => &self.kinds[2],
            _ => &self.kinds[0],
        }
    }

    fn roles(&self, world: &World) -> Vec<Entity> {
        let role = |gives: &Gives| {
            let permissions = |permissions: &[Permission]| {
                Expression::new_set(
                    permissions.iter().map(|it| Expression::new_entity_uid(uid(&self.action, &it.name()))),
                )
            };
            let attributes = [
                (String::from("anybody"), permissions(&gives.anybody)),
                (String::from("creator"), permissions(&gives.creator)),
            ];
            Entity::new(uid(&self.role, &gives.role), attributes.into(), HashSet::new()).expect("a sound role")
        };
        facts::team_roles(world).iter().chain([&facts::contributor()]).map(role).collect()
    }

    fn person(&self, world: &World, at: u32, name: &str) -> Entity {
        let user = &world.users[at as usize];
        let organization = format!("o{}", world.organization_of_user(at));
        let mut attributes = vec![(String::from("organization"), text(organization.clone()))];
        if user.admin {
            attributes.push((String::from("admin"), text(organization)));
        }
        if let Some(projects) = user.contributes {
            let projects = projects.map(|project| text(format!("p{project}")));
            attributes.push((String::from("projects"), Expression::new_set(projects)));
        }
        let tags = user.memberships.map(|held| {
            let role = uid(&self.role, &world.roles[held.role as usize].name);
            (format!("t{}", held.team), Expression::new_entity_uid(role))
        });
        Entity::new_with_tags(uid(&self.user, name), attributes, [], tags).expect("a sound person")
    }

    fn thing(&self, world: &World, thing: Resource, name: &str) -> Entity {
        let place = place(world, thing);
        let mut attributes = vec![
            (String::from("organization"), text(format!("o{}", place.organization))),
            (String::from("team"), text(format!("t{}", place.team))),
        ];
        if let Some(project) = place.project {
            attributes.push((String::from("project"), text(format!("p{project}"))));
        }
        if place.open {
            attributes.push((String::from("open"), Expression::new_bool(true)));
        }
        if let Some(creator) = place.creator {
            let creator = uid(&self.user, &format!("user:u{creator}"));
            attributes.push((String::from("creator"), Expression::new_entity_uid(creator)));
        }
        Entity::new_with_tags(uid(self.kind(thing.kind), name), attributes, [], []).expect("a sound thing")
    }

    fn decide(&self, asked: &Asked<'_>, entities: &Entities) -> bool {
        let principal = uid(&self.user, asked.subject);
        let resource = uid(self.kind(asked.thing.kind), asked.resource);
        let request = Request::new(principal, uid(&self.action, asked.permission), resource, Context::empty(), None)
            .expect("a sound request");
        let response = self.authorizer.is_authorized(&request, &self.policies, entities);
        assert!(response.diagnostics().errors().next().is_none(), "a policy fails");
        response.decision() == Decision::Allow
    }
}

/// All entities are there.
pub(crate) struct Preloaded {
    base: Base,
    entities: Entities,
}

impl Preloaded {
    pub(crate) fn new(world: &World) -> Self {
        let base = Base::new();
        let people = (0..world.users.len() as u32).map(|at| base.person(world, at, &format!("user:u{at}")));
        let things = facts::things(world).map(|thing| base.thing(world, thing, &thing.to_string()));
        let all = base.roles(world).into_iter().chain(people).chain(things);
        let entities = Entities::from_entities(all, None).expect("no entity twice");
        Self { base, entities }
    }
}

impl Peer for Preloaded {
    fn check(&mut self, asked: &Asked<'_>) -> bool {
        self.base.decide(asked, &self.entities)
    }
}

/// Each request brings the entities that it is about; the roles are there.
pub(crate) struct Sliced<'a> {
    base: Base,
    world: &'a World,
    roles: Entities,
}

impl<'a> Sliced<'a> {
    pub(crate) fn new(world: &'a World) -> Self {
        let base = Base::new();
        let roles = Entities::from_entities(base.roles(world), None).expect("no role twice");
        Self { base, world, roles }
    }
}

impl Peer for Sliced<'_> {
    const SEARCHES: bool = false;

    fn check(&mut self, asked: &Asked<'_>) -> bool {
        let person = self.base.person(self.world, asked.user, asked.subject);
        let thing = self.base.thing(self.world, asked.thing, asked.resource);
        let entities = self.roles.clone().add_entities([person, thing], None).expect("two more entities");
        self.base.decide(asked, &entities)
    }
}
