//! `check --fix` on generated policies in both forms: what is left says the same, with all comments, and needs no fixing.

use super::case::{Case, query};
use crate::format::converted;
use rolebook::Engine;
use rolebook::format::{Form, format};
use rolebook::source::FileId;
use std::fs;
use std::path::Path;
use std::process::Command;

/// What was seen.
#[derive(Default, Debug)]
pub(super) struct Tally {
    /// Policies in which something was fixed, and how much, in each form.
    pub(super) in_text: usize,
    pub(super) in_yaml: usize,
    pub(super) fixed: usize,
    /// Policies that were laid out before, and are to be so afterwards.
    pub(super) laid_out: usize,
    /// Comments that had to stay.
    pub(super) comments: usize,
}

/// What is wrong with a policy, in either form, that was mended.
pub(super) fn difference(case: &Case, tally: &mut Tally) -> Result<(), String> {
    let text = case.policies.join("\n");
    let yaml = converted(Form::Dsl, &text)?;
    let is_laid_out = case.order.first().is_some_and(|choice| choice % 2 == 0);
    for (name, text) in [("policy.rolebook", text), ("policy.yaml", yaml)] {
        let mut text = commented(&text, &case.order);
        if is_laid_out {
            text = laid_out(name, &text)?;
        }
        let fixed = mended(case, name, &text, tally).map_err(|fault| format!("{fault}\n{text}"))?;
        tally.fixed += fixed;
        let count = if name.ends_with("yaml") { &mut tally.in_yaml } else { &mut tally.in_text };
        *count += usize::from(fixed > 0);
        tally.laid_out += usize::from(fixed > 0 && is_laid_out);
    }
    Ok(())
}

/// The text in its one layout.
fn laid_out(name: &str, text: &str) -> Result<String, String> {
    let form = Form::of(Path::new(name)).expect("a form");
    format(form, FileId(0), text).map_err(|findings| format!("{findings:?}\n{text}"))
}

/// The text with a comment above some of its lines and at the end of some others.
fn commented(text: &str, order: &[u32]) -> String {
    let mut commented = String::new();
    for (at, line) in text.lines().enumerate() {
        let choice = order.get(at % order.len().max(1)).map_or(0, |choice| choice % 8);
        let indent: String = line.chars().take_while(|c| *c == ' ').collect();
        match choice {
            0 => commented += &format!("{indent}# above {at}.\n{line}\n"),
            1 if !line.is_empty() => commented += &format!("{line} # beside {at}.\n"),
            _ => commented += &format!("{line}\n"),
        }
    }
    commented
}

/// Mends a policy, twice; how much was settled.
fn mended(case: &Case, name: &str, text: &str, tally: &mut Tally) -> Result<usize, String> {
    let load = |text: &str| Engine::from_strings(&[(name, text)], &[("directory.yaml", &case.directory)]);
    let before = load(text).map_err(|error| format!("refused: {error}"))?;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join(name);
    fs::write(&file, text).expect("a file");
    fs::write(folder.path().join("directory.yaml"), &case.directory).expect("a file");
    let at = case.requests.first().map_or("2026-01-01T00:00:00Z", |request| request.at.0);
    let read = || fs::read_to_string(&file).expect("a file");

    let shown = run(folder.path(), at, &["--dry-run"]);
    if read() != text {
        return Err(String::from("something was written that was to be shown only"));
    }
    let said = run(folder.path(), at, &[]);
    let after = read();
    let settled = said.lines().filter(|line| line.starts_with("fixed[")).count();
    if shown.lines().filter(|line| line.starts_with("would fix[")).count() != settled {
        return Err(format!("what would be done is not what is:\n{shown}\n{said}"));
    }
    if (settled > 0) != (after != text || said.contains("wrote ")) {
        return Err(format!("said to be done, and not, or the other way round:\n{said}\n{after}"));
    }
    let again = run(folder.path(), at, &[]);
    if read() != after || again.contains("fixed[") {
        return Err(format!("it is not settled:\n{again}\n{after}\nand then\n{}", read()));
    }
    if laid_out(name, text)? == text && laid_out(name, &after)? != after {
        return Err(format!("it was laid out, and is no more:\n{after}"));
    }
    for place in said.lines().filter(|line| line.starts_with("fixed[") && line.contains(name)) {
        let told = place.split(':').skip(1).take(2).map(|number| number.parse::<usize>().expect("a number"));
        let (Some(line), Some(column)) = (told.clone().next(), told.clone().nth(1)) else { panic!("{place}") };
        let shown = text.lines().nth(line - 1).and_then(|line| line.chars().nth(column - 1));
        if shown.is_none_or(char::is_whitespace) {
            return Err(format!("nothing stood there: {place}\n{text}"));
        }
    }
    for comment in text.split("# ").skip(1).filter_map(|rest| rest.split_once('.')).map(|(comment, _)| comment) {
        tally.comments += 1;
        if !after.contains(&format!("# {comment}.")) {
            return Err(format!("`# {comment}.` is lost:\n{after}"));
        }
    }
    let after = load(&after).map_err(|error| format!("refused afterwards: {error}\n{after}"))?;
    for request in &case.requests {
        let decided = |engine: &Engine| engine.check(&query(request)).is_ok_and(|decision| decision.allowed);
        if decided(&before) != decided(&after) {
            return Err(format!("decided otherwise: {request:?}\n{said}"));
        }
    }
    Ok(settled)
}

/// What `check --fix` prints.
fn run(folder: &Path, at: &str, arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_rolebook"))
        .args(["check", "--fix", "--at", at])
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("rolebook starts");
    String::from_utf8(output.stdout).expect("text")
}
