//! Random conditions, well-typed by construction: every comparison on every kind of value, `has`, `is`, narrowing.

use super::choices::Choices;
use super::operands::{LeadsTo, Operand, Place};
use super::shape::{Kind, Shape, TypeAt};
use super::values;

/// How loosely a text binds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Binding {
    Or,
    And,
    Not,
    Comparison,
}

struct Text {
    text: String,
    binding: Binding,
}

impl Text {
    fn comparison(text: impl Into<String>) -> Self {
        Self { text: text.into(), binding: Binding::Comparison }
    }

    /// As an operand of something that binds so: in parentheses only where they are needed.
    fn within(&self, binding: Binding) -> String {
        if self.binding < binding { format!("({})", self.text) } else { self.text.clone() }
    }
}

/// A condition for this place.
pub(crate) fn condition(choices: &mut Choices<'_>, shape: &Shape, place: &Place) -> String {
    Writer { choices, shape, tested: Vec::new(), more_follows: false }.compound(place, 2).text
}

/// Writes one condition.
struct Writer<'w, 'c> {
    choices: &'w mut Choices<'c>,
    shape: &'w Shape,
    /// What was asked for its type: it is not asked again.
    tested: Vec<String>,
    /// Whether another part follows. It would be checked by what an `is` before it tells, so there is none.
    more_follows: bool,
}

impl Writer<'_, '_> {
    fn compound(&mut self, place: &Place, depth: usize) -> Text {
        if depth == 0 {
            return self.leaf(place);
        }
        let depth = depth - 1;
        if place.subject.len() > 1
            && self.choices.chance(if place.about_holding { 50 } else { 30 })
            && let Some(narrowed) = self.narrowed(place, depth)
        {
            return narrowed;
        }
        match self.choices.below(12) {
            0..6 => self.leaf(place),
            6 | 7 => self.pair(place, depth, "and", Binding::And),
            8 => self.pair(place, depth, "or", Binding::Or),
            9 => Text {
                text: format!("not {}", self.compound(place, depth).within(Binding::Not)),
                binding: Binding::Not,
            },
            _ => match self.narrowed(place, depth) {
                Some(narrowed) => narrowed,
                None => self.compound(place, depth),
            },
        }
    }

    fn pair(&mut self, place: &Place, depth: usize, word: &str, binding: Binding) -> Text {
        let more_follows = std::mem::replace(&mut self.more_follows, true);
        let left = self.compound(place, depth).within(binding);
        self.more_follows = more_follows;
        let right = self.compound(place, depth).within(binding);
        Text { text: format!("{left} {word} {right}"), binding }
    }

    /// `X is T and …`, where what follows knows that X is a T.
    fn narrowed(&mut self, place: &Place, depth: usize) -> Option<Text> {
        let mut options: Vec<(&str, TypeAt)> = Vec::new();
        if place.subject.len() > 1 {
            options.extend(place.subject.iter().map(|&ty| ("subject", ty)));
        }
        if place.actor.len() > 1 && !place.about_holding {
            let keys = place.actor.iter().filter(|&&ty| self.shape.types[ty].acts_as.is_some());
            options.extend(keys.map(|&ty| ("actor", ty)));
        }
        if place.resource.len() > 1 {
            options.extend(place.resource.iter().map(|&ty| ("resource", ty)));
        }
        options.retain(|(variable, _)| !self.is_settled(variable));
        let (mut variable, mut ty) = self.choices.copy_pick_any(&options)?;
        if options.contains(&("subject", 0)) && self.choices.chance(60) {
            (variable, ty) = ("subject", 0);
        }
        self.tested.push(variable.to_owned());
        let mut inside = place.clone();
        match variable {
            "subject" => inside.subject = vec![ty],
            "actor" => inside.actor = vec![ty],
            _ => inside.resource = vec![ty],
        }
        let rest = self.compound(&inside, depth).within(Binding::And);
        Some(Text { text: format!("{variable} is {} and {rest}", self.shape.types[ty].name), binding: Binding::And })
    }

    /// Whether its type may not be asked for.
    fn is_settled(&self, text: &str) -> bool {
        self.more_follows || self.tested.iter().any(|tested| tested == text)
    }

    fn leaf(&mut self, place: &Place) -> Text {
        let operands = self.shape.operands(place);
        if !place.about_holding
            && self.choices.chance(20)
            && let Some(has) = self.has(&operands)
        {
            return has;
        }
        if !place.actions.is_empty() && !place.about_holding && self.choices.chance(5) {
            return self.about_action(&place.actions);
        }
        // Short paths lead to what the rest of a policy and a directory is about.
        let mut operand = self.choices.pick(&operands);
        let other = self.choices.pick(&operands);
        if self.choices.chance(60) && other.text.len() < operand.text.len() {
            operand = other;
        }
        let settings: Vec<&Operand> = operands.iter().filter(|operand| operand.text.contains(".settings.")).collect();
        if self.choices.chance(20) {
            operand = self.choices.copy_pick_any(&settings).unwrap_or(operand);
        }
        // What a role's condition narrows the subject for is to be used.
        let of_subject: Vec<&Operand> =
            operands.iter().filter(|operand| operand.text.starts_with("subject.")).collect();
        if place.about_holding && self.choices.chance(60) {
            operand = self.choices.copy_pick_any(&of_subject).unwrap_or(operand);
        }
        if operand.set {
            return self.about_set(&operands, operand);
        }
        if operand.asks_presence && self.choices.chance(25) {
            return Text::comparison(&operand.text);
        }
        match operand.leads_to.clone() {
            LeadsTo::Value(kind) => self.about_value(place, &operands, operand, kind),
            LeadsTo::Entity(types) => self.about_entity(&operands, operand, &types),
        }
    }

    fn about_value(&mut self, place: &Place, operands: &[Operand], operand: &Operand, kind: Kind) -> Text {
        let text = &operand.text;
        if kind == Kind::Bool && self.choices.chance(50) {
            return Text::comparison(text);
        }
        let alike: Vec<&Operand> = operands.iter().filter(|other| !other.set && is_alike(other, operand)).collect();
        let mut other = match self.choices.pick_any(&alike) {
            Some(other) if self.choices.chance(30) => other.text.clone(),
            _ => values::literal(self.choices, self.shape, kind),
        };
        if kind == Kind::Moment && !place.about_holding && self.choices.chance(40) {
            other = String::from("context.time");
        }
        let equality = ["==", "!="];
        let orders = ["==", "!=", "<", "<=", ">", ">="];
        match kind {
            Kind::Int | Kind::Moment | Kind::Length => {
                if kind == Kind::Int && self.choices.chance(20) {
                    return self.in_list(operand, kind);
                }
                Text::comparison(format!("{text} {} {other}", self.choices.pick(&orders)))
            }
            Kind::Text if self.choices.chance(40) => {
                let pattern = self.choices.pick(&values::PATTERNS);
                match self.choices.below(4) {
                    0 => Text::comparison(format!("{text} like \"{pattern}\"")),
                    1 => Text::comparison(format!("{text} starts with {other}")),
                    2 => Text::comparison(format!("{text} ends with {other}")),
                    _ => self.in_list(operand, kind),
                }
            }
            Kind::Word if self.choices.chance(25) => self.in_list(operand, kind),
            Kind::Address if self.choices.chance(70) => {
                Text::comparison(format!("{text} in \"{}\"", self.choices.pick(&values::RANGES)))
            }
            _ => Text::comparison(format!("{text} {} {other}", self.choices.pick(&equality))),
        }
    }

    fn about_entity(&mut self, operands: &[Operand], operand: &Operand, types: &[TypeAt]) -> Text {
        let text = &operand.text;
        let ty = self.choices.copy_pick(types);
        let name = self.shape.types[ty].name;
        match self.choices.below(6) {
            // Of a variable only once, as the answer is taken into account where the rest is checked.
            0 if types.len() == 1 && operand.optional => Text::comparison(format!("{text} is {name}")),
            0 if types.len() > 1 && !self.is_settled(text) => {
                self.tested.push(text.clone());
                Text::comparison(format!("{text} is {name}"))
            }
            1 => {
                let sets: Vec<&Operand> =
                    operands.iter().filter(|other| other.set && overlap(operand, other)).collect();
                match self.choices.pick_any(&sets) {
                    Some(set) if self.choices.chance(50) => Text::comparison(format!("{} contains {text}", set.text)),
                    Some(set) => Text::comparison(format!("{text} in {}", set.text)),
                    None => self.in_list(operand, Kind::Entity(ty)),
                }
            }
            2 => self.in_list(operand, Kind::Entity(ty)),
            _ => {
                let alike: Vec<&Operand> = operands
                    .iter()
                    .filter(|other| !other.set && other.text != *text && overlap(operand, other))
                    .collect();
                let other = match self.choices.pick_any(&alike) {
                    Some(other) if self.choices.chance(75) => other.text.clone(),
                    _ => format!("\"{}\"", values::entity(self.choices, self.shape, ty)),
                };
                Text::comparison(format!("{text} {} {other}", self.choices.pick(&["==", "==", "!="])))
            }
        }
    }

    fn about_set(&mut self, operands: &[Operand], operand: &Operand) -> Text {
        let text = &operand.text;
        let kind = match &operand.leads_to {
            LeadsTo::Value(kind) => *kind,
            LeadsTo::Entity(types) => Kind::Entity(types[0]),
        };
        let sets: Vec<&Operand> =
            operands.iter().filter(|other| other.set && other.text != *text && is_alike(other, operand)).collect();
        let members: Vec<&Operand> = operands.iter().filter(|other| !other.set && is_alike(other, operand)).collect();
        let set = match self.choices.pick_any(&sets) {
            Some(set) if self.choices.chance(70) => set.text.clone(),
            _ => self.list(kind),
        };
        let member = match self.choices.pick_any(&members) {
            Some(member) if self.choices.chance(70) => member.text.clone(),
            _ => values::literal(self.choices, self.shape, kind),
        };
        Text::comparison(match self.choices.below(6) {
            0 => text.clone(),
            1 => format!("{text} contains {member}"),
            2 => format!("{member} in {text}"),
            3 => format!("{text} overlaps {set}"),
            4 => format!("{text} subset of {set}"),
            _ => {
                let order = *self.choices.pick(&["==", "!=", "<", "<=", ">", ">="]);
                format!("size({text}) {order} {}", self.size_beside(operands, text))
            }
        })
    }

    /// What the size of a set is compared with: a number, that of another set, an attribute.
    fn size_beside(&mut self, operands: &[Operand], text: &str) -> String {
        let is_number = |other: &Operand| !other.set && matches!(other.leads_to, LeadsTo::Value(Kind::Int));
        let beside: Vec<&Operand> =
            operands.iter().filter(|other| other.set && other.text != text || is_number(other)).collect();
        match self.choices.pick_any(&beside) {
            Some(other) if self.choices.chance(50) => {
                if other.set {
                    format!("size({})", other.text)
                } else {
                    other.text.clone()
                }
            }
            _ => self.choices.below(3).to_string(),
        }
    }

    fn about_action(&mut self, actions: &[&'static str]) -> Text {
        let action = self.choices.pick(actions);
        Text::comparison(match self.choices.below(3) {
            0 => format!("action == \"{action}\""),
            1 => format!("action != \"{action}\""),
            _ => format!("action in [\"{action}\", \"{}\"]", self.choices.pick(actions)),
        })
    }

    fn has(&mut self, operands: &[Operand]) -> Option<Text> {
        let entities = |wanted: &dyn Fn(&Operand) -> bool| -> Vec<&Operand> {
            operands
                .iter()
                .filter(|operand| matches!(operand.leads_to, LeadsTo::Entity(_)) && wanted(operand))
                .collect()
        };
        // Most often the question is about the subject.
        let holders = entities(&|operand| !operand.set);
        let holder =
            if self.choices.chance(30) { self.choices.pick(&holders).text.clone() } else { String::from("subject") };
        let has_roles = |ty: &TypeAt| self.shape.roles.iter().any(|role| role.ty == *ty);
        let scopes = entities(
            &|operand| matches!(&operand.leads_to, LeadsTo::Entity(types) if types.len() == 1 && has_roles(&types[0])),
        );
        let scope = self.choices.pick_any(&scopes)?;
        let LeadsTo::Entity(types) = &scope.leads_to else { return None };
        let roles: Vec<String> =
            self.shape.roles.iter().filter(|role| role.ty == types[0]).map(|role| role.text(self.shape)).collect();
        let role = if self.choices.chance(25) { String::from("any role") } else { self.choices.pick(&roles).clone() };
        Some(Text::comparison(format!("{holder} has {role} on {}", scope.text)))
    }

    fn in_list(&mut self, operand: &Operand, kind: Kind) -> Text {
        Text::comparison(format!("{} in {}", operand.text, self.list(kind)))
    }

    fn list(&mut self, kind: Kind) -> String {
        let items: Vec<String> =
            (0..self.choices.between(1, 2)).map(|_| values::literal(self.choices, self.shape, kind)).collect();
        format!("[{}]", items.join(", "))
    }
}

/// Whether the two have, or hold, values of the same kind.
fn is_alike(one: &Operand, other: &Operand) -> bool {
    match (&one.leads_to, &other.leads_to) {
        (LeadsTo::Value(one), LeadsTo::Value(other)) => one == other,
        (LeadsTo::Entity(_), LeadsTo::Entity(_)) => overlap(one, other),
        _ => false,
    }
}

/// Whether both lead to entities and some type is possible for both.
fn overlap(one: &Operand, other: &Operand) -> bool {
    match (&one.leads_to, &other.leads_to) {
        (LeadsTo::Entity(one), LeadsTo::Entity(other)) => one.iter().any(|ty| other.contains(ty)),
        _ => false,
    }
}
