//! What stands between the values of a document: white space, comments, ends of lines.

use super::Reader;

impl Reader<'_> {
    pub(super) fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    /// The first byte from `at` on that is neither white space nor part of a comment.
    pub(super) fn significant(&self, mut at: usize) -> usize {
        loop {
            match self.byte(at) {
                Some(b' ' | b'\t' | b'\n' | b'\r') => at += 1,
                Some(b'#') => at = self.line_end(at),
                _ => return at,
            }
        }
    }

    /// One past the break of the line that holds `at`, or the end of the text.
    pub(super) fn line_end(&self, at: usize) -> usize {
        let rest = self.text.as_bytes().get(at..).unwrap_or_default();
        rest.iter().position(|&byte| byte == b'\n').map_or(self.text.len(), |end| at + end + 1)
    }

    /// The line from `at` on, with its break.
    pub(super) fn line(&self, at: usize) -> &str {
        self.text.get(at..self.line_end(at)).unwrap_or_default()
    }

    /// Where the lines of a block scalar end, empty lines behind it included: they may be part of it.
    pub(super) fn block_scalar_end(&self, start: usize, end: usize) -> usize {
        if start == end {
            return 0;
        }
        let written = self.text.get(start..end).unwrap_or_default();
        let mut end = match written.rfind('\n') {
            Some(last) if written.get(last..).is_some_and(|rest| rest.trim().is_empty()) => start + last + 1,
            _ => self.line_end(end),
        };
        while end < self.text.len() && self.line(end).trim().is_empty() {
            end = self.line_end(end);
        }
        end
    }

    /// Where the lines of comments end that are at least `least` from the edge, the empty lines between them included.
    pub(super) fn tail_end(&self, least: usize) -> usize {
        let (mut end, mut at) = (self.at, self.at);
        while at < self.text.len() {
            let line = self.line(at);
            let words = line.trim_start();
            at = self.line_end(at);
            if words.starts_with('#') {
                if line.len() - words.len() < least {
                    break;
                }
                end = at;
            } else if !words.is_empty() {
                break;
            }
        }
        end
    }
}
