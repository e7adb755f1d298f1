//! Rows that took the place of others since these were laid out flat.
//!
//! A change makes a few rows anew; to lay all of them out again would cost a thousand times as much. What is new is kept
//! beside them, in parts shared with the state before: a copy of all this costs a microsecond or two, and one that nobody
//! has changed costs a reader a single branch. When many have gathered, all rows are laid out anew ([`Patches::LIMIT`]).

use super::rows::{Row, Rows};
use crate::directory::EntityId;
use crate::directory::marks::Marks;
use std::sync::Arc;

/// How many blocks there are, and how many parts in each. A change copies the list of blocks, that of one block and one
/// part: the fewer entries these have, the fewer counts it touches.
const BLOCKS: usize = 16;
const SHARDS: usize = 16;

/// The rows that are not those laid out.
#[derive(Clone, Debug, Default)]
pub(super) struct Patches {
    /// Who may have a row here.
    marks: Marks,
    /// Rows by subject, sorted; which block and which part, the last bits of the subject's number tell. Empty while there
    /// are none.
    blocks: Arc<[Arc<[Arc<Shard>]>]>,
    len: usize,
}

type Shard = Vec<(EntityId, Arc<Rows>)>;

impl Patches {
    /// Past how many rows all are to be laid out anew.
    pub(super) const LIMIT: usize = 4_096;

    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub(super) const fn len(&self) -> usize {
        self.len
    }

    /// The row of a subject, if it was made anew.
    pub(super) fn row(&self, subject: EntityId) -> Option<Row<'_>> {
        if !self.marks.has(subject) {
            return None;
        }
        let (block, shard) = place(subject);
        let shard = self.blocks.get(block)?.get(shard)?;
        let at = shard.binary_search_by_key(&subject, |(subject, _)| *subject).ok()?;
        shard.get(at).map(|(_, rows)| rows.row(0))
    }

    /// All rows, in no order.
    pub(super) fn rows(&self) -> impl Iterator<Item = (&EntityId, Row<'_>)> {
        let shards = self.blocks.iter().flat_map(|block| block.iter());
        shards.flat_map(|shard| shard.iter().map(|(subject, rows)| (subject, rows.row(0))))
    }

    /// Puts rows, each alone in its [`Rows`], in the place of those of their subjects.
    pub(super) fn put(&mut self, rows: Vec<(EntityId, Arc<Rows>)>) {
        if self.blocks.is_empty() {
            let none: Arc<[Arc<Shard>]> = (0..SHARDS).map(|_| Arc::default()).collect();
            self.blocks = (0..BLOCKS).map(|_| Arc::clone(&none)).collect();
        }
        let blocks = Arc::make_mut(&mut self.blocks);
        for (subject, row) in rows {
            self.marks.set(subject);
            let (block, shard) = place(subject);
            let block = blocks.get_mut(block).map(Arc::make_mut);
            let Some(shard) = block.and_then(|block| block.get_mut(shard)).map(Arc::make_mut) else { continue };
            match shard.binary_search_by_key(&subject, |(subject, _)| *subject) {
                Ok(at) => {
                    if let Some(entry) = shard.get_mut(at) {
                        entry.1 = row;
                    }
                }
                Err(at) => {
                    shard.insert(at, (subject, row));
                    self.len += 1;
                }
            }
        }
    }
}

/// The block and the part that hold a subject's row.
const fn place(subject: EntityId) -> (usize, usize) {
    let number = subject.0 as usize;
    (number / SHARDS % BLOCKS, number % SHARDS)
}
