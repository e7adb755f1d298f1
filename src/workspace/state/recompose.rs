//! Changes of custom roles, made in the policy itself: the directory is shared with the state before.

use super::{State, Step};
use crate::admin::{Occasion, permit};
use crate::decide::Revision;
use crate::diagnostics::Diagnostic;
use crate::directory::tree::Declarations;
use crate::directory::{Change, Edit};
use crate::model::{self, RoleChange, rank};
use crate::schema::RoleId;
use crate::source::FileId;
use crate::syntax::ast::{Item, RoleDecl};
use crate::workspace::additions::Additions;
use std::sync::Arc;

impl State {
    /// The state after a change that comes to these steps; nothing where it has to be built anew.
    pub(super) fn recomposed(
        &self,
        change: &Change,
        edits: &[Edit],
        revision: Revision,
        occasion: Occasion<'_>,
    ) -> Option<Result<Step, Vec<Diagnostic>>> {
        let model = &self.policy.model;
        let mut gone: Vec<RoleId> = Vec::new();
        for edit in edits {
            match edit {
                Edit::RemoveCustomRole { name, organization } => {
                    gone.push(model.schema.custom_role(name, organization)?);
                }
                Edit::AddCustomRole(_) => {}
                _ => return None,
            }
        }
        let Additions { file, diagnostics } = Additions::of_edits(edits);
        if !diagnostics.is_empty() || gone.iter().any(|&role| self.is_warned_of(role)) {
            return None;
        }
        // What is added to what directories add can be put on top of it later; what is taken off it cannot.
        let added = self.policy.added.clone().filter(|_| gone.is_empty());
        let written: Vec<&RoleDecl> = file.items.iter().map(role).collect::<Option<_>>()?;
        let roles = written.into_iter().zip(rank::behind(model)).map(|(decl, rank)| {
            let before = model.role_of(decl).filter(|role| gone.contains(role));
            gone.retain(|&role| Some(role) != before);
            RoleChange { before, decl, rank: before.map_or(rank, |before| model.rank_of_role(before)) }
        });
        let roles = roles.collect();
        let mut revised =
            self.policy.revised(&model::Revision { gone_roles: gone, roles, ..model::Revision::default() })?;
        revised.policy.added = added.map(|added| added.into_iter().chain([Arc::new(file.clone())]).collect());
        let compiled = Arc::clone(revised.policy.compiled.as_ref()?);
        let snapshot = self.snapshot.under(compiled, &revised.affected)?.with_revision(revision);
        if let Err(finding) = permit(&self.snapshot, &snapshot, change, occasion) {
            return Some(Err(vec![finding]));
        }
        let mut declarations = Declarations::clone(&self.declarations);
        declarations.edit(edits);
        let state = Self {
            declarations: Arc::new(declarations),
            policy: Arc::new(revised.policy),
            snapshot: Arc::new(snapshot),
            ..self.clone()
        };
        Some(Ok(Step { state, edits: edits.to_vec(), rebuilt: false }))
    }

    /// Whether a finding has a place in the text in which a role is declared, and so may go with it.
    fn is_warned_of(&self, role: RoleId) -> bool {
        let text: Option<FileId> = self.policy.model.roles.get(role).map(|role| role.span.file);
        let mut labels = self.policy.diagnostics.iter().flat_map(|finding| &finding.labels);
        labels.any(|label| Some(label.span.file) == text)
    }
}

fn role(item: &Item) -> Option<&RoleDecl> {
    match item {
        Item::Role(role) => Some(role),
        _ => None,
    }
}
