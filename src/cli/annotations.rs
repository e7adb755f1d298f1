//! Findings as annotations of a GitHub workflow: a line each, which the runner shows beside the line of the file that it is
//! about.

use super::repository;
use crate::diagnostics::{Diagnostic, Severity};
use crate::source::{SourceMap, Span};
use std::borrow::Cow;
use std::io::{self, Write};

/// Writes a finding, with what it says of other places below its message.
pub(super) fn finding(output: &mut impl Write, sources: &SourceMap, finding: &Diagnostic) -> io::Result<()> {
    let level = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let mut message = finding.message.clone();
    if let Some((first, others)) = finding.labels.split_first() {
        if !first.text.is_empty() {
            message.push_str(&format!(" ({})", first.text));
        }
        for other in others {
            message.push_str(&format!("\n{}: {}", place(sources, other.span), other.text));
        }
    }
    if let Some(help) = &finding.help {
        message.push_str(&format!("\nhelp: {help}"));
    }
    annotation(output, sources, level, finding.span(), finding.code.as_str(), &message)
}

/// Writes what could be better at a place, under a title.
pub(super) fn warning(
    output: &mut impl Write,
    sources: &SourceMap,
    span: Span,
    title: &str,
    message: &str,
) -> io::Result<()> {
    annotation(output, sources, "warning", Some(span), title, message)
}

/// Writes what is wrong at a place, under a title.
pub(super) fn error(
    output: &mut impl Write,
    sources: &SourceMap,
    span: Span,
    title: &str,
    message: &str,
) -> io::Result<()> {
    annotation(output, sources, "error", Some(span), title, message)
}

fn annotation(
    output: &mut impl Write,
    sources: &SourceMap,
    level: &str,
    span: Option<Span>,
    title: &str,
    message: &str,
) -> io::Result<()> {
    write!(output, "::{level} ")?;
    if let Some((source, span)) = span.and_then(|span| Some((sources.get(span.file)?, span))) {
        let (start, end) = (source.position(span.start), source.position(span.end));
        write!(output, "file={},line={}", property(&repository::path(source.name())), start.line)?;
        // Columns are of one line: where there are more, the runner wants none.
        if start.line == end.line {
            write!(output, ",col={},endColumn={}", start.column, end.column.max(start.column))?;
        } else {
            write!(output, ",endLine={}", end.line)?;
        }
        write!(output, ",")?;
    }
    writeln!(output, "title={}::{}", property(title), data(message))
}

/// A place in words, its file from the root of the repository as that of the annotation.
fn place(sources: &SourceMap, span: Span) -> String {
    let Some(source) = sources.get(span.file) else { return String::new() };
    let start = source.position(span.start);
    format!("{}:{}:{}", repository::path(source.name()), start.line, start.column)
}

/// A text with what ends a command written so that it does not.
fn data(text: &str) -> Cow<'_, str> {
    if !text.contains(['%', '\r', '\n']) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A"))
}

/// The same for a property, which a comma ends too.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::Code;

    #[test]
    fn an_annotation_is_one_line_whatever_it_says() {
        let mut sources = SourceMap::new();
        let file = sources.add("a,b:c%.rolebook", "type user\ntype team\n");
        let here = Span::new(file, 5, 9);
        let found = Diagnostic::error(Code::Syntax, here, "100 %\nwrong")
            .here("this")
            .label(Span::new(file, 15, 19), "and this")
            .help("::error::nothing\r");
        let mut out = Vec::new();
        finding(&mut out, &sources, &found).expect("memory");
        assert_eq!(
            String::from_utf8_lossy(&out),
            "::error file=a%2Cb%3Ac%25.rolebook,line=1,col=6,endColumn=10,title=syntax::100 %25%0Awrong (this)%0A\
             a,b:c%25.rolebook:2:6: and this%0Ahelp: ::error::nothing%0D\n"
        );
    }

    #[test]
    fn places_in_a_message_are_written_as_that_of_the_annotation() {
        let mut sources = SourceMap::new();
        let file = sources.add("./acme/a.rolebook", "type user\ntype user\n");
        let found = Diagnostic::error(Code::DuplicateName, Span::new(file, 15, 19), "twice")
            .here("again")
            .label(Span::new(file, 5, 9), "here first");
        let mut out = Vec::new();
        finding(&mut out, &sources, &found).expect("memory");
        assert_eq!(
            String::from_utf8_lossy(&out),
            "::error file=acme/a.rolebook,line=2,col=6,endColumn=10,title=duplicate-name::twice (again)%0A\
             acme/a.rolebook:1:6: here first\n"
        );
    }

    #[test]
    fn more_lines_have_no_columns_and_what_has_no_place_has_no_file() {
        let mut sources = SourceMap::new();
        let file = sources.add("a.rolebook", "type user\ntype team\n");
        let mut out = Vec::new();
        error(&mut out, &sources, Span::new(file, 5, 15), "a title", "a message").expect("memory");
        finding(&mut out, &sources, &Diagnostic::placeless(Code::NoPolicyFiles, "nothing there")).expect("memory");
        let expected = "::error file=a.rolebook,line=1,endLine=2,title=a title::a message\n\
                        ::error title=no-policy-files::nothing there\n";
        assert_eq!(String::from_utf8_lossy(&out), expected);
    }
}
