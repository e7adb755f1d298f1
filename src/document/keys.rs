//! The keys of one mapping that were seen, for finding a second use without comparing every pair.
//!
//! Small mappings, which are nearly all, are searched as they stand and cost no table.

use super::Entry;
use hashbrown::HashTable;
use std::hash::BuildHasher;

/// Up to this many entries a search in order is faster than a table.
const SEARCHED_IN_ORDER: usize = 16;

/// The keys of a mapping's entries, by text.
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
    /// The entry that has the key already.
    pub(super) fn find<'e>(&mut self, entries: &'e [Entry], key: &str) -> Option<&'e Entry> {
        if entries.len() <= SEARCHED_IN_ORDER {
            return entries.iter().find(|entry| entry.key.text == key);
        }
        let Table { positions, held, hasher } = &mut **self.table.get_or_insert_default();
        let text = |at: u32| entries.get(at as usize).map_or("", |entry| entry.key.text.as_str());
        for at in *held..entries.len() {
            let Ok(at) = u32::try_from(at) else { break };
            positions.insert_unique(hasher.hash_one(text(at)), at, |&other| hasher.hash_one(text(other)));
        }
        *held = entries.len();
        let at = *positions.find(hasher.hash_one(key), |&at| text(at) == key)?;
        entries.get(at as usize)
    }
}
