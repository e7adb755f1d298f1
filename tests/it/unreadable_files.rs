//! Files that cannot be read as they stand: too large, not text, no file at all, gone. Each gets a finding and nothing
//! hangs.

use rolebook::Engine;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

const POLICY: &str = "rolebook: 1\ntypes:\n  user:\n";

/// A folder with a sound policy in it.
fn package() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join("policy.yaml"), POLICY).expect("a file can be written");
    folder
}

/// Everything found when a package is opened, the folder itself shown as `DIR`.
fn findings(folder: &Path, policies: &[PathBuf]) -> String {
    let found = Engine::open(policies, &[]).map_or_else(|error| error.to_string(), |_| String::from("sound"));
    found.replace(&folder.display().to_string(), "DIR")
}

#[track_caller]
fn opens_with(folder: &Path, expected: &str) {
    let actual = findings(folder, &[folder.to_owned()]);
    assert!(actual.trim_end() == expected.trim(), "--- actual\n{actual}\n--- expected\n{expected}");
}

#[test]
fn bytes_that_are_no_text_are_told_by_their_offset() {
    let folder = package();
    fs::write(folder.path().join("binary.rolebook"), b"package app\n\x7fELF\xff\x00").expect("a file can be written");
    fs::write(folder.path().join("utf16.rolebook"), b"\xff\xfet\x00y\x00").expect("a file can be written");
    fs::write(folder.path().join("directory.json"), b"{ \"\xe9\" }").expect("a file can be written");
    opens_with(
        folder.path(),
        "
error[not-text]: `DIR/binary.rolebook` is not UTF-8 text: the byte at offset 16 (line 2) is 0xff
error[not-text]: `DIR/directory.json` is not UTF-8 text: the byte at offset 3 (line 1) is 0xe9
error[not-text]: `DIR/utf16.rolebook` is not UTF-8 text: the byte at offset 0 (line 1) is 0xff; the file looks like UTF-16; save it as UTF-8
",
    );
}

#[test]
fn what_is_too_large_is_refused_before_it_is_read() {
    let folder = package();
    // Files with holes: nothing is written, and reading them would still take their size in memory.
    let hole = |name: &str, size: u64| {
        let file = File::create(folder.path().join(name)).expect("a file can be made");
        file.set_len(size).expect("a file can have a hole");
    };
    hole("large.rolebook", 64 * 1024 * 1024);
    hole("huge.yaml", 1 << 40);
    hole("directory.yaml", 33 * 1024 * 1024);
    opens_with(
        folder.path(),
        "
error[file-too-large]: `DIR/directory.yaml` has 34603008 bytes; a directory may have at most 32 MiB; split it into several files
error[file-too-large]: `DIR/huge.yaml` has 1099511627776 bytes; a directory may have at most 32 MiB; split it into several files
error[file-too-large]: `DIR/large.rolebook` has 67108864 bytes; a policy file may have at most 16 MiB; split it into several files
",
    );
}

#[test]
fn a_yaml_policy_has_the_limit_of_a_policy() {
    let folder = package();
    let text = format!("rolebook: 1\n{}", "#\n".repeat(8 * 1024 * 1024));
    fs::write(folder.path().join("long.yaml"), text).expect("a file can be written");
    opens_with(
        folder.path(),
        "
error[file-too-large]: `DIR/long.yaml` has 16777228 bytes; a policy file may have at most 16 MiB; split it into several files
",
    );
}

#[test]
fn a_byte_order_mark_and_line_ends_of_windows_are_read_over() {
    let folder = package();
    let text = "\u{feff}rolebook: 1\r\nimports:\r\n  - ../gone/at/all\r\n";
    fs::write(folder.path().join("bom.yaml"), text).expect("a file can be written");
    let actual = findings(folder.path(), &[folder.path().to_owned()]);
    assert!(actual.ends_with("(DIR/bom.yaml:3:5)"), "{actual}");
}

#[cfg(unix)]
mod links_and_pipes {
    use super::*;
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::process::Command;

    #[test]
    fn a_pipe_is_refused_and_not_waited_for() {
        let folder = package();
        let made = Command::new("mkfifo").arg(folder.path().join("pipe.rolebook")).status().expect("mkfifo starts");
        assert!(made.success());
        opens_with(
            folder.path(),
            "error[unreadable-file]: cannot read `DIR/pipe.rolebook`: it is a pipe or a device, not a file",
        );
        let actual = findings(folder.path(), &[PathBuf::from("/dev/zero")]);
        assert_eq!(
            actual.trim(),
            "error[unreadable-file]: cannot read `/dev/zero`: it is a pipe or a device, not a file"
        );
    }

    #[test]
    fn a_link_to_nothing_is_a_file_that_is_missing() {
        let folder = package();
        symlink("gone.rolebook", folder.path().join("denies.rolebook")).expect("a link can be made");
        symlink("loop.yaml", folder.path().join("loop.yaml")).expect("a link can be made");
        opens_with(
            folder.path(),
            "
error[unreadable-file]: cannot read `DIR/denies.rolebook`: there is no such file or folder
error[unreadable-file]: cannot read `DIR/loop.yaml`: too many levels of symbolic links
",
        );
    }

    #[test]
    fn a_file_behind_two_names_is_read_once() {
        let folder = package();
        symlink("policy.yaml", folder.path().join("again.yaml")).expect("a link can be made");
        symlink(".", folder.path().join("inner")).expect("a link can be made");
        fs::create_dir(folder.path().join("app")).expect("a folder can be made");
        let imports = "rolebook: 1\nimports: [.., ../inner, ./../inner/inner/.]\n";
        fs::write(folder.path().join("app/app.yaml"), imports).expect("a file can be written");
        assert_eq!(findings(folder.path(), &[folder.path().join("app")]), "sound");
    }

    #[test]
    fn a_mounted_folder_that_is_swapped_by_links_is_read() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let data = folder.path().join("..2026_01_01");
        fs::create_dir(&data).expect("a folder can be made");
        fs::write(data.join("policy.yaml"), POLICY).expect("a file can be written");
        symlink("..2026_01_01", folder.path().join("..data")).expect("a link can be made");
        symlink("..data/policy.yaml", folder.path().join("policy.yaml")).expect("a link can be made");
        assert_eq!(findings(folder.path(), &[folder.path().to_owned()]), "sound");
    }

    #[test]
    fn what_may_not_be_read_says_so() {
        let folder = package();
        let locked = folder.path().join("locked.rolebook");
        fs::write(&locked, "type team\n").expect("a file can be written");
        fs::set_permissions(&locked, fs::Permissions::from_mode(0o000)).expect("permissions can be set");
        if File::open(&locked).is_ok() {
            return; // Nothing is locked to the superuser.
        }
        opens_with(folder.path(), "error[unreadable-file]: cannot read `DIR/locked.rolebook`: permission denied");
    }

    #[test]
    fn tests_are_found_once_in_a_circle_of_links() {
        let folder = package();
        let inner = folder.path().join("inner");
        fs::create_dir(&inner).expect("a folder can be made");
        symlink("..", inner.join("up")).expect("a link can be made");
        for name in ["b.test.yaml", "inner/a.test.yml", "test.yaml", ".c.test.yaml"] {
            fs::write(folder.path().join(name), "").expect("a file can be written");
        }
        let root = folder.path().to_owned();
        let found = rolebook::engine::find_tests(&[root.clone(), root.join("b.test.yaml")]).expect("all can be read");
        let names: Vec<&Path> = found.iter().map(|path| path.strip_prefix(&root).expect("below")).collect();
        assert_eq!(names, [Path::new("b.test.yaml"), Path::new("inner/a.test.yml")]);
    }
}
