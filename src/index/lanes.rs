//! Four numbers side by side, on which the same is done at once.
//!
//! Where it cannot be foretold which of four is wanted, to look at all of them costs less than a wrong guess.

use wide::u32x4;

/// Four numbers side by side; as truths, each with all of its bits or none.
#[derive(Clone, Copy, Debug)]
pub struct Lanes(u32x4);

impl Lanes {
    /// None of them.
    pub const NONE: Self = Self(u32x4::ZERO);

    /// Of four numbers.
    #[inline]
    #[must_use]
    pub const fn new(four: [u32; 4]) -> Self {
        Self(u32x4::new(four))
    }

    /// Which of them are one of some others.
    // In place, so that they stay in registers.
    #[expect(clippy::inline_always)]
    #[inline(always)]
    #[must_use]
    pub fn are_among<const N: usize>(self, others: [u32; N]) -> Self {
        let same = others.map(|other| self.0.simd_eq(u32x4::splat(other)));
        Self(same.into_iter().fold(u32x4::ZERO, |all, same| all | same))
    }

    /// The first two, each twice, and the last two.
    #[inline]
    #[must_use]
    pub fn twice(self) -> [Self; 2] {
        let [one, two, three, last] = self.0.to_array();
        [Self::new([one, one, two, two]), Self::new([three, three, last, last])]
    }

    /// Each with its bits so much higher.
    #[inline]
    #[must_use]
    pub fn raised(self, by: u32) -> Self {
        Self(self.0 << by)
    }

    /// The bits of both.
    #[inline]
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The bits that both have.
    #[inline]
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// The highest bit of each, from the first on.
    #[inline]
    #[must_use]
    pub fn highest(self) -> u32 {
        self.0.to_bitmask()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_done_is_done_to_each() {
        let met = Lanes::new([7, 8, 9, 7]).are_among([7, 1, 9]);
        assert_eq!(met.highest(), 0b1101);
        assert_eq!(met.twice().map(Lanes::highest), [0b0011, 0b1111]);
        let bits = Lanes::new([1, 2, 3, 1 << 31]);
        assert_eq!((bits.highest(), bits.raised(31).highest(), bits.raised(30).highest()), (0b1000, 0b0101, 0b0110));
        assert_eq!(bits.raised(30).and(met).or(Lanes::NONE).highest(), 0b0100);
        assert_eq!(Lanes::NONE.or(bits).highest(), 0b1000);
    }
}
