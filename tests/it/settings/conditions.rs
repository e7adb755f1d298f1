//! What conditions make of effective settings: of every type, inherited, absent, and in conflict by what a request says.

use super::POLICY;
use rolebook::decide::{Fact, Query, Reason};
use rolebook::schema::RawValue;
use rolebook::{Engine, engine};

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
