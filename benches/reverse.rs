//! The questions the other way round: which runs somebody may delete, and who may delete a run.
//!
//! `cargo bench --bench reverse`; `ORGS=S,M cargo bench --bench reverse` leaves out the largest directory. The engine
//! answers in ids, as the structure written by hand does, and in names, as a service wants them.

mod fixture;
mod orgs;

use criterion::{Criterion, criterion_group, criterion_main};
use fixture::{CpuTime, Fixture, by_turns};
use rolebook::analysis::{list, who_can};
use std::time::Duration;

fn reverse(c: &mut Criterion<CpuTime>) {
    for (size, requests) in fixture::sizes() {
        let fixture = Fixture::new(size, requests);
        let asked = fixture.reverse();
        let (records, ..) = fixture.by_hand();
        let state = fixture.engine.state();
        let snapshot = state.snapshot();
        let mut group = c.benchmark_group("list");
        group.sample_size(20).warm_up_time(Duration::from_secs(1));
        by_turns(&mut group, &format!("by hand, ids/{size}"), &asked, |(ask, _)| {
            let mut runs = Vec::new();
            records.list_runs(ask.user, ask.permission, &mut runs);
            runs
        });
        by_turns(&mut group, &format!("engine, ids/{size}"), &asked, |(_, query)| list(snapshot, query, "run"));
        by_turns(&mut group, &format!("engine, names/{size}"), &asked, |(_, query)| fixture.engine.list(query, "run"));
        group.finish();
        let mut group = c.benchmark_group("who can");
        group.sample_size(20).warm_up_time(Duration::from_secs(1));
        by_turns(&mut group, &format!("by hand, ids/{size}"), &asked, |(ask, _)| {
            let mut people = Vec::new();
            records.who_can(ask.permission, records.id(ask.resource), &mut people);
            people
        });
        by_turns(&mut group, &format!("engine, ids/{size}"), &asked, |(_, query)| who_can(snapshot, query));
        by_turns(&mut group, &format!("engine, names/{size}"), &asked, |(_, query)| fixture.engine.who_can(query));
        group.finish();
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default().with_measurement(CpuTime);
    targets = reverse
}
criterion_main!(benches);
