//! Findings for people: a header with the code, the lines at fault with labels, what to do about it.
//!
//! Drawing is miette's; what it draws is a `Snippet` made here for each finding, so that the cost of a finding does
//! not grow with the size of its file. Findings as data are in [`crate::diagnostics`], their JSON form too.

mod snippet;

use crate::diagnostics::{self, Diagnostic, Severity};
use crate::source::SourceMap;
use miette::{GraphicalReportHandler, GraphicalTheme, ThemeStyles};
use snippet::Snippet;
use std::fmt;
use std::io::{self, Write};

/// The width that text is wrapped at, the same everywhere so that output compares between machines.
pub const WIDTH: usize = 100;

/// More of a message than this is text that somebody pasted into a file by accident.
const MESSAGE_LIMIT: usize = 1_000;

/// More places than this tell nothing new about one finding.
const LABEL_LIMIT: usize = 8;

/// Findings without colour, each followed by an empty line, and the line that counts them.
///
/// Nothing at all when there is none.
#[must_use]
pub fn plain(sources: &SourceMap, findings: &[Diagnostic]) -> String {
    let mut text = Vec::new();
    // Writing to memory does not fail.
    let _ = write(&mut text, sources, findings, false);
    String::from_utf8_lossy(&text).into_owned()
}

/// Writes findings as [`plain`] lays them out, in colour where wanted.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write(out: &mut impl Write, sources: &SourceMap, findings: &[Diagnostic], colour: bool) -> io::Result<()> {
    for finding in findings {
        writeln!(out, "{}", one(sources, finding, colour))?;
    }
    match summary(findings) {
        Some(summary) => writeln!(out, "{summary}"),
        None => Ok(()),
    }
}

/// How many findings there are, as in `2 errors, 1 warning`; nothing when there is none.
#[must_use]
pub fn summary(findings: &[Diagnostic]) -> Option<String> {
    let (errors, warnings) = diagnostics::count(findings);
    let parts: Vec<String> = [(errors, "error"), (warnings, "warning")]
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| counted(count, word))
        .collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// A count and its word: `1 test`, `2 tests`.
pub(crate) fn counted(count: usize, word: &str) -> String {
    format!("{count} {word}{}", if count == 1 { "" } else { "s" })
}

/// One finding, ending in a line feed.
#[must_use]
pub fn one(sources: &SourceMap, finding: &Diagnostic, colour: bool) -> String {
    let hidden = finding.labels.len().saturating_sub(LABEL_LIMIT);
    let labels = finding.labels.get(..LABEL_LIMIT).unwrap_or(&finding.labels);
    let report = Report {
        message: shortened(&finding.message),
        help: match (finding.help.as_deref().map(legible), hidden) {
            (help, 0) => help,
            (None, _) => Some(format!("{hidden} more of these places are not shown")),
            (Some(help), _) => Some(format!("{help}\n({hidden} more of these places are not shown)")),
        },
        severity: finding.severity,
        snippet: Snippet::new(sources, labels),
    };
    let mut theme = GraphicalTheme::unicode_nocolor();
    if colour {
        theme.styles = ThemeStyles::ansi();
    }
    theme.characters.error = format!("error[{}]:", finding.code);
    theme.characters.warning = format!("warning[{}]:", finding.code);
    let handler = GraphicalReportHandler::new_themed(theme).with_width(WIDTH).with_break_words(false);
    let mut text = String::new();
    if handler.render_report(&mut text, &report).is_err() {
        // miette gives up only when a place cannot be read; the words still can.
        text = format!("{}\n", report.message);
    }
    // The header stands at the margin, where a search for `error[` finds it.
    let mut lines = String::with_capacity(text.len());
    for line in text.trim_start_matches(' ').lines() {
        lines.push_str(line.trim_end());
        lines.push('\n');
    }
    lines
}

/// The text with everything that would steer a terminal made visible.
pub(crate) fn legible(text: &str) -> String {
    text.chars().map(|c| if c == '\n' { c } else { snippet::visible(c) }).collect()
}

/// The text, legible, and cut at [`MESSAGE_LIMIT`].
fn shortened(message: &str) -> String {
    let mut text: String =
        message.chars().take(MESSAGE_LIMIT).map(|c| if c == '\n' { c } else { snippet::visible(c) }).collect();
    if message.chars().nth(MESSAGE_LIMIT).is_some() {
        text.push('…');
    }
    text
}

/// A finding as miette wants it.
#[derive(Debug)]
struct Report {
    message: String,
    help: Option<String>,
    severity: Severity,
    snippet: Snippet,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Report {}

impl miette::Diagnostic for Report {
    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn miette::SourceCode> {
        Some(&self.snippet)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = miette::LabeledSpan> + '_>> {
        Some(Box::new(self.snippet.labels().iter().cloned()))
    }
}
