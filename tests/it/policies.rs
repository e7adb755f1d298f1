//! The reference policies: they check without a warning, pass their own tests, and `tools` says the same in both forms.

use rolebook::source::SourceMap;
use rolebook::syntax::{dsl, yaml};
use std::fs;
use std::process::Command;

#[test]
fn packages_check_without_a_warning() {
    for (files, arguments) in [
        (2, ["--policy", "policies/baseten"].as_slice()),
        (2, &["--policy", "policies/tools"]),
        (2, &["--policy", "policies/tools/yaml", "--directory", "policies/tools/directory.yaml"]),
        (4, &["--policy", "policies/wandb"]),
        (4, &["--policy", "policies/polyaxon"]),
    ] {
        let said = rolebook(&[["check", "--deny", "warnings"].as_slice(), arguments].concat());
        assert_eq!(said, (Some(0), format!("ok: nothing wrong in {files} files\n"), String::new()), "{arguments:?}");
    }
}

#[test]
fn packages_pass_their_tests() {
    let (status, out, err) = rolebook(&["test", "policies"]);
    assert_eq!((status, err.as_str()), (Some(0), ""), "{out}");
    assert!(out.starts_with("ok: ") && !out.starts_with("ok: 0 "), "{out}");
}

#[test]
fn tables_say_what_the_policies_say() {
    let mut checked = 0;
    for package in fs::read_dir("policies").expect("the policies") {
        let package = package.expect("an entry").path();
        let readme = package.join("README.md");
        if readme.is_file() {
            let (policy, page) = (package.to_str().expect("a path"), readme.to_str().expect("a path"));
            let (status, out, err) = rolebook(&["matrix", "--policy", policy, "--check", page]);
            assert_eq!((status, err.as_str()), (Some(0), ""), "{page}: {out}");
            checked += 1;
        }
    }
    assert!(checked >= 4, "only {checked} documents were found");
}

#[test]
fn both_forms_of_tools_are_one_tree() {
    let read = |name: &str| fs::read_to_string(name).expect("a policy file");
    let (text, data) = (read("policies/tools/tools.rolebook"), read("policies/tools/yaml/tools.yaml"));
    let mut sources = SourceMap::new();
    let text = dsl::parse(sources.add("tools.rolebook", &text), &text);
    let data = yaml::parse(sources.add("tools.yaml", &data), &data);
    assert_eq!((text.diagnostics, data.diagnostics), (Vec::new(), Vec::new()));
    assert_eq!(text.tree.package, data.tree.package);
    assert!(!text.tree.items.is_empty());
    assert_eq!(text.tree.items, data.tree.items, "tools.rolebook (left) and tools.yaml (right)");
}

/// Status, standard output and standard error.
fn rolebook(arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_rolebook"))
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("rolebook runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    (output.status.code(), text(output.stdout), text(output.stderr))
}
