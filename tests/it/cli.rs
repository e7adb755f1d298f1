//! The commands: what they print and how they exit, by transcripts; and what no transcript can show, their streams.

use super::transcript::{self, assert_same};
use std::fs;
use std::io::{BufRead, BufReader, Write, pipe};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli")
}

#[test]
fn transcripts() {
    transcript::run_all(&root(), "session.txt");
}

/// What commands say of the reference policies: of each, a folder of transcripts, a file for what belongs together.
#[test]
fn systems() {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut transcripts = Vec::new();
    for name in ["baseten", "polyaxon", "tools", "wandb"] {
        let of_system = fs::read_dir(manifest.join("tests/systems").join(name)).expect("transcripts");
        let files = of_system.map(|entry| entry.expect("an entry").path());
        transcripts.extend(files.map(|file| (file, manifest.join("policies").join(name))));
    }
    transcripts.sort();
    assert_same(transcripts.iter().map(|(file, policy)| transcript::run_in(file, policy)));
}

/// What is about no policy, or does not end: `watch` is run on the systems by a test of its own.
const OF_NO_SYSTEM: [&str; 6] = ["init", "watch", "explain-code", "completions", "man", "help"];

#[test]
fn every_command_is_shown_on_every_system() {
    let help = Command::new(env!("CARGO_BIN_EXE_rolebook")).arg("--help").output().expect("rolebook starts");
    let help = String::from_utf8(help.stdout).expect("text");
    let list = help.split("Commands:\n").nth(1).and_then(|rest| rest.split("\n\n").next()).expect("commands");
    let names = list.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    let names: Vec<&str> = names.filter_map(|line| line.split_whitespace().next()).collect();
    assert!(OF_NO_SYSTEM.iter().all(|name| names.contains(name)) && names.len() > 20, "{names:?}");
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    for system in ["baseten", "polyaxon", "tools", "wandb"] {
        let of_system = fs::read_dir(tests.join("systems").join(system)).expect("transcripts");
        let files = of_system.map(|entry| entry.expect("an entry").path());
        let shown: String = files.map(|file| fs::read_to_string(file).expect("a transcript")).collect();
        for name in names.iter().filter(|name| !OF_NO_SYSTEM.contains(name)) {
            let command = format!("\n$ rolebook {name} ");
            let bare = format!("\n$ rolebook {name}\n");
            let text = format!("\n{shown}");
            assert!(text.contains(&command) || text.contains(&bare), "`{name}` is not shown on {system}");
        }
    }
}

#[test]
fn help_says_of_every_command_what_its_own_option_says() {
    let print = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_rolebook")).args(arguments).output().expect("rolebook starts");
        assert!(output.status.success(), "{arguments:?}");
        String::from_utf8(output.stdout).expect("text")
    };
    assert_eq!(print(&["help"]), print(&["--help"]));
    for name in ["check", "who-can", "explain-code", "help"] {
        assert_eq!(print(&["help", name]), print(&[name, "--help"]));
    }
}

/// A batch that reads standard input, on the package of the transcripts.
fn batch() -> Child {
    Command::new(env!("CARGO_BIN_EXE_rolebook"))
        .args(["can", "--requests", "-", "--policy"])
        .arg(root().join("package"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("rolebook starts")
}

const REQUEST: &str = "{\"subject\":{\"type\":\"user\",\"id\":\"bo\"},\"action\":{\"name\":\"delete\"},\
                       \"resource\":{\"type\":\"run\",\"id\":\"42\"}}\n";

#[test]
fn whoever_stops_reading_is_not_complained_to() {
    let (reader, writer) = pipe().expect("a pipe");
    drop(reader);
    let output = Command::new(env!("CARGO_BIN_EXE_rolebook"))
        .arg("explain-code")
        .stdout(writer)
        .output()
        .expect("rolebook starts");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    // Whatever was decided did not reach anybody: never the status of an allow.
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn a_batch_answers_each_request_before_it_waits_for_the_next() {
    let mut child = batch();
    let mut input = child.stdin.take().expect("standard input");
    let mut answers = BufReader::new(child.stdout.take().expect("standard output"));
    for _ in 0..3 {
        input.write_all(REQUEST.as_bytes()).expect("a request");
        let mut answer = String::new();
        answers.read_line(&mut answer).expect("an answer");
        assert!(answer.starts_with("{\"decision\":true,"), "{answer}");
    }
    drop(input);
    assert_eq!(child.wait().expect("an end").code(), Some(0));
}

#[test]
#[cfg(target_os = "linux")]
fn a_long_batch_takes_no_more_memory_than_a_short_one() {
    let peak = |requests: usize| {
        let mut child = batch();
        let mut input = child.stdin.take().expect("standard input");
        let answers = BufReader::new(child.stdout.take().expect("standard output"));
        let reading = std::thread::spawn(move || {
            let mut answered = 0;
            for answer in answers.lines().take(requests) {
                assert!(answer.expect("an answer").starts_with("{\"decision\":true,"));
                answered += 1;
            }
            answered
        });
        for _ in 0..requests {
            input.write_all(REQUEST.as_bytes()).expect("a request");
        }
        input.flush().expect("the requests arrive");
        assert_eq!(reading.join().expect("all answers"), requests);
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).expect("a live process");
        drop(input);
        child.wait().expect("an end");
        let line = status.lines().find(|line| line.starts_with("VmHWM:")).expect("a peak");
        line.split_whitespace().nth(1).expect("a number").parse::<usize>().expect("kilobytes")
    };
    let (short, long) = (peak(10), peak(50_000));
    assert!(long < short + 8_192, "{short} kB for ten requests, {long} kB for fifty thousand");
}
