//! The way from a role to what it says, followed to its first step that is there on one side alone.

use super::cause::{Cause, CauseKind, Causes, Sought};
use super::names::{Names, Pair, Side};
use super::prints::{Print, Prints, role_name};
use super::stated::{Whose, paired, stated};
use crate::analysis::matrix::{grants_of, statement_text};
use crate::compile::{Grant, Implied, Owner, StatementId};
use crate::schema::{PermissionId, RoleId};
use rustc_hash::FxHashSet;

impl Causes {
    /// The first step from a role to what it says that is there on one side, and not on the other.
    pub(super) fn of_role(
        &self,
        names: &Names<'_>,
        prints: &mut Prints<'_>,
        sought: Sought,
        role: RoleId,
        seen: &mut FxHashSet<RoleId>,
    ) -> Option<Cause> {
        let Sought { side, permission, effect } = sought;
        if !seen.insert(role) {
            return None;
        }
        let other = side.other();
        let (here, there) = (names.sides.of(side).policy(), names.sides.of(other).policy());
        let counterpart = self.counterpart(names, side, role)?;
        let verb = names.verbs.iter().find(|verb| *verb.of(side) == Some(permission))?;
        let beyond = *verb.of(other);
        let said = beyond.map_or(Print::NOTHING, |permission| prints.says(other, counterpart, permission));
        if prints.says(side, role, permission) == said {
            return None;
        }
        let mut grants: Vec<Grant> =
            here.role(role).grants_of(permission).iter().filter(|grant| grant.effect == effect).copied().collect();
        // What holds in any case says most.
        grants.sort_by_key(|grant| grant.condition.is_some());
        let mine: Vec<Print> = beyond.map_or_else(Vec::new, |permission| {
            let grants = there.role(counterpart).grants_of(permission).iter();
            grants.map(|grant| prints.grant(other, grant)).collect()
        });
        for grant in &grants {
            if mine.contains(&prints.grant(side, grant)) {
                continue;
            }
            let Some(origin) = here.provenance().statements.get(grant.statement) else { continue };
            let Owner::Role(owner) = origin.owner else { continue };
            if let Some(cause) = self.of_inheritance(names, side, role, owner) {
                return Some(cause);
            }
            if let Some(cause) = self.of_statement(names, prints, side, grant.statement, permission) {
                return Some(cause);
            }
            let print = prints.grant(side, grant);
            let without = beyond.and_then(|beyond| self.of_without(names, prints, side, (role, owner), beyond, print));
            return without.or_else(|| Some(self.of_removal(names, side, role)));
        }
        let implied = self.of_implied(names, prints, sought, role, seen);
        implied.or_else(|| Some(self.of_removal(names, side, role)))
    }

    /// The first step behind what a role implies that is there on one side, and not on the other.
    pub(super) fn of_implied(
        &self,
        names: &Names<'_>,
        prints: &mut Prints<'_>,
        sought: Sought,
        role: RoleId,
        seen: &mut FxHashSet<RoleId>,
    ) -> Option<Cause> {
        let Sought { side, permission, .. } = sought;
        let here = names.sides.of(side).policy();
        for implied in &*here.role(role).implies {
            if prints.says(side, implied.role, permission) == Print::NOTHING {
                continue;
            }
            if let Some(cause) = self.of_implication(names, prints, side, role, implied) {
                return Some(cause);
            }
            if let Some(cause) = self.of_role(names, prints, sought, implied.role, seen) {
                return Some(cause);
            }
        }
        None
    }

    /// That a role implies another one on one side, and not on the other, or not where it does there.
    pub(super) fn of_implication(
        &self,
        names: &Names<'_>,
        prints: &mut Prints<'_>,
        side: Side,
        role: RoleId,
        implied: &Implied,
    ) -> Option<Cause> {
        let other = side.other();
        let (here, there) = (names.sides.of(side).policy(), names.sides.of(other).policy());
        let counterpart = self.counterpart(names, side, role)?;
        let origin = here.provenance().implications.get(implied.implication)?;
        let when = implied.when.map(|when| prints.node(side, when));
        let target = self.counterpart(names, side, implied.role);
        let those: Vec<&Implied> =
            there.role(counterpart).implies.iter().filter(|one| Some(one.role) == target).collect();
        // Of what is there on both sides the new place is told.
        let beyond = those.first().filter(|_| other == Side::New);
        let beyond = beyond.and_then(|one| there.provenance().implications.get(one.implication));
        let place = beyond.map_or((side, origin.span), |beyond| (other, beyond.span));
        let those: Vec<Option<Print>> = those.iter().map(|one| one.when.map(|when| prints.node(other, when))).collect();
        if those.contains(&when) {
            return None;
        }
        if let Some(cause) = self.of_inheritance(names, side, role, origin.owner) {
            return Some(cause);
        }
        let (owner, implied) = (role_name(here.schema(), origin.owner), role_name(here.schema(), origin.role));
        let text = match (those.is_empty(), side) {
            (false, _) => format!("`{owner}` implies `{implied}` under another condition"),
            (true, Side::New) => format!("`{owner}` implies `{implied}`"),
            (true, Side::Old) => format!("`{owner}` no longer implies `{implied}`"),
        };
        Some(Cause { kind: CauseKind::Implies, text, place: Some(place) })
    }

    /// The first of the bases between a role and one that it builds on which is there on one side only.
    pub(super) fn of_inheritance(&self, names: &Names<'_>, side: Side, role: RoleId, base: RoleId) -> Option<Cause> {
        let (here, there) = (names.sides.of(side).policy(), names.sides.of(side.other()).policy());
        let path = here.provenance().inheritance(role, base);
        for step in path.windows(2) {
            let &[upper, lower] = step else { continue };
            let (Some(one), two) = (self.counterpart(names, side, upper), self.counterpart(names, side, lower)) else {
                continue;
            };
            let extends = there.provenance().roles.get(one).map_or(&[][..], |origin| &origin.extends);
            if two.is_some_and(|two| extends.iter().any(|(base, _)| *base == two)) {
                continue;
            }
            let (upper_name, lower_name) = (role_name(here.schema(), upper), role_name(here.schema(), lower));
            let word = if side == Side::New { "extends" } else { "no longer extends" };
            let origin = here.provenance().roles.get(upper);
            let span = origin.and_then(|origin| origin.extends.iter().find(|(base, _)| *base == lower));
            let text = format!("`{upper_name}` {word} `{lower_name}`");
            return Some(Cause { kind: CauseKind::Extends, text, place: span.map(|&(_, span)| (side, span)) });
        }
        None
    }

    /// That a role of the other side does not take over a statement that it would by what it extends.
    fn of_without(
        &self,
        names: &Names<'_>,
        prints: &mut Prints<'_>,
        side: Side,
        (role, owner): (RoleId, RoleId),
        permission: PermissionId,
        print: Print,
    ) -> Option<Cause> {
        let other = side.other();
        let there = names.sides.of(other).policy();
        let (role, owner) = (self.counterpart(names, side, role)?, self.counterpart(names, side, owner)?);
        let mut has = |role: RoleId| {
            let grants = there.role(role).grants_of(permission);
            grants.iter().any(|grant| prints.grant(other, grant) == print)
        };
        let path = there.provenance().inheritance(role, owner);
        let taken = path.windows(2).find_map(|step| match *step {
            [upper, lower] => (has(lower) && !has(upper)).then_some(upper),
            _ => None,
        })?;
        let schema = there.schema();
        let word = if other == Side::New { "is now without" } else { "is no longer without" };
        let text = format!("`{}` {word} `{}`", role_name(schema, taken), schema.permission_name(permission));
        let place = there.provenance().roles.get(taken).map(|origin| (other, origin.span));
        Some(Cause { kind: CauseKind::Role, text, place })
    }

    /// That a role counts under other conditions, or takes over less of what says something.
    pub(super) fn of_removal(&self, names: &Names<'_>, side: Side, role: RoleId) -> Cause {
        if let Some(cause) = self.of_when(names, side, role) {
            return cause;
        }
        let policy = names.sides.of(Side::New).policy();
        let name = role_name(names.sides.of(side).policy().schema(), role);
        let now = if side == Side::New { Some(role) } else { self.counterpart(names, side, role) };
        let place = now.and_then(|role| policy.provenance().roles.get(role)).map(|origin| (Side::New, origin.span));
        let text = format!("`{name}` counts, or takes away, under other conditions");
        Cause { kind: CauseKind::Role, text, place }
    }

    /// That a statement is there on one side, and not on the other.
    pub(super) fn of_statement(
        &self,
        names: &Names<'_>,
        prints: &mut Prints<'_>,
        side: Side,
        statement: StatementId,
        permission: PermissionId,
    ) -> Option<Cause> {
        let other = side.other();
        let (here, there) = (names.sides.of(side).policy(), names.sides.of(other).policy());
        let origin = here.provenance().statements.get(statement)?;
        let verb = names.verbs.iter().find(|verb| *verb.of(side) == Some(permission))?;
        let grant = grants_of(here, origin.owner, permission).into_iter().find(|grant| grant.statement == statement)?;
        let owner = match origin.owner {
            Owner::Rule => Some(Owner::Rule),
            Owner::Role(role) => self.counterpart(names, side, role).map(Owner::Role),
            Owner::Policy(policy) => {
                let name = here.schema().policies.get(policy)?;
                there.schema().policy_named(name).map(Owner::Policy)
            }
        };
        let beside = owner.zip(*verb.of(other)).map_or_else(Vec::new, |(owner, permission)| {
            let mut grants = grants_of(there, owner, permission);
            grants.retain(|grant| {
                let stated = there.provenance().statements.get(grant.statement);
                stated.is_some_and(|stated| stated.owner == owner) && grant.effect == origin.effect
            });
            grants
        });
        let print = prints.grant(side, &grant);
        if beside.iter().any(|grant| prints.grant(other, grant) == print) {
            return None;
        }
        let known: FxHashSet<Print> =
            grants_of(here, origin.owner, permission).iter().map(|grant| prints.grant(side, grant)).collect();
        let instead = beside.iter().find(|grant| !known.contains(&prints.grant(other, grant)));
        let became = self.became(names, prints, side, statement);
        let instead = became.or_else(|| instead.map(|grant| grant.statement));
        let of = match origin.owner {
            Owner::Rule => String::new(),
            Owner::Role(role) => format!("`{}`: ", role_name(here.schema(), role)),
            Owner::Policy(policy) => format!("policy `{}`: ", here.schema().policies.get(policy)?),
        };
        let kind = match origin.owner {
            Owner::Rule => CauseKind::Rule,
            Owner::Role(_) => CauseKind::Grant,
            Owner::Policy(_) => CauseKind::Guardrail,
        };
        let text = statement_text(here, statement);
        let (text, place) = match (instead, side) {
            (Some(instead), side) => {
                let beside = statement_text(there, instead);
                let (old, new) = if side == Side::Old { (text, beside) } else { (beside, text) };
                let span = there.provenance().statements.get(instead).map(|stated| stated.span);
                let span = if side == Side::New { Some(origin.span) } else { span };
                (format!("{of}`{old}` is now `{new}`"), span.map(|span| (Side::New, span)))
            }
            (None, Side::Old) => (format!("{of}`{text}` is gone"), Some((Side::Old, origin.span))),
            (None, Side::New) => (format!("{of}`{text}` is new"), Some((Side::New, origin.span))),
        };
        Some(Cause { kind, text, place })
    }

    /// What has become of a statement of a side that the other one does not have, or what it was.
    pub(super) fn became(
        &self,
        names: &Names<'_>,
        prints: &mut Prints<'_>,
        side: Side,
        statement: StatementId,
    ) -> Option<StatementId> {
        let owner = names.sides.of(side).policy().provenance().statements.get(statement)?.owner;
        let whose = Whose::of(names, side, owner);
        let mut known = self.became.borrow_mut();
        let became = known.entry(whose).or_insert_with_key(|whose| {
            let all = Pair::each(|side| stated(names, prints, side, [whose.clone()]));
            let pairs = paired(all).into_iter().filter_map(|pair| Some((pair.old?.statement, pair.new?.statement)));
            let (there, here): (Vec<_>, Vec<_>) = pairs.map(|(old, new)| ((old, new), (new, old))).unzip();
            Pair { old: there.into_iter().collect(), new: here.into_iter().collect() }
        });
        became.of(side).get(&statement).copied()
    }
}
