//! What roles grant, by symbols: each allow with the conditions on its way, whatever entities there are.

use crate::compile::{CompiledPolicy, CompiledRole, Effect, Node, NodeId};
use crate::directory::EntityId;
use crate::schema::{PermissionId, RoleId, TypeId};
use rustc_hash::FxHashSet;

/// How many grants are followed; roles that imply each other in very many ways pass it, and are then not assigned.
const GRANTS: usize = 1 << 16;

/// One condition on the way to a grant. All parts of a grant must hold. Two are the same where program, kind and what the
/// program's `scope` and `resource` stand for are the same; a program that does not ask for its scope has none here.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(super) enum Part {
    /// Of an allow.
    Grant(NodeId, Option<Scope>),
    /// Of a role: where it counts.
    Counts(NodeId, Option<Scope>),
    /// Of an implication for entities of a type.
    Implies(NodeId, Option<Scope>, TypeId),
    /// Only on what lies in entities of this type, or is one.
    Below(TypeId),
}

/// Where a role is held.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(super) enum Scope {
    /// On this entity.
    Entity(EntityId),
    /// By implication, on each entity of this type.
    Each(TypeId),
}

/// An allow and all that it depends on, sorted, each once.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Conditional {
    pub(super) permission: PermissionId,
    pub(super) parts: Vec<Part>,
}

/// Which ways to a grant are followed, where what one role gives is looked at apart from all else.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Ways {
    /// All of them.
    All,
    /// Those on which the role does not lie.
    Without(RoleId),
    /// Those on which it does, be it the first.
    Through(RoleId),
}

/// All allows of roles held on given entities; there may have been too many to follow.
#[derive(Debug, Default)]
pub(super) struct Allows {
    pub(super) all: Vec<Conditional>,
    pub(super) cut_short: bool,
}

impl Allows {
    /// Adds what a role grants that is held on an entity, by some `ways` only. Its own `when` is a condition too unless it
    /// is `met`.
    pub(super) fn of_role(&mut self, policy: &CompiledPolicy, role: RoleId, on: EntityId, met: bool, ways: Ways) {
        let mut seen: FxHashSet<(RoleId, bool, Vec<Part>)> = FxHashSet::default();
        let first = policy.role(role);
        let mut parts = Vec::new();
        if !met {
            counts(policy, &mut parts, first.when, Scope::Entity(on));
        }
        let counts_from = |role| !matches!(ways, Ways::Through(wanted) if wanted != role);
        let mut open = vec![(role, counts_from(role), Scope::Entity(on), sorted(parts))];
        while let Some((role, wanted, scope, parts)) = open.pop() {
            if self.all.len() > GRANTS || seen.len() > GRANTS {
                self.cut_short = true;
                return;
            }
            if ways == Ways::Without(role) || !seen.insert((role, wanted, parts.clone())) {
                continue;
            }
            let compiled = policy.role(role);
            if wanted {
                self.own(policy, compiled, scope, &parts);
            }
            for implied in &*compiled.implies {
                let Some(info) = policy.schema().roles.get(implied.role) else { continue };
                let mut further = parts.clone();
                further.push(Part::Below(info.ty));
                each(policy, implied.when, |node| {
                    further.push(Part::Implies(node, asks(policy, node, Node::Scope).then_some(scope), info.ty));
                });
                counts(policy, &mut further, policy.role(implied.role).when, Scope::Each(info.ty));
                let wanted = wanted || counts_from(implied.role);
                open.push((implied.role, wanted, Scope::Each(info.ty), sorted(further)));
            }
        }
    }

    fn own(&mut self, policy: &CompiledPolicy, role: &CompiledRole, scope: Scope, parts: &[Part]) {
        for grant in role.grants.iter().filter(|grant| grant.effect == Effect::Allow) {
            let mut parts = parts.to_vec();
            each(policy, grant.condition, |node| {
                parts.push(Part::Grant(node, asks(policy, node, Node::Scope).then_some(scope)));
            });
            self.all.push(Conditional { permission: grant.permission, parts: sorted(parts) });
        }
    }

    /// Adds the rules that allow a subject of a type without further condition.
    pub(super) fn of_rules(&mut self, policy: &CompiledPolicy, subject: Option<TypeId>) {
        for permission in policy.schema().permissions.ids() {
            let allowed = policy.rules(permission).any(|rule| {
                let unconditional = rule.condition.is_none_or(|condition| match policy.programs().node(condition) {
                    Node::To(types) => subject.is_some_and(|ty| policy.programs().types(types).contains(&ty)),
                    _ => false,
                });
                rule.effect == Effect::Allow && unconditional
            });
            if allowed {
                self.all.push(Conditional { permission, parts: Vec::new() });
            }
        }
    }
}

/// Adds where a role counts; there `resource` is the scope.
fn counts(policy: &CompiledPolicy, parts: &mut Vec<Part>, when: Option<NodeId>, scope: Scope) {
    each(policy, when, |node| {
        let asks = asks(policy, node, Node::Scope) || asks(policy, node, Node::Resource);
        parts.push(Part::Counts(node, asks.then_some(scope)));
    });
}

fn asks(policy: &CompiledPolicy, node: NodeId, wanted: Node) -> bool {
    policy.programs().mentions(node, wanted)
}

/// Visits a condition, each operand of an `and` by itself, so that a part of it can be told to be the same.
fn each(policy: &CompiledPolicy, condition: Option<NodeId>, mut visit: impl FnMut(NodeId)) {
    let mut open: Vec<NodeId> = condition.into_iter().collect();
    while let Some(node) = open.pop() {
        match policy.programs().node(node) {
            Node::And(list) => open.extend_from_slice(policy.programs().operands(list)),
            _ => visit(node),
        }
    }
}

fn sorted(mut parts: Vec<Part>) -> Vec<Part> {
    parts.sort_unstable();
    parts.dedup();
    parts
}
