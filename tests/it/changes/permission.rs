//! Who may make which change.

use super::refusal;
use rolebook::Engine;
use rolebook::engine::Change;

#[test]
fn who_may_change_what() {
    let guest = serde_json::json!({ "extends": "team.viewer" });
    let wide = serde_json::json!({ "extends": "team.viewer", "allow": "project.share" });
    let compose = |by: &str| Change::custom_role("team.guest", "organization:acme", wide.clone()).by(by);
    let cases: &[(&str, Vec<Change>)] = &[
        ("made", vec![Change::create("team:new").inside("organization:acme").by("user:ana")]),
        ("change-refused", vec![Change::create("team:new").inside("organization:acme").by("user:bo")]),
        ("made", vec![Change::create("team:new").inside("organization:acme").by("user:flo")]),
        (
            "change-refused",
            vec![Change::create("team:new").inside("organization:acme").setting("queues", vec!["gpu"]).by("user:flo")],
        ),
        // A project can be created where a new parent is one's own, and in no other's place.
        ("made", vec![Change::create("project:n").inside("organization:acme").inside("team:red").by("user:bo")]),
        ("made", vec![Change::create("project:n").inside("organization:acme").inside("team:red").by("key:k")]),
        (
            "change-refused",
            vec![
                Change::create("project:n")
                    .inside("organization:acme")
                    .inside("team:red")
                    .inside("team:blue")
                    .by("user:bo"),
            ],
        ),
        ("change-refused", vec![Change::delete("team:red").by("user:bo")]),
        ("change-refused", vec![Change::set("team:red").attribute("name", "x").by("user:bo")]),
        ("made", vec![Change::set("team:red").attribute("name", "x").by("user:ana")]),
        ("made", vec![Change::set("team:red").attribute("name", "x").by("user:lee")]),
        ("change-refused", vec![Change::relocate("project:p1", None, Some("team:blue")).by("user:bo")]),
        ("change-refused", vec![Change::relocate("project:p2", Some("team:red"), Some("team:blue")).by("user:bo")]),
        ("made", vec![Change::relocate("project:p2", Some("team:red"), None).by("user:bo")]),
        ("change-refused", vec![Change::relocate("project:p2", Some("team:blue"), None).by("user:bo")]),
        // What nothing guards needs everything that is there, on each side.
        ("change-refused", vec![Change::delete("project:p1").by("user:bo")]),
        (
            "change-refused",
            vec![
                Change::assign("user:eve", "owner", "project:p1"),
                Change::relocate("run:1", Some("project:p1"), Some("project:p2")).by("user:eve"),
            ],
        ),
        (
            "made",
            vec![
                Change::assign("user:eve", "owner", "project:p1"),
                Change::assign("user:eve", "owner", "project:p2"),
                Change::relocate("run:1", Some("project:p1"), Some("project:p2")).by("user:eve"),
            ],
        ),
        // What is granted only because of the move gives no right to it.
        ("change-refused", vec![Change::relocate("tool:t", None, Some("team:red")).by("user:bo")]),
        ("made", vec![Change::relocate("tool:t", None, Some("team:red")).by("user:ana")]),
        // Values of settings are given by who may link org policies.
        ("change-refused", vec![Change::set("team:red").setting("queues", vec!["gpu"]).by("user:lee")]),
        ("made", vec![Change::set("team:red").setting("queues", vec!["gpu"]).by("user:ana")]),
        // A key acts as its owner, and nobody makes it act as somebody else.
        ("made", vec![Change::create("key:n").attribute("owner", "user:bo").by("user:bo")]),
        ("change-refused", vec![Change::create("key:n").attribute("owner", "user:ana").by("user:bo")]),
        ("made", vec![Change::set("key:k").attribute("owner", "user:bo").by("user:bo")]),
        ("change-refused", vec![Change::set("key:k").attribute("owner", "user:ana").by("user:bo")]),
        ("change-refused", vec![Change::set("key:k").attribute("owner", "user:ana").by("key:k")]),
        ("change-refused", vec![Change::create("key:n").attribute("owner", "user:ana").by("key:n")]),
        ("made", vec![Change::create("key:n").attribute("owner", "user:bo").by("key:k")]),
        ("change-refused", vec![Change::create("key:n").attribute("owner", "user:ana").by("key:k")]),
        // Team leads manage their own team's members and nobody else's.
        ("made", vec![Change::assign("user:dee", "member", "team:red").by("user:bo")]),
        ("change-refused", vec![Change::assign("user:dee", "member", "team:blue").by("user:bo")]),
        ("change-refused", vec![Change::revoke("user:dee", "viewer", "team:blue").by("user:bo")]),
        ("made", vec![Change::revoke("user:cy", "member", "team:red").by("user:bo")]),
        // `freely` lifts the comparison; without it nobody gives what they do not have.
        ("made", vec![Change::assign("user:dee", "admin", "team:red").by("user:bo")]),
        ("escalation", vec![compose("user:ana"), Change::assign("user:dee", "guest", "team:red").by("user:bo")]),
        ("made", vec![compose("user:ana"), Change::assign("user:dee", "guest", "team:red").by("user:ana")]),
        ("change-refused", vec![compose("user:bo")]),
        (
            "change-refused",
            vec![compose("user:ana"), Change::delete_custom_role("team.guest", "organization:acme").by("user:bo")],
        ),
        // Of two roles that are extended only one is assigned freely.
        ("escalation", vec![Change::assign("user:dee", "both", "team:red").by("user:bo")]),
        (
            "made",
            vec![
                Change::custom_role("team.guest", "organization:acme", guest).by("user:ana"),
                Change::assign("user:dee", "guest", "team:red").by("user:bo"),
            ],
        ),
        // Nothing says who assigns it: whoever is granted everything there.
        ("change-refused", vec![Change::assign("user:cy", "owner", "project:p1").by("user:bo")]),
        ("made", vec![Change::assign("user:cy", "owner", "project:p1").by("user:ana")]),
        ("made", vec![Change::link("gpu", "team:red").by("user:ana")]),
        ("change-refused", vec![Change::link("gpu", "team:red").by("user:bo")]),
        ("change-refused", vec![Change::policy("own", serde_json::json!({})).by("user:ana")]),
        ("made", vec![Change::policy("own", serde_json::json!({ "in": "organization:acme" })).by("user:ana")]),
        ("change-refused", vec![Change::policy("gpu", serde_json::json!({ "in": "organization:acme" })).by("user:bo")]),
        ("change-refused", vec![Change::delete_policy("gpu").by("user:bo")]),
        // It is asked of everything that loses the policy, as that lies: of a project in a team, where all is granted, and of
        // one outside of every team, where nothing is.
        ("made", vec![Change::delete_policy("gpu").by("user:ana")]),
        ("made", vec![Change::link("gpu", "project:p1"), Change::delete_policy("gpu").by("user:ana")]),
        (
            "change-refused",
            vec![
                Change::create("project:lone").inside("organization:acme"),
                Change::link("gpu", "project:lone"),
                Change::delete_policy("gpu").by("user:ana"),
            ],
        ),
        (
            "change-refused",
            vec![
                Change::create("project:lone").inside("organization:acme"),
                Change::link("gpu", "project:lone"),
                Change::policy("gpu", serde_json::json!({ "in": "organization:acme" })).by("user:ana"),
            ],
        ),
        ("change-refused", vec![Change::link("gpu", "team:red"), Change::unlink("gpu", "team:red").by("user:bo")]),
        // What belongs to nobody is the operator's, also to replace.
        ("change-refused", vec![Change::delete_policy("calm").by("user:ana")]),
        (
            "change-refused",
            vec![Change::policy("calm", serde_json::json!({ "in": "organization:acme" })).by("user:ana")],
        ),
        ("made", vec![Change::policy("calm", serde_json::json!({ "in": "organization:acme" }))]),
        // Who composes a role does not say who assigns it.
        (
            "change-refused",
            vec![
                Change::custom_role(
                    "team.guest",
                    "organization:acme",
                    serde_json::json!({ "extends": "team.viewer", "assigned freely by": "organization.view" }),
                )
                .by("user:ana"),
            ],
        ),
        ("change-refused", vec![Change::delete("team:red").by("user:nobody")]),
        ("unknown-type", vec![Change::delete("team:red").by("usr:ana")]),
    ];
    for (expected, changes) in cases {
        assert_eq!(refusal(changes), [*expected], "{changes:?}");
    }
}

/// "Everything" is everything wherever it may lie, not only where it happens to be granted.
#[test]
fn everything_is_asked_wherever_it_may_lie() {
    let policy = "
        type user
        type org { actions view }
        type shelf in org { actions view }
        type box in org, shelf? { level: int  actions view }
        type folder in org, folder? { level: int = 0  actions view }
        type item in shelf, box { actions view }
        type note in org, folder? { actions view }
        role org.librarian { allow org.view, shelf.view, box.view, folder.view, note.view  implies shelf.keeper }
        role shelf.keeper { implies box.keeper }
        role box.keeper { allow item.view }
        role org.clerk { allow org.view, shelf.view, box.view, folder.view, item.view  implies folder.clerk }
        role folder.clerk assigned by folder.view { allow note.view, folder.view }
        role folder.guard assigned by folder.view { allow folder.view when scope.level > 1 }
        role org.reader assigned by org.view { allow note.view }
        role folder.viewer { allow folder.view }
        role folder.dated when scope.level > 1 { allow folder.view }
        role org.sentry { allow org.view  implies folder.viewer when resource.level > 1 }
        role org.steward { allow org.view  implies folder.dated }
        role org.patrol assigned by org.view { implies folder.viewer when resource.level > 1 }
        role org.porter assigned by org.view { implies folder.viewer }
        role org.owner { allow * }";
    let directory = "
rolebook: 1
kind: directory
org:1:
  roles: { librarian: [user:lib], clerk: [user:cle], owner: [user:own], sentry: [user:sen], steward: [user:ste] }
  folder:1: { level: 5, roles: { guard: [user:gus] }, folder:2: { level: 5, in: org:1 } }
";
    let engine = Engine::from_strings(&[("policy.rolebook", policy)], &[("directory.yaml", directory)]).expect("sound");
    let cases = [
        // A box may lie on no shelf, and what is in it is not granted then.
        ("change-refused", Change::create("shelf:1").inside("org:1").by("user:lib")),
        // A note may lie in no folder.
        ("change-refused", Change::create("shelf:1").inside("org:1").by("user:cle")),
        ("escalation", Change::assign("user:x", "reader", "org:1").by("user:cle")),
        ("made", Change::assign("user:x", "clerk", "folder:1").by("user:cle")),
        ("made", Change::create("shelf:1").inside("org:1").by("user:own")),
        // The condition is the same, and what it asks of is not.
        ("made", Change::assign("user:x", "guard", "folder:1").by("user:gus")),
        ("escalation", Change::assign("user:x", "guard", "folder:2").by("user:gus")),
        // What is implied under a condition, or counts under one, covers nothing that is implied without it.
        ("made", Change::assign("user:x", "patrol", "org:1").by("user:sen")),
        ("escalation", Change::assign("user:x", "porter", "org:1").by("user:sen")),
        ("escalation", Change::assign("user:x", "porter", "org:1").by("user:ste")),
    ];
    for (expected, change) in cases {
        let found = match engine.preview("change.json", &change.to_string(), 0) {
            Ok(_) => "made",
            Err(refused) => refused.error.diagnostics[0].code.as_str(),
        };
        assert_eq!(found, expected, "{change}");
    }
}

#[test]
fn of_an_org_policy_whose_organization_is_gone_nobody_is_asked() {
    let policy = "type user type org { setting queue: string overrides }";
    let directory = "{rolebook: 1, kind: directory, \"user:ana\": {}, \"org:1\": {}}";
    let engine = Engine::from_strings(&[("policy.rolebook", policy)], &[("directory.yaml", directory)]).expect("sound");
    let apply = |change: &str| engine.apply_text("change.json", change, 0).map(drop);
    for change in [r#"{"delete":"org:1"}"#, r#"{"policy":{"in":"org:1","name":"fresh"}}"#] {
        apply(change).unwrap_or_else(|error| panic!("{change}: {error}"));
    }
    for change in [r#"{"policy":{"name":"fresh"},"as":"user:ana"}"#, r#"{"delete_policy":"fresh","as":"user:ana"}"#] {
        let refused = apply(change).expect_err(change).to_string();
        assert!(refused.contains("`user:ana` may not change org policy `fresh`"), "{refused}");
    }
}
