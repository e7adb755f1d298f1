//! Custom roles and org policies that come and go at run time: what is compiled again for them, and that the policy they
//! leave is the one that would have been loaded with them.

use crate::generate::Choices;
use rolebook::Engine;
use rolebook::compile::CompiledPolicy;
use rolebook::diagnostics::Diagnostic;
use rolebook::engine::{Change, query};
use rolebook::workspace::State;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

const POLICY: &str = "
type user
type organization { actions view, manage }
type team in organization { setting limit: int at most  actions view, manage }
type folder in team?, folder? { actions view }
type run in team { created_by: user  actions view, delete }

role organization.member { allow organization.view }
open role organization.helper extends organization.member { allow organization.manage }
open role team.viewer requires organization.member { allow team.view, run.view }
open when scope.organization == \"organization:acme\" role team.editor extends team.viewer assigned by team.manage {
  allow run.delete when resource.created_by == subject
  implies folder.reader
}
role team.lead extends team.editor { allow * }
open role folder.reader { allow folder.view }
custom role team.visitor extends team.viewer { }

allow run.view when resource.created_by == subject
";

/// Custom roles, legal and not, alone and together.
fn roles() -> Vec<(&'static str, Value)> {
    vec![
        ("team.guest", json!({ "extends": "team.viewer" })),
        ("team.guest", json!({ "extends": "team.editor", "without": "run.view", "requires": "organization.booster" })),
        ("team.guest", json!({ "extends": "team.visitor" })),
        (
            "team.aide",
            json!({ "extends": "team.editor", "allow": { "permissions": "run.*", "when": "subject has team.guest on scope" } }),
        ),
        (
            "team.aide",
            json!({ "extends": ["team.viewer", "team.editor"], "when": "subject == \"user:ana\"", "allow": "team.manage" }),
        ),
        ("team.aide", json!({ "extends": "team.viewer", "implies": "folder.binder" })),
        ("team.aide", json!({ "extends": "team.viewer", "without": "run.delete" })),
        ("team.aide", json!({ "extends": "team.lead" })),
        ("team.visitor", json!({ "extends": "team.viewer", "allow": "run.delete" })),
        ("organization.booster", json!({ "extends": "organization.helper", "implies": "team.guest" })),
        ("organization.booster", json!({ "extends": "organization.helper", "allow": "run.veiw" })),
        ("folder.binder", json!({ "extends": "folder.reader", "implies": "folder.keeper" })),
        ("folder.keeper", json!({ "extends": "folder.reader", "implies": "folder.binder" })),
        ("folder.keeper", json!({ "extends": "folder.reader", "implies": "folder.keeper" })),
        ("folder.keeper", json!({ "extends": "folder.reader" })),
    ]
}

/// Org policies, legal and not.
fn policies() -> Vec<(&'static str, Value)> {
    vec![
        ("calm", json!({ "settings": { "limit": 3 } })),
        (
            "calm",
            json!({ "in": "organization:acme", "rules": [{ "deny": "run.delete", "when": "not (subject has team.guest on resource.team)" }] }),
        ),
        ("calm", json!({ "settings": { "limits": 3 } })),
        ("strict", json!({ "rules": [{ "deny": "*" }], "in": "organization:beta" })),
    ]
}

/// What a directory holds beside its entities: roles by organization and name, and policies.
#[derive(Clone, Default)]
struct Held {
    roles: BTreeMap<(&'static str, &'static str), Value>,
    policies: BTreeMap<&'static str, Value>,
}

impl Held {
    fn directory(&self) -> String {
        let mut text = String::from("rolebook: 1\nkind: directory\n");
        for (organization, team) in [("organization:acme", "team:red"), ("organization:beta", "team:blue")] {
            text += &format!("{organization}:\n  roles: {{ member: [user:ana, user:probe] }}\n");
            let roles = self.roles.iter().filter(|((owner, _), _)| *owner == organization);
            let roles: Vec<String> = roles.map(|((_, name), body)| format!("{name}: {body}")).collect();
            text += &format!("  custom_roles: {{ {} }}\n", roles.join(", "));
            text += &format!("  {team}:\n    roles: {{ editor: [user:ana] }}\n");
            text += &format!("    folder:{}: {{ folder:in-{0}: {{ }} }}\n", &team[5..]);
            text += &format!("    run:{}: {{ created_by: user:ana }}\n", &team[5..]);
        }
        let policies: Vec<String> = self.policies.iter().map(|(name, body)| format!("{name}: {body}")).collect();
        text + &format!("policies: {{ {} }}\n", policies.join(", "))
    }

    fn load(&self) -> Result<Engine, BTreeSet<String>> {
        Engine::from_strings(&[("policy.rolebook", POLICY)], &[("directory.yaml", &self.directory())])
            .map_err(|error| told(&error.diagnostics))
    }

    /// What everybody may do everywhere, once the probe holds a role and a policy is linked, each in turn.
    fn answers(&self, engine: &Engine) -> Vec<String> {
        let mut answers = vec![answers(&engine.state())];
        let mut changes: Vec<Change> = self.policies.keys().map(|name| Change::link(name, "team:red")).collect();
        for (owner, name) in self.roles.keys() {
            let (ty, role) = name.split_once('.').expect("a dotted name");
            let entity = match (ty, *owner) {
                ("organization", owner) => owner.to_owned(),
                (ty, "organization:acme") => format!("{ty}:red"),
                (ty, _) => format!("{ty}:blue"),
            };
            changes.push(Change::assign("user:probe", role, &entity));
        }
        for change in changes {
            answers.push(match engine.preview("change.json", &change.to_string(), 0) {
                Ok(applied) => answers_after(&change, &applied.after),
                Err(refused) => format!("{change}: {:?}", told(&refused.error.diagnostics)),
            });
        }
        answers
    }
}

fn answers_after(change: &Change, state: &State) -> String {
    format!("{change}: {}", answers(state))
}

fn answers(state: &State) -> String {
    let mut text = String::new();
    for subject in ["user:ana", "user:probe"] {
        for resource in
            ["organization:acme", "team:red", "folder:in-red", "run:red", "team:blue", "folder:blue", "run:blue"]
        {
            for action in ["view", "manage", "delete"] {
                match state.snapshot().check(&query(subject, action, resource)) {
                    Ok(decision) if decision.allowed => text += &format!(" {subject} {action} {resource},"),
                    _ => {}
                }
            }
        }
    }
    text
}

/// Findings in words, without their places.
fn told(findings: &[Diagnostic]) -> BTreeSet<String> {
    let told = |finding: &Diagnostic| format!("{} {} {:?}", finding.code, finding.message, finding.help);
    findings.iter().filter(|finding| finding.is_error()).map(told).collect()
}

/// One thing that may happen to what is held.
fn step(choices: &mut Choices<'_>, held: &Held) -> (Change, Held) {
    let mut held = held.clone();
    let owner = choices.copy_pick(&["organization:acme", "organization:beta"]);
    let change = match choices.below(6) {
        0..4 => {
            let (name, body) = choices.pick(&roles()).clone();
            held.roles.insert((owner, name), body.clone());
            Change::custom_role(name, owner, body)
        }
        4 => {
            let (name, body) = choices.pick(&policies()).clone();
            held.policies.insert(name, body.clone());
            Change::policy(name, body)
        }
        _ => match held.roles.keys().next().copied() {
            Some((owner, name)) => {
                held.roles.remove(&(owner, name));
                Change::delete_custom_role(name, owner)
            }
            None => return step(choices, &held),
        },
    };
    (change, held)
}

#[test]
fn whatever_comes_and_goes_the_policy_is_the_one_that_would_be_loaded() {
    let (mut made, mut refused) = (0, BTreeSet::new());
    for seed in 0..60_u32 {
        let mut state = seed;
        let row: Vec<u32> = std::iter::repeat_with(|| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state.rotate_right(16)
        })
        .take(200)
        .collect();
        let choices = &mut Choices::new(&row);
        let mut held = Held::default();
        let engine = held.load().expect("a sound package");
        for _ in 0..12 {
            let (change, next) = step(choices, &held);
            match (engine.apply(std::slice::from_ref(&change), 0), next.load()) {
                (Ok(_), Ok(loaded)) => {
                    held = next;
                    assert_eq!(held.answers(&engine), held.answers(&loaded), "{change} gave\n{}", held.directory());
                    made += 1;
                }
                (Err(found), Err(expected)) => {
                    assert_eq!(told(&found.error.diagnostics), expected, "{change} would give\n{}", next.directory());
                    refused.extend(found.error.diagnostics.iter().map(|finding| finding.code.as_str()));
                }
                (applied, loaded) => {
                    let [applied, loaded] = [applied.err().map(|it| told(&it.error.diagnostics)), loaded.err()];
                    panic!("{change} would give\n{}\n{applied:?}\ninstead of {loaded:?}", next.directory());
                }
            }
        }
    }
    assert!(made > 200, "{made} changes made");
    let expected = [
        "custom-role",
        "duplicate-name",
        "implies-cycle",
        "unknown-action",
        "unknown-role",
        "unknown-setting",
        "without-no-effect",
    ];
    for code in expected {
        assert!(refused.contains(code), "{code} is not among {refused:?}");
    }
}

/// How many tables of roles and how many origins of statements two policies share.
fn shared(one: &CompiledPolicy, other: &CompiledPolicy) -> (usize, usize) {
    let roles = one.roles().iter().zip(other.roles().iter());
    let roles = roles.filter(|(one, other)| {
        Arc::ptr_eq(&one.grants, &other.grants)
            && Arc::ptr_eq(&one.counts_as, &other.counts_as)
            && Arc::ptr_eq(&one.requires, &other.requires)
            && Arc::ptr_eq(&one.implies, &other.implies)
            && one.leads.as_ref().map(Arc::as_ptr) == other.leads.as_ref().map(Arc::as_ptr)
    });
    let statements = one.provenance().statements.iter().zip(other.provenance().statements.iter());
    (roles.count(), statements.filter(|(one, other)| Arc::ptr_eq(one, other)).count())
}

/// All tables of roles and origins of statements.
fn tables(policy: &CompiledPolicy) -> (usize, usize) {
    (policy.roles().len(), policy.provenance().statements.len())
}

/// How much there is: roles, statements, implications, nodes of programs.
fn sizes(policy: &CompiledPolicy) -> [usize; 4] {
    let origins = policy.provenance();
    [policy.roles().len(), origins.statements.len(), origins.implications.len(), policy.programs().len()]
}

#[test]
fn an_addition_compiles_itself_and_nothing_else() {
    let engine = Held::default().load().expect("a sound package");
    let loaded = engine.state();
    let files = loaded.snapshot().policy();
    let wide = json!({
        "extends": "team.editor",
        "implies": "folder.reader",
        "allow": ["run.view", { "permissions": "run.delete", "when": "resource.created_by == subject or subject == \"user:bo\"" }],
    });
    // What there is beyond the files' policy after each step: roles, statements, implications and nodes. Half of the
    // condition stands in the files and is not lowered again; new are `user:bo`, the comparison, and `or`. The other four
    // are the base's `open when`, which no role of the files carries.
    let steps = [
        (Change::custom_role("team.guest", "organization:acme", wide), [1, 2, 1, 7]),
        (Change::policy("calm", json!({ "rules": [{ "deny": "run.*" }] })), [1, 3, 1, 7]),
        (Change::custom_role("team.aide", "organization:acme", json!({ "extends": "team.viewer" })), [2, 3, 1, 7]),
        // A namesake that nothing names.
        (Change::custom_role("team.aide", "organization:beta", json!({ "extends": "team.viewer" })), [3, 3, 1, 7]),
        // What goes leaves its number behind, and nothing that it stands for.
        (Change::delete_custom_role("team.aide", "organization:acme"), [3, 3, 1, 7]),
    ];
    for (change, added) in steps {
        let applied = engine.apply(std::slice::from_ref(&change), 0).expect("a sound change");
        let (before, after) = (applied.before.snapshot().policy(), applied.after.snapshot().policy());
        let beyond = sizes(after).into_iter().zip(sizes(files)).map(|(now, then)| now - then);
        assert_eq!(beyond.collect::<Vec<_>>(), added, "{change}");
        assert_eq!(shared(files, after), tables(files), "{change}");
        let gone = usize::from(change.to_string().starts_with(r#"{"delete"#));
        let [roles, statements] = [tables(before).0 - gone, tables(before).1];
        assert_eq!(shared(before, after), (roles, statements), "{change}");
        assert_eq!(after.schema().declared_roles().count(), after.roles().len() - gone);
        assert_eq!(applied.rebuilt, usize::from(after.schema().policies.len() > before.schema().policies.len()));
    }
}

#[test]
fn a_role_of_a_name_that_something_says_means_building_anew() {
    let engine = Held::default().load().expect("a sound package");
    let guest = || json!({ "extends": "team.viewer" });
    let named = json!({ "rules": [{ "deny": "run.delete", "unless": "subject has team.guest on resource.team" }] });
    let changes = [Change::custom_role("team.guest", "organization:acme", guest()), Change::policy("calm", named)];
    engine.apply(&changes, 0).expect("sound changes");
    let applied = engine.apply(&[Change::custom_role("team.guest", "organization:beta", guest())], 0).expect("a role");
    let (before, after) = (applied.before.snapshot().policy(), applied.after.snapshot().policy());
    // What directories add is compiled again, and the files' policy is not.
    let [roles, statements] = [before.roles().len() - 1, before.provenance().statements.len() - 1];
    assert_eq!(shared(before, after), (roles, statements));
    // The policy speaks of both roles now.
    let probe = [Change::link("calm", "team:blue"), Change::assign("user:probe", "guest", "team:blue")];
    engine.apply(&probe, 0).expect("sound changes");
    assert!(!engine.check(&query("user:ana", "delete", "run:blue")).expect("a request").allowed);
}

#[test]
fn what_goes_with_its_organization_is_no_longer_compiled() {
    let alone = Held::default().load().expect("a sound package").state();
    let mut held = Held::default();
    held.roles.insert(("organization:beta", "team.guest"), json!({ "extends": "team.viewer" }));
    let engine = held.load().expect("a sound package");
    engine.apply(&[Change::delete("organization:beta")], 0).expect("a sound change");
    assert_eq!(sizes(engine.state().snapshot().policy()), sizes(alone.snapshot().policy()));
    let again = [
        Change::create("organization:beta"),
        Change::create("team:green").inside("organization:beta"),
        Change::assign("user:ana", "member", "organization:beta"),
        Change::assign("user:ana", "guest", "team:green"),
    ];
    let refused = engine.apply(&again, 0).expect_err("the role is gone");
    assert_eq!((refused.change, refused.error.diagnostics[0].code.as_str()), (Some(3), "unknown-role"));
}
