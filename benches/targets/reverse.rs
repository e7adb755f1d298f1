//! The questions the other way round, beside the structure written by hand.

use crate::clock::{best, over};
use crate::fixture::Fixture;
use crate::table::Row;
use rolebook::analysis::{list, who_can};

pub(crate) fn rows(size: &str, fixture: &Fixture) -> Vec<Row> {
    let asked = fixture.reverse();
    let (records, ..) = fixture.by_hand();
    let state = fixture.engine.state();
    let snapshot = state.snapshot();
    let [hand_list, ids_list, names_list, hand_who, ids_who, names_who] = best([
        over(&asked, |(ask, _)| {
            let mut runs = Vec::new();
            records.list_runs(ask.user, ask.permission, &mut runs);
            runs
        }),
        over(&asked, |(_, query)| list(snapshot, query, "run")),
        over(&asked, |(_, query)| fixture.engine.list(query, "run")),
        over(&asked, |(ask, _)| {
            let mut people = Vec::new();
            records.who_can(ask.permission, records.id(ask.resource), &mut people);
            people
        }),
        over(&asked, |(_, query)| who_can(snapshot, query)),
        over(&asked, |(_, query)| fixture.engine.who_can(query)),
    ]);
    vec![
        Row::times(format!("{size}: which runs somebody may delete, to by hand"), ids_list, hand_list, 5.0),
        Row::times(format!("{size}: the same with names, to numbers by hand"), names_list, hand_list, 5.0),
        Row::times(format!("{size}: who may delete a run, to by hand"), ids_who, hand_who, 5.0),
        Row::times(format!("{size}: the same with names, to numbers by hand"), names_who, hand_who, 5.0),
    ]
}
