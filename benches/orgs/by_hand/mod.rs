//! What somebody would write by hand who knows this one policy and wants it fast: the limit that the engine is held to.
//!
//! A check reads one record of eight bytes for the resource and one of sixteen for the person, two cache lines of data
//! however large the directory is, and needs no branch but the answer. Team roles are rows of a table that stays in the
//! first-level cache. Nothing here is read from a policy: roles are bit masks, and the rest of the policy is in the code.
//! The rules of the large policies are left out.
//!
//! It is given what the engine is given, numbers or three strings, and answers the same requests and questions. It does less
//! for them, by what it is made for alone: one role on a thing, three memberships in the record, at most 64 permissions, a
//! run's project and team copied into the run, kinds of things counted through one after the other, changes in place, and
//! yes or no for an answer. `docs/performance.md` has the list.

mod build;
mod change;
mod many;
mod names;
mod reverse;

pub(crate) use many::Ids;
pub(crate) use names::Names;

use super::permissions::{Kind, Permission};
use super::world::Resource;
use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;

/// A map from dense numbers.
type IdMap<V> = HashMap<u32, V, FxBuildHasher>;

/// What a role allows, a bit for each permission.
#[derive(Clone, Copy, Default, Debug)]
struct Masks {
    /// Whoever created the thing.
    anybody: u64,
    /// What it allows to the creator, all of that included.
    creator: u64,
}

/// What a check reads of a resource.
#[derive(Clone, Copy, Debug)]
struct Thing {
    /// The team that it lies in or is, above [`PLACE_BITS`] for its type and whether its project is open.
    place: u32,
    /// Who created it; [`NOBODY`] for teams and projects.
    creator: u32,
}

/// Bits of [`Thing::place`] below the team: one for open, one each for project and run.
const PLACE_BITS: u32 = 3;
const OPEN: u32 = 1;
const PROJECT: u32 = 2;
const RUN: u32 = 4;
/// No person.
const NOBODY: u32 = u32::MAX;

impl Thing {
    const fn team(self) -> u32 {
        self.place >> PLACE_BITS
    }

    const fn is(self, bit: u32) -> bool {
        self.place & bit != 0
    }
}

/// What a check reads of a person: a quarter of a cache line.
#[derive(Clone, Copy, Debug)]
#[repr(align(16))]
struct Person {
    /// Team above, role below [`ROLE_BITS`]; [`NOWHERE`] where there is none.
    memberships: [u32; INLINE],
    /// The organization above [`PERSON_BITS`].
    flags: u32,
}

/// How many memberships stand in the record itself. Those beyond are in [`ByHand::further`].
const INLINE: usize = 3;
const ROLE_BITS: u32 = 8;
/// A membership in no team.
const NOWHERE: u32 = u32::MAX;
/// Bits of [`Person::flags`].
const PERSON_BITS: u32 = 3;
const ADMIN: u32 = 1;
const CONTRIBUTES: u32 = 2;
const FURTHER: u32 = 4;

impl Person {
    const fn organization(self) -> u32 {
        self.flags >> PERSON_BITS
    }

    const fn is(self, bit: u32) -> bool {
        self.flags & bit != 0
    }
}

/// The directory, for this one policy. Resources are counted through: teams, projects, runs.
#[derive(Clone, Debug)]
pub(crate) struct ByHand {
    things: Vec<Thing>,
    people: Vec<Person>,
    roles: Vec<Masks>,
    contributor: Masks,
    /// All permissions that change nothing.
    reads: u64,
    /// By team.
    organizations: Vec<u32>,
    /// Memberships beyond those of the record.
    further: IdMap<Vec<u32>>,
    /// By person: the projects of those who contribute.
    contributes: IdMap<Vec<u32>>,
    reverse: reverse::Reverse,
    first_project: u32,
    first_run: u32,
}

impl ByHand {
    /// The number of a resource.
    pub(crate) const fn id(&self, resource: Resource) -> u32 {
        match resource.kind {
            Kind::Project => self.first_project + resource.at,
            Kind::Run => self.first_run + resource.at,
            _ => resource.at,
        }
    }

    /// Whether the person may do this to the thing, which has to be of the permission's type.
    #[inline]
    pub(crate) fn check(&self, user: u32, permission: Permission, id: u32) -> bool {
        self.decide(user, self.people[user as usize], permission, id, self.things[id as usize])
    }

    #[inline]
    fn decide(&self, user: u32, person: Person, permission: Permission, id: u32, thing: Thing) -> bool {
        let bit = 1_u64 << permission.0;
        // All ones, or zero: which case it is cannot be predicted, and a mask costs less than a wrong guess.
        let creator = u64::from(thing.creator == user).wrapping_neg();
        let team = thing.team();
        let mut allowed = 0;
        for held in person.memberships {
            let here = u64::from(held >> ROLE_BITS == team).wrapping_neg();
            // No membership means the last row, which is empty.
            let masks = self.roles[(held & ROLE) as usize];
            allowed |= (masks.anybody | masks.creator & creator) & here;
        }
        allowed & bit != 0 || self.decide_rare(user, person, bit, id, thing)
    }

    /// What holds for few people, or for few projects.
    #[inline]
    fn decide_rare(&self, user: u32, person: Person, bit: u64, id: u32, thing: Thing) -> bool {
        let opened = thing.is(OPEN) && self.reads & bit != 0;
        if !opened && !person.is(ADMIN | CONTRIBUTES | FURTHER) {
            return false;
        }
        let team = thing.team();
        if (opened || person.is(ADMIN)) && self.organizations[team as usize] == person.organization() {
            return true;
        }
        let own = if thing.creator == user { u64::MAX } else { 0 };
        let gives = |masks: Masks| (masks.anybody | masks.creator & own) & bit != 0;
        person.is(FURTHER) && self.further(user).iter().any(|held| held >> ROLE_BITS == team && gives(self.role(*held)))
            || person.is(CONTRIBUTES) && gives(self.contributor) && self.contributes_to(user, id, thing)
    }

    fn contributes_to(&self, user: u32, id: u32, thing: Thing) -> bool {
        let project = match () {
            () if thing.is(RUN) => self.reverse.project_of_run(id - self.first_run),
            () if thing.is(PROJECT) => id - self.first_project,
            () => return false,
        };
        self.contributes.get(&user).is_some_and(|projects| projects.contains(&project))
    }

    fn further(&self, user: u32) -> &[u32] {
        self.further.get(&user).map_or(&[], Vec::as_slice)
    }

    fn role(&self, held: u32) -> Masks {
        self.roles[(held & ROLE) as usize]
    }

    /// The memberships of a person.
    fn held(&self, user: u32, person: Person) -> impl Iterator<Item = u32> {
        let inline = person.memberships.into_iter().filter(|held| *held != NOWHERE);
        let further = if person.is(FURTHER) { self.further(user) } else { &[] };
        inline.chain(further.iter().copied())
    }
}

/// The bits of a membership that are the role.
const ROLE: u32 = (1 << ROLE_BITS) - 1;
