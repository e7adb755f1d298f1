//! Numbers that look random and are the same everywhere: SplitMix64.

/// A sequence of numbers.
#[derive(Clone, Debug)]
pub(crate) struct Random(u64);

impl Random {
    /// The sequence of a seed.
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`, which must not be zero.
    pub(crate) fn below(&mut self, end: u32) -> u32 {
        // The upper half of a 64-bit product: even enough for counts far below 2^32.
        (((self.next() >> 32) * u64::from(end)) >> 32) as u32
    }

    /// True in so many of a thousand cases.
    pub(crate) fn per_mille(&mut self, cases: u32) -> bool {
        self.below(1_000) < cases
    }

    /// One of several.
    pub(crate) fn of<'a, T>(&mut self, several: &'a [T]) -> &'a T {
        &several[self.below(several.len() as u32) as usize]
    }

    /// Brings them into another order.
    pub(crate) fn shuffle<T>(&mut self, several: &mut [T]) {
        for at in (1..several.len()).rev() {
            several.swap(at, self.below(at as u32 + 1) as usize);
        }
    }
}
