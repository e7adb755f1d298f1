//! Where resources lie: what lies in the same is decided alike, as far as roles and containment go.

use super::facts::Altered;
use super::names::{Pair, Side, Thing};
use super::reach::Walk;
use super::say::Say;
use crate::directory::ChainId;

/// Resources that lie in the same on either side.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Place {
    chain: Pair<Option<ChainId>>,
    declared: Pair<bool>,
    /// The resource, where something is held on it, linked to it or given on it.
    own: Option<Thing>,
    /// Whether it lies elsewhere on the other side, or is not there.
    pub(super) whole: bool,
}

impl Walk<'_, '_> {
    pub(super) fn place(&self, resource: Thing) -> Place {
        let names = self.asker.names;
        let entity = |side: Side| names.entity(side, resource);
        let chain = |side: Side| entity(side).map(|entity| names.sides.of(side).directory().chain(entity));
        let given = Side::BOTH.into_iter().any(|side| {
            let directory = names.sides.of(side).directory();
            entity(side)
                .is_some_and(|entity| !directory.links(entity).is_empty() || !directory.settings(entity).is_empty())
        });
        let altered = self
            .facts
            .altered
            .get(&resource)
            .is_some_and(|altered| altered.iter().any(|one| matches!(one, Altered::Added | Altered::Removed)));
        Place {
            chain: Pair::each(chain),
            declared: Pair::each(|side| names.is_declared(side, resource)),
            own: (given || !self.holders.on(resource).is_empty()).then_some(resource),
            whole: altered
                || self.facts.elsewhere.contains(&resource)
                || entity(Side::Old).is_none()
                || entity(Side::New).is_none(),
        }
    }

    /// What a resource of a place is, or lies in, on either side; in order.
    pub(super) fn levels(&self, place: &Place, resources: &[Thing]) -> Vec<Thing> {
        let names = self.asker.names;
        let mut levels: Vec<Thing> = place.own.into_iter().collect();
        for side in Side::BOTH {
            let entity = resources.first().and_then(|&resource| names.entity(side, resource));
            let above = entity.map_or(&[][..], |entity| names.sides.of(side).directory().ancestors(entity));
            levels.extend(above.iter().filter_map(|&above| names.thing(side, above)));
        }
        levels.sort_unstable();
        levels.dedup();
        levels
    }

    /// These, and what roles are asked for on besides.
    pub(super) fn further(&self, say: &Say, levels: &[Thing], resources: &[Thing]) -> Vec<Thing> {
        let names = self.asker.names;
        let mut levels = levels.to_vec();
        for &(side, on) in &say.reads.on {
            self.each_entity(side, on, resources, |entity| {
                let above = names.sides.of(side).directory().ancestors(entity).iter().copied();
                levels.extend(std::iter::once(entity).chain(above).filter_map(|entity| names.thing(side, entity)));
            });
        }
        levels.sort_unstable();
        levels.dedup();
        levels
    }
}
