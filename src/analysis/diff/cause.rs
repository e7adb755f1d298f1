//! Which change of policy or facts somebody gains or loses by.
//!
//! Where somebody may do something, a way leads there: an assignment, roles that extend and imply others, a statement. Where
//! they may not, either no way does, or a statement denies it. The way that is there on one side is followed until its first
//! step that is not there on the other.

mod assigned;
mod case;
mod counting;
mod entity;
mod reading;

pub(super) use case::Case;

use case::Acting;

use super::holders::{Holding, HoldingId};
use super::names::{Names, Pair, Side, Thing};
use super::occasion::Occasion;
use super::prints::{Print, Prints, role_name};
use super::stated::Whose;
use crate::compile::{Effect, Owner, StatementId};
use crate::decide::{Cause as Deciding, Reason};
use crate::index::{IndexVec, dense_id};
use crate::schema::{PermissionId, RoleId};
use crate::source::Span;
use rustc_hash::{FxHashMap, FxHashSet};
use std::cell::RefCell;

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
    /// A role requires another one, or does no longer.
    Requires,
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
            Self::Requires => "requires",
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

/// What is followed from a role to where it is said: which way a statement of a side decides, of which permission.
#[derive(Clone, Copy)]
pub(super) struct Sought {
    pub(super) side: Side,
    pub(super) permission: PermissionId,
    pub(super) effect: Effect,
}

/// What a role has to do with it that something is allowed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    /// It allows it.
    Allows,
    /// One that it implies does.
    Leads,
    /// Nothing.
    Idle,
}

/// Changes, each once, in the order in which they were met.
#[derive(Clone)]
pub(super) struct Causes {
    pub(super) all: IndexVec<CauseId, Cause>,
    known: FxHashMap<Cause, CauseId>,
    roles: Pair<FxHashMap<String, RoleId>>,
    /// By what is held and the role's number on the old side, how its assignments differ.
    assignments: RefCell<FxHashMap<(Thing, RoleId), Option<Cause>>>,
    /// By what statements stand in, what has become of each that the other side does not have.
    pub(super) became: RefCell<FxHashMap<Whose, Pair<FxHashMap<StatementId, StatementId>>>>,
}

impl Causes {
    pub(super) fn new(names: &Names<'_>) -> Self {
        let roles = Pair::each(|side| {
            let schema = names.sides.of(side).policy().schema();
            schema.declared_roles().map(|(id, _)| (role_name(schema, id), id)).collect()
        });
        let (all, known) = (IndexVec::new(), FxHashMap::default());
        Self { all, known, roles, assignments: RefCell::default(), became: RefCell::default() }
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
        let being_there = case.by_being_there();
        if let Some((cause, true)) = being_there {
            return cause;
        }
        match case.by_acting(occasion) {
            Some(Acting::Itself(cause)) => return cause,
            Some(Acting::As(subject)) => return self.find(&Case { actor: subject, ..*case }, prints, occasion),
            None => {}
        }
        let decided = |side: Side| case.asker.decision(side, case.verb, case.actor, case.resource, occasion);
        let denial = decided(without).filter(|one| matches!(one.reason, Reason::Forbidden | Reason::NotComputed));
        let denial = denial.and_then(|decision| decision.cause);
        let allowed = |prints: &mut Prints<'_>| {
            let allow = decided(case.with).and_then(|decision| decision.cause);
            let found = allow.and_then(|allow| self.of_deciding(case, prints, case.with, allow, occasion));
            found.or_else(|| self.of_ways(case, prints, permission, occasion))
        };
        let found = match denial {
            // That nothing denies it any more would not be enough.
            Some(_) if case.with == Side::New && !case.is_allowed_anyway(without, occasion) => {
                allowed(prints).or_else(|| self.of_holdings(case, prints))
            }
            Some(_) => None,
            None => allowed(prints),
        };
        let denied = || denial.and_then(|denial| self.of_deciding(case, prints, without, denial, occasion));
        let found = found.or_else(denied);
        let found = found.or_else(|| self.of_holdings(case, prints));
        let found = found.or_else(|| being_there.map(|(cause, _)| cause));
        let found = found.or_else(|| case.by_facts()).or_else(|| self.of_others(case, prints));
        found.unwrap_or_else(Cause::unknown)
    }

    /// The change behind a statement that decides on one side, and not on the other: that it does not reach the resource
    /// there, that nobody holds its role, that it is another one, or that what it reads differs.
    fn of_deciding(
        &self,
        case: &Case<'_, '_, '_>,
        prints: &mut Prints<'_>,
        side: Side,
        deciding: Deciding,
        occasion: &Occasion,
    ) -> Option<Cause> {
        let names = case.asker.names;
        let permission = (*names.verbs.get(case.verb)?.of(side))?;
        let origin = names.sides.of(side).policy().provenance().statements.get(deciding.statement)?;
        let Some((role, on)) = deciding.held else {
            let found = match origin.owner {
                Owner::Policy(policy) => case.by_link(side, policy),
                Owner::Rule | Owner::Role(_) => None,
            };
            let found = found.or_else(|| self.of_parts(case, prints, side, deciding, occasion));
            let found = found.or_else(|| self.of_statement(names, prints, side, deciding.statement, permission));
            return found.or_else(|| self.of_reading(case, prints, side, deciding, occasion));
        };
        let on = names.thing(side, on)?;
        let sought = Sought { side, permission, effect: origin.effect };
        let found = case.by_place(side, on).or_else(|| self.of_holding(case, side, role, on));
        let found = found.or_else(|| self.of_counting(case, prints, side, (role, on), occasion));
        let found = found.or_else(|| self.of_reading(case, prints, side, deciding, occasion));
        found.or_else(|| self.of_role(names, prints, sought, role, &mut FxHashSet::default()))
    }

    /// The change behind the ways that are there on one side, and not on the other, those that allow something first.
    fn of_ways(
        &self,
        case: &Case<'_, '_, '_>,
        prints: &mut Prints<'_>,
        permission: PermissionId,
        occasion: &Occasion,
    ) -> Option<Cause> {
        let names = case.asker.names;
        let (side, policy) = (case.with, names.sides.of(case.with).policy());
        let mut ways: Vec<(RoleId, Thing)> = Vec::new();
        for &level in case.levels {
            let Some(holding) = case.holders.held(case.actor, level) else { continue };
            let roles =
                case.holders.holdings().get(holding).into_iter().flat_map(|holding| holding.roles_at(side, case.at));
            ways.extend(roles.map(|role| (role, level)));
        }
        ways.retain(|&(role, _)| prints.says(side, role, permission) != Print::NOTHING);
        let allowing = case.allowing(side, occasion);
        let part = |&(role, on): &(RoleId, Thing)| {
            let leads = |&(implied, _): &(RoleId, Thing)| policy.role(role).may_lead_to(implied);
            match allowing.contains(&(role, on)) {
                true => Part::Allows,
                false if allowing.iter().any(leads) => Part::Leads,
                false => Part::Idle,
            }
        };
        ways.sort_by_key(part);
        // Those that allow nothing there have no say, if others do.
        if ways.iter().any(|way| part(way) != Part::Idle) {
            ways.retain(|way| part(way) != Part::Idle);
        }
        let reached = ways
            .iter()
            .find_map(|&(role, on)| case.by_place(side, on).or_else(|| self.of_holding(case, side, role, on)));
        let sought = Sought { side, permission, effect: Effect::Allow };
        let of_role = |way: &(RoleId, Thing)| {
            let mut seen = FxHashSet::default();
            match part(way) {
                Part::Leads => self.of_implied(names, prints, sought, way.0, &mut seen),
                Part::Allows | Part::Idle => self.of_role(names, prints, sought, way.0, &mut seen),
            }
        };
        reached.or_else(|| ways.iter().find_map(of_role))
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
        let holds = |side: Side, role: RoleId| holding.roles_at(side, case.at).any(|held| held == role);
        let differs = holds(side, role) && !holds(side.other(), there);
        let roles = Pair::beside(side, role, there);
        if !differs {
            return None;
        }
        self.of_assignments(names, &roles, on).or_else(|| self.of_requirement(names, side, role, there))
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
            let there = self.counterpart(names, side, role);
            there.is_none_or(|there| holding.roles_at(side.other(), case.at).all(|held| held != there))
        };
        let comes_otherwise =
            near.iter().filter_map(|&(_, holding)| case.holders.holdings().get(holding)).any(|holding| {
                let of = |side: Side| holding.roles_at(side, case.at).filter(move |&role| differs(side, role, holding));
                Side::BOTH.into_iter().any(|side| of(side).any(|role| with_a_say.of(side).contains(&role)))
            });
        let elsewhere = comes_otherwise || case.reads.has_elsewhere;
        let row = if elsewhere { case.holders.row_of(case.actor) } else { &[] };
        let near = near.iter().map(|held| (held, case.reads.has));
        for (&(level, holding), any) in near.chain(row.iter().map(|held| (held, true))) {
            let Some(holding) = case.holders.holdings().get(holding) else { continue };
            for side in [case.with, case.with.other()] {
                let roles = holding.roles_at(side, case.at).filter(|role| any || with_a_say.of(side).contains(role));
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
