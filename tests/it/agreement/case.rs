//! One generated policy and directory with requests, and how both sides are asked.

use crate::bulk;
use crate::generate::{self, AssignmentFacts, Choices, Datum, Facts, RequestFacts, Shape};
use crate::reference::{Fact, Fault, Reference, Request, parse_policy};
use rolebook::Engine;
use rolebook::decide::{self, Query};
use rolebook::engine::LoadError;
use rolebook::schema::RawValue;
use serde_yaml::Value as Yaml;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;

/// A generated policy and directory, loaded by both, and requests.
pub(super) struct Case {
    pub(super) shape: Shape,
    pub(super) facts: Facts,
    pub(super) policies: Vec<String>,
    pub(super) directory: String,
    pub(super) requests: Vec<RequestFacts>,
    /// Choices that were not needed so far.
    pub(super) order: Vec<u32>,
    pub(super) reference: Reference,
    pub(super) engine: Engine,
    /// Why earlier forms of the directory could not stand.
    pub(super) refused: BTreeSet<Fault>,
}

impl Case {
    pub(super) fn new(rows: &[Vec<u32>], unconditional: bool) -> Result<Self, String> {
        let [policy, directory, order, requests @ ..] = rows else { return Err(String::from("three rows or more")) };
        let shape = generate::policy(&mut Choices::new(policy), unconditional);
        let mut facts = generate::directory(&mut Choices::new(directory), &shape);
        let policies = vec![shape.text()];
        let (reference, refused) = sound(&policies, &shape, &mut facts)?;
        let requests = requests.iter().map(|row| generate::request(&mut Choices::new(row), &shape, &facts)).collect();
        let directory = facts.text(&shape);
        let engine = load(&policies, &directory)?;
        Ok(Self { shape, facts, policies, directory, requests, order: order.clone(), reference, engine, refused })
    }

    /// The same with everything written in another order, in several files.
    pub(super) fn shuffled(&self) -> Result<Loaded, String> {
        let choices = &mut Choices::new(&self.order);
        let mut declarations = self.shape.declarations.clone();
        choices.shuffle(&mut declarations);
        let middle = choices.between(1, declarations.len() - 1);
        let policies = [&declarations[..middle], &declarations[middle..]].map(|part| part.join("\n")).to_vec();
        let mut facts = self.facts.clone();
        facts.shuffle(choices);
        let directory = facts.text(&self.shape);
        Ok(Loaded { engine: load(&policies, &directory)?, policies, directory })
    }

    /// The same with the directory in the bulk form.
    pub(super) fn in_lines(&self) -> Result<Loaded, String> {
        let directory = bulk::lines_of(&self.directory);
        let engine =
            Engine::from_strings(&[("policy.rolebook", &self.policies.join("\n"))], &[("d.jsonl", &directory)])
                .map_err(|error| format!("refused: {error}\n{}\n{directory}", self.policies.join("\n")))?;
        Ok(Loaded { engine, policies: self.policies.clone(), directory })
    }

    pub(super) fn report(&self, request: &RequestFacts, one: &impl Debug, other: &impl Debug) -> String {
        let query = query(request);
        format!("{}\n{}\n{query:#?}\n{one:?}\n{other:?}", self.policies.join("\n"), self.directory)
    }
}

pub(super) struct Loaded {
    pub(super) engine: Engine,
    pub(super) policies: Vec<String>,
    pub(super) directory: String,
}

/// Takes away from a directory what the language refuses; at first, the engine must refuse it for the same reasons.
fn sound(policies: &[String], shape: &Shape, facts: &mut Facts) -> Result<(Reference, BTreeSet<Fault>), String> {
    let files: Vec<_> = policies.iter().map(|text| parse_policy(text)).collect();
    let mut refused = BTreeSet::new();
    loop {
        let text = facts.text(shape);
        let reference = Reference::of_files(&files, [text.as_str()]);
        let unmet = reference.unmet_requirements();
        let faults = reference.faults();
        if faults.is_empty() {
            return Ok((reference, refused));
        }
        if refused.is_empty() {
            refused_alike(policies, &text, &faults)?;
            refused.extend(faults);
        }
        if unmet.is_empty() {
            facts.drop_supply();
        }
        let entities = facts.entities.iter().map(|entity| entity.name.clone()).collect::<Vec<_>>();
        let stands = |assignment: &AssignmentFacts| {
            let [on, role, subject] = [&entities[assignment.on], &assignment.role, &assignment.subject];
            !unmet.iter().any(|unmet| unmet.each_ref() == [on, role, subject])
        };
        facts.assignments.retain(stands);
    }
}

/// The engine must find these faults in a directory, and no others.
fn refused_alike(policies: &[String], directory: &str, faults: &BTreeSet<Fault>) -> Result<(), String> {
    let found = match try_load(policies, directory) {
        Ok(_) => BTreeSet::new(),
        Err(error) => error.diagnostics.iter().filter(|it| it.is_error()).map(|it| it.code.as_str()).collect(),
    };
    let expected: BTreeSet<&str> = faults.iter().map(|fault| fault.code()).collect();
    if found == expected {
        return Ok(());
    }
    let policies = policies.join("\n");
    Err(format!("{policies}\n{directory}\nfaults: {expected:?}\nthe engine's findings: {found:?}"))
}

fn try_load(policies: &[String], directory: &str) -> Result<Engine, LoadError> {
    let names: Vec<String> = (1..=policies.len()).map(|at| format!("policy{at}.rolebook")).collect();
    let policies: Vec<(&str, &str)> =
        names.iter().map(String::as_str).zip(policies.iter().map(String::as_str)).collect();
    Engine::from_strings(&policies, &[("directory.yaml", directory)])
}

pub(super) fn load(policies: &[String], directory: &str) -> Result<Engine, String> {
    try_load(policies, directory).map_err(|error| format!("refused: {error}\n{}\n{directory}", policies.join("\n")))
}

pub(super) fn query(request: &RequestFacts) -> Query<'_> {
    Query {
        subject: (&request.subject).into(),
        action: (&request.action).into(),
        resource: (&request.resource).into(),
        context: raw_values(&request.context),
        facts: request
            .told
            .iter()
            .map(|told| decide::Fact {
                entity: told.entity.clone(),
                parents: told.parents.clone(),
                attributes: raw_values(&told.attributes),
            })
            .collect(),
        at: request.moment(),
    }
}

fn raw_values(values: &[(String, Datum)]) -> Vec<(String, RawValue)> {
    values.iter().map(|(name, datum)| (name.clone(), raw(datum))).collect()
}

fn raw(datum: &Datum) -> RawValue {
    match datum {
        Datum::Bool(value) => RawValue::Bool(*value),
        Datum::Int(value) => RawValue::Int(*value),
        Datum::Text(text) => RawValue::String(text.clone()),
        Datum::List(items) => RawValue::List(items.iter().map(raw).collect()),
    }
}

pub(super) fn asked_of_reference(request: &RequestFacts) -> Request {
    let values = |values: &[(String, Datum)]| -> BTreeMap<String, Yaml> {
        values.iter().map(|(name, datum)| (name.clone(), datum.value())).collect()
    };
    let fact = |told: &generate::Told| Fact {
        entity: told.entity.clone(),
        parents: told.parents.clone(),
        attributes: values(&told.attributes),
    };
    Request {
        subject: (&request.subject).into(),
        action: (&request.action).into(),
        resource: (&request.resource).into(),
        context: values(&request.context),
        facts: request.told.iter().map(fact).collect(),
        at: request.moment(),
    }
}
