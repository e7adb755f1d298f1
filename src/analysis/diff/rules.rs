//! What becomes of rules, and of the guardrails of org policies.
//!
//! Which statement says what is told, and what it does hangs on all that go the same way: what one no longer says may be said
//! by others. So all rules that allow a permission are compared with all that do on the other side, and so are those that deny
//! it, and the guardrails of each org policy.

use super::names::{Names, Pair, Side, Verb};
use super::prints::{Print, Prints};
use super::relation::{Related, Relation, related};
use super::said::Said;
use super::witness::Candidates;
use crate::analysis::matrix::{grants_of, statement_text};
use crate::compile::{Effect, Grant, Node, NodeId, Owner, StatementId};
use crate::source::Span;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeMap;

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

/// A statement with all that it says.
struct Stated {
    side: Side,
    statement: StatementId,
    policy: Option<String>,
    effect: Effect,
    grants: BTreeMap<Verb, Grant>,
    /// Of what it says and the other side does not; at first of all.
    prints: BTreeMap<Verb, Print>,
    span: Span,
}

/// What becomes of all of them, those alone that change.
pub(super) fn rules(names: &Names<'_>, prints: &mut Prints<'_>, candidates: &Candidates) -> Vec<RuleDiff> {
    let [old, new] = Side::BOTH.map(|side| stated(names, prints, side));
    // How what is said is spread over statements makes no difference.
    let said = |all: &[Stated]| -> FxHashSet<(Option<String>, Print)> {
        all.iter().flat_map(|one| one.prints.values().map(|&print| (one.policy.clone(), print))).collect()
    };
    let (was, is) = (said(&old), said(&new));
    let apart = |all: Vec<Stated>, same: &FxHashSet<Whole>, there: &FxHashSet<(Option<String>, Print)>| {
        let mut all: Vec<Stated> = all.into_iter().filter(|one| !same.contains(&one.whole())).collect();
        for one in &mut all {
            let policy = &one.policy;
            one.prints.retain(|_, print| !there.contains(&(policy.clone(), *print)));
        }
        all
    };
    let whole = |all: &[Stated]| all.iter().map(Stated::whole).collect::<FxHashSet<Whole>>();
    let (of_old, of_new) = (whole(&old), whole(&new));
    let (mut old, mut new) = (apart(old, &of_new, &is), apart(new, &of_old, &was));
    // Those first that say what was not said: they are what has become of others.
    new.sort_by_key(|one| one.prints.is_empty());
    let mut together = Together { names, prints, candidates, known: FxHashMap::default() };
    let mut found = Vec::new();
    for one in &new {
        // The one of the same kind that speaks of most of the same.
        let shared = |other: &Stated| other.grants.keys().filter(|verb| one.grants.contains_key(verb)).count();
        let others = old
            .iter()
            .enumerate()
            .filter(|(_, other)| other.policy == one.policy && other.effect == one.effect && shared(other) > 0);
        let other = others.max_by_key(|(at, other)| (shared(other), std::cmp::Reverse(*at))).map(|(at, _)| at);
        let other = other.map(|at| old.remove(at));
        let is_told = !one.prints.is_empty() || other.as_ref().is_some_and(|other| !other.prints.is_empty());
        if is_told {
            found.push(together.diff(other.as_ref(), Some(one)));
        }
    }
    let gone = old.iter().filter(|gone| !gone.prints.is_empty());
    found.extend(gone.map(|gone| together.diff(Some(gone), None)));
    found
}

/// All that a statement says, and whose it is.
type Whole = (Option<String>, Vec<Print>);

impl Stated {
    fn whole(&self) -> Whole {
        let mut prints: Vec<Print> = self.prints.values().copied().collect();
        prints.sort_unstable();
        (self.policy.clone(), prints)
    }
}

fn stated(names: &Names<'_>, prints: &mut Prints<'_>, side: Side) -> Vec<Stated> {
    let policy = names.sides.of(side).policy();
    let mut all: FxHashMap<StatementId, Stated> = FxHashMap::default();
    let owners = policy.schema().policies.iter_enumerated();
    let mut listed = vec![(Owner::Rule, None)];
    listed.extend(owners.map(|(id, name)| (Owner::Policy(id), Some(name.to_string()))));
    for (verb, pair) in names.verbs.iter_enumerated() {
        let Some(permission) = *pair.of(side) else { continue };
        for (owner, name) in &listed {
            for grant in grants_of(policy, *owner, permission) {
                let Some(origin) = policy.provenance().statements.get(grant.statement) else { continue };
                let stated = all.entry(grant.statement).or_insert_with(|| Stated {
                    side,
                    statement: grant.statement,
                    policy: name.clone(),
                    effect: origin.effect,
                    grants: BTreeMap::new(),
                    prints: BTreeMap::new(),
                    span: origin.span,
                });
                stated.grants.insert(verb, grant);
                stated.prints.insert(verb, prints.grant(side, &grant));
            }
        }
    }
    let mut all: Vec<Stated> = all.into_values().collect();
    all.sort_by_key(|one| policy.provenance().rank(one.statement));
    all
}

/// What all statements of one kind say of the permissions of a type: whose they are, which way they go, of which permission
/// where that is asked for, and the conditions of both sides.
type SaidOfType = (Option<String>, Effect, String, Option<Verb>, Pair<Vec<Option<Print>>>);

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
            policy: shown.and_then(|stated| stated.policy.clone()),
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
        let owner = Pair::each(|side| match &stated.policy {
            None => Some(Owner::Rule),
            Some(name) => names.sides.of(side).policy().schema().policy_named(name).map(Owner::Policy),
        });
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
        let key = (stated.policy.clone(), stated.effect, names.verb_type(verb).to_owned(), named, prints);
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
