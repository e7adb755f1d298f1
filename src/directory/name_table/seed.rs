//! By what the homes of names are drawn.

use crate::schema::TypeId;
use std::hash::{BuildHasher, Hasher};

/// What nobody knows who chooses an id: drawn at random for a table in memory. That of a table in a compiled file is of all
/// its names together, so that the same names yield the same bytes; to choose names by it, all others have to be known.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(super) struct Seed(u64);

/// Odd, and without a pattern.
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

impl Seed {
    /// Another one each time.
    pub(super) fn drawn() -> Self {
        Self(std::hash::RandomState::new().build_hasher().finish())
    }

    /// That of a table of names which stand one after the other in a text.
    pub(super) fn of(names: &[u8]) -> Self {
        Self(twox_hash::XxHash3_64::oneshot(names))
    }

    /// Of a name that a head and a key are all of. Ids that count up differ in few bits. Both halves of the product together
    /// spread them over all, and the second product keeps what is left of their order from crowding.
    #[inline]
    pub(super) fn hash_short(self, head: u64, key: u32) -> u64 {
        let product = u128::from(head ^ self.0) * u128::from(u64::from(key) ^ self.0.rotate_left(32) ^ SPREAD);
        ((product >> 64) as u64 ^ product as u64).wrapping_mul(SPREAD)
    }

    /// Of any other.
    #[inline(never)]
    pub(super) fn hash_long(self, ty: TypeId, id: &[u8]) -> u64 {
        let mut hasher = foldhash::fast::FixedState::with_seed(self.0).build_hasher();
        hasher.write_u32(ty.0);
        hasher.write(id);
        hasher.finish()
    }
}
