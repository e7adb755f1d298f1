//! What an engine is made of, piece by piece.

use super::compiled::{is_compiled_file, not_alone};
use super::inputs::{Compiled, Inputs};
use super::succession::Succession;
use super::{Engine, LoadError, Shared};
use crate::diagnostics::{Code, Diagnostic};
use crate::index::Bytes;
use crate::workspace::{DirectorySource, MemoryFiles};
use std::path::PathBuf;
use std::sync::Arc;

/// Where the policies and directories of an [`Engine`] come from.
///
/// ```
/// use rolebook::Engine;
/// use rolebook::engine::query;
///
/// let policy = "
///     type user
///     type team { actions view }
///     role team.member { allow team.view }
/// ";
/// // The engine reads whatever the service keeps: files as they are, and what comes from elsewhere as text.
/// let staff = r#"{"entity":"team:red"}
/// {"assign":{"subject":"user:ana","role":"member","on":"team:red"}}
/// "#;
/// let engine = Engine::builder().policy_text("teams.rolebook", policy).directory_text("staff.jsonl", staff).build()?;
/// assert!(engine.check(&query("user:ana", "view", "team:red"))?.allowed);
///
/// # let policies = concat!(env!("CARGO_MANIFEST_DIR"), "/policies");
/// let engine = Engine::builder().policy(format!("{policies}/tools")).build()?;
/// assert!(engine.check(&query("user:dora", "view", "tool:sql-console"))?.allowed);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct EngineBuilder {
    policies: Vec<PathBuf>,
    texts: Vec<(String, String)>,
    directories: Option<Vec<DirectorySource>>,
}

impl EngineBuilder {
    /// A policy on disk: a folder, or a single file. A compiled file ([`Engine::compile`]) is policy and directory in one,
    /// and is named alone.
    pub fn policy(mut self, path: impl Into<PathBuf>) -> Self {
        self.policies.push(path.into());
        self
    }

    /// Policies on disk, as [`EngineBuilder::policy`].
    pub fn policies(mut self, paths: impl IntoIterator<Item = impl Into<PathBuf>>) -> Self {
        self.policies.extend(paths.into_iter().map(Into::into));
        self
    }

    /// A policy as text, with the name that findings show.
    ///
    /// The name is read as a path: its ending tells the form (`.yaml` and `.yml` are YAML, `.rolebook` or none the DSL), and
    /// an import finds the texts whose names lie in the folder that it names.
    pub fn policy_text(mut self, name: impl Into<String>, text: impl Into<String>) -> Self {
        self.texts.push((name.into(), text.into()));
        self
    }

    /// A directory on disk.
    ///
    /// Where no directory is named, `directory.yaml`, `.yml`, `.json` and `.jsonl` beside policies on disk are taken, as far
    /// as they are there.
    pub fn directory(self, path: impl Into<PathBuf>) -> Self {
        self.source(DirectorySource::File(path.into()))
    }

    /// Directories on disk, as [`EngineBuilder::directory`].
    pub fn directories(self, paths: impl IntoIterator<Item = impl Into<PathBuf>>) -> Self {
        paths.into_iter().fold(self, Self::directory)
    }

    /// A directory as text, with the name that findings show: one that ends in `.jsonl` holds one object a line, one in
    /// `.json` is JSON, any other YAML.
    pub fn directory_text(self, name: impl Into<String>, text: impl Into<String>) -> Self {
        self.source(DirectorySource::Text { name: name.into(), text: text.into() })
    }

    /// No directory but those that are named: what lies beside the policies is not looked at.
    pub fn no_directory_beside(mut self) -> Self {
        self.directories.get_or_insert_default();
        self
    }

    fn source(mut self, source: DirectorySource) -> Self {
        self.directories.get_or_insert_default().push(source);
        self
    }

    /// Loads what was named.
    ///
    /// # Errors
    /// Everything wrong with the files and texts, all at once. Also where policies are named on disk and as text: an import
    /// could not tell which of them it means.
    pub fn build(self) -> Result<Engine, LoadError> {
        let refused = |code, message| Err(LoadError::placeless(Diagnostic::placeless(code, message)));
        let Self { mut policies, texts, directories } = self;
        if let Some(file) = policies.iter().find(|path| is_compiled_file(path)) {
            let alone = policies.len() == 1 && texts.is_empty() && directories.as_ref().is_none_or(Vec::is_empty);
            if alone {
                let compiled = Some(Compiled::File(file.clone()));
                return Engine::load(Inputs { policies, texts: None, directories, compiled });
            }
            return Err(LoadError::placeless(not_alone(file)));
        }
        if texts.is_empty() {
            return Engine::load(Inputs { policies, texts: None, directories, compiled: None });
        }
        if let Some(path) = policies.first() {
            let name = texts.first().map_or("", |(name, _)| name);
            let message = format!("`{}` is a policy on disk, and `{name}` a text: name one kind", path.display());
            return refused(Code::WrongKind, message);
        }
        let mut files = MemoryFiles::new();
        for (name, text) in texts {
            if !files.add(&name, text) {
                return refused(Code::DuplicateName, format!("two policy texts are named `{name}`"));
            }
            policies.push(PathBuf::from(name));
        }
        let directories = Some(directories.unwrap_or_default());
        Engine::load(Inputs { policies, texts: Some(files), directories, compiled: None })
    }
}

impl Engine {
    /// An engine of policies and directories that are named one by one.
    pub fn builder() -> EngineBuilder {
        EngineBuilder::default()
    }

    /// An engine of the bytes of a compiled file ([`Engine::compiled`]), with the name that findings show. They are copied.
    ///
    /// # Errors
    /// When they are not what was written, or written by a version whose files this one cannot read.
    pub fn from_compiled(name: &str, bytes: &[u8]) -> Result<Self, LoadError> {
        let compiled = Compiled::Bytes(PathBuf::from(name), Arc::new(Bytes::copy_of(bytes)));
        Self::load(Inputs { policies: Vec::new(), texts: None, directories: None, compiled: Some(compiled) })
    }

    fn load(inputs: Inputs) -> Result<Self, LoadError> {
        let state = Succession::new(inputs.load()?.with_access_matrix(None), None);
        Ok(Self { shared: Arc::new(Shared { state, inputs }) })
    }
}
