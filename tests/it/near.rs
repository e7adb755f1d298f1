//! What lies nearest is asked first: the state that a reader has at hand, and the one comparison that a role allows by.

use rolebook::Engine;
use rolebook::decide::{Query, Resolved};
use rolebook::engine::{Change, now, query};

#[test]
fn a_role_that_does_not_count_allows_nothing_by_its_own_condition() {
    let policy = "type user
type team {
  paid: bool
  owner: user?
  actions view, edit
}
role team.member
  when team.paid
{
  allow team.view when resource.owner == subject
}
role team.writer { allow team.edit when resource.owner == subject }";
    let roles = "roles: {member: [user:ana, user:bob], writer: [user:ana, user:bob]}";
    let directory = format!(
        "rolebook: 1\nkind: directory\nuser:ana: {{}}\nuser:bob: {{}}\n\
         team:paid: {{paid: true, owner: user:ana, {roles}}}\nteam:shut: {{paid: false, owner: user:ana, {roles}}}\n"
    );
    let engine = Engine::from_strings(&[("p.rolebook", policy)], &[("d.yaml", &directory)]).expect("a sound policy");
    for (subject, action, resource, wanted) in [
        ("user:ana", "view", "team:paid", true),
        ("user:bob", "view", "team:paid", false),
        ("user:ana", "view", "team:shut", false),
        ("user:ana", "edit", "team:shut", true),
        ("user:bob", "edit", "team:shut", false),
    ] {
        let decision = engine.check(&query(subject, action, resource)).expect("a sound request");
        assert_eq!(decision.allowed, wanted, "{subject} {action} {resource}: {decision:?}");
        assert_eq!(decision.cause.is_some(), wanted, "{subject} {action} {resource}: {decision:?}");
    }
}

#[test]
fn a_reader_sees_every_change() {
    let policy = "type user type team { actions view } role team.member { allow team.view }";
    let directory = "{rolebook: 1, kind: directory, \"team:a\": {}, \"user:ana\": {}}";
    let engine = Engine::from_strings(&[("p.rolebook", policy)], &[("d.yaml", directory)]).expect("a sound policy");
    let asked = query("user:ana", "view", "team:a");
    let resolved = engine.resolve(&asked).expect("a sound request");
    let mut reader = engine.reader();
    let mut told = || {
        let decision = reader.decide(&resolved).expect("a sound request");
        assert_eq!(reader.allows(&resolved), Ok(decision.allowed));
        assert_eq!(reader.check(&asked).as_ref(), Ok(&decision));
        assert_eq!(reader.is_allowed(&asked), Ok(decision.allowed));
        assert_eq!(reader.state().snapshot().revision(), decision.revision);
        decision.allowed
    };
    assert!(!told());
    for _ in 0..3 {
        engine.apply(&[Change::assign("user:ana", "member", "team:a")], now()).expect("a sound change");
        assert!(told());
        engine.apply(&[Change::revoke("user:ana", "member", "team:a")], now()).expect("a sound change");
        assert!(!told());
    }
}

#[test]
fn a_resolved_query_reads_values_as_they_are() {
    let policy = "type user
type team {
  owner: user?
  label: string?
  actions view, edit, drop
}
role team.member {
  allow team.view when resource.owner == subject
  allow team.drop when resource.label == \"old\" or resource.owner == subject
}
allow team.edit when team.label == \"draft\"";
    let roles = "roles: {member: [user:ana]}";
    let directory = format!(
        "rolebook: 1\nkind: directory\nuser:ana: {{}}\nuser:bob: {{}}\n\
         team:a: {{owner: user:bob, {roles}}}\nteam:b: {{owner: user:ana, {roles}}}\n"
    );
    let engine = Engine::from_strings(&[("p.rolebook", policy)], &[("d.yaml", &directory)]).expect("a sound policy");
    let queries: Vec<Query<'static>> = ["team:a", "team:b"]
        .into_iter()
        .flat_map(|team| ["view", "edit", "drop"].map(|action| query("user:ana", action, team)))
        .collect();
    let resolved: Vec<Resolved> = queries.iter().map(|query| engine.resolve(query).expect("a sound request")).collect();
    let mut reader = engine.reader();
    let mut told = || -> Vec<bool> {
        let each = resolved.iter().zip(&queries).map(|(resolved, query)| {
            let decision = reader.decide(resolved).expect("a sound request");
            assert_eq!(reader.check(query).as_ref(), Ok(&decision), "{query:?}");
            assert_eq!(
                engine.resolve(query).and_then(|anew| reader.decide(&anew)).as_ref(),
                Ok(&decision),
                "{query:?}"
            );
            decision.allowed
        });
        each.collect()
    };
    let (yes, no) = (true, false);
    let apply = |change: Change| engine.apply(&[change], now()).expect("a sound change");
    assert_eq!(told(), [no, no, no, yes, no, yes]);
    apply(Change::set("team:a").attribute("owner", "user:ana"));
    assert_eq!(told(), [yes, no, yes, yes, no, yes]);
    apply(Change::set("team:b").attribute("owner", "user:bob").attribute("label", "draft"));
    assert_eq!(told(), [yes, no, yes, no, yes, no]);
    apply(Change::delete("team:b"));
    assert_eq!(told(), [yes, no, yes, no, no, no]);
    apply(Change::create("team:b").attribute("label", "old").attribute("owner", "user:ana"));
    assert_eq!(told(), [yes, no, yes, no, no, no]);
    apply(Change::assign("user:ana", "member", "team:b"));
    assert_eq!(told(), [yes, no, yes, yes, no, yes]);
    // So many that all is laid out anew, wherever the values stood before.
    for at in 0..3 {
        let many = (0..1_500).map(|team| Change::create(&format!("team:{at}-{team}")).attribute("label", "draft"));
        engine.apply(&many.collect::<Vec<Change>>(), now()).expect("sound changes");
        assert_eq!(told(), [yes, no, yes, yes, no, yes]);
    }
    apply(Change::set("team:a").attribute("label", "draft"));
    assert_eq!(told(), [yes, yes, yes, yes, no, yes]);
}
