//! Whether each pattern after `without` takes something off.
//!
//! This is the one check that needs to know what a role inherits. It walks the bases of the roles that say `without`,
//! bases first, without recursion; roles whose bases run in a circle, or stand on something that could not be
//! resolved, are passed over, as that was reported.

use super::super::findings::Findings;
use super::super::names::Names;
use crate::diagnostics::{Code, Diagnostic};
use crate::index::{Chunks, Idx};
use crate::model::Role;
use crate::schema::{PermissionId, RoleId};
use crate::syntax::ast::Effect;
use fixedbitset::FixedBitSet;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// What a role allows after its bases and its own statements.
#[derive(Clone, Debug)]
enum Allows {
    /// Its bases are being looked at.
    Open,
    /// These permissions, with or without a condition.
    Known(FixedBitSet),
    /// It cannot be known.
    Lost,
}

/// Checks those of the roles that say `without`; `is_sound` tells of each whether all of it could be resolved.
pub(in crate::model) fn check(
    names: &Names<'_>,
    roles: &Chunks<RoleId, Arc<Role>>,
    looked_at: impl Iterator<Item = RoleId>,
    is_sound: impl Fn(RoleId) -> bool,
    findings: &mut Findings,
) {
    // What is not in here was not looked at yet.
    let mut allows: FxHashMap<RoleId, Allows> = FxHashMap::default();
    for start in looked_at.filter(|&role| roles.get(role).is_some_and(|role| !role.without.is_empty())) {
        let mut stack = vec![start];
        while let Some(&role) = stack.last() {
            match allows.get(&role) {
                None => {
                    allows.insert(role, Allows::Open);
                    let bases = roles[role].extends.iter().map(|base| base.value);
                    stack.extend(bases.filter(|base| !allows.contains_key(base)));
                }
                Some(Allows::Open) => {
                    stack.pop();
                    let inherited = inherited(names, &roles[role], &allows);
                    let found = match inherited {
                        Some(inherited) if is_sound(role) => {
                            check_role(names, &roles[role], &inherited, findings);
                            Allows::Known(own(&roles[role], inherited))
                        }
                        _ => Allows::Lost,
                    };
                    allows.insert(role, found);
                }
                Some(Allows::Known(_) | Allows::Lost) => {
                    stack.pop();
                }
            }
        }
    }
}

/// What all bases together allow; nothing where one of them is not known, as within a circle.
fn inherited(names: &Names<'_>, role: &Role, allows: &FxHashMap<RoleId, Allows>) -> Option<FixedBitSet> {
    let mut inherited = FixedBitSet::with_capacity(names.schema.permissions.len());
    for base in &role.extends {
        match allows.get(&base.value) {
            Some(Allows::Known(base)) => inherited.union_with(base),
            _ => return None,
        }
    }
    Some(inherited)
}

/// What a role allows, from what it inherits.
fn own(role: &Role, mut inherited: FixedBitSet) -> FixedBitSet {
    for permission in role.without.iter().flat_map(|removal| &removal.permissions) {
        inherited.set(permission.index(), false);
    }
    for statement in role.statements.iter().filter(|statement| statement.effect == Effect::Allow) {
        inherited.extend(statement.permissions.iter().map(|allowed| allowed.permission.index()));
    }
    inherited
}

fn check_role(names: &Names<'_>, role: &Role, inherited: &FixedBitSet, findings: &mut Findings) {
    let allowed = |permission: &PermissionId| inherited.contains(permission.index());
    for removal in role.without.iter().filter(|removal| !removal.permissions.iter().any(allowed)) {
        let help = match removal.permissions.as_slice() {
            _ if role.extends.is_empty() => String::from("the role extends none, so there is nothing to remove"),
            [one] => format!("no role that it extends allows `{}`", names.schema.permission_name(*one)),
            _ => String::from("no role that it extends allows any of these"),
        };
        findings.report(
            Diagnostic::error(Code::WithoutNoEffect, removal.span, "this `without` removes nothing").help(help),
        );
    }
}
