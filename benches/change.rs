//! What a change of an assignment or of an entity costs in a running service, at each size of `orgs`. What a custom role
//! costs is measured with the other changes of a policy, in `policy`.
//!
//! `cargo bench --bench change`; `ORGS=S,M cargo bench --bench change` leaves out the largest directory.

mod fixture;
mod orgs;

use criterion::{Criterion, criterion_group, criterion_main};
use fixture::{CpuTime, OnDisk, by_turns};
use orgs::World;
use orgs::by_hand::ByHand;
use rolebook::engine::Change;
use std::time::Duration;

/// How many people are put into one more team, and taken out of it again.
const CHANGES: u32 = 50;

/// Somebody, and a team of their organization that they have no role in.
fn newcomers(world: &World) -> Vec<(u32, u32)> {
    let newcomer = |at: u32| {
        let user = at * (world.users.len() as u32 / CHANGES);
        let held = world.users[user as usize].memberships;
        let team = (0..world.teams()).find(|team| held.iter().all(|held| held.team != *team));
        (user, team.expect("a team that they are not in"))
    };
    (0..CHANGES).map(newcomer).collect()
}

/// One assignment, added or removed by turns.
fn assignment(c: &mut Criterion<CpuTime>) {
    let mut group = c.benchmark_group("assignment");
    group.sample_size(10).warm_up_time(Duration::from_secs(1));
    for (size, _) in fixture::sizes() {
        let world = fixture::world(size);
        let newcomers = newcomers(&world);
        let engine = OnDisk::new(&world).open();
        let change = |(user, team): &(u32, u32)| {
            let (user, team) = (format!("user:u{user}"), format!("team:t{team}"));
            [Change::assign(&user, "viewer", &team), Change::revoke(&user, "viewer", &team)]
        };
        let changes: Vec<Change> = newcomers.iter().flat_map(change).collect();
        by_turns(&mut group, &format!("engine/{size}"), &changes, |change| {
            engine.apply(std::slice::from_ref(change), 0).expect("a sound change")
        });
        let mut records = ByHand::new(&world);
        let changes: Vec<_> = newcomers.iter().flat_map(|newcomer| [(true, *newcomer), (false, *newcomer)]).collect();
        by_turns(&mut group, &format!("by hand/{size}"), &changes, |(assigned, (user, team))| {
            if *assigned {
                records.assign(*user, *team, 0);
            } else {
                records.revoke(*user, *team);
            }
        });
    }
    group.finish();
}

/// A run created and deleted by turns; one that is created by somebody else; one that moves to another project and back, and
/// a project that moves to another team and back.
fn entity(c: &mut Criterion<CpuTime>) {
    let mut group = c.benchmark_group("entity");
    group.sample_size(10).warm_up_time(Duration::from_secs(1));
    for (size, _) in fixture::sizes() {
        let world = fixture::world(size);
        let engine = OnDisk::new(&world).open();
        let (users, projects) = (world.users.len() as u32, world.projects.len() as u32);
        let apply = |change: &Change| {
            let applied = engine.apply(std::slice::from_ref(change), 0).expect("a sound change");
            assert_eq!(applied.rebuilt, 0, "{change}");
        };
        let runs = || (0..CHANGES).map(|at| (format!("run:new{at}"), format!("project:p{}", at * 7 % projects)));
        let create = |(run, project): (String, String)| {
            let change = Change::create(&run).inside(&project);
            change.attribute("created_by", format!("user:u{}", project.len() as u32 % users))
        };
        let delete = |(run, _): (String, String)| Change::delete(&run);
        let come_and_go: Vec<Change> = runs().map(create).chain(runs().map(delete)).collect();
        by_turns(&mut group, &format!("a run created or deleted/{size}"), &come_and_go, apply);
        let standing = || (0..CHANGES).map(|at| (at, format!("run:r{}", at * 11)));
        let set = |(at, run): (u32, String)| Change::set(&run).attribute("created_by", format!("user:u{}", at % users));
        by_turns(&mut group, &format!("an attribute set/{size}"), &standing().map(set).collect::<Vec<_>>(), apply);
        let moves = |(at, run): (u32, String)| {
            let own = world.project_of_run(at * 11);
            let (own, other) = (format!("project:p{own}"), format!("project:p{}", (own + 1) % projects));
            [Change::relocate(&run, Some(&own), Some(&other)), Change::relocate(&run, Some(&other), Some(&own))]
        };
        by_turns(&mut group, &format!("a run moved/{size}"), &standing().flat_map(moves).collect::<Vec<_>>(), apply);
        let teams = world.teams();
        let moves = |at: u32| {
            let project = format!("project:p{}", at * 7 % projects);
            let own = world.team_of_project(at * 7 % projects);
            let (own, other) = (format!("team:t{own}"), format!("team:t{}", (own + 1) % teams));
            [Change::relocate(&project, Some(&own), Some(&other)), Change::relocate(&project, Some(&other), Some(&own))]
        };
        let moved: Vec<Change> = (0..CHANGES).flat_map(moves).collect();
        by_turns(&mut group, &format!("a project moved with its runs/{size}"), &moved, apply);
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().with_measurement(CpuTime);
    targets = assignment, entity
}
criterion_main!(benches);
