//! Who is asked about, and what each holds on either side.
//!
//! What somebody holds on one entity, before and after, is a [`HoldingId`]: equal ones decide alike, as far as roles on
//! that entity go. What tells people apart otherwise is their [`StatusId`].

use super::askers;
use super::names::{Names, Pair, Side, Thing};
use super::prints::{Print, Prints};
use super::values;
use crate::decide::{Request, World};
use crate::directory::EntityId;
use crate::index::{Idx, IndexVec, dense_id};
use crate::schema::{PermissionId, RoleId};
use rustc_hash::FxHashMap;

dense_id! {
    /// What somebody holds on an entity, on either side.
    pub(super) struct HoldingId
}
dense_id! {
    /// What tells whoever asks from others, apart from roles.
    pub(super) struct StatusId
}

/// A role held within a time.
type Timed = (RoleId, i64, i64);

/// What somebody holds on an entity.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Holding {
    roles: Pair<Vec<Timed>>,
    /// Whoever it is, where it hangs on conditions of its own, or is held by another on the other side.
    alone: Option<Thing>,
}

/// What tells whoever asks from others.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Status {
    ty: Box<str>,
    /// Whether there is somebody whom they are checked as.
    somebody: Pair<bool>,
    declared: Pair<bool>,
    /// Whoever it is, where conditions may ask for anything of them.
    alone: Option<Thing>,
    /// Attributes and what contains them, where conditions may ask for these.
    more: Option<Vec<values::Plain>>,
}

/// Everybody who is asked about.
pub(super) struct Holders {
    pub(super) actors: Vec<Thing>,
    /// By thing, the row of whom it is checked as.
    rows: IndexVec<Thing, Box<[(Thing, HoldingId)]>>,
    /// By thing, whoever holds anything on it, in order.
    on: IndexVec<Thing, Vec<(Thing, HoldingId)>>,
    holdings: IndexVec<HoldingId, Holding>,
    /// Those who act as a thing, itself not included.
    acting: FxHashMap<Thing, Vec<Thing>>,
    /// By thing, whom it is checked as on each side.
    subjects: FxHashMap<Thing, Pair<Option<EntityId>>>,
    /// Whether somebody is checked as one on one side, and as nobody or as another on the other.
    pub(super) acts_otherwise: bool,
}

impl Holders {
    pub(super) fn of(names: &Names<'_>, at: i64) -> Self {
        let mut holders = Self {
            actors: Vec::new(),
            rows: names.things.ids().map(|_| Box::default()).collect(),
            on: names.things.ids().map(|_| Vec::new()).collect(),
            holdings: IndexVec::new(),
            acting: FxHashMap::default(),
            subjects: FxHashMap::default(),
            acts_otherwise: false,
        };
        let types = askers::types(names);
        let mut known: FxHashMap<Holding, HoldingId> = FxHashMap::default();
        let mut sets: FxHashMap<(u32, u32), HoldingId> = FxHashMap::default();
        for thing in names.things.ids() {
            let ty = names.type_name(thing);
            if !types.contains(ty) {
                continue;
            }
            holders.actors.push(thing);
            let subjects = Pair::each(|side| holders.subject(names, side, thing, at));
            let row = holders.row(names, thing, &subjects, &mut known, &mut sets);
            for &(on, holding) in &*row {
                holders.on[on].push((thing, holding));
            }
            holders.rows[thing] = row;
        }
        holders
    }

    /// Whom a thing is checked as; where that is another than itself, it is noted.
    fn subject(&mut self, names: &Names<'_>, side: Side, thing: Thing, at: i64) -> Option<EntityId> {
        let snapshot = names.sides.of(side);
        let entity = names.entity(side, thing)?;
        let ty = snapshot.directory().type_of(entity);
        if snapshot.policy().schema().types.get(ty).is_none_or(|info| info.acts_as.is_none()) {
            return Some(entity);
        }
        let request =
            Request { actor: entity, acts: true, permission: PermissionId(u32::MAX), resource: entity, at, said: None };
        let subject = World::new(snapshot, &request).subject();
        self.subjects.entry(thing).or_default().of_mut(side).clone_from(&subject);
        if let Some(owner) = subject.and_then(|subject| names.thing(side, subject)) {
            let acting = self.acting.entry(owner).or_default();
            if !acting.contains(&thing) {
                acting.push(thing);
            }
        }
        if side == Side::New {
            let is = |side: Side| {
                let subject = *self.subjects.get(&thing)?.of(side);
                subject.and_then(|subject| names.thing(side, subject))
            };
            self.acts_otherwise |= is(Side::Old) != is(Side::New);
        }
        subject
    }

    fn row(
        &mut self,
        names: &Names<'_>,
        thing: Thing,
        subjects: &Pair<Option<EntityId>>,
        known: &mut FxHashMap<Holding, HoldingId>,
        sets: &mut FxHashMap<(u32, u32), HoldingId>,
    ) -> Box<[(Thing, HoldingId)]> {
        let rows = Pair::each(|side| {
            let subject = (*subjects.of(side))?;
            Some(names.sides.of(side).holdings().row(subject))
        });
        let entries = |side: Side| {
            let held = rows.of(side).iter().flat_map(|row| row.held());
            held.filter_map(move |held| Some((names.thing(side, held.on)?, side, held)))
        };
        let mut all: Vec<_> = entries(Side::Old).chain(entries(Side::New)).collect();
        all.sort_by_key(|&(on, side, _)| (on, side));
        // Even where two hold the same, conditions may tell them apart.
        let checked_as = Pair::each(|side| subjects.of(side).and_then(|subject| names.thing(side, subject)));
        let is_another = checked_as.old.zip(checked_as.new).is_some_and(|(old, new)| old != new);
        let mut row = Vec::with_capacity(all.len());
        for of_one in all.chunk_by(|one, other| one.0 == other.0) {
            let Some(&(on, ..)) = of_one.first() else { continue };
            let find = |side: Side| {
                let held = of_one.iter().find(|(_, of, _)| *of == side).map(|(.., held)| *held)?;
                Some(((*rows.of(side))?, held))
            };
            let found = Pair::each(find);
            let plain = |side: Side| match *found.of(side) {
                None => Some(u32::MAX),
                Some((row, held)) => row.only_set(held).map(|set| set.0),
            };
            let key = plain(Side::Old).zip(plain(Side::New)).filter(|_| !is_another);
            if let Some(&id) = key.and_then(|key| sets.get(&key)) {
                row.push((on, id));
                continue;
            }
            let mut alone = is_another;
            let roles = Pair::each(|side| {
                let Some((row, held)) = *found.of(side) else { return Vec::new() };
                let holdings = names.sides.of(side).holdings();
                let always = row.always(held).map_or(&[][..], |set| holdings.roles(set));
                let mut roles: Vec<Timed> = always.iter().map(|&role| (role, i64::MIN, i64::MAX)).collect();
                for qualified in row.qualified(held) {
                    alone |= !row.guards(qualified).is_empty();
                    roles.push((qualified.role, qualified.since, qualified.until));
                }
                roles.sort_unstable();
                roles
            });
            let holding = Holding { roles, alone: alone.then_some(thing) };
            let next = self.holdings.next_id();
            let id = *known.entry(holding.clone()).or_insert(next);
            if id == next {
                self.holdings.push(holding);
            }
            if let Some(key) = key {
                sets.insert(key, id);
            }
            row.push((on, id));
        }
        row.into()
    }

    /// What somebody holds, by entity.
    pub(super) fn row_of(&self, actor: Thing) -> &[(Thing, HoldingId)] {
        self.rows.get(actor).map_or(&[], |row| row)
    }

    /// What somebody holds on an entity.
    pub(super) fn held(&self, actor: Thing, on: Thing) -> Option<HoldingId> {
        let row = self.row_of(actor);
        let at = row.binary_search_by_key(&on, |&(on, _)| on).ok()?;
        row.get(at).map(|&(_, holding)| holding)
    }

    /// Whoever holds anything on an entity.
    pub(super) fn on(&self, thing: Thing) -> &[(Thing, HoldingId)] {
        self.on.get(thing).map_or(&[], Vec::as_slice)
    }

    /// All entities on which anything is held.
    pub(super) fn held_on(&self) -> impl Iterator<Item = (Thing, &[(Thing, HoldingId)])> {
        let held = self.on.iter_enumerated().filter(|(_, held)| !held.is_empty());
        held.map(|(thing, held)| (thing, held.as_slice()))
    }

    pub(super) fn holdings(&self) -> &IndexVec<HoldingId, Holding> {
        &self.holdings
    }

    /// Whom a thing acts as on either side, if that is not the same.
    pub(super) fn acts_as(&self, names: &Names<'_>, thing: Thing) -> Option<[Option<Thing>; 2]> {
        let subjects = self.subjects.get(&thing)?;
        let acts_as = Side::BOTH.map(|side| subjects.of(side).and_then(|subject| names.thing(side, subject)));
        (acts_as[0] != acts_as[1]).then_some(acts_as)
    }

    /// A thing, and whoever acts as it.
    pub(super) fn with_acting(&self, thing: Thing) -> impl Iterator<Item = Thing> + '_ {
        std::iter::once(thing).chain(self.acting.get(&thing).into_iter().flatten().copied())
    }

    /// Everybody by status. `more` tells whether attributes of whoever asks and what contains them count, and `alone` whether
    /// everything may.
    pub(super) fn statuses(&self, names: &Names<'_>, more: bool, alone: bool) -> FxHashMap<Thing, StatusId> {
        let mut known: FxHashMap<Status, StatusId> = FxHashMap::default();
        let mut statuses = FxHashMap::default();
        for &actor in &self.actors {
            let acts = self.subjects.get(&actor);
            let somebody = Pair::each(|side| acts.is_none_or(|subjects| subjects.of(side).is_some()));
            // Of one that acts as another, all that counts may be that other's; what it is itself counts too.
            let whole = more
                || acts.is_some_and(|subjects| {
                    let thing = |side: Side| subjects.of(side).and_then(|subject| names.thing(side, subject));
                    thing(Side::Old) != thing(Side::New)
                });
            let status = Status {
                ty: names.type_name(actor).into(),
                somebody,
                declared: if more { Pair::each(|side| names.is_declared(side, actor)) } else { Pair::default() },
                // What a request may name them by, or what they hold wherever, tells each from all others.
                alone: alone.then_some(actor),
                more: whole.then(|| self.attributes(names, actor)),
            };
            let next = StatusId::from_index(known.len());
            statuses.insert(actor, *known.entry(status).or_insert(next));
        }
        statuses
    }

    /// All values of whoever asks and of whom they are checked as, and what contains these.
    fn attributes(&self, names: &Names<'_>, actor: Thing) -> Vec<values::Plain> {
        let mut found = Vec::new();
        for side in Side::BOTH {
            let snapshot = names.sides.of(side);
            let itself = names.entity(side, actor);
            let subject = self.subjects.get(&actor).and_then(|subjects| *subjects.of(side));
            for entity in [itself, subject].into_iter().flatten() {
                let ty = snapshot.directory().type_of(entity);
                let slots = snapshot.policy().schema().types.get(ty).map_or(0, |info| info.attributes.len());
                let stored = (0..slots).map(|slot| snapshot.directory().attribute(entity, slot));
                found.extend(stored.map(|stored| values::plain(names, side, stored)));
                let above = snapshot.directory().ancestors(entity).iter();
                found.push(values::Plain::Set(
                    above.map(|&above| values::Plain::Entity(names.thing(side, above))).collect(),
                ));
                found.push(values::Plain::Entity(names.thing(side, entity).filter(|_| subject.is_some())));
            }
        }
        found
    }
}

/// What a holding says of something.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Says {
    /// Nothing, on neither side.
    Nothing,
    /// The same on both.
    Same,
    /// Something else on one than on the other, as far as can be told.
    Other,
}

impl Holding {
    fn compared(&self, print: impl Fn(Side, RoleId) -> Print) -> Says {
        let said = Pair::each(|side| {
            let timed = self.roles.of(side).iter().map(|&(role, since, until)| (print(side, role), since, until));
            let mut said: Vec<(Print, i64, i64)> = timed.filter(|(print, ..)| *print != Print::NOTHING).collect();
            said.sort_unstable();
            said.dedup();
            said
        });
        if said.old.is_empty() && said.new.is_empty() {
            Says::Nothing
        } else if self.alone.is_some() || said.old != said.new {
            Says::Other
        } else {
            Says::Same
        }
    }

    /// What it says of a permission.
    pub(super) fn says(&self, prints: &Prints<'_>, permission: &Pair<Option<PermissionId>>) -> Says {
        self.compared(|side, role| {
            permission.of(side).map_or(Print::NOTHING, |permission| prints.says(side, role, permission))
        })
    }

    /// As what it counts where a condition asks for roles.
    pub(super) fn counts(&self, prints: &Prints<'_>) -> Says {
        self.compared(|side, role| prints.held(side, role))
    }

    /// The roles of a side.
    pub(super) fn roles(&self, side: Side) -> impl Iterator<Item = RoleId> + '_ {
        self.roles.of(side).iter().map(|&(role, ..)| role)
    }

    /// The roles of a side that are held at a moment.
    pub(super) fn roles_at(&self, side: Side, at: i64) -> impl Iterator<Item = RoleId> + '_ {
        self.roles.of(side).iter().filter(move |&&(_, since, until)| since <= at && at < until).map(|&(role, ..)| role)
    }

    /// When any of them begins or ends.
    pub(super) fn moments(&self) -> impl Iterator<Item = i64> + '_ {
        let timed = Side::BOTH.into_iter().flat_map(|side| self.roles.of(side));
        timed.flat_map(|&(_, since, until)| [since, until]).filter(|&at| at != i64::MIN && at != i64::MAX)
    }
}
