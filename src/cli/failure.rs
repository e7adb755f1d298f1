//! Why a command could not run, and how it says so. The exit status is always 2.

use super::output::{BAD, Output};
use super::render;
use crate::decide::RequestError;
use crate::diagnostics::Diagnostic;
use crate::engine::LoadError;
use crate::source::SourceMap;
use std::fmt;
use std::io::{self, Write};

/// Why a command could not run.
#[derive(Debug)]
pub(super) enum Failure {
    /// Policy, directory or tests could not be loaded.
    Load(LoadError),
    /// The question cannot be decided as it stands.
    Request(RequestError),
    /// The result could not be written.
    Output(io::Error),
}

impl Failure {
    /// Prints it on standard error.
    pub(super) fn report(self, output: &Output) {
        // When standard error is gone too, the exit status is all that is left to say.
        let _ = match self {
            Self::Load(error) => findings(&error.sources, &error.diagnostics, output),
            Self::Request(error) => request(&error),
            // Whoever read the result has read enough (`| head`); that it is cut short, the exit status says.
            Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            Self::Output(error) => {
                writeln!(anstream::stderr(), "{BAD}error[output]:{BAD:#} the result could not be written: {error}")
            }
        };
    }
}

impl fmt::Display for Failure {
    /// What is wrong, a line for each finding.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Load(error) => error.fmt(f),
            Self::Request(error) => f.write_str(&error.message),
            Self::Output(error) => error.fmt(f),
        }
    }
}

/// Prints findings on standard error.
pub(super) fn findings(sources: &SourceMap, findings: &[Diagnostic], output: &Output) -> io::Result<()> {
    let mut out = anstream::stderr();
    match findings {
        // One thing about a file or an argument needs no count.
        [only] if only.labels.is_empty() => write!(out, "{}", render::one(sources, only, output.error_colour())),
        _ => render::write(&mut out, sources, findings, output.error_colour()),
    }
}

/// The system's words for what went wrong, without its error number.
pub(super) fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => String::from("there is no such file or folder"),
        io::ErrorKind::PermissionDenied => String::from("permission denied"),
        io::ErrorKind::NotADirectory => String::from("a part of the path is no folder"),
        io::ErrorKind::IsADirectory => String::from("it is a folder"),
        io::ErrorKind::AlreadyExists => String::from("something else of that name is there"),
        _ => error.to_string(),
    }
}

fn request(error: &RequestError) -> io::Result<()> {
    let mut out = anstream::stderr();
    writeln!(out, "{BAD}error[{}]:{BAD:#} {}", error.code, render::legible(&error.message))?;
    match &error.help {
        Some(help) => writeln!(out, "  help: {}", render::legible(help)),
        None => Ok(()),
    }
}

impl From<io::Error> for Failure {
    /// For the result's stream only: what cannot be read is a finding.
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

impl From<LoadError> for Failure {
    fn from(error: LoadError) -> Self {
        Self::Load(error)
    }
}

impl From<RequestError> for Failure {
    fn from(error: RequestError) -> Self {
        Self::Request(error)
    }
}

impl From<Diagnostic> for Failure {
    /// For a finding that has no place.
    fn from(finding: Diagnostic) -> Self {
        vec![finding].into()
    }
}

impl From<Vec<Diagnostic>> for Failure {
    /// For findings that have no place.
    fn from(diagnostics: Vec<Diagnostic>) -> Self {
        Self::Load(LoadError { sources: SourceMap::new(), diagnostics })
    }
}
