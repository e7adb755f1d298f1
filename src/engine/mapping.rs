//! A file in memory as the system maps it: the one place in the house that a compiler cannot vouch for.

use super::disk;
use crate::index::Bytes;
use crate::workspace::FileError;
use memmap2::Mmap;
use std::fs::File;
use std::path::Path;

/// No compiled file is larger; whatever is meant to be one and is was damaged.
const LIMIT: u64 = 1 << 40;

/// Files of fewer bytes are copied: they are not worth a page of their own.
const SMALL: u64 = 1 << 16;

/// The bytes of a file. They are those of one file from beginning to end, whatever becomes of its name.
///
/// Of a larger file they are the system's own pages, which is why opening one costs by what is read of it. Whoever replaces
/// such a file by renaming another onto it, as `rolebook compile` does, leaves the mapped one as it is. Whoever writes into
/// it does not; see [`map`].
pub(super) fn bytes(path: &Path) -> Result<Bytes, FileError> {
    let (file, metadata) = disk::open(path, LIMIT)?;
    if metadata.len() <= SMALL {
        return disk::read(file, &metadata, LIMIT).map(|bytes| Bytes::copy_of(&bytes));
    }
    map(&file).map(Bytes::from).map_err(|error| FileError::from(&error))
}

/// Maps a file, for reading only.
///
/// What the compiler is not told: the bytes behind a shared reference must not change while it is there. Nothing in this
/// process writes to the file, and the mapping is one that no write of this process reaches. Another process that is
/// allowed to write to the file could: it could make decisions wrong, which it could as well by replacing the file, or cut
/// the file short, on which the system ends this process. What it cannot do is lead the engine out of its tables, or into a
/// search without end: ids and ranges read from them are looked up with a check each time they are used. Texts may come to be
/// none, which only those who write them out would see. So files that are mapped must be replaced and never written into,
/// which `docs/compiled-file.md` says and `rolebook compile` does.
#[expect(
    unsafe_code,
    reason = "mapping a file takes it, and copying one of a hundred megabytes takes ten times as long"
)]
fn map(file: &File) -> std::io::Result<Mmap> {
    // SAFETY: see above.
    unsafe { Mmap::map(file) }
}
