//! What rules ask of a resource and of that which lies above it: which attributes these are, and where a rule may hold for
//! all that is known.

use crate::access_matrix::check;
use rolebook::Engine;
use rolebook::compile::{Answer, Signature};
use rolebook::engine::{Change, now, query};

const TYPES: &str = r#"
type user
context { level: int = 0 }
type org { plan: "free" | "paid" = "free"  frozen: bool = false  actions view }
type team in org { tier: string?  size: int = 0  lead: user?  actions view }
type area in org { name: string = "x" }
type run in team, area* { mode: string = "on"  actions view }
type note in team? { actions view }
role org.member { allow org.view }
"#;

/// What the rules about a permission ask, and whether they may hold wherever the resource lies.
fn asked(rules: &str, permission: &str) -> (Vec<String>, bool) {
    let policy = format!("{TYPES}{rules}");
    let engine = Engine::from_strings(&[("policy.rolebook", &policy)], &[]).unwrap_or_else(|error| panic!("{error}"));
    let state = engine.state();
    let (policy, schema) = (state.snapshot().policy(), state.snapshot().policy().schema());
    let (ty, action) = permission.split_once('.').expect("a permission");
    let is_it = |id: &_| schema.permission_name(*id) == format!("{ty}.{action}");
    let id = schema.permissions.ids().find(is_it).expect("a permission");
    let name = |asked: &rolebook::compile::Asked| {
        let info = &schema.types[asked.ty];
        format!("{}.{}", info.name, info.attributes[asked.slot].name)
    };
    let wanted = policy.profile(id).expect("a profile").allowed_by_rules;
    let asked: Vec<String> = policy.sought().asked().iter().map(name).collect();
    let of_itself = asked.iter().any(|name| name.starts_with(&format!("{ty}.")));
    assert_eq!(wanted.is_of_resource(), of_itself, "{rules}");
    (asked, wanted.meets(Signature::PLACE.with_resource(Signature::NONE)))
}

#[test]
fn rules_ask_for_texts_and_truths_of_the_resource_and_of_the_one_entity_of_a_type_above() {
    for (rule, expected, anywhere) in [
        (r#"allow run.view when org.plan == "paid""#, &["org.plan"][..], false),
        (r#"allow run.view when "paid" == org.plan"#, &["org.plan"], false),
        (r#"allow run.view when org.frozen"#, &["org.frozen"], false),
        (r#"allow run.view when org.frozen == false"#, &["org.frozen"], false),
        (r#"allow run.view when team.tier == "a" and context.level > 3"#, &["team.tier"], false),
        (r#"allow run.view when context.level > 3 and team.tier == "a""#, &["team.tier"], false),
        (r#"allow run.view within org when team.tier == "a""#, &["team.tier"], false),
        (r#"allow run.view when org.frozen or team.tier == "a""#, &["org.frozen", "team.tier"], false),
        (r#"allow note.view when team.tier == "a""#, &["team.tier"], false),
        // Of the whole, one part may hold anywhere.
        (r#"allow run.view when org.frozen or context.level > 3"#, &[], true),
        (r#"allow run.view when not org.frozen"#, &[], true),
        (r#"allow run.view when org.plan != "paid""#, &[], true),
        (r#"allow run.view when team.size == 3"#, &[], true),
        (r#"allow run.view when team.lead == subject"#, &[], true),
        (r#"allow run.view when team.tier"#, &[], true),
        (r#"allow run.view"#, &[], true),
        // Of the resource itself.
        (r#"allow run.view when run.mode == "on""#, &["run.mode"], false),
        (r#"allow run.view when resource.mode == "on""#, &["run.mode"], false),
        (r#"allow run.view when resource.mode == "on" or org.frozen"#, &["org.frozen", "run.mode"], false),
        (r#"allow org.view when org.plan == "paid""#, &["org.plan"], false),
        (r#"allow org.view when org.frozen"#, &["org.frozen"], false),
    ] {
        let permission = if rule.contains("allow note") {
            "note.view"
        } else if rule.contains("allow org") {
            "org.view"
        } else {
            "run.view"
        };
        let (found, met) = asked(rule, permission);
        assert_eq!(
            (&found[..], met),
            (&expected.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>()[..], anywhere),
            "{rule}"
        );
    }
}

#[test]
fn one_rule_that_may_hold_anywhere_does_for_all() {
    let rules = "allow run.view when org.frozen\nallow run.view when context.level > 3";
    assert_eq!(asked(rules, "run.view"), (Vec::new(), true));
    assert_eq!(asked("", "run.view"), (Vec::new(), false));
}

/// The bits of each permission of the runs of a policy, and those that each label has.
fn bits(actions: usize, rules: &str, labels: &[&str]) -> (Vec<Signature>, Vec<Signature>) {
    let actions: Vec<String> = (0..actions).map(|at| format!("a{at}")).collect();
    let actions = actions.join(", ");
    let policy =
        format!("type user\ntype team {{ label: string? }}\ntype run in team {{ actions {actions} }}\n{rules}");
    let engine = Engine::from_strings(&[("policy.rolebook", &policy)], &[]).unwrap_or_else(|error| panic!("{error}"));
    let state = engine.state();
    let policy = state.snapshot().policy();
    let asked = *policy.sought().asked().first().expect("an attribute");
    let wanted = policy.profiles().iter().map(|profile| profile.allowed_by_rules).collect();
    (wanted, labels.iter().map(|label| policy.sought().by(Answer::text(asked, label))).collect())
}

#[test]
fn permissions_whose_rules_ask_for_the_same_share_a_bit_and_others_do_not() {
    let rules = r#"allow run.{a0, a1} when team.label == "x"
allow run.a2 when team.label == "x" or team.label == "y"
allow run.a3 when team.label == "z""#;
    let (wanted, found) = bits(5, rules, &["x", "y", "z", "other"]);
    let ([a0, a1, a2, a3, a4], [x, y, z, other]) = (&wanted[..], &found[..]) else { panic!("{wanted:?} {found:?}") };
    assert_eq!(a0, a1);
    assert!(!a0.meets(*a2) && !a0.meets(*a3) && !a2.meets(*a3));
    assert_eq!((a4, other), (&Signature::NONE, &Signature::NONE));
    for (label, lists) in [(x, &[a0, a2][..]), (y, &[a2]), (z, &[a3])] {
        assert_eq!(*label, lists.iter().fold(Signature::NONE, |all, list| all.or(**list)));
    }
}

#[test]
fn of_more_lists_than_bits_the_longest_have_one_of_their_own() {
    let rule = |permission: usize| {
        let labels: Vec<String> = (0..=permission).map(|at| format!(r#"team.label == "l{permission}-{at}""#)).collect();
        format!("allow run.a{permission} when {}\n", labels.join(" or "))
    };
    let rules: String = (0..40).map(rule).collect();
    let labels: Vec<String> = (0..40).map(|permission| format!("l{permission}-0")).collect();
    let (wanted, found) = bits(40, &rules, &labels.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(wanted, found);
    let meet = |at: usize| wanted.iter().filter(|other| wanted[at].meets(**other)).count();
    let meeting: Vec<usize> = (0..40).map(meet).collect();
    assert_eq!(meeting, [vec![2; 22], vec![1; 18]].concat());
}

#[test]
fn rules_about_the_resource_itself_hold_where_it_has_what_they_ask_for() {
    let policy = r#"type user
type team
type run in team { mode: string? frozen: bool = false actions view, edit }
role team.member { allow * }
deny run.edit when resource.mode == "locked" or run.frozen
deny run.view when run.mode == "secret" and subject has team.member on team
allow run.view when resource.mode == "public""#;
    let directory = "rolebook: 1
kind: directory
team:t:
  roles: { member: user:m }
  run:plain: {}
  run:locked: { mode: locked }
  run:public: { mode: public }
  run:secret: { mode: secret }
  run:frozen: { mode: public, frozen: true }
user:other: {}
";
    let engine = Engine::from_strings(&[("p.rolebook", policy)], &[("d.yaml", directory)]);
    let engine = engine.unwrap_or_else(|error| panic!("{error}"));
    for (run, may) in [
        ("plain", [true, true, false, false]),
        ("locked", [true, false, false, false]),
        ("public", [true, true, true, false]),
        ("secret", [false, true, false, false]),
        ("frozen", [true, false, true, false]),
        ("unheard-of", [false, false, false, false]),
    ] {
        let asked = [("user:m", "view"), ("user:m", "edit"), ("user:other", "view"), ("user:other", "edit")];
        for ((subject, action), expected) in asked.into_iter().zip(may) {
            let run = format!("run:{run}");
            let asked = query(subject, action, &run);
            let resolved = engine.resolve(&asked).unwrap_or_else(|error| panic!("{error}"));
            let decided = [check(&engine, &asked), engine.decide(&resolved)].map(|one| one.map(|one| one.allowed));
            assert_eq!(decided, [Ok(expected), Ok(expected)], "{subject} {action} {run}");
        }
    }
}

#[test]
fn what_rules_find_in_a_resource_changes_with_it() {
    let policy = r#"type user
type team { mode: string? actions view }
type run in team { mode: string? actions view }
role team.member { allow * }
deny *.view when resource.mode == "locked"
deny run.view when team.mode == "locked""#;
    let directory = "rolebook: 1
kind: directory
team:t:
  roles: { member: user:m }
  run:1: {}
  run:2: { mode: locked }
";
    let engine = Engine::from_strings(&[("p.rolebook", policy)], &[("d.yaml", directory)]).expect("a sound policy");
    let asked = ["team:t", "run:1", "run:2", "run:3"].map(|resource| query("user:m", "view", resource));
    let resolved = asked.each_ref().map(|asked| engine.resolve(asked).expect("a sound request"));
    let told = || {
        let told = resolved.each_ref().map(|resolved| engine.allows(resolved).expect("a sound request"));
        assert_eq!(told, asked.each_ref().map(|asked| check(&engine, asked).expect("a sound request").allowed));
        told
    };
    assert_eq!(told(), [true, true, false, false]);
    for (change, expected) in [
        (Change::set("run:1").attribute("mode", "locked"), [true, false, false, false]),
        (Change::set("run:2").attribute("mode", "open"), [true, false, true, false]),
        (Change::create("run:3").inside("team:t").attribute("mode", "locked"), [true, false, true, false]),
        (Change::set("run:3").attribute("mode", "open"), [true, false, true, true]),
        (Change::set("run:2").attribute("mode", "locked"), [true, false, false, true]),
        (Change::delete("run:2"), [true, false, false, true]),
        (Change::create("run:2").inside("team:t"), [true, false, true, true]),
        (Change::delete("run:2"), [true, false, false, true]),
        (Change::create("run:2").inside("team:t").attribute("mode", "locked"), [true, false, false, true]),
        (Change::set("run:2").attribute("mode", "open"), [true, false, true, true]),
        (Change::set("run:1").attribute("mode", "open"), [true, true, true, true]),
        (Change::set("team:t").attribute("mode", "locked"), [false, false, false, false]),
        (Change::set("team:t").attribute("mode", "open"), [true, true, true, true]),
    ] {
        let what = format!("{change:?}");
        engine.apply(&[change], now()).unwrap_or_else(|error| panic!("{what}: {error}"));
        assert_eq!(told(), expected, "{what}");
    }
}
