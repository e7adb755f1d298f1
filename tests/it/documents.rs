//! What the documents show is what happens: their policies compile, their tests pass, their commands print what is shown.

use rolebook::source::SourceMap;
use rolebook::syntax::dsl;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

#[test]
fn front_page_shows_what_is_printed() {
    let page = page("README.md");
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join("acme.rolebook"), first(&page, "rolebook")).expect("the policy is written");
    fs::write(folder.path().join("directory.yaml"), first(&page, "yaml")).expect("the directory is written");

    let shown = first(&page, "console");
    let mut printed = String::new();
    for line in shown.lines() {
        let Some(command) = line.strip_prefix("$ rolebook ") else { continue };
        if !printed.is_empty() {
            printed.push('\n');
        }
        printed.push_str(line);
        printed.push('\n');
        let output = rolebook(folder.path(), command);
        printed.push_str(&String::from_utf8_lossy(&output.stderr));
        printed.push_str(&String::from_utf8_lossy(&output.stdout));
    }
    assert!(shown.contains("$ rolebook explain"), "the front page shows no explanation");
    assert_eq!(printed, shown, "README.md shows something else than is printed now (left)");
}

#[test]
fn language_reference_shows_a_package_that_passes_its_tests() {
    let page = page("docs/language.md");
    let file = |head: &str| {
        let blocks = blocks(&page, "yaml");
        blocks
            .into_iter()
            .find(|block| block.starts_with(head))
            .unwrap_or_else(|| panic!("no block begins with {head}"))
    };
    let policy = file("rolebook: 1\npackage");
    let directory = file("rolebook: 1\nkind: directory");
    let tests = file("rolebook: 1\nkind: test");
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, text) in [("acme.yaml", policy), ("directory.yaml", directory), ("acme.test.yaml", tests)] {
        fs::write(folder.path().join(name), text).expect("the file is written");
    }
    let check = rolebook(folder.path(), "check --deny warnings");
    assert_eq!(check.status.code(), Some(0), "{}", String::from_utf8_lossy(&check.stderr));
    let test = rolebook(folder.path(), "test");
    let said = String::from_utf8_lossy(&test.stdout);
    assert_eq!(said, "ok: 2 tests passed, 5 expectations in 1 file\n", "{}", String::from_utf8_lossy(&test.stderr));
}

#[test]
fn language_reference_writes_the_language() {
    let page = page("docs/language.md");
    let mut read = 0;
    for text in blocks(&page, "rolebook") {
        let mut sources = SourceMap::new();
        let file = sources.add("block.rolebook", text);
        let parsed = dsl::parse(file, text);
        assert!(parsed.diagnostics.is_empty(), "{text}\n{:#?}", parsed.diagnostics);
        read += 1;
    }
    assert!(read > 5, "only {read} blocks of policy text were found");
}

fn page(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).expect("the document is there")
}

/// The texts of the fenced blocks of a language.
fn blocks<'a>(page: &'a str, language: &str) -> Vec<&'a str> {
    let fence = format!("\n```{language}\n");
    page.split(fence.as_str()).skip(1).filter_map(|rest| rest.split("```\n").next()).collect()
}

fn first<'a>(page: &'a str, language: &str) -> &'a str {
    blocks(page, language).first().expect("a block of that language")
}

/// Runs the command in a folder; its arguments hold no white space.
fn rolebook(folder: &Path, arguments: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_rolebook"))
        .args(arguments.split(' '))
        .current_dir(folder)
        .output()
        .expect("rolebook runs")
}

#[test]
fn every_warning_has_its_row() {
    let page = std::fs::read_to_string("docs/lints.md").expect("the page");
    for warning in rolebook::analysis::lint::WARNINGS {
        let fix = warning.fix.unwrap_or("–");
        let row = format!("| `{}` | {} | {} | {fix} |", warning.code, warning.code.explanation(), warning.why);
        assert!(page.contains(&row), "docs/lints.md lacks the row\n{row}");
    }
}
