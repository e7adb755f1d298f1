//! The keys of one mapping that were seen, for finding a second use without comparing every pair.
//!
//! Small mappings, which are nearly all, are searched as they stand and cost no table.

use hashbrown::HashTable;
use std::hash::BuildHasher;

/// Up to this many entries a search in order is faster than a table.
const SEARCHED_IN_ORDER: usize = 16;

/// The keys of a mapping, by text.
#[derive(Default)]
pub(super) struct Keys {
    /// Made when the entries become too many to search in order.
    table: Option<Box<Table>>,
}

#[derive(Default)]
struct Table {
    positions: HashTable<u32>,
    /// How many entries the table holds; it follows them as they come.
    held: usize,
    hasher: foldhash::fast::RandomState,
}

impl Keys {
    /// Which of the entries so far has the key already; `text` is the key of an entry.
    pub(super) fn find<T>(&mut self, entries: &[T], key: &str, text: impl Fn(&T) -> &str) -> Option<usize> {
        if entries.len() <= SEARCHED_IN_ORDER {
            return entries.iter().position(|entry| text(entry) == key);
        }
        let Table { positions, held, hasher } = &mut **self.table.get_or_insert_default();
        let text = |at: u32| entries.get(at as usize).map_or("", &text);
        for at in *held..entries.len() {
            let Ok(at) = u32::try_from(at) else { break };
            positions.insert_unique(hasher.hash_one(text(at)), at, |&other| hasher.hash_one(text(other)));
        }
        *held = entries.len();
        positions.find(hasher.hash_one(key), |&at| text(at) == key).map(|&at| at as usize)
    }
}
