//! A table that is wider than paper, as several that are not: each has some of the roles, the last the comments.

use super::super::shown::Shown;
use std::ops::Range;

/// How many letters of a table go side by side on a sheet, as the page sets them there.
const ROOM: usize = 170;

/// The room between two columns, in letters.
const GAP: usize = 2;

/// The room that comments take at least.
const COMMENTS: usize = 24;

/// Columns of a table, behind the one that names permissions.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Columns {
    /// The roles, by their place in the whole table.
    pub(super) roles: Range<usize>,
    /// Whether there is one for comments.
    pub(super) about: bool,
}

impl Columns {
    /// All that there are.
    pub(super) fn all(shown: Shown<'_>) -> Self {
        Self { roles: 0..shown.matrix.roles.len(), about: shown.documented() }
    }
}

/// The columns of each table on paper; none where the whole has room there.
pub(super) fn tables(shown: Shown<'_>) -> Vec<Columns> {
    let roles: Vec<usize> = shown.matrix.roles.iter().map(|&role| width(&shown.role(role))).collect();
    let names = shown.matrix.rows.iter().map(|row| shown.permission(row.permission).chars().count() + GAP);
    let room = ROOM.saturating_sub(names.max().unwrap_or(0));
    let tables = split(&roles, if shown.documented() { COMMENTS } else { 0 }, room);
    if tables.len() > 1 { tables } else { Vec::new() }
}

/// How wide the column of a role is: its name may be broken behind the type.
fn width(role: &str) -> usize {
    let (ty, name) = role.split_once('.').unwrap_or(("", role));
    name.chars().count().max(ty.chars().count() + 1) + GAP
}

/// Columns of these widths, and one of comments behind them, by tables that have so much room. Each has one at least.
fn split(roles: &[usize], about: usize, room: usize) -> Vec<Columns> {
    let mut tables: Vec<Columns> = Vec::new();
    let (mut start, mut taken) = (0, 0);
    for (at, width) in roles.iter().enumerate() {
        if taken + width > room && at > start {
            tables.push(Columns { roles: start..at, about: false });
            (start, taken) = (at, 0);
        }
        taken += width;
    }
    if about > 0 && taken + about > room && start < roles.len() {
        tables.push(Columns { roles: start..roles.len(), about: false });
        start = roles.len();
    }
    tables.push(Columns { roles: start..roles.len(), about: about > 0 });
    tables
}

#[cfg(test)]
mod tests {
    use super::{Columns, split};

    /// Each table as its roles, and whether comments are in it.
    fn tables(roles: &[usize], about: usize, room: usize) -> Vec<(std::ops::Range<usize>, bool)> {
        split(roles, about, room).into_iter().map(|Columns { roles, about }| (roles, about)).collect()
    }

    #[test]
    fn every_column_is_in_one_table_that_has_room_for_it() {
        assert_eq!(tables(&[5, 5, 5], 0, 15), [(0..3, false)]);
        assert_eq!(tables(&[5, 5, 5], 0, 14), [(0..2, false), (2..3, false)]);
        assert_eq!(tables(&[5, 5, 5], 4, 19), [(0..3, true)]);
        assert_eq!(tables(&[5, 5, 5], 4, 15), [(0..3, false), (3..3, true)]);
        assert_eq!(tables(&[5, 5, 5], 4, 10), [(0..2, false), (2..3, true)]);
        // One that is wider than paper is alone.
        assert_eq!(tables(&[5, 50, 5], 0, 14), [(0..1, false), (1..2, false), (2..3, false)]);
        assert_eq!(tables(&[], 4, 10), [(0..0, true)]);
    }
}
