//! Transcripts: a folder with the files of a case and, in one text, commands with everything they print.
//!
//! ```text
//! $ rolebook can user:ana view team:red
//! allowed: …
//! [stderr]
//! …
//! [exit 0]
//! ```
//! A command may set variables before it (`NO_COLOR=1 rolebook …`), read standard input from a file (`< requests.jsonl`)
//! and hold arguments in single quotes. `$ fill FILE COUNT TEXT …` writes texts many times over, for files too large
//! to be kept here; `$ show FILE` prints what stands in one. Lines before the first command are comments. Each transcript runs in a copy of its folder. `UPDATE=1 cargo test` rewrites what is expected to what was printed; read the difference before you commit.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// No command of a transcript takes seconds. On a machine that is busy with other tests this is far more than enough.
const PATIENCE: Duration = Duration::from_secs(20);

/// Runs the transcript `name` of a folder. The error tells what differs.
pub(crate) fn run(folder: &Path, name: &str) -> Result<(), String> {
    run_in(&folder.join(name), folder)
}

/// Runs a transcript in a copy of a folder. The error tells what differs.
pub(crate) fn run_in(file: &Path, folder: &Path) -> Result<(), String> {
    let expected = fs::read_to_string(file).unwrap_or_default();
    let place = tempfile::tempdir().expect("a temporary folder");
    copy(folder, place.path());
    let actual = replay(&expected, place.path());
    if actual == expected {
        return Ok(());
    }
    if std::env::var_os("UPDATE").is_some() {
        fs::write(file, actual).expect("the transcript can be written");
        return Ok(());
    }
    Err(format!("{} differs\n--- expected\n{expected}\n--- actual\n{actual}", file.display()))
}

/// The folders below `root` that hold a file `name`, in order.
pub(crate) fn find(root: &Path, name: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut waiting = vec![root.to_owned()];
    while let Some(folder) = waiting.pop() {
        if folder.join(name).is_file() {
            found.push(folder.clone());
        }
        let entries = fs::read_dir(&folder).expect("a folder");
        waiting.extend(entries.map(|entry| entry.expect("an entry").path()).filter(|path| path.is_dir()));
    }
    found.sort();
    found
}

/// Runs all transcripts and tells of every one that differs.
pub(crate) fn run_all(root: &Path, name: &str) {
    let folders = find(root, name);
    assert!(!folders.is_empty(), "no transcript below {}", root.display());
    assert_same(folders.iter().map(|folder| run(folder, name)));
}

/// Tells of every transcript that differs.
pub(crate) fn assert_same(outcomes: impl ExactSizeIterator<Item = Result<(), String>>) {
    let all = outcomes.len();
    let differing: Vec<String> = outcomes.filter_map(Result::err).collect();
    assert!(differing.is_empty(), "{}\n{} of {all} differ", differing.join("\n"), differing.len());
}

/// Copies a folder with all that is in it.
pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder can be made");
    for entry in fs::read_dir(from).expect("a folder") {
        let path = entry.expect("an entry").path();
        let target = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).expect("a file can be copied");
        }
    }
}

/// The transcript with what its commands print now.
fn replay(expected: &str, place: &Path) -> String {
    let mut actual = String::new();
    let mut commands = expected.lines().filter(|line| line.starts_with("$ ")).peekable();
    for line in expected.lines().take_while(|line| !line.starts_with("$ ")) {
        actual.push_str(line);
        actual.push('\n');
    }
    while let Some(line) = commands.next() {
        actual.push_str(line);
        actual.push('\n');
        actual.push_str(&execute(line.trim_start_matches("$ "), place));
        if commands.peek().is_some() {
            actual.push('\n');
        }
    }
    actual
}

/// What one command prints, and its exit status.
fn execute(line: &str, place: &Path) -> String {
    if let Some(rest) = line.strip_prefix("fill ") {
        fill(&words(rest), place);
        return String::new();
    }
    if let Some(file) = line.strip_prefix("show ") {
        return fs::read_to_string(place.join(file)).expect("a file to show");
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_rolebook"));
    command.current_dir(place).stdin(Stdio::null());
    for variable in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS"] {
        command.env_remove(variable);
    }
    let mut words = words(line).into_iter();
    for word in words.by_ref() {
        if word == "rolebook" {
            break;
        }
        let (name, value) = word.split_once('=').expect("a variable, or `rolebook`");
        command.env(name, value);
    }
    while let Some(word) = words.next() {
        if word == "<" {
            let input = place.join(words.next().expect("a file to read"));
            command.stdin(File::open(input).expect("standard input"));
        } else {
            command.arg(word);
        }
    }
    let start = Instant::now();
    let output = command.output().expect("rolebook starts");
    assert!(start.elapsed() < PATIENCE, "`{line}` took {:?}", start.elapsed());
    let mut text = String::from_utf8(output.stdout).expect("output is text");
    if !text.is_empty() && !text.ends_with('\n') {
        text.push_str("[no line break]\n");
    }
    if !output.stderr.is_empty() {
        text.push_str("[stderr]\n");
        text.push_str(&String::from_utf8(output.stderr).expect("output is text"));
    }
    match output.status.code() {
        Some(code) => text.push_str(&format!("[exit {code}]\n")),
        None => text.push_str("[killed]\n"),
    }
    // Escapes stand in the file as text that one can read, and no line ends in spaces that an editor would take.
    text.replace('\u{1b}', "\\e").lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

/// Writes texts, each many times over, to a file.
fn fill(words: &[String], place: &Path) {
    let [file, parts @ ..] = words else { panic!("`fill` wants a file") };
    let mut text = String::new();
    for part in parts.chunks(2) {
        let [count, piece] = part else { panic!("`fill` wants counts and texts") };
        text.push_str(&piece.repeat(count.parse().expect("a count")));
    }
    fs::write(place.join(file), text).expect("the file can be written");
}

/// Splits a line at spaces, except in single quotes.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut quoted = false;
    let mut any = false;
    for c in line.chars() {
        match c {
            '\'' => {
                quoted = !quoted;
                any = true;
            }
            ' ' if !quoted => {
                if any || !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
                any = false;
            }
            _ => word.push(c),
        }
    }
    if any || !word.is_empty() {
        words.push(word);
    }
    words
}
