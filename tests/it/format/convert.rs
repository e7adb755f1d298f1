//! From one form to the other: the same policy, with every comment.

use super::tokens::{comments, strewn, tokens};
use super::{converted, generated, row, texts};
use crate::generate::Choices;
use rolebook::Engine;
use rolebook::document;
use rolebook::engine::facts;
use rolebook::format::Form;
use rolebook::source::FileId;
use rolebook::syntax::{dsl, yaml};
use std::process::Command;

/// Sound policies in both forms.
fn sound() -> Vec<(Form, String)> {
    let of = |ending: &'static str| ["policies", "tests"].into_iter().flat_map(move |root| texts(root, ending));
    let mut sound = Vec::new();
    for (path, text) in of(".rolebook") {
        // Comments between any two words move, and may move on with each turn.
        let strewn = path.to_string_lossy().contains("comments.");
        if !strewn && dsl::parse(FileId(0), &text).diagnostics.is_empty() {
            sound.push((Form::Dsl, text));
        }
    }
    for (_, text) in of(".yaml") {
        let policy = text.lines().any(|line| line.trim() == "rolebook: 1") && !text.contains("kind: ");
        if policy && yaml::parse(FileId(0), &text).diagnostics.is_empty() {
            sound.push((Form::Yaml, text));
        }
    }
    assert!(sound.iter().filter(|(form, _)| *form == Form::Yaml).count() > 40);
    sound.extend((1..60).map(|seed| (Form::Dsl, generated(seed))));
    sound
}

/// Whether the other form has no words for something, which is said with its place.
fn has_no_counterpart(wrong: &str) -> bool {
    wrong.starts_with("error[unsupported]") && wrong.contains("─[text:")
}

#[test]
fn policies_go_there_and_back() {
    for (form, text) in sound() {
        let other = match converted(form, &text) {
            Err(wrong) if has_no_counterpart(&wrong) => continue,
            other => other.unwrap_or_else(|wrong| panic!("{wrong}")),
        };
        let back = converted(form.other(), &other).unwrap_or_else(|wrong| panic!("{wrong}\nfrom\n{text}"));
        let again = converted(form, &back).unwrap_or_else(|wrong| panic!("{wrong}\nfrom\n{text}"));
        assert_eq!(filled(&again), filled(&other), "by way of\n{back}\nfrom\n{text}");
    }
}

#[test]
fn comments_go_along() {
    for (at, (form, text)) in sound().into_iter().enumerate().filter(|(_, (form, _))| *form == Form::Dsl) {
        let words = tokens(&text);
        for share in [3, 40] {
            let numbers = row(u64::try_from(at * 100 + share).expect("small"), words.len() * 8 + 10);
            let strewn = strewn(&words, &mut Choices::new(&numbers), share);
            if dsl::parse(FileId(0), &strewn).diagnostics.iter().any(|finding| finding.is_error()) {
                continue;
            }
            let other = match converted(form, &strewn) {
                Err(wrong) if has_no_counterpart(&wrong) => continue,
                other => other.unwrap_or_else(|wrong| panic!("{wrong}")),
            };
            let back = converted(Form::Yaml, &other).unwrap_or_else(|wrong| panic!("{wrong}\nfrom\n{strewn}"));
            let wanted = numbered(comments(&strewn).into_iter());
            let yaml = document::comments(&other).into_iter().map(|range| &other[range]);
            let docs = other.lines().filter(|line| !line.trim_start().starts_with('#'));
            let found = numbered(yaml.chain(docs.flat_map(|line| line.split([' ', '"']))));
            let missing: Vec<_> = wanted.iter().filter(|number| !found.contains(number)).collect();
            assert!(missing.is_empty(), "{missing:?} of\n{strewn}\nare not in\n{other}");
            let found = numbered(comments(&back).into_iter());
            let missing: Vec<_> = wanted.iter().filter(|number| !found.contains(number)).collect();
            assert!(missing.is_empty(), "{missing:?} of\n{other}\nare not in\n{back}");
        }
    }
}

/// The lines that are not empty: the groups that these separate may be other ones.
fn filled(text: &str) -> Vec<&str> {
    text.lines().filter(|line| !line.trim().is_empty()).collect()
}

/// The numbers that comments begin with.
fn numbered<'t>(comments: impl Iterator<Item = &'t str>) -> Vec<usize> {
    let number = |comment: &str| {
        let digits = comment.trim_start_matches(['#', ' ', '"']);
        let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
        digits[..end].parse().ok()
    };
    let mut numbers: Vec<usize> = comments.filter_map(number).collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}

#[test]
fn the_reference_policies_say_the_same_in_yaml_and_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let run = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_rolebook"))
            .args(arguments)
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()
            .expect("rolebook runs");
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    for name in ["baseten", "polyaxon", "tools", "wandb"] {
        let policy = format!("policies/{name}");
        let there = folder.path().join(name).join("yaml").display().to_string();
        let back = folder.path().join(name).join("text").display().to_string();
        run(&["convert", &policy, "--to", "yaml", "-o", &there]);
        run(&["convert", &there, "-o", &back]);
        for converted in [&there, &back] {
            std::fs::copy(format!("{policy}/rolebook.toml"), format!("{converted}/rolebook.toml")).expect("copied");
        }
        // Places differ; the table, its conditions and the rules beside it do not.
        let table = |policy: &str| {
            let json = run(&["matrix", "--format", "json", "--policy", policy]);
            json.lines()
                .filter(|line| {
                    !["file", "line", "column", "end_line", "end_column"]
                        .iter()
                        .any(|key| line.contains(&format!("\"{key}\"")))
                })
                .collect::<Vec<_>>()
                .join("\n")
        };
        let wanted = table(&policy);
        assert_eq!(table(&there), wanted);
        assert_eq!(table(&back), wanted);
        let facts = |policy: &str| {
            let engine = Engine::open(&[policy.into()], &[]).unwrap_or_else(|error| panic!("{error}"));
            facts(&engine.state()).expect("tables of their texts")
        };
        let bytes = facts(&policy);
        for converted in [&there, &back] {
            assert_eq!(facts(converted), bytes, "{converted} has other tables");
            run(&["check", "--deny", "warnings", "--policy", converted]);
            // Its own tests, which were copied, and those that stand beside the original.
            run(&["test", converted]);
            run(&["test", &policy, "--policy", converted]);
        }
    }
}

#[test]
fn doc_comments_keep_the_space_that_they_begin_with() {
    for text in ["##   set in\ntype team\n", "## Head\n##\n##     code\n##   - item\ntype team\n", "##\ntype team\n"] {
        let yaml = converted(Form::Dsl, text).unwrap_or_else(|wrong| panic!("{wrong}"));
        assert_eq!(converted(Form::Yaml, &yaml).as_deref(), Ok(text), "{yaml}");
    }
}
