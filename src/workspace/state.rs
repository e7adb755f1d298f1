//! A package with its directory as it stands, and the states that changes lead to.
//!
//! A state is never altered: a change yields another one, or a refusal. What a change comes to is put into the records of
//! the directory, and these are read and checked like any directory, so that a changed state is the one that its records
//! would have been loaded as.

use super::Workspace;
use super::additions::Additions;
use super::passes::Policy;
use crate::admin::{self, Changing, consequences, permit};
use crate::decide::{Revision, Snapshot};
use crate::diagnostics::{self, Code, Diagnostic};
use crate::directory::{Change, ChangeAction, DirectoryTree, Edit, tree};
use crate::source::SourceMap;
use std::sync::Arc;

/// A package with its directory: what was read, and what it comes to. Clones share nearly everything.
#[derive(Clone, Debug)]
pub struct State {
    workspace: Workspace,
    sources: SourceMap,
    /// The records of the directory's files, and last those of changes.
    records: Vec<Arc<DirectoryTree>>,
    policy: Policy,
    warnings: Vec<Diagnostic>,
    snapshot: Arc<Snapshot>,
}

/// What changes led to.
#[derive(Clone, Debug)]
pub struct Changed {
    /// The state after the last of them.
    pub state: State,
    /// The steps that each came to, what followed from it included.
    pub edits: Vec<Vec<Edit>>,
}

/// Why changes are refused.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// The texts behind the findings.
    pub sources: SourceMap,
    /// The number, from 0, of the change that is refused; of a list that cannot be read, none.
    pub change: Option<usize>,
    /// Why.
    pub diagnostics: Vec<Diagnostic>,
}

/// What a set of records came to.
struct Attempt {
    policy: Policy,
    snapshot: Option<Arc<Snapshot>>,
    diagnostics: Vec<Diagnostic>,
}

impl State {
    pub(super) fn new(
        workspace: &Workspace,
        sources: SourceMap,
        mut records: Vec<Arc<DirectoryTree>>,
        policy: Policy,
        warnings: Vec<Diagnostic>,
        snapshot: Arc<Snapshot>,
    ) -> Self {
        records.push(Arc::new(DirectoryTree::default()));
        Self { workspace: workspace.clone(), sources, records, policy, warnings, snapshot }
    }

    /// What is decided on.
    #[must_use]
    pub const fn snapshot(&self) -> &Arc<Snapshot> {
        &self.snapshot
    }

    /// The texts that were read, those of changes included.
    #[must_use]
    pub const fn sources(&self) -> &SourceMap {
        &self.sources
    }

    /// What is legal in the texts and most likely a mistake.
    #[must_use]
    pub fn warnings(&self) -> &[Diagnostic] {
        &self.warnings
    }

    /// The records of the directory: those of each of its files, and last those of changes.
    #[must_use]
    pub fn records(&self) -> &[Arc<DirectoryTree>] {
        &self.records
    }

    /// Makes changes in their order, all or none, at a moment given in milliseconds since 1970 UTC. `sources` are the
    /// state's own, with the texts of the changes added.
    ///
    /// # Errors
    /// Which change is refused, and why.
    pub fn apply(&self, changes: &[Change], sources: SourceMap, at: i64) -> Result<Changed, Box<Refusal>> {
        let mut state = Self { sources, ..self.clone() };
        // Made together, they are one step for whoever decides meanwhile.
        let revision = self.snapshot.revision().next();
        let mut edits = Vec::with_capacity(changes.len());
        for (number, change) in changes.iter().enumerate() {
            match state.step(change, revision, at) {
                Ok((next, steps)) => {
                    state = next;
                    edits.push(steps);
                }
                Err(mut diagnostics) => {
                    diagnostics::limit(&mut diagnostics);
                    return Err(Box::new(Refusal { sources: state.sources, change: Some(number), diagnostics }));
                }
            }
        }
        Ok(Changed { state, edits })
    }

    /// The state after one change, and the steps that it came to.
    fn step(&self, change: &Change, revision: Revision, at: i64) -> Result<(Self, Vec<Edit>), Vec<Diagnostic>> {
        let one = |finding| vec![finding];
        let mut edits = consequences(&self.snapshot, &self.records, change).map_err(one)?;
        let mut records = self.records.clone();
        for edit in &edits {
            tree::edit(&mut records, edit);
        }
        let (policy, misread) = self.policy_after(&edits, &records);
        let mut attempt = Attempt::new(policy, &records, revision, misread);
        // What required a role that is gone goes with it. An assignment that never counted is refused instead.
        while !matches!(change.action, ChangeAction::Assign(_) | ChangeAction::Create(_))
            && attempt.lacks_required_roles_only()
        {
            let follow = attempt.revocations();
            for edit in &follow {
                tree::edit(&mut records, edit);
            }
            edits.extend(follow);
            attempt = Attempt::new(attempt.policy, &records, revision, Vec::new());
        }
        let Attempt { policy, snapshot, diagnostics } = attempt;
        let (errors, warnings): (Vec<_>, Vec<_>) = diagnostics.into_iter().partition(Diagnostic::is_error);
        let Some(snapshot) = snapshot.filter(|_| errors.is_empty()) else { return Err(errors) };
        permit(&self.snapshot, &snapshot, change, at).map_err(one)?;
        let next = Self { records, policy, warnings, snapshot, ..self.clone() };
        Ok((next, edits))
    }

    /// The policy after steps that left these records, and what is wrong with the form of what they add to it.
    fn policy_after(&self, edits: &[Edit], records: &[Arc<DirectoryTree>]) -> (Policy, Vec<Diagnostic>) {
        if edits.iter().any(|edit| self.takes_declarations(edit)) {
            let Additions { file, diagnostics } = Additions::of_trees(records);
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
                let mut roles = self.records.iter().flat_map(|tree| tree.custom_roles());
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

    fn lacks_required_roles_only(&self) -> bool {
        let mut errors = self.diagnostics.iter().filter(|finding| finding.is_error()).peekable();
        errors.peek().is_some() && errors.all(|finding| finding.code == Code::MissingRequiredRole)
    }

    /// The steps that revoke what never counts.
    fn revocations(&self) -> Vec<Edit> {
        let Some(snapshot) = &self.snapshot else { return Vec::new() };
        snapshot.holdings().unmet().iter().map(|assignment| admin::revocation(snapshot, assignment)).collect()
    }
}

impl Changing for State {
    fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    fn sources(&self) -> &SourceMap {
        &self.sources
    }

    fn changed(&self, change: &Change, at: i64) -> Result<Self, Vec<Diagnostic>> {
        self.step(change, self.snapshot.revision().next(), at).map(|(state, _)| state)
    }
}
