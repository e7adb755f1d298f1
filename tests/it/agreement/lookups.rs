//! The reverse questions under every pair of conditions that can be looked up: whom they name, who holds a role somewhere,
//! what has a value. Each pair is an action of its own, allowed by a rule or by a role, so that one policy has them all.

use super::reverse::{Tally, difference_on};
use rolebook::Engine;
use rolebook::decide::{Fact, Query};
use rolebook::schema::RawValue;
use std::fmt::Write;

/// What may be asked of subject and resource. The last ones are asked in roles only.
const CONDITIONS: [&str; 27] = [
    "subject == resource.maker",
    "resource.maker == subject",
    "subject in resource.crew",
    "resource.crew contains subject",
    "subject == team.lead",
    "subject in org.crew",
    "actor == resource.maker",
    "subject in [\"user:bo\", \"user:nobody\"]",
    "subject in resource.settings.people",
    "subject has team.member on team",
    "subject has team.admin on team",
    "subject has team.admin on resource.home",
    "subject has team.member on resource.zones",
    "subject has team.member on resource.settings.places",
    "subject has any role on team",
    "subject has org.admin on org",
    "subject has org.admin on resource.home.org",
    "resource.shared",
    "resource.shared == false",
    "resource.size == 3",
    "resource.label == \"x\"",
    "team.label == \"nowhere\"",
    "not (subject == resource.maker)",
    "actor is user",
    "(subject is user and subject.boss == resource.maker)",
    "subject == scope.lead",
    "subject has team.admin on scope",
];
const IN_ROLES_ONLY: usize = 2;

const TYPES: &str = "
type user { boss: user? }
type key acts as owner { owner: user }
type org { crew: set<user> = []  pinned: run?  actions view }
type team in org { lead: user?  label: string = \"t\"  actions view }
role org.admin { implies team.admin }
role team.admin extends team.member {}
role team.guest requires org.member { implies run.watcher }
role org.member { allow org.view }
role run.watcher { allow run.watch }
";

const DIRECTORY: &str = "
rolebook: 1
kind: directory
user:ana: {}
user:bo: { boss: user:ana }
user:cy: {}
key:1: { owner: user:ana }
key:2: { owner: user:dee }
org:1:
  crew: [user:cy]
  pinned: run:99
  roles: { admin: [user:cy], member: [user:ana, user:bo, user:dee] }
  team:1:
    lead: user:bo
    roles:
      member: [user:ana, \"team:2#member\", { subject: user:eve, until: 2026-01-01T00:00:00Z }]
      guest: [user:bo, { subject: user:ana, since: 2026-01-01T00:00:00Z }]
    run:1: { maker: user:ana, crew: [user:bo, user:dee], home: team:2, zones: [team:2, team:3] }
    run:2: { maker: user:bo, shared: true, size: 3, home: team:1 }
  team:3:
    lead: user:eve
    settings: { people: [user:bo, user:eve], places: [team:2] }
    roles: { admin: [user:bo, { subject: user:dee, since: 2026-01-01T00:00:00Z }] }
    run:3: { maker: user:dee, label: y, crew: [user:ana], zones: [team:1] }
    run:4: { maker: user:cy, shared: true, home: team:3 }
  team:2:
    roles: { member: [user:dee, user:eve] }
    run:5: { maker: user:eve, size: 3, roles: { watcher: [user:bo] } }
    run:6: { maker: user:ana }
";

/// The policy: of each pair of conditions, joined by `and` and by `or`, one action by a rule and one by a role. Every third
/// action is denied to some, so that nothing about it is sure.
fn policy() -> (String, Vec<String>) {
    let (mut actions, mut rules, mut member) = (Vec::new(), String::new(), String::new());
    for (at, one) in CONDITIONS.iter().enumerate() {
        for (other_at, other) in CONDITIONS.iter().enumerate().skip(at) {
            for word in ["and", "or"] {
                let condition = if at == other_at { (*one).to_owned() } else { format!("{one} {word} {other}") };
                if other_at < CONDITIONS.len() - IN_ROLES_ONLY {
                    let action = format!("r{}", actions.len());
                    writeln!(rules, "allow run.{action} when {condition}").expect("a text");
                    actions.push(action);
                }
                let action = format!("m{}", actions.len());
                writeln!(member, "  allow run.{action} when {condition}").expect("a text");
                actions.push(action);
            }
        }
    }
    let run = format!(
        "type run in team {{ maker: user  crew: set<user> = []  home: team?  zones: set<team> = []  shared: bool = false
           size: int = 0  label: string = \"x\"  setting people: set<user> narrows  setting places: set<team> narrows
           actions watch, {} }}",
        actions.join(", ")
    );
    let denied: Vec<String> = actions.iter().step_by(3).map(|action| format!("run.{action}")).collect();
    let deny = format!("deny {} when subject == team.lead and resource.shared", denied.join(", "));
    (format!("{TYPES}{run}\nrole team.member {{\n{member}}}\n{rules}{deny}\n"), actions)
}

#[test]
fn whatever_can_be_looked_up_is_the_filter_of_check() {
    let (policy, actions) = policy();
    let engine = Engine::from_strings(&[("policy.rolebook", &policy)], &[("directory.yaml", DIRECTORY)])
        .unwrap_or_else(|error| panic!("{error}"));
    // What went and came stands elsewhere in the tables than what was read.
    let changes =
        r#"[{"delete":"run:6"},{"create":{"entity":"run:7","in":["team:2"],"attributes":{"maker":"user:bo"}}}]"#;
    engine.apply_text("changes.json", changes, 0).expect("sound changes");
    let mut tally = Tally::default();
    let told = Fact {
        entity: String::from("run:new"),
        parents: vec![String::from("team:3")],
        attributes: vec![(String::from("maker"), RawValue::String(String::from("user:dee")))],
    };
    let at = [1_780_272_000_000, 0];
    for (number, action) in actions.iter().enumerate() {
        let asked = [
            ("user:ana", "run:1"),
            ("key:2", "run:3"),
            ("user:bo", "run:4"),
            ("user:dee", "run:new"),
            ("user:cy", "run:2"),
        ];
        let (subject, resource) = asked[number % asked.len()];
        let query = Query {
            facts: if resource == "run:new" { vec![told.clone()] } else { Vec::new() },
            ..Query::new(subject, action, resource, at[number / asked.len() % at.len()])
        };
        difference_on(&engine, &query, &mut tally).unwrap_or_else(|difference| {
            let said: String = policy.lines().filter(|line| line.contains(&format!("run.{action} when"))).collect();
            panic!("{said}\n{difference}")
        });
    }
    println!("{tally:?}");
    assert!(tally.asked == actions.len() && tally.named > tally.asked && tally.listed > tally.lists, "{tally:?}");
}
