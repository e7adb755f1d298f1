//! What one check costs, on the workload `orgs`, and what somebody would get who had written the policy by hand.
//!
//! `cargo bench --bench check`; `ORGS=S,M cargo bench --bench check` leaves out the largest directory. The benchmark id
//! tells who answers, and from what: `check/engine, strings/L`.

mod fixture;
mod orgs;

use criterion::measurement::Measurement;
use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main};
use fixture::{CpuTime, Fixture, by_turns};
use orgs::{POLICIES, TENANTS};
use rolebook::Engine;
use rolebook::decide::{Query, Resolved};
use rolebook::engine::query;
use std::hint::black_box;
use std::thread;
use std::time::{Duration, Instant};

/// How many requests of a batch are decided together.
const BATCH: usize = 1 << 12;
/// How many requests are put to the workloads that show growth.
const GROWTH_REQUESTS: usize = 1 << 14;

fn group<'a, M: Measurement>(c: &'a mut Criterion<M>, name: &str) -> BenchmarkGroup<'a, M> {
    let mut group = c.benchmark_group(name);
    group.warm_up_time(Duration::from_secs(1)).measurement_time(Duration::from_secs(3)).sample_size(40);
    group
}

/// One check at a time, and many at once.
fn check(c: &mut Criterion<CpuTime>) {
    for (size, requests) in fixture::sizes() {
        let fixture = Fixture::new(size, requests);
        let mut group = group(c, "check");
        by_hand(&mut group, &fixture, size);
        engine(&mut group, &fixture, size);
        group.finish();
        verdicts(c, &fixture, size);
    }
}

/// The limit: records of numbers, made for this one policy.
fn by_hand(group: &mut BenchmarkGroup<'_, CpuTime>, fixture: &Fixture, size: &str) {
    let (records, names, ids) = fixture.by_hand();
    group.throughput(Throughput::Elements(1));
    by_turns(group, &format!("by hand, ids/{size}"), &ids, |ids| records.check(ids.user, ids.permission, ids.resource));
    by_turns(group, &format!("by hand, strings/{size}"), &fixture.queries, |query| {
        names.check(&records, &query.subject, &query.action, &query.resource)
    });
    let batches: Vec<_> = ids.chunks_exact(BATCH).collect();
    let mut answers = Vec::with_capacity(BATCH);
    group.throughput(Throughput::Elements(BATCH as u64));
    by_turns(group, &format!("by hand, many at once/{size}"), &batches, |batch| {
        answers.clear();
        records.check_many(batch, &mut answers);
        black_box(&answers);
    });
}

/// The engine, asked with the names of things as most services ask, and with names that were looked up beforehand.
fn engine(group: &mut BenchmarkGroup<'_, CpuTime>, fixture: &Fixture, size: &str) {
    let mut reader = fixture.engine.reader();
    let resolved = fixture.resolved();
    group.throughput(Throughput::Elements(1));
    by_turns(group, &format!("engine, strings/{size}"), &fixture.queries, |query| reader.check(query));
    by_turns(group, &format!("engine, strings, put and asked/{size}"), &fixture.queries, |query| {
        reader.is_allowed(&Query::new(&*query.subject, &*query.action, &*query.resource, query.at))
    });
    by_turns(group, &format!("engine, ids/{size}"), &resolved, |resolved| reader.allows(resolved));
    by_turns(group, &format!("engine, ids, a decision/{size}"), &resolved, |resolved| reader.decide(resolved));
    let batches: Vec<_> = resolved.chunks_exact(BATCH).collect();
    let mut decisions = Vec::with_capacity(BATCH);
    group.throughput(Throughput::Elements(BATCH as u64));
    by_turns(group, &format!("engine, many at once/{size}"), &batches, |batch| {
        decisions.clear();
        fixture.engine.check_many(batch, &mut decisions);
        black_box(&decisions);
    });
}

/// A denial should cost no more than a permit.
fn verdicts(c: &mut Criterion<CpuTime>, fixture: &Fixture, size: &str) {
    let mut group = group(c, "verdict");
    let (resolved, mut reader) = (fixture.resolved(), fixture.engine.reader());
    for (name, wanted) in [("allowed", true), ("denied", false)] {
        let answered = resolved.iter().zip(&fixture.asks).filter(|(_, ask)| ask.allowed == wanted);
        let resolved: Vec<Resolved> = answered.map(|(resolved, _)| resolved.clone()).collect();
        by_turns(&mut group, &format!("{name}/{size}"), &resolved, |resolved| reader.decide(resolved));
    }
    group.finish();
}

/// Checks of all threads together, at the largest size: time on the wall for one, so that two threads should take half of
/// it.
fn threads(c: &mut Criterion) {
    let Some((size, requests)) = fixture::sizes().pop() else { return };
    let fixture = Fixture::new(size, requests);
    let mut group = group(c, "threads");
    let resolved = fixture.resolved();
    for count in [1, 2] {
        group.bench_function(format!("{count}/{size}"), |b| {
            b.iter_custom(|checks| {
                let each = checks.div_ceil(count);
                let begun = Instant::now();
                thread::scope(|scope| {
                    for thread in 0..count {
                        // Each begins elsewhere, so that none finds what the other has just read.
                        let (behind, ahead) = resolved.split_at(thread as usize * resolved.len() / 2);
                        let resolved = ahead.iter().chain(behind).cycle();
                        let mut reader = fixture.engine.reader();
                        scope.spawn(move || {
                            for resolved in resolved.take(each as usize) {
                                let _ = black_box(reader.decide(resolved));
                            }
                        });
                    }
                });
                begun.elapsed()
            });
        });
    }
    group.finish();
}

/// How a check grows with the policy, and with the number of tenants. Whether it is worth waiting for the largest is said
/// by `ORGS`, as for [`check`].
fn growth(c: &mut Criterion<CpuTime>) {
    let large = fixture::sizes().iter().any(|(size, _)| *size == "L");
    let policies = POLICIES.map(|count| ("policies", count));
    let tenants = TENANTS.map(|count| ("tenants", count));
    for (kind, count) in policies.into_iter().chain(tenants) {
        if large || count <= 800 {
            let fixture = Fixture::new(&format!("{kind}-{count}"), GROWTH_REQUESTS);
            let (resolved, mut reader) = (fixture.resolved(), fixture.engine.reader());
            let mut group = group(c, kind);
            by_turns(&mut group, &format!("strings/{count}"), &fixture.queries, |query| reader.check(query));
            by_turns(&mut group, &format!("ids/{count}"), &resolved, |resolved| reader.decide(resolved));
            group.finish();
        }
    }
}

/// How many rules of other shapes have something to say about one permission.
const RULES: [usize; 4] = [1, 8, 64, 512];

/// How a check grows with rules that no table tells apart, each of which has to be computed: none of them allows, or the first
/// does. Each compares a number, which is none of what is looked up.
fn shapes(c: &mut Criterion<CpuTime>) {
    for count in RULES {
        let least = |rule: usize| rule * 10;
        let rules: String =
            (0..count).map(|rule| format!("allow team.view when resource.size > {}\n", least(rule))).collect();
        let policy = format!("type user type team {{ size: int  actions view }}\n{rules}");
        let directory =
            r#"{rolebook: 1, kind: directory, "user:ana": {}, "team:none": {size: 0}, "team:first": {size: 1}}"#;
        let engine = Engine::from_strings(&[("rules.rolebook", &policy)], &[("directory.yaml", directory)]);
        let mut reader = engine.expect("a sound policy").reader();
        let mut group = group(c, "rules of other shapes");
        for (name, team, allowed) in [("none allows", "team:none", false), ("the first allows", "team:first", true)] {
            let resolved =
                reader.state().snapshot().resolve(&query("user:ana", "view", team)).expect("a sound request");
            assert_eq!(reader.allows(&resolved), Ok(allowed), "{name} of {count}");
            by_turns(&mut group, &format!("{name}/{count}"), &[resolved], |resolved| reader.decide(resolved));
        }
        group.finish();
    }
}

criterion_group! {
    name = one_thread;
    config = Criterion::default().with_measurement(CpuTime);
    targets = check, growth, shapes
}
criterion_group!(several_threads, threads);
criterion_main!(one_thread, several_threads);
