//! `rolebook check --fix`: findings settled where nothing that is decided changes by it.
//!
//! Each round takes out what findings name, as far as these do not touch each other, and loads the result from memory.
//! What is left must decide as it did before, proven by [`lint::decide_alike`], or the edit is not made. Files are
//! written at the end, all or none.

use super::failure::Failure;
use super::file_diff;
use super::levels::{Level, Levels};
use super::output::{GOOD, Output};
use super::render;
use crate::analysis::lint::{self, Finding, Fix};
use crate::diagnostics::Diagnostic;
use crate::directory::Edit;
use crate::engine::{self, Disk, Rewritten};
use crate::rewrite::{self, FileText};
use crate::source::Span;
use crate::workspace::{self, Build, DirectorySource, FileError, Files, FolderEntry, PathKind, State, Workspace};
use std::collections::BTreeMap;
use std::io::{self, BufRead, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};

/// How many rounds there may be: a fix may bring another finding to light, and that ends.
const ROUNDS: usize = 100;

/// What was done.
#[derive(Default)]
pub(super) struct Mended {
    /// The files, as they were and as they are now.
    pub(super) files: Vec<Rewritten>,
    /// What was settled, each with its place in the files as they were when it was found.
    settled: Vec<String>,
    /// What is left to say of the files as they are now.
    pub(super) build: Option<Build>,
}

/// The disk, with other texts in place of some files.
struct Edited {
    texts: BTreeMap<PathBuf, String>,
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
    let mut edited = Edited { texts: BTreeMap::new() };
    let mut mended = Mended::default();
    let mut current = state.clone();
    for _ in 0..ROUNDS {
        let findings = lint::find(&current.examined(checked.at), |code| checked.levels.of(code) != Level::Allow);
        let Some((texts, settled, build)) = round(checked, &current, &edited, &findings) else { break };
        edited.texts.extend(texts);
        mended.settled.extend(settled);
        if let Some(state) = &build.state {
            current = state.clone();
        }
        mended.build = Some(build);
    }
    for (path, after) in edited.texts {
        if let Ok(before) = workspace::read_text(&Disk, &path) {
            mended.files.push(Rewritten { path, before, after });
        }
    }
    mended
}

type Round = (BTreeMap<PathBuf, String>, Vec<String>, Build);

/// One round: all edits at once, or else the first that can be made by itself.
fn round(checked: &Checked<'_>, state: &State, edited: &Edited, findings: &[Finding]) -> Option<Round> {
    let fixable: Vec<&Finding> = findings.iter().filter(|finding| finding.fix.is_some()).collect();
    let attempt = |chosen: &[&Finding]| {
        let (texts, settled) = texts(state, edited, chosen);
        if texts.is_empty() {
            return None;
        }
        let all = edited.texts.iter().chain(&texts).map(|(path, text)| (path.clone(), text.clone()));
        let build = load(checked, &Edited { texts: all.collect() });
        let sound = build
            .state
            .as_ref()
            .is_some_and(|after| is_read(after, &texts) && is_alike(state, after, chosen, checked.at));
        sound.then_some((texts, settled, build))
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
fn is_read(state: &State, texts: &BTreeMap<PathBuf, String>) -> bool {
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

/// The new texts of the files that fixes concern, with what each settles. Of fixes that touch each other the first is
/// made.
fn texts(state: &State, edited: &Edited, chosen: &[&Finding]) -> (BTreeMap<PathBuf, String>, Vec<String>) {
    let mut settled = Vec::new();
    let mut steps: Vec<Step> = Vec::new();
    let mut ranges: BTreeMap<PathBuf, Vec<Range<usize>>> = BTreeMap::new();
    for finding in chosen {
        match &finding.fix {
            Some(Fix::Directory(edit)) => {
                steps.push((edit.clone(), said(state, &finding.diagnostic)));
            }
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
                settled.push(said(state, &finding.diagnostic));
            }
            None => {}
        }
    }
    let mut texts = BTreeMap::new();
    for (path, mut ranges) in ranges {
        let Ok(mut text) = edited.text(&path) else { continue };
        ranges.sort_unstable_by_key(|range| std::cmp::Reverse(range.start));
        // A mark at the beginning is no part of what places count.
        let mark = text.len() - text.strip_prefix('\u{feff}').unwrap_or(&text).len();
        for range in ranges {
            text.replace_range(range.start + mark..range.end + mark, "");
            lint::unbrace(&mut text, range.start + mark);
        }
        texts.insert(path, text);
    }
    if let Some((directories, revoked)) = directory_texts(state, edited, &steps) {
        texts.extend(directories);
        settled.extend(revoked);
    }
    if texts.is_empty() {
        settled.clear();
    }
    (texts, settled)
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

/// The texts of the directory's files after some steps; nothing where these cannot be made. Steps by which a comment would be
/// lost are left out, and so is what they settle: whatever says something to people, a person has to take out.
fn directory_texts(state: &State, edited: &Edited, steps: &[Step]) -> Option<(BTreeMap<PathBuf, String>, Vec<String>)> {
    let paths: Vec<PathBuf> = state.directory_files().map(Path::to_owned).collect();
    let texts = paths.iter().map(|path| edited.text(path).ok()).collect::<Option<Vec<String>>>()?;
    let names: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
    let files: Vec<FileText<'_>> =
        names.iter().zip(&texts).map(|(name, text)| FileText { name, text, form: rewrite::Form::of(name) }).collect();
    let after = |steps: &[Step]| {
        let edits: Vec<Edit> = steps.iter().map(|(edit, _)| edit.clone()).collect();
        let rewritten = rewrite::rewrite(&files, &edits).ok()?;
        let loses = |(before, after): (&String, &Option<String>)| {
            after.as_ref().is_some_and(|after| loses_words(before, after))
        };
        if texts.iter().zip(&rewritten).any(loses) { None } else { Some(rewritten) }
    };
    let made = makeable(steps, &|steps| after(steps).is_some());
    let rewritten = after(&made).filter(|_| !made.is_empty())?;
    let texts = paths.into_iter().zip(rewritten).filter_map(|(path, text)| Some((path, text?))).collect();
    Some((texts, made.into_iter().map(|(_, said)| said).collect()))
}

/// A step in the directory, with what it settles.
type Step = (Edit, String);

/// The steps that can be made: all at once, or else those of either half.
fn makeable(steps: &[Step], can: &impl Fn(&[Step]) -> bool) -> Vec<Step> {
    if steps.is_empty() || can(steps) {
        return steps.to_vec();
    }
    if steps.len() == 1 {
        return Vec::new();
    }
    let (one, other) = steps.split_at(steps.len() / 2);
    [makeable(one, can), makeable(other, can)].concat()
}

/// Whether a comment of one YAML text is not in another, or not as often. What only looks like a comment, in a quoted text, is
/// taken for one.
fn loses_words(before: &str, after: &str) -> bool {
    let comments = |text: &str| {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for line in text.lines() {
            let hash = line
                .match_indices('#')
                .find(|(at, _)| line.get(..*at).is_none_or(|left| !left.ends_with(|last: char| !last.is_whitespace())));
            let words = hash.and_then(|(at, _)| line.get(at..));
            *counts.entry(words.unwrap_or_default().trim_end().to_owned()).or_default() += usize::from(words.is_some());
        }
        counts
    };
    let left = comments(after);
    comments(before).iter().any(|(words, count)| left.get(words).copied().unwrap_or(0) < *count)
}

/// What is settled, with its place.
fn said(state: &State, finding: &Diagnostic) -> String {
    let place = finding.span().map_or_else(String::new, |span: Span| state.sources().place(span).to_string());
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

impl Edited {
    /// The text of a file as it is by now.
    fn text(&self, path: &Path) -> Result<String, Diagnostic> {
        match self.texts.get(path) {
            Some(text) => Ok(text.clone()),
            None => workspace::read_text(&Disk, path),
        }
    }
}

impl Files for Edited {
    fn kind(&self, path: &Path) -> Result<PathKind, FileError> {
        Disk.kind(path)
    }

    fn list(&self, folder: &Path) -> Result<Vec<FolderEntry>, FileError> {
        Disk.list(folder)
    }

    fn read(&self, file: &Path, limit: u64) -> Result<Vec<u8>, FileError> {
        self.texts.get(file).map_or_else(|| Disk.read(file, limit), |text| Ok(text.clone().into_bytes()))
    }

    fn open(&self, file: &Path, limit: u64) -> Result<Box<dyn BufRead + Send + '_>, FileError> {
        match self.texts.get(file) {
            Some(text) => Ok(Box::new(io::Cursor::new(text.as_bytes()))),
            None => Disk.open(file, limit),
        }
    }

    fn identity(&self, path: &Path) -> Result<PathBuf, FileError> {
        Disk.identity(path)
    }
}
