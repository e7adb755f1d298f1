//! Who could be an answer: gathered from the tables by who holds what on and above the resource, and by whom rules name.

use super::runs::Runs;
use super::{Says, may_be_denied, says};
use crate::compile::{Comparison, Effect, Node, NodeId, Programs};
use crate::decide::{Request, Snapshot, Truth, Val, Variables, World};
use crate::directory::{Directory, EntityId, Stored};
use crate::index::Idx;
use crate::schema::RoleId;

/// Whoever could be an answer.
pub(super) struct Subjects<'a> {
    /// The world of the question; its subject is nobody in particular.
    world: World<'a>,
    /// Who may for sure.
    sure: Vec<EntityId>,
    /// Who may, perhaps.
    open: Vec<EntityId>,
    /// Whether anybody may, perhaps.
    anybody: bool,
}

impl<'a> Subjects<'a> {
    pub(super) fn gather(snapshot: &'a Snapshot, request: &'a Request) -> Self {
        let world = World::new(snapshot, request);
        let mut all = Self { world, sure: Vec::new(), open: Vec::new(), anybody: false };
        all.by_roles();
        all.by_rules();
        if !all.anybody {
            let keys = all.keys();
            all.open.extend(keys);
            // Literals of the policy may name whom the directory does not.
            all.open.retain(|subject| subject.index() < snapshot.directory().len());
        }
        all
    }

    /// All of them in order, beginning behind one.
    pub(super) fn runs<'d>(self, directory: &'d Directory, after: Option<EntityId>) -> Runs<'d> {
        let mut runs = Runs::after(after);
        runs.add_ones(self.sure, true);
        if self.anybody {
            runs.add_all(directory, None);
        } else {
            runs.add_ones(self.open, false);
        }
        runs
    }

    /// The keys that act as any of them.
    fn keys(&self) -> Vec<EntityId> {
        let (schema, directory) = (self.snapshot().policy().schema(), self.snapshot().directory());
        let mut keys = Vec::new();
        for (ty, info) in schema.types.iter_enumerated() {
            let Some(slot) = info.acts_as.filter(|_| directory.declares_type(ty)) else { continue };
            for &subject in self.sure.iter().chain(&self.open) {
                directory.with_value(ty, slot, Stored::Entity(subject), &mut keys);
            }
        }
        keys
    }

    fn snapshot(&self) -> &'a Snapshot {
        self.world.facts.snapshot
    }

    fn by_roles(&mut self) {
        let (snapshot, permission) = (self.snapshot(), self.world.request.permission);
        let surely = !may_be_denied(snapshot, permission);
        let holdings = snapshot.holdings();
        for entity in self.world.facts.upwards(self.world.request.resource) {
            let sure = &mut self.sure;
            let open = &mut self.open;
            let wanted = |set| !matches!(says(snapshot, set, permission), Says::Nothing);
            holdings.holders(entity, wanted, |subject| {
                let row = holdings.row(subject);
                let always = row.on(entity).and_then(|held| row.always(held));
                let allowed = always.is_some_and(|set| matches!(says(snapshot, set, permission), Says::Allows));
                if allowed && surely { sure.push(subject) } else { open.push(subject) }
            });
        }
    }

    fn by_rules(&mut self) {
        let snapshot = self.snapshot();
        for rule in snapshot.policy().rules_of(self.world.request.permission, Effect::Allow).all() {
            let found = rule.condition.and_then(|condition| self.subjects(condition));
            let Some(found) = found else {
                self.anybody = true;
                return;
            };
            self.open.extend(found);
        }
    }

    /// Whoever a condition may hold for; nothing where that may be anybody.
    fn subjects(&self, condition: NodeId) -> Option<Vec<EntityId>> {
        let programs = self.snapshot().policy().programs();
        if !depends_on_subject(programs, condition) {
            // What cannot be computed allows nobody.
            let variables = self.variables();
            return (self.world.truth(condition, variables) != Truth::True).then(Vec::new);
        }
        match programs.node(condition) {
            Node::And(list) => {
                let found = programs.operands(list).iter().filter_map(|&operand| self.subjects(operand));
                found.min_by_key(Vec::len)
            }
            Node::Or(list) => {
                let found: Option<Vec<_>> =
                    programs.operands(list).iter().map(|&operand| self.subjects(operand)).collect();
                found.map(|found| found.into_iter().flatten().collect())
            }
            Node::Compare(Comparison::Eq, left, right) => self.named(left, right).or_else(|| self.named(right, left)),
            Node::Compare(Comparison::In, left, right) => self.named(left, right),
            Node::Compare(Comparison::Contains, left, right) => self.named(right, left),
            Node::Has(subject, roles, on) => self.holders(subject, Some(programs.roles(roles)), on),
            Node::HasAny(subject, on) => self.holders(subject, None, on),
            _ => None,
        }
    }

    fn variables(&self) -> Variables {
        Variables { subject: self.world.request.actor, resource: self.world.request.resource, scope: None }
    }

    /// Whoever a value names, where `subject` is compared with it.
    fn named(&self, subject: NodeId, value: NodeId) -> Option<Vec<EntityId>> {
        let programs = self.snapshot().policy().programs();
        let is_subject = matches!(programs.node(subject), Node::Subject | Node::Actor);
        if !is_subject || depends_on_subject(programs, value) {
            return None;
        }
        let mut found = Vec::new();
        match self.world.value(value, self.variables()) {
            Val::Everything => return None,
            Val::Unknown | Val::Absent => {}
            given => {
                self.world.any(given, |one| {
                    if let Val::Entity(entity) = one {
                        found.push(entity);
                    }
                    false
                });
            }
        }
        Some(found)
    }

    /// Whoever may hold one of some roles, or any at all, on what an operand yields.
    fn holders(&self, subject: NodeId, roles: Option<&[RoleId]>, on: NodeId) -> Option<Vec<EntityId>> {
        let (snapshot, policy) = (self.snapshot(), self.snapshot().policy());
        if policy.programs().node(subject) != Node::Subject || depends_on_subject(policy.programs(), on) {
            return None;
        }
        let holdings = snapshot.holdings();
        let mut found = Vec::new();
        let mut add = |entity: EntityId, counts: &dyn Fn(RoleId) -> bool| {
            let wanted = |set| holdings.roles(set).iter().any(|&role| counts(role));
            holdings.holders(entity, wanted, |subject| found.push(subject));
        };
        match self.world.value(on, self.variables()) {
            Val::Everything => return None,
            Val::Unknown | Val::Absent => {}
            given => {
                self.world.any(given, |one| {
                    if let Val::Entity(entity) = one {
                        let is =
                            |role| roles.is_none_or(|roles| roles.iter().any(|&one| policy.role(role).counts_as(one)));
                        let leads = |role| match roles {
                            Some(roles) => roles.iter().any(|&one| policy.role(role).may_lead_to(one)),
                            None => policy.role(role).leads.is_some(),
                        };
                        add(entity, &is);
                        for &above in self.world.facts.above(entity) {
                            add(above, &leads);
                        }
                    }
                    false
                });
            }
        }
        Some(found)
    }
}

fn depends_on_subject(programs: &Programs, condition: NodeId) -> bool {
    programs.mentions(condition, Node::Subject)
        || programs.mentions(condition, Node::Actor)
        || mentions_to(programs, condition)
}

/// Whether a condition asks for the subject's type.
fn mentions_to(programs: &Programs, condition: NodeId) -> bool {
    match programs.node(condition) {
        Node::And(list) | Node::Or(list) => {
            programs.operands(list).iter().any(|&operand| mentions_to(programs, operand))
        }
        Node::Not(operand) => mentions_to(programs, operand),
        Node::To(_) => true,
        _ => false,
    }
}
