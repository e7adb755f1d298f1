//! Dense ids and the tables they index: [`IndexVec`], [`Interner`], and the `dense_id!` macro that declares an id;
//! [`SortedMap`], of which many versions live at once; [`Stamp`], which tells tables apart.
//!
//! Every id in the house is a `u32` newtype; no bare integer crosses a module.

mod index_vec;
mod interner;
mod sorted_map;
mod stamp;

pub use index_vec::{Idx, IndexVec};
pub use interner::{Interner, Symbol};
pub use sorted_map::SortedMap;
pub use stamp::Stamp;

/// Declares a `u32` id usable with [`IndexVec`].
macro_rules! dense_id {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub struct $name(pub u32);

        impl $crate::index::Idx for $name {
            fn from_index(index: usize) -> Self {
                Self(u32::try_from(index).unwrap_or(u32::MAX))
            }
            fn index(self) -> usize {
                self.0 as usize
            }
        }
    };
}
pub(crate) use dense_id;
