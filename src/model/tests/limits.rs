//! What a model refuses because there is too much of it.

use super::find;
use crate::model::tests::cases;
use std::fmt::Write;

/// The first finding of a policy, and how many there are.
fn first(text: &str) -> (String, usize) {
    let (files, sources) = cases::parse(&[("policy", text)]);
    let findings = find(&files);
    let first = cases::render(findings.get(..1).unwrap_or_default(), &sources);
    (first.trim_end().to_owned(), findings.len())
}

fn numbered(start: &str, count: usize, part: impl Fn(usize) -> String, end: &str) -> String {
    let parts = (0..count).map(part).fold(String::new(), |mut text, part| {
        writeln!(text, "{part}").unwrap();
        text
    });
    format!("{start}\n{parts}{end}")
}

#[test]
fn each_limit_is_one_finding() {
    // Whatever lies beyond is not known, and what depends on it is not reported again.
    let types = numbered("", 2_050, |at| format!("type t{at} {{ actions view }}"), "allow t2049.view");
    assert_eq!(
        first(&types),
        ("limit-exceeded 2050:6 `t2048`: a policy can have 2048 types, and this is one more".to_owned(), 1)
    );
    let attributes = numbered(
        "type t {",
        1_026,
        |at| format!("a{at}: int"),
        "actions view }\nallow t.view when resource.a1025 == 1",
    );
    assert_eq!(
        first(&attributes),
        ("limit-exceeded 1026:1 `a1024`: a type can have 1024 attributes, and this is one more".to_owned(), 1)
    );
    let fields = numbered(
        "context {",
        1_025,
        |at| format!("a{at}: int"),
        "}\ntype t { actions view }\nallow t.view when context.a1024 == 1",
    );
    assert_eq!(
        first(&fields),
        ("limit-exceeded 1026:1 `a1024`: the context can have 1024 fields, and this is one more".to_owned(), 1)
    );
    let words = numbered("type t { a:", 1_025, |at| format!("{} \"w{at}\"", if at == 0 { "" } else { "|" }), "}");
    assert_eq!(
        first(&words),
        (
            "limit-exceeded 1026:3 `\"w1024\"`: an enumeration can have 1024 values, and this is one more\n    help: use `string`"
                .to_owned(),
            1
        )
    );
    let path = format!("type t {{ actions view }}\nallow t.view when resource{} == resource", ".t".repeat(100_000));
    assert_eq!(
        first(&path),
        ("limit-exceeded 2:154 `t`: a path can have 64 names, and this is one more".to_owned(), 1)
    );
    let stars = "*, ".repeat(1_100);
    let patterns = numbered("type t {", 8_000, |at| format!("actions v{at}"), &format!("}}\nallow {stars} *"));
    assert_eq!(
        first(&patterns),
        (
            "limit-exceeded 8003:3151 `*`: the patterns of this policy stand for more than 8388608 permissions by now"
                .to_owned(),
            1
        )
    );
}

#[test]
fn suggestions_do_not_make_many_mistakes_slow() {
    // Each of these names would be compared with each role, were it not for the budget.
    let roles = numbered("type t\n", 20_000, |at| format!("role t.role{at} extends t.unknown{at}"), "");
    assert_eq!(first(&roles).1, 20_000);
}
