//! Queries that say nothing but names, all of which are known: nearly all are.

use super::access_matrix::Named;
use super::decision::{Decision, RequestError};
use super::own::InCell;
use super::query::Query;
use super::snapshot::Snapshot;
use super::tally::Tally;
use super::world::Request;
use crate::directory::ValueSpot;
use crate::schema::PermissionId;

/// What is to be told of a query.
pub(super) trait Reply: Copy {
    /// What is told.
    type Output;
    /// Whether it is allowed, as it was told beforehand.
    fn settled(self, snapshot: &Snapshot, allowed: bool) -> Self::Output;
    /// What is told of a request of which one thing is left to be looked at; nothing where that is more.
    fn nearly_told(self, snapshot: &Snapshot, of: InCell) -> Option<Self::Output>;
    /// What is told of a request that has to be decided.
    fn decided(self, snapshot: &Snapshot, request: &Request) -> Self::Output;
    /// What is told of a query that says more, or names somebody who is not known.
    fn unknown(self, snapshot: &Snapshot, query: &Query) -> Self::Output;
}

/// The decision is.
#[derive(Clone, Copy)]
pub(super) struct Decided;

/// Whether it is allowed is, if all of it is known: that fits into a register, where a result would not.
#[derive(Clone, Copy)]
pub(super) struct Allowed;

impl Reply for Decided {
    type Output = Result<Decision, RequestError>;

    #[inline]
    fn settled(self, snapshot: &Snapshot, allowed: bool) -> Self::Output {
        Ok(Tally::of(allowed).decision(None, snapshot.revision()))
    }

    #[inline]
    fn nearly_told(self, snapshot: &Snapshot, of: InCell) -> Option<Self::Output> {
        (snapshot.is_own(of) == Some(false)).then(|| self.settled(snapshot, false))
    }

    #[inline]
    fn decided(self, snapshot: &Snapshot, request: &Request) -> Self::Output {
        request.conclude(snapshot, Ok)
    }

    #[inline(never)]
    fn unknown(self, snapshot: &Snapshot, query: &Query) -> Self::Output {
        Ok(Request::resolve_any(snapshot, query)?.decide(snapshot))
    }
}

impl Reply for Allowed {
    type Output = Option<bool>;

    #[inline]
    fn settled(self, _: &Snapshot, allowed: bool) -> Self::Output {
        Some(allowed)
    }

    #[inline]
    fn nearly_told(self, snapshot: &Snapshot, of: InCell) -> Option<Self::Output> {
        snapshot.is_allowed_nearly_told(of).map(Some)
    }

    #[inline]
    fn decided(self, snapshot: &Snapshot, request: &Request) -> Self::Output {
        Some(request.is_allowed(snapshot))
    }

    #[inline]
    fn unknown(self, _: &Snapshot, _: &Query) -> Self::Output {
        None
    }
}

impl Request {
    /// That of a query whose names are looked up in the directory; nothing where it says more, or one of them is not known.
    // For each of its callers: what it makes need not be put together where it is read at once.
    #[expect(clippy::inline_always)]
    #[inline(always)]
    pub(super) fn look_up(snapshot: &Snapshot, query: &Query) -> Option<Self> {
        if !query.is_bare() {
            return None;
        }
        let (schema, directory) = (snapshot.policy().schema(), snapshot.directory());
        let (actor_type, actor) = schema.split_known(&query.subject)?;
        let (ty, resource) = schema.split_known(&query.resource)?;
        let names = directory.names();
        let (actor, resource) = (names.seek(actor_type, actor), names.seek(ty, resource));
        // While the memory brings both names.
        let permission = schema.permission_named(ty, &query.action)?;
        let (actor, resource) = (directory.found(actor)?, directory.found(resource)?);
        let acts = schema.acts_as_another(actor_type);
        Some(Self { actor, acts, permission, resource, at: query.at, said: None })
    }
}

impl Snapshot {
    /// Tells of a query what it is asked for: its names are looked up in the matrix where there is one.
    #[expect(clippy::inline_always)]
    #[inline(always)]
    pub(super) fn tell<R: Reply>(&self, query: &Query, reply: R) -> R::Output {
        if self.has_access_matrix() { self.tell_by_matrix(query, reply) } else { self.tell_looked_up(query, reply) }
    }

    #[inline(never)]
    fn tell_looked_up<R: Reply>(&self, query: &Query, reply: R) -> R::Output {
        match Request::look_up(self, query) {
            Some(request) => reply.decided(self, &request),
            None => reply.unknown(self, query),
        }
    }

    #[inline(never)]
    fn tell_by_matrix<R: Reply>(&self, query: &Query, reply: R) -> R::Output {
        let matrix = self.access_matrix();
        // The resource first: what its type's action is, is looked up behind it.
        if let Some(resource) = matrix.named(&query.resource)
            && let Some(actor) = matrix.named(&query.subject)
            && let Some(permission) = self.policy().schema().permission_named(resource.ty, &query.action)
            && query.is_bare()
        {
            return match matrix.settled(actor.spot_on(resource), permission) {
                Some(allowed) => reply.settled(self, allowed),
                None => self.tell_open((actor, permission, resource), query.at, reply),
            };
        }
        self.tell_looked_up(query, reply)
    }

    /// Out of the way of what is settled.
    #[inline(never)]
    fn tell_open<R: Reply>(
        &self,
        (actor, permission, resource): (&Named, PermissionId, &Named),
        at: i64,
        reply: R,
    ) -> R::Output {
        let (cell, values) = (actor.spot_on(resource), ValueSpot::UNKNOWN);
        let of = InCell { cell, subject: actor.entity, permission, resource: (resource.entity, values) };
        if let Some(told) = reply.nearly_told(self, of) {
            return told;
        }
        let acts = self.policy().schema().acts_as_another(actor.ty);
        let request = Request { actor: actor.entity, acts, permission, resource: resource.entity, at, said: None };
        reply.decided(self, &request)
    }
}
