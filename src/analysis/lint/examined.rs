//! What lints look at, and what they ask of it in common.

use super::statement::{Statements, Written};
use crate::analysis::condition::{Conditions, Given, Occasion, Truths};
use crate::compile::{CompiledPolicy, NodeId};
use crate::decide::Snapshot;
use crate::directory::Directory;
use crate::schema::{RoleId, Schema, TypeId};
use crate::source::{FileId, Span};
use crate::syntax::ast::PolicyFile;
use rustc_hash::{FxHashMap, FxHashSet};
use std::cell::{OnceCell, RefCell};

/// Whether programs can all come to what stands beside them.
type Question = (Vec<(NodeId, Truths)>, Occasion, Given);

/// What is looked at: a policy, and a directory if there is one.
pub struct Examined<'a> {
    pub(super) snapshot: &'a Snapshot,
    /// The trees of the package's own files.
    files: Vec<&'a PolicyFile>,
    /// What the directory adds to the policy: custom roles and org policies.
    added: Vec<&'a PolicyFile>,
    /// The files of packages that are imported: what stands there is the concern of those.
    imported: FxHashSet<FileId>,
    /// The moment, in milliseconds since 1970 UTC, at which assignments count or do not.
    pub(super) at: i64,
    statements: OnceCell<Statements<'a>>,
    /// What was found out of conditions.
    known: RefCell<FxHashMap<Question, bool>>,
}

impl<'a> Examined<'a> {
    /// A policy with its directory, the trees of its files and whether each is the package's own, at a moment.
    pub fn new(
        snapshot: &'a Snapshot,
        files: impl IntoIterator<Item = &'a PolicyFile>,
        is_own: impl Fn(&PolicyFile) -> bool,
        at: i64,
    ) -> Self {
        let (own, imported): (Vec<&PolicyFile>, Vec<&PolicyFile>) = files.into_iter().partition(|file| is_own(file));
        let imported = imported.into_iter().map(|file| file.file).collect();
        let (statements, known) = (OnceCell::new(), RefCell::default());
        Self { snapshot, files: own, added: Vec::new(), imported, at, statements, known }
    }

    /// The same with what the directory adds to the policy.
    #[must_use]
    pub fn with_added(self, added: impl IntoIterator<Item = &'a PolicyFile>) -> Self {
        Self { added: added.into_iter().collect(), ..self }
    }

    pub(super) fn policy(&self) -> &'a CompiledPolicy {
        self.snapshot.policy()
    }

    pub(super) fn schema(&self) -> &'a Schema {
        self.policy().schema()
    }

    pub(super) fn directory(&self) -> &'a Directory {
        self.snapshot.directory()
    }

    pub(super) fn files(&self) -> &[&'a PolicyFile] {
        &self.files
    }

    /// The trees of the package's own files, and of what the directory adds.
    pub(super) fn all_files(&self) -> Vec<&'a PolicyFile> {
        self.files.iter().chain(&self.added).copied().collect()
    }

    /// Whether a place is in a file of a policy.
    pub(super) fn is_in_policy(&self, place: Span) -> bool {
        self.files.iter().any(|file| file.file == place.file)
    }

    /// Whether a place is the package's own, or its directory's.
    pub(super) fn is_own(&self, place: Span) -> bool {
        !self.imported.contains(&place.file)
    }

    /// The statements of the package's own files, and of what the directory adds.
    pub(super) fn statements(&self) -> &[Written<'a>] {
        self.all_statements().all()
    }

    pub(super) fn all_statements(&self) -> &Statements<'a> {
        self.statements.get_or_init(|| Statements::of(self.policy(), &self.all_files()))
    }

    /// The declared roles, with the places of their names, of the package's own.
    pub(super) fn own_roles(&self) -> impl Iterator<Item = (RoleId, Span)> {
        self.schema().declared_roles().filter_map(|(role, _)| {
            let span = self.policy().provenance().roles.get(role)?.span;
            self.is_own(span).then_some((role, span))
        })
    }

    pub(super) fn type_of_role(&self, role: RoleId) -> TypeId {
        self.schema().roles.get(role).map_or(TypeId(u32::MAX), |info| info.ty)
    }

    /// Whether custom roles, which may come at any time, can grant something of a type.
    pub(super) fn may_be_composed(&self, ty: TypeId) -> bool {
        let mut open = self.all_statements().open_types(self.schema());
        open.any(|scope| scope == ty || self.schema().contains(scope, ty))
    }

    /// Whether it is proven that, on an occasion, conditions never come to what stands beside them, all at once.
    pub(super) fn never(&self, wanted: &[(NodeId, Truths)], occasion: Occasion, given: Given) -> bool {
        let key = (wanted.to_vec(), occasion, given);
        if let Some(&known) = self.known.borrow().get(&key) {
            return known;
        }
        let programs: Vec<NodeId> = wanted.iter().map(|(program, _)| *program).collect();
        let never = occasion.each(self.policy(), &programs).into_iter().all(|occasion| {
            let mut conditions = Conditions::default();
            let formulas: Vec<_> =
                programs.iter().map(|&program| conditions.read(self.policy(), program, occasion)).collect();
            let asked: Vec<_> = formulas.iter().zip(wanted).map(|(formula, (_, truths))| (formula, *truths)).collect();
            conditions.find(&asked, given).is_never()
        });
        self.known.borrow_mut().insert(key, never);
        never
    }
}
