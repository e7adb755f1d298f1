//! The corpus of findings: for every code a mistake in each form that it can be made in, and the full text shown.
//!
//! `tests/corpus/CODE/FORM/` holds the files of one mistake and, in `expected.txt`, the transcript of the command that
//! finds it. `several` stands for files with mistakes of different kinds.

use super::transcript;
use rolebook::diagnostics::Code;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus")
}

/// The names in a folder.
fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).expect("a folder");
    entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("a name")).collect()
}

#[test]
fn texts() {
    transcript::run_all(&root(), "expected.txt");
}

#[test]
fn every_code_has_a_case_that_shows_it() {
    let folders = names(&root());
    let codes: BTreeSet<String> = Code::ALL.iter().map(|code| code.to_string()).collect();
    let missing: Vec<&String> = codes.difference(&folders).collect();
    assert!(missing.is_empty(), "codes without a case: {missing:?}");
    let unknown: Vec<&String> = folders.difference(&codes).filter(|name| *name != "several").collect();
    assert!(unknown.is_empty(), "cases of no code: {unknown:?}");
    for code in &codes {
        for form in names(&root().join(code)) {
            let text = fs::read_to_string(root().join(code).join(&form).join("expected.txt")).expect("a transcript");
            let shown = [format!("[{code}]: "), format!("\"code\":\"{code}\""), format!("\"code\": \"{code}\"")];
            assert!(shown.iter().any(|mark| text.contains(mark)), "{code}/{form} does not show `{code}`");
        }
    }
}

/// Mistakes that only one form of policy can hold: keys are YAML's, and there they stand once by its own rules.
const ONE_FORM: &[&str] = &[
    "duplicate-clause",
    "duplicate-key",
    "missing-key",
    "unknown-key",
    "wrong-kind",
    "wrong-shape",
    "yaml-alias",
    "yaml-documents",
    "yaml-syntax",
];

#[test]
fn a_mistake_in_policy_is_shown_in_both_forms() {
    for code in names(&root()) {
        let forms = names(&root().join(&code));
        let (dsl, yaml) = (forms.contains("dsl"), forms.contains("yaml"));
        assert!(dsl == yaml || ONE_FORM.contains(&code.as_str()), "{code} has only {forms:?}");
    }
}

/// The headers and helps, without places: what a person reads first.
fn words(form: &Path) -> Vec<String> {
    let text = fs::read_to_string(form.join("expected.txt")).expect("a transcript");
    // What is open at the end of a line in the DSL is open at the end of a value in YAML.
    let text = text.replace("the end of the line", "the end");
    let mut words: Vec<String> = text
        .lines()
        .filter(|line| ["error[", "warning[", "  help:", "  │ "].iter().any(|start| line.starts_with(start)))
        .map(str::to_owned)
        .collect();
    words.sort();
    words
}

#[test]
fn both_forms_of_policy_read_the_same() {
    let mut differing = Vec::new();
    for code in names(&root()) {
        let (dsl, yaml) = (root().join(&code).join("dsl"), root().join(&code).join("yaml"));
        if dsl.is_dir() && yaml.is_dir() && words(&dsl) != words(&yaml) {
            differing.push(format!("{code}\n  dsl  {:#?}\n  yaml {:#?}", words(&dsl), words(&yaml)));
        }
    }
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}
