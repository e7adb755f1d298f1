//! How grave each warning is: said in `rolebook.toml`, and on the command line, which outdoes it.

use super::config::Config;
use crate::analysis::lint::WARNINGS;
use crate::decide::RequestError;
use crate::diagnostics::{Code, Diagnostic, Severity, did_you_mean};
use std::collections::BTreeMap;

/// What becomes of a warning.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Level {
    /// It is not shown.
    Allow,
    /// It is shown.
    Warn,
    /// It is an error.
    Deny,
}

impl Level {
    /// How they are written.
    pub(super) const NAMES: [&str; 3] = ["allow", "warn", "deny"];

    pub(super) fn named(word: &str) -> Option<Self> {
        match word {
            "allow" => Some(Self::Allow),
            "warn" => Some(Self::Warn),
            "deny" => Some(Self::Deny),
            _ => None,
        }
    }
}

/// What a level is given to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Name {
    /// One code.
    Code(Code),
    /// All warnings that have no level of their own.
    Warnings,
}

/// The name of all warnings.
const ALL: &str = "warnings";

/// Why a name has no level.
pub(super) struct Unknown {
    pub(super) code: Code,
    pub(super) message: String,
    pub(super) help: Option<String>,
}

impl Name {
    pub(super) fn read(text: &str) -> Result<Self, Unknown> {
        if text == ALL {
            return Ok(Self::Warnings);
        }
        let known = || WARNINGS.iter().map(|warning| warning.code);
        if let Some(code) = known().find(|code| code.as_str() == text) {
            return Ok(Self::Code(code));
        }
        if Code::named(text).is_some() {
            return Err(Unknown {
                code: Code::FixedLevel,
                message: format!("`{text}` is an error, whatever is said of it"),
                help: None,
            });
        }
        let help = did_you_mean(text, known().map(Code::as_str).chain([ALL]))
            .or_else(|| Some(String::from("`rolebook explain-code` lists all codes")));
        Err(Unknown { code: Code::UnknownLint, message: format!("no lint has the name `{text}`"), help })
    }
}

/// Levels on the command line.
#[derive(clap::Args, Debug)]
pub(super) struct Arguments {
    /// Have a lint fail the check, or all `warnings`; may be repeated
    #[arg(long, value_name = "LINT|warnings")]
    deny: Vec<String>,
    /// Leave a lint out, or all `warnings`; may be repeated
    #[arg(long, value_name = "LINT|warnings")]
    allow: Vec<String>,
}

impl Arguments {
    /// The levels that they give.
    pub(super) fn read(&self) -> Result<Vec<(Name, Level)>, RequestError> {
        let mut said: Vec<(Name, Level)> = Vec::new();
        for (option, texts, level) in [("--allow", &self.allow, Level::Allow), ("--deny", &self.deny, Level::Deny)] {
            for text in texts {
                let name = Name::read(text).map_err(|unknown| {
                    RequestError::new(
                        unknown.code.as_str(),
                        format!("`{option} {text}`: {}", unknown.message),
                        unknown.help,
                    )
                })?;
                if said.iter().any(|&(other, before)| other == name && before != level) {
                    return Err(RequestError::new(
                        Code::InvalidRequest.as_str(),
                        format!("`{text}` is both allowed and denied"),
                        None,
                    ));
                }
                said.push((name, level));
            }
        }
        Ok(said)
    }
}

/// The levels of all warnings.
#[derive(Debug)]
pub(super) struct Levels {
    own: BTreeMap<Code, Level>,
    others: Level,
}

impl Levels {
    /// Those of a configuration, as arguments change them.
    pub(super) fn new(config: &Config, said: &[(Name, Level)]) -> Self {
        let mut levels = Self { own: BTreeMap::new(), others: Level::Warn };
        config.lints.iter().chain(said).for_each(|&(name, level)| levels.set(name, level));
        levels
    }

    fn set(&mut self, name: Name, level: Level) {
        match name {
            Name::Code(code) => drop(self.own.insert(code, level)),
            Name::Warnings => self.others = level,
        }
    }

    pub(super) fn of(&self, code: Code) -> Level {
        // Warnings that are denied together stay warnings, which fail the check.
        let others = if self.others == Level::Allow { Level::Allow } else { Level::Warn };
        self.own.get(&code).copied().unwrap_or(others)
    }

    /// Whether warnings fail the check.
    pub(super) fn deny_warnings(&self) -> bool {
        self.others == Level::Deny
    }

    /// A finding at its level; nothing where it is allowed.
    pub(super) fn level(&self, finding: Diagnostic) -> Option<Diagnostic> {
        if finding.is_error() {
            return Some(finding);
        }
        match self.of(finding.code) {
            Level::Allow => None,
            Level::Warn => Some(finding),
            Level::Deny => Some(Diagnostic { severity: Severity::Error, ..finding }),
        }
    }
}
