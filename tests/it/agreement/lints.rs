//! What lints call idle, taken out of generated policies: the reference evaluator must decide as before.

use super::Case;
use super::case::{asked_of_reference, load, query};
use crate::format::converted;
use crate::reference::{Reference, Verdict, parse_policy};
use rolebook::analysis::lint::{self, Finding, Fix, Removal};
use rolebook::decide::{Decision, RequestError};
use rolebook::diagnostics::Code;
use rolebook::engine::Engine;
use rolebook::format::Form;
use rolebook::source::Span;
use std::collections::{BTreeMap, BTreeSet};

/// Of each lint, how many findings were tried, and how often it was proven that nothing changes.
#[derive(Default, Debug)]
pub(super) struct Tally {
    pub(super) tried: BTreeMap<Code, usize>,
    pub(super) proven: BTreeMap<Code, usize>,
    pub(super) unproven: BTreeMap<Code, usize>,
    /// What was taken out of YAML, and what could not be.
    pub(super) in_yaml: usize,
    pub(super) left: usize,
}

/// How many findings of a case are tried.
const TRIED: usize = 6;

/// What differs where something is taken out that a lint called idle, or where an action is allowed that nothing allows.
pub(super) fn difference(case: &Case, tally: &mut Tally) -> Result<(), String> {
    let state = case.engine.state();
    let at = case.requests.first().map_or(0, |request| request.moment());
    let findings = lint::find(&state.examined(at), |_| true);
    let mut kinds: BTreeMap<Code, usize> = BTreeMap::new();
    for finding in &findings {
        let code = finding.diagnostic.code;
        // A few of each kind, lest the most frequent one be all that is tried.
        let seen = kinds.entry(code).or_default();
        *seen += 1;
        if *seen > TRIED {
            continue;
        }
        let tried = match code {
            Code::UnusedAction => unused_action(case, finding)?,
            Code::RedundantGrant
            | Code::HiddenAllow
            | Code::ConditionAlwaysTrue
            | Code::ConditionAlwaysFalse
            | Code::WithinNoEffect
            | Code::DenyNeverMet => taken_out(case, finding, tally)?,
            Code::ExpiredAssignment => true,
            _ => false,
        };
        *tally.tried.entry(code).or_default() += usize::from(tried);
    }
    Ok(())
}

/// Nobody may do what nothing allows.
fn unused_action(case: &Case, finding: &Finding) -> Result<bool, String> {
    let message = &finding.diagnostic.message;
    let permission = message.split('`').nth(1).unwrap_or_default();
    let mut asked = false;
    for request in &case.requests {
        let ty = request.resource.split(':').next().unwrap_or_default();
        if format!("{ty}.{}", request.action) == permission {
            asked = true;
            if case.reference.decide(&asked_of_reference(request)).verdict == Verdict::Allowed {
                return Err(format!("{message}, but it is allowed: {request:?}"));
            }
        }
    }
    Ok(asked)
}

/// The text without what a finding is about must decide as before.
fn taken_out(case: &Case, finding: &Finding, tally: &mut Tally) -> Result<bool, String> {
    let Some(text) = without(&case.engine, finding) else { return Ok(false) };
    let policies = vec![text];
    // What nothing but itself stood for may be named elsewhere.
    let Ok(engine) = load(&policies, &case.directory) else { return Ok(false) };
    let reference = Reference::of_files(&[parse_policy(&policies[0])], [case.directory.as_str()]);
    let said = |what: &str| format!("{:?}\n{what}\nwithout it:\n{}", finding.diagnostic, policies[0]);
    for request in &case.requests {
        let asked = asked_of_reference(request);
        let (before, after) = (case.reference.decide(&asked).verdict, reference.decide(&asked).verdict);
        if (before == Verdict::Allowed) != (after == Verdict::Allowed) {
            return Err(said(&format!("{request:?} was {before:?} and is {after:?}")));
        }
    }
    // A fix is only made where this is proven; what is not, is left to a person.
    let (before, after) = (case.engine.state(), engine.state());
    let proven = lint::decide_alike(before.snapshot().policy(), after.snapshot().policy());
    let count = if proven { &mut tally.proven } else { &mut tally.unproven };
    *count.entry(finding.diagnostic.code).or_default() += 1;
    Ok(true)
}

/// What is taken out of the policy in YAML leaves one that can be read, and that decides as before.
pub(super) fn in_yaml(case: &Case, tally: &mut Tally) -> Result<(), String> {
    let text = converted(Form::Dsl, &case.policies.join("\n"))?;
    let load = |text: &str| Engine::from_strings(&[("policy.yaml", text)], &[("directory.yaml", &case.directory)]);
    let engine = load(&text).map_err(|error| format!("refused: {error}\n{text}"))?;
    let state = engine.state();
    let at = case.requests.first().map_or(0, |request| request.moment());
    for finding in lint::find(&state.examined(at), |_| true).iter().take(4 * TRIED) {
        let (Some(Fix::Remove(removals)), Some(span)) = (&finding.fix, finding.diagnostic.span()) else { continue };
        let ([removal], Some(tree)) = (removals.as_slice(), state.policy_files().find(|tree| tree.file == span.file))
        else {
            continue;
        };
        let Some(range) = lint::excision_yaml(&text, tree, *removal) else {
            tally.left += 1;
            continue;
        };
        let mut without = text.clone();
        without.replace_range(range.clone(), "");
        for range in lint::leftovers(&without, range.start) {
            without.replace_range(range, "");
        }
        let said = |what: &str| format!("{:?}\n{what}\n{text}\nwithout it:\n{without}", finding.diagnostic);
        let after = match load(&without) {
            Ok(after) => after,
            Err(error)
                if error.diagnostics.iter().any(|it| it.code == Code::YamlSyntax || it.code == Code::WrongShape) =>
            {
                return Err(said(&error.to_string()));
            }
            // What nothing but itself stood for may be named elsewhere.
            Err(_) => continue,
        };
        tally.in_yaml += 1;
        for request in &case.requests {
            let (before, after) = (engine.check(&query(request)), after.check(&query(request)));
            let allowed = |decided: &Result<Decision, RequestError>| decided.as_ref().is_ok_and(|it| it.allowed);
            if allowed(&before) != allowed(&after) {
                return Err(said(&format!("{request:?} was {before:?} and is {after:?}")));
            }
        }
    }
    Ok(())
}

fn without(engine: &Engine, finding: &Finding) -> Option<String> {
    let state = engine.state();
    let span = finding.diagnostic.span()?;
    let removals: Vec<Removal> = match &finding.fix {
        Some(Fix::Remove(removals)) => removals.clone(),
        _ => match finding.diagnostic.code {
            // An allow that never holds may go as a whole.
            Code::ConditionAlwaysFalse => vec![around(&state, span)?],
            _ => vec![Removal::Statement(span)],
        },
    };
    let tree = state.policy_files().find(|tree| tree.file == span.file)?;
    let text = state.sources().get(span.file)?.text();
    let mut text = text.to_owned();
    for removal in removals {
        let range = lint::excision(&text, tree, removal)?;
        text.replace_range(range.clone(), "");
        for range in lint::leftovers(&text, range.start) {
            text.replace_range(range, "");
        }
    }
    Some(text)
}

/// The statement around a condition, if it is an allow and the condition its `when`.
fn around(state: &rolebook::workspace::State, condition: Span) -> Option<Removal> {
    use rolebook::compile::{Clause, Effect};
    let provenance = state.snapshot().policy().provenance();
    let of = provenance.statements.iter().find(|statement| {
        statement.effect == Effect::Allow
            && statement.conditions.iter().any(|own| own.clause == Clause::When && own.places.span == condition)
    })?;
    Some(Removal::Statement(of.span))
}

/// The lints of which a run must have tried findings.
pub(super) fn wanted() -> BTreeSet<Code> {
    BTreeSet::from([
        Code::RedundantGrant,
        Code::HiddenAllow,
        Code::ConditionAlwaysFalse,
        Code::ConditionAlwaysTrue,
        Code::WithinNoEffect,
        Code::DenyNeverMet,
        Code::UnusedAction,
        Code::ExpiredAssignment,
    ])
}
