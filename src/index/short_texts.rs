//! Texts of up to sixteen bytes, looked up where every nanosecond counts: each has a place of its own.
//!
//! Layout. The hash of a text tells a bucket, of one or two texts, and a slot. By how far those of a bucket are moved from these
//! slots stands in a table of its own, and was chosen so that no two texts share one (Belazzougui, Botelho and Dietzfelbinger:
//! Hash, Displace, and Compress, 2009; nothing is compressed here). So a look-up is one read of that table, which stays in the
//! nearest cache, and one of a slot of thirty-two bytes, half a line, which has all of a text: two numbers and its length. No
//! branch depends on which text it is.
//!
//! Hashes are drawn by numbers that are others for each table, so that nobody can choose texts that share a bucket.

use super::word::ends;
use std::hash::{BuildHasher, RandomState};

/// How many bytes a text has at most.
const MOST: usize = 16;
/// How many draws are made of hashes by which each text has a place: two in three are, and of three texts one in three.
const DRAWS: usize = 64;

/// Distinct texts, and what they stand for.
#[derive(Clone, Debug)]
pub struct ShortTexts<T> {
    seeds: [u64; 2],
    /// By bucket, how far its texts are moved.
    moved: Vec<u16>,
    slots: Vec<Slot<T>>,
}

/// All of a short text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Short {
    /// Its first eight bytes, and its last.
    first: u64,
    last: u64,
    len: u32,
}

#[derive(Clone, Copy, Debug)]
#[repr(align(32))]
struct Slot<T> {
    // The parts of its text, that no room is between those and what it stands for.
    first: u64,
    last: u64,
    len: u32,
    of: T,
}

/// Where a text may stand.
#[derive(Clone, Copy, Debug)]
struct Hash(u64);

impl Short {
    /// No text.
    const FREE: Self = Self { first: 0, last: 0, len: u32::MAX };

    #[expect(clippy::inline_always)]
    #[inline(always)]
    fn new(text: &str) -> Option<Self> {
        if text.len() > MOST {
            return None;
        }
        let (first, last) = ends(text.as_bytes());
        Some(Self { first, last, len: text.len() as u32 })
    }

    #[inline]
    fn hash(self, [one, other]: [u64; 2]) -> Hash {
        let last = self.last ^ u64::from(self.len) << 56;
        let product = u128::from(self.first ^ one) * u128::from(last ^ other);
        Hash((product >> 64) as u64 ^ product as u64)
    }
}

impl<T> Slot<T> {
    const fn new(Short { first, last, len }: Short, of: T) -> Self {
        Self { first, last, len, of }
    }

    /// What stands in it.
    #[inline]
    const fn text(&self) -> Short {
        Short { first: self.first, last: self.last, len: self.len }
    }
}

impl Hash {
    /// Its bucket, among a power of two of them.
    #[inline]
    const fn bucket(self, buckets: usize) -> usize {
        (self.0 >> 48) as usize & buckets.wrapping_sub(1)
    }

    /// Its slot, among a power of two of them, where it is moved so far.
    #[inline]
    const fn slot(self, moved: u16, slots: usize) -> usize {
        self.0 as usize & slots.wrapping_sub(1) ^ moved as usize
    }
}

impl<T> Default for ShortTexts<T> {
    fn default() -> Self {
        Self { seeds: [0; 2], moved: Vec::new(), slots: Vec::new() }
    }
}

impl<T: Copy> ShortTexts<T> {
    /// A table of texts that are all different. Longer ones are left out.
    #[must_use]
    pub fn new(texts: &[(impl AsRef<str>, T)]) -> Self {
        let short = |(text, of): &(_, T)| Some((Short::new(AsRef::as_ref(text))?, *of));
        let all: Vec<(Short, T)> = texts.iter().filter_map(short).collect();
        let drawn = |at: u64| RandomState::new().hash_one(at);
        (0..DRAWS).find_map(|_| Self::placed(&all, [drawn(0), drawn(1)])).unwrap_or_default()
    }

    /// Puts each into a place of its own, if there is one.
    fn placed(all: &[(Short, T)], seeds: [u64; 2]) -> Option<Self> {
        let Some(&(_, any)) = all.first() else { return Some(Self::default()) };
        let mut slots = vec![Slot::new(Short::FREE, any); (all.len() * 3 / 2).next_power_of_two()];
        let mut buckets = vec![Vec::new(); (all.len() / 2).next_power_of_two()];
        for &(text, of) in all {
            let hash = text.hash(seeds);
            let bucket = hash.bucket(buckets.len());
            buckets.get_mut(bucket)?.push((hash, Slot::new(text, of)));
        }
        let mut moved = vec![0; buckets.len()];
        let furthest = u16::try_from(slots.len() - 1).unwrap_or(u16::MAX);
        // The fuller a bucket, the more room it needs.
        let mut order: Vec<usize> = (0..buckets.len()).collect();
        order.sort_by_key(|&at| std::cmp::Reverse(buckets.get(at).map_or(0, Vec::len)));
        for at in order {
            let bucket = buckets.get(at)?;
            *moved.get_mut(at)? = (0..=furthest).find(|&moved| put(&mut slots, bucket, moved))?;
        }
        Some(Self { seeds, moved, slots })
    }

    /// Whether there is no text.
    #[inline]
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// The same texts, which stand for something else each.
    #[must_use]
    pub fn map<U>(&self, mut of: impl FnMut(&T) -> U) -> ShortTexts<U> {
        let slots = self.slots.iter().map(|slot| Slot::new(slot.text(), of(&slot.of))).collect();
        ShortTexts { seeds: self.seeds, moved: self.moved.clone(), slots }
    }

    /// What a text stands for.
    #[expect(clippy::inline_always)]
    #[inline(always)]
    #[must_use]
    pub fn find(&self, text: &str) -> Option<&T> {
        let text = Short::new(text)?;
        let hash = text.hash(self.seeds);
        let moved = *self.moved.get(hash.bucket(self.moved.len()))?;
        let slot = self.slots.get(hash.slot(moved, self.slots.len()))?;
        (slot.text() == text).then_some(&slot.of)
    }
}

/// Puts all of a bucket where they stand if moved so far, if all these places are free.
fn put<T: Copy>(slots: &mut [Slot<T>], bucket: &[(Hash, Slot<T>)], moved: u16) -> bool {
    for (done, (hash, slot)) in bucket.iter().enumerate() {
        let at = hash.slot(moved, slots.len());
        match slots.get_mut(at) {
            Some(free) if free.text() == Short::FREE => *free = *slot,
            _ => {
                for (hash, _) in bucket.iter().take(done) {
                    let at = hash.slot(moved, slots.len());
                    if let Some(taken) = slots.get_mut(at) {
                        *taken = Slot::new(Short::FREE, taken.of);
                    }
                }
                return false;
            }
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_short_text_is_found_and_no_other() {
        let long = "abcdefghijklmnopq";
        let of_lengths = (0..=long.len()).map(|len| long[..len].to_owned());
        // Some that differ in their middle, in their length alone, and in bytes that are zero.
        let alike =
            ["aaaaaaaaa", "aaaaaaaaaa", "aaaaaaaaaaaaaaaa", "a\0", "a\0\0", "\0", "user:u\0\0\0", "12345678x12345678"];
        let counted = (0..3000).map(|at| format!("run:r{at}"));
        let texts: Vec<(String, usize)> = of_lengths
            .chain(alike.map(str::to_owned))
            .chain(counted)
            .enumerate()
            .map(|(at, text)| (text, at))
            .collect();
        for len in (0..40).chain([1000, texts.len()]) {
            let (there, others) = texts.split_at(len);
            let table = ShortTexts::new(there);
            for (text, at) in there {
                assert_eq!(table.find(text), (text.len() <= 16).then_some(at), "{text:?} of {len}");
            }
            for (text, _) in others {
                assert_eq!(table.find(text), None, "{text:?} beyond {len}");
            }
        }
    }

    #[test]
    fn all_of_a_text_is_compared() {
        // One text has one slot, where any other looks as well.
        let table = ShortTexts::new(&[("abcdefghijklmnop", ())]);
        for other in
            ["Xbcdefghijklmnop", "abcdefghijklmnoX", "abcdefghXjklmnop", "abcdefghijklmno", "abcdefghbcdefghijklmnop"]
        {
            assert_eq!(table.find(other), None, "{other}");
        }
        assert_eq!(table.find("abcdefghijklmnop"), Some(&()));
        assert_eq!(ShortTexts::new(&[("aaaaaaaaa", ())]).find("aaaaaaaaaa"), None);
    }

    #[test]
    fn texts_that_are_equal_make_no_table() {
        assert!(ShortTexts::new(&[("a", 1), ("b", 2), ("a", 3)]).is_empty());
        assert_eq!(ShortTexts::<u32>::default().find(""), None);
    }

    #[test]
    fn a_slot_is_half_a_line() {
        assert_eq!(size_of::<Slot<[u32; 3]>>(), 32);
    }
}
