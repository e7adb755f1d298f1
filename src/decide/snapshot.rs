//! One policy with one directory: everything a decision reads, immutable, shared by any number of threads.

use super::Revision;
use super::bound::{Bound, NAMED_BY_POLICY, NO_SLOT, bind, number};
use super::signatures::Signatures;
use super::uppers::{Upper, Uppers};
use super::value::Datum;
use crate::compile::{AttributeName, CompiledPolicy, ConstantId, Page, Profile, RoleCells, Said};
use crate::diagnostics::Diagnostic;
use crate::directory::{Amended, Assignment, Directory, EntityId, Holdings, LineSpot, Settings, Subject, ValueId};
use crate::index::{AtHand, Chunks, Idx, Stamp};
use crate::schema::{EntityName, PermissionId, RoleId, TypeId};
use rustc_hash::FxHashSet;
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
            layout: Stamp::fresh(),
            population: Stamp::fresh(),
            policy: AtHand::new(policy, CompiledPolicy::profiles),
            directory,
            holdings,
        }
    }

    /// The same policy with a directory that was amended; nothing where both are to be linked anew. The findings are of
    /// assignments that cannot count.
    #[must_use]
    pub fn amended(&self, amended: &Amended) -> Option<(Self, Vec<Diagnostic>)> {
        let directory = Arc::clone(&amended.directory);
        let is_literal = |&entity: &EntityId| {
            let named =
                |name: &EntityName| name.ty == directory.type_of(entity) && *name.id == *directory.id_of(entity);
            self.bound.named.contains(&entity) || self.bound.named_by_policy.iter().any(named)
        };
        // What literals of the policy mean is told by numbers.
        let strangers = || amended.created.iter().chain(&amended.removed).chain(&amended.met);
        if strangers().any(is_literal) {
            return None;
        }
        let mut after = Self { directory, ..self.clone() };
        if let Some(uppers) = self.uppers.amended(&self.policy, amended) {
            after.uppers = with_table(uppers);
        }
        if let Some(signatures) = self.signatures.amended(self.policy.sought(), amended) {
            after.signatures = Arc::new(signatures);
        }
        let mut findings = Vec::new();
        let changed = amended.gone.iter().chain(&amended.came).chain(&amended.moved_with);
        let changed: Vec<Assignment> = changed.copied().collect();
        if !changed.is_empty() {
            let directories = (&*self.directory, &*after.directory);
            (after.holdings, findings) = self.holdings.reassigned(&self.policy, directories, &changed);
        }
        if after.cells.len() < after.holdings.sets().len() {
            after.cells = with_pages(after.cells.extended(&self.policy, after.holdings.sets()));
        }
        let placed = || amended.created.iter().chain(&amended.moved);
        let touched = || amended.resettled.iter().chain(placed());
        if touched().next().is_some() {
            let as_above = || self.settings.with_placed(&self.policy, &after.directory, placed());
            match as_above().filter(|_| amended.resettled.is_empty()) {
                Some(Some(settings)) => after.settings = Arc::new(settings),
                Some(None) => {}
                None => findings.extend(after.regive(&touched().copied().collect::<Vec<_>>())?),
            }
        }
        if !amended.removed.is_empty() || !amended.moved.is_empty() || !self.is_laid_out_like(&after) {
            after.layout = Stamp::fresh();
        }
        if strangers().next().is_some() || !amended.moved.is_empty() {
            after.population = Stamp::fresh();
        }
        Some((after, findings))
    }

    /// Works out settings anew where these give others or lie elsewhere, and what is wrong with them; nothing where a value
    /// names somebody that nobody knew.
    fn regive(&mut self, touched: &[EntityId]) -> Option<Vec<Diagnostic>> {
        let regiven = self.settings.regiven(&self.policy, &self.directory, touched);
        let (settings, findings, mut values) = match regiven {
            Some(settings) => (settings, Vec::new(), Chunks::clone(&self.setting_values)),
            None => {
                let (settings, findings) = Settings::derive(&self.policy, &self.directory);
                (settings, findings, Chunks::new())
            }
        };
        let strangers = self.bound.named_by_policy.len();
        let mut named = self.bound.named_by_policy.clone();
        let (directory, mut met) = (&self.directory, FxHashSet::default());
        bind(&settings, &mut values, |name: &EntityName| number(directory, name, &mut met, &mut named));
        if named.len() > strangers || !met.is_subset(&self.bound.named) {
            return None;
        }
        (self.settings, self.setting_values) = (Arc::new(settings), Arc::new(values));
        Some(findings)
    }

    /// Whether what is numbered, and where it stands, is the same.
    fn is_laid_out_like(&self, other: &Self) -> bool {
        self.numbering().is(other.numbering())
            && self.directory.stamp().is(other.directory.stamp())
            && self.holdings.stamp().is(other.holdings.stamp())
    }

    /// The same directory under its policy compiled again, of which these roles may say something else. Who holds what is
    /// worked out anew for whoever is assigned a role that counts or leads otherwise now.
    ///
    /// There is nothing where an assignment would mean something else or could not stand, or where the org policies are
    /// others: linking everything tells.
    #[must_use]
    pub fn under(&self, policy: Arc<CompiledPolicy>, roles: &[RoleId]) -> Option<Self> {
        let (old, new) = (self.policy.schema(), policy.schema());
        if old.policies.len() != new.policies.len() || self.is_meant_otherwise(&policy, roles) {
            return None;
        }
        let holdings = self.holdings.under(&self.policy, &policy, &self.directory, roles)?;
        let policy = AtHand::new(policy, CompiledPolicy::profiles);
        let mut after = Self { policy, holdings, ..self.clone() };
        let sets = after.holdings.sets();
        if sets.iter().any(|set| set.iter().any(|role| roles.binary_search(role).is_ok())) {
            after.cells = with_pages(RoleCells::build(&after.policy, sets));
        } else if after.cells.len() < sets.len() {
            after.cells = with_pages(after.cells.extended(&after.policy, sets));
        }
        if let Some(bound) = after.bound.extended(&after.policy, &after.directory) {
            after.bound = Arc::new(bound);
        }
        if let Some(uppers) = after.uppers.under(&after.policy, &after.directory) {
            after.uppers = with_table(uppers);
            after.signatures = Arc::new(Signatures::new(after.policy.sought(), &after.directory));
        }
        if !self.numbering().is(after.numbering()) {
            after.population = Stamp::fresh();
        }
        if !self.is_laid_out_like(&after) {
            after.layout = Stamp::fresh();
        }
        Some(after)
    }

    /// Whether the role of an assignment is gone, or bears a name that a new one bears as well.
    fn is_meant_otherwise(&self, policy: &CompiledPolicy, roles: &[RoleId]) -> bool {
        let (old, new) = (self.policy.schema(), policy.schema());
        let mut doubtful: Vec<RoleId> = Vec::new();
        for &role in roles {
            let Some(info) = new.roles.get(role) else { continue };
            if info.retired {
                doubtful.push(role);
            } else if old.roles.get(role).is_none() {
                doubtful.extend(new.roles_named(info.ty, &info.name).iter().filter(|&&other| other != role));
            }
        }
        let speaks = |one: &Assignment| {
            let of_members = matches!(one.subject, Subject::Userset { role, .. } if doubtful.contains(&role));
            of_members || doubtful.contains(&one.role)
        };
        !doubtful.is_empty() && self.directory.assignments().any(|one| speaks(&one))
    }

    /// The same under another revision.
    #[must_use]
    pub fn with_revision(self, revision: Revision) -> Self {
        Self { revision, ..self }
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
    pub(crate) fn has_its_uppers(&self) -> bool {
        **self.uppers == Uppers::new(&self.policy, &self.directory)
            && self.signatures.are_of(self.policy.sought(), &self.directory)
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
