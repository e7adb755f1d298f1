//! Rows that took the place of others since these were laid out flat.
//!
//! A change makes a few rows anew; to lay all of them out again would cost a thousand times as much. What is new is kept
//! beside them, in parts shared with the state before: a copy of all this costs a microsecond or two, and one that nobody
//! has changed costs a reader a single branch. When many have gathered, all rows are laid out anew ([`Patches::LIMIT`]).

use super::rows::{Row, Rows};
use crate::directory::EntityId;
use crate::directory::marks::Marks;
use std::sync::Arc;

/// How many parts there are; each change copies one of them.
const SHARDS: usize = 64;

/// The rows that are not those laid out.
#[derive(Clone, Debug, Default)]
pub(super) struct Patches {
    /// Who may have a row here.
    marks: Marks,
    /// Rows by subject, sorted; which shard, the last bits of the subject's number tell. Empty while there are none.
    shards: Arc<[Arc<Shard>]>,
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
        let shard = self.shards.get(subject.0 as usize % SHARDS)?;
        let at = shard.binary_search_by_key(&subject, |(subject, _)| *subject).ok()?;
        shard.get(at).map(|(_, rows)| rows.row(0))
    }

    /// All rows, in no order.
    pub(super) fn rows(&self) -> impl Iterator<Item = (&EntityId, Row<'_>)> {
        self.shards.iter().flat_map(|shard| shard.iter().map(|(subject, rows)| (subject, rows.row(0))))
    }

    /// Puts rows, each alone in its [`Rows`], in the place of those of their subjects.
    pub(super) fn put(&mut self, rows: Vec<(EntityId, Arc<Rows>)>) {
        if self.shards.is_empty() {
            self.shards = (0..SHARDS).map(|_| Arc::default()).collect();
        }
        let shards = Arc::make_mut(&mut self.shards);
        for (subject, row) in rows {
            self.marks.set(subject);
            let Some(shard) = shards.get_mut(subject.0 as usize % SHARDS).map(Arc::make_mut) else { continue };
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
