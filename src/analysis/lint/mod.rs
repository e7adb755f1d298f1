//! Lints: what is legal in a policy or a directory and most likely a mistake.
//!
//! Each lint has a file and a line in [`LINTS`]. A lint says only what holds whatever is asked: that a condition never
//! holds is proven ([`super::condition`]), and so is that a deny hides an allow. What cannot be proven within bounds is
//! not said.

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
mod unmet_deny;
mod unused_action;
mod unused_policy;
mod unused_role;
mod unused_setting;

pub use examined::Examined;
pub use excision::{excision, leftovers};
pub use excision_yaml::excision_yaml;
pub use same::decide_alike;

use crate::diagnostics::{Code, Diagnostic};
use crate::directory::Edit;
use crate::source::Span;

/// What one lint is.
#[derive(Clone, Copy, Debug)]
pub struct Lint {
    /// The code of its findings.
    pub code: Code,
    /// Why it matters, in a sentence.
    pub why: &'static str,
    /// What `check --fix` does about it; nothing where a person has to decide.
    pub fix: Option<&'static str>,
    find: fn(&Examined<'_>, &mut Vec<Finding>),
}

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
    /// A step on the directory.
    Directory(Edit),
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

/// All lints, in the order in which they are documented.
pub const LINTS: &[Lint] = &[
    Lint {
        code: Code::UnusedRole,
        why: "Nobody holds it, and nothing builds on it: it is left over, or an assignment was forgotten.",
        fix: None,
        find: unused_role::find,
    },
    Lint {
        code: Code::UnusedAction,
        why: "Nothing allows it, so it is always denied: a grant was forgotten, or the action is left over.",
        fix: None,
        find: unused_action::find,
    },
    Lint {
        code: Code::UnusedSetting,
        why: "Nothing reads it and nothing gives it a value.",
        fix: None,
        find: unused_setting::find,
    },
    Lint {
        code: Code::UnusedPolicy,
        why: "It is linked to nothing, so that its values and guardrails have no effect.",
        fix: None,
        find: unused_policy::find,
    },
    Lint {
        code: Code::RedundantGrant,
        why: "Whoever takes it away believes that something is forbidden by it, and nothing is.",
        fix: Some("takes out what is said already"),
        find: redundant_grant::find,
    },
    Lint {
        code: Code::HiddenAllow,
        why: "It reads like a permission and gives none.",
        fix: None,
        find: hidden_allow::find,
    },
    Lint {
        code: Code::ConditionAlwaysTrue,
        why: "It restricts nothing, although it reads as if it did.",
        fix: Some("takes out the clause, where it can always be computed"),
        find: constant_condition::find_true,
    },
    Lint {
        code: Code::ConditionAlwaysFalse,
        why: "What depends on it never happens.",
        fix: Some("takes out the clause, where it is an `unless` and can always be computed"),
        find: constant_condition::find_false,
    },
    Lint {
        code: Code::WithinNoEffect,
        why: "Everything that the statement speaks of lies there anyway.",
        fix: Some("takes out the clause"),
        find: idle_clause::find_within,
    },
    Lint {
        code: Code::WithoutNoEffect,
        why: "The role gives again itself what it takes away.",
        fix: None,
        find: idle_clause::find_without,
    },
    Lint {
        code: Code::EqualRoles,
        why: "Two names for one thing drift apart as soon as one of them is edited.",
        fix: None,
        find: equal_roles::find,
    },
    Lint {
        code: Code::SingleAdmin,
        why: "When that one leaves, nobody can let others in.",
        fix: None,
        find: single_admin::find,
    },
    Lint {
        code: Code::ExpiredAssignment,
        why: "It gives nothing any more, and hides who has access among those who had.",
        fix: Some("takes the assignment out of the directory's file"),
        find: expired_assignment::find,
    },
    Lint {
        code: Code::OvertakenRole,
        why: "Its base grants by now all that it was made for.",
        fix: None,
        find: overtaken_role::find,
    },
    Lint {
        code: Code::DenyNeverMet,
        why: "It reads like a safeguard and stops nobody.",
        fix: Some("takes out the deny"),
        find: unmet_deny::find,
    },
    Lint {
        code: Code::EscalationPath,
        why: "Whoever holds the role can give themselves what it does not grant.",
        fix: None,
        find: escalation::find,
    },
];

/// The lint of a code.
#[must_use]
pub fn of_code(code: Code) -> Option<&'static Lint> {
    LINTS.iter().find(|lint| lint.code == code)
}

/// Runs the lints that are `wanted`. What they find is not sorted.
#[must_use]
pub fn find(examined: &Examined<'_>, wanted: impl Fn(Code) -> bool) -> Vec<Finding> {
    let mut findings = Vec::new();
    for lint in LINTS.iter().filter(|lint| wanted(lint.code)) {
        (lint.find)(examined, &mut findings);
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
