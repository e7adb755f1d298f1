//! What the table of a small directory tells once somebody holds a first role, and once somebody comes.

use super::{load, read};
use crate::decide::Snapshot;
use crate::directory::EntityId;
use crate::workspace::State;
use std::fmt::Write as _;

const POLICY: &str = "
type user
type bot
type team { actions view }
type run in team { actions view }
role team.viewer { allow *.view }
role run.guest { allow run.view }
";

/// Twenty people, of whom the first twelve hold a role on a team; each team has two runs.
fn loaded() -> State {
    let mut directory = String::from("rolebook: 1\nkind: directory\nbot:b: {}\n");
    for at in 0..20 {
        let _ = writeln!(directory, "user:u{at}: {{}}");
        let role = if at < 12 { format!("roles: {{ viewer: user:u{at} }}, ") } else { String::new() };
        let _ = writeln!(directory, "team:t{at}: {{ {role}run:r{at}: {{}}, run:s{at}: {{}} }}");
    }
    load(POLICY, &directory).with_access_matrix(None)
}

fn apply(state: &State, text: &str) -> State {
    let (change, sources) = read(state, text);
    let after = state.apply(&[change], sources, 0).unwrap_or_else(|refused| panic!("{text}: {refused:#?}")).state;
    let after = after.with_access_matrix(Some(state));
    assert!(after.snapshot().has_its_access_matrix(), "{text}");
    after
}

pub(super) fn entity(snapshot: &Snapshot, name: &str) -> EntityId {
    let (ty, id) = snapshot.policy().schema().split_known(name).expect("a name");
    snapshot.directory().find_word(ty, id).expect("somebody known")
}

fn is_told(state: &State, subject: &str, resource: &str) -> bool {
    let snapshot = state.snapshot();
    snapshot.is_told(entity(snapshot, subject), entity(snapshot, resource))
}

#[test]
fn a_first_role_is_told_in_a_row_that_was_there() {
    let before = loaded();
    let after = apply(&before, "assign: { subject: user:u15, role: viewer, on: team:t3 }");
    assert!(after.snapshot().keeps_cells_of(before.snapshot()));
    assert!(is_told(&before, "user:u15", "run:r3") && is_told(&after, "user:u15", "run:r3"));
    // No bot held any: there all have one row together.
    let bot = apply(&after, "assign: { subject: bot:b, role: viewer, on: team:t3 }");
    assert!(!bot.snapshot().keeps_cells_of(before.snapshot()) && is_told(&bot, "bot:b", "run:r3"));
}

#[test]
fn of_who_comes_and_holds_roles_nothing_is_told_until_they_are_more() {
    let mut state = loaded();
    for came in 1..4 {
        state = apply(&state, &format!("create: {{ entity: user:new{came} }}"));
        state = apply(&state, &format!("assign: {{ subject: user:new{came}, role: viewer, on: team:t1 }}"));
        // Three of twenty rows are more than an eighth.
        assert_eq!(is_told(&state, "user:new1", "run:r1"), came == 3);
        // To gather names takes longer, and waits for more.
        assert!(state.snapshot().is_named("user:u1") && !state.snapshot().is_named("user:new1"));
    }
}

#[test]
fn of_a_role_where_nobody_held_one_nothing_is_told_until_there_are_more() {
    let before = loaded();
    let mut state = before.clone();
    // Two of twenty rows are less than an eighth.
    for at in [3, 4] {
        state = apply(&state, &format!("assign: {{ subject: user:u{at}, role: guest, on: run:r{at} }}"));
        assert!(state.snapshot().keeps_cells_of(before.snapshot()), "{at}");
        assert!(!is_told(&state, &format!("user:u{at}"), "run:s9"), "{at}");
        assert!(is_told(&state, "user:u5", &format!("run:r{at}")), "{at}");
    }
    let back = apply(&state, "revoke: { subject: user:u3, role: guest, on: run:r3 }");
    assert!(is_told(&back, "user:u3", "run:s9") && !is_told(&back, "user:u4", "run:s9"));
    assert!(back.snapshot().keeps_cells_of(before.snapshot()));

    let all = apply(&state, "assign: { subject: user:u5, role: guest, on: run:r5 }");
    assert!(!all.snapshot().keeps_cells_of(before.snapshot()));
    for at in [3, 4, 5] {
        assert!(is_told(&all, &format!("user:u{at}"), "run:s9"), "{at}");
    }
}

#[test]
fn of_who_comes_nothing_is_told_until_they_are_more() {
    let before = loaded();
    let mut state = apply(&before, "create: { entity: user:new }");
    state = apply(&state, "assign: { subject: user:new, role: viewer, on: team:t1 }");
    assert!(!is_told(&state, "user:new", "run:r1"));
    let mut came = 1;
    while !is_told(&state, "user:new", "run:r1") && came < 20 {
        assert!(state.snapshot().keeps_cells_of(before.snapshot()), "{came}");
        state = apply(&state, &format!("create: {{ entity: run:came{came}, in: team:t1 }}"));
        came += 1;
    }
    // An eighth of eighty and one.
    assert_eq!(came, 11);
    assert!(is_told(&state, "user:new", "run:came1") && state.snapshot().is_named("user:new"));
}
