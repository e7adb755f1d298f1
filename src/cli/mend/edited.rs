//! The disk, with other texts in place of some files.

use super::trace::Trace;
use crate::diagnostics::Diagnostic;
use crate::engine::Disk;
use crate::format::{Form, format};
use crate::source::FileId;
use crate::workspace::{self, FileError, Files, FolderEntry, PathKind};
use std::collections::BTreeMap;
use std::io::{self, BufRead};
use std::ops::Range;
use std::path::{Path, PathBuf};

/// Texts, by the paths of their files.
pub(super) type Texts = BTreeMap<PathBuf, String>;

/// Files as they are by now.
#[derive(Clone, Debug, Default)]
pub(super) struct Edited {
    pub(super) texts: Texts,
    /// What is left of those of which texts were cut; marks at the beginning apart.
    traces: BTreeMap<PathBuf, Trace>,
}

impl Edited {
    /// The text of a file as it is by now.
    pub(super) fn text(&self, path: &Path) -> Result<String, Diagnostic> {
        match self.texts.get(path) {
            Some(text) => Ok(text.clone()),
            None => workspace::read_text(&Disk, path),
        }
    }

    /// Cuts texts out of a file, each with what is to go with it then; those farthest behind come first.
    pub(super) fn cut(
        &mut self,
        path: &Path,
        ranges: &[Range<usize>],
        further: impl Fn(&str, usize) -> Vec<Range<usize>>,
    ) {
        let Ok(mut text) = self.text(path) else { return };
        // A mark at the beginning is no part of what places count.
        let body = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let mark = text.len() - body.len();
        let trace = self.traces.entry(path.to_owned()).or_insert_with(|| Trace::whole(body));
        let mut take_out = |text: &mut String, range: Range<usize>| {
            trace.cut(&(range.start - mark..range.end - mark));
            text.replace_range(range, "");
        };
        for range in ranges {
            let start = range.start + mark;
            take_out(&mut text, start..range.end + mark);
            for range in further(&text, start) {
                take_out(&mut text, range);
            }
        }
        self.texts.insert(path.to_owned(), text);
    }

    /// Where a place in a file stood before texts were cut out of it.
    pub(super) fn origin(&self, path: &Path, place: usize) -> usize {
        self.traces.get(path).map_or(place, |trace| trace.origin(place))
    }

    /// The texts of files that were laid out before, as they are laid out now; only those that are not.
    pub(super) fn laid_out(&self) -> Texts {
        let laid_out = |(path, text): (&PathBuf, &String)| {
            let form = Form::of(path)?;
            let before = workspace::read_text(&Disk, path).ok()?;
            let was = format(form, FileId(0), &before).is_ok_and(|laid_out| laid_out == before);
            let is = format(form, FileId(0), text).ok().filter(|is| was && is != text)?;
            Some((path.clone(), is))
        };
        self.texts.iter().filter_map(laid_out).collect()
    }
}

impl Files for Edited {
    fn kind(&self, path: &Path) -> Result<PathKind, FileError> {
        Disk.kind(path)
    }

    fn list(&self, folder: &Path) -> Result<Vec<FolderEntry>, FileError> {
        Disk.list(folder)
    }

    fn read(&self, file: &Path, limit: u64) -> Result<Vec<u8>, FileError> {
        self.texts.get(file).map_or_else(|| Disk.read(file, limit), |text| Ok(text.clone().into_bytes()))
    }

    fn open(&self, file: &Path, limit: u64) -> Result<Box<dyn BufRead + Send + '_>, FileError> {
        match self.texts.get(file) {
            Some(text) => Ok(Box::new(io::Cursor::new(text.as_bytes()))),
            None => Disk.open(file, limit),
        }
    }

    fn identity(&self, path: &Path) -> Result<PathBuf, FileError> {
        Disk.identity(path)
    }
}
