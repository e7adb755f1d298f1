//! What a subject may do on one resource.

use crate::decide::{Decision, Query, Request, RequestError, Snapshot, World};
use crate::schema::PermissionId;

/// Every action of the resource's type with its decision, in the order of declaration. The query's own action is not
/// looked at.
///
/// # Errors
/// As [`Snapshot::check`].
pub fn actions(snapshot: &Snapshot, query: &Query) -> Result<Vec<(String, Decision)>, RequestError> {
    let schema = snapshot.policy().schema();
    let mut request = Request::resolve_names(snapshot, query)?;
    let ty = World::new(snapshot, &request).facts.type_of(request.resource);
    let permissions = ty.and_then(|ty| schema.types.get(ty)).map_or(0..0, |info| info.permissions.clone());
    Ok(permissions
        .map(PermissionId)
        .filter_map(|permission| {
            let action = schema.actions.get(schema.permissions.get(permission)?.action)?.to_string();
            request.permission = permission;
            Some((action, request.decide(snapshot)))
        })
        .collect())
}
