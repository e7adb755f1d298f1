//! What becomes of the clauses of a role that say neither allow nor deny: who assigns it, what it requires, as what it counts.

use super::names::{Names, Pair, Side};
use super::prints::{Prints, role_name};
use super::relation::{Condition, Related, Relation, related_conditions, related_in_form, related_uncomputed};
use crate::analysis::matrix::expression;
use crate::compile::{CompiledPolicy, Effect, Implied, Opening, RoleOrigin};
use crate::schema::{PermissionId, RoleId, Schema};
use crate::source::Span;
use std::collections::{BTreeMap, BTreeSet};

/// What becomes of a clause of a declaration.
#[derive(Clone, PartialEq, Debug)]
pub struct ClauseDiff {
    /// The clause, with the name that it speaks of where there may be several: `assigned by`, `implies team.admin`.
    pub clause: String,
    /// What it said; nothing where it was not there.
    pub old: Option<String>,
    /// What it says.
    pub new: Option<String>,
    /// Where it stands, on the new side where it is there.
    pub place: Option<(Side, Span)>,
    /// How the conditions stand to each other, where it is one.
    pub related: Option<Related>,
    /// Whether somebody may be able to do more by it.
    pub may_gain: bool,
    /// Whether somebody may be able to do less.
    pub may_lose: bool,
}

/// A clause that lists names.
pub(super) struct Listed {
    pub(super) names: BTreeSet<String>,
    /// What is said besides.
    pub(super) freely: bool,
    pub(super) span: Option<Span>,
}

/// Whether more names in a list give or take.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum More {
    Gives,
    Takes,
}

impl ClauseDiff {
    pub(super) fn new(clause: impl Into<String>, old: Option<String>, new: Option<String>) -> Self {
        Self { clause: clause.into(), old, new, place: None, related: None, may_gain: false, may_lose: false }
    }

    pub(super) fn at(mut self, old: Option<Span>, new: Option<Span>) -> Self {
        self.place = new.map(|span| (Side::New, span)).or_else(|| old.map(|span| (Side::Old, span)));
        self
    }

    pub(super) fn may(mut self, gain: bool, lose: bool) -> Self {
        (self.may_gain, self.may_lose) = (gain, lose);
        self
    }

    /// With how its conditions stand to each other.
    fn by(mut self, related: Related) -> Self {
        (self.may_gain, self.may_lose) = (related.relation.may_widen(), related.relation.may_narrow());
        self.related = Some(related);
        self
    }
}

/// What becomes of a clause that lists names; nothing where they are the same.
pub(super) fn listed(clause: &str, more: More, old: Option<&Listed>, new: Option<&Listed>) -> Option<ClauseDiff> {
    let text = |listed: &Listed| {
        let names: Vec<&str> = listed.names.iter().map(String::as_str).collect();
        format!("{}{}", names.join(", "), if listed.freely { ", freely" } else { "" })
    };
    let (was, is) = (old.map(text), new.map(text));
    if was == is {
        return None;
    }
    let (grows, shrinks) = match (old, new) {
        (Some(old), Some(new)) => (
            !new.names.is_subset(&old.names) || new.freely && !old.freely,
            !old.names.is_subset(&new.names) || old.freely && !new.freely,
        ),
        // Without the clause something else is asked.
        _ if more == More::Gives => (true, true),
        (None, _) => (true, false),
        (_, None) => (false, true),
    };
    let (gain, lose) = if more == More::Gives { (grows, shrinks) } else { (shrinks, grows) };
    let diff = ClauseDiff::new(clause, was, is).may(gain, lose);
    Some(diff.at(old.and_then(|old| old.span), new.and_then(|new| new.span)))
}

/// What a list of permissions names.
pub(super) fn permissions(schema: &Schema, permissions: &[PermissionId], freely: bool, span: Span) -> Listed {
    let names = permissions.iter().map(|&permission| schema.permission_name(permission)).collect();
    Listed { names, freely, span: Some(span) }
}

/// What becomes of the clauses of a role; of one that is new, those that it has.
pub(super) fn of_role(names: &Names<'_>, prints: &mut Prints<'_>, role: &Pair<Option<RoleId>>) -> Vec<ClauseDiff> {
    if role.new.is_none() {
        return Vec::new();
    }
    let policy = |side: Side| names.sides.of(side).policy();
    let of = |side: Side| Some((policy(side), (*role.of(side))?));
    let origin = |side: Side| of(side).and_then(|(policy, role)| Some(&**policy.provenance().roles.get(role)?));
    let (before, after) = (origin(Side::Old), origin(Side::New));
    let mut found = Vec::new();

    let counts_as = Pair::each(|side| of(side).map(|(policy, role)| counts_as(policy, role)));
    let (old, new) = (counts_as.old.filter(|listed| !listed.names.is_empty()), counts_as.new);
    let new = new.filter(|listed| !listed.names.is_empty());
    found.extend(listed("counts as", More::Gives, old.as_ref(), new.as_ref()).map(|diff| {
        let none = Listed { names: BTreeSet::new(), freely: false, span: None };
        let (old, new) = (old.as_ref().unwrap_or(&none), new.as_ref().unwrap_or(&none));
        diff.may(!new.names.is_subset(&old.names), !old.names.is_subset(&new.names))
    }));
    found.extend(when(names, prints, role));
    found.extend(implications(names, prints, role));

    let requires = Pair::each(|side| of(side).map(|(policy, role)| requires(policy, role)));
    let some = |listed: &Option<Listed>| listed.as_ref().is_some_and(|listed| !listed.names.is_empty());
    let (old, new) = (requires.old.as_ref().filter(|_| some(&requires.old)), requires.new.as_ref());
    found.extend(listed("requires", More::Takes, old, new.filter(|_| some(&requires.new))));

    let assigned = Pair::each(|side| {
        let (policy, role) = of(side)?;
        let guard = policy.guards().assignment(role)?;
        Some(permissions(policy.schema(), &guard.permissions, guard.freely, guard.span))
    });
    found.extend(listed("assigned by", More::Gives, assigned.old.as_ref(), assigned.new.as_ref()));
    found.extend(opening(before, after));

    let custom = |side: Side| of(side)?.0.schema().roles.get((*role.of(side))?).map(|info| info.custom);
    if before.is_some() && custom(Side::Old) != custom(Side::New) {
        let word = |custom: Option<bool>| custom.filter(|custom| *custom).map(|_| String::new());
        let diff = ClauseDiff::new("custom", word(custom(Side::Old)), word(custom(Side::New))).may(true, true);
        found.push(diff.at(before.map(|origin| origin.span), after.map(|origin| origin.span)));
    }
    found
}

/// The roles that a holder of this one holds by it.
fn counts_as(policy: &CompiledPolicy, role: RoleId) -> Listed {
    let names = policy.role(role).counts_as.iter().filter(|&&base| base != role);
    let names = names.map(|&base| role_name(policy.schema(), base)).collect();
    let extends = policy.provenance().roles.get(role).and_then(|origin| origin.extends.first());
    Listed { names, freely: false, span: extends.map(|&(_, span)| span) }
}

fn requires(policy: &CompiledPolicy, role: RoleId) -> Listed {
    let required = &policy.role(role).requires;
    let names = required.iter().map(|&required| role_name(policy.schema(), required)).collect();
    let own = policy.provenance().roles.get(role).and_then(|origin| origin.requires.first());
    Listed { names, freely: false, span: own.map(|&(_, span)| span) }
}

/// Where the role counts, its bases' conditions included.
fn when(names: &Names<'_>, prints: &mut Prints<'_>, role: &Pair<Option<RoleId>>) -> Option<ClauseDiff> {
    let when = Pair::each(|side| names.sides.of(side).policy().roles().get((*role.of(side))?)?.when);
    let print = Pair::each(|side| when.of(side).map(|when| prints.node(side, when)));
    if print.old == print.new {
        return None;
    }
    let text = |side: Side| {
        let policy = names.sides.of(side).policy();
        let role = when.of(side).and(*role.of(side))?;
        let origins = policy.role(role).counts_as.iter().filter_map(|&base| policy.provenance().roles.get(base));
        let texts: BTreeSet<&str> = origins.flat_map(|origin| &origin.when).map(|when| &*when.text).collect();
        Some(match texts.iter().collect::<Vec<_>>().as_slice() {
            [only] => (**only).to_owned(),
            several => several.iter().map(|text| format!("({text})")).collect::<Vec<_>>().join(" and "),
        })
    };
    let place = |side: Side| {
        let origin = names.sides.of(side).policy().provenance().roles.get((*role.of(side))?)?;
        Some(origin.when.first().map_or(origin.span, |when| when.places.span))
    };
    let diff = ClauseDiff::new("when", text(Side::Old), text(Side::New)).at(place(Side::Old), place(Side::New));
    let of = |side: Side| {
        let snapshot = *names.sides.of(side);
        let scope = snapshot.policy().schema().roles.get((*role.of(side))?)?.ty;
        Some(Condition { snapshot, scope, below: scope, when: *when.of(side) })
    };
    let Some((old, new)) = of(Side::Old).zip(of(Side::New)) else { return Some(diff) };
    let related = related_conditions(old, new);
    // What the role denies counts where it may count, and takes from whoever holds it.
    let uncomputed = related_uncomputed(old, new);
    let denies = Side::BOTH
        .into_iter()
        .any(|side| role.of(side).is_some_and(|role| denies_anything(names.sides.of(side).policy(), role)));
    let (more, less) = (uncomputed.relation.may_widen(), uncomputed.relation.may_narrow());
    let is_equal = related.relation == Relation::Equal;
    let diff = match (when.old, when.new) {
        (Some(_), Some(_)) => diff.by(related.with(uncomputed)),
        _ if is_equal && !more && !less => diff.by(related),
        (None, _) => diff.may(false, true),
        (_, None) => diff.may(true, false),
    };
    let (gain, lose) = (diff.may_gain || denies && less, diff.may_lose || denies && more);
    Some(diff.may(gain, lose))
}

/// Whether a role, or one that it implies, denies anything.
fn denies_anything(policy: &CompiledPolicy, role: RoleId) -> bool {
    let mut open = vec![role];
    let mut seen: BTreeSet<RoleId> = BTreeSet::new();
    while let Some(role) = open.pop() {
        let compiled = policy.role(role);
        if compiled.grants.iter().any(|grant| grant.effect == Effect::Deny) {
            return true;
        }
        open.extend(compiled.implies.iter().map(|implied| implied.role).filter(|&implied| seen.insert(implied)));
    }
    false
}

/// What becomes of the roles that it implies.
fn implications(names: &Names<'_>, prints: &mut Prints<'_>, role: &Pair<Option<RoleId>>) -> Vec<ClauseDiff> {
    let mut all: BTreeMap<String, Pair<Vec<Implied>>> = BTreeMap::new();
    for side in Side::BOTH {
        let policy = names.sides.of(side).policy();
        let compiled = role.of(side).and_then(|role| policy.roles().get(role));
        for implied in compiled.into_iter().flat_map(|compiled| &*compiled.implies) {
            all.entry(role_name(policy.schema(), implied.role)).or_default().of_mut(side).push(*implied);
        }
    }
    let mut found = Vec::new();
    for (name, pair) in all {
        let printed = Pair::each(|side| {
            let all = pair.of(side).iter().map(|implied| implied.when.map(|when| prints.node(side, when)));
            all.collect::<BTreeSet<_>>()
        });
        if printed.old == printed.new {
            continue;
        }
        let origin = |side: Side, implied: &Implied| {
            names.sides.of(side).policy().provenance().implications.get(implied.implication).cloned()
        };
        let text = |side: Side| {
            let texts = pair.of(side).iter().filter_map(|implied| origin(side, implied));
            let texts: Vec<String> = texts
                .map(|origin| origin.when.as_ref().map_or_else(|| String::from("always"), |when| when.text.to_string()))
                .collect();
            (!texts.is_empty()).then(|| texts.join("; "))
        };
        let place = |side: Side| Some(origin(side, pair.of(side).first()?)?.span);
        let diff = ClauseDiff::new(format!("implies {name}"), text(Side::Old), text(Side::New));
        let diff = diff.at(place(Side::Old), place(Side::New));
        found.push(match (pair.old.as_slice(), pair.new.as_slice()) {
            ([], _) => diff.may(true, false),
            (_, []) => diff.may(false, true),
            ([was], [is]) => {
                let condition = |side: Side, implied: &Implied| {
                    let snapshot = *names.sides.of(side);
                    let ty = |role| snapshot.policy().schema().roles.get(role).map(|info| info.ty);
                    let (scope, below) = (ty((*role.of(side))?)?, ty(implied.role)?);
                    Some(Condition { snapshot, scope, below, when: implied.when })
                };
                match condition(Side::Old, was).zip(condition(Side::New, is)) {
                    Some((was, is)) => diff.by(related_conditions(was, is)),
                    None => diff.may(true, true),
                }
            }
            _ => diff.may(true, true),
        });
    }
    found
}

/// What becomes of whether custom roles may extend it.
fn opening(old: Option<&RoleOrigin>, new: Option<&RoleOrigin>) -> Option<ClauseDiff> {
    let opening = |origin: Option<&RoleOrigin>| origin.map_or(Opening::Closed, |origin| origin.opening.clone());
    let (was, is) = (opening(old), opening(new));
    let text = |opening: &Opening| match opening {
        Opening::Closed => None,
        Opening::Open => Some(String::from("to custom roles")),
        Opening::When(when) => Some(format!("to custom roles when {when}")),
    };
    if was == is {
        return None;
    }
    let diff = ClauseDiff::new("open", text(&was), text(&is));
    let diff = diff.at(old.map(|origin| origin.span), new.map(|origin| origin.span));
    match (&was, &is) {
        (Opening::When(was), Opening::When(is)) => Some(diff.by(related_in_form(&expression(was), &expression(is)))),
        (Opening::Closed, _) | (_, Opening::Open) => Some(diff.may(true, false)),
        _ => Some(diff.may(false, true)),
    }
}
