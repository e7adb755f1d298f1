//! Reading the lines of a bulk text, a block at a time and two of them at once.
//!
//! What a file is, its first lines tell; so they are read before the rest. What comes of the blocks is put together in
//! their order, so that it is the same whoever read them, and when.

use super::super::text::unreadable;
use super::super::{FileError, Files};
use super::blocks::{Block, Blocks};
use super::{BULK, BulkText, LINE, bare};
use crate::diagnostics::{Code, Diagnostic};
use crate::directory::DirectoryTree;
use crate::directory::tree::BulkReader;
use crate::source::{FileId, HeldLines, Outline, Span};
use std::collections::BTreeMap;
use std::io::{self, BufRead};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Reads a bulk text under its id.
pub(super) fn read(
    files: &dyn Files,
    file: FileId,
    path: &Path,
    reader: Box<dyn BufRead + Send + '_>,
) -> (Outline, HeldLines, BulkText) {
    let broken = |error: &io::Error| unreadable(files, path, &FileError::from(error));
    let mut first = Lines::new(BulkReader::new(file), file, path);
    let mut blocks = Blocks::new(reader);
    while !first.bulk.knows_the_form() && !first.bulk.has_ended() {
        match blocks.next() {
            Ok(Some(block)) => first.block(&block),
            Ok(None) => break,
            Err(error) => {
                first.found.push(broken(&error));
                blocks.end();
            }
        }
    }
    if first.bulk.has_ended() {
        blocks.end();
    }
    let (blocks, gathered) = (Mutex::new((blocks, 0)), Mutex::new(Gathered::new(first)));
    let failed = Mutex::new(None);
    let work = || {
        while let Some((number, block)) = next(&blocks, &failed) {
            let mut lines = Lines::new(BulkReader::following(file), file, path);
            lines.block(&block);
            drop(block);
            if lines.bulk.has_ended() {
                lock(&blocks).0.end();
            }
            lock(&gathered).put(number, lines);
        }
    };
    files.at_once(&work, &work);
    let (blocks, _) = into_inner(blocks);
    let mut first = into_inner(gathered).finish();
    first.0.found.extend(into_inner(failed).as_ref().map(broken));
    finish(first, blocks, file)
}

/// The next block, and its number.
fn next(blocks: &Mutex<(Blocks<'_>, usize)>, failed: &Mutex<Option<io::Error>>) -> Option<(usize, Block)> {
    let mut blocks = lock(blocks);
    let (blocks, read) = &mut *blocks;
    match blocks.next() {
        Ok(block) => {
            *read += 1;
            Some((*read - 1, block?))
        }
        Err(error) => {
            blocks.end();
            *lock(failed) = Some(error);
            None
        }
    }
}

fn finish(
    (first, mut trees): (Lines<'_>, Vec<Arc<DirectoryTree>>),
    blocks: Blocks<'_>,
    file: FileId,
) -> (Outline, HeldLines, BulkText) {
    let Lines { bulk, held, found: mut diagnostics, any, .. } = first;
    if !any && diagnostics.is_empty() {
        let finding = Diagnostic::error(Code::EmptyFile, Span::new(file, 0, 0), "the file is empty");
        diagnostics.push(finding.help("a directory of nobody is {\"rolebook\":1,\"kind\":\"directory\"}"));
    }
    let (tree, found) = bulk.finish();
    trees.insert(0, Arc::new(tree));
    diagnostics.extend(found);
    let (outline, contents) = blocks.finish();
    (outline, held, BulkText { file, trees, diagnostics, contents })
}

/// What came of the blocks, in their order.
struct Gathered<'p> {
    /// The first of them, which takes up what was found in the others.
    first: Lines<'p>,
    trees: Vec<Arc<DirectoryTree>>,
    /// How many others it took up.
    taken: usize,
    /// Those that came before their turn.
    waiting: BTreeMap<usize, Lines<'p>>,
}

impl<'p> Gathered<'p> {
    fn new(first: Lines<'p>) -> Self {
        Self { first, trees: Vec::new(), taken: 0, waiting: BTreeMap::new() }
    }

    fn put(&mut self, number: usize, lines: Lines<'p>) {
        self.waiting.insert(number, lines);
        while let Some(Lines { bulk, held, found, any, .. }) = self.waiting.remove(&self.taken) {
            self.taken += 1;
            let Some(tree) = self.first.bulk.absorb(bulk) else { continue };
            self.trees.push(Arc::new(tree));
            self.first.held.append(held);
            self.first.found.extend(found);
            self.first.any |= any;
        }
    }

    fn finish(self) -> (Lines<'p>, Vec<Arc<DirectoryTree>>) {
        (self.first, self.trees)
    }
}

/// What lines say.
struct Lines<'p> {
    file: FileId,
    path: &'p Path,
    bulk: BulkReader,
    held: HeldLines,
    found: Vec<Diagnostic>,
    /// Whether any of them says something.
    any: bool,
}

impl<'p> Lines<'p> {
    fn new(bulk: BulkReader, file: FileId, path: &'p Path) -> Self {
        Self { file, path, bulk, held: HeldLines::default(), found: Vec::new(), any: false }
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Lines { start, bytes } => self.lines(*start, bytes),
            Block::TooLong { start } => self.too_long(*start),
            // It was small enough when it was opened.
            Block::TooLarge(size) => self.found.push(BULK.exceeded(self.path, *size)),
        }
    }

    fn lines(&mut self, start: u32, bytes: &[u8]) {
        let mut start = start;
        for line in bytes.split_inclusive(|&byte| byte == b'\n') {
            if self.bulk.has_ended() {
                break;
            }
            let (text, closed) = line.strip_suffix(b"\n").map_or((line, false), |line| (line, true));
            if text.len() > LINE {
                self.too_long(start);
            } else {
                self.line(start, text, closed);
            }
            start = start.saturating_add(u32::try_from(line.len()).unwrap_or(u32::MAX));
        }
    }

    fn too_long(&mut self, start: u32) {
        self.any = true;
        let at = Span::new(self.file, start, start.saturating_add(1));
        self.bulk.broken(|| Diagnostic::error(Code::LineTooLong, at, format!("the line is longer than {LINE} bytes")));
    }

    fn line(&mut self, start: u32, line: &[u8], closed: bool) {
        self.any = self.any || !line.iter().all(u8::is_ascii_whitespace);
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

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

fn into_inner<T>(shared: Mutex<T>) -> T {
    shared.into_inner().unwrap_or_else(PoisonError::into_inner)
}
