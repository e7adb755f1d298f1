//! The questions the other way round, beside the structure written by hand.

use crate::clock::{best, over};
use crate::fixture::Fixture;
use crate::orgs::{Kind, Resource, World, user};
use crate::table::Row;
use rolebook::analysis::{list, who_can};

pub(crate) fn rows(size: &str, fixture: &Fixture) -> Vec<Row> {
    let asked = fixture.reverse();
    let (records, ..) = fixture.by_hand();
    let (users, runs) = names(&fixture.world);
    let named = |names: &[Box<str>], numbers: Vec<u32>| -> Vec<String> {
        numbers.into_iter().map(|at| names[at as usize].to_string()).collect()
    };
    let state = fixture.engine.state();
    let snapshot = state.snapshot();
    let [hand_list, ids_list, hand_names_list, names_list, hand_who, ids_who, hand_names_who, names_who] = best([
        over(&asked, |(ask, _)| {
            let mut runs = Vec::new();
            records.list_runs(ask.user, ask.permission, &mut runs);
            runs
        }),
        over(&asked, |(_, query)| list(snapshot, query, "run")),
        over(&asked, |(ask, _)| {
            let mut found = Vec::new();
            records.list_runs(ask.user, ask.permission, &mut found);
            named(&runs, found)
        }),
        over(&asked, |(_, query)| fixture.engine.list(query, "run")),
        over(&asked, |(ask, _)| {
            let mut people = Vec::new();
            records.who_can(ask.permission, records.id(ask.resource), &mut people);
            people
        }),
        over(&asked, |(_, query)| who_can(snapshot, query)),
        over(&asked, |(ask, _)| {
            let mut found = Vec::new();
            records.who_can(ask.permission, records.id(ask.resource), &mut found);
            named(&users, found)
        }),
        over(&asked, |(_, query)| fixture.engine.who_can(query)),
    ]);
    vec![
        Row::times(format!("{size}: which runs somebody may delete, to by hand"), ids_list, hand_list, 5.0),
        Row::times(format!("{size}: the same with names, to names by hand"), names_list, hand_names_list, 5.0),
        Row::times(format!("{size}: who may delete a run, to by hand"), ids_who, hand_who, 5.0),
        Row::times(format!("{size}: the same with names, to names by hand"), names_who, hand_names_who, 5.0),
    ]
}

/// The names of users and runs, by number.
fn names(world: &World) -> (Vec<Box<str>>, Vec<Box<str>>) {
    let users = (0..world.users.len() as u32).map(|at| user(at).into());
    let runs = (0..world.creators.len() as u32).map(|at| Resource { kind: Kind::Run, at }.to_string().into());
    (users.collect(), runs.collect())
}
