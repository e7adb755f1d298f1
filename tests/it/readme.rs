//! The front page: its policy and directory compile, and its commands print what it says they print.

use std::fs;
use std::path::Path;
use std::process::Command;

#[test]
fn commands_print_what_the_front_page_shows() {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).expect("README.md");
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join("acme.rolebook"), block(&page, "rolebook")).expect("the policy is written");
    fs::write(folder.path().join("directory.yaml"), block(&page, "yaml")).expect("the directory is written");

    let shown = block(&page, "console");
    let mut printed = String::new();
    for line in shown.lines() {
        let Some(command) = line.strip_prefix("$ rolebook ") else { continue };
        if !printed.is_empty() {
            printed.push('\n');
        }
        printed.push_str(line);
        printed.push('\n');
        let output = Command::new(env!("CARGO_BIN_EXE_rolebook"))
            .args(command.split(' '))
            .current_dir(folder.path())
            .output()
            .expect("rolebook runs");
        printed.push_str(&String::from_utf8_lossy(&output.stderr));
        printed.push_str(&String::from_utf8_lossy(&output.stdout));
    }
    assert!(shown.contains("$ rolebook explain"), "the front page shows no explanation");
    assert_eq!(printed, shown, "README.md shows something else than is printed now (left)");
}

/// The text of the first fenced block of a language.
fn block<'a>(page: &'a str, language: &str) -> &'a str {
    let (_, after) = page.split_once(&format!("\n```{language}\n")).expect("a block of that language");
    let (text, _) = after.split_once("```\n").expect("the end of the block");
    text
}
