//! Changes written into files: whole at every moment, by whomever and however the writing is interrupted.

use rolebook::Engine;
use rolebook::engine::{Rewritten, now, write};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const POLICY: &str = "type user\ntype team { size: int = 0 }\nrole team.member\n";

/// A policy and directories of these texts, in a folder of its own.
fn package(directories: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("policy.rolebook"), POLICY).expect("a file");
    for (name, text) in directories {
        fs::write(folder.path().join(name), text).expect("a file");
    }
    folder
}

fn engine(folder: &Path, directories: &[&str]) -> Engine {
    let directories: Vec<PathBuf> = directories.iter().map(|name| folder.join(name)).collect();
    Engine::open(&[folder.join("policy.rolebook")], &directories).expect("a sound package")
}

/// What a change makes of the files.
fn rewritten(engine: &Engine, change: &str) -> Vec<Rewritten> {
    let applied = engine.preview("changes.yaml", change, now()).expect("a sound change");
    engine.rewritten(&applied).expect("new texts")
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder");
    let mut names: Vec<String> =
        entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

const TEAM: &str = "rolebook: 1\nkind: directory\nteam:a: {}   # the only one\n";
const SET: &str = "set: { entity: 'team:a', attributes: { size: 7 } }";
const WRITTEN: &str = "rolebook: 1\nkind: directory\nteam:a:   # the only one\n  size: 7\n";

#[test]
fn a_file_keeps_its_permissions_and_a_link_stays_a_link() {
    let folder = package(&[("real.yaml", TEAM)]);
    let (real, link) = (folder.path().join("real.yaml"), folder.path().join("link.yaml"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::os::unix::fs::symlink("real.yaml", &link).expect("a link");
        fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).expect("permissions");
    }
    let engine = engine(folder.path(), &["link.yaml"]);
    write(&rewritten(&engine, SET)).expect("written");
    assert_eq!(fs::read_to_string(&real).expect("a text"), WRITTEN);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert!(fs::symlink_metadata(&link).expect("a link").is_symlink());
        assert_eq!(fs::metadata(&real).expect("a file").permissions().mode() & 0o777, 0o640);
    }
    assert_eq!(names(folder.path()), ["link.yaml", "policy.rolebook", "real.yaml"]);
}

#[test]
fn what_somebody_else_changed_is_not_overwritten() {
    let folder = package(&[("a.yaml", TEAM), ("b.yaml", "rolebook: 1\nkind: directory\nteam:b: {}\n")]);
    let engine = engine(folder.path(), &["a.yaml", "b.yaml"]);
    let both = "- { delete: 'team:b' }\n- { set: { entity: 'team:a', attributes: { size: 7 } } }";
    let files = rewritten(&engine, both);
    assert_eq!(files.len(), 2);
    // A comment is a change as well, where the new text is at hand already.
    let others = format!("{}# by hand\n", files[1].before);
    fs::write(&files[1].path, &others).expect("written");
    let finding = write(&files).expect_err("a changed file");
    assert!(finding.message.ends_with("b.yaml` was changed by somebody else meanwhile"), "{}", finding.message);
    assert_eq!(fs::read_to_string(&files[0].path).expect("a text"), TEAM);
    assert_eq!(fs::read_to_string(&files[1].path).expect("a text"), others);
    assert_eq!(names(folder.path()), ["a.yaml", "b.yaml", "policy.rolebook"]);

    // A comment that came before the changes are put in is kept; another fact is not what was loaded.
    let files = rewritten(&engine, both);
    assert!(files[1].after.ends_with("# by hand\n"));
    fs::write(&files[0].path, TEAM.replace("{}", "{ size: 3 }")).expect("written");
    let applied = engine.preview("changes.yaml", both, now()).expect("a sound change");
    let finding = engine.rewritten(&applied).expect_err("another directory");
    assert_eq!(
        finding.message,
        "the directory's files no longer say what was loaded: the attribute `size` of `team:a` is \"3\""
    );
}

#[test]
fn what_may_not_be_written_is_not() {
    let folder = package(&[("a.yaml", TEAM)]);
    let engine = engine(folder.path(), &["a.yaml"]);
    let files = rewritten(&engine, SET);
    let mut permissions = fs::metadata(&files[0].path).expect("a file").permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&files[0].path, permissions).expect("permissions");
    let finding = write(&files).expect_err("a read-only file");
    assert!(finding.message.starts_with("cannot write `"), "{}", finding.message);
    assert_eq!(fs::read_to_string(&files[0].path).expect("a text"), TEAM);

    fs::remove_file(&files[0].path).expect("removed");
    let finding = write(&files).expect_err("no file");
    assert!(finding.message.starts_with("cannot write `"), "{}", finding.message);
    assert_eq!(names(folder.path()), ["policy.rolebook"]);
}

#[test]
fn what_a_killed_run_left_is_removed_and_what_a_living_one_needs_is_not() {
    let folder = package(&[("a.yaml", TEAM)]);
    let engine = engine(folder.path(), &["a.yaml"]);
    for name in
        [".a.yaml.1.tmp", ".a.yaml.99999999.tmp", ".a.yaml.2.tmp", ".a.yaml.x.tmp", ".b.yaml.1.tmp", "a.yaml.1.tmp"]
    {
        fs::write(folder.path().join(name), "half a te").expect("a file");
    }
    let living = fs::File::open(folder.path().join(".a.yaml.2.tmp")).expect("a file");
    living.try_lock().expect("a lock");
    write(&rewritten(&engine, SET)).expect("written");
    let left = [".a.yaml.2.tmp", ".a.yaml.x.tmp", ".b.yaml.1.tmp", "a.yaml", "a.yaml.1.tmp", "policy.rolebook"];
    assert_eq!(names(folder.path()), left);
    assert_eq!(fs::read_to_string(folder.path().join("a.yaml")).expect("a text"), WRITTEN);
}

#[test]
fn two_runs_do_not_write_at_once() {
    let folder = package(&[("a.yaml", TEAM)]);
    let engine = engine(folder.path(), &["a.yaml"]);
    let files = rewritten(&engine, SET);
    let other = fs::File::open(folder.path().join("a.yaml")).expect("a file");
    other.try_lock().expect("a lock");
    if cfg!(unix) {
        let finding = write(&files).expect_err("a locked file");
        assert!(finding.message.ends_with("a.yaml` is being written by another run"), "{}", finding.message);
    }
    drop(other);
    write(&files).expect("written");
    let finding = write(&files).expect_err("written already");
    assert!(finding.message.ends_with("was changed by somebody else meanwhile"), "{}", finding.message);
}

/// A text long enough that writing it takes a while.
fn long(size: u32) -> String {
    let mut text = String::from("rolebook: 1\nkind: directory\n");
    for at in 0..60_000 {
        text.push_str(&format!("# number {at}\nteam:{at}: {{ size: {size} }}\n"));
    }
    text
}

/// The variable that names the file which [`writes_until_killed`] writes.
const WRITTEN_FILE: &str = "ROLEBOOK_TEST_WRITTEN_FILE";

/// No test of its own: what the next one starts and kills.
#[test]
#[ignore = "started by another test"]
fn writes_until_killed() {
    let Some(path) = std::env::var_os(WRITTEN_FILE).map(PathBuf::from) else { return };
    let texts = [long(1), long(2)];
    let found = fs::read_to_string(&path).expect("a text");
    let mut now = usize::from(found == texts[1]);
    loop {
        let (before, after) = (texts[now].clone(), texts[1 - now].clone());
        write(&[Rewritten { path: path.clone(), before, after }]).expect("written");
        now = 1 - now;
    }
}

#[test]
fn whenever_a_write_is_killed_the_file_is_whole() {
    let folder = package(&[("directory.yaml", &long(1))]);
    let file = folder.path().join("directory.yaml");
    let texts = [long(1), long(2)];
    let mut found = [0, 0];
    let mut leftovers = 0;
    let written = |file: &Path| fs::metadata(file).and_then(|found| found.modified()).expect("a moment");
    // On a busy machine it may take more runs until one is killed at each of the moments that matter.
    for run in 0..400_u64 {
        if run >= 40 && found.iter().all(|&times| times > 0) && leftovers > 0 {
            break;
        }
        let (before, begun) = (written(&file), Instant::now());
        let mut child = Command::new(std::env::current_exe().expect("this program"))
            .args(["--exact", "apply::writes_until_killed", "--ignored"])
            .env(WRITTEN_FILE, &file)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("it starts");
        // However long it takes to start, it is killed while it writes.
        while written(&file) == before && begun.elapsed() < Duration::from_secs(60) {
            std::thread::sleep(Duration::from_millis(1));
        }
        std::thread::sleep(Duration::from_millis(run * 17 % 40));
        // Every other time, while the new text stands beside the old one.
        let writing = || names(folder.path()).iter().any(|name| name.ends_with(".tmp"));
        while run % 2 == 1 && !writing() && begun.elapsed() < Duration::from_secs(60) {
            std::thread::yield_now();
        }
        assert!(child.try_wait().expect("a state").is_none(), "the writing ended by itself");
        child.kill().expect("killed");
        child.wait().expect("an end");
        let text = fs::read_to_string(&file).expect("a text");
        match texts.iter().position(|whole| *whole == text) {
            Some(at) => found[at] += 1,
            None => panic!("run {run} left half a text"),
        }
        let left = names(folder.path()).iter().filter(|name| name.ends_with(".tmp")).count();
        assert!(left <= 1, "the leftovers of earlier runs stay");
        leftovers += left;
    }
    assert!(found[0] > 0 && found[1] > 0 && leftovers > 0, "{found:?}, {leftovers} killed while writing");
}

/// The same with the command, killed at moments spread over its whole run.
#[test]
fn whenever_the_command_is_killed_the_file_is_whole() {
    let folder = package(&[("directory.yaml", TEAM)]);
    let file = folder.path().join("directory.yaml");
    let start = |size: u32| {
        let change = format!("set: {{ entity: 'team:a', attributes: {{ size: {size} }} }}");
        let mut command = Command::new(env!("CARGO_BIN_EXE_rolebook"));
        command.current_dir(folder.path()).args(["apply", "--write", "--change", &change]);
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("rolebook starts")
    };
    let text = |size: u32| WRITTEN.replace('7', &size.to_string());
    let began = Instant::now();
    assert!(start(0).wait().expect("an end").success());
    let whole = began.elapsed();
    assert_eq!(fs::read_to_string(&file).expect("a text"), text(0));
    let (mut old, mut killed) = (0, 0);
    for run in 1..=20 {
        let mut child = start(run);
        std::thread::sleep(whole * run / 20);
        // It may have ended by now.
        let _ = child.kill();
        killed += u32::from(!child.wait().expect("an end").success());
        let found = fs::read_to_string(&file).expect("a text");
        if found == text(run) {
            old = run;
        }
        assert_eq!(found, text(old), "run {run}");
    }
    assert!(killed > 0, "none was killed");
    assert!(start(99).wait().expect("an end").success());
    assert_eq!(names(folder.path()), ["directory.yaml", "policy.rolebook"]);
    assert_eq!(fs::read_to_string(&file).expect("a text"), text(99));
}
