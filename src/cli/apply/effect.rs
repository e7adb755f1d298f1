//! Who gains and who loses what, in words and as JSON.

use super::super::output::{BAD, GOOD, NAME, Output};
use super::super::render;
use crate::analysis::{Difference, Effect};
use serde::Serialize;
use std::io::{self, Write};

/// More lines are read by nobody; the rest is counted.
const LINES: usize = 40;

/// More entities on one line are counted.
const ENTITIES: usize = 4;

/// The effect as JSON.
#[derive(Serialize)]
pub(super) struct JsonEffect {
    gained: Vec<JsonDifference>,
    lost: Vec<JsonDifference>,
    /// How many decisions were compared, and how many not, as there are too many.
    compared: usize,
    left_out: usize,
}

#[derive(Serialize)]
struct JsonDifference {
    subject: String,
    permission: String,
    entities: Vec<String>,
}

pub(super) fn json(effect: &Effect) -> JsonEffect {
    let side = |gained: bool| {
        let differences = effect.differences.iter().filter(|difference| difference.gained == gained);
        let json = |difference: &Difference| JsonDifference {
            subject: difference.subject.clone(),
            permission: difference.permission.clone(),
            entities: difference.entities.clone(),
        };
        differences.map(json).collect()
    };
    JsonEffect { gained: side(true), lost: side(false), compared: effect.compared, left_out: effect.left_out }
}

/// What somebody gains or loses on the same entities.
struct Group<'e> {
    subject: &'e str,
    gained: bool,
    entities: &'e [String],
    permissions: Vec<&'e str>,
}

pub(super) fn text(effect: &Effect, output: &mut Output) -> io::Result<()> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    for difference in &effect.differences {
        let same = |group: &&mut Group<'_>| {
            (group.subject, group.gained, group.entities)
                == (difference.subject.as_str(), difference.gained, difference.entities.as_slice())
        };
        match groups.iter_mut().rev().take_while(|group| group.subject == difference.subject).find(same) {
            Some(group) => group.permissions.push(&difference.permission),
            None => groups.push(Group {
                subject: &difference.subject,
                gained: difference.gained,
                entities: &difference.entities,
                permissions: vec![&difference.permission],
            }),
        }
    }
    if groups.is_empty() {
        writeln!(output, "nobody gains or loses anything")?;
    }
    for group in groups.iter().take(LINES) {
        let (style, word) = if group.gained { (GOOD, "gains") } else { (BAD, "loses") };
        let entities: Vec<&str> = group.entities.iter().take(ENTITIES).map(String::as_str).collect();
        let more = group.entities.len() - entities.len();
        let more = if more == 0 { String::new() } else { format!(" and {more} more") };
        writeln!(
            output,
            "{NAME}{}{NAME:#} {style}{word}{style:#} {} on {}{more}",
            render::legible(group.subject),
            group.permissions.join(", "),
            render::legible(&entities.join(", ")),
        )?;
    }
    if groups.len() > LINES {
        writeln!(output, "and {} more lines; `--format json` has them all", groups.len() - LINES)?;
    }
    if effect.left_out > 0 {
        let all = effect.compared + effect.left_out;
        writeln!(
            output,
            "of {all} decisions only {} were compared: who else gains or loses is not told",
            effect.compared
        )?;
    }
    Ok(())
}
