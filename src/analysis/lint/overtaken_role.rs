//! Custom roles that their base has caught up with.

use super::{Examined, Finding, redundant_grant};
use crate::compile::Grant;
use crate::diagnostics::Code;
use crate::schema::RoleId;

pub(super) fn find(examined: &Examined<'_>, findings: &mut Vec<Finding>) {
    for (role, span) in examined.own_roles() {
        let Some(base) = base(examined, role) else { continue };
        let (name, base_name) = (examined.schema().role_name(role), examined.schema().role_name(base));
        let message = format!("the custom role `{name}` grants nothing beyond its base `{base_name}`");
        let place = examined.policy().provenance().roles.get(base).map(|origin| origin.span);
        let mut finding = Finding::warning(Code::OvertakenRole, span, message).here("the base grants all of it by now");
        if let Some(place) = place {
            finding = finding.label(place, "its base");
        }
        findings.push(finding.help(format!("assign `{base_name}` instead, or say what sets `{name}` apart")));
    }
}

/// The base of a custom role that has but one, and neither gives nor takes anything besides.
pub(super) fn base(examined: &Examined<'_>, role: RoleId) -> Option<RoleId> {
    let policy = examined.policy();
    policy.schema().roles.get(role).filter(|info| info.custom)?;
    let [(base, _)] = policy.provenance().roles.get(role)?.extends.as_slice() else { return None };
    let (own, inherited) = (policy.role(role), policy.role(*base));
    // It may carry a condition of its own besides, be it that under which its base is open.
    let open_when = policy.provenance().roles.get(role).is_some_and(|origin| !origin.when.is_empty());
    let kept = |grant: &Grant| own.grants_of(grant.permission).contains(grant);
    let same = !open_when
        && own.when == inherited.when
        && own.requires == inherited.requires
        && own.implies == inherited.implies
        && inherited.grants.iter().all(kept);
    let is_own = policy.provenance().roles.get(role).is_some_and(|origin| examined.is_own(origin.span));
    (same && is_own && redundant_grant::is_all_inherited(examined, role)).then_some(*base)
}
