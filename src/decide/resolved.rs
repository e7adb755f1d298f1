//! Queries whose names were looked up beforehand.

use super::decision::{Decision, RequestError};
use super::query::Query;
use super::snapshot::{Bound, Snapshot};
use super::world::{Request, World};
use std::sync::{Arc, Weak};

/// A query whose names, context and facts were resolved once, to be decided any number of times, on the snapshot that it
/// was resolved against and on every one after it.
///
/// What a change of assignments leaves as it is stays resolved. Where entities are numbered anew, or a policy is, the query
/// is resolved again on each check: the answer is right all the same, at the cost of the names. [`Snapshot::resolve`] it
/// anew when that lasts.
#[derive(Clone, Debug)]
pub struct Resolved {
    request: Request,
    query: Arc<Query>,
    /// What the ids of the request are of. Weak: kept alive is only where it stood, so that nothing else stands there.
    bound: Weak<Bound>,
}

impl Resolved {
    /// The query.
    #[must_use]
    pub fn query(&self) -> &Query {
        &self.query
    }

    /// The same for another moment, in milliseconds since 1970 UTC.
    #[must_use]
    pub const fn at(mut self, at: i64) -> Self {
        self.set_at(at);
        self
    }

    /// Asks about another moment, in milliseconds since 1970 UTC.
    pub const fn set_at(&mut self, at: i64) {
        self.request.at = at;
    }
}

impl Snapshot {
    /// Looks up the names of a query.
    ///
    /// # Errors
    /// When it cannot be decided as it stands, as [`Snapshot::check`].
    pub fn resolve(&self, query: &Query) -> Result<Resolved, RequestError> {
        let request = Request::resolve(self, query)?;
        Ok(Resolved { request, query: Arc::new(query.clone()), bound: Arc::downgrade(self.bound()) })
    }

    /// Decides a resolved query. One that was resolved against this snapshot, or one that differs by assignments alone, is
    /// decided without a look at its names, and without allocating.
    ///
    /// # Errors
    /// When it was resolved against another snapshot, and cannot be against this one.
    #[inline]
    pub fn decide(&self, resolved: &Resolved) -> Result<Decision, RequestError> {
        if self.numbers(resolved) {
            return Ok(World::new(self, &resolved.request).decide());
        }
        self.decide_anew(resolved)
    }

    /// Decides resolved queries, as [`Snapshot::decide`] does each, and puts the decisions behind those that `decisions`
    /// holds.
    pub fn decide_many(&self, resolved: &[Resolved], decisions: &mut Vec<Result<Decision, RequestError>>) {
        decisions.reserve(resolved.len());
        decisions.extend(resolved.iter().map(|one| self.decide(one)));
    }

    /// Whether the ids of a resolved query are this snapshot's.
    #[inline]
    fn numbers(&self, resolved: &Resolved) -> bool {
        std::ptr::eq(resolved.bound.as_ptr(), Arc::as_ptr(self.bound()))
    }

    #[cold]
    fn decide_anew(&self, resolved: &Resolved) -> Result<Decision, RequestError> {
        let mut request = Request::resolve(self, &resolved.query)?;
        request.at = resolved.request.at;
        Ok(World::new(self, &request).decide())
    }
}
