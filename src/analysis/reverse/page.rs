//! Answers in pages.

use super::{list_from, who_can_from};
use crate::decide::{Query, RequestError, Revision, Snapshot};
use crate::directory::EntityId;
use crate::schema::TypeId;
use std::num::NonZeroUsize;

/// Which part of a long answer is wanted. By default, all of it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Part {
    /// How many rows at most.
    pub limit: Option<NonZeroUsize>,
    /// The row that the part goes on behind, `type:id`. It need not be one of the answer.
    pub after: Option<String>,
}

impl Part {
    /// The first rows, at least one: a part without any would lead nowhere.
    #[must_use]
    pub fn first(rows: usize) -> Self {
        Self { limit: Some(NonZeroUsize::new(rows).unwrap_or(NonZeroUsize::MIN)), after: None }
    }

    /// As many behind a row, as [`Page::next`] names it.
    #[must_use]
    pub fn after(self, row: impl Into<String>) -> Self {
        Self { after: Some(row.into()), ..self }
    }
}

/// A part of an answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Page {
    /// The rows, each `type:id`, in the order of the directory.
    pub rows: Vec<String>,
    /// Whether there are more behind them.
    pub more: bool,
    /// What the query said in vain: facts of declared entities, names that are never taken from a request.
    pub ignored: Vec<String>,
    /// The state that all of it was decided on. Pages of one state together are the whole answer.
    pub revision: Revision,
}

impl Page {
    /// The row behind which the next page begins, for [`Part::after`]; nothing where this is the last one.
    #[must_use]
    pub fn next(&self) -> Option<&str> {
        self.rows.last().filter(|_| self.more).map(String::as_str)
    }
}

/// A part of [`list`](super::list).
///
/// # Errors
/// As [`list`](super::list), and where the row to go on behind is no entity of the type and the directory.
pub fn list_page(snapshot: &Snapshot, query: &Query, type_name: &str, part: &Part) -> Result<Page, RequestError> {
    let ty = snapshot.policy().schema().type_named(type_name);
    let after = part.after.as_deref().map(|after| place(snapshot, after, ty)).transpose();
    // A question that is wrong itself is said to be so first.
    let mut listed = list_from(snapshot, query, type_name, after.as_ref().ok().copied().flatten())?;
    after?;
    let (rows, more) = take(snapshot, &mut listed, part.limit);
    Ok(Page { rows, more, ignored: listed.ignored(), revision: snapshot.revision() })
}

/// A part of [`who_can`](super::who_can).
///
/// # Errors
/// As [`who_can`](super::who_can), and where the row to go on behind is no entity of the directory.
pub fn who_can_page(snapshot: &Snapshot, query: &Query, part: &Part) -> Result<Page, RequestError> {
    let after = part.after.as_deref().map(|after| place(snapshot, after, None)).transpose();
    let mut found = who_can_from(snapshot, query, after.as_ref().ok().copied().flatten())?;
    after?;
    let (rows, more) = take(snapshot, &mut found, part.limit);
    Ok(Page { rows, more, ignored: found.ignored(), revision: snapshot.revision() })
}

fn take(
    snapshot: &Snapshot,
    found: &mut impl Iterator<Item = EntityId>,
    limit: Option<NonZeroUsize>,
) -> (Vec<String>, bool) {
    let (schema, directory) = (snapshot.policy().schema(), snapshot.directory());
    let limit = limit.map_or(usize::MAX, NonZeroUsize::get);
    let rows = found.by_ref().take(limit).map(|entity| directory.name(schema, entity)).collect();
    (rows, found.next().is_some())
}

/// The entity that a text names, of a type where one is wanted.
fn place(snapshot: &Snapshot, text: &str, ty: Option<TypeId>) -> Result<EntityId, RequestError> {
    let (schema, directory) = (snapshot.policy().schema(), snapshot.directory());
    let known = schema.split_known(text).and_then(|(ty, id)| directory.find_word(ty, id));
    let Some(entity) = known else {
        return Err(RequestError::new(
            "unknown-entity",
            format!("the directory has no `{text}` to go on behind"),
            Some(String::from("pages of one state belong together: where it has changed since, begin anew")),
        ));
    };
    match ty.and_then(|ty| schema.types.get(ty)) {
        Some(wanted) if ty != Some(directory.type_of(entity)) => {
            Err(RequestError::new("invalid-request", format!("`{text}` is no `{}` to go on behind", wanted.name), None))
        }
        _ => Ok(entity),
    }
}
