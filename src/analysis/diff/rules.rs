//! What becomes of rules, and of the guardrails of org policies.

use super::names::{Names, Side, Verb};
use super::prints::{Print, Prints};
use super::relation::{Related, related};
use super::said::Said;
use super::witness::Candidates;
use crate::analysis::condition::Truths;
use crate::analysis::matrix::{grants_of, statement_text};
use crate::compile::{Effect, Grant, Owner, StatementId};
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
    /// How the conditions of both stand to each other, where it is on both sides.
    pub related: Option<Related>,
    /// Permissions of which it speaks on the new side alone.
    pub added: Vec<String>,
    /// Permissions of which it speaks on the old side alone.
    pub removed: Vec<String>,
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
            found.push(diff(names, other.as_ref(), Some(one), candidates));
        }
    }
    let gone = old.iter().filter(|gone| !gone.prints.is_empty());
    found.extend(gone.map(|gone| diff(names, Some(gone), None, candidates)));
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

fn diff(names: &Names<'_>, old: Option<&Stated>, new: Option<&Stated>, candidates: &Candidates) -> RuleDiff {
    let text = |stated: Option<&Stated>| {
        stated.map(|stated| statement_text(names.sides.of(stated.side).policy(), stated.statement))
    };
    let only = |these: Option<&Stated>, others: Option<&Stated>| -> Vec<String> {
        let (Some(these), Some(others)) = (these, others) else { return Vec::new() };
        let verbs = these.prints.keys().filter(|verb| !others.grants.contains_key(verb));
        verbs.map(|&verb| names.verb_name(verb)).collect()
    };
    let related_on = |old: &Stated, new: &Stated, verb: Verb| {
        let (was, is) = (old.grants.get(&verb)?, new.grants.get(&verb)?);
        let said = |side: Side, grant: &Grant| {
            let permission = (*names.verbs.get(verb)?.of(side))?;
            Some(Said::by_rule(names.sides.of(side), permission, *grant))
        };
        let counts = if new.effect == Effect::Deny { Truths::NOT_FALSE } else { Truths::TRUE };
        let tried = candidates.get(&verb).map_or(&[][..], Vec::as_slice);
        Some(related(&said(Side::Old, was)?, &said(Side::New, is)?, counts, tried))
    };
    // Once for each type of which both speak: the same words may mean something else on another one.
    let related_to = old.zip(new).and_then(|(old, new)| {
        let mut verbs: Vec<Verb> = old.grants.keys().filter(|verb| new.grants.contains_key(verb)).copied().collect();
        verbs.sort_by_key(|&verb| (names.verb_type(verb), verb));
        verbs.dedup_by_key(|verb| names.verb_type(*verb));
        let found = verbs.into_iter().filter_map(|verb| related_on(old, new, verb));
        found.reduce(Related::with)
    });
    let shown = new.or(old);
    RuleDiff {
        effect: shown.map_or(Effect::Deny, |stated| stated.effect),
        policy: shown.and_then(|stated| stated.policy.clone()),
        old: text(old),
        new: text(new),
        place: shown.map(|stated| (stated.side, stated.span)),
        related: related_to,
        added: only(new, old),
        removed: only(old, new),
    }
}
