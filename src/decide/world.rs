//! What a condition can see: facts, and the request itself.

use super::facts::{Facts, Located, Undeclared, missing};
use super::snapshot::Snapshot;
use super::value::{Datum, Val};
use crate::directory::EntityId;
use crate::schema::PermissionId;
use std::sync::Arc;

/// A request whose names are resolved. Its ids are of one snapshot, and beyond it the request's own. Small, since services
/// keep many and a check reads one.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) actor: EntityId,
    /// Whether the actor is of a type that is checked as something else.
    pub(crate) acts: bool,
    pub(crate) permission: PermissionId,
    pub(crate) resource: EntityId,
    pub(crate) at: i64,
    /// What few requests bring.
    pub(crate) said: Option<Box<Said>>,
}

/// What a request says beyond its three names.
#[derive(Clone, Debug, Default)]
pub(crate) struct Said {
    /// By field; nothing where the request gives nothing.
    pub(crate) context: Vec<Option<Datum>>,
    pub(crate) undeclared: Vec<Undeclared>,
    pub(crate) ignored: Option<Arc<[String]>>,
}

/// A snapshot seen through a request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct World<'a> {
    pub(crate) facts: Facts<'a>,
    pub(crate) request: &'a Request,
}

impl Request {
    #[inline]
    pub(crate) fn ignored(&self) -> Option<Arc<[String]>> {
        self.said.as_ref()?.ignored.clone()
    }
}

impl<'a> World<'a> {
    /// The world of a request that was resolved against the snapshot.
    #[inline]
    pub(crate) fn new(snapshot: &'a Snapshot, request: &'a Request) -> Self {
        let undeclared = request.said.as_ref().map_or(&[][..], |said| &said.undeclared);
        Self { facts: Facts { snapshot, undeclared, located: None }, request }
    }

    /// The same where the resource was located already.
    #[inline]
    pub(super) fn located(snapshot: &'a Snapshot, request: &'a Request, located: Located) -> Self {
        let undeclared = request.said.as_ref().map_or(&[][..], |said| &said.undeclared);
        Self { facts: Facts { snapshot, undeclared, located: Some(located) }, request }
    }

    /// Whom the actor is checked as; nobody where what it acts as is not there.
    #[inline]
    pub(crate) fn subject(&self) -> Option<EntityId> {
        if self.request.acts { self.acting_as(self.request.actor) } else { Some(self.request.actor) }
    }

    /// Whom a key is checked as. Nobody where the key is not declared, the entity that it acts as is absent, or that one
    /// is not declared although entities of its type are: a directory that declares none of a type keeps no entries for
    /// it, and there a mention has to do.
    #[cold]
    fn acting_as(&self, actor: EntityId) -> Option<EntityId> {
        let ty = self.facts.type_of(actor)?;
        let slot = self.facts.snapshot.policy().schema().types.get(ty)?.acts_as?;
        if !self.facts.is_declared(actor) {
            return None;
        }
        let Val::Entity(subject) = self.facts.attribute(actor, ty, slot) else { return None };
        let keeps_entries =
            self.facts.type_of(subject).is_some_and(|ty| self.facts.snapshot.directory().declares_type(ty));
        (!keeps_entries || self.facts.is_declared(subject)).then_some(subject)
    }

    /// A field of the context.
    pub(crate) fn context(&self, field: usize) -> Val<'a> {
        let given = self.request.said.as_ref().and_then(|said| said.context.get(field)?.as_ref());
        match given.or_else(|| self.facts.snapshot.context_default(field)) {
            Some(datum) => datum.view(),
            None => missing(self.facts.snapshot.policy().schema().context.get(field)),
        }
    }
}
