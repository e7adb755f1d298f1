//! A directory in the bulk form: lines found by what they say, each edited by itself.

use super::draft::Draft;
use super::habits::Habits;
use super::read::{self, What};
use super::sheet::Sheet;
use crate::document;
use crate::source::FileId;
use rustc_hash::FxHashMap;
use serde::Deserialize;
use std::borrow::Cow;

/// A file with one JSON object a line.
#[derive(Debug)]
pub(super) struct Bulk<'t> {
    /// Lines with their breaks; nothing for one that was taken out.
    lines: Vec<Option<Cow<'t, str>>>,
    entities: FxHashMap<String, usize>,
    /// The lines of assignments, by the entity that they are on.
    assignments: FxHashMap<String, Vec<Assignment>>,
    policies: FxHashMap<String, usize>,
    custom_roles: FxHashMap<(String, String), usize>,
    habits: Habits,
    /// Whether the last line had no break.
    open_end: bool,
    pub(super) changed: bool,
}

#[derive(Debug)]
struct Assignment {
    subject: String,
    role: String,
    line: usize,
}

/// As much of a line as tells what it is about.
#[derive(Deserialize)]
struct Line {
    entity: Option<String>,
    assign: Option<AssignLine>,
    policy: Option<serde_json::Value>,
    custom_role: Option<RoleLine>,
}

#[derive(Deserialize)]
struct AssignLine {
    subject: String,
    role: String,
    on: String,
}

#[derive(Deserialize)]
struct RoleLine {
    name: String,
    r#in: String,
}

impl<'t> Bulk<'t> {
    pub(super) fn read(text: &'t str) -> Self {
        let habits = Habits { json: true, colon: ":", gap: "", pad: "", ..Habits::default() };
        let mut bulk = Self {
            lines: Vec::new(),
            entities: FxHashMap::default(),
            assignments: FxHashMap::default(),
            policies: FxHashMap::default(),
            custom_roles: FxHashMap::default(),
            habits,
            open_end: !text.is_empty() && !text.ends_with('\n'),
            changed: false,
        };
        for line in text.split_inclusive('\n') {
            // A line that says nothing that is known is kept as it is.
            if let Ok(read) = serde_json::from_str(line.trim_start_matches('\u{feff}')) {
                bulk.index(read);
            }
            bulk.lines.push(Some(Cow::Borrowed(line)));
        }
        if let Some(sheet) = text.lines().find(|line| !line.trim().is_empty()).and_then(read_line) {
            bulk.habits = Habits { newline: bulk.habits.newline, ..sheet.habits };
        }
        if text.split_once('\n').is_some_and(|(line, _)| line.ends_with('\r')) {
            bulk.habits.newline = "\r\n";
        }
        bulk
    }

    fn index(&mut self, read: Line) {
        let line = self.lines.len();
        if let Some(entity) = read.entity {
            self.entities.insert(entity, line);
        } else if let Some(AssignLine { subject, role, on }) = read.assign {
            self.assignments.entry(on).or_default().push(Assignment { subject, role, line });
        } else if let Some(name) = read.policy.as_ref().and_then(|policy| policy.get("name")?.as_str()) {
            self.policies.insert(name.to_owned(), line);
        } else if let Some(RoleLine { name, r#in: owner }) = read.custom_role {
            self.custom_roles.insert((name, owner), line);
        }
    }

    pub(super) fn text(&self) -> String {
        let mut text: String = self.lines.iter().flatten().map(|line| &**line).collect();
        if self.open_end && text.ends_with('\n') {
            text.truncate(text.len() - if text.ends_with("\r\n") { 2 } else { 1 });
        }
        text
    }

    pub(super) fn has(&self, entity: &str) -> bool {
        self.entities.contains_key(entity)
    }

    /// Whether any entity of the same type has a line.
    pub(super) fn has_type_of(&self, entity: &str) -> bool {
        let ty = |name: &str| name.split_once(':').map(|(ty, _)| ty.to_owned());
        self.entities.keys().any(|other| ty(other) == ty(entity))
    }

    pub(super) fn declare(&mut self, entity: &str, draft: &Draft) {
        let line = self.add(draft);
        self.entities.insert(entity.to_owned(), line);
    }

    /// Takes out an entity's line. Whether it was there.
    pub(super) fn remove(&mut self, entity: &str) -> bool {
        let line = self.entities.remove(entity);
        self.drop_lines(line);
        line.is_some()
    }

    /// Takes out what is said of an entity on other lines.
    pub(super) fn remove_what_is_on(&mut self, entity: &str) {
        let lines = self.assignments.remove(entity).unwrap_or_default();
        self.drop_lines(lines.into_iter().map(|assignment| assignment.line));
        let roles: Vec<usize> =
            self.custom_roles.extract_if(|(_, owner), _| owner == entity).map(|(_, line)| line).collect();
        self.drop_lines(roles);
    }

    pub(super) fn assign(&mut self, on: &str, role: &str, subject: &Draft) {
        let said = subject.said("subject").to_owned();
        let mut entries = vec![
            (String::from("subject"), Draft::name(&said)),
            (String::from("role"), Draft::name(role)),
            (String::from("on"), Draft::name(on)),
        ];
        entries.extend(bounds(subject));
        let line = self.add(&Draft::Map(vec![(String::from("assign"), Draft::Map(entries))]));
        let assignment = Assignment { subject: said, role: role.to_owned(), line };
        self.assignments.entry(on.to_owned()).or_default().push(assignment);
    }

    pub(super) fn revoke(&mut self, subject: &str, role: &str, on: &str) -> bool {
        let Some(assignments) = self.assignments.get_mut(on) else { return false };
        let meant = |one: &mut Assignment| one.subject == subject && one.role == role;
        let lines: Vec<usize> = assignments.extract_if(.., meant).map(|assignment| assignment.line).collect();
        let found = !lines.is_empty();
        self.drop_lines(lines);
        found
    }

    /// Gives an assignment other bounds, and takes out where it stands again. Whether it was there.
    pub(super) fn reassign(&mut self, subject: &Draft, role: &str, on: &str) -> bool {
        let Some(assignments) = self.assignments.get_mut(on) else { return false };
        let said = subject.said("subject");
        let meant = |one: &Assignment| one.subject == said && one.role == role;
        let Some(first) = assignments.iter().find(|one| meant(one)).map(|one| one.line) else { return false };
        let again: Vec<usize> =
            assignments.extract_if(.., |one| meant(one) && one.line != first).map(|one| one.line).collect();
        self.drop_lines(again);
        let bounds: Vec<(String, Draft)> = bounds(subject);
        self.edit_line(first, |sheet| {
            let Some(assign) = sheet.child(sheet.root, "assign") else { return };
            for key in ["since", "until"] {
                let bound = bounds.iter().find(|(name, _)| name == key).map_or(&Draft::Null, |(_, draft)| draft);
                sheet.set_key(assign, key, bound, assign);
            }
        });
        true
    }

    pub(super) fn has_policy(&self, name: &str) -> bool {
        self.policies.contains_key(name)
    }

    pub(super) fn set_policy(&mut self, name: &str, draft: &Draft) {
        let draft = named("policy", name, draft);
        let line = self.replace_or_add(self.policies.get(name).copied(), &draft);
        self.policies.insert(name.to_owned(), line);
    }

    pub(super) fn remove_policy(&mut self, name: &str) -> bool {
        let line = self.policies.remove(name);
        self.drop_lines(line);
        line.is_some()
    }

    pub(super) fn set_custom_role(&mut self, name: &str, owner: &str, draft: &Draft) {
        let key = (name.to_owned(), owner.to_owned());
        let draft = named("custom_role", name, draft);
        let line = self.replace_or_add(self.custom_roles.get(&key).copied(), &draft);
        self.custom_roles.insert(key, line);
    }

    pub(super) fn has_custom_role(&self, name: &str, owner: &str) -> bool {
        self.custom_roles.contains_key(&(name.to_owned(), owner.to_owned()))
    }

    pub(super) fn remove_custom_role(&mut self, name: &str, owner: &str) -> bool {
        let line = self.custom_roles.remove(&(name.to_owned(), owner.to_owned()));
        self.drop_lines(line);
        line.is_some()
    }

    /// Edits an entity's line.
    pub(super) fn edit<R>(&mut self, entity: &str, edit: impl FnOnce(&mut Sheet<'_>) -> R) -> Option<R> {
        let line = *self.entities.get(entity)?;
        self.edit_line(line, edit)
    }

    fn edit_line<R>(&mut self, at: usize, edit: impl FnOnce(&mut Sheet<'_>) -> R) -> Option<R> {
        let line = self.lines.get(at)?.as_deref()?;
        let body = line.trim_end_matches(['\n', '\r']);
        let ending = line.get(body.len()..)?;
        let mut sheet = read_line(body)?;
        let result = edit(&mut sheet);
        let new = format!("{}{ending}", sheet.print());
        *self.lines.get_mut(at)? = Some(Cow::Owned(new));
        self.changed = true;
        Some(result)
    }

    fn replace_or_add(&mut self, line: Option<usize>, draft: &Draft) -> usize {
        let Some(at) = line else { return self.add(draft) };
        if let Some(line) = self.lines.get_mut(at) {
            *line = Some(format!("{}{}", self.habits.flow_text(draft, ""), self.habits.newline).into());
        }
        self.changed = true;
        at
    }

    fn add(&mut self, draft: &Draft) -> usize {
        let newline = self.habits.newline;
        if let Some(Some(last)) = self.lines.last_mut()
            && !last.ends_with('\n')
        {
            last.to_mut().push_str(newline);
        }
        self.lines.push(Some(format!("{}{newline}", self.habits.flow_text(draft, "")).into()));
        self.changed = true;
        self.lines.len() - 1
    }

    fn drop_lines(&mut self, lines: impl IntoIterator<Item = usize>) {
        for at in lines {
            if let Some(line) = self.lines.get_mut(at) {
                *line = None;
                self.changed = true;
            }
        }
    }
}

fn read_line(line: &str) -> Option<Sheet<'_>> {
    let node = document::parse(FileId(0), line).node?;
    read::sheet(line, &node, What::Line, true, false)
}

/// `since` and `until` of a subject that has them.
fn bounds(subject: &Draft) -> Vec<(String, Draft)> {
    match subject {
        Draft::Map(entries) => entries.iter().filter(|(key, _)| key != "subject").cloned().collect(),
        _ => Vec::new(),
    }
}

/// A line of something that has a name.
fn named(key: &str, name: &str, draft: &Draft) -> Draft {
    let mut entries = vec![(String::from("name"), Draft::name(name))];
    if let Draft::Map(rest) = draft {
        entries.extend(rest.iter().cloned());
    }
    Draft::Map(vec![(key.to_owned(), Draft::Map(entries))])
}
