//! The YAML form against the DSL, mistake by mistake and on broken files.

use super::parse;
use crate::diagnostics::Diagnostic;
use crate::document::invariants::{Numbers, mutate};
use crate::schema::parse_duration;
use crate::source::{FileId, Span};
use crate::syntax::ast::{Item, Literal, LiteralKind, PolicyFile};
use crate::syntax::dsl;

const FILE: FileId = FileId(0);

/// The literal that the DSL would write for an unquoted scalar: the YAML form leaves it to the wanted type.
fn plain(literal: Literal) -> Literal {
    literal.map(|kind| match kind {
        LiteralKind::Raw(text) => match (parse_duration(&text), text.parse(), text.parse()) {
            (Some(duration), ..) => LiteralKind::Duration(duration),
            (None, Ok(number), _) => LiteralKind::Int(number),
            (None, Err(_), Ok(truth)) => LiteralKind::Bool(truth),
            (None, Err(_), Err(_)) => LiteralKind::String(text),
        },
        LiteralKind::List(items) => LiteralKind::List(items.into_iter().map(plain).collect()),
        other => other,
    })
}

fn items(file: PolicyFile) -> Vec<Item> {
    let mut items = file.items;
    for item in &mut items {
        if let Item::Policy(policy) = item {
            for setting in &mut policy.settings {
                setting.value = plain(setting.value.clone());
            }
        }
    }
    items
}

/// Each finding as `code: message @text at fault -> help`.
fn told(text: &str, diagnostics: &[Diagnostic]) -> Vec<String> {
    let slice = |span: Span| text.get(span.start as usize..span.end as usize).unwrap_or("(no place)");
    let one = |finding: &Diagnostic| {
        let places: String = finding.labels.iter().map(|label| format!(" @`{}`", slice(label.span))).collect();
        let help = finding.help.as_ref().map(|help| format!(" -> {help}")).unwrap_or_default();
        format!("{}: {}{places}{help}", finding.code, finding.message)
    };
    diagnostics.iter().map(one).collect()
}

fn findings(text: &str) -> Vec<String> {
    told(text, &parse(FILE, text).diagnostics)
}

#[test]
fn both_forms_give_one_tree() {
    let pairs = [
        ("acme", include_str!("../../../tests/forms/acme.rolebook"), include_str!("../../../tests/forms/acme.yaml")),
        ("full", include_str!("../../../tests/forms/full.rolebook"), include_str!("../../../tests/forms/full.yaml")),
        ("rare", include_str!("../../../tests/forms/rare.rolebook"), include_str!("../../../tests/forms/rare.yaml")),
    ];
    for (name, dsl, yaml) in pairs {
        let (dsl, yaml) = (dsl::parse(FILE, dsl), parse(FILE, yaml));
        assert!(dsl.diagnostics.is_empty(), "{name}: {:#?}", dsl.diagnostics);
        assert!(yaml.diagnostics.is_empty(), "{name}: {:#?}", yaml.diagnostics);
        assert_eq!(yaml.tree.package, dsl.tree.package, "{name}");
        assert_eq!(yaml.tree.imports, dsl.tree.imports, "{name}");
        let (dsl, yaml) = (items(dsl.tree), items(yaml.tree));
        for (yaml, dsl) in yaml.iter().zip(&dsl) {
            assert_eq!(yaml, dsl, "{name}");
        }
        assert_eq!(yaml.len(), dsl.len(), "{name}");
    }
}

#[test]
fn a_mistake_reads_the_same_in_both_forms() {
    let cases: &[(&str, &str, &[&str])] = &[
        (
            "deny team.delete when resource.x = 3",
            "rules: { deny: team.delete, when: resource.x = 3 }",
            &["syntax: expected `==`, found `=` @`=` -> write `==` to compare"],
        ),
        (
            "deny team.delete when resource.x and\n resource.ä && y",
            "rules:\n  - deny: team.delete\n    when: >-\n      resource.x and\n      resource.ä && y\n",
            &[
                "syntax: a name is written with the letters a to z, digits and `_` @`ä` -> put it in double quotes if it is a string",
                "syntax: expected `and`, found `&&` @`&&` -> write `and`",
            ],
        ),
        (
            "type x { a: string\n setting q: set<string> narows }",
            "types: { x: { attributes: { a: string }, settings: { q: set<string> narows } } }",
            &["syntax: expected `narrows`, found `narows` @`narows` -> did you mean `narrows`?"],
        ),
        (
            "policy x in acme { a = 1 }",
            "policies:\n  x:\n    in: acme\n    settings: { a: 1 }\n",
            &["syntax: expected an entity such as `organization:acme`, found `acme` @`acme`"],
        ),
        (
            "assert team.viewer cant run.delete",
            "asserts: team.viewer cant run.delete",
            &["syntax: expected `cannot`, found `cant` @`cant` -> did you mean `cannot`?"],
        ),
        (
            "type role",
            "types: { role: }",
            &[
                "reserved-word: `role` is a word of the language and cannot be the name of a type @`role` -> call it `position`",
            ],
        ),
    ];
    for (dsl, yaml, expected) in cases {
        let yaml = format!("rolebook: 1\n{yaml}\n");
        assert_eq!(told(dsl, &dsl::parse(FILE, dsl).diagnostics), *expected, "{dsl}");
        assert_eq!(findings(&yaml), *expected, "{yaml}");
    }
}

#[test]
fn mutated_policies_end_in_a_tree_or_findings() {
    let mut numbers = Numbers::new(0xbad);
    for example in [include_str!("../../../tests/forms/acme.yaml"), include_str!("../../../tests/forms/rare.yaml")] {
        for _ in 0..1_000 {
            let text = mutate(example, &mut numbers);
            let parsed = parse(FILE, &text);
            for label in parsed.diagnostics.iter().flat_map(|finding| &finding.labels) {
                let range = label.span.start as usize..label.span.end as usize;
                assert!(text.get(range).is_some(), "{label:?} in {text:?}");
            }
        }
    }
}

#[test]
fn mistakes_in_the_shape_are_told_each_for_itself() {
    let cases: &[(&str, &[&str])] = &[
        (
            "types:\n  user:\nrole:\n  a.b: {}\n",
            &[
                "missing-key: the key `rolebook` is missing @`types` -> begin the file with `rolebook: 1`",
                "unknown-key: unknown key `role` @`role` -> did you mean `roles`?",
            ],
        ),
        (
            "rolebook: 2\nroles: x\n",
            &["unsupported: expected version 1 of the file form, found `2` @`2` -> write `rolebook: 1`"],
        ),
        ("rolebook: 1\nkind: directory\n", &["wrong-kind: expected a policy, found a directory @`directory`"]),
        (
            "rolebook: 1\nkind: polcy\n",
            &["wrong-kind: unknown kind of file `polcy` @`polcy` -> did you mean `policy`?"],
        ),
        ("- a\n", &["wrong-shape: expected a policy file, found a list @`a` -> begin the file with `rolebook: 1`"]),
        (
            "rolebook: 1\nroles:\n  team.a: { assinged by: team.x, open:true }\n  team.b: [x]\n  team.c: { open: yes, open when: [a] }\n",
            &[
                "unknown-key: unknown key `assinged by` @`assinged by` -> did you mean `assigned by`?",
                "unknown-key: unknown key `open:true` @`open:true` -> put a space after the colon: `open: true`",
                "wrong-shape: expected a mapping, found a list @`x`",
                "wrong-shape: expected `true` or `false`, found `yes` @`yes`",
                "duplicate-clause: `open` and `open when` cannot stand together @`open when` @`open`",
                "wrong-shape: expected a condition, found a list @`a`",
            ],
        ),
        (
            "rolebook: 1\nroles:\n  team.a:\n    assigned by: team.x\n    assigned freely by: team.x\n    implies: { role: team.b, roles: team.c }\n    allow:\n      - when: true\n      - { permissions: }\n    without:\n    requires: { a: b }\n",
            &[
                "wrong-shape: expected a role, found a mapping @`a`",
                "duplicate-clause: `assigned by` and `assigned freely by` cannot stand together @`assigned freely by` @`assigned by`",
                "duplicate-clause: `role` and `roles` cannot stand together @`roles` @`role`",
                "missing-key: the key `permissions` is missing @`when` -> write `permissions: \"run.{view, delete}\"` beside it",
                "wrong-shape: expected a permission, found nothing @``",
                "wrong-shape: expected a permission, found nothing @``",
            ],
        ),
        (
            "rolebook: 1\nrules:\n  - team.delete\n  - when: true\n  - { allow: team.x, deny: team.y }\n  - { deny: team.x, because: [a], to: { b: c } }\n",
            &[
                "wrong-shape: expected a rule, found a single value @`team.delete` -> write `- deny: team.delete`, and `when`, `unless` or `because` below `deny`",
                "missing-key: the rule has neither `allow` nor `deny` @`when` -> write `allow: PERMISSIONS` or `deny: PERMISSIONS`",
                "duplicate-clause: `allow` and `deny` cannot stand together @`deny` @`allow`",
                "wrong-shape: expected a name, found a mapping @`b`",
                "wrong-shape: expected a text, found a list @`a`",
            ],
        ),
        (
            "rolebook: 1\ntypes:\n  a: { attributes: { x: { doc: y }, z: [b] }, create_by: c.d, actions: { view: [x] } }\n",
            &[
                "unknown-key: unknown key `create_by` @`create_by` -> did you mean `create by`?",
                "missing-key: the key `type` is missing @`x` -> write `{ type: string, doc: What it is for. }`",
                "wrong-shape: expected a type, found a list @`b`",
                "wrong-shape: expected a text, found a list @`x`",
            ],
        ),
        (
            "rolebook: 1\npolicies:\n  gpu: { settings: { a: { b: c }, d: }, rule: [] }\nasserts:\n  - { asert: x }\nimports: { a: b }\n",
            &[
                "unknown-key: unknown key `rule` @`rule` -> did you mean `rules`?",
                "wrong-shape: expected a value, found a mapping @`b`",
                "wrong-shape: expected a value, found nothing @``",
                "unknown-key: unknown key `asert` @`asert` -> did you mean `assert`?",
                "missing-key: the key `assert` is missing @`asert` -> write `assert: team.viewer cannot run.delete` beside it",
                "wrong-shape: expected a folder, found a mapping @`a`",
            ],
        ),
        // Sections with nothing in them, as left behind when their last entry went.
        ("rolebook: 1\ntypes:\nroles:\nrules:\npolicies:\nasserts:\nimports:\ncontext:\n", &[]),
    ];
    for (text, expected) in cases {
        assert_eq!(findings(text), *expected, "{text}");
    }
}

#[test]
fn bodies_in_a_directory_are_read_like_those_of_a_file() {
    let text = "team.reporter: { extends: team.viewer, allow: [run.create], without: [project.view] }";
    let read = crate::document::parse(FILE, text);
    let entries = read.node.as_ref().and_then(|node| node.mapping()).unwrap_or_default();
    let entry = entries.first().unwrap_or_else(|| panic!("no entry"));
    let parsed = super::custom_role(&entry.key.text, entry.key_span, &entry.value, None);
    assert!(parsed.diagnostics.is_empty(), "{:?}", parsed.diagnostics);
    let wanted =
        dsl::parse(FILE, "custom role team.reporter extends team.viewer { allow run.create without project.view }");
    assert_eq!(parsed.tree.map(Item::Role), wanted.tree.items.into_iter().next());
}
