//! From the bytes of a file to a text in the source map, or the finding why not.

use super::clean_path::folder_of;
use super::{FileError, Files};
use crate::diagnostics::{Code, Diagnostic, near_miss};
use crate::image::is_compiled;
use crate::source::{FileId, SourceMap};
use std::path::Path;

/// How large a file of some kind may be, and what that kind is called.
#[derive(Clone, Copy)]
pub(super) struct SizeLimit {
    pub(super) mebibytes: u64,
    pub(super) called: &'static str,
}

pub(super) const POLICY: SizeLimit = SizeLimit { mebibytes: 16, called: "a policy file" };
pub(super) const DIRECTORY: SizeLimit = SizeLimit { mebibytes: 32, called: "a directory" };
const DOCUMENT: SizeLimit = SizeLimit { mebibytes: 16, called: "a document" };
const EDITED: SizeLimit = SizeLimit { mebibytes: 32, called: "a file" };
pub(super) const TEST: SizeLimit = SizeLimit { mebibytes: 32, called: "a test file" };

impl SizeLimit {
    pub(super) const fn bytes(self) -> u64 {
        self.mebibytes * 1024 * 1024
    }

    /// The finding for a file of `size` bytes, which are too many.
    pub(super) fn exceeded(self, path: &Path, size: u64) -> Diagnostic {
        let (shown, called, most) = (path.display(), self.called, self.mebibytes);
        let message = format!("`{shown}` has {size} bytes; {called} may have at most {most} MiB");
        Diagnostic::placeless(Code::FileTooLarge, message).help("split it into several files")
    }
}

/// Reads a file into the source map under its path.
///
/// The finding has no place: the file itself is at fault, and where its name was written only the caller knows.
pub(super) fn read(
    files: &dyn Files,
    path: &Path,
    limit: SizeLimit,
    sources: &mut SourceMap,
) -> Result<FileId, Diagnostic> {
    load(files, path, limit).map(|text| add(sources, &path.display().to_string(), &text))
}

/// The text of a file, as it stands there. The finding has no place.
pub(super) fn load(files: &dyn Files, path: &Path, limit: SizeLimit) -> Result<String, Diagnostic> {
    let bytes = files.read(path, limit.bytes()).map_err(|error| match error {
        FileError::TooLarge(size) => limit.exceeded(path, size),
        other => unreadable(files, path, &other),
    })?;
    if is_compiled(&bytes) {
        return Err(compiled(path));
    }
    String::from_utf8(bytes).map_err(|error| not_text(path, error.as_bytes(), error.utf8_error().valid_up_to()))
}

/// Reads a document that is no policy, directory or test, such as a page that quotes from the policy.
///
/// # Errors
/// A finding without a place when the file cannot be read, is too large or is no text.
pub fn read_document(files: &dyn Files, path: &Path, sources: &mut SourceMap) -> Result<FileId, Diagnostic> {
    read(files, path, DOCUMENT, sources)
}

/// The text of a file that is edited by people, as it stands there.
///
/// # Errors
/// A finding without a place when the file cannot be read, is too large or is no text.
pub fn read_text(files: &dyn Files, path: &Path) -> Result<String, Diagnostic> {
    load(files, path, EDITED)
}

/// Adds a text without its byte order mark, as all texts are read.
pub fn add_text(sources: &mut SourceMap, name: &str, text: &str) -> FileId {
    add(sources, name, text)
}

/// Adds a text without its byte order mark.
pub(super) fn add(sources: &mut SourceMap, name: &str, text: &str) -> FileId {
    sources.add(name, unmarked(text))
}

/// A text without its byte order mark, which is no part of what the person wrote.
pub(super) fn unmarked(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// The finding for a file or folder that cannot be read, with the name that was most likely meant where there is none.
#[must_use]
pub fn unreadable(files: &dyn Files, path: &Path, error: &FileError) -> Diagnostic {
    let help = sibling(files, path).filter(|_| *error == FileError::Missing);
    let help = help.map(|name| format!("did you mean `{}`?", path.with_file_name(name).display()));
    Diagnostic::placeless(Code::UnreadableFile, format!("cannot read `{}`: {error}", path.display())).maybe_help(help)
}

/// The name beside a path that its last part most likely means.
pub(super) fn sibling(files: &dyn Files, path: &Path) -> Option<String> {
    let wanted = path.file_name()?.to_string_lossy().into_owned();
    let entries = files.list(&folder_of(path)).ok()?;
    let others = entries.iter().map(|entry| entry.name.as_str()).filter(|name| *name != wanted);
    near_miss(&wanted, others).map(String::from)
}

/// The finding for a compiled file where something is wanted that people write; nothing where it is none.
pub(super) fn compiled_at(files: &dyn Files, path: &Path) -> Option<Diagnostic> {
    let mut file = files.open(path, u64::MAX).ok()?;
    is_compiled(file.fill_buf().ok()?).then(|| compiled(path))
}

fn compiled(path: &Path) -> Diagnostic {
    let message = format!("`{}` is a compiled file, and what it was compiled from is wanted here", path.display());
    Diagnostic::placeless(Code::WrongKind, message)
        .help("`--policy` names it where something is asked or tested, and nothing beside it")
}

fn not_text(path: &Path, bytes: &[u8], offset: usize) -> Diagnostic {
    let byte = bytes.get(offset).copied().unwrap_or_default();
    let line = 1 + bytes.iter().take(offset).filter(|byte| **byte == b'\n').count();
    let message =
        format!("`{}` is not UTF-8 text: the byte at offset {offset} (line {line}) is 0x{byte:02x}", path.display());
    let finding = Diagnostic::placeless(Code::NotText, message);
    match bytes {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => finding.help("the file looks like UTF-16; save it as UTF-8"),
        _ => finding,
    }
}
