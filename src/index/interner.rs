//! Strings as dense ids: equal strings, one id; one arena, no second copy of any text in the map.

use super::dense_id;
use hashbrown::HashTable;
use std::hash::BuildHasher;

dense_id! {
    /// A string of an [`Interner`].
    Symbol
}

/// Strings stored once each, numbered in the order of first sight.
#[derive(Clone, Default)]
pub struct Interner {
    arena: String,
    ends: Vec<u32>,
    table: HashTable<u32>,
    hasher: foldhash::fast::FixedState,
}

impl Interner {
    /// An empty interner.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The id of `text`, adding it when it is new.
    pub fn intern(&mut self, text: &str) -> Symbol {
        if let Some(symbol) = self.get(text) {
            return symbol;
        }
        let id = u32::try_from(self.ends.len()).unwrap_or(u32::MAX);
        self.arena.push_str(text);
        self.ends.push(u32::try_from(self.arena.len()).unwrap_or(u32::MAX));
        let (arena, ends, hasher) = (&self.arena, &self.ends, &self.hasher);
        self.table.insert_unique(hasher.hash_one(text), id, |&other| hasher.hash_one(slice(arena, ends, other)));
        Symbol(id)
    }

    /// The id of `text`, if it was seen.
    #[must_use]
    pub fn get(&self, text: &str) -> Option<Symbol> {
        self.table
            .find(self.hasher.hash_one(text), |&id| slice(&self.arena, &self.ends, id) == text)
            .map(|&id| Symbol(id))
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
