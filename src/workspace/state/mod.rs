//! A package with its directory as it stands, and the states that changes lead to.
//!
//! A state is never altered: a change yields another one, or a refusal. What assigns or revokes a role, gives an attribute
//! another value, or makes, moves or deletes an entity in which nothing lies, is made in the directory itself, a change of a
//! custom role in the policy, and both cost by what they change. For every other change the directory is put into records
//! again, with the change, and these are read and checked like any directory; a changed state is the one that its records
//! would have been loaded as, whichever way it came to be.

mod amend;
mod rebuild;
mod recompose;
#[cfg(test)]
mod tests;

use super::Workspace;
use super::directory_text::Print;
use super::passes::Policy;
use crate::admin::{Changing, Occasion, consequences};
use crate::analysis::lint::Examined;
use crate::decide::{Revision, Snapshot};
use crate::diagnostics::{self, Diagnostic};
use crate::directory::tree::Declarations;
use crate::directory::{Change, DirectoryTree, Edit};
use crate::image::Identity;
use crate::source::{FileId, SourceMap, Span};
use crate::syntax::ast::PolicyFile;
use rustc_hash::FxHashSet;
use std::path::Path;
use std::sync::Arc;

/// A package with its directory: what was read, and what it comes to. Clones share nearly everything.
#[derive(Clone, Debug)]
pub struct State {
    pub(super) workspace: Arc<Workspace>,
    pub(super) sources: SourceMap,
    /// What the directory adds to the policy.
    pub(super) declarations: Arc<Declarations>,
    pub(super) policy: Arc<Policy>,
    pub(super) warnings: Arc<[Diagnostic]>,
    pub(super) snapshot: Arc<Snapshot>,
    /// What the directory's files said when they were read.
    pub(super) prints: Arc<[Print]>,
    /// How many changes were made since.
    pub(super) changes: usize,
    /// Which compiled file it was opened from, if from any.
    pub(super) compiled: Option<Identity>,
}

/// What was read of a package's directory.
pub(super) struct Loaded {
    pub(super) sources: SourceMap,
    pub(super) declarations: Declarations,
    pub(super) prints: Vec<Print>,
}

/// What changes led to.
#[derive(Clone, Debug)]
pub struct Changed {
    /// The state after the last of them.
    pub state: State,
    /// The steps that each came to, what followed from it included.
    pub edits: Vec<Vec<Edit>>,
    /// For how many of the changes the directory was built anew.
    pub rebuilt: usize,
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

/// What one change came to.
struct Step {
    state: State,
    edits: Vec<Edit>,
    rebuilt: bool,
}

impl State {
    pub(super) fn new(
        workspace: &Workspace,
        loaded: Loaded,
        policy: Policy,
        warnings: Vec<Diagnostic>,
        snapshot: Arc<Snapshot>,
    ) -> Self {
        let Loaded { sources, declarations, prints } = loaded;
        Self {
            workspace: Arc::new(workspace.clone()),
            sources,
            declarations: Arc::new(declarations),
            policy: Arc::new(policy),
            warnings: warnings.into(),
            snapshot,
            prints: prints.into(),
            changes: 0,
            compiled: None,
        }
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

    /// The trees of the policy's files, those of imported packages first.
    pub fn policy_files(&self) -> impl Iterator<Item = &PolicyFile> {
        self.workspace.files.iter().map(|tree| tree.whole())
    }

    /// The package that a policy file belongs to: the one that it names, or another file of its folder does.
    #[must_use]
    pub fn package_of(&self, file: FileId) -> Option<&str> {
        let folder = |file| self.sources.get(file).and_then(|source| Path::new(source.name()).parent());
        let own = folder(file)?;
        let files = || self.workspace.files.iter().map(|tree| tree.head());
        // The file itself, lest two packages that were read from texts alone, without folders, be taken for one.
        let by_itself = files().filter(|policy| policy.file == file);
        let beside = files().filter(|policy| folder(policy.file) == Some(own));
        by_itself.chain(beside).find_map(|policy| policy.package.as_ref()).map(|name| name.value.as_str())
    }

    /// What lints look at, at a moment in milliseconds since 1970 UTC. What an imported package declares is its own
    /// concern.
    #[must_use]
    pub fn examined(&self, at: i64) -> Examined<'_> {
        let own = self.snapshot.policy().schema().package.as_deref();
        let added = self.policy.added.iter().flatten().map(Arc::as_ref);
        let examined = Examined::new(&self.snapshot, self.policy_files(), |file| self.package_of(file.file) == own, at);
        examined.with_added(added)
    }

    /// What is legal in the texts and most likely a mistake.
    #[must_use]
    pub fn warnings(&self) -> &[Diagnostic] {
        &self.warnings
    }

    /// The records of the directory: all its facts, and last what it adds to the policy.
    ///
    /// The facts are put together from the directory when they are asked for, which takes time and memory by what there is.
    #[must_use]
    pub fn records(&self) -> Vec<Arc<DirectoryTree>> {
        let facts = DirectoryTree::of_directory(self.snapshot.policy().schema(), self.snapshot.directory());
        let declarations = DirectoryTree::of_declarations((*self.declarations).clone());
        vec![Arc::new(facts), Arc::new(declarations)]
    }

    /// The package that it was made of.
    #[must_use]
    pub fn workspace(&self) -> &Workspace {
        &self.workspace
    }

    /// The files that the directory was read from, in their order.
    pub fn directory_files(&self) -> impl Iterator<Item = &Path> {
        self.prints.iter().filter(|print| print.file).map(|print| print.path.as_path())
    }

    /// The compiled file that it was opened from, if it was opened from one.
    #[must_use]
    pub const fn compiled(&self) -> Option<Identity> {
        self.compiled
    }

    /// How many changes were made since the directory was read. Whether any of them stands in the files by now is not
    /// looked at.
    #[must_use]
    pub const fn changes(&self) -> usize {
        self.changes
    }

    /// Makes changes in their order, all or none, at a moment given in milliseconds since 1970 UTC. `sources` are the
    /// state's own, with the texts of the changes added.
    ///
    /// # Errors
    /// Which change is refused, and why.
    pub fn apply(&self, changes: &[Change], sources: SourceMap, at: i64) -> Result<Changed, Box<Refusal>> {
        let mut changed =
            Changed { state: Self { sources, ..self.clone() }, edits: Vec::with_capacity(changes.len()), rebuilt: 0 };
        // Made together, they are one step for whoever decides meanwhile.
        let revision = self.snapshot.revision().next();
        for (number, change) in changes.iter().enumerate() {
            match changed.state.step(change, revision, Occasion::at(at)) {
                Ok(Step { state, edits, rebuilt }) => {
                    changed.state = state;
                    changed.edits.push(edits);
                    changed.rebuilt += usize::from(rebuilt);
                }
                Err(mut diagnostics) => {
                    diagnostics::limit(&mut diagnostics);
                    let sources = changed.state.sources;
                    return Err(Box::new(Refusal { sources, change: Some(number), diagnostics }));
                }
            }
        }
        changed.state.changes += changes.len();
        changed.state.let_texts_go();
        Ok(changed)
    }

    /// Lets the texts of changes go to which nothing refers any more, whenever many came since the last time.
    fn let_texts_go(&mut self) {
        if !self.sources.has_grown() {
            return;
        }
        let mut live: FxHashSet<FileId> = FxHashSet::default();
        // Places of one file come by the thousand.
        let mut last = None;
        let mut visit = |place: Span| {
            if last.replace(place.file) != Some(place.file) && self.sources.is_passing(place.file) {
                live.insert(place.file);
            }
        };
        self.each_place(&mut visit);
        self.sources.let_go(|file| live.contains(&file));
    }

    /// Visits the places of all that came from texts, but for the policy's own.
    pub(super) fn each_place(&self, mut visit: impl FnMut(Span)) {
        self.snapshot.directory().each_place(&mut visit);
        self.declarations.each_place(&mut visit);
        self.policy.each_addition(&mut visit);
        let labels = self.warnings.iter().chain(&self.policy.diagnostics).flat_map(|finding| &finding.labels);
        labels.for_each(|label| visit(label.span));
    }

    /// The state after one change, and the steps that it came to.
    fn step(&self, change: &Change, revision: Revision, occasion: Occasion<'_>) -> Result<Step, Vec<Diagnostic>> {
        let edits = consequences(&self.snapshot, &self.declarations, change).map_err(|finding| vec![finding])?;
        let step = self.amended(change, &edits, revision, occasion);
        match step.or_else(|| self.recomposed(change, &edits, revision, occasion)) {
            Some(step) => step,
            None => self.rebuilt(change, edits, revision, occasion),
        }
    }
}

impl Changing for State {
    fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    fn sources(&self) -> &SourceMap {
        &self.sources
    }

    fn changed(&self, change: &Change, occasion: Occasion<'_>) -> Result<Self, Vec<Diagnostic>> {
        self.step(change, self.snapshot.revision().next(), occasion).map(|step| step.state)
    }
}
