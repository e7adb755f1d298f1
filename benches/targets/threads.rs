//! Checks on two threads, each with its own way to one state.
//!
//! Nothing is shared but what is only read, so that each thread should be as fast as one alone. How fast a thread is
//! is told by its own clock, which runs while it is on a core: what another program takes does not count, and two threads
//! can be measured where the machine is busy. A lock, or a line of memory that both write to, would show all the same, as
//! time spent waiting for it.

use crate::fixture::{Fixture, thread_time};
use crate::table::{Goal, Row};
use rolebook::decide::Resolved;
use rolebook::engine::Reader;
use std::hint::black_box;
use std::sync::Barrier;
use std::thread;

/// How many checks a thread makes in a round.
const CHECKS: usize = 1 << 21;
/// How many rounds each count of threads gets; the best counts.
const ROUNDS: usize = 7;

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
    let together = Barrier::new(threads);
    thread::scope(|scope| {
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
        checking.into_iter().map(|checking| checking.join().expect("threads end")).sum()
    })
}

fn check<'a>(mut reader: Reader, resolved: impl Iterator<Item = &'a Resolved>) -> f64 {
    let begun = thread_time();
    for resolved in resolved.take(CHECKS) {
        let _ = black_box(reader.decide(resolved));
    }
    CHECKS as f64 / (thread_time() - begun).as_secs_f64()
}
