//! When a change is made, and who wants to hear what is asked about it.

use crate::decide::{Query, Snapshot};
use crate::schema::RoleId;

/// The moment of a change, and a listener that is told of each question whose answer decides on it.
#[derive(Clone, Copy)]
pub struct Occasion<'a> {
    /// The moment, in milliseconds since 1970 UTC.
    pub at: i64,
    listener: Option<&'a dyn Fn(&Question<'_>)>,
}

/// What is asked to find out whether somebody may make a change.
#[derive(Debug)]
pub enum Question<'a> {
    /// Whether a permission that guards the change is granted, decided like any request.
    Decision {
        /// What is decided on.
        snapshot: &'a Snapshot,
        /// The request.
        query: &'a Query<'a>,
    },
    /// What somebody is granted on an entity, and whether that covers what a role grants there.
    Comparison {
        /// The snapshot in which the author holds roles.
        held: &'a Snapshot,
        /// The author and the entity, at the moment asked about.
        standing: &'a Query<'a>,
        /// The snapshot whose grants are compared.
        granting: &'a Snapshot,
        /// The role; nothing where all that can be reached from the entity has to be granted.
        role: Option<RoleId>,
    },
    /// Whether the change may be made at all, there being nothing else against it. What is asked for that follows.
    Change {
        /// What there is.
        before: &'a Snapshot,
        /// What there would be.
        after: &'a Snapshot,
    },
}

impl<'a> Occasion<'a> {
    /// A moment at which nobody listens.
    #[must_use]
    pub const fn at(at: i64) -> Self {
        Self { at, listener: None }
    }

    /// The same moment with a listener.
    #[must_use]
    pub const fn heard_by(self, listener: &'a dyn Fn(&Question<'_>)) -> Self {
        Self { listener: Some(listener), ..self }
    }

    pub(super) fn tell(self, question: &Question<'_>) {
        if let Some(listener) = self.listener {
            listener(question);
        }
    }
}
