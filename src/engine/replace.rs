//! Putting new texts in the place of files, so that each is found whole at every moment: the old text or the new.
//!
//! A new text is written to a hidden file beside the old one, forced to disk, and renamed onto it. Every new text is on
//! disk before the first is renamed, so that what can fail has failed by then. A file is locked meanwhile, and what it
//! holds is compared once more, so that of two runs the second finds the file changed. What a killed run leaves behind is
//! never read and is removed by the next.

use super::Rewritten;
use crate::diagnostics::{Code, Diagnostic};
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// Replaces files by their new texts.
pub(super) fn replace(files: &[Rewritten]) -> Result<(), Diagnostic> {
    let mut replacements = files.iter().map(Replacement::prepare).collect::<Result<Vec<_>, _>>()?;
    for replacement in &mut replacements {
        replacement.compare()?;
    }
    let mut done: Vec<&Path> = Vec::new();
    for replacement in &mut replacements {
        replacement.rename().map_err(|finding| after_some(finding, &done))?;
        done.push(&replacement.file.path);
    }
    replacements.iter().try_for_each(Replacement::settle)
}

/// A file with its new text beside it.
struct Replacement<'f> {
    file: &'f Rewritten,
    /// The file itself, links followed.
    target: PathBuf,
    /// It open, and locked where there are locks.
    open: File,
    temporary: Temporary,
}

/// A file that is removed unless it comes to be the target.
struct Temporary {
    path: PathBuf,
    /// Its lock tells other runs that this one is alive.
    _file: File,
    renamed: bool,
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if !self.renamed {
            // What is left over is removed by the next run.
            let _ = fs::remove_file(&self.path);
        }
    }
}

impl<'f> Replacement<'f> {
    fn prepare(file: &'f Rewritten) -> Result<Self, Diagnostic> {
        let shown = &file.path;
        let target = fs::canonicalize(shown).map_err(|error| unwritable(shown, &error))?;
        // To write is not needed to rename; a file that may not be written is left alone all the same.
        let open =
            OpenOptions::new().read(true).write(true).open(&target).map_err(|error| unwritable(shown, &error))?;
        // Who may do everything is kept by nothing else from writing what is marked as read-only.
        if open.metadata().is_ok_and(|metadata| metadata.permissions().readonly()) {
            return Err(because(shown, "it is read-only"));
        }
        lock(shown, &open)?;
        let folder = target.parent().unwrap_or(Path::new("."));
        sweep(folder, &target);
        let temporary = Temporary::create(&target, &open, &file.after).map_err(|error| {
            let finding = unwritable(shown, &error);
            match error.kind() {
                ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
                    finding.help(format!("the new text is written beside the old one, into `{}`", folder.display()))
                }
                _ => finding,
            }
        })?;
        Ok(Self { file, target, open, temporary })
    }

    /// Whether the file is still what was read.
    fn compare(&mut self) -> Result<(), Diagnostic> {
        let shown = &self.file.path;
        let mut text = Vec::with_capacity(self.file.before.len());
        let read = self.open.seek(SeekFrom::Start(0)).and_then(|_| self.open.read_to_end(&mut text));
        read.map_err(|error| unwritable(shown, &error))?;
        let same = is_same(&self.open, &self.target).map_err(|error| unwritable(shown, &error))?;
        if same && text == self.file.before.as_bytes() {
            return Ok(());
        }
        let message = format!("`{}` was changed by somebody else meanwhile", shown.display());
        Err(Diagnostic::placeless(Code::UnwritableFile, message).help("nothing was written; run the command again"))
    }

    fn rename(&mut self) -> Result<(), Diagnostic> {
        fs::rename(&self.temporary.path, &self.target).map_err(|error| unwritable(&self.file.path, &error))?;
        self.temporary.renamed = true;
        Ok(())
    }

    /// Forces the new name to disk.
    fn settle(&self) -> Result<(), Diagnostic> {
        if cfg!(unix) {
            let folder = self.target.parent().unwrap_or(Path::new("."));
            let synced = File::open(folder).and_then(|folder| folder.sync_all());
            synced.map_err(|error| unwritable(&self.file.path, &error))?;
        }
        Ok(())
    }
}

impl Temporary {
    /// Writes a text to a file beside the target that may be read and written by the same people.
    fn create(target: &Path, open: &File, text: &str) -> io::Result<Self> {
        let path = target.with_file_name(hidden(target, &std::process::id().to_string()));
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        // Nobody else reads it before it has the permissions of the target.
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&path)?;
        let mut temporary = Self { path, _file: file.try_clone()?, renamed: false };
        // Without locks a run that is alive is told from a dead one by nothing; the name of this one is taken by nobody.
        let _ = temporary._file.try_lock();
        (&file).write_all(text.as_bytes())?;
        temporary.like(open, &file)?;
        file.sync_all()?;
        Ok(temporary)
    }

    /// Gives the file the owner, as far as that may be done, and the permissions of the target.
    fn like(&mut self, open: &File, file: &File) -> io::Result<()> {
        let wanted = open.metadata()?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::{MetadataExt, fchown};
            let own = file.metadata()?;
            if own.uid() != wanted.uid() {
                let _ = fchown(file, Some(wanted.uid()), None);
            }
            if own.gid() != wanted.gid() {
                let _ = fchown(file, None, Some(wanted.gid()));
            }
        }
        file.set_permissions(wanted.permissions())
    }
}

/// `.directory.yaml.PROCESS.tmp`.
fn hidden(target: &Path, process: &str) -> OsString {
    let mut name = OsString::from(".");
    name.push(target.file_name().unwrap_or_default());
    name.push(format!(".{process}.tmp"));
    name
}

/// Removes what killed runs left beside the target. One that is locked belongs to a run that is alive.
fn sweep(folder: &Path, target: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let process: String = name.to_string_lossy().rsplit('.').nth(1).unwrap_or_default().to_owned();
        let number = !process.is_empty() && process.bytes().all(|byte| byte.is_ascii_digit());
        if !number || name != hidden(target, &process) {
            continue;
        }
        let dead = File::open(entry.path()).is_ok_and(|file| file.try_lock().is_ok());
        if dead {
            // What cannot be removed does no harm.
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Keeps other runs from replacing the file at the same time. Not every file system has locks.
fn lock(shown: &Path, open: &File) -> Result<(), Diagnostic> {
    // On Windows nobody could replace the file while it is locked, this run included.
    if cfg!(unix) && matches!(open.try_lock(), Err(TryLockError::WouldBlock)) {
        let message = format!("`{}` is being written by another run", shown.display());
        return Err(Diagnostic::placeless(Code::UnwritableFile, message).help("run the command again"));
    }
    Ok(())
}

/// Whether a name still stands for the file that was opened by it.
fn is_same(open: &File, target: &Path) -> io::Result<bool> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let (open, named) = (open.metadata()?, fs::metadata(target)?);
        Ok((open.dev(), open.ino()) == (named.dev(), named.ino()))
    }
    #[cfg(not(unix))]
    {
        let _ = (open, target);
        Ok(true)
    }
}

fn unwritable(path: &Path, error: &io::Error) -> Diagnostic {
    match error.kind() {
        ErrorKind::PermissionDenied => because(path, "permission denied"),
        ErrorKind::ReadOnlyFilesystem => because(path, "the file system is read-only"),
        ErrorKind::StorageFull => because(path, "the disk is full"),
        _ => because(path, &error.to_string()),
    }
}

fn because(path: &Path, why: &str) -> Diagnostic {
    Diagnostic::placeless(Code::UnwritableFile, format!("cannot write `{}`: {why}", path.display()))
}

/// The finding, with the files that have their new texts already.
fn after_some(finding: Diagnostic, done: &[&Path]) -> Diagnostic {
    if done.is_empty() {
        return finding;
    }
    let done: Vec<String> = done.iter().map(|path| format!("`{}`", path.display())).collect();
    finding.help(format!("{} were written already", done.join(", ")))
}
