//! The decision itself.

use super::expression::Names;
use super::holding::View;
use super::policy::{any_matches, type_of};
use super::value::Value;
use super::world::World;
use super::{Answer, Part, Parts, Truth, Verdict};
use rolebook::syntax::ast::{Effect, Statement};
use std::collections::BTreeSet;

/// The statements of one effect, taken together.
#[derive(Default)]
struct Side {
    truth: Truth,
    /// What takes part in the statements that are as true as it.
    parts: Parts,
}

impl Side {
    fn add(&mut self, truth: Truth, parts: impl FnOnce() -> Parts) {
        if truth > self.truth {
            self.parts.clear();
        }
        self.truth = self.truth.or(truth);
        if truth == self.truth && truth != Truth::False {
            self.parts.extend(parts());
        }
    }
}

impl World<'_> {
    pub(super) fn decide(&self) -> Answer {
        let Some(subject) = self.subject() else {
            return Answer { verdict: Verdict::NotGranted, parts: Parts::from([Part::NobodyBehind]) };
        };
        let resource = self.request.resource.as_str();
        let names = Names {
            subject: &subject,
            actor: &self.request.subject,
            action: &self.request.action,
            resource,
            scope: None,
            named_from: resource,
        };
        let (type_name, action) = (type_of(resource), names.action);
        let (mut allowed, mut denied) = (Side::default(), Side::default());

        for rule in self.policy.rules.iter().filter(|rule| any_matches(&rule.patterns, type_name, action)) {
            let side = if rule.effect.value == Effect::Allow { &mut allowed } else { &mut denied };
            side.add(self.applies(rule, names), || self.parts_of(rule, Part::Rule));
        }
        for entity in self.ancestors_or_self(resource) {
            let links = self.directory.entities.get(&entity).into_iter().flat_map(|entity| &entity.policies);
            let denies = links.flat_map(|policy| &self.policy.org_policy(policy).denies);
            for deny in denies.filter(|deny| any_matches(&deny.patterns, type_name, action)) {
                denied.add(self.applies(deny, names), || {
                    let mut parts = self.parts_of(deny, Part::Guardrail);
                    parts.extend((entity != resource).then_some(Part::Above));
                    parts
                });
            }
        }
        let holdings = self.holdings(&subject, View::Now);
        for scope in self.ancestors_or_self(resource) {
            let names = Names { scope: Some(&scope), ..names };
            for role in 0..self.policy.roles.len() {
                let parts = |statement: &Statement, inherited: bool| {
                    let mut parts = self.parts_of(statement, Part::Role);
                    parts.extend(holdings.by(role, &scope));
                    parts.extend((scope != resource).then_some(Part::Above));
                    parts.extend(inherited.then_some(Part::Inherited));
                    parts
                };
                for deny in self.policy.denies(role, type_name, action) {
                    let truth = holdings.get(role, &scope).and(self.applies(deny, names));
                    denied.add(truth, || parts(deny, !self.policy.is_own(role, deny)));
                }
                for allow in self.policy.allows(role, type_name, action) {
                    let truth = holdings.get(role, &scope).and(self.applies(allow, names));
                    allowed.add(truth, || parts(allow, !self.policy.is_own(role, allow)));
                }
            }
        }

        let (verdict, mut parts) = match (denied.truth, allowed.truth) {
            (Truth::True, _) => (Verdict::Forbidden, denied.parts),
            (Truth::Unknown, _) => (Verdict::NotComputed, denied.parts),
            (Truth::False, Truth::True) => (Verdict::Allowed, allowed.parts),
            (Truth::False, Truth::Unknown) => (Verdict::NotComputed, allowed.parts),
            (Truth::False, Truth::False) => (Verdict::NotGranted, holdings.hindered.clone()),
        };
        parts.extend((subject != self.request.subject).then_some(Part::ActsAs));
        if !self.is_declared(resource) {
            let told = self.request.facts.iter().any(|fact| fact.entity == resource);
            parts.insert(if told { Part::Told } else { Part::Unheard });
        }
        Answer { verdict, parts }
    }

    /// What a person is granted on each declared entity, denials aside.
    pub(super) fn granted(&self, person: &str, view: View) -> BTreeSet<(String, String)> {
        let holdings = self.holdings(person, view);
        let mut granted = BTreeSet::new();
        for (entity, (type_name, action)) in
            self.directory.entities.keys().flat_map(|it| self.policy.permissions().into_iter().map(move |p| (it, p)))
        {
            let names = Names {
                subject: person,
                actor: person,
                action: &action,
                resource: entity,
                scope: None,
                named_from: entity,
            };
            let applies = |allow: &Statement, scope| self.applies(allow, Names { scope, ..names }) == Truth::True;
            let mut rules = self.policy.rules.iter().filter(|rule| rule.effect.value == Effect::Allow);
            let by_rule = rules.any(|rule| any_matches(&rule.patterns, &type_name, &action) && applies(rule, None));
            let by_role = self.ancestors_or_self(entity).iter().any(|scope| {
                (0..self.policy.roles.len()).filter(|&role| holdings.get(role, scope) == Truth::True).any(|role| {
                    let allows = self.policy.allows(role, &type_name, &action);
                    allows.into_iter().any(|allow| applies(allow, Some(scope)))
                })
            });
            if type_of(entity) == type_name && (by_rule || by_role) {
                granted.insert((entity.clone(), action));
            }
        }
        granted
    }

    /// Whom the actor is checked as; nobody where a key or its owner is not known.
    pub(super) fn subject(&self) -> Option<String> {
        let actor = &self.request.subject;
        let Some(attribute) = self.policy.acts_as(type_of(actor)) else { return Some(actor.clone()) };
        if !self.is_declared(actor) {
            return None;
        }
        let Value::Entity(owner) = self.attribute(actor, attribute) else { return None };
        let kind_is_declared = self.directory.entities.keys().any(|entity| type_of(entity) == type_of(&owner));
        (self.is_declared(&owner) || !kind_is_declared).then_some(owner)
    }

    /// Whether the statement's clauses all hold.
    fn applies(&self, statement: &Statement, names: Names<'_>) -> Truth {
        self.noted();
        let within = statement.within.as_ref().map_or(Truth::True, |wanted| self.within(names.resource, wanted));
        let to = &statement.to;
        let to = Truth::of(to.is_empty() || to.iter().any(|wanted| wanted.value == type_of(names.subject)));
        let when = statement.when.as_ref().map_or(Truth::True, |when| self.truth(when, names));
        let unless = statement.unless.as_ref().map_or(Truth::False, |unless| self.truth(unless, names));
        within.and(to).and(when).and(unless.not())
    }

    /// What takes part in a statement that was just asked whether it applies.
    fn parts_of(&self, statement: &Statement, whose: Part) -> Parts {
        let clauses = [
            (statement.within.is_some(), Part::Within),
            (!statement.to.is_empty(), Part::To),
            (statement.when.is_some(), Part::When),
            (statement.unless.is_some(), Part::Unless),
        ];
        let there = clauses.into_iter().filter(|(there, _)| *there).map(|(_, part)| part);
        there.chain([whose]).chain(self.noted()).collect()
    }
}
