//! What people of each class gain and lose on resources of one place.
//!
//! Whom a condition names, as who created the resource, is decided about alone; everybody else is decided alike on all
//! resources that differ in nothing but whom they name.

use super::cause::{self, CauseId};
use super::classes::{Class, Classes, Who};
use super::holders::{Holding, HoldingId, Says};
use super::names::{Pair, Side, Thing, Verb};
use super::occasion::{self, Asked, Occasion};
use super::reach::{Block, Reach, Walk};
use super::say::Say;
use crate::compile::StatementId;
use crate::decide::{Decision, Reason};
use crate::schema::RoleId;
use rustc_hash::{FxHashMap, FxHashSet};
use std::rc::Rc;
use std::sync::Arc;

/// Why both sides decide as they do: the reason, and where one alone decides, the statement and the role that it comes by.
type Why = Pair<Option<(Reason, StatementId, Option<RoleId>)>>;

/// What the cause of a difference hangs on, where nothing but policy differs.
pub(super) type Grounds = (Verb, bool, Why, Vec<HoldingId>);

/// That somebody gains or loses.
struct Found {
    gained: bool,
    /// Under which circumstances, if not under those that were asked about.
    occasion: Option<Arc<Occasion>>,
    why: Why,
}

/// What is compared: one permission on resources that are or lie in the same.
pub(super) struct Compared<'c> {
    pub(super) say: &'c Say,
    /// Whether more than what roles say may differ there.
    pub(super) whole: bool,
    pub(super) resources: &'c [Thing],
    pub(super) levels: &'c [Thing],
}

impl Walk<'_, '_> {
    /// Compares the classes on resources of one place.
    pub(super) fn compare(
        &mut self,
        compared: &Compared<'_>,
        classes: &[Class],
        kind: &Classes<'_>,
        reach: &mut Reach,
    ) {
        let &Compared { say, whole, resources, levels } = compared;
        let concerns = |class: &&Class| {
            let says = class.held.iter().filter_map(|(_, holding)| say.says.get(*holding)).max();
            match says {
                Some(Says::Other) => true,
                Some(Says::Same) => whole,
                Some(Says::Nothing) | None => whole && say.allowed_by_rules,
            }
        };
        let concerned: Vec<&Class> = classes.iter().filter(concerns).collect();
        if concerned.is_empty() {
            return;
        }
        let mut joined: FxHashMap<(usize, bool, Option<String>, CauseId), usize> = FxHashMap::default();
        for alike in self.alike(say, resources) {
            let mut decided: Vec<Option<Rc<[Found]>>> = vec![None; concerned.len()];
            for alike in &alike {
                let Some(&resource) = alike.first() else { continue };
                let mut apart: Vec<(usize, Thing)> = Vec::new();
                for actor in self.special(say, alike) {
                    let Some(key) = kind.key(actor, levels) else { continue };
                    // They are in order.
                    let Ok(number) = concerned.binary_search_by(|class| class.key().cmp(&(key.0, &key.1))) else {
                        continue;
                    };
                    apart.push((number, actor));
                    let Some(class) = concerned.get(number) else { continue };
                    for found in self.difference(compared, actor, resource, class, reach) {
                        let cause = self.cause(compared, &found, class, actor, resource);
                        let Found { gained, occasion, .. } = found;
                        let (verb, who) = (say.verb, Who::Some(Arc::new([actor])));
                        reach.blocks.push(Block { verb, gained, occasion, cause, who, resources: alike.clone() });
                    }
                }
                for (number, class) in concerned.iter().enumerate() {
                    let is_apart = |actor: Thing| apart.contains(&(number, actor));
                    let one = class.who.iter(&reach.parts).find(|&actor| !is_apart(actor));
                    let (Some(actor), Some(decided)) = (one, decided.get_mut(number)) else { continue };
                    let found = match decided {
                        Some(known) => Rc::clone(known),
                        None => {
                            let found = self.difference(compared, actor, resource, class, reach);
                            Rc::clone(decided.insert(found.into()))
                        }
                    };
                    for found in found.iter() {
                        let cause = self.cause(compared, found, class, actor, resource);
                        let (verb, gained, occasion) = (say.verb, found.gained, found.occasion.clone());
                        if apart.iter().any(|&(of, _)| of == number) {
                            let some = apart.iter().filter(|(of, _)| *of == number).map(|&(_, actor)| actor);
                            let who = class.who.without(&some.collect());
                            reach.blocks.push(Block { verb, gained, occasion, cause, who, resources: alike.clone() });
                            continue;
                        }
                        let key = (number, gained, occasion.as_ref().map(|occasion| occasion.text()), cause);
                        if let Some(block) = joined.get(&key).and_then(|&at| reach.blocks.get_mut(at)) {
                            block.resources.extend_from_slice(alike);
                            continue;
                        }
                        joined.insert(key, reach.blocks.len());
                        let (who, resources) = (class.who.clone(), alike.clone());
                        reach.blocks.push(Block { verb, gained, occasion, cause, who, resources });
                    }
                }
            }
        }
    }

    /// Whether somebody gains or loses, and under which circumstances, the given ones first.
    fn difference(
        &self,
        compared: &Compared<'_>,
        actor: Thing,
        resource: Thing,
        class: &Class,
        reach: &mut Reach,
    ) -> Vec<Found> {
        let &Compared { say, levels, .. } = compared;
        let mut found: Vec<Found> = Vec::new();
        let mut ask = |occasion: &Occasion| {
            let decided = Pair::each(|side| self.asker.decision(side, say.verb, actor, resource, occasion));
            let is = |decision: &Option<Decision>| decision.as_ref().is_some_and(|decision| decision.allowed);
            let gained = is(&decided.new);
            if is(&decided.old) != gained && !found.iter().any(|known| known.gained == gained) {
                let occasion = (!occasion.is_given()).then(|| Arc::new(occasion.clone()));
                found.push(Found { gained, occasion, why: Pair::each(|side| why(decided.of(side).as_ref())) });
            }
        };
        let moments: Vec<i64> = class
            .held
            .iter()
            .filter_map(|(_, holding)| self.holders.holdings().get(*holding))
            .flat_map(Holding::moments)
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
        reach.partial |= !all;
        occasions.iter().for_each(&mut ask);
        found
    }

    /// The change behind a difference. Where the facts are the same, and nobody holds anything else, all who hold the same
    /// and are decided by the same statements gain or lose by the same change.
    fn cause(
        &mut self,
        compared: &Compared<'_>,
        found: &Found,
        class: &Class,
        actor: Thing,
        resource: Thing,
    ) -> CauseId {
        let &Compared { say, levels, .. } = compared;
        let by_policy = found.occasion.is_none() && self.facts.are_same() && !say.reads.has_elsewhere;
        let unchanged = || class.held.iter().all(|(_, holding)| self.unchanged.get(*holding) == Some(&true));
        let grounds: Option<Grounds> = (by_policy && unchanged())
            .then(|| (say.verb, found.gained, found.why, class.held.iter().map(|&(_, holding)| holding).collect()));
        if let Some(&known) = grounds.as_ref().and_then(|grounds| self.known.get(grounds)) {
            return known;
        }
        let given = Occasion::default();
        let occasion = found.occasion.as_deref().unwrap_or(&given);
        let case = cause::Case {
            asker: &self.asker,
            facts: self.facts,
            holders: self.holders,
            with: if found.gained { Side::New } else { Side::Old },
            verb: say.verb,
            actor,
            resource,
            levels,
            at: occasion.at.unwrap_or(self.asker.at),
            reads: &say.reads,
        };
        let cause = self.causes.of(&case, self.prints, occasion);
        self.known.extend(grounds.map(|grounds| (grounds, cause)));
        cause
    }
}

fn why(decision: Option<&Decision>) -> Option<(Reason, StatementId, Option<RoleId>)> {
    let decision = decision?;
    let cause = decision.cause?;
    Some((decision.reason, cause.statement, cause.held.map(|(role, _)| role)))
}
