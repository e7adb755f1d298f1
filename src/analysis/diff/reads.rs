//! What the conditions look at that have a say in a permission: on it depends which requests are decided alike.

use super::names::{Names, Side};
use crate::compile::{Comparison, CompiledPolicy, Node, NodeId};
use crate::schema::{PermissionId, RoleId, TypeId};
use rustc_hash::FxHashSet;
use std::collections::BTreeSet;

/// What conditions look at.
#[derive(Clone, Debug, Default)]
pub(super) struct Reads {
    /// The attributes of the resource itself, those apart with which nothing is done but that whoever asks is compared with them.
    pub(super) resource: BTreeSet<Box<str>>,
    /// The attributes of the resource itself that whoever asks is compared with.
    pub(super) compared: BTreeSet<Box<str>>,
    /// The attributes of whatever.
    pub(super) attributes: BTreeSet<Box<str>>,
    /// Settings of whatever.
    pub(super) settings: BTreeSet<Box<str>>,
    /// Fields of the context.
    pub(super) context: BTreeSet<Box<str>>,
    /// Fields of the context of whose value they read a part, or ask for roles.
    pub(super) context_parts: BTreeSet<Box<str>>,
    /// Whether they compare the resource itself with anything.
    pub(super) itself: bool,
    /// Whether they ask for the time.
    pub(super) now: bool,
    /// Whether they ask for what belongs to whoever asks: attributes, what contains them.
    pub(super) subject: bool,
    /// Whether they ask for roles of whoever asks on the resource, or above it.
    pub(super) has: bool,
    /// Whether they ask for roles that are held elsewhere, or by others.
    pub(super) has_elsewhere: bool,
    /// Whether they ask for what contains something else than the resource, or one that asks.
    pub(super) elsewhere: bool,
    /// What whoever asks is compared with, on each side.
    pub(super) same: Vec<(Side, NodeId)>,
    /// What roles are asked for on, where that is neither the resource nor above it.
    pub(super) on: Vec<(Side, NodeId)>,
    /// What fields of the context are compared with, on each side.
    pub(super) beside_context: Vec<Beside>,
    /// What the time is compared with.
    pub(super) beside_now: Vec<(Side, NodeId)>,
}

/// A comparison of a field of the context, or of something of it, with something.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Beside {
    pub(super) side: Side,
    pub(super) how: Comparison,
    /// The field, or what is made of it.
    pub(super) this: NodeId,
    pub(super) other: NodeId,
}

/// What a value starts from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Base {
    /// Whoever asks, itself.
    Subject,
    /// Something of theirs.
    OfSubject,
    /// The resource, or what it lies in: a role's scope too.
    Line,
    /// An attribute of one of these, or something of it.
    OfLine,
    /// A field of the context, or something of it.
    Context,
    /// A literal, the time, the action.
    Fixed,
}

impl Reads {
    /// What the conditions of both sides look at that have a say in a permission.
    pub(super) fn of(names: &Names<'_>, permission: &super::names::Pair<Option<PermissionId>>) -> Self {
        let mut reads = Self::default();
        for side in Side::BOTH {
            let Some(permission) = *permission.of(side) else { continue };
            let policy = names.sides.of(side).policy();
            let Some(ty) = policy.schema().permissions.get(permission).map(|info| info.ty) else { continue };
            let mut reader = Reader { side, policy, resource: ty, reads: &mut reads, seen: FxHashSet::default() };
            conditions(policy, permission).into_iter().for_each(|condition| reader.truth(condition));
        }
        reads
    }
}

/// The conditions that have a say in a permission, each once.
fn conditions(policy: &CompiledPolicy, permission: PermissionId) -> FxHashSet<NodeId> {
    let mut found: FxHashSet<NodeId> = FxHashSet::default();
    found.extend(policy.rules(permission).filter_map(|rule| rule.condition));
    for (id, _) in policy.schema().policies.iter_enumerated() {
        found.extend(policy.guardrails(id, permission).iter().filter_map(|rule| rule.condition));
    }
    for (_, role) in policy.roles().iter_enumerated() {
        let leads = role.may_lead_to_permission(permission);
        let grants = role.grants_of(permission);
        if grants.is_empty() && !leads {
            continue;
        }
        found.extend(grants.iter().filter_map(|grant| grant.condition));
        found.extend(role.when);
        if leads {
            found.extend(role.implies.iter().filter_map(|implied| implied.when));
        }
    }
    // Whether a role is held may hang on conditions that say nothing of the permission.
    let (any, asked) = asked_roles(policy, &found);
    if any || !asked.is_empty() {
        for (_, role) in policy.roles().iter_enumerated() {
            let wanted = |wanted: &RoleId| role.counts_as(*wanted) || role.may_lead_to(*wanted);
            if any || asked.iter().any(wanted) {
                found.extend(role.when);
                found.extend(role.implies.iter().filter_map(|implied| implied.when));
            }
        }
    }
    found
}

/// Whether conditions ask for any role at all, and the roles that they ask for.
fn asked_roles(policy: &CompiledPolicy, conditions: &FxHashSet<NodeId>) -> (bool, Vec<RoleId>) {
    let programs = policy.programs();
    let mut any = false;
    let mut asked: FxHashSet<RoleId> = FxHashSet::default();
    let mut open: Vec<NodeId> = conditions.iter().copied().collect();
    let mut seen: FxHashSet<NodeId> = FxHashSet::default();
    while let Some(id) = open.pop() {
        if !seen.insert(id) {
            continue;
        }
        match programs.node(id) {
            Node::And(list) | Node::Or(list) => open.extend_from_slice(programs.operands(list)),
            Node::Not(of) => open.push(of),
            Node::Has(_, roles, _) => asked.extend(programs.roles(roles)),
            Node::HasAny(..) => any = true,
            _ => {}
        }
    }
    (any, asked.into_iter().collect())
}

struct Reader<'r> {
    side: Side,
    policy: &'r CompiledPolicy,
    resource: TypeId,
    reads: &'r mut Reads,
    seen: FxHashSet<NodeId>,
}

impl Reader<'_> {
    /// Recursion is bounded, as programs are.
    fn truth(&mut self, id: NodeId) {
        if !self.seen.insert(id) {
            return;
        }
        let programs = self.policy.programs();
        match programs.node(id) {
            Node::And(list) | Node::Or(list) => programs.operands(list).iter().for_each(|&one| self.truth(one)),
            Node::Not(of) => self.truth(of),
            Node::Compare(how, left, right) => {
                let bases = if self.names_somebody(left, right) {
                    (Base::Subject, Base::OfLine)
                } else if self.names_somebody(right, left) {
                    (Base::OfLine, Base::Subject)
                } else {
                    (self.value(left), self.value(right))
                };
                self.reads.itself |= self.is_itself(left) || self.is_itself(right);
                for (this, other, base, beside) in [(left, right, bases.0, bases.1), (right, left, bases.1, bases.0)] {
                    match base {
                        Base::Subject if beside == Base::Subject => {}
                        // What a field of the context is compared with is tried as its value.
                        Base::Subject if beside == Base::Context => {
                            self.reads.subject = true;
                            self.reads.has_elsewhere = true;
                        }
                        Base::Subject if beside == Base::OfSubject => self.reads.subject = true,
                        Base::Subject => self.reads.same.push((self.side, other)),
                        Base::Context => self.reads.beside_context.push(Beside { side: self.side, how, this, other }),
                        _ if programs.node(this) == Node::Now => self.reads.beside_now.push((self.side, other)),
                        _ => {}
                    }
                }
            }
            Node::Is(of, _) | Node::Bare(of) => {
                self.value(of);
            }
            Node::Has(subject, _, on) | Node::HasAny(subject, on) => match (self.value(subject), self.value(on)) {
                (Base::Subject, Base::Line) => self.reads.has = true,
                (Base::Subject, Base::OfLine | Base::Fixed) => {
                    self.reads.has = true;
                    self.reads.on.push((self.side, on));
                    self.reads.has_elsewhere = true;
                }
                _ => {
                    self.note_parts(subject);
                    self.note_parts(on);
                    self.reads.has_elsewhere = true;
                    self.reads.subject = true;
                }
            },
            _ => {}
        }
    }

    /// Whether nothing but whoever asks is compared with nothing but an attribute of the resource; it is noted then.
    fn names_somebody(&mut self, subject: NodeId, named: NodeId) -> bool {
        let programs = self.policy.programs();
        let (Node::Subject | Node::Actor, Node::Attribute(of, name)) = (programs.node(subject), programs.node(named))
        else {
            return false;
        };
        if !self.is_itself(of) {
            return false;
        }
        let name = programs.attributes().get(name).cloned().unwrap_or_default();
        self.reads.attributes.insert(name.clone());
        self.reads.compared.insert(name);
        true
    }

    /// What a value starts from; whatever it reads is noted.
    fn value(&mut self, id: NodeId) -> Base {
        let programs = self.policy.programs();
        match programs.node(id) {
            Node::Subject | Node::Actor => Base::Subject,
            Node::Resource | Node::Scope => Base::Line,
            Node::Now => {
                self.reads.now = true;
                Base::Fixed
            }
            Node::Context(field) => {
                let name = self.policy.schema().context.get(field as usize).map(|field| field.name.clone());
                self.reads.context.extend(name);
                Base::Context
            }
            Node::Attribute(of, name) => {
                let name = programs.attributes().get(name).cloned().unwrap_or_default();
                self.reads.attributes.insert(name.clone());
                if self.is_itself(of) {
                    self.reads.resource.insert(name);
                }
                self.part(of)
            }
            Node::Ancestor(of, _) => match self.part(of) {
                // What the resource lies in is its line; what anything else does is not.
                Base::OfLine if self.is_line(of) => Base::Line,
                base => {
                    self.reads.elsewhere = true;
                    base
                }
            },
            Node::Setting(of, setting) => {
                let name = self.policy.schema().settings.get(setting).map(|info| info.name.clone());
                self.reads.settings.extend(name);
                self.part(of)
            }
            Node::Size(of) => self.part(of),
            _ => Base::Fixed,
        }
    }

    /// Whether a value is the resource.
    fn is_itself(&self, id: NodeId) -> bool {
        match self.policy.programs().node(id) {
            Node::Resource => true,
            Node::Ancestor(of, ty) => ty == self.resource && self.is_itself(of),
            _ => false,
        }
    }

    /// Whether a value is the resource or lies above it.
    fn is_line(&self, id: NodeId) -> bool {
        match self.policy.programs().node(id) {
            Node::Resource | Node::Scope => true,
            Node::Ancestor(of, _) => self.is_line(of),
            _ => false,
        }
    }

    /// What something of a value starts from.
    fn part(&mut self, of: NodeId) -> Base {
        match self.value(of) {
            Base::Subject | Base::OfSubject => {
                self.reads.subject = true;
                Base::OfSubject
            }
            Base::Line | Base::OfLine => Base::OfLine,
            Base::Context => {
                self.note_parts(of);
                Base::Context
            }
            Base::Fixed => Base::Fixed,
        }
    }

    /// Notes the field of the context that a value is, or is made of.
    fn note_parts(&mut self, of: NodeId) {
        match self.policy.programs().node(of) {
            Node::Context(field) => {
                let name = self.policy.schema().context.get(field as usize).map(|field| field.name.clone());
                self.reads.context_parts.extend(name);
            }
            Node::Attribute(of, _) | Node::Ancestor(of, _) | Node::Setting(of, _) | Node::Size(of) => {
                self.note_parts(of);
            }
            _ => {}
        }
    }
}
