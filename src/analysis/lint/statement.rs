//! Statements as written, together with what they were compiled to.

use super::examined::Examined;
use crate::analysis::condition::Occasion;
use crate::compile::{CompiledPolicy, Effect, Grant, NodeId, Owner, StatementId, StatementOrigin};
use crate::schema::{PermissionId, RoleId, Schema, TypeId};
use crate::source::Span;
use crate::syntax::ast::{self, ActionPart, Item, Open, Pattern, PolicyFile, RoleItem, TypePart};
use rustc_hash::FxHashMap;

/// A statement.
pub(super) struct Written<'a> {
    pub(super) id: StatementId,
    pub(super) tree: &'a ast::Statement,
    pub(super) origin: &'a StatementOrigin,
    /// One a permission.
    pub(super) grants: Vec<Grant>,
}

/// A part of what a statement names.
pub(super) struct Unit {
    pub(super) span: Span,
    /// The unit that this one is a part of, and how many parts that has.
    pub(super) pattern: usize,
    pub(super) permissions: Vec<PermissionId>,
}

/// All statements of some files.
pub(super) struct Statements<'a> {
    all: Vec<Written<'a>>,
    /// The type and the name of each open role.
    open: Vec<(&'a str, &'a str)>,
}

impl<'a> Statements<'a> {
    pub(super) fn of(policy: &'a CompiledPolicy, files: &[&'a PolicyFile]) -> Self {
        let mut grants: FxHashMap<StatementId, Vec<Grant>> = FxHashMap::default();
        let mut note = |grant: &Grant| grants.entry(grant.statement).or_default().push(*grant);
        for (id, _) in policy.schema().declared_roles() {
            let origin = |grant: &&Grant| policy.provenance().statements.get(grant.statement);
            let own = |grant: &&Grant| origin(grant).is_some_and(|origin| origin.owner == Owner::Role(id));
            policy.role(id).grants.iter().filter(own).for_each(&mut note);
        }
        for permission in policy.schema().permissions.ids() {
            policy.rules(permission).for_each(&mut note);
            for id in policy.schema().policies.ids() {
                policy.guardrails(id, permission).iter().for_each(&mut note);
            }
        }
        // Of two in one place neither is known for sure.
        let mut by_place: FxHashMap<Span, Option<StatementId>> = FxHashMap::default();
        for (id, origin) in policy.provenance().statements.iter_enumerated() {
            by_place.entry(origin.span).and_modify(|known| *known = None).or_insert(Some(id));
        }
        let mut all: Vec<Written<'_>> = Vec::new();
        each(files, |tree| {
            let end = tree.patterns.last().map_or(tree.effect.span, Pattern::span);
            let Some(&Some(id)) = by_place.get(&tree.effect.span.to(end)) else { return };
            let Some(origin) = policy.provenance().statements.get(id) else { return };
            all.push(Written { id, tree, origin, grants: grants.remove(&id).unwrap_or_default() });
        });
        let roles = files.iter().flat_map(|file| &file.items).filter_map(|item| match item {
            Item::Role(role) => Some(role),
            _ => None,
        });
        let open = roles.filter(|role| role.open != Open::No);
        let names = open.map(|role| (role.name.type_name.value.as_str(), role.name.name.value.as_str()));
        Self { all, open: names.collect() }
    }

    pub(super) fn all(&self) -> &[Written<'a>] {
        &self.all
    }

    /// The types of roles that are open to custom roles.
    pub(super) fn open_types(&self, schema: &Schema) -> impl Iterator<Item = TypeId> {
        self.open.iter().filter_map(|(ty, _)| schema.type_named(ty))
    }

    /// The roles that are open to custom roles.
    pub(super) fn open_roles(&self, schema: &Schema) -> impl Iterator<Item = RoleId> {
        let of = |&(ty, name): &(&str, &str)| schema.type_named(ty).map_or(&[][..], |ty| schema.roles_named(ty, name));
        self.open.iter().flat_map(of).copied()
    }
}

/// Visits every statement.
fn each<'a>(files: &[&'a PolicyFile], mut visit: impl FnMut(&'a ast::Statement)) {
    for item in files.iter().flat_map(|file| &file.items) {
        match item {
            Item::Rule(rule) => visit(rule),
            Item::Policy(policy) => policy.rules.iter().for_each(&mut visit),
            Item::Role(role) => role.body.iter().for_each(|item| match item {
                RoleItem::Statement(statement) => visit(statement),
                RoleItem::Implies(_) | RoleItem::Without(_) => {}
            }),
            Item::Type(_) | Item::Context(_) | Item::Assert(_) => {}
        }
    }
}

impl Written<'_> {
    pub(super) fn role(&self) -> Option<RoleId> {
        match self.origin.owner {
            Owner::Role(role) => Some(role),
            Owner::Rule | Owner::Policy(_) => None,
        }
    }

    pub(super) const fn effect(&self) -> Effect {
        self.origin.effect
    }

    /// The whole condition of its grants, and that of the role that it stands in.
    pub(super) fn programs(&self, policy: &CompiledPolicy) -> Vec<NodeId> {
        let own = self.grants.first().and_then(|grant| grant.condition);
        own.into_iter().chain(self.role().and_then(|role| policy.role(role).when)).collect()
    }

    /// The occasion on which it is asked about a permission.
    pub(super) fn occasion(&self, examined: &Examined<'_>, permission: PermissionId) -> Occasion {
        match self.role() {
            Some(role) => Occasion::in_role(examined.policy(), examined.type_of_role(role), permission),
            None => Occasion::of_permission(examined.policy(), permission),
        }
    }

    /// What it names, as small as it is written: actions in braces each by itself.
    pub(super) fn units(&self, schema: &Schema) -> Vec<Unit> {
        let mut units = Vec::new();
        for (at, pattern) in self.tree.patterns.iter().enumerate() {
            let of_pattern = self.grants.iter().map(|grant| grant.permission).filter(|&id| names(schema, pattern, id));
            let of_pattern: Vec<PermissionId> = of_pattern.collect();
            match &pattern.actions {
                ActionPart::These(actions) if actions.len() > 1 => {
                    let verb = |id: &PermissionId| {
                        schema.permissions.get(*id).and_then(|info| schema.actions.get(info.action))
                    };
                    units.extend(actions.iter().map(|action| {
                        let is_this = |id: &&PermissionId| verb(id).is_some_and(|verb| **verb == *action.value);
                        let permissions = of_pattern.iter().filter(is_this).copied().collect();
                        Unit { span: action.span, pattern: at, permissions }
                    }));
                }
                _ => units.push(Unit { span: pattern.span(), pattern: at, permissions: of_pattern }),
            }
        }
        units
    }

    /// The smallest texts that together are some of the units: the statement itself for all of them. Each with whether
    /// it is the statement.
    pub(super) fn texts(&self, units: &[Unit], chosen: impl Fn(&Unit) -> bool) -> Vec<(Span, bool)> {
        if units.iter().all(&chosen) {
            return vec![(self.origin.span, true)];
        }
        let mut texts = Vec::new();
        for of_pattern in units.chunk_by(|one, other| one.pattern == other.pattern) {
            let whole = of_pattern.first().and_then(|unit| self.tree.patterns.get(unit.pattern));
            match whole {
                Some(pattern) if of_pattern.iter().all(&chosen) => texts.push((pattern.span(), false)),
                _ => texts.extend(of_pattern.iter().filter(|unit| chosen(unit)).map(|unit| (unit.span, false))),
            }
        }
        texts
    }
}

/// Whether a pattern names a permission, among those that it may range over.
pub(super) fn names(schema: &Schema, pattern: &Pattern, permission: PermissionId) -> bool {
    let Some(info) = schema.permissions.get(permission) else { return false };
    let ty = schema.types.get(info.ty).map_or("", |info| &info.name);
    let action = schema.actions.get(info.action).map_or("", |name| name);
    let of_type = match &pattern.types {
        TypePart::Any => true,
        TypePart::One(name) => name.value == ty,
    };
    of_type
        && match &pattern.actions {
            ActionPart::Any => true,
            ActionPart::These(actions) => actions.iter().any(|name| name.value == action),
        }
}
