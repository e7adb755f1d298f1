//! A directory in which a few things are other than before: made of the one before, without building it anew.
//!
//! What the steps of a change say is looked at as it would be in a file. Where something is wrong with it, or where it is
//! said of what cannot be told without a look at everything, the directory is to be built anew, which says what is wrong:
//! only mistakes in what is assigned, which are the most common, are told here.

mod assign;
mod entity;
mod lie;
mod link;
mod value;
mod warnings;

use super::change::Edit;
use super::{Assignment, Directory, EntityId};
use crate::diagnostics::{self, Diagnostic};
use crate::schema::Schema;
use std::sync::Arc;

/// What some steps came to.
#[derive(Clone, Debug)]
pub struct Amended {
    /// The directory after them.
    pub directory: Arc<Directory>,
    /// What was assigned before and is no longer.
    pub gone: Vec<Assignment>,
    /// What is assigned now and was not before.
    pub came: Vec<Assignment>,
    /// Entities that have an entry now and were not there before.
    pub created: Vec<EntityId>,
    /// Entities that had an entry and are not there any more.
    pub removed: Vec<EntityId>,
    /// Entities that are mentioned now and were not known before.
    pub met: Vec<EntityId>,
    /// Entities that lie elsewhere than before, or in something that does; each behind what it lies in.
    pub moved: Vec<EntityId>,
    /// What is assigned on these, before as after.
    pub moved_with: Vec<Assignment>,
    /// Entities that have an entry, before as after, and an attribute that was given.
    pub revalued: Vec<EntityId>,
    /// Entities that give settings and gave none, or others, or the other way round, or that lie elsewhere.
    pub resettled: Vec<EntityId>,
}

/// A directory while steps are taken.
struct Amending<'a> {
    schema: &'a Schema,
    directory: Directory,
    findings: Vec<Diagnostic>,
    gone: Vec<Assignment>,
    came: Vec<Assignment>,
    created: Vec<EntityId>,
    removed: Vec<EntityId>,
    met: Vec<EntityId>,
    /// By entity that moves, what it comes to lie in. Between the steps of a change it may lie in too little.
    moving: Vec<(EntityId, Vec<EntityId>)>,
    /// What moved, and what lies in it.
    moved: Vec<EntityId>,
    revalued: Vec<EntityId>,
    resettled: Vec<EntityId>,
}

impl Directory {
    /// The directory after some steps; nothing where it is to be built anew.
    ///
    /// # Errors
    /// What building the directory would find wrong with what is assigned.
    #[must_use]
    pub fn amended(&self, schema: &Schema, edits: &[Edit]) -> Option<Result<Amended, Vec<Diagnostic>>> {
        let mut amending = Amending {
            schema,
            directory: self.clone(),
            findings: Vec::new(),
            gone: Vec::new(),
            came: Vec::new(),
            created: Vec::new(),
            removed: Vec::new(),
            met: Vec::new(),
            moving: Vec::new(),
            moved: Vec::new(),
            revalued: Vec::new(),
            resettled: Vec::new(),
        };
        edits.iter().try_for_each(|edit| amending.take(edit))?;
        amending.arrive()?;
        let Amending { mut directory, mut findings, gone, came, created, removed, met, .. } = amending;
        let Amending { mut moved, revalued, resettled, .. } = amending;
        if !findings.is_empty() {
            diagnostics::sort(&mut findings);
            let assigned = edits.iter().all(|edit| matches!(edit, Edit::Assign(_) | Edit::Revoke { .. }));
            return assigned.then_some(Err(findings));
        }
        directory.settle()?;
        directory.values.settle();
        directory.assignments.settle(directory.len());
        moved.retain(|&entity| directory.is_declared(entity));
        let moved_with = moved.iter().flat_map(|&entity| directory.assignments_on(entity)).collect();
        let directory = Arc::new(directory);
        Some(Ok(Amended { directory, gone, came, created, removed, met, moved, moved_with, revalued, resettled }))
    }
}

impl Amending<'_> {
    fn take(&mut self, edit: &Edit) -> Option<()> {
        match edit {
            Edit::Assign(assigned) => self.assign(assigned),
            Edit::Revoke { subject, role, on } => self.revoke(subject, role, on),
            Edit::SetAttribute { entity, field } => self.set_attribute(entity, field),
            Edit::Declare(new) => self.declare(new),
            Edit::Remove { entity } => self.remove(entity),
            Edit::AddParent { entity, parent } => self.lie_in(entity, parent),
            Edit::RemoveParent { entity, parent } => self.leave(entity, parent),
            Edit::Link(link) => self.link(link),
            Edit::Unlink { policy, on } => self.unlink(policy, on),
            Edit::SetSetting { entity, field } => self.set_setting(entity, field),
            Edit::AddPolicy(_) | Edit::RemovePolicy { .. } | Edit::AddCustomRole(_) | Edit::RemoveCustomRole { .. } => {
                None
            }
        }
    }
}
