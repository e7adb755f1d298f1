//! Changes written into the directory's files.

use super::replace::replace;
use super::{Applied, Disk, Engine};
use crate::diagnostics::{Code, Diagnostic};
use crate::workspace::{Files, unreadable};
use std::path::{Path, PathBuf};

/// No directory file is larger than this, whatever its form.
const SIZE_LIMIT: u64 = 1 << 31;

/// A directory file with changes put in, not yet written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rewritten {
    /// The file.
    pub path: PathBuf,
    /// What stands in it.
    pub before: String,
    /// What is to stand in it.
    pub after: String,
}

impl Engine {
    /// What changes make of the files that the directory was loaded from: those whose text is another then. All that the
    /// changes do not concern stays as it is, comments and order included.
    ///
    /// # Errors
    /// When a file cannot be read, says something else by now, or is written in a way that cannot be edited.
    pub fn rewritten(&self, applied: &Applied) -> Result<Vec<Rewritten>, Diagnostic> {
        if applied.before.compiled().is_some() {
            let message = "changes are not written into a compiled file, nor into what it was compiled from";
            return Err(Diagnostic::placeless(Code::WrongKind, message)
                .help("apply them to policy and directory, and compile these again"));
        }
        let paths: Vec<PathBuf> = applied.before.directory_files().map(Path::to_owned).collect();
        let texts = paths.iter().map(|path| text(path)).collect::<Result<Vec<_>, _>>()?;
        let names: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
        let files: Vec<(&str, &str)> = names.iter().map(String::as_str).zip(texts.iter().map(String::as_str)).collect();
        let new = applied.before.rewritten(&applied.after, &applied.edits, &files)?;
        let changed = paths.iter().zip(texts).zip(new).filter_map(|((path, before), after)| {
            let after = after.filter(|after| *after != before)?;
            Some(Rewritten { path: path.clone(), before, after })
        });
        Ok(changed.collect())
    }
}

/// Writes what [`Engine::rewritten`] gave. Whoever reads a file meanwhile, and whatever interrupts the writing: it holds the
/// old text or the new one, whole.
///
/// # Errors
/// When a file is not what it was, or cannot be replaced. Then none is, unless the finding says which were.
pub fn write(files: &[Rewritten]) -> Result<(), Diagnostic> {
    replace(files)
}

fn text(path: &Path) -> Result<String, Diagnostic> {
    let bytes = Disk.read(path, SIZE_LIMIT).map_err(|error| unreadable(&Disk, path, &error))?;
    String::from_utf8(bytes).map_err(|_| {
        let message = format!("`{}` is not UTF-8 text any more", path.display());
        Diagnostic::placeless(Code::NotText, message)
    })
}
