//! Changes of large policies: one custom role among many, and one word in a large file.

use crate::clock::{per_mille, singly};
use crate::fixture::{self, OnDisk};
use crate::orgs::World;
use crate::table::Row;
use rolebook::engine::Change;
use serde_json::json;
use std::time::{Duration, Instant};

/// How often each is measured.
const TIMES: usize = 21;

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = custom_role();
    rows.push(edit());
    rows
}

/// A policy of so many roles and rules has half as many custom roles.
fn custom_role() -> Vec<Row> {
    let world = fixture::world("policies-20000");
    let engine = OnDisk::new(&world).open();
    let body = |more: &str| json!({ "extends": "team.viewer", "allow": ["run.create", more] });
    let change = |more: &str| Change::custom_role("team.night_shift", "organization:o0", body(more));
    let changes = [change("run.update"), change("run.tag")];
    engine.apply(&[change("run.stop")], 0).expect("a sound role");
    let live = singly(changes.iter().cycle().take(TIMES), |change| {
        engine.apply(std::slice::from_ref(change), 0).expect("a sound role");
    });
    // One rule is left, as labels are declared where rules speak of them.
    let files = OnDisk::new(&World { rules: world.rules.into_iter().take(1).collect(), ..world });
    let cold = (0..TIMES).map(|_| {
        let begun = Instant::now();
        let engine = files.open();
        let took = begun.elapsed();
        drop(engine);
        took
    });
    let cold = cold.min().unwrap_or(Duration::MAX);
    vec![
        Row::limit("a custom role changed among 10,000, median", per_mille(&live, 500), Duration::from_millis(5)),
        Row::limit("10,000 custom roles from scratch, on the wall, best", cold, Duration::from_millis(100)),
    ]
}

/// A role of a file with 40,000 roles and rules is given another permission; from `reload` to the next state.
fn edit() -> Row {
    let files = OnDisk::new(&fixture::world("policies-40000"));
    let engine = files.open();
    let mut edited = files.edited().into_iter().cycle();
    let times = (0..TIMES).map(|_| {
        files.write_policy(&edited.next().expect("two texts by turns"));
        singly([()], |()| assert!(engine.reload().expect("a sound policy").policy, "it says something else"))[0]
    });
    let mut times: Vec<Duration> = times.collect();
    times.sort_unstable();
    Row::limit("a file of 40,000 roles and rules edited, median", per_mille(&times, 500), Duration::from_millis(10))
}
