//! The parts of conditions, and what each comes to.

use super::look::Walk;
use crate::compile::{ConditionOrigin, Node, NodeId, Places, Programs};
use crate::decide::{Truth, Val, Variables};
use crate::source::Span;

/// Visits the parts of a condition that `and`, `or` and `not` join. Recursion is bounded: programs are validated.
pub(super) fn leaves(programs: &Programs, program: NodeId, places: &Places, visit: &mut impl FnMut(Span, NodeId)) {
    match programs.node(program) {
        Node::And(list) | Node::Or(list) => {
            for (&operand, places) in programs.operands(list).iter().zip(&places.operands) {
                leaves(programs, operand, places, visit);
            }
        }
        Node::Not(operand) => {
            if let Some(places) = places.operands.first() {
                leaves(programs, operand, places, visit);
            }
        }
        _ => visit(places.span, program),
    }
}

impl Walk<'_, '_> {
    /// Whether all of these clauses hold; those behind one that fails are not looked at.
    pub(super) fn all<'o>(
        &mut self,
        clauses: impl IntoIterator<Item = &'o ConditionOrigin>,
        variables: Variables,
    ) -> Truth {
        let mut all = Truth::True;
        for clause in clauses {
            let holds = self.truth(clause.program, &clause.places, variables);
            all = all.and(if clause.clause.is_negated() { !holds } else { holds });
            if all == Truth::False {
                break;
            }
        }
        all
    }

    /// The truth of a condition, each part of it noted that the evaluator computes.
    fn truth(&mut self, program: NodeId, places: &Places, variables: Variables) -> Truth {
        let programs = self.world.facts.snapshot.policy().programs();
        match programs.node(program) {
            Node::And(list) => {
                let mut all = Truth::True;
                for (&operand, places) in programs.operands(list).iter().zip(&places.operands) {
                    all = all.and(self.truth(operand, places, variables));
                    if all == Truth::False {
                        break;
                    }
                }
                all
            }
            Node::Or(list) => {
                let mut any = Truth::False;
                for (&operand, places) in programs.operands(list).iter().zip(&places.operands) {
                    any = any.or(self.truth(operand, places, variables));
                    if any == Truth::True {
                        break;
                    }
                }
                any
            }
            Node::Not(operand) => match places.operands.first() {
                Some(places) => !self.truth(operand, places, variables),
                None => self.world.truth(program, variables),
            },
            leaf => {
                let truth = self.world.truth(program, variables);
                if let Some(covered) = self.coverage.condition(places.span) {
                    *match truth {
                        Truth::True => &mut covered.held,
                        Truth::False => &mut covered.failed,
                        Truth::Unknown => &mut covered.unknown,
                    } += 1;
                }
                match leaf {
                    Node::Has(subject, roles, on) => {
                        let roles = programs.roles(roles).to_vec();
                        self.asked_to_hold(subject, Some(&roles), on, variables);
                    }
                    Node::HasAny(subject, on) => self.asked_to_hold(subject, None, on, variables),
                    _ => {}
                }
                truth
            }
        }
    }

    /// What it takes to tell whether somebody holds a role on an entity, or on one of several.
    fn asked_to_hold(
        &mut self,
        subject: NodeId,
        roles: Option<&[crate::schema::RoleId]>,
        on: NodeId,
        variables: Variables,
    ) {
        let Val::Entity(subject) = self.world.value(subject, variables) else { return };
        let on = self.world.value(on, variables);
        let mut entities = Vec::new();
        if let Val::Entity(_) | Val::Set(_) = on {
            self.world.any(on, |entity| {
                entities.extend(if let Val::Entity(entity) = entity { Some(entity) } else { None });
                false
            });
        }
        for entity in entities {
            match roles {
                Some(roles) => roles.iter().for_each(|&role| self.membership(subject, Some(role), entity)),
                None => self.membership(subject, None, entity),
            }
        }
    }
}
