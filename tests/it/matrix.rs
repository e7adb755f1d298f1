//! Permission tables: what a cell says for every way that a role can come by a permission.

use rolebook::Engine;
use rolebook::analysis::{Matrix, RoleGrant, equivalent};
use rolebook::source::{FileId, Span};
use rolebook::syntax::ast::Expr;
use rolebook::syntax::dsl::fragment;

const TYPES: &str = r#"
    type user
    type organization {
      plan: "free" | "enterprise" = "free"
      actions manage
    }
    type team in organization {
      default: bool = false
      actions view, delete
    }
    type project in organization, team* {
      shared: bool = false
      actions view
    }
    type run in project {
      created_by: user
      kind: string?
      actions view, delete
    }
    context { mfa: bool = false }
"#;

/// A line a permission that any role says anything of, a column a role; then the rules beside the table.
fn table(text: &str) -> String {
    let state = engine(text).state();
    let policy = state.snapshot().policy();
    let schema = policy.schema();
    let roles: Vec<_> = schema.roles.ids().collect();
    let permissions: Vec<_> = schema.permissions.ids().collect();
    let matrix = Matrix::new(policy, &roles, &permissions).expect("a table");
    let mut shown = String::new();
    for row in &matrix.rows {
        let cells: Vec<String> = row.cells.iter().map(|cell| in_words(&cell.grant)).collect();
        if cells.iter().any(|cell| cell != "no") {
            shown.push_str(&format!("{}: {}\n", schema.permission_name(row.permission), cells.join(" | ")));
        }
    }
    for rule in &matrix.rules {
        shown.push_str(&format!("{}\n", rule.text));
    }
    shown
}

fn engine(text: &str) -> Engine {
    Engine::from_strings(&[("policy.rolebook", &format!("{TYPES}{text}"))], &[]).expect("a policy without errors")
}

fn in_words(grant: &RoleGrant) -> String {
    match grant {
        RoleGrant::Yes => String::from("yes"),
        RoleGrant::No => String::from("no"),
        RoleGrant::When(expr) => {
            let text = expr.to_string();
            assert_eq!(read(&text), *expr, "`{text}` reads back as another condition");
            text
        }
    }
}

fn read(text: &str) -> Expr {
    let parsed = fragment::expression(text, &|start, end| Span::new(FileId(0), start, end));
    parsed.tree.unwrap_or_else(|| panic!("{text}: {:?}", parsed.diagnostics))
}

/// Each policy with its table.
const CASES: &[(&str, &str, &str)] = &[
    (
        "grants of the role's own and inherited ones; `without` takes away what is inherited",
        "role team.viewer { allow *.view }
         role team.member extends team.viewer { without project.view  allow run.delete }",
        "team.view: yes | yes
project.view: yes | no
run.view: yes | yes
run.delete: no | yes
",
    ),
    (
        "conditions as written, on one line and without comments, in an order that no declaration decides",
        "role team.member {
           allow run.delete when resource.kind   ==
             \"b\"  # the second kind
           allow run.delete when resource.created_by == subject
           allow run.delete unless not (resource.kind != \"a\")
         }",
        "run.delete: resource.created_by == subject or resource.kind != \"a\" or resource.kind == \"b\"\n",
    ),
    (
        "an unconditional allow makes all others superfluous, and so does a weaker one",
        "role team.a { allow run.view  allow run.view when context.mfa }
         role team.b { allow run.view when context.mfa  allow run.view when context.mfa unless subject is team }
         role team.c { allow run.view when context.mfa  allow run.view when context.mfa }",
        "run.view: yes | context.mfa | context.mfa\n",
    ),
    (
        "denies take away: with a condition in part, without one altogether",
        "role team.a { allow run.view  deny run.view when context.mfa }
         role team.b { allow run.view  deny run.view }
         role team.c { allow run.view when resource.kind == \"x\"  deny run.view when context.mfa  deny run.view unless resource.created_by == subject }
         role team.d { allow run.view when context.mfa  deny run.view when context.mfa }
         role team.e { allow run.view  deny run.view unless context.mfa }",
        "run.view: not context.mfa | no | resource.kind == \"x\" and not (context.mfa or not (resource.created_by == subject)) | no | context.mfa\n",
    ),
    (
        "`or` stands in parentheses where `and` follows",
        "role team.a { allow run.view when context.mfa or resource.kind == \"x\"  deny run.view when resource.kind == \"y\" }
         role team.b { allow run.view when resource.kind == \"x\" and context.mfa  allow run.view when resource.created_by == subject }",
        "run.view: (context.mfa or resource.kind == \"x\") and not (resource.kind == \"y\") | resource.created_by == subject or resource.kind == \"x\" and context.mfa\n",
    ),
    (
        "a role's `when`, inherited ones too, is part of all its cells; a custom role carries `open when`",
        "role team.a when subject is user { allow team.view  allow run.view when context.mfa  allow run.view when resource.kind == \"x\" }
         open when organization.plan == \"enterprise\" role team.b extends team.a when scope.default { deny run.view }
         custom role team.c extends team.b { allow run.delete }",
        "team.view: subject is user | scope.default and subject is user | organization.plan == \"enterprise\" and scope.default and subject is user
run.view: subject is user and (context.mfa or resource.kind == \"x\") | no | no
run.delete: no | no | organization.plan == \"enterprise\" and scope.default and subject is user
",
    ),
    (
        "`within` and `to` in the words of conditions; `within` is left out where it always holds",
        "role organization.a {
           allow run.view within team
           allow run.delete within project to user
           allow project.view within team to user, team when context.mfa
           allow team.view when true
           allow team.delete when false
         }",
        "team.view: yes
project.view: resource.team and (subject is user or subject is team) and context.mfa
run.view: resource.team
run.delete: subject is user
",
    ),
    (
        "implied roles: their grants and denies, where the implication and their own `when` hold",
        "role team.a { allow team.view, run.view  deny run.delete }
         role team.b when scope.default { allow team.delete }
         role organization.c { allow run.delete  implies team.a  implies team.b when resource.default and scope.plan == \"free\" }",
        "team.view: yes | no | yes
team.delete: no | scope.default | resource.default and scope.plan == \"free\" and team.default
run.view: yes | no | resource.team
run.delete: no | no | not resource.team
",
    ),
    (
        "what is implied by what is implied; the entity that a condition meant keeps its name",
        "role run.a { allow run.view }
         role project.b { implies run.a when resource.kind == \"x\" and scope.shared }
         role team.c { implies project.b when scope.default and resource.shared }",
        "run.view: yes | resource.kind == \"x\" and scope.shared | scope.default and project.shared and resource.kind == \"x\"\n",
    ),
    (
        "rules without condition speak in every column; others stand beside the table",
        "role team.a { allow team.view, run.view, run.delete }
         role organization.b when scope.plan == \"free\" { deny project.view }
         allow project.view
         deny run.delete within project
         deny team.* when resource.default because \"The default team stays.\"
         allow run.view to user, team within organization unless context.mfa
         deny run.* when false
         policy strict { deny *.view when not context.mfa }",
        "team.view: yes | no
project.view: yes | not (scope.plan == \"free\")
run.view: yes | no
deny team.* when resource.default
allow run.view within organization to user, team unless context.mfa
deny team.view, project.view, run.view when not context.mfa
",
    ),
];

#[test]
fn cells() {
    for (what, text, expected) in CASES {
        assert_eq!(table(text), *expected, "{what}");
    }
}

#[test]
fn conditions_are_the_same_whatever_their_order_and_parentheses() {
    let same = [
        ("a.b and c.d", "(c.d) and a.b"),
        ("a.b or a.b", "a.b"),
        ("a.b and (c.d or e.f)", "a.b and c.d or a.b and e.f"),
        ("not (a.b or c.d)", "not a.b and not c.d"),
        ("not not a == 1", "a == 1"),
        ("a in b", "  a   in\n b # comment"),
    ];
    for (one, other) in same {
        assert!(equivalent(&read(one), &read(other)), "{one} / {other}");
    }
    let different = [
        ("a.b", "c.d"),
        ("a.b", "not a.b"),
        ("a.b and c.d", "a.b or c.d"),
        ("a == 1", "a == 2"),
        ("a == 1", "a != 1"),
        ("a < b", "b < a"),
        ("x has team.a on y", "x has team.b on y"),
        ("a.b or not a.b", "c.d"),
    ];
    for (one, other) in different {
        assert!(!equivalent(&read(one), &read(other)), "{one} / {other}");
    }
}
