//! YAML: what another reader finds in it stays, with every comment, however it was written before.

use super::{laid_out, row, texts};
use crate::generate::Choices;
use crate::rewrite::written::{self, Numbers};
use rolebook::diagnostics::Diagnostic;
use rolebook::document;
use rolebook::format::Form;
use rolebook::source::FileId;
use serde_yaml::Value;

/// What another reader finds in a text, if both it and the engine's find no fault with it.
fn read(text: &str) -> Option<Value> {
    let read = document::parse(FileId(0), text);
    let sound = !read.diagnostics.iter().any(Diagnostic::is_error);
    // The other reader takes the mark of the byte order for a letter.
    serde_yaml::from_str(text.trim_start_matches('\u{feff}')).ok().filter(|_| sound)
}

/// Every sound YAML text there is among the tests and the policies, and directories in random handwriting.
fn sound() -> Vec<String> {
    let all = ["policies", "tests", "src/cli/init"].into_iter().flat_map(|root| texts(root, ".yaml"));
    let mut sound: Vec<String> = all.map(|(_, text)| text).filter(|text| read(text).is_some()).collect();
    assert!(sound.len() > 150, "{}", sound.len());
    let written = (0..400).map(|seed| written::directory(&mut Numbers::new(seed)));
    sound.extend(written.filter(|written| !written.json).map(|written| written.text));
    sound
}

fn check(text: &str) -> Result<(), String> {
    let after = laid_out(Form::Yaml, text)?;
    let wrong = |what: &str| Err(format!("{what}\n--- before\n{text}\n--- after\n{after}"));
    if read(text) != read(&after) {
        return wrong("something else is said");
    }
    // Wherever a `#` stands, it is none of those that are changed.
    if text.matches('#').count() != after.matches('#').count() {
        return wrong("a comment is lost");
    }
    if laid_out(Form::Yaml, &after)? != after {
        return wrong("not laid out for good");
    }
    if after.starts_with('\n') || !after.ends_with('\n') {
        return wrong("white space is left");
    }
    Ok(())
}

/// The text with comments at random places where they are comments.
fn strewn(text: &str, choices: &mut Choices<'_>, share: usize) -> String {
    let mut strewn = String::new();
    let mut number = 0;
    for line in text.split_inclusive('\n') {
        if choices.chance(share) {
            for _ in 0..choices.between(1, 3) {
                number += 1;
                let indent = " ".repeat(choices.below(8));
                let blank = choices.copy_pick(&["", "", "\n", "\n\n"]);
                strewn.push_str(&format!("{indent}# {number}\n{blank}"));
            }
        }
        if choices.chance(share) {
            number += 1;
            strewn.push_str(&format!("{} # behind {number}\n", line.trim_end_matches(['\r', '\n'])));
        } else {
            strewn.push_str(line);
        }
    }
    strewn
}

#[test]
fn whatever_is_written_is_laid_out() {
    for text in sound() {
        check(&text).unwrap_or_else(|wrong| panic!("{wrong}"));
    }
}

#[test]
fn comments_stay_wherever_they_stand() {
    let mut strewed = 0;
    for (at, text) in sound().iter().enumerate() {
        for (run, share) in [1, 5, 40].into_iter().enumerate() {
            let seed = u64::try_from(at * 3 + run).expect("small") + 1;
            let numbers = row(seed, text.lines().count() * 12 + 10);
            let strewn = strewn(text, &mut Choices::new(&numbers), share);
            // What falls into a text of several lines is no comment.
            if read(&strewn).is_some_and(|value| Some(value) == read(text)) {
                check(&strewn).unwrap_or_else(|wrong| panic!("{wrong}"));
                strewed += 1;
            }
        }
    }
    assert!(strewed > 1_000, "{strewed}");
}

#[test]
fn values_of_any_kind_are_left_as_they_are() {
    let values = [
        "plain",
        "'single'",
        "'it''s'",
        "\"double\"",
        "\"\\u00e4 \\\" \\\\\"",
        "'a \"b\"'",
        "~",
        "null",
        "",
        "12",
        "'12'",
        "true",
        "\"true\"",
        "a\n  b",
        "\"a\n  b\"",
        "'a\n\n  b'",
        "\"a\\\n  b\"",
        "\"a\\ \n  b\"",
        "|\n  a\n   b\n\n  c",
        "|-\n   a",
        "|+\n  a\n\n",
        ">\n  a\n  b\n\n\n  c\n",
        ">2\n    a\n   b",
        "|\n\n  a",
        "|1\n   a",
        "|\n",
        "[]",
        "{}",
        "[a, [b, {c: d}], {e: [f]}]",
        "{a, b: , c}",
        "[a: b, c]",
        "- a\n- - b\n  - c\n-\n  - d",
        "- a: b\n  c: d\n-\n  e: f",
        "a: b\nc:\n  d: e",
        "? a\n: b",
        "- |\n  a\n- >\n  b\n",
        "- [a, b]\n- {c: d}",
        "- ~\n-\n- null",
    ];
    for value in values {
        let block = value.lines().skip(1).any(|line| line.starts_with(['-', '?', ' ']) || line.contains(": "));
        let nested = |indent: &str| value.replace('\n', &format!("\n{indent}"));
        let below =
            if value.starts_with(['-', '?', 'a']) && value.contains(['\n', ':']) && block { "\n    " } else { " " };
        for text in [
            format!("k:{below}{}\n", nested(if below == " " { "  " } else { "    " })),
            format!("k:{below}{}\nl: x\n", nested(if below == " " { "  " } else { "    " })),
            format!("- {}\n", nested("  ")),
            format!("o:\n    - {}\n    - x\n", nested("      ")),
            format!(
                "o:\n    p:\n        - k:{below}{}\n\n    q: r\n",
                nested(if below == " " { "            " } else { "    " })
            ),
        ] {
            if read(&text).is_some() {
                check(&text).unwrap_or_else(|wrong| panic!("{wrong}"));
            }
        }
    }
}

#[test]
fn what_cannot_be_read_is_left_alone() {
    for text in ["a: *b\n", "a: [b\n", "a: b\n---\nc: d\n", "a: 'b\n", "a: b\na: c\n", ""] {
        assert!(laid_out(Form::Yaml, text).is_err(), "{text:?}");
    }
}
