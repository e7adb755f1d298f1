//! Times and bytes of one engine, with every answer compared.

use crate::orgs::by_hand::ByHand;
use crate::orgs::{Kind, World};
use crate::peer::{Candidates, Peer, Words};
use rustix::time::{ClockId, clock_gettime};
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};
use std::alloc::System;
use std::hint::black_box;
use std::time::Duration;

#[global_allocator]
static COUNTING: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// How often the checks are measured; the median counts.
const ROUNDS: usize = 5;
/// How long one round lasts at the longest.
const ROUND: Duration = Duration::from_millis(600);
/// How many checks are made between two looks at the clock.
const STRIDE: usize = 64;

/// What is asked of every engine, with the answers of the structure written by hand.
pub(crate) struct Questions {
    words: Vec<Words>,
    candidates: Candidates,
    /// Requests whose subject is asked what else it may do that to, with the answer.
    lists: Vec<(Words, Vec<u32>)>,
    /// Requests whose resource is asked who else may do that to it, with the answer.
    who: Vec<(Words, Vec<u32>)>,
}

impl Questions {
    /// `requests` checks, and so many questions of each kind the other way round, about deleting runs.
    pub(crate) fn new(world: &World, requests: usize, reverse: usize) -> Self {
        let records = ByHand::new(world);
        let words: Vec<Words> = world.requests(requests).into_iter().map(Words::new).collect();
        // An administrator may delete every run, which would measure how a million names are copied.
        let deletes = world.requests(requests).into_iter().filter(|ask| {
            let admin = world.users[ask.user as usize].admin;
            ask.resource.kind == Kind::Run && ask.action() == "delete" && ask.allowed && !admin
        });
        let picked: Vec<_> = deletes.take(reverse).collect();
        let sorted = |mut found: Vec<u32>| {
            found.sort_unstable();
            found
        };
        let lists = picked.iter().map(|ask| {
            let mut runs = Vec::new();
            records.list_runs(ask.user, ask.permission, &mut runs);
            (Words::new(*ask), sorted(runs))
        });
        let who = picked.iter().map(|ask| {
            let mut people = Vec::new();
            records.who_can(ask.permission, records.id(ask.resource), &mut people);
            (Words::new(*ask), sorted(people))
        });
        let (lists, who) = (lists.collect(), who.collect());
        Self { words, candidates: Candidates::new(world), lists, who }
    }
}

/// What an engine was measured at.
pub(crate) struct Measured {
    pub(crate) name: &'static str,
    pub(crate) check: Duration,
    pub(crate) load: Option<Duration>,
    pub(crate) bytes: Option<usize>,
    pub(crate) list: Option<Duration>,
    pub(crate) who: Option<Duration>,
}

/// Loads an engine and asks it everything.
pub(crate) fn measure<P: Peer>(name: &'static str, questions: &Questions, load: impl FnOnce() -> P) -> Measured {
    eprintln!("{name}: loading");
    let (before, begun) = (live(), spent());
    let mut peer = load();
    let (took, bytes) = (spent() - begun, live().wrapping_sub(before));
    eprintln!("{name}: loaded, checking");
    let check = checks(name, &mut peer, questions);
    eprintln!("{name}: checked, listing");
    let list = reverse(name, &questions.lists, |words| peer.list(&words.asked(), &questions.candidates));
    let who = reverse(name, &questions.who, |words| peer.who_can(&words.asked(), &questions.candidates));
    Measured { name, check, load: Some(took), bytes: Some(bytes), list, who }
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

/// The median time of one check. Rounds take up the requests where the one before left them.
fn checks(name: &str, peer: &mut impl Peer, questions: &Questions) -> Duration {
    let mut requests = questions.words.iter().cycle();
    let mut rounds: Vec<Duration> = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        let (begun, mut made) = (spent(), 0);
        while made < questions.words.len() && (spent() - begun) < ROUND {
            for words in requests.by_ref().take(STRIDE) {
                let allowed = peer.check(&words.asked());
                assert_eq!(allowed, words.allowed(), "{name}: {} {}", words.asked().subject, words.asked().resource);
            }
            made += STRIDE;
        }
        rounds.push((spent() - begun) / made as u32);
    }
    rounds.sort_unstable();
    rounds[ROUNDS / 2]
}

/// The mean time of a question the other way round. What takes little time is asked again and again.
fn reverse(name: &str, asked: &[(Words, Vec<u32>)], mut ask: impl FnMut(&Words) -> Vec<u32>) -> Option<Duration> {
    for (words, answer) in asked {
        let begun = spent();
        let mut found = ask(words);
        let took = spent() - begun;
        found.sort_unstable();
        assert_eq!(found, *answer, "{name}: {} {}", words.asked().subject, words.asked().resource);
        if took > ROUND {
            return Some(took);
        }
    }
    let (begun, mut made) = (spent(), 0);
    while !asked.is_empty() && (spent() - begun) < ROUND {
        for (words, _) in asked {
            black_box(ask(words));
            made += 1;
        }
    }
    (made > 0).then(|| (spent() - begun) / made)
}
