//! Directory files before there is a vocabulary to read them by: as trees.

use super::text::{self, DIRECTORY};
use super::{DirectorySource, Files};
use crate::diagnostics::{Code, Diagnostic, Label};
use crate::directory::{DirectoryTree, tree};
use crate::document;
use crate::source::{FileId, SourceMap};
use std::path::Path;
use std::sync::Arc;

/// Directories as written.
pub(super) struct DirectoryText {
    /// One tree a file.
    pub(super) trees: Vec<Arc<DirectoryTree>>,
    pub(super) diagnostics: Vec<Diagnostic>,
}

pub(super) fn read(files: &dyn Files, directories: &[DirectorySource], sources: &mut SourceMap) -> DirectoryText {
    let mut text = DirectoryText { trees: Vec::new(), diagnostics: Vec::new() };
    for directory in directories {
        let file = match directory {
            DirectorySource::File(path) => open(files, path, sources),
            DirectorySource::Named(path, span) => open(files, path, sources).map_err(|mut finding| {
                finding.labels.insert(0, Label { span: *span, text: String::new() });
                finding
            }),
            DirectorySource::Text { name, text } => form(Path::new(name)).map(|()| text::add(sources, name, text)),
            DirectorySource::Inline(node) => {
                text.tree(tree::read_inline(node));
                continue;
            }
        };
        match file {
            Ok(file) => text.file(file, sources),
            Err(finding) => text.diagnostics.push(finding),
        }
    }
    text
}

fn open(files: &dyn Files, path: &Path, sources: &mut SourceMap) -> Result<FileId, Diagnostic> {
    form(path)?;
    text::read(files, path, DIRECTORY, sources)
}

/// Refuses the bulk form by its name: read as a document, its first line would be taken for the whole.
fn form(path: &Path) -> Result<(), Diagnostic> {
    if path.extension().is_none_or(|ending| ending != "jsonl") {
        return Ok(());
    }
    let message =
        format!("`{}` is a directory in the bulk form, which is not supported by this version", path.display());
    Err(Diagnostic::placeless(Code::Unsupported, message).help("write it as `.yaml` or `.json`"))
}

impl DirectoryText {
    fn file(&mut self, file: FileId, sources: &SourceMap) {
        let read = document::parse(file, sources.get(file).map_or("", |source| source.text()));
        // What is cut off may be what makes the rest right, or wrong.
        let whole = !read.cut_short;
        self.diagnostics.extend(read.diagnostics);
        if let Some(node) = read.node.filter(|_| whole) {
            self.tree(tree::read(&node));
        }
    }

    fn tree(&mut self, (tree, found): (DirectoryTree, Vec<Diagnostic>)) {
        self.diagnostics.extend(found);
        self.trees.push(Arc::new(tree));
    }
}
