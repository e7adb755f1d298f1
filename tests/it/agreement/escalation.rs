//! Nobody gives away what they do not have.
//!
//! **The invariant.** Somebody makes a change as themselves, at some moment. Let the roles that some subject is assigned
//! grant more afterwards than before: an action on an entity that was there before, at whatever time. Then the author of
//! the change was granted that action on that entity at that moment. Denials are left aside on both sides. A userset is a
//! subject of its own here: whoever gave it a role gave it to all who come to be its members.
//!
//! By induction over a sequence of changes, nobody ever gains a permission that they or somebody who was entitled to
//! assign it did not hold. Three things are meant to give more, and are left out: a role that is assigned *freely*; a
//! `move`, which lets roles above the new place reach the entity (and is asked of both places); and a key that changes
//! hands, of which the author must have had the say before and after, and not as that key. A new entity was not there
//! before.
//!
//! Policies are generated without conditions here, as under one a role gives to each person something else. The change is
//! permitted or refused by the engine; what it comes to is worked out by the reference, as if the operator had made it.

use super::{decisions, run_on};
use crate::generate::{self, Choices};
use crate::reference::Reference;
use rolebook::Engine;
use rolebook::engine::Change;
use serde_yaml::Value as Yaml;
use std::collections::BTreeMap;

/// Changes made one after the other in each directory.
const CHANGES: usize = 12;

#[test]
fn nobody_gives_away_what_they_do_not_have() {
    let mut tally = Tally::default();
    run_on(decisions() / 15, true, |case| {
        let choices = &mut Choices::new(&case.order);
        let mut reference: Option<Reference> = None;
        for _ in 0..CHANGES {
            let before = reference.as_ref().unwrap_or(&case.reference);
            let outline = before.outline();
            let change = generate::change(choices, &case.shape, &outline);
            let at = generate::plain_request(choices, &case.shape, &outline).moment();
            let Ok(after) = before.after(&change, at) else { continue };
            for _ in 0..6 {
                let author = generate::author(choices, &case.shape, &outline);
                let mut asked = change.clone();
                asked.as_mapping_mut().expect("a mapping").insert("as".into(), author.as_str().into());
                let text = serde_json::to_string(&asked).expect("JSON");
                if case.engine.apply_text("changes.json", &text, at).is_err() {
                    tally.refused += 1;
                    continue;
                }
                tally.count(&change);
                if let Some(gain) = gain(before, &after, &change, &author, at, &mut tally) {
                    let policies = case.policies.join("\n");
                    return Err(format!("{policies}\n{}\n{text}\n{gain}", before.directory_text()));
                }
                reference = Some(after);
                break;
            }
        }
        Ok(())
    });
    tally.assert_healthy();
}

#[test]
fn who_composes_roles_gains_nothing_by_rewriting_one_that_they_hold() {
    let policy = "
        type user
        type org { actions compose  custom roles by org.compose }
        type team in org { actions view, delete }
        role org.composer { allow org.compose }
        role org.admin { allow * }
        open role team.viewer { allow team.view }";
    let directory = "
rolebook: 1
kind: directory
org:1:
  roles: { composer: [user:eve], admin: [user:ana] }
  custom_roles: { team.reporter: { extends: team.viewer } }
  team:1: { roles: { reporter: [user:eve] } }
";
    let engine = Engine::from_strings(&[("policy.rolebook", policy)], &[("directory.yaml", directory)]).expect("sound");
    let wide = serde_json::json!({ "extends": "team.viewer", "allow": "team.delete" });
    let rewrite = |author: &str| Change::custom_role("team.reporter", "org:1", wide.clone()).by(author);
    let refused = engine.apply(&[rewrite("user:eve")], 0).expect_err("more than she has");
    assert_eq!(
        refused.to_string(),
        "error[escalation]: `user:eve` cannot replace `team.reporter`, which grants more than `user:eve` is granted \
         (changes.jsonl:1:24); `team.view` is not granted to `user:eve` on `team:1`, or only under another condition"
    );
    // A role that nobody is assigned gives nobody anything.
    let other = Change::custom_role("team.other", "org:1", wide.clone()).by("user:eve");
    engine.apply(&[other, rewrite("user:ana")], 0).expect("all of it is the admin's");
}

/// Roles that come to be held by way of others are given anew as well, and what rewriting one makes of its author is no
/// reason to let them rewrite it.
#[test]
fn who_rewrites_a_role_gains_nothing_by_those_that_lead_to_it() {
    let policy = "
        type user
        type org { actions compose  custom roles by org.compose }
        type team in org { actions view, delete }
        open role org.composer { allow org.compose }
        role org.admin { allow * }
        open role team.viewer { allow team.view }
        role team.owner { allow * }";
    let directory = |assigned: &str| {
        format!(
            "
rolebook: 1
kind: directory
org:1:
  custom_roles:
    team.reporter: {{ extends: team.viewer }}
    org.guide: {{ extends: org.composer, implies: team.reporter }}
  {assigned}
"
        )
    };
    let rewrite =
        |author: &str, body: serde_json::Value| Change::custom_role("team.reporter", "org:1", body).by(author);
    let wide = || serde_json::json!({ "extends": "team.viewer", "allow": "team.delete" });
    let load = |assigned: &str| {
        let directory = directory(assigned);
        Engine::from_strings(&[("policy.rolebook", policy)], &[("directory.yaml", &directory)]).expect("sound")
    };
    let refused = |engine: &Engine, change: Change| {
        engine.apply(&[change], 0).expect_err("more than she has").error.diagnostics[0].code.as_str()
    };

    // She holds the role only by another one, on whatever team there will be.
    let engine = load("roles: { guide: [user:eve], admin: [user:ana] }");
    assert_eq!(refused(&engine, rewrite("user:eve", wide())), "escalation");
    // Somebody else holds it directly.
    let engine = load("team:1: { roles: { reporter: [user:bo] } }\n  roles: { guide: [user:eve], admin: [user:ana] }");
    assert_eq!(refused(&engine, rewrite("user:eve", wide())), "escalation");
    engine.apply(&[rewrite("user:ana", wide())], 0).expect("all of it is the admin's");
    // On one of two teams it is more than she has, by what is assigned last.
    let engine = load(
        "team:1: { roles: { owner: [user:tom], reporter: [user:bo] } }\n  team:2: { roles: { reporter: [user:bo] } }\n  roles: { composer: [user:tom] }",
    );
    assert_eq!(refused(&engine, rewrite("user:tom", wide())), "escalation");
    engine.apply(&[Change::revoke("user:bo", "reporter", "team:2"), rewrite("user:tom", wide())], 0).expect("all his");
    // By what she writes she would come to be of a group that owns the team.
    let group = serde_json::json!({ "extends": "org.composer", "implies": "team.viewer", "allow": "team.*" });
    let engine = load("roles: { guide: [user:eve] }\n  team:1: { roles: { owner: ['team:1#viewer'] } }");
    assert_eq!(refused(&engine, Change::custom_role("org.guide", "org:1", group).by("user:eve")), "escalation");
}

/// What somebody gains by a change that its author did not have.
fn gain(
    before: &Reference,
    after: &Reference,
    change: &Yaml,
    author: &str,
    at: i64,
    tally: &mut Tally,
) -> Option<String> {
    if change.get("move").is_some() || before.assigns_freely(change) {
        return None;
    }
    let had = before.granted_now(author, at);
    let was_there = |entity: &String| before.outline().entities.iter().any(|(name, _)| name == entity);
    let earlier = before.given();
    for (person, granted) in after.given() {
        let none = Default::default();
        for gained in granted.difference(earlier.get(&person).unwrap_or(&none)).filter(|(entity, _)| was_there(entity))
        {
            tally.gains += 1;
            if !had.contains(gained) {
                return Some(format!("{person} gains {gained:?}, which {author} did not have"));
            }
        }
    }
    None
}

/// What was permitted and gained in a run.
#[derive(Default, Debug)]
struct Tally {
    permitted: BTreeMap<String, usize>,
    refused: usize,
    gains: usize,
}

impl Tally {
    fn count(&mut self, change: &Yaml) {
        let kinds = change.as_mapping().into_iter().flatten().filter_map(|(key, _)| key.as_str());
        kinds.for_each(|kind| *self.permitted.entry(kind.to_owned()).or_default() += 1);
    }

    fn assert_healthy(&self) {
        let made: usize = self.permitted.values().sum();
        if made < 100 {
            return;
        }
        let least = |kind: &str, least| self.permitted.get(kind).is_some_and(|count| *count >= least);
        let kinds = [("assign", 30), ("revoke", 20), ("set", 10), ("delete", 10), ("link", 5), ("custom_role", 3)];
        assert!(kinds.into_iter().all(|(kind, count)| least(kind, count)) && self.gains >= 30, "{self:?}");
    }
}
