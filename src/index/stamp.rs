//! Telling one table from every other that there was.

use std::sync::atomic::{AtomicU32, Ordering};

/// What no other table made by this process has. Whoever remembers a place in a table remembers its stamp, and knows by it
/// whether the place still means the same.
#[derive(Clone, Copy, Debug)]
pub struct Stamp(u32);

/// The stamp of nothing, and of all that is made once there are no more.
const NONE: u32 = 0;

static NEXT: AtomicU32 = AtomicU32::new(NONE + 1);

impl Stamp {
    /// One that no table had before.
    #[must_use]
    pub fn fresh() -> Self {
        // When they run out, nothing is the same as anything any more, which is slow and right.
        let next = NEXT.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |next| next.checked_add(1));
        Self(next.unwrap_or(NONE))
    }

    /// Whether it is the stamp of the same table.
    #[inline]
    #[must_use]
    pub const fn is(self, other: Self) -> bool {
        self.0 == other.0 && self.0 != NONE
    }
}

impl Default for Stamp {
    fn default() -> Self {
        Self(NONE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_is_its_own_and_nothing_has_none() {
        let (one, other) = (Stamp::fresh(), Stamp::fresh());
        assert!(one.is(one));
        assert!(!one.is(other));
        assert!(!Stamp::default().is(Stamp::default()));
    }
}
