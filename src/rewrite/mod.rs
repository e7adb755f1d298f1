//! Edits put into the text of a directory's files, with everything else left as it is.
//!
//! [`rewrite`] knows nothing of what a change may do; it takes the steps that were decided on and finds the lines that
//! say so. Comments, order, quotes, indentation and line ends of all that an edit does not concern are kept, and what is
//! added is written like what stands beside it. Nothing is written to disk here.

mod bulk;
mod document;
mod draft;
mod entry;
mod file;
mod files;
mod habits;
mod layout;
mod names;
mod plant;
mod read;
mod relocate;
mod sheet;
mod uproot;
mod wording;

use crate::diagnostics::Diagnostic;
use crate::directory::Edit;
use std::path::Path;

/// How a directory file is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// One YAML document.
    Yaml,
    /// One JSON document.
    Json,
    /// One JSON object a line.
    Bulk,
}

impl Form {
    /// The form that the ending of a file's name stands for.
    #[must_use]
    pub fn of(name: &str) -> Self {
        let ending = Path::new(name).extension().map(|ending| ending.to_ascii_lowercase());
        match ending.as_deref().and_then(|ending| ending.to_str()) {
            Some("json") => Self::Json,
            Some("jsonl") => Self::Bulk,
            _ => Self::Yaml,
        }
    }
}

/// A file of a directory.
#[derive(Clone, Copy, Debug)]
pub struct FileText<'t> {
    /// Its name, for messages.
    pub name: &'t str,
    /// What stands in it.
    pub text: &'t str,
    /// How that is written.
    pub form: Form,
}

/// The files' new texts, in their order; nothing for a file that stays as it is.
///
/// # Errors
/// When something that an edit names stands in none of the files, or a file cannot be edited.
///
/// ```
/// use rolebook::directory::Edit;
/// use rolebook::rewrite::{FileText, Form, rewrite};
///
/// let text = "rolebook: 1\nkind: directory\nteam:a:\n  roles:\n    member: [user:x, user:y]  # both\n";
/// let file = FileText { name: "directory.yaml", text, form: Form::Yaml };
/// let edit = Edit::Revoke { subject: "user:x".into(), role: "member".into(), on: "team:a".into() };
/// let new = rewrite(&[file], &[edit])?;
/// assert_eq!(new[0].as_deref(), Some(text.replace("user:x, ", "").as_str()));
/// # Ok::<(), rolebook::diagnostics::Diagnostic>(())
/// ```
pub fn rewrite(files: &[FileText<'_>], edits: &[Edit]) -> Result<Vec<Option<String>>, Diagnostic> {
    let closed = files::closed(files);
    let mut editor = files::Files::read(files, &closed)?;
    editor.apply(edits)?;
    Ok(editor.texts())
}
