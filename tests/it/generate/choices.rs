//! The source of all randomness: a row of numbers, each deciding one choice.
//!
//! Generators draw from a row and can make sense of any row whatever; past its end every choice is 0, the simplest. So
//! shrinking needs to know nothing of policies: it cuts pieces out of rows and lowers numbers, and what is generated
//! from the rest is smaller, and valid.

use proptest::prelude::Rng;
use proptest::strategy::{NewTree, Strategy, ValueTree};
use proptest::test_runner::TestRunner;

/// Draws choices from a row.
pub(crate) struct Choices<'a> {
    row: &'a [u32],
}

impl<'a> Choices<'a> {
    pub(crate) fn new(row: &'a [u32]) -> Self {
        Self { row }
    }

    /// A number below `count`, which must not be 0.
    pub(crate) fn below(&mut self, count: usize) -> usize {
        let Some((first, rest)) = self.row.split_first() else { return 0 };
        self.row = rest;
        *first as usize % count
    }

    /// A number from `least` to `most`.
    pub(crate) fn between(&mut self, least: usize, most: usize) -> usize {
        least + self.below(most - least + 1)
    }

    /// True in so many cases of a hundred; false is the simpler.
    pub(crate) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) + percent >= 100
    }

    /// One of the things; the first is the simplest.
    pub(crate) fn pick<'t, T>(&mut self, things: &'t [T]) -> &'t T {
        &things[self.below(things.len())]
    }

    /// One of the things by value.
    pub(crate) fn copy_pick<T: Copy>(&mut self, things: &[T]) -> T {
        *self.pick(things)
    }

    /// One of the things, if there are any.
    pub(crate) fn pick_any<'t, T>(&mut self, things: &'t [T]) -> Option<&'t T> {
        if things.is_empty() { None } else { Some(self.pick(things)) }
    }

    /// One of the things by value, if there are any.
    pub(crate) fn copy_pick_any<T: Copy>(&mut self, things: &[T]) -> Option<T> {
        self.pick_any(things).copied()
    }

    /// Each of the things with so many chances of a hundred.
    pub(crate) fn sift<T: Clone>(&mut self, things: &[T], percent: usize) -> Vec<T> {
        things.iter().filter(|_| self.chance(percent)).cloned().collect()
    }

    /// The things in another order.
    pub(crate) fn shuffle<T>(&mut self, things: &mut [T]) {
        for last in (1..things.len()).rev() {
            things.swap(last, last - self.below(last + 1));
        }
    }
}

/// Rows of choices as a proptest strategy; the value holds one row of each of the lengths, which tell how many choices
/// the generators may draw before everything becomes simple.
#[derive(Clone, Debug)]
pub(crate) struct Rows {
    pub(crate) lengths: Vec<usize>,
}

impl Strategy for Rows {
    type Tree = RowsTree;
    type Value = Vec<Vec<u32>>;

    fn new_tree(&self, runner: &mut TestRunner) -> NewTree<Self> {
        let rng = runner.rng();
        let rows: Vec<Vec<u32>> =
            self.lengths.iter().map(|&length| (0..length).map(|_| rng.next_u32()).collect()).collect();
        Ok(RowsTree { best: rows.clone(), shown: rows, edits: Edits::default() })
    }
}

/// Shrinks rows edit by edit, keeping those after which the test still fails.
#[derive(Debug)]
pub(crate) struct RowsTree {
    best: Vec<Vec<u32>>,
    shown: Vec<Vec<u32>>,
    edits: Edits,
}

impl ValueTree for RowsTree {
    type Value = Vec<Vec<u32>>;

    fn current(&self) -> Self::Value {
        self.shown.clone()
    }

    fn simplify(&mut self) -> bool {
        if self.shown != self.best {
            self.best.clone_from(&self.shown);
            self.edits.accepted();
        }
        self.try_next()
    }

    fn complicate(&mut self) -> bool {
        self.shown.clone_from(&self.best);
        self.try_next()
    }
}

impl RowsTree {
    fn try_next(&mut self) -> bool {
        while let Some(edit) = self.edits.next(&self.best) {
            self.shown = edit.apply(&self.best);
            if self.shown != self.best {
                return true;
            }
        }
        self.shown.clone_from(&self.best);
        false
    }
}

#[derive(Clone, Copy, Debug)]
enum Edit {
    /// Cuts out a piece.
    Cut { row: usize, at: usize, length: usize },
    /// Makes a piece the simplest choices.
    Zero { row: usize, at: usize, length: usize },
    /// Lowers one number.
    Lower { row: usize, at: usize },
}

impl Edit {
    fn apply(self, rows: &[Vec<u32>]) -> Vec<Vec<u32>> {
        let mut rows = rows.to_vec();
        match self {
            Self::Cut { row, at, length } => {
                let end = rows[row].len().min(at + length);
                rows[row].drain(at..end);
            }
            Self::Zero { row, at, length } => {
                let end = rows[row].len().min(at + length);
                rows[row][at..end].fill(0);
            }
            Self::Lower { row, at } => rows[row][at] = rows[row][at] % 100 / 2,
        }
        rows
    }
}

/// The order of edits: ever smaller pieces, each size from the end of every row to its start, until a whole sweep over
/// the smallest changes nothing.
#[derive(Debug, Default)]
struct Edits {
    /// 2 to this power, counted down from above; the piece's length.
    size: Option<u32>,
    row: usize,
    /// How far from the row's end, in pieces.
    piece: usize,
    kind: usize,
    progress: bool,
}

impl Edits {
    fn accepted(&mut self) {
        self.progress = true;
    }

    fn next(&mut self, rows: &[Vec<u32>]) -> Option<Edit> {
        let size = *self.size.get_or_insert(12);
        let length = 1 << size;
        let Some(row) = rows.get(self.row) else {
            (self.row, self.piece, self.kind) = (0, 0, 0);
            if size == 0 && !self.progress {
                return None;
            }
            self.size = Some(if size == 0 { 3 } else { size - 1 });
            self.progress = size != 0 && self.progress;
            return self.next(rows);
        };
        if self.piece * length >= row.len() {
            (self.row, self.piece, self.kind) = (self.row + 1, 0, 0);
            return self.next(rows);
        }
        let at = row.len().saturating_sub((self.piece + 1) * length);
        let edit = match self.kind {
            0 => Edit::Cut { row: self.row, at, length },
            1 => Edit::Zero { row: self.row, at, length },
            _ => Edit::Lower { row: self.row, at },
        };
        self.kind += 1;
        if self.kind > if size == 0 { 2 } else { 1 } {
            self.kind = 0;
            self.piece += 1;
        }
        Some(edit)
    }
}
