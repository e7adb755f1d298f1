//! Ways by which somebody raises themselves, tried one by one in a directory of one entity of each type.
//!
//! Whoever holds a role there, and what it requires, assigns themselves whatever the reference lets them, again and again.
//! What they can do in the end and could not in the beginning is what the lint has to tell of, and each step that the lint
//! tells of must be one that the engine permits.

use super::case::Case;
use crate::generate::{self, Choices, Facts, RoleShape, Shape};
use crate::reference::{Reference, Request, Verdict, parse_policy};
use rolebook::analysis::lint;
use rolebook::diagnostics::Code;
use rolebook::engine::Engine;
use serde_yaml::Value as Yaml;
use std::collections::{BTreeMap, BTreeSet};

/// What was seen.
#[derive(Default, Debug)]
pub(super) struct Tally {
    pub(super) roles: usize,
    /// Roles by which one climbs, told of.
    pub(super) told: usize,
    /// Those told of for which nothing was gained beyond what anybody can.
    pub(super) steps: usize,
    pub(super) longest: usize,
    pub(super) under_conditions: usize,
    pub(super) composed: usize,
    pub(super) as_others: usize,
}

/// An entity and an action.
type Deed = (String, String);

/// A policy, and who tries to climb under it.
struct Trial<'c> {
    case: &'c Case,
    policies: Vec<String>,
    facts: Facts,
    climber: String,
    deeds: Vec<Deed>,
}

/// What differs between what is told and what can be done.
pub(super) fn difference(case: &Case, unconditional: bool, tally: &mut Tally) -> Result<(), String> {
    let facts = generate::one_of_each(&mut Choices::new(&case.order), &case.shape);
    let climber = facts.name_of(0).to_owned();
    let deeds = deeds(&case.shape, &facts);
    // Few roles are assigned freely: under every other policy all are that can be.
    let freely = case.order.first().is_some_and(|choice| choice % 2 == 0);
    let freely =
        |text: &String| if freely { text.replace(" assigned by ", " assigned freely by ") } else { text.clone() };
    let policies = case.policies.iter().map(freely).collect();
    let trial = Trial { case, policies, facts, climber, deeds };
    if trial.reference(None).is_none() {
        return Ok(());
    }
    let told = trial.told()?;
    let nobody = if unconditional { trial.gained(None) } else { BTreeSet::new() };
    for role in &case.shape.roles {
        let name = role.text(&case.shape);
        let messages = told.get(&name).map_or(&[][..], Vec::as_slice);
        tally.roles += 1;
        tally.told += usize::from(!messages.is_empty());
        for message in messages {
            trial.follow(role, message, tally).map_err(|fault| format!("{message}\n{fault}"))?;
        }
        if unconditional && messages.is_empty() {
            let gained = trial.gained(Some(role));
            if let Some((entity, action)) = gained.difference(&nobody).next() {
                return Err(format!("not told: whoever holds `{name}` can come by {action} on {entity}"));
            }
        }
    }
    Ok(())
}

/// All that can be done in a directory of one entity of each type.
fn deeds(shape: &Shape, facts: &Facts) -> Vec<Deed> {
    let of = |(ty, info): (usize, &generate::TypeShape)| {
        let entity = facts.name_of(ty).to_owned();
        info.actions.iter().map(move |action| (entity.clone(), (*action).to_owned())).collect::<Vec<_>>()
    };
    shape.types.iter().enumerate().flat_map(of).collect()
}

impl Trial<'_> {
    fn text(&self, role: Option<&RoleShape>) -> String {
        let mut facts = self.facts.clone();
        role.into_iter().for_each(|role| facts.hold(&self.case.shape, &self.climber, role));
        facts.text(&self.case.shape)
    }

    /// The state in which the climber holds a role, if it may stand.
    fn reference(&self, role: Option<&RoleShape>) -> Option<Reference> {
        let files: Vec<_> = self.policies.iter().map(|text| parse_policy(text)).collect();
        let reference = Reference::of_files(&files, [self.text(role).as_str()]);
        reference.faults().is_empty().then_some(reference)
    }

    fn engine(&self, role: Option<&RoleShape>) -> Result<Engine, String> {
        super::case::load(&self.policies, &self.text(role))
    }

    fn allowed(&self, state: &Reference) -> BTreeSet<Deed> {
        let may = |(entity, action): &&Deed| {
            let (subject, resource, action) = (self.climber.clone(), entity.clone(), action.clone());
            state.decide(&Request { subject, resource, action, ..Request::default() }).verdict == Verdict::Allowed
        };
        self.deeds.iter().filter(may).cloned().collect()
    }

    fn assign(&self, role: &RoleShape) -> Yaml {
        let on = self.facts.name_of(role.ty);
        let text = format!(
            "{{ as: \"{0}\", assign: {{ subject: \"{0}\", role: {1}, on: \"{on}\" }} }}",
            self.climber, role.name
        );
        serde_yaml::from_str(&text).expect("YAML")
    }

    /// What somebody comes to be allowed who begins with a role, assigning themselves whatever they may. What binds them is
    /// assigned for its own sake only.
    fn gained(&self, role: Option<&RoleShape>) -> BTreeSet<Deed> {
        let Some(mut state) = self.reference(role) else { return BTreeSet::new() };
        let begun = self.allowed(&state);
        let (mut now, mut gained) = (begun.clone(), BTreeSet::new());
        loop {
            let mut moved = false;
            for other in &self.case.shape.roles {
                let assignment = [self.climber.as_str(), &other.name, self.facts.name_of(other.ty)].map(str::to_owned);
                if state.outline().assignments.contains(&assignment) {
                    continue;
                }
                let Ok(after) = state.after(&self.assign(other), 0) else { continue };
                let then = self.allowed(&after);
                gained.extend(then.difference(&begun).cloned());
                if now.is_subset(&then) {
                    (state, now, moved) = (after, then, true);
                }
            }
            if !moved {
                return gained;
            }
        }
    }

    /// The messages of the lint, by the role that they are about.
    fn told(&self) -> Result<BTreeMap<String, Vec<String>>, String> {
        let state = self.engine(None)?.state();
        let findings = lint::find(&state.examined(0), |code| code == Code::EscalationPath);
        let mut told: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for finding in findings {
            let message = finding.diagnostic.message;
            if let Some(rest) = message.strip_prefix("whoever holds `") {
                let role = rest.split('`').next().unwrap_or_default().to_owned();
                told.entry(role).or_default().push(message);
            }
        }
        Ok(told)
    }

    /// Takes the steps of a message: each must be permitted, and the last one bring what is promised.
    fn follow(&self, role: &RoleShape, message: &str, tally: &mut Tally) -> Result<(), String> {
        if message.contains(", under conditions,") {
            tally.under_conditions += 1;
            return Ok(());
        }
        let engine = self.engine(Some(role))?;
        let Some(mut state) = self.reference(Some(role)) else { return Ok(()) };
        let begun = self.allowed(&state);
        let path: Vec<&str> = message.rsplit(": ").next().unwrap_or_default().split(" → ").collect();
        let promised = message.split(" come by `").nth(1).and_then(|rest| rest.split('`').next()).unwrap_or_default();
        tally.longest = tally.longest.max(path.len());
        // What it requires is held as well, and may imply something.
        let shape = &self.case.shape;
        let mut held: Vec<&RoleShape> = vec![role];
        let mut at = 0;
        while let Some(role) = held.get(at).copied() {
            at += 1;
            let required = |other: &&RoleShape| role.requires.contains(&(other.ty, other.name.clone()));
            held.extend(shape.roles.iter().filter(required));
        }
        for step in &path[1..] {
            if let Some(base) = step.strip_prefix("a custom role on ") {
                tally.composed += 1;
                return self.compose(&engine, base);
            }
            if step.starts_with("a key that acts as ") {
                tally.as_others += 1;
                return Ok(());
            }
            let next = self.case.shape.roles.iter().find(|role| role.text(&self.case.shape) == *step);
            let next = next.ok_or_else(|| format!("no role is called `{step}`"))?;
            let implied = held.iter().any(|role| role.implies.contains(&(next.ty, next.name.clone())));
            held.push(next);
            if implied {
                continue;
            }
            tally.steps += 1;
            let change = self.assign(next);
            let text = serde_json::to_string(&change).expect("JSON");
            engine
                .apply_text("changes.json", &text, 0)
                .map_err(|refused| format!("step to {step}: {refused}\n{}", self.text(Some(role))))?;
            state = state.after(&change, 0).map_err(|refused| format!("step to {step}: {refused:?}"))?;
        }
        let now = self.allowed(&state);
        let is_promised = |(entity, action): &&Deed| {
            let ty = entity.split(':').next().unwrap_or_default();
            format!("{ty}.{action}") == promised
        };
        if message.contains(" without condition: ") || now.difference(&begun).any(|deed| is_promised(&deed)) {
            return Ok(());
        }
        Err(format!("{promised} is not gained: from {begun:?} to {now:?}\n{}", self.text(Some(role))))
    }

    /// Composes a role that grants everything on top of an open one, and assigns it: some owner must do.
    fn compose(&self, engine: &Engine, base: &str) -> Result<(), String> {
        let shape = &self.case.shape;
        let ty = base.split('.').next().unwrap_or_default();
        let on = shape.types.iter().position(|info| info.name == ty).ok_or("a type")?;
        let mut refusals = Vec::new();
        for owner in 0..shape.types.len() {
            let (owner, on, climber) = (self.facts.name_of(owner), self.facts.name_of(on), &self.climber);
            let text = format!(
                "[{{\"as\":\"{climber}\",\"custom_role\":{{\"name\":\"{ty}.climbing\",\"in\":\"{owner}\",\"extends\":[\"{base}\"],\"allow\":\"*\"}}}},\
                 {{\"as\":\"{climber}\",\"assign\":{{\"subject\":\"{climber}\",\"role\":\"climbing\",\"on\":\"{on}\"}}}}]"
            );
            match engine.apply_text("changes.json", &text, 0) {
                Ok(_) => return Ok(()),
                Err(refused) => refusals.push(refused.to_string()),
            }
        }
        Err(refusals.join("\n"))
    }
}
