//! To whom a role is assigned on one side, and not on the other.

use super::super::names::{Names, Pair, Side, Thing};
use super::super::prints::role_name;
use super::{Cause, CauseKind, Causes};
use crate::directory::Subject;
use crate::schema::RoleId;
use crate::source::Span;
use std::collections::BTreeMap;

/// More of those who are assigned a role are counted.
const NAMED: usize = 3;

/// By whom a role is assigned to, within which times, and where that stands.
type Assigned = BTreeMap<String, (Vec<(Option<i64>, Option<i64>)>, Span)>;

impl Causes {
    /// How the assignments of a role on an entity differ, if they do.
    pub(super) fn of_assignments(&self, names: &Names<'_>, roles: &Pair<RoleId>, on: Thing) -> Option<Cause> {
        let mut known = self.assignments.borrow_mut();
        known.entry((on, roles.old)).or_insert_with(|| compared(names, roles, on)).clone()
    }
}

fn compared(names: &Names<'_>, roles: &Pair<RoleId>, on: Thing) -> Option<Cause> {
    let all = Pair::each(|side| assigned(names, side, *roles.of(side), on));
    let only = |side: Side| -> Vec<(&str, Span)> {
        let (here, there) = (all.of(side), all.of(side.other()));
        here.iter().filter(|(name, _)| !there.contains_key(*name)).map(|(name, (_, span))| (&**name, *span)).collect()
    };
    let (gone, new) = (only(Side::Old), only(Side::New));
    let retimed: Vec<(&str, Span)> = all
        .new
        .iter()
        .filter(|(name, (times, _))| all.old.get(*name).is_some_and(|(before, _)| before != times))
        .map(|(name, (_, span))| (&**name, *span))
        .collect();
    let (mut words, place) = match (new.first(), gone.first(), retimed.first()) {
        (Some(&(_, span)), None, _) => (format!("is assigned to {}", listed(&new)), (Side::New, span)),
        (None, Some(&(_, span)), _) => (format!("is no longer assigned to {}", listed(&gone)), (Side::Old, span)),
        (Some(&(_, span)), Some(_), _) => {
            (format!("is assigned to {} instead of {}", listed(&new), listed(&gone)), (Side::New, span))
        }
        (None, None, Some(&(_, span))) => (String::from("is assigned"), (Side::New, span)),
        (None, None, None) => return None,
    };
    if !retimed.is_empty() {
        let and = if new.is_empty() && gone.is_empty() { "" } else { ", and" };
        words += &format!("{and} for another time to {}", listed(&retimed));
    }
    let role = role_name(names.sides.old.policy().schema(), roles.old);
    let text = format!("`{role}` on `{}` {words}", names.name(on));
    Some(Cause { kind: CauseKind::Assignment, text, place: Some(place) })
}

/// The first few by name, and how many more.
fn listed(subjects: &[(&str, Span)]) -> String {
    let named: Vec<String> = subjects.iter().take(NAMED).map(|(name, _)| format!("`{name}`")).collect();
    match subjects.len().saturating_sub(NAMED) {
        0 => named.join(", "),
        more => format!("{} and {more} more", named.join(", ")),
    }
}

/// To whom a role is assigned on an entity.
fn assigned(names: &Names<'_>, side: Side, role: RoleId, on: Thing) -> Assigned {
    let snapshot = names.sides.of(side);
    let (schema, directory) = (snapshot.policy().schema(), snapshot.directory());
    let mut assigned = Assigned::new();
    let Some(entity) = names.entity(side, on) else { return assigned };
    for assignment in directory.assignments_on(entity).filter(|assignment| assignment.role == role) {
        let subject = match assignment.subject {
            Subject::Entity(subject) => directory.name(schema, subject),
            Subject::Userset { on, role } => {
                let held = schema.roles.get(role).map_or("", |info| &info.name);
                format!("{}#{held}", directory.name(schema, on))
            }
        };
        let (times, _) = assigned.entry(subject).or_insert_with(|| (Vec::new(), assignment.span));
        times.push((assignment.since, assignment.until));
        times.sort_unstable();
    }
    assigned
}
