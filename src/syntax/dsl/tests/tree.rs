//! What texts without mistakes are read as.

use super::super::fragment;
use super::{ACME, read, told, tree};
use crate::schema::{Cardinality, MergeWord};
use crate::source::{FileId, Span};
use crate::syntax::ast::{
    ActionPart, AssertKind, ChangeKind, Doc, Expr, ExprKind, HasRole, Item, LiteralKind, Open, Pattern, PolicyFile,
    RoleDecl, RoleItem, Statement, TypeDecl, TypeExprKind, TypePart,
};

fn types(file: &PolicyFile) -> Vec<&TypeDecl> {
    file.items.iter().filter_map(|item| if let Item::Type(decl) = item { Some(decl) } else { None }).collect()
}

fn roles(file: &PolicyFile) -> Vec<&RoleDecl> {
    file.items.iter().filter_map(|item| if let Item::Role(decl) = item { Some(decl) } else { None }).collect()
}

fn rules(file: &PolicyFile) -> Vec<&Statement> {
    file.items.iter().filter_map(|item| if let Item::Rule(decl) = item { Some(decl) } else { None }).collect()
}

fn doc(doc: &Doc) -> Option<&str> {
    doc.as_ref().map(|doc| doc.value.as_str())
}

fn pattern(pattern: &Pattern) -> String {
    let types = match &pattern.types {
        TypePart::Any => "*",
        TypePart::One(name) => name,
    };
    match &pattern.actions {
        ActionPart::Any => format!("{types}.*"),
        ActionPart::These(names) => {
            format!("{types}.{{{}}}", names.iter().map(|name| name.value.as_str()).collect::<Vec<_>>().join(","))
        }
    }
}

fn patterns(patterns: &[Pattern]) -> String {
    patterns.iter().map(pattern).collect::<Vec<_>>().join(" ")
}

/// A condition with every grouping shown.
fn shape(expr: &Expr) -> String {
    let join = |parts: &[Expr], word: &str| format!("({})", parts.iter().map(shape).collect::<Vec<_>>().join(word));
    match &expr.kind {
        ExprKind::Or(parts) => join(parts, " or "),
        ExprKind::And(parts) => join(parts, " and "),
        ExprKind::Not(inner) => format!("not {}", shape(inner)),
        ExprKind::Compare { op, left, right } => format!("({} {} {})", shape(left), op.as_str(), shape(right)),
        ExprKind::Is { entity, type_name } => format!("({} is {})", shape(entity), type_name.value),
        ExprKind::Has { subject, role, on } => {
            let role = match role {
                HasRole::Any => String::from("any role"),
                HasRole::Role(role) => role.text(),
            };
            format!("({} has {role} on {})", shape(subject), shape(on))
        }
        ExprKind::Path(names) => names.iter().map(|name| name.value.as_str()).collect::<Vec<_>>().join("."),
        ExprKind::Size(of) => format!("size({})", shape(of)),
        ExprKind::Literal(literal) => value(literal),
        ExprKind::Broken => String::from("?"),
    }
}

fn value(literal: &LiteralKind) -> String {
    match literal {
        LiteralKind::Bool(value) => value.to_string(),
        LiteralKind::Int(value) => value.to_string(),
        LiteralKind::String(value) => format!("{value:?}"),
        LiteralKind::Raw(value) => format!("raw {value}"),
        LiteralKind::Duration(value) => format!("{value}ms"),
        LiteralKind::List(values) => {
            format!("[{}]", values.iter().map(|value_| value(&value_.value)).collect::<Vec<_>>().join(", "))
        }
    }
}

fn condition(text: &str) -> String {
    let file = tree(&format!("allow a.b when {text}"));
    rules(&file).first().and_then(|rule| rule.when.as_ref()).map(shape).expect("there is a condition")
}

#[test]
fn the_example_of_the_language_page_holds_no_mistake() {
    let file = tree(ACME);
    assert_eq!(file.package.as_ref().map(|name| name.value.as_str()), Some("acme"));
    let kinds = (types(&file).len(), roles(&file).len(), rules(&file).len(), file.items.len());
    assert_eq!(kinds, (6, 6, 4, 20));
    let acme = types(&file);
    let project = acme.iter().find(|decl| decl.name.value == "project").expect("there is a project");
    assert_eq!(
        project.parents.iter().map(|parent| parent.cardinality).collect::<Vec<_>>(),
        [Cardinality::One, Cardinality::Many]
    );
    assert_eq!(
        project.settings.iter().map(|setting| setting.merge.value).collect::<Vec<_>>(),
        [MergeWord::Narrows, MergeWord::Overrides, MergeWord::AtMost]
    );
    let team = acme.iter().find(|decl| decl.name.value == "team").expect("there is a team");
    assert_eq!(doc(&team.doc), Some("A group of people and the things they own."));
}

/// Reading part by part, as around a mistake, comes to the same tree as the grammar alone: whatever stands before it,
/// behind it, and however the text is laid out.
#[test]
fn a_mistake_elsewhere_changes_nothing() {
    let bare: String =
        ACME.lines().map(|line| line.split(" # ").next().unwrap_or("").trim()).collect::<Vec<_>>().join("\n");
    let line = bare.replace("## A group of people and the things they own.", "").replace('\n', " ");
    for text in [ACME, &bare, &ACME.replace('\n', "\r\n"), &line] {
        let expected = tree(text).items;
        for broken in
            [format!("{text}\n}}"), format!("foo\n{text}"), format!("{text}\nallow a.b wehn x"), format!("; {text}")]
        {
            let (sources, parsed) = read(&broken);
            assert_eq!(parsed.diagnostics.len(), 1, "{broken}\n{}", told(&sources, &parsed.diagnostics));
            let items: Vec<_> = parsed.tree.items.into_iter().take(expected.len()).collect();
            assert_eq!(items, expected);
        }
    }
}

#[test]
fn a_byte_order_mark_is_skipped_and_places_stay_right() {
    let (sources, parsed) = read("\u{feff}type a\r\ntype b {\r\n  x: \r\n}");
    assert_eq!(types(&parsed.tree).iter().map(|decl| sources.slice(decl.name.span)).collect::<Vec<_>>(), ["a", "b"]);
    let finding = parsed.diagnostics.first().and_then(crate::diagnostics::Diagnostic::span).expect("a type is missing");
    assert_eq!(sources.slice(finding), ":");
}

#[test]
fn every_clause_of_a_type() {
    let file = tree(
        "type t in a, b?, c* acts as owner {\n\
         x: \"a\" | \"b\"? = \"a\"  y: set<user?> = [\"user:a\", \"user:b\"]  z: u  settings: bool  policy: int = -3\n\
         setting s: int at least within r  setting l: string locks  setting w: set<int> widens\n\
         actions delete, create, allow, when\n unique x, y unique z\n\
         create by a.b, c.create delete by t.delete set by t.set move by t.move link by t.link\n\
         custom roles by a.b }",
    );
    let decl = types(&file)[0].clone();
    assert_eq!(
        decl.parents.iter().map(|parent| parent.cardinality).collect::<Vec<_>>(),
        [Cardinality::One, Cardinality::Optional, Cardinality::Many]
    );
    assert_eq!(decl.acts_as.as_ref().map(|name| name.value.as_str()), Some("owner"));
    let attributes: Vec<_> = decl.attributes.iter().map(|attribute| attribute.name.value.as_str()).collect();
    assert_eq!(attributes, ["x", "y", "z", "settings", "policy"]);
    assert!(
        decl.attributes[0].ty.optional
            && matches!(&decl.attributes[0].ty.kind.value, TypeExprKind::Enum(words) if words.len() == 2)
    );
    assert!(matches!(&decl.attributes[1].ty.kind.value, TypeExprKind::Set(inner) if inner.optional));
    let defaults: Vec<_> =
        decl.attributes.iter().flat_map(|a| &a.default).map(|default| value(&default.value)).collect();
    assert_eq!(defaults, ["\"a\"", "[\"user:a\", \"user:b\"]", "-3"]);
    assert_eq!(
        decl.settings.iter().map(|setting| setting.merge.value).collect::<Vec<_>>(),
        [MergeWord::AtLeast, MergeWord::Locks, MergeWord::Widens]
    );
    assert_eq!(decl.settings[0].within.as_ref().map(|name| name.value.as_str()), Some("r"));
    assert_eq!(
        decl.actions.iter().map(|action| action.name.value.as_str()).collect::<Vec<_>>(),
        ["delete", "create", "allow", "when"]
    );
    assert_eq!(decl.unique.len(), 3);
    assert_eq!(decl.changes.iter().map(|change| change.kind.value).collect::<Vec<_>>(), ChangeKind::ALL);
    assert_eq!(decl.changes[0].by.len(), 2);
}

#[test]
fn every_clause_of_a_role() {
    let file = tree(
        "open when a.b role t.r extends t.a, t.b requires o.m assigned freely by o.x, o.y when scope.x {\n\
         allow * deny *.view, run.*, run.{a, delete} within p to user, policy when x unless y because \"no\"\n\
         implies u.a, u.b when resource.x without run.x, *.* }\n\
         custom role t.c in organization:acme/eu extends t.r\n\
         custom role t.d in organization:\"acme,(eu)\" extends t.r {}\nopen role t.e assigned by t.x",
    );
    let roles = roles(&file);
    let role = roles[0];
    assert!(matches!(&role.open, Open::When(when) if shape(when) == "a.b"));
    assert_eq!((role.extends.len(), role.requires.len(), role.body.len()), (2, 1, 4));
    assert!(role.assigned_by.as_ref().is_some_and(|by| by.freely && by.permissions.len() == 2));
    assert_eq!(role.when.as_ref().map(shape).as_deref(), Some("scope.x"));
    let [RoleItem::Statement(allow), RoleItem::Statement(deny), RoleItem::Implies(implies), RoleItem::Without(without)] =
        role.body.as_slice()
    else {
        panic!("{:?}", role.body)
    };
    assert_eq!(patterns(&allow.patterns), "*.*");
    assert_eq!(patterns(&deny.patterns), "*.{view} run.* run.{a,delete}");
    assert_eq!(deny.within.as_ref().map(|name| name.value.as_str()), Some("p"));
    assert_eq!(deny.to.iter().map(|name| name.value.as_str()).collect::<Vec<_>>(), ["user", "policy"]);
    assert_eq!((deny.when.as_ref().map(shape), deny.unless.as_ref().map(shape)), (Some("x".into()), Some("y".into())));
    assert_eq!(deny.because.as_ref().map(|because| because.value.as_str()), Some("no"));
    assert_eq!((implies.roles.len(), implies.when.is_some()), (2, true));
    assert_eq!(patterns(without), "run.{x} *.*");
    let organization = |at: usize| roles[at].organization.as_ref().map(|entity| entity.id.value.as_str());
    assert_eq!((organization(1), organization(2)), (Some("acme/eu"), Some("acme,(eu)")));
    assert!(roles[1].custom && matches!(roles[3].open, Open::Always) && !roles[3].assigned_by.as_ref().unwrap().freely);
}

#[test]
fn policies_contexts_imports_and_assertions() {
    let file = tree(
        "import \"../a\" import \"b\"\ncontext { a: bool, b: int? c: string = \"x\", }\n\
         policy gpu { a = [1, -2, [true]] b = 30d c = 2h d = 5m e = 10s f = \"\\\"\\\\\\n\\t\\u{1F600}\" allow a.b deny a.b }\n\
         assert a.b, c.d can *.x when y\nassert a.b cannot run.{c, d}\nassert only a.b can x.y, z.*",
    );
    assert_eq!(file.imports.iter().map(|import| import.path.value.as_str()).collect::<Vec<_>>(), ["../a", "b"]);
    let [Item::Context(context), Item::Policy(policy), Item::Assert(can), Item::Assert(cannot), Item::Assert(only)] =
        file.items.as_slice()
    else {
        panic!("{:?}", file.items)
    };
    assert_eq!(context.fields.len(), 3);
    let values: Vec<_> = policy.settings.iter().map(|setting| value(&setting.value.value)).collect();
    assert_eq!(values, ["[1, -2, [true]]", "2592000000ms", "7200000ms", "300000ms", "10000ms", "\"\\\"\\\\\\n\\t😀\""]);
    assert_eq!(policy.rules.len(), 2);
    assert!(matches!(&can.kind, AssertKind::Can { roles, cannot: false, when: Some(_), .. } if roles.len() == 2));
    assert!(matches!(&cannot.kind, AssertKind::Can { cannot: true, when: None, .. }));
    assert!(matches!(&only.kind, AssertKind::Only { patterns: read, .. } if patterns(read) == "x.{y} z.*"));
}

#[test]
fn precedence() {
    let cases = [
        ("a or b and not c == d", "(a or (b and not (c == d)))"),
        ("a and b or c and d or e", "((a and b) or (c and d) or e)"),
        ("not a in b", "not (a in b)"),
        ("not not a.b", "not not a.b"),
        ("(a or b) and c", "((a or b) and c)"),
        ("(a or b) or c", "((a or b) or c)"),
        ("a.b.c != \"x\" and size(d) >= 3", "((a.b.c != \"x\") and (size(d) >= 3))"),
        ("x is t and x.a < 1", "((x is t) and (x.a < 1))"),
        ("subject has team.member on team and y", "((subject has team.member on team) and y)"),
        ("subject has any role on team.x", "(subject has any role on team.x)"),
        ("a subset of b or a starts with \"x\"", "((a subset of b) or (a starts with \"x\"))"),
        ("a ends with b and a like \"*\"", "((a ends with b) and (a like \"*\"))"),
        ("a contains b and a overlaps [1, 2]", "((a contains b) and (a overlaps [1, 2]))"),
        ("a <= -3 and b > 5m", "((a <= -3) and (b > 300000ms))"),
        ("(a) == (b)", "(a == b)"),
        ("policy.settings.size", "policy.settings.size"),
        ("size and at and of and with and any_x", "(size and at and of and with and any_x)"),
        ("a#comment\nand#\"\n\"#\"==b", "(a and (\"#\" == b))"),
    ];
    for (text, expected) in cases {
        assert_eq!(condition(text), expected, "in {text}");
    }
}

#[test]
fn comments_document_what_follows_them() {
    let file = tree(
        "## File\npackage p\n\n## Type,\n##  two lines\n# plain\n\ntype t { # plain\n  ## Attribute\n  x: bool ## plain\n  \
         y: bool\n  ## Setting\n  setting s: int at most\n  ## First\n  actions a,\n  ## Second\n  b, c\n}\n### plain\n\
         role t.r { \n## Statement\nallow * }\n## Role\nopen role t.q\n## Rule\ndeny *\n## Context\ncontext { \n## Field\nf: bool }\n\
         ## Policy\npolicy q { s = \"## text\" }\n## Assertion\nassert t.r can t.a\n## Last",
    );
    let decl = types(&file)[0].clone();
    assert_eq!(doc(&decl.doc), Some("Type,\n two lines"));
    assert_eq!(decl.attributes.iter().map(|a| doc(&a.doc)).collect::<Vec<_>>(), [Some("Attribute"), None]);
    assert_eq!(decl.settings.iter().map(|s| doc(&s.doc)).collect::<Vec<_>>(), [Some("Setting")]);
    assert_eq!(decl.actions.iter().map(|a| doc(&a.doc)).collect::<Vec<_>>(), [Some("First"), Some("Second"), None]);
    assert_eq!(roles(&file).iter().map(|r| doc(&r.doc)).collect::<Vec<_>>(), [None, Some("Role")]);
    assert!(matches!(&roles(&file)[0].body[0], RoleItem::Statement(rule) if doc(&rule.doc) == Some("Statement")));
    assert_eq!(doc(&rules(&file)[0].doc), Some("Rule"));
    for item in &file.items {
        match item {
            Item::Context(context) => {
                assert_eq!((doc(&context.doc), doc(&context.fields[0].doc)), (Some("Context"), Some("Field")));
            }
            Item::Policy(policy) => assert_eq!(doc(&policy.doc), Some("Policy")),
            Item::Assert(claim) => assert_eq!(doc(&claim.doc), Some("Assertion")),
            _ => {}
        }
    }
}

#[test]
fn places_end_with_the_last_word() {
    let text = "allow run.* # c\n  when ( a and b ) # d\n\n# e\nassert a.b can c.d # f\n";
    let (sources, parsed) = read(text);
    let file = parsed.tree;
    let rule = rules(&file)[0];
    assert_eq!(sources.slice(rule.patterns[0].span()), "run.*");
    assert_eq!(rule.when.as_ref().map(|when| sources.slice(when.span())), Some("( a and b )"));
    assert!(matches!(&file.items[1], Item::Assert(claim) if sources.slice(claim.text.span) == "assert a.b can c.d"));
}

#[test]
fn fragments_and_files_agree() {
    let text = "a.b in [1] or not x is t";
    let parsed = fragment::expression(text, &|start, end| Span::new(FileId(0), start, end));
    assert_eq!(parsed.tree.as_ref().map(shape), Some(condition(text)));
}
