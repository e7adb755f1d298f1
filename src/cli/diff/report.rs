//! A difference as it is shown: rows in one line each, the same in every form.

use super::approved::Approved;
use crate::analysis::diff::{CausedBy, Difference, PermissionDiff, PolicyDiff, Related, RuleDiff, SettingDiff, Side};
use crate::source::{SourceMap, Span};
use crate::workspace::State;
use serde::Serialize;
use std::collections::BTreeMap;

/// Of how many pairs samples are made.
const SAMPLED: usize = 2_000;

/// How many lines of samples a change has.
const LINES: usize = 10;

/// All of it, in its wire form.
#[derive(Serialize)]
pub(super) struct Report {
    pub(super) old: String,
    pub(super) new: String,
    pub(super) roles: Vec<Role>,
    pub(super) rules: Vec<Rule>,
    pub(super) settings: Vec<Setting>,
    pub(super) people: People,
    /// Approved changes that do not apply any more.
    pub(super) no_longer_apply: Vec<String>,
}

#[derive(Serialize)]
pub(super) struct Role {
    pub(super) role: String,
    /// `added` or `removed`; nothing for a role of both sides.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) is: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) place: Option<String>,
    pub(super) permissions: Vec<Permission>,
}

#[derive(Serialize)]
pub(super) struct Permission {
    pub(super) permission: String,
    pub(super) change: &'static str,
    pub(super) old: String,
    pub(super) new: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) condition: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) witness: Option<String>,
    pub(super) approved: bool,
    #[serde(skip)]
    pub(super) may: (bool, bool),
}

#[derive(Serialize)]
pub(super) struct Rule {
    pub(super) effect: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) policy: Option<String>,
    pub(super) old: Option<String>,
    pub(super) new: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) place: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) condition: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) witness: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) speaks_also_of: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) no_longer_of: Vec<String>,
    pub(super) approved: bool,
}

#[derive(Serialize)]
pub(super) struct Setting {
    pub(super) setting: String,
    /// The org policy or entity whose value it is; nothing for the declaration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) on: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) turn: Option<&'static str>,
    pub(super) old: Option<String>,
    pub(super) new: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) place: Option<String>,
    pub(super) approved: bool,
}

#[derive(Serialize)]
pub(super) struct People {
    pub(super) gained: Count,
    pub(super) lost: Count,
    /// Whether all values of the context were tried that conditions tell apart.
    pub(super) complete: bool,
    pub(super) changes: Vec<Change>,
}

#[derive(Serialize, Clone, Copy, Default, PartialEq)]
pub(super) struct Count {
    pub(super) rows: usize,
    pub(super) subjects: usize,
    pub(super) entities: usize,
    pub(super) approved: usize,
}

#[derive(Serialize)]
pub(super) struct Change {
    pub(super) kind: &'static str,
    pub(super) change: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) place: Option<String>,
    pub(super) gained: Count,
    pub(super) lost: Count,
    pub(super) lines: Vec<Line>,
    /// How many rows are in no line.
    pub(super) left_out: usize,
}

/// What somebody gains or loses on the same entities.
#[derive(Serialize)]
pub(super) struct Line {
    pub(super) subject: String,
    pub(super) gained: bool,
    pub(super) permissions: Vec<String>,
    pub(super) entities: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) when: Option<String>,
    pub(super) approved: bool,
}

/// A row of people in one line.
pub(super) fn row_line(row: &Difference) -> String {
    let verb = if row.gained { "gains" } else { "loses" };
    let when = row.occasion.as_ref().map_or_else(String::new, |occasion| format!(" when {}", occasion.text()));
    format!("{} {verb} {} on {}{when}", row.subject, row.permission, row.entity)
}

impl Role {
    pub(super) fn line(&self, permission: &Permission) -> String {
        let Permission { permission, change, old, new, .. } = permission;
        format!("role {}: {permission} {change}: {old} => {new}", self.role)
    }
}

impl Rule {
    pub(super) fn line(&self) -> String {
        let shown = |text: &Option<String>| text.clone().unwrap_or_else(|| String::from("nothing"));
        let of = self.policy.as_ref().map_or_else(String::new, |policy| format!("policy {policy}: "));
        format!("rule: {of}{} => {}", shown(&self.old), shown(&self.new))
    }
}

impl Setting {
    pub(super) fn line(&self) -> String {
        let shown = |text: &Option<String>| text.clone().unwrap_or_else(|| String::from("nothing"));
        let on = self.on.as_ref().map_or_else(String::new, |on| format!(" on {on}"));
        format!("setting {}{on}: {} => {}", self.setting, shown(&self.old), shown(&self.new))
    }
}

/// Rows of settings that say the same of several entities, together, and of which these are.
pub(super) fn together(settings: &[Setting]) -> Vec<(&Setting, Vec<&str>)> {
    let mut groups: Vec<(&Setting, Vec<&str>)> = Vec::new();
    for row in settings {
        let on = row.on.as_deref();
        let of_policy = on.is_none_or(|on| on.starts_with("policy "));
        let same = |(first, _): &&mut (&Setting, Vec<&str>)| {
            let said = |row: &Setting| (row.setting.clone(), row.turn, row.old.clone(), row.new.clone(), row.approved);
            !of_policy && first.on.as_deref().is_some_and(|on| !on.starts_with("policy ")) && said(first) == said(row)
        };
        match groups.iter_mut().rev().take(SETTINGS).find(same) {
            Some((_, entities)) => entities.extend(on),
            None => groups.push((row, on.into_iter().collect())),
        }
    }
    groups
}

/// Among how many groups of rows of settings one's own is looked for.
const SETTINGS: usize = 64;

/// What a report is made of.
pub(super) struct Making<'m> {
    pub(super) old: &'m State,
    pub(super) new: &'m State,
    pub(super) all: bool,
}

impl Making<'_> {
    pub(super) fn report(&self, names: [&str; 2], diff: &PolicyDiff<'_>, approved: &mut Approved) -> Report {
        let [old, new] = names.map(str::to_owned);
        let roles = diff.roles.iter().map(|role| {
            let mut shown = Role {
                role: role.role.clone(),
                is: role.only.map(|side| if side == Side::New { "added" } else { "removed" }),
                place: role.place.and_then(|place| self.place(place)),
                permissions: role.permissions.iter().map(permission).collect(),
            };
            let lines: Vec<String> = shown.permissions.iter().map(|permission| shown.line(permission)).collect();
            for (permission, line) in shown.permissions.iter_mut().zip(lines) {
                permission.approved = approved.has(&line);
            }
            shown
        });
        let roles: Vec<Role> = roles.collect();
        let rules = diff.rules.iter().map(|rule| self.rule(rule, approved)).collect();
        let settings = diff.settings.iter().flat_map(|setting| self.setting(setting, approved)).collect();
        let people = self.people(diff, approved);
        Report { old, new, roles, rules, settings, people, no_longer_apply: approved.unused() }
    }

    fn sources(&self, side: Side) -> &SourceMap {
        match side {
            Side::Old => self.old.sources(),
            Side::New => self.new.sources(),
        }
    }

    fn place(&self, (side, span): (Side, Span)) -> Option<String> {
        let place = self.sources(side).place(span);
        (!place.is_empty()).then_some(place)
    }

    fn rule(&self, rule: &RuleDiff, approved: &mut Approved) -> Rule {
        let (condition, witness) = related(rule.related.as_ref());
        let mut shown = Rule {
            effect: rule.effect.as_str(),
            policy: rule.policy.clone(),
            old: rule.old.clone(),
            new: rule.new.clone(),
            place: rule.place.and_then(|place| self.place(place)),
            condition,
            witness,
            speaks_also_of: rule.added.clone(),
            no_longer_of: rule.removed.clone(),
            approved: false,
        };
        shown.approved = approved.has(&shown.line());
        shown
    }

    fn setting(&self, setting: &SettingDiff, approved: &mut Approved) -> Vec<Setting> {
        let mut rows: Vec<Setting> = Vec::new();
        let place = || setting.place.and_then(|place| self.place(place));
        let name = &setting.setting;
        if setting.old != setting.new {
            let (old, new) = (setting.old.clone(), setting.new.clone());
            rows.push(Setting {
                setting: name.clone(),
                on: None,
                turn: None,
                old,
                new,
                place: place(),
                approved: false,
            });
        }
        let policies = setting.policies.iter().map(|given| (format!("policy {}", given.on), given));
        let entities = setting.entities.iter().map(|given| (given.on.clone(), given));
        rows.extend(policies.chain(entities).map(|(on, given)| Setting {
            setting: name.clone(),
            on: Some(on),
            turn: Some(given.turn.as_str()),
            old: Some(given.old.clone()),
            new: Some(given.new.clone()),
            place: None,
            approved: false,
        }));
        for row in &mut rows {
            row.approved = approved.has(&row.line());
        }
        rows
    }

    fn people(&self, diff: &PolicyDiff<'_>, approved: &mut Approved) -> People {
        let mut changes: Vec<Change> = diff.people.by_cause().map(|caused| self.change(&caused, approved)).collect();
        // What takes and gives most comes first.
        changes.sort_by_key(|change| std::cmp::Reverse(change.gained.rows + change.lost.rows));
        let total = |gained: bool| {
            let counted = diff.people.counted(gained);
            let of = |change: &Change| if gained { change.gained.approved } else { change.lost.approved };
            let approved = changes.iter().map(of).sum();
            Count { rows: counted.rows, subjects: counted.subjects, entities: counted.entities, approved }
        };
        People { gained: total(true), lost: total(false), complete: diff.people.is_complete(), changes }
    }

    fn change(&self, caused: &CausedBy<'_, '_>, approved: &mut Approved) -> Change {
        let count = |gained: bool| {
            let counted = caused.counted(gained);
            Count { rows: counted.rows, subjects: counted.subjects, entities: counted.entities, approved: 0 }
        };
        let (mut gained, mut lost) = (count(true), count(false));
        if approved.speaks_of_people() {
            for row in caused.rows() {
                let count = if row.gained { &mut gained } else { &mut lost };
                count.approved += usize::from(approved.has(&row_line(&row)));
            }
        }
        let sampled = if self.all { usize::MAX } else { SAMPLED };
        let mut lines = lines(caused.rows().take(sampled), approved);
        if !self.all {
            lines.truncate(LINES);
        }
        let shown: usize = lines.iter().map(|line| line.permissions.len() * line.entities.len()).sum();
        Change {
            kind: caused.cause.kind.as_str(),
            change: caused.cause.text.clone(),
            place: caused.cause.place.and_then(|place| self.place(place)),
            left_out: (gained.rows + lost.rows).saturating_sub(shown),
            gained,
            lost,
            lines,
        }
    }
}

fn permission(diff: &PermissionDiff) -> Permission {
    let (condition, witness) = related(diff.related.as_ref());
    Permission {
        permission: diff.permission.clone(),
        change: diff.change.as_str(),
        old: diff.old.clone(),
        new: diff.new.clone(),
        condition,
        witness,
        approved: false,
        may: (diff.may_gain(), diff.may_lose()),
    }
}

fn related(related: Option<&Related>) -> (Option<&'static str>, Option<String>) {
    related.map_or((None, None), |related| (Some(related.relation.as_str()), related.witness.clone()))
}

/// What makes two rows one line, but for what is done and on what.
type LineKey = (String, bool, Option<String>, bool);

/// Rows in lines: permissions that somebody gains or loses on the same entities stand together.
fn lines(rows: impl Iterator<Item = Difference>, approved: &mut Approved) -> Vec<Line> {
    let mut order: Vec<LineKey> = Vec::new();
    let mut found: BTreeMap<LineKey, Vec<(String, Vec<String>)>> = BTreeMap::new();
    for row in rows {
        let is_approved = approved.has(&row_line(&row));
        let when = row.occasion.as_ref().map(|occasion| occasion.text());
        let key = (row.subject, row.gained, when, is_approved);
        if !found.contains_key(&key) {
            order.push(key.clone());
        }
        let permissions = found.entry(key).or_default();
        match permissions.iter_mut().find(|(permission, _)| *permission == row.permission) {
            Some((_, entities)) => entities.push(row.entity),
            None => permissions.push((row.permission, vec![row.entity])),
        }
    }
    let mut lines: Vec<Line> = Vec::new();
    order.sort_by(|one, other| one.0.cmp(&other.0).then_with(|| one.1.cmp(&other.1)));
    for key in order {
        let mut of_key: Vec<Line> = Vec::new();
        for (permission, entities) in found.remove(&key).unwrap_or_default() {
            match of_key.iter_mut().find(|line| line.entities == entities) {
                Some(line) => line.permissions.push(permission),
                None => of_key.push(Line {
                    subject: key.0.clone(),
                    gained: key.1,
                    permissions: vec![permission],
                    entities,
                    when: key.2.clone(),
                    approved: key.3,
                }),
            }
        }
        lines.append(&mut of_key);
    }
    lines
}

/// Whether somebody may gain, or lose, by what becomes of a rule.
pub(super) fn may(rule: &Rule, gained: bool) -> bool {
    let allows = rule.effect == "allow";
    match (&rule.old, &rule.new) {
        (None, _) => allows == gained,
        (_, None) => allows != gained,
        _ => {
            let wider = !rule.speaks_also_of.is_empty();
            let closer = !rule.no_longer_of.is_empty();
            let weaker = !matches!(rule.condition, Some("equal" | "stronger" | "stronger or equal"));
            let stronger = !matches!(rule.condition, Some("equal" | "weaker" | "weaker or equal"));
            if allows == gained { wider || weaker } else { closer || stronger }
        }
    }
}
