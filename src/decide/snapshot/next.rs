//! The snapshots that come of one by changes: what did not change is taken over.

use super::{Snapshot, with_pages, with_table};
use crate::compile::{CompiledPolicy, RoleCells};
use crate::decide::access_matrix::AccessMatrix;
use crate::decide::bound::{bind, number};
use crate::decide::signatures::Signatures;
use crate::diagnostics::Diagnostic;
use crate::directory::{Amended, Assignment, EntityId, Settings, Subject};
use crate::index::{AtHand, Chunks, Stamp};
use crate::schema::{EntityName, RoleId};
use rustc_hash::FxHashSet;
use std::sync::Arc;

impl Snapshot {
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
        let mut after = Self { directory, matrix: AccessMatrix::default(), ..self.clone() };
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
        let mut after = Self { policy, holdings, matrix: AccessMatrix::default(), ..self.clone() };
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
}
