//! Generated policies, directories and requests, on which the engine must decide as the reference evaluator does.
//!
//! A default run makes 100,000 decisions; `ROLEBOOK_GENERATED=5000000` makes as many as it says and
//! `ROLEBOOK_SEED=7` other ones. What disagrees is shrunk before it is shown.
//!
//! # What it was shown to catch
//!
//! Each of these mistakes was put into the compiler, the directory or the evaluator, one at a time; a run of 100,000
//! decisions found every one of them, most within a tenth of a second.
//!
//! - **What roles take over**: `without` removes nothing, denies too, or the role's own allows; a base's `when`, its
//!   `requires`, implications or denies are not inherited; only the first base is; a role's own `requires` is dropped
//!   where it has bases; a role does not count as its bases, in itself or where implications lead; a custom role does not
//!   carry `open when`, or every extending role does.
//! - **Statements**: `within`, `to` or `unless` is dropped; `unless` is not negated; `and` is lowered as `or`; of several
//!   actions in a pattern the first counts; `*.ACTION` means one type.
//! - **Cells compiled ahead**: a cell is allowed although the role has a `when`, the grant has a condition, an implication
//!   may deny, or another role of the set denies; implications are left out.
//! - **The verdict**: `?` in a deny counts as false, in an allow as true; an allow outranks a deny that cannot be computed;
//!   denies of rules are skipped; roles above the resource, or those held within a time or under conditions, are not looked
//!   at; a role's `when` is not asked for its grants, or for its implications; a role that may count grants for certain;
//!   `scope` is the resource.
//! - **Time**: `since` or `until` is ignored, `until` is inclusive, `since` exclusive; the times of what is required, of a
//!   userset's assignment or of the membership are ignored; of two ends the later one counts; `context.time` is late.
//! - **Usersets**: they do not nest; a member must hold exactly the role; implied roles make no members, or only the first
//!   step does; membership forgets the `when` of the role, of the implying role, of the implied role or of the
//!   implication; conditions on the way are ignored, or ask of the scope; one way of holding covers another with other
//!   conditions; only one way is kept.
//! - **Implications**: transitive ones lead nowhere, or are not followed; the condition of one, or of the implied role, is
//!   ignored; its `resource` is its scope; roles are implied on entities that are not below; one that cannot be computed
//!   is followed, or leaves membership in doubt; a role in doubt implies all the same.
//! - **`requires`**: it is not asked; only the first of several is; what requires a role found later, or one that such a
//!   role extends, is not looked at again. (Only one run in three shows it where the later role *implies* the required one.)
//! - **`has`**: implied roles are not looked at, also by `has any role`; it forgets a role's `when`, wants exactly the role,
//!   is false of an unknown entity, or asks only the first element of a set.
//! - **What is missing**: nothing can be missing above, or only the entity's own parents can; a missing ancestor or
//!   attribute is absent, an absent one missing, as is something of an absent value; defaults do not apply to what is told
//!   or to the context; `within` is false where it is not known; told parents count one step only.
//! - **Conditions**: a bare set is true though empty; `is` of an absent value is unknown; `and` and `or` stop at the first
//!   `?`; `!=` with an absent value is false; a comparison with a missing value is false; an absent side goes before a
//!   missing one; `subset of` is turned around; `<=` is taken as `<`; `like` never goes back to its last `*`.
//! - **Who acts**: `actor` is the subject; a key is checked as itself; an undeclared key acts; its owner is taken from the
//!   request; an owner that is not declared counts, or never does.
//! - **Containment and names**: `X.TYPE` through `*` is taken as optional; an unmarked way settles nothing; of two
//!   organizations' roles of one name the first is assigned.
//!
//! Of settings and changes it caught mistakes that nobody had put there: two policies of one entity that differ passed where
//! a lock above beats both; a move was permitted by the new place alone; an org policy that is the operator's could be
//! replaced in somebody's name; rules did not count for an author whom no text mentions.

mod additions;
mod case;
mod changes;
mod climbing;
mod conditions;
mod coverage;
mod diff;
mod diff_halves;
mod diff_meaning;
mod diff_rows;
mod edits;
mod escalation;
mod exchanged;
mod forms;
mod lints;
mod lookups;
mod mended;
mod reverse;
mod settings;
pub(crate) mod tables;
mod tally;
mod trial;

use crate::generate::Rows;
use crate::reference::{Answer, Verdict};
use case::{Case, asked_of_reference, query};
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};
use rolebook::decide::{Decision, Reason, RequestError, Snapshot};
use rolebook::explain::Explanation;
use tally::Tally;

/// Decisions in a run that is not told otherwise.
const DECISIONS: usize = 100_000;
/// Requests for each policy with its directory.
const REQUESTS: usize = 30;

#[test]
fn the_engine_decides_as_the_reference_does() {
    let mut tally = Tally::default();
    run(decisions(), |case| {
        let state = case.engine.state();
        let without_matrix = Snapshot::clone(state.snapshot()).without_access_matrix();
        for request in &case.requests {
            let answer = case.reference.decide(&asked_of_reference(request));
            let decided = case.engine.check(&query(request));
            let plain = case.engine.is_allowed(&query(request)).ok();
            let is_same = plain == decided.as_ref().ok().map(|decision| decision.allowed);
            let is_looked_up_rightly = decided == without_matrix.check(&query(request));
            if verdict(&decided) != Some(expected(&answer)) || !is_same || !is_looked_up_rightly {
                return Err(case.report(request, &answer, &decided));
            }
            tally.count(&answer);
        }
        if let Some(difference) = settings::difference(case) {
            return Err(format!("{}\n{}\n{difference}", case.policies.join("\n"), case.directory));
        }
        tally.count_refusal(&case.refused);
        Ok(())
    });
    tally.assert_healthy();
}

#[test]
fn order_never_matters() {
    run(decisions() / 20, |case| {
        let shuffled = case.shuffled()?;
        for request in &case.requests {
            let decided = case.engine.check(&query(request));
            let again = shuffled.engine.check(&query(request));
            if verdict(&decided) != verdict(&again) {
                let other = format!("{}\n{}", shuffled.policies.join("\n# next file\n"), shuffled.directory);
                return Err(format!("{}\nin another order:\n{other}", case.report(request, &decided, &again)));
            }
        }
        Ok(())
    });
}

#[test]
fn the_bulk_form_says_what_the_document_says() {
    run(decisions() / 20, |case| {
        let bulk = case.in_lines()?;
        for request in &case.requests {
            let decided = case.engine.check(&query(request));
            let again = bulk.engine.check(&query(request));
            if verdict(&decided) != verdict(&again) {
                return Err(format!(
                    "{}\nin the bulk form:\n{}",
                    case.report(request, &decided, &again),
                    bulk.directory
                ));
            }
        }
        Ok(())
    });
}

#[test]
fn both_forms_are_one_policy() {
    run(decisions() / 20, forms::difference);
}

#[test]
fn a_policy_that_is_extended_is_the_one_built_at_once() {
    let mut tally = additions::Tally::default();
    run(decisions() / 20, |case| {
        additions::difference(case, &mut tally)
            .map_err(|difference| format!("{}\n{}\n{difference}", case.policies.join("\n"), case.directory))
    });
    println!("{tally:?}");
    assert!(tally.extended > 200, "{tally:?}");
    assert!(tally.anew > 5, "{tally:?}");
    assert!(tally.refused.len() > 10, "{tally:?}");
}

#[test]
fn the_reverse_questions_are_the_filter_of_check() {
    let mut tally = reverse::Tally::default();
    run(decisions() / 10, |case| {
        reverse::difference(case, &mut tally)
            .map_err(|difference| format!("{}\n{}\n{difference}", case.policies.join("\n"), case.directory))
    });
    println!("{tally:?}");
    assert!(tally.listed > tally.lists / 4 && tally.named > tally.asked / 4, "{tally:?}");
}

#[test]
fn what_is_proven_of_conditions_is_never_seen() {
    let mut tally = conditions::Tally::default();
    run(decisions() / 80, |case| {
        conditions::difference(case, &mut tally)
            .map_err(|difference| format!("{}\n{}\n{difference}", case.policies.join("\n"), case.directory))
    });
    println!("{tally:?}");
    assert!(tally.never > tally.found / 20 && tally.never_together > 50, "{tally:?}");
    assert!(tally.undecided < tally.found / 1_000, "{tally:?}");
}

#[test]
fn what_lints_call_idle_changes_no_decision() {
    let mut tally = lints::Tally::default();
    run(decisions() / 20, |case| {
        lints::difference(case, &mut tally)
            .and_then(|()| lints::in_yaml(case, &mut tally))
            .map_err(|difference| format!("{}\n{}\n{difference}", case.policies.join("\n"), case.directory))
    });
    println!("{tally:?}");
    let tried = |code| tally.tried.get(&code).copied().unwrap_or(0);
    assert!(lints::wanted().into_iter().all(|code| tried(code) > 0), "{tally:?}");
    assert!(tally.in_yaml > 100 && tally.in_yaml > tally.left, "{tally:?}");
}

#[test]
fn what_is_fixed_says_the_same_and_needs_no_fixing() {
    let mut tally = mended::Tally::default();
    run(decisions() / 100, |case| mended::difference(case, &mut tally));
    println!("{tally:?}");
    assert!(tally.in_text > 10 && tally.in_yaml > 5 && tally.fixed > 50 && tally.comments > 500, "{tally:?}");
    assert!(tally.laid_out > 5, "{tally:?}");
}

#[test]
fn every_way_up_is_told_and_can_be_gone() {
    let mut tally = climbing::Tally::default();
    for unconditional in [true, false] {
        run_on(decisions() / 50, unconditional, |case| {
            climbing::difference(case, unconditional, &mut tally)
                .map_err(|difference| format!("{}\n{difference}", case.policies.join("\n")))
        });
    }
    println!("{tally:?}");
    assert!(tally.told > 60 && tally.gone > 30 && tally.steps > 10 && tally.longest > 2, "{tally:?}");
    assert!(tally.under_conditions > 3 && tally.composed > 1 && tally.as_others > 10, "{tally:?}");
    assert!(tally.freer + tally.otherwise > 2 && tally.gainful > 3, "{tally:?}");
}

#[test]
fn equal_roles_can_be_exchanged_and_others_told_apart() {
    let mut tally = exchanged::Tally::default();
    run(decisions() / 20, |case| {
        exchanged::difference(case, &mut tally)
            .and_then(|()| exchanged::assigned_by_another(case, &mut tally))
            .map_err(|difference| format!("{}\n{}\n{difference}", case.policies.join("\n"), case.directory))
    });
    println!("{tally:?}");
    assert!(tally.copies > 10 && tally.equal_held > 0 && tally.told_apart > tally.others / 40, "{tally:?}");
    assert!(tally.overtaken > 0 && tally.alone > 0, "{tally:?}");
}

/// What is decided, if anything is.
fn verdict(decided: &Result<Decision, RequestError>) -> Option<(bool, Reason)> {
    decided.as_ref().ok().map(|decision| (decision.allowed, decision.reason))
}

fn expected(answer: &Answer) -> (bool, Reason) {
    match answer.verdict {
        Verdict::Allowed => (true, Reason::Granted),
        Verdict::Forbidden => (false, Reason::Forbidden),
        Verdict::NotGranted => (false, Reason::NotGranted),
        Verdict::NotComputed => (false, Reason::NotComputed),
    }
}

/// Decisions wanted.
fn decisions() -> usize {
    std::env::var("ROLEBOOK_GENERATED")
        .map_or(DECISIONS, |count| count.parse().expect("ROLEBOOK_GENERATED is a number"))
}

/// Runs a property over so many requests.
fn run(requests: usize, property: impl FnMut(&Case) -> Result<(), String>) {
    run_on(requests, false, property);
}

/// Runs a property over so many requests, at choice on policies without any condition.
fn run_on(requests: usize, unconditional: bool, mut property: impl FnMut(&Case) -> Result<(), String>) {
    let standard = Config::default();
    let config = Config {
        cases: u32::try_from(requests.div_ceil(REQUESTS)).expect("a number of cases"),
        failure_persistence: None,
        // Each policy has many choices to take back; PROPTEST_MAX_SHRINK_ITERS overrides.
        max_shrink_iters: if standard.max_shrink_iters == u32::MAX { 20_000 } else { standard.max_shrink_iters },
        ..standard
    };
    let mut seed = [0; 32];
    if let Ok(number) = std::env::var("ROLEBOOK_SEED") {
        seed[..8].copy_from_slice(&number.parse::<u64>().expect("ROLEBOOK_SEED is a number").to_le_bytes());
    }
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &seed));
    let property = std::cell::RefCell::new(&mut property);
    let lengths = [3000, 1000, 1500].into_iter().chain(std::iter::repeat_n(80, REQUESTS)).collect();
    let outcome = runner.run(&Rows { lengths }, |rows| {
        let case = Case::new(&rows, unconditional).map_err(TestCaseError::fail)?;
        (property.borrow_mut())(&case).map_err(TestCaseError::fail)
    });
    match outcome {
        Ok(()) => {}
        Err(TestError::Fail(reason, _)) => panic!("{reason}"),
        Err(TestError::Abort(reason)) => panic!("aborted: {reason}"),
    }
}

#[test]
fn explanations_prove_what_is_decided() {
    run(decisions() / 10, |case| {
        for request in &case.requests {
            let Ok(explanation) = case.engine.explain(&query(request)) else { continue };
            if let Some(gap) = gap(&explanation) {
                return Err(case.report(request, &gap, &explanation));
            }
        }
        Ok(())
    });
}

/// What an explanation leaves open.
fn gap(explanation: &Explanation) -> Option<&'static str> {
    let steps = &explanation.steps;
    let proven = steps.iter().all(|step| step.truth == Some(true));
    let by_role = steps.last().is_some_and(|step| step.text.starts_with('`'));
    let held = steps.iter().any(|step| step.text.contains(" holds `"));
    match explanation.outcome.verdict {
        Reason::Granted | Reason::Forbidden if steps.is_empty() => Some("no proof"),
        Reason::Granted | Reason::Forbidden if !proven => Some("a step of the proof does not hold"),
        Reason::NotGranted if !steps.is_empty() => Some("a proof of nothing"),
        Reason::NotComputed if explanation.outcome.uncomputed.is_empty() => Some("nothing was uncomputed"),
        Reason::NotGranted | Reason::NotComputed => None,
        _ if by_role && !held => Some("not said how the role is held"),
        _ => None,
    }
}
