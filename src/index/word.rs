//! A name as bytes, together with the first of them as a number: most names are told apart by it.

use std::cmp::Ordering;

/// How many bytes of a name are all of its head.
pub const HEAD: usize = 8;

/// A name and its head.
#[derive(Clone, Copy, Debug)]
pub struct Word<'t> {
    bytes: &'t [u8],
    head: u64,
}

impl<'t> Word<'t> {
    /// Its bytes.
    #[inline]
    #[must_use]
    pub const fn bytes(self) -> &'t [u8] {
        self.bytes
    }

    /// Its first eight bytes as a number, the missing ones zero. It and the length are all of a [short](Self::is_short) one.
    #[inline]
    #[must_use]
    pub const fn head(self) -> u64 {
        self.head
    }

    /// Whether its head has all of it.
    #[inline]
    #[must_use]
    pub const fn is_short(self) -> bool {
        self.bytes.len() <= HEAD
    }

    /// What stands before and after the first colon of a text, if there is one.
    ///
    /// Hardly a branch depends on where that is: the heads of both are cut out of the first and the last eight bytes.
    // A request has two such texts, and what is made of them is read at once.
    #[expect(clippy::inline_always)]
    #[inline(always)]
    #[must_use]
    pub fn split(text: &'t str) -> Option<(Self, Self)> {
        let bytes = text.as_bytes();
        let (first, last) = ends(bytes);
        // The first byte that is a colon has its highest bit set, and none before it has.
        let colons = first ^ u64::from_ne_bytes([b':'; HEAD]);
        let found = colons.wrapping_sub(u64::from_ne_bytes([0x01; HEAD])) & !colons & u64::from_ne_bytes([0x80; HEAD]);
        let at = if found == 0 { later_colon(bytes)? } else { (found.trailing_zeros() / 8) as usize };
        let (before, after) = (bytes.get(..at)?, bytes.get(at + 1..)?);
        let front = if at < HEAD { first & !(u64::MAX << (8 * at)) } else { first };
        let back = match after.first_chunk::<HEAD>() {
            Some(head) => u64::from_le_bytes(*head),
            None => last >> 8 >> (8 * (HEAD - 1 - after.len())),
        };
        Some((Self { bytes: before, head: front }, Self { bytes: after, head: back }))
    }
}

/// Where a colon stands that is not among the first eight bytes.
#[inline(never)]
fn later_colon(bytes: &[u8]) -> Option<usize> {
    bytes.iter().position(|&byte| byte == b':')
}

impl Ord for Word<'_> {
    /// The order of their bytes.
    #[inline]
    fn cmp(&self, other: &Self) -> Ordering {
        // The first byte weighs most. What is missing is zero, so that of two heads that differ the lesser one comes first.
        let heads = self.head.swap_bytes().cmp(&other.head.swap_bytes());
        heads.then_with(|| self.bytes.cmp(other.bytes))
    }
}

impl PartialOrd for Word<'_> {
    #[inline]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Word<'_> {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        self.head == other.head && self.bytes == other.bytes
    }
}

impl Eq for Word<'_> {}

impl<'t> From<&'t str> for Word<'t> {
    #[inline]
    fn from(text: &'t str) -> Self {
        Self { bytes: text.as_bytes(), head: head(text.as_bytes()) }
    }
}

/// The first eight bytes as a number, the missing ones zero.
#[inline]
fn head(bytes: &[u8]) -> u64 {
    // By halves, which overlap where there are fewer bytes: how many there are is told by where they are read, and not by a
    // branch, since nobody can foretell it.
    let head = bytes.get(..bytes.len().min(HEAD)).unwrap_or_default();
    match (head.first_chunk(), head.last_chunk()) {
        (Some(first), Some(last)) => {
            let half = |bytes| u64::from(u32::from_le_bytes(bytes));
            half(*first) | half(*last) << (8 * (head.len() - size_of::<u32>()))
        }
        _ => head_of_few(head),
    }
}

/// The first eight bytes as a number, and the last eight. Of fewer, what is missing is zero: behind them, and before them.
#[expect(clippy::inline_always)]
#[inline(always)]
pub(super) fn ends(bytes: &[u8]) -> (u64, u64) {
    // Whole names have mostly more than eight bytes, which can be foretold.
    match (bytes.first_chunk(), bytes.last_chunk()) {
        (Some(first), Some(last)) => (u64::from_le_bytes(*first), u64::from_le_bytes(*last)),
        _ => ends_of_few(bytes),
    }
}

/// The head of fewer bytes than it has room for, and the same at its other end: of what is missing, the first bytes are zero.
fn ends_of_few(bytes: &[u8]) -> (u64, u64) {
    let head = head(bytes);
    (head, head.checked_shl(8 * (HEAD - bytes.len()) as u32).unwrap_or(0))
}

/// The head of fewer bytes than a half has.
#[inline(never)]
fn head_of_few(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |head, byte| head << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expected(bytes: &[u8]) -> u64 {
        bytes.iter().take(8).enumerate().fold(0, |head, (at, byte)| head | u64::from(*byte) << (8 * at))
    }

    #[test]
    fn the_head_is_the_first_eight_bytes() {
        let text = "abcdefghij";
        for len in 0..=text.len() {
            let word = Word::from(&text[..len]);
            assert_eq!((word.bytes(), word.head()), (&text.as_bytes()[..len], expected(&text.as_bytes()[..len])));
            assert_eq!(word.is_short(), len <= 8);
        }
    }

    #[test]
    fn words_are_in_the_order_of_their_bytes() {
        let texts = ["", "\0", "\0\0", "a", "a\0", "a\0b", "ab", "abcdefgh", "abcdefgh\0", "abcdefghi", "b", "ä", "団"];
        for (one, other) in texts.iter().flat_map(|one| texts.iter().map(move |other| (*one, *other))) {
            assert_eq!(Word::from(one).cmp(&Word::from(other)), one.cmp(other), "{one:?} {other:?}");
            assert_eq!(Word::from(one) == Word::from(other), one == other, "{one:?} {other:?}");
        }
    }

    #[test]
    fn a_name_is_split_at_its_first_colon_wherever_that_is() {
        let text = "abcdeäfghijklmnop";
        let ends: Vec<usize> = (0..=text.len()).filter(|&end| text.is_char_boundary(end)).collect();
        for (before, after) in ends.iter().flat_map(|before| ends.iter().map(move |after| (*before, *after))) {
            for after in [text[..after].to_owned(), format!(":{}", &text[..after]), format!("{}:", &text[..after])] {
                let name = format!("{}:{after}", &text[..before]);
                let (ty, id) = Word::split(&name).expect("it has a colon");
                let wanted = name.split_once(':').expect("it has a colon");
                assert_eq!((ty.bytes(), id.bytes()), (wanted.0.as_bytes(), wanted.1.as_bytes()));
                assert_eq!((ty.head(), id.head()), (expected(ty.bytes()), expected(id.bytes())), "{name}");
            }
        }
        for none in ["", "a", "abcdefgh", "abcdefghijkl"] {
            assert!(Word::split(none).is_none());
        }
    }
}
