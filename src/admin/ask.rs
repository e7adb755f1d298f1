//! Asking for the permissions that guard a change.

use super::cover::Cover;
use super::grants::Ways;
use super::{Occasion, Question, refused};
use crate::compile::Effect;
use crate::decide::{Decision, Query, Reason, RequestError, RequestFault, Snapshot, Standing};
use crate::diagnostics::{Code, Diagnostic};
use crate::directory::EntityId;
use crate::schema::{PermissionId, RoleId, TypeId};
use crate::source::{Span, Spanned};

/// Somebody who wants a change, on an occasion.
#[derive(Clone, Copy)]
pub(super) struct Author<'a> {
    pub(super) name: &'a Spanned<String>,
    pub(super) occasion: Occasion<'a>,
}

/// The state that is asked, and an entity of it.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) entity: EntityId,
}

impl<'a> Place<'a> {
    pub(super) fn name(self) -> String {
        self.snapshot.directory().name(self.snapshot.policy().schema(), self.entity)
    }

    pub(super) fn ty(self) -> TypeId {
        self.snapshot.directory().type_of(self.entity)
    }

    /// The entities of a permission's type at or above this one.
    pub(super) fn asked_of(self, permission: PermissionId) -> Vec<Place<'a>> {
        let (schema, directory) = (self.snapshot.policy().schema(), self.snapshot.directory());
        let Some(info) = schema.permissions.get(permission) else { return Vec::new() };
        let upwards = std::iter::once(self.entity).chain(directory.ancestors(self.entity).iter().copied());
        let asked = upwards.filter(|&entity| directory.type_of(entity) == info.ty);
        asked.map(|entity| Place { entity, ..self }).collect()
    }
}

/// What came of asking for the permissions that guard a change.
pub(super) enum Answer {
    /// One of them is granted.
    Granted,
    /// None is; the first denial met on the way, if it was not only that nothing grants them.
    Refused(Option<Denial>),
}

/// A `deny` that stands against a permission somewhere.
pub(super) struct Denial {
    pub(super) permission: PermissionId,
    pub(super) on: String,
    /// Where it stands.
    pub(super) span: Span,
    /// Its reason, in the policy's words.
    pub(super) because: Option<Box<str>>,
    /// Whether it is not known to hold, and counts all the same.
    pub(super) uncomputed: bool,
}

impl Author<'_> {
    /// Whether one of the permissions is granted everywhere that it is asked, of which there must be one place.
    pub(super) fn ask_any<'a>(
        self,
        permissions: &[PermissionId],
        asked_of: impl Fn(PermissionId) -> Vec<Place<'a>>,
    ) -> Result<Answer, Diagnostic> {
        let mut denial = None;
        for &permission in permissions {
            let places = asked_of(permission);
            let mut granted = !places.is_empty();
            for place in places {
                let decision = self.ask(place, permission)?;
                if !decision.allowed {
                    granted = false;
                    denial = denial.or_else(|| Denial::behind(&decision, place, permission));
                    break;
                }
            }
            if granted {
                return Ok(Answer::Granted);
            }
        }
        Ok(Answer::Refused(denial))
    }

    fn ask(self, place: Place<'_>, permission: PermissionId) -> Result<Decision, Diagnostic> {
        let schema = place.snapshot.policy().schema();
        let action = schema.permissions.get(permission).and_then(|info| schema.actions.get(info.action));
        let action = action.map_or("", |action| &**action);
        let query = Query::new(&*self.name.value, action, place.name(), self.occasion.at);
        self.occasion.tell(&Question::Decision { snapshot: place.snapshot, query: &query });
        place.snapshot.check(&query).map_err(|error| self.wrong(error))
    }

    /// What is granted on an entity and below, to be compared with what a role grants there, or with everything.
    pub(super) fn cover(self, place: Place<'_>, with: Option<RoleId>) -> Result<Cover<'_>, Diagnostic> {
        let standing = self.standing(place.snapshot, place, with)?;
        Ok(Cover::of(place.snapshot, standing.as_ref(), place.entity, Ways::All))
    }

    /// What the roles that were held `before` a role was rewritten grant on an entity of the state after and below, but for
    /// what that role gives there, to be compared `with` one that is assigned there.
    pub(super) fn cover_without<'p>(
        self,
        role: RoleId,
        before: &Snapshot,
        place: Place<'p>,
        with: RoleId,
    ) -> Result<Cover<'p>, Diagnostic> {
        let standing = self.standing(before, place, Some(with))?;
        let standing = standing.map(|standing| standing.seen_from(before, place.snapshot));
        Ok(Cover::of(place.snapshot, standing.as_ref(), place.entity, Ways::Without(role)))
    }

    /// The author's roles at a place, as held in a snapshot.
    fn standing(self, held: &Snapshot, place: Place<'_>, role: Option<RoleId>) -> Result<Option<Standing>, Diagnostic> {
        let standing = Query::new(&*self.name.value, "", place.name(), self.occasion.at);
        self.occasion.tell(&Question::Comparison { held, standing: &standing, granting: place.snapshot, role });
        held.standing(&standing).map_err(|error| self.wrong(error))
    }

    /// Whether everything that can be reached from an entity is granted, where no permission guards a change of it.
    pub(super) fn may_all(self, place: Place<'_>, at: Span, what: &str, rule: &str) -> Result<(), Diagnostic> {
        self.cover(place, None)?.of_everything().map_err(|missing| {
            let schema = place.snapshot.policy().schema();
            let message = format!("`{}` may not {what}", self.name.value);
            let finding = refused(Code::ChangeRefused, at, message, None);
            finding.help(match missing {
                Some(permission) => format!(
                    "nothing says `{rule}`, so every permission on `{}` is needed, and `{}` is not granted",
                    place.name(),
                    schema.permission_name(permission)
                ),
                None => format!("nothing says `{rule}`, and no permission could be asked for instead"),
            })
        })
    }

    /// The finding for an author who cannot be asked about.
    fn wrong(self, error: RequestError) -> Diagnostic {
        let code = Code::ALL.iter().copied().find(|code| code.as_str() == error.code).unwrap_or(Code::InvalidRequest);
        let RequestFault { message, help, .. } = error.into();
        Diagnostic::error(code, self.name.span, message).maybe_help(help)
    }
}

impl Denial {
    /// The `deny` that decided, if one did.
    fn behind(decision: &Decision, place: Place<'_>, permission: PermissionId) -> Option<Self> {
        let statements = &place.snapshot.policy().provenance().statements;
        let origin = statements.get(decision.cause?.statement).filter(|origin| origin.effect == Effect::Deny)?;
        Some(Self {
            permission,
            on: place.name(),
            span: origin.span,
            because: origin.because.clone(),
            uncomputed: decision.reason == Reason::NotComputed,
        })
    }
}
