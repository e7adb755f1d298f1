//! What a condition can see: facts, and the request itself.

use super::facts::{Facts, Undeclared, missing};
use super::snapshot::Snapshot;
use super::value::{Datum, Val};
use crate::directory::EntityId;
use crate::schema::PermissionId;
use smallvec::SmallVec;

/// A request whose names are resolved. Its ids are of one snapshot, and beyond it the request's own.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) actor: EntityId,
    /// Whom the actor is checked as; nobody where what it acts as is not there.
    pub(crate) subject: Option<EntityId>,
    pub(crate) permission: PermissionId,
    pub(crate) resource: EntityId,
    /// By field; nothing where the request gives nothing.
    pub(crate) context: SmallVec<[Option<Datum>; 4]>,
    pub(crate) undeclared: SmallVec<[Undeclared; 2]>,
    pub(crate) at: i64,
    pub(crate) ignored: Vec<String>,
}

/// A snapshot seen through a request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct World<'a> {
    pub(crate) facts: Facts<'a>,
    pub(crate) request: &'a Request,
}

impl<'a> World<'a> {
    /// The world of a request that was resolved against the snapshot.
    pub(crate) fn new(snapshot: &'a Snapshot, request: &'a Request) -> Self {
        Self { facts: Facts { snapshot, undeclared: &request.undeclared }, request }
    }

    /// A field of the context.
    pub(crate) fn context(self, field: usize) -> Val<'a> {
        let given = self.request.context.get(field).and_then(Option::as_ref);
        match given.or_else(|| self.facts.snapshot.context_default(field)) {
            Some(datum) => datum.view(),
            None => missing(self.facts.snapshot.policy().schema().context.get(field)),
        }
    }
}
