//! The workload of the benchmarks: the engine, the structure written by hand and the plain walk over the facts agree.

use crate::orgs::by_hand::{ByHand, Names};
use crate::orgs::{Kind, Membership, Permission, Resource, S, World};
use rolebook::decide::Query;
use rolebook::{Engine, engine};

fn open(world: &World) -> Engine {
    let (policy, directory) = (world.policy(), world.directory());
    Engine::from_strings(&[("policy.rolebook", &policy)], &[("directory.jsonl", &directory)]).expect("a sound workload")
}

/// Every third thing of the world.
fn things(world: &World) -> Vec<Resource> {
    let counts = [
        (Kind::Team, world.teams() as usize),
        (Kind::Project, world.projects.len()),
        (Kind::Run, world.creators.len()),
    ];
    let all = counts.into_iter().flat_map(|(kind, count)| (0..count as u32).map(move |at| Resource { kind, at }));
    all.step_by(3).collect()
}

#[test]
fn engine_and_records_answer_the_requests_as_the_walk_does() {
    for name in ["S", "M", "tenants-3"] {
        let world = World::named(name).expect("a workload");
        let (engine, records) = (open(&world), ByHand::new(&world));
        assert!(engine.state().warnings().is_empty(), "{name}");
        let names = Names::new(&world, &records);
        let requests = world.requests(4_000);
        assert_eq!(requests.iter().filter(|ask| ask.allowed).count(), 2_000, "{name}");
        for ask in requests {
            let (subject, action, resource) = (ask.subject(), ask.action(), ask.resource());
            let decision = engine.check(&engine::query(&subject, action, &resource)).expect("a sound request");
            assert_eq!(decision.allowed, ask.allowed, "{name}: {ask:?}");
            assert_eq!(
                records.check(ask.user, ask.permission, records.id(ask.resource)),
                ask.allowed,
                "{name}: {ask:?}"
            );
            assert_eq!(names.check(&records, &subject, action, &resource), Some(ask.allowed), "{name}: {ask:?}");
        }
    }
}

#[test]
fn the_engine_answers_requests_under_large_policies_as_the_walk_does() {
    let world = World::policies(800);
    assert_eq!(world.roles.len() + world.rules.len() + 4, 800, "two roles of organizations, one of projects, one rule");
    let engine = open(&world);
    for ask in world.requests(4_000) {
        let query = Query::new(ask.subject(), ask.action(), ask.resource(), engine::now());
        assert_eq!(engine.check(&query).expect("a sound request").allowed, ask.allowed, "{ask:?}");
    }
}

/// Every answer of the records, one by one, in a list and in the list the other way round.
fn compare_records(world: &World, records: &ByHand) {
    for permission in Permission::all() {
        for resource in things(world).into_iter().filter(|it| it.kind == permission.kind()) {
            let id = records.id(resource);
            let mut people = Vec::new();
            records.who_can(permission, id, &mut people);
            people.sort_unstable();
            let walked: Vec<u32> =
                (0..world.users.len() as u32).filter(|user| world.allows(*user, permission, resource)).collect();
            assert_eq!(people, walked, "{} {resource}", permission.name());
            for user in 0..world.users.len() as u32 {
                assert_eq!(
                    records.check(user, permission, id),
                    walked.binary_search(&user).is_ok(),
                    "{user} {resource}"
                );
            }
        }
    }
    for permission in Kind::Run.permissions() {
        for user in (0..world.users.len() as u32).step_by(7) {
            let mut runs = Vec::new();
            records.list_runs(user, permission, &mut runs);
            runs.sort_unstable();
            let allowed = |run: &u32| world.allows(user, permission, Resource { kind: Kind::Run, at: *run });
            let walked: Vec<u32> = (0..world.creators.len() as u32).filter(allowed).collect();
            assert_eq!(runs, walked, "{} by {user}", permission.name());
        }
    }
}

#[test]
fn the_records_answer_every_question_as_the_walk_does() {
    for world in [World::orgs(S), World::tenants(2)] {
        let mut records = ByHand::new(&world);
        compare_records(&world, &records);

        // Everybody changes one team for another role or another team, and the first ones come to have five.
        let mut changed = world.clone();
        for (at, user) in changed.users.iter_mut().enumerate() {
            let at = at as u32;
            let [first, second, _] = &mut user.memberships;
            let first_team = world.organization_of_user(at) * world.size.teams;
            let elsewhere = (first_team..first_team + world.size.teams)
                .find(|team| world.users[at as usize].memberships.iter().all(|held| held.team != *team))
                .expect("a team that they are not in");
            assert!(records.revoke(at, first.team) && !records.revoke(at, first.team));
            if at.is_multiple_of(3) {
                // By way of a fourth membership, which moves into the place of the second for a while.
                records.assign(at, first.team, 2);
                records.assign(at, elsewhere, 1);
                assert!(records.revoke(at, first.team));
            } else {
                records.assign(at, elsewhere, 1);
            }
            *first = Membership { team: elsewhere, role: 1 };
            second.role = (second.role + 1) % 3;
            records.assign(at, second.team, second.role);
        }
        compare_records(&changed, &records);
    }
}
