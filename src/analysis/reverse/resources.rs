//! What could be in a list: gathered from the tables by what the subject holds and by what rules want.

use super::found::{Few, Found};
use super::runs::Runs;
use super::sources::{Conditions, Wanted};
use super::{Says, may_be_denied, says, terms};
use crate::compile::{Cell, Effect, RoleSetId, Term};
use crate::decide::{Request, Snapshot};
use crate::directory::{EntityId, Held, Row};
use crate::schema::{PermissionId, RoleId, TypeId};
use smallvec::SmallVec;

/// What could be in a list of the entities of a type. Most of it lies in the tables as runs in order, which are not put
/// together before they are asked for.
pub(super) struct Resources<'a> {
    snapshot: &'a Snapshot,
    ty: TypeId,
    subject: EntityId,
    permission: PermissionId,
    /// What it may be done to for sure.
    sure: Found<'a>,
    /// What it may be done to, perhaps.
    open: Found<'a>,
    /// Whether it may be done to anything of the type, perhaps.
    anything: bool,
}

impl<'a> Resources<'a> {
    pub(super) fn gather(snapshot: &'a Snapshot, request: &Request, ty: TypeId, subject: EntityId) -> Self {
        let (sure, open) = (Found::default(), Found::default());
        let mut all = Self { snapshot, ty, subject, permission: request.permission, sure, open, anything: false };
        all.by_roles();
        all.by_rules();
        if request.said.is_some() {
            // What a query says of one that only is mentioned may put it anywhere.
            snapshot.directory().mentioned(ty, |run| all.open.runs.push(run));
        }
        all
    }

    /// What is sure and what is open, each in order.
    pub(super) fn all(mut self) -> (Few, Few) {
        let directory = self.snapshot.directory();
        let open = if self.anything {
            directory.entities().filter(|&entity| directory.type_of(entity) == self.ty).collect()
        } else {
            self.open.take()
        };
        (self.sure.take(), open)
    }

    /// All of it in order, put together as far as it is asked for, beginning behind an entity.
    pub(super) fn runs(self, after: Option<EntityId>) -> Runs<'a> {
        let mut runs = Runs::after(after);
        runs.add_found(self.sure, true);
        runs.add_found(self.open, false);
        if self.anything {
            runs.add_all(self.snapshot.directory(), Some(self.ty));
        }
        runs
    }

    fn row(&self) -> Row<'a> {
        self.snapshot.holdings().row(self.subject)
    }

    fn by_roles(&mut self) {
        let snapshot = self.snapshot;
        let deniable = may_be_denied(snapshot, self.permission);
        let row = self.row();
        for held in row.held() {
            let always = row.always(held);
            if let Some(set) = always {
                match says(snapshot, set, self.permission) {
                    Says::Allows if !deniable => {
                        self.within(held.on, true);
                        continue;
                    }
                    Says::Allows => self.within(held.on, false),
                    Says::MayAllow => self.by_terms(held.on, set),
                    Says::Nothing => {}
                }
            }
            for qualified in row.qualified(held) {
                if !matches!(says(snapshot, qualified.set, self.permission), Says::Nothing) {
                    self.within(held.on, false);
                }
            }
        }
    }

    /// What the conditions of roles held on an entity let through: each by what it wants, if that can be looked up.
    fn by_terms(&mut self, on: EntityId, set: RoleSetId) {
        let Cell::Depends(terms) = terms(self.snapshot, set, self.permission) else { return };
        let mut wanted: SmallVec<[Wanted; 2]> = SmallVec::new();
        for term in terms {
            match term {
                Term::Grant { grant, .. } if grant.effect == Effect::Deny => {}
                Term::Grant { grant, .. } => {
                    match grant.condition.and_then(|condition| self.conditions().wanted(condition)) {
                        // Wherever the subject holds a role is no less than here.
                        None | Some(Wanted::Held(_)) => return self.within(on, false),
                        Some(one) => wanted.push(one),
                    }
                }
                Term::Implied { .. } => return self.within(on, false),
            }
        }
        for one in wanted {
            self.fetch(&one);
        }
    }

    fn by_rules(&mut self) {
        let rules = self.snapshot.policy().rules_of(self.permission, Effect::Allow).all();
        if rules.is_empty() {
            return;
        }
        // What only is mentioned may have a value by default, and is in no list.
        self.snapshot.directory().mentioned(self.ty, |run| self.open.runs.push(run));
        let mut known: SmallVec<[Wanted; 2]> = SmallVec::new();
        for rule in rules {
            let Some(wanted) = rule.condition.and_then(|condition| self.conditions().wanted(condition)) else {
                self.anything = true;
                return;
            };
            if !known.contains(&wanted) {
                self.fetch(&wanted);
                known.push(wanted);
            }
        }
    }

    fn conditions(&self) -> Conditions<'a> {
        Conditions { snapshot: self.snapshot, resource: self.ty, subject: self.subject }
    }

    /// Adds what is wanted.
    fn fetch(&mut self, wanted: &Wanted) {
        match wanted {
            Wanted::Value(ty, slot, value) => {
                let mut found = Few::new();
                self.snapshot.directory().with_value(*ty, *slot, *value, &mut found);
                if *ty == self.ty {
                    self.open.ones.append(&mut found);
                } else {
                    found.into_iter().for_each(|outer| self.within(outer, false));
                }
            }
            Wanted::Held(roles) => {
                let on: Few =
                    self.row().held().filter(|&held| self.may_be(held, roles.as_deref())).map(|held| held.on).collect();
                on.into_iter().for_each(|outer| self.within(outer, false));
            }
            Wanted::Any(any) => any.iter().for_each(|one| self.fetch(one)),
        }
    }

    /// Whether an entry of the subject's row may come to one of some roles, there or below.
    fn may_be(&self, held: Held, roles: Option<&[RoleId]>) -> bool {
        let policy = self.snapshot.policy();
        self.snapshot.holdings().roles_of(self.row(), held).any(|role| {
            let role = policy.role(role);
            roles.is_none_or(|roles| roles.iter().any(|&one| role.counts_as(one) || role.may_lead_to(one)))
        })
    }

    /// Adds what lies in an entity, itself included.
    fn within(&mut self, outer: EntityId, surely: bool) {
        let (directory, schema) = (self.snapshot.directory(), self.snapshot.policy().schema());
        let found = if surely { &mut self.sure } else { &mut self.open };
        if directory.type_of(outer) == self.ty {
            found.ones.push(outer);
        }
        directory.contained(schema, outer, self.ty, |run| found.runs.push(run));
    }
}
