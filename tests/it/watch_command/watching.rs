//! The command at work, files that are saved under it, and what it says of them.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;
use tempfile::TempDir;

/// How long anything may take before it counts as never.
const LONG: Duration = Duration::from_secs(120);

/// How long nothing must come before it counts as nothing: longer than it takes to look without being told.
const QUIET: Duration = Duration::from_secs(5);

pub(super) const TEAMS: &str =
    "type user\ntype team {\n  actions view, edit\n}\nrole team.member {\n  allow team.view\n}\n";
pub(super) const STAFF: &str = "rolebook: 1\nkind: directory\nteam:red:\n  roles: { member: [user:ana] }\n";
pub(super) const TESTS: &str = "\
rolebook: 1
kind: test
tests:
  - name: members view
    subject: user:ana
    allow: view team:red
    deny: edit team:red
";

/// Levels that leave all lints out, for what other things are tested on.
pub(super) const NO_LINTS: &str = "[lints]\nwarnings = \"allow\"\n";

/// The command at work in a folder.
pub(super) struct Watching {
    child: Child,
    lines: Receiver<String>,
}

impl Watching {
    pub(super) fn start(folder: &Path, arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_rolebook"))
            .arg("watch")
            .args(arguments)
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("rolebook starts");
        let out = BufReader::new(child.stdout.take().expect("standard output"));
        let (sender, lines) = channel();
        thread::spawn(move || out.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
        Self { child, lines }
    }

    /// All that is said next, up to the line that says how everything stands.
    pub(super) fn next(&self) -> String {
        let mut said = String::new();
        loop {
            let line = self.lines.recv_timeout(LONG).unwrap_or_else(|_| panic!("nothing more comes after:\n{said}"));
            said.push_str(&line);
            if line.starts_with("ok: ") || line.starts_with("wrong: ") || line.starts_with('{') {
                return said;
            }
            said.push('\n');
        }
    }

    /// What is said once it is this; what is said before is of something half done.
    #[track_caller]
    pub(super) fn until(&self, wanted: &str) {
        let mut last = String::new();
        for _ in 0..8 {
            last = self.next();
            if last == wanted {
                return;
            }
        }
        assert_eq!(last, wanted);
    }

    /// What is said once a line of it begins so.
    #[track_caller]
    pub(super) fn until_line(&self, wanted: &str) {
        let mut last = String::new();
        for _ in 0..8 {
            last = self.next();
            if last.lines().any(|line| line.starts_with(wanted)) {
                return;
            }
        }
        panic!("no line of what is said begins with {wanted:?}:\n{last}");
    }

    #[track_caller]
    pub(super) fn says(&self, wanted: &str) {
        assert_eq!(self.next(), wanted);
    }

    #[track_caller]
    pub(super) fn says_nothing(&self) {
        let said = self.lines.recv_timeout(QUIET);
        assert_eq!(said, Err(RecvTimeoutError::Timeout));
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        // It ends by nothing else.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(super) fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    fs::write(path, text).expect("a file");
}

/// As careful tools save: beside the place, and renamed.
pub(super) fn replace(folder: &Path, name: &str, text: &str) {
    let beside = folder.join(format!("{name}.new~"));
    fs::write(&beside, text).expect("a file");
    fs::rename(beside, folder.join(name)).expect("a file in its place");
}

pub(super) fn package() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let files = [("teams.rolebook", TEAMS), ("directory.yaml", STAFF), ("teams.test.yaml", TESTS)];
    for (name, text) in files.into_iter().chain([("rolebook.toml", NO_LINTS)]) {
        write(folder.path(), name, text);
    }
    folder
}
