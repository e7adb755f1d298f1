//! Who may do something to something.

use super::found::decided;
use super::runs::Runs;
use super::subjects::Subjects;
use crate::decide::{Query, Request, RequestError, Snapshot};
use crate::directory::EntityId;

/// Everybody who may do the action of a query to its resource, keys that act as them included, in the order of the
/// directory. The query's own subject is not looked at.
///
/// # Errors
/// As [`Snapshot::check`].
pub fn who_can(snapshot: &Snapshot, query: &Query) -> Result<Vec<EntityId>, RequestError> {
    let mut request = Request::resolve_for_anybody(snapshot, query)?;
    let (sure, open) = Subjects::gather(snapshot, &request).all(snapshot.directory());
    Ok(decided(sure, open, |subject| is_allowed(snapshot, &mut request, subject)))
}

/// The same one after the other, each decided when it is asked for, beginning behind `after`.
///
/// # Errors
/// As [`who_can`].
pub fn who_can_from<'a>(
    snapshot: &'a Snapshot,
    query: &Query,
    after: Option<EntityId>,
) -> Result<WhoCan<'a>, RequestError> {
    let request = Request::resolve_for_anybody(snapshot, query)?;
    let runs = Subjects::gather(snapshot, &request).runs(snapshot.directory(), after);
    Ok(WhoCan { snapshot, request, runs })
}

/// Who may do something to something: see [`who_can_from`].
#[derive(Debug)]
pub struct WhoCan<'a> {
    snapshot: &'a Snapshot,
    request: Request,
    runs: Runs<'a>,
}

impl WhoCan<'_> {
    /// What the query said in vain.
    #[must_use]
    pub fn ignored(&self) -> Vec<String> {
        self.request.ignored().as_deref().unwrap_or_default().to_vec()
    }
}

impl Iterator for WhoCan<'_> {
    type Item = EntityId;

    fn next(&mut self) -> Option<EntityId> {
        loop {
            let (subject, surely) = self.runs.next()?;
            if surely || is_allowed(self.snapshot, &mut self.request, subject) {
                return Some(subject);
            }
        }
    }
}

/// Decides for a subject, as whom the request asks from then on.
fn is_allowed(snapshot: &Snapshot, request: &mut Request, subject: EntityId) -> bool {
    let ty = snapshot.policy().schema().types.get(snapshot.directory().type_of(subject));
    request.actor = subject;
    request.acts = ty.is_some_and(|info| info.acts_as.is_some());
    request.is_allowed(snapshot)
}
