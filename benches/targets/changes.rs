//! One assignment added or removed, in a directory that is in use.

use crate::clock::{per_mille, singly};
use crate::fixture::Fixture;
use crate::orgs::World;
use crate::table::Row;
use rolebook::engine::{Change, query};
use std::time::Duration;

/// How many people are put into one more team, and taken out of it again.
const PEOPLE: usize = 1_000;

/// People, each with a team of their organization that they have no role in: assigned to it, and taken out again.
pub(crate) fn comings_and_goings(world: &World) -> Vec<[Change; 2]> {
    let step = (world.users.len() / PEOPLE).max(1);
    let newcomers = world.users.iter().enumerate().step_by(step).map(|(at, user)| {
        let free = |team: &u32| user.memberships.iter().all(|held| held.team != *team);
        let first = world.organization_of_user(at as u32) * world.size.teams;
        let team = (first..first + world.size.teams).find(free).unwrap_or(first);
        (format!("user:u{at}"), format!("team:t{team}"))
    });
    newcomers
        .map(|(user, team)| [Change::assign(&user, "viewer", &team), Change::revoke(&user, "viewer", &team)])
        .collect()
}

pub(crate) fn rows(size: &str, fixture: &Fixture) -> Vec<Row> {
    let engine = &fixture.engine;
    let both = comings_and_goings(&fixture.world);
    let asked = query("user:u1", "view", "team:t0");
    let mut seen = engine.check(&asked).expect("a sound request").revision;
    let times = singly(both.iter().flatten(), |change| {
        engine.apply(std::slice::from_ref(change), 0).expect("a sound change");
        let decision = engine.check(&asked).expect("a sound request");
        assert!(decision.revision > seen, "the next check sees the change");
        seen = decision.revision;
    });
    let within = |what: &str, cases: usize, limit: u64| {
        Row::limit(
            format!("{size}: a change of an assignment, {what}"),
            per_mille(&times, cases),
            Duration::from_micros(limit),
        )
    };
    vec![within("median", 500, 20), within("p99", 990, 200)]
}
