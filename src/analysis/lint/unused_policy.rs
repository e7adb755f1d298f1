//! Org policies that are linked to nothing.

use super::{Examined, Finding};
use crate::diagnostics::Code;
use crate::schema::PolicyId;
use rustc_hash::FxHashSet;

pub(super) fn find(examined: &Examined<'_>, findings: &mut Vec<Finding>) {
    let (schema, directory) = (examined.schema(), examined.directory());
    // What they are linked to is told by a directory only.
    if schema.policies.is_empty() || directory.is_empty() {
        return;
    }
    let linked: FxHashSet<PolicyId> =
        directory.entities().flat_map(|entity| directory.links(entity)).map(|link| link.policy).collect();
    for (id, name) in schema.policies.iter_enumerated().filter(|(id, _)| !linked.contains(id)) {
        let Some(&span) = examined.policy().provenance().policies.get(id) else { continue };
        if !examined.is_own(span) {
            continue;
        }
        let help = format!("link it in the directory, `policy: {name}`, or take it out");
        let message = format!("the org policy `{name}` is linked to nothing");
        findings.push(Finding::warning(Code::UnusedPolicy, span, message).help(help));
    }
}
