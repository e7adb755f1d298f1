//! Effective settings and guardrails, on cases whose answers are plain from the language's description.

use super::Verdict::{Allowed, Forbidden, NotComputed, NotGranted};
use super::scenarios::check;
use super::value::Value;
use super::{Effective, Fault, Reference};

const SETTINGS: &str = "type user type org { } type team in org { } type project in org, team* { actions view, edit
        setting queues: set<string> narrows  setting queue: string overrides within queues
        setting tools: set<string> widens  setting keep: duration at most  setting mode: \"a\" | \"b\" locks }
    type run in project { actions view }
    context { queue: string? }";

/// The value of each `ENTITY.SETTING`, `!` for a conflict.
#[track_caller]
fn check_settings(directory: &str, expected: &[(&str, &str)]) {
    let reference =
        Reference::new([SETTINGS, "policy gpu { queues = [\"gpu\", \"cpu\"] keep = 30d mode = \"a\" }"], [directory]);
    let values: Vec<(&str, String)> = expected
        .iter()
        .map(|(setting, _)| {
            let (entity, name) = setting.split_once('.').expect("an entity and a setting");
            let show = |value: &Value| match value {
                Value::Text(text) => text.clone(),
                Value::Length(length) => format!("{}d", length / 86_400_000),
                Value::Everything => String::from("any"),
                Value::Absent => String::from("absent"),
                other => panic!("no such setting: {other:?}"),
            };
            let text = match reference.effective(entity, name) {
                Effective::Value(Value::Set(items)) => items.iter().map(show).collect::<Vec<_>>().join(","),
                Effective::Value(value) => show(&value),
                Effective::Conflict => String::from("!"),
                Effective::Unknown => String::from("?"),
            };
            (*setting, text)
        })
        .collect();
    let values: Vec<(&str, &str)> = values.iter().map(|(setting, value)| (*setting, value.as_str())).collect();
    assert_eq!(values, expected);
}

#[test]
fn settings_flow_down_every_way() {
    check_settings(
        "{ org:1: { settings: { mode: b, tools: [x], keep: 10d },
                team:1: { policy: [gpu, spot], settings: { tools: [y, x], queue: cpu } },
                team:2: { policy: gpu, settings: { queues: [tpu] } },
                project:1: { in: [team:1, team:2], run:1: {} }, project:2: { settings: { keep: 20d, queue: gpu } },
                project:3: { in: team:1, settings: { queue: spot } } },
           policies: { spot: { in: 'org:1', settings: { queues: [cpu, spot], keep: 40d } } } }",
        &[
            ("org:1.queues", "any"),
            ("team:1.queues", "cpu"),
            // An own value goes before those of linked policies.
            ("team:2.queues", "tpu"),
            ("project:1.queues", ""),
            ("run:1.queues", ""),
            ("project:2.queues", "any"),
            ("team:1.queue", "cpu"),
            ("run:1.queue", "cpu"),
            ("project:2.queue", "gpu"),
            ("project:3.queue", "spot"),
            ("run:1.tools", "x,y"),
            ("project:2.tools", "x"),
            ("run:1.keep", "10d"),
            ("team:1.mode", "b"),
            ("run:1.mode", "b"),
            ("project:2.keep", "10d"),
        ],
    );
}

#[test]
fn values_side_by_side_conflict() {
    check_settings(
        "{ org:1: { team:1: { settings: { queue: a, mode: a } }, team:2: { settings: { queue: b, mode: b } },
                team:3: { settings: { queue: a } },
                project:1: { in: [team:1, team:2] }, project:2: { in: [team:1, team:3] },
                project:3: { in: [team:1, team:2], settings: { queue: c } } } }",
        &[
            ("project:1.queue", "!"),
            ("project:1.mode", "!"),
            ("project:2.queue", "a"),
            ("project:2.mode", "a"),
            ("project:3.queue", "c"),
            ("project:3.mode", "!"),
        ],
    );
}

#[test]
fn settings_that_may_not_stand() {
    let cases: [(&str, &[Fault]); 7] = [
        ("{ org:1: { settings: { queues: [a] }, project:1: { settings: { queue: a } } } }", &[]),
        ("{ org:1: { settings: { queues: [a] }, project:1: { settings: { queue: b } } } }", &[Fault::OutsideWithin]),
        ("{ org:1: { settings: { queue: b }, project:1: { settings: { queues: [a] } } } }", &[Fault::OutsideWithin]),
        ("{ org:1: { policy: [one, two] } }", &[Fault::SettingConflict]),
        ("{ org:1: { policy: [one, two], settings: { mode: a, queue: q } } }", &[]),
        // What `one` and `two` differ in is nothing to an entity that neither supplies nor reads it.
        ("{ user:1: { policy: [one, two] } }", &[]),
        (
            "{ org:1: { team:1: { policy: one }, team:2: { policy: two }, project:1: { in: [team:1, team:2] } } }",
            &[Fault::SettingConflict],
        ),
    ];
    for (directory, expected) in cases {
        let policies = "policy one { mode = \"a\" queue = \"q\" } policy two { mode = \"b\" queue = \"r\" }";
        let faults = Reference::new([SETTINGS, policies], [directory]).setting_faults();
        assert_eq!(faults.into_iter().collect::<Vec<_>>(), expected, "{directory}");
    }
}

#[test]
fn conditions_ask_for_settings() {
    let policy = format!(
        "{SETTINGS}
        allow project.view when context.queue in resource.settings.queues
        allow project.edit when resource.settings.queue == \"a\" or (resource.settings.keep and resource.settings.keep > 1d)
        allow run.view when resource.settings.queues and not (resource.settings.queues subset of [\"a\"])
        policy spot in org:2 {{ deny *.* when context.queue == \"spot\" }}"
    )
    .replace("*.*", "*");
    check(
        &policy,
        "{ org:1: { project:1: { settings: { queues: [a, b], queue: a }, run:1: }, project:2: , project:3: { settings: { keep: 2d } } },
           org:2: { policy: spot, project:4: , project:5: { settings: { queues: [] }, run:5: } },
           org:3: { team:1: { settings: { queue: a } }, team:2: { settings: { queue: b } } } }",
        &[
            ("user:ana view project:1 context {queue: a}", Allowed),
            ("user:ana view project:1 context {queue: c}", NotGranted),
            ("user:ana view project:2 context {queue: c}", Allowed),
            ("user:ana view project:2", NotGranted),
            ("user:ana edit project:1", Allowed),
            ("user:ana edit project:2", NotGranted),
            ("user:ana edit project:3", Allowed),
            ("user:ana view run:1", Allowed),
            ("user:ana view run:5", NotGranted),
            ("user:ana view project:4 context {queue: spot}", Forbidden),
            ("user:ana view project:1 context {queue: spot}", NotGranted),
            // Of an entity that is not declared the values above count; nobody knows them where a parent is missing.
            ("user:ana view run:9 facts {run:9: {in: [project:2]}}", Allowed),
            ("user:ana view run:9", NotComputed),
            ("user:ana view project:9 context {queue: c} facts {project:9: {in: [org:1], settings: {queues: [a]}}}", Allowed),
            ("user:ana edit project:9 facts {project:9: {in: [org:3, team:1]}}", Allowed),
            ("user:ana edit project:9 facts {project:9: {in: [org:3, team:1, team:2]}}", NotComputed),
        ],
    );
}
