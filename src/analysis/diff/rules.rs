//! What becomes of rules, and of the guardrails of org policies.
//!
//! Which statement says what is told, and what it does hangs on all that go the same way: what one no longer says may be said
//! by others. So all rules that allow a permission are compared with all that do on the other side, and so are those that deny
//! it, and the guardrails of each org policy.

use super::names::{Names, Pair, Side, Verb};
use super::prints::{Print, Prints};
use super::relation::{Related, Relation, related};
use super::said::Said;
use super::stated::{Stated, Whose, paired, stated};
use super::witness::Candidates;
use crate::analysis::matrix::{grants_of, statement_text};
use crate::compile::{Effect, Grant, Node, NodeId};
use crate::source::Span;
use rustc_hash::FxHashMap;

/// What becomes of a rule or a guardrail.
#[derive(Clone, PartialEq, Debug)]
pub struct RuleDiff {
    /// Which way it decides.
    pub effect: Effect,
    /// The org policy whose guardrail it is.
    pub policy: Option<String>,
    /// It as it was; nothing where it was not.
    pub old: Option<String>,
    /// It as it is; nothing where it is gone.
    pub new: Option<String>,
    /// Where it stands, on the new side where it is there.
    pub place: Option<(Side, Span)>,
    /// How all rules that go the same way stand to those of the other side, in what it speaks of. Of one that is there on
    /// one side alone, this is told where nothing comes or goes with it.
    pub related: Option<Related>,
    /// Permissions of which it speaks on the new side alone, and that are decided otherwise by it.
    pub added: Vec<String>,
    /// Permissions of which it speaks on the old side alone, and that are decided otherwise without it.
    pub removed: Vec<String>,
}

impl RuleDiff {
    /// Whether somebody may gain by it.
    #[must_use]
    pub fn may_gain(&self) -> bool {
        self.may(true)
    }

    /// Whether somebody may lose by it.
    #[must_use]
    pub fn may_lose(&self) -> bool {
        self.may(false)
    }

    fn may(&self, gained: bool) -> bool {
        let relation = self.related.as_ref().map(|related| related.relation);
        let weaker = relation.is_none_or(Relation::may_widen);
        let stronger = relation.is_none_or(Relation::may_narrow);
        let (wider, closer) = match (&self.old, &self.new) {
            (None, _) => (weaker, false),
            (_, None) => (false, stronger),
            _ => (weaker || !self.added.is_empty(), stronger || !self.removed.is_empty()),
        };
        if (self.effect == Effect::Allow) == gained { wider } else { closer }
    }
}

/// What becomes of all of them, those alone that change.
pub(super) fn rules(names: &Names<'_>, prints: &mut Prints<'_>, candidates: &Candidates) -> Vec<RuleDiff> {
    let all = Pair::each(|side| {
        let policies = names.sides.of(side).policy().schema().policies.iter();
        let policies = policies.map(|name| Whose::Policy(name.to_string()));
        stated(names, prints, side, std::iter::once(Whose::Rule).chain(policies))
    });
    let told =
        |pair: &Pair<Option<Stated>>| [&pair.old, &pair.new].into_iter().flatten().any(|one| !one.prints.is_empty());
    let pairs: Vec<Pair<Option<Stated>>> = paired(all).into_iter().filter(told).collect();
    let mut together = Together { names, prints, candidates, known: FxHashMap::default() };
    pairs.iter().map(|pair| together.diff(pair.old.as_ref(), pair.new.as_ref())).collect()
}

/// What all statements of one kind say of the permissions of a type: whose they are, which way they go, of which permission
/// where that is asked for, and the conditions of both sides.
type SaidOfType = (Whose, Effect, String, Option<Verb>, Pair<Vec<Option<Print>>>);

/// All statements of both sides that go the same way.
struct Together<'t, 'p> {
    names: &'t Names<'t>,
    prints: &'t mut Prints<'p>,
    candidates: &'t Candidates,
    known: FxHashMap<SaidOfType, Related>,
}

impl Together<'_, '_> {
    fn diff(&mut self, old: Option<&Stated>, new: Option<&Stated>) -> RuleDiff {
        let names = self.names;
        let text = |stated: Option<&Stated>| {
            stated.map(|stated| statement_text(names.sides.of(stated.side).policy(), stated.statement))
        };
        let mut only = |these: Option<&Stated>, others: Option<&Stated>| -> Vec<String> {
            let (Some(these), Some(others)) = (these, others) else { return Vec::new() };
            let verbs = these.prints.keys().filter(|verb| !others.grants.contains_key(verb));
            let verbs = verbs.filter(|&&verb| {
                let relation = self.related(these, verb).relation;
                if these.side == Side::New { relation.may_widen() } else { relation.may_narrow() }
            });
            verbs.map(|&verb| names.verb_name(verb)).collect()
        };
        let (added, removed) = (only(new, old), only(old, new));
        let shown = new.or(old);
        let related = match (old, new) {
            (Some(old), Some(new)) => {
                self.related_in(new, new.grants.keys().filter(|verb| old.grants.contains_key(verb)))
            }
            _ => shown.and_then(|stated| {
                let related = self.related_in(stated, stated.prints.keys())?;
                let tells = if stated.side == Side::New { Relation::may_widen } else { Relation::may_narrow };
                (!tells(related.relation)).then(|| Related::without_witness(related.relation))
            }),
        };
        RuleDiff {
            effect: shown.map_or(Effect::Deny, |stated| stated.effect),
            policy: shown.and_then(|stated| stated.whose.policy().map(str::to_owned)),
            old: text(old),
            new: text(new),
            place: shown.map(|stated| (stated.side, stated.span)),
            related,
            added,
            removed,
        }
    }

    /// How all of its kind stand to each other, in some permissions.
    fn related_in<'v>(&mut self, stated: &Stated, verbs: impl Iterator<Item = &'v Verb>) -> Option<Related> {
        verbs.map(|&verb| self.related(stated, verb)).reduce(Related::with)
    }

    /// How all of its kind stand to each other, in a permission: once for those of a type of which the same is said.
    fn related(&mut self, stated: &Stated, verb: Verb) -> Related {
        let names = self.names;
        let owner = Pair::each(|side| stated.whose.on(names, side));
        let permission = |side: Side| *names.verbs.get(verb)?.of(side);
        let mut reads_action = false;
        let prints = Pair::each(|side| {
            let policy = names.sides.of(side).policy();
            let of = owner.of(side).zip(permission(side));
            let grants = of.map_or_else(Vec::new, |(owner, permission)| grants_of(policy, owner, permission));
            let grants = grants.iter().filter(|grant| grant.effect == stated.effect);
            let mut prints: Vec<Option<Print>> = grants
                .map(|grant| {
                    let reads = |condition: NodeId| policy.programs().mentions(condition, Node::Action);
                    reads_action |= grant.condition.is_some_and(reads);
                    grant.condition.map(|condition| self.prints.node(side, condition))
                })
                .collect();
            prints.sort_unstable();
            prints.dedup();
            prints
        });
        if prints.old == prints.new {
            return Related::EQUAL;
        }
        let named = reads_action.then_some(verb);
        let key = (stated.whose.clone(), stated.effect, names.verb_type(verb).to_owned(), named, prints);
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        let prints = &key.4;
        let mut said = |side: Side| {
            let (owner, permission) = ((*owner.of(side))?, permission(side)?);
            let there = prints.of(side.other());
            let apart = |grant: &Grant| {
                let print = grant.condition.map(|condition| self.prints.node(side, condition));
                there.binary_search(&print).is_err()
            };
            Some(Said::by_rules(names.sides.of(side), permission, owner, stated.effect, apart))
        };
        let tried = self.candidates.get(&verb).map_or(&[][..], Vec::as_slice);
        let related = match (said(Side::Old), said(Side::New)) {
            (Some(old), Some(new)) => related(&old, &new, tried),
            // What one side does not know cannot be asked of it.
            _ => Related::MAY_DIFFER,
        };
        // Nothing comes where all was there, however much it is.
        let lacks =
            |side: Side| prints.of(side).iter().any(|print| prints.of(side.other()).binary_search(print).is_err());
        let related = related.proven([lacks(Side::Old), lacks(Side::New)]);
        self.known.insert(key, related.clone());
        related
    }
}
