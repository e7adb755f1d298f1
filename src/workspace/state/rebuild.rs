//! Changes of any kind: their steps are taken on the records, and the directory is built of these anew.

use super::{State, Step};
use crate::admin::{Occasion, permit, revocations};
use crate::decide::{Revision, Snapshot};
use crate::diagnostics::{self, Code, Diagnostic};
use crate::directory::{Change, ChangeAction, DirectoryTree, Edit, tree};
use crate::workspace::additions::Additions;
use crate::workspace::passes::{Policy, declared};
use std::sync::Arc;

/// What a set of records came to.
struct Attempt {
    policy: Policy,
    snapshot: Option<Arc<Snapshot>>,
    diagnostics: Vec<Diagnostic>,
}

impl State {
    /// The state after a change that comes to these steps and what follows from them.
    pub(super) fn rebuilt(
        &self,
        change: &Change,
        mut edits: Vec<Edit>,
        revision: Revision,
        occasion: Occasion<'_>,
    ) -> Result<Step, Vec<Diagnostic>> {
        let mut records = self.records();
        for edit in &edits {
            tree::edit(&mut records, edit);
        }
        let (policy, misread) = self.policy_after(&edits, &records);
        let mut attempt = Attempt::new(policy, &records, revision, misread);
        // What required a role that is gone goes with it. An assignment that never counted is refused instead.
        while cascades(change) && lacks_required_roles_only(&attempt.diagnostics) {
            let follow = attempt.snapshot.as_deref().map(revocations).unwrap_or_default();
            for edit in &follow {
                tree::edit(&mut records, edit);
            }
            edits.extend(follow);
            attempt = Attempt::new(attempt.policy, &records, revision, Vec::new());
        }
        let Attempt { policy, snapshot, diagnostics } = attempt;
        let (errors, warnings): (Vec<_>, Vec<_>) = diagnostics.into_iter().partition(Diagnostic::is_error);
        let Some(snapshot) = snapshot.filter(|_| errors.is_empty()) else { return Err(errors) };
        permit(&self.snapshot, &snapshot, change, occasion).map_err(|finding| vec![finding])?;
        let declarations = Arc::new(declared(&records));
        let state =
            Self { declarations, policy: Arc::new(policy), warnings: warnings.into(), snapshot, ..self.clone() };
        Ok(Step { state, edits, rebuilt: true })
    }

    /// The policy after steps that left these records, and what is wrong with the form of what they add to it.
    fn policy_after(&self, edits: &[Edit], records: &[Arc<DirectoryTree>]) -> (Policy, Vec<Diagnostic>) {
        if self.policy.added.is_none() || edits.iter().any(|edit| self.takes_declarations(edit)) {
            let Additions { file, diagnostics } = Additions::of_directories(&declared(records));
            return (self.workspace.policy_with(file), diagnostics);
        }
        let Additions { file, diagnostics } = Additions::of_edits(edits);
        (self.workspace.policy_plus(&self.policy, file), diagnostics)
    }

    /// Whether a step takes something off what directories add to the policy.
    fn takes_declarations(&self, edit: &Edit) -> bool {
        match edit {
            Edit::RemovePolicy { .. } | Edit::RemoveCustomRole { .. } => true,
            Edit::Remove { entity } => {
                let mut roles = self.declarations.custom_roles().iter();
                roles.any(|role| role.owner() == Some(entity.as_str()))
            }
            _ => false,
        }
    }
}

impl Attempt {
    /// Reads records anew, by a policy. `misread` was found before.
    fn new(policy: Policy, records: &[Arc<DirectoryTree>], revision: Revision, misread: Vec<Diagnostic>) -> Self {
        let mut diagnostics = misread;
        diagnostics.extend(policy.diagnostics.iter().cloned());
        let snapshot = policy.link(records, revision, &mut diagnostics);
        diagnostics::sort(&mut diagnostics);
        Self { policy, snapshot, diagnostics }
    }
}

/// Whether a change takes what it leaves without a required role along, instead of being refused.
pub(super) const fn cascades(change: &Change) -> bool {
    !matches!(change.action, ChangeAction::Assign(_) | ChangeAction::Create(_))
}

/// Whether there are errors, and all of them are of assignments that do not count.
pub(super) fn lacks_required_roles_only(diagnostics: &[Diagnostic]) -> bool {
    let mut errors = diagnostics.iter().filter(|finding| finding.is_error()).peekable();
    errors.peek().is_some() && errors.all(|finding| finding.code == Code::MissingRequiredRole)
}
