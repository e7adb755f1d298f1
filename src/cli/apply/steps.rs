//! The steps that changes come to, in words.

use crate::directory::Edit;
use crate::directory::change::{Assigned, Field, NewEntity};
use crate::document::{Node, NodeKind};
use crate::schema::timestamp_text;

/// The steps of one change, a line each. What is taken away only to be given anew is one step.
pub(super) fn lines(edits: &[Edit]) -> Vec<String> {
    let mut lines = Vec::with_capacity(edits.len());
    let mut rest = edits.iter().peekable();
    while let Some(edit) = rest.next() {
        let again = match (edit, rest.peek()) {
            (Edit::Revoke { subject, role, on }, Some(Edit::Assign(assigned))) => {
                let name = &assigned.name;
                (subject, role, on) == (&*name.subject, &*name.role, &*name.on)
            }
            (Edit::RemovePolicy { name }, Some(Edit::AddPolicy(policy))) if *name == *policy.name => {
                lines.push(format!("the org policy `{name}` is replaced"));
                rest.next();
                true
            }
            (Edit::RemoveCustomRole { name, organization }, Some(Edit::AddCustomRole(role)))
                if (name, organization) == (&*role.name.name, &*role.name.organization) =>
            {
                lines.push(format!("the custom role `{name}` of `{organization}` is replaced"));
                rest.next();
                true
            }
            _ => false,
        };
        if !again {
            lines.push(line(edit));
        }
    }
    lines
}

fn line(edit: &Edit) -> String {
    match edit {
        Edit::Declare(new) => declared(new),
        Edit::Remove { entity } => format!("`{entity}` is deleted"),
        Edit::AddParent { entity, parent } => format!("`{entity}` comes to lie in `{}`", parent.value),
        Edit::RemoveParent { entity, parent } => format!("`{entity}` leaves `{parent}`"),
        Edit::SetAttribute { entity, field } => set(entity, "attribute", field),
        Edit::SetSetting { entity, field } => set(entity, "setting", field),
        Edit::Assign(assigned) => assigned_line(assigned),
        Edit::Revoke { subject, role, on } => format!("`{subject}` is no longer assigned `{role}` on `{on}`"),
        Edit::Link(link) => format!("the org policy `{}` is linked to `{}`", link.policy.value, link.on.value),
        Edit::Unlink { policy, on } => format!("the org policy `{policy}` is no longer linked to `{on}`"),
        Edit::AddPolicy(policy) => format!("the org policy `{}` is added", policy.name.value),
        Edit::RemovePolicy { name } => format!("the org policy `{name}` is deleted"),
        Edit::AddCustomRole(role) => {
            format!("the custom role `{}` of `{}` is added", role.name.name.value, role.name.organization.value)
        }
        Edit::RemoveCustomRole { name, organization } => {
            format!("the custom role `{name}` of `{organization}` is deleted")
        }
    }
}

fn declared(new: &NewEntity) -> String {
    let parents: Vec<String> = new.parents.iter().map(|parent| format!("`{}`", parent.value)).collect();
    let within = if parents.is_empty() { String::new() } else { format!(" in {}", parents.join(", ")) };
    format!("`{}` is created{within}", new.entity.value)
}

fn set(entity: &str, what: &str, field: &Field) -> String {
    let key = &field.key.value;
    if field.value.is_null() {
        return format!("the {what} `{key}` of `{entity}` is taken away");
    }
    format!("the {what} `{key}` of `{entity}` is {}", value(&field.value))
}

fn value(node: &Node) -> String {
    match &node.kind {
        NodeKind::Sequence(nodes) => {
            let values: Vec<String> = nodes.iter().map(value).collect();
            format!("[{}]", values.join(", "))
        }
        _ => node.text().map_or_else(|| String::from(node.describe()), |text| format!("`{text}`")),
    }
}

fn assigned_line(assigned: &Assigned) -> String {
    let name = &assigned.name;
    let bound =
        |word: &str, at: Option<i64>| at.map(|at| format!(" {word} {}", timestamp_text(at))).unwrap_or_default();
    let bounds = format!("{}{}", bound("since", assigned.since), bound("until", assigned.until));
    format!("`{}` is assigned `{}` on `{}`{bounds}", name.subject.value, name.role.value, name.on.value)
}
