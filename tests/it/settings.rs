//! Effective settings: every merge word on every shape of containment, what conditions make of them, and what is said of
//! where they came from.

mod conditions;

use rolebook::Engine;
use rolebook::directory::Effective;

const POLICY: &str = r#"
type user
type organization
type team in organization
type project in organization, team* {
  setting queues:        set<string> narrows
  setting labels:        set<string> widens
  setting retention:     duration at most
  setting replicas:      int at least
  setting default_queue: string overrides within queues
  setting region:        string locks
  actions view
}
type run in project { actions create, view }
context { queue: string?, several: set<string>? }

policy gpu in organization:acme { queues = ["gpu", "cpu"] default_queue = "gpu" retention = 30d }
policy spot in organization:acme { queues = ["cpu", "spot"] labels = ["spot"] retention = 7d replicas = 2 }
policy eu in organization:acme { region = "eu" labels = ["eu"] replicas = 3 }
policy us in organization:acme { region = "us" labels = ["us"] }
policy tpu in organization:acme { default_queue = "tpu" }
"#;

fn load(body: &str) -> Result<Engine, String> {
    let directory = format!("rolebook: 1\nkind: directory\n{body}");
    Engine::from_strings(&[("policy.rolebook", POLICY)], &[("directory.yaml", &directory)]).map_err(|error| {
        error.diagnostics.iter().map(|finding| format!("[{}] {}\n", finding.code, finding.message)).collect()
    })
}

/// What an entity's settings amount to, those left out that nobody gives.
fn effective(engine: &Engine, entity: &str) -> String {
    let state = engine.state();
    let schema = state.snapshot().policy().schema();
    let found = engine.settings(entity).expect("a declared entity").settings;
    let shown = found.iter().filter(|setting| !setting.chain.is_empty()).map(|setting| {
        let value = match &setting.effective {
            Effective::Absent => String::from("absent"),
            Effective::Everything => String::from("any"),
            Effective::Conflicting => String::from("conflicting"),
            Effective::Value(value) => value.text(schema),
        };
        format!("{} {value}", setting.name)
    });
    shown.collect::<Vec<_>>().join("; ")
}

/// What became of each value given to a setting.
fn chain(engine: &Engine, entity: &str, name: &str) -> Vec<String> {
    let state = engine.state();
    let schema = state.snapshot().policy().schema();
    let found = engine.settings(entity).expect("a declared entity").settings;
    let setting = found.iter().find(|setting| setting.name == name).expect("a setting that concerns it");
    let line = |given: &rolebook::explain::Contribution| {
        let by = given.policy.as_deref().unwrap_or("settings");
        format!("{} {by} {}: {}", given.entity, given.value.text(schema), given.outcome.text)
    };
    setting.chain.iter().map(line).collect()
}

#[test]
fn merge_words_on_every_shape() {
    for (what, directory, entity, expected) in [
        ("nobody gives anything", "organization:acme:\n  project:p: {}", "project:p", ""),
        (
            "one policy above",
            "organization:acme:\n  team:t: { policy: gpu }\n  project:p: { in: team:t }",
            "project:p",
            "queues [cpu, gpu]; retention 30d; default_queue gpu",
        ),
        (
            "the example of the language: a policy above and an own value",
            "organization:acme:\n  team:research: { policy: gpu }\n  team:vision: {}\n  project:p1:\n    in: [team:research, team:vision]\n    settings: { default_queue: cpu }",
            "project:p1",
            "queues [cpu, gpu]; retention 30d; default_queue cpu",
        ),
        (
            "what is below reads what its container has",
            "organization:acme:\n  policy: gpu\n  project:p: { run:1: {} }",
            "run:1",
            "queues [cpu, gpu]; retention 30d; default_queue gpu",
        ),
        (
            "what contains the declaring type has a value of its own",
            "organization:acme:\n  policy: gpu\n  team:t: { settings: { queues: [cpu, tpu], default_queue: cpu } }",
            "team:t",
            "queues [cpu]; retention 30d; default_queue cpu",
        ),
        (
            "two parents, each with a policy",
            "organization:acme:\n  team:a: { policy: gpu }\n  team:b: { policy: spot }\n  project:p:\n    in: [team:a, team:b]\n    settings: { default_queue: cpu }",
            "project:p",
            "queues [cpu]; labels [spot]; retention 7d; replicas 2; default_queue cpu",
        ),
        (
            "two policies on one entity",
            "organization:acme:\n  project:p:\n    policy: [spot, eu]",
            "project:p",
            "queues [cpu, spot]; labels [eu, spot]; retention 7d; replicas 3; region eu",
        ),
        (
            "own settings stand in the place of the policies of the same entity, whatever the merge word",
            "organization:acme:\n  project:p:\n    policy: [gpu, spot, us]\n    settings: { queues: [tpu], labels: [own], retention: 90d, replicas: 1, default_queue: tpu, region: eu }",
            "project:p",
            "queues [tpu]; labels [own]; retention 90d; replicas 1; default_queue tpu; region eu",
        ),
        (
            "own settings cannot escape what is above",
            "organization:acme:\n  policy: [us, spot]\n  project:p:\n    settings: { queues: [cpu, tpu], labels: [own], retention: 90d, replicas: 1, default_queue: cpu, region: eu }",
            "project:p",
            "queues [cpu]; labels [own, spot, us]; retention 7d; replicas 2; default_queue cpu; region us",
        ),
        (
            "narrowed to nothing",
            "organization:acme:\n  settings: { queues: [gpu] }\n  project:p: { settings: { queues: [tpu] } }",
            "project:p",
            "queues []",
        ),
        (
            "a value on a team wins over one on the organization for its projects, by whichever way they lie there",
            "organization:acme:\n  settings: { default_queue: a, region: a }\n  team:t: { settings: { default_queue: b, region: b } }\n  project:p: { in: team:t }",
            "project:p",
            "default_queue b; region a",
        ),
        (
            "equal values by two ways do not conflict",
            "organization:acme:\n  team:a: { policy: [gpu, eu] }\n  team:b: { settings: { default_queue: gpu, region: eu } }\n  project:p: { in: [team:a, team:b] }",
            "project:p",
            "queues [cpu, gpu]; labels [eu]; retention 30d; replicas 3; default_queue gpu; region eu",
        ),
        (
            "a lock further up settles a difference below it",
            "organization:acme:\n  settings: { region: eu }\n  team:a: { policy: eu }\n  team:b: { policy: us }\n  project:p: { in: [team:a, team:b] }",
            "project:p",
            "labels [eu, us]; replicas 3; region eu",
        ),
        (
            "an own value settles a difference above",
            "organization:acme:\n  team:a: { policy: gpu }\n  team:b: { policy: tpu }\n  project:p:\n    in: [team:a, team:b]\n    settings: { default_queue: cpu }",
            "project:p",
            "queues [cpu, gpu]; retention 30d; default_queue cpu",
        ),
        (
            "a policy linked to what cannot give the setting is without effect",
            "organization:acme:\n  project:p: { run:1: { policy: gpu } }",
            "run:1",
            "queues any; retention absent; default_queue absent",
        ),
    ] {
        let engine = load(directory).unwrap_or_else(|findings| panic!("{what}: {findings}"));
        assert_eq!(effective(&engine, entity), expected, "{what}");
    }
}

#[test]
fn values_that_cannot_stand() {
    for (what, directory, expected) in [
        (
            "two ways lead to different values",
            "organization:acme:\n  team:a: { policy: us }\n  team:b: { policy: eu }\n  project:p: { in: [team:a, team:b], run:1: {}, run:2: {} }",
            "[setting-conflict] `region` has two values on `project:p`\n",
        ),
        (
            "on one entity, two policies; and what is below is not told again",
            "organization:acme:\n  team:t: { policy: [gpu, tpu] }\n  project:p: { in: team:t }",
            "[setting-conflict] `default_queue` has two values on `team:t`\n",
        ),
        (
            "a difference between two locks is not settled below",
            "organization:acme:\n  team:a: { policy: us }\n  team:b: { policy: eu }\n  project:p:\n    in: [team:a, team:b]\n    settings: { region: eu }",
            "[setting-conflict] `region` has two values on `project:p`\n",
        ),
        (
            "one value for each of two pairs",
            "organization:acme:\n  team:a: { policy: us }\n  team:b: { policy: eu }\n  team:c: { policy: us }\n  project:p: { in: [team:a, team:b] }\n  project:q: { in: [team:b, team:c] }",
            "[setting-conflict] `region` has two values on `project:q`\n[setting-conflict] `region` has two values on `project:p`\n",
        ),
        (
            "outside what is narrowed above",
            "organization:acme:\n  policy: gpu\n  project:p: { settings: { default_queue: tpu } }\n  project:q: {}",
            "[outside-within] `default_queue` is `tpu` on `project:p`, outside its `queues`\n",
        ),
        (
            "narrowed below the value, on every branch that does so",
            "organization:acme:\n  policy: gpu\n  project:p: { settings: { queues: [cpu] }, run:1: {} }\n  project:q: { settings: { queues: [cpu] } }",
            "[outside-within] `default_queue` is `gpu` on `project:p`, outside its `queues`\n[outside-within] `default_queue` is `gpu` on `project:q`, outside its `queues`\n",
        ),
        (
            "a misspelled name hides nothing and adds nothing",
            "organization:acme:\n  policy: gpu\n  project:p: { settings: { queus: [tpu], default_queue: tpu } }",
            "[unknown-setting] unknown setting `queus`\n",
        ),
        (
            "set below what may give it",
            "organization:acme:\n  project:p: { run:1: { settings: { region: eu } } }",
            "[unknown-setting] `region` cannot be set on a `run`\n",
        ),
    ] {
        assert_eq!(load(directory).err().as_deref(), Some(expected), "{what}");
    }
}

#[test]
fn the_chain_tells_what_became_of_each_value() {
    let directory = "organization:acme:
  policy: gpu
  settings: { replicas: 4, region: eu, labels: [a], default_queue: cpu }
  team:a:
    policy: [spot, us]
    settings: { queues: [cpu, tpu] }
  team:b: { policy: eu }
  project:p:
    in: [team:a, team:b]
    settings: { default_queue: cpu, retention: 1d, labels: [a, b] }
    run:1: { policy: tpu }";
    let engine = load(directory).expect("a sound directory");
    for (setting, expected) in [
        (
            "queues",
            &[
                "organization:acme gpu [cpu, gpu]: narrowed to [cpu, gpu]",
                "team:a settings [cpu, tpu]: narrowed to [cpu]; narrowed away: tpu",
                "team:a spot [cpu, spot]: replaced by the own settings of `team:a`",
            ][..],
        ),
        (
            "labels",
            &[
                "organization:acme settings [a]: adds a",
                "team:a spot [spot]: adds spot",
                "team:a us [us]: adds us",
                "team:b eu [eu]: adds eu",
                "project:p settings [a, b]: adds b",
            ],
        ),
        (
            "retention",
            &[
                "organization:acme gpu 30d: loses to `project:p`",
                "team:a spot 7d: loses to `project:p`",
                "project:p settings 1d: wins",
            ],
        ),
        (
            "replicas",
            &[
                "organization:acme settings 4: wins",
                "team:a spot 2: loses to `organization:acme`",
                "team:b eu 3: loses to `organization:acme`",
            ],
        ),
        (
            "default_queue",
            &[
                "organization:acme settings cpu: overridden on `project:p`",
                "organization:acme gpu gpu: replaced by the own settings of `organization:acme`",
                "project:p settings cpu: wins",
                "run:1 tpu tpu: without effect on a `run`",
            ],
        ),
        (
            "region",
            &[
                "organization:acme settings eu: wins",
                "team:a us us: locked by `organization:acme`",
                "team:b eu eu: locked by `organization:acme`",
            ],
        ),
    ] {
        assert_eq!(chain(&engine, "run:1", setting), expected, "{setting}");
    }
    let nothing = load("organization:acme:\n  settings: { queues: [a] }\n  project:p: { settings: { queues: [b] } }")
        .expect("a sound directory");
    let told = chain(&nothing, "project:p", "queues");
    assert_eq!(told.last().map(String::as_str), Some("project:p settings [b]: nothing left; narrowed away: b"));
}

#[test]
fn who_has_no_settings() {
    let engine = load("organization:acme:\n  project:p: { run:1: {} }").expect("a sound directory");
    for (entity, expected) in [
        ("project", "[invalid-entity] `project` is no entity"),
        ("projet:p", "[unknown-type] unknown type `projet`"),
        ("project:q", "[unknown-entity] `project:q` has no entry in the directory"),
    ] {
        let error = engine.settings(entity).expect_err("nothing of this name");
        assert_eq!(format!("[{}] {}", error.code, error.message), expected);
    }
}

/// Change the policy, and every entity below follows.
#[test]
fn inheritance_is_live() {
    let directory = "rolebook: 1\nkind: directory\norganization:acme:\n  policy: gpu\n  project:p: { run:1: {} }\n";
    for (value, expected) in [("30d", "retention 30d"), ("7d", "retention 7d")] {
        let policy = POLICY.replace("retention = 30d", &format!("retention = {value}"));
        let engine =
            Engine::from_strings(&[("policy.rolebook", &policy)], &[("directory.yaml", directory)]).expect("sound");
        for entity in ["organization:acme", "project:p", "run:1"] {
            assert!(effective(&engine, entity).contains(expected), "{entity}: {}", effective(&engine, entity));
        }
    }
}

/// Values at every height of a deep containment, and on each of many parents, cost no more than they must.
#[test]
fn deep_and_wide() {
    const DEPTH: usize = 1_000;
    const WIDTH: usize = 300;
    let policy = "type folder in folder* {
  setting nearest: int overrides
  setting farthest: int locks
  setting allowed: set<int> narrows
  setting all: set<int> widens
  setting least: int at most
}";
    let mut directory = String::from("rolebook: 1\nkind: directory\n");
    let values = (0..100).map(|value| value.to_string()).collect::<Vec<_>>().join(", ");
    for at in 0..DEPTH {
        let parent = if at == 0 { String::new() } else { format!("in: folder:{}, ", at - 1) };
        directory.push_str(&format!(
            "folder:{at}: {{ {parent}settings: {{ nearest: {at}, farthest: {at}, allowed: [{values}], all: [{at}], least: {at} }} }}\n"
        ));
    }
    let wide: Vec<String> = (0..WIDTH).map(|at| format!("folder:wide{at}")).collect();
    for folder in &wide {
        directory.push_str(&format!("{folder}: {{ settings: {{ nearest: 1, farthest: 1, allowed: [{values}] }} }}\n"));
    }
    for left_out in 0..WIDTH {
        let parents: Vec<&str> =
            wide.iter().enumerate().filter(|(at, _)| *at != left_out).map(|(_, name)| name.as_str()).collect();
        directory.push_str(&format!("folder:below{left_out}: {{ in: [{}] }}\n", parents.join(", ")));
    }
    let start = std::time::Instant::now();
    let engine = Engine::from_strings(&[("policy.rolebook", policy)], &[("directory.yaml", &directory)])
        .unwrap_or_else(|error| panic!("{error}"));
    assert!(start.elapsed().as_secs() < 30, "{:?}", start.elapsed());
    let last = effective(&engine, &format!("folder:{}", DEPTH - 1));
    assert!(last.starts_with(&format!("nearest {}; farthest 0; allowed [0, 1, ", DEPTH - 1)), "{last}");
    assert!(last.ends_with("; least 0"), "{last}");
    assert!(effective(&engine, "folder:below7").starts_with("nearest 1; farthest 1; "));
}
