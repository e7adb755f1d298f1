//! How long it takes from the files of a directory to the first decision, and what the directory then takes in memory.
//!
//! `cargo bench --bench load`; `ORGS=S,M cargo bench --bench load` leaves out the largest directory. The bytes are printed
//! first: those that are allocated once the engine stands, by a counting allocator, and by how much the process grew at most
//! until then, where the system tells.

mod fixture;
mod orgs;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use fixture::OnDisk;
use orgs::by_hand::{ByHand, Names};
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};
use std::alloc::System;
use std::fs;
use std::time::Duration;

#[global_allocator]
static COUNTING: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// What `make` returns, with the bytes that are allocated more than before.
fn weighed<T>(make: impl FnOnce() -> T) -> (T, usize) {
    let live = || {
        let stats = COUNTING.stats();
        stats.bytes_allocated.wrapping_sub(stats.bytes_deallocated)
    };
    let before = live();
    let made = make();
    (made, live().wrapping_sub(before))
}

/// What `make` returns, with the bytes by which memory that the process occupies grew at most meanwhile. Linux tells, and
/// forgets on demand what was before.
fn watched<T>(make: impl FnOnce() -> T) -> (T, Option<usize>) {
    let told = |what: &str| {
        let status = fs::read_to_string("/proc/self/status").ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix(what))?;
        Some(line.trim_matches(|sign: char| !sign.is_ascii_digit()).parse::<usize>().ok()? << 10)
    };
    let forgotten = fs::write("/proc/self/clear_refs", "5").is_ok();
    let before = told("VmRSS:").filter(|_| forgotten);
    let made = make();
    (made, before.and_then(|before| Some(told("VmHWM:")?.saturating_sub(before))))
}

/// The directory from disk.
fn directory(c: &mut Criterion) {
    println!("| size | entities | assignments | engine | per entity and assignment | at most | by hand | with names |");
    println!("| --- | --- | --- | --- | --- | --- | --- | --- |");
    let sizes = fixture::sizes();
    for (size, _) in &sizes {
        weigh(size);
    }
    let mut group = c.benchmark_group("directory");
    group.sample_size(10).warm_up_time(Duration::from_secs(1));
    for (size, _) in sizes {
        let world = fixture::world(size);
        let files = OnDisk::new(&world);
        group.throughput(Throughput::Elements((world.entities() + world.assignments()) as u64));
        group.bench_function(format!("load/{size}"), |b| b.iter(|| files.open()));
        group.bench_function(format!("by hand, from numbers/{size}"), |b| b.iter(|| ByHand::new(&world)));
    }
    group.finish();
}

/// Prints a row of what a directory takes.
fn weigh(size: &str) {
    let world = fixture::world(size);
    let files = OnDisk::new(&world);
    let ((engine, most), bytes) = weighed(|| watched(|| files.open()));
    drop(engine);
    let (records, by_hand) = weighed(|| ByHand::new(&world));
    let (_names, names) = weighed(|| Names::new(&world, &records));
    let mib = |bytes: usize| format!("{:.1} MiB", bytes as f64 / f64::from(1 << 20));
    println!(
        "| {size} | {} | {} | {} | {:.0} bytes | {} | {} | {} |",
        world.entities(),
        world.assignments(),
        mib(bytes),
        bytes as f64 / (world.entities() + world.assignments()) as f64,
        most.map_or_else(|| "–".to_owned(), mib),
        mib(by_hand),
        mib(by_hand + names),
    );
}

criterion_group!(benches, directory);
criterion_main!(benches);
