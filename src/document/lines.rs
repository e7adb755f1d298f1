//! Lines of a text that is too large to hold, one after another and none longer than a limit.

use std::io::{self, BufRead, ErrorKind};

/// What the next line is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LineKind {
    /// There is none.
    End,
    /// A line that ends with a line feed, which is not handed out.
    Closed,
    /// The last line, without a line feed.
    Open,
    /// A line longer than the limit. It was passed over.
    TooLong,
    /// A line that goes on past the bound on what is passed over. It was not read to its end.
    Endless,
}

/// How long lines may be, in bytes.
#[derive(Clone, Copy, Debug)]
pub struct LineLimits {
    /// A longer line is passed over.
    pub length: usize,
    /// Of a line longer than this no end is looked for.
    pub endless: u64,
}

/// Reads a line into `line`; `seen` is shown every byte in order, line feeds and what is passed over included, in pieces
/// that hold a line feed at their end only.
///
/// # Errors
/// When reading fails.
pub fn next_line(
    reader: &mut (impl BufRead + ?Sized),
    line: &mut Vec<u8>,
    limits: LineLimits,
    mut seen: impl FnMut(&[u8]),
) -> io::Result<LineKind> {
    line.clear();
    let mut taken = 0_u64;
    let mut too_long = false;
    loop {
        let buffer = match reader.fill_buf() {
            Ok(buffer) => buffer,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if buffer.is_empty() {
            return Ok(match (taken, too_long) {
                (0, _) => LineKind::End,
                (_, true) => LineKind::TooLong,
                (_, false) => LineKind::Open,
            });
        }
        let stop = buffer.iter().position(|&byte| byte == b'\n');
        let part = buffer.get(..stop.unwrap_or(buffer.len())).unwrap_or(&[]);
        if line.len() + part.len() > limits.length {
            too_long = true;
            line.clear();
        }
        if !too_long {
            line.extend_from_slice(part);
        }
        let used = part.len() + usize::from(stop.is_some());
        seen(buffer.get(..used).unwrap_or(&[]));
        taken += used as u64;
        reader.consume(used);
        match (stop, too_long) {
            (Some(_), true) => return Ok(LineKind::TooLong),
            (Some(_), false) => return Ok(LineKind::Closed),
            (None, true) if taken > limits.endless => return Ok(LineKind::Endless),
            (None, _) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All lines of a text, as they come through a buffer of so many bytes.
    fn lines(text: &str, buffer: usize) -> Vec<(LineKind, String)> {
        let limits = LineLimits { length: 5, endless: 20 };
        let mut reader = io::BufReader::with_capacity(buffer, text.as_bytes());
        let (mut line, mut seen, mut found) = (Vec::new(), Vec::new(), Vec::new());
        loop {
            let kind = next_line(&mut reader, &mut line, limits, |bytes| seen.extend_from_slice(bytes)).unwrap();
            if kind == LineKind::End {
                break;
            }
            found.push((kind, String::from_utf8(line.clone()).unwrap()));
            if kind == LineKind::Endless {
                return found;
            }
        }
        assert_eq!(seen, text.as_bytes());
        found
    }

    #[test]
    fn lines_come_whole_whatever_the_buffer() {
        use LineKind::{Closed, Endless, Open, TooLong};
        for buffer in [1, 2, 3, 7, 100] {
            let of = |text| lines(text, buffer);
            let own = |kind, text: &str| (kind, text.to_owned());
            assert_eq!(of(""), []);
            assert_eq!(of("\n"), [own(Closed, "")]);
            assert_eq!(of("ab\r\n\ncd"), [own(Closed, "ab\r"), own(Closed, ""), own(Open, "cd")]);
            assert_eq!(of("12345\n123456\n1\n"), [own(Closed, "12345"), own(TooLong, ""), own(Closed, "1")]);
            assert_eq!(of("123456"), [own(TooLong, "")]);
            assert_eq!(of(&"1".repeat(200)).first(), Some(&own(Endless, "")));
        }
    }
}
