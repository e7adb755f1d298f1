//! One policy with one directory: everything a decision reads, immutable, shared by any number of threads.

mod next;

use super::Revision;
use super::access_matrix::AccessMatrix;
use super::bound::{Bound, NAMED_BY_POLICY, NO_SLOT};
use super::signatures::Signatures;
use super::uppers::{Upper, Uppers};
use super::value::Datum;
use crate::compile::{AttributeName, CompiledPolicy, ConstantId, Page, Profile, RoleCells, Said};
use crate::diagnostics::Diagnostic;
use crate::directory::{Directory, EntityId, Holdings, LineSpot, Settings, ValueId};
use crate::index::{AtHand, Chunks, Idx, Stamp};
use crate::schema::{EntityName, PermissionId, TypeId};
use std::sync::Arc;

/// Where the numbers of entities begin that only a request names.
const NAMED_BY_REQUEST: usize = 1 << 31;

/// A policy and a directory, linked. A copy shares nearly all of it.
///
/// Entities of a snapshot are numbered: the directory's, those that only the policy's own literals name, and those that
/// only a request does, each from a beginning of its own, so that a directory that grows renumbers nobody.
#[derive(Clone, Debug)]
pub struct Snapshot {
    revision: Revision,
    policy: AtHand<CompiledPolicy, Profile>,
    directory: Arc<Directory>,
    holdings: Holdings,
    cells: AtHand<RoleCells, Vec<Said>>,
    settings: Arc<Settings>,
    /// Their values, with their entities looked up in the directory.
    setting_values: Arc<Chunks<ValueId, Datum>>,
    bound: Arc<Bound>,
    uppers: AtHand<Uppers, Upper>,
    signatures: Arc<Signatures>,
    matrix: AccessMatrix,
    /// Where numbers mean something else, or what a check begins with stands elsewhere, the stamp becomes another.
    layout: Stamp,
    /// Where a name that nobody had comes to be somebody's, or the other way round, and where anything comes to lie elsewhere,
    /// the stamp becomes another: what a request says itself is read by both.
    population: Stamp,
}

impl Snapshot {
    /// Links a policy with a directory that was read by its schema.
    ///
    /// The findings are of assignments that cannot count and of settings whose values cannot stand; a snapshot with errors
    /// among them is not to be used.
    #[must_use]
    pub fn new(policy: Arc<CompiledPolicy>, directory: Arc<Directory>) -> (Self, Vec<Diagnostic>) {
        let (holdings, mut findings) = Holdings::derive(&policy, &directory);
        let (settings, found) = Settings::derive(&policy, &directory);
        findings.extend(found);
        (Self::linked(policy, directory, holdings, settings), findings)
    }

    /// Links the same policy with another directory, as [`Snapshot::new`] does.
    #[must_use]
    pub fn with_directory(&self, directory: Arc<Directory>) -> (Self, Vec<Diagnostic>) {
        Self::new(Arc::clone(&*self.policy), directory)
    }

    /// Links a policy with a directory and what everybody holds in it, as they were linked when they were put away.
    #[must_use]
    pub fn restored(policy: Arc<CompiledPolicy>, directory: Arc<Directory>, holdings: Holdings) -> Self {
        let (settings, _) = Settings::derive(&policy, &directory);
        Self::linked(policy, directory, holdings, settings)
    }

    /// Puts the parts together with what is made of them.
    fn linked(policy: Arc<CompiledPolicy>, directory: Arc<Directory>, holdings: Holdings, settings: Settings) -> Self {
        let (bound, setting_values) = Bound::of(&policy, &directory, &settings);
        Self {
            revision: Revision::FIRST,
            cells: with_pages(RoleCells::build(&policy, holdings.sets())),
            settings: Arc::new(settings),
            setting_values: Arc::new(setting_values),
            bound: Arc::new(bound),
            uppers: with_table(Uppers::new(&policy, &directory)),
            signatures: Arc::new(Signatures::new(policy.sought(), &directory)),
            matrix: AccessMatrix::default(),
            layout: Stamp::fresh(),
            population: Stamp::fresh(),
            policy: AtHand::new(policy, CompiledPolicy::profiles),
            directory,
            holdings,
        }
    }

    /// The same under another revision.
    #[must_use]
    pub fn with_revision(self, revision: Revision) -> Self {
        Self { revision, ..self }
    }

    /// The same with a table of what roles say of everybody everywhere, where the directory is small enough for one: for a
    /// state on which much is decided. `before` is what came of this for a state that this one came from by changes; what did
    /// not change is taken from there, and where that was too large for a table, this one is.
    ///
    /// No decision is another with it. What is made from it has none, but for copies and the same under another revision. Where
    /// the table cannot be taken over, queries that were resolved before are looked at anew on each check until they are
    /// resolved again.
    #[must_use]
    pub fn with_access_matrix(self, before: Option<&Self>) -> Self {
        let before = before.filter(|before| before.layout.is(self.layout));
        if let Some(before) = before
            && Arc::ptr_eq(&before.uppers, &self.uppers)
            && self.says_of_roles_what_did(before)
            && let Some(matrix) = before.matrix.amended(before, &self)
        {
            return Self { matrix, ..self };
        }
        let matrix = AccessMatrix::of(&self, before.map(|before| &before.matrix));
        // Queries that remember where their cell stands have to find no other there.
        let is_found = matrix.is_empty() || before.is_some_and(|before| matrix.has_cells_of(&before.matrix));
        let layout = if is_found { self.layout } else { Stamp::fresh() };
        Self { matrix, layout, ..self }
    }

    /// Whether what sets of roles say in short, and what overrules it, is as it was, for all sets that there were, and so is what
    /// their roles depend on and count as.
    fn says_of_roles_what_did(&self, before: &Self) -> bool {
        if Arc::ptr_eq(&self.policy, &before.policy) {
            return true;
        }
        let (pages, former) = (self.cells.table(), before.cells.table());
        let mut held = before.holdings.sets().iter().flatten();
        self.policy.table() == before.policy.table()
            && self.policy.has_rules_of(&before.policy)
            && pages.len() == former.len()
            && pages.iter().zip(former).all(|(page, former)| page.starts_with(former))
            && held.all(|&role| self.policy.role(role).says_the_same_as(before.policy.role(role)))
    }

    /// Whether it has such a table.
    #[must_use]
    pub fn has_access_matrix(&self) -> bool {
        !self.matrix.is_empty()
    }

    /// The same without such a table.
    #[must_use]
    pub fn without_access_matrix(self) -> Self {
        Self { matrix: AccessMatrix::default(), ..self }
    }

    /// The number of the state.
    #[must_use]
    pub const fn revision(&self) -> Revision {
        self.revision
    }

    /// The policy.
    #[must_use]
    pub fn policy(&self) -> &CompiledPolicy {
        &self.policy
    }

    /// The directory.
    #[must_use]
    pub fn directory(&self) -> &Directory {
        &self.directory
    }

    /// Who holds what.
    #[must_use]
    pub const fn holdings(&self) -> &Holdings {
        &self.holdings
    }

    /// What sets of roles say about permissions.
    #[must_use]
    pub fn cells(&self) -> &RoleCells {
        &self.cells
    }

    /// What every setting amounts to everywhere.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// What tells this snapshot from those where anything that resolved queries remember may be elsewhere.
    #[inline]
    pub(super) const fn layout(&self) -> Stamp {
        self.layout
    }

    /// What tells the numbers of this snapshot from those of others.
    pub(super) fn numbering(&self) -> Stamp {
        self.bound.stamp
    }

    /// What tells this snapshot from those where names that nobody had may be somebody's, or something lies elsewhere.
    pub(super) const fn population(&self) -> Stamp {
        self.population
    }

    /// The entity of a name, if directory or policy know it.
    #[must_use]
    pub fn entity(&self, ty: TypeId, id: &str) -> Option<EntityId> {
        self.directory.find(ty, id).or_else(|| {
            let at = self.bound.named_by_policy.iter().position(|name| name.ty == ty && &*name.id == id)?;
            Some(EntityId::from_index(NAMED_BY_POLICY + at))
        })
    }

    /// The number of an entity that neither directory nor policy know, the request's own `at`th.
    pub(crate) fn named_by_request(at: usize) -> EntityId {
        EntityId::from_index(NAMED_BY_REQUEST + at)
    }

    /// The name of an entity that the directory does not know.
    pub(crate) fn named_by_policy(&self, entity: EntityId) -> Option<&EntityName> {
        self.bound.named_by_policy.get(entity.index().checked_sub(NAMED_BY_POLICY)?)
    }

    /// Whether what rules find, above resources and in those that were there when all was linked, is what they would find if
    /// all were linked anew.
    #[cfg(test)]
    pub(crate) fn has_its_words(&self) -> bool {
        **self.uppers == Uppers::new(&self.policy, &self.directory)
            && self.signatures.are_of(self.policy.sought(), &self.directory)
    }

    /// Whether the table that it has tells what one made anew would, of all that stands in it.
    #[cfg(test)]
    pub(crate) fn has_its_access_matrix(&self) -> bool {
        let anew = AccessMatrix::of(self, None);
        let all = || (0..self.directory.len()).map(EntityId::from_index);
        let permissions = || (0..self.policy.profiles().len()).map(PermissionId::from_index);
        let is_same = |subject, resource| {
            let (known, expected) = (self.matrix.spot(subject, resource), anew.spot(subject, resource));
            let told = |matrix: &AccessMatrix, spot, permission| {
                let outcome = matrix.outcome(spot, permission)?;
                Some((outcome.allows(), outcome.is_open(), outcome.is_dependent(), outcome.is_ruled()))
            };
            permissions().all(|permission| {
                told(&self.matrix, known, permission).is_none_or(|it| told(&anew, expected, permission) == Some(it))
            })
        };
        all().all(|subject| all().all(|resource| is_same(subject, resource)))
    }

    /// Whether the table tells anything of a subject and a resource.
    #[cfg(test)]
    pub(crate) fn is_told(&self, subject: EntityId, resource: EntityId) -> bool {
        self.matrix.outcome(self.matrix.spot(subject, resource), PermissionId::from_index(0)).is_some()
    }

    /// Whether the table tells of a subject and a resource that a rule is sure to give a permission, and whether it leaves nothing
    /// to be looked at but whose the resource is.
    #[cfg(test)]
    pub(crate) fn is_nearly_told(&self, subject: EntityId, resource: EntityId, permission: PermissionId) -> [bool; 2] {
        let spot = self.matrix.spot(subject, resource);
        [self.matrix.is_ruled(spot, permission), self.matrix.own_slot(spot, permission).is_some()]
    }

    /// Whether a text names somebody beside the table.
    #[cfg(test)]
    pub(crate) fn is_named(&self, text: &str) -> bool {
        self.matrix.named(text).is_some()
    }

    /// Whether what is resolved against another stays so, cells of the table included.
    #[cfg(test)]
    pub(crate) fn keeps_cells_of(&self, before: &Self) -> bool {
        self.layout.is(before.layout) && self.has_access_matrix() && before.has_access_matrix()
    }

    /// What a glance tells, where it is looked up; empty where it is not.
    #[inline]
    pub(super) const fn access_matrix(&self) -> &AccessMatrix {
        &self.matrix
    }

    /// What rules find in resources themselves, as far as it was told beforehand.
    pub(super) fn signatures(&self) -> &Signatures {
        &self.signatures
    }

    /// What lies above whoever has a chain of the tables.
    #[inline]
    pub(super) fn upper(&self, spot: LineSpot) -> Option<&Upper> {
        self.uppers.table().get(spot.chain().index())
    }

    /// A permission in short.
    #[inline]
    pub(super) fn profile(&self, permission: PermissionId) -> Option<&Profile> {
        self.policy.table().get(permission.index())
    }

    /// What sets of roles say in short about a permission.
    #[inline]
    pub(crate) fn page(&self, profile: &Profile) -> Option<Page<'_>> {
        self.cells.table().get(profile.page as usize).map(|sets| Page::of(sets))
    }

    pub(crate) fn constant(&self, id: ConstantId) -> &Datum {
        &self.bound.constants[id]
    }

    pub(crate) fn setting_value(&self, id: ValueId) -> &Datum {
        &self.setting_values[id]
    }

    /// The slot that an attribute's name is on a type.
    #[inline]
    pub(crate) fn slot(&self, name: AttributeName, ty: TypeId) -> Option<usize> {
        let slot = *self.bound.slots.get(name.index() * self.policy.schema().types.len() + ty.index())?;
        (slot != NO_SLOT).then_some(usize::from(slot))
    }

    pub(crate) fn default(&self, ty: TypeId, slot: usize) -> Option<&Datum> {
        self.bound.defaults.get(ty)?.get(slot)?.as_ref()
    }

    pub(crate) fn context_default(&self, field: usize) -> Option<&Datum> {
        self.bound.context_defaults.get(field)?.as_ref()
    }
}

/// Cells, with what they say in short at hand.
fn with_pages(cells: RoleCells) -> AtHand<RoleCells, Vec<Said>> {
    AtHand::new(Arc::new(cells), RoleCells::pages)
}

/// What lies above resources, with its table at hand.
fn with_table(uppers: Uppers) -> AtHand<Uppers, Upper> {
    AtHand::new(Arc::new(uppers), Uppers::table)
}
