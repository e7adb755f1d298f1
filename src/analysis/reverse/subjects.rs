//! Who could be an answer: gathered from the tables by who holds what on and above the resource, and by whom rules name.

use super::found::{Few, Found};
use super::may_allow;
use super::runs::Runs;
use crate::compile::{Cell, Comparison, Effect, Node, NodeId, Programs, Term};
use crate::decide::{Request, Snapshot, Truth, Val, Variables, World};
use crate::directory::{Directory, EntityId, Stored};
use crate::index::Idx;
use crate::schema::RoleId;
use smallvec::SmallVec;

/// Whoever the conditions of roles held on an entity name; nothing where that may be anybody.
type Named = SmallVec<[(NodeId, Option<Few>); 4]>;

/// Whoever could be an answer.
pub(super) struct Subjects<'a, 'r> {
    snapshot: &'a Snapshot,
    /// The world of the question; its subject is nobody in particular.
    world: World<'r>,
    /// Who may for sure.
    sure: Found<'a>,
    /// Who may, perhaps.
    open: Found<'a>,
    /// Whether anybody may, perhaps.
    anybody: bool,
}

impl<'a: 'r, 'r> Subjects<'a, 'r> {
    pub(super) fn gather(snapshot: &'a Snapshot, request: &'r Request) -> Self {
        let world = World::new(snapshot, request);
        let mut all = Self { snapshot, world, sure: Found::default(), open: Found::default(), anybody: false };
        all.by_roles();
        all.by_rules();
        if !all.anybody {
            let keys = all.keys();
            all.open.ones.extend_from_slice(&keys);
            // Literals of the policy may name whom the directory does not.
            all.open.ones.retain(|subject| subject.index() < snapshot.directory().len());
        }
        all
    }

    /// Who is sure and who is open, each in order.
    pub(super) fn all(mut self, directory: &Directory) -> (Few, Few) {
        let open = if self.anybody { directory.entities().collect() } else { self.open.take() };
        (self.sure.take(), open)
    }

    /// All of them in order, put together as far as they are asked for, beginning behind one.
    pub(super) fn runs(self, directory: &'a Directory, after: Option<EntityId>) -> Runs<'a> {
        let mut runs = Runs::after(after);
        runs.add_found(self.sure, true);
        if self.anybody {
            runs.add_all(directory, None);
        } else {
            runs.add_found(self.open, false);
        }
        runs
    }

    /// The keys that act as any of them.
    fn keys(&self) -> Few {
        let (schema, directory) = (self.snapshot.policy().schema(), self.snapshot.directory());
        let mut keys = Few::new();
        for (ty, info) in schema.types.iter_enumerated() {
            let Some(slot) = info.acts_as.filter(|_| directory.declares_type(ty)) else { continue };
            for subject in self.sure.iter().chain(self.open.iter()) {
                directory.with_value(ty, slot, Stored::Entity(subject), &mut keys);
            }
        }
        keys
    }

    fn by_roles(&mut self) {
        let (snapshot, permission) = (self.snapshot, self.world.request.permission);
        let Some(profile) = snapshot.policy().profile(permission) else { return };
        let (page, surely) = (snapshot.page(profile), !profile.may_be_denied());
        for entity in self.world.facts.upwards(self.world.request.resource) {
            // Many sets have a term in common.
            let mut named: Named = Named::new();
            snapshot.holdings().holders(entity, |set, run| {
                let Some(set) = set else { return self.open.runs.push(run) };
                if page.is_some_and(|page| page.said(set.0).is_silent(profile)) {
                    return;
                }
                match snapshot.cells().cell(set, profile) {
                    Cell::Nothing => {}
                    Cell::Allowed if surely => self.sure.runs.push(run),
                    Cell::Allowed => self.open.runs.push(run),
                    Cell::Depends(terms) => self.by_terms(entity, terms, run, &mut named),
                }
            });
        }
    }

    /// Whom the conditions of roles held on an entity let through, of those who hold them: each by whom it names, if that can
    /// be looked up.
    fn by_terms(&mut self, on: EntityId, terms: &[Term], run: &'a [EntityId], named: &mut Named) {
        let mut met: SmallVec<[NodeId; 4]> = SmallVec::new();
        for term in terms.iter().filter(|term| may_allow(term)) {
            let condition = match term {
                Term::Grant { grant, .. } => grant.condition,
                Term::Implied { .. } => None,
            };
            let Some(condition) = condition else { return self.open.runs.push(run) };
            if !named.iter().any(|(known, _)| *known == condition) {
                let subjects = self.subjects(condition, Some(on));
                named.push((condition, subjects));
            }
            if named.iter().any(|(known, subjects)| *known == condition && subjects.is_none()) {
                return self.open.runs.push(run);
            }
            met.push(condition);
        }
        for (_, subjects) in named.iter().filter(|(condition, _)| met.contains(condition)) {
            for subject in subjects.iter().flatten().filter(|subject| run.binary_search(subject).is_ok()) {
                self.open.ones.push(*subject);
            }
        }
    }

    fn by_rules(&mut self) {
        let snapshot = self.snapshot;
        for rule in snapshot.policy().rules_of(self.world.request.permission, Effect::Allow).all() {
            let found = rule.condition.and_then(|condition| self.subjects(condition, None));
            let Some(found) = found else {
                self.anybody = true;
                return;
            };
            self.open.ones.extend(found);
        }
    }

    /// Whoever a condition may hold for, of a role held on `scope` or of none; nothing where that may be anybody.
    fn subjects(&self, condition: NodeId, scope: Option<EntityId>) -> Option<Few> {
        let programs = self.snapshot.policy().programs();
        if !depends_on_subject(programs, condition) {
            // What cannot be computed allows nobody.
            let variables = self.variables(scope);
            return (self.world.truth(condition, variables) != Truth::True).then(Few::new);
        }
        match programs.node(condition) {
            Node::And(list) => {
                let found = programs.operands(list).iter().filter_map(|&operand| self.subjects(operand, scope));
                found.min_by_key(|found| found.len())
            }
            Node::Or(list) => {
                let found: Option<Vec<_>> =
                    programs.operands(list).iter().map(|&operand| self.subjects(operand, scope)).collect();
                found.map(|found| found.into_iter().flatten().collect())
            }
            Node::Compare(Comparison::Eq, left, right) => {
                self.named(left, right, scope).or_else(|| self.named(right, left, scope))
            }
            Node::Compare(Comparison::In, left, right) => self.named(left, right, scope),
            Node::Compare(Comparison::Contains, left, right) => self.named(right, left, scope),
            Node::Has(subject, roles, on) => self.holders(subject, Some(programs.roles(roles)), on, scope),
            Node::HasAny(subject, on) => self.holders(subject, None, on, scope),
            _ => None,
        }
    }

    fn variables(&self, scope: Option<EntityId>) -> Variables {
        Variables { subject: self.world.request.actor, resource: self.world.request.resource, scope }
    }

    /// Whoever a value names, where `subject` is compared with it.
    fn named(&self, subject: NodeId, value: NodeId, scope: Option<EntityId>) -> Option<Few> {
        let programs = self.snapshot.policy().programs();
        let is_subject = matches!(programs.node(subject), Node::Subject | Node::Actor);
        if !is_subject || depends_on_subject(programs, value) {
            return None;
        }
        let mut found = Few::new();
        match self.world.value(value, self.variables(scope)) {
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
    fn holders(&self, subject: NodeId, roles: Option<&[RoleId]>, on: NodeId, scope: Option<EntityId>) -> Option<Few> {
        let (snapshot, policy) = (self.snapshot, self.snapshot.policy());
        if policy.programs().node(subject) != Node::Subject || depends_on_subject(policy.programs(), on) {
            return None;
        }
        let holdings = snapshot.holdings();
        let mut found = Few::new();
        let mut add = |entity: EntityId, counts: &dyn Fn(RoleId) -> bool| {
            holdings.holders(entity, |set, run| {
                if set.is_none_or(|set| holdings.roles(set).iter().any(|&role| counts(role))) {
                    found.extend_from_slice(run);
                }
            });
        };
        match self.world.value(on, self.variables(scope)) {
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

/// Whether a condition asks who the subject is, or of which type.
fn depends_on_subject(programs: &Programs, condition: NodeId) -> bool {
    programs.any(condition, |node| matches!(node, Node::Subject | Node::Actor | Node::To(_)))
}
