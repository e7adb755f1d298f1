//! Queries whose names were looked up beforehand.

use super::decision::{Decision, RequestError};
use super::query::Query;
use super::snapshot::{Bound, Snapshot};
use super::world::Request;
use smallvec::SmallVec;
use std::sync::{Arc, Weak};

/// How many decisions of a batch wait for memory together: about as many lines as a core can have under way.
const GROUP: usize = 16;

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
            return Ok(resolved.request.decide(self));
        }
        self.decide_anew(resolved)
    }

    /// Whether a resolved query is allowed, as [`Snapshot::decide`] tells: for where nobody asks why, which is fastest.
    ///
    /// # Errors
    /// As [`Snapshot::decide`].
    #[inline]
    pub fn allows(&self, resolved: &Resolved) -> Result<bool, RequestError> {
        if self.numbers(resolved) {
            return Ok(resolved.request.is_allowed(self));
        }
        Ok(self.decide_anew(resolved)?.allowed)
    }

    /// Decides resolved queries, as [`Snapshot::decide`] does each, and puts the decisions behind those that `decisions`
    /// holds.
    pub fn decide_many(&self, resolved: &[Resolved], decisions: &mut Vec<Result<Decision, RequestError>>) {
        decisions.reserve(resolved.len());
        for group in resolved.chunks(GROUP) {
            self.fetch(group);
            decisions.extend(group.iter().map(|one| self.decide(one)));
        }
    }

    /// Reads what the decisions of a few queries begin with, so that what each would wait for is under way at once: first
    /// what tells where to look, then what stands there. Nothing is done with it but to have it in the cache.
    fn fetch(&self, group: &[Resolved]) {
        let (directory, holdings) = (self.directory(), self.holdings());
        let found: SmallVec<[_; GROUP]> =
            group.iter().map(|one| (directory.chain(one.request.resource), holdings.row(one.request.actor))).collect();
        let read = found.iter().fold(0, |read, (chain, row)| {
            let above = directory.chain_ancestors(*chain).first().map_or(0, |entity| entity.0);
            let held = row.held().first().map_or(0, |held| held.on.0);
            read ^ above ^ held
        });
        std::hint::black_box(read);
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
        Ok(request.decide(self))
    }
}
