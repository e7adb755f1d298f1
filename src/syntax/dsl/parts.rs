//! A long text that follows the grammar, read in parts of whole declarations: what the grammar made of one part is let go
//! before the next is read, and two can be read at once.
//!
//! The parts together are the whole because no declaration goes on with a word that is cut before: the grammar, which
//! never comes back to a declaration that it took, ends one there as it does at the end of a text. Where such a word is
//! something else, as a name in a condition, the grammar refuses the part before it, and the text is read as one.

use super::draft::Draft;
use super::file::FileDraft;
use super::fragment::Place;
use super::grammar::{Refusal, Rule};
use super::pieces;
use super::reader::Reader;
use super::scan::{Kind, Scan};
use super::shapes::Shapes;
use crate::diagnostics::Diagnostic;
use crate::index::AtOnce;
use crate::source::FileId;
use std::ops::Range;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

/// How many bytes a part has at least, but for the last one.
pub(super) const PART: u32 = 1 << 15;

/// What a text gave that follows the grammar.
pub(super) struct Read {
    pub(super) draft: FileDraft,
    pub(super) findings: Vec<Diagnostic>,
}

/// A text to be read.
#[derive(Clone, Copy)]
pub(super) struct Text<'s, 't> {
    pub(super) file: FileId,
    pub(super) scan: &'s Scan<'t>,
    pub(super) place: Place<'s>,
}

impl Text<'_, '_> {
    /// Reads the text in parts of at least so many bytes. The error is pest's, or none if pest was spared the text.
    pub(super) fn read(self, least: u32, at_once: AtOnce<'_>) -> Result<Read, Option<Box<Refusal>>> {
        if !self.scan.too_deep.is_empty() {
            return Err(None);
        }
        if self.scan.tokens.is_empty() {
            return Ok(self.nothing());
        }
        let all = 0..self.scan.tokens.len();
        let parts = self.cut(&all, least);
        let joined = if parts.len() > 1 { self.joined(&parts, at_once) } else { None };
        joined.map_or_else(|| self.part(&all, &mut Shapes::default()).map_err(Some), Ok)
    }

    fn nothing(self) -> Read {
        Read { draft: FileDraft::new(self.file), findings: Vec::new() }
    }

    /// Where parts of some tokens begin and end that have at least so many bytes each, but for the last.
    fn cut(self, tokens: &Range<usize>, least: u32) -> Vec<Range<usize>> {
        let mut parts: Vec<Range<usize>> = Vec::new();
        let mut begun = tokens.start;
        let mut depth = 0_usize;
        let (mut start, mut end) = (None, 0_u32);
        for (at, &token) in self.scan.tokens.iter().enumerate().take(tokens.end).skip(tokens.start) {
            let first = *start.get_or_insert(token.start);
            match token.kind {
                Kind::Mark => match self.scan.text(token) {
                    "{" => depth += 1,
                    "}" => depth = depth.saturating_sub(1),
                    _ => {}
                },
                Kind::Word
                    if depth == 0
                        && token.indent == Some(0)
                        && at > begun
                        && end.saturating_sub(first) >= least
                        && begins_part(self.scan.text(token)) =>
                {
                    parts.push(begun..at);
                    (begun, start) = (at, Some(token.start));
                }
                _ => {}
            }
            end = token.end;
        }
        parts.push(begun..tokens.end);
        parts
    }

    /// The parts, read each for itself, in one; nothing where the grammar refuses one.
    fn joined(self, parts: &[Range<usize>], at_once: AtOnce<'_>) -> Option<Read> {
        let read: Vec<OnceLock<Read>> = parts.iter().map(|_| OnceLock::new()).collect();
        let next = AtomicUsize::new(0);
        let work = || {
            let mut shapes = Shapes::default();
            while let Some((part, slot)) = {
                let at = next.fetch_add(1, Ordering::Relaxed);
                parts.get(at).zip(read.get(at))
            } {
                match self.part(part, &mut shapes) {
                    Ok(part) => drop(slot.set(part)),
                    // The others are not needed any more.
                    Err(_) => next.store(parts.len(), Ordering::Relaxed),
                }
            }
        };
        at_once(&work, &work);
        let mut whole = self.nothing();
        let mut reader = Reader::new(self.place, &self.scan.docs);
        for part in read {
            let Read { draft, findings } = part.into_inner()?;
            whole.draft.join(&mut reader, draft);
            whole.findings.extend(findings);
        }
        whole.findings.extend(reader.into_findings());
        Some(whole)
    }

    /// A part of the text, or all of it.
    fn part(self, tokens: &Range<usize>, shapes: &mut Shapes) -> Result<Read, Box<Refusal>> {
        if let Some(read) = self.by_shapes(tokens, shapes) {
            return Ok(read);
        }
        let (base, mut text) = self.scan.slice(tokens.start, tokens.end);
        if tokens.end == self.scan.tokens.len() {
            text = self.scan.text.get(base as usize..).unwrap_or(text);
        }
        let pieces = pieces::read(Rule::file, text)?;
        let mut draft = FileDraft::new(self.file);
        let mut reader = Reader::new(self.place, &self.scan.docs);
        reader.at(base);
        pieces.row().for_each(|piece| draft.take(&mut reader, &piece));
        Ok(Read { draft, findings: reader.into_findings() })
    }

    /// A part, in the smallest parts there are, of which the grammar reads those that look like none before; nothing where it
    /// refuses one.
    fn by_shapes(self, tokens: &Range<usize>, shapes: &mut Shapes) -> Option<Read> {
        let mut draft = FileDraft::new(self.file);
        let mut reader = Reader::new(self.place, &self.scan.docs);
        for part in self.cut(tokens, 0) {
            let tokens = self.scan.tokens.get(part.clone())?;
            if let Some(row) = shapes.find(self.scan, tokens) {
                reader.at(0);
                row.for_each(|piece| draft.take(&mut reader, &piece));
                continue;
            }
            let (base, text) = self.scan.slice(part.start, part.end);
            let pieces = pieces::read(Rule::file, text).ok()?;
            let row = pieces.row().next()?.into_inner();
            shapes.keep(tokens, base, &row);
            reader.at(base);
            row.for_each(|piece| draft.take(&mut reader, &piece));
        }
        Some(Read { draft, findings: reader.into_findings() })
    }
}

/// Whether a word at the start of a line, outside of all braces, begins a declaration and continues none.
fn begins_part(word: &str) -> bool {
    matches!(word, "type" | "role" | "open" | "custom" | "policy" | "allow" | "deny" | "assert")
}
