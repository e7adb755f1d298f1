//! Edits put into the text of a directory's files: each case holds files before, changes, and files after.
//!
//! `tests/rewrite/CASE/` holds `before.yaml` (or `.json`, `.jsonl`; several files are `before-1.yaml` and so on),
//! `edits.yaml`, the changes as `rolebook apply` takes them, each of which is taken for the one edit that it names, and the
//! files after them, or `refused.txt` with the reason why there are none. `UPDATE=1 cargo test` writes what is expected.

mod attacks;
mod random;
pub(crate) mod written;

use rolebook::diagnostics::Diagnostic;
use rolebook::directory::change::{self, ChangeAction, Edit};
use rolebook::directory::tree::{self, BulkReader, DirectoryTree};
use rolebook::document;
use rolebook::rewrite::{FileText, Form, rewrite};
use rolebook::source::FileId;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Each change as the edits that it names, nothing else following from it.
pub(crate) fn edits(text: &str) -> Vec<Edit> {
    let read = document::parse(FileId(0), text);
    assert!(read.diagnostics.is_empty(), "{text}\n{:#?}", read.diagnostics);
    let (changes, found) = change::read_list(&read.node.expect("changes"));
    assert!(found.is_empty(), "{text}\n{found:#?}");
    changes.into_iter().flat_map(|change| named(change.action)).collect()
}

fn named(action: ChangeAction) -> Vec<Edit> {
    match action {
        ChangeAction::Create(new) => vec![Edit::Declare(new)],
        ChangeAction::Delete { entity } => vec![Edit::Remove { entity: entity.value }],
        ChangeAction::Set { entity, attributes, settings } => {
            let name = || entity.value.clone();
            let attributes = attributes.into_iter().map(|field| Edit::SetAttribute { entity: name(), field });
            attributes.chain(settings.into_iter().map(|field| Edit::SetSetting { entity: name(), field })).collect()
        }
        ChangeAction::Move { entity, from, to } => {
            let from = from.map(|parent| Edit::RemoveParent { entity: entity.value.clone(), parent: parent.value });
            let to = to.map(|parent| Edit::AddParent { entity: entity.value.clone(), parent });
            from.into_iter().chain(to).collect()
        }
        ChangeAction::Assign(assigned) => vec![Edit::Assign(assigned)],
        ChangeAction::Revoke(name) => {
            vec![Edit::Revoke { subject: name.subject.value, role: name.role.value, on: name.on.value }]
        }
        ChangeAction::Link(link) => vec![Edit::Link(link)],
        ChangeAction::Unlink(link) => vec![Edit::Unlink { policy: link.policy.value, on: link.on.value }],
        ChangeAction::Policy(policy) => vec![Edit::AddPolicy(policy)],
        ChangeAction::DeletePolicy { name } => vec![Edit::RemovePolicy { name: name.value }],
        ChangeAction::CustomRole(role) => vec![Edit::AddCustomRole(role)],
        ChangeAction::DeleteCustomRole(name) => {
            vec![Edit::RemoveCustomRole { name: name.name.value, organization: name.organization.value }]
        }
    }
}

/// The records of a file.
fn records(name: &str, text: &str) -> Result<Arc<DirectoryTree>, String> {
    let (tree, found) = if Form::of(name) == Form::Bulk {
        let (mut reader, mut start) = (BulkReader::new(FileId(0)), 0);
        for line in text.split_inclusive('\n') {
            reader.line(start, line.trim_end_matches(['\n', '\r']), line.ends_with('\n'));
            start += u32::try_from(line.len()).expect("a short line");
        }
        reader.finish()
    } else {
        let read = document::parse(FileId(0), text);
        let (tree, mut found) = read.node.as_ref().map(tree::read).unwrap_or_default();
        found.extend(read.diagnostics);
        (tree, found)
    };
    match found.first() {
        Some(finding) => Err(format!("{name} cannot be read: {}\n{text}", finding.message)),
        None => Ok(Arc::new(tree)),
    }
}

/// What the new texts say otherwise than the edited records of the old ones.
fn difference(before: &[(&str, &str)], edits: &[Edit], after: &[(&str, &str)]) -> Result<Option<String>, String> {
    let read = |files: &[(&str, &str)]| {
        files.iter().map(|(name, text)| records(name, text)).collect::<Result<Vec<_>, String>>()
    };
    let mut edited = read(before)?;
    for edit in edits {
        tree::edit(&mut edited, edit);
    }
    Ok(tree::difference(&edited, &read(after)?))
}

/// The files of a case whose names begin with a word, in order.
fn files(folder: &Path, word: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let named = |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(word));
    let mut files: Vec<PathBuf> = entries.filter(named).collect();
    files.sort();
    files
}

fn show(finding: &Diagnostic) -> String {
    let help = finding.help.as_ref().map(|help| format!("help: {help}\n")).unwrap_or_default();
    format!("[{}] {}\n{help}", finding.code, finding.message)
}

fn borrowed(files: &[(String, String)]) -> Vec<(&str, &str)> {
    files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect()
}

fn run(folder: &Path) -> Result<(), String> {
    let before = files(folder, "before");
    let texts: Vec<String> = before.iter().map(|path| fs::read_to_string(path).expect("a text")).collect();
    let names: Vec<String> =
        before.iter().map(|path| path.file_name().expect("a name").to_string_lossy().into_owned()).collect();
    let given: Vec<FileText<'_>> =
        names.iter().zip(&texts).map(|(name, text)| FileText { name, text, form: Form::of(name) }).collect();
    let edits = edits(&fs::read_to_string(folder.join("edits.yaml")).expect("edits"));
    let mut expected = Vec::new();
    match rewrite(&given, &edits) {
        Ok(new) => {
            let pairs = |texts: Vec<&'_ str>| -> Vec<(String, String)> {
                names.iter().cloned().zip(texts.into_iter().map(str::to_owned)).collect()
            };
            let old = pairs(texts.iter().map(String::as_str).collect());
            let whole = pairs(new.iter().zip(&texts).map(|(new, old)| new.as_deref().unwrap_or(old)).collect());
            assert_eq!(difference(&borrowed(&old), &edits, &borrowed(&whole)), Ok(None), "{}", folder.display());
            for ((name, text), new) in names.iter().zip(&texts).zip(new) {
                expected.push((name.replace("before", "after"), new.unwrap_or_else(|| text.clone())));
            }
        }
        Err(finding) => expected.push((String::from("refused.txt"), show(&finding))),
    }
    let mut differing = Vec::new();
    for (name, text) in expected {
        let path = folder.join(&name);
        if fs::read_to_string(&path).ok().as_deref() == Some(&text) {
            continue;
        }
        if std::env::var_os("UPDATE").is_some() {
            fs::write(&path, text).expect("the case can be written");
        } else {
            differing.push(format!("--- {} should be\n{text}", path.display()));
        }
    }
    if differing.is_empty() { Ok(()) } else { Err(differing.join("\n")) }
}

#[test]
fn cases() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rewrite");
    let mut folders: Vec<PathBuf> =
        fs::read_dir(&root).expect("the cases").map(|entry| entry.expect("an entry").path()).collect();
    folders.sort();
    assert!(folders.len() > 10, "cases are missing: {folders:?}");
    let differing: Vec<String> = folders.iter().filter_map(|folder| run(folder).err()).collect();
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}
