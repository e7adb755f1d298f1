//! Whether the author of a change may make it.

mod assignment;
mod declaration;
mod entity;

use super::ask::{Answer, Author, Denial, Place};
use super::{Occasion, Question, declared, refused};
use crate::compile::{ChangeGuard, ChangeKind, CompiledPolicy};
use crate::decide::Snapshot;
use crate::diagnostics::{Code, Diagnostic};
use crate::directory::{Change, ChangeAction};
use crate::schema::{PermissionId, Schema};
use crate::source::{Span, Spanned};

/// Asks whether the author of a change may make it; the operator, who is nobody, may make all.
///
/// Permissions are asked of the state before the change, except that of an entity which the change creates and those of
/// the place where a moved one comes to lie.
///
/// # Errors
/// Which rule refuses the change, and where that rule stands.
pub fn permit(before: &Snapshot, after: &Snapshot, change: &Change, occasion: Occasion<'_>) -> Result<(), Diagnostic> {
    occasion.tell(&Question::Change { before, after });
    let Some(name) = &change.by else { return Ok(()) };
    let asked = Asked { before, after, author: Author { name, occasion } };
    match &change.action {
        ChangeAction::Create(new) => asked.create(new),
        ChangeAction::Delete { entity } => asked.of_entity(ChangeKind::Delete, entity, "delete"),
        ChangeAction::Set { entity, attributes, settings } => asked.set(entity, attributes, settings),
        ChangeAction::Move { entity, from, to } => asked.moved(entity, from.as_ref(), to.as_ref()),
        ChangeAction::Assign(assigned) => asked.assign(&assigned.name),
        ChangeAction::Revoke(name) => asked.assigning(name, "revoke").map(|_| ()),
        ChangeAction::Link(link) => asked.link(link, "link org policies to"),
        ChangeAction::Unlink(link) => asked.link(link, "unlink org policies from"),
        ChangeAction::Policy(policy) => asked.policy_text(policy),
        ChangeAction::DeletePolicy { name } => asked.delete_policy(name),
        ChangeAction::CustomRole(role) => {
            asked.compose(&role.name.organization)?;
            asked.assigned_as_its_bases(role)?;
            asked.regrant(&role.name)
        }
        ChangeAction::DeleteCustomRole(name) => asked.compose(&name.organization),
    }
}

/// A change that somebody wants, between the states before and after it.
#[derive(Clone, Copy)]
struct Asked<'a> {
    before: &'a Snapshot,
    after: &'a Snapshot,
    author: Author<'a>,
}

impl Asked<'_> {
    fn policy(&self) -> &CompiledPolicy {
        self.before.policy()
    }

    fn schema(&self) -> &Schema {
        self.policy().schema()
    }

    fn guard(&self, place: Place<'_>, kind: ChangeKind) -> Option<&ChangeGuard> {
        self.policy().guards().change(place.ty(), kind)
    }

    /// The refusal where none of the permissions of a guard is granted, with the denial behind it if there is one.
    fn not_granted(
        &self,
        at: Span,
        what: &str,
        (permissions, rule): (&[PermissionId], Span),
        on: &str,
        denial: Option<Denial>,
    ) -> Diagnostic {
        let names: Vec<String> =
            permissions.iter().map(|&permission| format!("`{}`", self.schema().permission_name(permission))).collect();
        let message = format!("`{}` may not {what}", self.author.name.value);
        let needed = format!("needs {}", names.join(" or "));
        let finding = refused(Code::ChangeRefused, at, message, Some((rule, needed)));
        let Some(denial) = denial else {
            return finding.help(format!("{} is asked of what contains or is `{on}`", names.join(" or ")));
        };
        let denied = format!("`{}` on `{}`", self.schema().permission_name(denial.permission), denial.on);
        let (label, help) = if denial.uncomputed {
            (format!("may deny {denied}"), format!("whether {denied} is denied cannot be computed, so it is"))
        } else {
            (format!("denies {denied}"), format!("{denied} is denied"))
        };
        let because = denial.because.map_or_else(String::new, |because| format!(": {because}"));
        finding.label(denial.span, label).help(format!("{help}{because}"))
    }

    /// A change of an entity that is there: asked of it, or of what contains it.
    fn of_entity(&self, kind: ChangeKind, entity: &Spanned<String>, verb: &str) -> Result<(), Diagnostic> {
        let place = Place { snapshot: self.before, entity: declared(self.before, entity)? };
        let what = format!("{verb} `{}`", entity.value);
        self.of_place(kind, place, entity.span, &what)
    }

    fn of_place(&self, kind: ChangeKind, place: Place<'_>, at: Span, what: &str) -> Result<(), Diagnostic> {
        let Some(guard) = self.guard(place, kind) else {
            return self.author.may_all(place, at, what, &format!("{} by", kind.as_str()));
        };
        let asked_of = |permission| place.asked_of(permission);
        let Answer::Refused(denial) = self.author.ask_any(&guard.permissions, asked_of)? else { return Ok(()) };
        Err(self.not_granted(at, what, (&guard.permissions, guard.span), &place.name(), denial))
    }
}
