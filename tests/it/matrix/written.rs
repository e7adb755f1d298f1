//! Tables that are written: what their conditions are held against, and how they stand in documents and on paper.

use super::{engine, read};
use rolebook::analysis::{Matrix, equivalent};

#[test]
fn a_written_condition_may_take_in_the_rules_beside_the_table() {
    let state = engine(
        "role team.a { allow team.delete  allow run.view when resource.kind == \"x\" }
         deny team.delete when resource.default
         deny team.delete when context.mfa
         allow team.view when resource.default
         allow run.view when context.mfa",
    )
    .state();
    let policy = state.snapshot().policy();
    let (roles, permissions): (Vec<_>, Vec<_>) =
        (policy.schema().roles.ids().collect(), policy.schema().permissions.ids().collect());
    let matrix = Matrix::new(policy, &roles, &permissions).expect("a table");
    let agrees = |permission: &str, written: &str| {
        let row = matrix.rows.iter().find(|row| policy.schema().permission_name(row.permission) == permission);
        let row = row.expect("the row");
        row.agrees(&row.cells[0], &read(written))
    };
    for (permission, written) in [
        ("team.delete", "not resource.default and not context.mfa"),
        ("team.delete", "not resource.default"),
        ("team.delete", "not context.mfa"),
        ("team.view", "resource.default"),
        ("run.view", "resource.kind == \"x\""),
        ("run.view", "resource.kind == \"x\" or context.mfa"),
    ] {
        assert!(agrees(permission, written), "{permission}: {written}");
    }
    for (permission, written) in [
        ("team.delete", "resource.default"),
        ("team.delete", "not resource.default and resource.name == \"x\""),
        ("team.view", "not resource.default"),
        ("team.view", "context.mfa"),
        ("run.view", "context.mfa"),
        ("run.view", "resource.kind == \"y\""),
        ("run.delete", "context.mfa"),
        ("organization.manage", "false"),
    ] {
        assert!(!agrees(permission, written), "{permission}: {written}");
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
        ("a.b == c.d", "c.d == a.b"),
        ("a.b != c.d", "not c.d == a.b"),
        ("a < b and c >= d", "d <= c and b > a"),
        ("a in b", "b contains a"),
        ("a overlaps b", "b overlaps a"),
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
        ("a < b", "not a >= b"),
        ("a in b", "b in a"),
        ("a subset of b", "b subset of a"),
        ("a starts with b", "b starts with a"),
        ("a == b", "not b == a"),
        ("x has team.a on y", "x has team.b on y"),
        ("a.b or not a.b", "c.d"),
    ];
    for (one, other) in different {
        assert!(!equivalent(&read(one), &read(other)), "{one} / {other}");
    }
}

#[test]
#[cfg(unix)]
fn of_several_documents_all_are_written_or_none() {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt;
    use std::process::Command;

    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    fs::write(path("p.rolebook"), "type team { actions view }\nrole team.member { allow team.view }")
        .expect("a policy");
    let table = "<!-- rolebook: matrix -->\n| x | team.member |\n| - | - |\n| team.view | no |\n";
    for name in ["a.md", "b.md"] {
        fs::write(path(name), table).expect("a document");
    }
    let write = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rolebook"));
        let command = command.args(["matrix", "--write", "a.md", "b.md"]).current_dir(folder.path());
        command.output().expect("the command runs").status.code()
    };
    let read = |name: &str| fs::read_to_string(path(name)).expect("a document");
    fs::set_permissions(path("b.md"), Permissions::from_mode(0o444)).expect("permissions");
    assert_eq!(write(), Some(2));
    assert_eq!([read("a.md"), read("b.md")], [table, table]);
    fs::set_permissions(path("b.md"), Permissions::from_mode(0o644)).expect("permissions");
    assert_eq!(write(), Some(0));
    let written = table.replace("no |", "yes |");
    assert_eq!([read("a.md"), read("b.md")], [written.as_str(), &written]);
}

/// On paper each role stands in one table that has room, and each of these tables has all rows.
#[test]
fn a_table_wider_than_paper_is_printed_as_several() {
    use std::process::Command;

    let folder = tempfile::tempdir().expect("a folder");
    let page = |roles: usize| {
        let roles: String =
            (0..roles).map(|number| format!("role team.number_{number} {{ allow team.view }}\n")).collect();
        let text = format!("type team {{\n  ## Looks.\n  actions view, edit\n}}\n{roles}");
        std::fs::write(folder.path().join("p.rolebook"), text).expect("a policy");
        let mut command = Command::new(env!("CARGO_BIN_EXE_rolebook"));
        let output = command.args(["matrix", "--format", "html"]).current_dir(folder.path()).output();
        String::from_utf8(output.expect("the command runs").stdout).expect("UTF-8")
    };
    let few = page(8);
    assert!(few.contains("<table>") && !few.contains("<table class"), "{few}");
    let many = page(60);
    let tables: Vec<&str> = many.split("<table").skip(1).collect();
    let (whole, parts) = tables.split_first().expect("a table");
    assert!(whole.starts_with(" class=\"wide\">") && parts.len() > 3, "{}", parts.len());
    assert_eq!(whole.matches("<th scope=\"col\" class=\"role\"").count(), 60);
    for role in 0..60 {
        let head = format!("team.<wbr>number_{role}<");
        assert_eq!(parts.iter().filter(|part| part.contains(&head)).count(), 1, "{role}");
    }
    for part in parts {
        assert!(part.starts_with(" class=\"part\">"), "{part}");
        assert_eq!(part.matches("<th scope=\"row\">").count(), 2, "{part}");
    }
    assert_eq!(parts.iter().filter(|part| part.contains("Looks.")).count(), 1);
}
