//! What the engine is held to: each target as a ratio, all measured in one run, printed as a Markdown table.
//!
//! `cargo bench --bench targets`; `ORGS=S,M` in the environment leaves out the largest directory, and words behind `--`
//! pick sections: `cargo bench --bench targets -- checks latency`.
//!
//! What is compared takes turns, round by round, and the best round of each counts: whatever else the machine does only
//! ever makes a round slower. Times are those that the thread spent on a core, but for the distribution of checks under
//! changes, and for loading on several cores. For trends, and for what lies between the targets, there are the benchmarks
//! beside this one.

mod changes;
mod checks;
mod clock;
#[path = "../fixture/mod.rs"]
mod fixture;
mod growth;
mod histogram;
mod latency;
mod load;
#[path = "../orgs/mod.rs"]
mod orgs;
mod policy;
mod reverse;
mod table;
mod threads;

use fixture::{Fixture, OnDisk};
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};
use std::alloc::System;
use table::Row;

#[global_allocator]
static COUNTING: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let wanted = |section: &str| words.is_empty() || words.iter().any(|word| word == section);
    let show = |section: &str, rows: &dyn Fn() -> Vec<Row>| {
        if wanted(section) {
            table::print(&rows());
        }
    };
    table::head();
    let sizes = fixture::sizes();
    let largest = sizes.last().copied();
    for (size, requests) in sizes {
        let last = largest.is_some_and(|(largest, _)| largest == size);
        let of_size = ["checks", "lists"].iter().any(|section| wanted(section));
        if of_size || last {
            let world = fixture::world(size);
            let files = OnDisk::new(&world);
            if size == "L" {
                show("load", &|| load::rows(size, &world, &files));
            }
            let fixture = Fixture::opened(world, files.open(), requests);
            show("checks", &|| checks::rows(size, &fixture));
            show("lists", &|| reverse::rows(size, &fixture));
            if last {
                show("threads", &|| threads::rows(size, &fixture));
                show("changes", &|| changes::rows(size, &fixture));
                show("latency", &|| latency::rows(size, &fixture, &files));
            }
        }
    }
    show("growth", &growth::rows);
    show("policy", &policy::rows);
}
