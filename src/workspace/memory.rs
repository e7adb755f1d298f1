//! Texts at hand, under names that read as paths.

use super::clean_path::clean;
use super::{FileError, Files, FolderEntry, PathKind};
use std::collections::{BTreeMap, BTreeSet};
use std::io::BufRead;
use std::path::{Path, PathBuf};

/// Texts by path. Folders are there as far as files lie in them.
#[derive(Clone, Debug, Default)]
pub struct MemoryFiles {
    texts: BTreeMap<PathBuf, Vec<u8>>,
}

impl MemoryFiles {
    /// No texts.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a text; `false`, and nothing is changed, when there is one under this path.
    pub fn add(&mut self, path: impl AsRef<Path>, text: impl Into<Vec<u8>>) -> bool {
        let path = clean(path.as_ref());
        if self.texts.contains_key(&path) {
            return false;
        }
        self.texts.insert(path, text.into());
        true
    }

    fn bytes(&self, file: &Path, limit: u64) -> Result<&[u8], FileError> {
        let bytes = self.texts.get(&clean(file)).ok_or(FileError::Missing)?;
        let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        if size > limit { Err(FileError::TooLarge(size)) } else { Ok(bytes) }
    }

    /// The names directly in a clean folder path.
    fn names(&self, folder: &Path) -> BTreeSet<FolderEntry> {
        let within = |path: &Path| -> Option<FolderEntry> {
            let rest = if folder == Path::new(".") { path } else { path.strip_prefix(folder).ok()? };
            let mut parts = rest.components();
            let name = parts.next()?.as_os_str().to_string_lossy().into_owned();
            Some(FolderEntry { name, folder: parts.next().is_some() })
        };
        self.texts.keys().filter_map(|path| within(path)).collect()
    }
}

impl Files for MemoryFiles {
    fn kind(&self, path: &Path) -> Result<PathKind, FileError> {
        let path = clean(path);
        if self.texts.contains_key(&path) {
            Ok(PathKind::File)
        } else if self.names(&path).is_empty() {
            Err(FileError::Missing)
        } else {
            Ok(PathKind::Folder)
        }
    }

    fn list(&self, folder: &Path) -> Result<Vec<FolderEntry>, FileError> {
        Ok(self.names(&clean(folder)).into_iter().collect())
    }

    fn read(&self, file: &Path, limit: u64) -> Result<Vec<u8>, FileError> {
        self.bytes(file, limit).map(<[u8]>::to_vec)
    }

    fn open(&self, file: &Path, limit: u64) -> Result<Box<dyn BufRead + Send + '_>, FileError> {
        self.bytes(file, limit).map(|bytes| Box::new(bytes) as Box<dyn BufRead + Send>)
    }

    fn identity(&self, path: &Path) -> Result<PathBuf, FileError> {
        Ok(clean(path))
    }
}
