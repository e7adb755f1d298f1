//! Putting what changed since into the tables.

use super::Directory;
use super::by_entity::ByEntity;
use super::patches::{Patch, Patches};
use std::sync::Arc;

impl Directory {
    /// Lays the tables out again, with what entities are now in them, under the numbers that they have. Those that are gone
    /// keep theirs, which stand beside the tables still. Nothing where the numbers do not follow each other.
    pub(super) fn lay_out(&mut self) -> Option<()> {
        let count = self.len();
        if self.patches.iter().any(|(_, patch)| patch.links.as_ref().is_some_and(|links| !links.is_empty()))
            || !self.links.all().is_empty()
        {
            let links = self.entities().flat_map(|one| self.links(one).iter().map(move |link| (one, *link)));
            self.links = Arc::new(ByEntity::new(count, links.collect()));
        }
        if self.patches.iter().any(|(_, patch)| patch.settings.as_ref().is_some_and(|given| !given.is_empty()))
            || !self.settings.all().is_empty()
        {
            let given = self.entities().flat_map(|one| self.settings(one).iter().map(move |entry| (one, *entry)));
            self.settings = Arc::new(ByEntity::new(count, given.collect()));
        }
        let patches = std::mem::take(&mut self.patches);
        let (entities, places) = (Arc::make_mut(&mut self.entities), Arc::make_mut(&mut self.places));
        let (chains, attributes) = (Arc::make_mut(&mut self.chains), Arc::make_mut(&mut self.attributes));
        for (id, chain) in patches.chains.iter() {
            let same = chains.append(&chain.parents, &chain.ancestors) == id;
            if !same || places.append(chain.line) != id {
                return None;
            }
        }
        for (entity, patch) in patches.iter() {
            if let Some(id) = &patch.id
                && entities.insert(patch.ty, id, patch.span.or(patch.mentioned))? != entity
            {
                return None;
            }
            if let Some(span) = patch.span {
                entities.set_span(entity, span);
            }
            let row = attributes.put_row(places.row(entity), patch.ty, patch.values.as_deref(), patch.is_gone());
            places.put(entity, patch.ty, patch.chain, row)?;
        }
        places.find_siblings();
        places.mention(patches.iter().filter(|(_, patch)| patch.mentioned.is_some()).map(|(entity, _)| entity));
        for (ty, more) in patches.declared() {
            entities.count(ty, more);
        }
        (self.way_down, self.by_value, self.by_parents, self.named) = Default::default();
        for (entity, patch) in patches.iter().filter(|(_, patch)| patch.is_gone()) {
            let gone = Patch { id: None, ..patch.clone() };
            self.patches.put(entity, None, gone);
        }
        (self.len() == count).then_some(())
    }

    /// Does so where much has changed since the last time. Nothing where the directory is to be built anew, which leaves no
    /// numbers to those that are gone.
    pub(super) fn settle(&mut self) -> Option<()> {
        if self.patches.len() - self.patches.gone() > Patches::LIMIT {
            self.lay_out()?;
        }
        (self.patches.len() <= Patches::GONE && self.left.len() <= Patches::GONE).then_some(())
    }
}
