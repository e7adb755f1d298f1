//! All files of a directory together: which of them an edit goes to.

use super::bulk::Bulk;
use super::document::Document;
use super::draft::Draft;
use super::file::File;
use super::sheet::{ItemId, Sheet};
use super::wording::{entry, line, owned, subject};
use super::{FileText, Form};
use crate::diagnostics::{Code, Diagnostic};
use crate::directory::Edit;
use crate::directory::change::{Assigned, Field, NewEntity};
use std::borrow::Cow;

/// Longer names cannot be keys: a limit of YAML, kept in JSON as well.
const KEY_LIMIT: usize = 1000;

/// Entities that nest deeper get an entry at the top: the reading of documents has a limit.
const DEPTH_LIMIT: usize = 100;

/// The files with what was done to them.
#[derive(Debug)]
pub(super) struct Files<'t>(Vec<File<'t>>);

/// Where an entity has its entry.
enum Home {
    Document(usize, ItemId),
    Bulk(usize),
}

/// The texts of documents, each with a break at its end.
pub(super) fn closed<'t>(files: &[FileText<'t>]) -> Vec<Cow<'t, str>> {
    let closed = |file: &FileText<'t>| {
        if file.form == Form::Bulk || file.text.ends_with('\n') {
            return Cow::Borrowed(file.text);
        }
        let newline = if file.text.contains("\r\n") { "\r\n" } else { "\n" };
        Cow::Owned(format!("{}{newline}", file.text))
    };
    files.iter().map(closed).collect()
}

type Step = Result<(), Diagnostic>;

impl<'t> Files<'t> {
    pub(super) fn read(files: &[FileText<'t>], closed: &'t [Cow<'t, str>]) -> Result<Self, Diagnostic> {
        let read = |(file, closed): (&FileText<'t>, &'t Cow<'t, str>)| {
            Ok(match file.form {
                Form::Bulk => File::Bulk(Box::new(Bulk::read(closed))),
                form => {
                    let open_end = !file.text.ends_with('\n');
                    File::Document(Box::new(Document::read(file.name, closed, form == Form::Json, open_end)?))
                }
            })
        };
        Ok(Self(files.iter().zip(closed).map(read).collect::<Result<_, Diagnostic>>()?))
    }

    /// The texts of those that were changed.
    pub(super) fn texts(&self) -> Vec<Option<String>> {
        self.0.iter().map(File::text).collect()
    }

    pub(super) fn apply(&mut self, edits: &[Edit]) -> Step {
        let mut edits = edits.iter().peekable();
        while let Some(edit) = edits.next() {
            // What is taken out only to be put in again stays where it stands.
            let next = edits.peek().copied();
            match (edit, next) {
                (Edit::Revoke { subject, role, on }, Some(Edit::Assign(assigned)))
                    if (subject, role, on) == (&*assigned.name.subject, &*assigned.name.role, &*assigned.name.on) =>
                {
                    self.reassign(assigned)?;
                    edits.next();
                }
                (Edit::RemovePolicy { name }, Some(Edit::AddPolicy(policy))) if *name == *policy.name => {}
                (Edit::RemoveCustomRole { name, organization }, Some(Edit::AddCustomRole(role)))
                    if (name, organization) == (&*role.name.name, &*role.name.organization) => {}
                _ => self.edit(edit)?,
            }
        }
        self.settle();
        Ok(())
    }

    fn settle(&mut self) {
        for file in &mut self.0 {
            if let File::Document(document) = file {
                document.settle();
            }
        }
    }

    fn edit(&mut self, edit: &Edit) -> Step {
        match edit {
            Edit::Declare(new) => self.declare(new),
            Edit::Remove { entity } => self.remove(entity),
            Edit::AddParent { entity, parent } => match self.home(entity)? {
                Home::Document(at, item) => self.document(at, |document| document.add_parent(item, parent)),
                Home::Bulk(at) => {
                    self.bulk(at, |bulk| bulk.edit(entity, |line| line.add_to(line.root, "in", parent)).is_some())
                }
            },
            Edit::RemoveParent { entity, parent } => {
                let found = match self.home(entity)? {
                    Home::Document(at, item) => self.with(at, |document| document.remove_parent(item, parent)),
                    Home::Bulk(at) => self.line(at, entity, |line| line.take_from(line.root, "in", parent)),
                };
                there(found, || format!("`{entity}` does not lie in `{parent}` in the directory's files"))
            }
            Edit::SetAttribute { entity, field } => self.set(entity, None, field),
            Edit::SetSetting { entity, field } => self.set(entity, Some("settings"), field),
            Edit::Assign(assigned) => {
                let name = &assigned.name;
                let subject = subject(assigned);
                match self.home(&name.on)? {
                    Home::Document(at, item) => {
                        self.document(at, |document| document.sheet.assign(item, &name.role, &subject))
                    }
                    Home::Bulk(at) => self.bulk(at, |bulk| {
                        bulk.assign(&name.on, &name.role, &subject);
                        true
                    }),
                }
            }
            Edit::Revoke { subject, role, on } => {
                let found = self.anywhere(|file| file.revoke(subject, role, on));
                there(found, || format!("`{subject}` holds no `{role}` on `{on}` in the directory's files"))
            }
            Edit::Link(link) => match self.home(&link.on)? {
                Home::Document(at, item) => {
                    self.document(at, |document| document.sheet.add_to(item, "policy", &link.policy))
                }
                Home::Bulk(at) => self.bulk(at, |bulk| {
                    bulk.edit(&link.on, |line| line.add_to(line.root, "policy", &link.policy)).is_some()
                }),
            },
            Edit::Unlink { policy, on } => {
                let found = match self.home(on)? {
                    Home::Document(at, item) => {
                        self.with(at, |document| document.sheet.take_from(item, "policy", policy))
                    }
                    Home::Bulk(at) => self.line(at, on, |line| line.take_from(line.root, "policy", policy)),
                };
                there(found, || format!("`{policy}` is not linked to `{on}` in the directory's files"))
            }
            Edit::AddPolicy(policy) => {
                self.set_policy(&policy.name, &Draft::of(&policy.node));
                Ok(())
            }
            Edit::RemovePolicy { name } => {
                let found = self.anywhere(|file| file.remove_policy(name));
                there(found, || format!("the org policy `{name}` stands in none of the directory's files"))
            }
            Edit::AddCustomRole(role) => {
                let (name, owner) = (&role.name.name, &role.name.organization);
                self.set_custom_role(name, owner, Draft::of(&role.node).without("in"))
            }
            Edit::RemoveCustomRole { name, organization } => {
                let found = self.anywhere(|file| file.remove_custom_role(name, organization));
                there(found, || {
                    format!("the custom role `{name}` of `{organization}` stands in none of the directory's files")
                })
            }
        }
    }

    fn declare(&mut self, new: &NewEntity) -> Step {
        let name = new.entity.value.as_str();
        if name.len() > KEY_LIMIT {
            let message = format!("a name of more than {KEY_LIMIT} bytes cannot be written as a key");
            return Err(Diagnostic::error(Code::LimitExceeded, new.entity.span, message));
        }
        // An earlier entry of that name may still be there, waiting for what is nested in it to leave.
        self.settle();
        let home = match new.parents.first() {
            Some(parent) => self.home(parent)?,
            None => match self.file_for(name) {
                Some(at) => match self.0.get(at) {
                    Some(File::Document(document)) => Home::Document(at, document.sheet.root),
                    _ => Home::Bulk(at),
                },
                None => {
                    return Err(Diagnostic::placeless(Code::UnknownEntity, "there is no directory file to write to"));
                }
            },
        };
        match home {
            Home::Document(at, parent) => {
                let Some(File::Document(document)) = self.0.get(at) else { return Ok(()) };
                let nested = parent != document.sheet.root && document.sheet.depth(parent) < DEPTH_LIMIT;
                let others = new.parents.get(usize::from(nested)..).unwrap_or_default();
                let entry = entry(new, others.iter().map(|parent| parent.value.as_str()));
                self.document(at, |document| document.declare(name, nested.then_some(parent), &entry))
            }
            Home::Bulk(at) => {
                let line = line(new);
                self.bulk(at, |bulk| {
                    bulk.declare(name, &line);
                    true
                })
            }
        }
    }

    /// The file for an entity that lies in nothing: where others of its type stand, else the first.
    fn file_for(&self, name: &str) -> Option<usize> {
        let same = |file: &File<'_>| file.has_type_of(name);
        self.0.iter().position(same).or(if self.0.is_empty() { None } else { Some(0) })
    }

    fn remove(&mut self, entity: &str) -> Step {
        self.home(entity)?;
        self.0.iter_mut().for_each(|file| file.remove(entity));
        Ok(())
    }

    fn set(&mut self, entity: &str, below: Option<&str>, field: &Field) -> Step {
        let (key, draft) = (field.key.value.as_str(), Draft::of(&field.value));
        match self.home(entity)? {
            Home::Document(at, item) => self.document(at, |document| match below {
                Some(below) => document.sheet.set_below(item, below, key, &draft),
                None => document.sheet.set_key(item, key, &draft, item),
            }),
            Home::Bulk(at) => {
                let below = below.unwrap_or("attributes");
                self.bulk(at, |bulk| bulk.edit(entity, |line| line.set_below(line.root, below, key, &draft)).is_some())
            }
        }
    }

    fn reassign(&mut self, assigned: &Assigned) -> Step {
        let (name, subject) = (&assigned.name, subject(assigned));
        let mut found = false;
        for file in &mut self.0 {
            if found {
                // Where it stands in another file as well, it goes.
                file.revoke(&name.subject, &name.role, &name.on);
            } else {
                found = file.reassign(&subject, &name.role, &name.on);
            }
        }
        there(found, || {
            format!("`{}` holds no `{}` on `{}` in the directory's files", *name.subject, *name.role, *name.on)
        })
    }

    fn set_policy(&mut self, name: &str, draft: &Draft) {
        let holds = |file: &File<'_>| file.has_policy(name);
        let holds_any = |file: &File<'_>| matches!(file, File::Document(document) if document.has_policies());
        let document = |file: &File<'_>| matches!(file, File::Document(_));
        let files = &self.0;
        let at = files
            .iter()
            .position(holds)
            .or_else(|| files.iter().position(holds_any))
            .or_else(|| files.iter().position(document));
        match self.0.get_mut(at.unwrap_or(0)) {
            Some(File::Document(document)) => {
                document.changed = true;
                document.sheet.set_below(document.sheet.root, "policies", name, draft);
            }
            Some(File::Bulk(bulk)) => bulk.set_policy(name, draft),
            None => {}
        }
    }

    fn set_custom_role(&mut self, name: &str, owner: &str, draft: Draft) -> Step {
        for file in &mut self.0 {
            match file {
                File::Document(document) => {
                    if let Some(item) = document.custom_role(name, owner) {
                        let elsewhere = !document.sheet.items[item].said.is_empty();
                        let draft = if elsewhere { owned(draft, owner) } else { draft };
                        document.sheet.set(item, &draft);
                        document.changed = true;
                        return Ok(());
                    }
                }
                File::Bulk(bulk) if bulk.has_custom_role(name, owner) => {
                    bulk.set_custom_role(name, owner, &owned(draft, owner));
                    return Ok(());
                }
                File::Bulk(_) => {}
            }
        }
        match self.home(owner)? {
            Home::Document(at, item) => {
                self.document(at, |document| document.sheet.set_below(item, "custom_roles", name, &draft))
            }
            Home::Bulk(at) => self.bulk(at, |bulk| {
                bulk.set_custom_role(name, owner, &owned(draft, owner));
                true
            }),
        }
    }

    /// Edits every file; whether any had what was looked for.
    fn anywhere(&mut self, mut edit: impl FnMut(&mut File<'t>) -> bool) -> bool {
        let mut found = false;
        for file in &mut self.0 {
            found |= edit(file);
        }
        found
    }

    fn home(&self, entity: &str) -> Result<Home, Diagnostic> {
        let home = self.0.iter().enumerate().find_map(|(at, file)| match file {
            File::Document(document) => document.entity(entity).map(|item| Home::Document(at, item)),
            File::Bulk(bulk) => bulk.has(entity).then_some(Home::Bulk(at)),
        });
        home.ok_or_else(|| {
            let message = format!("`{entity}` has no entry in the directory's files");
            Diagnostic::placeless(Code::UnknownEntity, message)
        })
    }

    fn document(&mut self, at: usize, edit: impl FnOnce(&mut Document<'t>)) -> Step {
        self.with(at, |document| {
            edit(document);
            true
        });
        Ok(())
    }

    fn with(&mut self, at: usize, edit: impl FnOnce(&mut Document<'t>) -> bool) -> bool {
        let Some(File::Document(document)) = self.0.get_mut(at) else { return false };
        document.changed = true;
        edit(document)
    }

    fn bulk(&mut self, at: usize, edit: impl FnOnce(&mut Bulk<'t>) -> bool) -> Step {
        if let Some(File::Bulk(bulk)) = self.0.get_mut(at)
            && edit(bulk)
        {
            return Ok(());
        }
        Err(Diagnostic::placeless(
            Code::Unsupported,
            "a line of the directory is written in a way that cannot be edited",
        ))
    }

    fn line(&mut self, at: usize, entity: &str, edit: impl FnOnce(&mut Sheet<'_>) -> bool) -> bool {
        match self.0.get_mut(at) {
            Some(File::Bulk(bulk)) => bulk.edit(entity, edit) == Some(true),
            _ => false,
        }
    }
}

fn there(found: bool, message: impl FnOnce() -> String) -> Step {
    if found { Ok(()) } else { Err(Diagnostic::placeless(Code::NothingToChange, message())) }
}
