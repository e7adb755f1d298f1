//! Queries whose names were looked up beforehand.

use super::decision::{Decision, RequestError};
use super::glance::{Spots, Start};
use super::query::Query;
use super::snapshot::Snapshot;
use super::world::Request;
use crate::index::{Stamp, prefetch};
use std::sync::Arc;

/// How many decisions ahead a batch has the memory bring what they begin with: of two or three lines each, about as many as
/// a core can have under way.
const AHEAD: usize = 12;

/// A query whose names, context and facts were resolved once, to be decided any number of times, on the snapshot that it
/// was resolved against and on every one after it. It fits in one cache line.
///
/// What a change of assignments or attributes leaves as it is stays resolved, and so it does where entities come to be. Where
/// entities go or move, are numbered anew, or a policy is, and where a name is somebody's that was nobody's, the query is
/// looked at anew on each check: the answer is right all the same, at the cost of the names. So it is, without the names, where
/// the table of a small directory is made anew: where an attribute changes that rules ask for, and where many have come, or hold
/// roles on what nobody held one on before. [`Snapshot::resolve`] it anew when that lasts.
#[derive(Clone, Debug)]
#[repr(C)]
pub struct Resolved {
    // First, that one address is both: a check has none to spare of what it keeps at hand.
    request: Request,
    origin: Arc<Origin>,
    /// What the spots are of; of nothing where its subject is another than the one that is named.
    layout: Stamp,
    spots: Spots,
}

/// What a query is resolved from anew.
#[derive(Debug)]
struct Origin {
    query: Query<'static>,
    /// What the ids of the request are of.
    numbering: Stamp,
}

impl Resolved {
    /// The query.
    #[must_use]
    pub fn query(&self) -> &Query<'static> {
        &self.origin.query
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
        let values = self.directory().spot_of_values(request.resource);
        let cell = self.access_matrix().spot(request.actor, request.resource);
        let spots = Spots { values, ..self.spots(request.actor, request.resource, cell) };
        // Whoever is not known may come to be, which moves nobody else; and of whom facts are told, may go.
        let unknown = request.said.as_ref().is_some_and(|said| !said.undeclared.is_empty());
        let strange = unknown || !query.facts.is_empty();
        let layout = if request.acts || strange { Stamp::default() } else { self.layout() };
        let numbering = if strange { self.population() } else { self.numbering() };
        let origin = Arc::new(Origin { query: query.clone().into_owned(), numbering });
        Ok(Resolved { request, origin, layout, spots })
    }

    /// Decides a resolved query. One that was resolved against this snapshot, or one that differs by assignments alone, is
    /// decided without a look at its names, and without allocating.
    ///
    /// # Errors
    /// When it was resolved against another snapshot, and cannot be against this one.
    // The few steps that settle most are its caller's, who then need not read what was written for it from memory.
    #[expect(clippy::inline_always)]
    #[inline(always)]
    pub fn decide(&self, resolved: &Resolved) -> Result<Decision, RequestError> {
        match self.start(resolved) {
            Some(start) => resolved.request.conclude_from(&start, Ok),
            None => self.decide_anew(resolved),
        }
    }

    /// Whether a resolved query is allowed, as [`Snapshot::decide`] tells: for where nobody asks why, which is fastest.
    ///
    /// # Errors
    /// As [`Snapshot::decide`].
    #[expect(clippy::inline_always)]
    #[inline(always)]
    pub fn allows(&self, resolved: &Resolved) -> Result<bool, RequestError> {
        match self.start(resolved) {
            Some(start) => Ok(resolved.request.is_allowed_from(&start)),
            None => self.decide_anew(resolved).map(|decision| decision.allowed),
        }
    }

    /// Decides resolved queries, as [`Snapshot::decide`] does each, and puts the decisions behind those that `decisions`
    /// holds.
    pub fn decide_many(&self, resolved: &[Resolved], decisions: &mut Vec<Result<Decision, RequestError>>) {
        decisions.reserve(resolved.len());
        // What is small enough for the matrix is in the nearest caches.
        if self.has_access_matrix() {
            resolved.iter().for_each(|one| self.decide_behind(one, decisions));
            return;
        }
        resolved.iter().take(AHEAD).for_each(|one| self.prefetch(one));
        for (at, one) in resolved.iter().enumerate() {
            if let Some(later) = resolved.get(at + AHEAD) {
                self.prefetch(later);
            }
            self.decide_behind(one, decisions);
        }
    }

    /// Puts a decision behind others, written where it will stand: to copy one takes as long as to make it.
    #[inline]
    fn decide_behind(&self, resolved: &Resolved, decisions: &mut Vec<Result<Decision, RequestError>>) {
        match self.start(resolved) {
            Some(start) => resolved.request.conclude_from(&start, |decision| decisions.push(Ok(decision))),
            None => decisions.push(self.decide_anew(resolved)),
        }
    }

    /// Has the memory bring what a decision begins with.
    #[inline]
    fn prefetch(&self, resolved: &Resolved) {
        let Some(start) = self.start(resolved) else { return };
        if let Some(upper) = start.upper() {
            prefetch(upper);
        }
        let fours = start.row().fours();
        fours.first().into_iter().chain(fours.last()).for_each(prefetch);
    }

    /// Where a query begins that remembers it; nowhere where it may stand elsewhere by now.
    // Three callers, each of which needs but a part.
    #[expect(clippy::inline_always)]
    #[inline(always)]
    fn start<'a>(&'a self, resolved: &'a Resolved) -> Option<Start<'a>> {
        resolved.layout.is(self.layout()).then_some(Start {
            snapshot: self,
            spots: &resolved.spots,
            subject: resolved.request.actor,
        })
    }

    #[cold]
    fn decide_anew(&self, resolved: &Resolved) -> Result<Decision, RequestError> {
        let Origin { query, numbering } = &*resolved.origin;
        if numbering.is(self.numbering()) || numbering.is(self.population()) {
            return Ok(resolved.request.decide(self));
        }
        let mut request = Request::resolve(self, query)?;
        request.at = resolved.request.at;
        Ok(request.decide(self))
    }
}
