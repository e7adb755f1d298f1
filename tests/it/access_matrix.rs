//! Small directories, in which what a glance tells is looked up: nothing is decided otherwise, whatever changes.

use rolebook::Engine;
use rolebook::compile::Answer;
use rolebook::decide::{Decision, Query, RequestError, Resolved, Snapshot};
use rolebook::engine::{Change, now, query};
use rolebook::schema::RawValue;
use std::fs;

const POLICY: &str = r#"
type user
type key acts as owner { owner: user }
context { level: int = 0 }
type org { actions view, join }
type team in org { mode: "open" | "shut" = "shut"  kept: bool = true  actions view, join }
type run in team { owner: user?  keeper: user?  mark: string?  actions view, edit, drop, pin, share, keep }

role org.member { allow org.view }
role org.admin extends org.member { allow *.join, team.view  implies team.lead }
role team.viewer { allow team.view, run.view  allow run.pin when resource.owner == subject }
role team.lead extends team.viewer { allow run.{view, edit, drop, pin}  deny run.drop when context.level > 3 }
role team.late { allow run.view when context.level > 1  allow run.pin when resource.keeper == subject }
role team.rare when scope.mode == "open" { allow run.pin when resource.owner == subject }
role team.marked {}
role team.steady {}
role team.chief extends team.marked {}
role run.guest { allow run.view, run.{edit, pin} when resource.owner == subject }
allow run.view when team.mode == "open" and subject has org.member on org
allow run.edit when run.mark == "any"
deny run.drop when team.mode == "open" unless subject has team.lead on team
allow run.share within team when team.kept and subject has team.viewer on team
allow run.share when subject has team.rare on team
allow run.share when subject has team.marked on team
allow run.share when subject has team.steady on team
allow run.keep when team.mode == "open" and team.kept
allow run.keep when subject has org.member on org and subject has team.late on team
"#;

const DIRECTORY: &str = "
rolebook: 1
kind: directory
user:ana: {}
user:bo: {}
user:cy: {}
user:di: {}
user:dominique.de.la.tour: {}
key:ana: { owner: user:ana }
key:of-somebody-else: { owner: user:bo }
org:a:
  roles: { member: [user:ana, user:bo, user:dominique.de.la.tour] }
  team:red: { roles: { lead: user:ana }, run:1: { owner: user:bo }, run:2: { roles: { guest: user:bo } } }
  team:blue: { mode: open, roles: { rare: user:bo }, run:3: { keeper: user:ana, owner: user:bo }, run:4: { mark: any } }
org:b: { team:green: { roles: { viewer: user:cy, rare: user:di, steady: user:ana, chief: user:dominique.de.la.tour }, run:5: { owner: user:cy, keeper: user:bo } } }
";

const USERS: [&str; 6] = ["user:ana", "user:bo", "user:cy", "user:di", "user:nobody", "user:dominique.de.la.tour"];
const KEYS: [&str; 3] = ["key:ana", "key:of-somebody-else", "key:none"];
const TEAMS: [&str; 3] = ["team:red", "team:blue", "team:green"];
const RUNS: [&str; 6] = ["run:1", "run:2", "run:3", "run:4", "run:5", "run:new"];

fn open(policy: &str) -> Engine {
    let built = Engine::from_strings(&[("policy.rolebook", policy)], &[("directory.yaml", DIRECTORY)]);
    built.unwrap_or_else(|error| panic!("{error}"))
}

/// Everything that can be asked of everybody.
fn everything() -> Vec<Query<'static>> {
    let of = |resources: &[&'static str], actions: &[&'static str]| -> Vec<(&'static str, &'static str)> {
        resources.iter().flat_map(|resource| actions.iter().map(move |action| (*resource, *action))).collect()
    };
    let asked = [
        of(&["org:a", "org:b"], &["view", "join"]),
        of(&TEAMS, &["view", "join"]),
        of(&RUNS, &["view", "edit", "drop", "pin", "share", "keep"]),
    ];
    let actors = || USERS.into_iter().chain(KEYS);
    let about = |(resource, action)| actors().map(move |actor| query(actor, action, resource));
    asked.concat().into_iter().flat_map(about).collect()
}

/// What an engine decides, which is the same where nothing is looked up beforehand.
pub(crate) fn check(engine: &Engine, query: &Query) -> Result<Decision, RequestError> {
    let decided = engine.check(query);
    let without = Snapshot::clone(engine.state().snapshot()).without_access_matrix();
    assert_eq!(decided, without.check(query), "{query:?}");
    assert_eq!(without.is_allowed(query).ok(), decided.as_ref().ok().map(|decision| decision.allowed), "{query:?}");
    decided
}

/// Compares all decisions with those that are made without a matrix, from names and from queries resolved before.
fn compare(engine: &Engine, resolved: &[Resolved], after: &str) {
    let state = engine.state();
    let without = Snapshot::clone(state.snapshot()).without_access_matrix();
    assert!(state.snapshot().has_access_matrix() && !without.has_access_matrix(), "{after}");
    let mut reader = engine.reader();
    for query in everything() {
        let expected = without.check(&query);
        assert_eq!(engine.check(&query), expected, "{query:?} after {after}");
        let allowed = expected.map(|decision| decision.allowed);
        assert_eq!(reader.is_allowed(&query), allowed, "{query:?} after {after}");
    }
    // What says more than names, and what names nothing that there is.
    let high = |query: Query<'static>| Query { context: vec![("level".to_owned(), RawValue::Int(9))], ..query };
    for query in [
        high(query("user:ana", "drop", "run:1")),
        high(query("key:ana", "view", "run:5")),
        query("user:ana", "join", "run:1"),
        query("user:ana", "view", "planet:mars"),
        query("ana", "view", "run:1"),
        query("", "view", ""),
    ] {
        let expected = without.check(&query);
        assert_eq!(engine.check(&query), expected, "{query:?} after {after}");
        assert_eq!(reader.is_allowed(&query), expected.map(|decision| decision.allowed), "{query:?} after {after}");
    }
    let mut together = Vec::new();
    engine.check_many(resolved, &mut together);
    for (resolved, together) in resolved.iter().zip(together) {
        let expected = without.check(resolved.query());
        assert_eq!(together, expected, "{:?} after {after}", resolved.query());
        assert_eq!(reader.decide(resolved), expected, "{:?} after {after}", resolved.query());
        assert_eq!(without.decide(resolved), expected, "{:?} after {after}", resolved.query());
        let allowed = expected.map(|decision| decision.allowed);
        assert_eq!(reader.allows(resolved), allowed, "{:?} after {after}", resolved.query());
    }
}

struct Random(u64);

impl Random {
    fn of<'t>(&mut self, all: &[&'t str]) -> &'t str {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        all[(self.0 >> 33) as usize % all.len()]
    }
}

/// A made up change, as text.
fn change(random: &mut Random) -> String {
    let user = random.of(&USERS);
    let verb = random.of(&[
        "assign", "assign", "revoke", "set", "mark", "hold", "give", "create", "delete", "move", "enter", "leave",
    ]);
    let held = match random.of(&["org", "team", "run"]) {
        "org" => (random.of(&["member", "admin"]), random.of(&["org:a", "org:b"])),
        "team" => (random.of(&["viewer", "lead", "late", "rare"]), random.of(&TEAMS)),
        _ => ("guest", random.of(&RUNS)),
    };
    let (team, run) = (random.of(&TEAMS), random.of(&RUNS));
    let until = random.of(&["", "", ", until: 2100-01-01T00:00:00Z"]);
    match verb {
        "assign" => format!("{{ assign: {{ subject: {user}, role: {}, on: {}{until} }} }}", held.0, held.1),
        "revoke" => format!("{{ revoke: {{ subject: {user}, role: {}, on: {} }} }}", held.0, held.1),
        "set" => format!("{{ set: {{ entity: {team}, attributes: {{ mode: {} }} }} }}", random.of(&["open", "shut"])),
        "hold" => format!("{{ set: {{ entity: {team}, attributes: {{ kept: {} }} }} }}", random.of(&["true", "false"])),
        "give" => {
            let (slot, who) =
                (random.of(&["owner", "keeper"]), random.of(&["user:ana", "user:bo", "user:nobody", "~"]));
            format!("{{ set: {{ entity: {run}, attributes: {{ {slot}: {who} }} }} }}")
        }
        "mark" => format!("{{ set: {{ entity: {run}, attributes: {{ mark: {} }} }} }}", random.of(&["any", "~"])),
        "create" => format!("{{ create: {{ entity: {run}, in: {team} }} }}"),
        "enter" => format!("{{ create: {{ entity: {user} }} }}"),
        "leave" => format!("{{ delete: {user} }}"),
        "delete" => format!("{{ delete: {run} }}"),
        _ => format!("{{ move: {{ entity: {run}, from: {team}, to: {} }} }}", random.of(&TEAMS)),
    }
}

#[test]
fn whatever_changes_the_matrix_tells_what_is_decided_without_it() {
    let mut made = 0;
    for seed in 0..12 {
        let mut random = Random(seed);
        let engine = open(POLICY);
        let resolve = || everything().iter().map(|query| engine.resolve(query).expect("names")).collect::<Vec<_>>();
        let mut resolved = resolve();
        compare(&engine, &resolved, "loading");
        for step in 0..40 {
            let change = change(&mut random);
            if engine.apply_text("change.yaml", &change, now()).is_err() {
                continue;
            }
            made += 1;
            compare(&engine, &resolved, &change);
            if step % 10 == 9 {
                resolved = resolve();
            }
        }
    }
    assert!(made > 150, "{made} changes");
}

#[test]
fn an_edited_policy_tells_otherwise() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).expect("a file");
    write("policy.rolebook", POLICY);
    write("directory.yaml", DIRECTORY);
    let engine = Engine::builder().policy(folder.path()).build().expect("a sound package");
    let resolved: Vec<Resolved> = everything().iter().map(|query| engine.resolve(query).expect("names")).collect();
    for (was, is) in [
        ("allow team.view, run.view ", "allow team.view "),
        (r#"when run.mark == "any""#, r#"when run.mark == "some""#),
        (r#"team.mode == "open" and"#, r#"team.mode == "shut" and"#),
        ("role org.admin extends org.member {", "role org.admin {"),
        ("deny run.drop when team.mode", "deny run.drop when context.level > 9 or team.mode"),
        (
            "run.pin when resource.owner == subject }\nrole team.lead",
            "run.pin when resource.keeper == subject }\nrole team.lead",
        ),
        ("role team.steady {", "role team.steady when scope.mode == \"open\" {"),
        ("role team.chief extends team.marked {", "role team.chief {"),
        ("role run.guest {", "role run.guest when scope.owner == subject {"),
        ("role team.viewer {", "role team.viewer when scope.mode == \"open\" {"),
        ("role team.lead extends team.viewer {", "role team.lead {"),
        ("team.kept and subject has team.viewer on team", "team.kept and subject has team.late on team"),
        ("role team.late {", "role team.later { allow team.join } role team.late {"),
    ] {
        let edited = POLICY.replace(was, is);
        assert_ne!(edited, POLICY, "{was}");
        write("policy.rolebook", &edited);
        engine.reload().expect("a sound policy");
        compare(&engine, &resolved, is);
        write("policy.rolebook", POLICY);
        engine.reload().expect("a sound policy");
        compare(&engine, &resolved, was);
    }
}

#[test]
fn states_that_changes_lead_apart_keep_their_own() {
    let engine = open(POLICY);
    let before = engine.state();
    // Both number a set of roles that nobody held before: one that leads and is late, and one that is late.
    let changed = ["user:ana", "user:bo"].map(|user| {
        let change = Change::assign(user, "late", "team:red").to_string();
        let applied = engine.preview("change.yaml", &change, now()).expect("a sound change");
        (*applied.after).clone().with_access_matrix(Some(&before))
    });
    let [one, other] = changed;
    let taken_over = other.with_access_matrix(Some(&one));
    let (snapshot, without) = (taken_over.snapshot(), Snapshot::clone(taken_over.snapshot()).without_access_matrix());
    assert!(snapshot.has_access_matrix() && before.snapshot().has_access_matrix());
    for query in everything() {
        assert_eq!(snapshot.check(&query), without.check(&query), "{query:?}");
    }
}

/// An organization of so many people, each with a project of their own.
fn of_size(people: usize) -> Engine {
    let policy = "type user type org { actions view } type project in org { actions view }
        role org.member { allow org.view } role project.owner { allow project.view }";
    let mut lines = vec![r#"{"rolebook":1,"kind":"directory"}"#.to_owned(), r#"{"entity":"org:a"}"#.to_owned()];
    for at in 0..people {
        lines.push(format!(r#"{{"entity":"user:u{at}"}}"#));
        lines.push(format!(r#"{{"entity":"project:p{at}","in":"org:a"}}"#));
        lines.push(format!(r#"{{"assign":{{"subject":"user:u{at}","role":"owner","on":"project:p{at}"}}}}"#));
    }
    let directory = lines.join("\n");
    Engine::from_strings(&[("policy.rolebook", policy)], &[("directory.jsonl", &directory)])
        .unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn there_is_none_where_it_would_be_large() {
    // It grows with the product: one row and one column more than there are people.
    for (people, expected) in [(150, true), (200, false)] {
        let engine = of_size(people);
        let state = engine.state();
        assert_eq!(state.snapshot().has_access_matrix(), expected, "{people}");
        for (user, project) in [(0, 0), (0, 1), (people - 1, people - 1), (people - 1, 0)] {
            let asked = Query::new(format!("user:u{user}"), "view", format!("project:p{project}"), 0);
            assert_eq!(engine.is_allowed(&asked), Ok(user == project), "{people}: {user} {project}");
        }
    }
}

/// Of rules about runs in teams of one label each, which one asks for which label.
fn labelled(labels: &[String]) -> String {
    let actions: Vec<String> = (0..labels.len()).map(|at| format!("v{at}")).collect();
    let rules: Vec<String> = labels
        .iter()
        .enumerate()
        .map(|(at, label)| format!("allow run.v{at} when team.label == \"{label}\"\n"))
        .collect();
    let types = "type user type team { label: string?  actions view }";
    format!("{types} type run in team {{ actions {} }}\n{}", actions.join(", "), rules.concat())
}

#[test]
fn rules_that_exchange_what_they_ask_for_are_told_apart() {
    let mut labels: Vec<String> = (0..60).map(|at| format!("l{at}")).collect();
    let mut lines = vec![r#"{"rolebook":1,"kind":"directory"}"#.to_owned()];
    lines.push(r#"{"entity":"user:ana"}"#.to_owned());
    for label in &labels {
        lines.push(format!(r#"{{"entity":"team:{label}","attributes":{{"label":"{label}"}}}}"#));
        lines.push(format!(r#"{{"entity":"run:{label}","in":"team:{label}"}}"#));
    }
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).expect("a file");
    write("policy.rolebook", &labelled(&labels));
    write("directory.jsonl", &lines.join("\n"));
    let engine = Engine::builder().policy(folder.path()).build().unwrap_or_else(|error| panic!("{error}"));
    assert!(engine.state().snapshot().has_access_matrix());
    let allowed = |action: usize, run: &str| {
        engine.is_allowed(&query("user:ana", &format!("v{action}"), &format!("run:{run}"))).expect("a sound request")
    };
    let signature = |label: &String| {
        let state = engine.state();
        let sought = state.snapshot().policy().sought();
        sought.by(Answer::text(sought.asked()[0], label))
    };
    assert!(allowed(7, "l7") && !allowed(7, "l8"));
    // More labels than bits: two of them share one, and look the same to whoever looks at bits alone.
    let of_both = |one: usize| {
        let other = (one + 1..labels.len()).find(|&other| signature(&labels[one]) == signature(&labels[other]))?;
        Some((one, other))
    };
    let (one, other) = (0..labels.len()).find_map(of_both).expect("two that share a bit");
    labels.swap(one, other);
    write("policy.rolebook", &labelled(&labels));
    engine.reload().expect("a sound policy");
    for action in [one, other] {
        for run in [one, other] {
            assert_eq!(allowed(action, &format!("l{run}")), action != run, "{action} {run}");
        }
    }
}
