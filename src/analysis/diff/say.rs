//! What has a say in each permission, and whether any of it says something else on one side than on the other.

use super::holders::{HoldingId, Says};
use super::names::{Pair, Side, Thing, Verb};
use super::prints::Print;
use super::reach::Walk;
use super::reads::Reads;
use crate::compile::Profile;
use crate::index::IndexVec;
use rustc_hash::FxHashSet;

/// What has a say in one permission.
pub(super) struct Say {
    pub(super) verb: Verb,
    pub(super) reads: Reads,
    /// Whether more than what roles say may differ.
    pub(super) whole: bool,
    /// Whether a rule may allow it on either side.
    pub(super) allowed_by_rules: bool,
    pub(super) says: IndexVec<HoldingId, Says>,
    /// Whether any holding says something else.
    pub(super) touched: bool,
}

impl Walk<'_, '_> {
    /// What has a say in each permission.
    pub(super) fn says(&mut self) -> Vec<Say> {
        let names = self.asker.names;
        let counts: IndexVec<HoldingId, Says> =
            self.holders.holdings().iter().map(|holding| holding.counts(self.prints)).collect();
        let counts_otherwise = counts.iter().any(|&says| says == Says::Other);
        let mut all = Vec::with_capacity(names.verbs.len());
        for (verb, permission) in names.verbs.iter_enumerated() {
            let reads = Reads::of(names, permission);
            let rules = Pair::each(|side| {
                permission.of(side).map_or(Print::NOTHING, |permission| self.prints.rules(side, permission))
            });
            let profile =
                |side: Side| -> Option<&Profile> { names.sides.of(side).policy().profile((*permission.of(side))?) };
            let either = |is: fn(&Profile) -> bool| Side::BOTH.into_iter().filter_map(profile).any(is);
            let says: IndexVec<HoldingId, Says> = self
                .holders
                .holdings()
                .iter_enumerated()
                .map(|(id, holding)| {
                    let says = holding.says(self.prints, permission);
                    let has = if reads.has { counts.get(id).copied().unwrap_or(Says::Nothing) } else { Says::Nothing };
                    says.max(has)
                })
                .collect();
            let facts = self.facts;
            let allowed_by_rules = either(|profile| profile.allowed_by_rules.is_some());
            let whole = facts.everything
                || permission.old.is_none()
                || permission.new.is_none()
                || rules.old != rules.new
                || reads.attributes.iter().any(|name| facts.attributes.contains(name))
                || reads.settings.iter().any(|name| facts.settings.contains(name))
                || reads.context.iter().any(|name| facts.context.contains(name))
                || facts.links && either(|profile| profile.denied_by_policies)
                || facts.moved && reads.elsewhere
                || counts_otherwise && reads.has_elsewhere
                || self.holders.acts_otherwise && allowed_by_rules;
            let touched = says.iter().any(|&says| says == Says::Other);
            all.push(Say { verb, reads, whole, allowed_by_rules, says, touched });
        }
        all
    }

    /// The entities on which somebody holds what says something else.
    pub(super) fn touching(&self, say: &Say) -> FxHashSet<Thing> {
        if !say.touched {
            return FxHashSet::default();
        }
        let other = |holding: HoldingId| say.says.get(holding) == Some(&Says::Other);
        let touching = self.holders.held_on().filter(|(_, held)| held.iter().any(|&(_, holding)| other(holding)));
        touching.map(|(thing, _)| thing).collect()
    }
}
