//! Files that commands make, and may make again: reports, lists and compiled files. None is put in the place of what people
//! wrote.

use super::failure::{Failure, reason};
use crate::diagnostics::{Code, Diagnostic};
use crate::engine::is_compiled_file;
use crate::workspace::{is_own_yaml, is_package_name, is_test_name};
use std::fs;
use std::path::Path;

/// Writes a file, unless a policy, a directory or a test is there.
pub(super) fn write(path: &Path, contents: &[u8]) -> Result<(), Failure> {
    if path == Path::new("-") {
        let finding = Diagnostic::placeless(Code::UnwritableFile, "cannot write `-`: standard output has the result");
        return Err(finding.help("name a file, or write `./-` for one of that name").into());
    }
    if let Some(what) = written_by_people(path) {
        return Err(kept(path, what));
    }
    fs::write(path, contents).map_err(|error| unwritten(path, &reason(&error)))
}

/// Refuses a path where something is that is no compiled file.
pub(super) fn expect_compiled(path: &Path) -> Result<(), Failure> {
    let there = fs::metadata(path);
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
    if there.is_err() && name.is_some_and(|name| is_package_name(&name)) {
        let message = format!("cannot write `{}`: it would be read as a policy or a directory", path.display());
        let help = format!("name it otherwise, such as `{}`", path.with_extension("compiled").display());
        return Err(Diagnostic::placeless(Code::UnwritableFile, message).help(help).into());
    }
    // What is written is read again, which a pipe does not do. Of a folder, writing it tells.
    if there.as_ref().is_ok_and(|there| !there.is_file() && !there.is_dir()) {
        return Err(unwritten(path, "what is there is no file"));
    }
    let is_file = there.is_ok_and(|there| there.len() > 0 && there.is_file());
    if is_file && !is_compiled_file(path) {
        return Err(kept(path, written_by_people(path).unwrap_or("no compiled file")));
    }
    Ok(())
}

/// What a path holds that was written by people; nothing for anything else.
fn written_by_people(path: &Path) -> Option<&'static str> {
    // Reading a pipe would wait for ever.
    if !fs::metadata(path).ok()?.is_file() {
        return None;
    }
    let name = path.file_name()?.to_string_lossy().into_owned();
    let there = fs::read(path).ok().filter(|there| !there.is_empty())?;
    let text = String::from_utf8_lossy(&there);
    let yaml = [".yaml", ".yml"].iter().any(|ending| name.ends_with(ending));
    match () {
        () if is_test_name(&name) => Some("a file of tests"),
        () if yaml && !is_own_yaml(path, &text) => None,
        () if is_package_name(&name) => Some("a file of a policy or a directory"),
        () => None,
    }
}

fn kept(path: &Path, what: &str) -> Failure {
    let message = format!("cannot write `{}`: what is there is {what}, and would be lost", path.display());
    Diagnostic::placeless(Code::UnwritableFile, message).help("name another file").into()
}

/// The finding for a file that could not be written.
pub(super) fn unwritten(path: &Path, reason: &str) -> Failure {
    Diagnostic::placeless(Code::UnwritableFile, format!("cannot write `{}`: {reason}", path.display())).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_wrote_is_left_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str| folder.path().join(name);
        let ours = [
            ("policy.rolebook", "type user"),
            ("policy.yaml", "rolebook: 1\nkind: policy\n"),
            ("directory.jsonl", "{}"),
            ("policy.test.yaml", "rolebook: 1\nkind: test\n"),
        ];
        for (name, text) in ours {
            fs::write(at(name), text).expect("a file");
            assert!(write(&at(name), b"<html>").is_err() && expect_compiled(&at(name)).is_err(), "{name}");
            assert_eq!(fs::read_to_string(at(name)).expect("a file"), text);
        }
        for (name, text) in [("report.html", "<html>"), ("values.yaml", "replicas: 3\n"), ("empty.rolebook", "")] {
            fs::write(at(name), text).expect("a file");
            assert!(write(&at(name), b"new").is_ok(), "{name}");
            assert_eq!(fs::read_to_string(at(name)).expect("a file"), "new");
        }
        assert!(write(&at("new.rolebook"), b"new").is_ok() && expect_compiled(&at("none.compiled")).is_ok());
        assert!(expect_compiled(&at("report.html")).is_err());
    }
}
