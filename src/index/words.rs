//! Words that requests say, looked up where every nanosecond counts.
//!
//! Layout. Slots of sixteen bytes, a power of two of them, at most an eighth of them in use; a word stands in its home, which its
//! first bytes, its length and its key tell, or in the first slot after it that was free. A slot has all of a word of up to eight
//! bytes, as most are: comparing one is comparing two numbers. Of longer ones it has the head, and their texts, which stand
//! with whoever made this, are compared.

use super::{Idx, Word};
use fixedbitset::FixedBitSet;
use std::marker::PhantomData;

/// Words, each with a key beside it, and what they stand for.
#[derive(Clone, Debug)]
pub struct Words<I> {
    slots: Vec<Slot>,
    factor: u64,
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
    fn new(key: u16, word: Word<'_>) -> Self {
        // What is cut off of it, long words are told apart without.
        let len = word.bytes().len() as u32;
        Self { head: word.head(), key: len << 16 | u32::from(key), id: 0 }
    }

    /// Where it stands among a power of two of slots, if there is room.
    #[inline]
    fn home(&self, factor: u64, slots: usize) -> usize {
        // One verb is a word of many types, and has its homes a few slots apart. The key may be known later than the word, and
        // then little is left to do.
        let (len, key) = (u64::from(self.key >> 16), self.key as usize & 0xffff);
        let of_word = (self.head ^ len.rotate_left(40)).wrapping_mul(factor);
        ((of_word >> 32) as usize).wrapping_add(key.wrapping_mul(APART)) & slots.wrapping_sub(1)
    }
}

/// How far apart the homes of a word under two keys are that follow each other.
const APART: usize = 31;

/// How many factors are tried for one that sends each word to a home of its own, so that the first look is the last.
const FACTORS: u64 = 256;
/// Above this many words none would.
const FEW: usize = 128;

impl<I> Default for Words<I> {
    fn default() -> Self {
        Self { slots: Vec::new(), factor: 1, kind: PhantomData }
    }
}

impl<I: Idx> Words<I> {
    /// A table of words. Of equal ones under one key, the first is found.
    #[must_use]
    pub fn new<'w>(words: impl Iterator<Item = (u16, &'w str, I)>) -> Self {
        let id = |id: I| u32::try_from(id.index()).unwrap_or(u32::MAX);
        let words: Vec<Slot> =
            words.map(|(key, word, of)| Slot { id: id(of), ..Slot::new(key, word.into()) }).collect();
        let slots = (words.len() * 8 + 1).next_power_of_two();
        let factor = if words.len() > FEW { factor(0) } else { best_factor(&words, slots) };
        let (mut slots, mask) = (vec![Slot::FREE; slots], slots - 1);
        for word in words {
            let mut at = word.home(factor, slots.len());
            while slots.get(at).is_some_and(|there| *there != Slot::FREE) {
                at = (at + 1) & mask;
            }
            if let Some(free) = slots.get_mut(at) {
                *free = word;
            }
        }
        Self { slots, factor, kind: PhantomData }
    }

    /// What a word under a key stands for. `text` gives the word that something else stands for.
    #[inline]
    pub fn find<'w>(&self, key: u16, word: Word<'_>, text: impl Fn(I) -> &'w str) -> Option<I> {
        let wanted = Slot::new(key, word);
        let mut at = wanted.home(self.factor, self.slots.len());
        loop {
            let slot = self.slots.get(at)?;
            if slot.head == wanted.head && slot.key == wanted.key {
                let id = I::from_index(slot.id as usize);
                if word.is_short() || text(id).as_bytes() == word.bytes() {
                    return Some(id);
                }
            }
            if slot.key == Slot::FREE.key {
                return None;
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
    }
}

/// An odd number without a pattern.
const fn factor(at: u64) -> u64 {
    (at * 2 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// The factor that sends the fewest words to a home that another has.
fn best_factor(words: &[Slot], slots: usize) -> u64 {
    let mut taken = FixedBitSet::with_capacity(slots);
    // No more are counted than are worth knowing.
    let mut collisions = |factor, fewest| {
        taken.clear();
        words.iter().filter(|word| taken.put(word.home(factor, slots))).take(fewest).count()
    };
    let (mut fewest, mut best) = (usize::MAX, factor(0));
    for factor in (0..FACTORS).map(factor) {
        let count = collisions(factor, fewest);
        if count < fewest {
            (fewest, best) = (count, factor);
        }
        if fewest == 0 {
            break;
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::Symbol;

    #[test]
    fn a_verb_of_many_types_has_a_home_under_each() {
        let verbs = ["view", "create", "update", "delete", "list", "download", "share"];
        let words: Vec<Slot> =
            (0..12).flat_map(|key| verbs.map(|verb| Slot { id: 0, ..Slot::new(key, verb.into()) })).collect();
        let slots = (words.len() * 8 + 1).next_power_of_two();
        let factor = best_factor(&words, slots);
        let homes: std::collections::BTreeSet<usize> = words.iter().map(|word| word.home(factor, slots)).collect();
        assert!(homes.len() + 2 >= words.len(), "{} homes of {} words", homes.len(), words.len());
    }

    #[test]
    fn every_word_is_found_under_its_key_and_no_other() {
        let texts: Vec<String> = (0..500).map(|at| format!("{}{at}", "very_long_".repeat(at % 4))).collect();
        let of = |key: u16| texts.iter().enumerate().map(move |(at, text)| (key, &**text, Symbol::from_index(at)));
        let words = Words::new(of(0).chain(of(7)));
        let text = |id: Symbol| texts.get(id.index()).map_or("", |text| &**text);
        for (at, word) in texts.iter().enumerate() {
            assert_eq!(words.find(0, word.as_str().into(), text), Some(Symbol::from_index(at)));
            assert_eq!(words.find(7, word.as_str().into(), text), Some(Symbol::from_index(at)));
            assert_eq!(words.find(1, word.as_str().into(), text), None);
            assert_eq!(words.find(0, format!("{word}\0").as_str().into(), text), None);
        }
        assert_eq!(words.find(0, "".into(), text), None);
        assert_eq!(Words::<Symbol>::default().find(0, "x".into(), text), None);
    }
}
