//! Texts that are written anew: which files a path stands for, and standard input.

use super::failure::{Failure, reason};
use crate::diagnostics::{Code, Diagnostic};
use crate::engine::{self, Disk, LoadError};
use crate::format::Form;
use crate::workspace;
use rustc_hash::FxHashSet;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// A text and its name.
pub(super) struct Input {
    pub(super) path: PathBuf,
    pub(super) text: String,
    pub(super) form: Form,
}

/// The files that paths stand for, and whether each was named itself.
pub(super) fn find(paths: &[PathBuf]) -> Result<Vec<(PathBuf, bool)>, LoadError> {
    let named: FxHashSet<&PathBuf> = paths.iter().collect();
    let files = engine::find_files(paths, |name| Form::of(Path::new(name)).is_some())?;
    Ok(files.into_iter().map(|path| (path.clone(), named.contains(&path))).collect())
}

/// The text of a file; nothing for a YAML file that was found in a folder and is none of ours.
pub(super) fn read(path: &Path, named: bool) -> Result<Option<Input>, Diagnostic> {
    let form = form_of(path)?;
    let text = workspace::read_text(&Disk, path)?;
    if form == Form::Yaml && !named && !workspace::is_own_yaml(path, &text) {
        return Ok(None);
    }
    Ok(Some(Input { path: path.to_owned(), text, form }))
}

/// More than this is no file that somebody edits.
const SIZE_LIMIT: u64 = 32 << 20;

/// Standard input, under the name it goes by. Where the `form` is not known, the text tells.
pub(super) fn standard(name: Option<&Path>, form: Option<Form>) -> Result<Input, Failure> {
    let path = name.map_or_else(|| PathBuf::from("standard input"), Path::to_owned);
    let shown = path.display();
    let mut bytes = Vec::new();
    io::stdin().lock().take(SIZE_LIMIT + 1).read_to_end(&mut bytes).map_err(|error| {
        Diagnostic::placeless(Code::UnreadableFile, format!("cannot read `{shown}`: {}", reason(&error)))
    })?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > SIZE_LIMIT {
        let message = format!("`{shown}` has more than {} MiB", SIZE_LIMIT >> 20);
        return Err(Diagnostic::placeless(Code::FileTooLarge, message).into());
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        Diagnostic::placeless(Code::NotText, format!("`{shown}` is not UTF-8 text: the byte at offset {at} is none"))
    })?;
    let form = form.unwrap_or_else(|| form_by_beginning(&text));
    Ok(Input { path, text, form })
}

/// The form that a text seems to have: YAML begins with a mark, a brace or a key, and no policy text does.
fn form_by_beginning(text: &str) -> Form {
    let lines = text.trim_start_matches('\u{feff}').lines().map(str::trim);
    let first = lines.into_iter().find(|line| !line.is_empty() && !line.starts_with('#')).unwrap_or("");
    let key = first.split_whitespace().next().is_some_and(|word| word.contains(':'));
    if key || first.starts_with("---") || first.starts_with('{') { Form::Yaml } else { Form::Dsl }
}

/// The form that a name stands for, or why it stands for none.
pub(super) fn form_of(path: &Path) -> Result<Form, Diagnostic> {
    Form::of(path).ok_or_else(|| {
        let message = format!("`{}` is nothing that is laid out, by its name", path.display());
        Diagnostic::placeless(Code::WrongKind, message)
            .help("policy text ends in `.rolebook`, YAML in `.yaml` or `.yml`")
    })
}
