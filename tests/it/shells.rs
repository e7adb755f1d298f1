//! Completions and manual pages as shells and `man` take them. Where one of these is not installed, what it would be given
//! is looked at all the same.

use std::fs;
use std::process::{Command, Output, Stdio};

fn rolebook(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_rolebook")).args(arguments).output().expect("rolebook starts");
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// What a program says; nothing where there is none of that name.
fn said(program: &str, arguments: &[&str]) -> Option<Output> {
    Command::new(program)
        .args(arguments)
        .env("MANWIDTH", "80")
        .env("LC_ALL", "C.UTF-8")
        .stdin(Stdio::null())
        .output()
        .ok()
}

/// All commands, by what the help lists.
fn commands() -> Vec<String> {
    let help = rolebook(&["--help"]);
    let list = help.split("Commands:\n").nth(1).and_then(|rest| rest.split("\n\n").next()).expect("a list of commands");
    let names = list.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    names.map(|line| line.split_whitespace().next().expect("a name").to_owned()).collect()
}

/// What bash offers for a line up to its last word.
fn offered(script: &str, line: &str) -> Vec<String> {
    let words: Vec<String> = line.split(' ').map(|word| format!("'{word}'")).collect();
    let (last, before) = (words.last().expect("a word"), &words[words.len() - 2]);
    let program = format!(
        "set -eu; source '{script}'; COMP_WORDS=({}); COMP_CWORD={}; COMPREPLY=()\n\
         function=$(complete -p rolebook | sed 's/.*-F \\([^ ]*\\).*/\\1/')\n\
         \"$function\" rolebook {last} {before}; printf '%s\\n' \"${{COMPREPLY[@]}}\"",
        words.join(" "),
        words.len() - 1
    );
    let output = said("bash", &["--norc", "-c", &program]).expect("bash");
    assert_eq!(output.status.code(), Some(0), "{line}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8").lines().map(str::to_owned).collect()
}

#[test]
fn bash_completes_commands_options_and_values() {
    let folder = tempfile::tempdir().expect("a folder");
    let script = folder.path().join("rolebook.bash");
    fs::write(&script, rolebook(&["completions", "bash"])).expect("a script");
    let script = script.to_str().expect("a name");
    if said("bash", &["--version"]).is_none() {
        return;
    }
    let all = offered(script, "rolebook ");
    for command in commands() {
        assert!(all.contains(&command), "{command} is not among {all:?}");
        // Each has its options, those for help at least.
        assert!(offered(script, &format!("rolebook {command} --h")).contains(&String::from("--help")), "{command}");
    }
    assert_eq!(offered(script, "rolebook explain-"), ["explain-code"]);
    assert_eq!(offered(script, "rolebook can --pol"), ["--policy"]);
    assert_eq!(offered(script, "rolebook convert --to "), ["rolebook", "yaml"]);
    assert_eq!(offered(script, "rolebook check --format s"), ["sarif"]);
    assert_eq!(offered(script, "rolebook completions po"), ["powershell"]);
    // A policy is a file or a folder.
    let file = folder.path().join("acme.rolebook");
    fs::write(&file, "").expect("a file");
    let file = file.to_str().expect("a name");
    let begun = file.strip_suffix("me.rolebook").expect("the ending");
    assert_eq!(offered(script, &format!("rolebook check --policy {begun}")), [file]);
}

#[test]
fn every_shell_is_told_of_every_command() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = rolebook(&["completions", shell]);
        for command in commands() {
            assert!(script.contains(&command), "{command} is not in the script for {shell}");
        }
        assert!(script.contains("--policy") || script.contains("-l policy"), "{shell}");
        // Their own word on whether it is a script, where they are there.
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("script");
        fs::write(&file, script).expect("a script");
        let file = file.to_str().expect("a name");
        let checks: &[&str] = match shell {
            "bash" | "zsh" | "fish" => &["-n", file],
            _ => continue,
        };
        if let Some(output) = said(shell, checks) {
            assert!(output.status.success(), "{shell}: {}", String::from_utf8_lossy(&output.stderr));
        }
    }
}

#[test]
fn every_command_has_a_manual_page() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("man1");
    let told = rolebook(&["man", "--out", out.to_str().expect("a name")]);
    let mut wanted: Vec<String> = commands().iter().map(|name| format!("rolebook-{name}.1")).collect();
    wanted.insert(0, String::from("rolebook.1"));
    let told: Vec<&str> = told.lines().map(|line| line.rsplit(['/', '\\']).next().expect("a name")).collect();
    assert_eq!(told, wanted);
    for name in &wanted {
        let path = out.join(name);
        let page = fs::read_to_string(&path).expect("a page");
        let command = name.trim_end_matches(".1").trim_start_matches("rolebook").trim_start_matches('-');
        let alone = if command.is_empty() { rolebook(&["man"]) } else { rolebook(&["man", command]) };
        assert_eq!(page, alone, "{name}");
        for section in ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXAMPLES"] {
            let heading =
                |line: &str| line.trim_start_matches(".SH ").trim_matches('"') == section && line.starts_with(".SH");
            assert!(page.lines().any(heading), "{name} has no {section}");
        }
        if let Some(shown) = said("man", &["--warnings", "-l", path.to_str().expect("a name")]) {
            let complaint = String::from_utf8_lossy(&shown.stderr).into_owned();
            // A system may have `man` and nothing that formats.
            if shown.status.success() {
                assert_eq!(complaint, "", "{name}");
                let shown = String::from_utf8_lossy(&shown.stdout).into_owned();
                assert!(shown.contains("SYNOPSIS") && shown.contains("rolebook"), "{name}:\n{shown}");
            }
        }
        if let Some(shown) = said("mandoc", &["-T", "lint", "-W", "error", path.to_str().expect("a name")]) {
            assert!(shown.status.success(), "{name}: {}", String::from_utf8_lossy(&shown.stdout));
        }
    }
}
