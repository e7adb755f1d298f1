//! Sequences of changes: what is refused, and what the directory is like afterwards.

use super::case::{Case, asked_of_reference, load, query};
use super::settings::difference_on;
use super::{decisions, expected, reverse, run, verdict};
use crate::generate::{self, Choices};
use crate::reference::{Reference, Refusal};
use rolebook::Engine;
use rolebook::decide::{Resolved, Snapshot};
use rolebook::engine::facts;
use serde_yaml::Value as Yaml;
use std::collections::BTreeMap;

/// Changes made one after the other in each directory.
const CHANGES: usize = 10;
/// Questions afterwards.
const QUESTIONS: usize = 10;

#[test]
fn changes_do_as_the_reference_does() {
    let mut tally = Tally::default();
    run(decisions() / 10, |case| {
        let choices = &mut Choices::new(&case.order);
        let mut reference: Option<Reference> = None;
        let resolved: Vec<Resolved> =
            case.requests.iter().take(5).filter_map(|request| case.engine.resolve(&query(request)).ok()).collect();
        let mut made = Vec::new();
        // Some thousands of times, as reading the whole directory takes far longer than a change.
        let compared = choices.chance(3);
        for _ in 0..CHANGES {
            let before = reference.as_ref().unwrap_or(&case.reference);
            let (change, at) = change(choices, case, before);
            let after = before.after(&change, at);
            if matches!(after, Err(Refusal::Ambiguous)) {
                continue;
            }
            let text = serde_json::to_string(&change).expect("JSON");
            made.push(text.clone());
            let applied = case.engine.apply_text("changes.json", &text, at);
            tally.count(&change, after.as_ref().err().copied());
            match (after, &applied) {
                (Ok(after), Ok(_)) => {
                    // The tables are, byte for byte, those of a directory that says the same and was read.
                    if compared {
                        let clean = load(&case.policies, &after.directory_text())?;
                        if let Some(differing) = tables_differ(&case.engine, &clean) {
                            return Err(report(case, &after, &made, &differing));
                        }
                    }
                    reference = Some(after);
                }
                (Err(refusal), Err(error)) if agrees(refusal, &codes(error)) => {}
                (after, _) => {
                    let found = applied.as_ref().map(|_| "made").map_err(ToString::to_string);
                    return Err(report(case, before, &made, &format!("{:?}\n{found:?}", after.map(|_| "made"))));
                }
            }
        }
        let after = reference.as_ref().unwrap_or(&case.reference);
        let fresh = load(&case.policies, &after.directory_text())?;
        difference(choices, case, after, &fresh)
            .or_else(|| outdated(&resolved, &case.engine))
            .map_or(Ok(()), |difference| Err(report(case, after, &made, &difference)))
    });
    tally.assert_healthy();
}

/// A change and its moment; most often by somebody who may make it, if there is anybody.
pub(super) fn change(choices: &mut Choices<'_>, case: &Case, before: &Reference) -> (Yaml, i64) {
    let outline = before.outline();
    let mut change = generate::change(choices, &case.shape, &outline);
    let at = generate::plain_request(choices, &case.shape, &outline).moment();
    if choices.chance(60) {
        for _ in 0..4 {
            let author = generate::author(choices, &case.shape, &outline);
            change.as_mapping_mut().expect("a mapping").insert("as".into(), author.into());
            if before.after(&change, at).is_ok() {
                break;
            }
        }
    }
    (change, at)
}

/// In what the tables of two engines differ that say the same.
fn tables_differ(changed: &Engine, clean: &Engine) -> Option<String> {
    let [changed, clean] =
        [changed, clean].map(|engine| facts(&engine.state()).expect("tables that agree with their texts"));
    let differ = changed.iter().zip(&clean).filter(|(one, other)| one != other);
    let differ: Vec<String> = differ
        .map(|((name, one), (_, other))| {
            let [one, other] = [one, other].map(|bytes| String::from_utf8_lossy(bytes).into_owned());
            format!("{name}\nchanged: {one:?}\nclean:   {other:?}")
        })
        .collect();
    (!differ.is_empty()).then(|| format!("the tables differ from those made anew: {}", differ.join("\n")))
}

/// The codes of a refusal.
fn codes(error: &rolebook::engine::ApplyError) -> Vec<&'static str> {
    let findings = error.error.diagnostics.iter().filter(|finding| finding.is_error());
    findings.map(|finding| finding.code.as_str()).collect()
}

/// Whether a change is refused for the same sort of reason. Several may apply, and which one comes first is open.
fn agrees(refusal: Refusal, codes: &[&str]) -> bool {
    let of_author = codes.iter().any(|code| ["change-refused", "escalation"].contains(code));
    match refusal {
        Refusal::NotPermitted | Refusal::Escalation => of_author,
        Refusal::NothingToChange | Refusal::Unsound | Refusal::MissingRequiredRole | Refusal::Ambiguous => {
            !codes.is_empty()
        }
    }
}

/// What the changed engine, one that is loaded anew and the reference do not agree on.
fn difference(choices: &mut Choices<'_>, case: &Case, after: &Reference, fresh: &Engine) -> Option<String> {
    let outline = after.outline();
    for _ in 0..QUESTIONS {
        let request = generate::plain_request(choices, &case.shape, &outline);
        let answer = after.decide(&asked_of_reference(&request));
        let [changed, fresh] = [&case.engine, fresh].map(|engine| verdict(&engine.check(&query(&request))));
        if changed != fresh || changed != Some(expected(&answer)) {
            return Some(format!("{request:?}\nchanged {changed:?}\nfresh {fresh:?}\nreference {answer:?}"));
        }
        if let Err(difference) = reverse::difference_on(&case.engine, &query(&request), &mut reverse::Tally::default())
        {
            return Some(difference);
        }
    }
    let entities = outline.entities.iter().map(|(name, _)| name.as_str());
    let differs = |entity| [&case.engine, fresh].into_iter().find_map(|engine| difference_on(engine, after, entity));
    entities.filter_map(differs).next()
}

/// A query that was resolved before all changes, and is no longer decided as one that is resolved now, or as it would be if
/// nothing were looked up in a matrix.
fn outdated(resolved: &[Resolved], engine: &Engine) -> Option<String> {
    let without_matrix = Snapshot::clone(engine.state().snapshot()).without_access_matrix();
    resolved.iter().find_map(|resolved| {
        let (kept, anew) = (engine.decide(resolved), engine.check(resolved.query()));
        let weighed = without_matrix.decide(resolved);
        let differ = kept != anew || kept != weighed;
        differ.then(|| format!("{:?}\nkept {kept:?}\nanew {anew:?}\nwithout {weighed:?}", resolved.query()))
    })
}

fn report(case: &Case, reference: &Reference, made: &[String], difference: &str) -> String {
    let policies = case.policies.join("\n");
    let at_first = &case.directory;
    let before = reference.directory_text();
    let made = made.join("\n");
    format!("{policies}\n{at_first}\nbefore the last:\n{before}\nchanges:\n{made}\n{difference}")
}

/// What became of the changes of a run, by kind and by whether they were made as somebody.
#[derive(Default, Debug)]
struct Tally {
    changes: BTreeMap<(String, bool, Option<Refusal>), usize>,
}

impl Tally {
    fn count(&mut self, change: &Yaml, refusal: Option<Refusal>) {
        let keys = change.as_mapping().into_iter().flatten().filter_map(|(key, _)| key.as_str());
        let kind: String = keys.filter(|key| *key != "as").collect();
        *self.changes.entry((kind, change.get("as").is_some(), refusal)).or_default() += 1;
    }

    /// A generator that goes blind would agree with everything: of each hundred sequences so many changes at least must be
    /// made by the operator, made in somebody's name, and refused to somebody.
    fn assert_healthy(&self) {
        let total: usize = self.changes.values().sum();
        if total < CHANGES * 250 {
            return;
        }
        let rate = |kind: &str, by: bool, wanted: &dyn Fn(Option<Refusal>) -> bool| {
            let fitting = |((of, as_somebody, refusal), _): &(&(String, bool, Option<Refusal>), &usize)| {
                of == kind && *as_somebody == by && wanted(*refusal)
            };
            let count: usize = self.changes.iter().filter(fitting).map(|(_, count)| count).sum();
            count * 100 * CHANGES / total
        };
        let not_permitted = |it: Option<Refusal>| matches!(it, Some(Refusal::NotPermitted | Refusal::Escalation));
        let mut blind = Vec::new();
        for &(kind, made, made_as_somebody, refused_to_somebody) in HEALTHY {
            let rates = [
                rate(kind, false, &|it| it.is_none()),
                rate(kind, true, &|it| it.is_none()),
                rate(kind, true, &not_permitted),
            ];
            let least = [made, made_as_somebody, refused_to_somebody];
            if rates.iter().zip(least).any(|(rate, least)| *rate < least) {
                blind.push(format!("{kind}: {rates:?}, wanted {least:?}"));
            }
        }
        assert!(blind.is_empty(), "too few of each hundred sequences:\n{}\n{self:#?}", blind.join("\n"));
    }
}

/// Kinds of changes, and how many of each hundred sequences must make one, make one in somebody's name, and see one
/// refused to somebody.
const HEALTHY: &[(&str, usize, usize, usize)] = &[
    ("assign", 30, 8, 30),
    ("revoke", 15, 4, 20),
    ("create", 15, 1, 15),
    ("delete", 12, 1, 10),
    ("set", 15, 2, 20),
    ("move", 15, 1, 20),
    ("link", 7, 1, 8),
    ("unlink", 4, 0, 4),
    ("policy", 4, 0, 5),
    ("delete_policy", 1, 0, 2),
    ("custom_role", 4, 0, 6),
    ("delete_custom_role", 1, 0, 1),
];
