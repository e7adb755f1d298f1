//! Bytes that tables are read from in place.

use std::fmt;
use std::ops::Deref;
use zerocopy::{FromBytes, FromZeros, Immutable, IntoBytes, KnownLayout};

/// The bytes of a file, mapped or copied. They begin at an address that any row of a table may have.
pub struct Bytes(Held);

enum Held {
    Mapped(memmap2::Mmap),
    Copied { lines: Vec<Line>, length: usize },
}

/// As many bytes as the processor fetches at once, which no row of a table has to be aligned further than.
#[derive(Clone, FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(C, align(64))]
struct Line([u8; 64]);

impl Bytes {
    /// A copy, which nobody else can alter.
    #[must_use]
    pub fn copy_of(bytes: &[u8]) -> Self {
        let mut lines = vec![Line::new_zeroed(); bytes.len().div_ceil(64)];
        for (to, from) in lines.as_mut_bytes().iter_mut().zip(bytes) {
            *to = *from;
        }
        Self(Held::Copied { lines, length: bytes.len() })
    }
}

impl From<memmap2::Mmap> for Bytes {
    fn from(mapped: memmap2::Mmap) -> Self {
        Self(Held::Mapped(mapped))
    }
}

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match &self.0 {
            Held::Mapped(mapped) => mapped,
            Held::Copied { lines, length } => lines.as_slice().as_bytes().get(..*length).unwrap_or(&[]),
        }
    }
}

impl fmt::Debug for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bytes").field("length", &self.len()).finish_non_exhaustive()
    }
}
