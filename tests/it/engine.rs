//! What a service that embeds the library meets: loading from texts, errors to show, questions about other moments, and an
//! engine that threads share.

use rolebook::decide::{Fact, Query, Reason, Resolved};
use rolebook::engine::Change;
use rolebook::schema::{RawValue, parse_timestamp};
use rolebook::{Engine, engine};
use std::thread;

const POLICY: &str = "
package app

type user

type team { actions view, delete }

type run in team {
  created_by: user
  actions view, delete
}

role team.viewer {
  allow *.view
  allow run.delete when resource.created_by == subject
}
";

const DIRECTORY: &str = "
rolebook: 1
kind: directory
team:red:
  roles:
    viewer: [user:ana, { subject: user:bo, since: 2026-01-01T00:00:00Z }]
  run:1: { created_by: user:ana }
";

fn app() -> Engine {
    Engine::from_strings(&[("app.rolebook", POLICY)], &[("directory.yaml", DIRECTORY)]).expect("the policy is sound")
}

/// Texts with their names.
type Texts<'a> = &'a [(&'a str, &'a str)];

/// What loading these texts gives, errors as they display.
fn load(policies: Texts<'_>, directories: Texts<'_>) -> String {
    match Engine::from_strings(policies, directories) {
        Ok(engine) => format!("sound, {} texts", engine.state().sources().files().count()),
        Err(error) => error.to_string(),
    }
}

#[test]
fn an_engine_decides_explains_and_lists_actions() {
    let engine = app();
    let check = |subject: &str, action: &str, resource: &str| engine.check(&engine::query(subject, action, resource));
    let decision = check("user:ana", "delete", "run:1").expect("a decision");
    assert_eq!((decision.allowed, decision.reason), (true, Reason::Granted));
    let decision = check("user:bo", "delete", "run:1").expect("a decision");
    assert_eq!((decision.allowed, decision.reason), (false, Reason::NotGranted));
    let error = check("user:ana", "delte", "run:1").expect_err("an unknown action");
    assert_eq!((error.code, error.to_string().as_str()), ("unknown-action", "`run` has no action `delte`"));

    let explanation = engine.explain(&engine::query("user:bo", "delete", "run:1")).expect("an explanation");
    assert_eq!(explanation.outcome.summary, "`user:bo` may not delete `run:1`: nothing grants it");

    let actions = engine.actions(&engine::query("user:bo", "", "run:1")).expect("actions");
    let actions: Vec<(&str, bool)> = actions.iter().map(|(name, decision)| (name.as_str(), decision.allowed)).collect();
    assert_eq!(actions, [("view", true), ("delete", false)]);
}

#[test]
fn the_moment_asked_about_is_now_unless_it_is_given() {
    let engine = app();
    let at = |text: &str| parse_timestamp(text).expect("a moment");
    let query = engine::query("user:bo", "view", "run:1");
    assert!(query.at > at("2025-01-01T00:00:00Z"));
    let before = Query { at: at("2025-12-31T23:59:59.999Z"), ..query.clone() };
    let after = Query { at: at("2026-01-01T00:00:00Z"), ..query };
    assert!(!engine.check(&before).expect("a decision").allowed);
    assert!(engine.check(&after).expect("a decision").allowed);
}

#[test]
fn threads_share_an_engine() {
    fn shareable<T: Clone + Send + Sync + 'static>(_: &T) {}
    let engine = app();
    shareable(&engine);
    let workers: Vec<_> = (0..4)
        .map(|_| {
            let engine = engine.clone();
            thread::spawn(move || engine.check(&engine::query("user:ana", "view", "team:red")))
        })
        .collect();
    for worker in workers {
        assert!(worker.join().expect("no panic").expect("a decision").allowed);
    }
}

#[test]
fn texts_are_read_by_their_names() {
    let yaml = "rolebook: 1\ntypes:\n  user:\n";
    let cases: [(Texts<'_>, Texts<'_>, &str); 9] = [
        (&[("a", "type user\n")], &[], "sound, 1 texts"),
        (&[("a.yml", yaml)], &[], "sound, 1 texts"),
        (&[("app/a.rolebook", "import \"../lib\"\ntype team in user\n"), ("lib/b.yaml", yaml)], &[], "sound, 2 texts"),
        (
            &[("app/a.rolebook", "import \"../lbi\"\ntype team\n"), ("lib/b.yaml", yaml)],
            &[],
            "error[unknown-import]: unknown import `../lbi`: there is no folder `lbi` (app/a.rolebook:1:8); \
             did you mean `../lib`?",
        ),
        (
            &[("a.rolebook", "type user\n"), ("./a.rolebook", "type team\n")],
            &[],
            "error[duplicate-name]: two policy texts are named `./a.rolebook`",
        ),
        (
            &[("a.json", "{}")],
            &[],
            "error[wrong-kind]: `a.json` is no policy file by its name; \
             a policy file ends in `.rolebook`, `.yaml` or `.yml`",
        ),
        (
            &[("a.rolebook", "type user\n")],
            &[("staff.jsonl", "{\"entity\":\"user:ana\"}\n{\"entity\":\"usr:bo\"}\n")],
            "error[unknown-type]: unknown type `usr` (staff.jsonl:2:12); did you mean `user`?",
        ),
        (
            &[("a.rolebook", "type user\n")],
            &[("one", "rolebook: 1\nkind: directory\nuser:ana:\n"), ("two", "rolebook: 1\nkind: directory\nusr:bo:\n")],
            "error[unknown-type]: unknown type `usr` (two:3:1); did you mean `user`?",
        ),
        (&[], &[], "error[no-policy-files]: no policy is named; name a folder or a file that holds one"),
    ];
    for (policies, directories, expected) in cases {
        assert_eq!(load(policies, directories), expected, "{policies:?}");
    }
}

#[test]
fn an_error_shows_every_finding_with_code_and_place() {
    let policy = "type user\ntype team in usr\nrole team.viewer { allow team.view }\n";
    assert_eq!(
        load(&[("app.rolebook", policy)], &[]),
        "error[unknown-type]: unknown type `usr` (app.rolebook:2:14); did you mean `user`?\n\
         error[unknown-action]: `team` has no action `view` (app.rolebook:3:31); `team` has no actions"
    );
}

#[test]
fn every_decision_says_which_state_it_saw() {
    let engine = app();
    let asked = engine::query("user:cy", "view", "team:red");
    let seen = |engine: &Engine| {
        let decision = engine.check(&asked).expect("a decision");
        (decision.allowed, decision.revision.number())
    };
    let first = engine.state();
    assert_eq!(seen(&engine), (false, 1));
    let joining = engine::Change::assign("user:cy", "viewer", "team:red");
    let previewed = engine.preview("change.json", &joining.to_string(), 0).expect("a sound change");
    assert_eq!(previewed.after.snapshot().check(&asked).expect("a decision").revision.number(), 2);
    assert_eq!(seen(&engine), (false, 1), "what is only looked at takes no effect");

    let another = engine::Change::create("team:blue");
    engine.apply(&[joining, another.clone()], 0).expect("sound changes");
    assert_eq!(seen(&engine), (true, 2), "changes made together are one step");
    engine.apply(&[another], 0).expect_err("a team that is there");
    assert_eq!(seen(&engine), (true, 2), "what is refused counts for nothing");
    assert_eq!(engine.actions(&asked).expect("actions")[0].1.revision.number(), 2);
    assert_eq!(first.snapshot().check(&asked).expect("a decision").revision.number(), 1);
}

#[test]
fn a_resolved_query_stays_right_when_every_row_has_moved() {
    // More than are kept beside the rows that were laid out: on the way, all are laid out anew.
    let users: Vec<String> = (0..5_000).map(|at| format!("user:u{at}")).collect();
    let lines: Vec<String> = users.iter().map(|user| format!("  {user}: {{}}\n")).collect();
    let viewers: Vec<&str> = users.iter().step_by(2).map(String::as_str).collect();
    let directory = format!(
        "rolebook: 1\nkind: directory\nteam:red: {{roles: {{viewer: [{}]}}}}\nteam:blue: {{}}\n{}",
        viewers.join(", "),
        lines.concat().replace("  user", "user"),
    );
    let engine = Engine::from_strings(&[("app.rolebook", POLICY)], &[("directory.yaml", &directory)]).expect("sound");
    let resolve = |team: &str| -> Vec<Resolved> {
        let resolve = |user: &String| engine.resolve(&engine::query(user, "view", team));
        users.iter().map(|user| resolve(user).expect("known names")).collect()
    };
    let (red, blue) = (resolve("team:red"), resolve("team:blue"));
    let allowed = |resolved: &[Resolved]| -> Vec<bool> {
        resolved.iter().map(|one| engine.allows(one).expect("a decision")).collect()
    };
    let even: Vec<bool> = (0..users.len()).map(|at| at % 2 == 0).collect();
    assert_eq!((allowed(&red), allowed(&blue)), (even.clone(), vec![false; users.len()]));

    let assign = |user: &String| Change::assign(user, "viewer", "team:blue");
    engine.apply(&users.iter().map(assign).collect::<Vec<_>>(), engine::now()).expect("assignments");
    assert_eq!((allowed(&red), allowed(&blue)), (even, vec![true; users.len()]));
    let mut decisions = Vec::new();
    engine.check_many(&blue, &mut decisions);
    assert!(decisions.iter().all(|decision| decision.as_ref().is_ok_and(|decision| decision.allowed)));
}

#[test]
fn a_resolved_query_that_says_what_lies_where_stays_right_when_that_moves() {
    let policy = "
type user
type org { actions view }
type team in org? { actions view }
type file in team { actions view }
role org.viewer { allow *.view }
";
    let directory = "{rolebook: 1, kind: directory, \"user:ana\": {}, \"org:1\": {roles: {viewer: [user:ana]}, \"team:1\": {}}, \"org:2\": {}}";
    let engine = Engine::from_strings(&[("app.rolebook", policy)], &[("directory.yaml", directory)]).expect("sound");
    let fact = Fact { entity: String::from("file:new"), parents: vec![String::from("team:1")], ..Fact::default() };
    let query = Query { facts: vec![fact], ..engine::query("user:ana", "view", "file:new") };
    let resolved = engine.resolve(&query).expect("known names");
    let allowed = || {
        let (kept, anew) = (engine.allows(&resolved), engine.check(&query).map(|decision| decision.allowed));
        assert_eq!(kept, anew);
        kept.expect("a decision")
    };
    assert!(allowed());
    for (change, wanted) in [
        (r#"{"move":{"entity":"team:1","from":"org:1","to":"org:2"}}"#, false),
        (r#"{"move":{"entity":"team:1","from":"org:2"}}"#, false),
        (r#"{"move":{"entity":"team:1","to":"org:1"}}"#, true),
    ] {
        engine.apply_text("change.json", change, 0).expect("a sound change");
        assert_eq!(allowed(), wanted, "{change}");
    }
}

#[test]
fn somebody_may_hold_roles_on_more_than_are_looked_through_at_once() {
    let teams: Vec<String> =
        (0..80).map(|at| format!("team:t{at}: {{roles: {{viewer: [user:bo, user:ana]}}}}\n")).collect();
    let directory = format!("rolebook: 1\nkind: directory\nuser:ana: {{}}\n{}team:none: {{}}\n", teams.concat());
    let engine = Engine::from_strings(&[("app.rolebook", POLICY)], &[("directory.yaml", &directory)]).expect("sound");
    let allowed = |team: &str| {
        let query = engine::query("user:ana", "view", team);
        let resolved = engine.resolve(&query).expect("known names");
        let decided = engine.decide(&resolved).expect("a decision").allowed;
        assert_eq!(engine.check(&query).expect("a decision").allowed, decided);
        decided
    };
    assert!((0..80).all(|at| allowed(&format!("team:t{at}"))));
    assert!(!allowed("team:none"));
}

#[test]
fn what_a_request_says_of_one_that_is_only_mentioned_counts_for_more_than_its_default() {
    let policy = "
type user
type run { stage: \"draft\" | \"done\" = \"draft\" after: run? actions view }
allow run.view to user when resource.stage == \"draft\"
";
    let directory = "{rolebook: 1, kind: directory, \"run:2\": {after: run:1}}";
    let engine = Engine::from_strings(&[("runs.rolebook", policy)], &[("directory.yaml", directory)])
        .expect("the policy is sound");
    let about = |stage: Option<&str>| {
        let attributes = stage.map(|stage| (String::from("stage"), RawValue::String(stage.into())));
        let fact =
            Fact { entity: String::from("run:1"), attributes: attributes.into_iter().collect(), ..Fact::default() };
        let query = Query { facts: vec![fact], ..engine::query("user:ana", "view", "run:1") };
        engine.check(&query).expect("a decision").allowed
    };
    assert_eq!([about(None), about(Some("draft")), about(Some("done"))], [true, true, false]);
}
