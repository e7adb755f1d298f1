//! Running the tests of a file against a package with its directory.
//!
//! Names are looked up before anything is asked, so that a misspelled one is a finding at its place and never a denial
//! that happens to be expected.

use super::noting::Noting;
use super::{CaseReport, Course, Expectation, Failure, Test, TestFact, TestFile, UnmetDecision, change, settings};
use crate::admin::Changing;
use crate::analysis::coverage::Coverage;
use crate::decide::{NEVER_TAKEN, Query, RequestError, RequestFault, Snapshot};
use crate::diagnostics::{Code, Diagnostic, did_you_mean, listing};
use crate::explain::explain;
use crate::schema::{ReadError, Schema, TypeId, split_entity};
use crate::source::{SourceMap, Span, Spanned};

/// Runs every test, each on the state as it was given; `now` is the moment of the tests that name none. What of the policy
/// is looked at is noted where somebody wants to know.
///
/// A test with a finding that is an error is not among the cases.
#[must_use]
pub fn run<S: Changing>(
    file: &TestFile,
    state: &S,
    now: i64,
    mut coverage: Option<&mut Coverage>,
) -> (Vec<CaseReport>, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let noting = coverage.as_deref_mut().map(|coverage| Noting::of_policy(std::mem::take(coverage)));
    let case = |test| {
        diagnostics.extend(strangers(test, state.snapshot()));
        case(test, state, now, noting.as_ref(), &mut diagnostics)
    };
    let cases = file.tests.iter().filter_map(case).collect();
    if let (Some(coverage), Some(noting)) = (coverage, noting) {
        (*coverage, _) = noting.into_noted();
    }
    (cases, diagnostics)
}

/// Whether a test can be run on a state, and passes.
#[must_use]
pub fn passes<S: Changing>(test: &Test, state: &S, now: i64) -> bool {
    case(test, state, now, None, &mut Vec::new()).is_some_and(|case| case.passed())
}

/// What a single test came to.
#[derive(Clone, Debug)]
pub struct Tried {
    /// The outcome; nothing where the test could not be run.
    pub case: Option<CaseReport>,
    /// What is wrong with it.
    pub diagnostics: Vec<Diagnostic>,
    /// What it saw.
    pub seen: Seen,
}

/// What a single test saw.
#[derive(Clone, Debug)]
pub struct Seen {
    /// What it looked at, more than what was looked at before.
    pub coverage: Coverage,
    /// What it went through.
    pub course: Course,
}

/// Runs a single test on a state, and notes what it sees, more than was looked at `before`.
#[must_use]
pub fn run_one<S: Changing>(test: &Test, state: &S, now: i64, before: Coverage) -> Tried {
    let noting = Noting::of_test(before);
    let mut diagnostics = Vec::new();
    let case = case(test, state, now, Some(&noting), &mut diagnostics);
    let (coverage, course) = noting.into_noted();
    Tried { case, diagnostics, seen: Seen { coverage, course } }
}

/// What a test's questions are asked of.
#[derive(Clone, Copy)]
struct Ground<'a> {
    snapshot: &'a Snapshot,
    sources: &'a SourceMap,
    now: i64,
    noting: Option<&'a Noting>,
}

fn case<S: Changing>(
    test: &Test,
    state: &S,
    now: i64,
    noting: Option<&Noting>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<CaseReport> {
    let (changed, mut failures) = match change::make(&test.changes, state, test.at.unwrap_or(now), noting) {
        Ok(made) => made,
        Err(findings) => {
            diagnostics.extend(findings);
            return None;
        }
    };
    if let (Some(noting), Some(changed)) = (noting, &changed) {
        noting.arrive(changed.snapshot());
    }
    let state = changed.as_ref().unwrap_or(state);
    let ground = Ground { snapshot: state.snapshot(), sources: state.sources(), now, noting };
    let mut found = look_up(test, ground.snapshot.policy().schema());
    found.extend(facts_in_vain(test, ground.snapshot));
    // Where a change went another way than expected, what is decided afterwards says nothing.
    if failures.is_empty() && !found.iter().any(Diagnostic::is_error) {
        for (subject, expectation) in
            test.subject.iter().flat_map(|subject| test.expectations.iter().map(move |one| (subject, one)))
        {
            match meet(test, subject, expectation, ground) {
                Ok(failure) => failures.extend(failure),
                Err(finding) => found.push(*finding),
            }
        }
        for expected in &test.settings {
            match settings::meet(expected, ground.snapshot) {
                Ok(unmet) => failures.extend(unmet),
                Err(findings) => found.extend(findings),
            }
        }
    }
    let sound = !found.iter().any(Diagnostic::is_error);
    diagnostics.append(&mut found);
    let settings = test.settings.iter().map(|expected| expected.values.len());
    let report = || CaseReport {
        name: test.name.value.clone(),
        span: test.name.span,
        expectations: test.expectations.len() + settings.sum::<usize>() + test.changes.len(),
        failures,
    };
    sound.then(report)
}

/// What is wrong with the names and values of a test.
fn look_up(test: &Test, schema: &Schema) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    if let Some(subject) = &test.subject
        && let Err(error) = schema.read_entity(subject)
    {
        found.push(entity_finding(&error, subject));
    }
    for expectation in &test.expectations {
        match schema.read_entity(&expectation.resource) {
            Ok(resource) => found.extend(action_finding(schema, resource.ty, &expectation.action)),
            Err(error) => found.push(entity_finding(&error, &expectation.resource)),
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
                let known = schema.context.iter().map(|field| &*field.name);
                found.push(unknown_key("the context", "field", name, name.span, known));
            }
        }
    }
    for TestFact { span, fact } in &test.facts {
        let Some(ty) = split_entity(&fact.entity).and_then(|(ty, _)| schema.type_named(ty)) else { continue };
        let info = &schema.types[ty];
        let unknown = |key: &str| info.attribute(key).is_none() && !NEVER_TAKEN.contains(&key);
        for (key, _) in fact.attributes.iter().filter(|(key, _)| unknown(key)) {
            let known = info.attributes.iter().map(|attribute| &*attribute.name);
            found.push(unknown_key(&format!("`{}`", info.name), "attribute", key, *span, known));
        }
    }
    found
}

/// A key of context or facts that the policy does not know: a request's would be ignored.
fn unknown_key<'a>(
    owner: &str,
    what: &str,
    key: &str,
    span: Span,
    known: impl Iterator<Item = &'a str> + Clone,
) -> Diagnostic {
    let help = did_you_mean(key, known.clone()).unwrap_or_else(|| listing(owner, what, known));
    Diagnostic::warning(Code::UnknownAttribute, span, format!("{owner} has no {what} `{key}`")).help(help)
}

/// Facts about entities that the directory declares: they are ignored, and a test may pass for that reason alone.
fn facts_in_vain(test: &Test, snapshot: &Snapshot) -> Vec<Diagnostic> {
    let declared = |name: &str| {
        let name = snapshot.policy().schema().read_entity(name).ok()?;
        let entity = snapshot.directory().find(name.ty, &name.id)?;
        snapshot.directory().is_declared(entity).then_some(())
    };
    let in_vain = test.facts.iter().filter(|fact| declared(&fact.fact.entity).is_some());
    in_vain
        .map(|fact| {
            let message = format!("facts about `{}` are ignored: the directory declares it", fact.fact.entity);
            Diagnostic::warning(Code::InvalidTest, fact.span, message)
        })
        .collect()
}

/// Who is asked about and nobody knows, and has a name like one that somebody has: a denial of it is expected in vain. What
/// changes make or take away is left out.
fn strangers(test: &Test, snapshot: &Snapshot) -> Vec<Diagnostic> {
    if !test.changes.is_empty() {
        return Vec::new();
    }
    let (schema, directory) = (snapshot.policy().schema(), snapshot.directory());
    let stranger = |name: &Spanned<String>, is_subject: bool| {
        let (ty, id) = split_entity(name)?;
        let ty = schema.type_named(ty)?;
        let known = snapshot.entity(ty, id).is_some_and(|entity| is_subject || directory.is_declared(entity));
        if known || test.facts.iter().any(|fact| fact.fact.entity == name.value) {
            return None;
        }
        // What differs in its number alone was numbered, not misspelt.
        let without_number = |id: &str| id.replace(|c: char| c.is_ascii_digit(), "");
        let near =
            directory.nearest(ty, id).filter(|&near| without_number(directory.id_of(near)) != without_number(id))?;
        let what = if is_subject { "is nobody that the directory speaks of" } else { "has no entry in the directory" };
        let message = format!("`{}` {what}", name.value);
        let help = format!("did you mean `{}`?", directory.name(schema, near));
        Some(Diagnostic::warning(Code::UndeclaredMention, name.span, message).help(help))
    };
    let subject = test.subject.iter().filter_map(|subject| stranger(subject, true));
    let resources = test.expectations.iter().filter_map(|expectation| stranger(&expectation.resource, false));
    subject.chain(resources).collect()
}

/// What is wrong with a text that is to name an entity, under its type where that alone is unknown.
pub(super) fn entity_finding(error: &ReadError, text: &Spanned<String>) -> Diagnostic {
    let (code, span) = match split_entity(text) {
        Some((type_name, id)) => {
            let rest = u32::try_from(id.len() + 1).unwrap_or(u32::MAX);
            let whole = u32::try_from(type_name.len()).unwrap_or(u32::MAX).saturating_add(rest);
            // A text that was written with escapes is longer in the file: then all of it is shown.
            let exact = text.span.end.saturating_sub(text.span.start) == whole;
            let end = if exact { text.span.end.saturating_sub(rest) } else { text.span.end };
            (Code::UnknownType, Span::new(text.span.file, text.span.start, end))
        }
        None => (Code::InvalidEntity, text.span),
    };
    Diagnostic::error(code, span, error.message.clone()).maybe_help(error.help.clone())
}

fn action_finding(schema: &Schema, ty: TypeId, action: &Spanned<String>) -> Option<Diagnostic> {
    if schema.action_named(action).is_some_and(|action| schema.permission(ty, action).is_some()) {
        return None;
    }
    let owner = format!("`{}`", schema.types.get(ty)?.name);
    let message = format!("{owner} has no action `{}`", action.value);
    let near = did_you_mean(action, schema.actions_of(ty));
    let help = near.unwrap_or_else(|| listing(&owner, "action", schema.actions_of(ty)));
    Some(Diagnostic::error(Code::UnknownAction, action.span, message).help(help))
}

/// The failure where the decision is another than the one expected.
fn meet(
    test: &Test,
    subject: &str,
    expectation: &Expectation,
    ground: Ground<'_>,
) -> Result<Option<Failure>, Box<Diagnostic>> {
    let query = Query {
        subject: subject.into(),
        action: (&expectation.action.value).into(),
        resource: (&expectation.resource.value).into(),
        context: test.context.iter().map(|(name, value)| (name.value.clone(), value.value.clone())).collect(),
        facts: test.facts.iter().map(|fact| fact.fact.clone()).collect(),
        at: test.at.unwrap_or(ground.now),
    };
    let refused = |error: RequestError| Box::new(request_finding(test, expectation, error));
    let actual = ground.snapshot.check(&query).map_err(refused)?;
    if let Some(noting) = ground.noting {
        noting.ask(ground.snapshot, &query, actual.allowed);
    }
    if actual.allowed == expectation.allowed {
        return Ok(None);
    }
    let explanation = explain(ground.snapshot, ground.sources, &query).map_err(refused)?;
    Ok(Some(Failure::Decision(Box::new(UnmetDecision {
        expected: expectation.allowed,
        subject: query.subject.into_owned(),
        action: query.action.into_owned(),
        resource: query.resource.into_owned(),
        span: expectation.span,
        actual,
        explanation,
    }))))
}

/// A refused request, at the fact it speaks of where it names one, else at the expectation.
fn request_finding(test: &Test, expectation: &Expectation, error: RequestError) -> Diagnostic {
    let code = Code::ALL.iter().copied().find(|code| code.as_str() == error.code).unwrap_or(Code::InvalidRequest);
    let named = test.facts.iter().find(|fact| error.message.contains(&format!("`{}`", fact.fact.entity)));
    let span = named.map_or(expectation.span, |fact| fact.span);
    let RequestFault { message, help, .. } = error.into();
    Diagnostic::error(code, span, message).maybe_help(help)
}
