//! What edits say, as values to be written.

use super::draft::Draft;
use crate::directory::change::{Assigned, Field, NewEntity};
use crate::schema::timestamp_text;

/// A subject with the bounds of its assignment.
pub(super) fn subject(assigned: &Assigned) -> Draft {
    let subject = Draft::name(&assigned.name.subject);
    let bound = |key: &str, at: Option<i64>| at.map(|at| (key.to_owned(), Draft::name(&timestamp_text(at))));
    let bounds: Vec<_> =
        [bound("since", assigned.since), bound("until", assigned.until)].into_iter().flatten().collect();
    if bounds.is_empty() {
        return subject;
    }
    Draft::Map(std::iter::once((String::from("subject"), subject)).chain(bounds).collect())
}

/// What stands below an entity's name.
pub(super) fn entry<'n>(new: &NewEntity, parents: impl Iterator<Item = &'n str>) -> Draft {
    let parents: Vec<Draft> = parents.map(Draft::name).collect();
    let mut entries = Vec::new();
    if !parents.is_empty() {
        entries.push((String::from("in"), Draft::one_or_many(parents)));
    }
    entries.extend(fields(&new.attributes));
    let settings = fields(&new.settings);
    if !settings.is_empty() {
        entries.push((String::from("settings"), Draft::Map(settings)));
    }
    Draft::Map(entries)
}

/// An entity's line.
pub(super) fn line(new: &NewEntity) -> Draft {
    let mut entries = vec![(String::from("entity"), Draft::name(&new.entity))];
    let parents: Vec<Draft> = new.parents.iter().map(|parent| Draft::name(parent)).collect();
    if !parents.is_empty() {
        entries.push((String::from("in"), Draft::List(parents)));
    }
    for (key, fields) in [("attributes", fields(&new.attributes)), ("settings", fields(&new.settings))] {
        if !fields.is_empty() {
            entries.push((key.to_owned(), Draft::Map(fields)));
        }
    }
    Draft::Map(entries)
}

/// Keys with their values; one without a value is as good as none.
fn fields(fields: &[Field]) -> Vec<(String, Draft)> {
    let fields = fields.iter().map(|field| (field.key.value.clone(), Draft::of(&field.value)));
    fields.filter(|(_, draft)| *draft != Draft::Null).collect()
}

/// A custom role that says whose it is.
pub(super) fn owned(draft: Draft, owner: &str) -> Draft {
    match draft {
        Draft::Map(entries) => {
            Draft::Map(std::iter::once((String::from("in"), Draft::name(owner))).chain(entries).collect())
        }
        other => other,
    }
}
