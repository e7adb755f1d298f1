//! Assignments whose time is over.

use super::{Examined, Finding, Fix};
use crate::diagnostics::Code;
use crate::directory::{Edit, Subject};
use crate::schema::timestamp_text;

pub(super) fn find(examined: &Examined<'_>, findings: &mut Vec<Finding>) {
    let (schema, directory) = (examined.schema(), examined.directory());
    for assignment in directory.assignments() {
        let Some(until) = assignment.until.filter(|&until| until <= examined.at) else { continue };
        let role = schema.role_name(assignment.role);
        let subject = match assignment.subject {
            Subject::Entity(entity) => directory.name(schema, entity),
            Subject::Userset { on, role } => {
                let name = schema.roles.get(role).map_or("", |info| &info.name);
                format!("{}#{name}", directory.name(schema, on))
            }
        };
        let on = directory.name(schema, assignment.on);
        let message = format!("`{subject}` held `{role}` on `{on}` until {}", timestamp_text(until));
        let name = schema.roles.get(assignment.role).map_or_else(String::new, |info| info.name.to_string());
        // Another assignment of the same to the same would go with it.
        let alone = directory.assignments_between(assignment.subject, assignment.role, assignment.on).count() == 1;
        let fix = alone.then_some(Fix::Directory(Edit::Revoke { subject, role: name, on }));
        let finding = Finding::warning(Code::ExpiredAssignment, assignment.span, message)
            .here("over")
            .help("revoke it, or give it another end");
        findings.push(finding.fix(fix));
    }
}
