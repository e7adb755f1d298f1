//! Something shared together with the one of its tables that is read most.
//!
//! To go to a shared thing, and from there to its table, is two reads, of which the second waits for the first. Whoever has
//! both at hand does without the first.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;
use yoke::Yoke;

/// A shared `C` and a table that stands in it.
pub struct AtHand<C: 'static, T: 'static>(Yoke<&'static [T], Arc<C>>);

impl<C, T> AtHand<C, T> {
    /// It together with the table that `table` finds in it.
    pub fn new(whole: Arc<C>, table: impl FnOnce(&C) -> &[T]) -> Self {
        Self(Yoke::attach_to_cart(whole, |whole: &C| table(whole)))
    }

    /// The table.
    #[inline]
    #[must_use]
    pub fn table(&self) -> &[T] {
        self.0.get()
    }
}

impl<C, T> Deref for AtHand<C, T> {
    type Target = Arc<C>;

    #[inline]
    fn deref(&self) -> &Arc<C> {
        self.0.backing_cart()
    }
}

impl<C, T> Clone for AtHand<C, T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<C: fmt::Debug, T> fmt::Debug for AtHand<C, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.backing_cart().fmt(f)
    }
}
