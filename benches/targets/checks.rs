//! One check, from ids and from strings, waited for and in a row, and many at once, beside the structure written by hand.

use crate::clock::{awaited, best, over};
use crate::fixture::{Fixture, query};
use crate::orgs::{Ask, Kind, Permission, Resource};
use crate::table::{Goal, Row, time};
use rolebook::decide::{Query, Resolved};
use std::hint::black_box;

/// How many checks are decided together.
const BATCH: usize = 1 << 12;

pub(crate) fn rows(size: &str, fixture: &Fixture) -> Vec<Row> {
    let resolved = fixture.resolved();
    let (mut rows, single) = waited_for(size, fixture, &resolved);
    let (in_a_row, next_to_it) = in_a_row(size, fixture, &resolved);
    rows.extend(in_a_row);
    rows.extend(many(size, fixture, &resolved, [single, next_to_it]));
    rows.push(verdicts(size, fixture, &resolved));
    rows.extend(condition(size, fixture));
    rows
}

/// Checks whose answers are waited for, and the time of one from ids.
fn waited_for(size: &str, fixture: &Fixture, resolved: &[Resolved]) -> (Vec<Row>, f64) {
    let (records, names, ids) = fixture.by_hand();
    let [mut one, mut two, mut three, mut four, mut five] = [(); 5].map(|()| fixture.engine.reader());
    let [by_hand, engine, decided, strings_by_hand, strings, put, strings_decided] = best([
        awaited(&ids, |ids| records.check(ids.user, ids.permission, ids.resource)),
        awaited(resolved, |resolved| one.allows(resolved).is_ok_and(|allowed| allowed)),
        awaited(resolved, |resolved| two.decide(resolved)),
        awaited(&fixture.queries, |query| names.check(&records, &query.subject, &query.action, &query.resource)),
        awaited(&fixture.queries, |query| three.is_allowed(query).is_ok_and(|allowed| allowed)),
        awaited(&fixture.queries, |Query { subject, action, resource, at, .. }| {
            four.is_allowed(&Query::new(&**subject, &**action, &**resource, *at)).is_ok_and(|allowed| allowed)
        }),
        awaited(&fixture.queries, |query| five.check(query)),
    ]);
    let rows = vec![
        Row::times(format!("{size}: a check from ids, to one by hand"), engine, by_hand, 1.2),
        Row::times(format!("{size}: the same with a decision, to a plain answer by hand"), decided, by_hand, 1.2),
        Row::times(format!("{size}: a check from strings, to one by hand"), strings, strings_by_hand, 0.75),
        Row::times(format!("{size}: the same with the question put first, to one by hand"), put, strings_by_hand, 0.75),
        Row::times(
            format!("{size}: the same with a decision, to a plain answer by hand from strings"),
            strings_decided,
            strings_by_hand,
            0.75,
        ),
    ];
    (rows, decided)
}

/// Checks in a row that nobody waits for, and the time of one from ids.
fn in_a_row(size: &str, fixture: &Fixture, resolved: &[Resolved]) -> (Vec<Row>, f64) {
    let (records, names, ids) = fixture.by_hand();
    let [mut one, mut two, mut three] = [(); 3].map(|()| fixture.engine.reader());
    let [by_hand, engine, decided, strings_by_hand, strings] = best([
        over(&ids, |ids| records.check(ids.user, ids.permission, ids.resource)),
        over(resolved, |resolved| one.allows(resolved).is_ok_and(|allowed| allowed)),
        over(resolved, |resolved| two.decide(resolved)),
        over(&fixture.queries, |query| names.check(&records, &query.subject, &query.action, &query.resource)),
        over(&fixture.queries, |query| three.is_allowed(query).is_ok_and(|allowed| allowed)),
    ]);
    let rows = vec![
        Row::times(format!("{size}: checks in a row from ids, to those by hand"), engine, by_hand, 1.2),
        Row::times(format!("{size}: checks in a row from strings, to those by hand"), strings, strings_by_hand, 0.75),
    ];
    (rows, decided)
}

/// Checks that are decided together, to one that is waited for and to one in a row.
fn many(size: &str, fixture: &Fixture, resolved: &[Resolved], [single, in_a_row]: [f64; 2]) -> [Row; 2] {
    let batches: Vec<&[Resolved]> = resolved.chunks_exact(BATCH).collect();
    let mut decisions = Vec::with_capacity(BATCH);
    let [batch] = best([over(&batches, |batch| {
        decisions.clear();
        fixture.engine.check_many(batch, &mut decisions);
        black_box(&decisions);
    })]);
    let batch = batch / BATCH as f64;
    [
        Row::times(format!("{size}: a check among many, to a single one"), batch, single, 0.5),
        Row::times(format!("{size}: a check among many, to one in a row"), batch, in_a_row, 0.5),
    ]
}

/// A denial should cost no more than a permit.
fn verdicts(size: &str, fixture: &Fixture, resolved: &[Resolved]) -> Row {
    let answered = |wanted: bool| -> Vec<Resolved> {
        let both = resolved.iter().zip(&fixture.asks);
        both.filter(|(_, ask)| ask.allowed == wanted).map(|(resolved, _)| resolved.clone()).collect()
    };
    let (allowed, denied) = (answered(true), answered(false));
    let (mut one, mut another) = (fixture.engine.reader(), fixture.engine.reader());
    let [allowed, denied] = best([
        awaited(&allowed, |resolved| one.decide(resolved)),
        awaited(&denied, |resolved| another.decide(resolved)),
    ]);
    Row::times(format!("{size}: a denial, to a permit"), denied, allowed, 1.1)
}

/// What it costs that a permit depends on who created the run: deleting, by members who did, and updating, by the same.
fn condition(size: &str, fixture: &Fixture) -> Option<Row> {
    let world = &fixture.world;
    let (delete, update) = (Permission::named("run.delete")?, Permission::named("run.update")?);
    let run = |at: usize| Resource { kind: Kind::Run, at: at as u32 };
    let own = |(at, user): (usize, &u32)| {
        let team = world.team_of_project(world.project_of_run(at as u32));
        let person = &world.users[*user as usize];
        let member =
            person.memberships.iter().any(|held| held.team == team && world.roles[held.role as usize].name == "member");
        (member && !person.admin).then_some((*user, run(at)))
    };
    let own: Vec<(u32, Resource)> =
        world.creators.iter().enumerate().filter_map(own).take(fixture.asks.len()).collect();
    let resolved = |permission: Permission| -> Vec<Resolved> {
        let ask = |(user, resource): &(u32, Resource)| {
            let ask = Ask { user: *user, permission, resource: *resource, allowed: true };
            let resolved = fixture.engine.resolve(&query(&ask)).expect("a sound request");
            assert!(fixture.engine.decide(&resolved).is_ok_and(|decision| decision.allowed), "{ask:?}");
            resolved
        };
        own.iter().map(ask).collect()
    };
    let (under, free) = (resolved(delete), resolved(update));
    let (mut one, mut another) = (fixture.engine.reader(), fixture.engine.reader());
    let [under, free] =
        best([awaited(&under, |resolved| one.decide(resolved)), awaited(&free, |resolved| another.decide(resolved))]);
    let more = (under - free).max(0.0);
    Some(Row {
        what: format!("{size}: what a condition adds"),
        measured: format!("{} − {}", time(under), time(free)),
        held_to: time(50.0),
        ratio: more / 50.0,
        goal: Goal::AtMost(1.0),
    })
}
