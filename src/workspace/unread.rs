//! Directories that lie among the policy files of a package and are read by nobody.
//!
//! Beside a policy, `directory.*` is loaded. A directory under another name is read where it is named: on the command
//! line, or by a test. One that is not was most likely meant to be loaded.

use super::folder::{NameKind, name_kind};
use super::text::{self, TEST};
use super::{Files, State};
use crate::diagnostics::{Code, Diagnostic};
use crate::document::{self, Node};
use crate::source::{FileId, Span};
use rustc_hash::FxHashSet;
use std::path::{Path, PathBuf};

/// The findings about directories that lie in the package's folders under another name than the one that is loaded, and
/// are named by nobody.
///
/// Whoever names directories chooses among them, and is told of none. The test files below the folders are read only
/// where there is something to tell.
#[must_use]
pub fn unread_directories(files: &dyn Files, state: &State) -> Vec<Diagnostic> {
    let workspace = state.workspace();
    let loaded = workspace.default_directories();
    if !state.directory_files().eq(loaded.iter().map(PathBuf::as_path)) {
        return Vec::new();
    }
    let own = state.snapshot().policy().schema().package.as_deref();
    let mut found: Vec<(&Path, Span)> = workspace
        .texts
        .iter()
        .filter(|(_, text)| state.package_of(text.file) == own)
        .filter_map(|(path, text)| Some((path.as_path(), text.directory?)))
        .collect();
    found.sort_unstable();
    let mut named = FxHashSet::default();
    let folders: FxHashSet<&Path> = found.iter().filter_map(|(path, _)| path.parent()).collect();
    for folder in folders {
        named_by_tests(files, folder, &mut named);
    }
    found.retain(|(path, _)| !named.contains(&identity(files, path)));
    let finding = |(path, kind): (&Path, Span)| {
        let name = path.file_name().map(Path::new).unwrap_or(path).display();
        let help = if loaded.is_empty() {
            "call it `directory.yaml`, or name it by `--directory`"
        } else {
            "name all that are to be read by `--directory`, or keep it in another folder"
        };
        let message = format!("`{name}` is a directory and is not read");
        Diagnostic::warning(Code::UnreadDirectory, kind, message).help(help)
    };
    found.into_iter().map(finding).collect()
}

/// The directories that test files name, in a folder and below.
fn named_by_tests(files: &dyn Files, folder: &Path, named: &mut FxHashSet<PathBuf>) {
    let mut pending = vec![folder.to_owned()];
    let mut seen = FxHashSet::default();
    while let Some(folder) = pending.pop() {
        // The folder of a path without one.
        let listed = if folder.as_os_str().is_empty() { Path::new(".") } else { &folder };
        if !seen.insert(identity(files, listed)) {
            continue;
        }
        for entry in files.list(listed).unwrap_or_default() {
            let path = folder.join(&entry.name);
            if entry.folder && !entry.name.starts_with('.') {
                pending.push(path);
            } else if name_kind(&entry.name) == NameKind::Test
                && let Some(directory) = named_by_test(files, &path)
            {
                named.insert(identity(files, &folder.join(directory)));
            }
        }
    }
}

fn named_by_test(files: &dyn Files, path: &Path) -> Option<String> {
    let text = text::load(files, path, TEST).ok()?;
    let read = document::parse(FileId(0), text::unmarked(&text));
    read.node.as_ref()?.get("directory").and_then(Node::text).map(String::from)
}

fn identity(files: &dyn Files, path: &Path) -> PathBuf {
    files.identity(path).unwrap_or_else(|_| path.to_owned())
}
