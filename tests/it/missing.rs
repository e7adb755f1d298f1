//! What a request leaves out: what is decided then, and what is told of it.

use rolebook::decide::{Fact, Query};
use rolebook::schema::RawValue;
use rolebook::{Engine, engine};

const POLICY: &str = "
type user
type org { actions view }
type team in org {
  flag: bool
  actions view, open, close, enter
}

role org.member {
  implies team.inner when resource.flag
}
role team.inner { deny team.view }

allow team.{view, open, close} to user
deny team.open when subject has team.inner on resource
deny team.close unless not (subject has any role on team)
allow team.enter when subject has team.inner on resource
";

const DIRECTORY: &str = "rolebook: 1
kind: directory
org:o: { roles: { member: user:u } }
user:stranger:
";

/// An implication that cannot be computed brings nothing; whoever asks is told so, by whichever way it is asked about.
#[test]
fn an_unknown_implication_brings_nothing_and_is_told() {
    let engine = Engine::from_strings(&[("policy.rolebook", POLICY)], &[("directory.yaml", DIRECTORY)])
        .unwrap_or_else(|error| panic!("{error}"));
    let told = String::from("`org.member` implies `team.inner` on `team:new`");
    for (words, flag, expected, uncomputed) in [
        ("user:u view", None, "granted", vec![&told]),
        ("user:u open", None, "granted", vec![&told]),
        ("user:u close", None, "granted", vec![&told]),
        ("user:u enter", None, "not_granted", vec![&told]),
        ("user:u view", Some(true), "forbidden", vec![]),
        ("user:u open", Some(true), "forbidden", vec![]),
        ("user:u close", Some(true), "forbidden", vec![]),
        ("user:u enter", Some(true), "granted", vec![]),
        ("user:u open", Some(false), "granted", vec![]),
        ("user:u enter", Some(false), "not_granted", vec![]),
        ("user:stranger open", None, "granted", vec![]),
    ] {
        let (subject, action) = words.split_once(' ').expect("two words");
        let attributes = flag.map(|flag| (String::from("flag"), RawValue::Bool(flag))).into_iter().collect();
        let fact = Fact { entity: String::from("team:new"), parents: vec![String::from("org:o")], attributes };
        let query = Query { facts: vec![fact], ..engine::query(subject, action, "team:new") };
        let outcome = engine.outcome(&query).expect("a sound request");
        let texts: Vec<&String> = outcome.uncomputed.iter().map(|step| &step.text).collect();
        assert_eq!((outcome.verdict.as_str(), texts), (expected, uncomputed), "{words}, {flag:?}");
    }
}
