//! What both sides name, under numbers that mean the same on either: entities, permissions, types.

use crate::decide::Snapshot;
use crate::directory::EntityId;
use crate::index::{Idx, IndexVec, dense_id};
use crate::schema::{PermissionId, TypeId};
use crate::source::Span;
use rustc_hash::{FxHashMap, FxHashSet};

dense_id! {
    /// An entity that one side names, or both.
    pub(super) struct Thing
}
dense_id! {
    /// A permission of one side, or of both.
    pub(super) struct Verb
}

/// So many things of a type are listed.
const FEW: usize = 200;

/// One of the two that are compared.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Side {
    /// What was.
    Old,
    /// What is to be.
    New,
}

impl Side {
    /// Both, the old one first.
    pub(super) const BOTH: [Self; 2] = [Self::Old, Self::New];

    /// The other one.
    pub(super) const fn other(self) -> Self {
        match self {
            Self::Old => Self::New,
            Self::New => Self::Old,
        }
    }
}

/// Something of each side.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct Pair<T> {
    pub(super) old: T,
    pub(super) new: T,
}

impl<T> Pair<T> {
    pub(super) const fn of(&self, side: Side) -> &T {
        match side {
            Side::Old => &self.old,
            Side::New => &self.new,
        }
    }

    pub(super) const fn of_mut(&mut self, side: Side) -> &mut T {
        match side {
            Side::Old => &mut self.old,
            Side::New => &mut self.new,
        }
    }

    /// What belongs to a side, and what to the other one.
    pub(super) fn beside(side: Side, here: T, there: T) -> Self {
        match side {
            Side::Old => Self { old: here, new: there },
            Side::New => Self { old: there, new: here },
        }
    }

    /// Made for each side.
    pub(super) fn each(mut make: impl FnMut(Side) -> T) -> Self {
        let old = make(Side::Old);
        Self { old, new: make(Side::New) }
    }
}

impl<T> Pair<Option<T>> {
    /// Both, where both are there.
    pub(super) fn both(self) -> Option<Pair<T>> {
        Some(Pair { old: self.old?, new: self.new? })
    }

    /// The side on which alone there is something.
    pub(super) const fn only(&self) -> Option<Side> {
        match (&self.old, &self.new) {
            (Some(_), None) => Some(Side::Old),
            (None, Some(_)) => Some(Side::New),
            _ => None,
        }
    }
}

/// Where something stands, on the new side where it is there.
pub(super) fn place(of: impl Fn(Side) -> Option<Span>) -> Option<(Side, Span)> {
    [Side::New, Side::Old].into_iter().find_map(|side| Some((side, of(side)?)))
}

/// The names of both sides.
pub(super) struct Names<'s> {
    pub(super) sides: Pair<&'s Snapshot>,
    /// Everything that a directory names: what the new one has in its order, then what only the old one has.
    pub(super) things: IndexVec<Thing, Pair<Option<EntityId>>>,
    numbers: Pair<Vec<Thing>>,
    /// In the order of declaration, the new side's first.
    pub(super) verbs: IndexVec<Verb, Pair<Option<PermissionId>>>,
    /// By type, the first few things.
    few: FxHashMap<Box<str>, Vec<Thing>>,
    /// Whether both sides have one and the same directory, and not two that may say the same.
    pub(super) one_directory: bool,
    /// The old side's number of each type of the new one.
    old_types: IndexVec<TypeId, Option<TypeId>>,
}

impl<'s> Names<'s> {
    pub(super) fn new(old: &'s Snapshot, new: &'s Snapshot) -> Self {
        let old_types: IndexVec<TypeId, Option<TypeId>> =
            new.policy().schema().types.iter().map(|info| old.policy().schema().type_named(&info.name)).collect();
        let mut names = Self {
            sides: Pair { old, new },
            things: IndexVec::new(),
            numbers: Pair::default(),
            verbs: IndexVec::new(),
            few: FxHashMap::default(),
            one_directory: std::ptr::eq(old.directory(), new.directory()),
            old_types,
        };
        names.number_things();
        for thing in names.things.ids() {
            let ty = names.type_name(thing);
            match names.few.get_mut(ty) {
                Some(few) if few.len() <= FEW => few.push(thing),
                Some(_) => {}
                None => drop(names.few.insert(ty.into(), vec![thing])),
            }
        }
        names.number_verbs();
        names
    }

    fn number_things(&mut self) {
        let Pair { old, new } = self.sides;
        let nobody = Thing(u32::MAX);
        let mut numbers = Pair { old: vec![nobody; old.directory().len()], new: vec![nobody; new.directory().len()] };
        for entity in new.directory().entities() {
            let (ty, id) = (new.directory().type_of(entity), new.directory().id_of(entity));
            let named = || self.old_types.get(ty).copied().flatten().and_then(|ty| old.directory().find(ty, id));
            let before = if self.one_directory { Some(entity) } else { named() };
            let thing = self.things.push(Pair { old: before, new: Some(entity) });
            set(&mut numbers.new, entity, thing);
            before.into_iter().for_each(|before| set(&mut numbers.old, before, thing));
        }
        for entity in old.directory().entities() {
            if numbers.old.get(entity.index()).is_some_and(|&known| known == nobody) {
                let thing = self.things.push(Pair { old: Some(entity), new: None });
                set(&mut numbers.old, entity, thing);
            }
        }
        self.numbers = numbers;
    }

    fn number_verbs(&mut self) {
        let Pair { old, new } = self.sides;
        let (before, after) = (old.policy().schema(), new.policy().schema());
        for (id, info) in after.permissions.iter_enumerated() {
            let ty = self.old_types.get(info.ty).copied().flatten();
            let known = ty.and_then(|ty| before.permission_named(ty, after.actions.get(info.action)?));
            self.verbs.push(Pair { old: known, new: Some(id) });
        }
        let known: FxHashSet<PermissionId> = self.verbs.iter().filter_map(|verb| verb.old).collect();
        for id in before.permissions.ids().filter(|id| !known.contains(id)) {
            self.verbs.push(Pair { old: Some(id), new: None });
        }
    }

    /// The number of a side's entity; nothing for one that only its policy names.
    pub(super) fn thing(&self, side: Side, entity: EntityId) -> Option<Thing> {
        self.numbers.of(side).get(entity.index()).copied().filter(|thing| thing.0 != u32::MAX)
    }

    /// A side's entity of a number.
    pub(super) fn entity(&self, side: Side, thing: Thing) -> Option<EntityId> {
        *self.things.get(thing)?.of(side)
    }

    /// The side where a thing is named, the new one where both do.
    pub(super) fn home(&self, thing: Thing) -> Option<(Side, EntityId)> {
        let pair = self.things.get(thing)?;
        pair.new.map(|entity| (Side::New, entity)).or_else(|| pair.old.map(|entity| (Side::Old, entity)))
    }

    /// `type:id`.
    pub(super) fn name(&self, thing: Thing) -> String {
        let Some((side, entity)) = self.home(thing) else { return String::new() };
        let snapshot = self.sides.of(side);
        snapshot.directory().name(snapshot.policy().schema(), entity)
    }

    /// The name of a thing's type.
    pub(super) fn type_name(&self, thing: Thing) -> &'s str {
        self.home(thing).map_or("", |(side, entity)| {
            let snapshot = *self.sides.of(side);
            snapshot.policy().schema().types.get(snapshot.directory().type_of(entity)).map_or("", |info| &info.name)
        })
    }

    /// The first things of a type, and whether these are all.
    pub(super) fn few(&self, ty: &str) -> (&[Thing], bool) {
        let few = self.few.get(ty).map_or(&[][..], Vec::as_slice);
        (few.get(..FEW).unwrap_or(few), few.len() <= FEW)
    }

    /// Whether a thing has an entry on a side.
    pub(super) fn is_declared(&self, side: Side, thing: Thing) -> bool {
        self.entity(side, thing).is_some_and(|entity| self.sides.of(side).directory().is_declared(entity))
    }

    /// `type.action`.
    pub(super) fn verb_name(&self, verb: Verb) -> String {
        let Some(pair) = self.verbs.get(verb) else { return String::new() };
        let named = |side: Side| pair.of(side).map(|id| self.sides.of(side).policy().schema().permission_name(id));
        named(Side::New).or_else(|| named(Side::Old)).unwrap_or_default()
    }

    /// The name of the type whose permission it is.
    pub(super) fn verb_type(&self, verb: Verb) -> &'s str {
        let Some(pair) = self.verbs.get(verb) else { return "" };
        let found = Side::BOTH.into_iter().rev().find_map(|side| Some((side, (*pair.of(side))?)));
        found.map_or("", |(side, id)| {
            let schema = self.sides.of(side).policy().schema();
            schema.permissions.get(id).and_then(|info| schema.types.get(info.ty)).map_or("", |info| &info.name)
        })
    }
}

fn set(numbers: &mut [Thing], entity: EntityId, thing: Thing) {
    if let Some(slot) = numbers.get_mut(entity.index()) {
        *slot = thing;
    }
}
