//! The evaluator: one request against one snapshot.
//!
//! A [`Query`] is words; it is resolved to a request of ids, and a request is decided by reading slots (who holds what
//! where), cells (what a set of roles says about a permission) and, where a cell says so, condition programs. Knows tables
//! and facts, never syntax or model, and reads no clock: the time of a request is part of it.

mod access_matrix;
mod answers;
mod attribute;
mod bound;
mod by_roles;
mod check;
mod compare;
mod condition;
mod decision;
mod facts;
mod glance;
mod held;
mod known;
mod own;
mod query;
mod reached;
mod request;
mod resolved;
mod revision;
mod setting;
mod signatures;
mod snapshot;
mod standing;
mod tally;
mod truth;
mod uppers;
mod value;
mod world;

pub(crate) use compare::like;
pub(crate) use condition::Variables;
pub use decision::{Cause, Decision, Reason, RequestError, RequestFault, Uncomputed, Unresolved};
pub(crate) use held::{Counting, Descent};
pub use query::{Fact, Query};
pub(crate) use reached::Reached;
pub(crate) use request::NEVER_TAKEN;
pub use request::{ELEMENTS, FACTS};
pub use resolved::Resolved;
pub use revision::Revision;
pub use snapshot::Snapshot;
pub(crate) use standing::Standing;
pub use truth::Truth;
pub(crate) use value::{Elements, Val};
pub(crate) use world::{Request, World};

use known::{Allowed, Decided};

impl Snapshot {
    /// Decides a query.
    ///
    /// # Errors
    /// When the query cannot be decided as it stands: an unknown type or action, a text that is no entity, an ill-typed
    /// value, facts that break containment.
    pub fn check(&self, query: &Query) -> Result<Decision, RequestError> {
        self.tell(query, Decided)
    }

    /// Whether a query is allowed, as [`Snapshot::check`] tells: for where nobody asks why, which is fastest.
    /// [`Engine::reader`](crate::Engine::reader) has an example.
    ///
    /// # Errors
    /// As [`Snapshot::check`].
    #[inline]
    pub fn is_allowed(&self, query: &Query) -> Result<bool, RequestError> {
        match self.tell(query, Allowed) {
            Some(allowed) => Ok(allowed),
            None => self.is_any_allowed(query),
        }
    }

    /// The same of any query. Out of the way, so that callers have the rest at hand.
    #[inline(never)]
    fn is_any_allowed(&self, query: &Query) -> Result<bool, RequestError> {
        Ok(Request::resolve_any(self, query)?.is_allowed(self))
    }
}
