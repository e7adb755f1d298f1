//! Texts and edits that would break a careless editor.

use super::{difference, edits};
use crate::attacks::worked;
use rolebook::diagnostics::Diagnostic;
use rolebook::rewrite::{FileText, Form, rewrite};
use std::fmt::Write;
use std::time::Duration;

const HEAD: &str = "rolebook: 1\nkind: directory\n";

fn edit(name: &str, text: &str, asked: &str) -> Result<String, Diagnostic> {
    let file = FileText { name, text, form: Form::of(name) };
    let new = rewrite(&[file], &edits(asked))?;
    Ok(new.into_iter().next().flatten().unwrap_or_else(|| text.to_owned()))
}

/// The new text, which says what the edited records say.
fn sound(name: &str, text: &str, asked: &str) -> String {
    let after = edit(name, text, asked).unwrap_or_else(|finding| panic!("{finding:#?}\n{text}\n{asked}"));
    let difference = difference(&[(name, text)], &edits(asked), &[(name, &after)]);
    assert_eq!(difference, Ok(None), "\n{text}\n{asked}\n{after}");
    after
}

/// Names and values that YAML or JSON could take for something else.
const AWKWARD: &[&str] = &[
    "a,b",
    "{x}",
    "[x]",
    "a:b",
    "x:",
    "'",
    "\"",
    "\\",
    "*",
    "&a",
    "!t",
    "%",
    "@",
    "`",
    "|",
    ">",
    "-",
    "--",
    "?",
    "~",
    "null",
    "true",
    "1",
    "0x1",
    "...",
    "---",
    "=",
    "<<",
    "ä団😀",
    "a\u{301}",
    "x'y\"z",
    "{{",
    "]]",
    ",",
    "a\\n",
    "$(x)",
    ";",
    "\u{200b}",
];

#[test]
fn awkward_names_come_back_from_every_place() {
    for name in AWKWARD {
        let entity = serde_json::to_string(&format!("t:{name}")).expect("JSON");
        let plain = serde_json::to_string(name).expect("JSON");
        let asked = format!(
            "- {{\"create\": {{\"entity\": {entity}, \"in\": [\"o:1\"]}}}}
- {{\"create\": {{\"entity\": \"t:z\", \"in\": [\"o:1\", {entity}]}}}}
- {{\"create\": {{\"entity\": \"t:y\", \"in\": [{entity}]}}}}
- {{\"assign\": {{\"subject\": {entity}, \"role\": {plain}, \"on\": \"t:a\"}}}}
- {{\"assign\": {{\"subject\": {entity}, \"role\": \"r\", \"on\": \"t:a\", \"until\": \"2030-01-01T00:00:00Z\"}}}}
- {{\"assign\": {{\"subject\": \"u:x\", \"role\": \"r\", \"on\": {entity}}}}}
- {{\"link\": {{\"policy\": {plain}, \"on\": \"t:a\"}}}}
- {{\"set\": {{\"entity\": \"t:a\", \"attributes\": {{{plain}: {plain}}}, \"settings\": {{\"s\": [{plain}, \"x\"]}}}}}}
- {{\"policy\": {{\"name\": {plain}, \"settings\": {{{plain}: {plain}}}}}}}
- {{\"custom_role\": {{\"name\": {plain}, \"in\": \"t:a\", \"allow\": [{plain}]}}}}
"
        );
        // As an attribute it would be a nested entity, or a word of the entry.
        let asked =
            if name.contains(':') { asked.replace(&format!("{{{plain}: {plain}}}"), "{\"k\": \"v\"}") } else { asked };
        let block = format!("{HEAD}o:1:\n  t:a:\n    roles:\n      r: u:a\n");
        let lists = format!("{HEAD}o:1:\n  t:a:\n    roles:\n      r:\n      - u:a\n");
        let flow = format!("{HEAD}o:1: {{t:a: {{roles: {{r: [u:a]}}}}}}\n");
        let json = "{\"rolebook\": 1, \"kind\": \"directory\", \"o:1\": {\"t:a\": {\"roles\": {\"r\": [\"u:a\"]}}}}";
        for (file, text) in [("d.yaml", block.as_str()), ("d.yaml", &lists), ("d.yaml", &flow), ("d.json", json)] {
            let after = sound(file, text, &asked);
            let back = format!(
                "- revoke: {{ subject: {entity}, role: {plain}, on: 't:a' }}\n- unlink: {{ policy: {plain}, on: 't:a' }}\n- delete_policy: {plain}\n- delete: {entity}\n"
            );
            let gone = sound(file, &after, &back);
            assert!(gone.len() < after.len());
        }
    }
}

#[test]
fn what_is_not_understood_is_not_edited() {
    let set = "- set: { entity: 't:a', attributes: { size: 2 } }";
    for (text, code) in [
        ("? t:a\n: size: 1\n", "unsupported"),
        ("t:a:\r  size: 1\r", "unsupported"),
        ("t:a:\n  size: &x 1\n", "yaml-alias"),
        ("t:a:\n  size: !!int 1\n", "yaml-alias"),
        ("t:a: [\n", "yaml-syntax"),
        ("t:a: {}\nt:a: {}\n", "duplicate-key"),
        ("t:a: {}\n---\nt:b: {}\n", "yaml-documents"),
        ("t:b: {}\n", "unknown-entity"),
    ] {
        let finding = edit("d.yaml", &format!("{HEAD}{text}"), set).expect_err(text);
        assert_eq!(finding.code.as_str(), code, "{text:?}: {finding:#?}");
    }
    for text in ["", "# nothing\n", "- a\n", "just words"] {
        assert!(edit("d.yaml", text, set).is_err(), "{text:?}");
    }
}

#[test]
fn block_scalars_keep_what_they_say() {
    for scalar in [
        "|\n    x",
        "|-\n    x",
        "|+\n    x",
        "|+\n    x\n\n\n",
        ">\n    x\n     y\n\n",
        "|2\n      x\n",
        ">+  # c\n    x\n    \n",
        "\"a\n    b\"",
        "a\n    b",
        "|\n",
        "''",
    ] {
        for asked in [
            "- set: { entity: 't:a', attributes: { size: 2 } }",
            "- set: { entity: 't:a', attributes: { note: y } }",
            "- set: { entity: 't:a', attributes: { note: null } }",
            "- create: { entity: 't:b' }",
            "- create: { entity: 't:b', in: ['t:a'] }",
            "- assign: { subject: 'u:x', role: r, on: 't:a' }",
            "- move: { entity: 't:a', from: 'o:1' }",
            "- move: { entity: 't:a', from: 'o:1', to: 'o:2' }",
            "- delete: 'o:1'\n- move: { entity: 't:a', from: 'o:1' }",
        ] {
            for rest in ["", "\n  # deep\n\n# flat\n", "\n  size: 1\n", "\n    t:c: {}\n  # deep\no:3: {}\n"] {
                let text = format!("{HEAD}o:2:\n     x: 1\no:1:\n  t:a:\n    note: {scalar}{rest}");
                let file = FileText { name: "d.yaml", text: &text, form: Form::Yaml };
                if super::records("d.yaml", &text).is_err() {
                    continue;
                }
                assert_eq!(rewrite(&[file], &[]).ok(), Some(vec![None]), "{text}");
                sound("d.yaml", &text, asked);
            }
        }
    }
}

#[test]
fn marks_around_a_document_stay() {
    let text = "\u{feff}# licence\n---\nrolebook: 1\nkind: directory\nt:a: {}\n...\n# end";
    let after = sound("d.yaml", text, "- create: { entity: 't:b' }\n- delete: 't:a'");
    assert_eq!(after, "\u{feff}# licence\n---\nrolebook: 1\nkind: directory\nt:b: {}\n...\n# end");
}

#[test]
fn commas_may_stand_anywhere() {
    let text = "rolebook: 1\nkind: directory\nt:a: { roles: { r: [ u:a # one\n   , u:b\n   , u:c, # three\n  ]\n , q: [u:a,] }, size: 1, }\n";
    for asked in [
        "- revoke: { subject: 'u:a', role: r, on: 't:a' }",
        "- revoke: { subject: 'u:b', role: r, on: 't:a' }",
        "- revoke: { subject: 'u:c', role: r, on: 't:a' }",
        "- revoke: { subject: 'u:a', role: q, on: 't:a' }",
        "- assign: { subject: 'u:d', role: r, on: 't:a' }\n- assign: { subject: 'u:d', role: q, on: 't:a' }",
        "- revoke: { subject: 'u:c', role: r, on: 't:a' }\n- assign: { subject: 'u:d', role: r, on: 't:a' }",
        "- revoke: { subject: 'u:b', role: r, on: 't:a' }\n- revoke: { subject: 'u:c', role: r, on: 't:a' }\n- set: { entity: 't:a', attributes: { size: null } }",
    ] {
        let after = sound("d.yaml", text, asked);
        assert!(after.contains("# one") || asked.contains("'u:a', role: r"), "{after}");
    }
}

#[test]
fn comments_in_brackets_outlive_what_stands_beside_them() {
    let text = "rolebook: 1
kind: directory
t:a: { # the first
  # on its own

  # about roles
  roles: {
    # apart

    # about r
    r: [u:a, # one
      # two
      u:b ], # three

    # last apart

    q: [u:c]   # four
  },
  # about size
  size: 1,   # five
  # about b
  t:b: { size: 2 } # six
  # the end
}
";
    let apart = ["# the first", "# on its own", "# apart", "# last apart", "# the end"];
    for asked in [
        "- revoke: { subject: 'u:a', role: r, on: 't:a' }",
        "- revoke: { subject: 'u:a', role: r, on: 't:a' }\n- revoke: { subject: 'u:b', role: r, on: 't:a' }",
        "- revoke: { subject: 'u:c', role: q, on: 't:a' }",
        "- revoke: { subject: 'u:c', role: q, on: 't:a' }\n- revoke: { subject: 'u:a', role: r, on: 't:a' }\n- revoke: { subject: 'u:b', role: r, on: 't:a' }",
        "- set: { entity: 't:a', attributes: { size: null } }",
        "- set: { entity: 't:a', attributes: { size: 3, more: x } }",
        "- delete: 't:b'",
        "- delete: 't:b'\n- set: { entity: 't:a', attributes: { size: null } }",
        "- move: { entity: 't:b', from: 't:a' }",
        "- create: { entity: 't:c', in: ['t:a'] }\n- assign: { subject: 'u:z', role: z, on: 't:a' }",
        "- assign: { subject: 'u:z', role: r, on: 't:a' }\n- assign: { subject: 'u:z', role: q, on: 't:a' }",
    ] {
        let after = sound("d.yaml", text, asked);
        for comment in apart {
            assert_eq!(after.matches(comment).count(), 1, "{comment}\n{asked}\n{after}");
        }
    }
}

#[test]
fn names_that_are_no_keys_are_refused_and_deep_ones_stand_at_the_top() {
    let long = format!("- create: {{ entity: 't:{}' }}", "x".repeat(1_000));
    let finding = edit("d.yaml", &format!("{HEAD}t:a: {{}}\n"), &long).expect_err("too long");
    assert_eq!(finding.code.as_str(), "limit-exceeded");
    let mut asked = String::from("- create: { entity: 't:0' }\n");
    for at in 1..300 {
        let _ = writeln!(asked, "- create: {{ entity: 't:{at}', in: ['t:{}'] }}", at - 1);
    }
    sound("d.yaml", &format!("{HEAD}t:a: {{}}\n"), &asked);
    sound("d.json", "{\"rolebook\": 1, \"kind\": \"directory\"}", &asked);
}

/// Far more than either takes of a thread's time. Looked through anew for each edit, it takes minutes.
const PATIENCE: Duration = Duration::from_secs(10);

#[test]
fn a_thousand_edits_of_a_large_file_take_no_time() {
    let mut nested = format!("{HEAD}o:1:\n");
    for at in 0..12_000 {
        let _ = writeln!(
            nested,
            "  # number {at}\n  t:{at}:\n    size: {at}\n    roles:\n      member: [u:{at}, u:{}]",
            at + 1
        );
    }
    let members: Vec<String> = (0..100_000).map(|at| format!("u:{at}")).collect();
    let line = format!("{HEAD}t:0: {{ roles: {{ member: [{}] }} }}\no:1: {{}}\n", members.join(", "));
    let lines = format!("{HEAD}t:0:\n  roles:\n    member:\n    - {}\no:1:\n", members.join("\n    - "));
    let json = line.replace("rolebook: 1\nkind: directory\n", "{\"rolebook\": 1, \"kind\": \"directory\", ");
    let json =
        json.replace("}\no:1: {}\n", "}, \"o:1\": {}}").replace("t:0: ", "\"t:0\": ").replace("roles: ", "\"roles\": ");
    let json = json.replace("member: [u:", "\"member\": [\"u:").replace(", u:", "\", \"u:").replace("] }", "\"] }");
    let mut one = String::new();
    for at in 0..1_000 {
        let (old, new) = (at * 7, 200_000 + at);
        let _ = writeln!(
            one,
            "- revoke: {{ subject: 'u:{old}', role: member, on: 't:0' }}\n- assign: {{ subject: 'u:{new}', role: member, on: 't:0' }}"
        );
    }
    let mut many = String::new();
    for at in 0..1_000 {
        let _ = match at % 4 {
            0 => writeln!(many, "- delete: 't:{}'", at * 3),
            1 => writeln!(many, "- create: {{ entity: 't:{}', in: ['o:1'] }}", 20_000 + at),
            2 => writeln!(many, "- set: {{ entity: 't:{}', attributes: {{ size: 1 }} }}", at * 3 + 1),
            _ => writeln!(many, "- move: {{ entity: 't:{}', from: 'o:1', to: 't:{}' }}", at * 3 + 1, at * 3 + 2),
        };
    }
    for (name, text, asked) in
        [("d.yaml", nested, many), ("d.yaml", line, one.clone()), ("d.yaml", lines, one.clone()), ("d.json", json, one)]
    {
        assert!(text.len() > 700_000);
        let edits = edits(&asked);
        let start = worked();
        let file = FileText { name, text: &text, form: Form::of(name) };
        let new = rewrite(&[file], &edits).unwrap_or_else(|finding| panic!("{finding:#?}"));
        let taken = worked().saturating_sub(start);
        println!("{name}: {} bytes, {} edits: {taken:?}", text.len(), edits.len());
        assert!(taken < PATIENCE, "{taken:?}");
        assert!(new[0].is_some());
    }
}
