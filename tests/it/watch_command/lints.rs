//! That `rolebook watch` finds what `rolebook check` finds.

use super::watching::{Watching, package, replace};
use crate::transcript;
use std::fs;
use std::path::Path;
use std::process::Command;

/// What `rolebook check` says of a package: its findings, and whether it fails.
fn checked(folder: &Path, arguments: &[&str]) -> (String, bool) {
    let output = Command::new(env!("CARGO_BIN_EXE_rolebook"))
        .arg("check")
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("rolebook starts");
    let said = String::from_utf8([output.stdout, output.stderr].concat()).expect("UTF-8");
    // The last line counts.
    let findings =
        said.trim_end().rsplit_once('\n').map_or(String::new(), |(findings, _)| findings.trim_end().to_owned());
    (findings, output.status.code() != Some(0))
}

#[test]
fn lints_are_those_of_check_at_the_levels_that_are_set() {
    let package = package();
    let folder = package.path();
    fs::remove_file(folder.join("rolebook.toml")).expect("a file that goes");
    for arguments in [[].as_slice(), &["--allow", "unused-action"], &["--deny", "warnings"]] {
        let _ = fs::remove_file(folder.join("rolebook.toml"));
        let watching = Watching::start(folder, arguments);
        let same = |anew: &str| {
            let (findings, fails) = checked(folder, arguments);
            let said = watching.next();
            let (shown, last) = said.rsplit_once('\n').unwrap_or(("", &said));
            assert_eq!(shown.trim_end(), findings, "{arguments:?}");
            assert!(last.starts_with(if fails { "wrong: " } else { "ok: " }), "{arguments:?}: {last}");
            assert!(last.ends_with(anew), "{arguments:?}: {last}");
            (findings, last.to_owned())
        };
        let (findings, last) = same("1 test passed");
        assert_eq!(findings.contains("warning[unused-action]: "), !arguments.contains(&"unused-action"), "{last}");
        // No test is run on levels: a file of them concerns the package alone.
        for levels in ["unused-action = \"deny\"", "warnings = \"allow\"", "unused-action = 5", "warnings = \"warn\""] {
            replace(folder, "rolebook.toml", &format!("[lints]\n{levels}\n"));
            let (findings, last) = same("1 test passed; anew: the package");
            assert_eq!(findings.starts_with("error[wrong-shape]: a level is a text"), levels.ends_with('5'), "{last}");
        }
    }
}

#[test]
fn levels_that_cannot_be_are_refused_before_anything_is_watched() {
    let package = package();
    let output = Command::new(env!("CARGO_BIN_EXE_rolebook"))
        .args(["watch", "--deny", "unused-rol"])
        .current_dir(package.path())
        .output()
        .expect("rolebook starts");
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let wanted = "error[unknown-lint]: `--deny unused-rol`: no lint has the name `unused-rol`\n  \
                  help: did you mean `unused-role`?\n";
    assert_eq!((said.as_str(), output.stdout.len()), (wanted, 0));
}

/// The front page shows what is said of a package that has just been started.
#[test]
fn the_front_page_shows_the_line_when_all_is_well() {
    let place = tempfile::tempdir().expect("a folder");
    let started =
        Command::new(env!("CARGO_BIN_EXE_rolebook")).args(["init", "acme"]).current_dir(place.path()).output();
    assert!(started.expect("rolebook starts").status.success());
    let page = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).expect("the page");
    let shown = page.split_once("```console\n$ rolebook watch acme\n").expect("what is shown").1;
    let watching = Watching::start(place.path(), &["acme"]);
    watching.says(shown.lines().next().expect("a line"));
}

/// The reference policies, whose packages are sound by levels of their own, and what changes in one of them.
#[test]
fn the_reference_policies_are_well_and_only_the_tests_concerned_are_run() {
    let root = tempfile::tempdir().expect("a folder");
    transcript::copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("policies"), &root.path().join("policies"));
    // What is set for `tools` goes for what lies in it, as in the repository.
    fs::create_dir(root.path().join(".git")).expect("a folder");
    for (name, packages, tests) in [
        ("baseten", "1 package", 156),
        ("polyaxon", "1 package", 158),
        ("tools", "2 packages", 75),
        ("wandb", "1 package", 249),
    ] {
        let folder = root.path().join("policies").join(name);
        let watching = Watching::start(&folder, &["--deny", "warnings"]);
        let well = format!("ok: nothing wrong in {packages}, {tests} tests passed");
        watching.says(&well);
        let file = "mistakes.test.yaml";
        let text = fs::read_to_string(folder.join(file)).expect("a test file");
        replace(&folder, file, &(text + "\n"));
        watching.until(&format!("{well}; anew: {file}"));
    }
}
