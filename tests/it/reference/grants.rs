//! What roles grant by their text, conditions and all: for telling whether somebody gives away more than they have.
//!
//! No decision is asked here. A grant is compared with another one by the texts of the conditions on its way.

use super::holding::View;
use super::policy::{Policy, Reach, RoleAt, any_matches, type_of};
use super::show::{conjuncts, mentions};
use super::world::World;
use super::{Request, Truth};
use rolebook::syntax::ast::{Effect, Expr, Statement};
use std::collections::BTreeSet;

/// An allow of a permission, with all that it depends on.
#[derive(Clone, Debug)]
struct Grant {
    permission: (String, String),
    /// The texts of conditions, each with what it is asked of.
    conditions: BTreeSet<String>,
    /// The types of the entities on which a role is implied on the way down.
    chain: Vec<String>,
    /// The roles on the way, the one that is held first.
    by: Vec<RoleAt>,
}

impl Grant {
    /// Whether whoever has it has the other one: it depends on nothing that the other does not depend on.
    fn covers(&self, other: &Self) -> bool {
        self.permission == other.permission
            && self.conditions.is_subset(&other.conditions)
            && self.chain.iter().all(|implied| other.chain.contains(implied))
    }
}

/// What a person is granted on an entity and below, by roles that count at the moment and by rules.
pub(super) struct Granted<'a> {
    policy: &'a Policy,
    on: &'a str,
    /// Each with the type of the entity on which the role is held.
    grants: Vec<(String, Grant)>,
}

impl<'a> Granted<'a> {
    /// Where a role is about to be rewritten: by the roles that are held before, as they grant afterwards, but for what the
    /// rewritten one gives.
    pub(super) fn new(
        world: &World<'a>,
        person: Option<&str>,
        on: &'a str,
        rewritten: Option<(&'a Policy, RoleAt)>,
    ) -> Self {
        let policy = rewritten.map_or(world.policy, |(after, _)| after);
        let counts = |grant: &Grant| rewritten.is_none_or(|(_, rewritten)| !grant.by.contains(&rewritten));
        let mut grants = Vec::new();
        if let Some(person) = person {
            let holdings = world.holdings(person, View::Now);
            for scope in world.ancestors_or_self(on) {
                for role in (0..world.policy.roles.len()).filter(|&role| holdings.get(role, &scope) == Truth::True) {
                    if let Some(role) = policy.counterpart(world.policy, role) {
                        let found = of_role(policy, role, &scope, true).into_iter().filter(counts);
                        grants.extend(found.map(|grant| (type_of(&scope).to_owned(), grant)));
                    }
                }
            }
            let by_rule = |rule: &&Statement| {
                let always = rule.when.is_none() && rule.unless.is_none() && rule.within.is_none();
                let meant = rule.to.is_empty() || rule.to.iter().any(|to| to.value == type_of(person));
                rule.effect.value == Effect::Allow && always && meant
            };
            let rules: Vec<&Statement> = policy.rules.iter().filter(by_rule).collect();
            for (type_name, action) in policy.permissions() {
                if rules.iter().any(|rule| any_matches(&rule.patterns, &type_name, &action)) {
                    let permission = (type_name, action);
                    let grant = Grant { permission, conditions: BTreeSet::new(), chain: Vec::new(), by: Vec::new() };
                    grants.push((String::new(), grant));
                }
            }
        }
        Self { policy, on, grants }
    }

    /// Whether all that a role gives when it is held there is covered, be it all that it gives by another one.
    pub(super) fn covers_role(&self, role: RoleAt, by: Option<RoleAt>) -> bool {
        let given = of_role(self.policy, role, self.on, false);
        let mut asked = given.iter().filter(|given| by.is_none_or(|by| given.by.contains(&by)));
        asked.all(|given| self.grants.iter().any(|(_, grant)| grant.covers(given)))
    }

    /// Whether every permission that can be reached from the entity is granted without any condition.
    pub(super) fn covers_everything(&self) -> bool {
        let own = type_of(self.on);
        let below = |type_name: &str| self.policy.reach(type_name, own) != Reach::Never;
        let reachable: Vec<(String, String)> =
            self.policy.permissions().into_iter().filter(|(type_name, _)| below(type_name)).collect();
        let granted = |permission: &(String, String)| {
            let mut ways = self.grants.iter().filter(|(_, grant)| grant.permission == *permission);
            ways.any(|(scope, grant)| grant.conditions.is_empty() && self.is_gapless(scope, grant))
        };
        !reachable.is_empty() && reachable.iter().all(granted)
    }

    /// Whether the implications on the way miss no entity of the permission's type: each lies for certain in one of the
    /// type implied on, and that one in one of the type before.
    fn is_gapless(&self, scope: &str, grant: &Grant) -> bool {
        let always = |inner: &str, outer: &str| self.policy.reach(inner, outer) == Reach::One;
        let mut chain = grant.chain.iter().rev();
        let Some(last) = chain.next() else { return true };
        let mut at = grant.permission.0.as_str();
        if at == last && grant.chain.len() == 1 {
            return true;
        }
        for above in std::iter::once(last).chain(chain).map(String::as_str).chain([scope]) {
            if at != above && !always(at, above) {
                return false;
            }
            at = above;
        }
        true
    }
}

/// All allows of a role held on an entity; its own conditions are met where it is known to count.
fn of_role(policy: &Policy, role: RoleAt, on: &str, counts: bool) -> Vec<Grant> {
    let mut conditions = BTreeSet::new();
    if !counts {
        about_holding(policy, role, on, &mut conditions);
    }
    let mut grants = Vec::new();
    follow(policy, &[role], on, &conditions, &[], &mut grants);
    grants
}

fn about_holding(policy: &Policy, role: RoleAt, scope: &str, conditions: &mut BTreeSet<String>) {
    for condition in policy.conditions(role) {
        for part in conjuncts(condition) {
            conditions.insert(asked_of(part, scope, "counts", mentions_scope(part)));
        }
    }
}

/// Type names in conditions on holding a role stand for ancestors of the scope.
fn mentions_scope(condition: &Expr) -> bool {
    mentions(condition, &|name| !["subject", "actor", "resource", "action", "context"].contains(&name))
}

fn asked_of(condition: &Expr, scope: &str, what: &str, of_scope: bool) -> String {
    let scope = if of_scope { scope } else { "" };
    format!("{what} {scope} {}", super::show::show(condition))
}

fn follow(
    policy: &Policy,
    by: &[RoleAt],
    scope: &str,
    conditions: &BTreeSet<String>,
    chain: &[String],
    grants: &mut Vec<Grant>,
) {
    let role = *by.last().expect("a role");
    let own = policy.roles[role].name.type_name.value.as_str();
    for (type_name, action) in policy.permissions() {
        if policy.reach(&type_name, own) == Reach::Never {
            continue;
        }
        for allow in policy.allows(role, &type_name, &action) {
            let mut conditions = conditions.clone();
            conditions.extend(allow.within.iter().map(|within| format!("within {}", within.value)));
            let to: BTreeSet<&str> = allow.to.iter().map(|to| to.value.as_str()).collect();
            conditions.extend((!to.is_empty()).then(|| format!("to {to:?}")));
            for part in allow.when.iter().flat_map(conjuncts) {
                conditions.insert(asked_of(part, scope, "when", mentions(part, &|name| name == "scope")));
            }
            if let Some(part) = &allow.unless {
                conditions.insert(asked_of(part, scope, "unless", mentions(part, &|name| name == "scope")));
            }
            let permission = (type_name.clone(), action.clone());
            grants.push(Grant { permission, conditions, chain: chain.to_vec(), by: by.to_vec() });
        }
    }
    for implication in policy.implications(role) {
        for (target, name) in
            implication.roles.iter().flat_map(|name| policy.meant_by(role, name).into_iter().map(move |at| (at, name)))
        {
            let implied_on = name.type_name.value.clone();
            let mut conditions = conditions.clone();
            for part in implication.when.iter().flat_map(conjuncts) {
                let what = format!("implies {implied_on}");
                conditions.insert(asked_of(part, scope, &what, mentions_scope(part)));
            }
            let each = format!("each {implied_on}");
            about_holding(policy, target, &each, &mut conditions);
            let chain = [chain, &[implied_on]].concat();
            // Roles that imply each other on types in themselves lead to nothing new the second time.
            if chain.iter().filter(|implied| *implied == chain.last().expect("just added")).count() < 3 {
                follow(policy, &[by, &[target]].concat(), &each, &conditions, &chain, grants);
            }
        }
    }
}

impl World<'_> {
    /// Whether somebody is granted, without any condition, everything that can be reached from an entity.
    pub(super) fn may_all(&self, on: &str) -> bool {
        Granted::new(self, self.subject().as_deref(), on, None).covers_everything()
    }
}

/// A request by somebody about nothing in particular.
pub(super) fn asked_by(subject: &str, at: i64) -> Request {
    Request { subject: subject.to_owned(), at, ..Request::default() }
}
