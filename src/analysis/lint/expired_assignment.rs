//! Assignments whose time is over.

use super::{Examined, Finding, Fix};
use crate::diagnostics::Code;
use crate::directory::change::{Assigned, AssignmentName};
use crate::directory::{Assignment, Edit, Subject};
use crate::schema::timestamp_text;
use crate::source::Spanned;

pub(super) fn find(examined: &Examined<'_>, findings: &mut Vec<Finding>) {
    for assignment in examined.directory().assignments() {
        let Some(until) = assignment.until.filter(|_| is_over(examined, &assignment)) else { continue };
        let role = examined.schema().role_name(assignment.role);
        let AssignmentName { subject, on, .. } = name(examined, &assignment);
        let message = format!("`{}` held `{role}` on `{}` until {}", *subject, *on, timestamp_text(until));
        let finding = Finding::warning(Code::ExpiredAssignment, assignment.span, message)
            .here("over")
            .help("revoke it, or give it another end");
        findings.push(finding.fix(fix(examined, &assignment)));
    }
}

fn is_over(examined: &Examined<'_>, assignment: &Assignment) -> bool {
    assignment.until.is_some_and(|until| until <= examined.at)
}

/// To revoke an assignment takes all of the same to the same: those that are not over are assigned again. It is told of the
/// first that is over.
fn fix(examined: &Examined<'_>, assignment: &Assignment) -> Option<Fix> {
    let same = || examined.directory().assignments_between(assignment.subject, assignment.role, assignment.on);
    if same().find(|one| is_over(examined, one))?.span != assignment.span {
        return None;
    }
    let AssignmentName { subject, role, on } = name(examined, assignment);
    let revoke = Edit::Revoke { subject: subject.value, role: role.value, on: on.value };
    let again = same().filter(|one| !is_over(examined, one)).map(|one| {
        let Assignment { since, until, .. } = one;
        Edit::Assign(Assigned { name: name(examined, &one), since, until })
    });
    Some(Fix::Directory([revoke].into_iter().chain(again).collect()))
}

fn name(examined: &Examined<'_>, assignment: &Assignment) -> AssignmentName {
    let (schema, directory) = (examined.schema(), examined.directory());
    let role = |role| schema.roles.get(role).map_or_else(String::new, |info| info.name.to_string());
    let subject = match assignment.subject {
        Subject::Entity(entity) => directory.name(schema, entity),
        Subject::Userset { on, role: of } => format!("{}#{}", directory.name(schema, on), role(of)),
    };
    let written = |text| Spanned::new(text, assignment.span);
    AssignmentName {
        subject: written(subject),
        role: written(role(assignment.role)),
        on: written(directory.name(schema, assignment.on)),
    }
}
