//! What is written, to the byte.

use super::written;

/// A table before and after.
const CASES: &[(&str, &str, &str)] = &[
    (
        "an aligned table stays aligned, in its own marks",
        "\
| Permission   | Viewer `team.viewer` | `team.admin` | note |
| ------------ | :------------------: | -----------: | ---- |
| `run.view`   |                      |            X |  a|
| `run.delete` |          X           |              |    b |
",
        "\
| Permission   | Viewer `team.viewer` | `team.admin` | note |
| ------------ | :------------------: | -----------: | ---- |
| `run.view`   |          X           |            X |  a|
| `run.delete` |                      |            X |    b |
",
    ),
    (
        "marks that are two columns wide count as two",
        "\
| p          | team.viewer | team.admin |
| ---------- | ----------- | ---------- |
| run.view   | ❌          | ✅         |
| run.delete | ✅          | no         |
",
        "\
| p          | team.viewer | team.admin |
| ---------- | ----------- | ---------- |
| run.view   | ✅          | ✅         |
| run.delete | ❌          | ✅         |
",
    ),
    (
        "a table that nobody aligned is left so",
        "\
|p|team.viewer|team.member|
|-|-|-|
|run.view|no| yes |
|run.delete|yes|`resource.default`|
| team.view |   | yes |
",
        "\
|p|team.viewer|team.member|
|-|-|-|
|run.view|yes| yes |
|run.delete|no|`resource.created_by == subject or resource.kind == \"a\\|b\"`|
| team.view | yes | yes |
",
    ),
    (
        "what is longer than its column makes room for itself and nothing else",
        "\
| p          | team.member |
| ---------- | ----------- |
| run.view   | x           |
| run.delete | x           |
",
        "\
| p          | team.member |
| ---------- | ----------- |
| run.view   | x           |
| run.delete | `resource.created_by == subject or resource.kind == \"a\\|b\"` |
",
    ),
    (
        "fields that are missing are added, no more than are needed",
        "\
| p | team.viewer | note | team.admin | more |
| - | - | - | - | - |
| run.view
| run.delete |
| team.view | ✅ | text |
| team.delete | ❌
",
        "\
| p | team.viewer | note | team.admin | more |
| - | - | - | - | - |
| run.view | ✅ |  | ✅ |
| run.delete |  |  | ✅ |
| team.view | ✅ | text | ✅ |
| team.delete | ❌ |  | ✅ |
",
    ),
    (
        "footnotes stay with their fields",
        "\
| p | team.viewer |
| - | - |
| run.view | ❌[^1] |
| run.delete | ✅ [^2] [^3] |
",
        "\
| p | team.viewer |
| - | - |
| run.view | ✅[^1] |
| run.delete | ❌ [^2] [^3] |
",
    ),
    (
        "without a mark to follow: words for words, signs for signs",
        "\
| p | team.viewer |
| - | - |
| run.view | No |
",
        "\
| p | team.viewer |
| - | - |
| run.view | Yes |
",
    ),
];

#[test]
fn tables_are_rewritten() {
    for (what, before, after) in CASES {
        let page = |table: &str| format!("# Title \t\n\n<!-- rolebook: matrix -->\n{table}\n\n  Trailing  \n\n\n");
        assert_eq!(written(&page(before)), page(after), "{what}");
        assert_eq!(written(&page(after)), page(after), "{what}, again");
        let (before, after) = (page(before).replace('\n', "\r\n"), page(after).replace('\n', "\r\n"));
        assert_eq!(written(&before), after, "{what}, with carriage returns");
        let quoted = |page: String| page.lines().map(|line| format!(">{line}\n")).collect::<String>();
        let (before, after) = (quoted(before.replace('\r', "")), quoted(after.replace('\r', "")));
        assert_eq!(written(&before), after, "{what}, in a quotation");
    }
}

#[test]
fn several_tables_each_keep_their_marks() {
    let page = |one: &str, two: &str| {
        format!(
            "<!-- rolebook: matrix -->\n| p | team.viewer |\n|-|-|\n| run.view | {one} |\n| run.delete | - |\n\n\
             | p | team.viewer |\n|-|-|\n| run.view | no marker, no matter |\n\n\
             <!-- rolebook: matrix -->\n| p | team.viewer |\n|-|-|\n| run.view | X |\n| run.delete | {two} |"
        )
    };
    assert_eq!(written(&page("-", "X")), page("✅", "").replace("|  |", "| |"));
}
