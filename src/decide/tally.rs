//! What a decision has found so far, and what that comes to.

use super::Revision;
use super::decision::{Cause, Decision, Reason, Uncomputed, Unresolved};
use super::truth::Truth;
use crate::compile::{Effect, Grant};
use crate::directory::EntityId;
use crate::schema::RoleId;
use std::sync::Arc;

/// What was found so far.
#[derive(Debug)]
pub(super) struct Tally {
    pub(super) allow: Truth,
    deny: Truth,
    cause: Option<Cause>,
    pub(super) unresolved: Unresolved,
}

impl Tally {
    /// What a glance tells: whether a role allows it.
    #[inline]
    pub(super) fn of(allowed: bool) -> Self {
        Self { allow: Truth::from(allowed), deny: Truth::False, cause: None, unresolved: Unresolved::default() }
    }

    /// Counts one statement. A denial that holds for sure settles the decision; nothing else does.
    pub(super) fn count(&mut self, grant: &Grant, held: Option<(RoleId, EntityId)>, truth: Truth) {
        let side = match grant.effect {
            Effect::Allow => &mut self.allow,
            Effect::Deny => &mut self.deny,
        };
        if truth == Truth::Unknown {
            self.unresolved.add(Uncomputed::Statement(grant.statement));
        }
        if truth > *side {
            *side = truth;
            let outranked = grant.effect == Effect::Allow && self.deny != Truth::False;
            if !outranked {
                self.cause = Some(Cause { statement: grant.statement, held });
            }
        }
    }

    /// Whether a denial holds for sure.
    pub(super) const fn is_settled(&self) -> bool {
        matches!(self.deny, Truth::True)
    }

    /// Whether one more allow could make a difference.
    pub(super) const fn is_open(&self) -> bool {
        matches!(self.deny, Truth::False) && !matches!(self.allow, Truth::True)
    }

    #[inline]
    pub(super) fn decision(self, ignored: Option<Arc<[String]>>, revision: Revision) -> Decision {
        let reason = match (self.deny, self.allow) {
            (Truth::True, _) => Reason::Forbidden,
            (Truth::Unknown, _) | (Truth::False, Truth::Unknown) => Reason::NotComputed,
            (Truth::False, Truth::True) => Reason::Granted,
            (Truth::False, Truth::False) => Reason::NotGranted,
        };
        let cause = if reason == Reason::NotGranted { None } else { self.cause };
        Decision { allowed: reason == Reason::Granted, reason, cause, unresolved: self.unresolved, ignored, revision }
    }
}
