//! What every warning is about: why it matters, and what to do.

use crate::diagnostics::Code;

/// A finding that is a warning where nobody gives it another level.
#[derive(Clone, Copy, Debug)]
pub struct Warning {
    /// The code of its findings.
    pub code: Code,
    /// Why it matters, in a sentence.
    pub why: &'static str,
    /// What people do about it, in a sentence.
    pub remedy: &'static str,
    /// What `check --fix` does about it; nothing where a person has to decide.
    pub fix: Option<&'static str>,
}

impl Warning {
    /// The warning of a code.
    #[must_use]
    pub fn of_code(code: Code) -> Option<&'static Self> {
        WARNINGS.iter().find(|warning| warning.code == code)
    }
}

/// All warnings, in the order in which they are documented: lints, and behind them what reading comes upon.
pub const WARNINGS: &[Warning] = &[
    Warning {
        code: Code::UnusedRole,
        why: "Nobody holds it, and nothing builds on it: it is left over, or an assignment was forgotten.",
        remedy: "Assign it, or take it out.",
        fix: None,
    },
    Warning {
        code: Code::UnusedAction,
        why: "Nothing allows it, so it is always denied: a grant was forgotten, or the action is left over.",
        remedy: "Grant it in a role or by a rule, or take it out.",
        fix: None,
    },
    Warning {
        code: Code::UnusedSetting,
        why: "Nothing reads it and nothing gives it a value.",
        remedy: "Read it in a condition, or take it out.",
        fix: None,
    },
    Warning {
        code: Code::UnusedPolicy,
        why: "It is linked to nothing, so that its values and guardrails have no effect.",
        remedy: "Link it to what it is meant for, or take it out.",
        fix: None,
    },
    Warning {
        code: Code::RedundantGrant,
        why: "Whoever takes it away believes that something is forbidden by it, and nothing is.",
        remedy: "Take it out, or restrict what says the same.",
        fix: Some("takes out what is said already"),
    },
    Warning {
        code: Code::HiddenAllow,
        why: "It reads like a permission and gives none.",
        remedy: "Restrict the deny by a condition, or take the allow out.",
        fix: None,
    },
    Warning {
        code: Code::ConditionAlwaysTrue,
        why: "It restricts nothing, although it reads as if it did.",
        remedy: "Put the condition right, or take it out.",
        fix: Some("takes out the clause, where it can always be computed"),
    },
    Warning {
        code: Code::ConditionAlwaysFalse,
        why: "What depends on it never happens.",
        remedy: "Put the condition right, or take out what depends on it.",
        fix: Some("takes out the clause, where it is an `unless` and can always be computed"),
    },
    Warning {
        code: Code::WithinNoEffect,
        why: "Everything that the statement speaks of lies there anyway.",
        remedy: "Take the clause out.",
        fix: Some("takes out the clause"),
    },
    Warning {
        code: Code::WithoutNoEffect,
        why: "The role gives again itself what it takes away.",
        remedy: "Take out the `without`, or what gives the same again.",
        fix: None,
    },
    Warning {
        code: Code::EqualRoles,
        why: "Two names for one thing drift apart as soon as one of them is edited.",
        remedy: "Let one of them go, or have it extend the other and say what sets it apart.",
        fix: None,
    },
    Warning {
        code: Code::SingleAdmin,
        why: "When that one leaves, nobody can let others in.",
        remedy: "Assign the role to another one as well.",
        fix: None,
    },
    Warning {
        code: Code::ExpiredAssignment,
        why: "It gives nothing any more, and hides who has access among those who had.",
        remedy: "Revoke it, or give it another end.",
        fix: Some("takes the assignment out of the directory's file"),
    },
    Warning {
        code: Code::OvertakenRole,
        why: "Its base grants by now all that it was made for.",
        remedy: "Assign the base instead, or say what sets the role apart.",
        fix: None,
    },
    Warning {
        code: Code::DenyNeverMet,
        why: "It reads like a safeguard and stops nobody.",
        remedy: "Put its conditions right, or take it out.",
        fix: Some("takes out the deny"),
    },
    Warning {
        code: Code::EscalationPath,
        why: "Whoever holds the role can give themselves what it does not grant.",
        remedy: "Take `freely` from a role on the way, or allow the lint where the way is meant.",
        fix: None,
    },
    Warning {
        code: Code::UndeclaredMention,
        why: "It is most likely a typing error: what is given to it is given to nobody that is meant.",
        remedy: "Put the name right, or declare the entity.",
        fix: None,
    },
    Warning {
        code: Code::UnreadDirectory,
        why: "What it says is not in force, and whoever edits it believes that it is.",
        remedy: "Call it `directory.yaml`, or name it by `--directory`; keep other files in another folder.",
        fix: None,
    },
    Warning {
        code: Code::DuplicateAssignment,
        why: "Whoever takes one of them away believes that the role is revoked, and it is not.",
        remedy: "Take one of them out.",
        fix: None,
    },
    Warning {
        code: Code::EmptyFile,
        why: "Its content was lost, or it is left over.",
        remedy: "Write into it what belongs there, or delete it.",
        fix: None,
    },
    Warning {
        code: Code::ActsAsType,
        why: "A key is checked as whom it acts as, so that the rule concerns nobody.",
        remedy: "Ask for the key by `when actor is …`, or name the type that it acts as.",
        fix: None,
    },
    Warning {
        code: Code::OptionalDefault,
        why: "Whoever reads it believes that the value can be absent, and it cannot.",
        remedy: "Take the `?` out, or the default.",
        fix: None,
    },
];
