//! Why a request is decided as it is: the proof of an allow, what came closest for a denial, with source places.

use crate::decide::Reason;
use crate::source::Span;

/// The explanation of one decision.
#[derive(Clone, PartialEq, Debug)]
pub struct Explanation {
    /// How it was decided.
    pub verdict: Reason,
    /// The decision in a sentence.
    pub summary: String,
    /// The policy's own words for a refusal.
    pub because: Option<String>,
    /// The steps of the proof.
    pub steps: Vec<Step>,
    /// For a denial, the grants that came nearest.
    pub nearest: Vec<Step>,
    /// What of the request was ignored.
    pub ignored: Vec<String>,
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
