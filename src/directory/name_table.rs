//! From names to entities: a hash table that may stand in a file and be read there.
//!
//! Layout. Slots of sixteen bytes, a power of two of them, at most five eighths of them in use. A name's home is told by the
//! first bits of its hash; it stands there, or in the first slot after it that was free, the first slot following on the
//! last. A slot has all of an id that is short and the head of one that is not, so that most names are told apart without
//! a look at their texts, each look being a cache miss.

mod compiled;

pub(super) use compiled::hash_of_known;

use super::EntityId;
use crate::index::{HEAD, Table, head};
use crate::schema::{TypeId, narrow};
use std::hash::BuildHasher;
use zerocopy::{FromBytes, FromZeros, Immutable, IntoBytes, KnownLayout};

/// Of this many slots...
const SLOTS: usize = 8;
/// ...so many are in use at most.
const USED: usize = 5;

/// A name, sixteen bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(C)]
pub(super) struct Slot {
    /// The first bytes of the id, the missing ones zero.
    head: [u8; HEAD],
    /// The entity's number and one; zero where the slot is free.
    entity: u32,
    /// The last bits of the type.
    ty: u16,
    /// How many bytes the id has; 255 stands for all from there on.
    len: u8,
    /// How many slots this one is from the name's home; 255 stands for all from there on.
    away: u8,
}

/// The names of entities, whose texts stand elsewhere.
#[derive(Clone, Debug, Default)]
pub(super) struct NameTable {
    slots: Table<Slot>,
    used: usize,
}

/// The hash of a name. Files hold tables that are laid out by it.
#[inline]
pub(super) fn hash(ty: TypeId, id: &str) -> u64 {
    if id.len() > HEAD {
        return foldhash::fast::FixedState::default().hash_one((ty.0, id));
    }
    // Of a short one all is known by its head. The halves of a product are folded, as in wyhash: each bit of it depends on
    // many of both factors.
    let key = u64::from(ty.0) << 8 | id.len() as u64;
    let product = u128::from(head(id.as_bytes()) ^ 0x9e37_79b9_7f4a_7c15) * u128::from(key ^ 0xd6e8_feb8_6659_fd93);
    (product ^ product >> 64) as u64
}

impl Slot {
    /// The name of an entity, as yet without a place.
    #[inline]
    pub(super) fn new(ty: TypeId, id: &str, entity: EntityId) -> Self {
        let head = head(id.as_bytes()).to_le_bytes();
        let len = u8::try_from(id.len()).unwrap_or(u8::MAX);
        Self { head, entity: entity.0.wrapping_add(1), ty: narrow(ty), len, away: 0 }
    }

    /// Whether it may be the name that `wanted` was made of.
    #[inline]
    fn is_like(&self, wanted: &Self) -> bool {
        self.head == wanted.head && self.len == wanted.len && self.ty == wanted.ty
    }

    const fn is_free(&self) -> bool {
        self.entity == 0
    }

    const fn of(&self) -> EntityId {
        EntityId(self.entity.wrapping_sub(1))
    }
}

impl NameTable {
    /// The entity of a name. `is` tells whether a name whose head is the one wanted is the one wanted.
    #[inline]
    pub(super) fn find(&self, ty: TypeId, id: &str, is: impl Fn(EntityId) -> bool) -> Option<EntityId> {
        let wanted = Slot::new(ty, id, EntityId(0));
        let mask = self.slots.len().wrapping_sub(1);
        let mut at = home(hash(ty, id), self.slots.len());
        loop {
            let slot = self.slots.get(at)?;
            if slot.is_free() {
                return None;
            }
            if slot.is_like(&wanted) && (id.len() <= HEAD || is(slot.of())) {
                return Some(slot.of());
            }
            at = (at + 1) & mask;
        }
    }

    /// Makes room for so many names more, that as many can be added before the table grows. `name` gives the name of an
    /// entity that is there.
    pub(super) fn reserve<'n>(&mut self, more: usize, name: impl Fn(EntityId) -> (TypeId, &'n str)) {
        let wanted = (self.used.saturating_add(more).saturating_mul(SLOTS)).div_ceil(USED);
        if wanted > self.slots.len() {
            self.lay_out(wanted.next_power_of_two().max(SLOTS), name);
        }
    }

    /// Looks at where names stand that are looked for next. Each look waits for the memory, and those that follow on each
    /// other at once wait together.
    pub(super) fn look_ahead<'n>(&self, names: impl Iterator<Item = (TypeId, &'n str)>) {
        let seen = names.fold(0, |seen, (ty, id)| {
            seen ^ self.slots.get(home(hash(ty, id), self.slots.len())).map_or(0, |slot| slot.entity)
        });
        std::hint::black_box(seen);
    }

    /// Adds a name that is not there. `name` gives the name of an entity that is.
    pub(super) fn insert<'n>(
        &mut self,
        (ty, id, entity): (TypeId, &str, EntityId),
        name: impl Fn(EntityId) -> (TypeId, &'n str),
    ) {
        self.reserve(1, name);
        self.used += 1;
        put(self.slots.made(), hash(ty, id), Slot::new(ty, id, entity));
    }

    fn lay_out<'n>(&mut self, slots: usize, name: impl Fn(EntityId) -> (TypeId, &'n str)) {
        let mut slots = vec![Slot::new_zeroed(); slots];
        for slot in self.slots.iter().filter(|slot| !slot.is_free()) {
            let (ty, id) = name(slot.of());
            put(&mut slots, hash(ty, id), *slot);
        }
        self.slots = slots.into();
    }
}

/// The home of a name among a power of two of slots.
#[inline]
fn home(hash: u64, slots: usize) -> usize {
    let first = hash.rotate_left(slots.trailing_zeros());
    usize::try_from(first & (slots as u64).wrapping_sub(1)).unwrap_or(0)
}

/// Puts a name into the first free slot from its home on. One at least is free.
fn put(slots: &mut [Slot], hash: u64, name: Slot) {
    let (home, mask) = (home(hash, slots.len()), slots.len().wrapping_sub(1));
    let away = (0..slots.len()).find(|away| slots.get((home + away) & mask).is_some_and(Slot::is_free));
    if let Some(away) = away
        && let Some(slot) = slots.get_mut((home + away) & mask)
    {
        *slot = Slot { away: u8::try_from(away).unwrap_or(u8::MAX), ..name };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_found_and_no_other() {
        let names: Vec<(TypeId, String)> =
            (0..3_000).map(|at| (TypeId(at % 3), format!("{}{}", "long".repeat(at as usize % 100), at / 3))).collect();
        let name =
            |entity: EntityId| names.get(entity.0 as usize).map_or((TypeId(9), ""), |(ty, id)| (*ty, id.as_str()));
        let mut table = NameTable::default();
        let find = |table: &NameTable, ty, id: &str| table.find(ty, id, |entity| name(entity) == (ty, id));
        assert_eq!(find(&table, TypeId(0), "0"), None);
        for (entity, (ty, id)) in (0..).map(EntityId).zip(&names) {
            assert_eq!(find(&table, *ty, id), None);
            table.insert((*ty, id, entity), name);
            assert_eq!(find(&table, *ty, id), Some(entity));
        }
        for (entity, (ty, id)) in (0..).map(EntityId).zip(&names) {
            assert_eq!(find(&table, *ty, id), Some(entity));
            assert_eq!(find(&table, TypeId(ty.0 + 3), id), None, "another type");
            assert_eq!(find(&table, *ty, &format!("{id}\0")), None, "what fills a head up is no part of an id");
        }
        assert!(table.slots.iter().filter(|slot| !slot.is_free()).count() == names.len() && table.slots.len() == 8_192);
    }
}
