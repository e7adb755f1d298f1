//! The reverse questions: what somebody may do something to, and who may do it to something.
//!
//! Each is answered in two steps. What could be an answer is gathered from the same tables that a check reads, from the
//! other side: what lies below where a role is held, who holds one above, which entities have the value that a rule wants.
//! Then each is decided, as a check decides it, unless nothing could come out but yes. So the answer is the filter of
//! check over the whole directory, and costs what could be an answer, not what there is.
//!
//! An answer is in the order of the directory. It comes as a whole, one by one from any place on, or in pages.

mod found;
mod list;
mod page;
mod resources;
mod runs;
mod sources;
mod subjects;
mod who_can;

pub use list::{Listed, list, list_from};
pub use page::{Page, Part, list_page, who_can_page};
pub use who_can::{WhoCan, who_can, who_can_from};

use crate::compile::{Cell, Effect, Profile, RoleSetId, Term};
use crate::decide::Snapshot;
use crate::schema::PermissionId;

/// What a set of roles may do for a permission.
enum Says {
    /// It allows nothing.
    Nothing,
    /// It allows whatever the facts are.
    Allows,
    /// That depends.
    MayAllow,
}

fn says(snapshot: &Snapshot, set: RoleSetId, permission: PermissionId) -> Says {
    match terms(snapshot, set, permission) {
        Cell::Nothing => Says::Nothing,
        Cell::Allowed => Says::Allows,
        Cell::Depends(terms) if terms.iter().any(may_allow) => Says::MayAllow,
        Cell::Depends(_) => Says::Nothing,
    }
}

fn terms(snapshot: &Snapshot, set: RoleSetId, permission: PermissionId) -> Cell<'_> {
    match snapshot.policy().profile(permission) {
        Some(profile) => snapshot.cells().cell(set, profile),
        None => Cell::Nothing,
    }
}

fn may_allow(term: &Term) -> bool {
    match term {
        Term::Grant { grant, .. } => grant.effect == Effect::Allow,
        Term::Implied { .. } => true,
    }
}

/// Whether anything may deny a permission.
fn may_be_denied(snapshot: &Snapshot, permission: PermissionId) -> bool {
    snapshot.policy().profile(permission).is_some_and(Profile::may_be_denied)
}
