//! Files of cases: policies beside everything that is found wrong with them.
//!
//! A case is a title line starting with `=== `, a policy, a line `---`, and all findings in full. Where the title ends in
//! `(base)`, the policy builds on the model's `base.rolebook`, whose places read `base:line:column`.
//! `UPDATE_EXPECTED=1` writes what is found into the files.

use crate::diagnostics::{Code, Diagnostic, sort};
use crate::source::SourceMap;
pub(crate) use crate::syntax::ast::PolicyFile;
use crate::syntax::dsl;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

pub(crate) const BASE: &str = include_str!("data/base.rolebook");

/// What is wrong with the files of a policy.
pub(crate) type Find = fn(&[PolicyFile]) -> Vec<Diagnostic>;

pub(crate) struct Case {
    title: String,
    pub(crate) policy: String,
    expected: String,
}

impl Case {
    /// The texts that make up the policy, by name.
    pub(crate) fn texts(&self) -> Vec<(&str, &str)> {
        let base = self.title.ends_with("(base)").then_some(("base", BASE));
        base.into_iter().chain([("policy", self.policy.as_str())]).collect()
    }

    fn findings(&self, find: Find) -> (Vec<Diagnostic>, SourceMap) {
        let (files, sources) = parse(&self.texts());
        let mut findings = find(&files);
        sort(&mut findings);
        (findings, sources)
    }
}

/// Texts without mistakes of syntax as trees.
pub(crate) fn parse(texts: &[(&str, &str)]) -> (Vec<PolicyFile>, SourceMap) {
    let mut sources = SourceMap::new();
    let mut files = Vec::new();
    for (name, text) in texts {
        let parsed = dsl::parse(sources.add(name, text), text);
        let unread: Vec<&str> = parsed.diagnostics.iter().map(|finding| finding.message.as_str()).collect();
        assert_eq!(unread, [""; 0], "{text}");
        files.push(parsed.tree);
    }
    (files, sources)
}

/// The files of cases in a folder of the repository.
fn files(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> =
        entries.filter(|path| path.extension().is_some_and(|ending| ending == "txt")).collect();
    files.sort();
    files
}

fn read(file: &Path) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    let mut in_expected = false;
    for line in fs::read_to_string(file).unwrap().lines() {
        if let Some(title) = line.strip_prefix("=== ") {
            cases.push(Case { title: title.to_owned(), policy: String::new(), expected: String::new() });
            in_expected = false;
        } else if line == "---" {
            in_expected = true;
        } else if let Some(case) = cases.last_mut() {
            let part = if in_expected { &mut case.expected } else { &mut case.policy };
            writeln!(part, "{line}").unwrap();
        }
    }
    cases
}

/// All cases of a folder.
pub(crate) fn all(folder: &str) -> Vec<Case> {
    files(folder).iter().flat_map(|file| read(file)).collect()
}

/// Holds every case of a folder to what it expects.
pub(crate) fn check(folder: &str, find: Find) {
    let update = std::env::var_os("UPDATE_EXPECTED").is_some();
    let mut wrong = String::new();
    for file in files(folder) {
        let mut updated = String::new();
        for case in read(&file) {
            let (findings, sources) = case.findings(find);
            let text = render(&findings, &sources);
            write!(updated, "=== {}\n{}---\n{text}\n", case.title, case.policy).unwrap();
            if text.trim_end() != case.expected.trim_end() {
                writeln!(wrong, "{}: {}\nexpected:\n{}\nfound:\n{text}", file.display(), case.title, case.expected)
                    .unwrap();
            }
        }
        if update {
            fs::write(&file, updated.trim_end().to_owned() + "\n").unwrap();
        }
    }
    assert!(wrong.is_empty() || update, "{wrong}");
}

/// The codes that the cases of a folder bring up.
pub(crate) fn codes(folder: &str, find: Find) -> BTreeSet<Code> {
    all(folder).iter().flat_map(|case| case.findings(find).0).map(|finding| finding.code).collect()
}

/// Findings as the files of cases show them.
pub(crate) fn render(findings: &[Diagnostic], sources: &SourceMap) -> String {
    let mut text = String::new();
    let place = |span| sources.place(span).trim_start_matches("policy:").to_owned();
    for finding in findings {
        let severity = if finding.is_error() { "" } else { "warning " };
        let (first, others) = finding.labels.split_first().unwrap();
        let at = sources.slice(first.span).replace('\n', " ");
        writeln!(text, "{severity}{} {} `{at}`: {}", finding.code, place(first.span), finding.message).unwrap();
        if !first.text.is_empty() {
            writeln!(text, "    here: {}", first.text).unwrap();
        }
        for label in others {
            writeln!(text, "    {} `{}`: {}", place(label.span), sources.slice(label.span), label.text).unwrap();
        }
        if let Some(help) = &finding.help {
            writeln!(text, "    help: {help}").unwrap();
        }
    }
    text
}
