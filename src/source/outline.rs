//! Where the lines of a text begin and which of its bytes continue a character: all it takes to name a place, without
//! holding the text itself.
//!
//! For a text that is ASCII this is four bytes a line and four for each [`BLOCK`]; where it is not, another bit for each
//! byte of a block. So a file of gigabytes costs a few hundredths of its size, at worst an eighth.

use super::Position;
use crate::index::Table;
use std::ops::Range;

/// Bytes between two counts of characters.
const BLOCK: usize = 512;

/// Words that mark the bytes of a block.
const WORDS: usize = BLOCK / 64;

/// The outline of a text, built by pushing the text in pieces.
#[derive(Clone, Debug)]
pub struct Outline {
    length: u32,
    line_starts: Table<u32>,
    /// How many characters begin before each block.
    before: Table<u32>,
    /// How many characters began so far.
    characters: u32,
    /// The blocks that are not ASCII, in order, each with a bit for every byte that continues a character.
    wide: Vec<(u32, [u64; WORDS])>,
}

/// What an outline consists of, to be put away and taken up again.
#[derive(Clone, Debug)]
pub struct OutlineParts {
    /// How many bytes the text has.
    pub length: u32,
    /// How many characters it has.
    pub characters: u32,
    /// Where its lines begin.
    pub line_starts: Table<u32>,
    /// How many characters begin before each block.
    pub before: Table<u32>,
    /// The blocks that are not ASCII, each with a bit for every byte that continues a character.
    pub wide: Vec<(u32, [u64; WORDS])>,
}

impl OutlineParts {
    /// The outline of these parts; nothing where they are those of no text.
    #[must_use]
    pub fn outline(self) -> Option<Outline> {
        let Self { length, characters, line_starts, before, wide } = self;
        let ascending = |numbers: &[u32]| numbers.is_sorted_by(|one, other| one < other);
        let sound = line_starts.first() == Some(&0)
            && ascending(&line_starts)
            && line_starts.last().is_some_and(|&last| last <= length)
            && before.len() == (length as usize).div_ceil(BLOCK)
            && before.is_sorted()
            && before.last().is_none_or(|&last| last <= characters)
            && characters <= length
            && wide.is_sorted_by(|one, other| one.0 < other.0);
        sound.then_some(Outline { length, line_starts, before, characters, wide })
    }
}

impl Default for Outline {
    fn default() -> Self {
        Self { length: 0, line_starts: vec![0].into(), before: Table::default(), characters: 0, wide: Vec::new() }
    }
}

impl Outline {
    /// The outline of a text at hand.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let mut outline = Self::default();
        for line in text.as_bytes().split_inclusive(|&byte| byte == b'\n') {
            outline.push(line);
        }
        outline
    }

    /// Goes on with the next bytes: a line or a part of one. A line feed stands nowhere but at their end.
    pub fn push(&mut self, mut bytes: &[u8]) {
        let ends_line = bytes.last() == Some(&b'\n');
        while !bytes.is_empty() {
            let within = self.length as usize % BLOCK;
            if within == 0 {
                self.before.made().push(self.characters);
            }
            let (part, rest) = bytes.split_at(bytes.len().min(BLOCK - within));
            let continuing = if part.is_ascii() { 0 } else { self.mark(within, part) };
            let length = u32::try_from(part.len()).unwrap_or(u32::MAX);
            self.length = self.length.saturating_add(length);
            self.characters = self.characters.saturating_add(length.saturating_sub(continuing));
            bytes = rest;
        }
        if ends_line {
            self.line_starts.made().push(self.length);
        }
    }

    /// Marks the bytes of a part that continue a character, `within` bytes into the block; how many they are.
    fn mark(&mut self, within: usize, part: &[u8]) -> u32 {
        let block = u32::try_from(self.length as usize / BLOCK).unwrap_or(u32::MAX);
        if self.wide.last().is_none_or(|(last, _)| *last != block) {
            self.wide.push((block, [0; WORDS]));
        }
        let Some((_, words)) = self.wide.last_mut() else { return 0 };
        let mut count = 0;
        for (at, byte) in part.iter().enumerate() {
            if byte & 0b1100_0000 == 0b1000_0000
                && let Some(word) = words.get_mut((within + at) / 64)
            {
                *word |= 1 << ((within + at) % 64);
                count += 1;
            }
        }
        count
    }

    /// What it consists of.
    #[must_use]
    pub fn parts(&self) -> OutlineParts {
        let Self { length, line_starts, before, characters, wide } = self.clone();
        OutlineParts { length, characters, line_starts, before, wide }
    }

    /// How many bytes the text has.
    #[must_use]
    pub fn length(&self) -> u32 {
        self.length
    }

    /// The number, from 0, of the line that holds byte `offset`; an offset past the end lies on the last line.
    #[must_use]
    pub fn line_of(&self, offset: u32) -> u32 {
        let line = self.line_starts.partition_point(|&start| start <= offset);
        u32::try_from(line.saturating_sub(1)).unwrap_or(u32::MAX)
    }

    /// The bytes of a line counted from 0, with its line break; `None` past the last line.
    #[must_use]
    pub fn line(&self, line: u32) -> Option<Range<u32>> {
        let start = *self.line_starts.get(line as usize)?;
        Some(start..self.line_starts.get(line as usize + 1).copied().unwrap_or(self.length))
    }

    /// The position of byte `offset`; an offset past the end is the end.
    #[must_use]
    pub fn position(&self, offset: u32) -> Position {
        let offset = offset.min(self.length);
        let line = self.line_of(offset);
        let start = self.line_starts.get(line as usize).copied().unwrap_or(0);
        let column = self.characters_before(offset).saturating_sub(self.characters_before(start));
        Position { line: line.saturating_add(1), column: column.saturating_add(1) }
    }

    /// How many characters begin before byte `offset`.
    fn characters_before(&self, offset: u32) -> u32 {
        let (block, within) = (offset as usize / BLOCK, offset as usize % BLOCK);
        let Some(&counted) = self.before.get(block) else { return self.characters };
        let block = u32::try_from(block).unwrap_or(u32::MAX);
        let wide = self.wide.binary_search_by_key(&block, |(at, _)| *at).ok().and_then(|at| self.wide.get(at));
        let continuing = wide.map_or(0, |(_, words)| marked_before(words, within));
        counted + u32::try_from(within).unwrap_or(u32::MAX).saturating_sub(continuing)
    }
}

/// How many of the first `within` bytes of a block are marked.
fn marked_before(words: &[u64; WORDS], within: usize) -> u32 {
    let whole: u32 = words.iter().take(within / 64).map(|word| word.count_ones()).sum();
    let part = words.get(within / 64).map_or(0, |word| (word & !(u64::MAX << (within % 64))).count_ones());
    whole + part
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_agree_with_counting_from_the_start() {
        let line = "ä団x\t".repeat(3_000);
        let plain = "plain ".repeat(400);
        for text in [format!("{line}\r\n\n{plain}{line}\n{plain}\nend"), String::new(), String::from("\n"), plain] {
            let outline = Outline::of(&text);
            assert_eq!(outline.length() as usize, text.len());
            for (offset, _) in text.char_indices().chain([(text.len(), ' '), (text.len() + 9, ' ')]).step_by(7) {
                let before = &text[..offset.min(text.len())];
                let start = before.rfind('\n').map_or(0, |at| at + 1);
                let line = before.matches('\n').count() + 1;
                let column = before[start..].chars().count() + 1;
                let position = outline.position(u32::try_from(offset).unwrap());
                assert_eq!((position.line as usize, position.column as usize), (line, column), "at {offset}");
            }
        }
    }

    #[test]
    fn a_line_may_come_in_parts_that_end_within_a_character() {
        let text = "{\"ä\": \"団団\"}\nnext ö\n".repeat(100);
        let mut parts = Outline::default();
        for line in text.as_bytes().split_inclusive(|&byte| byte == b'\n') {
            line.chunks(3).for_each(|part| parts.push(part));
        }
        let whole = Outline::of(&text);
        for offset in 0..whole.length() {
            assert_eq!(parts.position(offset), whole.position(offset));
        }
        assert_eq!(parts.line(3), whole.line(3));
    }
}
