//! What a field, a head and a marker are read as.

use super::found;

/// One table of one cell.
fn cell(head: &str, row: &str, field: &str) -> String {
    found(&format!("<!-- rolebook: matrix -->\n| what | {head} |\n| --- | --- |\n| {row} | {field} |\n"))
}

#[test]
fn yes_and_no_in_every_spelling() {
    for yes in
        ["✅", "X", "x", "yes", "Yes", "YES", "✔️", "✔", "✓", "**yes**", ":white_check_mark:", "✅[^1]", "X [^a] [^b]"]
    {
        assert_eq!(cell("team.viewer", "run.view", yes), "", "{yes}");
        let differs = "4:16 `team.viewer` and `run.delete`: the table says yes, the policy says no\n";
        assert_eq!(cell("team.viewer", "run.delete", yes), differs, "{yes}");
    }
    for no in ["❌", "", "no", "No", "-", "–", "✗", ":x:", "<!-- not yet -->", "[^1]", "❌[^1]"] {
        assert_eq!(cell("team.viewer", "run.delete", no), "", "{no}");
        let told = cell("team.viewer", "run.view", no);
        assert!(
            told.ends_with("`team.viewer` and `run.view`: the table says no, the policy says yes\n"),
            "{no}: {told}"
        );
    }
}

#[test]
fn what_is_neither_is_told() {
    let fault = "the field says neither yes nor no, and is no condition\n";
    for field in [
        "✅ ✅",
        "maybe",
        "yes, but",
        "`resource.default` or so",
        "see `resource.default`",
        "`a` `b`",
        "<b>yes</b>",
        "1",
    ] {
        assert!(cell("team.viewer", "run.view", field).ends_with(fault), "{field}");
    }
    assert_eq!(cell("team.viewer", "run.view", "`a ==`"), "4:17 expected a value after `==`, found the end\n");
}

#[test]
fn conditions_are_compared_by_what_they_say() {
    let same = [
        r#"`resource.created_by == subject or resource.kind == "a\|b"`"#,
        r#"`resource.kind == "a\|b"   or (resource.created_by == subject)`"#,
        r#"``resource.kind == "a\|b" or resource.created_by == subject``"#,
        r#"`not (resource.created_by == subject) and resource.kind == "a\|b" or resource.created_by == subject`[^1]"#,
    ];
    for field in same {
        assert_eq!(cell("team.member", "run.delete", field), "", "{field}");
    }
    for field in ["`resource.created_by == subject`", r#"`resource.created_by == subject or resource.kind == "b\|a"`"#]
    {
        let told = cell("team.member", "run.delete", field);
        let policy = r#"the policy says `resource.created_by == subject or resource.kind == "a|b"`"#;
        assert!(told.trim_end().ends_with(policy), "{field}: {told}");
    }
}

#[test]
fn roles_and_permissions_are_named_bare_or_at_the_end() {
    for head in ["team.viewer", "`team.viewer`", "Viewers `team.viewer`", "**`team.viewer`**", "_team.viewer_"] {
        for row in ["run.view", "`run.view`", "See a run[^1] `run.view`", "[`run.view`](runs.md)"] {
            assert_eq!(cell(head, row, "no").lines().count(), 1, "{head} {row}");
        }
    }
    let told = |head: &str, row: &str| cell(head, row, "✅");
    assert_eq!(told("viewer", "run.view"), "2:9 `viewer` is the name of a role without its type\n");
    assert_eq!(
        told("`team.viewer` only", "run.view"),
        "2:10 the head of the column goes on after the role `team.viewer`\n"
    );
    assert_eq!(told("Since", "run.view"), "1:1 no column of the table under this marker is a role\n");
    assert_eq!(told("team.viewr", "run.view"), "2:10 unknown role `team.viewr`\n");
    assert_eq!(told("team.viewer", "run.veiw"), "4:3 `run` has no action `veiw`\n");
    assert_eq!(told("team.viewer", "`view`"), "4:2 the row names no permission\n");
    assert_eq!(told("team.viewer", ""), "4:2 the row names no permission\n");
}

#[test]
fn other_columns_say_what_they_like() {
    let table = "<!-- rolebook: matrix -->\n| Permission | Notes | team.viewer | Since `2021` |\n|-|-|-|-|\n\
                 | run.view | may `be` anything | ✅ | |\n";
    assert_eq!(found(table), "");
}

#[test]
fn markers_stand_where_a_reader_of_the_page_has_comments() {
    let table = "| p | team.viewer |\n|---|---|\n| run.view | no |\n";
    let differs = "the table says no, the policy says yes\n";
    let read = |document: String| found(&document);
    for before in [
        "<!-- rolebook: matrix -->\n",
        "<!--rolebook:matrix-->\n\n\n",
        "<!--\n  rolebook: matrix\n-->\n",
        "Text <!-- rolebook: matrix -->\n\n",
        "<!-- rolebook: matrix -->\n<!-- prettier-ignore -->\n",
    ] {
        let told = read(format!("# Title\n\n{before}{table}\nmore\n"));
        assert!(told.ends_with(differs) && told.lines().count() == 1, "{before}: {told}");
    }
    let quoted = format!("<!-- rolebook: matrix -->\n{table}").replace('\n', "\n> ");
    assert!(read(format!("> {quoted}")).ends_with(differs));
    let listed = format!("<!-- rolebook: matrix -->\n{table}").replace('\n', "\n  ");
    assert!(read(format!("- {listed}")).ends_with(differs));

    let none = " `page.md` has no permission table\n";
    for document in [
        format!("```\n<!-- rolebook: matrix -->\n{table}```\n"),
        format!("~~~md\n<!-- rolebook: matrix -->\n{table}"),
        String::from("    <!-- rolebook: matrix -->\n"),
        format!("`<!-- rolebook: matrix -->`\n\n{table}"),
        format!("\\<!-- rolebook: matrix -->\n\n{table}"),
        table.to_owned(),
        String::new(),
    ] {
        assert_eq!(read(document.clone()), none, "{document}");
    }

    let unanswered = "1:1 no table stands under this marker\n";
    for after in ["", "Text\n\n", "# Title\n", "- item\n", "```\n```\n", "---\n", "> quote\n\n"] {
        assert_eq!(read(format!("<!-- rolebook: matrix -->\n\n{after}")), unanswered, "{after}");
        assert_eq!(read(format!("<!-- rolebook: matrix -->\n\n{after}<!-- x -->\n\n")), unanswered, "{after}");
    }
    assert_eq!(
        read(format!("<!-- rolebook: matrix -->\n\n<!-- rolebook: matrix -->\n{table}")).lines().next(),
        unanswered.lines().next()
    );
    for marker in ["<!-- rolebook: matrices -->", "<!-- rolebook:-->", "<!-- rolebook: matrix team -->"] {
        let told = read(format!("{marker}\n{table}"));
        assert!(told.starts_with("1:1 `rolebook:") && told.ends_with("marks nothing that is known\n"), "{told}");
    }
}

#[test]
fn rows_that_are_too_short_or_too_long() {
    let table = |rows: &str| format!("<!-- rolebook: matrix -->\n| p | team.viewer | team.admin |\n|-|-|-|\n{rows}");
    let says =
        |role: &str, place: &str| format!("{place} `{role}` and `run.view`: the table says no, the policy says yes\n");
    let short = says("team.admin", "4:13") + &says("team.viewer", "4:13");
    assert_eq!(found(&table("| run.view |\n")), short);
    assert_eq!(found(&table("| run.view |\r\n| run.delete | | x |\r\n")), short);
    assert_eq!(found(&table("| run.view | ✅ |")), says("team.admin", "4:17"));
    let fault = "the row has more fields than the head of the table\n";
    for row in ["| run.view | x | x | x |\n", "run.view | x | x | x\n", "| run.view | x | x | `a` || |\n"] {
        assert!(found(&table(row)).ends_with(fault), "{row}");
    }
    assert_eq!(found(&table("run.view | x | x\n")), "");
    assert_eq!(found(&table("| run.view | x | x |   \n")), "");
}
