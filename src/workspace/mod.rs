//! The only owner of pass order: from the folders and files a person names to one immutable snapshot.
//!
//! [`Workspace::gather`] reads and parses a package with all that it imports; [`Workspace::build`] takes it through model,
//! graph, compiler and directory. Texts come through [`Files`], so that nothing here knows of disks. Findings of all
//! passes are collected: an error in one file hides no finding of another.

mod additions;
mod bulk_text;
mod change_text;
mod clean_path;
pub mod compiled;
mod directory_text;
mod echo;
mod files;
mod fingerprint;
mod folder;
mod gather;
mod import_order;
mod memory;
mod mutate;
mod pair;
mod passes;
mod patch;
mod policy_text;
mod policy_tree;
mod reload;
mod revise;
mod rewritten;
mod state;
mod test_run;
mod text;
mod trials;
mod unread;

pub use bulk_text::with_shown;
pub use change_text::{ChangeText, read_changes};
pub use files::{FileError, Files, FolderEntry, PathKind};
pub use folder::{holds_policy, is_directory_name, is_own_yaml, is_package_name, is_policy_yaml, is_test_name};
pub use memory::MemoryFiles;
pub use mutate::Fate;
pub use pair::{Pair, say_the_same};
pub use passes::{Build, DirectorySource, ReadDirectories};
pub use reload::Gathered;
pub use state::{Changed, Refusal, State};
pub use test_run::{Grounds, PreparedTests};
pub use text::{add_text, read_document, read_text, unreadable};
pub use trials::{Position, Sight, Trials};
pub use unread::unread_directories;

use crate::diagnostics::Diagnostic;
use crate::source::SourceMap;
use crate::syntax::ast::{Item, TypeExpr};
use passes::Policy;
use policy_text::TextByPath;
use policy_tree::PolicyTree;
use rustc_hash::FxHashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

/// The trees of a package's files.
type PolicyFiles = Vec<Arc<PolicyTree>>;

/// A package with all that it imports: read and parsed, not yet resolved. Clones share the trees.
#[derive(Clone, Debug)]
pub struct Workspace {
    sources: SourceMap,
    /// What each of its files gave.
    texts: Arc<TextByPath>,
    /// The trees, those of imported packages first.
    files: Arc<PolicyFiles>,
    /// The name of the first root's package.
    package: Option<Box<str>>,
    directories: Vec<PathBuf>,
    diagnostics: Vec<Diagnostic>,
    /// The policy by itself, once it was asked for.
    policy: Arc<OnceLock<Policy>>,
}

impl Workspace {
    /// Reads and parses the policies that `roots` name, and all that they import.
    ///
    /// A root is a folder, whose policy files are read, or a single policy file, which is read alone.
    #[must_use]
    pub fn gather(files: &dyn Files, roots: &[PathBuf]) -> Self {
        gather::gather(files, roots, None, SourceMap::new()).workspace
    }

    /// The directories that stand beside the roots: what is loaded where none is named.
    #[must_use]
    pub fn default_directories(&self) -> &[PathBuf] {
        &self.directories
    }

    /// Whether all of its files could be read and parsed.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        !self.diagnostics.iter().any(Diagnostic::is_error)
    }

    /// The texts that were read.
    #[must_use]
    pub fn sources(&self) -> &SourceMap {
        &self.sources
    }
}

/// The types that a package declares its settings to have, by their names; `file` is one of its files.
#[must_use]
pub fn setting_types(files: &dyn Files, file: &Path) -> FxHashMap<String, TypeExpr> {
    let package = Workspace::gather(files, &[clean_path::folder_of(file)]);
    let types = package.files.iter().flat_map(|file| &file.whole().items).filter_map(|item| match item {
        Item::Type(decl) => Some(decl),
        _ => None,
    });
    let settings = types.flat_map(|decl| &decl.settings);
    settings.map(|setting| (setting.name.value.clone(), setting.ty.clone())).collect()
}
