//! Coverage against mutants: what coverage says that nobody looked at can go, or be said otherwise, without any test failing.

use super::case::{Case, query};
use super::{changes, decisions, run};
use crate::generate::Choices;
use rolebook::analysis::mutants::{Mutant, MutantKind, Target};
use rolebook::decide::Query;
use rolebook::source::{FileId, Span, Spanned};
use rolebook::suite::{self, Expectation, Test, TestChange, TestFact};
use rolebook::workspace::{ChangeText, Fate, Grounds, MemoryFiles, PreparedTests, Trials, Workspace, read_changes};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// How often each kind of mutant was noticed, was missed, and was foretold to be missed.
#[derive(Default, Debug)]
struct Tally(BTreeMap<MutantKind, [usize; 3]>);

impl Tally {
    fn count(&mut self, mutant: &Mutant, fate: &Fate, foretold: bool) {
        let [noticed, missed, as_foretold] = self.0.entry(mutant.kind).or_default();
        *noticed += usize::from(fate.is_noticed());
        *missed += usize::from(matches!(fate, Fate::Missed { .. }));
        *as_foretold += usize::from(foretold && matches!(fate, Fate::Missed { .. }));
    }
}

#[test]
fn what_nobody_looked_at_can_go() {
    let mut tally = Tally::default();
    run(decisions() / 200, |case| {
        let (workspace, tests) = tests(case)?;
        let mut coverage = workspace.coverage().ok_or("a policy without errors")?;
        let (_, report) = tests.run(0, Some(&mut coverage));
        if !report.cases.iter().all(suite::CaseReport::passed) || report.cases.len() != tests.tests.tests.len() {
            return Err(format!("{}\n{}\n{report:#?}", case.policies.join("\n"), case.directory));
        }
        let mutants = workspace.mutants();
        let trials = Trials::of(std::slice::from_ref(&tests));
        let limited = limited(&workspace, &tests, &mutants);
        for (number, (file, mutant)) in mutants.iter().enumerate() {
            let fate = workspace.fate((number, *file, mutant), &trials, &mut None, 0);
            let by_sight = workspace.fate((number, *file, mutant), &limited, &mut None, 0);
            if by_sight != fate {
                let policies = case.policies.join("\n");
                return Err(format!("{policies}\n{}\n{mutant:#?}\n{fate:#?}\n{by_sight:#?}", case.directory));
            }
            let foretold = !mutant.target.may_be_noticed(&coverage);
            tally.count(mutant, &fate, foretold);
            if let (true, Fate::Caught { test, .. }) = (foretold, &fate) {
                let test = tests.tests.tests.iter().find(|known| known.name.value == *test);
                return Err(format!(
                    "{}\n{}\n{mutant:#?}\nwas noticed by {test:#?}",
                    case.policies.join("\n"),
                    case.directory
                ));
            }
        }
        Ok(())
    });
    println!("{tally:?}");
    let of = |kind| tally.0.get(&kind).copied().unwrap_or_default();
    for kind in [MutantKind::DropGrant, MutantKind::DropRule, MutantKind::DropCondition, MutantKind::DropOperand] {
        let [noticed, missed, foretold] = of(kind);
        assert!(noticed > 5 && foretold > 3 && foretold <= missed, "{kind:?}: {tally:?}");
    }
    for kind in [MutantKind::Flip, MutantKind::Negate, MutantKind::DropExtends, MutantKind::DropRequires] {
        assert!(of(kind)[0] + of(kind)[1] > 5, "{kind:?}: {tally:?}");
    }
}

/// The tests, each run only on the mutants of what it looks at.
fn limited<'t>(workspace: &Workspace, tests: &'t PreparedTests, mutants: &[(usize, Mutant)]) -> Trials<'t> {
    let mut trials = Trials::of(std::slice::from_ref(tests));
    let nothing = workspace.coverage().expect("a policy without errors");
    for at in trials.positions().collect::<Vec<_>>() {
        if let Some(sight) = workspace.sight(&trials, at, mutants, &nothing, 0) {
            trials.limit(at, sight);
        }
    }
    trials
}

/// A case's requests as tests that expect what is decided, and changes that expect what becomes of them.
fn tests(case: &Case) -> Result<(Workspace, PreparedTests), String> {
    let mut files = MemoryFiles::new();
    files.add("p/policy.rolebook", case.policies.join("\n"));
    files.add("p/directory.yaml", case.directory.as_str());
    files.add("p/all.test.yaml", "rolebook: 1\nkind: test\ndirectory: directory.yaml\ntests: []\n");
    let workspace = Workspace::gather(&files, &[PathBuf::from("p")]);
    let mut prepared = workspace.prepare_tests(&files, Path::new("p/all.test.yaml"), &[], &mut Grounds::default());
    let state = prepared.state.clone().ok_or_else(|| format!("{:#?}", prepared.diagnostics))?;
    prepared.diagnostics.clear();
    let nowhere = Span::new(FileId(0), 0, 0);
    let said = |text: &str| Spanned::new(text.to_owned(), nowhere);
    let mut tests = Vec::new();
    for (at, request) in case.requests.iter().enumerate() {
        let query = query(request);
        let Ok(decision) = state.snapshot().check(&query) else { continue };
        let (action, resource) = (said(&query.action), said(&query.resource));
        let expectation = Expectation { allowed: decision.allowed, action, resource, span: nowhere };
        tests.push(Test {
            name: said(&format!("request {at}")),
            changes: Vec::new(),
            subject: Some(said(&query.subject)),
            expectations: vec![expectation],
            settings: Vec::new(),
            at: Some(query.at),
            context: query
                .context
                .iter()
                .map(|(key, value)| (said(key), Spanned::new(value.clone(), nowhere)))
                .collect(),
            facts: query.facts.into_iter().map(|fact| TestFact { span: nowhere, fact }).collect(),
        });
    }
    let choices = &mut Choices::new(&case.order);
    for number in 0..8 {
        let (change, at) = changes::change(choices, case, &case.reference);
        let text = serde_json::to_string(&change).expect("JSON");
        // What a composed role takes off its bases has to be there: that is a matter of its text, and of no question.
        if text.contains("\"without\"") {
            continue;
        }
        let mut sources = state.sources().clone();
        let (changes, _) = read_changes(ChangeText::named("changes.json", &text), &mut sources);
        let changed = state.apply(&changes, sources, at);
        let refused = changed.is_err();
        // What one of the requests asks, asked afterwards.
        let after = changed.as_ref().map_or(&state, |changed| &changed.state);
        let request = case.requests.get(number % case.requests.len().max(1));
        let request = request.map(|request| Query { at, ..query(request) });
        let asked = request.and_then(|query| Some((after.snapshot().check(&query).ok()?.allowed, query)));
        let asked = asked.filter(|(_, query)| query.context.is_empty() && query.facts.is_empty());
        tests.push(Test {
            name: said(&format!("change {number}: {text}")),
            changes: changes.into_iter().map(|change| TestChange { change, refused }).collect(),
            subject: asked.as_ref().map(|(_, query)| said(&query.subject)),
            expectations: asked
                .iter()
                .map(|(allowed, query)| Expectation {
                    allowed: *allowed,
                    action: said(&query.action),
                    resource: said(&query.resource),
                    span: nowhere,
                })
                .collect(),
            settings: Vec::new(),
            at: Some(at),
            context: Vec::new(),
            facts: Vec::new(),
        });
    }
    // What cannot be run as a test, a change of something unknown say, is none.
    tests.retain(|test| suite::passes(test, &state, 0));
    prepared.tests.tests = tests;
    Ok((workspace, prepared))
}

#[test]
fn targets_are_places_that_coverage_knows() {
    let mut known = 0;
    run(600, |case| {
        let (workspace, _) = tests(case)?;
        let coverage = workspace.coverage().ok_or("a policy without errors")?;
        for (_, mutant) in workspace.mutants() {
            let found = match mutant.target {
                Target::Grant(place, _) | Target::Rule(place) => coverage.statements.contains_key(&place),
                Target::Implied(place) => coverage.implications.contains_key(&place),
                Target::Failing(place) | Target::Holding(place) => coverage.conditions.contains_key(&place),
                Target::Changes(..) | Target::Assignments(_) | Target::Any => true,
            };
            known += usize::from(
                found && !matches!(mutant.target, Target::Changes(..) | Target::Assignments(_) | Target::Any),
            );
            if !found {
                return Err(format!("{}\n{mutant:#?}", case.policies.join("\n")));
            }
        }
        Ok(())
    });
    assert!(known > 200, "{known}");
}
