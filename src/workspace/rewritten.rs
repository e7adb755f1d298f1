//! The texts of a directory's files with changes put in, checked against the records that the changes led to.

use super::{DirectorySource, MemoryFiles, State, directory_text};
use crate::diagnostics::{Code, Diagnostic};
use crate::directory::{DirectoryTree, Edit, tree};
use crate::rewrite::{FileText, Form, rewrite};
use crate::source::SourceMap;
use std::sync::Arc;

impl State {
    /// The new texts of the directory's files, given by name and text in the order they were loaded in: what the steps to
    /// the state `after` make of them. Nothing for a file that stays as it is.
    ///
    /// # Errors
    /// When the files do not say what this state was loaded from, when they are written in a way that cannot be edited, or
    /// when the new texts would not say what the state after says. Then none of them may be used.
    pub fn rewritten(
        &self,
        after: &Self,
        edits: &[Vec<Edit>],
        files: &[(&str, &str)],
    ) -> Result<Vec<Option<String>>, Diagnostic> {
        if let Some(difference) = unlike(&self.records(), files) {
            let message = format!("the directory's files no longer say what was loaded: {difference}");
            let finding = Diagnostic::placeless(Code::UnwritableFile, message);
            return Err(finding.help("nothing was written; run the command again"));
        }
        let texts: Vec<FileText<'_>> =
            files.iter().map(|&(name, text)| FileText { name, text, form: Form::of(name) }).collect();
        let edits: Vec<Edit> = edits.iter().flatten().cloned().collect();
        let new = rewrite(&texts, &edits)?;
        let whole: Vec<(&str, &str)> =
            files.iter().zip(&new).map(|(&(name, old), new)| (name, new.as_deref().unwrap_or(old))).collect();
        if let Some(difference) = unlike(&after.records(), &whole) {
            let message = format!("the changes cannot be written so that the files say what they should: {difference}");
            let finding = Diagnostic::placeless(Code::UnwritableFile, message);
            return Err(finding.help("nothing was written; this is a defect of rolebook, please report it"));
        }
        Ok(new)
    }
}

/// What files say otherwise than records, or why they cannot be read.
fn unlike(records: &[Arc<DirectoryTree>], files: &[(&str, &str)]) -> Option<String> {
    let source = |&(name, text): &(&str, &str)| DirectorySource::Text { name: name.to_owned(), text: text.to_owned() };
    let sources: Vec<DirectorySource> = files.iter().map(source).collect();
    let read = directory_text::read(&MemoryFiles::new(), &sources, &mut SourceMap::new());
    match read.diagnostics.into_iter().find(Diagnostic::is_error) {
        Some(finding) => Some(finding.message),
        None => tree::difference(records, &read.trees),
    }
}
