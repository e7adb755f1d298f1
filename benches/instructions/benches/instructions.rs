//! How many instructions it takes, counted by valgrind: the same on a busy machine as on a quiet one, so that a regression
//! of a hundredth shows.
//!
//! ```sh
//! cargo install gungraun-runner --version 0.20.0
//! cargo bench -p rolebook-instructions
//! ```
//! Each run is compared with the one before. Where valgrind or the runner is missing, it says so and does nothing. All
//! is measured on the workload `orgs` at size `S`, whose tables fit into the caches: what a check waits for from memory
//! on larger ones, no count of instructions tells.

// What is counted is made public by macros.
#![expect(missing_docs)]

#[path = "../../orgs/mod.rs"]
mod orgs;

use gungraun::{library_benchmark, library_benchmark_group, main};
use orgs::by_hand::{ByHand, Ids};
use orgs::{Ask, Kind, S, World};
use rolebook::Engine;
use rolebook::decide::{Decision, Query, RequestError, Resolved};
use rolebook::engine::{Change, Reader, query};
use std::env;
use std::hint::black_box;
use std::process::{Command, Stdio};

/// How many checks are counted.
const CHECKS: usize = 1 << 12;
/// How many questions the other way round.
const REVERSE: usize = 16;

fn texts() -> [String; 2] {
    let world = World::orgs(S);
    [world.policy(), world.directory()]
}

fn load(texts: &[String; 2]) -> Engine {
    let [policy, directory] = texts;
    Engine::from_strings(&[("policy.rolebook", policy)], &[("directory.jsonl", directory)]).expect("a sound workload")
}

fn queries(asks: &[Ask]) -> Vec<Query<'static>> {
    asks.iter().map(|ask| query(&ask.subject(), ask.action(), &ask.resource()).into_owned()).collect()
}

fn from_strings() -> (Reader, Vec<Query<'static>>) {
    let mut reader = load(&texts()).reader();
    let queries = queries(&World::orgs(S).requests(CHECKS));
    // The first use by a thread sets something up.
    reader.check(&queries[0]).expect("a sound request");
    (reader, queries)
}

fn from_ids() -> (Reader, Vec<Resolved>) {
    let engine = load(&texts());
    let resolve = |query: &Query| engine.resolve(query).expect("a sound request");
    let resolved = queries(&World::orgs(S).requests(CHECKS)).iter().map(resolve).collect();
    (engine.reader(), resolved)
}

fn together() -> (Engine, Vec<Resolved>, Vec<Result<Decision, RequestError>>) {
    let engine = load(&texts());
    let resolve = |query: &Query| engine.resolve(query).expect("a sound request");
    let resolved = queries(&World::orgs(S).requests(CHECKS)).iter().map(resolve).collect();
    (engine, resolved, Vec::with_capacity(CHECKS))
}

fn by_hand() -> (ByHand, Vec<Ids>) {
    let world = World::orgs(S);
    let records = ByHand::new(&world);
    let ids = |ask: Ask| Ids { user: ask.user, permission: ask.permission, resource: records.id(ask.resource) };
    let ids = world.requests(CHECKS).into_iter().map(ids).collect();
    (records, ids)
}

fn reverse() -> (Engine, Vec<Query<'static>>) {
    let deletes = |ask: &Ask| ask.resource.kind == Kind::Run && ask.action() == "delete" && ask.allowed;
    let asks = World::orgs(S).requests(CHECKS).into_iter().filter(deletes);
    (load(&texts()), queries(&asks.take(REVERSE).collect::<Vec<_>>()))
}

fn changed() -> (Engine, [Change; 2]) {
    let change = [
        Change::assign("user:u1", "contributor", "project:p1"),
        Change::revoke("user:u1", "contributor", "project:p1"),
    ];
    (load(&texts()), change)
}

fn large_policy() -> String {
    World::policies(800).policy()
}

#[library_benchmark(setup = by_hand)]
#[bench::ids()]
fn check_by_hand((records, ids): (ByHand, Vec<Ids>)) -> usize {
    ids.iter().filter(|ids| black_box(records.check(ids.user, ids.permission, ids.resource))).count()
}

#[library_benchmark(setup = from_ids)]
#[bench::ids()]
fn check_ids((mut reader, resolved): (Reader, Vec<Resolved>)) -> (usize, Reader, Vec<Resolved>) {
    let allowed = resolved.iter().filter(|one| reader.allows(one) == Ok(true)).count();
    // What is handed back is not taken down in here.
    (allowed, reader, resolved)
}

#[library_benchmark(setup = from_strings)]
#[bench::strings()]
fn check_strings((mut reader, queries): (Reader, Vec<Query<'static>>)) -> (usize, Reader, Vec<Query<'static>>) {
    let allowed = queries.iter().filter(|query| reader.is_allowed(query) == Ok(true)).count();
    (allowed, reader, queries)
}

type Together = (Engine, Vec<Resolved>, Vec<Result<Decision, RequestError>>);

#[library_benchmark(setup = together)]
#[bench::batch()]
fn check_many((engine, resolved, mut decisions): Together) -> Together {
    engine.check_many(&resolved, &mut decisions);
    (engine, resolved, decisions)
}

#[library_benchmark(setup = reverse)]
#[bench::runs()]
fn list((engine, queries): (Engine, Vec<Query<'static>>)) -> (usize, Engine, Vec<Query<'static>>) {
    let found = queries.iter().map(|query| engine.list(query, "run").map_or(0, |runs| runs.len())).sum();
    (found, engine, queries)
}

#[library_benchmark(setup = reverse)]
#[bench::people()]
fn who_can((engine, queries): (Engine, Vec<Query<'static>>)) -> (usize, Engine, Vec<Query<'static>>) {
    let found = queries.iter().map(|query| engine.who_can(query).map_or(0, |people| people.len())).sum();
    (found, engine, queries)
}

#[library_benchmark(setup = texts)]
#[bench::size_s()]
fn load_directory(texts: [String; 2]) -> ([String; 2], Engine) {
    let engine = load(&texts);
    (texts, engine)
}

#[library_benchmark(setup = large_policy)]
#[bench::statements_800()]
fn compile(policy: String) -> (String, Engine) {
    let engine = Engine::from_strings(&[("policy.rolebook", &policy)], &[]).expect("a sound policy");
    (policy, engine)
}

#[library_benchmark(setup = changed)]
#[bench::assign_and_revoke()]
fn change((engine, changes): (Engine, [Change; 2])) -> Engine {
    for change in &changes {
        engine.apply(std::slice::from_ref(change), 0).expect("a sound change");
    }
    engine
}

library_benchmark_group!(name = checks, benchmarks = [check_by_hand, check_ids, check_strings, check_many]);
library_benchmark_group!(name = questions, benchmarks = [list, who_can]);
library_benchmark_group!(name = states, benchmarks = [load_directory, compile, change]);

/// Whether there is a program of this name.
fn installed(program: &str) -> bool {
    let asked = Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    asked.is_ok()
}

fn main() {
    // Under valgrind the runner calls this program, with an argument that says so.
    let counted = env::args().any(|argument| argument == "--gungraun-run");
    let runner = option_env!("GUNGRAUN_RUNNER").unwrap_or("gungraun-runner");
    match [
        ("valgrind", "Debian's `valgrind`, or that of your system"),
        (runner, "`cargo install gungraun-runner --version 0.20.0`"),
    ]
    .into_iter()
    .find(|(program, _)| !counted && !installed(program))
    {
        Some((program, from)) => println!("skipped: there is no `{program}`; it comes with {from}"),
        None => count(),
    }
}

fn count() {
    main!(library_benchmark_groups = checks, questions, states);
    main();
}
