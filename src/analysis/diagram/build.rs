//! From a compiled policy to its [`Diagram`].

use super::{Diagram, Edge, EdgeKind, Group, Kind, Node, NodeId};
use crate::analysis::{StandingRule, written_rules};
use crate::compile::CompiledPolicy;
use crate::index::{Idx, IndexVec};
use crate::schema::{PermissionId, RoleId, Schema, TypeId};
use rustc_hash::FxHashMap;

impl Diagram {
    /// All that a policy declares.
    #[must_use]
    pub fn of(policy: &CompiledPolicy) -> Self {
        let mut builder =
            Builder { policy, diagram: Self::default(), types: IndexVec::new(), roles: FxHashMap::default() };
        builder.types();
        builder.settings();
        builder.roles();
        builder.rules();
        builder.diagram
    }
}

struct Builder<'a> {
    policy: &'a CompiledPolicy,
    diagram: Diagram,
    /// The head of each type's group, which bear the numbers of the types.
    types: IndexVec<TypeId, NodeId>,
    roles: FxHashMap<RoleId, NodeId>,
}

impl Builder<'_> {
    fn schema(&self) -> &Schema {
        self.policy.schema()
    }

    fn node(&mut self, node: Node) -> NodeId {
        self.diagram.nodes.push(node)
    }

    /// Adds a thing to the group of a type.
    fn member(&mut self, ty: TypeId, node: Node) -> NodeId {
        let id = self.node(node);
        if let Some(group) = self.diagram.groups.get_mut(ty.index()) {
            group.members.push(id);
        }
        id
    }

    fn edge(&mut self, from: NodeId, to: NodeId, kind: EdgeKind, when: Option<String>) {
        let edge = Edge { from, to, kind, when };
        if !self.diagram.edges.contains(&edge) {
            self.diagram.edges.push(edge);
        }
    }

    fn types(&mut self) {
        let policy = self.policy;
        let depths = depths(policy.schema());
        for (ty, info) in policy.schema().types.iter_enumerated() {
            let actions: Vec<&str> = policy.schema().actions_of(ty).collect();
            let about = if actions.is_empty() { Vec::new() } else { vec![format!("actions {}", actions.join(", "))] };
            let head = self.node(Node { kind: Kind::Type, label: info.name.to_string(), about, place: None });
            self.types.push(head);
            let depth = depths.get(ty).copied().unwrap_or(0);
            self.diagram.groups.push(Group { head: Some(head), members: Vec::new(), depth });
        }
        for (ty, info) in policy.schema().types.iter_enumerated() {
            for parent in &info.parents {
                if let (Some(&outer), Some(&inner)) = (self.types.get(parent.ty), self.types.get(ty)) {
                    self.edge(outer, inner, EdgeKind::Contains(parent.cardinality), None);
                }
            }
        }
    }

    fn settings(&mut self) {
        let policy = self.policy;
        let mut nodes = IndexVec::new();
        for (id, setting) in policy.schema().settings.iter_enumerated() {
            let value = setting.value.text(policy.schema());
            let outer = setting.within.and_then(|outer| policy.schema().settings.get(outer));
            let within = outer.map(|outer| format!(" within {}", outer.name)).unwrap_or_default();
            let node = Node {
                kind: Kind::Setting,
                label: setting.name.to_string(),
                about: vec![format!("{value} {}{within}", setting.merge)],
                place: policy.provenance().settings.get(id).map(|origin| origin.span),
            };
            nodes.push(self.member(setting.ty, node));
        }
        for (id, setting) in policy.schema().settings.iter_enumerated() {
            let ends = setting.within.and_then(|outer| Some((*nodes.get(id)?, *nodes.get(outer)?)));
            if let Some((from, to)) = ends {
                self.edge(from, to, EdgeKind::Within, None);
            }
        }
    }

    fn roles(&mut self) {
        let policy = self.policy;
        for (role, info) in policy.schema().declared_roles() {
            let Some(origin) = policy.provenance().roles.get(role) else { continue };
            let mut about: Vec<String> = Vec::new();
            about.extend(info.custom.then(|| match &info.organization {
                Some(entity) => format!("custom in {}", entity.text(policy.schema())),
                None => String::from("custom"),
            }));
            about.extend(origin.when.iter().map(|when| format!("{} {}", when.clause.as_str(), when.text)));
            let node = Node { kind: Kind::Role(role), label: info.name.to_string(), about, place: Some(origin.span) };
            let id = self.member(info.ty, node);
            self.roles.insert(role, id);
        }
        for (role, _) in policy.schema().declared_roles() {
            let Some(origin) = policy.provenance().roles.get(role) else { continue };
            for (others, kind) in [(&origin.extends, EdgeKind::Extends), (&origin.requires, EdgeKind::Requires)] {
                for &(other, _) in others {
                    self.between(role, other, kind, None);
                }
            }
        }
        for (role, _) in policy.schema().declared_roles() {
            for implied in &*policy.role(role).implies {
                // What it takes over from a role that it extends is drawn there.
                let origin = policy.provenance().implications.get(implied.implication);
                let Some(origin) = origin.filter(|origin| origin.owner == role) else { continue };
                let when = origin.when.as_ref().map(|when| when.text.to_string());
                self.between(role, implied.role, EdgeKind::Implies, when);
            }
        }
    }

    fn between(&mut self, from: RoleId, to: RoleId, kind: EdgeKind, when: Option<String>) {
        if let (Some(&from), Some(&to)) = (self.roles.get(&from), self.roles.get(&to)) {
            self.edge(from, to, kind, when);
        }
    }

    fn rules(&mut self) {
        let mut several = Vec::new();
        for rule in written_rules(self.policy) {
            let types = self.types_of(&rule);
            let about = rule.because.iter().map(ToString::to_string).collect();
            let label = match rule.policy.and_then(|policy| self.schema().policies.get(policy)) {
                Some(policy) => format!("policy {policy}: {}", rule.text),
                None => rule.text.clone(),
            };
            let node = Node { kind: Kind::Rule(rule.effect), label, about, place: Some(rule.span) };
            if let [only] = types.as_slice() {
                self.member(*only, node);
                continue;
            }
            let id = self.node(node);
            several.push(id);
            // Of what speaks of everything there is nothing to point at.
            let all = self.schema().types.iter().filter(|info| !info.permissions.is_empty()).count();
            if types.len() < all {
                for ty in types {
                    if let Some(&to) = self.types.get(ty) {
                        self.edge(id, to, EdgeKind::Concerns, None);
                    }
                }
            }
        }
        if !several.is_empty() {
            self.diagram.groups.push(Group { head: None, members: several, depth: 0 });
        }
    }

    /// The types of the permissions that a rule speaks of.
    fn types_of(&self, rule: &StandingRule) -> Vec<TypeId> {
        let ty = |permission: &PermissionId| self.schema().permissions.get(*permission).map(|info| info.ty);
        let mut types: Vec<TypeId> = rule.permissions.iter().filter_map(ty).collect();
        types.sort_unstable();
        types.dedup();
        types
    }
}

/// How many types lie above each, by the longest way.
fn depths(schema: &Schema) -> IndexVec<TypeId, usize> {
    let mut depths: IndexVec<TypeId, usize> = schema.types.iter().map(|_| 0).collect();
    // No way up is longer than there are types, itself apart: a type may lie in itself.
    for _ in 0..schema.types.len() {
        let mut changed = false;
        for (ty, info) in schema.types.iter_enumerated() {
            let above = info.parents.iter().filter(|parent| parent.ty != ty);
            let depth = above.filter_map(|parent| depths.get(parent.ty)).max().map_or(0, |deepest| deepest + 1);
            if let Some(known) = depths.get_mut(ty)
                && *known != depth
            {
                *known = depth;
                changed = true;
            }
        }
        if !changed {
            break;
        }
    }
    depths
}
