//! Roles assigned and revoked.

use super::Asked;
use crate::admin::ask::{Answer, Place};
use crate::admin::grants::Ways;
use crate::admin::{declared, refused};
use crate::compile::AssignmentGuard;
use crate::diagnostics::{Code, Diagnostic};
use crate::directory::change::{AssignmentName, CustomRoleName};
use crate::index::Idx;
use crate::schema::{PermissionId, RoleId};
use crate::source::Span;

impl Asked<'_> {
    /// Whether the author may assign and revoke a role there at all.
    pub(super) fn assigning(&self, name: &AssignmentName, verb: &str) -> Result<(Place<'_>, RoleId), Diagnostic> {
        let place = Place { snapshot: self.before, entity: declared(self.before, &name.on)? };
        let directory = self.before.directory();
        let Some(role) = directory.role_named(self.schema(), place.entity, &name.role) else {
            // The result was built, so the role is known; without it nothing can be asked.
            let message = format!("unknown role `{}`", name.role.value);
            return Err(Diagnostic::error(Code::UnknownRole, name.role.span, message));
        };
        let what = format!("{verb} `{}` on `{}`", self.schema().role_name(role), name.on.value);
        let Some(AssignmentGuard { permissions, span, .. }) = self.policy().guards().assignment(role) else {
            self.author.may_all(place, name.role.span, &what, "assigned by")?;
            return Ok((place, role));
        };
        let asked_of = |permission| place.asked_of(permission);
        match self.author.ask_any(permissions, asked_of)? {
            Answer::Granted => Ok((place, role)),
            Answer::Refused(denial) => {
                Err(self.not_granted(name.role.span, &what, (permissions, *span), &name.on.value, denial))
            }
        }
    }

    /// Nobody assigns a role that grants what they are not granted there themselves.
    pub(super) fn assign(&self, name: &AssignmentName) -> Result<(), Diagnostic> {
        let (place, role) = self.assigning(name, "assign")?;
        let guard = self.policy().guards().assignment(role);
        if guard.is_some_and(|guard| guard.freely) {
            return Ok(());
        }
        let missing = self.author.cover(place, Some(role))?.of_role(role, Ways::All);
        missing.map_err(|missing| self.escalation(place, role, name.role.span, "assign", missing))
    }

    /// A role that is replaced is given anew to whoever is assigned it, or one that leads to it: it must grant no more than
    /// could be assigned. What the author has by that very role does not count, nor does what they come to hold by it, as
    /// it would be what they just wrote.
    pub(super) fn regrant(&self, name: &CustomRoleName) -> Result<(), Diagnostic> {
        let (schema, directory) = (self.after.policy().schema(), self.after.directory());
        let Some(role) = schema.custom_role(&name.name, &name.organization) else { return Ok(()) };
        let gives = |assigned| {
            let leads = self.after.policy().role(assigned).leads.as_ref();
            assigned == role || leads.is_some_and(|leads| leads.implied.contains(role.index()))
        };
        for assignment in directory.assignments().filter(|assignment| gives(assignment.role)) {
            if self.after.policy().guards().assignment(assignment.role).is_some_and(|guard| guard.freely) {
                continue;
            }
            let place = Place { snapshot: self.after, entity: assignment.on };
            let cover = self.author.cover_without(role, self.before, place, assignment.role)?;
            let missing = cover.of_role(assignment.role, Ways::Through(role));
            missing.map_err(|missing| self.escalation(place, role, name.name.span, "replace", missing))?;
        }
        Ok(())
    }

    /// The refusal of a role that grants more on an entity than its author is granted there.
    fn escalation(
        &self,
        place: Place<'_>,
        role: RoleId,
        at: Span,
        verb: &str,
        missing: Option<PermissionId>,
    ) -> Diagnostic {
        let policy = place.snapshot.policy();
        let role_name = policy.schema().role_name(role);
        let author = &self.author.name.value;
        let message = format!("`{author}` cannot {verb} `{role_name}`, which grants more than `{author}` is granted");
        let declared = policy.provenance().roles.get(role).map(|origin| origin.span);
        // One that is replaced stands in the change itself.
        let declared = declared.filter(|_| verb == "assign").map(|span| (span, format!("`{role_name}` stands here")));
        refused(Code::Escalation, at, message, declared).help(match missing {
            Some(permission) => format!(
                "`{}` is not granted to `{author}` on `{}`, or only under another condition",
                policy.schema().permission_name(permission),
                place.name()
            ),
            None => String::from("the role implies others in too many ways to compare"),
        })
    }
}
