//! What lies in what, in a compiled file. Chains stand after those of their parents, so that there are no cycles.

use super::{Chain, ChainId, Chains, TOP};
use crate::directory::EntityId;
use crate::image::{Fault, Image, ImageWriter, Section};
use crate::index::IndexTable;

impl Chains {
    pub(in crate::directory) fn write(&self, image: &mut ImageWriter) {
        image.rows(Section::Chains, self.chains.as_slice());
        image.rows(Section::ChainLinks, &self.links);
    }

    /// Reads the chains, which are yet to be looked at.
    pub(in crate::directory) fn read(image: &Image) -> Result<Self, Fault> {
        let chains = IndexTable::<ChainId, Chain>::from(image.table(Section::Chains)?);
        Ok(Self { chains, links: image.table(Section::ChainLinks)?, ..Self::default() })
    }

    /// Whether they are chains. `of` is the chain of an entity with an entry.
    pub(in crate::directory) fn look(&self, of: impl Fn(EntityId) -> Option<ChainId>) -> Result<(), Fault> {
        let mut end = 0;
        let mut above: Vec<EntityId> = Vec::new();
        for (at, &chain) in (0..).zip(self.chains.iter()) {
            let fault = |what| Err(Fault::row(Section::Chains, at as usize, what));
            if chain.start != end || chain.middle < chain.start || chain.end < chain.middle {
                return fault("its links are not those after the ones before");
            }
            if chain.end as usize > self.links.len() {
                return fault("its links are not there");
            }
            if (at == TOP.0) != (chain.start == chain.middle) {
                return fault("only the first has no parents");
            }
            above.clear();
            for &parent in self.parents(ChainId(at)) {
                let Some(theirs) = of(parent).filter(|theirs| theirs.0 < at) else {
                    return fault("a parent has no entry, or lies in what it contains");
                };
                above.push(parent);
                above.extend_from_slice(self.ancestors(theirs));
            }
            above.sort_unstable();
            above.dedup();
            if !self.parents(ChainId(at)).is_sorted_by(|one, other| one < other) || above != self.ancestors(ChainId(at))
            {
                return fault("its ancestors are not what its parents lie in");
            }
            end = chain.end;
        }
        if self.chains.is_empty() || end as usize != self.links.len() {
            return Err(Fault::row(Section::ChainLinks, end as usize, "it is no chain's"));
        }
        Ok(())
    }
}
