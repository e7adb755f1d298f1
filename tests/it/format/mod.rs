//! The one layout: what it looks like, that it keeps what was said and every comment, and that it is one.

mod convert;
mod dsl;
mod tokens;
mod yaml;

use crate::generate::Choices;
use rolebook::diagnostics::Diagnostic;
use rolebook::format::{self, Form};
use rolebook::source::{FileId, SourceMap};
use std::fs;
use std::path::{Path, PathBuf};

/// The text laid out, or what is wrong with it.
pub(crate) fn laid_out(form: Form, text: &str) -> Result<String, String> {
    format::format(form, FileId(0), text).map_err(|findings| wrong(text, &findings))
}

/// The text in the other form, or what is wrong with it.
pub(crate) fn converted(from: Form, text: &str) -> Result<String, String> {
    format::convert(from, FileId(0), text, &|_| None).map_err(|findings| wrong(text, &findings))
}

fn wrong(text: &str, findings: &[Diagnostic]) -> String {
    let mut sources = SourceMap::new();
    sources.add("text", text);
    format!("{}\n{text}", rolebook::cli::render::plain(&sources, findings))
}

/// The files below a folder whose names end so, with their texts.
pub(crate) fn texts(root: &str, ending: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut waiting = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(root)];
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                waiting.push(path);
            } else if path.to_string_lossy().ends_with(ending)
                && let Ok(text) = fs::read_to_string(&path)
            {
                found.push((path, text));
            }
        }
    }
    found.sort();
    assert!(!found.is_empty(), "no {ending} below {root}");
    found
}

/// A row of numbers that look random.
pub(crate) fn row(seed: u64, length: usize) -> Vec<u32> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        u32::try_from(state >> 33).expect("31 bits")
    };
    (0..length).map(|_| next()).collect()
}

/// A generated policy.
pub(crate) fn generated(seed: u64) -> String {
    crate::generate::policy(&mut Choices::new(&row(seed, 3_000)), false).text()
}

/// Each file `NAME.before.ENDING` of `tests/format` is laid out as `NAME.after.ENDING`; `UPDATE=1` writes the latter.
#[test]
fn layouts() {
    let mut differing = Vec::new();
    for (ending, form) in [(".before.rolebook", Form::Dsl), (".before.yaml", Form::Yaml)] {
        for (path, text) in texts("tests/format", ending) {
            let after = PathBuf::from(path.to_string_lossy().replace(".before.", ".after."));
            let wanted = fs::read_to_string(&after).unwrap_or_default();
            let now = laid_out(form, &text).unwrap_or_else(|wrong| panic!("{}: {wrong}", path.display()));
            if now != wanted {
                if std::env::var_os("UPDATE").is_some() {
                    fs::write(&after, &now).expect("the layout can be written");
                }
                differing.push(format!("{}\n{now}", after.display()));
            }
            assert_eq!(laid_out(form, &now).as_deref(), Ok(now.as_str()), "{} once more", after.display());
        }
    }
    assert!(differing.is_empty() || std::env::var_os("UPDATE").is_some(), "{}", differing.join("\n"));
}

#[test]
fn ends_of_lines_and_the_mark_of_the_byte_order_stay() {
    let cases = [
        (Form::Dsl, "type a{actions b}\n", "type a {\n  actions b\n}\n"),
        (Form::Dsl, "type a{actions b}", "type a {\n  actions b\n}\n"),
        (Form::Dsl, "type a{\r\nactions b}\r\n", "type a {\r\n  actions b\r\n}\r\n"),
        (Form::Dsl, "type a{\nactions b}\r\n", "type a {\n  actions b\n}\n"),
        (Form::Dsl, "\u{feff}type a{actions b}\n", "\u{feff}type a {\n  actions b\n}\n"),
        (Form::Dsl, "\n\n# only this  \n\n\n", "# only this\n"),
        (Form::Yaml, "a:   b", "a: b\n"),
        (Form::Yaml, "a:   |\r\n  b\r\n  c\r\nd:   e\r\n", "a: |\r\n  b\r\n  c\r\nd: e\r\n"),
        (Form::Yaml, "\u{feff}a:   b\n", "\u{feff}a: b\n"),
    ];
    for (form, before, after) in cases {
        assert_eq!(laid_out(form, before).as_deref(), Ok(after), "{before:?}");
    }
}

/// What is kept here is laid out as the command does it.
#[test]
fn policies_and_examples_are_laid_out() {
    for (root, ending, form) in [
        ("policies", ".rolebook", Form::Dsl),
        ("policies", ".yaml", Form::Yaml),
        ("src/cli/init", ".rolebook", Form::Dsl),
        ("src/cli/init", ".yaml", Form::Yaml),
    ] {
        for (path, text) in texts(root, ending) {
            let now = laid_out(form, &text).unwrap_or_else(|wrong| panic!("{wrong}"));
            assert!(now == text, "{} is laid out otherwise: run `rolebook fmt {root}`", path.display());
        }
    }
}
