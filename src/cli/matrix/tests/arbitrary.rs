//! Documents put together at random: nothing makes the reader fall over, and what is written is what was wanted.

use super::super::write::rewritten;
use super::compared;
use proptest::prelude::*;

/// Pieces that documents with tables are made of, and such as come in their way.
const PIECES: &[&str] = &[
    "<!-- rolebook: matrix -->",
    "<!--",
    "-->",
    "rolebook: matrix",
    "\n",
    "\n\n",
    "\r\n",
    "| ",
    " |",
    "|",
    "\\|",
    "\\",
    "`",
    "``",
    "```\n",
    "| p | team.viewer | `team.admin` |\n",
    "|---|:-:|--:|\n",
    "| --- | --- |\n",
    "| run.view |",
    "| `run.delete` |",
    " ✅ |",
    " X |",
    " no |",
    "  |",
    " `resource.default` |",
    " `resource.kind == \"a\\|b\"` |",
    "[^1]",
    "> ",
    "- ",
    "1. ",
    "    ",
    "\t",
    "text",
    "# ",
    "---",
    "<div>",
    "</div>",
    "ä",
    "団",
    "\u{feff}",
    "\u{0}",
    "\u{202e}",
    "&amp;",
    "[a](b)",
    "*",
    "_",
    "team.viewer",
    "run.view",
    "é\u{301}",
    "\r",
];

fn documents() -> impl Strategy<Value = String> {
    let piece = prop_oneof![4 => proptest::sample::select(PIECES).prop_map(String::from), 1 => any::<String>()];
    proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

/// Tables that can be read, of any fields, in any layout.
fn tables() -> impl Strategy<Value = String> {
    let field = proptest::sample::select(
        &["✅", "X", "x", "yes", "no", "", "-", "❌", "`resource.default`", "✅[^1]", "`resource.kind == \"a\\|b\"`"][..],
    );
    let blank = proptest::sample::select(&["", " ", "  ", "      "][..]);
    let permission = proptest::sample::select(&["run.view", "`run.delete`", "View it `team.view`", "team.delete"][..]);
    let row = (permission, proptest::collection::vec((blank.clone(), field, blank), 0..4), any::<bool>()).prop_map(
        |(permission, fields, closed)| {
            let fields: Vec<String> =
                fields.iter().map(|(before, field, after)| format!("{before}{field}{after}")).collect();
            let end = if closed || fields.last().is_some_and(|field| field.trim().is_empty()) { "|" } else { "" };
            format!("| {permission} |{}{end}", fields.join("|"))
        },
    );
    let ends = proptest::sample::select(&["\n", "\r\n", "\n> "][..]);
    (proptest::collection::vec(row, 1..6), ends).prop_map(|(rows, end)| {
        let head = "<!-- rolebook: matrix -->\n| p | team.viewer | `team.member` | team.admin |\n|---|:-:|--:|---|\n";
        let start = if end.ends_with("> ") { "> " } else { "" };
        format!("{start}{head}{}\n", rows.join("\n")).replace('\n', end)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_document_can_be_compared_and_written(document in documents()) {
        let (sources, compared_once) = compared(&document);
        rewritten(&compared_once, &sources);
    }

    #[test]
    fn what_was_written_differs_no_more(document in tables()) {
        let (sources, before) = compared(&document);
        prop_assert!(before.faults.is_empty(), "{document}\n{:?}", before.faults);
        let once = rewritten(&before, &sources);
        let (sources, after) = compared(&once);
        prop_assert!(after.faults.is_empty(), "{once}");
        let left: Vec<_> = after.tables.iter().flat_map(|table| &table.differences).collect();
        prop_assert!(left.is_empty(), "{document}\n{once}\n{left:?}");
        prop_assert_eq!(rewritten(&after, &sources), once.clone());
        prop_assert_eq!(once.lines().count(), document.lines().count());
        let fields = |compared: &super::Compared| compared.tables.iter().map(|table| table.fields).sum::<usize>();
        prop_assert_eq!(fields(&after), fields(&before));
    }
}
