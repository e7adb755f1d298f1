//! Times and bytes of one engine, with every answer compared.

use crate::peer::{Peer, Words};
use crate::questions::{Question, Questions};
use rustix::time::{ClockId, clock_gettime};
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};
use std::alloc::System;
use std::hint::black_box;
use std::time::Duration;

#[global_allocator]
static COUNTING: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// How often anything is measured; the best counts, as whatever else goes on only ever makes it slower.
const ROUNDS: usize = 7;
/// How long one round lasts at the longest, and how long a measurement may take for that it is made again.
const ROUND: Duration = Duration::from_millis(400);
/// How many checks are made between two looks at the clock at the least, and how long they should take: a look takes as long
/// as several of the fastest checks.
const STRIDE: usize = 64;
const STRIDE_TIME: Duration = Duration::from_micros(200);
/// How long a question the other way round may take. Of an engine that would need longer to check every candidate, every
/// second, third … candidate is asked for.
const PATIENCE: Duration = Duration::from_secs(3);

/// A time in nanoseconds: that of a check has parts of them.
pub(crate) type Nanoseconds = f64;

/// The mean time of what was asked.
#[derive(Clone, Copy)]
pub(crate) struct Taken {
    pub(crate) time: Nanoseconds,
    /// One of how many candidates was looked at; the time is that of all.
    pub(crate) one_of: usize,
}

/// What an engine was measured at, as far as there was something to measure.
#[derive(Default)]
pub(crate) struct Row {
    pub(crate) name: &'static str,
    /// Whether it is asked with numbers, and not with strings.
    pub(crate) numbers: bool,
    pub(crate) check: Option<Nanoseconds>,
    /// One of many checks at once.
    pub(crate) many: Option<Nanoseconds>,
    pub(crate) load: Option<Nanoseconds>,
    pub(crate) bytes: Option<usize>,
    pub(crate) list: Option<Taken>,
    pub(crate) who: Option<Taken>,
}

/// Makes something, with the time that it takes and the bytes that are allocated more than before.
pub(crate) fn loaded<T>(name: &str, mut load: impl FnMut() -> T) -> (T, Nanoseconds, usize) {
    eprintln!("{name}: loading");
    let (before, begun) = (live(), spent());
    let mut made = load();
    let (mut took, bytes) = (spent() - begun, live().wrapping_sub(before));
    for _ in 1..ROUNDS {
        if took > ROUND {
            break;
        }
        drop(made);
        let begun = spent();
        made = load();
        took = took.min(spent() - begun);
    }
    (made, took.as_nanos() as f64, bytes)
}

/// Loads an engine that takes strings, and asks it everything.
pub(crate) fn peer<P: Peer>(name: &'static str, questions: &Questions, load: impl FnMut() -> P) -> Row {
    let (mut peer, load, bytes) = loaded(name, load);
    let check = checks(name, &questions.words, |words| peer.check(&words.asked()) == words.allowed());
    let row = Row { name, check: Some(check), load: Some(load), bytes: Some(bytes), ..Row::default() };
    if !P::SEARCHES {
        return row;
    }
    let (runs, people) = (questions.candidates.runs.len(), questions.candidates.people.len());
    let one_of = |candidates| if P::FINDS { 1 } else { one_of(check, candidates) };
    let list = reverse(name, &questions.lists, one_of(runs), |words, one_of| {
        peer.list(&words.asked(), &questions.candidates, one_of)
    });
    let who = reverse(name, &questions.who, one_of(people), |words, one_of| {
        peer.who_can(&words.asked(), &questions.candidates, one_of)
    });
    Row { list: Some(list), who: Some(who), ..row }
}

/// One of how many candidates can be checked in time.
fn one_of(check: Nanoseconds, candidates: usize) -> usize {
    (check * candidates as f64 / PATIENCE.as_nanos() as f64).ceil().max(1.0) as usize
}

/// The time that this process has spent on cores: what others do on the machine meanwhile does not count.
fn spent() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

/// The bytes that are allocated.
fn live() -> usize {
    let stats = COUNTING.stats();
    stats.bytes_allocated.wrapping_sub(stats.bytes_deallocated)
}

/// The time of one check, which says whether the answer was right. Rounds take up the requests where the one before left
/// them.
pub(crate) fn checks<T>(name: &str, requests: &[T], mut right: impl FnMut(&T) -> bool) -> Nanoseconds {
    eprintln!("{name}: checking");
    let mut requests = requests.iter().cycle();
    let mut stride = STRIDE;
    let round = |_| {
        let (begun, mut before, mut made) = (spent(), Duration::ZERO, 0);
        loop {
            let mut turn = requests.by_ref().take(stride);
            assert!(turn.all(&mut right), "{name}: a wrong answer");
            made += stride;
            let took = spent() - begun;
            if took > ROUND {
                return took.as_nanos() as f64 / made as f64;
            }
            if took - before < STRIDE_TIME {
                stride *= 2;
            }
            before = took;
        }
    };
    (0..ROUNDS).map(round).fold(f64::INFINITY, f64::min)
}

/// The mean time of a question the other way round. What takes little time is asked again and again.
pub(crate) fn reverse<A: Answer>(
    name: &str,
    asked: &[Question],
    one_of: usize,
    mut ask: impl FnMut(&Words, usize) -> A,
) -> Taken {
    eprintln!("{name}: asking the other way round");
    let all = |time: f64| Taken { time: time * one_of as f64, one_of };
    for question in asked {
        let begun = spent();
        let answer = ask(&question.words, one_of);
        let took = spent() - begun;
        let mut found = answer.numbers();
        found.sort_unstable();
        let wanted = question.answer.iter().copied().filter(|at| *at as usize % one_of == 0);
        assert!(wanted.eq(found), "{name}: a wrong answer");
        if took > ROUND {
            return all(took.as_nanos() as f64);
        }
    }
    let round = |_| {
        let (begun, mut made) = (spent(), 0_u32);
        while (spent() - begun) < ROUND / 3 {
            for question in asked {
                black_box(ask(&question.words, one_of));
                made += 1;
            }
        }
        (spent() - begun).as_nanos() as f64 / f64::from(made)
    };
    all((0..ROUNDS).map(round).fold(f64::INFINITY, f64::min))
}

/// Things or people, in the form that an engine hands out.
pub(crate) trait Answer {
    /// Their numbers in the workload.
    fn numbers(self) -> Vec<u32>;
}

impl Answer for Vec<u32> {
    fn numbers(self) -> Vec<u32> {
        self
    }
}

impl Answer for Vec<String> {
    fn numbers(self) -> Vec<u32> {
        self.iter().map(|name| number(name)).collect()
    }
}

/// The number in a name: `run:r7` is 7.
pub(crate) fn number(name: &str) -> u32 {
    name.trim_start_matches(|c: char| !c.is_ascii_digit()).parse().expect("a number")
}
