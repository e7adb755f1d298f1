//! Settings that nothing reads and nothing gives.

use super::{Examined, Finding};
use crate::compile::Node;
use crate::diagnostics::Code;
use crate::schema::SettingId;
use rustc_hash::FxHashSet;

pub(super) fn find(examined: &Examined<'_>, findings: &mut Vec<Finding>) {
    let (policy, schema, directory) = (examined.policy(), examined.schema(), examined.directory());
    // A directory may give what no condition reads: services read it.
    if schema.settings.is_empty() || directory.is_empty() {
        return;
    }
    let mut used: FxHashSet<SettingId> = schema.settings.iter().filter_map(|info| info.within).collect();
    for node in policy.programs().nodes() {
        if let Node::Setting(_, setting) = node {
            used.insert(setting);
        }
    }
    for id in schema.policies.ids() {
        used.extend(policy.given_settings(id).iter().map(|given| given.setting));
    }
    for entity in directory.entities() {
        used.extend(directory.settings(entity).iter().map(|given| given.setting));
    }
    for (id, info) in schema.settings.iter_enumerated().filter(|(id, _)| !used.contains(id)) {
        let Some(origin) = policy.provenance().settings.get(id).filter(|origin| examined.is_own(origin.span)) else {
            continue;
        };
        let message = format!("nothing reads the setting `{}`, and nothing gives it a value", info.name);
        let finding = Finding::warning(Code::UnusedSetting, origin.span, message);
        findings.push(finding.help("take it out, or give it a value"));
    }
}
