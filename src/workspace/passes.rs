//! The passes, in order: directory files, model, graph, compiler, directory, snapshot.
//!
//! Each pass runs as far as what stands before it makes sense. Parsing always does. Names are resolved in all that could
//! be parsed. A policy with errors is not compiled, and a directory is read by a vocabulary without errors only: it would
//! call wrong what the policy merely failed to declare.

use super::additions::Additions;
use super::directory_text::{self, DirectoryText};
use super::echo::Lost;
use super::revise::Slots;
use super::state::Loaded;
use super::{Files, State, Workspace, bulk_text, revise};
use crate::compile::{CompiledPolicy, again, compile};
use crate::decide::{Revision, Snapshot};
use crate::diagnostics::{self, Code, Diagnostic};
use crate::directory::tree::Declarations;
use crate::directory::{Directory, DirectoryTree};
use crate::document::Node;
use crate::graph;
use crate::model::Model;
use crate::schema::{RoleId, Schema};
use crate::source::{SourceMap, Span};
use crate::syntax::ast::{Item, PolicyFile};
use std::path::PathBuf;
use std::sync::Arc;

/// Where a directory comes from.
#[derive(Clone, Debug)]
pub enum DirectorySource {
    /// A file.
    File(PathBuf),
    /// A file, and where its name was written.
    Named(PathBuf, Span),
    /// A text under a name.
    Text {
        /// The name that findings show.
        name: String,
        /// The text.
        text: String,
    },
    /// A part of a document that was read already, a mapping of entities.
    Inline(Node),
}

/// What the passes gave.
#[derive(Clone, Debug)]
pub struct Build {
    /// All texts that were read.
    pub sources: SourceMap,
    /// Everything found, in the order of places.
    pub diagnostics: Vec<Diagnostic>,
    /// The policy with its directory; there where no finding is an error.
    pub state: Option<State>,
}

/// Directories that were read, as they are written.
#[derive(Clone)]
pub struct ReadDirectories {
    sources: SourceMap,
    text: DirectoryText,
    directories: Vec<DirectorySource>,
}

impl ReadDirectories {
    pub(super) fn read(mut sources: SourceMap, files: &dyn Files, directories: &[DirectorySource]) -> Self {
        let text = directory_text::read(files, directories, &mut sources);
        Self { sources, text, directories: directories.to_vec() }
    }

    /// The same as directories of other names that say the same, in the same order.
    pub(super) fn named(mut self, directories: &[DirectorySource]) -> Self {
        let read = self.text.files.iter().zip(&mut self.text.prints);
        for ((file, print), source) in read.zip(directories) {
            if let DirectorySource::File(path) = source {
                self.sources.rename(*file, &path.display().to_string());
                print.path.clone_from(path);
            }
        }
        Self { directories: directories.to_vec(), ..self }
    }
}

/// What the passes over the policy alone gave; shared by all directories that bring no policy of their own, and extended
/// by those that do.
#[derive(Clone, Debug)]
pub(super) struct Policy {
    /// What directories add to the files; nothing where that was revised, so that only their records tell.
    pub(super) added: Option<Vec<Arc<PolicyFile>>>,
    pub(super) model: Arc<Model>,
    /// The vocabulary, where it has no errors.
    pub(super) schema: Option<Arc<Schema>>,
    pub(super) compiled: Option<Arc<CompiledPolicy>>,
    /// All that is declared but for roles, rules and assertions.
    pub(super) frame: Arc<Vec<PolicyFile>>,
    /// What each declaration of the files is.
    pub(super) slots: Arc<Slots>,
    pub(super) diagnostics: Vec<Diagnostic>,
}

impl Workspace {
    /// Takes the package through all passes, with these directories.
    #[must_use]
    pub fn build(&self, files: &dyn Files, directories: &[DirectorySource]) -> Build {
        self.build_with(self.sources.clone(), files, directories)
    }

    /// Reads directories, and goes no further: for who wants to know that the files stayed as they are before anything is
    /// made of them.
    #[must_use]
    pub fn read_directories(&self, files: &dyn Files, directories: &[DirectorySource]) -> ReadDirectories {
        ReadDirectories::read(self.sources.clone(), files, directories)
    }

    /// Takes the package through all passes, with directories that were read.
    #[must_use]
    pub fn build_on(&self, files: &dyn Files, read: ReadDirectories) -> Build {
        let mut begun = self.begin(read);
        begun.put(begun.linked(begun.directory()));
        begun.finish(files)
    }

    /// Takes the package through the passes up to the directory, with directories that were read.
    pub(super) fn begin(&self, read: ReadDirectories) -> Begun<'_> {
        let ReadDirectories { sources, mut text, directories } = read;
        let mut diagnostics = self.diagnostics.clone();
        diagnostics.append(&mut text.diagnostics);
        let declarations = declared(&text.trees);
        let additions = Additions::of_directories(&declarations);
        diagnostics.extend(additions.diagnostics);
        let sound = !has_errors(&diagnostics);
        let policy = self.policy_with(additions.file);
        diagnostics.extend(policy.diagnostics.iter().cloned());
        Begun { workspace: self, sources, text, directories, declarations, policy, diagnostics, sound, snapshot: None }
    }

    /// As [`Workspace::build`], with texts added to the workspace's own.
    pub(super) fn build_with(&self, sources: SourceMap, files: &dyn Files, directories: &[DirectorySource]) -> Build {
        self.build_on(files, ReadDirectories::read(sources, files, directories))
    }

    /// The policy of the files alone.
    pub(super) fn policy_of_files(&self) -> &Policy {
        self.policy.get_or_init(|| self.policy_passes(Vec::new()))
    }

    /// The policy with what directories add to it.
    pub(super) fn policy_with(&self, additions: PolicyFile) -> Policy {
        self.policy_plus(self.policy_of_files(), additions)
    }

    /// A policy with more that directories add to it. As little is compiled again as can be: only what is new, or else
    /// all that directories add, or else everything.
    pub(super) fn policy_plus(&self, policy: &Policy, additions: PolicyFile) -> Policy {
        if additions.items.is_empty() {
            return policy.clone();
        }
        let new = Arc::new(additions);
        if let Some(extended) = self.extended(policy, std::slice::from_ref(&new)) {
            return extended;
        }
        let added = policy.added.iter().flatten();
        let all: Vec<Arc<PolicyFile>> = added.cloned().chain([new]).collect();
        let on_files = if all.len() == 1 { None } else { self.extended(self.policy_of_files(), &all) };
        on_files.unwrap_or_else(|| self.policy_passes(all))
    }

    /// Model, graph, compiler; over everything.
    fn policy_passes(&self, added: Vec<Arc<PolicyFile>>) -> Policy {
        let own = self.files.iter().map(|tree| tree.whole());
        let files: Vec<&PolicyFile> = own.chain(added.iter().map(Arc::as_ref)).collect();
        let (mut model, mut diagnostics) = Model::build(&files);
        self.name(&mut model);
        Lost::of(&self.sources, &self.diagnostics).quiet(&self.sources, &mut diagnostics);
        let vocabulary = !has_errors(&self.diagnostics) && !has_errors(&diagnostics);
        let (order, cycles) = graph::role_order(&model);
        diagnostics.extend(cycles);
        let mut compiled = None;
        if !has_errors(&self.diagnostics) && !has_errors(&diagnostics) {
            match compile(&model, &order) {
                Ok(policy) => compiled = Some(Arc::new(policy)),
                Err(findings) => diagnostics.extend(findings),
            }
        }
        let schema = vocabulary.then(|| Arc::clone(&model.schema));
        let slots = Arc::new(Slots::of(self.files.iter().map(|tree| tree.whole())));
        let frame = Arc::new(revise::frame(files.into_iter()));
        Policy { added: Some(added), model: Arc::new(model), schema, compiled, frame, slots, diagnostics }
    }

    /// Model, graph, compiler; over what is added alone, where that is enough.
    fn extended(&self, policy: &Policy, added: &[Arc<PolicyFile>]) -> Option<Policy> {
        let compiled = policy.compiled.as_ref()?;
        let before = policy.added.as_ref()?;
        let files: Vec<&PolicyFile> =
            self.files.iter().map(|tree| tree.whole()).chain(before.iter().map(Arc::as_ref)).collect();
        let new: Vec<&PolicyFile> = added.iter().map(Arc::as_ref).collect();
        let (mut model, mut diagnostics) = policy.model.extend(&files, &new)?;
        self.name(&mut model);
        let vocabulary = !has_errors(&diagnostics);
        diagnostics.extend(graph::cycles_from(&model, policy.model.roles.next_id()));
        let compiled = if has_errors(&diagnostics) {
            None
        } else {
            let added: Vec<RoleId> = model.roles.ids().skip(policy.model.roles.len()).collect();
            Some(Arc::new(again(compiled, &model, &added, &[])?.policy))
        };
        Some(Policy {
            added: Some(before.iter().chain(added).cloned().collect()),
            frame: Arc::new(revise::frame(policy.frame.iter().chain(new))),
            slots: Arc::clone(&policy.slots),
            schema: vocabulary.then(|| Arc::clone(&model.schema)),
            model: Arc::new(model),
            compiled,
            diagnostics: policy.diagnostics.iter().cloned().chain(diagnostics).collect(),
        })
    }

    /// The files of imported packages stand first, and name their own.
    fn name(&self, model: &mut Model) {
        Arc::make_mut(&mut model.schema).package.clone_from(&self.package);
    }
}

/// A package on its way through the passes.
pub(super) struct Begun<'w> {
    workspace: &'w Workspace,
    sources: SourceMap,
    text: DirectoryText,
    directories: Vec<DirectorySource>,
    declarations: Declarations,
    pub(super) policy: Policy,
    diagnostics: Vec<Diagnostic>,
    /// Whether nothing was wrong with what was read.
    sound: bool,
    snapshot: Option<Arc<Snapshot>>,
}

impl Begun<'_> {
    /// The directory, by the policy's vocabulary.
    pub(super) fn directory(&self) -> Option<BuiltDirectory> {
        self.policy.directory(&self.text.trees)
    }

    /// The policy with a directory, and what was found as they were linked.
    pub(super) fn linked(&self, directory: Option<BuiltDirectory>) -> (Option<Arc<Snapshot>>, Vec<Diagnostic>) {
        let mut found = Vec::new();
        (self.policy.link_to(directory, Revision::FIRST, &mut found), found)
    }

    /// Takes up what linking came to.
    pub(super) fn put(&mut self, (snapshot, found): (Option<Arc<Snapshot>>, Vec<Diagnostic>)) {
        self.snapshot = snapshot;
        self.diagnostics.extend(found);
    }

    /// What the passes gave.
    pub(super) fn finish(self, files: &dyn Files) -> Build {
        let Self { workspace, mut sources, text, directories, declarations, policy, mut diagnostics, sound, snapshot } =
            self;
        diagnostics::sort(&mut diagnostics);
        let snapshot = snapshot.filter(|_| sound && !has_errors(&diagnostics));
        diagnostics::limit(&mut diagnostics);
        for (at, file) in text.bulk {
            if let Some(source) = directories.get(at) {
                bulk_text::hold_shown(files, source, file, &diagnostics, &mut sources);
            }
        }
        let state = snapshot.map(|snapshot| {
            let loaded = Loaded { sources: sources.clone(), declarations, prints: text.prints };
            State::new(workspace, loaded, policy, diagnostics.clone(), snapshot)
        });
        Build { sources, diagnostics, state }
    }
}

/// A directory, and what was found as it was built.
#[derive(Clone, Debug)]
pub(super) struct BuiltDirectory {
    directory: Arc<Directory>,
    found: Vec<Diagnostic>,
    /// Whether all entities and assignments are there.
    complete: bool,
}

impl Policy {
    /// Visits a place in each declaration that directories add.
    pub(super) fn each_addition(&self, visit: impl FnMut(Span)) {
        // Where it was revised, the records have a place in each.
        self.added.iter().flatten().flat_map(|file| &file.items).map(Item::span).for_each(visit);
    }

    /// Directory and snapshot. With an error among the findings the snapshot is there for further checks only.
    pub(super) fn link(
        &self,
        trees: &[Arc<DirectoryTree>],
        revision: Revision,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Option<Arc<Snapshot>> {
        self.link_to(self.directory(trees), revision, diagnostics)
    }

    /// The directory; nothing where there is no vocabulary to read it by.
    fn directory(&self, trees: &[Arc<DirectoryTree>]) -> Option<BuiltDirectory> {
        let (directory, found) = Directory::build(self.schema.as_deref()?, trees);
        let complete = !trees.iter().any(|tree| tree.is_incomplete())
            && !found.iter().any(|finding| finding.is_error() && !leaves_assignments(finding.code));
        Some(BuiltDirectory { directory: Arc::new(directory), found, complete })
    }

    fn link_to(
        &self,
        directory: Option<BuiltDirectory>,
        revision: Revision,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Option<Arc<Snapshot>> {
        let BuiltDirectory { directory, found, complete } = directory?;
        let lost_values =
            found.iter().any(|finding| matches!(finding.code, Code::UnknownSetting | Code::UnknownPolicy));
        diagnostics.extend(found);
        if !complete {
            return None;
        }
        let (snapshot, mut found) = Snapshot::new(Arc::clone(self.compiled.as_ref()?), directory);
        // A value that was lost to a misspelled name may be the one that settles a conflict.
        found.retain(|finding| !lost_values || !matches!(finding.code, Code::SettingConflict | Code::OutsideWithin));
        diagnostics.extend(found);
        Some(Arc::new(snapshot.with_revision(revision)))
    }
}

/// Whether all entities and assignments are there in spite of an error of this kind, so that whether an assignment counts
/// can still be told.
fn leaves_assignments(code: Code) -> bool {
    matches!(
        code,
        Code::MissingAttribute
            | Code::InvalidAttribute
            | Code::UnknownAttribute
            | Code::NotUnique
            | Code::UnknownSetting
            | Code::UnknownPolicy
            | Code::EmptyInterval
    )
}

/// All that directories add to the policy.
pub(super) fn declared(trees: &[Arc<DirectoryTree>]) -> Declarations {
    let mut declarations = Declarations::default();
    trees.iter().for_each(|tree| declarations.extend(tree.declarations()));
    declarations
}

fn has_errors(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(Diagnostic::is_error)
}
