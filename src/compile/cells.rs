//! The lookup tables proper: one cell for each set of roles held together and each permission.
//!
//! Layout. A *row* belongs to a set of roles; it has one entry for each type, the start of a *block* in `cells`; a block
//! has one cell for each permission of that type. Most sets say nothing about most types and share one block of zeros,
//! and equal blocks are stored once, so the table grows with what roles say and not with roles × permissions.
//!
//! A cell is a `u32`: [`NOTHING`], [`ALLOWED`], or else an index into `details` past these two: the list of grants and
//! implications that must be looked at. Reading one costs two dependent loads and no branch on the set's size. What cells
//! say in short stands beside them ([`Said`]): one load for all permissions of a page.

use super::brief::{self, Said};
use super::policy::{CompiledPolicy, Grant};
use super::profile::Profile;
use super::program::NodeId;
use crate::index::{Idx, dense_id};
use crate::schema::{PermissionId, RoleId};
use crate::syntax::ast::Effect;
use rustc_hash::FxHashMap;

dense_id! {
    /// A set of roles held together on one entity, of a [`RoleCells`].
    #[derive(zerocopy::FromBytes, zerocopy::IntoBytes, zerocopy::KnownLayout, zerocopy::Immutable)]
    RoleSetId
}

/// The roles of the set say nothing about the permission.
const NOTHING: u32 = 0;
/// They allow it, without condition, and none denies it.
const ALLOWED: u32 = 1;
/// How many cell values are no index.
const SENTINELS: u32 = 2;

/// What a set of roles says about a permission.
#[derive(Clone, Copy, Debug)]
pub enum Cell<'a> {
    /// Nothing.
    Nothing,
    /// Allowed, without condition.
    Allowed,
    /// It depends on these.
    Depends(&'a [Term]),
}

/// One thing that a conditional cell depends on.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Term {
    /// A grant of a role that counts where `when` holds.
    Grant {
        /// The role held.
        role: RoleId,
        /// Where the role counts.
        when: Option<NodeId>,
        /// The grant.
        grant: Grant,
    },
    /// A role whose implications may grant or deny the permission further down.
    Implied {
        /// The role held.
        role: RoleId,
        /// Where the role held counts.
        when: Option<NodeId>,
    },
}

/// Cells for a number of role sets.
#[derive(Clone, Debug, Default)]
pub struct RoleCells {
    types: usize,
    /// How many sets have a row.
    sets: usize,
    rows: Vec<u32>,
    cells: Vec<u32>,
    /// What all sets say in short: by page of permissions, and there by set.
    pages: Vec<Vec<Said>>,
    details: Vec<(u32, u32)>,
    terms: Vec<Term>,
    /// Where blocks and lists of terms that stand here begin, so that equal ones are stored once.
    known: Known,
}

#[derive(Clone, Debug, Default)]
struct Known {
    blocks: FxHashMap<Box<[u32]>, u32>,
    details: FxHashMap<Box<[Term]>, u32>,
}

impl RoleCells {
    /// What all sets say in short, by page of permissions.
    #[must_use]
    pub const fn pages(&self) -> &[Vec<Said>] {
        self.pages.as_slice()
    }

    /// What a set says about the permission of this profile.
    #[inline]
    #[must_use]
    pub fn cell(&self, set: RoleSetId, profile: &Profile) -> Cell<'_> {
        let block = self.rows.get(set.index() * self.types + profile.ty.index()).copied().unwrap_or(0);
        let at = block as usize + profile.at as usize;
        match self.cells.get(at).copied().unwrap_or(NOTHING) {
            NOTHING => Cell::Nothing,
            ALLOWED => Cell::Allowed,
            detail => {
                let (start, end) = self.details.get((detail - SENTINELS) as usize).copied().unwrap_or((0, 0));
                Cell::Depends(self.terms.get(start as usize..end as usize).unwrap_or(&[]))
            }
        }
    }

    /// Builds the rows of `sets`, each sorted; a set's id is its place among them.
    #[must_use]
    pub fn build(policy: &CompiledPolicy, sets: &[Box<[RoleId]>]) -> Self {
        let widest = policy.schema().types.iter().map(|info| info.permissions.len()).max().unwrap_or(0);
        let mut table = Self { types: policy.schema().types.len(), cells: vec![NOTHING; widest], ..Self::default() };
        table.pages.resize(brief::pages(policy.schema()).1 as usize, Vec::new());
        table.extend(policy, sets);
        table
    }

    /// Adds the rows of those among `sets`, by the same policy, that have none yet: the last ones.
    fn extend(&mut self, policy: &CompiledPolicy, sets: &[Box<[RoleId]>]) {
        self.pages.iter_mut().for_each(|page| page.resize(sets.len().max(self.sets), Said::NOTHING));
        for set in sets.iter().skip(self.sets) {
            self.row(policy, set);
        }
    }

    /// The same with rows for those among `sets` that have none yet.
    #[must_use]
    pub fn extended(&self, policy: &CompiledPolicy, sets: &[Box<[RoleId]>]) -> Self {
        let mut after = self.clone();
        after.extend(policy, sets);
        after
    }

    /// How many sets have a row.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.sets
    }

    /// Whether no set has one.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.sets == 0
    }

    /// Appends the row of a set. Costs what its roles say, not what there are permissions.
    fn row(&mut self, policy: &CompiledPolicy, set: &[RoleId]) {
        let mut said: Vec<(PermissionId, Term)> = Vec::new();
        for &role in set {
            let compiled = policy.role(role);
            let when = compiled.when;
            said.extend(compiled.grants.iter().map(|&grant| (grant.permission, Term::Grant { role, when, grant })));
            if let Some(leads) = &compiled.leads {
                let permissions = leads.permissions.ones().filter_map(|at| u32::try_from(at).ok().map(PermissionId));
                said.extend(permissions.map(|permission| (permission, Term::Implied { role, when })));
            }
        }
        // Stable: the terms of one permission keep the order of the set's roles.
        said.sort_by_key(|(permission, _)| *permission);

        let row = self.rows.len();
        self.rows.resize(row + policy.schema().types.len(), 0);
        let type_of = |permission: PermissionId| policy.schema().permissions.get(permission).map(|info| info.ty);
        for of_type in said.chunk_by(|one, other| type_of(one.0) == type_of(other.0)) {
            let Some(ty) = of_type.first().and_then(|(permission, _)| type_of(*permission)) else { continue };
            let range = &policy.schema().types[ty].permissions;
            let mut block = vec![NOTHING; range.len()];
            for of_permission in of_type.chunk_by(|one, other| one.0 == other.0) {
                let Some((permission, _)) = of_permission.first() else { continue };
                if let Some(cell) = block.get_mut(permission.0.wrapping_sub(range.start) as usize) {
                    *cell = self.lower(of_permission.iter().map(|(_, term)| *term).collect());
                    let said = if *cell == ALLOWED { Said::ALLOWS } else { Said::OPEN };
                    let Some(profile) = policy.profile(*permission) else { continue };
                    let page = self.pages.get_mut(profile.page as usize);
                    page.and_then(|page| page.get_mut(self.sets)).into_iter().for_each(|all| all.note(said, profile));
                }
            }
            let start = self.block(block);
            if let Some(entry) = self.rows.get_mut(row + ty.index()) {
                *entry = start;
            }
        }
        self.sets += 1;
    }

    /// The start of a block; block zero, at 0, is as wide as any.
    fn block(&mut self, block: Vec<u32>) -> u32 {
        if block.iter().all(|&cell| cell == NOTHING) {
            return 0;
        }
        if let Some(&start) = self.known.blocks.get(&*block) {
            return start;
        }
        let start = narrow(self.cells.len());
        self.cells.extend_from_slice(&block);
        self.known.blocks.insert(block.into(), start);
        start
    }

    /// The cell of terms.
    fn lower(&mut self, terms: Vec<Term>) -> u32 {
        let allowed = terms.iter().any(|term| match term {
            Term::Grant { when, grant, .. } => {
                grant.effect == Effect::Allow && grant.condition.is_none() && when.is_none()
            }
            Term::Implied { .. } => false,
        });
        let may_deny = terms.iter().any(|term| match term {
            Term::Grant { grant, .. } => grant.effect == Effect::Deny,
            Term::Implied { .. } => true,
        });
        if allowed && !may_deny { ALLOWED } else { self.detail(terms) }
    }

    fn detail(&mut self, terms: Vec<Term>) -> u32 {
        if let Some(&known) = self.known.details.get(&*terms) {
            return known;
        }
        let start = narrow(self.terms.len());
        self.terms.extend_from_slice(&terms);
        self.details.push((start, narrow(self.terms.len())));
        let cell = narrow(self.details.len() - 1).saturating_add(SENTINELS);
        self.known.details.insert(terms.into(), cell);
        cell
    }
}

fn narrow(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
