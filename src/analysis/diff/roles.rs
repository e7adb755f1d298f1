//! What changes for whoever holds a role: the permissions that it gives, and what it denies.

use super::clauses::{self, ClauseDiff};
use super::names::{Names, Pair, Side, Verb};
use super::prints::{Print, Prints, role_name};
use super::relation::{Condition, Related, Relation, Said, related, related_conditions, related_in_form};
use super::witness::Candidates;
use crate::analysis::condition::Truths;
use crate::analysis::matrix::{Matrix, RoleGrant};
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
            (RoleChange::Condition, relation) => {
                !matches!(relation, Some(Relation::Stronger | Relation::NotWeaker | Relation::Equal))
            }
            (RoleChange::DenyCondition, relation) => {
                !matches!(relation, Some(Relation::Weaker | Relation::NotStronger | Relation::Equal))
            }
        }
    }

    /// Whether its holder may lose by it.
    #[must_use]
    pub fn may_lose(&self) -> bool {
        match (self.change, self.related.as_ref().map(|related| related.relation)) {
            (RoleChange::Gained | RoleChange::Freer | RoleChange::DenyLifted, _) => false,
            (RoleChange::Lost | RoleChange::Conditional | RoleChange::DenyAdded, _) => true,
            (RoleChange::Condition, relation) => {
                !matches!(relation, Some(Relation::Weaker | Relation::NotStronger | Relation::Equal))
            }
            (RoleChange::DenyCondition, relation) => {
                !matches!(relation, Some(Relation::Stronger | Relation::NotWeaker | Relation::Equal))
            }
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
        let only = match (pair.old, pair.new) {
            (Some(_), None) => Some(Side::Old),
            (None, Some(_)) => Some(Side::New),
            _ => None,
        };
        let permissions = permissions(names, prints, pair, candidates);
        let clauses = clauses::of_role(names, prints, pair);
        if permissions.is_empty() && clauses.is_empty() && only.is_none() {
            continue;
        }
        let place = [Side::New, Side::Old].into_iter().find_map(|side| {
            let origin = names.sides.of(side).policy().provenance().roles.get((*pair.of(side))?)?;
            Some((side, origin.span))
        });
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
        let own = Pair::each(|side| own(names, role, side, verb));
        let tried = candidates.get(&verb).map_or(&[][..], Vec::as_slice);
        denials(&permission, &own, prints, tried, &mut found);
        let (Some(old), Some(new)) = (grant(Side::Old, verb), grant(Side::New, verb)) else {
            let many = || String::from("under more conditions than can be shown");
            let related = Some(Related { relation: Relation::MayDiffer, witness: None });
            found.push(PermissionDiff { permission, change: RoleChange::Condition, old: many(), new: many(), related });
            continue;
        };
        let text = |grant: &RoleGrant| match grant {
            RoleGrant::Yes => String::from("yes"),
            RoleGrant::No => String::from("no"),
            RoleGrant::When(expr) => expr.to_string(),
        };
        let mut related_to = None;
        let change = match (&old, &new) {
            (RoleGrant::Yes, RoleGrant::Yes) | (RoleGrant::No, RoleGrant::No) => continue,
            (RoleGrant::No, _) => RoleChange::Gained,
            (_, RoleGrant::No) => RoleChange::Lost,
            (RoleGrant::Yes, RoleGrant::When(_)) => RoleChange::Conditional,
            (RoleGrant::When(_), RoleGrant::Yes) => RoleChange::Freer,
            (RoleGrant::When(before), RoleGrant::When(after)) => {
                if before == after {
                    continue;
                }
                related_to = Some(match (&own.old, &own.new) {
                    (Some(old), Some(new)) if !old.implied && !new.implied => {
                        related(&old.said, &new.said, Truths::TRUE, tried)
                    }
                    _ => implied(names, prints, role, verb).unwrap_or_else(|| related_in_form(before, after)),
                });
                RoleChange::Condition
            }
        };
        found.push(PermissionDiff { permission, change, old: text(&old), new: text(&new), related: related_to });
    }
    found
}

/// How what a role says by way of what it implies stands to what it said, where nothing but the conditions of these implications
/// is another.
fn implied(names: &Names<'_>, prints: &mut Prints<'_>, role: &Pair<Option<RoleId>>, verb: Verb) -> Option<Related> {
    let mut sides = Vec::new();
    for side in Side::BOTH {
        let (policy, role) = (names.sides.of(side).policy(), (*role.of(side))?);
        let permission = (*names.verbs.get(verb)?.of(side))?;
        let compiled = policy.role(role);
        let mut own: Vec<Print> =
            compiled.grants_of(permission).iter().map(|grant| prints.grant(side, grant)).collect();
        own.extend(compiled.when.map(|when| prints.node(side, when)));
        own.sort_unstable();
        let schema = policy.schema();
        let scope = schema.roles.get(role)?.ty;
        let mut implied: Vec<(String, Print, Condition<'_>)> = Vec::new();
        for one in &*compiled.implies {
            let says = prints.says(side, one.role, permission);
            if says != Print::NOTHING {
                let below = schema.roles.get(one.role)?.ty;
                let condition = Condition { snapshot: names.sides.of(side), scope, below, when: one.when };
                implied.push((role_name(schema, one.role), says, condition));
            }
        }
        implied.sort_by(|one, other| one.0.cmp(&other.0));
        sides.push((own, implied));
    }
    let [(own, was), (same, is)] = sides.as_slice() else { return None };
    let alike = was.len() == is.len() && was.iter().zip(is).all(|(one, other)| one.0 == other.0 && one.1 == other.1);
    let each_once = was.windows(2).all(|two| matches!(two, [one, other] if one.0 != other.0));
    if own != same || !alike || !each_once {
        return None;
    }
    let found = was.iter().zip(is).map(|(one, other)| related_conditions(one.2, other.2, &[]));
    found.reduce(|one, other| one.with(other))
}

/// What a role says of a permission, what it implies apart.
struct Own<'s> {
    said: Said<'s>,
    /// Whether roles that it implies say something of it too.
    implied: bool,
}

fn own<'s>(names: &Names<'s>, role: &Pair<Option<RoleId>>, side: Side, verb: Verb) -> Option<Own<'s>> {
    let role = (*role.of(side))?;
    let permission = (*names.verbs.get(verb)?.of(side))?;
    let snapshot = *names.sides.of(side);
    let compiled = snapshot.policy().role(role);
    let said = Said {
        snapshot,
        permission,
        scope: snapshot.policy().schema().roles.get(role).map(|info| info.ty),
        when: compiled.when,
        grants: compiled.grants_of(permission).to_vec(),
        bare: false,
    };
    Some(Own { said, implied: compiled.may_lead_to_permission(permission) })
}

/// What becomes of what a role denies by itself.
fn denials(
    permission: &str,
    own: &Pair<Option<Own<'_>>>,
    prints: &mut Prints<'_>,
    candidates: &[Query],
    found: &mut Vec<PermissionDiff>,
) {
    let denies = |side: Side| -> Vec<Grant> {
        let grants = own.of(side).iter().flat_map(|own| &own.said.grants);
        grants.filter(|grant| grant.effect == Effect::Deny).copied().collect()
    };
    let denies = Pair::each(denies);
    let printed = |prints: &mut Prints<'_>, side: Side| {
        let mut all: Vec<Print> = denies.of(side).iter().map(|grant| prints.grant(side, grant)).collect();
        all.sort_unstable();
        all
    };
    let text = |side: Side| {
        let Some(own) = own.of(side).as_ref().filter(|_| !denies.of(side).is_empty()) else {
            return String::from("no");
        };
        let policy = own.said.snapshot.policy();
        let texts: Vec<String> = denies
            .of(side)
            .iter()
            .map(|grant| crate::analysis::matrix::statement_text(policy, grant.statement))
            .collect();
        texts.join("; ")
    };
    if printed(prints, Side::Old) == printed(prints, Side::New) {
        return;
    }
    let mut related_to = None;
    let change = match (denies.old.is_empty(), denies.new.is_empty()) {
        (true, _) => RoleChange::DenyAdded,
        (_, true) => RoleChange::DenyLifted,
        _ => {
            let alone = |side: Side| {
                own.of(side).as_ref().map(|own| Said {
                    snapshot: own.said.snapshot,
                    permission: own.said.permission,
                    scope: own.said.scope,
                    when: own.said.when,
                    grants: denies.of(side).clone(),
                    bare: false,
                })
            };
            let both = alone(Side::Old).zip(alone(Side::New));
            related_to = both.map(|(old, new)| related(&old, &new, Truths::NOT_FALSE, candidates));
            RoleChange::DenyCondition
        }
    };
    found.push(PermissionDiff {
        permission: permission.to_owned(),
        change,
        old: text(Side::Old),
        new: text(Side::New),
        related: related_to,
    });
}
