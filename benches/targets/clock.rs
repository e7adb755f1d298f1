//! Rounds of measurements that take turns.

use crate::fixture::thread_time;
use std::hint::black_box;
use std::time::Duration;

/// How many rounds each gets.
const ROUNDS: usize = 9;
/// How long one lasts.
const ROUND: Duration = Duration::from_millis(200);
/// How long there is no look at the clock, at the least: one takes as long as several checks.
const STRIDE: Duration = Duration::from_micros(200);

/// Something to be measured: a round of it, with the nanoseconds that one run took.
pub(crate) type Round<'a> = Box<dyn FnMut() -> f64 + 'a>;

/// Rounds of runs over items, which are taken by turns over all rounds.
pub(crate) fn over<'a, T, O>(items: &'a [T], mut run: impl FnMut(&'a T) -> O + 'a) -> Round<'a> {
    let mut items = items.iter().cycle();
    let mut stride = 1;
    Box::new(move || {
        let begun = thread_time();
        let (mut before, mut made) = (Duration::ZERO, 0);
        loop {
            for item in items.by_ref().take(stride) {
                black_box(&run(item));
            }
            made += stride;
            let took = thread_time() - begun;
            if took >= ROUND {
                return took.as_nanos() as f64 / made as f64;
            }
            if took - before < STRIDE {
                stride *= 2;
            }
            before = took;
        }
    })
}

/// The same, but none begins before the one before it has ended, as where somebody asks once and goes by the answer. Without
/// this a core is at several at a time, and goes on with the next while one waits for memory.
pub(crate) fn awaited<'a, T, O>(items: &'a [T], mut run: impl FnMut(&'a T) -> O + 'a) -> Round<'a> {
    over(items, move |item| {
        // Looked at where it stands: whoever goes by an answer does not move it about first.
        black_box(&run(item));
        wait();
    })
}

/// Has the core begin with nothing that follows before all it has begun with has ended, reads from memory included. To put
/// reads in order, as other fences do, is not enough: it may read ahead and look later whether anybody noticed.
#[cfg(target_arch = "x86_64")]
#[expect(unsafe_code)]
fn wait() {
    // SAFETY: every processor of this kind has the instruction, which touches no memory.
    unsafe { std::arch::x86_64::_mm_lfence() }
}

/// The same, as far as it can be asked for here.
#[cfg(not(target_arch = "x86_64"))]
fn wait() {
    std::sync::atomic::fence(std::sync::atomic::Ordering::SeqCst);
}

/// The best round of each, in nanoseconds for a run.
pub(crate) fn best<const N: usize>(mut rounds: [Round<'_>; N]) -> [f64; N] {
    let mut best = [f64::INFINITY; N];
    for _ in 0..ROUNDS {
        for (best, round) in best.iter_mut().zip(&mut rounds) {
            *best = best.min(round());
        }
    }
    best
}

/// The times of single runs on this thread, from the shortest on.
pub(crate) fn singly<T>(items: impl IntoIterator<Item = T>, mut run: impl FnMut(T)) -> Vec<Duration> {
    let mut times: Vec<Duration> = items
        .into_iter()
        .map(|item| {
            let begun = thread_time();
            run(item);
            thread_time() - begun
        })
        .collect();
    times.sort_unstable();
    times
}

/// The time that so many of a thousand do not exceed.
pub(crate) fn per_mille(sorted: &[Duration], cases: usize) -> Duration {
    let at = (sorted.len() * cases).div_ceil(1_000).clamp(1, sorted.len());
    sorted[at - 1]
}
