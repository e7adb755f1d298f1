//! That a check allocates nothing. In a program of its own, as the allocator counts for all threads.

#[path = "../benches/orgs/mod.rs"]
mod orgs;

use orgs::{S, World};
use rolebook::decide::Query;
use rolebook::{Engine, engine};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use std::alloc::System;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// How often memory was asked for meanwhile.
fn allocations(work: impl FnOnce()) -> usize {
    let region = Region::new(ALLOCATOR);
    work();
    let change = region.change();
    change.allocations + change.reallocations
}

#[test]
fn checks_allocate_nothing() {
    let world = World::orgs(S);
    let (policy, directory) = (world.policy(), world.directory());
    let engine = Engine::from_strings(&[("policy.rolebook", &policy)], &[("directory.jsonl", &directory)])
        .expect("a sound workload");
    let asks = world.requests(4_000);
    let queries: Vec<_> =
        asks.iter().map(|ask| Query::new(ask.subject(), ask.action(), ask.resource(), engine::now())).collect();
    let resolved: Vec<_> = queries.iter().map(|query| engine.resolve(query).expect("a sound request")).collect();
    let mut reader = engine.reader();
    // The first use by a thread sets something up.
    engine.check(&queries[0]).expect("a sound request");
    reader.check(&queries[0]).expect("a sound request");

    let (mut allowed, mut denied) = (0, 0);
    let counted = allocations(|| {
        for (query, resolved) in queries.iter().zip(&resolved) {
            let decisions =
                [engine.check(query), reader.check(query), engine.decide(resolved), reader.decide(resolved)];
            let answers = [engine.is_allowed(query), reader.is_allowed(query), reader.allows(resolved)];
            for answer in decisions.map(|decision| decision.map(|decision| decision.allowed)).into_iter().chain(answers)
            {
                match answer {
                    Ok(true) => allowed += 1,
                    Ok(false) => denied += 1,
                    Err(_) => {}
                }
            }
        }
    });
    assert_eq!(counted, 0);
    assert_eq!((allowed, denied), (14_000, 14_000));

    // Nor does it to put a question about names that are at hand.
    let mut known = 0;
    let counted = allocations(|| {
        for query in &queries {
            let (subject, action, resource) = (&*query.subject, &*query.action, &*query.resource);
            let asked = Query::new(subject, action, resource, query.at);
            known += usize::from(reader.check(&asked).is_ok()) + usize::from(reader.is_allowed(&asked).is_ok());
        }
    });
    assert_eq!((counted, known), (0, 8_000));

    let mut decisions = Vec::with_capacity(resolved.len());
    assert_eq!(allocations(|| engine.check_many(&resolved, &mut decisions)), 0);
    assert_eq!(decisions.len(), resolved.len());
    assert_ne!(allocations(|| drop(std::hint::black_box(Box::new(decisions.len())))), 0, "the allocator counts");
}
