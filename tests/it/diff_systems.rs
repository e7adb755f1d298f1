//! `rolebook diff` on edits as people make them, on each of the reference policies: what is printed stands in `tests/diff`, one
//! text for each system (`UPDATE=1 cargo test` rewrites them), and whom an edit concerns is held against the complete tables of
//! decisions of both sides.

use crate::agreement::tables;
use crate::diff::{run, same, shown};
use crate::transcript::copy;
use rolebook::Engine;
use rolebook::analysis::diff::{Asking, PolicyDiff};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// What every system is edited by.
const KINDS: [&str; 5] = [
    "a role loses `extends`",
    "a condition is dropped",
    "a deny's condition is negated",
    "a custom role gains `*`",
    "a setting's merge word changes",
];

/// 2026-05-01T12:00:00Z
const AT: i64 = 1_777_636_800_000;

/// A file, the words that go, and those that come.
type Words = (&'static str, &'static str, &'static str);

/// An edit.
struct Edit {
    name: &'static str,
    /// What both sides have before it, where the policy has nothing of the kind.
    given: &'static [Words],
    edit: Words,
}

const fn edit(name: &'static str, edit: Words) -> Edit {
    Edit { name, given: &[], edit }
}

const TOOLS: &[Edit] = &[
    edit(
        "a role loses `extends`",
        (
            "tools.rolebook",
            "role tool.executor extends tool.viewer {",
            "role tool.executor assigned freely by organization.manage_members {",
        ),
    ),
    Edit {
        name: "a condition is dropped",
        given: &[("tools.rolebook", "  allow tool.execute\n", "  allow tool.execute when tool.team\n")],
        edit: ("tools.rolebook", "  allow tool.execute when tool.team\n", "  allow tool.execute\n"),
    },
    Edit {
        name: "a deny's condition is negated",
        given: &[(
            "tools.rolebook",
            "assert only organization.owner, organization.admin can",
            "deny tool.edit to user when subject has organization.member on organization\n\nassert only organization.owner, organization.admin can",
        )],
        edit: (
            "tools.rolebook",
            "when subject has organization.member on organization",
            "when not (subject has organization.member on organization)",
        ),
    },
    Edit {
        name: "a custom role gains `*`",
        given: &[
            (
                "tools.rolebook",
                "## Runs the tool.\n",
                "custom role tool.runner in organization:harbor extends tool.viewer {\n  allow tool.execute\n}\n\n## Runs the tool.\n",
            ),
            ("tools.rolebook", "role tool.viewer assigned", "open role tool.viewer assigned"),
            ("directory.yaml", "viewer: [user:iris]", "runner: [user:iris, team:client-a#executor]"),
        ],
        edit: (
            "tools.rolebook",
            "extends tool.viewer {\n  allow tool.execute\n}\n\n## Runs",
            "extends tool.viewer {\n  allow *\n}\n\n## Runs",
        ),
    },
    Edit {
        name: "a setting's merge word changes",
        given: &[
            (
                "tools.rolebook",
                "type tool in organization, team* {\n",
                "type tool in organization, team* {\n  setting risk: int at most\n",
            ),
            (
                "tools.rolebook",
                "assert only organization.owner, organization.admin can",
                "deny tool.execute when resource.settings.risk > 5\n\nassert only organization.owner, organization.admin can",
            ),
            ("directory.yaml", "organization:harbor:\n", "organization:harbor:\n  settings: { risk: 3 }\n"),
            ("directory.yaml", "  tool:payroll:\n", "  tool:payroll:\n    settings: { risk: 9 }\n"),
        ],
        edit: ("tools.rolebook", "risk: int at most", "risk: int at least"),
    },
    edit("an implication is dropped", ("tools.rolebook", "  implies tool.editor\n", "")),
    edit("a role gains `*`", ("tools.rolebook", "  allow tool.execute\n", "  allow *\n")),
    edit(
        "a deny comes",
        (
            "tools.rolebook",
            "assert only organization.owner, organization.admin can",
            "deny tool.edit when subject is user and not (subject has organization.member on organization)\n\nassert only organization.owner, organization.admin can",
        ),
    ),
    edit(
        "somebody leaves a team",
        ("directory.yaml", "      executor: [user:carl, user:hugo]\n", "      executor: [user:hugo]\n"),
    ),
];

const BASETEN: &[Edit] = &[
    edit(
        "a role loses `extends`",
        (
            "baseten.rolebook",
            "role team.admin extends team.member {",
            "role team.admin requires organization.member assigned by team.manage_members {",
        ),
    ),
    edit(
        "a condition is dropped",
        ("baseten.rolebook", "deny team.use_model_apis\n  unless resource.default\n", "deny team.use_model_apis\n"),
    ),
    edit(
        "a deny's condition is negated",
        ("baseten.rolebook", "  when resource.restricted\n", "  when not resource.restricted\n"),
    ),
    Edit {
        name: "a custom role gains `*`",
        given: &[
            ("baseten.rolebook", "role team.member requires", "open role team.member requires"),
            (
                "directory.yaml",
                "  team:lumen:\n",
                "  custom_roles:\n    team.lead: { extends: team.member, allow: [team.rename] }\n\n  team:lumen:\n",
            ),
            (
                "directory.yaml",
                "member: [user:dan, user:eli, user:jo, user:pat]",
                "member: [user:dan, user:jo, user:pat]\n      lead: [user:eli]",
            ),
        ],
        edit: ("directory.yaml", "allow: [team.rename]", "allow: [\"*\"]"),
    },
    Edit {
        name: "a setting's merge word changes",
        given: &[
            ("baseten.rolebook", "type model in team {\n", "type model in team {\n  setting queue: duration at most\n"),
            (
                "baseten.rolebook",
                "assert only organization.admin can organization.*, team.delete\n",
                "deny model.call when resource.settings.queue > 1h\n\nassert only organization.admin can organization.*, team.delete\n",
            ),
            ("directory.yaml", "organization:lumen:\n", "organization:lumen:\n  settings: { queue: 2h }\n"),
            ("directory.yaml", "    name: Research\n", "    name: Research\n    settings: { queue: 10m }\n"),
        ],
        edit: ("baseten.rolebook", "queue: duration at most", "queue: duration at least"),
    },
    edit(
        "a role gains `*`",
        (
            "baseten.rolebook",
            "  allow team.{rename, manage_members, create_environment, create_api_key}\n}",
            "  allow *\n}",
        ),
    ),
    edit("an implication is dropped", ("baseten.rolebook", "  implies team.admin\n", "")),
    edit("two grants are dropped", ("baseten.rolebook", "  allow secret.manage\n  allow environment.manage\n", "")),
    edit(
        "operators change",
        ("directory.yaml", "operators: [user:cleo, user:eli]", "operators: [user:cleo, user:dan]"),
    ),
    edit(
        "a key has another owner, whom a condition alone tells from the one before",
        ("directory.yaml", "personal_key:jo-laptop: { owner: user:jo }", "personal_key:jo-laptop: { owner: user:eli }"),
    ),
];

const WANDB: &[Edit] = &[
    edit(
        "a role loses `extends`",
        (
            "roles.rolebook",
            "role team.admin extends team.member {",
            "role team.admin requires organization.member assigned freely by team.add_members {",
        ),
    ),
    edit(
        "a condition is dropped",
        (
            "roles.rolebook",
            "report.{edit, delete}\n    when resource.created_by == subject\n",
            "report.{edit, delete}\n",
        ),
    ),
    edit(
        "a deny's condition is negated",
        ("rules.rolebook", "deny team.use_api_key to service\n  unless", "deny team.use_api_key to service\n  when"),
    ),
    edit("a custom role gains `*`", ("directory.yaml", "allow: [run.delete, sweep.delete] }", "allow: [\"*\"] }")),
    Edit {
        name: "a setting's merge word changes",
        given: &[
            (
                "types.rolebook",
                "type project in team {\n",
                "type project in team {\n  setting visibilities: set<string> narrows\n",
            ),
            (
                "rules.rolebook",
                "assert only server.admin can server.*\n",
                "deny project.log_run unless resource.visibility in resource.settings.visibilities\n\nassert only server.admin can server.*\n",
            ),
            (
                "directory.yaml",
                "    team:vision:\n",
                "    team:vision:\n      settings: { visibilities: [team, open] }\n",
            ),
            (
                "directory.yaml",
                "        visibility: private\n",
                "        visibility: private\n        settings: { visibilities: [private] }\n",
            ),
        ],
        edit: ("types.rolebook", "set<string> narrows", "set<string> widens"),
    },
    edit(
        "a rule says less",
        (
            "rules.rolebook",
            "  when project.visibility == \"public\" or project.visibility == \"open\"\n",
            "  when project.visibility == \"public\"\n",
        ),
    ),
    edit(
        "a condition reads the context",
        (
            "rules.rolebook",
            "    and context.user has any role on team\n",
            "    and context.user has team.member on team\n",
        ),
    ),
];

const POLYAXON: &[Edit] = &[
    edit(
        "a role loses `extends`",
        (
            "roles.rolebook",
            "role team.contributor extends team.member {",
            "role team.contributor requires organization.member assigned by team.manage_members {",
        ),
    ),
    edit("a condition is dropped", ("roles.rolebook", "lineage.view when not project.team\n", "lineage.view\n")),
    edit(
        "a deny's condition is negated",
        (
            "rules.rolebook",
            "  when resource.queue and not (resource.queue in project.settings.queues)\n",
            "  when resource.queue and resource.queue in project.settings.queues\n",
        ),
    ),
    Edit {
        name: "a custom role gains `*`",
        given: &[
            ("roles.rolebook", "role project.viewer assigned", "open role project.viewer assigned"),
            (
                "directory.yaml",
                "  team:engineering:\n    name: Engineering\n",
                "  custom_roles:\n    project.starter: { extends: project.viewer, allow: [run.create] }\n\n  team:engineering:\n    name: Engineering\n",
            ),
            ("directory.yaml", "      viewer: [user:ola]\n", "      starter: [user:ola]\n"),
        ],
        edit: ("directory.yaml", "allow: [run.create]", "allow: [\"*\"]"),
    },
    edit(
        "a setting's merge word changes",
        ("types.rolebook", "setting authorized_teams: set<team> narrows", "setting authorized_teams: set<team> widens"),
    ),
    edit(
        "a role extends less",
        (
            "roles.rolebook",
            "role team.contributor extends team.member {",
            "role team.contributor extends team.viewer {",
        ),
    ),
    edit(
        "a role gains `*`",
        (
            "roles.rolebook",
            "role project.viewer assigned by project.manage_teams {\n  allow *.view\n",
            "role project.viewer assigned by project.manage_teams {\n  allow *\n",
        ),
    ),
    edit(
        "a condition is written otherwise",
        (
            "roles.rolebook",
            "implies project.viewer when scope in resource.settings.authorized_teams\n",
            "implies project.viewer when resource.settings.authorized_teams contains scope\n",
        ),
    ),
];

#[test]
fn edits_of_the_tools_policy() {
    edits("tools", TOOLS);
}

#[test]
fn edits_of_the_baseten_policy() {
    edits("baseten", BASETEN);
}

#[test]
fn edits_of_the_wandb_policy() {
    edits("wandb", WANDB);
}

#[test]
fn edits_of_the_polyaxon_policy() {
    edits("polyaxon", POLYAXON);
}

/// Everybody whom each edit concerns, as the command prints it.
fn edits(system: &str, edits: &[Edit]) {
    let mut left_out = 0;
    for kind in KINDS {
        assert_eq!(edits.iter().filter(|edit| edit.name == kind).count(), 1, "{system}: {kind}");
    }
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut printed = String::new();
    for Edit { name, given, edit } in edits {
        let place = tempfile::tempdir().expect("a temporary folder");
        let folders = ["old", "new"].map(|side| place.path().join(side));
        for folder in &folders {
            copy(&manifest.join("policies").join(system), folder);
            given.iter().for_each(|words| replace(folder, words, name));
        }
        replace(&folders[1], edit, name);
        let diff = |arguments: &[&str]| {
            run(place.path(), &[&["diff", "old", "new"], arguments, &["--at", "2026-05-01T12:00:00Z"]].concat())
        };
        let lines = |sign: &str, text: &str| text.lines().fold(String::new(), |all, line| all + sign + line + "\n");
        let shown_edit = |(file, old, new): &Words| format!("# in {file}\n{}{}", lines("- ", old), lines("+ ", new));
        printed.push_str(&format!("# {name}\n"));
        for words in *given {
            printed.push_str(&format!("# given{}", shown_edit(words).trim_start_matches('#')));
        }
        printed.push_str(&shown_edit(edit));
        printed.push_str(&format!("{}\n", shown(&diff(&["--all"]))));
        // The same, to nobody's surprise, in the other forms.
        for form in ["md", "json"] {
            let output = diff(&["--format", form]);
            assert_eq!(output.status.code(), Some(0), "{system}: {name}: {}", shown(&output));
            if form == "json" {
                left_out += shown_or_counted(&serde_json::from_slice(&output.stdout).expect("JSON"), name);
            }
        }
        exactly_those(&folders.map(|folder| Engine::open(&[folder], &[]).expect("it is sound")), name);
    }
    same(&manifest.join("tests/diff").join(format!("{system}.txt")), &printed);
    assert!(left_out > 0 || system == "tools", "{system}: of no edit a part was shown");
}

/// Of each change, what is shown and what is left out is all of it. Yields how much is left out.
fn shown_or_counted(json: &serde_json::Value, name: &str) -> u64 {
    let number = |value: &serde_json::Value| value.as_u64().expect("a number");
    let list = |value: &serde_json::Value| value.as_array().expect("a list").clone();
    let mut left_out = 0;
    for change in list(&json["people"]["changes"]) {
        let of = |line: &serde_json::Value| list(&line["permissions"]).len() * list(&line["entities"]).len();
        let shown: usize = list(&change["lines"]).iter().map(of).sum();
        let rows = number(&change["gained"]["rows"]) + number(&change["lost"]["rows"]);
        assert_eq!(shown as u64 + number(&change["left_out"]), rows, "{name}: {}", change["change"]);
        left_out += number(&change["left_out"]);
    }
    left_out
}

fn replace(folder: &Path, (file, old, new): &Words, name: &str) {
    let path = folder.join(file);
    let text = fs::read_to_string(&path).expect("a file");
    assert_eq!(text.matches(old).count(), 1, "{}: {name}: `{old}` stands there once", folder.display());
    fs::write(&path, text.replace(old, new)).expect("an edited file");
}

/// Every decision is asked of both sides: those that differ are the rows of the difference, and no others.
fn exactly_those(engines: &[Engine; 2], name: &str) {
    let states = engines.each_ref().map(Engine::state);
    let asking = Asking { at: AT, context: Vec::new() };
    let diff = PolicyDiff::new(states[0].snapshot(), states[1].snapshot(), &asking);
    let rows = diff.people.rows().filter(|row| row.occasion.is_none());
    let told: BTreeSet<tables::Row> = rows.map(|row| (row.subject, row.permission, row.entity, row.gained)).collect();
    let wanted = tables::difference([&engines[0], &engines[1]], AT);
    let missing: Vec<_> = wanted.difference(&told).collect();
    let wrong: Vec<_> = told.difference(&wanted).collect();
    assert!(missing.is_empty() && wrong.is_empty(), "{name}: missing {missing:#?}, wrong {wrong:#?}");
}
