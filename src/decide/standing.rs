//! What somebody is beyond doubt: the roles that count for sure on an entity and above it. Asked when roles are to be
//! assigned, where a role that may count is not enough.

use super::condition::Variables;
use super::decision::RequestError;
use super::held::Descent;
use super::query::Query;
use super::reached::Reached;
use super::snapshot::Snapshot;
use super::truth::Truth;
use super::world::{Request, World};
use crate::directory::EntityId;
use crate::schema::{RoleId, TypeId};

/// The roles of somebody on one entity and above it, implied ones included.
#[derive(Clone, Debug)]
pub(crate) struct Standing {
    /// The type of whoever holds them: of whom a key acts as. No text of the directory need mention that somebody.
    pub(crate) subject_type: Option<TypeId>,
    /// Each role and where it counts.
    pub(crate) roles: Vec<(EntityId, RoleId)>,
}

impl Standing {
    /// The same in the ids of another snapshot, of the same types; without what that one does not know.
    pub(crate) fn seen_from(&self, own: &Snapshot, other: &Snapshot) -> Self {
        let entity = |id| other.directory().find(own.directory().type_of(id), own.directory().id_of(id));
        let role = |id| other.policy().schema().counterpart(own.policy().schema(), id);
        let roles = self.roles.iter().filter_map(|&(on, held)| entity(on).zip(role(held)));
        Self { subject_type: self.subject_type, roles: roles.collect() }
    }
}

impl Snapshot {
    /// The roles that the subject of a query holds for sure on its resource and above; nothing for a key that acts as nobody.
    pub(crate) fn standing(&self, query: &Query) -> Result<Option<Standing>, RequestError> {
        let request = Request::resolve_names(self, query)?;
        let world = World::new(self, &request);
        let Some(subject) = world.subject() else { return Ok(None) };
        let on = request.resource;
        let mut roles = Vec::new();
        for entity in world.facts.upwards(on) {
            world.each_held_role(subject, entity, |role, held| {
                let when = self.policy().role(role).when;
                if held.and(world.holds(when, Variables::of_role(subject, entity))) == Truth::True {
                    roles.push((entity, role));
                }
                true
            });
        }
        let mut reached = Reached::default();
        for (entity, role) in roles.clone() {
            world.descend(
                subject,
                (entity, role, Truth::True),
                on,
                |_| true,
                &mut reached,
                |step| {
                    if let Descent::Held(entity, role, Truth::True) = step {
                        roles.push((entity, role));
                    }
                    true
                },
            );
        }
        Ok(Some(Standing { subject_type: world.facts.type_of(subject), roles }))
    }
}
