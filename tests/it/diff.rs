//! `rolebook diff` on revisions of a repository, on compiled files, and with changes that were approved.
//!
//! What is printed stands in `tests/diff`; `UPDATE=1 cargo test` rewrites it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Everything a command prints, and its exit status.
pub(crate) fn shown(output: &Output) -> String {
    let mut text = String::from_utf8(output.stdout.clone()).expect("text");
    if !output.stderr.is_empty() {
        text.push_str("[stderr]\n");
        text.push_str(&String::from_utf8(output.stderr.clone()).expect("text"));
    }
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    format!("{}\n[exit {}]\n", lines.join("\n"), output.status.code().unwrap_or(-1))
}

pub(crate) fn same(file: &Path, actual: &str) {
    let expected = fs::read_to_string(file).unwrap_or_default();
    if expected == actual {
        return;
    }
    if std::env::var_os("UPDATE").is_some() {
        fs::write(file, actual).expect("the text can be written");
        return;
    }
    panic!("{} differs\n--- expected\n{expected}\n--- actual\n{actual}", file.display());
}

pub(crate) fn run(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rolebook"));
    command.current_dir(folder).args(arguments).env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE");
    command.output().expect("rolebook starts")
}

const POLICY: &str = "\
package acme

import \"../people\"

type team {
  actions view, delete
}

role team.member {
  allow team.view
}
";

const DIRECTORY: &str = "\
rolebook: 1
kind: directory
team:red:
  roles: { member: [user:ana, user:bo] }
";

/// A repository with a policy that imports another one, in two revisions and a work tree that differs from both.
fn repository() -> (tempfile::TempDir, PathBuf) {
    let place = tempfile::tempdir().expect("a temporary folder");
    let root = place.path().join("repository");
    let policy = root.join("policies/acme");
    fs::create_dir_all(&policy).expect("folders");
    fs::create_dir_all(root.join("policies/people")).expect("folders");
    fs::write(root.join("policies/people/people.rolebook"), "package people\n\ntype user\n").expect("a file");
    fs::write(policy.join("acme.rolebook"), POLICY).expect("a file");
    fs::write(policy.join("directory.yaml"), DIRECTORY).expect("a file");
    git(&root, &["init", "--quiet", "--initial-branch", "main"]);
    git(&root, &["add", "."]);
    git(&root, &["commit", "--quiet", "-m", "one"]);
    git(&root, &["tag", "v1"]);
    fs::write(policy.join("acme.rolebook"), POLICY.replace("allow team.view", "allow *")).expect("a file");
    git(&root, &["commit", "--quiet", "-am", "two"]);
    fs::write(policy.join("directory.yaml"), DIRECTORY.replace(", user:bo", "")).expect("a file");
    (place, root)
}

fn git(folder: &Path, arguments: &[&str]) {
    let mut command = Command::new("git");
    command.current_dir(folder).args(["-c", "user.name=A", "-c", "user.email=a@example.org"]).args(arguments);
    assert!(command.status().expect("git starts").success(), "git {arguments:?}");
}

#[test]
fn revisions_are_read_without_the_work_tree() {
    let (_place, root) = repository();
    let mut printed = String::new();
    let before = fs::read_to_string(root.join("policies/acme/directory.yaml")).expect("a file");
    let mut show = |folder: &Path, arguments: &[&str]| {
        let output = run(folder, &[&["diff"], arguments].concat());
        printed.push_str(&format!("$ rolebook diff {}\n{}\n", arguments.join(" "), shown(&output)));
    };
    show(&root, &["v1:policies/acme", "main:policies/acme"]);
    // The same path as the other side's, and the folder that one stands in.
    show(&root, &["main", "policies/acme"]);
    show(&root.join("policies/acme"), &["v1", "main"]);
    show(&root.join("policies/acme"), &["main:./", "."]);
    show(&root.join("policies/acme"), &["v1:./acme.rolebook", "acme.rolebook"]);
    show(&root.join("policies"), &["v1:policies/acme", "main:policies/acme", "--format", "md"]);
    // Nothing there, nothing meant, and what would be an option to git.
    show(&root, &["v9", "policies/acme"]);
    show(&root, &["v1:policies/acne", "main:policies/acme"]);
    show(&root, &["v1:../elsewhere", "policies/acme"]);
    show(&root, &["--", "--all", "policies/acme"]);
    show(&root, &["policies/none", "main:policies/acme"]);
    show(&root, &["v1..main", "policies/acme"]);
    show(&root, &["", "policies/acme"]);
    // What is wrong with both sides is said of both, and what is the same, once.
    show(&root, &["v8:policies/acme", "v9:policies/acme"]);
    show(&root, &["v1:policies/acme", "main:policies/acme", "--directory", "none.yaml"]);
    fs::write(root.join("policies/acme/acme.rolebook"), POLICY.replace("view, delete", "view")).expect("a file");
    git(&root, &["commit", "--quiet", "-am", "three"]);
    fs::write(root.join("policies/acme/acme.rolebook"), POLICY.replace("team.view", "team.vew")).expect("a file");
    git(&root, &["commit", "--quiet", "-am", "four"]);
    show(&root, &["v1:policies/acme", "main~1:policies/acme"]);
    show(&root, &["v1:policies/acme", "main:policies/acme"]);
    same(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diff/revisions.txt"), &printed);
    assert_eq!(
        fs::read_to_string(root.join("policies/acme/directory.yaml")).expect("a file"),
        before.replace(", user:bo", "")
    );
}

#[test]
fn bare_and_shallow_repositories_and_further_work_trees_are_read() {
    let (place, root) = repository();
    let sides = ["v1:policies/acme", "HEAD:policies/acme"];
    let expected = shown(&run(&root, &[&["diff"], &sides[..]].concat()));
    assert!(expected.contains("user:bo gains team.delete on team:red"), "{expected}");
    let url = format!("file://{}", root.display());
    git(place.path(), &["clone", "--quiet", "--bare", &url, "bare"]);
    let bare = place.path().join("bare");
    assert_eq!(shown(&run(&bare, &[&["diff"], &sides[..]].concat())), expected);
    // There, `HEAD` is a file, too.
    let output = shown(&run(&bare, &["diff", "v1:policies/acme", "HEAD"]));
    assert!(output.contains("the folder `HEAD:.` holds no policy file"), "{output}");
    git(&root, &["worktree", "add", "--quiet", "--detach", "../beside", "v1"]);
    let beside = place.path().join("beside");
    assert_eq!(
        shown(&run(&beside, &["diff", "v1:policies/acme", "main:policies/acme"])),
        expected.replace("HEAD:", "main:")
    );
    assert_eq!(shown(&run(&beside, &["diff", "HEAD", "policies/acme"])), "nothing changes in meaning\n[exit 0]\n");
    git(place.path(), &["clone", "--quiet", "--depth", "1", &url, "shallow"]);
    let output = shown(&run(&place.path().join("shallow"), &["diff", "HEAD~1:policies/acme", "HEAD:policies/acme"]));
    assert!(output.contains("a clone of a CI server may hold the"), "{output}");
    assert!(output.ends_with("[exit 2]\n"), "{output}");
}

#[test]
fn a_revision_may_have_slashes_in_its_name() {
    let (_place, root) = repository();
    let commit = |folder: &str, file: &str, text: &str, branch: &str| {
        fs::create_dir_all(root.join(folder)).expect("a folder");
        fs::write(root.join(folder).join(file), text).expect("a file");
        git(&root, &["add", "."]);
        git(&root, &["commit", "--quiet", "-m", branch]);
        git(&root, &["branch", branch]);
    };
    commit("people", "people.rolebook", "package people\n\ntype user\n", "people");
    commit("acme", "acme.rolebook", POLICY, "feature/x");
    commit("acme", "acme.rolebook", &POLICY.replace("allow team.view", "allow *"), "feature/y");
    let plain = shown(&run(&root, &["diff", "HEAD~1:acme", "HEAD:acme"]));
    assert!(plain.contains("gained team.delete"), "{plain}");
    let output = shown(&run(&root, &["diff", "feature/x:acme", "feature/y:acme"]));
    assert_eq!(output, plain.replace("HEAD~1:", "feature/x:").replace("HEAD:", "feature/y:"));
    // What lies outside of the repository is not what lies beside the revision's name.
    commit("acme", "acme.rolebook", &POLICY.replace("../people", "../../people"), "out/side");
    let output = shown(&run(&root, &["diff", "feature/x:acme", "out/side:acme"]));
    assert!(output.contains("error[unknown-import]") && output.ends_with("[exit 2]\n"), "{output}");
}

#[test]
fn without_git_folders_are_still_compared() {
    let (_place, root) = repository();
    let without = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rolebook"));
        command.current_dir(&root).arg("diff").args(arguments).env("PATH", "/nowhere");
        command.output().expect("rolebook starts")
    };
    let output = without(&["main", "policies/acme"]);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).expect("text");
    assert!(said.contains("cannot read revisions: there is no `git`"), "{said}");
    assert_eq!(without(&["policies/acme", "policies/acme"]).status.code(), Some(0));
    // Outside of any repository there are no revisions.
    let place = tempfile::tempdir().expect("a temporary folder");
    let output = run(place.path(), &["diff", "main", "v1"]);
    let said = String::from_utf8(output.stderr).expect("text");
    assert!(said.contains("lies in no git repository"), "{said}");
}

#[test]
fn a_compiled_file_is_a_side() {
    let (_place, root) = repository();
    let compiled = run(&root, &["compile", "policies/acme", "-o", "acme.compiled"]);
    assert_eq!(compiled.status.code(), Some(0), "{}", shown(&compiled));
    let output = run(&root, &["diff", "acme.compiled", "policies/acme"]);
    assert_eq!(shown(&output), "nothing changes in meaning\n[exit 0]\n");
    git(&root, &["add", "acme.compiled"]);
    git(&root, &["commit", "--quiet", "-m", "compiled"]);
    let output = run(&root, &["diff", "HEAD:acme.compiled", "policies/acme"]);
    assert_eq!(shown(&output), "nothing changes in meaning\n[exit 0]\n");
}

#[test]
fn what_is_approved_does_not_fail() {
    let (_place, root) = repository();
    let sides = ["v1:policies/acme", "policies/acme"];
    let mut printed = String::new();
    let mut show = |arguments: &[&str]| {
        let output = run(&root, &[&["diff"], &sides[..], arguments].concat());
        printed.push_str(&format!("$ rolebook diff {} {}\n{}\n", sides.join(" "), arguments.join(" "), shown(&output)));
    };
    show(&["--fail-on", "gained"]);
    show(&["--fail-on", "lost"]);
    show(&["--write-approved", "approved.txt"]);
    show(&["--fail-on", "any", "--approved", "approved.txt"]);
    let written = fs::read_to_string(root.join("approved.txt")).expect("a file");
    let fewer: String =
        written.lines().filter(|line| !line.contains("user:bo loses")).map(|line| format!("{line}\n")).collect();
    fs::write(root.join("approved.txt"), format!("{fewer}user:cy loses team.view on team:red\n")).expect("a file");
    show(&["--fail-on", "lost", "--approved", "approved.txt"]);
    show(&["--fail-on", "gained", "--approved", "approved.txt", "--format", "json"]);
    fs::write(root.join("approved.txt"), "# all of it\nuser:* loses team.view on *\n").expect("a file");
    show(&["--fail-on", "lost", "--approved", "approved.txt"]);
    show(&["--approved", "none.txt"]);
    // What is declared holds by its words alone.
    fs::write(root.join("approved.txt"), "role team.member: team.* gained: no => yes\n*\n").expect("a file");
    show(&["--fail-on", "gained", "--approved", "approved.txt"]);
    printed.push_str(&written);
    // Where the directory alone is another, whoever gains by it fails, and whoever loses.
    for (sides, what, status) in [
        (["policies/acme", "main:policies/acme"], "gained", 1),
        (["policies/acme", "main:policies/acme"], "lost", 0),
        (["main:policies/acme", "policies/acme"], "lost", 1),
        (["main:policies/acme", "policies/acme"], "gained", 0),
    ] {
        let output = run(&root, &[&["diff", "--fail-on", what], &sides[..]].concat());
        assert_eq!(output.status.code(), Some(status), "{sides:?} {what}: {}", shown(&output));
    }
    same(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diff/approved.txt"), &printed);
}
