//! `rolebook watch` as it is run: a process, files that are saved under it as editors and tools save them, and every line
//! that it prints.
//!
//! Nothing here counts on being quick: each test saves something and waits, for as long as it takes, for what is said of it.

mod lints;
mod watching;

use std::fs;
use std::io::Read;
use std::process::{Command, Stdio};
use watching::{NO_LINTS, STAFF, TEAMS, TESTS, Watching, package, replace, write};

/// What is said where members edit instead of viewing.
const FAILED: &str = "\
failed: members view  teams.test.yaml:4:11
  expected allow: user:ana view team:red  teams.test.yaml:6:12
    denied: `user:ana` may not view `team:red`: nothing grants it
      no role and no rule allows `team.view` here
  expected deny: user:ana edit team:red  teams.test.yaml:7:11
    allowed: `user:ana` may edit `team:red`
      `team.member` allows `team.edit`  teams.rolebook:6:3

wrong: no error in 1 package, 1 of 1 test failed; anew: the package, teams.test.yaml";

/// What is said where they do what there is no word for.
const BROKEN: &str = "\
error[unknown-action]: `team` has no action `vew`
   ╭─[teams.rolebook:6:14]
 5 │ role team.member {
 6 │   allow team.vew
   ·              ───
 7 │ }
   ╰────
  help: did you mean `view`?

wrong: 1 error in 1 package, no tests, 1 of 1 test file could not be run; anew: the package, teams.test.yaml";

const WELL: &str = "ok: nothing wrong in 1 package, 1 test passed; anew: the package, teams.test.yaml";

#[test]
fn each_save_is_answered_and_a_broken_one_survived() {
    let package = package();
    let folder = package.path();
    let watching = Watching::start(folder, &[]);
    watching.says("ok: nothing wrong in 1 package, 1 test passed");
    // In place, as some editors do it, and renamed onto the place, as others do.
    for save in [write, replace] {
        save(folder, "teams.rolebook", &TEAMS.replace("allow team.view", "allow team.edit"));
        watching.until(FAILED);
        save(folder, "teams.rolebook", &TEAMS.replace("allow team.view", "allow team.vew"));
        watching.until(BROKEN);
        save(folder, "teams.rolebook", TEAMS);
        watching.until(WELL);
    }
    // What is none of a package's files concerns nobody.
    write(folder, "README.md", "Teams.\n");
    write(folder, ".teams.rolebook.swp", "type");
    watching.says_nothing();
    // The directory that is read because it lies beside the policy.
    replace(folder, "directory.yaml", &STAFF.replace("ana", "bo"));
    watching.until(
        "\
failed: members view  teams.test.yaml:4:11
  expected allow: user:ana view team:red  teams.test.yaml:6:12
    denied: `user:ana` may not view `team:red`: nothing grants it
      closest: `team.member` on `team:red` would allow it  teams.rolebook:6:3

wrong: no error in 1 package, 1 of 1 test failed; anew: the package, teams.test.yaml",
    );
}

#[test]
fn only_what_a_save_concerns_is_run_anew() {
    let root = tempfile::tempdir().expect("a folder");
    let folder = root.path();
    // Two packages of which one imports a third, and a test that brings a directory of its own.
    for name in ["shared", "blue", "red"] {
        write(folder, &format!("{name}/rolebook.toml"), NO_LINTS);
    }
    write(folder, "shared/users.rolebook", "type user\n");
    for name in ["blue", "red"] {
        let import = if name == "red" { "import \"../shared\"\n" } else { "type user\n" };
        let teams = format!("{import}{}", TEAMS.replace("type user\n", ""));
        write(folder, &format!("{name}/teams.rolebook"), &teams);
        write(folder, &format!("{name}/directory.yaml"), STAFF);
        write(folder, &format!("{name}/teams.test.yaml"), TESTS);
    }
    write(folder, "others.yaml", &STAFF.replace("ana", "bo"));
    let own = TESTS.replace("kind: test\n", "kind: test\ndirectory: ../others.yaml\n").replace("user:ana", "user:bo");
    write(folder, "red/own.test.yaml", &own);
    let watching = Watching::start(folder, &[]);
    watching.says("ok: nothing wrong in 3 packages, 3 tests passed");

    replace(folder, "red/teams.test.yaml", &TESTS.replace("members view", "members see"));
    watching.until("ok: nothing wrong in 3 packages, 3 tests passed; anew: red/teams.test.yaml");
    replace(folder, "others.yaml", &STAFF.replace("ana", "bo, user:cy"));
    watching.until("ok: nothing wrong in 3 packages, 3 tests passed; anew: red/own.test.yaml");
    replace(folder, "shared/users.rolebook", "# People.\ntype user\n");
    watching.until("ok: nothing wrong in 3 packages, 3 tests passed; anew: 2 packages, 2 test files");
    write(folder, "blue/more.rolebook", "role team.admin {\n  allow team.*\n}\n");
    watching.until("ok: nothing wrong in 3 packages, 3 tests passed; anew: blue, blue/teams.test.yaml");

    // What is wrong in one package stays on the screen while another is saved.
    write(folder, "blue/more.rolebook", "role team.admin {\n  allow team.al\n}\n");
    watching.until(
        "\
error[unknown-action]: `team` has no action `al`
   ╭─[blue/more.rolebook:2:14]
 1 │ role team.admin {
 2 │   allow team.al
   ·              ──
 3 │ }
   ╰────
  help: `team` has the actions `view` and `edit`

wrong: 1 error in 3 packages, 2 tests passed, 1 of 3 test files could not be run; anew: blue, blue/teams.test.yaml",
    );
    replace(folder, "red/teams.test.yaml", TESTS);
    let said = watching.next();
    assert!(said.starts_with("error[unknown-action]: `team` has no action `al`\n"), "{said}");
    assert!(said.ends_with("1 of 3 test files could not be run; anew: red/teams.test.yaml"), "{said}");
}

#[test]
fn folders_come_and_go() {
    let root = tempfile::tempdir().expect("a folder");
    let folder = root.path().join("policies");
    // What goes for a repository goes for every package in it.
    fs::create_dir(root.path().join(".git")).expect("a folder");
    write(root.path(), "rolebook.toml", NO_LINTS);
    write(&folder, "red/teams.rolebook", TEAMS);
    write(&folder, "red/directory.yaml", STAFF);
    write(&folder, "red/teams.test.yaml", TESTS);
    let watching = Watching::start(root.path(), &["policies"]);
    watching.says("ok: nothing wrong in 1 package, 1 test passed");

    // A package that is new: what is half there is looked at too.
    write(&folder, "blue/deep/teams.rolebook", TEAMS);
    write(&folder, "blue/deep/directory.yaml", STAFF);
    write(&folder, "blue/deep/teams.test.yaml", TESTS);
    watching.until_line("ok: nothing wrong in 2 packages, 2 tests passed");
    fs::remove_dir_all(folder.join("blue")).expect("a folder that goes");
    watching.until_line("ok: nothing wrong in 1 package, 1 test passed");

    // The folder that was named is exchanged as a whole.
    fs::rename(&folder, root.path().join("old")).expect("another name");
    watching.until_line("error[unreadable-file]: cannot read `policies`: there is no such file or folder");
    write(&root.path().join("new"), "red/teams.rolebook", &TEAMS.replace("allow team.view", "allow team.*"));
    write(&root.path().join("new"), "red/directory.yaml", STAFF);
    write(&root.path().join("new"), "red/teams.test.yaml", &TESTS.replace("    deny: edit team:red\n", ""));
    fs::rename(root.path().join("new"), &folder).expect("another name");
    watching.until_line("ok: nothing wrong in 1 package, 1 test passed");
}

#[test]
fn named_policies_are_watched_wherever_they_lie() {
    let root = tempfile::tempdir().expect("a folder");
    let folder = root.path();
    write(folder, "acme/teams.rolebook", TEAMS);
    write(folder, "acme/rolebook.toml", NO_LINTS);
    write(folder, "staging.yaml", STAFF);
    write(folder, "tests/teams.test.yaml", TESTS);
    let arguments = ["tests", "--policy", "acme", "--directory", "staging.yaml", "--format", "json"];
    let watching = Watching::start(folder, &arguments);
    let said: serde_json::Value = serde_json::from_str(&watching.next()).expect("a line of JSON");
    let counts = |failed: usize| {
        serde_json::json!({
            "packages": 1, "errors": 0, "warnings": 0, "files": 1, "tests": 1, "failed": failed, "broken": 0,
        })
    };
    assert_eq!(said["ok"], true);
    assert_eq!(said["packages"], serde_json::json!([{ "findings": [] }]));
    assert_eq!(said["files"][0]["file"], "tests/teams.test.yaml");
    assert_eq!(said["counts"], counts(0));
    replace(folder, "staging.yaml", &STAFF.replace("ana", "bo"));
    // What is looked at once more as it was before is not told of.
    let said: serde_json::Value = serde_json::from_str(&watching.next()).expect("a line of JSON");
    assert_eq!((&said["ok"], &said["counts"]), (&serde_json::Value::Bool(false), &counts(1)));
    assert_eq!(said["files"][0]["tests"][0]["passed"], false);
}

/// `script` gives a program a terminal; where there is none of that name, nothing is seen of one here.
#[test]
#[cfg(target_os = "linux")]
fn a_terminal_is_cleared_and_nothing_else_is() {
    let package = package();
    let command = format!("{} watch", env!("CARGO_BIN_EXE_rolebook"));
    let started = Command::new("script")
        .args(["-q", "-e", "-f", "-c", &command, "/dev/null"])
        .current_dir(package.path())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn();
    let Ok(mut child) = started else { return };
    let mut said = Vec::new();
    let mut out = child.stdout.take().expect("standard output");
    let mut bytes = [0; 256];
    while !said.ends_with(b"passed\r\n") {
        let count = out.read(&mut bytes).expect("something is said");
        assert!(count > 0, "it ended after {:?}", String::from_utf8_lossy(&said));
        said.extend_from_slice(&bytes[..count]);
    }
    child.kill().expect("it ends");
    child.wait().expect("it ended");
    let said = String::from_utf8(said).expect("UTF-8");
    let wanted =
        "\u{1b}[2J\u{1b}[3J\u{1b}[H\u{1b}[1m\u{1b}[32mok\u{1b}[0m: nothing wrong in 1 package, 1 test passed\r\n";
    assert!(said.ends_with(wanted), "{said:?}");
}
