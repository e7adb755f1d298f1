//! What rules ask of that which lies above a resource: which attributes these are, and where a rule may hold for all that is
//! known.

use rolebook::Engine;
use rolebook::compile::{Effect, Signature};

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
    let list = policy.rules_of(id, Effect::Allow);
    let name = |asked: &rolebook::compile::Asked| {
        let info = &schema.types[asked.ty];
        format!("{}.{}", info.name, info.attributes[asked.slot].name)
    };
    (list.asked().iter().map(name).collect(), list.signature().meets(Signature::PLACE))
}

#[test]
fn rules_ask_for_texts_and_truths_of_the_one_entity_of_a_type_above() {
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
        (r#"allow run.view when run.mode == "on""#, &[], true),
        (r#"allow run.view when resource.mode == "on""#, &[], true),
        (r#"allow run.view"#, &[], true),
        // An organization is nothing that lies above it.
        (r#"allow org.view when org.plan == "paid""#, &[], true),
        (r#"allow org.view when org.frozen"#, &[], true),
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
    assert_eq!(asked(rules, "run.view"), (vec![String::from("org.frozen")], true));
    assert_eq!(asked("", "run.view"), (Vec::new(), false));
}
