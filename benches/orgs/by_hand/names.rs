//! From strings: a hash table from name to number for people and one for things, and the check by numbers behind it.

use super::super::directory;
use super::super::{Kind, Resource, World};
use super::{ByHand, PROJECT, Permission, RUN};
use foldhash::fast::FixedState;
use hashbrown::HashMap;

/// The names of everything.
#[derive(Clone, Debug)]
pub(crate) struct Names {
    people: HashMap<Box<str>, u32, FixedState>,
    things: HashMap<Box<str>, u32, FixedState>,
    /// By the verb: its permission on teams, projects and runs, as far as there is one.
    actions: HashMap<&'static str, [Option<Permission>; 3], FixedState>,
}

impl Names {
    /// The names of a world, with the numbers of its records.
    pub(crate) fn new(world: &World, records: &ByHand) -> Self {
        let people = (0..world.users.len() as u32).map(|at| (directory::user(at).into_boxed_str(), at)).collect();
        let counts = [
            (Kind::Team, world.teams() as usize),
            (Kind::Project, world.projects.len()),
            (Kind::Run, world.creators.len()),
        ];
        let mut things = HashMap::default();
        let mut actions: HashMap<_, [Option<Permission>; 3], _> = HashMap::default();
        for (row, (kind, count)) in counts.into_iter().enumerate() {
            things.reserve(count);
            for at in 0..count as u32 {
                let resource = Resource { kind, at };
                things.insert(resource.to_string().into_boxed_str(), records.id(resource));
            }
            for permission in kind.permissions() {
                actions.entry(permission.action()).or_default()[row] = Some(permission);
            }
        }
        Self { people, things, actions }
    }

    /// Whether the person may do this to the thing; nothing where a name is unknown.
    #[inline]
    pub(crate) fn check(&self, records: &ByHand, subject: &str, action: &str, resource: &str) -> Option<bool> {
        let user = *self.people.get(subject)?;
        let id = *self.things.get(resource)?;
        let (person, thing) = (records.people[user as usize], records.things[id as usize]);
        let row = match () {
            () if thing.is(RUN) => 2,
            () if thing.is(PROJECT) => 1,
            () => 0,
        };
        let permission = self.actions.get(action)?[row]?;
        Some(records.decide(user, person, permission, id, thing))
    }

    /// The number of a person.
    pub(crate) fn person(&self, name: &str) -> Option<u32> {
        self.people.get(name).copied()
    }
}
