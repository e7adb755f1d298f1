//! Which files of a folder are policy, directory or test.
//!
//! A name tells most of it. Of the other YAML files the `kind` key in the document tells it, and a file that says
//! nothing is an error, never skipped: it could hold the denies that somebody counts on. Hidden files (`.name`), which
//! editors and mounts leave behind, are the exception and are not looked at.

use super::text::{self, DIRECTORY};
use super::{Files, FolderEntry};
use crate::diagnostics::{Code, Diagnostic};
use crate::document::{self, Node, Read};
use crate::source::{FileId, SourceMap, Span};
use std::path::Path;

/// What a file's name tells.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum NameKind {
    /// `*.rolebook`
    Dsl,
    /// `*.yaml`, `*.yml`: policy unless the document says otherwise.
    Yaml,
    /// `directory.*`
    Directory,
    /// `*.test.yaml`, `*.test.yml`
    Test,
    /// Nothing of ours.
    Other,
}

/// What the name of a file in a folder tells.
pub(super) fn name_kind(name: &str) -> NameKind {
    if name.starts_with('.') {
        return NameKind::Other;
    }
    // Capital letters hide nothing: `DENIES.YAML` is a policy file too.
    let name = name.to_ascii_lowercase();
    let (stem, extension) = name.rsplit_once('.').unwrap_or((&name, ""));
    match extension {
        "rolebook" => NameKind::Dsl,
        "yaml" | "yml" if stem.ends_with(".test") => NameKind::Test,
        "yaml" | "yml" | "json" | "jsonl" if stem == "directory" => NameKind::Directory,
        "yaml" | "yml" => NameKind::Yaml,
        _ => NameKind::Other,
    }
}

/// What the name of a policy file tells that a person named: no ending means the DSL, an unknown one is refused.
pub(super) fn named_policy_kind(path: &Path) -> Result<NameKind, Diagnostic> {
    let extension = path.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase());
    match extension.as_deref() {
        None | Some("rolebook") => Ok(NameKind::Dsl),
        Some("yaml" | "yml") => Ok(NameKind::Yaml),
        Some(_) => {
            Err(Diagnostic::placeless(Code::WrongKind, format!("`{}` is no policy file by its name", path.display()))
                .help("a policy file ends in `.rolebook`, `.yaml` or `.yml`"))
        }
    }
}

/// The names of the files in a folder that are of some kind, in order.
pub(super) fn names_of(entries: &[FolderEntry], kind: impl Fn(NameKind) -> bool) -> Vec<(&str, NameKind)> {
    let mut names: Vec<(&str, NameKind)> = entries
        .iter()
        .filter(|entry| !entry.folder)
        .map(|entry| (entry.name.as_str(), name_kind(&entry.name)))
        .filter(|(_, found)| kind(*found))
        .collect();
    names.sort_unstable_by_key(|(name, _)| *name);
    names
}

/// What is said of a document that is a directory.
pub(super) const DIRECTORY_FILE: &str = "a directory";

/// What a YAML document is, by its own words.
pub(super) enum DocumentKind<'n> {
    /// A policy, or what says nothing against it.
    Policy(&'n Node),
    /// A directory or a test.
    Other(Span, &'static str),
    /// No Rolebook document that says so. A list may hold changes.
    Unmarked(Span, Shape),
    /// Nothing that could tell: reading it found errors.
    Unreadable,
}

/// What a document that does not say what it is looks like.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    List,
    Other,
}

/// What a YAML document is, by its `kind` and `rolebook` keys.
pub(super) fn document_kind(file: FileId, read: &Read) -> DocumentKind<'_> {
    let Some(node) = &read.node else { return DocumentKind::Unreadable };
    let kind = node.get("kind");
    match kind.and_then(Node::text) {
        Some("directory") => return DocumentKind::Other(kind.map_or(node.span, |kind| kind.span), DIRECTORY_FILE),
        Some("test") => return DocumentKind::Other(kind.map_or(node.span, |kind| kind.span), "a test file"),
        _ => {}
    }
    if node.get("rolebook").is_some() {
        return DocumentKind::Policy(node);
    }
    if read.cut_short {
        return DocumentKind::Unreadable;
    }
    let first = node.mapping().and_then(<[_]>::first).map(|entry| entry.key_span);
    let shape = if node.sequence().is_some() { Shape::List } else { Shape::Other };
    DocumentKind::Unmarked(first.unwrap_or(Span::new(file, 0, 0)), shape)
}

/// Whether a file that does not say what it is holds changes by its name: `changes.yaml`, `*.changes.yaml`.
pub(super) fn is_changes_name(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
    let stem = name.rsplit_once('.').map_or(name.as_str(), |(stem, _)| stem);
    stem == "changes" || stem.ends_with(".changes")
}

/// Whether a file in a folder is a test file by its name.
#[must_use]
pub fn is_test_name(name: &str) -> bool {
    name_kind(name) == NameKind::Test
}

/// Whether a file in a folder may be one of a package by its name: a policy, or a directory.
#[must_use]
pub fn is_package_name(name: &str) -> bool {
    matches!(name_kind(name), NameKind::Dsl | NameKind::Yaml | NameKind::Directory)
}

/// Whether a file in a folder is a directory by its name.
#[must_use]
pub fn is_directory_name(name: &str) -> bool {
    name_kind(name) == NameKind::Directory
}

/// Whether a YAML file in a folder is one of ours: by its name, or by a line that says so. The text need not be sound.
#[must_use]
pub fn is_own_yaml(path: &Path, text: &str) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let marked = || text.lines().any(|line| line.trim_start_matches('\u{feff}').starts_with("rolebook:"));
    matches!(name_kind(&name), NameKind::Directory | NameKind::Test) || is_changes_name(path) || marked()
}

/// Whether a YAML file in a folder is a policy, by its name and by what it says of itself. A broken one may be.
#[must_use]
pub fn is_policy_yaml(path: &Path, text: &str) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    if name_kind(&name) != NameKind::Yaml || !is_own_yaml(path, text) {
        return false;
    }
    let file = FileId(0);
    let read = document::parse(file, text);
    matches!(document_kind(file, &read), DocumentKind::Policy(_) | DocumentKind::Unreadable)
}

/// Whether a folder holds a policy file. One that cannot be read counts: leaving it out could leave out a deny.
#[must_use]
pub fn holds_policy(files: &dyn Files, folder: &Path) -> bool {
    let entries = files.list(folder).unwrap_or_default();
    names_of(&entries, |kind| matches!(kind, NameKind::Dsl | NameKind::Yaml)).into_iter().any(|(name, kind)| {
        let mut sources = SourceMap::new();
        let mut says_otherwise = || {
            let file = text::read(files, &folder.join(name), DIRECTORY, &mut sources).ok()?;
            let read = document::parse(file, sources.get(file)?.text());
            Some(matches!(document_kind(file, &read), DocumentKind::Other(..) | DocumentKind::Unmarked(..)))
        };
        kind == NameKind::Dsl || says_otherwise() != Some(true)
    })
}

/// The finding for a YAML file among the policy files that does not say what it is.
pub(super) fn unmarked(at: Span, shape: Shape) -> Diagnostic {
    Diagnostic::error(Code::WrongKind, at, "the file does not say that it is a policy").help(match shape {
        Shape::List => {
            "if it holds changes, call it `changes.yaml` or `NAME.changes.yaml`; else keep it in another folder"
        }
        Shape::Other => "begin it with `rolebook: 1`, or keep it in another folder",
    })
}

/// The finding for a directory or test that was named as a policy.
pub(super) fn not_policy(at: Span, what: &str) -> Diagnostic {
    Diagnostic::error(Code::WrongKind, at, format!("the file is {what}, not a policy"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_the_kind() {
        let cases = [
            ("a.rolebook", NameKind::Dsl),
            ("a.b.rolebook", NameKind::Dsl),
            (".a.rolebook", NameKind::Other),
            ("a.yaml", NameKind::Yaml),
            ("a.yml", NameKind::Yaml),
            ("DENIES.YAML", NameKind::Yaml),
            ("test.yaml", NameKind::Yaml),
            ("a.test.yaml", NameKind::Test),
            ("a.test.yml", NameKind::Test),
            ("directory.yaml", NameKind::Directory),
            ("directory.yml", NameKind::Directory),
            ("directory.json", NameKind::Directory),
            ("directory.jsonl", NameKind::Directory),
            ("directory.txt", NameKind::Other),
            ("directory.rolebook", NameKind::Dsl),
            ("package.json", NameKind::Other),
            ("README.md", NameKind::Other),
            ("rolebook", NameKind::Other),
        ];
        for (name, wanted) in cases {
            assert_eq!(name_kind(name), wanted, "{name}");
        }
    }
}
