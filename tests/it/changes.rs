//! Changes through the engine: what each comes to, what follows from it, who may make it, and what it leaves untouched.

mod permission;

use rolebook::Engine;
use rolebook::directory::Edit;
use rolebook::engine::{Applied, ApplyError, Change, query};

const POLICY: &str = r#"
type user
type service
type organization {
  actions view, manage_members, manage_teams, manage_policies
  custom roles by organization.manage_teams
  link by organization.manage_policies
}
type team in organization {
  default: bool = false
  unique name
  actions view, manage_members, rename, create_project
  create by organization.manage_teams
  delete by organization.manage_teams
  set by team.rename
  link by organization.manage_policies
}
type project in organization, team* {
  setting queues: set<string> narrows
  actions view, edit, share
  create by organization.manage_teams, team.create_project
  move by team.create_project
}
type tool in organization, team* {
  actions view, give
  move by tool.give
}
type lab in organization* { actions view }
type run in project { created_by: user  actions view, create, delete }
type key acts as owner {
  owner: user
  actions manage
  create by key.manage
  set by key.manage
}
allow key.manage when resource.owner == subject
# Neither covers what somebody assigns: the one holds for others, the other under a condition.
allow project.share to service
allow project.share when context.queue

role team.namer { allow team.rename }
role organization.founder { allow organization.manage_teams }
role organization.member assigned by organization.manage_members { allow organization.view }
role organization.admin extends organization.member {
  allow organization.*, tool.*
  implies team.admin
}
open role team.viewer requires organization.member assigned by team.manage_members { allow *.view }
role team.member extends team.viewer {
  allow run.create
  allow run.delete when resource.created_by == subject
}
role team.lead extends team.member { allow team.manage_members, team.create_project, tool.give }
role team.admin extends team.lead assigned freely by team.manage_members { allow * }
role team.free assigned freely by team.manage_members { }
role team.both extends team.free, team.viewer { allow project.share }
role project.owner { allow * }
open role lab.user { allow lab.view }
custom role lab.visitor in organization:acme extends lab.user { }
policy quiet in organization:acme { deny lab.view when context.queue }

deny run.create when context.queue and not (context.queue in project.settings.queues)
context { queue: string? }
"#;

const DIRECTORY: &str = "
rolebook: 1
kind: directory
organization:acme:
  roles: { admin: user:ana, founder: user:flo, member: [user:bo, user:cy, user:dee] }
  team:red:
    name: red
    roles: { lead: user:bo, member: user:cy, namer: user:lee }
  team:blue:
    name: blue
    roles: { viewer: [team:red#lead, user:dee] }
  project:p1:
    in: team:red
    run:1: { created_by: user:cy }
  project:p2:
    in: [team:red, team:blue]
  tool:t:
key:k: { owner: user:bo }
policies:
  gpu: { in: organization:acme, settings: { queues: [gpu] } }
  calm: { rules: { deny: run.delete } }
";

fn engine() -> Engine {
    Engine::from_strings(&[("policy.rolebook", POLICY)], &[("directory.yaml", DIRECTORY)]).expect("a sound package")
}

fn apply(changes: &[Change]) -> Result<(Engine, Applied), ApplyError> {
    let engine = engine();
    let applied = engine.apply(changes, 0)?;
    Ok((engine, applied))
}

fn allowed(engine: &Engine, subject: &str, action: &str, resource: &str) -> bool {
    engine.check(&query(subject, action, resource)).expect("a sound request").allowed
}

/// The codes of the findings that refuse changes.
fn refusal(changes: &[Change]) -> Vec<&'static str> {
    match apply(changes) {
        Ok(_) => vec!["made"],
        Err(refused) => refused.error.diagnostics.iter().map(|finding| finding.code.as_str()).collect(),
    }
}

/// The steps of the last change, in brief.
fn steps(applied: &Applied) -> Vec<String> {
    let brief = |edit: &Edit| match edit {
        Edit::Declare(new) => format!("declare {}", new.entity.value),
        Edit::Remove { entity } => format!("remove {entity}"),
        Edit::AddParent { entity, parent } => format!("{entity} into {}", parent.value),
        Edit::RemoveParent { entity, parent } => format!("{entity} out of {parent}"),
        Edit::SetAttribute { entity, field } | Edit::SetSetting { entity, field } => {
            format!("set {} of {entity}", field.key.value)
        }
        Edit::Assign(one) => format!("assign {} {} {}", one.name.subject.value, one.name.role.value, one.name.on.value),
        Edit::Revoke { subject, role, on } => format!("revoke {subject} {role} {on}"),
        Edit::Link(link) => format!("link {} to {}", link.policy.value, link.on.value),
        Edit::Unlink { policy, on } => format!("unlink {policy} from {on}"),
        Edit::AddPolicy(policy) => format!("add policy {}", policy.name.value),
        Edit::RemovePolicy { name } => format!("remove policy {name}"),
        Edit::AddCustomRole(role) => format!("add role {}", role.name.name.value),
        Edit::RemoveCustomRole { name, .. } => format!("remove role {name}"),
    };
    applied.edits.last().into_iter().flatten().map(brief).collect()
}

#[test]
fn each_change_comes_to_its_steps_and_those_that_follow() {
    let cases: &[(Vec<Change>, &[&str])] = &[
        (vec![Change::create("team:new").inside("organization:acme")], &["declare team:new"]),
        (
            vec![Change::assign("user:dee", "viewer", "team:blue").until("2030-01-01T00:00:00Z")],
            &["revoke user:dee viewer team:blue", "assign user:dee viewer team:blue"],
        ),
        // Whoever leaves the organization leaves its teams.
        (
            vec![Change::revoke("user:cy", "member", "organization:acme")],
            &["revoke user:cy member organization:acme", "revoke user:cy member team:red"],
        ),
        (
            vec![Change::delete("team:red")],
            &[
                "project:p1 out of team:red",
                "project:p2 out of team:red",
                "revoke team:red#lead viewer team:blue",
                "remove team:red",
            ],
        ),
        (
            vec![Change::relocate("project:p1", None, Some("team:blue")), Change::delete("project:p1")],
            &["remove run:1", "remove project:p1"],
        ),
        (vec![Change::relocate("project:p2", Some("team:red"), Some("team:blue"))], &["project:p2 out of team:red"]),
        (vec![Change::set("team:red").attribute("name", "crimson")], &["set name of team:red"]),
        (
            vec![Change::link("gpu", "team:red"), Change::link("gpu", "project:p1"), Change::delete_policy("gpu")],
            &["unlink gpu from team:red", "unlink gpu from project:p1", "remove policy gpu"],
        ),
        (
            vec![
                Change::custom_role(
                    "team.guest",
                    "organization:acme",
                    serde_json::json!({ "extends": "team.viewer", "allow": "run.create" }),
                ),
                Change::assign("user:dee", "guest", "team:red"),
                Change::delete_custom_role("team.guest", "organization:acme"),
            ],
            &["revoke user:dee guest team:red", "remove role team.guest"],
        ),
        (vec![Change::link("gpu", "team:red"), Change::link("gpu", "team:red")], &[]),
        // What belongs to the organization is assigned and linked no longer, though the place stays for another's sake.
        (
            vec![
                Change::create("organization:beta"),
                Change::create("lab:1").inside("organization:acme").inside("organization:beta"),
                Change::custom_role("lab.guest", "organization:acme", serde_json::json!({ "extends": "lab.user" })),
                Change::assign("user:eve", "guest", "lab:1"),
                Change::assign("user:eve", "visitor", "lab:1"),
                Change::assign("lab:1#guest", "user", "lab:1"),
                Change::link("gpu", "lab:1"),
                Change::link("quiet", "lab:1"),
                Change::delete("organization:acme"),
            ],
            &[
                "lab:1 out of organization:acme",
                "revoke user:eve guest lab:1",
                "revoke user:eve visitor lab:1",
                "revoke lab:1#guest user lab:1",
                "unlink quiet from lab:1",
                "unlink gpu from lab:1",
                "remove policy gpu",
                "remove run:1",
                "remove project:p2",
                "remove project:p1",
                "remove team:red",
                "remove team:blue",
                "remove tool:t",
                "remove organization:acme",
            ],
        ),
    ];
    for (changes, expected) in cases {
        match apply(changes) {
            Ok((_, applied)) => assert_eq!(steps(&applied), *expected, "{changes:?}"),
            Err(refused) => panic!("{changes:?}: {refused}"),
        }
    }
}

#[test]
fn what_breaks_the_directory_is_refused_whoever_asks() {
    let cases = [
        (Change::create("team:red").inside("organization:acme"), "duplicate-entity"),
        (Change::create("team:new"), "containment"),
        (Change::create("team:new").inside("organization:other"), "undeclared-parent"),
        (Change::create("team:new").inside("organization:acme").attribute("name", "red"), "not-unique"),
        (Change::create("team:new").inside("organization:acme").attribute("nmae", "x"), "unknown-attribute"),
        (Change::create("run:2").inside("project:p1"), "missing-attribute"),
        (Change::set("run:1").attribute("created_by", serde_json::Value::Null), "missing-attribute"),
        (Change::set("team:red").attribute("nmae", serde_json::Value::Null), "unknown-attribute"),
        (Change::set("team:red").attribute("default", "perhaps"), "invalid-attribute"),
        (Change::set("team:green").attribute("default", true), "unknown-entity"),
        (Change::delete("user:ana"), "unknown-entity"),
        (Change::relocate("run:1", Some("project:p1"), None), "containment"),
        (Change::relocate("project:p1", Some("team:blue"), None), "nothing-to-change"),
        (Change::assign("user:eve", "member", "team:red"), "missing-required-role"),
        (Change::assign("user:cy", "membr", "team:red"), "unknown-role"),
        (Change::assign("key:k", "member", "team:red"), "invalid-assignment"),
        (Change::revoke("user:eve", "member", "team:red"), "nothing-to-change"),
        (Change::unlink("gpu", "team:red"), "nothing-to-change"),
        (Change::link("gpuu", "team:red"), "unknown-policy"),
        (Change::delete_policy("tpu"), "unknown-policy"),
        (
            Change::custom_role("team.x", "organization:acme", serde_json::json!({ "extends": "team.lead" })),
            "custom-role",
        ),
        (Change::policy("gpu", serde_json::json!({ "settings": { "queue": ["x"] } })), "unknown-setting"),
    ];
    for (change, code) in cases {
        assert_eq!(refusal(std::slice::from_ref(&change)), [code], "{change}");
    }
}

#[test]
fn of_a_list_all_is_made_or_nothing() {
    let engine = engine();
    let before = engine.state();
    let changes = [
        Change::assign("user:eve", "member", "organization:acme").by("user:ana"),
        Change::assign("user:eve", "member", "team:red").by("user:bo"),
        Change::create("team:green").inside("organization:acme").by("user:bo"),
    ];
    let refused = engine.apply(&changes, 0).expect_err("the third is refused");
    assert_eq!(refused.change, Some(2));
    assert!(std::ptr::eq(&*before, &*engine.state()));
    assert!(!allowed(&engine, "user:eve", "view", "team:red"));

    engine.apply(&changes[..2], 0).expect("the first two are sound");
    assert!(allowed(&engine, "user:eve", "view", "team:red"));
    assert!(!before.snapshot().check(&query("user:eve", "view", "team:red")).expect("a sound request").allowed);
}

#[test]
fn settings_follow_at_once() {
    let engine = engine();
    let mut gpu = query("user:cy", "create", "run:new");
    gpu.context = vec![("queue".into(), rolebook::schema::RawValue::String("tpu".into()))];
    gpu.facts = vec![rolebook::decide::Fact {
        entity: "run:new".into(),
        parents: vec!["project:p1".into()],
        ..rolebook::decide::Fact::default()
    }];
    assert!(engine.check(&gpu).expect("sound").allowed);
    engine.apply(&[Change::link("gpu", "team:red")], 0).expect("the operator may");
    assert!(!engine.check(&gpu).expect("sound").allowed);
    let wider = serde_json::json!({ "in": "organization:acme", "settings": { "queues": ["gpu", "tpu"] } });
    engine.apply(&[Change::policy("gpu", wider)], 0).expect("the operator may");
    assert!(engine.check(&gpu).expect("sound").allowed);
}

#[test]
fn the_effect_tells_who_gains_and_who_loses() {
    let tell = |changes: &[Change]| -> Vec<String> {
        let (_, applied) = apply(changes).expect("sound changes");
        let effect = applied.effect(&rolebook::analysis::diff::Asking::default());
        assert_eq!(effect.left_out, 0);
        let word = |gained: bool| if gained { "gains" } else { "loses" };
        effect
            .differences
            .iter()
            .map(|one| {
                format!("{} {} {} on {}", one.subject, word(one.gained), one.permission, one.entities.join(", "))
            })
            .collect()
    };
    assert_eq!(
        tell(&[Change::revoke("user:cy", "member", "organization:acme")]),
        [
            "user:cy loses organization.view on organization:acme",
            "user:cy loses team.view on team:red",
            "user:cy loses project.view on project:p1, project:p2",
            "user:cy loses run.view on run:1",
            "user:cy loses run.create on run:1",
            "user:cy loses run.delete on run:1",
        ]
    );
    assert_eq!(
        tell(&[Change::relocate("project:p1", None, Some("team:blue"))]),
        ["user:dee gains project.view on project:p1", "user:dee gains run.view on run:1"]
    );
    assert_eq!(
        tell(&[Change::delete("run:1")]),
        [
            "key:k loses run.view on run:1",
            "key:k loses run.create on run:1",
            "user:ana loses run.view on run:1",
            "user:ana loses run.create on run:1",
            "user:ana loses run.delete on run:1",
            "user:bo loses run.view on run:1",
            "user:bo loses run.create on run:1",
            "user:cy loses run.view on run:1",
            "user:cy loses run.create on run:1",
            "user:cy loses run.delete on run:1",
        ]
    );
    assert_eq!(tell(&[Change::set("team:red").attribute("name", "x")]), Vec::<String>::new());
}

/// A member by a role that is implied from above is none any more where the entity of the userset goes.
#[test]
fn whoever_was_a_member_by_what_contained_an_entity_loses_with_it_what_its_userset_was_assigned() {
    let policy = "
        type user
        type org { actions view }
        type team in org { actions view }
        role org.admin { implies team.viewer }
        role team.viewer { allow team.view }
    ";
    let directory = "{ rolebook: 1, kind: directory, 'user:ana': {},
        'org:a': { roles: { admin: 'user:ana' }, 'team:x': {}, 'team:z': {} },
        'org:b': { 'team:y': { roles: { viewer: 'team:x#viewer' } } } }";
    let engine = Engine::from_strings(&[("p.rolebook", policy)], &[("d.yaml", directory)]).expect("a sound package");
    assert!(allowed(&engine, "user:ana", "view", "team:y"));
    let applied = engine.apply(&[Change::delete("team:x")], 0).expect("it may go");
    assert_eq!(applied.rebuilt, 0, "in place");
    assert!(!allowed(&engine, "user:ana", "view", "team:y") && allowed(&engine, "user:ana", "view", "team:z"));
}
