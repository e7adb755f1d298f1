//! Assignments taken out of a directory's files.

use super::edited::{Edited, Texts};
use crate::analysis::lint::Finding;
use crate::directory::Edit;
use crate::rewrite::{self, FileText};
use crate::workspace::State;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Edits of the directory that belong together, with what they settle.
pub(super) type Step<'f> = (&'f [Edit], &'f Finding);

/// The texts of the directory's files after some steps; nothing where these cannot be made. Steps by which a comment would be
/// lost are left out, and so is what they settle: whatever says something to people, a person has to take out.
pub(super) fn after<'f>(state: &State, edited: &Edited, steps: &[Step<'f>]) -> Option<(Texts, Vec<&'f Finding>)> {
    let paths: Vec<PathBuf> = state.directory_files().map(Path::to_owned).collect();
    let texts = paths.iter().map(|path| edited.text(path).ok()).collect::<Option<Vec<String>>>()?;
    let names: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
    let files: Vec<FileText<'_>> =
        names.iter().zip(&texts).map(|(name, text)| FileText { name, text, form: rewrite::Form::of(name) }).collect();
    let after = |steps: &[Step<'_>]| {
        let edits: Vec<Edit> = steps.iter().flat_map(|&(edits, _)| edits.iter().cloned()).collect();
        let rewritten = rewrite::rewrite(&files, &edits).ok()?;
        let loses = |(before, after): (&String, &Option<String>)| {
            after.as_ref().is_some_and(|after| loses_words(before, after))
        };
        if texts.iter().zip(&rewritten).any(loses) { None } else { Some(rewritten) }
    };
    let made = makeable(steps, &|steps| after(steps).is_some());
    let rewritten = after(&made).filter(|_| !made.is_empty())?;
    let texts = paths.into_iter().zip(rewritten).filter_map(|(path, text)| Some((path, text?))).collect();
    Some((texts, made.into_iter().map(|(_, finding)| finding).collect()))
}

/// The steps that can be made: all at once, or else those of either half.
fn makeable<'f>(steps: &[Step<'f>], can: &impl Fn(&[Step<'f>]) -> bool) -> Vec<Step<'f>> {
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
