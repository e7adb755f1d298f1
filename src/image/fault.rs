//! Why a file is not read as a compiled one.

use super::{FORMAT, Section};
use crate::diagnostics::{Code, Diagnostic};
use std::path::Path;

/// What is wrong with a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Fault {
    /// It is no compiled file.
    NotCompiled,
    /// It is one of another format.
    OtherFormat(u32),
    /// It was compiled where names are hashed otherwise, or roles numbered.
    OtherBuild,
    /// The machine reads numbers the other way round.
    BigEndian,
    /// It is not what was written: what is wrong, and where.
    Damaged {
        /// The first byte of the part that is damaged.
        at: usize,
        /// What is wrong.
        what: String,
    },
    /// It is what was written, and that makes no sense.
    Inconsistent {
        /// In which section.
        section: Section,
        /// In which row.
        row: usize,
        /// What is wrong.
        what: &'static str,
    },
}

impl Fault {
    /// A row that makes no sense.
    #[must_use]
    pub const fn row(section: Section, row: usize, what: &'static str) -> Self {
        Self::Inconsistent { section, row, what }
    }

    /// The finding for people.
    #[must_use]
    pub fn finding(&self, path: &Path) -> Diagnostic {
        let shown = path.display();
        let again = |finding: Diagnostic| {
            finding.help(format!("compile it anew: `rolebook compile POLICY --directory FILE -o {shown}`"))
        };
        match self {
            Self::NotCompiled => Diagnostic::placeless(Code::WrongKind, format!("`{shown}` is no compiled file"))
                .help("`rolebook compile` writes one"),
            Self::OtherFormat(format) => again(Diagnostic::placeless(
                Code::OtherFormat,
                format!("`{shown}` is a compiled file of format {format}, and this version reads format {FORMAT}"),
            )),
            Self::OtherBuild => again(Diagnostic::placeless(
                Code::OtherFormat,
                format!("`{shown}` was compiled by another version, whose tables this one cannot read"),
            )),
            Self::BigEndian => Diagnostic::placeless(
                Code::OtherFormat,
                format!("`{shown}` is little-endian, and this machine is not: compiled files cannot be used on it"),
            )
            .help("name policy and directory instead"),
            Self::Damaged { at, what } => Diagnostic::placeless(
                Code::DamagedFile,
                format!("the compiled file `{shown}` is damaged at byte {at}: {what}"),
            )
            .help("nothing of it is used; copy it anew, or compile it again"),
            Self::Inconsistent { section, row, what } => again(Diagnostic::placeless(
                Code::DamagedFile,
                format!("the compiled file `{shown}` contradicts itself in `{}`, row {row}: {what}", section.name()),
            )),
        }
    }
}
