//! Dense ids and the tables they index: [`IndexVec`], [`Interner`], and the `dense_id!` macro that declares an id;
//! [`Chunks`], [`Shards`] and [`SortedMap`], of which many versions live at once; [`Table`] and [`Arena`], which are made
//! in memory or stand in [`Bytes`] of a file; [`Stretches`], in which neighbours share a value; [`AtHand`], a shared thing
//! with one of its tables; [`Stamp`], which tells tables apart; [`Words`], which are looked up fast by a [`Word`], and
//! [`ShortTexts`], each of which has a place of its own;
//! [`prefetch`], which asks the memory for what is needed next; and [`AtOnce`], by which work is shared out.
//!
//! Every id in the house is a `u32` newtype; no bare integer crosses a module.

mod at_hand;
mod at_once;
mod bytes;
mod chunks;
mod index_vec;
mod interner;
mod lanes;
mod prefetch;
mod shards;
mod short_texts;
mod sorted_map;
mod stamp;
mod stretches;
mod table;
mod word;
mod words;

pub use at_hand::AtHand;
pub use at_once::{AtOnce, both, in_turn, try_each};
pub use bytes::Bytes;
pub use chunks::Chunks;
pub use index_vec::{Idx, IndexVec};
pub use interner::{Interner, Symbol};
pub use lanes::Lanes;
pub use prefetch::prefetch;
pub use shards::Shards;
pub use short_texts::ShortTexts;
pub use sorted_map::SortedMap;
pub use stamp::Stamp;
pub use stretches::Stretches;
pub use table::{Arena, IndexTable, Pod, Table};
pub use word::{HEAD, Word};
pub use words::Words;

/// Declares a `u32` id usable with [`IndexVec`].
macro_rules! dense_id {
    ($(#[$meta:meta])* $name:ident) => {
        $crate::index::dense_id! {
            $(#[$meta])*
            pub struct $name
        }
    };
    ($(#[$meta:meta])* $vis:vis struct $name:ident) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        #[repr(transparent)]
        $vis struct $name($vis u32);

        impl $crate::index::Idx for $name {
            #[inline]
            fn from_index(index: usize) -> Self {
                Self(u32::try_from(index).unwrap_or(u32::MAX))
            }
            #[inline]
            fn index(self) -> usize {
                self.0 as usize
            }
        }
    };
}
pub(crate) use dense_id;
