//! A model of which some roles and rules are written anew: they alone are looked up and checked.
//!
//! Only what turns out to be sound is taken. Whatever else there is to be said of it, building everything tells.

use super::declare::declare;
use super::findings::Findings;
use super::names::Names;
use super::resolve::{Rewritten, removal, resolve_rewritten};
use super::{AssertionKind, Condition, Model, Openness, Role, RuleId, Statement, Term, TermKind, rank};
use crate::index::{Chunks, Idx, IndexVec};
use crate::schema::{EntityName, RoleId, RoleInfo, Schema};
use crate::syntax::ast::{self, PolicyFile, RoleDecl};
use rustc_hash::FxHashSet;
use std::borrow::Cow;
use std::sync::Arc;

/// What is written anew.
#[derive(Clone, Debug, Default)]
pub struct Revision<'e> {
    /// Roles that are declared no longer.
    pub gone_roles: Vec<RoleId>,
    /// Roles as they are declared now.
    pub roles: Vec<RoleChange<'e>>,
    /// Rules that are there no longer.
    pub gone_rules: Vec<RuleId>,
    /// Rules as they are written now.
    pub rules: Vec<RuleChange<'e>>,
}

/// A role that is written anew.
#[derive(Clone, Copy, Debug)]
pub struct RoleChange<'e> {
    /// Which role it was, of the same type, name and owner; nothing for a new one.
    pub before: Option<RoleId>,
    /// Its declaration.
    pub decl: &'e RoleDecl,
    /// Its place in the order of what is written.
    pub rank: u64,
}

/// A rule that is written anew.
#[derive(Clone, Copy, Debug)]
pub struct RuleChange<'e> {
    /// Which rule it was; nothing for a new one.
    pub before: Option<RuleId>,
    /// What it says.
    pub decl: &'e ast::Statement,
    /// Its place in the order of what is written.
    pub rank: u64,
}

/// A model with what was written anew.
#[derive(Debug)]
pub struct Revised {
    /// The model.
    pub model: Model,
    /// The roles of the changes, in their order, and then those that are gone.
    pub roles: Vec<RoleId>,
    /// The rules of the changes, in their order, and then those that are gone.
    pub rules: Vec<RuleId>,
}

/// A model, which has no errors, to be revised as often as one likes: what its roles and rules name is declared once.
#[derive(Debug)]
pub struct Reviser<'m> {
    model: &'m Model,
    /// All but roles.
    names: Names<'m>,
}

impl<'m> Reviser<'m> {
    /// The one of a model of which `frame` declares all that it has besides roles, rules and assertions; nothing where that
    /// has errors.
    #[must_use]
    pub fn new(model: &'m Model, frame: &'m [PolicyFile]) -> Option<Self> {
        let mut findings = Findings::new();
        let frame: Vec<&PolicyFile> = frame.iter().collect();
        let declared = declare(&frame, Some(&model.schema), &mut findings);
        let names = Names { schema: Cow::Borrowed(&model.schema), known: Some(model), ..declared };
        (!findings.has_errors()).then_some(Self { model, names })
    }

    /// The model with roles and rules that are written anew. Ids stay; new roles and rules have the next ones.
    ///
    /// There is nothing where there is anything to be said of what is new, where it changes what is said elsewhere, or where
    /// a limit of the whole is exceeded.
    #[must_use]
    pub fn revise(&self, revision: &Revision<'_>) -> Option<Revised> {
        let mut findings = Findings::new();
        let mut model = self.model.clone();
        let mut names: Names<'_> = self.names.clone();
        for &gone in &revision.gone_roles {
            model.forget_role(gone);
            model.roles.set(gone, Arc::new(Role::retired()));
            names.schema.to_mut().retire_role(gone);
        }
        let mut roles = Vec::with_capacity(revision.roles.len() + revision.gone_roles.len());
        for change in &revision.roles {
            roles.push(self.model.declare_role(&mut names.schema, change)?);
        }
        names.roles = roles.iter().copied().zip(revision.roles.iter().map(|change| change.decl)).collect();
        names.roles.sort_by_key(|(role, _)| *role);
        let rules: Vec<&ast::Statement> = revision.rules.iter().map(|change| change.decl).collect();
        let Rewritten { roles: written, rules: stated, budget } =
            resolve_rewritten(self.model, &names, &rules, &mut findings)?;
        if !findings.is_empty() {
            return None;
        }
        model.patterns = budget;
        for (id, role) in written {
            model.forget_role(id);
            named_by_role(&role, |named| count(&mut model.named, named, 1));
            put(&mut model.roles, id, Arc::new(role))?;
        }
        for (change, &id) in revision.roles.iter().zip(&roles) {
            put_flat(&mut model.role_ranks, id, change.rank)?;
        }
        let mut rules = Vec::with_capacity(revision.rules.len() + revision.gone_rules.len());
        for &gone in &revision.gone_rules {
            model.forget_rule(gone);
            model.rules.set(gone, None);
        }
        for (change, rule) in revision.rules.iter().zip(stated) {
            let rule = rule?;
            let id = change.before.unwrap_or(model.rules.next_id());
            model.forget_rule(id);
            named_by_statement(&rule, &mut |named| count(&mut model.named, named, 1));
            put(&mut model.rules, id, Some(Arc::new(rule)))?;
            put_flat(&mut model.rule_ranks, id, change.rank)?;
            rules.push(id);
        }
        roles.extend(&revision.gone_roles);
        rules.extend(&revision.gone_rules);
        if revision.gone_roles.iter().any(|&role| model.is_named(role)) || model.has_cycle(&roles) {
            return None;
        }
        let named = roles.iter().any(|&role| model.is_named(role));
        if named {
            removal::check(&names, &model.roles, model.roles.ids(), |_| true, &mut findings);
        } else {
            removal::check(&names, &model.roles, roles.iter().copied(), |_| true, &mut findings);
        }
        let same = revision.gone_roles.is_empty() && revision.roles.iter().all(|change| change.before.is_some());
        if !same {
            model.schema = Arc::new(names.schema.into_owned());
        }
        findings.is_empty().then_some(Revised { model, roles, rules })
    }
}

impl Model {
    /// The number of a role that is written anew; nothing where another bears its name, or its name is one by which others
    /// are called.
    fn declare_role(&self, schema: &mut Cow<'_, Schema>, change: &RoleChange<'_>) -> Option<RoleId> {
        let info = role_info(schema, change.decl)?;
        if let Some(before) = change.before {
            // What extends it may do so for as long as it stays as open as it was.
            let was_open = self.roles.get(before).is_some_and(|role| role.openness != Openness::Closed);
            let as_open = !self.is_named(before) || was_open == (change.decl.open != ast::Open::No);
            return (as_open && schema.roles.get(before) == Some(&info)).then_some(before);
        }
        let namesakes = schema.roles_named(info.ty, &info.name);
        let collides = |role: &RoleInfo| {
            info.organization.is_none() || role.organization.is_none() || role.organization == info.organization
        };
        if namesakes.iter().any(|&role| self.is_named(role) || schema.roles.get(role).is_none_or(collides)) {
            return None;
        }
        Some(schema.to_mut().add_role(info))
    }

    /// The role that a declaration of the same type, name and owner is.
    #[must_use]
    pub fn role_of(&self, decl: &RoleDecl) -> Option<RoleId> {
        let info = role_info(&self.schema, decl)?;
        let named = self.schema.roles_named(info.ty, &info.name);
        named.iter().copied().find(|&role| self.schema.roles.get(role) == Some(&info))
    }

    /// Whether a name stands for a role somewhere.
    #[must_use]
    pub fn is_named(&self, role: RoleId) -> bool {
        self.named.get(role).is_some_and(|&count| count > 0)
    }

    /// The place of a role in the order of what is written; its statements have this number and those that follow.
    #[must_use]
    pub fn rank_of_role(&self, role: RoleId) -> u64 {
        self.role_ranks.get(role).copied().unwrap_or(0)
    }

    /// The place of a rule in the order of what is written.
    #[must_use]
    pub fn rank_of_rule(&self, rule: RuleId) -> u64 {
        self.rule_ranks.get(rule).copied().unwrap_or(0)
    }

    /// Counts what was added to the model since names were counted last.
    pub(super) fn count_names(&mut self) {
        let first = RoleId::from_index(self.named.len());
        let all = first.index() == 0;
        let mut named: IndexVec<RoleId, u32> = IndexVec::from_vec(vec![0; self.roles.len()]);
        for (known, before) in named.iter_mut().zip(&self.named) {
            *known = *before;
        }
        let mut note = |role| count(&mut named, role, 1);
        for (_, role) in self.roles.iter_from(first) {
            named_by_role(role, &mut note);
        }
        for policy in self.policies.iter().skip(if all { 0 } else { self.counted_policies }) {
            policy.denies.iter().for_each(|deny| named_by_statement(deny, &mut note));
        }
        if all {
            self.rules.iter().flatten().for_each(|rule| named_by_statement(rule, &mut note));
            for assertion in &*self.assertions {
                let (AssertionKind::Can { roles, .. } | AssertionKind::Only { roles, .. }) = &assertion.kind;
                roles.iter().for_each(|&role| note(role));
                if let AssertionKind::Can { when: Some(when), .. } = &assertion.kind {
                    named_by_condition(when, &mut note);
                }
            }
        }
        self.named = named;
        self.counted_policies = self.policies.len();
    }

    /// Puts what was added to the model behind what was there.
    pub(super) fn rank(&mut self) {
        if self.role_ranks.is_empty() && self.rule_ranks.is_empty() {
            self.role_ranks = rank::of_roles(self.roles.len()).collect();
            self.rule_ranks = rank::of_rules(self.rules.len()).collect();
        }
        let added: Vec<u64> = rank::behind(self).take(self.roles.len().saturating_sub(self.role_ranks.len())).collect();
        for rank in added {
            self.role_ranks.push(rank);
        }
    }

    fn forget_role(&mut self, role: RoleId) {
        if let Some(before) = self.roles.get(role) {
            let named = &mut self.named;
            named_by_role(before, |role| count(named, role, -1));
        }
    }

    fn forget_rule(&mut self, rule: RuleId) {
        if let Some(Some(before)) = self.rules.get(rule) {
            let named = &mut self.named;
            named_by_statement(before, &mut |role| count(named, role, -1));
        }
    }

    /// Whether one of these roles comes to itself by way of `extends` and `implies`.
    fn has_cycle(&self, roles: &[RoleId]) -> bool {
        let onward = |role: RoleId| {
            let role = self.roles.get(role);
            let bases = role.into_iter().flat_map(|role| role.extends.iter().map(|base| base.value));
            bases.chain(role.into_iter().flat_map(|role| role.implies.iter().map(|implied| implied.role.value)))
        };
        roles.iter().any(|&start| {
            let mut seen = FxHashSet::default();
            let mut open: Vec<RoleId> = onward(start).collect();
            while let Some(role) = open.pop() {
                if role == start {
                    return true;
                }
                if seen.insert(role) {
                    open.extend(onward(role));
                }
            }
            false
        })
    }
}

impl Role {
    /// What is left of a role that is declared no longer.
    pub(super) fn retired() -> Self {
        let nowhere = crate::source::Span::new(crate::source::FileId(0), 0, 0);
        Self {
            span: nowhere,
            doc: None,
            openness: Openness::Closed,
            custom: false,
            organization: None,
            extends: Vec::new(),
            requires: Vec::new(),
            assigned_by: None,
            when: None,
            statements: Vec::new(),
            implies: Vec::new(),
            without: Vec::new(),
        }
    }
}

fn role_info(schema: &Schema, decl: &RoleDecl) -> Option<RoleInfo> {
    let organization = match &decl.organization {
        None => None,
        Some(entity) => {
            let ty = schema.type_named(&entity.type_name.value)?;
            Some(EntityName { ty, id: entity.id.value.as_str().into() })
        }
    };
    let ty = schema.type_named(&decl.name.type_name.value)?;
    let name = decl.name.name.value.as_str().into();
    Some(RoleInfo { ty, name, custom: decl.custom, organization, retired: false })
}

/// Puts an element at its id, or after the last; nothing where it would leave a gap.
fn put<I: Idx, T: Clone>(table: &mut Chunks<I, T>, id: I, item: T) -> Option<()> {
    if table.next_id().index() == id.index() {
        table.push(item);
        return Some(());
    }
    table.get_mut(id).map(|place| *place = item)
}

fn put_flat<I: Idx, T>(table: &mut IndexVec<I, T>, id: I, item: T) -> Option<()> {
    if table.next_id().index() == id.index() {
        table.push(item);
        return Some(());
    }
    table.get_mut(id).map(|place| *place = item)
}

fn count(named: &mut IndexVec<RoleId, u32>, role: RoleId, more: i32) {
    while named.len() <= role.index() {
        named.push(0);
    }
    if let Some(count) = named.get_mut(role) {
        *count = count.saturating_add_signed(more);
    }
}

/// Each role that a role names, as often as it does.
fn named_by_role(role: &Role, mut note: impl FnMut(RoleId)) {
    role.extends.iter().chain(&role.requires).for_each(|named| note(named.value));
    let mut conditions: Vec<&Condition> = role.when.iter().collect();
    if let Openness::OpenWhen(when) = &role.openness {
        conditions.push(when);
    }
    for implication in &role.implies {
        note(implication.role.value);
        conditions.extend(&implication.when);
    }
    conditions.into_iter().for_each(|condition| named_by_condition(condition, &mut note));
    role.statements.iter().for_each(|statement| named_by_statement(statement, &mut note));
}

fn named_by_statement(statement: &Statement, note: &mut impl FnMut(RoleId)) {
    statement.when.iter().chain(&statement.unless).for_each(|condition| named_by_condition(condition, note));
}

/// Terms nest no deeper than the text they were read from, which the parser bounds; the stack is by hand all the same.
fn named_by_condition(condition: &Condition, note: &mut impl FnMut(RoleId)) {
    let mut open: Vec<&Term> = vec![&condition.term];
    while let Some(term) = open.pop() {
        match &term.kind {
            TermKind::And(parts) | TermKind::Or(parts) => open.extend(parts),
            TermKind::Not(of)
            | TermKind::Bare(of)
            | TermKind::Size(of)
            | TermKind::Attribute(of, _)
            | TermKind::Is(of, _)
            | TermKind::Ancestor(of, _)
            | TermKind::Setting(of, _) => open.push(of),
            TermKind::Compare(_, left, right) => open.extend([&**left, &**right]),
            TermKind::Has { subject, roles, on } => {
                roles.iter().flatten().for_each(|&role| note(role));
                open.extend([&**subject, &**on]);
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
