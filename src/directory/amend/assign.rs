//! Roles assigned and revoked.

use super::Amending;
use crate::diagnostics::Diagnostic;
use crate::directory::change::Assigned;
use crate::directory::naming::{holds_no_role, leading, near_type, unknown_role, unknown_type, userset_parts};
use crate::directory::{Assignment, Directory, EntityId, Subject};
use crate::schema::{Schema, split_entity};

impl Amending<'_> {
    pub(super) fn assign(&mut self, assigned: &Assigned) -> Option<()> {
        let subject = &assigned.name.subject;
        if let Some((type_name, id)) = split_entity(subject).filter(|_| !subject.contains('#'))
            && let Some(ty) = self.schema.type_named(type_name)
        {
            self.meet(ty, id, subject.span);
        }
        if let Some(one) = self.directory.assignment(self.schema, assigned, &mut self.findings)? {
            self.directory.assignments.assign(one);
            self.came.push(one);
        }
        Some(())
    }

    pub(super) fn revoke(&mut self, subject: &str, role: &str, on: &str) -> Option<()> {
        let (subject, role, on) = self.directory.assignment_named(self.schema, subject, role, on)?;
        let revoked = self.directory.assignments.revoke(subject, role, on);
        self.lose(revoked);
        Some(())
    }

    /// Notes what is assigned no longer.
    pub(super) fn lose(&mut self, revoked: Vec<Assignment>) {
        for one in revoked {
            // What came just now was never there.
            match self.came.iter().position(|known| *known == one) {
                Some(at) => drop(self.came.remove(at)),
                None => self.gone.push(one),
            }
        }
    }
}

impl Directory {
    /// An assignment as it is asked for, with what is wrong with it; `None` where it names what is not known here.
    #[expect(clippy::option_option, reason = "a name that is not known is one thing, a mistake another")]
    fn assignment(
        &self,
        schema: &Schema,
        assigned: &Assigned,
        findings: &mut Vec<Diagnostic>,
    ) -> Option<Option<Assignment>> {
        let name = &assigned.name;
        let on = self.known(schema, &name.on)?.filter(|&on| self.is_declared(on))?;
        let role = self.role_named(schema, on, &name.role);
        if role.is_none() {
            findings.push(unknown_role(schema, self, on, &name.role, name.role.span));
        }
        let span = name.subject.span;
        let (text, member) = match name.subject.split_once('#') {
            Some((group, member)) => (group, Some(member)),
            None => (name.subject.as_str(), None),
        };
        let (named_at, member_at) = member.map_or((span, span), |member| userset_parts(span, text, member));
        let Some(named) = self.known(schema, text)? else {
            let type_name = split_entity(text).map_or("", |(type_name, _)| type_name);
            let help = near_type(schema, type_name);
            findings.push(unknown_type(type_name, leading(named_at, text, type_name), help));
            return Some(None);
        };
        let subject = match member {
            Some(member) => match self.role_named(schema, named, member) {
                Some(role) => Subject::Userset { on: named, role },
                None => {
                    findings.push(unknown_role(schema, self, named, member, member_at));
                    return Some(None);
                }
            },
            None => {
                if schema.types.get(self.type_of(named))?.acts_as.is_some() {
                    findings.push(holds_no_role(schema, self, named, span));
                    return Some(None);
                }
                Subject::Entity(named)
            }
        };
        let (since, until) = (assigned.since, assigned.until);
        Some(role.map(|role| Assignment { subject, role, on, since, until, span }))
    }

    /// The entity of a text, nothing where its type is not known; `None` where the entity is not.
    #[expect(clippy::option_option, reason = "an unknown type is a mistake, an unknown entity may be a new one")]
    fn known(&self, schema: &Schema, text: &str) -> Option<Option<EntityId>> {
        let (type_name, id) = split_entity(text)?;
        match schema.type_named(type_name) {
            Some(ty) => self.find(ty, id).map(Some),
            None => Some(None),
        }
    }
}
