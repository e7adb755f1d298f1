//! Why a request is decided as it is: the proof of an allow, the denial that stands in the way, or what came closest,
//! each with source places.
//!
//! Runs off the hot path, over the same tables, conditions and walks as the decision. It never decides anything itself: the
//! verdict is [`decide`](crate::decide)'s.

mod condition;
mod held;
mod nearest;
mod resting;
mod setting;
mod statement;

use crate::decide::{Decision, Query, Reason, Request, RequestError, Snapshot, Truth, World};
use crate::source::{SourceMap, Span};
pub use setting::{Contribution, SettingOutcome, SettingReport};
pub(crate) use setting::{given, report};
use statement::{Rules, Witness};

/// One decision in words: what an answer carries.
#[derive(Clone, PartialEq, Debug)]
pub struct Outcome {
    /// How it was decided.
    pub verdict: Reason,
    /// The decision in a sentence.
    pub summary: String,
    /// The policy's own words for a refusal.
    pub because: Option<String>,
    /// The statement that decided, with its conditions.
    pub statement: Option<Step>,
    /// The statements and implications whose conditions could not be computed, whether or not that decided anything.
    pub uncomputed: Vec<Step>,
    /// What of the request was ignored.
    pub ignored: Vec<String>,
}

/// The explanation of one decision.
#[derive(Clone, PartialEq, Debug)]
pub struct Explanation {
    /// The decision in words.
    pub outcome: Outcome,
    /// The steps of the proof: of the grant that allows, or of the denial that forbids. The last is the statement itself.
    pub steps: Vec<Step>,
    /// For a denial, what came nearest to allowing it, nearest first.
    pub nearest: Vec<Step>,
}

/// One step of a proof.
#[derive(Clone, PartialEq, Debug)]
pub struct Step {
    /// What it says.
    pub text: String,
    /// Where it is written.
    pub place: Option<Span>,
    /// Whether it holds; `None` where it could not be computed.
    pub truth: Option<bool>,
    /// What it rests on.
    pub children: Vec<Step>,
}

impl Step {
    /// A step that holds.
    fn fact(text: String, place: Option<Span>) -> Self {
        Self { text, place, truth: Some(true), children: Vec::new() }
    }

    fn with(mut self, truth: Truth, children: Vec<Self>) -> Self {
        self.truth = truth.known();
        self.children = children;
        self
    }
}

/// What explaining looks at: a request in its world, and the texts that its places lie in.
#[derive(Clone, Copy)]
struct Case<'a> {
    world: World<'a>,
    sources: &'a SourceMap,
}

/// Decides a query and says why. `sources` are the texts that policy and directory were read from.
///
/// # Errors
/// As [`Snapshot::check`].
pub fn explain(snapshot: &Snapshot, sources: &SourceMap, query: &Query) -> Result<Explanation, RequestError> {
    let request = Request::resolve(snapshot, query)?;
    let world = World::new(snapshot, &request);
    let decision = world.request.decide(world.facts.snapshot);
    let case = Case { world, sources };
    let witnesses = case.witnesses(Rules::All);
    let decisive = witnesses.iter().find(|witness| witness.decides(decision.reason));
    let steps = decisive.map_or_else(Vec::new, |witness| case.proof(witness));
    let nearest = if decision.allowed { Vec::new() } else { case.nearest(&witnesses, decisive) };
    let outcome = case.outcome(query, decision, &witnesses);
    Ok(Explanation { outcome, steps, nearest })
}

/// Decides a query and says why in brief, at a cost that grows neither with the number of assignments nor with that of rules
/// of one shape.
///
/// # Errors
/// As [`Snapshot::check`].
pub fn outcome(snapshot: &Snapshot, sources: &SourceMap, query: &Query) -> Result<Outcome, RequestError> {
    let request = Request::resolve(snapshot, query)?;
    let world = World::new(snapshot, &request);
    let case = Case { world, sources };
    Ok(case.outcome(query, world.request.decide(world.facts.snapshot), &case.witnesses(Rules::ThatMayHold)))
}

impl Case<'_> {
    fn outcome(self, query: &Query, decision: Decision, witnesses: &[Witness]) -> Outcome {
        let decisive = witnesses.iter().find(|witness| witness.decides(decision.reason));
        let because = decisive
            .filter(|_| !decision.allowed)
            .and_then(|witness| self.statement(witness).because.as_deref().map(str::to_owned));
        let uncomputed = self.uncomputed(witnesses);
        let verb = &query.action;
        let (subject, resource) = (&query.subject, &query.resource);
        let summary = match decision.reason {
            Reason::Granted => format!("`{subject}` may {verb} `{resource}`"),
            Reason::Forbidden => format!("`{subject}` may not {verb} `{resource}`: it is forbidden"),
            Reason::NotGranted => format!("`{subject}` may not {verb} `{resource}`: nothing grants it"),
            Reason::NotComputed => {
                format!("`{subject}` may not {verb} `{resource}`: a condition could not be computed")
            }
        };
        Outcome {
            verdict: decision.reason,
            summary,
            because,
            statement: decisive.map(|witness| self.stated(witness)),
            uncomputed,
            ignored: decision.ignored.as_deref().unwrap_or_default().to_vec(),
        }
    }
}
