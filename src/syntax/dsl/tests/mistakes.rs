//! What is said about mistakes, word for word: the cases stand in `mistakes.txt`.
//!
//! A case is a line `== name`, a text, a line `--` and everything that is told, with the places and the words there.

use super::{read, told};

const CASES: &str = include_str!("mistakes.txt");

#[test]
fn mistakes_are_told_where_they_are() {
    let mut wrong = String::new();
    for case in CASES.split("\n== ").skip(1) {
        let (name, rest) = case.split_once('\n').expect("a case has a name");
        let (text, expected) = rest.split_once("\n--\n").expect("a case has an expectation");
        let (sources, parsed) = read(text);
        let actual = told(&sources, &parsed.diagnostics);
        if actual.trim_end() != expected.trim_end() {
            wrong.push_str(&format!("\n== {name}\n{text}\n--\n{actual}"));
        }
    }
    assert!(wrong.is_empty(), "these are told otherwise:\n{wrong}");
}

#[test]
fn three_mistakes_in_any_three_declarations_are_three_findings() {
    let mistakes =
        ["rol team.x { allow * }", "type a { x: }", "allow run.view wehn a", "policy p { q: 1 }", "import x"];
    for first in mistakes {
        for second in mistakes {
            for third in mistakes {
                let text = format!("type fine\n{first}\nallow a.b\n{second}\nrole a.b {{ allow * }}\n{third}\n");
                let (sources, parsed) = read(&text);
                assert_eq!(parsed.diagnostics.len(), 3, "{text}\n{}", told(&sources, &parsed.diagnostics));
            }
        }
    }
}

#[test]
fn what_stands_around_a_mistake_is_kept() {
    let (_, parsed) =
        read("type a {\n  x: bool\n  y: \n  z: int\n}\nrole a.b {\n  allow *\n  alow a.b\n  deny a.c when x = 1\n}");
    let tree = format!("{:?}", parsed.tree.items);
    for name in ["\"x\"", "\"z\"", "\"b\"", "Allow", "Deny", "Broken"] {
        assert!(tree.contains(name), "{name} is lost in {tree}");
    }
    assert_eq!(parsed.diagnostics.len(), 3);
}

#[test]
fn findings_are_cut_at_a_limit_and_say_so() {
    let (_, parsed) = read(&"allow a.b wehn\n".repeat(3_000));
    assert_eq!(parsed.diagnostics.len(), 1_001);
    let last = parsed.diagnostics.last().expect("there are findings");
    assert_eq!(last.message, "more than 1000 errors: those from here on are left out");
}
