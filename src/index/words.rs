//! Words that requests say, looked up where every nanosecond counts.
//!
//! Layout. Slots of sixteen bytes, a power of two of them, at most half of them in use; a word stands in its home, which its
//! first bytes and its length tell, or in the first slot after it that was free. A slot has all of a word of up to eight
//! bytes, as most are: comparing one is comparing two numbers. Of longer ones it has the head, and their texts, which stand
//! with whoever made this, are compared.

use super::Idx;
use std::marker::PhantomData;

/// The first bytes of a text as a number, the missing ones zero.
#[inline]
#[must_use]
pub fn head(text: &[u8]) -> u64 {
    if let Some(first) = text.first_chunk::<8>() {
        return u64::from_le_bytes(*first);
    }
    // Two looks that overlap, for want of a loop.
    if let (Some(first), Some(last)) = (text.first_chunk::<4>(), text.last_chunk::<4>()) {
        let last = u64::from(u32::from_le_bytes(*last)) << (8 * (text.len() - 4));
        return u64::from(u32::from_le_bytes(*first)) | last;
    }
    text.iter().rev().fold(0, |head, &byte| head << 8 | u64::from(byte))
}

/// How many bytes of a text are all of its head.
pub const HEAD: usize = 8;

/// Words, each with a key beside it, and what they stand for.
#[derive(Clone, Debug)]
pub struct Words<I> {
    slots: Vec<Slot>,
    kind: PhantomData<I>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Slot {
    head: u64,
    /// The length above the key. In a free slot it is no word's.
    key: u32,
    id: u32,
}

impl Slot {
    const FREE: Self = Self { head: 0, key: u32::MAX, id: u32::MAX };

    #[inline]
    fn new(key: u16, head: u64, len: usize) -> Self {
        // Words that are longer than this are told apart by their texts.
        let len = len.min(usize::from(u16::MAX - 1)) as u32;
        Self { head, key: len << 16 | u32::from(key), id: 0 }
    }

    /// Where it stands among a power of two of slots, if there is room.
    #[inline]
    fn home(&self, slots: usize) -> usize {
        let mixed = (self.head ^ u64::from(self.key).rotate_left(40)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (mixed >> 32) as usize & slots.wrapping_sub(1)
    }
}

impl<I> Default for Words<I> {
    fn default() -> Self {
        Self { slots: Vec::new(), kind: PhantomData }
    }
}

impl<I: Idx> Words<I> {
    /// A table of words. Of equal ones under one key, the first is found.
    #[must_use]
    pub fn new<'w>(words: impl Iterator<Item = (u16, &'w str, I)>) -> Self {
        let words: Vec<_> = words.collect();
        let mut slots = vec![Slot::FREE; (words.len() * 2 + 1).next_power_of_two()];
        let mask = slots.len() - 1;
        for (key, word, id) in words {
            let slot = Slot::new(key, head(word.as_bytes()), word.len());
            let mut at = slot.home(slots.len());
            while slots.get(at).is_some_and(|there| *there != Slot::FREE) {
                at = (at + 1) & mask;
            }
            if let Some(free) = slots.get_mut(at) {
                *free = Slot { id: u32::try_from(id.index()).unwrap_or(u32::MAX), ..slot };
            }
        }
        Self { slots, kind: PhantomData }
    }

    /// What a word under a key stands for. `text` gives the word that something else stands for.
    #[inline]
    pub fn find<'w>(&self, key: u16, word: &str, text: impl Fn(I) -> &'w str) -> Option<I> {
        let is = |id: I| word.len() <= HEAD || text(id) == word;
        self.find_head(key, head(word.as_bytes()), word.len(), is)
    }

    /// The same by the head and the length of a word; `is` tells whether one that has both is the one wanted.
    #[inline]
    pub fn find_head(&self, key: u16, head: u64, len: usize, is: impl Fn(I) -> bool) -> Option<I> {
        let wanted = Slot::new(key, head, len);
        let mut at = wanted.home(self.slots.len());
        loop {
            let slot = self.slots.get(at)?;
            if slot.key == wanted.key && slot.head == head && is(I::from_index(slot.id as usize)) {
                return Some(I::from_index(slot.id as usize));
            }
            if slot.key == Slot::FREE.key {
                return None;
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::Symbol;

    #[test]
    fn the_head_is_the_first_eight_bytes() {
        let text = "abcdefghij".as_bytes();
        for len in 0..=text.len() {
            let mut bytes = [0; 8];
            for (to, from) in bytes.iter_mut().zip(text.iter().take(len)) {
                *to = *from;
            }
            assert_eq!(head(&text[..len]), u64::from_le_bytes(bytes), "{len}");
        }
    }

    #[test]
    fn every_word_is_found_under_its_key_and_no_other() {
        let texts: Vec<String> = (0..500).map(|at| format!("{}{at}", "very_long_".repeat(at % 4))).collect();
        let of = |key: u16| texts.iter().enumerate().map(move |(at, text)| (key, &**text, Symbol::from_index(at)));
        let words = Words::new(of(0).chain(of(7)));
        let text = |id: Symbol| texts.get(id.index()).map_or("", |text| &**text);
        for (at, word) in texts.iter().enumerate() {
            assert_eq!(words.find(0, word, text), Some(Symbol::from_index(at)));
            assert_eq!(words.find(7, word, text), Some(Symbol::from_index(at)));
            assert_eq!(words.find(1, word, text), None);
            assert_eq!(words.find(0, &format!("{word}\0"), text), None);
        }
        assert_eq!(words.find(0, "", text), None);
        assert_eq!(Words::<Symbol>::default().find(0, "x", text), None);
    }
}
