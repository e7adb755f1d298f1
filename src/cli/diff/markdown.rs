//! A difference as Markdown, for a pull request.

use super::super::render::counted;
use super::report::{Conditions, Count, Report, together};
use super::text::{few, total};
use std::io::{self, Write};

/// So many entities or assignments are named where not all are wanted.
const NAMED: usize = 6;

pub(super) fn write(out: &mut impl Write, report: &Report, all: bool) -> io::Result<()> {
    writeln!(out, "## What changes in meaning\n\nFrom {} to {}.", code(&report.old), code(&report.new))?;
    let people = &report.people;
    let nobody = people.gained.rows + people.lost.rows == 0;
    if report.is_empty() {
        writeln!(out, "\nNothing changes in meaning.")?;
        return end(out, report);
    }
    totals(out, people.lost, people.gained, "- **", "**")?;
    if nobody {
        writeln!(out, "\nNobody gains or loses anything.")?;
    }
    declarations(out, report)?;
    if report.roles.iter().any(|role| !role.permissions.is_empty()) {
        writeln!(out, "\n### Roles\n\n| role | permission | change | before | after |")?;
        writeln!(out, "| --- | --- | --- | --- | --- |")?;
    }
    for role in &report.roles {
        let is = role.is.map_or_else(String::new, |is| format!(" ({is})"));
        for permission in &role.permissions {
            let (condition, witness) = (permission.conditions.behind(": "), shown(&permission.conditions));
            writeln!(
                out,
                "| {}{is} | {} | {}{condition}{}{witness} | {} | {} |",
                code(&role.role),
                code(&permission.permission),
                permission.change,
                approved(permission.approved),
                code(&permission.old),
                code(&permission.new),
            )?;
        }
    }
    let either = |text: Option<&str>| text.map_or_else(|| String::from("–"), code);
    if !report.rules.is_empty() {
        writeln!(out, "\n### Rules\n\n| before | after | condition |\n| --- | --- | --- |")?;
    }
    for rule in &report.rules {
        let of = rule.policy.as_ref().map_or_else(String::new, |policy| format!("policy {}: ", code(policy)));
        let (condition, witness) = (rule.condition(""), shown(&rule.conditions));
        let approved = approved(rule.approved);
        let (old, new) = (either(rule.old.as_deref()), either(rule.new.as_deref()));
        let of_what: String = [(" also of", &rule.speaks_also_of), (" no longer of", &rule.no_longer_of)]
            .into_iter()
            .filter(|(_, permissions)| !permissions.is_empty() && rule.old.is_some() && rule.new.is_some())
            .map(|(words, permissions)| {
                let permissions: Vec<String> = permissions.iter().map(|permission| code(permission)).collect();
                format!("{words} {}", permissions.join(", "))
            })
            .collect();
        writeln!(out, "| {of}{old} | {of}{new} | {condition}{of_what}{approved}{witness} |")?;
    }
    if !report.settings.is_empty() {
        writeln!(out, "\n### Settings\n\n| setting | on | before | after | |\n| --- | --- | --- | --- | --- |")?;
    }
    for (setting, on) in together(&report.settings) {
        let on = if on.is_empty() { String::new() } else { code(&few(&on, all)) };
        let (turn, approved) = (setting.turn.unwrap_or("declared"), approved(setting.approved));
        let (old, new) = (either(setting.old.as_deref()), either(setting.new.as_deref()));
        writeln!(out, "| {} | {on} | {old} | {new} | {turn}{approved} |", code(&setting.setting))?;
    }
    if !report.facts.is_empty() {
        writeln!(out, "\n### Directory\n")?;
    }
    for fact in &report.facts {
        let named: Vec<String> =
            fact.named.iter().take(if all { usize::MAX } else { NAMED }).map(|one| code(one)).collect();
        let rest = fact.count - named.len();
        let more = if rest == 0 { String::new() } else { format!(" and {rest} more") };
        writeln!(out, "- {}: {}{more}", fact.what, named.join(", "))?;
    }
    if !people.changes.is_empty() {
        writeln!(out, "\n### People")?;
    }
    for change in &people.changes {
        let place = change.place.as_deref().map_or_else(String::new, |place| format!(" ({})", code(place)));
        writeln!(out, "\n#### {}{place}", prose(&change.change))?;
        totals(out, change.lost, change.gained, "", "")?;
        writeln!(out)?;
        for line in &change.lines {
            let verb = if line.gained { "gains" } else { "loses" };
            let permissions: Vec<String> = line.permissions.iter().map(|permission| code(permission)).collect();
            let entities: Vec<String> = line.entities.iter().map(|entity| code(entity)).collect();
            let when = line.when.as_ref().map_or_else(String::new, |when| format!(" when {}", code(when)));
            let more = if line.more == 0 { String::new() } else { format!(" and {} more", line.more) };
            let (permissions, entities) = (permissions.join(", "), entities.join(", ") + &more);
            let (subject, approved) = (code(&line.subject), approved(line.approved));
            writeln!(out, "- {subject} {verb} {permissions} on {entities}{when}{approved}")?;
        }
        match change.in_no_line() {
            0 => {}
            more => writeln!(out, "- and {} more", counted(more, "time"))?,
        }
    }
    end(out, report)
}

/// Types, the context, org policies, and what of roles is neither allow nor deny.
fn declarations(out: &mut impl Write, report: &Report) -> io::Result<()> {
    let declared = report.declarations.iter();
    let declared = declared.map(|one| (one.subject(), one.is, one.approved, &one.clauses));
    let roles = report.roles.iter().filter(|role| role.is.is_some() || !role.clauses.is_empty());
    let roles = roles.map(|role| (role.subject(), role.is, role.approved, &role.clauses));
    let rows: Vec<_> = declared.chain(roles).collect();
    if rows.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n### Declarations\n\n| declaration | clause | before | after |\n| --- | --- | --- | --- |")?;
    let text = |text: &Option<String>| match text.as_deref() {
        None => String::from("–"),
        Some("") => String::from("yes"),
        Some(text) => code(text),
    };
    for (subject, is, is_approved, clauses) in rows {
        if let Some(is) = is {
            writeln!(out, "| {} | {is}{} | | |", code(&subject), approved(is_approved))?;
        }
        for clause in clauses {
            let (condition, witness) = (clause.conditions.behind(": "), shown(&clause.conditions));
            let (old, new, approved) = (text(&clause.old), text(&clause.new), approved(clause.approved));
            writeln!(out, "| {} | {}{condition}{approved}{witness} | {old} | {new} |", code(&subject), clause.clause)?;
        }
    }
    Ok(())
}

fn totals(out: &mut impl Write, lost: Count, gained: Count, before: &str, after: &str) -> io::Result<()> {
    if lost.rows + gained.rows > 0 {
        writeln!(out)?;
    }
    for (verb, count) in [("loses", lost), ("gains", gained)] {
        if count.rows > 0 {
            let end = if before.is_empty() { ".  " } else { "" };
            writeln!(out, "{before}{}{after}{end}", total(verb, count))?;
        }
    }
    Ok(())
}

fn end(out: &mut impl Write, report: &Report) -> io::Result<()> {
    if !report.people.complete {
        let approved = approved(report.people.approved);
        writeln!(out, "\nNot all values of the context were tried: somebody may gain or lose under others{approved}.")?;
    }
    if !report.no_longer_apply.is_empty() {
        writeln!(out, "\n### Approved, and does not apply\n")?;
    }
    report.no_longer_apply.iter().try_for_each(|line| writeln!(out, "- {}", code(line)))
}

/// The requests that show how conditions differ.
fn shown(conditions: &Conditions) -> String {
    let told = conditions.witnesses.told();
    told.map(|(words, witness)| format!("<br>{words} {}", code(witness))).collect()
}

const fn approved(approved: bool) -> &'static str {
    if approved { " (approved)" } else { "" }
}

/// Text as code, safe in a table.
fn code(text: &str) -> String {
    let flat = text.replace(['\n', '\r'], " ").replace('|', "\\|");
    if flat.is_empty() {
        String::new()
    } else if flat.contains('`') {
        format!("`` {flat} ``")
    } else {
        format!("`{flat}`")
    }
}

/// Words with code in them, safe in a heading.
fn prose(text: &str) -> String {
    text.replace(['\n', '\r'], " ").replace('<', "&lt;")
}
