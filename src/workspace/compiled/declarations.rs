//! What a directory adds to the policy, and what there is to say about both, in a compiled file: JSON.

use super::nodes::{FlatNode, Place, flatten, span, unflatten};
use crate::diagnostics::{Code, Diagnostic, Label, Severity};
use crate::directory::tree::{CustomRoleEntry, Declarations, PolicyEntry};
use crate::source::{Span, Spanned};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Both.
#[derive(Serialize, Deserialize)]
pub(super) struct Written {
    custom_roles: Vec<WrittenRole>,
    policies: Vec<WrittenPolicy>,
    findings: Vec<Finding>,
}

#[derive(Serialize, Deserialize)]
struct WrittenRole {
    name: (String, Place),
    #[serde(default, skip_serializing_if = "Option::is_none")]
    organization: Option<(String, Place)>,
    nodes: Vec<FlatNode>,
}

#[derive(Serialize, Deserialize)]
struct WrittenPolicy {
    name: (String, Place),
    nodes: Vec<FlatNode>,
}

#[derive(Serialize, Deserialize)]
struct Finding {
    code: String,
    error: bool,
    message: String,
    labels: Vec<(Place, String)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    help: Option<String>,
    stands_for: usize,
}

impl Written {
    pub(super) fn of(declarations: &Declarations, findings: &[Diagnostic], place: &dyn Fn(Span) -> Place) -> Self {
        let spanned = |text: &Spanned<String>| (text.value.clone(), place(text.span));
        let role = |role: &Arc<CustomRoleEntry>| WrittenRole {
            name: spanned(&role.name),
            organization: role.organization.as_ref().map(spanned),
            nodes: flatten(&role.node, place),
        };
        let policy =
            |policy: &PolicyEntry| WrittenPolicy { name: spanned(&policy.name), nodes: flatten(&policy.node, place) };
        let finding = |finding: &Diagnostic| Finding {
            code: finding.code.as_str().to_owned(),
            error: finding.is_error(),
            message: finding.message.clone(),
            labels: finding.labels.iter().map(|label| (place(label.span), label.text.clone())).collect(),
            help: finding.help.clone(),
            stands_for: finding.stands_for,
        };
        Self {
            custom_roles: declarations.custom_roles().iter().map(role).collect(),
            policies: declarations.policies().iter().map(policy).collect(),
            findings: findings.iter().map(finding).collect(),
        }
    }

    /// What was written; nothing where a place is not there, or a code.
    pub(super) fn read(self, is_place: &dyn Fn(Span) -> bool) -> Option<(Declarations, Vec<Diagnostic>)> {
        let spanned = |(text, at): (String, Place)| Some(Spanned::new(text, span(at, is_place)?));
        let mut custom_roles = Vec::with_capacity(self.custom_roles.len());
        for WrittenRole { name, organization, nodes } in self.custom_roles {
            let organization = match organization {
                Some(organization) => Some(spanned(organization)?),
                None => None,
            };
            custom_roles.push(CustomRoleEntry {
                name: spanned(name)?,
                organization,
                node: unflatten(nodes, is_place)?,
            });
        }
        let mut policies = Vec::with_capacity(self.policies.len());
        for WrittenPolicy { name, nodes } in self.policies {
            policies.push(PolicyEntry { name: spanned(name)?, node: unflatten(nodes, is_place)? });
        }
        let mut findings = Vec::with_capacity(self.findings.len());
        for Finding { code, error, message, labels, help, stands_for } in self.findings {
            let mut read = Vec::with_capacity(labels.len());
            for (at, text) in labels {
                read.push(Label { span: span(at, is_place)?, text });
            }
            let severity = if error { Severity::Error } else { Severity::Warning };
            findings.push(Diagnostic { code: Code::named(&code)?, severity, message, labels: read, help, stands_for });
        }
        Some((Declarations::new(custom_roles, policies), findings))
    }
}
