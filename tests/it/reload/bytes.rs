//! Generated edits of policies and changes of directories, one after the other: what an engine has come to is, byte for byte,
//! what one would be that is opened on what is written by then.

use super::declarations::{DIRECTORY, HEAD, ROLES, Random};
use rolebook::Engine;
use rolebook::engine::{Change, facts};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

/// Who is assigned roles and loses them, and which.
const ASSIGNED: [(&str, &str, &str); 5] = [
    ("user:a", "editor", "team:y"),
    ("user:b", "viewer", "team:x"),
    ("team:x#viewer", "viewer", "team:y"),
    ("user:e", "member", "organization:o"),
    ("user:d", "editor", "team:x"),
];

/// What a directory says beyond [`DIRECTORY`].
#[derive(Clone, Default)]
struct More {
    assigned: [bool; ASSIGNED.len()],
    /// What organizations compose.
    custom: [Option<Value>; 2],
}

/// The names of what organizations compose; the first is one that policies declare, too, at times.
const COMPOSED: [&str; 2] = ["team.r3", "team.own"];

impl More {
    /// Takes a change, and says how it is made.
    fn change(&mut self, random: &mut Random) -> Change {
        if random.below(3) == 0 {
            let at = random.below(self.custom.len());
            if self.custom[at].take().is_some() && random.below(3) == 0 {
                return Change::delete_custom_role(COMPOSED[at], "organization:o");
            }
            let base = ["team.viewer", "team.guest"][random.below(2)];
            let when = ["resource.created_by == subject", "team.label == \"label1\""][random.below(2)];
            let allow = json!(["run.view", { "permissions": "run.delete", "when": when }]);
            let body = json!({ "extends": base, "allow": allow });
            self.custom[at] = Some(body.clone());
            return Change::custom_role(COMPOSED[at], "organization:o", body);
        }
        let at = random.below(ASSIGNED.len());
        let (subject, role, on) = ASSIGNED[at];
        self.assigned[at] = !self.assigned[at];
        if self.assigned[at] { Change::assign(subject, role, on) } else { Change::revoke(subject, role, on) }
    }

    /// The whole directory, read.
    fn directory(&self) -> Vec<(String, String)> {
        let mut assigned = String::from("{\"rolebook\":1,\"kind\":\"directory\"}\n");
        for ((subject, role, on), _) in ASSIGNED.iter().zip(self.assigned).filter(|(_, assigned)| *assigned) {
            let line = json!({ "assign": { "subject": subject, "role": role, "on": on } });
            assigned += &format!("{line}\n");
        }
        for (name, body) in COMPOSED.iter().zip(&self.custom) {
            let Some(body) = body else { continue };
            let mut role = json!({ "name": name, "in": "organization:o" });
            let fields = body.as_object().expect("an object").clone();
            role.as_object_mut().expect("an object").extend(fields);
            assigned += &format!("{}\n", json!({ "custom_role": role }));
        }
        vec![(String::from("d.yaml"), DIRECTORY.to_owned()), (String::from("e.jsonl"), assigned)]
    }
}

fn write(folder: &Path, own: &[String], other: &[String]) -> [String; 2] {
    let texts = [format!("{HEAD}{}\n", own.join("\n")), format!("{}\n", other.join("\n"))];
    fs::write(folder.join("a.rolebook"), &texts[0]).expect("a file");
    fs::write(folder.join("b.rolebook"), &texts[1]).expect("a file");
    texts
}

#[test]
fn whatever_is_edited_and_changed_the_tables_are_byte_for_byte_those_of_a_load() {
    let (mut edited, mut patched, mut changed, mut refused) = (0, 0, 0, 0);
    for seed in 1..=60_u32 {
        let mut random = Random::of_seed(seed);
        let folder = tempfile::tempdir().expect("a folder");
        let mut own: Vec<String> = ROLES.iter().map(|text| (*text).to_owned()).collect();
        let mut other = vec![String::from("deny run.delete when team.label == \"label0\"")];
        let mut more = More::default();
        write(folder.path(), &own, &other);
        fs::write(folder.path().join("d.yaml"), DIRECTORY).expect("a file");
        let open = || Engine::builder().policy(folder.path()).directory(folder.path().join("d.yaml")).build();
        let engine = open().expect("a sound package");
        for _ in 0..40 {
            // Of every other engine the directory stays as it is written.
            let is_change = seed % 2 == 0 && random.below(2) == 0;
            if is_change {
                let mut next = more.clone();
                let change = next.change(&mut random);
                if engine.apply(&[change], 0).is_err() {
                    refused += 1;
                    continue;
                }
                (more, changed) = (next, changed + 1);
            } else {
                let before = engine.state();
                let was = (own.clone(), other.clone());
                for _ in 0..1 + random.below(2) {
                    if random.below(5) == 0 {
                        other.insert(0, random.rule());
                        other.truncate(1 + random.below(9));
                    } else {
                        random.edit(&mut own);
                    }
                }
                write(folder.path(), &own, &other);
                if engine.reload().is_err() {
                    refused += 1;
                    (own, other) = was;
                    write(folder.path(), &own, &other);
                    engine.reload().expect("it was sound before");
                    continue;
                }
                let now = engine.state();
                edited += 1;
                patched += usize::from(std::ptr::eq(before.snapshot().directory(), now.snapshot().directory()));
            }
            let texts = write(folder.path(), &own, &other);
            let policies = [("a.rolebook", texts[0].as_str()), ("b.rolebook", texts[1].as_str())];
            let directory = more.directory();
            let directory: Vec<(&str, &str)> = directory.iter().map(|(name, text)| (&**name, &**text)).collect();
            let fresh =
                Engine::from_strings(&policies, &directory).unwrap_or_else(|error| panic!("{error}\n{texts:?}"));
            let [now, clean] = [&engine, &fresh].map(|engine| facts(&engine.state()).expect("tables of their texts"));
            for ((name, now), (_, clean)) in now.iter().zip(&clean) {
                let [now, clean] = [now, clean].map(|bytes| String::from_utf8_lossy(bytes));
                assert_eq!(now, clean, "{name}, seed {seed}:\n{}\n{}", texts.join("\n"), directory[1].1);
            }
            if seed % 2 == 1 {
                let clean = open().expect("it was read").compiled().expect("bytes");
                assert!(engine.compiled().expect("bytes") == clean, "seed {seed}:\n{}", texts.join("\n"));
            }
        }
    }
    println!("{edited} edited, {patched} of them in place, {changed} changed, {refused} refused");
    assert!(edited > 700 && patched > 400 && changed > 300, "{edited} edited, {patched} in place, {changed} changed");
}
