//! A condition with the truth of each of its parts, and the values that made it so.

use super::{Case, Step};
use crate::compile::{Clause, ConditionOrigin, Node, NodeId, Places};
use crate::decide::{Elements, Val, Variables};
use crate::directory::EntityId;
use crate::schema::{SettingId, duration_text, timestamp_text};
use crate::source::Span;

/// How much of a set or a text is shown.
const SHOWN: usize = 5;

impl Case<'_> {
    /// A clause with its condition.
    pub(super) fn condition(self, origin: &ConditionOrigin, variables: Variables) -> Step {
        let truth = self.world.truth(origin.program, variables);
        let text = match (origin.clause, self.world.facts.snapshot.policy().programs().node(origin.program)) {
            (_, Node::Within(ty)) => format!("within `{}`", self.world.facts.snapshot.policy().schema().types[ty].name),
            (_, Node::To(types)) => {
                let policy = self.world.facts.snapshot.policy();
                let names = policy.programs().types(types).iter();
                let names: Vec<String> = names.map(|&ty| format!("`{}`", policy.schema().types[ty].name)).collect();
                format!("to {}", names.join(", "))
            }
            (clause, _) => format!("{} `{}`", clause.as_str(), self.quote(origin.places.span)),
        };
        let children = match origin.clause {
            Clause::Within | Clause::To => Vec::new(),
            Clause::When | Clause::Unless | Clause::OpenWhen => self.parts(origin.program, &origin.places, variables),
        };
        Step::fact(text, Some(origin.places.span)).with(truth, children)
    }

    /// The parts of a condition: the operands of `and`, `or` and `not`, the values on both sides of a comparison.
    fn parts(self, program: NodeId, places: &Places, variables: Variables) -> Vec<Step> {
        let programs = self.world.facts.snapshot.policy().programs();
        match programs.node(program) {
            Node::And(list) | Node::Or(list) => programs
                .operands(list)
                .iter()
                .zip(&places.operands)
                .map(|(&operand, places)| {
                    Step::fact(format!("`{}`", self.quote(places.span)), Some(places.span))
                        .with(self.world.truth(operand, variables), self.parts(operand, places, variables))
                })
                .collect(),
            Node::Not(operand) => match places.operands.first() {
                Some(places) => self.parts(operand, places, variables),
                None => Vec::new(),
            },
            Node::Compare(_, left, right) => self.values(&[left, right], places, variables),
            Node::Is(operand, _) | Node::Bare(operand) => self.values(&[operand], places, variables),
            Node::Has(subject, _, on) | Node::HasAny(subject, on) => self.values(&[subject, on], places, variables),
            _ => Vec::new(),
        }
    }

    /// The values of operands; literals speak for themselves.
    fn values(self, operands: &[NodeId], places: &Places, variables: Variables) -> Vec<Step> {
        let programs = self.world.facts.snapshot.policy().programs();
        operands
            .iter()
            .zip(&places.operands)
            .filter(|(operand, _)| !matches!(programs.node(**operand), Node::Constant(_)))
            .map(|(&operand, places)| {
                let value = self.world.value(operand, variables);
                let text = format!("`{}` is {}", self.quote(places.span), self.show(value));
                let mut step = Step::fact(text, Some(places.span));
                if let Node::Setting(of, setting) = programs.node(operand)
                    && let Val::Entity(entity) = self.world.value(of, variables)
                {
                    step.children = self.contributions(entity, setting);
                    if matches!(value, Val::Unknown) {
                        step.text = self.unknown_setting(places.span, entity, setting);
                    }
                }
                if matches!(value, Val::Unknown) {
                    step.truth = None;
                }
                step
            })
            .collect()
    }

    /// Why a setting has no value that could be told.
    fn unknown_setting(self, span: Span, entity: EntityId, setting: SettingId) -> String {
        let (quote, name) = (self.quote(span), self.world.facts.name(entity));
        if self.world.facts.may_miss_supply(entity, setting) {
            format!("`{quote}` is not known, as it is missing what `{name}` lies in")
        } else {
            format!("`{quote}` has two values, by what `{name}` is said to lie in")
        }
    }

    /// A value in words.
    fn show(self, value: Val<'_>) -> String {
        match value {
            Val::Unknown => String::from("missing"),
            Val::Absent => String::from("absent"),
            Val::Everything => String::from("any"),
            Val::Bool(value) => value.to_string(),
            Val::Int(value) => value.to_string(),
            Val::Text(text) => format!("{text:?}"),
            Val::Timestamp(at) => timestamp_text(at),
            Val::Duration(length) => duration_text(length),
            Val::Ip(address) => address.to_string(),
            Val::Range(range) => range.to_string(),
            Val::Entity(entity) => format!("`{}`", self.world.facts.name(entity)),
            Val::Set(Elements::Ancestors(..) | Elements::Data(_) | Elements::Stored(_)) => {
                let mut shown = Vec::new();
                let mut count = 0_usize;
                self.world.any(value, |element| {
                    count += 1;
                    if count <= SHOWN {
                        shown.push(self.show(element));
                    }
                    false
                });
                if count > SHOWN {
                    shown.push(format!("and {} more", count - SHOWN));
                }
                format!("[{}]", shown.join(", "))
            }
        }
    }

    /// Source text on one line.
    fn quote(self, span: Span) -> String {
        self.sources.slice(span).split_whitespace().collect::<Vec<_>>().join(" ")
    }
}
