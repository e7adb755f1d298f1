//! What changes for whoever holds a role: the permissions that it gives, and what it denies.

use super::clauses::{self, ClauseDiff};
use super::names::{Names, Pair, Side, Verb, place};
use super::prints::{Print, Prints, role_name};
use super::relation::{Related, Relation, related, related_in_form};
use super::said::Said;
use super::witness::Candidates;
use crate::analysis::matrix::{Matrix, RoleGrant, statement_text};
use crate::compile::{Effect, Grant};
use crate::decide::Query;
use crate::schema::{PermissionId, RoleId};
use crate::source::Span;
use std::collections::BTreeMap;

/// What becomes of a role.
#[derive(Clone, PartialEq, Debug)]
pub struct RoleDiff {
    /// Its name, with its organization where it has one.
    pub role: String,
    /// Whether it is there on one side alone, and on which.
    pub only: Option<Side>,
    /// Where it stands, on the new side where it is there.
    pub place: Option<(Side, Span)>,
    /// What becomes of its permissions, in the order of declaration.
    pub permissions: Vec<PermissionDiff>,
    /// What becomes of its other clauses; of a new role, those that it has.
    pub clauses: Vec<ClauseDiff>,
}

/// What becomes of one permission of a role.
#[derive(Clone, PartialEq, Debug)]
pub struct PermissionDiff {
    /// The permission.
    pub permission: String,
    /// What becomes of it.
    pub change: RoleChange,
    /// What the role said, as a condition; `yes` and `no` without one.
    pub old: String,
    /// What it says.
    pub new: String,
    /// How the conditions stand to each other, where there are two.
    pub related: Option<Related>,
}

/// What becomes of what a role says of a permission.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum RoleChange {
    /// It gives it now.
    Gained,
    /// It no longer gives it.
    Lost,
    /// It gave it always, and now under a condition.
    Conditional,
    /// It gave it under a condition, and now always.
    Freer,
    /// It gives it under another condition.
    Condition,
    /// It denies it now.
    DenyAdded,
    /// It no longer denies it.
    DenyLifted,
    /// It denies it under another condition.
    DenyCondition,
}

impl RoleChange {
    /// Its stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Gained => "gained",
            Self::Lost => "lost",
            Self::Conditional => "made conditional",
            Self::Freer => "freer",
            Self::Condition => "condition",
            Self::DenyAdded => "deny added",
            Self::DenyLifted => "deny lifted",
            Self::DenyCondition => "deny condition",
        }
    }
}

impl PermissionDiff {
    /// Whether its holder may gain by it.
    #[must_use]
    pub fn may_gain(&self) -> bool {
        match (self.change, self.related.as_ref().map(|related| related.relation)) {
            (RoleChange::Gained | RoleChange::Freer | RoleChange::DenyLifted, _) => true,
            (RoleChange::Lost | RoleChange::Conditional | RoleChange::DenyAdded, _) => false,
            (RoleChange::Condition, relation) => relation.is_none_or(Relation::may_widen),
            (RoleChange::DenyCondition, relation) => relation.is_none_or(Relation::may_narrow),
        }
    }

    /// Whether its holder may lose by it.
    #[must_use]
    pub fn may_lose(&self) -> bool {
        match (self.change, self.related.as_ref().map(|related| related.relation)) {
            (RoleChange::Gained | RoleChange::Freer | RoleChange::DenyLifted, _) => false,
            (RoleChange::Lost | RoleChange::Conditional | RoleChange::DenyAdded, _) => true,
            (RoleChange::Condition, relation) => relation.is_none_or(Relation::may_narrow),
            (RoleChange::DenyCondition, relation) => relation.is_none_or(Relation::may_widen),
        }
    }
}

/// What becomes of all roles of both sides, those alone that change.
pub(super) fn roles(names: &Names<'_>, prints: &mut Prints<'_>, candidates: &Candidates) -> Vec<RoleDiff> {
    let mut all: BTreeMap<String, Pair<Option<RoleId>>> = BTreeMap::new();
    let mut order: Vec<String> = Vec::new();
    for side in [Side::New, Side::Old] {
        let schema = names.sides.of(side).policy().schema();
        for (id, _) in schema.declared_roles() {
            let name = role_name(schema, id);
            if !all.contains_key(&name) {
                order.push(name.clone());
            }
            *all.entry(name).or_default().of_mut(side) = Some(id);
        }
    }
    let mut found = Vec::new();
    for name in order {
        let Some(pair) = all.get(&name) else { continue };
        let only = pair.only();
        let permissions = permissions(names, prints, pair, candidates);
        let clauses = clauses::of_role(names, prints, pair);
        if permissions.is_empty() && clauses.is_empty() && only.is_none() {
            continue;
        }
        let origin = |side: Side| names.sides.of(side).policy().provenance().roles.get((*pair.of(side))?);
        let place = place(|side| origin(side).map(|origin| origin.span));
        found.push(RoleDiff { role: name, only, place, permissions, clauses });
    }
    found
}

fn permissions(
    names: &Names<'_>,
    prints: &mut Prints<'_>,
    role: &Pair<Option<RoleId>>,
    candidates: &Candidates,
) -> Vec<PermissionDiff> {
    let says = |prints: &Prints<'_>, side: Side, verb: &Pair<Option<PermissionId>>| {
        role.of(side)
            .zip(*verb.of(side))
            .map_or(Print::NOTHING, |(role, permission)| prints.says(side, role, permission))
    };
    let differing = names.verbs.iter_enumerated();
    let differing: Vec<Verb> = differing
        .filter(|(_, verb)| says(prints, Side::Old, verb) != says(prints, Side::New, verb))
        .map(|(id, _)| id)
        .collect();
    if differing.is_empty() {
        return Vec::new();
    }
    let tables = Pair::each(|side| {
        let role = (*role.of(side))?;
        let of = |verb: &Verb| *names.verbs.get(*verb)?.of(side);
        let permissions: Vec<PermissionId> = differing.iter().filter_map(of).collect();
        Matrix::new(names.sides.of(side).policy(), &[role], &permissions).ok()
    });
    let grant = |side: Side, verb: Verb| -> Option<RoleGrant> {
        let Some(permission) = *names.verbs.get(verb)?.of(side) else { return Some(RoleGrant::No) };
        if role.of(side).is_none() {
            return Some(RoleGrant::No);
        }
        let table = tables.of(side).as_ref()?;
        let row = table.rows.iter().find(|row| row.permission == permission)?;
        row.cells.first().map(|cell| cell.grant.clone())
    };
    let mut found = Vec::new();
    for verb in differing {
        let permission = names.verb_name(verb);
        let of = Pair::each(|side| Some(((*role.of(side))?, (*names.verbs.get(verb)?.of(side))?)));
        let tried = candidates.get(&verb).map_or(&[][..], Vec::as_slice);
        found.extend(denials(names, prints, &of, tried));
        let (Some(old), Some(new)) = (grant(Side::Old, verb), grant(Side::New, verb)) else {
            let many = || String::from("under more conditions than can be shown");
            let related = related_as(names, prints, &of, tried).or(Some(Related::MAY_DIFFER));
            found.push(PermissionDiff { permission, change: RoleChange::Condition, old: many(), new: many(), related });
            continue;
        };
        let text = |grant: &RoleGrant| match grant {
            RoleGrant::Yes => String::from("yes"),
            RoleGrant::No => String::from("no"),
            RoleGrant::When(expr) => expr.to_string(),
        };
        let is_said = |grant: &RoleGrant| matches!(grant, RoleGrant::When(_));
        // What rules take from everybody is told of them.
        let is_hidden = |side: Side, grant: &RoleGrant| {
            let allows = |(role, permission): (RoleId, PermissionId)| {
                let mut grants = names.sides.of(side).policy().role(role).grants_of(permission).iter();
                grants.any(|grant| grant.effect == Effect::Allow)
            };
            *grant == RoleGrant::No && of.of(side).is_some_and(allows)
        };
        let is_hidden = is_hidden(Side::Old, &old) || is_hidden(Side::New, &new);
        let is_read = old != new && (is_said(&old) || is_said(&new) || is_hidden);
        let related = is_read.then(|| related_as(names, prints, &of, tried)).flatten();
        let is_equal = related.as_ref().is_some_and(|related| related.relation == Relation::Equal);
        let (change, related) = match (&old, &new) {
            (RoleGrant::Yes, RoleGrant::Yes) | (RoleGrant::No, RoleGrant::No) => continue,
            (before, after) if before == after => continue,
            (RoleGrant::Yes, RoleGrant::No) | (RoleGrant::No, RoleGrant::Yes) if is_equal => continue,
            // It gives the same, in whatever words.
            _ if is_equal => (RoleChange::Condition, related),
            (RoleGrant::No, _) => (RoleChange::Gained, None),
            (_, RoleGrant::No) => (RoleChange::Lost, None),
            (RoleGrant::Yes, RoleGrant::When(_)) => (RoleChange::Conditional, None),
            (RoleGrant::When(_), RoleGrant::Yes) => (RoleChange::Freer, None),
            (RoleGrant::When(before), RoleGrant::When(after)) => {
                (RoleChange::Condition, Some(related.unwrap_or_else(|| related_in_form(before, after))))
            }
        };
        found.push(PermissionDiff { permission, change, old: text(&old), new: text(&new), related });
    }
    found
}

/// How what a role gives stands to what it gave: by itself, and where that is not the same, together with all rules, as it is
/// decided. Nothing where that is more than can be read.
fn related_as(
    names: &Names<'_>,
    prints: &mut Prints<'_>,
    of: &Pair<Option<(RoleId, PermissionId)>>,
    candidates: &[Query],
) -> Option<Related> {
    let said = |side: Side| {
        let (role, permission) = (*of.of(side))?;
        Said::by_holding(names.sides.of(side), permission, role)
    };
    let Some((old, new)) = said(Side::Old).zip(said(Side::New)) else {
        return is_own_equal(names, prints, of, candidates).then_some(Related::EQUAL);
    };
    let rules = |side: Side| {
        let policy = names.sides.of(side).policy();
        of.of(side).is_some_and(|(_, permission)| !policy.rules_of(permission, Effect::Allow).all().is_empty())
    };
    // Denials take from what rules allow, too: then what the role gives by itself is not all.
    let denies = old.has(Effect::Deny) || new.has(Effect::Deny);
    let alone = !denies || !(rules(Side::Old) || rules(Side::New));
    let by_itself = alone.then(|| related(&old, &new, candidates));
    if by_itself.as_ref().is_some_and(|related| related.relation.is_settled()) {
        return by_itself;
    }
    let together = old.with_rules().zip(new.with_rules()).map(|(old, new)| related(&old, &new, candidates));
    match (by_itself, together) {
        (Some(by_itself), Some(together)) => {
            let relation = by_itself.relation;
            Some(together.proven([relation.may_narrow(), relation.may_widen()]))
        }
        (by_itself, together) => together.or(by_itself),
    }
}

/// Whether a role says the same by itself, in whatever words, and implies the same.
fn is_own_equal(
    names: &Names<'_>,
    prints: &mut Prints<'_>,
    of: &Pair<Option<(RoleId, PermissionId)>>,
    candidates: &[Query],
) -> bool {
    let mut implied = Pair::each(|side| {
        let (role, permission) = (*of.of(side))?;
        let policy = names.sides.of(side).policy();
        let when = policy.role(role).when.map(|when| prints.node(side, when));
        let implied = policy.role(role).implies.iter().filter_map(|implied| {
            let on = policy.schema().roles.get(implied.role)?.ty;
            let on = policy.schema().types.get(on)?.name.clone();
            let when = implied.when.map(|when| prints.node(side, when));
            let says = prints.says(side, implied.role, permission);
            (says != Print::NOTHING).then_some((on, when, says))
        });
        Some((when, implied.collect::<Vec<_>>()))
    });
    for side in Side::BOTH {
        implied.of_mut(side).iter_mut().for_each(|(_, implied)| implied.sort_unstable());
    }
    let alike = |effect: Effect| {
        let said = |side: Side| {
            let (role, permission) = (*of.of(side))?;
            let snapshot = *names.sides.of(side);
            Some(Said::by_role(snapshot, permission, role, effect))
        };
        let both = said(Side::Old).zip(said(Side::New));
        both.is_some_and(|(old, new)| related(&old, &new, candidates).relation == Relation::Equal)
    };
    implied.old.is_some() && implied.old == implied.new && alike(Effect::Allow) && alike(Effect::Deny)
}

/// What becomes of what a role denies by itself.
fn denials(
    names: &Names<'_>,
    prints: &mut Prints<'_>,
    of: &Pair<Option<(RoleId, PermissionId)>>,
    candidates: &[Query],
) -> Option<PermissionDiff> {
    let policy = |side: Side| names.sides.of(side).policy();
    let denies = Pair::each(|side| -> Vec<Grant> {
        let all = of.of(side).map(|(role, permission)| policy(side).role(role).grants_of(permission));
        all.into_iter().flatten().filter(|grant| grant.effect == Effect::Deny).copied().collect()
    });
    let printed = Pair::each(|side| {
        let mut all: Vec<Print> = denies.of(side).iter().map(|grant| prints.grant(side, grant)).collect();
        all.sort_unstable();
        all
    });
    if printed.old == printed.new {
        return None;
    }
    let text = |side: Side| {
        let texts = denies.of(side).iter().map(|grant| statement_text(policy(side), grant.statement));
        let texts: Vec<String> = texts.collect();
        if texts.is_empty() { String::from("no") } else { texts.join("; ") }
    };
    let said = |side: Side| {
        let (role, permission) = (*of.of(side))?;
        Some(Said::by_role(names.sides.of(side), permission, role, Effect::Deny))
    };
    let related = said(Side::Old).zip(said(Side::New)).map(|(old, new)| related(&old, &new, candidates));
    let is_equal = related.as_ref().is_some_and(|related| related.relation == Relation::Equal);
    let (change, related) = match (denies.old.is_empty(), denies.new.is_empty()) {
        // One that nobody can meet denies nothing.
        (true, _) if !is_equal => (RoleChange::DenyAdded, None),
        (_, true) if !is_equal => (RoleChange::DenyLifted, None),
        _ => (RoleChange::DenyCondition, related),
    };
    let side = if of.new.is_some() { Side::New } else { Side::Old };
    let permission = policy(side).schema().permission_name((*of.of(side))?.1);
    Some(PermissionDiff { permission, change, old: text(Side::Old), new: text(Side::New), related })
}
