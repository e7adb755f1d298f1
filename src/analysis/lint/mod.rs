//! Lints: what is legal in a policy or a directory and most likely a mistake.
//!
//! Each lint has a file, a line in `LINTS`, and one in [`WARNINGS`] that explains it. A lint says only what holds whatever
//! is asked: that a condition never holds is proven ([`super::condition`]), and so is that a deny hides an allow. What
//! cannot be proven within bounds is not said.

mod constant_condition;
mod equal_roles;
mod escalation;
mod examined;
mod excision;
mod excision_yaml;
mod expired_assignment;
mod hidden_allow;
mod idle_clause;
mod overtaken_role;
mod redundant_grant;
mod same;
mod single_admin;
mod statement;
mod surely_implied;
mod unmet_deny;
mod unused_action;
mod unused_policy;
mod unused_role;
mod unused_setting;
mod warning;

pub use examined::Examined;
pub use excision::{excision, leftovers};
pub use excision_yaml::excision_yaml;
pub use same::decide_alike;
pub use warning::{WARNINGS, Warning};

use crate::diagnostics::{Code, Diagnostic};
use crate::directory::Edit;
use crate::source::Span;

/// What looks for something, and adds what it finds.
type Find = fn(&Examined<'_>, &mut Vec<Finding>);

/// What a lint found.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The finding, as a warning.
    pub diagnostic: Diagnostic,
    /// What would settle it without changing what is decided.
    pub fix: Option<Fix>,
}

/// An edit that settles a finding.
#[derive(Clone, Debug)]
pub enum Fix {
    /// Texts of a policy are taken out.
    Remove(Vec<Removal>),
    /// Steps on the directory.
    Directory(Vec<Edit>),
}

/// A text to be taken out of a policy.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Removal {
    /// A statement with its clauses, whose span as in [`crate::compile::StatementOrigin`] this is.
    Statement(Span),
    /// An item of a list, with the comma that parts it from the others.
    Item(Span),
    /// A clause, from its keyword to the end of this text.
    Clause(Span),
}

/// All lints with what they look for, in the order in which they are documented.
const LINTS: &[(Code, Find)] = &[
    (Code::UnusedRole, unused_role::find),
    (Code::UnusedAction, unused_action::find),
    (Code::UnusedSetting, unused_setting::find),
    (Code::UnusedPolicy, unused_policy::find),
    (Code::RedundantGrant, redundant_grant::find),
    (Code::HiddenAllow, hidden_allow::find),
    (Code::ConditionAlwaysTrue, constant_condition::find_true),
    (Code::ConditionAlwaysFalse, constant_condition::find_false),
    (Code::WithinNoEffect, idle_clause::find_within),
    (Code::WithoutNoEffect, idle_clause::find_without),
    (Code::EqualRoles, equal_roles::find),
    (Code::SingleAdmin, single_admin::find),
    (Code::ExpiredAssignment, expired_assignment::find),
    (Code::OvertakenRole, overtaken_role::find),
    (Code::DenyNeverMet, unmet_deny::find),
    (Code::EscalationPath, escalation::find),
];

/// Runs the lints that are `wanted`. What they find is not sorted.
#[must_use]
pub fn find(examined: &Examined<'_>, wanted: impl Fn(Code) -> bool) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (_, find) in LINTS.iter().filter(|(code, _)| wanted(*code)) {
        find(examined, &mut findings);
    }
    // What stands in a directory, whoever wrote it there is to take out.
    for finding in &mut findings {
        let in_policy = finding.diagnostic.span().is_some_and(|span| examined.is_in_policy(span));
        if !in_policy && matches!(finding.fix, Some(Fix::Remove(_))) {
            finding.fix = None;
        }
    }
    findings
}

impl Finding {
    fn warning(code: Code, span: Span, message: impl Into<String>) -> Self {
        Self { diagnostic: Diagnostic::warning(code, span, message), fix: None }
    }

    fn here(mut self, text: impl Into<String>) -> Self {
        self.diagnostic = self.diagnostic.here(text);
        self
    }

    fn label(mut self, span: Span, text: impl Into<String>) -> Self {
        self.diagnostic = self.diagnostic.label(span, text);
        self
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.diagnostic = self.diagnostic.help(help);
        self
    }

    fn fix(mut self, fix: Option<Fix>) -> Self {
        self.fix = fix;
        self
    }
}
