//! Whatever is edited, reloading leads to what would have been loaded.

use super::{DIRECTORY, ROLES, TYPES, proof};
use crate::generate::Choices;
use rolebook::Engine;
use rolebook::diagnostics::Diagnostic;
use rolebook::engine::{Change, now};
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

/// Texts that a file of a package may hold; the first is none.
const VARIANTS: [(&str, &[&str]); 5] = [
    (
        "a.rolebook",
        &[
            "",
            "allow team.view when subject == \"user:ana\"\n",
            "role team.guest { allow team.edit }\n",
            "rol team.guest\n",
        ],
    ),
    (
        "roles.rolebook",
        &[ROLES, "role team.viewer { allow team.edit }\nrole team.editor { }\n", "role team.viewer\n", ""],
    ),
    (
        "s.yaml",
        &[
            "",
            "rolebook: 1\nroles:\n  team.owner: { extends: team.viewer, allow: \"*\" }\n",
            "rolebook: 1\nkind: directory\n",
            "kind\n",
        ],
    ),
    ("t.rolebook", &["", "import \"../lib\"\n", "deny team.edit when subject == \"user:bo\"\n"]),
    (
        "directory.yaml",
        &[
            DIRECTORY,
            "",
            "rolebook: 1\nkind: directory\norganization:acme: { team:red: { roles: { viewer: [user:bo, user:cy] } } }\n",
            "rolebook: 1\nkind: directory\norganization:acme: { team:red: { roles: { owner: [user:bo] } } }\n",
        ],
    ),
];

/// A row of choices.
fn row(seed: u32) -> Vec<u32> {
    let next = |state: &mut u32| {
        *state ^= *state << 13;
        *state ^= *state >> 17;
        *state ^= *state << 5;
        Some(*state)
    };
    let mut state = seed.wrapping_mul(0x9e37_79b9) | 1;
    std::iter::from_fn(|| next(&mut state)).take(200).collect()
}

/// What an engine answers to everything.
fn answers(engine: &Engine) -> Vec<String> {
    let mut answers = Vec::new();
    for subject in ["user:ana", "user:bo", "user:cy", "user:di"] {
        for (action, resource) in [("view", "team:red"), ("edit", "team:red"), ("manage", "organization:acme")] {
            answers.push(proof(engine, subject, action, resource));
        }
    }
    answers
}

/// Findings in an order of their own, as files that come later have later ids, and by lines: of what is assigned in a
/// directory that stays as it is, the subject's place is known, and no longer the role's.
fn findings(error: &rolebook::engine::LoadError) -> Vec<String> {
    let place = |finding: &Diagnostic| {
        let (file, at) = finding.span().and_then(|span| Some((error.sources.get(span.file)?, span.start)))?;
        Some(format!("{}:{}", file.name(), file.position(at).line))
    };
    let line = |finding: &Diagnostic| format!("{} {:?} {:?}", finding.message, place(finding), finding.help);
    let mut lines: Vec<String> = error.diagnostics.iter().map(line).collect();
    lines.sort();
    lines
}

#[test]
fn whatever_is_edited_the_outcome_is_what_would_have_been_loaded() {
    let (mut sound, mut broken, mut kept, mut without) = (0, 0, 0, 0);
    for seed in 0..40 {
        let row = row(seed + 1);
        let choices = &mut Choices::new(&row);
        let root = tempfile::tempdir().expect("a folder");
        let folder = root.path().join("app");
        for (folder, name, text) in [("app", "types.rolebook", TYPES), ("lib", "lib.rolebook", "type group\n")] {
            fs::create_dir_all(root.path().join(folder)).expect("a folder");
            fs::write(root.path().join(folder).join(name), text).expect("a file");
        }
        for (name, texts) in VARIANTS {
            put(&folder.join(name), texts[0]);
        }
        let open = || Engine::builder().policy(&folder).build();
        let engine = open().expect("a sound package");
        // What was changed and stands in no file.
        let mut changed = false;
        for _ in 0..25 {
            if choices.below(4) == 0 {
                let change = Change::assign("user:di", "viewer", "team:red");
                changed |= engine.apply(&[change], now()).is_ok();
            }
            for _ in 0..1 + choices.below(2) {
                let (name, texts) = VARIANTS[choices.below(VARIANTS.len())];
                put(&folder.join(name), texts[choices.below(texts.len())]);
            }
            let (before, reloaded) = (engine.state(), engine.reload());
            match (&reloaded, open()) {
                (Ok(reloaded), Ok(fresh)) => {
                    changed &= !reloaded.directory;
                    kept += usize::from(changed && reloaded.policy);
                    sound += usize::from(reloaded.took_effect());
                    if changed {
                        let change = Change::assign("user:di", "viewer", "team:red");
                        fresh.apply(&[change], now()).expect("it was made before");
                    }
                    assert_eq!(answers(&engine), answers(&fresh));
                }
                (Err(error), Err(fresh)) => {
                    broken += 1;
                    if !changed {
                        assert_eq!(findings(error), findings(&fresh));
                    }
                    assert!(Arc::ptr_eq(&before, &engine.state()));
                }
                // A change may not go with a policy that is sound without it.
                (Err(_), Ok(_)) if changed => {}
                // Without any directory what everybody holds stays, where an engine that begins has nothing to keep.
                (Err(error), Ok(_)) if error.to_string().contains("no directory is there now") => {
                    assert!(Arc::ptr_eq(&before, &engine.state()));
                    assert!(!folder.join("directory.yaml").exists(), "{error}");
                    without += 1;
                }
                (Ok(reloaded), Err(fresh)) => panic!("{reloaded:?}, and loaded: {fresh}"),
                (Err(error), Ok(_)) => panic!("{error}, and loaded: sound"),
            }
        }
    }
    let counts = format!("{sound} sound, {broken} broken, {kept} with changes kept, {without} without a directory");
    assert!(sound > 100 && broken > 100 && kept > 20 && without > 5, "{counts}");
}

fn put(file: &PathBuf, text: &str) {
    if text.is_empty() {
        // It may not have been there.
        let _ = fs::remove_file(file);
    } else {
        fs::write(file, text).expect("a file");
    }
}
