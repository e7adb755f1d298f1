//! The one door through which texts come in.
//!
//! `engine` opens it to the disk, [`MemoryFiles`](super::MemoryFiles) to texts at hand. Paths are as the person wrote
//! them, relative ones to wherever the implementation stands.

use std::fmt;
use std::io::{self, BufRead, ErrorKind};
use std::path::{Path, PathBuf};

/// Folders and files by path.
pub trait Files {
    /// What stands at a path; links are followed.
    ///
    /// # Errors
    /// When nothing stands there, or it cannot be told what.
    fn kind(&self, path: &Path) -> Result<PathKind, FileError>;

    /// What stands directly in a folder, in any order.
    ///
    /// # Errors
    /// When it is no folder or cannot be listed.
    fn list(&self, folder: &Path) -> Result<Vec<FolderEntry>, FileError>;

    /// All bytes of a file.
    ///
    /// # Errors
    /// When it is no regular file, cannot be read, or has more than `limit` bytes; a file that is too large is refused
    /// before it is read.
    fn read(&self, file: &Path, limit: u64) -> Result<Vec<u8>, FileError>;

    /// The bytes of a file, from its beginning, for a file too large to hold. A file that grows while it is read may give
    /// more than `limit` of them.
    ///
    /// # Errors
    /// As [`Files::read`]; reading itself may fail later.
    fn open(&self, file: &Path, limit: u64) -> Result<Box<dyn BufRead + Send + '_>, FileError>;

    /// The one name of what stands at a path, equal for all ways of writing it.
    ///
    /// # Errors
    /// When nothing stands there.
    fn identity(&self, path: &Path) -> Result<PathBuf, FileError>;

    /// Does two pieces of work on what was read, at once where there are threads for it. Each may do all of it and leave
    /// nothing to the other.
    fn at_once(&self, one: &(dyn Fn() + Sync), other: &(dyn Fn() + Sync)) {
        one();
        other();
    }
}

/// What stands at a path.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PathKind {
    /// A folder.
    Folder,
    /// Anything else. Reading tells whether it is a regular file.
    File,
}

/// One name in a folder.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct FolderEntry {
    /// Its name, without the folder's path.
    pub name: String,
    /// Whether it is a folder.
    pub folder: bool,
}

/// Why a folder or file cannot be read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum FileError {
    /// Nothing stands there.
    Missing,
    /// It is there and may not be read.
    Denied,
    /// A folder where a file is wanted.
    IsFolder,
    /// A pipe, a device, a socket.
    NotRegular,
    /// It has this many bytes, and fewer are allowed.
    TooLarge(u64),
    /// Anything else, in the system's words.
    Other(String),
}

impl From<&io::Error> for FileError {
    fn from(error: &io::Error) -> Self {
        match error.kind() {
            ErrorKind::NotFound => Self::Missing,
            ErrorKind::PermissionDenied => Self::Denied,
            ErrorKind::IsADirectory => Self::IsFolder,
            _ => {
                // The system's number says nothing that its words do not.
                let words = error.to_string();
                Self::Other(words.split(" (os error").next().unwrap_or(&words).to_lowercase())
            }
        }
    }
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("there is no such file or folder"),
            Self::Denied => f.write_str("permission denied"),
            Self::IsFolder => f.write_str("it is a folder"),
            Self::NotRegular => f.write_str("it is a pipe or a device, not a file"),
            Self::TooLarge(size) => write!(f, "it has {size} bytes"),
            Self::Other(words) => f.write_str(words),
        }
    }
}
