//! What somebody may do something to.

use super::sources::{Conditions, Wanted};
use super::{Says, may_be_denied, says, terms};
use crate::compile::{Cell, Effect, RoleSetId, Term};
use crate::decide::{Query, Request, RequestError, Snapshot, World};
use crate::directory::{EntityId, Held, Row};
use crate::schema::{PermissionId, RoleId, TypeId};

/// All entities of a type that the subject of a query may do its action to, in the order of the directory. The query's own
/// resource is not looked at.
///
/// # Errors
/// As [`Snapshot::check`], and where there is no such type.
pub fn list(snapshot: &Snapshot, query: &Query, type_name: &str) -> Result<Vec<EntityId>, RequestError> {
    let (mut request, ty) = Request::resolve_for_type(snapshot, query, type_name)?;
    let Some(subject) = World::new(snapshot, &request).subject() else { return Ok(Vec::new()) };
    let permission = request.permission;
    let mut listing = Listing { snapshot, ty, subject, permission, sure: Vec::new(), open: Vec::new() };
    listing.by_roles();
    listing.by_rules();
    if request.said.is_some() {
        // What a query says of one that only is mentioned may put it anywhere.
        listing.open.extend_from_slice(snapshot.directory().mentioned(ty));
    }
    let Listing { mut sure, mut open, .. } = listing;
    sure.sort_unstable();
    sure.dedup();
    open.sort_unstable();
    open.dedup();
    open.retain(|&resource| {
        if sure.binary_search(&resource).is_ok() {
            return false;
        }
        request.resource = resource;
        request.is_allowed(snapshot)
    });
    if !open.is_empty() {
        sure.append(&mut open);
        sure.sort_unstable();
    }
    Ok(sure)
}

struct Listing<'a> {
    snapshot: &'a Snapshot,
    ty: TypeId,
    subject: EntityId,
    permission: PermissionId,
    /// What it may be done to for sure.
    sure: Vec<EntityId>,
    /// What it may be done to, perhaps.
    open: Vec<EntityId>,
}

impl Listing<'_> {
    fn row(&self) -> Row<'_> {
        self.snapshot.holdings().row(self.subject)
    }

    fn by_roles(&mut self) {
        let snapshot = self.snapshot;
        let deniable = may_be_denied(snapshot, self.permission);
        let row = snapshot.holdings().row(self.subject);
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
        let mut wanted = Vec::new();
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
        self.open.extend_from_slice(self.snapshot.directory().mentioned(self.ty));
        let mut known: Vec<Wanted> = Vec::new();
        for rule in rules {
            let Some(wanted) = rule.condition.and_then(|condition| self.conditions().wanted(condition)) else {
                let directory = self.snapshot.directory();
                self.open.extend(directory.entities().filter(|&entity| directory.type_of(entity) == self.ty));
                return;
            };
            if !known.contains(&wanted) {
                self.fetch(&wanted);
                known.push(wanted);
            }
        }
    }

    fn conditions(&self) -> Conditions<'_> {
        Conditions { snapshot: self.snapshot, resource: self.ty, subject: self.subject }
    }

    /// Adds what is wanted.
    fn fetch(&mut self, wanted: &Wanted) {
        match wanted {
            Wanted::Value(ty, slot, value) => {
                let mut found = Vec::new();
                self.snapshot.directory().with_value(*ty, *slot, *value, &mut found);
                if *ty == self.ty {
                    self.open.append(&mut found);
                } else {
                    found.into_iter().for_each(|outer| self.within(outer, false));
                }
            }
            Wanted::Held(roles) => {
                let on: Vec<EntityId> = self
                    .row()
                    .held()
                    .iter()
                    .filter(|held| self.may_be(held, roles.as_deref()))
                    .map(|held| held.on)
                    .collect();
                on.into_iter().for_each(|outer| self.within(outer, false));
            }
            Wanted::Any(any) => any.iter().for_each(|one| self.fetch(one)),
        }
    }

    /// Whether an entry of the subject's row may come to one of some roles, there or below.
    fn may_be(&self, held: &Held, roles: Option<&[RoleId]>) -> bool {
        let policy = self.snapshot.policy();
        self.snapshot.holdings().roles_of(self.row(), held).any(|role| {
            let role = policy.role(role);
            roles.is_none_or(|roles| roles.iter().any(|&one| role.counts_as(one) || role.may_lead_to(one)))
        })
    }

    fn within(&mut self, outer: EntityId, surely: bool) {
        let schema = self.snapshot.policy().schema();
        let found = if surely { &mut self.sure } else { &mut self.open };
        self.snapshot.directory().within(schema, outer, self.ty, found);
    }
}
