//! Effective settings: every merge word on every shape of containment, what conditions make of them, and what is said of
//! where they came from.

use rolebook::decide::{Fact, Query, Reason};
use rolebook::directory::Effective;
use rolebook::schema::RawValue;
use rolebook::{Engine, engine};

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

/// What conditions make of a setting's values: `yes`, `no` and `?` by whether a rule with the condition allows.
#[test]
fn settings_in_conditions() {
    const CONDITIONS: [&str; 12] = [
        "context.queue in resource.settings.queues",
        "resource.settings.queues contains context.queue",
        "not (context.queue in resource.settings.queues)",
        "resource.settings.queues",
        "resource.settings.queues overlaps context.several",
        "context.several overlaps resource.settings.queues",
        "context.several subset of resource.settings.queues",
        "resource.settings.queues subset of context.several",
        "resource.settings.queues subset of resource.settings.queues",
        "size(resource.settings.queues) < 3",
        "resource.settings.default_queue == \"gpu\"",
        "resource.settings.default_queue",
    ];
    let actions: Vec<String> = (0..CONDITIONS.len()).map(|at| format!("try{at}")).collect();
    let rules: Vec<String> =
        CONDITIONS.iter().enumerate().map(|(at, condition)| format!("allow run.try{at} when {condition}")).collect();
    let policy = POLICY.replace("create, view", &actions.join(", ")) + &rules.join("\n");
    let directory = "rolebook: 1
kind: directory
organization:acme:
  team:a: { settings: { queues: [gpu, cpu], default_queue: gpu } }
  team:b: { settings: { queues: [cpu, spot] } }
  project:open: { run:open: {} }
  project:given: { in: team:a, run:given: {} }
  project:shut: { settings: { queues: [] }, run:shut: {} }
  project:other: { in: team:b }
";
    let engine = Engine::from_strings(&[("policy.rolebook", &policy)], &[("directory.yaml", directory)])
        .expect("a sound policy");
    let fact = |entity: &str, parents: &[&str]| Fact {
        entity: entity.to_owned(),
        parents: parents.iter().map(|&parent| parent.to_owned()).collect(),
        attributes: Vec::new(),
    };
    let in_given = [fact("run:new", &["project:given"])];
    let new_project = [fact("run:new", &["project:new"]), fact("project:new", &["team:a", "organization:acme"])];
    let half_known = [fact("run:new", &["project:new"]), fact("project:new", &["team:a"])];
    let joined = [fact("run:new", &["project:new"]), fact("project:new", &["team:a", "team:b", "organization:acme"])];
    let text = |text: &str| RawValue::String(text.to_owned());
    let gpu = [(String::from("queue"), text("gpu")), (String::from("several"), RawValue::List(vec![text("gpu")]))];
    let tpu = [
        (String::from("queue"), text("tpu")),
        (String::from("several"), RawValue::List(vec![text("tpu"), text("cpu")])),
    ];
    let nothing = [(String::from("several"), RawValue::List(Vec::new()))];
    for (what, resource, facts, context, expected) in [
        ("any", "run:open", &[][..], &gpu[..], "yes yes no yes yes yes yes no yes ? no no"),
        ("any, of nothing", "run:open", &[], &nothing, "no no yes yes no no yes no yes ? no no"),
        ("any, without context", "run:open", &[], &[], "no no yes yes no no no no yes ? no no"),
        ("a set that holds it", "run:given", &[], &gpu, "yes yes no yes yes yes yes no yes yes yes yes"),
        ("a set that does not", "run:given", &[], &tpu, "no no yes yes yes yes no no yes yes yes yes"),
        ("the empty set", "run:shut", &[], &gpu, "no no yes no no no no yes yes yes no no"),
        ("of a parent in the request", "run:new", &in_given, &gpu, "yes yes no yes yes yes yes no yes yes yes yes"),
        (
            "by a parent that only the request knows",
            "run:new",
            &new_project,
            &tpu,
            "no no yes yes yes yes no no yes yes yes yes",
        ),
        ("where parents differ", "run:new", &joined, &tpu, "no no yes yes yes yes no yes yes yes yes yes"),
        ("of nothing known", "run:new", &[], &gpu, "? ? ? ? ? ? ? ? ? ? ? ?"),
        ("a parent that must be there is missing", "run:new", &half_known, &gpu, "? ? ? ? ? ? ? ? ? ? ? ?"),
    ] {
        let found: Vec<&str> = actions
            .iter()
            .map(|action| {
                let query = Query {
                    context: context.to_vec(),
                    facts: facts.to_vec(),
                    ..engine::query("user:ana", action, resource)
                };
                match engine.check(&query).expect("a sound request").reason {
                    Reason::Granted => "yes",
                    Reason::NotComputed => "?",
                    _ => "no",
                }
            })
            .collect();
        assert_eq!(found.join(" "), expected, "{what}");
    }
}

/// A conflict that only a request's facts bring about cannot be computed; the directory is sound.
#[test]
fn facts_that_bring_a_conflict_about() {
    let policy = format!("{POLICY}\nallow run.view when resource.settings.region == \"eu\"\n");
    let directory = "rolebook: 1
kind: directory
organization:acme:
  team:a: { policy: us }
  team:b: { policy: eu }
  team:c: { settings: { region: eu } }
";
    let engine = Engine::from_strings(&[("policy.rolebook", &policy)], &[("directory.yaml", directory)])
        .expect("a sound policy");
    for (teams, expected) in [
        (&["team:b"][..], Reason::Granted),
        (&["team:b", "team:c"], Reason::Granted),
        (&["team:a"], Reason::NotGranted),
        (&["team:a", "team:b"], Reason::NotComputed),
    ] {
        let parents = teams.iter().chain(&["organization:acme"]).map(|&parent| parent.to_owned()).collect();
        let facts = vec![
            Fact { entity: String::from("project:new"), parents, attributes: Vec::new() },
            Fact {
                entity: String::from("run:new"),
                parents: vec![String::from("project:new")],
                attributes: Vec::new(),
            },
        ];
        let query = Query { facts, ..engine::query("user:ana", "view", "run:new") };
        assert_eq!(engine.check(&query).expect("a sound request").reason, expected, "{teams:?}");
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

/// Values of every type, among them entities that only the policy names or that only the request speaks of.
#[test]
fn values_of_every_type() {
    const CONDITIONS: [&str; 10] = [
        "subject == resource.settings.owner",
        "subject in resource.settings.admins",
        "resource.settings.admins contains resource.settings.owner",
        "subject has team.member on resource.settings.teams",
        "resource.settings.opens < \"2026-06-01T00:00:00Z\"",
        "resource.settings.grace == 2h",
        "resource.settings.shared",
        "resource.settings.plan == \"pro\"",
        "resource.settings.offices overlaps context.addresses",
        "resource.settings.limit >= 10",
    ];
    let actions: Vec<String> = (0..CONDITIONS.len()).map(|at| format!("try{at}")).collect();
    let rules: Vec<String> =
        CONDITIONS.iter().enumerate().map(|(at, condition)| format!("allow site.try{at} when {condition}\n")).collect();
    let policy = format!(
        "type user
type organization
type team in organization {{ actions view }}
type site in organization, team* {{
  setting owner:   user overrides
  setting admins:  set<user> narrows
  setting teams:   set<team> narrows
  setting opens:   timestamp at least
  setting grace:   duration at most
  setting shared:  bool locks
  setting plan:    \"free\" | \"pro\" overrides
  setting offices: set<ip> widens
  setting limit:   int at least
  actions {}
}}
context {{ addresses: set<ip> = [\"10.0.0.1\"] }}
role team.member {{ allow team.view }}
policy all {{
  owner = \"user:ghost\"
  admins = [\"user:ghost\", \"user:ana\"]
  teams = [\"team:red\"]
  opens = \"2026-05-01T00:00:00+02:00\"
  grace = 120m
  shared = true
  plan = \"pro\"
  offices = [\"::ffff:10.0.0.1\"]
  limit = 10
}}
{}",
        actions.join(", "),
        rules.concat()
    );
    let directory = "rolebook: 1
kind: directory
organization:acme:
  team:red: { roles: { member: user:ana } }
  team:blue: { settings: { admins: [user:ana, user:new], limit: 3 } }
  team:green: { policy: all }
  site:full: { policy: all }
  site:bare: {}
  site:mixed:
    in: [team:blue, team:green]
    settings: { owner: user:ana, plan: free, shared: false }
";
    let engine = Engine::from_strings(&[("policy.rolebook", &policy)], &[("directory.yaml", directory)])
        .unwrap_or_else(|error| panic!("{error}"));
    for (words, parents, expected) in [
        ("user:ghost site:full", &[][..], "yes yes yes no yes yes yes yes yes yes"),
        ("user:ana site:full", &[], "no yes yes yes yes yes yes yes yes yes"),
        ("user:ana site:bare", &[], "no yes no ? no no no no no no"),
        ("user:ana site:mixed", &[], "yes yes yes yes yes yes yes no yes yes"),
        ("user:ghost site:mixed", &[], "no no yes no yes yes yes no yes yes"),
        ("user:ghost site:n", &["organization:acme", "team:green"], "yes yes yes no yes yes yes yes yes yes"),
        (
            "user:ghost site:n",
            &["organization:acme", "team:green", "team:blue"],
            "yes no no no yes yes yes yes yes yes",
        ),
        ("user:new site:n", &["organization:acme", "team:blue"], "no yes no ? no no no no no no"),
    ] {
        let (subject, resource) = words.split_once(' ').expect("two words");
        let facts = if parents.is_empty() {
            Vec::new()
        } else {
            let parents = parents.iter().map(|&parent| parent.to_owned()).collect();
            vec![Fact { entity: resource.to_owned(), parents, attributes: Vec::new() }]
        };
        let found: Vec<&str> = actions
            .iter()
            .map(|action| {
                let query = Query { facts: facts.clone(), ..engine::query(subject, action, resource) };
                match engine.check(&query).expect("a sound request").reason {
                    Reason::Granted => "yes",
                    Reason::NotComputed => "?",
                    _ => "no",
                }
            })
            .collect();
        assert_eq!(found.join(" "), expected, "{words} {parents:?}");
    }
}
