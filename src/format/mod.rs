//! One layout for every policy, directory and test file, with all comments kept.
//!
//! Only what stands between words is changed: line ends, white space, commas that mean nothing. What comes of it is read
//! once more and must be the same tree with the same comments, otherwise it is refused. `docs/format.md` describes the
//! layout.

mod convert;
mod dsl;
mod same;
mod yaml;

use crate::diagnostics::Diagnostic;
use crate::source::FileId;
use std::path::Path;

pub use convert::{SettingTypes, convert};

/// How much further from the edge each level is.
const STEP: usize = 2;

/// How a file is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// Policy text.
    Dsl,
    /// YAML: a policy, a directory, a test file, or anything else.
    Yaml,
}

impl Form {
    /// The form that this one is converted to.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Dsl => Self::Yaml,
            Self::Yaml => Self::Dsl,
        }
    }

    /// What the names of its files end in, without the dot.
    #[must_use]
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Dsl => "rolebook",
            Self::Yaml => "yaml",
        }
    }

    /// The form that the ending of a file's name stands for; nothing for one that is not laid out.
    #[must_use]
    pub fn of(path: &Path) -> Option<Self> {
        let ending = path.extension().map(|ending| ending.to_ascii_lowercase());
        match ending.as_deref().and_then(|ending| ending.to_str()) {
            Some("rolebook") => Some(Self::Dsl),
            Some("yaml" | "yml") => Some(Self::Yaml),
            _ => None,
        }
    }
}

/// A text in its one layout. Ends of lines are those of its first line, and a byte order mark stays.
///
/// # Errors
/// What is wrong with the text, where it cannot be read; or that it would not say the same any more, which is a defect
/// here.
///
/// ```
/// use rolebook::format::{Form, format};
/// use rolebook::source::FileId;
///
/// let text = "type team{actions view,delete}  # all there is";
/// let laid_out = format(Form::Dsl, FileId(0), text).unwrap_or_default();
/// assert_eq!(laid_out, "type team {\n  actions view, delete\n}  # all there is\n");
/// ```
pub fn format(form: Form, file: FileId, text: &str) -> Result<String, Vec<Diagnostic>> {
    let (mark, body) = match text.strip_prefix('\u{feff}') {
        Some(body) => ("\u{feff}", body),
        None => ("", text),
    };
    let laid_out = match form {
        Form::Dsl => dsl::format(file, body)?,
        Form::Yaml => yaml::format(file, body)?,
    };
    let crlf = body.split_once('\n').is_some_and(|(line, _)| line.ends_with('\r'));
    let laid_out = if crlf { laid_out.replace('\n', "\r\n") } else { laid_out };
    Ok(format!("{mark}{laid_out}"))
}
