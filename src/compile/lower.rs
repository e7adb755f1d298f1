//! Typed conditions to programs, and statements to grants, each with its way back to the text.

use super::policy::{CompiledPolicy, Grant};
use super::program::{Node, NodeId, Programs};
use super::program_builder::ProgramBuilder;
use super::provenance::{Clause, ConditionOrigin, Owner, Places, Provenance, StatementId, StatementOrigin};
use crate::model::{Condition, Policy, Statement, Term, TermKind, rank};
use crate::schema::PolicyId;
use crate::source::Span;
use std::sync::Arc;

/// Lowers conditions and statements into one program table and one set of side tables.
pub(super) struct Lowering {
    pub(super) programs: ProgramBuilder,
    pub(super) provenance: Provenance,
}

impl Lowering {
    /// Begins with nothing.
    pub(super) fn new() -> Self {
        Self { programs: ProgramBuilder::onto(&Programs::default()), provenance: Provenance::default() }
    }

    /// Goes on where another policy ended.
    pub(super) fn onto(policy: &CompiledPolicy) -> Self {
        Self { programs: ProgramBuilder::onto(&policy.programs), provenance: policy.provenance.clone() }
    }

    /// A statement's id and its grants, one a permission. Its rank is its place in the order of what is written.
    pub(super) fn statement(&mut self, statement: &Statement, owner: Owner, rank: u64) -> (StatementId, Vec<Grant>) {
        let mut conditions = Vec::new();
        if let Some(ty) = statement.within {
            let program = self.programs.node(Node::Within(ty));
            conditions.push(clause_without_operands(Clause::Within, program, statement.span));
        }
        if !statement.to.is_empty() {
            let types = self.programs.types(statement.to.clone());
            let program = self.programs.node(Node::To(types));
            conditions.push(clause_without_operands(Clause::To, program, statement.span));
        }
        conditions.extend(statement.when.as_ref().map(|when| self.condition(Clause::When, when)));
        conditions.extend(statement.unless.as_ref().map(|unless| self.condition(Clause::Unless, unless)));

        let truths: Vec<NodeId> = conditions
            .iter()
            .map(|condition| match condition.clause {
                Clause::Unless => self.programs.node(Node::Not(condition.program)),
                _ => condition.program,
            })
            .collect();
        let condition = self.programs.all(truths);
        let id = self.provenance.statements.push(Arc::new(StatementOrigin {
            effect: statement.effect,
            owner,
            span: statement.span,
            patterns: statement.patterns.as_str().into(),
            conditions,
            because: statement.because.as_deref().map(Box::from),
        }));
        self.provenance.ranks.push(rank);
        let grants = statement
            .permissions
            .iter()
            .map(|permission| Grant {
                permission: permission.permission,
                effect: statement.effect,
                condition,
                statement: id,
            })
            .collect();
        (id, grants)
    }

    /// The guardrails of an org policy, by permission.
    pub(super) fn guardrails(&mut self, id: PolicyId, policy: &Policy) -> Arc<[Grant]> {
        self.provenance.policies.push(policy.span);
        let mut grants = Vec::new();
        for (deny, rank) in policy.denies.iter().zip(rank::of_policy(id)..) {
            grants.extend(self.statement(deny, Owner::Policy(id), rank).1);
        }
        grants.sort_by_key(|grant| (grant.permission, grant.statement));
        grants.into()
    }

    /// A condition as a program with its places.
    pub(super) fn condition(&mut self, clause: Clause, condition: &Condition) -> ConditionOrigin {
        let (program, places) = self.term(&condition.term);
        ConditionOrigin { clause, program, text: condition.text.clone(), places }
    }

    /// One term. Recursion is bounded: the parser limits how deep an expression nests.
    fn term(&mut self, term: &Term) -> (NodeId, Places) {
        let mut places = Places { span: term.span, operands: Vec::new() };
        let mut operand = |lowering: &mut Self, inner: &Term| {
            let (id, place) = lowering.term(inner);
            places.operands.push(place);
            id
        };
        let node = match &term.kind {
            TermKind::And(terms) | TermKind::Or(terms) => {
                let ids = terms.iter().map(|inner| operand(self, inner)).collect();
                let list = self.programs.operands(ids);
                if matches!(term.kind, TermKind::And(_)) { Node::And(list) } else { Node::Or(list) }
            }
            TermKind::Not(inner) => Node::Not(operand(self, inner)),
            TermKind::Compare(comparison, left, right) => {
                let left = operand(self, left);
                let right = operand(self, right);
                Node::Compare(*comparison, left, right)
            }
            TermKind::Is(inner, ty) => Node::Is(operand(self, inner), *ty),
            TermKind::Has { subject, roles, on } => {
                let subject = operand(self, subject);
                let on = operand(self, on);
                match roles {
                    Some(roles) => Node::Has(subject, self.programs.roles(roles.clone()), on),
                    None => Node::HasAny(subject, on),
                }
            }
            TermKind::Bare(inner) => Node::Bare(operand(self, inner)),
            TermKind::Constant(value) => return (self.programs.constant(value), places),
            TermKind::Subject => Node::Subject,
            TermKind::Actor => Node::Actor,
            TermKind::Resource => Node::Resource,
            TermKind::Scope => Node::Scope,
            TermKind::Action => Node::Action,
            TermKind::Now => Node::Now,
            TermKind::Context(field) => Node::Context(u32::try_from(*field).unwrap_or(u32::MAX)),
            TermKind::Attribute(of, name) => {
                let name = self.programs.attribute(name);
                Node::Attribute(operand(self, of), name)
            }
            TermKind::Ancestor(of, ty) => Node::Ancestor(operand(self, of), *ty),
            TermKind::Setting(of, setting) => Node::Setting(operand(self, of), *setting),
            TermKind::Size(of) => Node::Size(operand(self, of)),
        };
        (self.programs.node(node), places)
    }
}

fn clause_without_operands(clause: Clause, program: NodeId, span: Span) -> ConditionOrigin {
    ConditionOrigin { clause, program, text: Box::default(), places: Places { span, operands: Vec::new() } }
}
