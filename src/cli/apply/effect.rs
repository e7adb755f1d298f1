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
    /// How many rows more there are.
    left_out: usize,
    /// Whether all values of the context were tried.
    complete: bool,
}

#[derive(Serialize)]
struct JsonDifference {
    subject: String,
    permission: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    when: Option<String>,
    entities: Vec<String>,
}

pub(super) fn json(effect: &Effect) -> JsonEffect {
    let side = |gained: bool| {
        let differences = effect.differences.iter().filter(|difference| difference.gained == gained);
        let json = |difference: &Difference| JsonDifference {
            subject: difference.subject.clone(),
            permission: difference.permission.clone(),
            when: difference.occasion.as_ref().map(|occasion| occasion.text()),
            entities: difference.entities.clone(),
        };
        differences.map(json).collect()
    };
    JsonEffect { gained: side(true), lost: side(false), left_out: effect.left_out, complete: effect.complete }
}

/// What somebody gains or loses on the same entities, under the same circumstances.
struct Group<'e> {
    subject: &'e str,
    gained: bool,
    when: Option<String>,
    entities: &'e [String],
    permissions: Vec<&'e str>,
}

pub(super) fn text(effect: &Effect, output: &mut Output) -> io::Result<()> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    for difference in &effect.differences {
        let when = difference.occasion.as_ref().map(|occasion| occasion.text());
        let same = |group: &&mut Group<'_>| {
            (group.subject, group.gained, &group.when, group.entities)
                == (difference.subject.as_str(), difference.gained, &when, difference.entities.as_slice())
        };
        match groups.iter_mut().rev().take_while(|group| group.subject == difference.subject).find(same) {
            Some(group) => group.permissions.push(&difference.permission),
            None => groups.push(Group {
                subject: &difference.subject,
                gained: difference.gained,
                when,
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
        let when = group.when.as_ref().map_or_else(String::new, |when| format!(" when {}", render::legible(when)));
        let more = if more == 0 { String::new() } else { format!(" and {more} more") };
        writeln!(
            output,
            "{NAME}{}{NAME:#} {style}{word}{style:#} {} on {}{more}{when}",
            render::legible(group.subject),
            group.permissions.join(", "),
            render::legible(&entities.join(", ")),
        )?;
    }
    if groups.len() > LINES {
        writeln!(output, "and {} more lines; `--format json` has them all", groups.len() - LINES)?;
    }
    if effect.left_out > 0 {
        writeln!(output, "and {} more times somebody gains or loses something", effect.left_out)?;
    }
    if !effect.complete {
        writeln!(output, "not all values of the context were tried: somebody may gain or lose under others")?;
    }
    Ok(())
}
