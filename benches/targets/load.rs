//! From the files of a directory to an engine.

use crate::COUNTING;
use crate::fixture::OnDisk;
use crate::orgs::World;
use crate::table::{Goal, Row};
use std::time::{Duration, Instant};

/// Entities and assignments of the largest directory, which the limits are for. A smaller one is given less.
const LARGEST: f64 = 1_565_000.0;
/// How often it is loaded; the best counts.
const TIMES: usize = 3;

pub(crate) fn rows(size: &str, world: &World, files: &OnDisk) -> Vec<Row> {
    let live = || {
        let stats = COUNTING.stats();
        stats.bytes_allocated.wrapping_sub(stats.bytes_deallocated)
    };
    let (mut fastest, mut bytes) = (Duration::MAX, 0);
    for _ in 0..TIMES {
        let (before, begun) = (live(), Instant::now());
        let engine = files.open();
        fastest = fastest.min(begun.elapsed());
        bytes = live().wrapping_sub(before);
        drop(engine);
    }
    let (entities, assignments) = (world.entities(), world.assignments());
    let mib = bytes as f64 / f64::from(1 << 20);
    let limit = |of_largest: f64| of_largest * (entities + assignments) as f64 / LARGEST;
    vec![
        Row::times(format!("{size}: loading, on the wall"), fastest.as_nanos() as f64, limit(1.5e9), 1.0),
        Row {
            what: format!("{size}: memory, for {entities} entities and {assignments} assignments"),
            measured: format!("{mib:.1} MiB, {:.0} bytes each", bytes as f64 / (entities + assignments) as f64),
            held_to: format!("{:.1} MiB", limit(150.0)),
            ratio: mib / limit(150.0),
            goal: Goal::AtMost(1.0),
        },
    ]
}
