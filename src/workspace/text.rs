//! From the bytes of a file to a text in the source map, or the finding why not.

use super::{FileError, Files};
use crate::diagnostics::{Code, Diagnostic};
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
    let bytes = files.read(path, limit.bytes()).map_err(|error| match error {
        FileError::TooLarge(size) => limit.exceeded(path, size),
        other => unreadable(path, &other),
    })?;
    match std::str::from_utf8(&bytes) {
        Ok(text) => Ok(add(sources, &path.display().to_string(), text)),
        Err(error) => Err(not_text(path, &bytes, error.valid_up_to())),
    }
}

/// Adds a text without its byte order mark, which is no part of what the person wrote.
pub(super) fn add(sources: &mut SourceMap, name: &str, text: &str) -> FileId {
    sources.add(name, text.strip_prefix('\u{feff}').unwrap_or(text))
}

/// The finding for a file or folder that cannot be read.
#[must_use]
pub fn unreadable(path: &Path, error: &FileError) -> Diagnostic {
    Diagnostic::placeless(Code::UnreadableFile, format!("cannot read `{}`: {error}", path.display()))
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
