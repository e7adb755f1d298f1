//! From the files of the largest directory to an engine.

use crate::COUNTING;
use crate::fixture::OnDisk;
use crate::orgs::World;
use crate::table::{Goal, Row};
use std::time::{Duration, Instant};

/// How long it may take, with two cores.
const TIME: Duration = Duration::from_millis(1_500);
/// How much it may keep.
const MIB: f64 = 150.0;
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
    vec![
        Row::limit(format!("{size}: loading, on the wall"), fastest, TIME),
        Row {
            what: format!("{size}: memory, for {entities} entities and {assignments} assignments"),
            measured: format!("{mib:.1} MiB, {:.0} bytes each", bytes as f64 / (entities + assignments) as f64),
            held_to: format!("{MIB} MiB"),
            ratio: mib / MIB,
            goal: Goal::AtMost(1.0),
        },
    ]
}
