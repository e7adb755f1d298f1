//! Directories in the bulk form: read line by line, so that a file of gigabytes is never in memory as text.
//!
//! What stays is the outline, by which every place has its line and column, and the lines that declare something. The
//! lines that findings show are looked up in the file once more, when it is known which they are.

use super::fingerprint::{Fingerprint, Fingerprinter};
use super::text::{self, SizeLimit};
use super::{DirectorySource, FileError, Files};
use crate::diagnostics::{Code, Diagnostic};
use crate::directory::DirectoryTree;
use crate::directory::tree::BulkReader;
use crate::document::{LineKind, LineLimits, next_line};
use crate::source::{FileId, HeldLines, Outline, SourceMap, Span};
use std::collections::BTreeSet;
use std::io::{self, BufRead};
use std::path::Path;

const BULK: SizeLimit = SizeLimit { mebibytes: 2048, called: "a directory in the bulk form" };

/// No line is longer, and none is read further than a file may be long.
const LINE: LineLimits = LineLimits { length: 1 << 20, endless: BULK.bytes() };

/// How many bytes of lines are held to show findings on; further findings are shown by their place alone.
const SHOWN: usize = 16 << 20;

/// The byte order mark, which is no part of what was written.
const MARK: &[u8] = "\u{feff}".as_bytes();

/// Whether a path or name is one of the bulk form.
pub(super) fn is_bulk(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("jsonl"))
}

/// What a bulk file gave.
pub(super) struct BulkText {
    pub(super) file: FileId,
    pub(super) tree: DirectoryTree,
    pub(super) diagnostics: Vec<Diagnostic>,
    /// What it says.
    pub(super) contents: Fingerprint,
}

/// What a file says, if it is of the bulk form; nothing inside where it cannot be read.
pub(super) fn fingerprint(files: &dyn Files, path: &Path) -> Option<Option<Fingerprint>> {
    let read = || {
        let mut reader = files.open(path, BULK.bytes()).ok()?;
        skip_mark(&mut *reader).ok()?;
        let mut contents = Fingerprinter::new();
        loop {
            let bytes = reader.fill_buf().ok()?;
            let length = bytes.len();
            if length == 0 || contents.length() > BULK.bytes() {
                return Some(contents.finish());
            }
            contents.push(bytes);
            reader.consume(length);
        }
    };
    is_bulk(path).then(read)
}

/// Reads a bulk file, or the text of one.
pub(super) fn read(
    files: &dyn Files,
    source: &DirectorySource,
    sources: &mut SourceMap,
) -> Option<Result<BulkText, Diagnostic>> {
    let (path, mut reader) = match open(files, source)? {
        (path, Ok(reader)) => (path, reader),
        (path, Err(FileError::TooLarge(size))) => return Some(Err(BULK.exceeded(path, size))),
        (path, Err(error)) => return Some(Err(text::unreadable(files, path, &error))),
    };
    let read = |file| {
        let mut reading = Reading {
            file,
            path,
            outline: Outline::default(),
            held: HeldLines::default(),
            contents: Fingerprinter::new(),
            bulk: BulkReader::new(file),
            found: Vec::new(),
        };
        if let Err(error) = reading.lines(&mut *reader) {
            reading.found.push(text::unreadable(files, path, &FileError::from(&error)));
        }
        let Reading { outline, held, contents, bulk, found: mut diagnostics, .. } = reading;
        let (tree, found) = bulk.finish();
        diagnostics.extend(found);
        (outline, held, BulkText { file, tree, diagnostics, contents: contents.finish() })
    };
    Some(Ok(sources.add_outline(&path.display().to_string(), read)))
}

type Opened<'s> = (&'s Path, Result<Box<dyn BufRead + 's>, FileError>);

/// Opens what is of the bulk form by its name.
fn open<'s>(files: &'s dyn Files, source: &'s DirectorySource) -> Option<Opened<'s>> {
    match source {
        DirectorySource::File(path) | DirectorySource::Named(path, _) => {
            is_bulk(path).then(|| (path.as_path(), files.open(path, BULK.bytes())))
        }
        DirectorySource::Text { name, text } => {
            let size = u64::try_from(text.len()).unwrap_or(u64::MAX);
            let reader = if size > BULK.bytes() {
                Err(FileError::TooLarge(size))
            } else {
                Ok(Box::new(text.as_bytes()) as Box<dyn BufRead>)
            };
            is_bulk(Path::new(name)).then(|| (Path::new(name), reader))
        }
        DirectorySource::Inline(_) => None,
    }
}

struct Reading<'p> {
    file: FileId,
    path: &'p Path,
    outline: Outline,
    held: HeldLines,
    contents: Fingerprinter,
    bulk: BulkReader,
    found: Vec<Diagnostic>,
}

impl Reading<'_> {
    fn lines(&mut self, reader: &mut dyn BufRead) -> io::Result<()> {
        skip_mark(reader)?;
        let mut line = Vec::new();
        let mut any = false;
        while !self.bulk.has_ended() {
            let start = self.outline.length();
            let (outline, contents) = (&mut self.outline, &mut self.contents);
            let kind = next_line(reader, &mut line, LINE, |bytes| {
                outline.push(bytes);
                contents.push(bytes);
            })?;
            let size = u64::from(self.outline.length());
            if kind == LineKind::Endless || size > BULK.bytes() {
                // It was small enough when it was opened.
                self.found.push(BULK.exceeded(self.path, size));
                break;
            }
            match kind {
                LineKind::End if any => break,
                LineKind::End => {
                    let finding = Diagnostic::error(Code::EmptyFile, Span::new(self.file, 0, 0), "the file is empty");
                    self.found.push(finding.help("a directory of nobody is {\"rolebook\":1,\"kind\":\"directory\"}"));
                    break;
                }
                LineKind::TooLong | LineKind::Endless => {
                    let at = Span::new(self.file, start, start.saturating_add(1));
                    self.bulk.broken(|| {
                        let message = format!("the line is longer than {} bytes", LINE.length);
                        Diagnostic::error(Code::LineTooLong, at, message)
                    });
                }
                LineKind::Closed | LineKind::Open => self.line(start, &line, kind == LineKind::Closed),
            }
            any |= !line.iter().all(u8::is_ascii_whitespace) || kind == LineKind::TooLong;
        }
        Ok(())
    }

    fn line(&mut self, start: u32, line: &[u8], closed: bool) {
        match std::str::from_utf8(bare(line)) {
            Ok(text) => {
                if self.bulk.line(start, text, closed) {
                    self.held.insert(start, text);
                }
            }
            Err(error) => {
                let at = error.valid_up_to();
                let place = start.saturating_add(u32::try_from(at).unwrap_or(u32::MAX));
                let span = Span::new(self.file, place, place.saturating_add(1));
                let byte = line.get(at).copied().unwrap_or_default();
                self.bulk.broken(|| {
                    Diagnostic::error(
                        Code::NotText,
                        span,
                        format!("the line is not UTF-8 text: this byte is 0x{byte:02x}"),
                    )
                });
            }
        }
    }
}

/// A line without the carriage return of its break.
fn bare(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}

fn skip_mark(reader: &mut dyn BufRead) -> io::Result<()> {
    if reader.fill_buf()?.starts_with(MARK) {
        reader.consume(MARK.len());
    }
    Ok(())
}

/// Looks up the lines that findings show, in a file that is read already.
///
/// It may have changed since: from the first line that lies elsewhere than it did, nothing is shown.
pub(super) fn hold_shown(
    files: &dyn Files,
    source: &DirectorySource,
    file: FileId,
    findings: &[Diagnostic],
    sources: &mut SourceMap,
) {
    let Some(outline) = sources.get(file) else { return };
    let labels = findings.iter().flat_map(|finding| &finding.labels).filter(|label| label.span.file == file);
    // With the lines before and after, which a finding shows as well.
    let wanted: BTreeSet<u32> = labels
        .map(|label| outline.line_of(label.span.start))
        .flat_map(|line| line.saturating_sub(1)..=line.saturating_add(1))
        .collect();
    let (Some(&last), Some((_, Ok(mut reader)))) = (wanted.last(), open(files, source)) else { return };
    let mut held = HeldLines::default();
    let (mut line, mut at, mut bytes) = (Vec::new(), 0_u32, 0_usize);
    if skip_mark(&mut *reader).is_err() {
        return;
    }
    for number in 0..=last {
        let start = at;
        let kind = next_line(&mut *reader, &mut line, LINE, |seen| {
            at = at.saturating_add(u32::try_from(seen.len()).unwrap_or(u32::MAX));
        });
        let Ok(LineKind::Closed | LineKind::Open | LineKind::TooLong) = kind else { break };
        if outline.line_bytes(number).is_none_or(|known| known.start != start) {
            break;
        }
        if wanted.contains(&number) {
            bytes = bytes.saturating_add(line.len());
            if bytes > SHOWN {
                break;
            }
            held.insert(start, &shown(bare(&line)));
        }
    }
    sources.hold(file, held);
}

/// A line with a stand-in for every byte that is no text, so that its places stay where they are.
fn shown(line: &[u8]) -> String {
    let mut text = String::with_capacity(line.len());
    for chunk in line.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| '?'));
    }
    text
}
