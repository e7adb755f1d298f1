//! Running the tests of a file against one snapshot.
//!
//! Names are looked up before anything is asked, so that a misspelled one is a finding at its place and never a denial
//! that happens to be expected.

use super::{CaseReport, Expectation, Failure, Test, TestFile};
use crate::decide::{Query, RequestError, Snapshot};
use crate::diagnostics::{Code, Diagnostic, did_you_mean};
use crate::explain::explain;
use crate::schema::{PermissionId, ReadError, Schema, TypeId};
use crate::source::{SourceMap, Span, Spanned};

/// Runs every test; `sources` are the texts behind the snapshot, `now` is the moment of the tests that name none.
///
/// A test with a finding that is an error is not among the cases.
#[must_use]
pub fn run(file: &TestFile, snapshot: &Snapshot, sources: &SourceMap, now: i64) -> (Vec<CaseReport>, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let ground = Ground { snapshot, sources, now };
    let cases = file.tests.iter().filter_map(|test| case(test, ground, &mut diagnostics)).collect();
    (cases, diagnostics)
}

/// What tests are run on.
#[derive(Clone, Copy)]
struct Ground<'a> {
    snapshot: &'a Snapshot,
    sources: &'a SourceMap,
    now: i64,
}

fn case(test: &Test, ground: Ground<'_>, diagnostics: &mut Vec<Diagnostic>) -> Option<CaseReport> {
    let mut found = look_up(test, ground.snapshot.policy().schema());
    let mut failures = Vec::new();
    if !found.iter().any(Diagnostic::is_error) {
        for expectation in &test.expectations {
            match meet(test, expectation, ground, &mut found) {
                Ok(failure) => failures.extend(failure),
                Err(finding) => found.push(*finding),
            }
        }
    }
    let sound = !found.iter().any(Diagnostic::is_error);
    diagnostics.append(&mut found);
    let report = || CaseReport {
        name: test.name.value.clone(),
        span: test.name.span,
        expectations: test.expectations.len(),
        failures,
    };
    sound.then(report)
}

/// What is wrong with the names and values of a test.
fn look_up(test: &Test, schema: &Schema) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    if let Err(error) = schema.read_entity(&test.subject) {
        found.push(entity_finding(&error, test.subject.span));
    }
    for expectation in &test.expectations {
        match schema.read_entity(&expectation.resource) {
            Ok(resource) => found.extend(action_finding(schema, resource.ty, &expectation.action)),
            Err(error) => found.push(entity_finding(&error, expectation.resource.span)),
        }
    }
    for (name, value) in &test.context {
        match schema.context.iter().find(|field| *field.name == **name) {
            Some(field) => {
                if let Err(error) = schema.read_value(&field.ty, value) {
                    let finding = Diagnostic::error(Code::InvalidTest, value.span, error.message);
                    found.push(finding.maybe_help(error.help));
                }
            }
            None if name.value == "time" => {
                found.push(
                    Diagnostic::error(Code::InvalidTest, name.span, "the time of a test is not part of its context")
                        .help("write `at: 2026-12-31T00:00:00Z`, beside `context`"),
                );
            }
            None => {
                let message = format!("the policy's context has no field `{}`", name.value);
                let help = did_you_mean(name, schema.context.iter().map(|field| &*field.name));
                found.push(Diagnostic::warning(Code::InvalidTest, name.span, message).maybe_help(help));
            }
        }
    }
    found
}

fn entity_finding(error: &ReadError, span: Span) -> Diagnostic {
    let code = if error.message.starts_with("unknown type") { Code::UnknownType } else { Code::InvalidEntity };
    Diagnostic::error(code, span, error.message.clone()).maybe_help(error.help.clone())
}

fn action_finding(schema: &Schema, ty: TypeId, action: &Spanned<String>) -> Option<Diagnostic> {
    if schema.action_named(action).is_some_and(|action| schema.permission(ty, action).is_some()) {
        return None;
    }
    let info = schema.types.get(ty)?;
    let message = format!("type `{}` has no action `{}`", info.name, action.value);
    let known = info.permissions.clone().filter_map(|at| {
        let permission = schema.permissions.get(PermissionId(at))?;
        schema.actions.get(permission.action).map(|name| &**name)
    });
    Some(Diagnostic::error(Code::UnknownAction, action.span, message).maybe_help(did_you_mean(action, known)))
}

/// The failure where the decision is another than the one expected.
fn meet(
    test: &Test,
    expectation: &Expectation,
    ground: Ground<'_>,
    found: &mut Vec<Diagnostic>,
) -> Result<Option<Failure>, Box<Diagnostic>> {
    let query = Query {
        subject: test.subject.value.clone(),
        action: expectation.action.value.clone(),
        resource: expectation.resource.value.clone(),
        context: test.context.iter().map(|(name, value)| (name.value.clone(), value.value.clone())).collect(),
        facts: test.facts.iter().map(|fact| fact.fact.clone()).collect(),
        at: test.at.unwrap_or(ground.now),
    };
    let refused = |error: RequestError| Box::new(request_finding(test, expectation, error));
    let actual = ground.snapshot.check(&query).map_err(refused)?;
    found.extend(actual.ignored.iter().map(|what| Diagnostic::warning(Code::InvalidTest, test.name.span, what)));
    if actual.allowed == expectation.allowed {
        return Ok(None);
    }
    let explanation = explain(ground.snapshot, ground.sources, &query).map_err(refused)?;
    Ok(Some(Failure {
        expected: expectation.allowed,
        subject: query.subject,
        action: query.action,
        resource: query.resource,
        span: expectation.span,
        actual,
        explanation,
    }))
}

/// A refused request, at the fact it speaks of where it names one, else at the expectation.
fn request_finding(test: &Test, expectation: &Expectation, error: RequestError) -> Diagnostic {
    let code = Code::ALL.iter().copied().find(|code| code.as_str() == error.code).unwrap_or(Code::InvalidRequest);
    let named = test.facts.iter().find(|fact| error.message.contains(&format!("`{}`", fact.fact.entity)));
    let span = named.map_or(expectation.span, |fact| fact.span);
    Diagnostic::error(code, span, error.message).maybe_help(error.help)
}
