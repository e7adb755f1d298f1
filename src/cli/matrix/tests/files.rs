//! Documents on disk: replaced in one step, with all that a file has beside its text.

use super::super::write::replacement;
use crate::diagnostics::Diagnostic;
use crate::engine;
use std::fs;
use std::path::Path;

fn replace(path: &Path, before: &str, after: &str) -> Result<(), Diagnostic> {
    engine::write(&[replacement(path, before, after)])
}

#[test]
fn a_byte_order_mark_stays() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("page.md");
    fs::write(&path, "\u{feff}before").expect("a file");
    replace(&path, "before", "after").expect("it is replaced");
    assert_eq!(fs::read_to_string(&path).expect("the file"), "\u{feff}after");
    assert_eq!(fs::read_dir(folder.path()).expect("the folder").count(), 1, "something was left beside it");
}

#[test]
fn a_file_that_changed_meanwhile_is_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("page.md");
    fs::write(&path, "somebody else's").expect("a file");
    let fault = replace(&path, "before", "after").expect_err("it is refused");
    assert!(fault.message.ends_with(" was changed by somebody else meanwhile"), "{}", fault.message);
    assert_eq!(fs::read_to_string(&path).expect("the file"), "somebody else's");
}

#[test]
#[cfg(unix)]
fn permissions_and_links_stay() {
    use std::os::unix::fs::{PermissionsExt, symlink};

    let folder = tempfile::tempdir().expect("a folder");
    let (path, link) = (folder.path().join("page.md"), folder.path().join("link.md"));
    fs::write(&path, "before").expect("a file");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).expect("permissions");
    symlink("page.md", &link).expect("a link");
    replace(&link, "before", "after").expect("it is replaced");
    assert!(fs::symlink_metadata(&link).expect("the link").is_symlink());
    assert_eq!(fs::read_to_string(&path).expect("the file"), "after");
    assert_eq!(fs::metadata(&path).expect("the file").permissions().mode() & 0o777, 0o640);

    fs::set_permissions(&path, fs::Permissions::from_mode(0o440)).expect("permissions");
    let fault = replace(&path, "after", "again").expect_err("it is refused");
    assert!(fault.message.ends_with(": it is read-only"), "{}", fault.message);
}
