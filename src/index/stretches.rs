//! A value for each number, where numbers that follow each other mostly have the same one.
//!
//! Layout. A bit for each number tells whether a *stretch* begins there, and beside every 64 of them stands how many began
//! before; the values stand stretch by stretch. So a value is found by counting bits, in tables that are small enough for
//! caches where a value for each number would not be.
//!
//! The idea is that of rank in succinct bit vectors (Jacobson, 1989).

use super::Idx;
use std::marker::PhantomData;

/// How many numbers a block is about.
const BLOCK: usize = u64::BITS as usize;
/// How long stretches are on average where they are worth their while.
const WORTH: usize = 4;

/// Values by number.
#[derive(Clone, Debug)]
pub struct Stretches<I, V> {
    blocks: Vec<Block>,
    values: Vec<V>,
    numbers: PhantomData<I>,
}

/// Of 64 numbers, at which stretches begin, and how many began before.
#[derive(Clone, Copy, Debug)]
struct Block {
    begins: u64,
    before: u32,
}

impl<I, V> Default for Stretches<I, V> {
    fn default() -> Self {
        Self { blocks: Vec::new(), values: Vec::new(), numbers: PhantomData }
    }
}

impl<I: Idx, V: Copy + PartialEq> Stretches<I, V> {
    /// The values of the first numbers, in their order; nothing of them where stretches are short.
    pub fn of(all: impl ExactSizeIterator<Item = V>) -> Self {
        let count = all.len();
        let mut made = Self { blocks: Vec::with_capacity(count.div_ceil(BLOCK)), ..Self::default() };
        for (at, value) in all.enumerate() {
            if at.is_multiple_of(BLOCK) {
                let Ok(before) = u32::try_from(made.values.len()) else { return Self::default() };
                made.blocks.push(Block { begins: 0, before });
            }
            if made.values.last() != Some(&value) {
                if made.values.len() == count / WORTH {
                    return Self::default();
                }
                made.values.push(value);
                if let Some(block) = made.blocks.last_mut() {
                    block.begins |= 1 << (at % BLOCK);
                }
            }
        }
        made.values.shrink_to_fit();
        made
    }

    /// The value of a number; nothing where there is none here.
    #[inline]
    #[must_use]
    pub fn get(&self, number: I) -> Option<V> {
        let at = number.index();
        let Block { begins, before } = *self.blocks.get(at / BLOCK)?;
        let begun = begins & (u64::MAX >> (BLOCK - 1 - at % BLOCK));
        self.values.get((before + begun.count_ones()).wrapping_sub(1) as usize).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::dense_id;

    dense_id! { struct Number }

    #[test]
    fn every_number_has_its_value() {
        for length in [4, 5, 63, 64, 65, 200] {
            let all: Vec<u8> = (0..1_000).map(|at| (at / length % 3) as u8).collect();
            let stretches = Stretches::<Number, u8>::of(all.iter().copied());
            for (at, value) in all.iter().enumerate() {
                assert_eq!(stretches.get(Number::from_index(at)), Some(*value), "{at} of stretches of {length}");
            }
        }
    }

    #[test]
    fn what_differs_from_number_to_number_is_not_kept() {
        let short = Stretches::<Number, usize>::of((0..1_000).map(|at| at / 3));
        assert_eq!((short.blocks.len(), short.get(Number(0))), (0, None));
        assert_eq!(Stretches::<Number, u8>::of([].into_iter()).get(Number(0)), None);
        assert_eq!(Stretches::<Number, u8>::of([7; 64].into_iter()).get(Number(64)), None);
    }
}
