//! The gate's behaviour on texts, place by place.

use super::{Node, NodeKind, ScalarStyle, parse};
use crate::source::{FileId, Span};

const FILE: FileId = FileId(0);

fn slice(text: &str, span: Span) -> &str {
    text.get(span.start as usize..span.end as usize).unwrap_or("(no place)")
}

/// The tree in one line: `plain`, `"quoted"`, `|block|`, and `!` after a scalar without a place of its own.
fn show(node: &Node) -> String {
    match &node.kind {
        NodeKind::Null => String::from("null"),
        NodeKind::Scalar(scalar) => {
            let text = scalar.text.replace('\n', "\\n");
            let mark = if scalar.verbatim.is_some() { "" } else { "!" };
            match scalar.style {
                ScalarStyle::Plain => format!("{text}{mark}"),
                ScalarStyle::Quoted => format!("\"{text}\"{mark}"),
                ScalarStyle::Block => format!("|{text}|{mark}"),
            }
        }
        NodeKind::Sequence(nodes) => format!("[{}]", nodes.iter().map(show).collect::<Vec<_>>().join(", ")),
        NodeKind::Mapping(entries) => {
            let entries = entries.iter().map(|entry| format!("{}: {}", entry.key.text, show(&entry.value)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
    }
}

fn tree(text: &str) -> String {
    parse(FILE, text).node.as_ref().map_or_else(|| String::from("-"), show)
}

/// Each finding as `code @slice message | other label: slice`.
fn findings(text: &str) -> Vec<String> {
    let one = |finding: &crate::diagnostics::Diagnostic| {
        let mut line = format!("{}: {}", finding.code, finding.message);
        for label in &finding.labels {
            line += &format!(" @`{}`", slice(text, label.span).replace('\t', "\\t"));
        }
        if let Some(help) = &finding.help {
            line += &format!(" -> {help}");
        }
        line
    };
    parse(FILE, text).diagnostics.iter().map(one).collect()
}

#[test]
fn documents_become_trees() {
    let cases = [
        ("a: 1\nb: [x, {y: no}]\n", "{a: 1, b: [x, {y: no}]}"),
        ("{\"a\": [1, true, null, \"é\\n\"]}", "{a: [1, true, null, \"é\\n\"!]}"),
        ("{\n\t\"a\": {\n\t\t\"b\": []\n\t}\n}\n", "{a: {b: []}}"),
        ("a:\nb: ~\nc: null\nd: ''\ne: \"null\"\n", "{a: null, b: null, c: null, d: \"\", e: \"null\"}"),
        ("\u{feff}a: b\r\nc:\r\n  - d\r\n", "{a: b, c: [d]}"),
        ("a: |\n  x\n  y\nb: >-\n  z\n  w\n", "{a: |x\\ny\\n|!, b: |z w|!}"),
        ("a: two\n  lines\nb: 'it''s'\n", "{a: two lines!, b: \"it's\"!}"),
        ("--- # start\na: b\n...\n", "{a: b}"),
        ("null: x\n~: y\n", "{null: x, ~: y}"),
        (
            "in: [organization, team*]\nat: 2026-12-31T00:00:00Z\n",
            "{in: [organization, team*], at: 2026-12-31T00:00:00Z}",
        ),
        ("team:research: user:ana#x", "{team:research: user:ana#x}"),
    ];
    for (text, expected) in cases {
        assert_eq!(tree(text), expected, "{text}");
        assert_eq!(findings(text), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn places_are_bytes_of_the_text() {
    let text = "\u{feff}größe: \"ä b\"\r\nlist:\r\n  - 'ö'\r\n  - {k: [1, 2]}\r\nlast: x y # comment\r\n";
    let read = parse(FILE, text);
    let root = read.node.unwrap_or_else(|| panic!("no node"));
    let at = |node: &Node| String::from(slice(text, node.span));
    assert!(at(&root).starts_with("größe") && at(&root).ends_with("x y"));
    let entries = root.mapping().unwrap_or_default();
    assert_eq!(entries.iter().map(|e| slice(text, e.key_span)).collect::<Vec<_>>(), ["größe", "list", "last"]);
    assert_eq!(
        entries.iter().map(|e| at(&e.value)).collect::<Vec<_>>(),
        ["\"ä b\"", "- 'ö'\r\n  - {k: [1, 2]}", "x y"]
    );
    let scalar = entries.first().and_then(|e| e.value.scalar()).unwrap_or_else(|| panic!("no scalar"));
    assert_eq!(slice(text, scalar.locate(root.span, 3, 4)), "b");
    let list = entries.get(1).and_then(|e| e.value.sequence()).unwrap_or_default();
    assert_eq!(list.iter().map(at).collect::<Vec<_>>(), ["'ö'", "{k: [1, 2]}"]);
}

#[test]
fn what_has_no_place_is_refused_and_the_rest_read() {
    let cases: &[(&str, &[&str], &str)] = &[
        (
            "allow:\n  - *.view\n  - x\n",
            &["yaml-alias: an unquoted `*` begins an alias in YAML @`*.view` -> quote it: \"*.view\""],
            "{allow: [*.view, x]}",
        ),
        (
            "a: &x 1\nb: *x\n",
            &[
                "yaml-alias: `&x`: anchors have no place in this file @`&x` -> write the value out where it is wanted",
                "yaml-alias: `*x`: aliases have no place in this file @`*x` -> write the value out where it is wanted",
            ],
            "{a: 1, b: *x}",
        ),
        (
            "a: !!str 1\n",
            &[
                "yaml-alias: `!!str`: tags have no place in this file @`!!str` -> write the value without it; in a condition, `not` is the word for `!`",
            ],
            "{a: 1}",
        ),
        ("a: 1\nb: 2\na: 3\n", &["duplicate-key: the key `a` stands twice @`a` @`a`"], "{a: 1, b: 2}"),
        (
            "? [x]\n: 1\n{y: z}: 2\nc: 3\n",
            &[
                "wrong-shape: a key must be a single value, found a list @`[x]` -> quote the key if the text is meant as it stands",
                "wrong-shape: a key must be a single value, found a mapping @`{y: z}` -> quote the key if the text is meant as it stands",
            ],
            "{c: 3}",
        ),
        (": x\n", &["wrong-shape: a key is missing before the `:` @``"], "{}"),
        (
            "a: 1\n---\nb: 2\n",
            &[
                "yaml-documents: a second document begins here @`---` -> keep one document in a file, and move what follows to a file of its own",
            ],
            "{a: 1}",
        ),
        ("", &["empty-file: the file is empty @``"], "-"),
        ("# only\n\n# comments\n", &["empty-file: the file is empty @``"], "-"),
        ("---\n", &["empty-file: the file is empty @``"], "-"),
        ("a:\n\tb: 1\n", &["yaml-syntax: a tab cannot indent YAML @`\\t` -> indent with spaces"], "{}"),
        ("a:\n  b: 1\n\tc: 2\n", &["yaml-syntax: a tab cannot indent YAML @`\\t` -> indent with spaces"], "{a: {}}"),
    ];
    for (text, expected, read) in cases {
        assert_eq!(findings(text), *expected, "{text}");
        assert_eq!(tree(text), *read, "{text}");
    }
}

#[test]
fn both_places_of_a_key_in_a_large_mapping_are_shown() {
    let mut text: String = (0..1000).map(|n| format!("k{n}: {n}\n")).collect();
    text += "k7: again\nk999: again\n";
    assert_eq!(
        findings(&text),
        [
            "duplicate-key: the key `k7` stands twice @`k7` @`k7`",
            "duplicate-key: the key `k999` stands twice @`k999` @`k999`"
        ]
    );
}

#[test]
fn deep_nesting_is_refused() {
    let indented: String = (0..100_000).map(|n| format!("{:n$}a:\n", "", n = n.min(400))).collect();
    let texts = ["[".repeat(100_000), "- ".repeat(100_000), "{a: ".repeat(100_000), "? ".repeat(100_000), indented];
    for text in texts {
        let found = findings(&text);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with("nesting-too-deep: the text nests deeper than 128 levels"), "{found:?}");
    }
    let bomb: String = (0..30).map(|n| format!("a{n}: &a{n} [*a{m}, *a{m}]\n", m = n - 1)).collect();
    assert!(findings(&bomb).iter().all(|line| line.starts_with("yaml-alias")));
    assert_eq!(tree(&format!("{}1{}", "[".repeat(128), "]".repeat(128))).len(), 257);
}

#[test]
fn values_that_want_quotes_are_told_so_and_read_as_meant() {
    let cases: &[(&str, &[&str], &str)] = &[
        (
            "allow: *\nb: c\n",
            &["yaml-alias: an unquoted `*` begins an alias in YAML @`*` -> quote it: \"*\""],
            "{allow: *, b: c}",
        ),
        (
            "{ allow: *, b: [*, *.x] }",
            &[
                "yaml-alias: an unquoted `*` begins an alias in YAML @`*` -> quote it: \"*\"",
                "yaml-alias: an unquoted `*` begins an alias in YAML @`*` -> quote it: \"*\"",
                "yaml-alias: an unquoted `*` begins an alias in YAML @`*.x` -> quote it: \"*.x\"",
            ],
            "{allow: *, b: [*, *.x]}",
        ),
        (
            "a:\n  - *.{view, edit} # two\n  - b\n",
            &["yaml-alias: an unquoted `*` begins an alias in YAML @`*.{view, edit}` -> quote it: \"*.{view, edit}\""],
            "{a: [*.{view, edit}, b]}",
        ),
        (
            "plan: \"free\" | \"pro\" = \"free\" # plans\nb: c\n",
            &[
                "yaml-syntax: text follows the closing quote @`\"free\" | \"pro\" = \"free\"` -> quote it: '\"free\" | \"pro\" = \"free\"'",
            ],
            "{plan: \"free\" | \"pro\" = \"free\", b: c}",
        ),
        (
            "a: { plan: \"free\" | \"pro\", x: y }\n",
            &["yaml-syntax: text follows the closing quote @`\"free\" | \"pro\"` -> quote it: '\"free\" | \"pro\"'"],
            "{a: {plan: \"free\" | \"pro\", x: y}}",
        ),
        (
            "a: [x, run.{create, delete}, y]\n",
            &[
                "yaml-syntax: a value with `{` inside brackets must be quoted @`run.{create, delete}` -> quote it: \"run.{create, delete}\"",
            ],
            "{a: [x, run.{create, delete}, y]}",
        ),
        (
            "a: { allow: run.{create, delete}, when: q in [\"x\", \"y\"] }\nb: c\n",
            &[
                "yaml-syntax: a value with `{` inside brackets must be quoted @`run.{create, delete}` -> quote it: \"run.{create, delete}\"",
                "yaml-syntax: a value with `[` inside brackets must be quoted @`q in [\"x\", \"y\"]` -> quote it: 'q in [\"x\", \"y\"]'",
            ],
            "{a: {allow: run.{create, delete}, when: q in [\"x\", \"y\"]}, b: c}",
        ),
        (
            "a:\n  {\n    allow: run.{create, delete},\n    b: *,\n  }\n",
            &[
                "yaml-syntax: a value with `{` inside brackets must be quoted @`run.{create, delete}` -> quote it: \"run.{create, delete}\"",
                "yaml-alias: an unquoted `*` begins an alias in YAML @`*` -> quote it: \"*\"",
            ],
            "{a: {allow: run.{create, delete}, b: *}}",
        ),
        (
            "- because: Not allowed: ask an admin\n  b: c\n",
            &[
                "yaml-syntax: a value with a colon and a space in it must be quoted @`Not allowed: ask an admin` -> quote it: \"Not allowed: ask an admin\"",
            ],
            "[{because: Not allowed: ask an admin, b: c}]",
        ),
        (
            "when: x == \"ä: b\"\nb: *\n",
            &[
                "yaml-syntax: a value with a colon and a space in it must be quoted @`x == \"ä: b\"` -> quote it: 'x == \"ä: b\"'",
                "yaml-alias: an unquoted `*` begins an alias in YAML @`*` -> quote it: \"*\"",
            ],
            "{when: x == \"ä: b\", b: *}",
        ),
        (
            "r:\n  open:true\n  allow: x\n",
            &["yaml-syntax: a space is missing after the colon @`open:true` -> write `open: true`"],
            "{r: {open: true, allow: x}}",
        ),
        (
            "r:\n  allow: x\n  open:true\ns: t\n",
            &["yaml-syntax: a space is missing after the colon @`open:true` -> write `open: true`"],
            "{r: {allow: x, open: true}, s: t}",
        ),
        (
            "rolebook:1\npackage: a\n",
            &["yaml-syntax: a space is missing after the colon @`rolebook:1` -> write `rolebook: 1`"],
            "{rolebook: 1, package: a}",
        ),
        (
            "kind: directory\na:b:{}\nc:d {}\ne:f\ng: {}\n",
            &[
                "yaml-syntax: a space is missing after the colon @`a:b:{}` -> write `a:b: {}`",
                "yaml-syntax: a colon is missing after the entity @`c:d {}` -> write `c:d: {}`",
                "yaml-syntax: a colon is missing after the entity @`e:f` -> write `e:f: {}`, or `e: f` if it is an attribute",
            ],
            "{kind: directory, a:b: {}, c:d: {}, e:f: null, g: {}}",
        ),
        (
            "a: @x\nb: >=1\nc: d\n",
            &[
                "yaml-syntax: a value that begins with `@` must be quoted @`@x` -> quote it: \"@x\"",
                "yaml-syntax: a value that begins with `>` must be quoted @`>=1` -> quote it: \">=1\"",
            ],
            "{a: @x, b: >=1, c: d}",
        ),
        (
            "a:\n  b:ä\n  c: * \n  d: *.x\n  e: [run.{y}]\nf:ü\n",
            &[
                "yaml-syntax: a space is missing after the colon @`b:ä` -> write `b: ä`",
                "yaml-alias: an unquoted `*` begins an alias in YAML @`*` -> quote it: \"*\"",
                "yaml-alias: an unquoted `*` begins an alias in YAML @`*.x` -> quote it: \"*.x\"",
                "yaml-syntax: a value with `{` inside brackets must be quoted @`run.{y}` -> quote it: \"run.{y}\"",
                "yaml-syntax: a space is missing after the colon @`f:ü` -> write `f: ü`",
            ],
            "{a: {b: ä, c: *, d: *.x, e: [run.{y}]}, f: ü}",
        ),
        (
            "a: { because: It is: so, b: c }\n",
            &[
                "yaml-syntax: a value with a colon and a space in it must be quoted @`It is: so` -> quote it: \"It is: so\"",
            ],
            "{a: {because: It is: so, b: c}}",
        ),
        (
            "a:\n- b\n-c\n- d\n",
            &["yaml-syntax: a space is missing after the dash @`-c` -> write `- c`"],
            "{a: [b, c, d]}",
        ),
        (
            "a: 'it's'\nb: `x`\n",
            &[
                "yaml-syntax: text follows the closing quote @`'it's'` -> write a quote within single quotes twice: 'it''s'",
                "yaml-syntax: a value that begins with a backtick must be quoted @`\u{60}x\u{60}` -> quote it: \"\u{60}x\u{60}\"",
            ],
            "{a: 'it's', b: `x`}",
        ),
        (
            "organization:acme:\n  because: It is: so\n  user:ana: {}\n",
            &[
                "yaml-syntax: a value with a colon and a space in it must be quoted @`It is: so` -> quote it: \"It is: so\"",
            ],
            "{organization:acme: {because: It is: so, user:ana: {}}}",
        ),
        // Not to be mended: what was read so far stands.
        ("a: b\nc: [d, e\n", &["yaml-syntax: the `[` that opens here is never closed @`[`"], "{a: b, c: [d]}"),
        ("a: b\nc: \"d\n", &["yaml-syntax: the quote that opens here is never closed @`\"`"], "{a: b}"),
        (
            "a:\n  b: c\n d: e\n",
            &[
                "yaml-syntax: the line does not fit what stands above it @`d:` -> indent the entries of one mapping or list alike, with spaces",
            ],
            "{a: {b: c}}",
        ),
        (
            "a: {b: c\nd: e\n",
            &[
                "yaml-syntax: expected `,` or `}` @`:` -> close the `{` that is open, or quote the value that holds this colon",
            ],
            "{a: {b: c d!}}",
        ),
        (
            "a: b\n c: d\n",
            &[
                "yaml-syntax: this `:` has no place here @`:` -> indent each key like those beside it, and quote a value that holds a colon and a space",
            ],
            "{a: b c!}",
        ),
        (
            "a: \"\\u12\"\n",
            &[
                "yaml-syntax: no such escape in double quotes @`\"\\u12\"` -> write `\\\\` for a backslash, or use single quotes",
            ],
            "{}",
        ),
        (
            "[a, , b]\n",
            &["yaml-syntax: expected a value @`,` -> quote it if it begins with a comma or a bracket"],
            "[a]",
        ),
        ("a: }\n", &["yaml-syntax: nothing is open that this could close @`}`"], "{}"),
        ("[a)]]", &["yaml-syntax: nothing is open that this could close @`]`"], "-"),
        (
            "%YAML 1.2\n---\na: b\n",
            &["yaml-syntax: directives have no place in this file @`%YAML` -> remove the line"],
            "-",
        ),
    ];
    for (text, expected, read) in cases {
        assert_eq!(findings(text), *expected, "{text}");
        assert_eq!(tree(text), *read, "{text}");
    }
}

#[test]
fn places_within_texts_are_found_through_escapes_and_lines() {
    let cases = [
        ("a: >-\n  x ==\n  \"ä\" and\n  fault here\n", "fault"),
        ("a: |\r\n  x ==\r\n\r\n    fault\r\n", "fault"),
        ("a: x and\n   ä fault\n", "fault"),
        ("a: 'it''s a\n  fault'\n", "fault"),
        ("{\"a\": \"\\\"free\\\" | \\u00e4\\ud83d\\ude00 \\\\ fault\\n\\t x\"}", "fault"),
        ("a: \"x\\\n   y fault\"\n", "fault"),
        ("a: \"tab\\tand fault\"\n", "fault"),
    ];
    for (text, word) in cases {
        let read = parse(FILE, text);
        let node = read.node.as_ref().and_then(|node| node.get("a")).unwrap_or_else(|| panic!("no value: {text}"));
        let scalar = node.scalar().unwrap_or_else(|| panic!("no scalar: {text}"));
        let start = scalar.text.find(word).unwrap_or_else(|| panic!("no fault: {text}"));
        let span = scalar.locate(node.span, start as u32, (start + word.len()) as u32);
        assert_eq!(slice(text, span), word, "{text}");
        assert_eq!(span.start as usize, text.find(word).unwrap_or_default(), "{text}");
    }
}
