//! The evaluator's questions and answers: one request against one snapshot.
//!
//! Knows tables and facts, never syntax or model, and reads no clock: the time of a request is part of it.

mod decision;
mod query;

pub use decision::{Decision, Reason, RequestError};
pub use query::{Fact, Query};
