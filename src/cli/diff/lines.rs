//! Rows of people in lines: permissions that somebody gains or loses on the same entities stand together.

use super::report::Line;
use crate::analysis::diff::{Difference, Sample};
use std::collections::BTreeMap;

/// What makes two rows one line, but for what is done and on what: who, whether they gain, when, and whether it is approved.
type LineKey = (String, bool, Option<String>, bool);

/// Of one permission, the entities by name, and how many more there are.
type OfPermission = (String, Vec<String>, usize);

/// Rows on their way into lines.
#[derive(Default)]
pub(super) struct Lines {
    of_key: BTreeMap<LineKey, Vec<OfPermission>>,
}

impl Lines {
    pub(super) fn add_row(&mut self, row: Difference, is_approved: bool) {
        let when = row.occasion.as_ref().map(|occasion| occasion.text());
        let permissions = self.of_key.entry((row.subject, row.gained, when, is_approved)).or_default();
        match permissions.iter_mut().find(|(permission, ..)| *permission == row.permission) {
            Some((_, entities, _)) => entities.push(row.entity),
            None => permissions.push((row.permission, vec![row.entity], 0)),
        }
    }

    pub(super) fn add(&mut self, sample: Sample) {
        let when = sample.occasion.as_ref().map(|occasion| occasion.text());
        let permissions = self.of_key.entry((sample.subject, sample.gained, when, false)).or_default();
        permissions.push((sample.permission, sample.entities, sample.more));
    }

    /// The lines, by subject.
    pub(super) fn joined(self) -> Vec<Line> {
        let mut lines: Vec<Line> = Vec::new();
        for ((subject, gained, when, approved), permissions) in self.of_key {
            let first = lines.len();
            for (permission, entities, more) in permissions {
                let mut known = lines.iter_mut().skip(first);
                match known.find(|line| line.more == more && line.entities == entities) {
                    Some(line) => line.permissions.push(permission),
                    None => lines.push(Line {
                        subject: subject.clone(),
                        gained,
                        permissions: vec![permission],
                        entities,
                        more,
                        when: when.clone(),
                        approved,
                    }),
                }
            }
        }
        lines
    }
}

/// At most so many lines, those first of every subject, then the second ones; in their order.
pub(super) fn some_of_each(lines: Vec<Line>, at_most: usize) -> Vec<Line> {
    let mut turns: BTreeMap<String, usize> = BTreeMap::new();
    let mut by_turn: Vec<(usize, usize, Line)> = Vec::with_capacity(lines.len());
    for (at, line) in lines.into_iter().enumerate() {
        let turn = turns.entry(line.subject.clone()).or_default();
        by_turn.push((*turn, at, line));
        *turn += 1;
    }
    by_turn.sort_by_key(|&(turn, at, _)| (turn, at));
    by_turn.truncate(at_most);
    by_turn.sort_by_key(|&(_, at, _)| at);
    by_turn.into_iter().map(|(.., line)| line).collect()
}
