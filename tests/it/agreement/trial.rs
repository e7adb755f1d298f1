//! A generated policy, and directories of one entity of each type in which somebody tries to climb under it.

use super::case::Case;
use crate::generate::{self, Choices, Datum, Facts, RoleShape, Shape};
use crate::reference::{Reference, Request, Verdict, parse_policy};
use rolebook::analysis::lint;
use rolebook::diagnostics::Code;
use rolebook::engine::Engine;
use rolebook::syntax::ast::PolicyFile;
use serde_yaml::Value as Yaml;
use std::collections::{BTreeMap, BTreeSet};

/// An entity and an action.
pub(super) type Deed = (String, String);

/// A policy, and who tries to climb under it.
pub(super) struct Trial<'c> {
    pub(super) case: &'c Case,
    policies: Vec<String>,
    files: Vec<PolicyFile>,
    pub(super) climber: String,
    pub(super) deeds: Vec<Deed>,
}

/// What somebody is called for whom a key is made.
const VICTIM: &str = "victim";

impl<'c> Trial<'c> {
    pub(super) fn new(case: &'c Case) -> Self {
        // Few roles are assigned freely: under every other policy all are that can be.
        let freely = case.order.first().is_some_and(|choice| choice % 2 == 0);
        let freely =
            |text: &String| if freely { text.replace(" assigned by ", " assigned freely by ") } else { text.clone() };
        let policies: Vec<String> = case.policies.iter().map(freely).collect();
        let files = policies.iter().map(|text| parse_policy(text)).collect();
        let facts = generate::one_of_each(&mut Choices::new(&case.order), &case.shape);
        let (climber, deeds) = (facts.name_of(0).to_owned(), deeds(&case.shape, &facts));
        Self { case, policies, files, climber, deeds }
    }

    /// One directory of many, which differ in what their entities are.
    fn facts(&self, variant: usize) -> Facts {
        let mut row = self.case.order.clone();
        let length = row.len().max(1);
        row.rotate_left(variant * 37 % length);
        generate::one_of_each(&mut Choices::new(&row), &self.case.shape)
    }

    /// A directory in which the climber holds a role, and somebody else another one.
    fn held(&self, variant: usize, role: Option<&RoleShape>, victim: Option<&RoleShape>) -> Facts {
        let mut facts = self.facts(variant);
        let shape = &self.case.shape;
        role.into_iter().for_each(|role| facts.hold(shape, &self.climber, role));
        if let (Some(role), Some((_, owner, _))) = (victim, self.key()) {
            let place = facts.entities.iter().position(|entity| entity.ty == owner).expect("one of each");
            let mut other = facts.entities[place].clone();
            other.name = self.victim(owner);
            other.attributes.retain(|(name, _)| shape.types[owner].unique != Some(name));
            facts.entities.push(other);
            facts.hold(shape, &self.victim(owner), role);
        }
        facts
    }

    fn victim(&self, owner: usize) -> String {
        format!("{}:{VICTIM}", self.case.shape.types[owner].name)
    }

    /// The type of keys, the type of those as whom they act, and the attribute that names them.
    fn key(&self) -> Option<(usize, usize, &'static str)> {
        let shape = &self.case.shape;
        let (ty, attribute) = shape.types.iter().enumerate().find_map(|(ty, info)| Some((ty, info.acts_as?)))?;
        let info = &shape.types[ty];
        let owner = (0..shape.types.len()).find(|&owner| {
            let wanted = generate::Kind::Entity(owner);
            info.attributes.iter().any(|it| it.name == attribute && it.kind == wanted)
        })?;
        Some((ty, owner, attribute))
    }

    pub(super) fn text(&self, variant: usize, role: Option<&RoleShape>, victim: Option<&RoleShape>) -> String {
        self.held(variant, role, victim).text(&self.case.shape)
    }

    /// The state in which the climber holds a role, if it may stand.
    pub(super) fn state(
        &self,
        variant: usize,
        role: Option<&RoleShape>,
        victim: Option<&RoleShape>,
    ) -> Option<Reference> {
        let text = self.text(variant, role, victim);
        let reference = Reference::of_files(&self.files, [text.as_str()]);
        reference.faults().is_empty().then_some(reference)
    }

    pub(super) fn engine(
        &self,
        variant: usize,
        role: Option<&RoleShape>,
        victim: Option<&RoleShape>,
    ) -> Result<Engine, String> {
        super::case::load(&self.policies, &self.text(variant, role, victim))
    }

    pub(super) fn moment(&self, variant: usize) -> i64 {
        self.request(variant).map_or(0, generate::RequestFacts::moment)
    }

    /// One of the case's requests, for the moment and the context that it has.
    fn request(&self, variant: usize) -> Option<&generate::RequestFacts> {
        self.case.requests.get(variant % self.case.requests.len().max(1))
    }

    fn asked(&self, variant: usize, subject: &str, (resource, action): &Deed) -> Request {
        let context = self.request(variant).map_or(&[][..], |request| request.context.as_slice());
        Request {
            subject: subject.to_owned(),
            resource: resource.clone(),
            action: action.clone(),
            context: context.iter().map(|(name, datum)| (name.clone(), datum.value())).collect(),
            at: self.moment(variant),
            ..Request::default()
        }
    }

    pub(super) fn allowed(&self, state: &Reference, variant: usize, subject: &str) -> BTreeSet<Deed> {
        let may = |deed: &&Deed| state.decide(&self.asked(variant, subject, deed)).verdict == Verdict::Allowed;
        self.deeds.iter().filter(may).cloned().collect()
    }

    /// Whether something is granted in whatever context, be it denied.
    pub(super) fn is_granted(&self, state: &Reference, variant: usize, subject: &str, deed: &Deed) -> bool {
        let moment = self.moment(variant);
        (0..self.case.requests.len()).all(|context| {
            let asked = Request { at: moment, ..self.asked(context, subject, deed) };
            state.decide(&asked).verdict != Verdict::NotGranted
        })
    }

    /// The role of a name, where but one has it.
    pub(super) fn role(&self, name: &str) -> Option<&RoleShape> {
        let mut roles = self.case.shape.roles.iter().filter(|role| role.text(&self.case.shape) == name);
        roles.next().filter(|_| roles.next().is_none())
    }

    /// Subject, role and entity of an assignment to the climber.
    pub(super) fn assignment(&self, role: &RoleShape) -> [String; 3] {
        let on = self.facts(0).name_of(role.ty).to_owned();
        [self.climber.clone(), role.name.clone(), on]
    }

    pub(super) fn assign(&self, role: &RoleShape) -> Yaml {
        let [subject, role, on] = self.assignment(role);
        yaml(&format!("{{ as: \"{subject}\", assign: {{ subject: \"{subject}\", role: {role}, on: \"{on}\" }} }}"))
    }

    /// The roles that anybody can assign themselves in a directory, and that take nothing from them.
    pub(super) fn common(&self, variant: usize) -> Vec<&RoleShape> {
        let mut common = Vec::new();
        let Some(mut state) = self.state(variant, None, None) else { return common };
        let mut now = self.allowed(&state, variant, &self.climber);
        loop {
            let known = common.len();
            for role in &self.case.shape.roles {
                let held = common.iter().any(|other| std::ptr::eq(*other, role));
                let Some(after) = (!held).then(|| state.after(&self.assign(role), self.moment(variant)).ok()).flatten()
                else {
                    continue;
                };
                let then = self.allowed(&after, variant, &self.climber);
                if now.is_subset(&then) {
                    common.push(role);
                    (state, now) = (after, then);
                }
            }
            if common.len() == known {
                return common;
            }
        }
    }

    /// Changes by which a role that grants everything is composed on top of an open one, by each that might own it.
    pub(super) fn compositions(&self, base: &str) -> Vec<Yaml> {
        let (facts, climber) = (self.facts(0), &self.climber);
        let ty = base.split('.').next().unwrap_or_default();
        let of_owner = |owner: usize| {
            let owner = facts.name_of(owner);
            yaml(&format!(
                "{{ as: \"{climber}\", custom_role: {{ name: {ty}.climbing, in: \"{owner}\", extends: [{base}], \
                 allow: \"*\" }} }}"
            ))
        };
        (0..self.case.shape.types.len()).map(of_owner).collect()
    }

    /// The change by which the climber assigns themselves what they composed.
    pub(super) fn assign_composed(&self, ty: &str) -> Yaml {
        let facts = self.facts(0);
        let on = self.case.shape.types.iter().position(|info| info.name == ty).map_or("", |ty| facts.name_of(ty));
        let climber = &self.climber;
        yaml(&format!("{{ as: \"{climber}\", assign: {{ subject: \"{climber}\", role: climbing, on: \"{on}\" }} }}"))
    }

    /// Keys that come to act as somebody else, made or changed, each with the change.
    pub(super) fn keys_of_others(&self, variant: usize) -> Vec<(String, Yaml)> {
        let Some((ty, owner, attribute)) = self.key() else { return Vec::new() };
        let (facts, climber, victim) = (self.facts(variant), &self.climber, self.victim(owner));
        let known = facts.entities.iter().find(|entity| entity.ty == ty).expect("one of each");
        let unique = self.case.shape.types[ty].unique;
        let others = known.attributes.iter().filter(|(name, _)| Some(*name) != unique && *name != attribute);
        let others: String = others.map(|(name, datum)| format!(", {name}: {}", Datum::yaml(datum))).collect();
        let parents: Vec<String> = known.parents.iter().map(|&at| format!("\"{}\"", facts.entities[at].name)).collect();
        let made = format!("{}:climbing", self.case.shape.types[ty].name);
        let create = yaml(&format!(
            "{{ as: \"{climber}\", create: {{ entity: \"{made}\", in: [{}], attributes: {{ {attribute}: \"{victim}\"{others} }} }} }}",
            parents.join(", ")
        ));
        let set = yaml(&format!(
            "{{ as: \"{climber}\", set: {{ entity: \"{}\", attributes: {{ {attribute}: \"{victim}\" }} }} }}",
            known.name
        ));
        vec![(made, create), (known.name.clone(), set)]
    }

    /// The messages of the lint, by the role that they are about; those about nobody's by none.
    pub(super) fn told(&self) -> Result<BTreeMap<String, Vec<String>>, String> {
        let state = self.engine(0, None, None)?.state();
        let findings = lint::find(&state.examined(0), |code| code == Code::EscalationPath);
        let mut told: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for finding in findings {
            let message = finding.diagnostic.message;
            if message.starts_with("anybody ") {
                told.entry(String::new()).or_default().push(message);
            } else if let Some(rest) = message.strip_prefix("whoever holds `") {
                let role = rest.split('`').next().unwrap_or_default().to_owned();
                told.entry(role).or_default().push(message);
            }
        }
        Ok(told)
    }
}

fn yaml(text: &str) -> Yaml {
    serde_yaml::from_str(text).expect("YAML")
}

/// All that can be done in a directory of one entity of each type.
fn deeds(shape: &Shape, facts: &Facts) -> Vec<Deed> {
    let of = |(ty, info): (usize, &generate::TypeShape)| {
        let entity = facts.name_of(ty).to_owned();
        info.actions.iter().map(move |action| (entity.clone(), (*action).to_owned())).collect::<Vec<_>>()
    };
    shape.types.iter().enumerate().flat_map(of).collect()
}
