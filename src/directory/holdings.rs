//! Who holds which roles where: assignments with usersets, requirements and time bounds worked out.
//!
//! Layout. `slots` answers (subject, entity) with one probe. A slot names the interned set of roles held there always and
//! without condition, and a range of `qualified`: roles held there within a time or under conditions, one entry for each
//! way. Implied roles are not in here: they follow from a slot further up when a question is asked. A role's own `when` is
//! not in here either: it stands in the cells.

use super::{Assignment, EntityId};
use crate::compile::{NodeId, RoleSetId};
use crate::index::IndexVec;
use crate::schema::RoleId;
use rustc_hash::FxHashMap;

/// A time without beginning, and one without end.
pub(super) const ALWAYS: (i64, i64) = (i64::MIN, i64::MAX);

/// What a subject holds on an entity.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Slot {
    /// The roles held always, if any.
    pub set: Option<RoleSetId>,
    start: u32,
    end: u32,
}

/// A role held within a time or under conditions.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Qualified {
    /// The role.
    pub role: RoleId,
    /// The set that holds this role alone.
    pub set: RoleSetId,
    /// From when, in milliseconds since 1970 UTC.
    pub since: i64,
    /// Until when, itself not included.
    pub until: i64,
    start: u32,
    end: u32,
}

/// A condition on the way to a role: the `when` of a role that a userset or a requirement goes through.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Guard {
    /// The program; its `subject` is whoever the question is about.
    pub program: NodeId,
    /// Its `scope`.
    pub scope: EntityId,
    /// Its `resource`, the entity implied on; the scope itself where nothing is implied.
    pub resource: EntityId,
    /// Whether it leads to an implication: there, what cannot be computed counts as false.
    pub strict: bool,
}

/// All slots.
#[derive(Clone, Debug, Default)]
pub struct Holdings {
    sets: IndexVec<RoleSetId, Box<[RoleId]>>,
    set_ids: FxHashMap<Box<[RoleId]>, RoleSetId>,
    slots: FxHashMap<(EntityId, EntityId), Slot>,
    qualified: Vec<Qualified>,
    guards: Vec<Guard>,
    pub(super) unmet: Vec<Assignment>,
}

/// One way in which a role is held: a time and the conditions that must hold.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Hold {
    /// From when.
    pub(super) since: i64,
    /// Until when.
    pub(super) until: i64,
    /// Under which conditions, sorted, each once.
    pub(super) guards: Vec<Guard>,
}

impl Holdings {
    /// What `subject` holds on `entity`, implied roles apart.
    #[inline]
    #[must_use]
    pub fn slot(&self, subject: EntityId, entity: EntityId) -> Option<Slot> {
        self.slots.get(&(subject, entity)).copied()
    }

    /// The sets of roles that stand in slots.
    #[must_use]
    pub fn sets(&self) -> &[Box<[RoleId]>] {
        self.sets.as_slice()
    }

    /// The roles of a set, sorted.
    #[must_use]
    pub fn roles(&self, set: RoleSetId) -> &[RoleId] {
        self.sets.get(set).map_or(&[], |roles| roles)
    }

    /// The roles of a slot that are held within a time or under conditions.
    #[must_use]
    pub fn qualified(&self, slot: Slot) -> &[Qualified] {
        self.qualified.get(slot.start as usize..slot.end as usize).unwrap_or(&[])
    }

    /// The conditions of a qualified role, all of which must hold.
    #[must_use]
    pub fn guards(&self, qualified: &Qualified) -> &[Guard] {
        self.guards.get(qualified.start as usize..qualified.end as usize).unwrap_or(&[])
    }

    /// All slots: who, where, and what is held there.
    pub fn slots(&self) -> impl Iterator<Item = (EntityId, EntityId, Slot)> {
        self.slots.iter().map(|(&(subject, entity), &slot)| (subject, entity, slot))
    }

    /// Whether a slot holds the same roles within the same times as one of other holdings, by the same policy. Roles under
    /// conditions are never the same: those speak of entities, which every directory numbers by itself.
    #[must_use]
    pub fn is_equal(&self, slot: Slot, other: &Self, there: Slot) -> bool {
        let always = |holdings: &Self, slot: Slot| slot.set.map(|set| holdings.roles(set).to_vec());
        let (mine, theirs) = (self.qualified(slot), other.qualified(there));
        let key = |one: &Qualified| (one.role, one.since, one.until);
        always(self, slot) == always(other, there)
            && mine.iter().chain(theirs).all(|one| one.start == one.end)
            && mine.len() == theirs.len()
            && mine.iter().map(key).eq(theirs.iter().map(key))
    }

    /// Assignments that never count, as their subject holds what they require in no way. A directory with any is not
    /// decided on.
    #[must_use]
    pub fn unmet(&self) -> &[Assignment] {
        &self.unmet
    }

    /// How many slots there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// Whether nobody holds anything.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// Records all that `subject` holds on `entity`. Ways that are never open are left out.
    pub(super) fn record(&mut self, subject: EntityId, entity: EntityId, roles: &mut [(RoleId, Vec<Hold>)]) {
        roles.sort_by_key(|(role, _)| *role);
        let always: Vec<RoleId> =
            roles.iter().filter(|(_, ways)| ways.iter().any(Hold::is_always)).map(|(role, _)| *role).collect();
        let start = narrow(self.qualified.len());
        for (role, ways) in roles.iter().filter(|(_, ways)| !ways.iter().any(Hold::is_always)) {
            let set = self.intern(&[*role]);
            for way in ways.iter().filter(|way| way.since < way.until) {
                let guards = narrow(self.guards.len());
                self.guards.extend_from_slice(&way.guards);
                self.qualified.push(Qualified {
                    role: *role,
                    set,
                    since: way.since,
                    until: way.until,
                    start: guards,
                    end: narrow(self.guards.len()),
                });
            }
        }
        let end = narrow(self.qualified.len());
        let set = if always.is_empty() { None } else { Some(self.intern(&always)) };
        if set.is_some() || start != end {
            self.slots.insert((subject, entity), Slot { set, start, end });
        }
    }

    /// The id of a sorted set of roles.
    fn intern(&mut self, roles: &[RoleId]) -> RoleSetId {
        if let Some(&id) = self.set_ids.get(roles) {
            return id;
        }
        let id = self.sets.push(roles.into());
        self.set_ids.insert(roles.into(), id);
        id
    }
}

impl Hold {
    /// Open between two moments, without condition.
    pub(super) fn within(since: Option<i64>, until: Option<i64>) -> Self {
        Self { since: since.unwrap_or(ALWAYS.0), until: until.unwrap_or(ALWAYS.1), guards: Vec::new() }
    }

    /// Whether it is open at all times and without condition.
    pub(super) fn is_always(&self) -> bool {
        (self.since, self.until) == ALWAYS && self.guards.is_empty()
    }

    /// Both ways at once.
    pub(super) fn and(&self, other: &Self) -> Self {
        let mut guards = self.guards.clone();
        guards.extend_from_slice(&other.guards);
        guards.sort_unstable();
        guards.dedup();
        Self { since: self.since.max(other.since), until: self.until.min(other.until), guards }
    }

    /// The same way under one more condition.
    pub(super) fn guarded(&self, guard: Option<Guard>) -> Self {
        let mut way = self.clone();
        if let Some(guard) = guard
            && let Err(at) = way.guards.binary_search(&guard)
        {
            way.guards.insert(at, guard);
        }
        way
    }

    /// The same way as the beginning of an implication.
    pub(super) fn implying(&self) -> Self {
        let mut way = self.clone();
        for guard in &mut way.guards {
            guard.strict = true;
        }
        way.guards.sort_unstable();
        way.guards.dedup();
        way
    }

    /// Whether this way is open whenever `other` is.
    pub(super) fn covers(&self, other: &Self) -> bool {
        let longer = other.since >= other.until || (self.since <= other.since && self.until >= other.until);
        longer && self.guards.iter().all(|guard| other.guards.binary_search(guard).is_ok())
    }
}

/// Adds a way unless another covers it, dropping those that it covers. Returns whether it was new.
pub(super) fn add_way(ways: &mut Vec<Hold>, way: Hold) -> bool {
    if ways.iter().any(|known| known.covers(&way)) {
        return false;
    }
    ways.retain(|known| !way.covers(known));
    ways.push(way);
    true
}

fn narrow(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
