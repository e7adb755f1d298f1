//! The slowest of a hundred checks: while nothing happens, while the directory and the policy change all the time, and while
//! all of the directory is loaded anew.
//!
//! Readers check without a pause, one on each core but one, which the writer has. Each check is timed by one look at the
//! clock of the wall behind it, so that all readings have the cost of one look in them. Where another program takes the
//! core away, one check of the very many that fit between two such moments is too long, which the slowest of a hundred does
//! not notice.

use crate::changes::comings_and_goings;
use crate::fixture::{Fixture, OnDisk};
use crate::histogram::Histogram;
use crate::table::Row;
use rolebook::decide::Query;
use rolebook::engine::{Change, Reader};
use std::hint::black_box;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// How often each is measured, by turns; the best counts.
const ROUNDS: usize = 3;
/// How long a round lasts.
const ROUND: Duration = Duration::from_secs(2);
/// How many checks are made between two looks at whether the round is over.
const STRIDE: usize = 256;

/// What goes on beside the checks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Beside {
    Nothing,
    Changes,
    Reloads,
    Loads,
}

pub(crate) fn rows(size: &str, fixture: &Fixture, files: &OnDisk) -> Vec<Row> {
    let mut writer = Writer::new(fixture, files);
    let beside = [Beside::Nothing, Beside::Changes, Beside::Reloads, Beside::Loads];
    let mut best = [f64::INFINITY; 4];
    let mut made = [0; 4];
    for _ in 0..ROUNDS {
        for ((best, made), beside) in best.iter_mut().zip(&mut made).zip(beside) {
            let (histogram, done) = round(fixture, &mut writer, beside);
            *best = best.min(histogram.per_mille(990));
            *made += done;
        }
    }
    let [quiet, changes, reloads, loads] = best;
    let seconds = ROUND.as_secs() as usize * ROUNDS;
    let [_, changed, reloaded, _] = made.map(|made| made / seconds);
    vec![
        Row::times(
            format!("{size}: p99 of checks under {changed} changes a second, to the quiet one"),
            changes,
            quiet,
            1.5,
        ),
        Row::times(
            format!("{size}: p99 of checks under {reloaded} reloads a second, to the quiet one"),
            reloads,
            quiet,
            1.5,
        ),
        Row::times(
            format!("{size}: p99 of checks while the directory is loaded anew, to the quiet one"),
            loads,
            quiet,
            1.5,
        ),
    ]
}

/// One round, with how much the writer did.
fn round(fixture: &Fixture, writer: &mut Writer<'_>, beside: Beside) -> (Histogram, usize) {
    let readers = thread::available_parallelism().map_or(1, |cores| cores.get().saturating_sub(1).max(1));
    let over = AtomicBool::new(false);
    let mut all = Histogram::new();
    let mut done = 0;
    thread::scope(|scope| {
        let reading: Vec<_> = (0..readers)
            .map(|at| {
                let (behind, ahead) = fixture.queries.split_at(at * fixture.queries.len() / readers);
                let (reader, over) = (fixture.engine.reader(), &over);
                scope.spawn(move || read(reader, ahead.iter().chain(behind).cycle(), over))
            })
            .collect();
        let begun = Instant::now();
        while begun.elapsed() < ROUND {
            match beside {
                Beside::Nothing => thread::sleep(Duration::from_millis(5)),
                Beside::Changes => writer.change(),
                Beside::Reloads => writer.reload(),
                Beside::Loads => writer.load(),
            }
            done += 1;
        }
        over.store(true, Ordering::Relaxed);
        for reading in reading {
            all.merge(&reading.join().expect("readers end"));
        }
    });
    (all, done)
}

fn read<'a>(mut reader: Reader, mut queries: impl Iterator<Item = &'a Query<'a>>, over: &AtomicBool) -> Histogram {
    let mut histogram = Histogram::new();
    let mut before = Instant::now();
    while !over.load(Ordering::Relaxed) {
        for query in queries.by_ref().take(STRIDE) {
            let _ = black_box(reader.check(query));
            let now = Instant::now();
            histogram.add((now - before).as_nanos() as u64);
            before = now;
        }
    }
    histogram
}

/// Whoever changes things.
struct Writer<'a> {
    fixture: &'a Fixture,
    files: &'a OnDisk,
    changes: Vec<Change>,
    policies: [String; 2],
    changed: usize,
    reloaded: usize,
    loaded: usize,
}

impl<'a> Writer<'a> {
    fn new(fixture: &'a Fixture, files: &'a OnDisk) -> Self {
        let changes = comings_and_goings(&fixture.world).into_iter().flatten().collect();
        Self { fixture, files, changes, policies: files.edited(), changed: 0, reloaded: 0, loaded: 0 }
    }

    fn change(&mut self) {
        let change = &self.changes[self.changed % self.changes.len()];
        self.fixture.engine.apply(std::slice::from_ref(change), 0).expect("a sound change");
        self.changed += 1;
    }

    fn reload(&mut self) {
        self.files.write_policy(&self.policies[self.reloaded % 2]);
        self.reloaded += 1;
        self.fixture.engine.reload().expect("a sound policy");
    }

    /// Another line at the end of the directory has all of it read again, on all cores. What was changed is not in it: the
    /// next change is one that begins a pair.
    fn load(&mut self) {
        self.changed = self.changed.next_multiple_of(2);
        self.files.add_user(&format!("late-{}", self.loaded));
        self.loaded += 1;
        self.fixture.engine.reload().expect("a sound directory");
    }
}
