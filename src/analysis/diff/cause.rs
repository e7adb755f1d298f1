//! Which change of policy or facts somebody gains or loses by.
//!
//! Where somebody may do something, a way leads there: an assignment, roles that extend and imply others, a statement. Where
//! they may not, either no way does, or a statement denies it. The way that is there on one side is followed until its first
//! step that is not there on the other.

use super::ask::Asker;
use super::facts::{Altered, Facts};
use super::holders::{Holders, Holding};
use super::names::{Names, Side, Thing, Verb, place};
use super::occasion::Occasion;
use super::prints::{Print, Prints, role_name};
use crate::compile::{Effect, Owner, StatementId};
use crate::decide::Reason;
use crate::directory::Subject;
use crate::index::{IndexVec, dense_id};
use crate::schema::{PermissionId, RoleId};
use crate::source::Span;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeSet;

dense_id! {
    /// A change that somebody gains or loses by.
    pub(super) struct CauseId
}

/// A change.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Cause {
    /// What kind of change.
    pub kind: CauseKind,
    /// The change in words.
    pub text: String,
    /// Where it stands, and on which side.
    pub place: Option<(Side, Span)>,
}

/// A kind of change.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum CauseKind {
    /// A role is there that was not, or the other way round.
    Role,
    /// A role extends another one, or does no longer.
    Extends,
    /// A role implies another one, or does no longer.
    Implies,
    /// What a role says changes.
    Grant,
    /// A rule changes.
    Rule,
    /// A guardrail of an org policy changes.
    Guardrail,
    /// A type or an action comes or goes.
    Declaration,
    /// A setting amounts to something else.
    Setting,
    /// Somebody is assigned a role, or no longer.
    Assignment,
    /// Facts of an entity change.
    Facts,
}

impl CauseKind {
    /// Its stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Role => "role",
            Self::Extends => "extends",
            Self::Implies => "implies",
            Self::Grant => "grant",
            Self::Rule => "rule",
            Self::Guardrail => "guardrail",
            Self::Declaration => "declaration",
            Self::Setting => "setting",
            Self::Assignment => "assignment",
            Self::Facts => "facts",
        }
    }
}

/// Changes, each once, in the order in which they were met.
#[derive(Clone)]
pub(super) struct Causes {
    pub(super) all: IndexVec<CauseId, Cause>,
    known: FxHashMap<Cause, CauseId>,
    roles: super::names::Pair<FxHashMap<String, RoleId>>,
}

/// Somebody who may do something on one side, and not on the other.
pub(super) struct Case<'c, 'n, 's> {
    pub(super) asker: &'c Asker<'n, 's>,
    pub(super) facts: &'c Facts,
    pub(super) holders: &'c Holders,
    /// Where they may.
    pub(super) with: Side,
    pub(super) verb: Verb,
    pub(super) actor: Thing,
    pub(super) resource: Thing,
    pub(super) levels: &'c [Thing],
    /// The settings that conditions read.
    pub(super) settings: &'c BTreeSet<Box<str>>,
    /// The fields of the context that they read.
    pub(super) context: &'c BTreeSet<Box<str>>,
}

impl Causes {
    pub(super) fn new(names: &Names<'_>) -> Self {
        let roles = super::names::Pair::each(|side| {
            let schema = names.sides.of(side).policy().schema();
            schema.declared_roles().map(|(id, _)| (role_name(schema, id), id)).collect()
        });
        Self { all: IndexVec::new(), known: FxHashMap::default(), roles }
    }

    pub(super) fn put(&mut self, cause: Cause) -> CauseId {
        if let Some(&known) = self.known.get(&cause) {
            return known;
        }
        let id = self.all.push(cause.clone());
        self.known.insert(cause, id);
        id
    }

    /// The role of a side that the other one knows as this.
    pub(super) fn counterpart(&self, names: &Names<'_>, side: Side, role: RoleId) -> Option<RoleId> {
        let name = role_name(names.sides.of(side).policy().schema(), role);
        self.roles.of(side.other()).get(&name).copied()
    }

    /// Whether the roles of a holding are the same, by name, on either side.
    pub(super) fn are_counterparts(&self, names: &Names<'_>, holding: &Holding) -> bool {
        let sorted = |mut roles: Vec<RoleId>| {
            roles.sort_unstable();
            roles.dedup();
            roles
        };
        let there: Option<Vec<RoleId>> =
            holding.roles(Side::Old).map(|role| self.counterpart(names, Side::Old, role)).collect();
        there.is_some_and(|there| sorted(there) == sorted(holding.roles(Side::New).collect()))
    }

    /// What somebody gains or loses something by.
    pub(super) fn of(&mut self, case: &Case<'_, '_, '_>, prints: &mut Prints<'_>, occasion: &Occasion) -> CauseId {
        let cause = self.find(case, prints, occasion);
        self.put(cause)
    }

    fn find(&self, case: &Case<'_, '_, '_>, prints: &mut Prints<'_>, occasion: &Occasion) -> Cause {
        let names = case.asker.names;
        let without = case.with.other();
        let Some(verb) = names.verbs.get(case.verb) else { return case.by_facts() };
        let Some(permission) = *verb.of(case.with) else { return case.by_facts() };
        let name = names.verb_name(case.verb);
        if verb.of(without).is_none() {
            let word = if case.with == Side::New { "new" } else { "gone" };
            let place = names.sides.of(case.with).policy().provenance().permissions.get(permission);
            let place = place.map(|origin| (case.with, origin.span));
            return Cause { kind: CauseKind::Declaration, text: format!("the action `{name}` is {word}"), place };
        }
        if let Some(cause) = case.by_being_there() {
            return cause;
        }
        if let Some(cause) = case.by_acting() {
            return cause;
        }
        let denial = case.asker.decision(without, case.verb, case.actor, case.resource, occasion);
        let found = match denial.as_ref().and_then(|decision| Some((decision.reason, decision.cause?))) {
            Some((Reason::Forbidden | Reason::NotComputed, cause)) => {
                let held = cause.held.map(|(role, on)| (role, names.thing(without, on)));
                self.of_denial(case, prints, without, cause.statement, held)
            }
            _ => self.of_way(case, prints, permission, occasion),
        };
        found.or_else(|| self.of_holdings(case, prints)).unwrap_or_else(|| case.by_facts())
    }

    /// The change behind a statement that denies on one side, and not on the other.
    fn of_denial(
        &self,
        case: &Case<'_, '_, '_>,
        prints: &mut Prints<'_>,
        side: Side,
        statement: StatementId,
        held: Option<(RoleId, Option<Thing>)>,
    ) -> Option<Cause> {
        let names = case.asker.names;
        let permission = (*names.verbs.get(case.verb)?.of(side))?;
        let policy = names.sides.of(side).policy();
        let origin = policy.provenance().statements.get(statement)?;
        match (origin.owner, held) {
            (Owner::Role(_), Some((role, Some(on)))) => self.of_holding(case, side, role, on).or_else(|| {
                self.of_role(names, prints, side, role, permission, origin.effect, &mut FxHashSet::default())
            }),
            (Owner::Role(_), _) => None,
            _ => self.of_statement(names, prints, side, statement, permission),
        }
    }

    /// The change behind a way that is there on one side, and not on the other.
    fn of_way(
        &self,
        case: &Case<'_, '_, '_>,
        prints: &mut Prints<'_>,
        permission: PermissionId,
        occasion: &Occasion,
    ) -> Option<Cause> {
        let names = case.asker.names;
        let side = case.with;
        let decision = case.asker.decision(side, case.verb, case.actor, case.resource, occasion);
        if let Some(cause) = decision.as_ref().and_then(|decision| decision.cause)
            && cause.held.is_none()
            && let Some(found) = self.of_statement(names, prints, side, cause.statement, permission)
        {
            return Some(found);
        }
        let decisive = decision.and_then(|decision| decision.cause).and_then(|cause| cause.held);
        let decisive = decisive.and_then(|(role, on)| Some((role, names.thing(side, on)?)));
        let mut ways: Vec<(RoleId, Thing)> = decisive.into_iter().collect();
        for &level in case.levels {
            let Some(holding) = case.holders.held(case.actor, level) else { continue };
            let roles = case.holders.holdings().get(holding).into_iter().flat_map(|holding| holding.roles(side));
            ways.extend(roles.map(|role| (role, level)));
        }
        ways.retain(|&(role, _)| prints.says(side, role, permission) != Print::NOTHING);
        let assigned = ways.iter().find_map(|&(role, on)| self.of_holding(case, side, role, on));
        assigned.or_else(|| {
            ways.iter().find_map(|&(role, _)| {
                self.of_role(names, prints, side, role, permission, Effect::Allow, &mut FxHashSet::default())
            })
        })
    }

    /// That somebody holds a role on one side, and not on the other.
    fn of_holding(&self, case: &Case<'_, '_, '_>, side: Side, role: RoleId, on: Thing) -> Option<Cause> {
        let names = case.asker.names;
        let schema = names.sides.of(side).policy().schema();
        let name = role_name(schema, role);
        let Some(there) = self.counterpart(names, side, role) else {
            let word = if side == Side::New { "new" } else { "gone" };
            let place = names.sides.of(side).policy().provenance().roles.get(role).map(|origin| (side, origin.span));
            return Some(Cause { kind: CauseKind::Role, text: format!("the role `{name}` is {word}"), place });
        };
        let holding = case.holders.held(case.actor, on)?;
        let holding = case.holders.holdings().get(holding)?;
        let holds = |side: Side, role: RoleId| holding.roles(side).any(|held| held == role);
        let assigned = |side: Side, role: RoleId| assigned(names, side, role, on);
        let lacks = !holds(side.other(), there);
        let differs = holds(side, role) && (lacks || holding.is_held_otherwise(side, role, there));
        if differs && assigned(side, role) != assigned(side.other(), there) {
            let verb = match (lacks, side) {
                (false, _) => "is assigned for another time",
                (true, Side::New) => "is assigned",
                (true, Side::Old) => "is no longer assigned",
            };
            let text = format!("`{name}` on `{}` {verb}", names.name(on));
            return Some(Cause { kind: CauseKind::Assignment, text, place: None });
        }
        None
    }

    /// That somebody holds other roles anywhere near, or that those count as others.
    fn of_holdings(&self, case: &Case<'_, '_, '_>, prints: &mut Prints<'_>) -> Option<Cause> {
        let names = case.asker.names;
        let near = case.levels.iter().filter_map(|&level| Some((level, case.holders.held(case.actor, level)?)));
        for (level, holding) in near.chain(case.holders.row_of(case.actor).iter().copied()) {
            let Some(holding) = case.holders.holdings().get(holding) else { continue };
            for side in [case.with, case.with.other()] {
                for role in holding.roles(side) {
                    if let Some(cause) = self.of_holding(case, side, role, level) {
                        return Some(cause);
                    }
                    let Some(there) = self.counterpart(names, side, role) else { continue };
                    if prints.held(side, role) == prints.held(side.other(), there) {
                        continue;
                    }
                    let compiled = names.sides.of(side).policy().role(role);
                    let mut bases = compiled.counts_as.iter();
                    if let Some(cause) = bases.find_map(|&base| self.of_inheritance(names, side, role, base)) {
                        return Some(cause);
                    }
                    let mut implied = compiled.implies.iter();
                    if let Some(cause) = implied.find_map(|one| self.of_implication(names, prints, side, role, one)) {
                        return Some(cause);
                    }
                    return Some(self.of_removal(names, side, role));
                }
            }
        }
        None
    }
}

impl Case<'_, '_, '_> {
    /// That one of them is there on one side only.
    fn by_being_there(&self) -> Option<Cause> {
        [self.resource, self.actor].into_iter().find_map(|thing| {
            let altered = self.facts.altered.get(&thing)?;
            let found = altered.iter().find(|one| matches!(one, Altered::Added | Altered::Removed))?;
            Some(self.altered(thing, std::slice::from_ref(found)))
        })
    }

    /// That whoever asks is checked as somebody else.
    fn by_acting(&self) -> Option<Cause> {
        let names = self.asker.names;
        let [old, new] = self.holders.acts_as(names, self.actor)?;
        if let Some(altered) = self.facts.altered.get(&self.actor) {
            return Some(self.altered(self.actor, altered));
        }
        let name = |thing: Option<Thing>| {
            thing.map_or_else(|| String::from("nobody"), |thing| format!("`{}`", names.name(thing)))
        };
        let text = format!("`{}` acts as {} instead of {}", names.name(self.actor), name(new), name(old));
        Some(Cause { kind: CauseKind::Declaration, text, place: None })
    }

    /// What differs of the resource, of what it lies in, and of whoever asks.
    fn by_facts(&self) -> Cause {
        let things = [self.resource].into_iter().chain(self.levels.iter().copied()).chain([self.actor]);
        for thing in things {
            let Some(altered) = self.facts.altered.get(&thing) else { continue };
            if altered.iter().any(|one| !matches!(one, Altered::Policy(_))) {
                return self.altered(thing, altered);
            }
            if let Some(cause) = self.by_org_policy(altered) {
                return cause;
            }
        }
        let names = self.asker.names;
        if let Some(name) = self.settings.iter().find(|name| self.facts.settings.contains(*name)) {
            let policy = names.sides.new.policy();
            let setting = policy.schema().setting_named(name);
            let origin = setting.and_then(|setting| policy.provenance().settings.get(setting));
            let place = origin.map(|origin| (Side::New, origin.span));
            let merge = |side: Side| {
                let schema = names.sides.of(side).policy().schema();
                schema.setting_named(name).and_then(|setting| schema.settings.get(setting)).map(|info| info.merge)
            };
            let text = match (merge(Side::Old), merge(Side::New)) {
                (Some(old), Some(new)) if old != new => format!("the setting `{name}` {old}, and now {new}"),
                _ => format!("the setting `{name}` amounts to something else"),
            };
            return Cause { kind: CauseKind::Setting, text, place };
        }
        if let Some(field) = self.context.iter().find(|name| self.facts.context.contains(*name)) {
            let text = format!("the field `{field}` of the context is declared otherwise");
            return Cause { kind: CauseKind::Declaration, text, place: None };
        }
        let text = String::from("facts that conditions read, or declarations");
        Cause { kind: CauseKind::Facts, text, place: None }
    }

    /// That an org policy gives a setting that conditions read another value.
    fn by_org_policy(&self, altered: &[Altered]) -> Option<Cause> {
        let given = altered.iter().find_map(|one| match one {
            Altered::Policy(given) if self.settings.contains(&given.setting) => Some(given),
            _ => None,
        })?;
        let place = place(|side| {
            let policy = self.asker.names.sides.of(side).policy();
            let schema = policy.schema();
            let setting = schema.setting_named(&given.setting)?;
            let mut all = policy.given_settings(schema.policy_named(&given.policy)?).iter();
            all.find(|one| one.setting == setting).map(|one| one.span)
        });
        Some(Cause { kind: CauseKind::Setting, text: given.text(" gives"), place })
    }

    fn altered(&self, thing: Thing, altered: &[Altered]) -> Cause {
        let names = self.asker.names;
        let words: Vec<String> = altered.iter().map(Altered::text).collect();
        let place =
            names.home(thing).and_then(|(side, entity)| Some((side, names.sides.of(side).directory().span(entity)?)));
        Cause { kind: CauseKind::Facts, text: format!("`{}` {}", names.name(thing), words.join(", ")), place }
    }
}

/// To whom a role is assigned on an entity, and when, by name.
fn assigned(names: &Names<'_>, side: Side, role: RoleId, on: Thing) -> Vec<(String, Option<i64>, Option<i64>)> {
    let snapshot = names.sides.of(side);
    let Some(entity) = names.entity(side, on) else { return Vec::new() };
    let (schema, directory) = (snapshot.policy().schema(), snapshot.directory());
    let all = directory.assignments_on(entity).filter(|assignment| assignment.role == role);
    let named = all.map(|assignment| {
        let subject = match assignment.subject {
            Subject::Entity(subject) => directory.name(schema, subject),
            Subject::Userset { on, role } => format!("{}#{}", directory.name(schema, on), role_name(schema, role)),
        };
        (subject, assignment.since, assignment.until)
    });
    let mut named: Vec<_> = named.collect();
    named.sort();
    named
}
