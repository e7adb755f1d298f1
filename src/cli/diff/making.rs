//! A report made of a difference: names for places, samples for rows, and what is approved.

use super::approved::Approved;
use super::failing;
use super::lines::{Lines, some_of_each};
use super::report::{
    Change, Clause, Count, Declaration, Fact, People, Permission, Report, Role, Rule, Setting, UNTRIED, presence_line,
    row_line,
};
use crate::analysis::diff::{
    CausedBy, ClauseDiff, DeclarationDiff, PermissionDiff, PolicyDiff, RuleDiff, SettingDiff, Side, Turn,
};
use crate::source::{SourceMap, Span};
use crate::workspace::State;
use std::sync::Arc;

/// Of how many who gain by a change, and of how many who lose, there are samples.
const SUBJECTS: usize = 5;

/// How many lines of samples a change has.
const LINES: usize = 10;

/// How many entities a line of samples has.
const ENTITIES: usize = 6;

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
                is: role.only.map(is),
                place: role.place.and_then(|place| self.place(place)),
                permissions: role.permissions.iter().map(permission).collect(),
                clauses: Vec::new(),
                approved: false,
            };
            let subject = shown.subject();
            shown.approved = shown.is.is_some_and(|is| approved.has(&presence_line(&subject, is)));
            shown.clauses = self.clauses(&subject, &role.clauses, approved);
            let lines: Vec<String> = shown.permissions.iter().map(|permission| shown.line(permission)).collect();
            for (permission, line) in shown.permissions.iter_mut().zip(lines) {
                permission.approved = approved.has(&line);
            }
            shown
        });
        let roles: Vec<Role> = roles.collect();
        let declarations: Vec<Declaration> =
            diff.declarations.iter().map(|declaration| self.declaration(declaration, approved)).collect();
        let rules = diff.rules.iter().map(|rule| self.rule(rule, approved)).collect();
        let settings = diff.settings.iter().flat_map(|setting| self.setting(setting, approved)).collect();
        let facts = diff.facts.iter();
        let facts =
            facts.map(|fact| Fact { what: fact.what.clone(), count: fact.count, named: fact.named.clone() }).collect();
        let people = self.people(diff, approved);
        let no_longer_apply = Vec::new();
        let mut report = Report { old, new, declarations, roles, rules, settings, facts, people, no_longer_apply };
        // What nobody may gain or lose by needs no trying.
        report.people.complete |= !failing::may_concern_somebody(&report);
        report.people.approved = !report.people.complete && approved.has(UNTRIED);
        report.no_longer_apply = approved.unused();
        report
    }

    fn declaration(&self, declaration: &DeclarationDiff, approved: &mut Approved) -> Declaration {
        let mut shown = Declaration {
            kind: declaration.kind.as_str(),
            name: declaration.name.clone(),
            is: declaration.only.map(is),
            place: declaration.place.and_then(|place| self.place(place)),
            clauses: Vec::new(),
            approved: false,
        };
        let subject = shown.subject();
        shown.approved = shown.is.is_some_and(|is| approved.has(&presence_line(&subject, is)));
        shown.clauses = self.clauses(&subject, &declaration.clauses, approved);
        shown
    }

    /// The clauses of a role or of another declaration.
    fn clauses(&self, subject: &str, clauses: &[ClauseDiff], approved: &mut Approved) -> Vec<Clause> {
        let shown = clauses.iter().map(|diff| {
            let mut shown = Clause {
                clause: diff.clause.clone(),
                old: diff.old.clone(),
                new: diff.new.clone(),
                place: diff.place.and_then(|place| self.place(place)),
                conditions: diff.related.as_ref().into(),
                approved: false,
                may: (diff.may_gain, diff.may_lose),
            };
            shown.approved = approved.has(&shown.line(subject));
            shown
        });
        shown.collect()
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
        let mut shown = Rule {
            effect: rule.effect.as_str(),
            policy: rule.policy.clone(),
            old: rule.old.clone(),
            new: rule.new.clone(),
            place: rule.place.and_then(|place| self.place(place)),
            conditions: rule.related.as_ref().into(),
            speaks_also_of: rule.added.clone(),
            no_longer_of: rule.removed.clone(),
            approved: false,
            may: (rule.may_gain(), rule.may_lose()),
        };
        shown.approved = approved.has(&shown.line());
        shown
    }

    fn setting(&self, setting: &SettingDiff, approved: &mut Approved) -> Vec<Setting> {
        let mut rows: Vec<Setting> = Vec::new();
        let place = || setting.place.and_then(|place| self.place(place));
        let name: Arc<str> = setting.setting.as_str().into();
        if setting.old != setting.new {
            let text = |text: &Option<String>| text.as_deref().map(Arc::from);
            let (old, new) = (text(&setting.old), text(&setting.new));
            rows.push(Setting {
                setting: Arc::clone(&name),
                on: None,
                turn: None,
                old,
                new,
                place: place(),
                approved: false,
                may: (setting.is_read, setting.is_read),
            });
        }
        let policies = setting.policies.iter().map(|given| (format!("policy {}", given.on).into(), given));
        let entities = setting.entities.iter().map(|given| (Arc::clone(&given.on), given));
        rows.extend(policies.chain(entities).map(|(on, given)| Setting {
            setting: Arc::clone(&name),
            on: Some(on),
            turn: Some(given.turn.as_str()),
            old: Some(Arc::clone(&given.old)),
            new: Some(Arc::clone(&given.new)),
            place: None,
            approved: false,
            may: match given.turn {
                Turn::Widened => (setting.is_read, false),
                Turn::Narrowed => (false, setting.is_read),
                Turn::Changed => (setting.is_read, setting.is_read),
            },
        }));
        // There may be a million of them, and mostly nothing is approved.
        if !approved.is_empty() {
            for row in &mut rows {
                row.approved = approved.has(&row.line());
            }
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
        let complete = diff.people.is_complete();
        People { gained: total(true), lost: total(false), complete, approved: false, changes }
    }

    fn change(&self, caused: &CausedBy<'_, '_>, approved: &mut Approved) -> Change {
        let count = |gained: bool| {
            let counted = caused.counted(gained);
            Count { rows: counted.rows, subjects: counted.subjects, entities: counted.entities, approved: 0 }
        };
        let (mut gained, mut lost) = (count(true), count(false));
        let mut lines = Lines::default();
        // What is approved is known row by row.
        if self.all || approved.speaks_of_people() {
            for row in caused.rows() {
                let is_approved = approved.has(&row_line(&row));
                let count = if row.gained { &mut gained } else { &mut lost };
                count.approved += usize::from(is_approved);
                lines.add_row(row, is_approved);
            }
        } else {
            caused.samples(SUBJECTS, ENTITIES).into_iter().for_each(|sample| lines.add(sample));
        }
        let mut lines = lines.joined();
        if !self.all {
            lines = some_of_each(lines, LINES);
            for line in &mut lines {
                line.more += line.entities.len().saturating_sub(ENTITIES);
                line.entities.truncate(ENTITIES);
            }
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
    Permission {
        permission: diff.permission.clone(),
        change: diff.change.as_str(),
        old: diff.old.clone(),
        new: diff.new.clone(),
        conditions: diff.related.as_ref().into(),
        approved: false,
        may: (diff.may_gain(), diff.may_lose()),
    }
}

/// The word for what is there on one side alone.
const fn is(side: Side) -> &'static str {
    match side {
        Side::New => "added",
        Side::Old => "removed",
    }
}
