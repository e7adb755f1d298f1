//! Guardrails: denies of org policies, on what the policy is linked to and all that is contained in it by any way.

use rolebook::decide::{Fact, Query, Reason};
use rolebook::explain::Step;
use rolebook::schema::RawValue;
use rolebook::{Engine, engine};

const POLICY: &str = r#"
type user
type service
type organization { actions view }
type team in organization { actions view }
type project in organization, team* {
  level: int?
  setting queues: set<string> narrows
  actions view, delete
}
type run in project { owner: user  actions view, create }
context { queue: string?, mfa: bool = false }

role organization.admin { allow * }
allow run.view to user

policy mfa in organization:acme {
  deny run.create when context.queue == "gpu" and not context.mfa because "GPU runs need MFA."
}
policy frozen {
  deny *.{create, delete} unless subject has organization.admin on organization because "Frozen."
}
policy people { deny run.* to service because "For people only." }
policy owned { deny run.view when resource.owner != subject }
policy levels { deny project.delete within team when project.level > 3 }
policy queues {
  queues = ["cpu"]
  deny run.create when context.queue and not (context.queue in project.settings.queues)
}
"#;

const DIRECTORY: &str = "rolebook: 1
kind: directory
organization:acme:
  roles: { admin: [user:ana, service:ci] }
  team:a: { policy: mfa }
  team:b: {}
  project:both: { in: [team:a, team:b], run:1: { owner: user:bo } }
  project:plain: { in: team:b }
  team:c: { policy: queues }
  project:alone: { in: team:c, settings: { queues: [cpu, gpu] } }
  project:frozen: { policy: frozen, level: 5, run:2: { owner: user:bo, policy: [people, owned] } }
  team:steep: { policy: levels }
  project:steep: { in: team:steep, level: 5 }
  project:flat: { in: team:steep, level: 1 }
  project:unsaid: { in: team:steep }
user:bo: {}
";

fn load() -> Engine {
    Engine::from_strings(&[("policy.rolebook", POLICY)], &[("directory.yaml", DIRECTORY)])
        .unwrap_or_else(|error| panic!("{error}"))
}

fn query<'t>(words: &'t str, queue: Option<&str>, parents: &[&str]) -> Query<'t> {
    let [subject, action, resource] = words.split(' ').collect::<Vec<_>>()[..] else { panic!("three words: {words}") };
    let context = queue.map(|queue| (String::from("queue"), RawValue::String(queue.to_owned())));
    let fact = Fact {
        entity: resource.to_owned(),
        parents: parents.iter().map(|&parent| parent.to_owned()).collect(),
        attributes: Vec::new(),
    };
    Query {
        context: context.into_iter().collect(),
        facts: if parents.is_empty() { Vec::new() } else { vec![fact] },
        ..engine::query(subject, action, resource)
    }
}

#[test]
fn where_they_reach() {
    let engine = load();
    for (what, words, queue, parents, expected) in [
        ("what lies in the linked entity", "user:ana create run:n", Some("gpu"), &["project:both"][..], "forbidden"),
        ("its condition", "user:ana create run:n", Some("cpu"), &["project:both"], "granted"),
        ("a sibling of the linked entity", "user:ana create run:n", Some("gpu"), &["project:plain"], "granted"),
        ("a declared resource, by one of two ways up", "user:ana create run:1", Some("gpu"), &[], "forbidden"),
        ("nothing below lifts it", "user:ana create run:n", Some("gpu"), &["project:alone"], "forbidden"),
        ("its own values count", "user:ana create run:n", Some("tpu"), &["project:alone"], "forbidden"),
        ("what a role lifts, by its own words", "user:ana delete project:frozen", None, &[], "granted"),
        ("and for whom not", "user:bo delete project:frozen", None, &[], "forbidden"),
        ("the linked entity itself", "service:ci view run:2", None, &[], "forbidden"),
        ("others than it speaks of", "user:bo view run:2", None, &[], "granted"),
        ("a rule's allow gives way as a role's does", "user:ana view run:2", None, &[], "forbidden"),
        ("another resource of the type", "user:ana view run:1", None, &[], "granted"),
        ("what is unknown denies", "user:ana create run:n", Some("gpu"), &[], "not_granted"),
        ("within, on what is contained", "user:ana delete project:steep", None, &[], "forbidden"),
        ("the value below the bound", "user:ana delete project:flat", None, &[], "granted"),
        ("an absent value", "user:ana delete project:unsaid", None, &[], "granted"),
        (
            "a value that the request does not say",
            "user:ana delete project:n",
            None,
            &["team:steep", "organization:acme"],
            "granted",
        ),
    ] {
        let decision = engine.check(&query(words, queue, parents)).expect("a sound request");
        assert_eq!(decision.reason.as_str(), expected, "{what}: {words}");
    }
}

/// A condition of a guardrail that cannot be computed denies, and says so.
#[test]
fn what_cannot_be_computed_denies() {
    let directory = DIRECTORY.replace("team:b: {}", "team:b: { policy: owned }");
    let engine =
        Engine::from_strings(&[("policy.rolebook", POLICY)], &[("directory.yaml", &directory)]).expect("sound");
    let asked = query("user:ana view run:n", None, &["project:plain"]);
    let decision = engine.check(&asked).expect("a sound request");
    assert_eq!((decision.allowed, decision.reason), (false, Reason::NotComputed));
    assert!(!decision.unresolved.is_empty());
    let outcome = engine.outcome(&asked).expect("a sound request");
    let told: Vec<&str> = outcome.uncomputed.iter().map(|step| step.text.as_str()).collect();
    assert_eq!(told, ["policy `owned` denies `run.view`"]);
}

fn lines(engine: &Engine, steps: &[Step], depth: usize, out: &mut Vec<String>) {
    for step in steps {
        let place = step.place.map_or_else(String::new, |span| format!("  {}", engine.state().sources().place(span)));
        out.push(format!("{}{}{place}", "  ".repeat(depth), step.text));
        lines(engine, &step.children, depth + 1, out);
    }
}

#[test]
fn the_proof_names_the_policy_and_where_it_is_linked() {
    let engine = load();
    for (words, parents, expected) in [
        (
            "user:ana create run:n",
            &["project:both"][..],
            &[
                "policy `mfa` is linked to `team:a`  directory.yaml:5:21",
                "`run:n` is in `team:a`",
                "policy `mfa` denies `run.create`  policy.rolebook:18:3",
                "  when `context.queue == \"gpu\" and not context.mfa`  policy.rolebook:18:24",
                "    `context.queue == \"gpu\"`  policy.rolebook:18:24",
                "      `context.queue` is \"gpu\"  policy.rolebook:18:24",
                "    `not context.mfa`  policy.rolebook:18:51",
                "      `context.mfa` is false  policy.rolebook:18:55",
            ][..],
        ),
        (
            "user:ana create run:n",
            &["project:alone"],
            &[
                "policy `queues` is linked to `team:c`  directory.yaml:9:21",
                "`run:n` is in `team:c`",
                "policy `queues` denies `run.create`  policy.rolebook:28:3",
            ],
        ),
        (
            "service:ci view run:2",
            &[],
            &[
                "policy `people` is linked to `run:2`  directory.yaml:11:81",
                "policy `people` denies `run.view`  policy.rolebook:23:17",
                "  to `service`  policy.rolebook:23:17",
            ],
        ),
    ] {
        let queue = if words.contains("create") { Some("gpu") } else { None };
        let found = engine.explain(&query(words, queue, parents)).expect("a sound request");
        let mut told = Vec::new();
        lines(&engine, &found.steps, 0, &mut told);
        assert_eq!(told.get(..expected.len().min(told.len())).unwrap_or_default(), expected, "{words} {parents:?}");
    }
}
