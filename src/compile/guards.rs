//! Who may change what: the permissions that guard changes to entities and assignments. Read when something is to change,
//! never when a request is decided.

use crate::index::{Chunks, IndexVec};
use crate::model::{AssignedBy, Model, Role};
use crate::schema::{PermissionId, RoleId, TypeId};
use crate::source::Span;
use crate::syntax::ast::ChangeKind;
use std::sync::Arc;

/// `create by P, …` and its like: any one of the permissions suffices.
#[derive(Clone, Debug)]
pub struct ChangeGuard {
    /// What is guarded.
    pub kind: ChangeKind,
    /// The permissions, of the type or of types that contain it.
    pub permissions: Box<[PermissionId]>,
    /// Their place.
    pub span: Span,
}

/// `assigned [freely] by P, …`: any one of the permissions suffices.
#[derive(Clone, Debug)]
pub struct AssignmentGuard {
    /// Whether a role may be assigned that grants more than the one who assigns it is granted.
    pub freely: bool,
    /// The permissions, of the role's type or of types that contain it.
    pub permissions: Box<[PermissionId]>,
    /// Their place.
    pub span: Span,
}

/// The guards of a policy.
#[derive(Clone, Debug, Default)]
pub struct Guards {
    changes: Arc<IndexVec<TypeId, Box<[ChangeGuard]>>>,
    assignments: Chunks<RoleId, Option<Arc<AssignmentGuard>>>,
}

impl Guards {
    /// `order` names every role once, bases before what extends them.
    pub(super) fn build(model: &Model, order: &[RoleId]) -> Self {
        let changes = model.types.iter().map(|ty| {
            let guard = |(kind, by): &(ChangeKind, AssignedBy)| ChangeGuard {
                kind: *kind,
                permissions: by.permissions.clone().into(),
                span: by.span,
            };
            ty.changes.iter().map(guard).collect()
        });
        let mut assignments: Chunks<RoleId, Option<Arc<AssignmentGuard>>> = model.roles.iter().map(|_| None).collect();
        for &id in order {
            let guard = assignment(&model.roles[id], &assignments);
            assignments.set(id, guard);
        }
        Self { changes: Arc::new(changes.collect()), assignments }
    }

    /// With those of some roles, new ones or others, found anew, bases first.
    pub(super) fn again(&self, model: &Model, roles: &[RoleId]) -> Self {
        let mut assignments = self.assignments.clone();
        while assignments.len() < model.roles.len() {
            assignments.push(None);
        }
        for &id in roles {
            let guard = model.roles.get(id).and_then(|role| assignment(role, &assignments));
            assignments.set(id, guard);
        }
        Self { changes: Arc::clone(&self.changes), assignments }
    }

    /// The same without the guard of a kind of change to entities of a type.
    pub(super) fn without_change(&self, ty: TypeId, kind: ChangeKind) -> Self {
        let mut changes = IndexVec::clone(&self.changes);
        if let Some(guards) = changes.get_mut(ty) {
            *guards = guards.iter().filter(|guard| guard.kind != kind).cloned().collect();
        }
        Self { changes: Arc::new(changes), assignments: self.assignments.clone() }
    }

    /// The guard of a kind of change to entities of a type; without one, everything that can be reached is asked for.
    #[must_use]
    pub fn change(&self, ty: TypeId, kind: ChangeKind) -> Option<&ChangeGuard> {
        self.changes.get(ty)?.iter().find(|guard| guard.kind == kind)
    }

    /// The guard of a role's assignments; without one, everything that can be reached is asked for.
    #[must_use]
    pub fn assignment(&self, role: RoleId) -> Option<&AssignmentGuard> {
        self.assignments.get(role)?.as_deref()
    }
}

/// A role's own guard, or else that of its bases together: any permission that one of them names suffices, and the
/// comparison is lifted only where each of them that has a guard lifts it.
fn assignment(role: &Role, known: &Chunks<RoleId, Option<Arc<AssignmentGuard>>>) -> Option<Arc<AssignmentGuard>> {
    if let Some(own) = &role.assigned_by {
        let permissions = own.permissions.clone().into();
        return Some(Arc::new(AssignmentGuard { freely: own.freely, permissions, span: own.span }));
    }
    let mut bases = role.extends.iter().filter_map(|base| known.get(base.value)?.as_ref());
    let first = bases.next()?;
    let rest: Vec<&Arc<AssignmentGuard>> = bases.collect();
    if rest.is_empty() {
        return Some(Arc::clone(first));
    }
    let mut joined = AssignmentGuard::clone(first);
    let mut permissions = joined.permissions.to_vec();
    for guard in rest {
        joined.freely &= guard.freely;
        permissions.extend(guard.permissions.iter().filter(|permission| !first.permissions.contains(permission)));
    }
    permissions.sort_unstable();
    permissions.dedup();
    joined.permissions = permissions.into();
    Some(Arc::new(joined))
}
