//! Where converted files go: all of them, or none.

use super::tell;
use crate::cli::failure::{Failure, reason};
use crate::cli::output::Output;
use crate::diagnostics::{Code, Diagnostic};
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// A file that is to be written.
pub(super) struct Move {
    /// The file that it is made of.
    pub(super) source: PathBuf,
    pub(super) target: PathBuf,
    pub(super) made: Made,
}

/// What a file is to hold.
pub(super) enum Made {
    /// This text.
    Text(String),
    /// What its source holds.
    Copy,
}

/// Writes files, none of which may be there yet; with `replace`, what they were made of goes. When one cannot be written,
/// those that were are removed again.
pub(super) fn put(moves: &[Move], replace: bool, output: &mut Output) -> Result<(), Failure> {
    let there: Vec<Diagnostic> =
        moves.iter().filter(|step| step.target.exists()).map(|step| exists(&step.target)).collect();
    if !there.is_empty() {
        return Err(there.into());
    }
    let mut written = Written(Vec::new());
    for step in moves {
        write_new(step, replace).map_err(|error| unwritable(&step.target, &error))?;
        written.0.push(&step.target);
    }
    // From here on everything is there in its new form: what cannot be removed is told of, and stands there twice.
    written.0.clear();
    for step in moves {
        match (&step.made, replace) {
            (Made::Text(_), true) => {
                fs::remove_file(&step.source).map_err(|error| unremovable(step, &error))?;
                tell(output, "wrote", &step.target, &format!(", removed {}", super::shown(&step.source)))?;
            }
            (Made::Text(_), false) => tell(output, "wrote", &step.target, "")?,
            (Made::Copy, _) => tell(output, "copied", &step.target, "")?,
        }
    }
    Ok(())
}

/// What was written so far, and is removed where that was not all.
struct Written<'m>(Vec<&'m Path>);

impl Drop for Written<'_> {
    fn drop(&mut self) {
        for path in &self.0 {
            // What cannot be removed is in the way of the next run, which tells of it.
            let _ = fs::remove_file(path);
        }
    }
}

/// Writes a file that must not be there yet, with the folders that it lies in.
fn write_new(step: &Move, replace: bool) -> io::Result<()> {
    if let Some(folder) = step.target.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder)?;
    }
    let mut file = OpenOptions::new().write(true).create_new(true).open(&step.target)?;
    let filled = match &step.made {
        Made::Text(text) => file.write_all(text.as_bytes()),
        Made::Copy => fs::File::open(&step.source).and_then(|mut source| io::copy(&mut source, &mut file)).map(drop),
    };
    let done = filled.and_then(|()| {
        if replace {
            // Whoever could read the old one can read the new one, and the old one goes only once this is on disk.
            file.set_permissions(fs::metadata(&step.source)?.permissions())?;
            file.sync_all()?;
        }
        Ok(())
    });
    if done.is_err() {
        // It is nobody else's: it was made here.
        let _ = fs::remove_file(&step.target);
    }
    done
}

fn exists(path: &Path) -> Diagnostic {
    Diagnostic::placeless(Code::FileExists, format!("`{}` is already there", path.display()))
}

fn unwritable(path: &Path, error: &io::Error) -> Diagnostic {
    if error.kind() == io::ErrorKind::AlreadyExists {
        return exists(path);
    }
    Diagnostic::placeless(Code::UnwritableFile, format!("cannot write `{}`: {}", path.display(), reason(error)))
}

fn unremovable(step: &Move, error: &io::Error) -> Diagnostic {
    let message = format!("cannot remove `{}`: {}", step.source.display(), reason(error));
    Diagnostic::placeless(Code::UnwritableFile, message)
        .help(format!("it stands in `{}` by now; remove it, or what it says is said twice", step.target.display()))
}
