//! What a difference says against the complete tables of decisions of both sides, asked one by one.

use super::case::{Case, asked_of_reference, load, query};
use super::edits::edited;
use super::tables::{self, Asked, Row, asked_about};
use super::{decisions, run};
use crate::generate::{Choices, RequestFacts};
use crate::reference::{Reference, Request, parse_policy};
use rolebook::Engine;
use rolebook::analysis::diff::{Asking, Difference, PolicyDiff};
use rolebook::decide::Query;
use rolebook::schema::RawValue;
use std::collections::{BTreeMap, BTreeSet};

/// Edits that are tried on each case.
const EDITS: usize = 16;

/// Of how many decisions that do not differ the reference is asked.
const REFERRED: usize = 100;

/// How often what came out, over all cases.
#[derive(Debug, Default)]
struct Tally {
    /// Edits that still stand.
    sound: usize,
    /// Of these, how many change a decision.
    striking: usize,
    compared: usize,
    /// How many decisions the reference made.
    referred: usize,
    policies: usize,
    directories: usize,
    gained: usize,
    lost: usize,
    in_circumstances: usize,
    incomplete: usize,
    causes: BTreeMap<&'static str, usize>,
}

#[test]
fn a_difference_is_that_of_the_two_tables() {
    let mut tally = Tally::default();
    run(decisions() / 20, |case| {
        let choices = &mut Choices::new(&case.order);
        let mut left = 3;
        for _ in 0..EDITS {
            let (policies, directory) = edited(choices, case);
            if (&policies, &directory) == (&case.policies, &case.directory) {
                continue;
            }
            let Ok(new) = load(&policies, &directory) else { continue };
            tally.sound += 1;
            let at = case.requests.first().map_or(0, RequestFacts::moment);
            let strikes = strikes([&case.engine, &new], at);
            tally.striking += usize::from(strikes);
            // Nothing is learnt from many edits that nobody notices.
            if !strikes && !choices.chance(10) {
                continue;
            }
            tally.policies += usize::from(policies != case.policies);
            tally.directories += usize::from(directory != case.directory);
            let [one, other] = [&case.engine, &new];
            let (one, other) = if choices.chance(50) { (other, one) } else { (one, other) };
            let texts = |engine: &Engine| {
                let old = std::ptr::eq(engine, &case.engine);
                if old {
                    (case.policies.clone(), case.directory.clone())
                } else {
                    (policies.clone(), directory.clone())
                }
            };
            let report = |difference: String| {
                let [(p, d), (q, e)] = [texts(one), texts(other)];
                format!("{}\n{d}\n--- and now\n{}\n{e}\n{difference}", p.join("\n"), q.join("\n"))
            };
            let references = [texts(one), texts(other)].map(|(policies, directory)| {
                let files: Vec<_> = policies.iter().map(|text| parse_policy(text)).collect();
                Reference::of_files(&files, [directory.as_str()])
            });
            difference(case, [one, other], &references, &mut tally).map_err(report)?;
            left -= 1;
            if left == 0 {
                break;
            }
        }
        Ok(())
    });
    println!("{tally:?}");
    assert!(tally.gained > 150 && tally.lost > 150 && tally.in_circumstances > 20, "{tally:?}");
    assert!(tally.policies > 50 && tally.directories > 50 && tally.causes.len() > 4, "{tally:?}");
    assert!(tally.striking * 8 > tally.sound && tally.referred > 20_000, "{tally:?}");
    assert!(tally.incomplete * 4 < tally.compared, "{tally:?}");
}

/// What differs between what a difference says and the tables, if anything does.
fn difference(
    case: &Case,
    engines: [&Engine; 2],
    references: &[Reference; 2],
    tally: &mut Tally,
) -> Result<(), String> {
    let states = engines.map(Engine::state);
    let [old, new] = [&states[0], &states[1]].map(|state| state.snapshot());
    let at = case.requests.first().map_or(0, RequestFacts::moment);
    let whole = PolicyDiff::new(old, new, &Asking { at, context: Vec::new() });
    let found = &whole.people;
    let rows: Vec<Difference> = found.rows().collect();

    let Asked { names, permissions } = asked_about(engines);

    // Under what was asked with: exactly the difference, by both evaluators.
    let ask = |subject: &str, action: &str, resource: &str, context: &[(String, RawValue)], at: i64| {
        let query = Query { context: context.to_vec(), ..Query::new(subject, action, resource, at) };
        engines.map(|engine| engine.check(&query).is_ok_and(|decision| decision.allowed))
    };
    let wanted = tables::difference(engines, at);
    let row = |row: &Difference| (row.subject.clone(), row.permission.clone(), row.entity.clone(), row.gained);
    let plain: Vec<Row> = rows.iter().filter(|row| row.occasion.is_none()).map(row).collect();
    let given: BTreeSet<Row> = plain.iter().cloned().collect();
    if given.len() != plain.len() {
        return Err(format!("rows come twice: {plain:#?}"));
    }
    if given != wanted {
        let missing: Vec<&Row> = wanted.difference(&given).collect();
        let wrong: Vec<&Row> = given.difference(&wanted).collect();
        return Err(format!("missing: {missing:?}\nwrong: {wrong:?}"));
    }
    // What the reference says of it: of all that differs, and of a part of what does not.
    let rest = permissions.iter().flat_map(|(ty, action)| {
        let names = &names;
        let resources = names.iter().filter(move |name| name.split(':').next() == Some(ty));
        resources.flat_map(move |resource| {
            names.iter().map(move |subject| (subject.clone(), format!("{ty}.{action}"), resource.clone()))
        })
    });
    let rest: Vec<(String, String, String)> = rest.collect();
    let step = rest.len() / REFERRED + 1;
    let differing = wanted.iter().map(|(subject, permission, resource, _)| (subject, permission, resource));
    let others = rest.iter().step_by(step).map(|(subject, permission, resource)| (subject, permission, resource));
    for (subject, permission, resource) in differing.take(4 * REFERRED).chain(others) {
        let (ty, action) = permission.split_once('.').unwrap_or_default();
        let request = |reference: &Reference| {
            let request = Request {
                subject: subject.clone(),
                action: action.to_owned(),
                resource: resource.clone(),
                context: BTreeMap::new(),
                facts: Vec::new(),
                at,
            };
            matches!(reference.decide(&request).verdict, crate::reference::Verdict::Allowed)
        };
        // An action or a type that one side does not know is asked of the other alone.
        let known = states.each_ref().map(|state| {
            let schema = state.snapshot().policy().schema();
            let named = [subject, resource].map(|name| schema.type_named(name.split(':').next().unwrap_or_default()));
            named.iter().all(Option::is_some)
                && schema.type_named(ty).is_some_and(|ty| schema.permission_named(ty, action).is_some())
        });
        let [was, is] = [0, 1].map(|at| known[at] && request(&references[at]));
        tally.referred += 2;
        let row = (subject.clone(), permission.clone(), resource.clone());
        let told = given.iter().any(|given| (&given.0, &given.1, &given.2, given.3) == (&row.0, &row.1, &row.2, is));
        if (was != is) != told {
            return Err(format!("the reference decides {was} and {is} on {subject} {permission} {resource}"));
        }
    }

    // In other circumstances: each witness is one, and nobody who gains or loses there is left out.
    for row in rows.iter().filter(|row| row.occasion.is_some()) {
        let occasion = row.occasion.as_ref().expect("filtered");
        let action = row.permission.split('.').nth(1).unwrap_or_default();
        let decided = ask(&row.subject, action, &row.entity, &occasion.context, occasion.at.unwrap_or(at));
        if decided != [!row.gained, row.gained] {
            return Err(format!("{row:?}\nis decided {decided:?}"));
        }
        tally.in_circumstances += 1;
    }
    let all: BTreeSet<Row> = rows.iter().map(row).collect();
    for request in case.requests.iter().filter(|_| found.is_complete()).take(8) {
        let query = query(request);
        let _ = asked_of_reference(request);
        for (ty, action) in &permissions {
            for resource in names.iter().filter(|name| name.split(':').next() == Some(ty)) {
                for subject in &names {
                    // Moments further on are tried, not those before.
                    let asked = Query {
                        subject: subject.into(),
                        action: action.into(),
                        resource: resource.into(),
                        ..query.clone()
                    };
                    // Values that one side cannot read are no question to it.
                    let unread =
                        |engine: &Engine| engine.check(&asked).is_err_and(|error| error.code == "invalid-attribute");
                    if engines.into_iter().any(unread) {
                        continue;
                    }
                    let [was, is] = ask(subject, action, resource, &query.context, query.at.max(at));
                    let row = (subject.clone(), format!("{ty}.{action}"), resource.clone(), is);
                    if was != is && !all.contains(&row) {
                        return Err(format!("{row:?}\ndiffers under {:?} at {}", query.context, query.at.max(at)));
                    }
                }
            }
        }
    }
    tally.compared += 1;
    tally.incomplete += usize::from(!found.is_complete());
    for gained in [true, false] {
        let counted = found.counted(gained);
        let of = || rows.iter().filter(|row| row.gained == gained);
        let subjects: BTreeSet<&str> = of().map(|row| row.subject.as_str()).collect();
        let entities: BTreeSet<&str> = of().map(|row| row.entity.as_str()).collect();
        let listed = (of().count(), subjects.len(), entities.len());
        if (counted.rows, counted.subjects, counted.entities) != listed {
            return Err(format!("counted {counted:?}, listed {listed:?}"));
        }
        *(if gained { &mut tally.gained } else { &mut tally.lost }) += listed.0;
    }
    for cause in found.by_cause() {
        *tally.causes.entry(cause.cause.kind.as_str()).or_default() += 1;
    }
    Ok(())
}

/// Whether any decision is another, without any context.
fn strikes(engines: [&Engine; 2], at: i64) -> bool {
    let Asked { names, permissions } = asked_about(engines);
    permissions.iter().any(|(ty, action)| {
        names.iter().filter(|name| name.split(':').next() == Some(ty)).any(|resource| {
            names.iter().any(|subject| {
                let (subject, action, resource) = (subject.clone(), action.clone(), resource.clone());
                let query = Query::new(subject, action, resource, at);
                let [was, is] = engines.map(|engine| engine.check(&query).is_ok_and(|decision| decision.allowed));
                was != is
            })
        })
    })
}
