//! Denials that nobody can ever meet.

use super::statement::Written;
use super::{Examined, Finding, Fix, Removal};
use crate::analysis::condition::{Given, Truths};
use crate::compile::{Effect, NodeId};
use crate::diagnostics::Code;

pub(super) fn find(examined: &Examined<'_>, findings: &mut Vec<Finding>) {
    for written in examined.statements() {
        if is_unmet(examined, written) {
            let finding = Finding::warning(Code::DenyNeverMet, written.origin.span, "nobody can ever meet this deny")
                .here("its conditions never hold together")
                .help("put its conditions right, or take it out");
            findings.push(finding.fix(Some(Fix::Remove(vec![Removal::Statement(written.origin.span)]))));
        }
    }
}

/// Whether a deny never counts, neither by its conditions nor because they cannot be computed.
pub(super) fn is_unmet(examined: &Examined<'_>, written: &Written<'_>) -> bool {
    let programs: Vec<(NodeId, Truths)> =
        written.programs(examined.policy()).into_iter().map(|program| (program, Truths::NOT_FALSE)).collect();
    written.effect() == Effect::Deny
        && !written.grants.is_empty()
        && !programs.is_empty()
        && written
            .grants
            .iter()
            .all(|grant| examined.never(&programs, written.occasion(examined, grant.permission), Given::MayMiss))
}
