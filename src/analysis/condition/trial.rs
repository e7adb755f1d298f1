//! What a condition comes to in one request, to try a witness by.

use crate::compile::NodeId;
use crate::decide::{Query, Request, RequestError, Snapshot, Truth, Variables, World};
use crate::schema::TypeId;

/// What a condition comes to under a query: once for a rule's or guardrail's; of a role on a type, once for each entity of
/// that type at or above the resource, on which the role could be held.
///
/// Nothing for an actor that acts as nobody. Conditions that do not speak of the query's permission and types come to
/// something without meaning.
///
/// # Errors
/// When the query cannot be decided as it stands.
pub fn trial(
    snapshot: &Snapshot,
    query: &Query,
    program: NodeId,
    scope: Option<TypeId>,
) -> Result<Vec<Truth>, RequestError> {
    let request = Request::resolve(snapshot, query)?;
    let world = World::new(snapshot, &request);
    let Some(subject) = world.subject() else { return Ok(Vec::new()) };
    let resource = request.resource;
    let truth = |scope| world.truth(program, Variables { subject, resource, scope });
    Ok(match scope {
        None => vec![truth(None)],
        Some(ty) => world.facts.upwards_of(resource, ty).map(|scope| truth(Some(scope))).collect(),
    })
}
