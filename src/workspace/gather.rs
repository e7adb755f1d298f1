//! Reading and parsing a package and all that it imports.
//!
//! A worklist, not a recursion: a chain of imports may be as long as it likes. Each folder and each file is read once,
//! by the identity that [`Files`] gives it, so that links and detours bring nothing in twice.

use super::clean_path::{clean_for, folder_of};
use super::folder::{self, NameKind};
use super::import_order::{self, FollowedImport};
use super::policy_text::{Form, PolicyTexts};
use super::policy_tree::PolicyTree;
use super::text::{self, DIRECTORY, POLICY};
use super::{FileError, Files, Gathered, PathKind, Workspace};
use crate::diagnostics::{Code, Diagnostic};
use crate::graph::{ImportEdge, import_cycles};
use crate::source::SourceMap;
use crate::syntax::ast::Import;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// For how many imports that lead nowhere a near miss is looked for: each search lists a folder.
const SEARCHES: usize = 100;

/// A folder of which policy files were read.
struct Folder {
    path: PathBuf,
    /// Whether it holds a policy file, once all of it was read and not just files of it that were named.
    whole: Option<bool>,
    files: Vec<Arc<PolicyTree>>,
}

struct Gatherer<'f> {
    files: &'f dyn Files,
    texts: PolicyTexts<'f>,
    diagnostics: Vec<Diagnostic>,
    folders: Vec<Folder>,
    folder_by_identity: FxHashMap<PathBuf, usize>,
    seen_files: FxHashSet<PathBuf>,
    /// Imports yet to be followed, and the folder each stands in.
    imports: VecDeque<(usize, Import)>,
    followed: Vec<FollowedImport>,
    directories: Vec<PathBuf>,
    searches_left: usize,
}

/// Gathers what `roots` name. Of what was gathered `before`, the trees are taken over of files that say what they said;
/// `sources` hold its texts, and any others whose ids are in use.
pub(super) fn gather(files: &dyn Files, roots: &[PathBuf], before: Option<&Workspace>, sources: SourceMap) -> Gathered {
    let mut gatherer = Gatherer {
        files,
        texts: PolicyTexts::new(before.map(|before| &*before.texts), sources),
        diagnostics: Vec::new(),
        folders: Vec::new(),
        folder_by_identity: FxHashMap::default(),
        seen_files: FxHashSet::default(),
        imports: VecDeque::new(),
        followed: Vec::new(),
        directories: Vec::new(),
        searches_left: SEARCHES,
    };
    if roots.is_empty() {
        // Without a policy everything would be denied, which is not what anybody means by naming none.
        let finding = Diagnostic::placeless(Code::NoPolicyFiles, "no policy is named");
        gatherer.diagnostics.push(finding.help("name a folder or a file that holds one"));
    }
    for root in roots {
        gatherer.root(root);
    }
    while let Some((from, import)) = gatherer.imports.pop_front() {
        gatherer.import(from, &import);
    }
    gatherer.finish(before)
}

impl Gatherer<'_> {
    fn root(&mut self, root: &Path) {
        let path = clean_for(self.files, root);
        match self.files.kind(&path) {
            Ok(PathKind::Folder) => {
                let found = self.whole_folder(&path);
                if let Some(None) = found {
                    let shown = path.display();
                    self.diagnostics.push(
                        Diagnostic::placeless(
                            Code::NoPolicyFiles,
                            format!("the folder `{shown}` holds no policy file"),
                        )
                        .help(
                            "a policy file ends in `.rolebook`, `.yaml` or `.yml`; `rolebook init` writes a first one",
                        ),
                    );
                }
                self.directory_beside(&path);
            }
            Ok(PathKind::File) => {
                self.named_file(&path);
                self.directory_beside(&folder_of(&path));
            }
            Err(error) => self.diagnostics.push(text::unreadable(self.files, &path, &error)),
        }
    }

    /// The folder whose files a person named one by one, or a new one.
    fn folder(&mut self, path: &Path) -> usize {
        let identity = self.files.identity(path).unwrap_or_else(|_| path.to_owned());
        *self.folder_by_identity.entry(identity).or_insert_with(|| {
            self.folders.push(Folder { path: path.to_owned(), whole: None, files: Vec::new() });
            self.folders.len() - 1
        })
    }

    /// Reads all policy files of a folder. `None` when it cannot be listed (reported), `Some(None)` when it holds no
    /// policy file, else the folder.
    fn whole_folder(&mut self, path: &Path) -> Option<Option<usize>> {
        let folder = self.folder(path);
        if let Some(any) = self.folders.get(folder).and_then(|folder| folder.whole) {
            return Some(any.then_some(folder));
        }
        let entries = match self.files.list(path) {
            Ok(entries) => entries,
            Err(error) => {
                self.diagnostics.push(text::unreadable(self.files, path, &error));
                return None;
            }
        };
        let mut any = false;
        for (name, kind) in folder::names_of(&entries, |kind| matches!(kind, NameKind::Dsl | NameKind::Yaml)) {
            let file = if path == Path::new(".") { PathBuf::from(name) } else { path.join(name) };
            any |= self.policy_file(folder, &file, kind, false);
        }
        if let Some(folder) = self.folders.get_mut(folder) {
            folder.whole = Some(any);
        }
        Some(any.then_some(folder))
    }

    /// Reads a policy file that a person named.
    fn named_file(&mut self, path: &Path) {
        match folder::named_policy_kind(path) {
            Ok(kind) => {
                let folder = self.folder(&folder_of(path));
                self.policy_file(folder, path, kind, true);
            }
            Err(finding) => self.diagnostics.push(text::compiled_at(self.files, path).unwrap_or(finding)),
        }
    }

    /// Reads one file; whether it is (or was to be) a policy file.
    fn policy_file(&mut self, folder: usize, path: &Path, kind: NameKind, named: bool) -> bool {
        let identity = self.files.identity(path).unwrap_or_else(|_| path.to_owned());
        if !self.seen_files.insert(identity) {
            return true;
        }
        // A directory may stand among the policy files under any name, and may be larger than a policy.
        let limit = if kind == NameKind::Yaml && !named { DIRECTORY } else { POLICY };
        let text = match text::load(self.files, path, limit) {
            Ok(text) => text,
            Err(finding) => {
                self.diagnostics.push(finding);
                return true;
            }
        };
        let at_once = |one: &(dyn Fn() + Sync), other: &(dyn Fn() + Sync)| self.files.at_once(one, other);
        let read = self.texts.read(path, Form { kind, named }, text::unmarked(&text), &at_once);
        let Some(tree) = read.tree else { return false };
        self.diagnostics.extend(read.diagnostics);
        self.imports.extend(tree.head().imports.iter().map(|import| (folder, import.clone())));
        if let Some(folder) = self.folders.get_mut(folder) {
            folder.files.push(tree);
        }
        true
    }

    /// Follows one import.
    fn import(&mut self, from: usize, import: &Import) {
        let Some(base) = self.folders.get(from).map(|folder| folder.path.clone()) else { return };
        let (written, at) = (&import.path.value, import.path.span);
        let path = clean_for(self.files, &base.join(written));
        let unknown = |message: String| Diagnostic::error(Code::UnknownImport, at, message);
        let finding = match self.files.kind(&path) {
            Ok(PathKind::Folder) => match self.whole_folder(&path) {
                Some(Some(to)) => {
                    self.followed.push(FollowedImport { from, to, place: at });
                    return;
                }
                Some(None) => unknown(format!("the folder `{written}` holds no policy file"))
                    .help("a policy file ends in `.rolebook`, `.yaml` or `.yml`"),
                None => return,
            },
            Ok(PathKind::File) => {
                let folder = folder_of(Path::new(written));
                unknown(format!("`{written}` is a file, and an import names a folder"))
                    .help(format!("import \"{}\"", folder.display()))
            }
            Err(FileError::Missing) => {
                let near = self.searches_left.checked_sub(1).and_then(|left| {
                    self.searches_left = left;
                    text::sibling(self.files, &path)
                });
                let help = near.map(|name| {
                    let meant = Path::new(written).with_file_name(name);
                    format!("did you mean `{}`?", meant.display())
                });
                unknown(format!("unknown import `{written}`: there is no folder `{}`", path.display())).maybe_help(help)
            }
            Err(error) => {
                let message = format!("cannot read `{}`: {error}", path.display());
                Diagnostic::error(Code::UnreadableFile, at, message)
            }
        };
        self.diagnostics.push(finding);
    }

    /// Notes the directories that stand in a folder.
    fn directory_beside(&mut self, folder: &Path) {
        // What cannot be listed was reported when its policy files were looked for.
        let entries = self.files.list(folder).unwrap_or_default();
        for (name, _) in folder::names_of(&entries, |kind| kind == NameKind::Directory) {
            let path = if folder == Path::new(".") { PathBuf::from(name) } else { folder.join(name) };
            if !self.directories.contains(&path) {
                self.directories.push(path);
            }
        }
    }

    fn finish(mut self, before: Option<&Workspace>) -> Gathered {
        let paths: Vec<String> = self.folders.iter().map(|folder| folder.path.display().to_string()).collect();
        let path = |at: usize| paths.get(at).map_or("", String::as_str);
        let edge =
            |import: &FollowedImport| ImportEdge { from: path(import.from), to: path(import.to), span: import.place };
        let edges: Vec<ImportEdge<'_>> = self.followed.iter().map(edge).collect();
        self.diagnostics.extend(import_cycles(&edges));
        for folder in &self.folders {
            self.diagnostics.extend(package_mismatch(&folder.files));
        }
        let mut named =
            self.folders.iter().flat_map(|folder| &folder.files).filter_map(|file| file.head().package.as_ref());
        let package = named.next().map(|name| name.value.as_str().into());
        // What is imported goes before what imports it, so that of two declarations of one name the importing file's is
        // the one at fault.
        let order = import_order::imported_first(self.folders.len(), &self.followed);
        let mut by_folder: Vec<Vec<Arc<PolicyTree>>> = self.folders.into_iter().map(|folder| folder.files).collect();
        let files: Vec<Arc<PolicyTree>> =
            order.into_iter().filter_map(|at| by_folder.get_mut(at).map(std::mem::take)).flatten().collect();
        let patches = self.texts.patches();
        let (texts, sources, own) = self.texts.finish();
        let alike = |(one, other): (&Arc<PolicyTree>, &Arc<PolicyTree>)| {
            let file = one.head().file;
            let patched = file == other.head().file && patches.iter().any(|patched| patched.file == file);
            patched || Arc::ptr_eq(one, other)
        };
        let same = |before: &&Workspace| {
            before.files.len() == files.len()
                && before.files.iter().zip(&files).all(alike)
                && before.diagnostics == self.diagnostics
                && before.package == package
        };
        let same = before.filter(same);
        if let Some(before) = same.filter(|_| patches.is_empty()) {
            let workspace = Workspace { directories: self.directories, ..before.clone() };
            return Gathered { workspace, sources, changed: false, patches: None };
        }
        let patches = same.map(|_| patches);
        let workspace = Workspace {
            sources: own,
            texts: Arc::new(texts),
            files: Arc::new(files),
            package,
            directories: self.directories,
            diagnostics: self.diagnostics,
            policy: Arc::default(),
        };
        Gathered { workspace, sources, changed: true, patches }
    }
}

/// The files of one folder that name another package than the first that names one.
fn package_mismatch(files: &[Arc<PolicyTree>]) -> Vec<Diagnostic> {
    let mut named = files.iter().filter_map(|file| file.head().package.as_ref());
    let Some(first) = named.next() else { return Vec::new() };
    named
        .filter(|package| package.value != first.value)
        .map(|package| {
            let message =
                format!("the files of one folder name two packages: `{}` and `{}`", first.value, package.value);
            Diagnostic::error(Code::PackageMismatch, package.span, message)
                .here("this file's package")
                .label(first.span, "the first file's package")
                .help("give all files of the folder one package name, or move this one to a folder of its own")
        })
        .collect()
}
