//! Texts taken out of a policy in YAML: what is left is as it was, comments and layout included.

use rolebook::analysis::lint::{self, Removal};
use rolebook::source::{FileId, Span};
use rolebook::syntax::yaml;

/// The text without a statement, an item or a clause, each named by what it begins with.
fn without(text: &str, removal: fn(Span) -> Removal, from: &str, to: &str) -> Option<String> {
    let start = text.find(from).expect("a beginning");
    let end = start + text[start..].find(to).expect("an end") + to.len();
    let narrow = |at: usize| u32::try_from(at).expect("a short text");
    let span = Span::new(FileId(0), narrow(start), narrow(end));
    let tree = yaml::parse(FileId(0), text).tree;
    let range = lint::excision_yaml(text, &tree, removal(span))?;
    let mut text = text.to_owned();
    text.replace_range(range.clone(), "");
    for range in lint::leftovers(&text, range.start) {
        text.replace_range(range, "");
    }
    Some(text)
}

const TEXT: &str = r#"rolebook: 1
types:
  user:
  run: { actions: [tag, stop, view] }
roles:
  run.viewer: { allow: [run.view, "run.{stop, tag}"] } # all of it
  run.admin:
    extends: [run.viewer]
    allow:
      # Seen.
      - run.view
      - permissions: run.stop
        when: true
      - { permissions: run.tag, when: false, because: so }
rules:
  - deny: run.view
    when: false
  - when: true
    deny: run.stop
"#;

/// What is taken out, from where to where, and what stood there and stands there then; nothing where it is left.
type Case = (fn(Span) -> Removal, &'static str, &'static str, Option<(&'static str, &'static str)>);

#[test]
fn what_is_taken_out_leaves_the_rest_as_it_is() {
    let cases: [Case; 8] = [
        (Removal::Item, "stop, tag", "stop", Some(("\"run.{stop, tag}\"", "\"run.tag\""))),
        (Removal::Item, "run.view, ", "run.view", Some(("run.view, ", ""))),
        (Removal::Statement, "run.view\n      -", "run.view", Some(("      - run.view\n", ""))),
        (
            Removal::Statement,
            "permissions: run.stop",
            "run.stop",
            Some(("      - permissions: run.stop\n        when: true\n", "")),
        ),
        (Removal::Clause, "true\n      -", "true", Some(("        when: true\n", ""))),
        (Removal::Statement, "deny: run.view", "run.view", Some(("  - deny: run.view\n    when: false\n", ""))),
        (Removal::Clause, "true\n    deny", "true", Some(("when: true\n    deny", "deny"))),
        // Its words would be lost.
        (Removal::Statement, "permissions: run.tag", "run.tag", None),
    ];
    for (removal, from, to, change) in cases {
        let expected = change.map(|(before, after)| TEXT.replacen(before, after, 1));
        assert_eq!(without(TEXT, removal, from, to), expected, "{from}");
    }
}

#[test]
fn a_single_action_needs_no_braces_and_nothing_no_body() {
    for (before, at, after) in [
        ("allow run.{edit}", 12, "allow run.edit"),
        ("allow run.{ edit }, a.b", 14, "allow run.edit, a.b"),
        ("allow run.{edit, view}", 12, "allow run.{edit, view}"),
        ("role a.b { allow run.view }", 20, "role a.b { allow run.view }"),
        ("role a.b {x}", 11, "role a.b {x}"),
        ("role a.b { }\nrole c.d {}", 11, "role a.b\nrole c.d {}"),
        ("role a.b {\n}\n", 11, "role a.b\n"),
        ("role a.b { }\npolicy c { }", 24, "role a.b { }\npolicy c { }"),
    ] {
        let mut text = String::from(before);
        for range in lint::leftovers(&text, at) {
            text.replace_range(range, "");
        }
        assert_eq!(text, after);
    }
}
