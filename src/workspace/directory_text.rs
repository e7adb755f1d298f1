//! Directory files before there is a vocabulary to read them by: as trees.

use super::fingerprint::Fingerprint;
use super::text::{self, DIRECTORY};
use super::{DirectorySource, Files, bulk_text};
use crate::diagnostics::{Code, Diagnostic, Label};
use crate::directory::{DirectoryTree, tree};
use crate::document;
use crate::source::{FileId, SourceMap};
use rustc_hash::FxHashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Directories as written.
#[derive(Clone)]
pub(super) struct DirectoryText {
    /// One tree a file, or several one after the other.
    pub(super) trees: Vec<Arc<DirectoryTree>>,
    pub(super) diagnostics: Vec<Diagnostic>,
    /// The files in the bulk form, whose texts are not held, by their place among the directories.
    pub(super) bulk: Vec<(usize, FileId)>,
    /// What the files said, in their order.
    pub(super) prints: Vec<Print>,
    /// Under which ids they were read, in the same order.
    pub(super) files: Vec<FileId>,
}

/// What a directory said when it was read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Print {
    /// Its path or name.
    pub(super) path: PathBuf,
    /// Whether it is a file.
    pub(super) file: bool,
    pub(super) contents: Fingerprint,
}

/// What directories say now; nothing where one of them cannot be read.
pub(super) fn prints(files: &dyn Files, directories: &[DirectorySource]) -> Option<Vec<Print>> {
    let print = |source: &DirectorySource| {
        let contents = match source {
            DirectorySource::File(path) | DirectorySource::Named(path, _) => {
                match bulk_text::fingerprint(files, path) {
                    Some(contents) => contents?,
                    None => Fingerprint::of(text::unmarked(&text::load(files, path, DIRECTORY).ok()?).as_bytes()),
                }
            }
            DirectorySource::Text { text, .. } => Fingerprint::of(text::unmarked(text).as_bytes()),
            DirectorySource::Inline(_) => return None,
        };
        Some(Print::of(source, contents))
    };
    once(files, directories).map(|(_, directory)| print(directory)).collect()
}

/// Directories, each with its place among those that are named; a file that is named twice, or by two ways, is read once.
fn once<'d>(
    files: &dyn Files,
    directories: &'d [DirectorySource],
) -> impl Iterator<Item = (usize, &'d DirectorySource)> {
    let mut seen: FxHashSet<PathBuf> = FxHashSet::default();
    directories.iter().enumerate().filter(move |(_, directory)| match directory {
        DirectorySource::File(path) | DirectorySource::Named(path, _) => {
            seen.insert(files.identity(path).unwrap_or_else(|_| path.clone()))
        }
        DirectorySource::Text { .. } | DirectorySource::Inline(_) => true,
    })
}

impl Print {
    fn of(source: &DirectorySource, contents: Fingerprint) -> Self {
        match source {
            DirectorySource::File(path) | DirectorySource::Named(path, _) => {
                Self { path: path.clone(), file: true, contents }
            }
            DirectorySource::Text { name, .. } => Self { path: PathBuf::from(name), file: false, contents },
            DirectorySource::Inline(_) => Self { path: PathBuf::new(), file: false, contents },
        }
    }
}

pub(super) fn read(files: &dyn Files, directories: &[DirectorySource], sources: &mut SourceMap) -> DirectoryText {
    let mut text = DirectoryText {
        trees: Vec::new(),
        diagnostics: Vec::new(),
        bulk: Vec::new(),
        prints: Vec::new(),
        files: Vec::new(),
    };
    for (at, directory) in once(files, directories) {
        let read = match bulk_text::read(files, directory, sources) {
            Some(bulk) => bulk.map(|bulk| {
                text.bulk.push((at, bulk.file));
                text.prints.push(Print::of(directory, bulk.contents));
                text.files.push(bulk.file);
                text.diagnostics.extend(bulk.diagnostics);
                text.trees.extend(bulk.trees);
            }),
            None => match directory {
                DirectorySource::File(path) | DirectorySource::Named(path, _) => not_policy(path)
                    .and_then(|()| text::read(files, path, DIRECTORY, sources))
                    .map(|file| text.file(directory, file, sources)),
                DirectorySource::Text { name, text: whole } => {
                    let file = text::add(sources, name, whole);
                    text.file(directory, file, sources);
                    Ok(())
                }
                DirectorySource::Inline(node) => {
                    text.tree(tree::read_inline(node));
                    Ok(())
                }
            },
        };
        if let Err(mut finding) = read {
            if let DirectorySource::Named(_, span) = directory {
                finding.labels.insert(0, Label { span: *span, text: String::new() });
            }
            text.diagnostics.push(finding);
        }
    }
    text
}

/// Refuses a file that is policy by its name: read as YAML, it would seem full of errors.
fn not_policy(path: &Path) -> Result<(), Diagnostic> {
    if path.extension().is_none_or(|ending| ending != "rolebook") {
        return Ok(());
    }
    let message = format!("`{}` is a policy file, and a directory is wanted here", path.display());
    Err(Diagnostic::placeless(Code::WrongKind, message).help("name a directory; `--policy` names the policy"))
}

impl DirectoryText {
    fn file(&mut self, source: &DirectorySource, file: FileId, sources: &SourceMap) {
        let (name, text) = sources.get(file).map_or(("", ""), |source| (source.name(), source.text()));
        self.prints.push(Print::of(source, Fingerprint::of(text.as_bytes())));
        self.files.push(file);
        let json = Path::new(name).extension().is_some_and(|ending| ending == "json");
        let read = if json { document::parse_json(file, text) } else { document::parse(file, text) };
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
