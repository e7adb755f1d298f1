//! What a condition can speak of where it stands: every path that the language's types admit, with what it leads to.

use super::shape::{Attribute, Kind, Presence, Reach, Shape, TypeAt};

/// The variables of a place.
#[derive(Clone)]
pub(crate) struct Place {
    pub(crate) subject: Vec<TypeAt>,
    pub(crate) actor: Vec<TypeAt>,
    /// What the resource may be; none in a role's own `when`.
    pub(crate) resource: Vec<TypeAt>,
    pub(crate) scope: Option<TypeAt>,
    /// The actions asked about.
    pub(crate) actions: Vec<&'static str>,
    /// Whether it is a condition on holding a role, which may not use `has`, `context`, `action`, `actor` and long paths.
    pub(crate) about_holding: bool,
}

impl Place {
    /// A place where nothing is known of the subject.
    pub(crate) fn of(shape: &Shape, scope: Option<TypeAt>) -> Self {
        Self {
            subject: shape.subject_types(),
            actor: (0..shape.types.len()).collect(),
            resource: Vec::new(),
            scope,
            actions: Vec::new(),
            about_holding: false,
        }
    }
}

/// A path and what it leads to.
#[derive(Clone)]
pub(crate) struct Operand {
    pub(crate) text: String,
    pub(crate) leads_to: LeadsTo,
    pub(crate) set: bool,
    /// Whether it may be absent.
    pub(crate) optional: bool,
    /// Whether its bare form asks if it is there: it was itself declared to be optional.
    pub(crate) asks_presence: bool,
}

#[derive(Clone, PartialEq, Debug)]
pub(crate) enum LeadsTo {
    Value(Kind),
    /// Entities of these types.
    Entity(Vec<TypeAt>),
}

impl Operand {
    fn entity(text: &str, types: Vec<TypeAt>) -> Self {
        let leads_to = LeadsTo::Entity(types);
        Self { text: text.to_owned(), leads_to, set: false, optional: false, asks_presence: false }
    }

    fn value(text: String, attributes: &[&Attribute], optional: bool) -> Self {
        let attribute = attributes[0];
        let leads_to = match attribute.kind {
            Kind::Entity(ty) => LeadsTo::Entity(vec![ty]),
            kind => LeadsTo::Value(kind),
        };
        let all = |presence: &Presence| attributes.iter().all(|attribute| attribute.presence == *presence);
        let any = |presence: &Presence| attributes.iter().any(|attribute| attribute.presence == *presence);
        Self {
            text,
            leads_to,
            set: attribute.set,
            optional: optional || any(&Presence::Optional),
            asks_presence: all(&Presence::Optional),
        }
    }
}

impl Shape {
    /// Every path in scope.
    pub(crate) fn operands(&self, place: &Place) -> Vec<Operand> {
        let mut entities = vec![Operand::entity("subject", place.subject.clone())];
        if !place.about_holding {
            entities.push(Operand::entity("actor", place.actor.clone()));
        }
        if !place.resource.is_empty() {
            entities.push(Operand::entity("resource", place.resource.clone()));
        }
        if let Some(scope) = place.scope {
            entities.push(Operand::entity("scope", vec![scope]));
        }
        let named_from = match place.scope {
            Some(scope) if place.about_holding => vec![scope],
            _ => place.resource.clone(),
        };
        entities.extend(self.ancestors("", &named_from, false));

        let mut operands = entities.clone();
        if !place.about_holding {
            for field in &self.context {
                operands.push(Operand::value(format!("context.{}", field.name), &[field], false));
            }
            entities.extend(operands.iter().filter(|operand| operand.text.starts_with("context.")).cloned());
        }
        for entity in &entities {
            let steps = self.steps(entity, place.about_holding);
            if !place.about_holding {
                operands.extend(steps.iter().flat_map(|step| self.steps(step, false)));
            }
            operands.extend(steps);
        }
        operands
    }

    /// The paths one step longer.
    fn steps(&self, from: &Operand, attributes_only: bool) -> Vec<Operand> {
        let LeadsTo::Entity(types) = &from.leads_to else { return Vec::new() };
        if from.set {
            return Vec::new();
        }
        let mut steps = Vec::new();
        for attribute in &self.types[types[0]].attributes {
            let all: Option<Vec<&Attribute>> =
                types.iter().map(|&ty| self.types[ty].attribute(attribute.name)).collect();
            if let Some(all) = all {
                steps.push(Operand::value(format!("{}.{}", from.text, attribute.name), &all, from.optional));
            }
        }
        // Conditions on holding a role see no settings of the subject.
        if !attributes_only || from.text != "subject" {
            steps.extend(self.settings_of(from, types));
        }
        if !attributes_only {
            steps.extend(self.ancestors(&format!("{}.", from.text), types, from.optional));
        }
        steps
    }

    /// The settings that all the types read.
    fn settings_of(&self, from: &Operand, types: &[TypeAt]) -> impl Iterator<Item = Operand> {
        let read = |home: TypeAt| types.iter().all(|&ty| self.reach(ty, home) != Reach::Never);
        self.settings.iter().filter(move |setting| read(setting.home)).map(|setting| {
            let text = format!("{}.settings.{}", from.text, setting.name);
            let leads_to = match setting.kind {
                Kind::Entity(ty) => LeadsTo::Entity(vec![ty]),
                kind => LeadsTo::Value(kind),
            };
            let absent = !["narrows", "widens"].contains(&setting.merge);
            let optional = from.optional || absent;
            Operand { text, leads_to, set: setting.set, optional, asks_presence: absent }
        })
    }

    /// Ancestors by type name, where all the types agree on how many there can be.
    fn ancestors(&self, prefix: &str, from: &[TypeAt], optional: bool) -> Vec<Operand> {
        let mut ancestors = Vec::new();
        for ty in 0..self.types.len() {
            let reaches: Vec<Reach> = from.iter().map(|&from| self.reach(from, ty)).collect();
            let all = |wanted: &[Reach]| !reaches.is_empty() && reaches.iter().all(|reach| wanted.contains(reach));
            let single = all(&[Reach::One, Reach::Optional]);
            if single || all(&[Reach::Many]) {
                ancestors.push(Operand {
                    text: format!("{prefix}{}", self.types[ty].name),
                    leads_to: LeadsTo::Entity(vec![ty]),
                    set: !single,
                    optional: optional || (single && !all(&[Reach::One])),
                    asks_presence: all(&[Reach::Optional]),
                });
            }
        }
        ancestors
    }
}
