//! Actions that nothing allows.

use super::{Examined, Finding};
use crate::compile::Effect;
use crate::diagnostics::Code;
use crate::schema::PermissionId;
use fixedbitset::FixedBitSet;

pub(super) fn find(examined: &Examined<'_>, findings: &mut Vec<Finding>) {
    let (policy, schema) = (examined.policy(), examined.schema());
    let mut allowed = FixedBitSet::with_capacity(schema.permissions.len());
    for (role, _) in schema.declared_roles() {
        let grants = policy.role(role).grants.iter().filter(|grant| grant.effect == Effect::Allow);
        grants.for_each(|grant| allowed.insert(grant.permission.0 as usize));
    }
    for (permission, info) in schema.permissions.iter_enumerated() {
        let by_rule = !policy.rules_of(permission, Effect::Allow).all().is_empty();
        let place = policy.provenance().permissions.get(permission).map(|origin| origin.span);
        let Some(span) = place.filter(|&span| examined.is_own(span)) else { continue };
        if by_rule || allowed.contains(permission.0 as usize) || examined.may_be_composed(info.ty) {
            continue;
        }
        let name = schema.permission_name(permission);
        let finding = Finding::warning(Code::UnusedAction, span, format!("nothing allows `{name}`"));
        findings.push(finding.here("always denied").help(help(examined, permission)));
    }
}

fn help(examined: &Examined<'_>, permission: PermissionId) -> String {
    let name = examined.schema().permission_name(permission);
    let denied = examined.policy().rules(permission).next().is_some();
    if denied {
        format!("grant it in a role, `allow {name}`, or take it out, with the denials that speak of it")
    } else {
        format!("grant it in a role, `allow {name}`, or take it out")
    }
}
