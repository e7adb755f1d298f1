//! Where the pieces of a scalar stand whose text is not in the file letter for letter: it has escapes, or lines that YAML
//! joined or freed from their indentation.

/// The beginnings of pieces, in order: a byte of the text and the byte of the file where it stands.
#[derive(Clone, Debug)]
pub struct Pieces(Vec<(u32, u32)>);

/// Longer texts are not lined up: no condition is that long.
const LENGTH_LIMIT: usize = 1 << 16;

impl Pieces {
    /// Lines up a scalar's text with its source, which begins at byte `base` of the file; none if they do not agree.
    ///
    /// YAML changes nothing but white space and, in quotes, escapes: so words follow each other in both.
    pub(super) fn align(text: &str, source: &str, base: u32) -> Option<Self> {
        if source.len() > LENGTH_LIMIT {
            return None;
        }
        let (quote, source, base) = match source.chars().next()? {
            quote @ ('"' | '\'') => (Some(quote), source.get(1..source.len().checked_sub(1)?)?, base + 1),
            _ => (None, source, base),
        };
        let mut pieces: Vec<(u32, u32)> = Vec::new();
        let (mut at, mut from) = (0usize, 0usize);
        loop {
            at += blank(text.get(at..)?);
            from += blank(source.get(from..)?);
            let Some(wanted) = text.get(at..)?.chars().next() else { break };
            let rest = source.get(from..)?;
            let written = rest.chars().next()?;
            let length = match (quote, written) {
                (Some('\''), '\'') => 2,
                (Some('"'), '\\') => match escape(rest)? {
                    // The white space that it stands for was passed over in the text already.
                    Escape::Blank(length) => {
                        from += length;
                        continue;
                    }
                    Escape::Character(length) => length,
                },
                _ if written == wanted => written.len_utf8(),
                _ => return None,
            };
            // Of an escape its last character stands for the whole, so that a quote is under the mark and no backslash.
            let stands = u32::try_from(from + length).ok()?.checked_sub(u32::try_from(wanted.len_utf8()).ok()?)?;
            let piece = (u32::try_from(at).ok()?, base.checked_add(stands)?);
            if pieces.last().is_none_or(|&(text, file)| piece.1.wrapping_sub(file) != piece.0.wrapping_sub(text)) {
                pieces.push(piece);
            }
            at += wanted.len_utf8();
            from += length;
        }
        (!pieces.is_empty()).then_some(Self(pieces))
    }

    /// The beginnings of the pieces: a byte of the text and the byte of the file where it stands.
    #[must_use]
    pub fn beginnings(&self) -> &[(u32, u32)] {
        &self.0
    }

    /// Pieces that begin so; nothing where they are in no order.
    #[must_use]
    pub fn beginning(beginnings: Vec<(u32, u32)>) -> Option<Self> {
        let sorted = beginnings.is_sorted_by(|one, other| one.0 < other.0);
        (sorted && !beginnings.is_empty()).then_some(Self(beginnings))
    }

    /// Puts the whole text further on in the file.
    pub(super) fn shift(&mut self, by: u32) {
        for (_, file) in &mut self.0 {
            *file = file.saturating_add(by);
        }
    }

    /// The bytes of the file from the first to the last byte of `start..end` of the text.
    pub(super) fn locate(&self, start: u32, end: u32) -> Option<(u32, u32)> {
        let place = |at: u32| {
            let next = self.0.partition_point(|&(text, _)| text <= at);
            self.0.get(next.saturating_sub(1)).map(|&(text, file)| file.saturating_add(at.saturating_sub(text)))
        };
        let first = place(start)?;
        let last = if end > start { place(end - 1)?.saturating_add(1) } else { first };
        Some((first, last.max(first)))
    }
}

enum Escape {
    /// It stands for white space, or for nothing.
    Blank(usize),
    /// It stands for one character.
    Character(usize),
}

/// The escape at the beginning of a text in double quotes, with its length.
fn escape(rest: &str) -> Option<Escape> {
    let letter = rest.chars().nth(1)?;
    Some(match letter {
        'n' | 't' | 'r' | ' ' | '\t' | '\n' => Escape::Blank(2),
        '\r' => Escape::Blank(if rest.starts_with("\\\r\n") { 3 } else { 2 }),
        'x' => Escape::Character(4),
        'u' if rest.get(6..).is_some_and(|rest| rest.starts_with("\\u"))
            && rest.get(2..3)?.eq_ignore_ascii_case("d") =>
        {
            Escape::Character(12)
        }
        'u' => Escape::Character(6),
        'U' => Escape::Character(10),
        _ => Escape::Character(1 + letter.len_utf8()),
    })
}

/// The length of the white space at the beginning of a text.
fn blank(rest: &str) -> usize {
    rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n']).len()
}
