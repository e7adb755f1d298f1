//! Checks on two threads, each with its own way to one state.
//!
//! Nothing is shared but what is only read, so that each thread should be as fast as one alone. Time is that on the wall, from
//! when both begin until both are done: what they wait for, a lock or a line of memory that both write to, counts, and so does
//! whatever else the machine is at.

use crate::fixture::Fixture;
use crate::table::{Goal, Row};
use rolebook::decide::Resolved;
use rolebook::engine::Reader;
use std::hint::black_box;
use std::sync::Barrier;
use std::thread;
use std::time::Instant;

/// How many checks a thread makes in a round.
const CHECKS: usize = 1 << 21;
/// How many rounds each count of threads gets; the best counts, as neighbours seldom leave all cores alone at once.
const ROUNDS: usize = 41;

pub(crate) fn rows(size: &str, fixture: &Fixture) -> Vec<Row> {
    let resolved = fixture.resolved();
    let [mut one, mut two] = [0.0_f64; 2];
    for _ in 0..ROUNDS {
        one = one.max(rate(fixture, &resolved, 1));
        two = two.max(rate(fixture, &resolved, 2));
    }
    let shown = |rate: f64| format!("{:.1} million checks/s", rate / 1e6);
    vec![Row {
        what: format!("{size}: two threads, to one"),
        measured: shown(two),
        held_to: shown(one),
        ratio: two / one,
        goal: Goal::AtLeast(1.9),
    }]
}

/// Checks in a second, of all threads together.
fn rate(fixture: &Fixture, resolved: &[Resolved], threads: usize) -> f64 {
    let together = Barrier::new(threads + 1);
    let (begun, made) = thread::scope(|scope| {
        let checking: Vec<_> = (0..threads)
            .map(|at| {
                // Each begins elsewhere, so that none finds what the other has just read.
                let (behind, ahead) = resolved.split_at(at * resolved.len() / threads);
                let (reader, together) = (fixture.engine.reader(), &together);
                scope.spawn(move || {
                    together.wait();
                    check(reader, ahead.iter().chain(behind).cycle())
                })
            })
            .collect();
        together.wait();
        let begun = Instant::now();
        let made: usize = checking.into_iter().map(|checking| checking.join().expect("threads end")).sum();
        (begun, made)
    });
    made as f64 / begun.elapsed().as_secs_f64()
}

/// Makes its checks, and says how many.
fn check<'a>(mut reader: Reader, resolved: impl Iterator<Item = &'a Resolved>) -> usize {
    for resolved in resolved.take(CHECKS) {
        let _ = black_box(reader.decide(resolved));
    }
    CHECKS
}
