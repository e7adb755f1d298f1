//! From the files of the largest directory to an engine, and from a compiled file to a decision.

use crate::COUNTING;
use crate::fixture::{OnDisk, query};
use crate::orgs::World;
use crate::table::{Goal, Row};
use rolebook::Engine;
use std::time::{Duration, Instant};

/// How long it may take, with two cores.
const TIME: Duration = Duration::from_millis(1_500);
/// How much it may keep.
const MIB: f64 = 150.0;
/// How long it may take from the compiled file to the first decision.
const COMPILED: Duration = Duration::from_millis(50);
/// How often it is loaded; the best counts.
const TIMES: usize = 3;
/// How often the compiled file is opened.
const OPENED: usize = 9;

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
    let first_decision = from_compiled(world, files);
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
        Row::limit(
            format!("{size}: a compiled file, from opening to the first decision, on the wall"),
            first_decision,
            COMPILED,
        ),
    ]
}

/// From the compiled file to a decision, which is the right one; the best of several times. The file is one that was read
/// before, so that no disk is measured.
fn from_compiled(world: &World, files: &OnDisk) -> Duration {
    let file = files.compiled();
    let ask = world.requests(1).remove(0);
    let asked = query(&ask);
    let mut fastest = Duration::MAX;
    for _ in 0..OPENED {
        let begun = Instant::now();
        let engine = Engine::open(std::slice::from_ref(&file), &[]).expect("a sound file");
        let decision = engine.check(&asked).expect("a sound request");
        fastest = fastest.min(begun.elapsed());
        assert_eq!(decision.allowed, ask.allowed, "{ask:?}");
    }
    fastest
}
