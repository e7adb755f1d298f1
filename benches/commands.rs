//! How long commands take on the reference policies, from the start of the process to its end: best of twenty, as a table.
//!
//! `watch` does not end: of it, the time up to the first line counts.
//!
//! ```text
//! cargo bench --bench commands
//! ```
//! What stands behind `--` is a part of the commands' names: those without it are left out.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

/// How often each is run.
const RUNS: usize = 20;

/// What each command is held to.
const LIMIT: Duration = Duration::from_millis(100);

/// A policy, and what is asked of it: a subject, an action, a resource and its type; one of its files; a change.
struct System {
    name: &'static str,
    asked: [&'static str; 4],
    file: &'static str,
    change: &'static str,
}

const SYSTEMS: [System; 4] = [
    System {
        name: "baseten",
        asked: ["user:hana", "manage", "environment:lumen-production", "environment"],
        file: "baseten.rolebook",
        change: r#"{"assign":{"subject":"user:kim","role":"member","on":"team:research"}}"#,
    },
    System {
        name: "polyaxon",
        asked: ["user:ed", "view", "project:search", "project"],
        file: "roles.rolebook",
        change: r#"{"revoke":{"subject":"user:vic","role":"viewer","on":"team:engineering"}}"#,
    },
    System {
        name: "tools",
        asked: ["user:carl", "execute", "tool:notebook", "tool"],
        file: "tools.rolebook",
        change: r#"{"assign":{"subject":"user:kate","role":"viewer","on":"team:product"}}"#,
    },
    System {
        name: "wandb",
        asked: ["user:ben", "delete", "run:detector-ben", "run"],
        file: "roles.rolebook",
        change: r#"{"assign":{"subject":"user:kay","role":"member","on":"team:vision"}}"#,
    },
];

/// The commands: `POLICY` is the system's folder, `FILE` one of its files, `SUBJECT` and its like what is asked, `CHANGE` a
/// change, `NEW` a path where nothing is yet, `OUT` a compiled file of the system.
const COMMANDS: [&str; 32] = [
    "init NEW",
    "check --policy POLICY",
    "check --policy POLICY --format sarif",
    "can SUBJECT ACTION RESOURCE --policy POLICY",
    "can SUBJECT ACTION RESOURCE --policy OUT",
    "explain SUBJECT ACTION RESOURCE --policy POLICY",
    "who-can ACTION RESOURCE --policy POLICY --explain",
    "list SUBJECT ACTION TYPE --policy POLICY --explain",
    "actions SUBJECT RESOURCE --policy POLICY --explain",
    "settings RESOURCE --policy POLICY",
    "test POLICY",
    "test POLICY --coverage",
    "test POLICY --mutate",
    "watch POLICY",
    "matrix --policy POLICY",
    "matrix --policy POLICY --format html",
    "graph --policy POLICY",
    "graph --policy POLICY --format svg",
    "docs --policy POLICY",
    "diff POLICY POLICY",
    "diff HEAD:POLICY POLICY",
    "apply --change CHANGE --policy POLICY",
    "fmt --check POLICY",
    "convert POLICY/FILE",
    "convert POLICY/FILE --to yaml -o NEW",
    "compile POLICY -o OUT",
    "inspect OUT",
    "explain-code unknown-role",
    "completions bash",
    "completions zsh",
    "man",
    "man check",
];

fn main() -> ExitCode {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    let place = tempfile::tempdir().expect("a temporary folder");
    println!("| command | {} |", SYSTEMS.map(|system| system.name).join(" | "));
    println!("| --- |{}", " --- |".repeat(SYSTEMS.len()));
    let mut slow = 0;
    for command in COMMANDS.iter().filter(|command| wanted.iter().all(|part| command.contains(part.as_str()))) {
        let times = SYSTEMS.each_ref().map(|system| best(system, command, place.path()));
        slow += times.iter().filter(|time| **time > LIMIT).count();
        let shown = times.map(|time| format!("{:.1}", time.as_secs_f64() * 1000.0));
        println!("| `{command}` | {} |", shown.join(" | "));
    }
    println!("\nMilliseconds; {slow} of them above {}.", LIMIT.as_millis());
    ExitCode::SUCCESS
}

/// The shortest time that a command takes.
fn best(system: &System, command: &str, place: &Path) -> Duration {
    let policy = format!("policies/{}", system.name);
    let compiled = place.join(format!("{}.compiled", system.name)).display().to_string();
    let arguments = |run: usize| -> Vec<String> {
        let new = place.join(format!("{}-{run}-{}", system.name, command.split(' ').next().unwrap_or_default()));
        let [subject, action, resource, ty] = system.asked;
        let word = |word: &str| match word {
            "SUBJECT" => subject.to_owned(),
            "ACTION" => action.to_owned(),
            "RESOURCE" => resource.to_owned(),
            "TYPE" => ty.to_owned(),
            "CHANGE" => system.change.to_owned(),
            "NEW" => new.display().to_string(),
            "OUT" => compiled.clone(),
            other => other.replace("POLICY", &policy).replace("FILE", system.file),
        };
        command.split(' ').map(word).collect()
    };
    if command.contains("OUT") {
        time(&["compile".into(), policy.clone(), "-o".into(), compiled.clone()]);
    }
    (0..RUNS).map(|run| time(&arguments(run))).min().unwrap_or_default()
}

/// How long a process takes; up to its first line, where it goes on.
fn time(arguments: &[String]) -> Duration {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rolebook"));
    command.args(arguments).current_dir(PathBuf::from(env!("CARGO_MANIFEST_DIR"))).stdin(Stdio::null());
    command.stderr(Stdio::null());
    let start = Instant::now();
    if arguments.first().is_some_and(|name| name == "watch") {
        let mut child = command.stdout(Stdio::piped()).spawn().expect("rolebook starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("standard output")).read_line(&mut line).expect("a line");
        let time = start.elapsed();
        assert!(line.starts_with("ok: "), "{line}");
        child.kill().expect("it ends");
        child.wait().expect("it ended");
        return time;
    }
    let status = command.stdout(Stdio::null()).status().expect("rolebook starts");
    let time = start.elapsed();
    // Mutants that no test notices end it with 1.
    assert!(status.success() || arguments.contains(&String::from("--mutate")), "{arguments:?}: {status}");
    time
}
