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

/// The options of a command by what its help lists, each with the values that it may have, where these are counted.
fn options(command: &str) -> Vec<(String, Vec<String>)> {
    let help = rolebook(&[command, "-h"]);
    let list = help.split("\nOptions:\n").nth(1).expect("options").split("\n\n").next().expect("a list");
    let mut found: Vec<String> = Vec::new();
    for line in list.lines().map(str::trim) {
        match found.last_mut() {
            Some(last) if !line.starts_with('-') => last.extend([" ", line]),
            // Behind a letter for it, where it has one.
            _ => found.push(line.get(line.find("--").expect("a long name")..).expect("a name").to_owned()),
        }
    }
    let option = |text: &String| {
        let name = text.split(' ').next().expect("a name").to_owned();
        let values = text.split("[possible values: ").nth(1).and_then(|rest| rest.split(']').next());
        (name, values.into_iter().flat_map(|values| values.split(", ")).map(str::to_owned).collect())
    };
    found.iter().map(option).collect()
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
        let options = options(&command);
        let mut names: Vec<&String> = options.iter().map(|(name, _)| name).collect();
        names.sort();
        let mut shown = offered(script, &format!("rolebook {command} --"));
        shown.sort();
        assert_eq!(shown.iter().collect::<Vec<_>>(), names, "{command}");
        for (name, values) in options.iter().filter(|(_, values)| !values.is_empty()) {
            assert_eq!(offered(script, &format!("rolebook {command} {name} ")), *values, "{command} {name}");
        }
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

/// The part of a script that is about a command.
fn part<'s>(shell: &str, script: &'s str, command: &str) -> &'s str {
    let (begin, end) = match shell {
        "zsh" => (format!("({command})\n"), "\n;;\n"),
        "powershell" => (format!("'rolebook;{command}' {{"), "break"),
        "elvish" => (format!("&'rolebook;{command}'= {{"), "\n        }"),
        _ => panic!("{shell} has no parts"),
    };
    let behind = script.split_once(&begin).unwrap_or_else(|| panic!("{command} is not in the script for {shell}")).1;
    behind.split_once(end).expect("an end").0
}

#[test]
fn scripts_for_zsh_powershell_and_elvish_tell_of_every_command_and_option() {
    for (shell, mark) in [("zsh", "["), ("powershell", "'"), ("elvish", " ")] {
        let script = rolebook(&["completions", shell]);
        for command in commands() {
            let part = part(shell, &script, &command);
            for (name, values) in options(&command) {
                let told = [format!("{name}{mark}"), format!("{name}=[")];
                assert!(told.iter().any(|told| part.contains(told)), "{shell}: {command} {name} is not in\n{part}");
                if shell == "zsh" {
                    let of_option = part.split_once(&format!("{name}=[")).map_or("", |(_, rest)| rest);
                    let said = of_option.split("' \\\n").next().unwrap_or_default();
                    // With words on what each is for, or bare.
                    let is_said = |value: &String| {
                        [format!("{value}\\:"), format!("{value} "), format!("{value})")]
                            .iter()
                            .any(|told| said.contains(told))
                    };
                    assert!(values.iter().all(is_said), "{command} {name}: {values:?} are not all in\n{said}");
                }
            }
        }
    }
}

#[test]
fn fish_completes_commands_options_and_values() {
    let folder = tempfile::tempdir().expect("a folder");
    let script = folder.path().join("rolebook.fish");
    fs::write(&script, rolebook(&["completions", "fish"])).expect("a script");
    let text = fs::read_to_string(&script).expect("a script");
    let asked = |line: &str| -> Option<Vec<String>> {
        let command = format!("source '{}'; complete -C '{line}'", script.display());
        let output = said("fish", &["--no-config", "-c", &command])?;
        assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8(output.stdout).expect("UTF-8");
        Some(text.lines().map(|line| line.split('\t').next().expect("a word").to_owned()).collect())
    };
    let all = asked("rolebook ");
    for command in commands() {
        assert!(all.as_ref().is_none_or(|all| all.contains(&command)), "{command} is not among {all:?}");
        let using = format!("__fish_rolebook_using_subcommand {command}\"");
        let lines: Vec<&str> = text.lines().filter(|line| line.contains(&using)).collect();
        let options = options(&command);
        for (name, _) in &options {
            let told = format!(" -l {} ", name.trim_start_matches('-'));
            assert!(lines.iter().any(|line| line.contains(&told)), "{command} {name} is not in the script");
        }
        // Where there is no fish, the script is all there is to look at.
        let Some(mut shown) = asked(&format!("rolebook {command} --")) else { continue };
        let mut names: Vec<&String> = options.iter().map(|(name, _)| name).collect();
        names.sort();
        shown.sort();
        assert_eq!(shown.iter().collect::<Vec<_>>(), names, "{command}");
        for (name, values) in options.iter().filter(|(_, values)| !values.is_empty()) {
            let (mut shown, mut values) =
                (asked(&format!("rolebook {command} {name} ")).expect("fish"), values.clone());
            shown.sort();
            values.sort();
            assert_eq!(shown, values, "{command} {name}");
        }
    }
}

/// Their own word on whether it is a script, where they are there.
#[test]
fn shells_can_read_their_scripts() {
    let folder = tempfile::tempdir().expect("a folder");
    for shell in ["bash", "zsh", "fish"] {
        let file = folder.path().join(shell);
        fs::write(&file, rolebook(&["completions", shell])).expect("a script");
        if let Some(output) = said(shell, &["-n", file.to_str().expect("a name")]) {
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
        // Options, the values that they may have, and the examples of the help stand there.
        let plain = page.replace("\\-", "-");
        for (option, values) in if command.is_empty() { Vec::new() } else { options(command) } {
            let items = plain.split(".SH OPTIONS").nth(1).expect("options");
            let item = items
                .split(".TP\n")
                .find(|item| item.lines().next().is_some_and(|head| head.contains(&format!("\\fB{option}\\fR"))));
            let item = item.unwrap_or_else(|| panic!("{name} has no {option}"));
            for value in values {
                let told = [
                    format!("\n{value}: "),
                    format!("\n{value}\n"),
                    format!("{value}, "),
                    format!("{value}]"),
                    format!("\\fI{value}\\fR"),
                ];
                assert!(told.iter().any(|told| item.contains(told)), "{name}: {option} {value} is not in\n{item}");
            }
        }
        let help = if command.is_empty() { rolebook(&["--help"]) } else { rolebook(&[command, "--help"]) };
        let examples = help.split("\nExamples:\n").nth(1).unwrap_or_default();
        for example in examples.lines().map_while(|line| line.strip_prefix("  ")) {
            let words: Vec<&str> = example.split_whitespace().collect();
            let there = |line: &str| {
                line.replace("\\(aq", "'").replace("\\*(Aq", "'").split_whitespace().eq(words.iter().copied())
            };
            assert!(plain.lines().any(there), "{name} lacks the example {example:?}");
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
