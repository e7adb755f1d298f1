//! Findings that only echo others: a name is unknown because its declaration could not be read.
//!
//! Left out is only what is like no known name, and only where the declaration may well be in what was lost. A misspelled
//! name, which has a near miss to offer, is reported whatever else is wrong; and what is left out comes up again, if it is
//! wrong in itself, when the others are mended.

use crate::diagnostics::{Code, Diagnostic};
use crate::source::SourceMap;
use rustc_hash::FxHashSet;

/// What may have been declared in what could not be read.
pub(super) enum Lost<'s> {
    /// Anything: a file or a package is missing.
    Anything,
    /// What is named on the lines where the grammar was broken.
    Words(FxHashSet<&'s str>),
}

impl<'s> Lost<'s> {
    /// What the findings of reading and parsing say was lost.
    pub(super) fn of(sources: &'s SourceMap, findings: &[Diagnostic]) -> Self {
        if findings.iter().any(|finding| finding.is_error() && leaves_out_a_file(finding.code)) {
            return Self::Anything;
        }
        let broken = findings.iter().filter(|finding| matches!(finding.code, Code::Syntax | Code::ReservedWord));
        Self::Words(broken.flat_map(|finding| words(line_of(sources, finding))).collect())
    }

    /// Takes the echoes out of the findings of resolving names.
    pub(super) fn quiet(&self, sources: &SourceMap, findings: &mut Vec<Diagnostic>) {
        findings.retain(|finding| {
            let lost = match self {
                Self::Anything => true,
                Self::Words(lost) => {
                    let name = finding.span().map_or("", |span| sources.slice(span));
                    words(name).last().is_some_and(|word| lost.contains(word))
                }
            };
            !(lost && finding.help.is_none() && is_unknown_name(finding.code))
        });
    }
}

/// Whether an error of this kind means that a file was left out, or the end of one.
fn leaves_out_a_file(code: Code) -> bool {
    matches!(
        code,
        Code::UnreadableFile
            | Code::FileTooLarge
            | Code::NotText
            | Code::NoPolicyFiles
            | Code::WrongKind
            | Code::UnknownImport
            | Code::YamlSyntax
    )
}

fn is_unknown_name(code: Code) -> bool {
    matches!(
        code,
        Code::UnknownType
            | Code::UnknownAction
            | Code::UnknownRole
            | Code::UnknownAttribute
            | Code::UnknownSetting
            | Code::UnknownVariable
            | Code::PatternWithoutMatch
    )
}

/// The line on which a finding starts.
fn line_of<'s>(sources: &'s SourceMap, finding: &Diagnostic) -> &'s str {
    let line = finding.span().and_then(|span| {
        let span = sources.located(span);
        let source = sources.get(span.file)?;
        source.slice(source.line_bytes(source.line_of(span.start))?)
    });
    line.unwrap_or("")
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty())
}
