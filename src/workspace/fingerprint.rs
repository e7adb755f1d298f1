//! What a file said, in a few bytes: enough to tell that it says something else now.

use foldhash::quality::FixedState;
use std::hash::{BuildHasher, Hasher};

/// The contents of a file. Two that are alike are of the same contents, but for a chance of one in 2⁶⁴.
///
/// It is of no use against somebody who looks for two texts of one fingerprint; whoever may write the file has no need to.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct Fingerprint {
    hash: u64,
    length: u64,
}

/// How many bytes are hashed at once.
const BLOCK: usize = 4096;

/// Contents as they come, in pieces of any size.
///
/// A hasher tells apart in which pieces bytes were written. The same pieces are made of the same bytes here.
pub(super) struct Fingerprinter {
    hasher: foldhash::quality::FoldHasher<'static>,
    block: Box<[u8; BLOCK]>,
    filled: usize,
    length: u64,
}

impl Fingerprinter {
    pub(super) fn new() -> Self {
        let hasher = FixedState::with_seed(0x726f_6c65_626f_6f6b).build_hasher();
        Self { hasher, block: Box::new([0; BLOCK]), filled: 0, length: 0 }
    }

    pub(super) fn push(&mut self, mut bytes: &[u8]) {
        self.length = self.length.saturating_add(bytes.len() as u64);
        while !bytes.is_empty() {
            let free = self.block.get_mut(self.filled..).unwrap_or_default();
            let (now, later) = bytes.split_at(bytes.len().min(free.len()));
            free.iter_mut().zip(now).for_each(|(to, from)| *to = *from);
            self.filled += now.len();
            if self.filled == BLOCK {
                self.hasher.write(self.block.as_slice());
                self.filled = 0;
            }
            bytes = later;
        }
    }

    /// How many bytes came so far.
    pub(super) const fn length(&self) -> u64 {
        self.length
    }

    pub(super) fn finish(mut self) -> Fingerprint {
        self.hasher.write(self.block.get(..self.filled).unwrap_or_default());
        Fingerprint { hash: self.hasher.finish(), length: self.length }
    }
}

impl Fingerprint {
    /// Its numbers, to be put away.
    pub(super) const fn numbers(self) -> (u64, u64) {
        (self.hash, self.length)
    }

    /// That of these numbers.
    pub(super) const fn of_numbers((hash, length): (u64, u64)) -> Self {
        Self { hash, length }
    }

    /// That of contents at hand.
    pub(super) fn of(bytes: &[u8]) -> Self {
        let mut fingerprinter = Fingerprinter::new();
        fingerprinter.push(bytes);
        fingerprinter.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_same_in_whatever_pieces_the_bytes_come() {
        let bytes: Vec<u8> = (0..3 * BLOCK + 17).map(|at| (at % 251) as u8).collect();
        let whole = Fingerprint::of(&bytes);
        for piece in [1, 7, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK] {
            let mut fingerprinter = Fingerprinter::new();
            bytes.chunks(piece).for_each(|piece| fingerprinter.push(piece));
            assert_eq!(fingerprinter.finish(), whole, "pieces of {piece}");
        }
    }

    #[test]
    fn any_other_byte_makes_it_another() {
        let bytes = vec![0_u8; 2 * BLOCK + 5];
        let whole = Fingerprint::of(&bytes);
        for at in (0..bytes.len()).step_by(97).chain([BLOCK - 1, BLOCK, 2 * BLOCK + 4]) {
            let mut other = bytes.clone();
            other[at] = 1;
            assert_ne!(Fingerprint::of(&other), whole, "byte {at}");
        }
        assert_ne!(Fingerprint::of(&bytes[1..]), whole);
        assert_ne!(Fingerprint::of(b""), Fingerprint::of(b"\0"));
    }
}
