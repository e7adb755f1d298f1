//! Every command that the documents show for a terminal is run as it stands there, in a repository that has what they speak
//! of. What it prints is held against the page in `documents` and `coverage`; here it must do what it is shown for.

use super::transcript;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

const PAGES: [&str; 13] = [
    "README.md",
    "docs/architecture.md",
    "docs/compiled-file.md",
    "docs/diff.md",
    "docs/format.md",
    "docs/language.md",
    "docs/lints.md",
    "docs/performance.md",
    "docs/testing.md",
    "policies/baseten/README.md",
    "policies/polyaxon/README.md",
    "policies/tools/README.md",
    "policies/wandb/README.md",
];

/// What has to be done before a command, and how it ends. Nothing, and with 0, where it is not here.
const OTHERS: &[(&str, &str, i32)] = &[
    // Denied, for the reason that the page is about.
    ("rolebook explain user:cy delete model:ranker", "", 1),
    ("rolebook can user:ana delete team:research", "", 1),
    ("rolebook explain user:fay manage environment:inference-production --policy policies/baseten", "", 1),
    ("rolebook explain user:ed view project:vault --policy policies/polyaxon", "", 1),
    ("rolebook explain user:cy delete run:segmenter-moved --policy policies/wandb", "", 1),
    // The front page's team admins may make others admin, and nobody uses all that they may.
    ("rolebook check --deny warnings", "cp acme/* . && rm acme.rolebook", 0),
    (
        "rolebook check --policy acme --deny warnings && rolebook test acme --coverage --fail-under 90",
        "rm -r acme && cp -r policies/tools acme && rm -r acme/yaml",
        0,
    ),
    // Both forms beside each other would declare everything twice, and a folder is put into one form.
    ("rolebook convert policies --replace            # a folder, in its place", "rm -r policies/tools/yaml", 0),
    ("rolebook convert acme.yaml -o acme.rolebook", "rm acme.rolebook", 0),
    ("rolebook can user:ana edit document:plan --policy acme.compiled", "rolebook compile acme -o acme.compiled", 0),
    (
        "rolebook inspect acme.compiled              # what is in it, and that it is sound",
        "rolebook compile acme -o acme.compiled",
        0,
    ),
    ("rolebook settings project:p1", "cp settings/* . && rm acme.rolebook", 0),
];

/// Lines that are run elsewhere, by how they begin: they take minutes, or what an earlier one of them wrote, or do not end.
const ELSEWHERE: [&str; 3] = ["cargo ", "rolebook can --policy /tmp/orgs-M ", "rolebook watch "];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The command lines of a page's blocks for a shell, and of those that show a terminal.
fn commands(page: &str) -> Vec<String> {
    let text = fs::read_to_string(root().join(page)).expect("the page");
    let (mut found, mut language) = (Vec::new(), None);
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("```") {
            language = if language.is_some() || name.is_empty() { None } else { Some(name.to_owned()) };
            continue;
        }
        match language.as_deref() {
            Some("sh") if !line.is_empty() => found.push(line.to_owned()),
            Some("console") => found.extend(line.strip_prefix("$ ").map(str::to_owned)),
            _ => {}
        }
    }
    found
}

/// Runs a line as it is typed.
fn shell(place: &Path, line: &str) -> (Option<i32>, String) {
    let binary = Path::new(env!("CARGO_BIN_EXE_rolebook")).parent().expect("a folder");
    let paths = std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()).collect::<Vec<_>>();
    let paths = std::env::join_paths([PathBuf::from(binary)].into_iter().chain(paths)).expect("a path");
    let input = fs::File::open(place.join("acme.rolebook")).map_or_else(|_| Stdio::null(), Stdio::from);
    let output = Command::new("bash")
        .args(["-e", "-o", "pipefail", "-c", line])
        .current_dir(place)
        .stdin(input)
        .env("PATH", paths)
        .env("HOME", place.join("home"))
        .env("PROFILE", place.join("home/profile"))
        .env_remove("GITHUB_WORKSPACE")
        .output()
        .expect("bash starts");
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8_lossy(&said).into_owned())
}

/// A repository as the pages take it: the package of the front page, as policy text and as YAML, one that `rolebook init`
/// made, twice, and the reference policies; with branches and tags.
fn repository() -> TempDir {
    let place = tempfile::tempdir().expect("a folder");
    let page = fs::read_to_string(root().join("README.md")).expect("the front page");
    let block = |language: &str| {
        let begin = page.split_once(&format!("\n```{language}\n")).expect("a block").1;
        begin.split_once("```\n").expect("its end").0.to_owned()
    };
    fs::write(place.path().join("acme.rolebook"), block("rolebook")).expect("written");
    fs::write(place.path().join("directory.yaml"), block("yaml")).expect("written");
    transcript::copy(&root().join("policies"), &place.path().join("policies"));
    transcript::copy(&root().join("tests/cli/settings"), &place.path().join("settings"));
    let (status, said) = shell(
        place.path(),
        "rm settings/session.txt
         mkdir -p home/.local/share/bash-completion/completions home/.zfunc home/.config/fish/completions home/.config/elvish
         rolebook init acme > /dev/null
         cp -r acme policies/acme
         echo '{\"entity\":\"organization:acme\"}' > production.jsonl
         cp production.jsonl people.jsonl
         touch approved.txt
         git init -q -b main . && git add . && git -c user.name=a -c user.email=a@b commit -q -m first
         git tag v1.2 && git tag v1.3",
    );
    assert_eq!(status, Some(0), "{said}");
    place
}

#[test]
fn every_command_that_the_documents_show_does_what_it_is_shown_for() {
    let template = repository();
    let (mut run, mut used) = (0, std::collections::BTreeSet::new());
    let mut wrong = Vec::new();
    for page in PAGES {
        for line in commands(page) {
            if ELSEWHERE.iter().any(|other| line.starts_with(other)) {
                continue;
            }
            let place = tempfile::tempdir().expect("a folder");
            transcript::copy(template.path(), place.path());
            if page == "docs/format.md" {
                assert_eq!(shell(place.path(), "rolebook convert acme.rolebook -o acme.yaml").0, Some(0));
            }
            let other = OTHERS.iter().find(|(shown, ..)| *shown == line);
            let (before, wanted) = other.map_or(("", 0), |&(_, before, wanted)| (before, wanted));
            used.extend(other.map(|(shown, ..)| *shown));
            let prepared = shell(place.path(), before);
            assert_eq!(prepared.0, Some(0), "{page}: {before}\n{}", prepared.1);
            let (status, said) = shell(place.path(), &line);
            if status != Some(wanted) {
                wrong.push(format!("{page}: `{line}` ended with {status:?}, {wanted} expected:\n{said}"));
            }
            run += 1;
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let unused: Vec<&str> = OTHERS.iter().map(|(shown, ..)| *shown).filter(|shown| !used.contains(shown)).collect();
    assert!(unused.is_empty(), "shown nowhere: {unused:?}");
    assert!(run > 40, "only {run} commands were found");
}

/// The reference shows what its example of settings prints.
#[test]
fn the_language_reference_shows_settings_as_they_are_printed() {
    let page = fs::read_to_string(root().join("docs/language.md")).expect("the page");
    let block = page.split_once("```console\n$ rolebook settings project:p1\n").expect("the example").1;
    let shown = block.split_once("```\n").expect("its end").0;
    let (status, said) = shell(&root().join("tests/cli/settings"), "rolebook settings project:p1");
    assert_eq!((status, said.as_str()), (Some(0), shown));
}
