//! Permission tables: what a cell says for every way that a role can come by a permission.

mod written;

use rolebook::Engine;
use rolebook::analysis::{Matrix, RoleGrant};
use rolebook::schema::RawValue;
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

/// Entities of all types, each with what contains it.
const ENTITIES: &[(&str, &[&str])] = &[
    ("organization:free", &[]),
    ("organization:paid", &[]),
    ("team:first", &["organization:free"]),
    ("team:other", &["organization:paid"]),
    ("project:loose", &["organization:free"]),
    ("project:shared", &["organization:free", "team:first"]),
    ("project:paid", &["organization:paid", "team:other"]),
    ("run:one", &["organization:free", "project:loose"]),
    ("run:two", &["organization:free", "team:first", "project:shared"]),
    ("run:three", &["organization:free", "team:first", "project:shared"]),
    ("run:four", &["organization:paid", "team:other", "project:paid"]),
];

/// A directory with these entities, in which `user:u` holds one role on one of them.
fn directory(role: &str, scope: &str) -> String {
    let mut text = String::from("rolebook: 1\nkind: directory\nuser:u: {}\nuser:v: {}\n");
    for (entity, fields) in [
        ("organization:free", ""),
        ("organization:paid", "plan: enterprise"),
        ("team:first", "in: organization:free, default: true"),
        ("team:other", "in: organization:paid"),
        ("project:loose", "in: organization:free"),
        ("project:shared", "in: [organization:free, team:first], shared: true"),
        ("project:paid", "in: [organization:paid, team:other]"),
        ("run:one", "in: project:loose, created_by: user:u, kind: x"),
        ("run:two", "in: project:shared, created_by: user:v, kind: b"),
        ("run:three", "in: project:shared, created_by: user:u"),
        ("run:four", "in: project:paid, created_by: user:v, kind: y"),
    ] {
        let roles = if entity == scope { format!("roles: {{ {role}: user:u }}") } else { String::new() };
        let comma = if fields.is_empty() || roles.is_empty() { "" } else { ", " };
        text.push_str(&format!("{entity}: {{ {fields}{comma}{roles} }}\n"));
    }
    text
}

/// The same policy said by its table: each role with one allow a cell, and the rules beside it.
fn from_table(text: &str) -> String {
    let state = engine(text).state();
    let policy = state.snapshot().policy();
    let schema = policy.schema();
    let (roles, permissions): (Vec<_>, Vec<_>) = (schema.roles.ids().collect(), schema.permissions.ids().collect());
    let matrix = Matrix::new(policy, &roles, &permissions).expect("a table");
    let mut flat = String::new();
    for (column, &role) in roles.iter().enumerate() {
        flat.push_str(&format!("role {} {{\n", schema.role_name(role)));
        for row in &matrix.rows {
            let permission = schema.permission_name(row.permission);
            match &row.cells[column].grant {
                RoleGrant::Yes => flat.push_str(&format!("allow {permission}\n")),
                RoleGrant::When(expr) => flat.push_str(&format!("allow {permission} when {expr}\n")),
                RoleGrant::No => {}
            }
        }
        flat.push_str("}\n");
    }
    for rule in matrix.rules.iter().filter(|rule| rule.policy.is_none()) {
        flat.push_str(&format!("{}\n", rule.text));
    }
    flat
}

/// What `user:u` may do, on and below the entity that the role is held on, in all circumstances.
fn decisions(text: &str, role: &str, scope: &str) -> Vec<String> {
    let policy = format!("{TYPES}{text}");
    let (_, name) = role.split_once('.').expect("a role");
    let engine = Engine::from_strings(&[("policy.rolebook", &policy)], &[("directory.yaml", &directory(name, scope))])
        .unwrap_or_else(|error| panic!("{error}\n{text}"));
    let mut allowed = Vec::new();
    for (resource, _) in ENTITIES.iter().filter(|(entity, above)| *entity == scope || above.contains(&scope)) {
        for mfa in ["true", "false"] {
            let mut query = rolebook::engine::query("user:u", "", resource);
            query.context.push((String::from("mfa"), RawValue::Plain(String::from(mfa))));
            for (action, decision) in engine.actions(&query).expect("decisions") {
                allowed.push(format!("{action} {resource} mfa={mfa}: {}", decision.allowed));
            }
        }
    }
    allowed
}

#[test]
fn the_table_says_what_is_decided() {
    let mut compared = 0;
    for (what, text, _) in CASES {
        let flat = from_table(text);
        let state = engine(text).state();
        let schema = state.snapshot().policy().schema();
        for role in schema.roles.ids() {
            let name = schema.role_name(role);
            let (ty, _) = name.split_once('.').expect("a role");
            for (scope, _) in ENTITIES.iter().filter(|(entity, _)| entity.starts_with(&format!("{ty}:"))) {
                let decided = decisions(text, &name, scope);
                assert_eq!(decisions(&flat, &name, scope), decided, "{what}: {name} on {scope}\n{flat}");
                compared += decided.iter().filter(|line| line.ends_with("true")).count();
            }
        }
    }
    assert!(compared > 120, "only {compared} decisions allowed anything");
}

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
deny *.view when not context.mfa
",
    ),
    (
        "rules are shown as they are written, whatever their patterns come to",
        "deny run.*, team.delete when context.mfa
         deny * when context.mfa and subject is team
         allow run.{view, delete}, organization.manage when resource is run",
        "deny run.*, team.delete when context.mfa
deny * when context.mfa and subject is team
allow run.{view, delete}, organization.manage when resource is run
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
fn both_forms_of_policy_give_one_table() {
    let text = "type user
        type run {
          kind: string?
          actions view
        }
        role run.a { allow run.view when resource.kind == \"it's \\\"a\\\"\"
          and   # not all of them
          (resource.kind != \"b\") }";
    let data = r#"
rolebook: 1
types:
  user:
  run: { attributes: { kind: string? }, actions: [view] }
roles:
  run.a:
    allow:
      - permissions: run.view
        when: 'resource.kind == "it''s \"a\""
          and resource.kind != "b"'
"#
    .replace("\\\\", "\\");
    let cell = |name: &str, text: &str| {
        let engine = Engine::from_strings(&[(name, text)], &[]).unwrap_or_else(|error| panic!("{error}"));
        let state = engine.state();
        let policy = state.snapshot().policy();
        let (roles, permissions): (Vec<_>, Vec<_>) =
            (policy.schema().roles.ids().collect(), policy.schema().permissions.ids().collect());
        in_words(&Matrix::new(policy, &roles, &permissions).expect("a table").rows[0].cells[0].grant)
    };
    let expected = "resource.kind == \"it's \\\"a\\\"\" and resource.kind != \"b\"";
    assert_eq!(cell("policy.rolebook", text), expected);
    assert_eq!(cell("policy.yaml", &data), expected);
}

#[test]
fn implications_that_branch_without_end_are_refused() {
    let mut text = String::from("type user\ntype t0 { actions view }\n");
    for at in 1..14 {
        text.push_str(&format!("type t{at} in t{} {{ a: bool = true\n b: bool = true\n actions view }}\n", at - 1));
    }
    for at in 0..13 {
        let next = at + 1;
        text.push_str(&format!(
            "role t{at}.x {{ implies t{next}.x when resource.a\n implies t{next}.y when resource.b }}\n"
        ));
        text.push_str(&format!(
            "role t{at}.y {{ implies t{next}.x when resource.a\n implies t{next}.y when resource.b }}\n"
        ));
    }
    text.push_str("role t13.x { allow t13.view }\nrole t13.y { allow t13.view }\n");
    let engine = Engine::from_strings(&[("policy.rolebook", &text)], &[]).unwrap_or_else(|error| panic!("{error}"));
    let state = engine.state();
    let policy = state.snapshot().policy();
    let permissions: Vec<_> = policy.schema().permissions.ids().collect();
    let column = |name: &str| {
        let role = policy.schema().roles.ids().find(|&role| policy.schema().role_name(role) == name).expect("the role");
        Matrix::new(policy, &[role], &permissions)
            .map(|matrix| in_words(&matrix.rows.last().expect("rows").cells[0].grant))
    };
    assert_eq!(column("t13.x").as_deref(), Ok("yes"));
    assert_eq!(column("t12.x").as_deref(), Ok("resource.a or resource.b"));
    assert!(column("t11.y").is_ok());
    assert_eq!(column("t0.x").map_err(|problem| problem.limit), Err(1_000));
}
