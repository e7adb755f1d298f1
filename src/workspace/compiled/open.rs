//! From a compiled file to the state that was written.

use super::declarations::Written;
use super::sources::Sources;
use super::vocabulary::{About, Vocabulary};
use super::{Restored, State, workspace};
use crate::decide::Snapshot;
use crate::directory::compiled;
use crate::directory::tree::Declarations;
use crate::image::{Fault, Image, Section};
use crate::index::AtOnce;
use crate::source::Span;
use crate::workspace::additions::Additions;
use serde::de::DeserializeOwned;
use std::sync::Arc;

/// The state that a compiled file holds. Its findings are those that there were when it was written.
///
/// # Errors
/// Why the file is not used.
pub fn open(image: &Image, at_once: AtOnce<'_>) -> Result<State, Fault> {
    let about = about(image)?;
    let read: Sources = json(image, Section::Sources)?;
    let written: Written = json(image, Section::Declarations)?;
    let texts = image.arena(Section::Texts)?;
    let sources = read.map(&texts, image)?;
    let lengths: Vec<u32> = sources.files().map(|file| sources.get(file).map_or(0, |source| source.length())).collect();
    let is_place = |span: Span| {
        let length = lengths.get(span.file.0 as usize);
        span.start <= span.end && length.is_some_and(|&length| span.end <= length)
    };
    let (declarations, warnings) =
        written.read(&is_place).ok_or(Fault::row(Section::Declarations, 0, "a place or a code in it is not there"))?;
    let restored = Restored::new(read.files.len(), sources, &read, &declarations, at_once).ok_or(Fault::OtherBuild)?;
    let Restored { workspace, sources, policy } = restored;
    let compiled = policy.compiled.clone().ok_or(Fault::OtherBuild)?;
    if about.vocabulary != Vocabulary::of(compiled.schema()) {
        return Err(Fault::OtherBuild);
    }
    let (directory, holdings) = compiled::read(image, &compiled, &is_place, at_once)?;
    let snapshot = Snapshot::restored(compiled, Arc::new(directory), holdings);
    Ok(State {
        workspace: Arc::new(workspace),
        sources,
        declarations: Arc::new(declarations),
        policy: Arc::new(policy),
        warnings: warnings.into(),
        snapshot: Arc::new(snapshot),
        prints: read.prints().into(),
        changes: 0,
        compiled: Some(image.identity()),
    })
}

impl Restored {
    /// What these texts come to, with what a directory adds to them; nothing where anything is wrong with that.
    pub(super) fn new(
        files: usize,
        sources: crate::source::SourceMap,
        read: &Sources,
        declarations: &Declarations,
        at_once: AtOnce<'_>,
    ) -> Option<Self> {
        if sources.files().count() != files {
            return None;
        }
        let workspace = workspace(sources.clone(), read, at_once);
        let additions = Additions::of_directories(declarations);
        let policy = workspace.policy_with(additions.file);
        let mut findings = workspace.diagnostics.iter().chain(&additions.diagnostics).chain(&policy.diagnostics);
        (!findings.any(crate::diagnostics::Diagnostic::is_error)).then_some(())?;
        Some(Self { workspace, sources, policy })
    }
}

/// What a compiled file says of itself.
///
/// # Errors
/// It says nothing that can be read.
pub fn about(image: &Image) -> Result<About, Fault> {
    json(image, Section::About)
}

/// A section of JSON.
fn json<T: DeserializeOwned>(image: &Image, section: Section) -> Result<T, Fault> {
    serde_json::from_slice(image.bytes(section))
        .map_err(|_| Fault::row(section, 0, "it is not the JSON that it should be"))
}
