//! What a policy costs as it grows: read, compiled, and changed while it is in use.
//!
//! `cargo bench --bench policy`. Each policy has as many roles and rules as the benchmark id says.

mod fixture;
mod orgs;

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use fixture::{CpuTime, OnDisk, by_turns};
use orgs::POLICIES;
use rolebook::Engine;
use rolebook::engine::Change;
use rolebook::workspace::{MemoryFiles, Workspace};
use serde_json::json;
use std::hint::black_box;
use std::path::PathBuf;
use std::time::Duration;

/// Text to a tree, and text to tables.
fn cold(c: &mut Criterion<CpuTime>) {
    for count in POLICIES {
        let text = fixture::world(&format!("policies-{count}")).policy();
        let mut group = c.benchmark_group("cold");
        group.sample_size(10).warm_up_time(Duration::from_secs(1)).throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(BenchmarkId::new("parse", count), |b| {
            let mut files = MemoryFiles::new();
            assert!(files.add("policy.rolebook", text.as_str()), "the first file of its name");
            b.iter(|| Workspace::gather(black_box(&files), &[PathBuf::from("policy.rolebook")]));
        });
        group.bench_function(BenchmarkId::new("compile", count), |b| {
            b.iter(|| Engine::from_strings(&[("policy.rolebook", black_box(&text))], &[]).map(drop));
        });
        group.finish();
    }
}

/// A custom role of the directory, changed by turns: beside those of the policy, and beside many that the directory has
/// itself.
fn custom_role(c: &mut Criterion<CpuTime>) {
    let mut group = c.benchmark_group("custom role");
    group.sample_size(20).warm_up_time(Duration::from_secs(1));
    let role = |name: &str, more: &str| {
        let conditional = json!({ "permissions": "run.delete", "when": "resource.created_by == subject" });
        let allow = json!(["run.create", more, conditional]);
        Change::custom_role(name, "organization:o0", json!({ "extends": "team.viewer", "allow": allow }))
    };
    let by_turns_changed = ["run.tag", "run.stop"].map(|more| role("team.changed", more));
    for (count, of_directory) in [(40, 0), (800, 0), (20_000, 0), (40_000, 0), (40, 500)] {
        let engine = OnDisk::new(&fixture::world(&format!("policies-{count}"))).open();
        let roles: Vec<Change> = (0..of_directory).map(|at| role(&format!("team.kept{at}"), "run.tag")).collect();
        if !roles.is_empty() {
            engine.apply(&roles, 0).expect("sound roles");
        }
        engine.apply(&[role("team.changed", "run.update")], 0).expect("a sound role");
        by_turns(&mut group, &format!("{count}, and {of_directory} of the directory"), &by_turns_changed, |change| {
            engine.apply(std::slice::from_ref(change), 0).expect("a sound role")
        });
    }
    group.finish();
}

/// A role in the middle of the policy's file allows something more, by turns one thing and another: from `reload` to the
/// next state. Written is the file before.
fn reload(c: &mut Criterion<CpuTime>) {
    let mut group = c.benchmark_group("reload");
    group.sample_size(10).warm_up_time(Duration::from_secs(1));
    for count in POLICIES {
        let files = OnDisk::new(&fixture::world(&format!("policies-{count}")));
        let engine = files.open();
        let edited = files.edited();
        let mut texts = edited.iter().cycle();
        group.bench_function(BenchmarkId::new("edited", count), |b| {
            b.iter_batched(
                || files.write_policy(texts.next().expect("two texts by turns")),
                |()| assert!(engine.reload().expect("a sound policy").policy, "it says something else"),
                BatchSize::PerIteration,
            );
        });
        group.bench_function(BenchmarkId::new("the same", count), |b| {
            b.iter(|| assert!(!engine.reload().expect("a sound policy").took_effect(), "it says what it said"));
        });
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().with_measurement(CpuTime);
    targets = cold, custom_role, reload
}
criterion_main!(benches);
