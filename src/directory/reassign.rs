//! A directory in which roles were assigned and revoked, and nothing else: made of the one before, without building it anew.

use super::change::{Assigned, Edit};
use super::naming::{
    assigned_at, holds_no_role, leading, near_type, repeated, undeclared, undeclared_mention, unknown_role,
    unknown_type, userset_parts,
};
use super::{Assignment, Directory, EntityId, Subject};
use crate::diagnostics::{self, Code, Diagnostic, near_miss};
use crate::schema::{Schema, split_entity};
use crate::source::Span;
use std::sync::Arc;

/// Among how many entities with an entry a suggestion for one that has none is looked for.
const NEAREST_AMONG: u32 = 1_000_000;

/// What assigning and revoking came to.
#[derive(Clone, Debug)]
pub struct Reassigned {
    /// The directory after it.
    pub directory: Arc<Directory>,
    /// What was assigned before and is no longer.
    pub gone: Vec<Assignment>,
    /// What is assigned now and was not before.
    pub came: Vec<Assignment>,
}

impl Directory {
    /// The directory after some steps that assign and revoke roles; nothing where another step is among them, or a name
    /// that the directory does not know: then it is to be built anew.
    ///
    /// # Errors
    /// What building the directory would find wrong with what is assigned.
    #[must_use]
    pub fn reassigned(&self, schema: &Schema, edits: &[Edit]) -> Option<Result<Reassigned, Vec<Diagnostic>>> {
        let (mut directory, mut findings) = (self.clone(), Vec::new());
        let (mut gone, mut came) = (Vec::new(), Vec::new());
        for edit in edits {
            match edit {
                Edit::Assign(assigned) => {
                    if let Some(one) = directory.read(schema, assigned, &mut findings)? {
                        directory.assignments.assign(one);
                        came.push(one);
                    }
                }
                Edit::Revoke { subject, role, on } => {
                    let (subject, role, on) = directory.assignment_named(schema, subject, role, on)?;
                    for one in directory.assignments.revoke(subject, role, on) {
                        // What came just now was never there.
                        match came.iter().position(|known| *known == one) {
                            Some(at) => drop(came.remove(at)),
                            None => gone.push(one),
                        }
                    }
                }
                _ => return None,
            }
        }
        if !findings.is_empty() {
            diagnostics::sort(&mut findings);
            return Some(Err(findings));
        }
        directory.assignments.settle(directory.len());
        Some(Ok(Reassigned { directory: Arc::new(directory), gone, came }))
    }

    /// An assignment as it is asked for, with what is wrong with it; `None` where it names what is not known here.
    #[expect(clippy::option_option, reason = "a name that is not known is one thing, a mistake another")]
    fn read(&self, schema: &Schema, assigned: &Assigned, findings: &mut Vec<Diagnostic>) -> Option<Option<Assignment>> {
        let name = &assigned.name;
        let on = self.known(schema, &name.on)?.filter(|&on| self.is_declared(on))?;
        let role = self.role_named(schema, on, &name.role);
        if role.is_none() {
            findings.push(unknown_role(schema, self, on, &name.role, name.role.span));
        }
        let span = name.subject.span;
        let (text, member) = match name.subject.split_once('#') {
            Some((group, member)) => (group, Some(member)),
            None => (name.subject.as_str(), None),
        };
        let (named_at, member_at) = member.map_or((span, span), |member| userset_parts(span, text, member));
        let Some(named) = self.known(schema, text)? else {
            let type_name = split_entity(text).map_or("", |(type_name, _)| type_name);
            let help = near_type(schema, type_name);
            findings.push(unknown_type(type_name, leading(named_at, text, type_name), help));
            return Some(None);
        };
        let subject = match member {
            Some(member) => match self.role_named(schema, named, member) {
                Some(role) => Subject::Userset { on: named, role },
                None => {
                    findings.push(unknown_role(schema, self, named, member, member_at));
                    return Some(None);
                }
            },
            None => {
                if schema.types.get(self.type_of(named))?.acts_as.is_some() {
                    findings.push(holds_no_role(schema, self, named, span));
                    return Some(None);
                }
                Subject::Entity(named)
            }
        };
        let (since, until) = (assigned.since, assigned.until);
        Some(role.map(|role| Assignment { subject, role, on, since, until, span }))
    }

    /// The entity of a text, nothing where its type is not known; `None` where the entity is not.
    #[expect(clippy::option_option, reason = "an unknown type is a mistake, an unknown entity may be a new one")]
    fn known(&self, schema: &Schema, text: &str) -> Option<Option<EntityId>> {
        let (type_name, id) = split_entity(text)?;
        match schema.type_named(type_name) {
            Some(ty) => self.find(ty, id).map(Some),
            None => Some(None),
        }
    }
}

impl Reassigned {
    /// The warnings after it, of those before: nothing where they are the same, `None` where that cannot be told.
    ///
    /// Two kinds may change: of an assignment that stands twice, and of an entity that is mentioned without an entry.
    #[must_use]
    pub fn warnings(&self, schema: &Schema, before: &[Diagnostic]) -> Option<Option<Vec<Diagnostic>>> {
        let twice = |finding: &Diagnostic| {
            // Two assignments may share a place: an alias stands for a list of subjects.
            finding.code == Code::DuplicateAssignment
                && self.gone.iter().any(|one| {
                    finding.labels.iter().any(|label| holds(one.span, label.span))
                        && finding.message == repeated(schema, &self.directory, one.role, one.on)
                })
        };
        let mut lost: Vec<usize> = Vec::new();
        if !self.gone.is_empty() {
            lost.extend(before.iter().enumerate().filter(|(_, finding)| twice(finding)).map(|(at, _)| at));
        }
        let mut new = Vec::new();
        let mut mentioned: Vec<EntityId> = self
            .gone
            .iter()
            .chain(&self.came)
            .map(|one| one.subject.entity())
            .filter(|&one| self.is_doubtful(one))
            .collect();
        mentioned.sort_unstable();
        mentioned.dedup();
        for entity in mentioned {
            let message = undeclared(&self.directory.name(schema, entity));
            let known =
                before.iter().position(|finding| finding.code == Code::UndeclaredMention && finding.message == message);
            if let Some((at, finding)) = known.and_then(|at| Some((at, before.get(at)?))) {
                let mut assigned = self.gone.iter().copied().chain(self.directory.assignments.naming(entity));
                let place = finding.span();
                // Where something else than an assignment mentions it, that goes before.
                if !assigned.any(|one| place.is_some_and(|place| holds(one.span, place)))
                    || place == assigned_at(schema, &self.directory, entity)
                {
                    continue;
                }
                lost.push(at);
            }
            new.extend(self.mention(schema, entity));
        }
        if lost.is_empty() && new.is_empty() {
            return Some(None);
        }
        // Where some are not shown, one that goes makes room for another.
        if before.iter().any(|finding| finding.code == Code::LimitExceeded) {
            return None;
        }
        let kept = before.iter().enumerate().filter(|(at, _)| !lost.contains(at)).map(|(_, finding)| finding.clone());
        let mut after: Vec<Diagnostic> = kept.chain(new).collect();
        diagnostics::sort(&mut after);
        Some(Some(after))
    }

    /// Whether a mention of an entity is a warning: it has no entry, and others of its type have. One that only a default
    /// of the policy named at first is none.
    fn is_doubtful(&self, entity: EntityId) -> bool {
        let directory = &self.directory;
        !directory.is_declared(entity)
            && directory.declares_type(directory.type_of(entity))
            && directory.entities.span(entity).is_some()
    }

    /// The warning at the first mention of an entity, if it is mentioned still.
    fn mention(&self, schema: &Schema, entity: EntityId) -> Option<Diagnostic> {
        let directory = &self.directory;
        let span = assigned_at(schema, directory, entity)?;
        let (ty, id) = (directory.type_of(entity), directory.id_of(entity));
        let mut near = None;
        if directory.entities.declared_of(ty) <= NEAREST_AMONG {
            let declared =
                directory.entities().filter(|&one| directory.type_of(one) == ty && directory.is_declared(one));
            near = near_miss(id, declared.map(|one| directory.id_of(one)));
        }
        let own = schema.types.get(ty).map_or("", |info| &info.name);
        let help = near.map(|near| format!("did you mean `{own}:{near}`?"));
        Some(undeclared_mention(&directory.name(schema, entity), span, help))
    }
}

/// Whether a place lies in another.
fn holds(outer: Span, inner: Span) -> bool {
    outer.file == inner.file && outer.start <= inner.start && inner.end <= outer.end
}
