//! A text in blocks of whole lines, each read on its own: so that two may be read at once.

use super::super::fingerprint::{Fingerprint, Fingerprinter};
use super::{BULK, LINE, MARK};
use crate::source::Outline;
use std::io::{self, BufRead, ErrorKind};

/// How many bytes the first block has, and all others. The first is read before it is known what the file is.
const FIRST: usize = 1 << 16;
const OTHERS: usize = 1 << 21;

/// The blocks of a text, with its outline and its fingerprint so far.
pub(super) struct Blocks<'r> {
    reader: Box<dyn BufRead + Send + 'r>,
    /// What was read of the line that the next block begins with.
    rest: Vec<u8>,
    /// How many bytes the next block has, more or less; none before the first.
    size: usize,
    ended: bool,
    outline: Outline,
    contents: Fingerprinter,
}

/// Lines, or what cannot be one.
pub(super) enum Block {
    /// Lines, all but the last of the text with their line feeds.
    Lines {
        /// The byte that they begin at.
        start: u32,
        /// The lines.
        bytes: Vec<u8>,
    },
    /// A line that is too long. It was passed over.
    TooLong {
        /// The byte that it begins at.
        start: u32,
    },
    /// The text goes on past what it may have. Nothing more is read.
    TooLarge(u64),
}

impl<'r> Blocks<'r> {
    /// The blocks of what a reader gives, without its byte order mark.
    pub(super) fn new(reader: Box<dyn BufRead + Send + 'r>) -> Self {
        let (outline, contents) = (Outline::default(), Fingerprinter::new());
        Self { reader, rest: Vec::new(), size: 0, ended: false, outline, contents }
    }

    /// The next block; nothing at the end.
    pub(super) fn next(&mut self) -> io::Result<Option<Block>> {
        if self.ended {
            return Ok(None);
        }
        if self.size == 0 {
            skip_mark(&mut *self.reader)?;
            self.size = FIRST;
        }
        let start = self.outline.length();
        let mut bytes = std::mem::take(&mut self.rest);
        bytes.reserve_exact(self.size.saturating_sub(bytes.len()));
        // Lines end within what is read at once, unless one is too long.
        let longest = self.size.max(LINE + 1);
        let lines = loop {
            if bytes.len() >= self.size
                && let Some(last) = bytes.iter().rposition(|&byte| byte == b'\n')
            {
                break Some(last + 1);
            }
            if bytes.len() > longest {
                break None;
            }
            let room = if bytes.len() < self.size { self.size - bytes.len() } else { usize::MAX };
            let Some(read) = fill(&mut *self.reader)? else {
                self.ended = true;
                break Some(bytes.len());
            };
            let part = read.get(..room).unwrap_or(read);
            bytes.extend_from_slice(part);
            let used = part.len();
            self.reader.consume(used);
        };
        let Some(end) = lines else { return self.pass_over(start, &bytes).map(Some) };
        self.rest = bytes.split_off(end);
        self.size = OTHERS;
        self.contents.push(&bytes);
        bytes.split_inclusive(|&byte| byte == b'\n').for_each(|line| self.outline.push(line));
        if self.contents.length() > BULK.bytes() {
            return Ok(Some(self.too_large()));
        }
        Ok(if bytes.is_empty() { None } else { Some(Block::Lines { start, bytes }) })
    }

    /// Goes on to the end of a line that is too long, of which the beginning was read.
    fn pass_over(&mut self, start: u32, beginning: &[u8]) -> io::Result<Block> {
        self.contents.push(beginning);
        self.outline.push(beginning);
        while let Some(read) = fill(&mut *self.reader)? {
            let stop = read.iter().position(|&byte| byte == b'\n');
            let part = read.get(..stop.map_or(read.len(), |stop| stop + 1)).unwrap_or(read);
            self.contents.push(part);
            self.outline.push(part);
            let used = part.len();
            self.reader.consume(used);
            if self.contents.length() > BULK.bytes() {
                return Ok(self.too_large());
            }
            if stop.is_some() {
                return Ok(Block::TooLong { start });
            }
        }
        self.ended = true;
        Ok(Block::TooLong { start })
    }

    fn too_large(&mut self) -> Block {
        self.ended = true;
        Block::TooLarge(self.contents.length())
    }

    /// No more blocks are wanted.
    pub(super) fn end(&mut self) {
        self.ended = true;
    }

    /// What is known of all that was read.
    pub(super) fn finish(self) -> (Outline, Fingerprint) {
        (self.outline, self.contents.finish())
    }
}

/// What the reader has next; nothing at the end.
fn fill(reader: &mut (dyn BufRead + Send)) -> io::Result<Option<&[u8]>> {
    // Asked for twice: the first answer cannot be handed on from within a loop.
    while let Err(error) = reader.fill_buf() {
        if error.kind() != ErrorKind::Interrupted {
            return Err(error);
        }
    }
    reader.fill_buf().map(|read| Some(read).filter(|read| !read.is_empty()))
}

pub(super) fn skip_mark(reader: &mut dyn BufRead) -> io::Result<()> {
    if reader.fill_buf()?.starts_with(MARK) {
        reader.consume(MARK.len());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::BufReader;

    #[test]
    fn blocks_are_whole_lines_and_together_the_text() {
        let line = |at: usize| format!("{at} {}\n", "x".repeat(at * 7_919 % 90));
        let many: String = (0..90_000).map(line).collect();
        let long = |length: usize| format!("a\n{}\nb", "y".repeat(length));
        let texts = [many, long(LINE), long(LINE + 1), long(5 << 20), String::new(), String::from("\n")];
        for (text, buffer) in texts.iter().flat_map(|text| [(text, 1 << 18), (text, 1_000)]) {
            let marked = [MARK, text.as_bytes()].concat();
            let mut blocks = Blocks::new(Box::new(BufReader::with_capacity(buffer, &*marked)));
            let (mut together, mut starts) = (String::new(), 0);
            while let Some(block) = blocks.next().unwrap() {
                match block {
                    Block::Lines { start, bytes } => {
                        assert_eq!(start as usize, together.len());
                        together.push_str(std::str::from_utf8(&bytes).unwrap());
                        assert!(together.ends_with('\n') || together.len() == text.len());
                    }
                    Block::TooLong { start } => {
                        let rest = &text[start as usize..];
                        let line = rest.split_inclusive('\n').next().unwrap();
                        assert!(line.len() > LINE && start as usize == together.len());
                        together.push_str(line);
                        starts += 1;
                    }
                    Block::TooLarge(size) => panic!("{size}"),
                }
            }
            assert!(together == *text && starts <= 1);
            let (outline, contents) = blocks.finish();
            assert_eq!(contents, Fingerprint::of(text.as_bytes()));
            let whole = Outline::of(text);
            assert_eq!((outline.length(), outline.line_of(u32::MAX)), (whole.length(), whole.line_of(u32::MAX)));
        }
    }
}
