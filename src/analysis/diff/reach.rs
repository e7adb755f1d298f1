//! Who gains and who loses what: the difference of the two complete tables of decisions, worked out class by class.
//!
//! Resources of one type that lie in the same, and are alike in all that conditions read, are decided alike for everybody
//! of one [class](super::classes). So one of each class is decided about, on either side, and stands for all. Where nothing that has
//! a say in a permission differs but what some roles say, only classes are looked at that hold one of those.

use super::ask::Asker;
use super::cause::{CauseId, Causes};
use super::classes::{Class, Classes, Parts, Who};
use super::facts::{Altered, Facts};
use super::holders::{Holders, HoldingId, Says};
use super::names::{Pair, Side, Thing, Verb};
use super::occasion::{self, Asked, Occasion};
use super::prints::{Print, Prints};
use super::reads::Reads;
use crate::compile::{Profile, StatementId};
use crate::decide::{Decision, Reason};
use crate::directory::ChainId;
use crate::index::IndexVec;
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;

/// Some who gain or lose one permission on some resources.
#[derive(Clone, Debug)]
pub(super) struct Block {
    pub(super) verb: Verb,
    pub(super) gained: bool,
    /// Under which circumstances, if not under those that were asked about.
    pub(super) occasion: Option<Arc<Occasion>>,
    pub(super) cause: CauseId,
    pub(super) who: Who,
    pub(super) resources: Vec<Thing>,
}

/// All of it.
pub(super) struct Reach {
    pub(super) blocks: Vec<Block>,
    pub(super) parts: Parts,
    /// Whether all circumstances were tried.
    pub(super) complete: bool,
}

/// Resources that lie in the same on either side.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Place {
    chain: Pair<Option<ChainId>>,
    declared: Pair<bool>,
    /// The resource, where something is held on it, linked to it or given on it.
    own: Option<Thing>,
    /// Whether it lies elsewhere on the other side, or is not there.
    whole: bool,
}

/// Why both sides decide as they do: the reason, and the statement where one alone decides.
type Why = Pair<Option<(Reason, StatementId)>>;

/// What has a say in one permission.
pub(super) struct Say {
    verb: Verb,
    pub(super) reads: Reads,
    /// Whether more than what roles say may differ.
    whole: bool,
    /// Whether a rule may allow it on either side.
    allowed_by_rules: bool,
    says: IndexVec<HoldingId, Says>,
    /// Whether any holding says something else.
    touched: bool,
}

/// The walk over everything.
pub(super) struct Walk<'n, 's> {
    pub(super) asker: Asker<'n, 's>,
    pub(super) facts: &'n Facts,
    pub(super) holders: &'n Holders,
    pub(super) prints: &'n mut Prints<'s>,
    pub(super) causes: &'n mut Causes,
}

impl<'n> Walk<'n, '_> {
    pub(super) fn run(mut self) -> Reach {
        let mut reach = Reach { blocks: Vec::new(), parts: IndexVec::new(), complete: true };
        let says = self.says();
        let any_whole = says.iter().any(|say| say.whole);
        let any_touched = says.iter().any(|say| say.touched);
        if !any_whole && !any_touched && self.facts.altered.is_empty() {
            return reach;
        }
        let names = self.asker.names;
        let mut things: FxHashMap<&str, Vec<Thing>> = FxHashMap::default();
        for thing in names.things.ids() {
            things.entry(names.type_name(thing)).or_default().push(thing);
        }
        let mut kinds: Vec<Option<Classes<'n>>> = vec![None, None, None, None];
        let mut by_type: Vec<(&str, Vec<Say>)> = Vec::new();
        for say in says {
            let ty = names.verb_type(say.verb);
            match by_type.iter_mut().find(|(known, _)| *known == ty) {
                Some((_, says)) => says.push(say),
                None => by_type.push((ty, vec![say])),
            }
        }
        for (ty, says) in by_type {
            let Some(resources) = things.get(ty) else { continue };
            self.of_type(resources, &says, &mut kinds, &mut reach);
        }
        reach
    }

    /// What has a say in each permission.
    fn says(&mut self) -> Vec<Say> {
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
            let allowed_by_rules = either(|profile| profile.allowed_by_rules);
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

    fn of_type(&mut self, resources: &[Thing], says: &[Say], kinds: &mut [Option<Classes<'n>>], reach: &mut Reach) {
        let mut places: FxHashMap<Place, Vec<Thing>> = FxHashMap::default();
        for &resource in resources {
            places.entry(self.place(resource)).or_default().push(resource);
        }
        // In the order of the first that lies there.
        let mut places: Vec<(Place, Vec<Thing>)> = places.into_iter().collect();
        places.sort_by_key(|(_, resources)| resources.first().copied());
        let touching: Vec<FxHashSet<Thing>> = says.iter().map(|say| self.touching(say)).collect();
        for (place, resources) in &places {
            let levels = self.levels(place, resources);
            let mut classes: [Option<Vec<Class>>; 4] = [None, None, None, None];
            for (say, touching) in says.iter().zip(&touching) {
                let whole = say.whole || place.whole;
                if !whole && !levels.iter().any(|level| touching.contains(level)) && say.reads.on.is_empty() {
                    continue;
                }
                let (more, rows) = (say.reads.subject, say.reads.subject && say.reads.has_elsewhere);
                let variant = usize::from(more) + 2 * usize::from(rows);
                let Some(kind) = kinds.get_mut(variant) else { continue };
                let (names, holders) = (self.asker.names, self.holders);
                let kind = kind.get_or_insert_with(|| Classes::new(holders, holders.statuses(names, more, rows)));
                if say.reads.on.is_empty() {
                    let Some(known) = classes.get_mut(variant) else { continue };
                    let classes = known.get_or_insert_with(|| kind.on(&levels, &mut reach.parts));
                    self.compare(say, whole, resources, &levels, classes, kind, reach);
                    continue;
                }
                for alike in self.alike(say, resources) {
                    let levels = self.further(say, &levels, &alike);
                    let classes = kind.on(&levels, &mut reach.parts);
                    self.compare(say, whole, &alike, &levels, &classes, kind, reach);
                }
            }
        }
    }

    /// The entities on which somebody holds what says something else.
    fn touching(&self, say: &Say) -> FxHashSet<Thing> {
        if !say.touched {
            return FxHashSet::default();
        }
        let other = |holding: HoldingId| say.says.get(holding) == Some(&Says::Other);
        let touching = self.holders.held_on().filter(|(_, held)| held.iter().any(|&(_, holding)| other(holding)));
        touching.map(|(thing, _)| thing).collect()
    }

    fn place(&self, resource: Thing) -> Place {
        let names = self.asker.names;
        let entity = |side: Side| names.entity(side, resource);
        let chain = |side: Side| entity(side).map(|entity| names.sides.of(side).directory().chain(entity));
        let given = Side::BOTH.into_iter().any(|side| {
            let directory = names.sides.of(side).directory();
            entity(side)
                .is_some_and(|entity| !directory.links(entity).is_empty() || !directory.settings(entity).is_empty())
        });
        let altered = self.facts.altered.get(&resource).is_some_and(|altered| {
            altered.iter().any(|one| matches!(one, Altered::Added | Altered::Removed | Altered::Moved))
        });
        Place {
            chain: Pair::each(chain),
            declared: Pair::each(|side| names.is_declared(side, resource)),
            own: (given || !self.holders.on(resource).is_empty()).then_some(resource),
            whole: altered || entity(Side::Old).is_none() || entity(Side::New).is_none(),
        }
    }

    /// What a resource of a place is, or lies in, on either side; in order.
    fn levels(&self, place: &Place, resources: &[Thing]) -> Vec<Thing> {
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
    fn further(&self, say: &Say, levels: &[Thing], resources: &[Thing]) -> Vec<Thing> {
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

    /// Compares the classes on resources of one place.
    #[expect(clippy::too_many_arguments)]
    fn compare(
        &mut self,
        say: &Say,
        whole: bool,
        resources: &[Thing],
        levels: &[Thing],
        classes: &[Class],
        kind: &Classes<'_>,
        reach: &mut Reach,
    ) {
        let concerned: Vec<&Class> = classes
            .iter()
            .filter(|class| {
                let says = class.held.iter().filter_map(|(_, holding)| say.says.get(*holding)).max();
                match says {
                    Some(Says::Other) => true,
                    Some(Says::Same) => whole,
                    Some(Says::Nothing) | None => whole && say.allowed_by_rules,
                }
            })
            .collect();
        if concerned.is_empty() {
            return;
        }
        let mut joined: FxHashMap<(usize, bool, Option<String>, CauseId), usize> = FxHashMap::default();
        let mut known: FxHashMap<(usize, bool, Why), CauseId> = FxHashMap::default();
        for alike in self.alike(say, resources) {
            let Some(&resource) = alike.first() else { continue };
            let special = self.special(say, &alike);
            for (number, class) in concerned.iter().enumerate() {
                let of_class: FxHashSet<Thing> =
                    special.iter().copied().filter(|&actor| kind.is_of(actor, class, levels)).collect();
                for &actor in &of_class {
                    for (gained, occasion, _) in self.difference(say, actor, resource, levels, class, reach) {
                        let cause = self.cause(say, gained, actor, resource, occasion.as_deref(), levels);
                        let who = Who::Some(Arc::new([actor]));
                        reach.blocks.push(Block {
                            verb: say.verb,
                            gained,
                            occasion,
                            cause,
                            who,
                            resources: alike.clone(),
                        });
                    }
                }
                let one = class.who.iter(&reach.parts).find(|actor| !of_class.contains(actor));
                let Some(actor) = one else { continue };
                for (gained, occasion, why) in self.difference(say, actor, resource, levels, class, reach) {
                    // What is decided by the same statements for the same people has one cause, unless facts differ.
                    let plain = occasion.is_none() && !self.facts.altered.contains_key(&resource);
                    let cause = match known.get(&(number, gained, why)).filter(|_| plain) {
                        Some(&cause) => cause,
                        None => self.cause(say, gained, actor, resource, occasion.as_deref(), levels),
                    };
                    if plain {
                        known.insert((number, gained, why), cause);
                    }
                    let (verb, resources) = (say.verb, alike.clone());
                    if !of_class.is_empty() {
                        let who = class.who.without(&of_class);
                        reach.blocks.push(Block { verb, gained, occasion, cause, who, resources });
                        continue;
                    }
                    let key = (number, gained, occasion.as_ref().map(|occasion| occasion.text()), cause);
                    if let Some(block) = joined.get(&key).and_then(|&at| reach.blocks.get_mut(at)) {
                        block.resources.extend(resources);
                        continue;
                    }
                    joined.insert(key, reach.blocks.len());
                    reach.blocks.push(Block { verb, gained, occasion, cause, who: class.who.clone(), resources });
                }
            }
        }
    }

    /// Whether somebody gains or loses, and under which circumstances, the given ones first.
    fn difference(
        &self,
        say: &Say,
        actor: Thing,
        resource: Thing,
        levels: &[Thing],
        class: &Class,
        reach: &mut Reach,
    ) -> Vec<(bool, Option<Arc<Occasion>>, Why)> {
        let mut found: Vec<(bool, Option<Arc<Occasion>>, Why)> = Vec::new();
        let mut ask = |occasion: &Occasion| {
            let decided = Pair::each(|side| self.asker.decision(side, say.verb, actor, resource, occasion));
            let is = |decision: &Option<Decision>| decision.as_ref().is_some_and(|decision| decision.allowed);
            let gained = is(&decided.new);
            if is(&decided.old) != gained && !found.iter().any(|(known, ..)| *known == gained) {
                let occasion = (!occasion.is_given()).then(|| Arc::new(occasion.clone()));
                found.push((gained, occasion, Pair::each(|side| why(decided.of(side).as_ref()))));
            }
        };
        let moments: Vec<i64> = class
            .held
            .iter()
            .filter_map(|(_, holding)| self.holders.holdings().get(*holding))
            .flat_map(super::holders::Holding::moments)
            .collect();
        if say.reads.context.is_empty() && !say.reads.now && moments.is_empty() {
            ask(&Occasion::default());
            return found;
        }
        // One of each kind who holds anything there, and one who does not.
        let mut others: Vec<Thing> = Vec::new();
        let mut seen: FxHashSet<HoldingId> = FxHashSet::default();
        for &level in levels {
            for &(who, holding) in self.holders.on(level) {
                if seen.insert(holding) {
                    others.push(who);
                }
            }
        }
        let asked = Asked { actor, resource, levels, others: &others, moments };
        let (names, at) = (self.asker.names, self.asker.at);
        let (occasions, all) = occasion::occasions(names, &say.reads, &asked, self.asker.context, at);
        reach.complete &= all;
        occasions.iter().for_each(&mut ask);
        found
    }

    fn cause(
        &mut self,
        say: &Say,
        gained: bool,
        actor: Thing,
        resource: Thing,
        occasion: Option<&Occasion>,
        levels: &[Thing],
    ) -> CauseId {
        let given = Occasion::default();
        let occasion = occasion.unwrap_or(&given);
        let case = super::cause::Case {
            asker: &self.asker,
            facts: self.facts,
            holders: self.holders,
            with: if gained { Side::New } else { Side::Old },
            verb: say.verb,
            actor,
            resource,
            levels,
            settings: &say.reads.settings,
        };
        self.causes.of(&case, self.prints, occasion)
    }
}

fn why(decision: Option<&Decision>) -> Option<(Reason, StatementId)> {
    let decision = decision?;
    Some((decision.reason, decision.cause?.statement))
}
