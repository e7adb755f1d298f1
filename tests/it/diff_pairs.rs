//! Under which change somebody stands who gains or loses where two changes come together: never under one that does not
//! bring it, where the other one does by itself.

use rolebook::Engine;
use rolebook::analysis::diff::{Asking, PolicyDiff};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// 2026-06-01T00:00:00Z
const AT: i64 = 1_780_272_000_000;

/// A policy and a directory.
type Texts = [String; 2];

/// By who gains or loses what on what, and when, the change it stands under.
type Rows = BTreeMap<(String, String, String, bool, String), String>;

/// In what an edit is made.
#[derive(Clone, Copy)]
enum In {
    Policy,
    Directory,
}

/// What it is called, where it is made, the words that go, and those that come.
type Edit = (&'static str, In, &'static str, &'static str);

const EDITS: [Edit; 19] = [
    ("a condition is dropped", In::Policy, " when resource.created_by == subject", ""),
    (
        "a deny's condition is negated",
        In::Policy,
        "deny team.delete when resource.default",
        "deny team.delete when not resource.default",
    ),
    ("a guardrail is freed", In::Policy, "context.queue == \"gpu\" and not context.mfa", "context.queue == \"gpu\""),
    (
        "a deny is gone",
        In::Policy,
        "deny run.create when context.queue and not (context.queue in project.settings.queues)\n  because \"That queue is not available to this project.\"\n",
        "",
    ),
    ("a wide deny's condition is negated", In::Policy, "when project.team and", "when not project.team and"),
    (
        "a role extends nothing",
        In::Policy,
        "role team.member extends team.viewer",
        "role team.member requires organization.member assigned by team.manage_members",
    ),
    (
        "a role allows less",
        In::Policy,
        "role team.admin extends team.member {\n  allow *",
        "role team.admin extends team.member {\n  allow team.*",
    ),
    ("a deny comes", In::Policy, "deny team.delete when", "deny run.delete when context.mfa\ndeny team.delete when"),
    ("an org policy is not linked", In::Directory, "    policy: gpu\n", ""),
    (
        "roles are assigned",
        In::Directory,
        "roles: { viewer: [team:research#member] }",
        "roles: { viewer: [team:research#member, user:bo], admin: [user:dee] }",
    ),
    ("a role is not assigned", In::Directory, "roles: { viewer: [team:research#member] }", "roles: { }"),
    ("a team is not the default", In::Directory, "    default: true\n", ""),
    ("a project is private", In::Directory, "visibility: open", "visibility: private"),
    ("a run has another creator", In::Directory, "created_by: user:cy", "created_by: user:dee"),
    ("a project is moved", In::Directory, "in: [team:research, team:vision]", "in: [team:vision]"),
    (
        "a project gives a setting a value",
        In::Directory,
        "settings: { default_queue: cpu }",
        "settings: { default_queue: cpu, queues: [cpu] }",
    ),
    ("a key has another owner", In::Directory, "owner: user:cy", "owner: user:bo"),
    ("a run comes", In::Directory, "    run:43:", "    run:44: { created_by: user:cy }\n    run:43:"),
    ("a membership is for good", In::Directory, "{ subject: user:dee, until: 2026-12-31T00:00:00Z }", "user:dee"),
];

fn edited(texts: &Texts, &(name, place, old, new): &Edit) -> Texts {
    let mut texts = texts.clone();
    let text = match place {
        In::Policy => &mut texts[0],
        In::Directory => &mut texts[1],
    };
    assert_eq!(text.matches(old).count(), 1, "{name}: `{old}` stands there once");
    *text = text.replace(old, new);
    texts
}

/// Whether an edit finds its words still.
fn applies(texts: &Texts, &(_, place, old, _): &Edit) -> bool {
    match place {
        In::Policy => texts[0].contains(old),
        In::Directory => texts[1].contains(old),
    }
}

fn engine([policy, directory]: &Texts) -> Engine {
    Engine::from_strings(&[("acme.rolebook", policy)], &[("directory.yaml", directory)]).expect("it is sound")
}

fn rows(old: &Engine, new: &Texts) -> Rows {
    let (old, new) = (old.state(), engine(new).state());
    let asking = Asking { at: AT, ..Asking::default() };
    let diff = PolicyDiff::new(old.snapshot(), new.snapshot(), &asking);
    let mut rows = Rows::new();
    for caused in diff.people.by_cause() {
        for row in caused.rows() {
            let when = row.occasion.map_or_else(String::new, |occasion| occasion.text());
            rows.insert((row.subject, row.permission, row.entity, row.gained, when), caused.cause.text.clone());
        }
    }
    rows
}

#[test]
fn nobody_stands_under_a_change_that_does_not_concern_them() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diff/pairs");
    let base = ["acme.rolebook", "directory.yaml"].map(|name| fs::read_to_string(folder.join(name)).expect("a file"));
    let old = engine(&base);
    let alone: Vec<Rows> = EDITS.iter().map(|edit| rows(&old, &edited(&base, edit))).collect();
    let causes: Vec<BTreeSet<&String>> = alone.iter().map(|rows| rows.values().collect()).collect();
    let silent: Vec<&str> =
        EDITS.iter().zip(&alone).filter(|(_, rows)| rows.is_empty()).map(|(edit, _)| edit.0).collect();
    assert!(silent.is_empty(), "{silent:?} move nobody");
    let mut wrong: Vec<String> = Vec::new();
    let mut compared = 0;
    for (one, first) in EDITS.iter().enumerate() {
        for (other, second) in EDITS.iter().enumerate().skip(one + 1) {
            let half = edited(&base, first);
            if !applies(&half, second) {
                continue;
            }
            for (row, cause) in rows(&old, &edited(&half, second)) {
                for (mine, theirs) in [(one, other), (other, one)] {
                    if !alone[mine].contains_key(&row) || alone[theirs].contains_key(&row) {
                        continue;
                    }
                    compared += 1;
                    if causes[theirs].contains(&cause) && !causes[mine].contains(&cause) {
                        let ((who, permission, on, gained, _), name, beside) = (&row, EDITS[mine].0, EDITS[theirs].0);
                        let verb = if *gained { "gains" } else { "loses" };
                        wrong.push(format!(
                            "{who} {verb} {permission} on {on} since {name}; beside that {beside}: {cause}"
                        ));
                    }
                }
            }
        }
    }
    assert!(compared > 500, "{compared}");
    assert!(wrong.is_empty(), "{} of {compared}:\n{}", wrong.len(), wrong.join("\n"));
}
