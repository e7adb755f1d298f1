//! What `check --format sarif` writes is valid by the schema of SARIF 2.1.0, whatever was found.
//!
//! `tests/sarif/` holds the schema that OASIS publishes with the standard, without the descriptions in it, and with a bracket
//! escaped in one expression that is none otherwise.

use super::transcript;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::process::Command;

struct Schema(jsonschema::Validator);

impl Schema {
    fn read() -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sarif/sarif-schema-2.1.0.json");
        let schema: Value = serde_json::from_str(&fs::read_to_string(path).expect("the schema")).expect("it is JSON");
        let options = jsonschema::options().should_validate_formats(true);
        Self(options.build(&schema).expect("it is a schema"))
    }

    /// What is wrong with a log, each with its place.
    fn wrong(&self, log: &Value) -> Vec<String> {
        self.0.iter_errors(log).map(|error| format!("{}: {error}", error.instance_path())).collect()
    }
}

/// The log of a check in a folder; nothing where what the check is told is wrong, so that it does not begin.
fn log(folder: &Path, arguments: &[&str]) -> Option<Value> {
    let output = Command::new(env!("CARGO_BIN_EXE_rolebook"))
        .args(["check", "--format", "sarif"])
        .args(arguments)
        .current_dir(folder)
        .env_remove("GITHUB_WORKSPACE")
        .output()
        .expect("rolebook starts");
    if output.stdout.is_empty() {
        assert_eq!(output.status.code(), Some(2));
        return None;
    }
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(serde_json::from_slice(&output.stdout).expect("it is JSON"))
}

#[test]
fn every_finding_makes_a_valid_log() {
    let (schema, root) = (Schema::read(), Path::new(env!("CARGO_MANIFEST_DIR")));
    let (mut seen, mut rules) = (0, std::collections::BTreeSet::new());
    // The corpus has a case for every code. Those that `check` finds are found again.
    for folder in transcript::find(&root.join("tests/corpus"), "expected.txt") {
        let text = fs::read_to_string(folder.join("expected.txt")).expect("a transcript");
        for command in text.lines().filter_map(|line| line.strip_prefix("$ rolebook check")) {
            if ["--fix", "--format", "<"].iter().any(|other| command.contains(other)) {
                continue;
            }
            let Some(log) = log(&folder, &command.split_whitespace().collect::<Vec<_>>()) else { continue };
            assert_eq!(schema.wrong(&log), Vec::<String>::new(), "{}: {log:#}", folder.display());
            for result in log["runs"][0]["results"].as_array().expect("results") {
                rules.insert(result["ruleId"].as_str().expect("a rule").to_owned());
                seen += 1;
            }
        }
    }
    assert!(seen > 100 && rules.len() > 60, "{seen} findings of {} codes", rules.len());
}

#[test]
fn logs_of_the_reference_policies_are_valid() {
    let (schema, policies) = (Schema::read(), Path::new(env!("CARGO_MANIFEST_DIR")).join("policies"));
    for name in ["baseten", "polyaxon", "tools", "wandb"] {
        // Without levels of their own there is something to say of each.
        let place = tempfile::tempdir().expect("a folder");
        transcript::copy(&policies.join(name), place.path());
        fs::remove_file(place.path().join("rolebook.toml")).expect("levels");
        let log = log(place.path(), &[]).expect("a log");
        assert_eq!(schema.wrong(&log), Vec::<String>::new(), "{name}");
        assert!(log["runs"][0]["results"].as_array().is_some_and(|results| !results.is_empty()), "{name}");
    }
}

/// The schema finds what is wrong: otherwise the tests above say nothing.
#[test]
fn a_log_that_is_not_valid_is_noticed() {
    let schema = Schema::read();
    let sound = log(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/ci/wrong"), &[]).expect("a log");
    assert_eq!(schema.wrong(&sound), Vec::<String>::new());
    let edits: [(&str, Value); 7] = [
        ("/version", json!("2.0.0")),
        ("/runs/0/tool/driver/name", json!(5)),
        ("/runs/0/results/0/level", json!("fatal")),
        ("/runs/0/results/0/ruleIndex", json!(-2)),
        ("/runs/0/results/0/message", json!({})),
        ("/runs/0/results/0/locations/0/physicalLocation/region/startLine", json!(0)),
        ("/runs/0/columnKind", json!("bytes")),
    ];
    for (place, value) in edits {
        let mut log = sound.clone();
        *log.pointer_mut(place).unwrap_or_else(|| panic!("nothing at {place}")) = value;
        assert!(!schema.wrong(&log).is_empty(), "{place}");
    }
}
