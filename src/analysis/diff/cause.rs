//! Which change of policy or facts somebody gains or loses by.
//!
//! Where somebody may do something, a way leads there: an assignment, roles that extend and imply others, a statement. Where
//! they may not, either no way does, or a statement denies it. The way that is there on one side is followed until its first
//! step that is not there on the other.

mod case;

pub(super) use case::Case;

use super::holders::{Holding, HoldingId};
use super::names::{Names, Pair, Side, Thing};
use super::occasion::Occasion;
use super::prints::{Print, Prints, role_name};
use crate::compile::{Effect, Owner, StatementId};
use crate::decide::Reason;
use crate::directory::Subject;
use crate::index::{IndexVec, dense_id};
use crate::schema::{PermissionId, RoleId};
use crate::source::Span;
use rustc_hash::{FxHashMap, FxHashSet};

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
        let Some(verb) = names.verbs.get(case.verb) else { return Cause::unknown() };
        let Some(permission) = *verb.of(case.with) else { return Cause::unknown() };
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
        let found = found.or_else(|| self.of_holdings(case, prints));
        let found = found.or_else(|| case.by_facts()).or_else(|| self.of_others(case, prints));
        found.unwrap_or_else(Cause::unknown)
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

    /// That somebody holds other roles that have a say, or that those count as others.
    fn of_holdings(&self, case: &Case<'_, '_, '_>, prints: &mut Prints<'_>) -> Option<Cause> {
        let names = case.asker.names;
        let near = case.levels.iter().filter_map(|&level| Some((level, case.holders.held(case.actor, level)?)));
        let near: Vec<(Thing, HoldingId)> = near.collect();
        let count = |side: Side, prints: &mut Prints<'_>| case.that_count(side, &near, prints);
        let with_a_say = Pair { old: count(Side::Old, prints), new: count(Side::New, prints) };
        // What is held near the resource may come by what is held elsewhere, as a member of a team, and conditions may ask for it.
        let differs = |side: Side, role: RoleId, holding: &Holding| {
            self.counterpart(names, side, role).is_none_or(|there| {
                let lacks = holding.roles(side.other()).all(|held| held != there);
                lacks || holding.is_held_otherwise(side, role, there)
            })
        };
        let comes_otherwise =
            near.iter().filter_map(|&(_, holding)| case.holders.holdings().get(holding)).any(|holding| {
                let of = |side: Side| holding.roles(side).filter(move |&role| differs(side, role, holding));
                Side::BOTH.into_iter().any(|side| of(side).any(|role| with_a_say.of(side).contains(&role)))
            });
        let elsewhere = comes_otherwise || case.reads.has_elsewhere;
        let row = if elsewhere { case.holders.row_of(case.actor) } else { &[] };
        let near = near.iter().map(|held| (held, case.reads.has));
        for (&(level, holding), any) in near.chain(row.iter().map(|held| (held, true))) {
            let Some(holding) = case.holders.holdings().get(holding) else { continue };
            for side in [case.with, case.with.other()] {
                let roles = holding.roles(side).filter(|role| any || with_a_say.of(side).contains(role));
                for role in roles {
                    if let Some(cause) = self.of_held(case, prints, side, role, level) {
                        return Some(cause);
                    }
                }
            }
        }
        None
    }

    /// That a role is held on one side alone, or counts as another.
    fn of_held(
        &self,
        case: &Case<'_, '_, '_>,
        prints: &mut Prints<'_>,
        side: Side,
        role: RoleId,
        on: Thing,
    ) -> Option<Cause> {
        let names = case.asker.names;
        if let Some(cause) = self.of_holding(case, side, role, on) {
            return Some(cause);
        }
        let there = self.counterpart(names, side, role)?;
        if prints.held(side, role) == prints.held(side.other(), there) {
            return None;
        }
        let compiled = names.sides.of(side).policy().role(role);
        let base = compiled.counts_as.iter().find_map(|&base| self.of_inheritance(names, side, role, base));
        let implied = || compiled.implies.iter().find_map(|one| self.of_implication(names, prints, side, role, one));
        base.or_else(implied).or_else(|| Some(self.of_removal(names, side, role)))
    }

    /// That others hold other roles, where conditions ask for roles of whom they name. Of those who hold the same on an
    /// entity, one is looked at.
    fn of_others(&self, case: &Case<'_, '_, '_>, prints: &mut Prints<'_>) -> Option<Cause> {
        if !case.reads.has_elsewhere {
            return None;
        }
        let mut seen: FxHashSet<(Thing, HoldingId)> = FxHashSet::default();
        let on = |&level: &Thing| case.holders.on(level).iter().map(move |&(who, holding)| (who, level, holding));
        let mut others = case
            .levels
            .iter()
            .flat_map(on)
            .filter(|&(who, level, holding)| who != case.actor && seen.insert((level, holding)));
        others.find_map(|(actor, ..)| self.of_holdings(&Case { actor, ..*case }, prints))
    }
}

impl Cause {
    /// Of what nothing that is known to differ tells.
    fn unknown() -> Self {
        let text = String::from("facts that conditions read, or declarations");
        Self { kind: CauseKind::Facts, text, place: None }
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
