//! What came closest to allowing a request that was denied.

use super::resting::Resting;
use super::statement::Witness;
use super::{Case, Step};
use crate::compile::{Effect, Grant, StatementId};
use crate::decide::{Truth, Variables};
use crate::directory::EntityId;
use crate::index::Idx;
use crate::schema::{RoleId, split_entity};
use crate::source::Span;
use rustc_hash::FxHashSet;

/// How many near misses of one kind are shown.
const SHOWN: usize = 3;

/// An allow that the subject lacks a role for.
struct Likely {
    /// Whether it would hold as things are.
    surely: bool,
    place: Option<Span>,
}

impl<'a> Case<'a> {
    /// Near misses, nearest first: grants whose conditions fail, roles that were given and do not count, roles that would
    /// allow it if the subject held them.
    pub(super) fn nearest(self, witnesses: &[Witness], decisive: Option<&Witness>) -> Vec<Step> {
        let mut steps = Vec::new();
        let Some(subject) = self.world.subject() else {
            let actor = self.world.facts.name(self.world.request.actor);
            let text = if self.world.facts.is_declared(self.world.request.actor) {
                format!("`{actor}` acts as nobody that the directory declares")
            } else {
                format!("`{actor}` has no entry in the directory, so it acts as nobody")
            };
            steps.push(Step::fact(text, None).with(Truth::False, Vec::new()));
            return steps;
        };
        let allows = witnesses.iter().filter(|witness| witness.effect == Effect::Allow);
        // A statement may speak by several roles held in several places: its surest witness stands for all.
        let mut stated = Vec::new();
        let allows: Vec<&Witness> = allows
            .filter(|witness| decisive.is_none_or(|decisive| decisive.statement != witness.statement))
            .filter(|witness| {
                let new = !stated.contains(&witness.statement);
                stated.push(witness.statement);
                new
            })
            .collect();
        for witness in allows.iter().take(SHOWN) {
            let mut step = self.stated(witness);
            if witness.truth == Truth::True {
                step.text = format!("but for that, {}", step.text);
            }
            steps.push(step);
        }
        let resting = self.resting(subject);
        steps.extend(resting.iter().take(SHOWN).map(|resting| resting.step.clone()));
        if allows.is_empty() {
            steps.splice(0..0, self.without_entry());
            steps.extend(self.would_allow(subject, &resting, decisive.map(|decisive| decisive.statement)));
        }
        if steps.is_empty() && witnesses.iter().all(|witness| witness.effect == Effect::Deny) {
            let permission = self.world.facts.snapshot.policy().schema().permission_name(self.world.request.permission);
            let text = format!("no role and no rule allows `{permission}` here");
            steps.push(Step::fact(text, None).with(Truth::False, Vec::new()));
        }
        steps
    }

    /// The resource, or what it is said to lie in, if neither directory nor request know where it lies: its name is
    /// most likely misspelt.
    fn without_entry(self) -> Option<Step> {
        let facts = self.world.facts;
        let lost = facts
            .upwards(self.world.request.resource)
            .find(|&entity| !facts.is_declared(entity) && facts.parents(entity).is_empty())?;
        let info = facts.snapshot.policy().schema().types.get(facts.type_of(lost)?)?;
        let name = facts.name(lost);
        let mut text = format!("`{name}` has no entry in the directory");
        if !info.parents.is_empty() {
            text.push_str(", and the request does not say what it lies in");
        }
        if let Some(near) = self.nearest_to(&name) {
            text.push_str(&format!("; did you mean `{near}`?"));
        }
        Some(Step::fact(text, None).with(Truth::False, Vec::new()))
    }

    /// The name of the entity with an entry that a name was most likely meant to be.
    fn nearest_to(self, name: &str) -> Option<String> {
        let (ty, id) = split_entity(name)?;
        let snapshot = self.world.facts.snapshot;
        let near = snapshot.directory().nearest(snapshot.policy().schema().type_named(ty)?, id)?;
        Some(self.world.facts.name(near))
    }

    /// The roles that would allow it, by themselves or by what they imply, those that grant least first; none that the
    /// subject holds anyway, or was given, or that would not count here. The statement that left the request undecided
    /// would do so again, whoever brings it.
    fn would_allow(self, subject: EntityId, resting: &[Resting], undecided: Option<StatementId>) -> Vec<Step> {
        let policy = self.world.facts.snapshot.policy();
        let mut candidates: Vec<(usize, RoleId, EntityId, Likely)> = Vec::new();
        let held = self.world.roles_that_count(subject);
        let bases = |&(role, entity, _): &(RoleId, EntityId, Truth)| {
            policy.role(role).counts_as.iter().map(move |&base| (base, entity))
        };
        let held: FxHashSet<(RoleId, EntityId)> = held.iter().flat_map(bases).collect();
        for entity in self.world.facts.upwards(self.world.request.resource) {
            for (role, compiled) in policy.roles().iter_enumerated() {
                let given = resting.iter().any(|resting| resting.assigned && resting.held == (role, entity));
                if given || held.contains(&(role, entity)) || !self.assignable(role, entity) {
                    continue;
                }
                if self.world.holds(compiled.when, Variables::of_role(subject, entity)) == Truth::False {
                    continue;
                }
                let variables = Variables { subject, resource: self.world.request.resource, scope: Some(entity) };
                let allow = self.allow_of(role, undecided).map(|(grant, place)| Likely {
                    surely: self.world.holds(grant.condition, variables) == Truth::True,
                    place,
                });
                let Some(likely) = allow.or_else(|| self.implied_allow(role, entity, undecided)) else { continue };
                let below = compiled.leads.as_ref().map_or(0, |leads| leads.permissions.count_ones(..));
                candidates.push((compiled.grants.len() + below, role, entity, likely));
            }
        }
        candidates.sort_by_key(|(grants, role, ..)| (*grants, *role));
        candidates
            .into_iter()
            .take(SHOWN)
            .map(|(_, role, entity, likely)| {
                let (name, entity) = (policy.schema().role_name(role), self.world.facts.name(entity));
                let would = if likely.surely { "would" } else { "might" };
                Step::fact(format!("`{name}` on `{entity}` {would} allow it"), likely.place)
                    .with(Truth::False, Vec::new())
            })
            .collect()
    }

    /// Whether a role may be assigned on an entity: it is of its type, and inside of the role's organization if it has one.
    fn assignable(self, role: RoleId, entity: EntityId) -> bool {
        let snapshot = self.world.facts.snapshot;
        let Some(info) = snapshot.policy().schema().roles.get(role) else { return false };
        let inside = info.organization.as_ref().is_none_or(|organization| {
            let organization = snapshot.entity(organization.ty, &organization.id);
            self.world.facts.upwards(entity).any(|above| Some(above) == organization)
        });
        inside && self.world.facts.type_of(entity) == Some(info.ty)
    }

    /// A role's own or inherited allow of the permission asked about, other than a given one, and its place.
    fn allow_of(self, role: RoleId, except: Option<StatementId>) -> Option<(&'a Grant, Option<Span>)> {
        let policy = self.world.facts.snapshot.policy();
        let grants = policy.role(role).grants_of(self.world.request.permission);
        let allow = grants.iter().find(|grant| grant.effect == Effect::Allow && Some(grant.statement) != except)?;
        Some((allow, policy.provenance().statements.get(allow.statement).map(|statement| statement.span)))
    }

    /// The implication by which a role held on an entity would come to allow it further down.
    fn implied_allow(self, role: RoleId, entity: EntityId, except: Option<StatementId>) -> Option<Likely> {
        let policy = self.world.facts.snapshot.policy();
        let permission = self.world.request.permission;
        let role = policy.role(role);
        let mut led_to = role.leads.as_ref()?.roles.ones().map(RoleId::from_index);
        led_to.find(|&led_to| {
            let ty = policy.schema().roles.get(led_to).map(|info| info.ty);
            let mut below = self.world.facts.upwards(self.world.request.resource);
            let reached =
                below.any(|below| self.world.facts.type_of(below) == ty && self.world.facts.is_above(entity, below));
            reached && self.allow_of(led_to, except).is_some()
        })?;
        let first = role.implies.iter().find(|implied| {
            self.allows(implied.role) || policy.role(implied.role).may_lead_to_permission(permission)
        })?;
        let place = policy.provenance().implications.get(first.implication).map(|origin| origin.span);
        Some(Likely { surely: first.when.is_none(), place })
    }

    /// Whether a role has an allow, with or without condition, for the permission asked about.
    pub(super) fn allows(self, role: RoleId) -> bool {
        self.allow_of(role, None).is_some()
    }
}
