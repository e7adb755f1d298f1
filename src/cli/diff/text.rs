//! A difference for people.

use super::super::output::{BAD, FAINT, GOOD, NAME, OPEN, Output};
use super::super::render::{self, counted};
use super::report::{Change, Clause, Conditions, Count, Line, Report, together};
use std::io::{self, Write};

/// More entities on one line are counted.
const ENTITIES: usize = 6;

pub(super) fn write(out: &mut Output, report: &Report, all: bool) -> io::Result<()> {
    if report.is_empty() {
        writeln!(out, "nothing changes in meaning")?;
        return end(out, report);
    }
    if !report.declarations.is_empty() {
        writeln!(out, "{NAME}declarations{NAME:#}")?;
    }
    for declaration in &report.declarations {
        let is = declaration.is.map_or_else(String::new, |is| format!(" ({is})"));
        let (subject, place) = (legible(&declaration.subject()), place(declaration.place.as_deref()));
        writeln!(out, "  {NAME}{subject}{NAME:#}{is}{place}{}", approved(declaration.approved))?;
        clauses(out, &declaration.clauses)?;
    }
    if !report.roles.is_empty() {
        writeln!(out, "{NAME}roles{NAME:#}")?;
    }
    for role in &report.roles {
        let is = role.is.map_or_else(String::new, |is| format!(" ({is})"));
        let (name, place) = (legible(&role.role), place(role.place.as_deref()));
        writeln!(out, "  {NAME}{name}{NAME:#}{is}{place}{}", approved(role.approved))?;
        for permission in &role.permissions {
            let style = match permission.may {
                (true, false) => GOOD,
                (false, true) => BAD,
                _ => OPEN,
            };
            let approved = approved(permission.approved);
            write!(out, "    {style}{}{style:#} {}", permission.change, permission.permission)?;
            match (permission.old.as_str(), permission.new.as_str(), permission.conditions.relation) {
                ("no", "yes", None) | ("yes", "no", None) => writeln!(out, "{approved}")?,
                ("no", new, None) => writeln!(out, ", when {}{approved}", legible(new))?,
                (old, "no", None) => writeln!(out, ", which was: {}{approved}", legible(old))?,
                (old, new, _) => {
                    writeln!(out, "{}{approved}", permission.conditions.behind(", "))?;
                    writeln!(out, "      was: {}\n      now: {}", legible(old), legible(new))?;
                }
            }
            witness(out, &permission.conditions)?;
        }
        clauses(out, &role.clauses)?;
    }
    if !report.rules.is_empty() {
        writeln!(out, "{NAME}rules{NAME:#}")?;
    }
    for rule in &report.rules {
        let of = rule.policy.as_ref().map_or_else(String::new, |policy| format!("policy {policy}: "));
        let (place, approved) = (place(rule.place.as_deref()), approved(rule.approved));
        let condition = rule.condition(", condition: ");
        match (&rule.old, &rule.new) {
            (None, Some(text)) | (Some(text), None) => {
                let word = if rule.new.is_some() { "new" } else { "gone" };
                let beside = if condition.is_empty() { condition } else { format!(", {condition}:") };
                writeln!(out, "  {OPEN}{word}{OPEN:#}{beside} {of}{}{place}{approved}", legible(text))?;
            }
            (old, new) => {
                let text = |text: &Option<String>| legible(text.as_deref().unwrap_or_default());
                writeln!(out, "  {OPEN}changed{OPEN:#}{condition}{place}{approved}")?;
                writeln!(out, "      was: {of}{}\n      now: {of}{}", text(old), text(new))?;
                for (words, permissions) in [("also of", &rule.speaks_also_of), ("no longer of", &rule.no_longer_of)] {
                    if !permissions.is_empty() {
                        writeln!(out, "      {words}: {}", permissions.join(", "))?;
                    }
                }
            }
        }
        witness(out, &rule.conditions)?;
    }
    if !report.settings.is_empty() {
        writeln!(out, "{NAME}settings{NAME:#}")?;
    }
    for (setting, on) in together(&report.settings) {
        let on = if on.is_empty() { String::new() } else { format!(" on {}", few(&on, all)) };
        let turn = setting.turn.map_or_else(|| String::from("declared"), String::from);
        let text = |text: Option<&str>| legible(text.unwrap_or("nothing"));
        let (place, approved) = (place(setting.place.as_deref()), approved(setting.approved));
        let (old, new) = (text(setting.old.as_deref()), text(setting.new.as_deref()));
        writeln!(out, "  {OPEN}{turn}{OPEN:#} {}{on}: {old} → {new}{place}{approved}", setting.setting)?;
    }
    if !report.facts.is_empty() {
        writeln!(out, "{NAME}directory{NAME:#}")?;
    }
    for fact in &report.facts {
        writeln!(
            out,
            "  {OPEN}{}{OPEN:#}: {}",
            fact.what,
            legible(&fact.some(if all { usize::MAX } else { ENTITIES }))
        )?;
    }
    people(out, report)?;
    end(out, report)
}

/// What becomes of the clauses of a declaration.
fn clauses(out: &mut Output, clauses: &[Clause]) -> io::Result<()> {
    for clause in clauses {
        let style = match clause.may {
            (true, false) => GOOD,
            (false, true) => BAD,
            _ => OPEN,
        };
        let text = legible(&clause.text(" → "));
        // The first word tells what becomes of it, or what it is about.
        let (word, rest) = text.split_at(text.find(' ').unwrap_or(text.len()));
        let condition = clause.conditions.behind(", ");
        let (place, approved) = (place(clause.place.as_deref()), approved(clause.approved));
        writeln!(out, "    {style}{word}{style:#}{rest}{condition}{place}{approved}")?;
        witness(out, &clause.conditions)?;
    }
    Ok(())
}

fn people(out: &mut Output, report: &Report) -> io::Result<()> {
    let people = &report.people;
    if people.changes.is_empty() {
        return writeln!(out, "nobody gains or loses anything");
    }
    writeln!(out, "{NAME}people{NAME:#}")?;
    for (verb, count) in [("loses", people.lost), ("gains", people.gained)] {
        if count.rows > 0 {
            writeln!(out, "  {}", total(verb, count))?;
        }
    }
    for change in &people.changes {
        writeln!(out, "  {NAME}{}{NAME:#}{}", legible(&change.change), place(change.place.as_deref()))?;
        for (verb, count) in [("loses", change.lost), ("gains", change.gained)] {
            if count.rows > 0 && people.changes.len() > 1 {
                writeln!(out, "    {}", total(verb, count))?;
            }
        }
        lines(out, change)?;
    }
    Ok(())
}

/// How often somebody gains or loses something, in words.
pub(super) fn total(verb: &str, count: Count) -> String {
    let approved = match count.approved {
        0 => String::new(),
        all if all == count.rows => String::from(", all approved"),
        some => format!(", {some} approved"),
    };
    let entities = if count.entities == 1 { String::from("1 entity") } else { format!("{} entities", count.entities) };
    let verb = if count.subjects == 1 { verb } else { verb.trim_end_matches('s') };
    let what = counted(count.rows, "time");
    format!("{} {verb} something on {entities}, {what}{approved}", counted(count.subjects, "subject"))
}

fn lines(out: &mut Output, change: &Change) -> io::Result<()> {
    for line in &change.lines {
        let (style, word) = if line.gained { (GOOD, "gains") } else { (BAD, "loses") };
        writeln!(
            out,
            "    {} {style}{word}{style:#} {} on {}{}{}",
            legible(&line.subject),
            line.permissions.join(", "),
            entities(line),
            when(line),
            approved(line.approved),
        )?;
    }
    let rest = match change.in_no_line() {
        0 if change.left_out == 0 => return Ok(()),
        0 => String::from("`--all` shows all of them"),
        more => format!("and {} more; `--all` shows them", counted(more, "time")),
    };
    writeln!(out, "    {FAINT}{rest}{FAINT:#}")?;
    Ok(())
}

/// The entities of a line, and how many more there are.
fn entities(line: &Line) -> String {
    let named = legible(&line.entities.join(", "));
    if line.more == 0 { named } else { format!("{named} and {} more", line.more) }
}

/// Entities, all of them where they are few.
pub(super) fn few(entities: &[&str], all: bool) -> String {
    if all || entities.len() <= ENTITIES {
        return legible(&entities.join(", "));
    }
    let shown: Vec<&str> = entities.iter().copied().take(ENTITIES).collect();
    format!("{} and {} more", legible(&shown.join(", ")), entities.len() - shown.len())
}

fn when(line: &Line) -> String {
    line.when.as_ref().map_or_else(String::new, |when| format!(" when {}", legible(when)))
}

fn witness(out: &mut Output, conditions: &Conditions) -> io::Result<()> {
    for (words, witness) in conditions.witnesses.told() {
        writeln!(out, "      {FAINT}{words}:{FAINT:#} {}", legible(witness))?;
    }
    Ok(())
}

fn end(out: &mut Output, report: &Report) -> io::Result<()> {
    if !report.people.complete {
        let approved = approved(report.people.approved);
        writeln!(out, "not all values of the context were tried: somebody may gain or lose under others{approved}")?;
    }
    for line in &report.no_longer_apply {
        writeln!(out, "{OPEN}approved, and does not apply:{OPEN:#} {}", legible(line))?;
    }
    Ok(())
}

fn place(place: Option<&str>) -> String {
    place.map_or_else(String::new, |place| format!("  {FAINT}{}{FAINT:#}", legible(place)))
}

const fn approved(approved: bool) -> &'static str {
    if approved { " (approved)" } else { "" }
}

fn legible(text: &str) -> String {
    render::legible(text)
}
