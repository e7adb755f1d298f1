//! A difference as it is shown: rows in one line each, the same in every form.

use crate::analysis::diff::{Difference, Related, Relation};
use rustc_hash::FxHashMap;
use serde::{Serialize, Serializer};
use std::sync::Arc;

/// The line of approved changes for what may be found under values of the context that were not tried.
pub(super) const UNTRIED: &str = "context: not all values were tried";

/// All of it, in its wire form.
#[derive(Serialize)]
pub(super) struct Report {
    pub(super) old: String,
    pub(super) new: String,
    pub(super) declarations: Vec<Declaration>,
    pub(super) roles: Vec<Role>,
    pub(super) rules: Vec<Rule>,
    pub(super) settings: Vec<Setting>,
    pub(super) facts: Vec<Fact>,
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
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) clauses: Vec<Clause>,
    /// That it is there on one side alone.
    #[serde(skip)]
    pub(super) approved: bool,
}

/// A type, the context or an org policy.
#[derive(Serialize)]
pub(super) struct Declaration {
    pub(super) kind: &'static str,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) name: String,
    /// As of a [`Role`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) is: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) place: Option<String>,
    pub(super) clauses: Vec<Clause>,
    /// That it is there on one side alone.
    #[serde(skip)]
    pub(super) approved: bool,
}

/// How the conditions of both sides stand to each other, where there are two.
#[derive(Serialize, Default)]
pub(super) struct Conditions {
    #[serde(rename = "condition", skip_serializing_if = "Option::is_none", serialize_with = "word")]
    pub(super) relation: Option<Relation>,
    #[serde(skip_serializing_if = "Witnesses::is_empty")]
    pub(super) witnesses: Witnesses,
}

/// Requests for which one side's condition alone holds.
#[derive(Serialize, Default)]
pub(super) struct Witnesses {
    /// The old one's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) old: Option<String>,
    /// The new one's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) new: Option<String>,
}

impl Witnesses {
    const fn is_empty(&self) -> bool {
        self.old.is_none() && self.new.is_none()
    }

    /// Each with words that tell whose it is.
    pub(super) fn told(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let both = [("holds no longer for", &self.old), ("holds now for", &self.new)];
        both.into_iter().filter_map(|(words, witness)| Some((words, witness.as_deref()?)))
    }
}

/// A clause of a declaration.
#[derive(Serialize)]
pub(super) struct Clause {
    pub(super) clause: String,
    pub(super) old: Option<String>,
    pub(super) new: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) place: Option<String>,
    #[serde(flatten)]
    pub(super) conditions: Conditions,
    pub(super) approved: bool,
    #[serde(skip)]
    pub(super) may: (bool, bool),
}

#[derive(Serialize)]
pub(super) struct Permission {
    pub(super) permission: String,
    pub(super) change: &'static str,
    pub(super) old: String,
    pub(super) new: String,
    #[serde(flatten)]
    pub(super) conditions: Conditions,
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
    #[serde(flatten)]
    pub(super) conditions: Conditions,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) speaks_also_of: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) no_longer_of: Vec<String>,
    pub(super) approved: bool,
    #[serde(skip)]
    pub(super) may: (bool, bool),
}

#[derive(Serialize)]
pub(super) struct Setting {
    #[serde(serialize_with = "text")]
    pub(super) setting: Arc<str>,
    /// The org policy or entity whose value it is; nothing for the declaration.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "any_text")]
    pub(super) on: Option<Arc<str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) turn: Option<&'static str>,
    // There may be a million of them, with few values.
    #[serde(serialize_with = "any_text")]
    pub(super) old: Option<Arc<str>>,
    #[serde(serialize_with = "any_text")]
    pub(super) new: Option<Arc<str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) place: Option<String>,
    pub(super) approved: bool,
    /// Whether somebody may gain by it, and lose.
    #[serde(skip)]
    pub(super) may: (bool, bool),
}

/// A way in which the directories differ.
#[derive(Serialize)]
pub(super) struct Fact {
    pub(super) what: String,
    pub(super) count: usize,
    pub(super) named: Vec<String>,
}

#[derive(Serialize)]
pub(super) struct People {
    pub(super) gained: Count,
    pub(super) lost: Count,
    /// Whether all values of the context were tried that conditions tell apart.
    pub(super) complete: bool,
    /// Whether it is approved that they were not.
    #[serde(skip)]
    pub(super) approved: bool,
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
    /// How many rows no line lists.
    pub(super) left_out: usize,
}

impl Change {
    /// How many rows are in no line, be it as one more.
    pub(super) fn in_no_line(&self) -> usize {
        let more: usize = self.lines.iter().map(|line| line.permissions.len() * line.more).sum();
        self.left_out.saturating_sub(more)
    }
}

/// What somebody gains or loses on the same entities.
#[derive(Serialize)]
pub(super) struct Line {
    pub(super) subject: String,
    pub(super) gained: bool,
    pub(super) permissions: Vec<String>,
    pub(super) entities: Vec<String>,
    /// On how many others.
    #[serde(skip_serializing_if = "is_zero")]
    pub(super) more: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) when: Option<String>,
    pub(super) approved: bool,
}

impl Conditions {
    /// The relation in words behind others; nothing where there is none.
    pub(super) fn behind(&self, words: &str) -> String {
        self.relation.map_or_else(String::new, |relation| format!("{words}{}", relation.as_str()))
    }
}

impl From<Option<&Related>> for Conditions {
    fn from(related: Option<&Related>) -> Self {
        related.map_or_else(Self::default, |related| Self {
            relation: Some(related.relation),
            witnesses: {
                let [old, new] = related.witnesses.each_ref().map(|one| one.as_ref().map(|one| one.text.clone()));
                Witnesses { old, new }
            },
        })
    }
}

/// A relation by its stable name.
fn word<S: Serializer>(relation: &Option<Relation>, serializer: S) -> Result<S::Ok, S::Error> {
    relation.map(Relation::as_str).serialize(serializer)
}

#[expect(clippy::trivially_copy_pass_by_ref)]
const fn is_zero(count: &usize) -> bool {
    *count == 0
}

fn text<S: Serializer>(text: &Arc<str>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(text)
}

fn any_text<S: Serializer>(text: &Option<Arc<str>>, serializer: S) -> Result<S::Ok, S::Error> {
    text.as_deref().serialize(serializer)
}

impl Report {
    /// Whether there is nothing to be told.
    pub(super) const fn is_empty(&self) -> bool {
        let roles = self.declarations.is_empty() && self.roles.is_empty();
        let policy = roles && self.rules.is_empty() && self.settings.is_empty();
        policy && self.facts.is_empty() && self.people.changes.is_empty()
    }
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

    pub(super) fn subject(&self) -> String {
        format!("role {}", self.role)
    }
}

impl Declaration {
    /// What it is and what it is called.
    pub(super) fn subject(&self) -> String {
        if self.name.is_empty() { self.kind.to_owned() } else { format!("{} {}", self.kind, self.name) }
    }
}

impl Clause {
    /// Its line, as a clause of a role or of another declaration.
    pub(super) fn line(&self, subject: &str) -> String {
        format!("{subject}: {}", self.text(" => "))
    }

    /// What becomes of it, in words.
    pub(super) fn text(&self, becomes: &str) -> String {
        let clause = &self.clause;
        let said = |word: &str, text: &str| {
            if text.is_empty() { format!("{word} {clause}") } else { format!("{word} {clause}: {text}") }
        };
        match (&self.old, &self.new) {
            (None, Some(new)) => said("new", new),
            (Some(old), None) => said("gone", old),
            (old, new) => {
                let text = |text: &Option<String>| text.clone().unwrap_or_default();
                format!("{clause}: {}{becomes}{}", text(old), text(new))
            }
        }
    }
}

/// The line for a declaration that is there on one side alone.
pub(super) fn presence_line(subject: &str, is: &str) -> String {
    format!("{subject}: {is}")
}

impl Fact {
    /// The first so many of them.
    pub(super) fn some(&self, most: usize) -> String {
        let shown: Vec<&str> = self.named.iter().map(String::as_str).take(most).collect();
        let rest = self.count - shown.len();
        let more = if rest == 0 { String::new() } else { format!(" and {rest} more") };
        format!("{}{more}", shown.join(", "))
    }
}

impl Rule {
    /// How its condition stands to the other side's, behind other words; of what one side alone has, whether it does nothing.
    pub(super) fn condition(&self, words: &str) -> String {
        match (&self.old, &self.new, self.conditions.relation) {
            (Some(_), Some(_), _) => self.conditions.behind(words),
            (_, _, Some(_)) => String::from("without effect"),
            _ => String::new(),
        }
    }

    pub(super) fn line(&self) -> String {
        let shown = |text: &Option<String>| text.clone().unwrap_or_else(|| String::from("nothing"));
        let of = self.policy.as_ref().map_or_else(String::new, |policy| format!("policy {policy}: "));
        format!("rule: {of}{} => {}", shown(&self.old), shown(&self.new))
    }
}

impl Setting {
    pub(super) fn line(&self) -> String {
        let shown = |text: &Option<Arc<str>>| text.as_deref().unwrap_or("nothing").to_owned();
        let on = self.on.as_ref().map_or_else(String::new, |on| format!(" on {on}"));
        format!("setting {}{on}: {} => {}", self.setting, shown(&self.old), shown(&self.new))
    }
}

/// Rows of settings that say the same of several entities, together, and of which these are.
pub(super) fn together(settings: &[Setting]) -> Vec<(&Setting, Vec<&str>)> {
    let mut groups: Vec<(&Setting, Vec<&str>)> = Vec::new();
    let mut known = FxHashMap::default();
    for row in settings {
        let on = row.on.as_deref();
        // Of a million entities few say anything of their own.
        if on.is_some_and(|on| !on.starts_with("policy ")) {
            let said = (&row.setting, row.turn, &row.old, &row.new, row.approved);
            let group = *known.entry(said).or_insert(groups.len());
            if let Some((_, entities)) = groups.get_mut(group) {
                entities.extend(on);
                continue;
            }
        }
        groups.push((row, on.into_iter().collect()));
    }
    groups
}
