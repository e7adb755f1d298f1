//! `rolebook check --fix`: findings settled where nothing that is decided changes by it.
//!
//! Each round takes out what findings name, as far as these do not touch each other, and loads the result from memory.
//! What is left must decide as it did before, proven by [`lint::decide_alike`], or the edit is not made. At the end files
//! that were laid out before are laid out again, and are written, all or none.

mod directory;
mod edited;
mod trace;

use super::failure::Failure;
use super::file_diff;
use super::levels::{Level, Levels};
use super::output::{GOOD, Output};
use super::render;
use crate::analysis::lint::{self, Finding, Fix};
use crate::diagnostics::Diagnostic;
use crate::engine::{self, Disk, Rewritten};
use crate::source::{FileId, Span};
use crate::workspace::{self, Build, DirectorySource, State, Workspace};
use directory::Step;
use edited::{Edited, Texts};
use std::collections::BTreeMap;
use std::io::Write;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// How many rounds there may be: a fix may bring another finding to light, and that ends.
const ROUNDS: usize = 100;

/// What was done.
#[derive(Default)]
pub(super) struct Mended {
    /// The files, as they were and as they are now.
    pub(super) files: Vec<Rewritten>,
    /// What was settled, each with its place in the files as they were.
    settled: Vec<String>,
    /// What is left to say of the files as they are now.
    pub(super) build: Option<Build>,
}

/// What is checked, and how.
pub(super) struct Checked<'a> {
    pub(super) policies: &'a [PathBuf],
    pub(super) directories: &'a [PathBuf],
    pub(super) levels: &'a Levels,
    pub(super) at: i64,
}

/// Settles what can be settled.
pub(super) fn mend(checked: &Checked<'_>, state: &State) -> Mended {
    let mut edited = Edited::default();
    let mut mended = Mended::default();
    let mut current = state.clone();
    let find = |state: &State| lint::find(&state.examined(checked.at), |code| checked.levels.of(code) != Level::Allow);
    let first = find(state);
    for _ in 0..ROUNDS {
        let findings = find(&current);
        let Some((after, settled, build)) = round(checked, &current, &edited, &findings) else { break };
        mended.settled.extend(settled.iter().map(|finding| {
            let place = match &finding.fix {
                Some(Fix::Directory(_)) => revoked(&first, finding),
                _ => origin(state, (&current, &edited), finding),
            };
            said(state, &finding.diagnostic, place)
        }));
        edited = after;
        if let Some(state) = &build.state {
            current = state.clone();
        }
        mended.build = Some(build);
    }
    lay_out(checked, &current, &mut edited, &mut mended);
    for (path, after) in edited.texts {
        if let Ok(before) = workspace::read_text(&Disk, &path) {
            mended.files.push(Rewritten { path, before, after });
        }
    }
    mended
}

/// Files that were laid out before are so afterwards, where they say the same then.
fn lay_out(checked: &Checked<'_>, state: &State, edited: &mut Edited, mended: &mut Mended) {
    let texts = edited.laid_out();
    if texts.is_empty() {
        return;
    }
    let mut laid_out = edited.clone();
    laid_out.texts.extend(texts.clone());
    let build = load(checked, &laid_out);
    if build.state.as_ref().is_some_and(|after| is_read(after, &texts) && is_alike(state, after, &[], checked.at)) {
        *edited = laid_out;
        mended.build = Some(build);
    }
}

/// The files after a round, what it settled, and what was loaded of them.
type Round<'f> = (Edited, Vec<&'f Finding>, Build);

/// One round: all edits at once, or else the first that can be made by itself.
fn round<'f>(checked: &Checked<'_>, state: &State, edited: &Edited, findings: &'f [Finding]) -> Option<Round<'f>> {
    let fixable: Vec<&Finding> = findings.iter().filter(|finding| finding.fix.is_some()).collect();
    let attempt = |chosen: &[&'f Finding]| {
        let (after, settled) = edit(state, edited, chosen);
        if settled.is_empty() {
            return None;
        }
        let changed = |(path, text): &(&PathBuf, &String)| edited.texts.get(*path) != Some(*text);
        let texts = after.texts.iter().filter(changed).map(|(path, text)| (path.clone(), text.clone())).collect();
        let build = load(checked, &after);
        let sound = build
            .state
            .as_ref()
            .is_some_and(|after| is_read(after, &texts) && is_alike(state, after, chosen, checked.at));
        sound.then_some((after, settled, build))
    };
    let together = if fixable.is_empty() { None } else { attempt(&fixable) };
    together.or_else(|| fixable.iter().find_map(|&finding| attempt(&[finding])))
}

fn load(checked: &Checked<'_>, files: &Edited) -> Build {
    let workspace = Workspace::gather(files, checked.policies);
    let directories =
        if checked.directories.is_empty() { workspace.default_directories() } else { checked.directories };
    let sources: Vec<DirectorySource> = directories.iter().cloned().map(DirectorySource::File).collect();
    workspace.build(files, &sources)
}

/// Whether the new texts of policy files are those that were read.
fn is_read(state: &State, texts: &Texts) -> bool {
    texts.iter().filter(|(path, _)| !state.directory_files().any(|file| file == path.as_path())).all(|(path, text)| {
        let is_it = |source: &crate::source::Source| {
            Path::new(source.name()) == path && source.text() == text.strip_prefix('\u{feff}').unwrap_or(text)
        };
        state.policy_files().any(|tree| state.sources().get(tree.file).is_some_and(is_it))
    })
}

/// Whether the state after some fixes decides as the one before, from the moment on.
fn is_alike(before: &State, after: &State, chosen: &[&Finding], at: i64) -> bool {
    let revoked = chosen.iter().filter(|finding| matches!(finding.fix, Some(Fix::Directory(_)))).count();
    let (was, is) = (before.snapshot().directory(), after.snapshot().directory());
    let over = was.assignments().filter(|one| one.until.is_some_and(|until| until <= at)).count();
    let standing = |directory: &crate::directory::Directory| {
        directory.assignments().filter(|one| one.until.is_none_or(|until| until > at)).count()
    };
    standing(was) == standing(is)
        && revoked <= over
        && lint::decide_alike(before.snapshot().policy(), after.snapshot().policy())
}

/// The files after some fixes, and which of these were made. Of fixes that touch each other the first is.
fn edit<'f>(state: &State, edited: &Edited, chosen: &[&'f Finding]) -> (Edited, Vec<&'f Finding>) {
    let mut settled = Vec::new();
    let mut steps: Vec<Step<'_>> = Vec::new();
    let mut ranges: BTreeMap<PathBuf, Vec<Range<usize>>> = BTreeMap::new();
    for &finding in chosen {
        match &finding.fix {
            Some(Fix::Directory(edits)) => steps.push((edits, finding)),
            Some(Fix::Remove(removals)) => {
                let Some(found) = removals.iter().map(|&removal| place(state, removal)).collect::<Option<Vec<_>>>()
                else {
                    continue;
                };
                let touches = |path: &PathBuf, range: &Range<usize>| {
                    let near = |other: &Range<usize>| range.start <= other.end + 2 && other.start <= range.end + 2;
                    ranges.get(path).is_some_and(|ranges| ranges.iter().any(near))
                };
                if found.iter().any(|(path, range)| touches(path, range)) {
                    continue;
                }
                found.into_iter().for_each(|(path, range)| ranges.entry(path).or_default().push(range));
                settled.push(finding);
            }
            None => {}
        }
    }
    let mut after = edited.clone();
    for (path, mut ranges) in ranges {
        ranges.sort_unstable_by_key(|range| std::cmp::Reverse(range.start));
        after.cut(&path, &ranges, lint::leftovers);
    }
    if let Some((texts, revoked)) = directory::after(state, edited, &steps) {
        after.texts.extend(texts);
        settled.extend(revoked);
    }
    (after, settled)
}

/// Where a removal stands, if it can be made.
fn place(state: &State, removal: lint::Removal) -> Option<(PathBuf, Range<usize>)> {
    let span = match removal {
        lint::Removal::Statement(span) | lint::Removal::Item(span) | lint::Removal::Clause(span) => span,
    };
    let source = state.sources().get(span.file)?;
    let path = PathBuf::from(source.name());
    let is_yaml = path.extension().is_some_and(|ending| ending == "yaml" || ending == "yml");
    let tree = state.policy_files().find(|tree| tree.file == span.file)?;
    let excision = if is_yaml { lint::excision_yaml } else { lint::excision };
    Some((path, excision(source.text(), tree, removal)?))
}

/// Where what a finding of a directory is about stood at first: what a directory has to tell does not hang on what was
/// settled before.
fn revoked(first: &[Finding], finding: &Finding) -> Option<Span> {
    let is_it = |known: &&Finding| {
        known.diagnostic.code == finding.diagnostic.code && known.diagnostic.message == finding.diagnostic.message
    };
    first.iter().find(is_it)?.diagnostic.span()
}

/// Where what a finding is about stood at first; `state` is what it was found in, when files were `edited` so far.
fn origin(first: &State, (state, edited): (&State, &Edited), finding: &Finding) -> Option<Span> {
    let span = finding.diagnostic.span()?;
    let name = state.sources().get(span.file)?.name();
    let is_it = |file: &FileId| first.sources().get(*file).is_some_and(|source| source.name() == name);
    let file = first.sources().files().find(is_it)?;
    let place = |at: u32| u32::try_from(edited.origin(Path::new(name), at as usize)).unwrap_or(u32::MAX);
    Some(Span::new(file, place(span.start), place(span.end)))
}

/// What is settled, with its place.
fn said(first: &State, finding: &Diagnostic, place: Option<Span>) -> String {
    let place = place.map_or_else(String::new, |span| first.sources().place(span).to_string());
    format!("[{}] {}: {}", finding.code, place, finding.message)
}

impl Mended {
    /// Writes the files, unless it is only to be shown what would become of them, and says what was settled.
    pub(super) fn report(&self, write: bool, output: &mut Output) -> Result<(), Failure> {
        let word = if write { "fixed" } else { "would fix" };
        for settled in &self.settled {
            writeln!(output, "{GOOD}{word}{GOOD:#}{}", render::legible(settled))?;
        }
        if write {
            engine::write(&self.files)?;
            for file in &self.files {
                writeln!(output, "{GOOD}wrote{GOOD:#} {}", render::legible(&file.path.display().to_string()))?;
            }
        } else {
            for file in &self.files {
                file_diff::text(file, output)?;
            }
        }
        Ok(())
    }

    /// Whether nothing was done.
    pub(super) fn is_empty(&self) -> bool {
        self.files.is_empty()
    }
}
