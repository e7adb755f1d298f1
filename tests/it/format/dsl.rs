//! Policy text: what was said is said, with every comment, however it was written before.

use super::tokens::{comments, strewn, tokens};
use super::{generated, laid_out, row, texts};
use crate::generate::Choices;
use rolebook::format::Form;
use rolebook::source::FileId;
use rolebook::syntax::ast::PolicyFile;
use rolebook::syntax::dsl;

/// Every sound policy text there is among the tests and the policies.
fn sound() -> Vec<String> {
    let all = ["policies", "tests", "src/cli/init"].into_iter().flat_map(|root| texts(root, ".rolebook"));
    let sound = all.map(|(_, text)| text).filter(|text| tree(text).is_some());
    let sound: Vec<String> = sound.chain((1..60).map(generated)).collect();
    assert!(sound.len() > 200, "{}", sound.len());
    sound
}

fn tree(text: &str) -> Option<PolicyFile> {
    let parsed = dsl::parse(FileId(0), text);
    parsed.diagnostics.iter().all(|finding| !finding.is_error()).then_some(parsed.tree)
}

/// The letters, without commas that mean nothing: those before a closing bracket, and those between fields of the context.
fn essential(text: &str) -> String {
    let all = tokens(text);
    let next = |at: usize| all.get(at + 1).copied().unwrap_or_default();
    let meaningless = |at: usize| all[at] == "," && (matches!(next(at), "}" | "]") || all.get(at + 2) == Some(&":"));
    (0..all.len()).filter(|&at| !meaningless(at)).map(|at| all[at]).collect()
}

fn check(text: &str) -> Result<(), String> {
    let wrong = |what: &str, after: &str| Err(format!("{what}\n--- before\n{text}\n--- after\n{after}"));
    let before = tree(text).ok_or_else(|| format!("not sound:\n{text}"))?;
    let after = laid_out(Form::Dsl, text)?;
    let Some(again) = tree(&after) else { return wrong("not sound any more", &after) };
    if (&before.package, &before.imports, &before.items) != (&again.package, &again.imports, &again.items) {
        return wrong("another tree", &after);
    }
    if essential(text) != essential(&after) {
        return wrong("other words", &after);
    }
    if comments(text) != comments(&after) {
        return wrong("other comments", &after);
    }
    if laid_out(Form::Dsl, &after)? != after {
        return wrong("not laid out for good", &after);
    }
    let ragged = |line: &str| line.ends_with([' ', '\t']) || line.starts_with('\t');
    if after.lines().any(ragged) || after.contains("\n\n\n") || after.starts_with('\n') || after.ends_with("\n\n") {
        return wrong("white space is left", &after);
    }
    Ok(())
}

#[test]
fn whatever_is_written_is_laid_out() {
    for text in sound() {
        check(&text).unwrap_or_else(|wrong| panic!("{wrong}"));
    }
}

#[test]
fn comments_between_any_two_tokens_stay() {
    for (at, text) in sound().iter().enumerate() {
        let words = tokens(text);
        for (run, share) in [2, 10, 60].into_iter().enumerate() {
            let seed = u64::try_from(at * 3 + run).expect("small") + 1;
            let numbers = row(seed, words.len() * 8 + 10);
            let strewn = strewn(&words, &mut Choices::new(&numbers), share);
            check(&strewn).unwrap_or_else(|wrong| panic!("{wrong}"));
        }
    }
}

#[test]
fn how_it_was_written_does_not_matter() {
    for text in sound() {
        // Without comments and empty lines only the words are left to decide.
        let words = tokens(&text);
        let one = laid_out(Form::Dsl, &words.join(" ")).unwrap_or_else(|wrong| panic!("{wrong}"));
        let other = laid_out(Form::Dsl, &words.join("\n")).unwrap_or_else(|wrong| panic!("{wrong}"));
        assert_eq!(one, other);
        for line in one.lines().filter(|line| line.chars().count() > 100) {
            // Only what holds no place for a line to end may be longer.
            assert!(tokens(line.trim()).len() <= 12 || line.contains('"'), "{line}");
        }
    }
}

#[test]
fn what_cannot_be_read_is_left_alone() {
    for text in ["type", "type a {", "role team.x { allow ", "a \u{202e} b", "\"", ""] {
        assert!(laid_out(Form::Dsl, text).is_err(), "{text:?}");
    }
}
