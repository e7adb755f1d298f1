//! The two sides: folders, files, compiled files, or what stands in a git revision.

use super::super::failure::Failure;
use crate::diagnostics::{Code, Diagnostic};
use crate::engine::{Origin, Tree, path_in_repository};
use std::path::Path;

/// A side as it was named.
pub(super) enum Named<'a> {
    /// On disk.
    Disk(&'a Path),
    /// A revision, and a path in it, if one is named.
    Revision(&'a str, Option<&'a str>),
}

impl<'a> Named<'a> {
    /// What stands on disk goes first, but for `HEAD`, which a bare repository has as a file.
    pub(super) fn read(text: &'a str) -> Self {
        if text != "HEAD" && Path::new(text).exists() {
            return Self::Disk(Path::new(text));
        }
        match text.split_once(':') {
            Some((revision, path)) => Self::Revision(revision, Some(path)),
            None => Self::Revision(text, None),
        }
    }

    /// Where it stands. A revision without a path is the other side's path in it, or the current folder's.
    pub(super) fn origin(&self, other: &Self) -> Result<Origin, Failure> {
        let (revision, path) = match *self {
            Self::Disk(path) => return Ok(Origin::Disk(path.to_owned())),
            Self::Revision(revision, path) => (revision, path),
        };
        let Some(path_named) = path.or((!revision.is_empty()).then_some("")) else {
            let help = "name a folder, a file or a revision";
            let finding = Diagnostic::placeless(Code::UnreadableFile, "a side is empty");
            return Err(finding.help(help).into());
        };
        if revision.is_empty() {
            let path = path_named;
            let message = format!("`:{path}` names no revision");
            let help = format!("write `HEAD:{path}` for what was committed last");
            return Err(Diagnostic::placeless(Code::UnreadableFile, message).help(help).into());
        }
        let here = Path::new(".");
        let (beside, path) = match (path, other) {
            (Some(path), _) => (here, in_revision(path)?),
            (None, Self::Disk(other)) => (*other, path_in_repository(other)?),
            (None, Self::Revision(..)) => (here, path_in_repository(here)?),
        };
        let folder = if beside.is_dir() { beside } else { folder_of(beside) };
        let tree = Tree::open(folder, revision).map_err(|error| match (&self, error.diagnostics.as_slice()) {
            // It may as well have been meant as a path.
            (Self::Revision(text, None), [only]) if only.message.contains("no such revision") => {
                let message = format!("`{text}` is no file or folder, and the repository has no such revision");
                let finding = Diagnostic::placeless(Code::UnreadableFile, message);
                let range = text.split_once("..").map(|(old, new)| (old, new.trim_start_matches('.')));
                Failure::from(match range.filter(|(old, new)| !old.is_empty() && !new.is_empty()) {
                    Some((old, new)) => finding.help(format!("name both ends of a range: `rolebook diff {old} {new}`")),
                    None => finding.maybe_help(only.help.clone()),
                })
            }
            _ => Failure::from(error),
        })?;
        Ok(Origin::Revision(tree, path))
    }
}

/// A path from the root of the repository; one that begins with `./` is from the current folder.
fn in_revision(path: &str) -> Result<String, Failure> {
    if path != "." && !path.starts_with("./") && !path.starts_with("../") {
        return Ok(path.to_owned());
    }
    let prefix = path_in_repository(Path::new("."))?;
    Ok(format!("{prefix}/{path}").trim_start_matches('/').to_owned())
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
