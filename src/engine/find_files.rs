//! The files that a person names, by themselves or by a folder that they lie below.

use super::{Disk, LoadError};
use crate::workspace::{self, Files, PathKind};
use rustc_hash::FxHashSet;
use std::path::{Path, PathBuf};

/// The files that the paths name: files as they are, folders with all below them whose names are wanted, in the order of
/// paths. Hidden files and folders are left out.
///
/// # Errors
/// When a path or a folder below it cannot be read.
pub fn find_files(paths: &[PathBuf], wanted: impl Fn(&str) -> bool) -> Result<Vec<PathBuf>, LoadError> {
    let mut found = Vec::new();
    let mut seen = FxHashSet::default();
    for path in paths {
        match Disk.kind(path) {
            Ok(PathKind::File) => found.extend(seen.insert(identity(path)).then(|| path.clone())),
            Ok(PathKind::Folder) => below(path, &wanted, &mut seen, &mut found)?,
            Err(error) => return Err(LoadError::placeless(workspace::unreadable(&Disk, path, &error))),
        }
    }
    Ok(found)
}

/// Adds the wanted files in a folder and below it. A folder is entered once, whatever links lead to it.
fn below(
    folder: &Path,
    wanted: &impl Fn(&str) -> bool,
    seen: &mut FxHashSet<PathBuf>,
    found: &mut Vec<PathBuf>,
) -> Result<(), LoadError> {
    let mut pending = vec![folder.to_owned()];
    while let Some(folder) = pending.pop() {
        if !seen.insert(identity(&folder)) {
            continue;
        }
        let mut entries =
            Disk.list(&folder).map_err(|error| LoadError::placeless(workspace::unreadable(&Disk, &folder, &error)))?;
        entries.sort_unstable();
        let path = |name: &str| if folder == Path::new(".") { PathBuf::from(name) } else { folder.join(name) };
        for entry in entries.iter().filter(|entry| !entry.folder && !entry.name.starts_with('.') && wanted(&entry.name))
        {
            let file = path(&entry.name);
            if seen.insert(identity(&file)) {
                found.push(file);
            }
        }
        // The last in goes first: folders in the order of their names.
        pending.extend(
            entries
                .iter()
                .rev()
                .filter(|entry| entry.folder && !entry.name.starts_with('.'))
                .map(|entry| path(&entry.name)),
        );
    }
    Ok(())
}

fn identity(path: &Path) -> PathBuf {
    Disk.identity(path).unwrap_or_else(|_| path.to_owned())
}
