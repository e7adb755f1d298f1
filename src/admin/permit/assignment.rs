//! Roles assigned and revoked.

use super::Asked;
use crate::admin::ask::Place;
use crate::admin::{declared, refused};
use crate::compile::AssignmentGuard;
use crate::diagnostics::{Code, Diagnostic};
use crate::directory::change::AssignmentName;
use crate::schema::RoleId;

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
        if self.author.is_granted_any(permissions, asked_of)? {
            return Ok((place, role));
        }
        Err(self.not_granted(name.role.span, &what, permissions, *span, &name.on.value))
    }

    /// Nobody assigns a role that grants what they are not granted there themselves.
    pub(super) fn assign(&self, name: &AssignmentName) -> Result<(), Diagnostic> {
        let (place, role) = self.assigning(name, "assign")?;
        let guard = self.policy().guards().assignment(role);
        if guard.is_some_and(|guard| guard.freely) {
            return Ok(());
        }
        self.author.cover(place)?.of_role(role).map_err(|missing| {
            let role_name = self.schema().role_name(role);
            let author = &self.author.name.value;
            let message =
                format!("`{author}` cannot assign `{role_name}`, which grants more than `{author}` is granted");
            let place = self.policy().provenance().roles.get(role).map(|origin| origin.span);
            let finding = refused(
                Code::Escalation,
                name.role.span,
                message,
                place.map(|span| (span, format!("`{role_name}` stands here"))),
            );
            finding.help(match missing {
                Some(permission) => format!(
                    "`{}` is not granted to `{author}` on `{}`, or only under another condition",
                    self.schema().permission_name(permission),
                    name.on.value
                ),
                None => String::from("the role implies others in too many ways to compare"),
            })
        })
    }
}
