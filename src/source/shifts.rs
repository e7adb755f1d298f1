//! Where the parts of a text stand that was edited, for those who read it before.
//!
//! A place that was noted when a text was read stays what it is when the text is edited somewhere else: it names a byte of
//! the text as it was *noted*, and this tells where that byte is now. What is put in is noted behind all that was there
//! before, so that no place ever means two bytes.

use std::ops::Range;

/// Into how many parts a text may fall before it is better read anew.
const PARTS: usize = 4_096;

/// The parts of an edited text, in the order in which they stand now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Shifts {
    parts: Vec<Part>,
    /// Where the next part is noted.
    next: u32,
}

/// Bytes that stand side by side, as they did when they were noted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Part {
    noted: u32,
    now: u32,
    length: u32,
}

impl Part {
    fn end(self) -> u32 {
        self.now.saturating_add(self.length)
    }
}

impl Shifts {
    /// Those of a text of so many bytes as it was read.
    #[must_use]
    pub fn none(length: u32) -> Self {
        Self { parts: vec![Part { noted: 0, now: 0, length }], next: length.saturating_add(1) }
    }

    /// Puts `length` new bytes in the place of those that stand at `place` now, and says where they are noted; nothing where
    /// the text had better be read anew.
    #[must_use]
    pub fn edited(&self, place: Range<u32>, length: u32) -> Option<(Self, u32)> {
        let noted = self.next;
        let next = noted.checked_add(length)?.checked_add(1)?;
        let moved = |at: u32| at.checked_sub(place.end)?.checked_add(place.start)?.checked_add(length);
        let mut parts = Vec::with_capacity(self.parts.len() + 2);
        for part in self.parts.iter().filter(|part| part.now < place.start) {
            parts.push(Part { length: part.length.min(place.start - part.now), ..*part });
        }
        parts.push(Part { noted, now: place.start, length });
        for part in self.parts.iter().filter(|part| part.end() > place.end) {
            let cut = place.end.saturating_sub(part.now);
            let now = moved(part.now.max(place.end))?;
            parts.push(Part { noted: part.noted.saturating_add(cut), now, length: part.length - cut });
        }
        (parts.len() <= PARTS).then_some((Self { parts, next }, noted))
    }

    /// Where a range of bytes stands now that was noted; nothing where they are gone.
    #[must_use]
    pub fn now(&self, noted: Range<u32>) -> Option<Range<u32>> {
        let holds = |part: &&Part| part.noted <= noted.start && noted.end <= part.noted.saturating_add(part.length);
        let part = self.parts.iter().find(holds)?;
        let shifted = |at: u32| at - part.noted + part.now;
        Some(shifted(noted.start)..shifted(noted.end))
    }

    /// How a range of bytes is noted that stands in the text now.
    #[must_use]
    pub fn noted(&self, now: Range<u32>) -> Range<u32> {
        let after = self.parts.partition_point(|part| part.now <= now.start);
        let part = after.checked_sub(1).and_then(|at| self.parts.get(at));
        let Some(part) = part else { return now };
        let shifted = |at: u32| at - part.now + part.noted;
        shifted(now.start)..shifted(now.end.max(now.start))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn however_often_a_text_is_edited_each_byte_is_found_where_it_stands() {
        let mut text: Vec<u32> = (0..500).collect();
        let mut shifts = Shifts::none(500);
        let mut fresh = 1_000_000;
        let mut random = 11_u32;
        // Of each byte that was ever there, how it is noted.
        let mut notes: Vec<(u32, u32)> = (0..500).map(|at| (at, at)).collect();
        for _ in 0..300 {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let start = (random >> 8) % text.len() as u32;
            let end = (start + (random >> 20) % 9).min(text.len() as u32);
            let length = (random >> 26) % 9;
            let (edited, noted) = shifts.edited(start..end, length).expect("few parts");
            let new: Vec<u32> = (0..length).map(|at| fresh + at).collect();
            notes.extend(new.iter().zip(noted..).map(|(byte, noted)| (*byte, noted)));
            fresh += length;
            text.splice(start as usize..end as usize, new);
            shifts = edited;
        }
        for (byte, noted) in notes {
            let stands = text.iter().position(|known| *known == byte).map(|at| at as u32);
            assert_eq!(shifts.now(noted..noted + 1).map(|now| now.start), stands, "{byte}");
            if let Some(at) = stands {
                assert_eq!(shifts.noted(at..at + 1), noted..noted + 1);
            }
        }
    }
}
