//! A state as a compiled file, and back.
//!
//! Of the policy the file holds the texts, which are compiled again when it is opened: that takes milliseconds, and texts are
//! what explanations and changes of the policy are made of. Of the directory it holds the tables, which are read where they
//! stand.

mod declarations;
mod nodes;
mod open;
mod policy_facts;
mod sources;
mod vocabulary;
mod write;

pub use open::{about, open};
pub use vocabulary::{About, Counts};
pub use write::{CannotCompile, facts, write};

use super::passes::Policy;
use super::policy_text::{self, Form, PolicyText, TextByPath};
use super::{State, Workspace};
use crate::index::AtOnce;
use crate::source::SourceMap;
use sources::Sources;
use std::path::PathBuf;
use std::sync::Arc;

/// The package that texts of policy files are, as they were read.
fn workspace(sources: SourceMap, read: &Sources, at_once: AtOnce<'_>) -> Workspace {
    let (mut texts, mut files, mut diagnostics) = (TextByPath::default(), Vec::new(), Vec::new());
    let mut own = sources.clone();
    own.keep(|file| read.policy(file).is_some());
    for file in sources.files() {
        let (Some(form), Some(source)) = (read.policy(file), sources.get(file)) else { continue };
        let path = PathBuf::from(source.name());
        let parsed: PolicyText = policy_text::parse(file, &path, form, source.text(), at_once);
        diagnostics.extend(parsed.diagnostics.iter().cloned());
        files.extend(parsed.tree.clone());
        texts.insert(path, parsed);
    }
    Workspace {
        sources: own,
        texts: Arc::new(texts),
        files: Arc::new(files),
        package: read.package.clone(),
        directories: Vec::new(),
        diagnostics,
        policy: Arc::default(),
    }
}

/// The form that a policy file was read in.
const fn form(yaml: bool, named: bool) -> Form {
    use super::folder::NameKind;
    Form { kind: if yaml { NameKind::Yaml } else { NameKind::Dsl }, named }
}

/// A package, what it was read from, and what it comes to with what a directory adds to it.
struct Restored {
    workspace: Workspace,
    sources: SourceMap,
    policy: Policy,
}
