//! The dependencies that a model's declarations have.

use super::cycle::{self, Step};
use super::{AssertionId, Edge, Node};
use crate::diagnostics::{Code, Diagnostic};
use crate::index::Idx;
use crate::model::{AssertionKind, Condition, Model, Openness, Role, Statement, StatementPermission, Term, TermKind};
use crate::schema::{RoleId, SettingId, TypeId};
use petgraph::graph::{DiGraph, NodeIndex};
use rustc_hash::{FxHashMap, FxHashSet};

/// A finding for each cycle that a policy must not have.
pub(super) fn cycles(model: &Model) -> Vec<Diagnostic> {
    let schema = &model.schema;
    let types = cycle::find(model.types.len(), &containment(model), |_| true);
    let types = types.iter().filter_map(|found| {
        let name = |at| schema.types.get(TypeId::from_index(at)).map_or_else(String::new, |info| info.name.to_string());
        cycle::report(Code::ContainmentCycle, found, "lies in", name)
    });
    let settings = cycle::find(model.settings.len(), &within(model), |_| true);
    let settings = settings.iter().filter_map(|found| {
        let name =
            |at| schema.settings.get(SettingId::from_index(at)).map_or_else(String::new, |info| info.name.to_string());
        cycle::report(Code::SettingCycle, found, "lies within", name)
    });
    types.chain(settings).chain(role_cycles(model, RoleId(0))).collect()
}

/// A finding for each cycle of roles from `first` on; those before name none of them.
pub(super) fn role_cycles(model: &Model, first: RoleId) -> Vec<Diagnostic> {
    let name = |at| model.schema.role_name(RoleId::from_index(at));
    let mut steps = extends(model, first);
    let bases = cycle::find(model.roles.len(), &steps, |_| true);
    let bases = bases.iter().filter_map(|found| cycle::report(Code::ExtendsCycle, found, "extends", name));
    steps.extend(implies(model, first));
    let implied = cycle::find(model.roles.len(), &steps, |step| step.verb == IMPLIES);
    let implied = implied.iter().filter_map(|found| cycle::report(Code::ImpliesCycle, found, IMPLIES, name));
    bases.chain(implied).collect()
}

const IMPLIES: &str = "implies";

/// Types in other types; one directly in itself is legal.
fn containment(model: &Model) -> Vec<Step> {
    let mut steps = Vec::new();
    for (ty, info) in model.schema.types.iter_enumerated() {
        let Some(def) = model.types.get(ty) else { continue };
        for (parent, &span) in info.parents.iter().zip(&def.parent_spans).filter(|(parent, _)| parent.ty != ty) {
            steps.push(Step { from: ty.index(), to: parent.ty.index(), verb: "lies in", span });
        }
    }
    steps
}

fn within(model: &Model) -> Vec<Step> {
    let mut steps = Vec::new();
    for (setting, info) in model.schema.settings.iter_enumerated() {
        let span = model.settings.get(setting).and_then(|def| def.within);
        if let (Some(outer), Some(span)) = (info.within, span) {
            steps.push(Step { from: setting.index(), to: outer.index(), verb: "lies within", span });
        }
    }
    steps
}

fn extends(model: &Model, first: RoleId) -> Vec<Step> {
    let mut steps = Vec::new();
    for (role, def) in model.roles.iter_from(first) {
        for base in &def.extends {
            steps.push(Step { from: role.index(), to: base.value.index(), verb: "extends", span: base.span });
        }
    }
    steps
}

fn implies(model: &Model, first: RoleId) -> Vec<Step> {
    let mut steps = Vec::new();
    for (role, def) in model.roles.iter_from(first) {
        for implication in &def.implies {
            let (to, span) = (implication.role.value.index(), implication.role.span);
            steps.push(Step { from: role.index(), to, verb: IMPLIES, span });
        }
    }
    steps
}

/// All declarations and what each depends on.
pub(super) fn graph(model: &Model) -> (DiGraph<Node, Edge>, FxHashMap<Node, NodeIndex>) {
    let mut builder = Builder { model, graph: DiGraph::new(), indices: FxHashMap::default() };
    let schema = &model.schema;
    builder.node(Node::AnyRole);
    for (ty, info) in schema.types.iter_enumerated() {
        for parent in info.parents.iter().filter(|parent| parent.ty != ty) {
            builder.edge(Node::Type(ty), Node::Type(parent.ty), Edge::Shape);
        }
        builder.node(Node::Type(ty));
    }
    for (setting, info) in schema.settings.iter_enumerated() {
        builder.edge(Node::Setting(setting), Node::Type(info.ty), Edge::Shape);
        if let Some(outer) = info.within {
            builder.edge(Node::Setting(setting), Node::Setting(outer), Edge::Shape);
        }
    }
    for (id, role) in model.roles.iter_enumerated() {
        builder.role(id, role);
    }
    for (id, rule) in model.rules.iter_enumerated() {
        if let Some(rule) = rule {
            builder.statement(Node::Rule(id), rule);
        }
    }
    for (id, policy) in model.policies.iter_enumerated() {
        builder.node(Node::Policy(id));
        for given in &policy.settings {
            builder.edge(Node::Policy(id), Node::Setting(given.setting), Edge::Names);
        }
        for deny in &policy.denies {
            builder.statement(Node::Policy(id), deny);
        }
    }
    for (at, assertion) in model.assertions.iter().enumerate() {
        builder.assertion(Node::Assertion(AssertionId::from_index(at)), &assertion.kind);
    }
    (builder.graph, builder.indices)
}

struct Builder<'m> {
    model: &'m Model,
    graph: DiGraph<Node, Edge>,
    indices: FxHashMap<Node, NodeIndex>,
}

impl Builder<'_> {
    fn node(&mut self, node: Node) -> NodeIndex {
        *self.indices.entry(node).or_insert_with(|| self.graph.add_node(node))
    }

    fn edge(&mut self, from: Node, to: Node, edge: Edge) {
        let (from, to) = (self.node(from), self.node(to));
        self.graph.add_edge(from, to, edge);
    }

    /// A role depends on its type, and through it on all that lies there: its permissions are not listed one by one.
    fn role(&mut self, id: RoleId, role: &Role) {
        let node = Node::Role(id);
        if let Some(info) = self.model.schema.roles.get(id) {
            self.edge(node, Node::Type(info.ty), Edge::Shape);
        }
        self.edge(Node::AnyRole, node, Edge::Names);
        for base in &role.extends {
            self.edge(node, Node::Role(base.value), Edge::Extends);
        }
        for required in &role.requires {
            self.edge(node, Node::Role(required.value), Edge::Names);
        }
        if let Openness::OpenWhen(condition) = &role.openness {
            self.condition(node, condition);
        }
        if let Some(condition) = &role.when {
            self.condition(node, condition);
        }
        for implication in &role.implies {
            self.edge(node, Node::Role(implication.role.value), Edge::Implies);
            if let Some(condition) = &implication.when {
                self.condition(node, condition);
            }
        }
        for statement in &role.statements {
            self.clauses(node, statement);
        }
    }

    fn statement(&mut self, node: Node, statement: &Statement) {
        self.node(node);
        self.permissions(node, &statement.permissions);
        self.clauses(node, statement);
    }

    fn permissions(&mut self, node: Node, permissions: &[StatementPermission]) {
        let mut types: FxHashSet<TypeId> = FxHashSet::default();
        for named in permissions {
            let Some(info) = self.model.schema.permissions.get(named.permission) else { continue };
            if types.insert(info.ty) {
                self.edge(node, Node::Type(info.ty), Edge::Shape);
            }
        }
    }

    fn clauses(&mut self, node: Node, statement: &Statement) {
        for &ty in statement.within.iter().chain(&statement.to) {
            self.edge(node, Node::Type(ty), Edge::Shape);
        }
        for condition in statement.when.iter().chain(&statement.unless) {
            self.condition(node, condition);
        }
    }

    fn assertion(&mut self, node: Node, kind: &AssertionKind) {
        self.node(node);
        let (AssertionKind::Can { roles, permissions, .. } | AssertionKind::Only { roles, permissions }) = kind;
        for &role in roles {
            self.edge(node, Node::Role(role), Edge::Names);
        }
        self.permissions(node, permissions);
        if let AssertionKind::Can { when: Some(condition), .. } = kind {
            self.condition(node, condition);
        }
    }

    fn condition(&mut self, node: Node, condition: &Condition) {
        self.term(node, &condition.term);
    }

    /// Terms nest no deeper than the text they were read from, which the parser bounds.
    fn term(&mut self, node: Node, term: &Term) {
        match &term.kind {
            TermKind::And(parts) | TermKind::Or(parts) => {
                for part in parts {
                    self.term(node, part);
                }
            }
            TermKind::Not(of) | TermKind::Bare(of) | TermKind::Size(of) | TermKind::Attribute(of, _) => {
                self.term(node, of);
            }
            TermKind::Compare(_, left, right) => {
                self.term(node, left);
                self.term(node, right);
            }
            TermKind::Is(of, ty) | TermKind::Ancestor(of, ty) => {
                self.edge(node, Node::Type(*ty), Edge::Shape);
                self.term(node, of);
            }
            TermKind::Has { subject, roles, on } => {
                match roles {
                    Some(roles) => {
                        for &role in roles {
                            self.edge(node, Node::Role(role), Edge::Names);
                        }
                    }
                    None => self.edge(node, Node::AnyRole, Edge::Names),
                }
                self.term(node, subject);
                self.term(node, on);
            }
            TermKind::Setting(of, setting) => {
                self.edge(node, Node::Setting(*setting), Edge::Names);
                self.term(node, of);
            }
            TermKind::Constant(_)
            | TermKind::Subject
            | TermKind::Actor
            | TermKind::Resource
            | TermKind::Scope
            | TermKind::Action
            | TermKind::Now
            | TermKind::Context(_) => {}
        }
    }
}
