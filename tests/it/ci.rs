//! What CI servers are given: the configurations in `examples/ci/`, each step of which is run here as it stands there, and
//! the forms of results.

use serde_yaml::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

/// A step that fetches the tool, which here is there.
const INSTALL: &str = "cargo install --locked rolebook";

fn configuration(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/ci").join(name);
    serde_yaml::from_str(&fs::read_to_string(path).expect("a configuration")).expect("it is YAML")
}

fn texts<'a>(values: impl Iterator<Item = &'a Value>) -> Vec<String> {
    values.map(|value| value.as_str().expect("a command").to_owned()).collect()
}

/// The commands of each configuration.
fn configurations() -> Vec<(&'static str, Vec<String>)> {
    let github = configuration("github.yml");
    let steps = github["jobs"]["policy"]["steps"].as_sequence().expect("steps");
    let gitlab = configuration("gitlab.yml");
    let lists = ["before_script", "script"].map(|key| gitlab["policy"][key].as_sequence().expect("a list"));
    let pre_commit = configuration("pre-commit.yaml");
    let hooks = pre_commit["repos"][0]["hooks"].as_sequence().expect("hooks");
    vec![
        ("github.yml", texts(steps.iter().filter_map(|step| step.get("run")))),
        ("gitlab.yml", texts(lists.into_iter().flatten())),
        ("pre-commit.yaml", texts(hooks.iter().map(|hook| &hook["entry"]))),
    ]
}

/// A repository with a policy that `rolebook init` made.
fn repository() -> TempDir {
    let place = tempfile::tempdir().expect("a folder");
    let made = Command::new(env!("CARGO_BIN_EXE_rolebook")).args(["init", "policy"]).current_dir(place.path()).output();
    assert!(made.expect("rolebook starts").status.success());
    place
}

/// Runs a command as a runner does, `rolebook` being the one under test.
fn shell(place: &Path, command: &str) -> Output {
    let binary = Path::new(env!("CARGO_BIN_EXE_rolebook")).parent().expect("a folder");
    let mut paths = vec![PathBuf::from(binary)];
    paths.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
    let output = Command::new("bash")
        .args(["-e", "-o", "pipefail", "-c", command])
        .current_dir(place)
        .env("PATH", std::env::join_paths(paths).expect("a path"))
        .env_remove("GITHUB_WORKSPACE")
        .output();
    output.expect("bash starts")
}

fn add(place: &Path, file: &str, text: &str) {
    let path = place.join("policy").join(file);
    let before = fs::read_to_string(&path).expect("a file of the package");
    fs::write(path, before + text).expect("it can be written");
}

#[test]
fn what_is_laid_out_otherwise_is_stopped() {
    let place = repository();
    add(place.path(), "policy.rolebook", "\nrole   team.extra   {}\n");
    assert_eq!(shell(place.path(), "rolebook fmt --check policy").status.code(), Some(1));
}

#[test]
fn every_step_of_every_configuration_runs_and_stops_what_is_wrong() {
    let (good, ill, failing) = (repository(), repository(), repository());
    add(ill.path(), "policy.rolebook", "\nrole team.lost extends team.nothing {}\n");
    let test = "  - { name: Nobody reads, subject: user:cy, deny: [view team:research] }\n";
    add(failing.path(), "policy.test.yaml", test);
    for (name, commands) in configurations() {
        let (install, steps): (Vec<_>, Vec<_>) = commands.into_iter().partition(|command| command == INSTALL);
        assert!(install.len() <= 1 && !steps.is_empty(), "{name}");
        for step in steps {
            assert!(step.starts_with("rolebook "), "{name}: {step}");
            let code = |place: &TempDir| {
                let output = shell(place.path(), &step);
                (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
            };
            assert_eq!(code(&good).0, Some(0), "{name}: {step}");
            if step.starts_with("rolebook fmt") {
                assert_eq!((code(&ill).0, code(&failing).0), (Some(0), Some(0)), "{name}: {step}");
                continue;
            }
            let (checks, only_writes) = (step.starts_with("rolebook check"), step.contains("sarif"));
            let wanted = if checks { i32::from(!only_writes) } else { 2 };
            assert_eq!(code(&ill).0, Some(wanted), "{name}: {step}");
            let (failed, text) = code(&failing);
            assert_eq!(failed, Some(i32::from(!checks)), "{name}: {step}\n{text}");
        }
    }
}

/// The report of `rolebook test --junit`, without how long things took.
fn junit(place: &Path) -> String {
    let output = shell(place, "rolebook test policy --junit results.xml || true");
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = fs::read_to_string(place.join("results.xml")).expect("a report");
    crate::junit::check(&text);
    let mut timeless = String::new();
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once(" time=\"") {
        timeless.push_str(before);
        rest = after.split_once('"').expect("an end").1;
    }
    timeless + rest
}

#[test]
fn a_report_has_a_suite_for_each_file_and_tells_what_failed() {
    let place = repository();
    fs::write(
        place.path().join("policy/more.test.yaml"),
        "rolebook: 1\nkind: test\ndirectory: directory.yaml\ntests:\n  \
         - { name: \"<Nobody> & \\\"nothing\\\"\", subject: user:cy, deny: [view team:research], allow: [delete document:plan] }\n  \
         - { name: fine, subject: user:cy, allow: [view team:research] }\n",
    )
    .expect("it can be written");
    fs::write(place.path().join("policy/ill.test.yaml"), "rolebook: 1\nkind: test\ntests: 5\n").expect("written");
    insta::assert_snapshot!(junit(place.path()));
}

#[test]
fn a_report_that_cannot_be_written_is_an_error() {
    let place = repository();
    let output = shell(place.path(), "rolebook test policy --junit none/results.xml");
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.starts_with("error[unwritable-file]: cannot write `none/results.xml`: "), "{said}");
    let output = shell(place.path(), "rolebook test policy --junit -");
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.starts_with("error[unwritable-file]: cannot write `-`: standard output has the result\n"), "{said}");
}

#[test]
fn a_report_can_be_written_to_a_pipe() {
    let place = repository();
    let output = shell(place.path(), "rolebook test policy --junit /dev/stderr 2>&1 >/dev/null | cat");
    let text = String::from_utf8_lossy(&output.stdout);
    crate::junit::check(&text);
}

#[test]
fn a_log_names_what_was_found_by_rule_and_place() {
    let place = repository();
    add(place.path(), "policy.rolebook", "\nrole team.lost extends team.nothing {}\nrole team.lost {}\n");
    let output = shell(place.path(), "rolebook check --policy policy --format sarif");
    assert_eq!(output.status.code(), Some(1));
    let log: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let run = &log["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().expect("rules");
    let results = run["results"].as_array().expect("results");
    assert_eq!(results.len(), 2, "{log:#}");
    for result in results {
        let rule = &rules[usize::try_from(result["ruleIndex"].as_u64().expect("a number")).expect("small")];
        assert_eq!(rule["id"], result["ruleId"]);
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "policy/policy.rolebook");
        assert!(place["region"]["startLine"].as_u64() > Some(1));
    }
    assert_eq!(run["invocations"][0]["executionSuccessful"], true);
    let nothing = shell(place.path(), "rolebook check --policy none --format sarif");
    let log: serde_json::Value = serde_json::from_slice(&nothing.stdout).expect("JSON");
    assert_eq!(
        (nothing.status.code(), &log["runs"][0]["invocations"][0]["executionSuccessful"]),
        (Some(2), &false.into())
    );
}
