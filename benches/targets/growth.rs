//! How a check grows with the policy, and with the number of tenants.

use crate::clock::{best, over};
use crate::fixture::{self, Fixture};
use crate::orgs::{POLICIES, TENANTS};
use crate::table::Row;

/// How many requests are put to each.
const REQUESTS: usize = 1 << 14;

pub(crate) fn rows() -> Vec<Row> {
    // The smallest and the largest of each; without the largest directory, the second smallest.
    let all = fixture::sizes().iter().any(|(size, _)| *size == "L");
    let end = |counts: &[u32]| if all { counts.last().copied() } else { counts.get(1).copied() };
    let kinds = [("policies", "roles and rules", &POLICIES[..]), ("tenants", "tenants", &TENANTS[..])];
    let mut rows = Vec::new();
    for (kind, unit, counts) in kinds {
        if let (Some(few), Some(many)) = (counts.first(), end(counts)) {
            let (small, large) = (fixture(kind, *few), fixture(kind, many));
            let at = format!("at {many} {unit}, to one at {few}");
            rows.extend(by_engine(&at, &small, &large));
            // The rules of the large policies are none that by hand are known.
            if kind == "tenants" {
                rows.extend(by_hand(&at, &small, &large));
            }
        }
    }
    rows
}

fn fixture(kind: &str, count: u32) -> Fixture {
    Fixture::new(&format!("{kind}-{count}"), REQUESTS)
}

fn by_engine(at: &str, small: &Fixture, large: &Fixture) -> [Row; 2] {
    let (small_ids, large_ids) = (small.resolved(), large.resolved());
    let mut readers = [small, small, large, large].map(|fixture| fixture.engine.reader());
    let [of_small, of_small_strings, of_large, of_large_strings] = &mut readers;
    let [few_ids, few_strings, many_ids, many_strings] = best([
        over(&small_ids, |resolved| of_small.decide(resolved)),
        over(&small.queries, |query| of_small_strings.check(query)),
        over(&large_ids, |resolved| of_large.decide(resolved)),
        over(&large.queries, |query| of_large_strings.check(query)),
    ]);
    [
        Row::times(format!("a check from ids {at}"), many_ids, few_ids, 1.5),
        Row::times(format!("a check from strings {at}"), many_strings, few_strings, 1.5),
    ]
}

/// What the caches do to the structure written by hand.
fn by_hand(at: &str, small: &Fixture, large: &Fixture) -> [Row; 2] {
    let ((few, few_names, few_asked), (many, many_names, many_asked)) = (small.by_hand(), large.by_hand());
    let [few_ids, few_strings, many_ids, many_strings] = best([
        over(&few_asked, |ids| few.check(ids.user, ids.permission, ids.resource)),
        over(&small.queries, |query| few_names.check(&few, &query.subject, &query.action, &query.resource)),
        over(&many_asked, |ids| many.check(ids.user, ids.permission, ids.resource)),
        over(&large.queries, |query| many_names.check(&many, &query.subject, &query.action, &query.resource)),
    ]);
    [
        Row::times(format!("by hand, from ids {at}"), many_ids, few_ids, 1.5),
        Row::times(format!("by hand, from strings {at}"), many_strings, few_strings, 1.5),
    ]
}
