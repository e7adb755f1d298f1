//! Coverage and mutants of the four systems, each test file by itself; and the files that are written.

use rolebook::engine::{TestRunner, find_tests};
use rolebook::workspace::Fate;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

#[test]
fn what_a_test_file_did_not_look_at_it_does_not_notice() {
    let (mut foretold, mut noticed) = (0, 0);
    for file in find_tests(&[PathBuf::from("policies")]).expect("the policies' tests") {
        let mut runner = TestRunner::new(&[], &[]).measuring();
        assert!(runner.run(&file).report.passed(), "{}", file.display());
        let runs = runner.mutate(std::slice::from_ref(&file), &|_| {});
        let covered = runner.coverage().next().expect("the coverage of a package").coverage.clone();
        for (mutant, fate) in runs.iter().flat_map(|run| &run.mutants) {
            noticed += usize::from(fate.is_noticed());
            if !mutant.target.may_be_noticed(&covered) {
                foretold += 1;
                assert!(!matches!(fate, Fate::Caught { .. }), "{}: {mutant:?} {fate:?}", file.display());
            }
        }
    }
    assert!(foretold > 500 && noticed > 500, "{foretold} foretold, {noticed} noticed");
}

fn rolebook(place: &Path, arguments: &[&str]) -> Output {
    let output = Command::new(env!("CARGO_BIN_EXE_rolebook")).args(arguments).current_dir(place).output();
    output.expect("rolebook starts")
}

/// A package that `rolebook init` made.
fn package() -> tempfile::TempDir {
    let place = tempfile::tempdir().expect("a folder");
    assert!(rolebook(place.path(), &["init", "policy"]).status.success());
    place
}

#[test]
fn a_page_stands_alone() {
    let place = package();
    let output = rolebook(place.path(), &["test", "policy", "--html", "coverage.html"]);
    assert_eq!(output.status.code(), Some(0));
    let page = fs::read_to_string(place.path().join("coverage.html")).expect("a page");
    assert!(page.starts_with("<!doctype html>") && page.ends_with("</html>\n"));
    for what in ["src=", "href=\"http", "@import", "url(", "<link", "<script"] {
        assert!(!page.contains(what), "{what}");
    }
    let policy = fs::read_to_string(place.path().join("policy/policy.rolebook")).expect("a policy");
    assert_eq!(page.matches("<tr class=").count(), policy.lines().count(), "a row for each line of the policy");
}

#[test]
fn files_that_cannot_be_written_are_errors() {
    let place = package();
    for option in ["--lcov", "--html"] {
        let output = rolebook(place.path(), &["test", "policy", option, "none/file"]);
        assert_eq!(output.status.code(), Some(2), "{option}");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.starts_with("error[unwritable-file]: cannot write `none/file`: "), "{said}");
    }
}

/// The records of a trace file add up: every count of what is there and of what was hit is the sum of its lines.
#[test]
fn a_trace_file_adds_up() {
    let output = tempfile::tempdir().expect("a folder");
    let trace = output.path().join("coverage.info");
    let path = trace.to_str().expect("a path");
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let status = rolebook(root, &["test", "policies/wandb/changes.test.yaml", "--lcov", path]).status;
    assert_eq!(status.code(), Some(0));
    let text = fs::read_to_string(&trace).expect("a trace file");
    let records: Vec<&str> = text.split("end_of_record\n").filter(|record| !record.is_empty()).collect();
    assert_eq!(records.len(), 2, "{text}");
    for record in records {
        let of = |key: &str| -> Vec<&str> { record.lines().filter_map(|line| line.strip_prefix(key)).collect() };
        let number = |key: &str| -> usize { of(key)[0].parse().expect("a number") };
        let file = of("SF:")[0];
        let lines = fs::read_to_string(root.join(file)).expect("the file that it speaks of").lines().count();
        let last = |text: &str| text.rsplit(',').next().unwrap_or_default().to_owned();
        let hit = |key: &str| of(key).iter().filter(|line| !matches!(last(line).as_str(), "0" | "-")).count();
        assert_eq!((number("LF:"), number("LH:")), (of("DA:").len(), hit("DA:")), "{file}");
        assert_eq!((number("BRF:"), number("BRH:")), (of("BRDA:").len(), hit("BRDA:")), "{file}");
        assert_eq!(number("FNF:"), of("FN:").len(), "{file}");
        for line in of("DA:").into_iter().chain(of("BRDA:")).chain(of("FN:")) {
            let number: usize = line.split(',').next().and_then(|line| line.parse().ok()).expect("a line");
            assert!((1..=lines).contains(&number), "{file}: {line}");
        }
    }
}

/// The mutants of the package's policy that no test notices, and the tests that are suggested.
fn missed(place: &Path) -> (Vec<String>, Vec<String>) {
    let output = rolebook(place, &["test", "policy", "--mutate", "--format", "json"]);
    let whole: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let mutants = whole["mutants"][0]["mutants"].as_array().expect("mutants").iter();
    let missed: Vec<_> = mutants.filter(|mutant| mutant["fate"] == "missed").collect();
    let text = |mutant: &serde_json::Value, key: &str| mutant[key].as_str().expect("a text").to_owned();
    let tests = missed.iter().filter_map(|mutant| {
        let suggestion = text(mutant, "suggestion");
        suggestion.split_once(":\n").map(|(_, test)| test.to_owned())
    });
    (missed.iter().map(|mutant| text(mutant, "text")).collect(), tests.collect())
}

#[test]
fn a_suggested_test_passes_and_notices_the_mutant() {
    let place = package();
    let (before, tests) = missed(place.path());
    assert!(tests.len() > 8, "{before:?}");
    let file = place.path().join("policy/policy.test.yaml");
    let written = fs::read_to_string(&file).expect("a test file") + "\n" + &tests.join("\n") + "\n";
    fs::write(&file, written).expect("it can be written");
    let output = rolebook(place.path(), &["test", "policy"]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stdout));
    let (after, suggested) = missed(place.path());
    assert!(suggested.is_empty(), "{suggested:?}");
    assert_eq!(after.len(), before.len() - tests.len(), "{after:?}");
}

/// The console blocks of the page about tests are what the commands in them print; `UPDATE=1` writes them anew.
#[test]
fn the_page_shows_what_is_printed() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = root.join("docs/testing.md");
    let before = fs::read_to_string(&page).expect("the page");
    let (mut after, mut rest, mut shown) = (String::new(), before.as_str(), 0);
    while let Some((text, block)) = rest.split_once("```console\n$ ") {
        let (body, behind) = block.split_once("```\n").expect("an end of the block");
        let command = body.lines().next().expect("a command");
        let arguments: Vec<&str> = command.split(' ').skip(1).collect();
        let output = rolebook(root, &arguments);
        assert!(output.stderr.is_empty(), "{command}");
        let printed = String::from_utf8(output.stdout).expect("text");
        after.push_str(&format!("{text}```console\n$ {command}\n{printed}```\n"));
        rest = behind;
        shown += 1;
    }
    after.push_str(rest);
    assert_eq!(shown, 2);
    if after != before && std::env::var_os("UPDATE").is_some() {
        fs::write(&page, after).expect("the page can be written");
        return;
    }
    assert_eq!(after, before);
}

/// What a composed role takes off its bases has to be there, though nobody asks about it.
#[test]
fn a_test_that_composes_a_role_notices_what_the_role_takes_off() {
    let place = tempfile::tempdir().expect("a folder");
    let files = [
        (
            "teams.rolebook",
            "type user\ntype organization { actions view custom roles by organization.view }\n\
             type team in organization { actions view, delete }\n\
             open role team.member { allow team.{view, delete} }\n",
        ),
        (
            "directory.yaml",
            "rolebook: 1\nkind: directory\norganization:acme: { team:red: { roles: { member: [user:ana] } } }\n",
        ),
        (
            "teams.test.yaml",
            "rolebook: 1\nkind: test\ntests:\n  - name: readers\n    changes: { custom_role: { name: team.reader, \
             in: organization:acme, extends: team.member, without: [team.delete] } }\n    \
             subject: user:ana\n    allow: view team:red\n",
        ),
    ];
    for (name, text) in files {
        fs::write(place.path().join(name), text).expect("it can be written");
    }
    let output = rolebook(place.path(), &["test", "--mutate", "--format", "json"]);
    let whole: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let mutants = whole["mutants"][0]["mutants"].as_array().expect("mutants");
    let dropped = mutants.iter().find(|mutant| mutant["text"] == "drop `team.delete` from what `team.member` allows");
    assert_eq!(dropped.expect("a mutant")["fate"], "caught", "{whole:#}");
}
