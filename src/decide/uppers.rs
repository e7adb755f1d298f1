//! What lies above resources, as a decision reads it first: a quarter of a cache line for all entities with the same parents.

use super::answers::answered_above;
use crate::compile::{CompiledPolicy, Signature, Sought};
use crate::directory::{Amended, ChainId, Directory, EntityId};
use crate::index::{Idx, IndexVec};
use std::sync::Arc;

/// How many ancestors stand in one.
const FEW: usize = 3;
/// What fills it up: no entity.
const NONE: EntityId = EntityId(u32::MAX);
/// A bit that no signature has: there are more ancestors.
const MANY: u32 = 1 << 31;

/// What lies above whoever has a chain: in most directories it is all here.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(C, align(16))]
pub(super) struct Upper {
    /// Filled up with no entity.
    ancestors: [EntityId; FEW],
    /// What rules find there, and whether there is more.
    word: u32,
}

impl Upper {
    /// All that lies above together with one that lies below, filled up with no entity; nothing where it is more.
    #[inline]
    pub(super) const fn with(&self, below: EntityId) -> Option<[EntityId; FEW + 1]> {
        let [first, second, third] = self.ancestors;
        if self.word & MANY == 0 { Some([first, second, third, below]) } else { None }
    }

    /// All that lies above, filled up with no entity; nothing where it is more.
    #[inline]
    pub(super) const fn few(&self) -> Option<&[EntityId; FEW]> {
        if self.word & MANY == 0 { Some(&self.ancestors) } else { None }
    }

    /// What rules find above.
    #[inline]
    pub(super) const fn signature(&self) -> Signature {
        Signature::from_bits(self.word)
    }
}

/// Those of a directory's tables, with signatures for what the rules of a policy ask.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Uppers {
    sought: Arc<Sought>,
    /// Chains that came since the tables were laid out are not among them.
    of: IndexVec<ChainId, Upper>,
}

impl Uppers {
    /// Those of all chains.
    pub(super) fn new(policy: &CompiledPolicy, directory: &Directory) -> Self {
        let sought = Arc::clone(policy.sought());
        let chains = (0..directory.tabled_chains()).map(ChainId::from_index);
        let of = chains.map(|chain| upper(&sought, directory, chain)).collect();
        Self { sought, of }
    }

    /// What lies above whoever has each chain of the tables.
    pub(super) fn table(&self) -> &[Upper] {
        self.of.as_slice()
    }

    /// Those for a policy that was compiled again; nothing where its rules ask the same.
    pub(super) fn under(&self, policy: &CompiledPolicy, directory: &Directory) -> Option<Self> {
        (*policy.sought() != self.sought).then(|| Self::new(policy, directory))
    }

    /// Those of a directory that was amended; nothing where they are the same.
    pub(super) fn amended(&self, policy: &CompiledPolicy, amended: &Amended) -> Option<Self> {
        let directory = &*amended.directory;
        if directory.tabled_chains() != self.of.len() {
            return Some(Self::new(policy, directory));
        }
        let asked_of =
            |entity: &EntityId| self.sought.asked().iter().any(|asked| asked.ty == directory.type_of(*entity));
        let concerned = amended.revalued.iter().chain(&amended.created).chain(&amended.removed);
        let concerned: Vec<EntityId> = concerned.copied().filter(asked_of).collect();
        if concerned.is_empty() {
            return None;
        }
        let is_below = |(chain, upper): (ChainId, &Upper)| {
            let all = if upper.word & MANY == 0 { &upper.ancestors } else { directory.chain_ancestors(chain) };
            all.iter().any(|above| concerned.contains(above)).then_some(chain)
        };
        let mut after = None;
        for chain in self.of.iter_enumerated().filter_map(is_below) {
            if let Some(known) = after.get_or_insert_with(|| self.clone()).of.get_mut(chain) {
                *known = upper(&self.sought, directory, chain);
            }
        }
        after
    }
}

fn upper(sought: &Sought, directory: &Directory, chain: ChainId) -> Upper {
    let all = directory.chain_ancestors(chain);
    let mut ancestors = [NONE; FEW];
    ancestors.iter_mut().zip(all).for_each(|(to, &above)| *to = above);
    let many = if all.len() > FEW { MANY } else { 0 };
    Upper { ancestors, word: signature(sought, directory, chain).bits() | many }
}

/// What rules find in what lies above.
fn signature(sought: &Sought, directory: &Directory, chain: ChainId) -> Signature {
    let found = answered_above(sought, directory, chain).map(|answered| answered.signature(sought));
    found.fold(Signature::PLACE, Signature::or)
}
