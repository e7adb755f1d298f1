//! A layout that leaves open where lines end: which parts belong on one line if they have room there.

/// A part of a layout.
#[derive(Debug)]
pub(in crate::format) enum Doc {
    /// A token, by its number.
    Token(usize),
    /// A bracket that closes: comments on lines before it belong to what stands in the brackets.
    Close(usize),
    /// A comma that means nothing. One with a comment stays wherever it is.
    Comma {
        /// Its token.
        at: usize,
        /// Where it stands.
        stands: Stands,
    },
    /// A space.
    Space,
    /// The end of a line where the group around it is spread over lines, else a space or nothing.
    Line {
        /// Whether a space stands here on one line.
        space: bool,
        /// Whether an empty line that stands here is kept.
        blank: bool,
    },
    /// The end of a line, always.
    Hard {
        /// Whether an empty line that stands here is kept.
        blank: bool,
    },
    /// Parts one after the other.
    Concat(Vec<Self>),
    /// On one line, if all of it has room there.
    Group(Vec<Self>),
    /// Lines in it are further from the edge by one step.
    Indent(Vec<Self>),
}

impl Doc {
    /// Where a line may end, and a space stands otherwise.
    pub(super) const fn line() -> Self {
        Self::Line { space: true, blank: false }
    }

    /// Where a line may end, and nothing stands otherwise.
    pub(super) const fn soft() -> Self {
        Self::Line { space: false, blank: false }
    }

    /// Parts with a space between.
    pub(super) fn spaced(parts: Vec<Self>) -> Self {
        let mut all = Vec::with_capacity(parts.len() * 2);
        for part in parts {
            if !all.is_empty() {
                all.push(Self::Space);
            }
            all.push(part);
        }
        Self::Concat(all)
    }
}

/// Where a comma that means nothing stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::format) enum Stands {
    /// Where the group around it is spread over lines.
    Spread,
    /// Where the group around it is on one line.
    OneLine,
    /// Nowhere.
    Never,
}
