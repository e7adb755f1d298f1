//! Paths without detours, as they are shown and, in memory, compared.

use super::Files;
use std::path::{Component, Path, PathBuf};

/// The path without `.` and without `name/..`; what would be empty is `.`.
pub(super) fn clean(path: &Path) -> PathBuf {
    let mut parts: Vec<Component<'_>> = Vec::new();
    for part in path.components() {
        match (part, parts.last()) {
            (Component::CurDir, _) | (Component::ParentDir, Some(Component::RootDir | Component::Prefix(_))) => {}
            (Component::ParentDir, Some(Component::Normal(_))) => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    if parts.is_empty() { PathBuf::from(".") } else { parts.into_iter().collect() }
}

/// The clean path where it leads to the same place, else the path as it is: behind a link, `name/..` is elsewhere, and so it is
/// behind a revision's name, which may have slashes.
pub(super) fn clean_for(files: &dyn Files, path: &Path) -> PathBuf {
    let cleaned = clean(path);
    match files.identity(path) {
        Ok(identity) if files.identity(&cleaned).ok().as_ref() != Some(&identity) => path.to_owned(),
        _ => cleaned,
    }
}

/// The folder that a file lies in; `.` for a bare name.
pub(super) fn folder_of(file: &Path) -> PathBuf {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn detours_are_left_out() {
        let cases = [
            ("", "."),
            (".", "."),
            ("./a", "a"),
            ("a/./b/", "a/b"),
            ("a/../b", "b"),
            ("a/..", "."),
            ("../a", "../a"),
            ("../../a/../b", "../../b"),
            ("/..", "/"),
            ("/a/../../b", "/b"),
        ];
        for (written, wanted) in cases {
            assert_eq!(clean(Path::new(written)), Path::new(wanted), "{written}");
        }
    }
}
