//! What becomes of rules, and of the guardrails of org policies.

use super::names::{Names, Side, Verb};
use super::prints::{Print, Prints};
use super::relation::{Related, Said, related};
use super::witness::Candidates;
use crate::analysis::condition::Truths;
use crate::analysis::matrix::{grants_of, statement_text};
use crate::compile::{Effect, Grant, Owner, StatementId};
use crate::source::Span;
use rustc_hash::FxHashMap;
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
    prints: Vec<Print>,
    span: Span,
}

/// What becomes of all of them, those alone that change.
pub(super) fn rules(names: &Names<'_>, prints: &mut Prints<'_>, candidates: &Candidates) -> Vec<RuleDiff> {
    let [mut old, new] = Side::BOTH.map(|side| stated(names, prints, side));
    let mut came: Vec<Stated> = Vec::new();
    for one in new {
        let same = |other: &Stated| other.policy == one.policy && other.prints == one.prints;
        match old.iter().position(same) {
            Some(at) => drop(old.remove(at)),
            None => came.push(one),
        }
    }
    let mut found = Vec::new();
    for one in came {
        // The one of the same kind that speaks of most of the same.
        let shared = |other: &Stated| other.grants.keys().filter(|verb| one.grants.contains_key(verb)).count();
        let others = old
            .iter()
            .enumerate()
            .filter(|(_, other)| other.policy == one.policy && other.effect == one.effect && shared(other) > 0);
        match others.max_by_key(|(at, other)| (shared(other), std::cmp::Reverse(*at))).map(|(at, _)| at) {
            Some(at) => found.push(diff(names, Some(&old.remove(at)), Some(&one), candidates)),
            None => found.push(diff(names, None, Some(&one), candidates)),
        }
    }
    found.extend(old.iter().map(|gone| diff(names, Some(gone), None, candidates)));
    found
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
                    prints: Vec::new(),
                    span: origin.span,
                });
                stated.grants.insert(verb, grant);
                stated.prints.push(prints.grant(side, &grant));
            }
        }
    }
    let mut all: Vec<Stated> = all.into_values().collect();
    for one in &mut all {
        one.prints.sort_unstable();
        one.prints.dedup();
    }
    all.sort_by_key(|one| policy.provenance().rank(one.statement));
    all
}

fn diff(names: &Names<'_>, old: Option<&Stated>, new: Option<&Stated>, candidates: &Candidates) -> RuleDiff {
    let text = |stated: Option<&Stated>| {
        stated.map(|stated| statement_text(names.sides.of(stated.side).policy(), stated.statement))
    };
    let only = |these: Option<&Stated>, others: Option<&Stated>| -> Vec<String> {
        let (Some(these), Some(others)) = (these, others) else { return Vec::new() };
        let verbs = these.grants.keys().filter(|verb| !others.grants.contains_key(verb));
        verbs.map(|&verb| names.verb_name(verb)).collect()
    };
    let related_to = old.zip(new).and_then(|(old, new)| {
        let (&verb, was) = old.grants.iter().find(|(verb, _)| new.grants.contains_key(verb))?;
        let is = new.grants.get(&verb)?;
        let said = |side: Side, grant: &Grant| {
            let snapshot = *names.sides.of(side);
            let permission = (*names.verbs.get(verb)?.of(side))?;
            Some(Said { snapshot, permission, scope: None, when: None, grants: vec![*grant] })
        };
        let counts = if new.effect == Effect::Deny { Truths::NOT_FALSE } else { Truths::TRUE };
        let tried = candidates.get(&verb).map_or(&[][..], Vec::as_slice);
        Some(related(&said(Side::Old, was)?, &said(Side::New, is)?, counts, tried))
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
