//! What each side's policy says, under numbers that are equal where it says the same.
//!
//! Programs, roles and statements have ids that mean nothing to another policy. Here each is taken apart down to names,
//! and equal structures get one number. Structures are kept whole and compared whole: no hash stands for one.

use super::names::{Pair, Side};
use crate::compile::{CompiledPolicy, Effect, Grant, Node, NodeId};
use crate::schema::{PermissionId, RoleId, Schema, TypeId, Value};
use rustc_hash::{FxHashMap, FxHashSet};

/// Equal where what it stands for is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(super) struct Print(u32);

impl Print {
    /// That of what says nothing.
    pub(super) const NOTHING: Self = Self(0);
}

/// The prints of both policies.
#[derive(Clone)]
pub(super) struct Prints<'p> {
    policies: Pair<&'p CompiledPolicy>,
    known: FxHashMap<(Box<str>, Vec<Print>), Print>,
    nodes: Pair<FxHashMap<NodeId, Print>>,
    says: Pair<FxHashMap<(RoleId, PermissionId), Print>>,
    held: Pair<FxHashMap<RoleId, Print>>,
}

impl<'p> Prints<'p> {
    pub(super) fn new(old: &'p CompiledPolicy, new: &'p CompiledPolicy) -> Self {
        let mut prints = Self {
            policies: Pair { old, new },
            known: FxHashMap::default(),
            nodes: Pair::default(),
            says: Pair::default(),
            held: Pair::default(),
        };
        for side in Side::BOTH {
            for role in implied_first(prints.policies.of(side)) {
                prints.role(side, role);
            }
        }
        prints
    }

    /// The number of a structure: a word, and what it is made of.
    pub(super) fn of(&mut self, word: impl Into<Box<str>>, parts: Vec<Print>) -> Print {
        let next = Print(u32::try_from(self.known.len() + 1).unwrap_or(u32::MAX));
        *self.known.entry((word.into(), parts)).or_insert(next)
    }

    /// What a role says of a permission, by itself and by what it implies; [`Print::NOTHING`] for nothing.
    pub(super) fn says(&self, side: Side, role: RoleId, permission: PermissionId) -> Print {
        self.says.of(side).get(&(role, permission)).copied().unwrap_or(Print::NOTHING)
    }

    /// What holding a role is: as what it counts, when, and what it implies.
    pub(super) fn held(&self, side: Side, role: RoleId) -> Print {
        self.held.of(side).get(&role).copied().unwrap_or(Print::NOTHING)
    }

    /// What the rules and guardrails say of a permission.
    pub(super) fn rules(&mut self, side: Side, permission: PermissionId) -> Print {
        let policy = *self.policies.of(side);
        let mut parts = self.grants(side, policy.rules(permission));
        for (id, name) in policy.schema().policies.iter_enumerated() {
            let guardrails = self.grants(side, policy.guardrails(id, permission).iter());
            if !guardrails.is_empty() {
                parts.push(self.of(format!("policy {name}"), guardrails));
            }
        }
        if parts.is_empty() { Print::NOTHING } else { self.of("rules", parts) }
    }

    /// One allow or deny: which way, what, and where.
    pub(super) fn grant(&mut self, side: Side, grant: &Grant) -> Print {
        let condition: Vec<Print> = grant.condition.map(|condition| self.node(side, condition)).into_iter().collect();
        let name = self.policies.of(side).schema().permission_name(grant.permission);
        let effect = if grant.effect == Effect::Allow { "allow" } else { "deny" };
        self.of(format!("{effect} {name}"), condition)
    }

    fn grants<'g>(&mut self, side: Side, grants: impl Iterator<Item = &'g Grant>) -> Vec<Print> {
        let mut prints: Vec<Print> = grants.map(|grant| self.grant(side, grant)).collect();
        prints.sort_unstable();
        prints.dedup();
        prints
    }

    /// Works out what a role says and what holding it is; those that it implies were worked out before.
    fn role(&mut self, side: Side, role: RoleId) {
        let policy = *self.policies.of(side);
        let schema = policy.schema();
        let compiled = policy.role(role);
        let when = compiled.when.map(|when| self.node(side, when));
        let implied: Vec<(Print, RoleId)> = compiled
            .implies
            .iter()
            .map(|implied| {
                let when: Vec<Print> = implied.when.map(|when| self.node(side, when)).into_iter().collect();
                let on = schema.roles.get(implied.role).and_then(|info| schema.types.get(info.ty));
                (self.of(format!("implied on {}", on.map_or("", |info| &info.name)), when), implied.role)
            })
            .collect();

        let mut permissions: Vec<PermissionId> = compiled.grants.iter().map(|grant| grant.permission).collect();
        let led = compiled.leads.iter().flat_map(|leads| leads.permissions.ones());
        permissions.extend(led.filter_map(|at| u32::try_from(at).ok().map(PermissionId)));
        permissions.sort_unstable();
        permissions.dedup();
        for permission in permissions {
            let mut parts = self.grants(side, compiled.grants_of(permission).iter());
            let mut below: Vec<Print> = Vec::new();
            for (how, implied) in &implied {
                let says = self.says(side, *implied, permission);
                if says != Print::NOTHING {
                    below.push(self.of("implies", vec![*how, says]));
                }
            }
            below.sort_unstable();
            below.dedup();
            parts.extend(below);
            if parts.is_empty() {
                continue;
            }
            parts.extend(when.map(|when| self.of("role when", vec![when])));
            let print = self.of("says", parts);
            self.says.of_mut(side).insert((role, permission), print);
        }

        let mut parts: Vec<Print> = Vec::new();
        for &counted in &*compiled.counts_as {
            parts.push(self.of(role_name(schema, counted), Vec::new()));
        }
        parts.sort_unstable();
        let mut below: Vec<Print> = Vec::new();
        for (how, implied) in &implied {
            let held = self.held(side, *implied);
            below.push(self.of("holds below", vec![*how, held]));
        }
        below.sort_unstable();
        below.dedup();
        parts.extend(below);
        parts.extend(when.map(|when| self.of("role when", vec![when])));
        let print = self.of("held", parts);
        self.held.of_mut(side).insert(role, print);
    }

    /// A condition or a value of one. Recursion is bounded, as programs are.
    pub(super) fn node(&mut self, side: Side, id: NodeId) -> Print {
        if let Some(&known) = self.nodes.of(side).get(&id) {
            return known;
        }
        let policy = *self.policies.of(side);
        let (schema, programs) = (policy.schema(), policy.programs());
        let type_name = |ty: TypeId| schema.types.get(ty).map_or("", |info| &*info.name);
        let all = |prints: &mut Self, list| -> Vec<Print> {
            let operands = programs.operands(list).iter();
            let mut parts: Vec<Print> = operands.map(|&operand| prints.node(side, operand)).collect();
            parts.sort_unstable();
            parts.dedup();
            parts
        };
        let (word, parts) = match programs.node(id) {
            Node::And(list) => (String::from("and"), all(self, list)),
            Node::Or(list) => (String::from("or"), all(self, list)),
            Node::Not(of) => (String::from("not"), vec![self.node(side, of)]),
            Node::Compare(comparison, left, right) => {
                (format!("{comparison:?}"), vec![self.node(side, left), self.node(side, right)])
            }
            Node::Is(of, ty) => (format!("is {}", type_name(ty)), vec![self.node(side, of)]),
            Node::Has(subject, roles, on) => {
                let mut names: Vec<String> =
                    programs.roles(roles).iter().map(|&role| role_name(schema, role)).collect();
                names.sort_unstable();
                (format!("has {}", names.join(" ")), vec![self.node(side, subject), self.node(side, on)])
            }
            Node::HasAny(subject, on) => (String::from("has any"), vec![self.node(side, subject), self.node(side, on)]),
            Node::Bare(of) => (String::from("bare"), vec![self.node(side, of)]),
            Node::Within(ty) => (format!("within {}", type_name(ty)), Vec::new()),
            Node::To(types) => {
                let mut names: Vec<&str> = programs.types(types).iter().map(|&ty| type_name(ty)).collect();
                names.sort_unstable();
                (format!("to {}", names.join(" ")), Vec::new())
            }
            Node::Constant(constant) => {
                let value = programs.constants().get(constant);
                (format!("constant {}", value.map_or_else(String::new, |value| constant_text(value, schema))), vec![])
            }
            Node::Subject => (String::from("subject"), Vec::new()),
            Node::Actor => (String::from("actor"), Vec::new()),
            Node::Resource => (String::from("resource"), Vec::new()),
            Node::Scope => (String::from("scope"), Vec::new()),
            Node::Action => (String::from("action"), Vec::new()),
            Node::Now => (String::from("now"), Vec::new()),
            Node::Context(field) => {
                let name = schema.context.get(field as usize).map_or("", |field| &*field.name);
                (format!("context {name}"), Vec::new())
            }
            Node::Attribute(of, name) => {
                let name = programs.attributes().get(name).map_or("", |name| &**name);
                (format!("attribute {name}"), vec![self.node(side, of)])
            }
            Node::Ancestor(of, ty) => (format!("ancestor {}", type_name(ty)), vec![self.node(side, of)]),
            Node::Setting(of, setting) => {
                let name = schema.settings.get(setting).map_or("", |info| &*info.name);
                (format!("setting {name}"), vec![self.node(side, of)])
            }
            Node::Size(of) => (String::from("size"), vec![self.node(side, of)]),
        };
        let print = self.of(word, parts);
        self.nodes.of_mut(side).insert(id, print);
        print
    }
}

/// A role's name, with its organization where it has one: two organizations' roles of one name are two.
pub(super) fn role_name(schema: &Schema, role: RoleId) -> String {
    let name = schema.role_name(role);
    match schema.roles.get(role).and_then(|info| info.organization.as_ref()) {
        Some(organization) => format!("{name} of {}", organization.text(schema)),
        None => name,
    }
}

fn constant_text(value: &Value, schema: &Schema) -> String {
    match value {
        Value::Entity(name) => name.text(schema),
        Value::Set(values) => {
            let texts: Vec<String> = values.iter().map(|value| constant_text(value, schema)).collect();
            format!("[{}]", texts.join(", "))
        }
        other => format!("{other:?}"),
    }
}

/// All roles, each behind those that it implies. By hand: implications may chain as long as the policy has roles.
fn implied_first(policy: &CompiledPolicy) -> Vec<RoleId> {
    let mut order = Vec::with_capacity(policy.roles().len());
    let mut seen: FxHashSet<RoleId> = FxHashSet::default();
    for (id, _) in policy.roles().iter_enumerated() {
        let mut stack = vec![(id, false)];
        while let Some((id, ready)) = stack.pop() {
            if ready {
                order.push(id);
            } else if seen.insert(id) {
                stack.push((id, true));
                stack.extend(policy.role(id).implies.iter().map(|implied| (implied.role, false)));
            }
        }
    }
    order
}
