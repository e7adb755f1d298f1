//! Rules of one shape, of which those are looked up whose text a value is: what else they ask is asked all the same.

use crate::access_matrix::check;
use rolebook::Engine;
use rolebook::decide::{Fact, Query, Reason};
use rolebook::engine::query;
use rolebook::schema::RawValue;

/// Of each rule: its effect, its condition, the labels with which it may hold, and what else it asks.
const RULES: [(&str, &str, &[usize], Asks); 13] = [
    ("allow", r#"doc.label == "l0""#, &[0], Asks::Nothing),
    ("allow", r#""l1" == doc.label and subject == doc.owner"#, &[1], Asks::Owner),
    ("allow", r#"doc.label == "l2" and (doc.shared and subject == resource.owner)"#, &[2], Asks::Both),
    ("allow", r#"subject == doc.owner and doc.label == "l3""#, &[3], Asks::Owner),
    // Of one text, written both ways: what is told of one is not told of the other.
    ("allow", r#"doc.label == "l4" and doc.shared"#, &[4], Asks::Shared),
    ("allow", r#""l4" == doc.label and subject == doc.owner"#, &[4], Asks::Owner),
    // Of two texts none is both.
    ("allow", r#"doc.label == "l5" and doc.label == "l6""#, &[], Asks::Nothing),
    ("allow", r#"doc.label == "l6" and (doc.shared or subject == doc.owner)"#, &[6], Asks::Either),
    ("deny", r#"doc.label == "l1" and doc.shared"#, &[1], Asks::Shared),
    ("deny", r#""l0" == doc.label and subject == doc.owner"#, &[0], Asks::Owner),
    ("deny", r#"doc.label == "l3" and (doc.shared and subject == doc.owner)"#, &[3], Asks::Both),
    ("deny", r#"doc.label == "l7" and doc.shared"#, &[7], Asks::Shared),
    ("deny", r#"doc.label == "l8""#, &[8], Asks::Nothing),
];

#[derive(Clone, Copy)]
enum Asks {
    Nothing,
    Shared,
    Owner,
    Both,
    Either,
}

impl Asks {
    fn hold(self, shared: bool, owns: bool) -> bool {
        match self {
            Self::Nothing => true,
            Self::Shared => shared,
            Self::Owner => owns,
            Self::Both => shared && owns,
            Self::Either => shared || owns,
        }
    }
}

#[test]
fn what_else_a_rule_of_a_family_asks_is_asked() {
    let mut policy = String::from(
        "type user\ntype team {}\ntype doc in team { label: string?  shared: bool  owner: user  actions view }\n\
         role team.member { allow doc.view when doc.label == \"l8\" or doc.label == \"l7\" }\n",
    );
    for (effect, condition, ..) in RULES {
        policy += &format!("{effect} doc.view when {condition}\n");
    }
    let mut directory = String::from("rolebook: 1\nkind: directory\nteam:t:\n  roles: { member: [user:a, user:b] }\n");
    let docs = || (0..10).flat_map(|label| [true, false].map(|shared| (label, shared)));
    for (label, shared) in docs() {
        // The last label is none.
        let given = if label < 9 { format!("label: l{label}, ") } else { String::new() };
        directory += &format!("  doc:{label}{shared}: {{ {given}shared: {shared}, owner: user:a }}\n");
    }
    let engine = Engine::from_strings(&[("p.rolebook", &policy)], &[("d.yaml", &directory)]);
    let engine = engine.unwrap_or_else(|error| panic!("{error}"));
    let mut allowed = 0;
    for ((label, shared), subject) in docs().flat_map(|doc| ["user:a", "user:b"].map(|subject| (doc, subject))) {
        let any = |wanted: &str| {
            RULES.iter().any(|(effect, _, labels, asks)| {
                *effect == wanted && labels.contains(&label) && asks.hold(shared, subject == "user:a")
            })
        };
        let expected = !any("deny") && (any("allow") || label == 7 || label == 8);
        let doc = format!("doc:{label}{shared}");
        let asked = query(subject, "view", &doc);
        assert_eq!(check(&engine, &asked).map(|one| one.allowed), Ok(expected), "{asked:?}");
        allowed += usize::from(expected);
    }
    assert_eq!(allowed, 13);
}

#[test]
fn what_a_family_compares_may_come_from_anywhere_and_may_not_be_known() {
    let mut policy = String::from(
        "type user\ncontext { label: string? }\ntype team { label: string? }\n\
         type doc in team { label: string  actions above, told, own, kept }\nrole team.member { allow doc.kept }\n",
    );
    for at in 0..6 {
        policy += &format!("allow doc.above when subject has team.member on team and team.label == \"l{at}\"\n");
        policy +=
            &format!("allow doc.told when context.label == \"l{at}\"\nallow doc.own when doc.label == \"l{at}\"\n");
        policy += &format!("deny doc.kept when \"l{at}\" == doc.label and subject has team.member on team\n");
    }
    let directory = "rolebook: 1
kind: directory
team:t:
  label: l2
  roles: { member: user:a }
  doc:1: { label: l3 }
  doc:2: { label: other }
";
    let engine = Engine::from_strings(&[("p.rolebook", &policy)], &[("d.yaml", directory)]);
    let engine = engine.unwrap_or_else(|error| panic!("{error}"));
    let text = |text: &str| vec![(String::from("label"), RawValue::String(text.into()))];
    let new =
        |attributes| vec![Fact { entity: String::from("doc:new"), parents: vec![String::from("team:t")], attributes }];
    let told = |context| Query { context, ..query("user:b", "told", "doc:1") };
    let of_new =
        |action: &'static str, attributes| Query { facts: new(attributes), ..query("user:a", action, "doc:new") };
    for (asked, expected) in [
        (query("user:a", "above", "doc:1"), Reason::Granted),
        (query("user:b", "above", "doc:1"), Reason::NotGranted),
        (of_new("above", text("x")), Reason::Granted),
        (told(text("l4")), Reason::Granted),
        (told(text("l6")), Reason::NotGranted),
        (told(Vec::new()), Reason::NotGranted),
        (query("user:b", "own", "doc:1"), Reason::Granted),
        (query("user:b", "own", "doc:2"), Reason::NotGranted),
        (of_new("own", text("l5")), Reason::Granted),
        (of_new("own", text("l6")), Reason::NotGranted),
        (of_new("own", Vec::new()), Reason::NotComputed),
        (query("user:a", "kept", "doc:1"), Reason::Forbidden),
        (query("user:a", "kept", "doc:2"), Reason::Granted),
        (of_new("kept", text("l0")), Reason::Forbidden),
        (of_new("kept", text("l6")), Reason::Granted),
        (of_new("kept", Vec::new()), Reason::NotComputed),
    ] {
        assert_eq!(check(&engine, &asked).map(|one| one.reason), Ok(expected), "{asked:?}");
    }
}

#[test]
fn no_rule_is_looked_at_behind_the_one_that_decides() {
    let types = "type user  context { level: int }  type doc { label: string?  size: int  actions view }\n";
    let (sure, unsure) = ("resource.size > 1", "context.level > 1");
    // Rules that each stand alone come before families, and a family before the next.
    for (effect, first, second, unresolved) in [
        ("allow", sure, unsure, 0),
        ("allow", unsure, sure, 1),
        ("allow", sure, r#"resource.label == "l" and context.level > 1"#, 0),
        ("allow", r#"resource.label == "l""#, r#"doc.label == "l" and context.level > 1"#, 0),
        ("allow", unsure, r#"resource.label == "l""#, 1),
        ("deny", sure, unsure, 0),
        ("deny", unsure, sure, 1),
        ("deny", sure, r#"resource.label == "l" and context.level > 1"#, 0),
    ] {
        let rules = [first, second].map(|condition| format!("{effect} doc.view when {condition}\n")).concat();
        let policy = format!("{types}{rules}");
        let directory = "{rolebook: 1, kind: directory, user:a: {}, doc:d: {label: l, size: 2}}";
        let engine = Engine::from_strings(&[("rules.rolebook", &policy)], &[("directory.yaml", directory)])
            .unwrap_or_else(|error| panic!("{error}"));
        let decision = check(&engine, &query("user:a", "view", "doc:d")).expect("a sound request");
        assert_eq!(decision.reason, if effect == "deny" { Reason::Forbidden } else { Reason::Granted }, "{rules}");
        assert!(decision.cause.is_some(), "{rules}");
        assert_eq!(decision.unresolved.iter().count(), unresolved, "{rules}");
    }
}
