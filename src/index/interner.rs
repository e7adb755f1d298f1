//! Strings as dense ids: equal strings, one id; one arena, no second copy of any text in the map.

use super::dense_id;
use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use std::hash::BuildHasher;

dense_id! {
    /// A string of an [`Interner`].
    #[derive(zerocopy::FromBytes, zerocopy::IntoBytes, zerocopy::KnownLayout, zerocopy::Immutable)]
    Symbol
}

/// Strings stored once each, numbered in the order of first sight.
#[derive(Clone, Default)]
pub struct Interner {
    arena: String,
    ends: Vec<u32>,
    table: HashTable<Slot>,
    /// Drawn anew for each: texts are often chosen by those whom they name, and none is to be chosen by its place.
    hasher: foldhash::fast::RandomState,
}

/// A string in the table. Its hash stands beside it, so that a table that grows looks at none of the strings again.
#[derive(Clone, Copy)]
struct Slot {
    id: u32,
    hash: u32,
}

impl Slot {
    /// Half a hash, spread over the bits that the table looks at.
    const fn spread(hash: u32) -> u64 {
        (hash as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }
}

impl Interner {
    /// An empty interner.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The id of `text`, adding it when it is new.
    pub fn intern(&mut self, text: &str) -> Symbol {
        let hash = self.hash(text);
        let Self { arena, ends, table, .. } = self;
        let same = |slot: &Slot| slot.hash == hash && slice(arena, ends, slot.id) == text;
        match table.entry(Slot::spread(hash), same, |slot| Slot::spread(slot.hash)) {
            Entry::Occupied(entry) => Symbol(entry.get().id),
            Entry::Vacant(entry) => {
                let id = u32::try_from(ends.len()).unwrap_or(u32::MAX);
                entry.insert(Slot { id, hash });
                arena.push_str(text);
                ends.push(u32::try_from(arena.len()).unwrap_or(u32::MAX));
                Symbol(id)
            }
        }
    }

    /// The id of `text`, if it was seen.
    #[must_use]
    pub fn get(&self, text: &str) -> Option<Symbol> {
        let hash = self.hash(text);
        let same = |slot: &Slot| slot.hash == hash && slice(&self.arena, &self.ends, slot.id) == text;
        self.table.find(Slot::spread(hash), same).map(|slot| Symbol(slot.id))
    }

    fn hash(&self, text: &str) -> u32 {
        let hash = self.hasher.hash_one(text);
        u32::try_from((hash ^ (hash >> 32)) & u64::from(u32::MAX)).unwrap_or(0)
    }

    /// The text of an id of this interner; empty for an id of another one.
    #[must_use]
    pub fn resolve(&self, symbol: Symbol) -> &str {
        slice(&self.arena, &self.ends, symbol.0)
    }

    /// How many different strings there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether nothing was interned.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }
}

fn slice<'a>(arena: &'a str, ends: &[u32], id: u32) -> &'a str {
    let at = id as usize;
    let end = ends.get(at).copied().unwrap_or(0);
    let start = at.checked_sub(1).and_then(|before| ends.get(before)).copied().unwrap_or(0);
    arena.get(start as usize..end as usize).unwrap_or("")
}

impl std::fmt::Debug for Interner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Interner").field("len", &self.len()).finish_non_exhaustive()
    }
}
