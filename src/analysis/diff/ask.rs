//! Asking both sides the same.

use super::names::{Names, Side, Thing, Verb};
use super::occasion::Occasion;
use crate::decide::{Decision, Query, Request};
use crate::schema::RawValue;

/// What both sides are asked with.
#[derive(Clone, Copy)]
pub(super) struct Asker<'n, 's> {
    pub(super) names: &'n Names<'s>,
    pub(super) context: &'n [(String, RawValue)],
    pub(super) at: i64,
}

impl Asker<'_, '_> {
    /// A request to a side; nothing where it does not know the permission.
    pub(super) fn request(
        &self,
        side: Side,
        verb: Verb,
        actor: Thing,
        resource: Thing,
        occasion: &Occasion,
    ) -> Option<Request> {
        let permission = (*self.names.verbs.get(verb)?.of(side))?;
        let snapshot = *self.names.sides.of(side);
        let at = occasion.at.unwrap_or(self.at);
        let known = (self.names.entity(side, actor), self.names.entity(side, resource));
        if let (Some(actor), Some(resource)) = known
            && self.context.is_empty()
            && occasion.context.is_empty()
        {
            let ty = snapshot.policy().schema().types.get(snapshot.directory().type_of(actor));
            let acts = ty.is_some_and(|info| info.acts_as.is_some());
            return Some(Request { actor, acts, permission, resource, at, said: None });
        }
        let schema = snapshot.policy().schema();
        let action = schema.actions.get(schema.permissions.get(permission)?.action)?;
        let context = self.context.iter().chain(&occasion.context).cloned().collect();
        let (subject, resource) = (self.names.name(actor), self.names.name(resource));
        let query = Query { context, ..Query::new(subject, &**action, resource, at) };
        Request::resolve(snapshot, &query).ok()
    }

    pub(super) fn decision(
        &self,
        side: Side,
        verb: Verb,
        actor: Thing,
        resource: Thing,
        occasion: &Occasion,
    ) -> Option<Decision> {
        Some(self.request(side, verb, actor, resource, occasion)?.decide(self.names.sides.of(side)))
    }
}
