//! Statements as they are written, and what has become of each: the one of the same kind that speaks of most of the same.

use super::names::{Names, Pair, Side, Verb};
use super::prints::{Print, Prints, role_name};
use crate::analysis::matrix::grants_of;
use crate::compile::{Effect, Grant, Owner, StatementId};
use crate::source::Span;
use rustc_hash::{FxHashMap, FxHashSet};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// What a statement stands in, by name.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) enum Whose {
    /// On its own.
    Rule,
    /// In a role.
    Role(String),
    /// In an org policy.
    Policy(String),
}

/// A statement with all that it says.
pub(super) struct Stated {
    pub(super) side: Side,
    pub(super) statement: StatementId,
    pub(super) whose: Whose,
    pub(super) effect: Effect,
    pub(super) grants: BTreeMap<Verb, Grant>,
    /// Of what it says and the other side does not; at first of all.
    pub(super) prints: BTreeMap<Verb, Print>,
    pub(super) span: Span,
}

impl Whose {
    /// That of a side's owner.
    pub(super) fn of(names: &Names<'_>, side: Side, owner: Owner) -> Self {
        let schema = names.sides.of(side).policy().schema();
        match owner {
            Owner::Rule => Self::Rule,
            Owner::Role(role) => Self::Role(role_name(schema, role)),
            Owner::Policy(policy) => {
                Self::Policy(schema.policies.get(policy).map_or_else(String::new, |name| name.to_string()))
            }
        }
    }

    /// The org policy's name, if it is one.
    pub(super) fn policy(&self) -> Option<&str> {
        match self {
            Self::Policy(name) => Some(name),
            Self::Rule | Self::Role(_) => None,
        }
    }

    /// A side's owner of this name.
    pub(super) fn on(&self, names: &Names<'_>, side: Side) -> Option<Owner> {
        let schema = names.sides.of(side).policy().schema();
        match self {
            Self::Rule => Some(Owner::Rule),
            Self::Role(name) => {
                schema.declared_roles().find(|&(id, _)| role_name(schema, id) == *name).map(|(id, _)| Owner::Role(id))
            }
            Self::Policy(name) => schema.policy_named(name).map(Owner::Policy),
        }
    }
}

/// All statements of some owners on a side, in the order of the text.
pub(super) fn stated(
    names: &Names<'_>,
    prints: &mut Prints<'_>,
    side: Side,
    owners: impl IntoIterator<Item = Whose>,
) -> Vec<Stated> {
    let policy = names.sides.of(side).policy();
    let owners: Vec<(Whose, Owner)> = owners
        .into_iter()
        .filter_map(|whose| Some((whose.on(names, side)?, whose)))
        .map(|(on, whose)| (whose, on))
        .collect();
    let mut all: FxHashMap<StatementId, Stated> = FxHashMap::default();
    for (verb, pair) in names.verbs.iter_enumerated() {
        let Some(permission) = *pair.of(side) else { continue };
        for (whose, owner) in &owners {
            for grant in grants_of(policy, *owner, permission) {
                let origin = policy.provenance().statements.get(grant.statement);
                // A role takes over what others state.
                let Some(origin) = origin.filter(|origin| origin.owner == *owner) else { continue };
                let stated = all.entry(grant.statement).or_insert_with(|| Stated {
                    side,
                    statement: grant.statement,
                    whose: whose.clone(),
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

/// Those that stand on one side alone, each with what has become of it. How what is said is spread over statements makes no
/// difference: where all that one says is said by others there, nothing is left of its prints.
pub(super) fn paired(all: Pair<Vec<Stated>>) -> Vec<Pair<Option<Stated>>> {
    let said = |all: &[Stated]| -> FxHashSet<(Whose, Print)> {
        all.iter().flat_map(|one| one.prints.values().map(|&print| (one.whose.clone(), print))).collect()
    };
    let whole = |all: &[Stated]| all.iter().map(Stated::whole).collect::<FxHashSet<Whole>>();
    let (was, is) = (said(&all.old), said(&all.new));
    let (of_old, of_new) = (whole(&all.old), whole(&all.new));
    let apart = |all: Vec<Stated>, same: &FxHashSet<Whole>, there: &FxHashSet<(Whose, Print)>| {
        let mut all: Vec<Stated> = all.into_iter().filter(|one| !same.contains(&one.whole())).collect();
        for one in &mut all {
            let whose = &one.whose;
            one.prints.retain(|_, print| !there.contains(&(whose.clone(), *print)));
        }
        all
    };
    let (mut old, mut new) = (apart(all.old, &of_new, &is), apart(all.new, &of_old, &was));
    // Those first that say what was not said: they are what has become of others.
    new.sort_by_key(|one| one.prints.is_empty());
    let mut pairs = Vec::new();
    for one in new {
        // The one of the same kind that speaks of most of the same.
        let shared = |other: &Stated| other.grants.keys().filter(|verb| one.grants.contains_key(verb)).count();
        let others = old
            .iter()
            .enumerate()
            .filter(|(_, other)| other.whose == one.whose && other.effect == one.effect && shared(other) > 0);
        let other = others.max_by_key(|(at, other)| (shared(other), Reverse(*at))).map(|(at, _)| at);
        let other = other.map(|at| old.remove(at));
        pairs.push(Pair { old: other, new: Some(one) });
    }
    pairs.extend(old.into_iter().map(|gone| Pair { old: Some(gone), new: None }));
    pairs
}

/// All that a statement says, and whose it is.
type Whole = (Whose, Vec<Print>);

impl Stated {
    fn whole(&self) -> Whole {
        let mut prints: Vec<Print> = self.prints.values().copied().collect();
        prints.sort_unstable();
        (self.whose.clone(), prints)
    }
}
