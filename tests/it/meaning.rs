//! Which edit `rolebook diff` shows as what: everything that can be written, each changed alone.
//!
//! `tests/diff/meaning/edits.txt` lists the edits, and `tests/diff/meaning.txt` has what is printed for each;
//! `UPDATE=1 cargo test` rewrites it. An edit of meaning must be told of, in every form and both ways; one of text alone must
//! not be.

use crate::diff::{run, same, shown};
use crate::transcript::copy;
use std::fmt::Write;
use std::fs;
use std::path::Path;

/// The policy that is edited.
const POLICY: &str = "acme.rolebook";

/// An edit of a file.
#[derive(Default)]
struct Edit {
    name: String,
    file: String,
    /// Whether it changes what is meant.
    is_told: bool,
    old: Vec<String>,
    new: Vec<String>,
}

/// `told FILE: NAME` or `silent FILE: NAME`, and below it lines that go (`-`) and that come (`+`).
fn read(text: &str) -> Vec<Edit> {
    let mut edits: Vec<Edit> = Vec::new();
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let last = edits.last_mut();
        match (line.split_at(1), last) {
            (("-", rest), Some(edit)) => edit.old.push(rest.to_owned()),
            (("+", rest), Some(edit)) => edit.new.push(rest.to_owned()),
            _ => {
                let (word, rest) = line.split_once(' ').expect("a word");
                let (file, name) = rest.split_once(": ").expect("a file and a name");
                assert!(["told", "silent"].contains(&word), "{line}");
                let (name, file) = (name.to_owned(), file.to_owned());
                edits.push(Edit { name, file, is_told: word == "told", ..Edit::default() });
            }
        }
    }
    edits
}

#[test]
fn every_edit_of_meaning_is_told() {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    let sources = manifest.join("tests/diff/meaning");
    let edits = read(&fs::read_to_string(sources.join("edits.txt")).expect("edits"));
    assert!(edits.len() > 70, "{} edits were read", edits.len());
    let mut printed = String::new();
    let mut wrong: Vec<String> = Vec::new();
    for Edit { name, file, is_told, old, new } in &edits {
        let place = tempfile::tempdir().expect("a temporary folder");
        copy(&sources, &place.path().join("old"));
        copy(&sources, &place.path().join("new"));
        let edited = place.path().join("new").join(file);
        let text = fs::read_to_string(&edited).expect("a file");
        assert_eq!(text.matches(&old.join("\n")).count(), 1, "{name}: what goes stands there once");
        fs::write(&edited, text.replace(&old.join("\n"), &new.join("\n"))).expect("an edited file");
        let diff =
            |arguments: &[&str]| run(place.path(), &[&["diff"], arguments, &["--at", "2026-05-01T12:00:00Z"]].concat());
        let output = diff(&["old", "new", "--fail-on", "any"]);
        let text = shown(&output);
        let lines =
            |sign: &str, lines: &[String]| lines.iter().fold(String::new(), |all, line| all + sign + line + "\n");
        let fails = |what: &&str| diff(&["old", "new", "--fail-on", what]).status.code() == Some(1);
        let fails: Vec<&str> = ["gained", "lost"].into_iter().filter(fails).collect();
        let fails = if fails.is_empty() { String::new() } else { format!("[fails on {}]\n", fails.join(" and ")) };
        write!(printed, "# {name}\n{}{}{text}{fails}\n", lines("- ", old), lines("+ ", new)).expect("a text");
        if (text == "nothing changes in meaning\n[exit 0]\n") == *is_told || output.status.code() == Some(2) {
            wrong.push(format!("{name}: {text}"));
        }
        for [form, one, other] in [["md", "old", "new"], ["json", "old", "new"], ["text", "new", "old"]] {
            let output = diff(&[one, other, "--format", form]);
            let said = String::from_utf8(output.stdout).expect("text");
            let silent = match form {
                "md" => said.contains("Nothing changes in meaning."),
                "json" => serde_json::from_str(&said).is_ok_and(|json: serde_json::Value| is_empty(&json)),
                _ => said == "nothing changes in meaning\n",
            };
            if output.status.code() != Some(0) || silent == *is_told {
                let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
                wrong.push(format!("{name} as {form} from {one} to {other}: {said}{complaint}"));
            }
        }
        // What is written as approved is approved.
        let written = diff(&["old", "new", "--write-approved", "list"]);
        let approved = diff(&["old", "new", "--fail-on", "any", "--approved", "list"]);
        let text = shown(&approved);
        if written.status.code() != Some(0) || approved.status.code() != Some(0) || text.contains("does not apply") {
            wrong.push(format!("{name}, approved: {text}"));
        }
        if file == POLICY && *is_told && output.status.code() == Some(0) && !text.contains("equal") {
            wrong.push(format!("{name} does not fail: {text}"));
        }
    }
    same(&manifest.join("tests/diff/meaning.txt"), &printed);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Whether a difference in JSON says nothing.
fn is_empty(json: &serde_json::Value) -> bool {
    let none = |value: &serde_json::Value| value.as_array().is_none_or(Vec::is_empty);
    let lists = ["declarations", "roles", "rules", "settings", "facts"].into_iter().all(|list| none(&json[list]));
    lists && none(&json["people"]["changes"])
}
