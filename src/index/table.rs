//! Tables that are made in memory, or stand in the bytes of a file and are read there.
//!
//! Whoever reads one sees a slice, and pays a branch that always goes the same way. Whoever alters one that stands in a
//! file alters a copy of it, which it is from then on.

use super::{Bytes, Idx};
use std::fmt;
use std::marker::PhantomData;
use std::ops::{Deref, Range};
use std::sync::Arc;
use yoke::Yoke;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// What may be a row of a table in a file: it has no holes, and any bytes are one.
pub trait Pod: FromBytes + IntoBytes + KnownLayout + Immutable + Copy + 'static {}

impl<T: FromBytes + IntoBytes + KnownLayout + Immutable + Copy + 'static> Pod for T {}

/// Rows, one after the other.
#[derive(Clone)]
pub struct Table<T: 'static> {
    /// Empty where there is a mapped one.
    made: Vec<T>,
    mapped: Option<Yoke<&'static [T], Arc<Bytes>>>,
}

impl<T> Table<T> {
    /// The rows that a part of a file consists of; nothing where the part is not there or no such rows can stand in it.
    #[must_use]
    pub fn mapped(bytes: &Arc<Bytes>, part: Range<usize>) -> Option<Self>
    where
        T: Pod,
    {
        let mapped = Yoke::try_attach_to_cart(Arc::clone(bytes), |bytes: &Bytes| {
            bytes.get(part).and_then(|part| <[T]>::ref_from_bytes(part).ok()).ok_or(())
        });
        Some(Self { made: Vec::new(), mapped: Some(mapped.ok()?) })
    }

    /// The rows, to be altered.
    pub fn made(&mut self) -> &mut Vec<T>
    where
        T: Clone,
    {
        if let Some(mapped) = self.mapped.take() {
            self.made = mapped.get().to_vec();
        }
        &mut self.made
    }
}

impl<T> Deref for Table<T> {
    type Target = [T];

    #[inline]
    fn deref(&self) -> &[T] {
        match &self.mapped {
            None => &self.made,
            Some(mapped) => {
                foretold();
                mapped.get()
            }
        }
    }
}

/// Has the compiler make a branch, which the processor foretells, of what would be a choice between two addresses, which
/// every read would have to wait for.
#[cold]
const fn foretold() {}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self::from(Vec::new())
    }
}

impl<T> From<Vec<T>> for Table<T> {
    fn from(made: Vec<T>) -> Self {
        Self { made, mapped: None }
    }
}

impl<T> FromIterator<T> for Table<T> {
    fn from_iter<I: IntoIterator<Item = T>>(rows: I) -> Self {
        Self::from(Vec::from_iter(rows))
    }
}

impl<T: fmt::Debug> fmt::Debug for Table<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// A table whose positions are ids of type `I`.
#[derive(Clone)]
pub struct IndexTable<I, T: 'static> {
    rows: Table<T>,
    ids: PhantomData<fn(I) -> I>,
}

impl<I: Idx, T> IndexTable<I, T> {
    /// Appends and hands out the id.
    pub fn push(&mut self, row: T) -> I
    where
        T: Clone,
    {
        let rows = self.rows.made();
        rows.push(row);
        I::from_index(rows.len() - 1)
    }

    /// Makes room for so many rows more.
    pub fn reserve(&mut self, more: usize)
    where
        T: Clone,
    {
        self.rows.made().reserve_exact(more);
    }

    /// The row of an id, if there is one.
    #[inline]
    #[must_use]
    pub fn get(&self, id: I) -> Option<&T> {
        self.rows.get(id.index())
    }

    /// The row of an id, to be altered.
    pub fn get_mut(&mut self, id: I) -> Option<&mut T>
    where
        T: Clone,
    {
        self.rows.made().get_mut(id.index())
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The rows in order.
    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        self.rows.iter()
    }

    /// The rows as a slice.
    #[must_use]
    pub fn as_slice(&self) -> &[T] {
        &self.rows
    }

    /// The ids in order.
    pub fn ids(&self) -> impl DoubleEndedIterator<Item = I> + use<I, T> {
        (0..self.len()).map(I::from_index)
    }
}

impl<I, T> Default for IndexTable<I, T> {
    fn default() -> Self {
        Self::from(Table::default())
    }
}

impl<I, T> From<Table<T>> for IndexTable<I, T> {
    fn from(rows: Table<T>) -> Self {
        Self { rows, ids: PhantomData }
    }
}

impl<I, T> FromIterator<T> for IndexTable<I, T> {
    fn from_iter<R: IntoIterator<Item = T>>(rows: R) -> Self {
        Self::from(Table::from_iter(rows))
    }
}

impl<I, T: fmt::Debug> fmt::Debug for IndexTable<I, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.rows.fmt(f)
    }
}

/// Text that many names are parts of.
#[derive(Clone, Default)]
pub struct Arena {
    /// Empty where there is a mapped one.
    made: String,
    mapped: Option<Yoke<&'static str, Arc<Bytes>>>,
}

impl Arena {
    /// The text that a part of a file is; nothing where the part is not there or no text.
    #[must_use]
    pub fn mapped(bytes: &Arc<Bytes>, part: Range<usize>) -> Option<Self> {
        let mapped = Yoke::try_attach_to_cart(Arc::clone(bytes), |bytes: &Bytes| {
            bytes.get(part).and_then(|part| std::str::from_utf8(part).ok()).ok_or(())
        });
        Some(Self { made: String::new(), mapped: Some(mapped.ok()?) })
    }

    /// The text, to be altered.
    pub fn made(&mut self) -> &mut String {
        if let Some(mapped) = self.mapped.take() {
            self.made = String::from(*mapped.get());
        }
        &mut self.made
    }
}

impl Deref for Arena {
    type Target = str;

    #[inline]
    fn deref(&self) -> &str {
        match &self.mapped {
            None => &self.made,
            Some(mapped) => mapped.get(),
        }
    }
}

impl fmt::Debug for Arena {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Arena").field("length", &self.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_in_a_file_is_read_in_place_and_altered_in_a_copy() {
        let bytes = Arc::new(Bytes::copy_of(&[1, 0, 0, 0, 2, 0, 0, 0, 0xff]));
        let mut table: Table<u32> = Table::mapped(&bytes, 0..8).expect("two numbers");
        let before = table.clone();
        assert_eq!(table.as_ptr().cast(), bytes.as_ptr(), "in place");
        table.made().push(3);
        assert_eq!((&*table, &*before), (&[1, 2, 3][..], &[1, 2][..]));
        drop(bytes);
        assert_eq!(&*before, [1, 2], "the table keeps the file");
    }

    #[test]
    fn what_is_no_table_is_none() {
        let bytes = Arc::new(Bytes::copy_of(&[b'a', 0xc3, 0xa4, 0xff, 0, 0, 0, 0]));
        for part in [0..7, 1..5, 0..12, 9..9] {
            assert!(Table::<u32>::mapped(&bytes, part).is_none());
        }
        assert_eq!(Table::<u32>::mapped(&bytes, 8..8).as_deref(), Some(&[][..]));
        assert_eq!(Arena::mapped(&bytes, 0..3).as_deref(), Some("aä"));
        assert!(Arena::mapped(&bytes, 0..2).is_none() && Arena::mapped(&bytes, 0..4).is_none());
    }
}
