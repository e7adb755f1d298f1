//! Directories in the bulk form: read in blocks of lines, so that a file of gigabytes is never in memory as text.
//!
//! What stays is the outline, by which every place has its line and column, and the lines that declare something. The
//! lines that findings show are looked up in the file once more, when it is known which they are.

mod blocks;
mod reading;

use super::fingerprint::{Fingerprint, Fingerprinter};
use super::text::{self, SizeLimit};
use super::{DirectorySource, FileError, Files};
use crate::diagnostics::Diagnostic;
use crate::directory::DirectoryTree;
use crate::document::{LineKind, LineLimits, next_line};
use crate::source::{FileId, HeldLines, SourceMap};
use blocks::skip_mark;
use std::collections::BTreeSet;
use std::io::BufRead;
use std::path::{Path, PathBuf};
use std::sync::Arc;

const BULK: SizeLimit = SizeLimit { mebibytes: 2048, called: "a directory in the bulk form" };

/// No line is longer.
const LINE: usize = 1 << 20;

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
    /// What it says, a tree for each block of lines.
    pub(super) trees: Vec<Arc<DirectoryTree>>,
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
    let (path, reader) = match open(files, source)? {
        (path, Ok(reader)) => (path, reader),
        (path, Err(FileError::TooLarge(size))) => return Some(Err(BULK.exceeded(path, size))),
        (path, Err(error)) => return Some(Err(text::unreadable(files, path, &error))),
    };
    Some(Ok(sources.add_outline(&path.display().to_string(), |file| reading::read(files, file, path, reader))))
}

type Opened<'s> = (&'s Path, Result<Box<dyn BufRead + Send + 's>, FileError>);

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
                Ok(Box::new(text.as_bytes()) as Box<dyn BufRead + Send>)
            };
            is_bulk(Path::new(name)).then(|| (Path::new(name), reader))
        }
        DirectorySource::Inline(_) => None,
    }
}

/// A line without the carriage return of its break.
fn bare(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// The texts that findings of a state are shown in: of those in the bulk form, with the lines that the findings are about.
#[must_use]
pub fn with_shown(files: &dyn Files, sources: &SourceMap, findings: &[Diagnostic]) -> SourceMap {
    let mut shown = sources.clone();
    for file in sources.files() {
        let Some(path) = sources.get(file).map(|source| PathBuf::from(source.name())) else { continue };
        hold_shown(files, &DirectorySource::File(path), file, findings, &mut shown);
    }
    shown
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
        let limits = LineLimits { length: LINE, endless: BULK.bytes() };
        let kind = next_line(&mut *reader, &mut line, limits, |seen| {
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
