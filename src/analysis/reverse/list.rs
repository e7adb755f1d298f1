//! What somebody may do something to.

use super::found::decided;
use super::resources::Resources;
use super::runs::Runs;
use crate::decide::{Query, Request, RequestError, Snapshot, World};
use crate::directory::EntityId;

/// All entities of a type that the subject of a query may do its action to, in the order of the directory. The query's own
/// resource is not looked at.
///
/// # Errors
/// As [`Snapshot::check`], and where there is no such type.
pub fn list(snapshot: &Snapshot, query: &Query, type_name: &str) -> Result<Vec<EntityId>, RequestError> {
    let (mut request, ty) = Request::resolve_for_type(snapshot, query, type_name)?;
    let Some(subject) = World::new(snapshot, &request).subject() else { return Ok(Vec::new()) };
    let (sure, open) = Resources::gather(snapshot, &request, ty, subject).all();
    Ok(decided(sure, open, |resource| {
        request.resource = resource;
        request.is_allowed(snapshot)
    }))
}

/// The same one after the other, each decided when it is asked for, beginning behind `after`: the first ten of a million cost
/// as much as ten, and what lies between where the subject's roles are held and them.
///
/// # Errors
/// As [`list`].
pub fn list_from<'a>(
    snapshot: &'a Snapshot,
    query: &Query,
    type_name: &str,
    after: Option<EntityId>,
) -> Result<Listed<'a>, RequestError> {
    let (request, ty) = Request::resolve_for_type(snapshot, query, type_name)?;
    let subject = World::new(snapshot, &request).subject();
    let runs =
        subject.map_or_else(Runs::default, |subject| Resources::gather(snapshot, &request, ty, subject).runs(after));
    Ok(Listed { snapshot, request, runs })
}

/// What a subject may do something to: see [`list_from`].
#[derive(Debug)]
pub struct Listed<'a> {
    snapshot: &'a Snapshot,
    request: Request,
    runs: Runs<'a>,
}

impl Listed<'_> {
    /// What the query said in vain.
    #[must_use]
    pub fn ignored(&self) -> Vec<String> {
        self.request.ignored().as_deref().unwrap_or_default().to_vec()
    }
}

impl Iterator for Listed<'_> {
    type Item = EntityId;

    fn next(&mut self) -> Option<EntityId> {
        loop {
            let (resource, surely) = self.runs.next()?;
            self.request.resource = resource;
            if surely || self.request.is_allowed(self.snapshot) {
                return Some(resource);
            }
        }
    }
}
