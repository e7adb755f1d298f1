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
    let (mut found, mut folders) = (Vec::new(), Vec::new());
    let mut seen = FxHashSet::default();
    for path in paths {
        match Disk.kind(path) {
            Ok(PathKind::File) => found.extend(seen.insert(identity(path)).then(|| path.clone())),
            Ok(PathKind::Folder) => below(path, &wanted, &mut seen, &mut found, &mut folders)?,
            Err(error) => return Err(LoadError::placeless(workspace::unreadable(&Disk, path, &error))),
        }
    }
    Ok(found)
}

/// The folders that the paths name, each with all that are below it. Hidden folders are left out.
///
/// # Errors
/// When a path or a folder below it cannot be read.
pub fn find_folders(paths: &[PathBuf]) -> Result<Vec<PathBuf>, LoadError> {
    let (mut found, mut files) = (Vec::new(), Vec::new());
    let mut seen = FxHashSet::default();
    for path in paths {
        match Disk.kind(path) {
            Ok(PathKind::File) => {}
            Ok(PathKind::Folder) => below(path, &|_| false, &mut seen, &mut files, &mut found)?,
            Err(error) => return Err(LoadError::placeless(workspace::unreadable(&Disk, path, &error))),
        }
    }
    Ok(found)
}

/// Adds a folder with those below it, and the wanted files and below it. A folder is entered once, whatever links lead to it.
fn below(
    folder: &Path,
    wanted: &impl Fn(&str) -> bool,
    seen: &mut FxHashSet<PathBuf>,
    found: &mut Vec<PathBuf>,
    folders: &mut Vec<PathBuf>,
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
        folders.push(folder);
    }
    Ok(())
}

fn identity(path: &Path) -> PathBuf {
    Disk.identity(path).unwrap_or_else(|_| path.to_owned())
}
