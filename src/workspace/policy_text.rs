//! One policy file: its text in the source map, and the tree that was made of it.
//!
//! A file that says what it said when it was read before keeps its id and its tree. One that says something else keeps its
//! id, so that all others keep their places.

use super::folder::{self, DocumentKind, NameKind};
use super::policy_tree::{Edited, Patch, PolicyTree};
use super::text::POLICY;
use crate::diagnostics::Diagnostic;
use crate::document;
use crate::index::{AtOnce, in_turn};
use crate::source::{FileId, SourceMap, Span};
use crate::syntax::ast::PolicyFile;
use crate::syntax::{Parsed, dsl, yaml};
use rustc_hash::{FxHashMap, FxHashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// As what a file is read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Form {
    pub(super) kind: NameKind,
    /// Whether a person named it, and not just its folder.
    pub(super) named: bool,
}

/// What a policy file gave.
#[derive(Clone, Debug)]
pub(super) struct PolicyText {
    pub(super) file: FileId,
    pub(super) form: Form,
    /// Nothing for a directory, a test or changes that happen to lie in the folder.
    pub(super) tree: Option<Arc<PolicyTree>>,
    /// Where it says that it is a directory, if it does.
    pub(super) directory: Option<Span>,
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// What the files of a package gave, by path.
pub(super) type TextByPath = FxHashMap<PathBuf, PolicyText>;

/// The files that are being read.
pub(super) struct PolicyTexts<'b> {
    before: Option<&'b TextByPath>,
    now: TextByPath,
    sources: SourceMap,
    /// Those of which only what was edited was parsed.
    patches: Vec<Patched>,
}

/// A file of which only what was edited was parsed.
#[derive(Clone, Debug)]
pub(super) struct Patched {
    pub(super) file: FileId,
    pub(super) patch: Patch,
}

impl<'b> PolicyTexts<'b> {
    pub(super) fn new(before: Option<&'b TextByPath>, sources: SourceMap) -> Self {
        Self { before, now: TextByPath::default(), sources, patches: Vec::new() }
    }

    /// The tree of a text, without its byte order mark.
    pub(super) fn read(&mut self, path: &Path, form: Form, text: &str, at_once: AtOnce<'_>) -> PolicyText {
        let before = self.before.and_then(|before| before.get(path));
        let said = before.and_then(|before| self.sources.get(before.file)).map(|source| source.text());
        let read = match before {
            Some(before) if before.form == form && said == Some(text) => before.clone(),
            Some(before) => self.edited(before, form, text).unwrap_or_else(|| {
                self.sources.replace(before.file, text);
                parse(before.file, path, form, text, at_once)
            }),
            None => parse(self.sources.add(&path.display().to_string(), text), path, form, text, at_once),
        };
        self.now.insert(path.to_owned(), read.clone());
        read
    }

    /// The text of a file that was read before, where parsing what was edited is enough.
    fn edited(&mut self, before: &PolicyText, form: Form, text: &str) -> Option<PolicyText> {
        let tree = before.tree.as_ref().filter(|_| before.form == form && before.diagnostics.is_empty())?;
        let file = before.file;
        let Edited { tree, shifts, patch } = tree.edited(self.sources.get(file)?, text)?;
        self.sources.edit(file, text, shifts);
        let tree = tree.of(self.sources.get(file)?);
        self.patches.push(Patched { file, patch });
        Some(PolicyText { file, form, tree: Some(Arc::new(tree)), directory: None, diagnostics: Vec::new() })
    }

    /// Files of which only what was edited was parsed.
    pub(super) fn patches(&mut self) -> Vec<Patched> {
        std::mem::take(&mut self.patches)
    }

    /// What was read; all texts but those of policy files that are no more; the texts of policy files alone.
    pub(super) fn finish(self) -> (TextByPath, SourceMap, SourceMap) {
        let Self { before, now, mut sources, .. } = self;
        let now_used: FxHashSet<FileId> = now.values().map(|text| text.file).collect();
        let were_used: FxHashSet<FileId> =
            before.iter().flat_map(|before| before.values()).map(|text| text.file).collect();
        sources.keep(|file| now_used.contains(&file) || !were_used.contains(&file));
        let mut own = sources.clone();
        own.keep(|file| now_used.contains(&file));
        (now, sources, own)
    }
}

impl PolicyText {
    /// The same parsed whole.
    pub(super) fn parsed_again(&self, path: &Path, text: &str) -> Self {
        parse(self.file, path, self.form, text, &in_turn)
    }
}

pub(super) fn parse(file: FileId, path: &Path, form: Form, text: &str, at_once: AtOnce<'_>) -> PolicyText {
    let mut directory = None;
    let parsed = if form.kind == NameKind::Yaml {
        yaml_file(file, path, form.named, text).map(|parsed| (parsed, None)).map_err(|at| directory = at).ok()
    } else {
        Some(dsl::parse_placed(file, text, &|start, end| Span::new(file, start, end), at_once))
    };
    let (tree, diagnostics) = parsed.map_or((None, Vec::new()), |(Parsed { tree, diagnostics }, bounds)| {
        (Some(Arc::new(PolicyTree::parsed(tree, bounds))), diagnostics)
    });
    PolicyText { file, form, tree, directory, diagnostics }
}

/// Parses a YAML file. A directory, a test or changes that happen to lie in the folder are none: where a directory says
/// so is told.
fn yaml_file(file: FileId, path: &Path, named: bool, text: &str) -> Result<Parsed<PolicyFile>, Option<Span>> {
    let read = document::parse(file, text);
    let mut diagnostics = Vec::new();
    let mut tree = PolicyFile { file, package: None, imports: Vec::new(), items: Vec::new() };
    match folder::document_kind(file, &read) {
        DocumentKind::Policy(node) => {
            let size = u64::try_from(text.len()).unwrap_or(u64::MAX);
            if size > POLICY.bytes() {
                diagnostics.push(POLICY.exceeded(path, size));
            } else {
                let parsed = yaml::policy_file(file, node);
                tree = parsed.tree;
                diagnostics.extend(parsed.diagnostics);
            }
        }
        DocumentKind::Other(at, what) if named => diagnostics.push(folder::not_policy(at, what)),
        DocumentKind::Other(at, what) => return Err((what == folder::DIRECTORY_FILE).then_some(at)),
        DocumentKind::Unmarked(..) if !named && folder::is_changes_name(path) => return Err(None),
        DocumentKind::Unmarked(at, shape) => diagnostics.push(folder::unmarked(at, shape)),
        DocumentKind::Unreadable => {}
    }
    diagnostics.extend(read.diagnostics);
    Ok(Parsed { tree, diagnostics })
}
