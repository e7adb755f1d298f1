//! Files as they stand in a git revision: read by the installed `git`, without a look at the work tree.
//!
//! A path is `REV:path/from/the/root`, as `git show` takes it, and so findings name it. What an import leads to without the
//! revision before it is from the root as well, unless the revision's own name has slashes: `origin/main:acme/../x` is no
//! `origin/x`. Nothing is fetched, and nothing is written.

use super::LoadError;
use super::compiled;
use super::inputs::sound;
use crate::diagnostics::{Code, Diagnostic};
use crate::index::Bytes;
use crate::workspace::{DirectorySource, FileError, Files, FolderEntry, PathKind, State, Workspace};
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

/// How many links are followed from one path.
const LINKS: usize = 16;

/// A compiled file is no larger, read from a revision.
const SIZE_LIMIT: u64 = 1 << 31;

/// A revision of a git repository.
#[derive(Debug)]
pub struct Tree {
    /// The revision as it was named.
    revision: String,
    /// What stands in it, by path from the root.
    files: BTreeMap<String, Blob>,
    reader: Mutex<Reader>,
}

#[derive(Clone, Debug)]
struct Blob {
    id: String,
    size: u64,
    link: bool,
}

/// A `git` that hands out what it is asked for.
#[derive(Debug)]
struct Reader {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Drop for Reader {
    fn drop(&mut self) {
        // It ends when there is nothing more to ask.
        self.input.take();
        let _ = self.child.wait();
    }
}

impl Tree {
    /// Opens a revision of the repository that a folder lies in.
    ///
    /// # Errors
    /// When there is no `git`, no repository, or no such revision in it.
    pub fn open(folder: &Path, revision: &str) -> Result<Self, LoadError> {
        let unknown = || {
            let message = format!("cannot read `{revision}`: the repository has no such revision");
            let help = "`git log` and `git branch --all` list what there is; a clone of a CI server may hold the last \
                        revision alone";
            refused(message).help(help)
        };
        // What begins with a dash would be an option, and is no revision.
        if revision.is_empty() || revision.starts_with('-') {
            return Err(LoadError::placeless(unknown()));
        }
        root_of(folder, &format!("`{revision}`"))?;
        let wanted = format!("{revision}^{{tree}}");
        let found = git(folder, ["rev-parse", "--verify", "--quiet", &wanted])?;
        let id = found.filter(|id| !id.is_empty()).ok_or_else(|| LoadError::placeless(unknown()))?;
        let id = String::from_utf8_lossy(&id).trim().to_owned();
        let listed = git(folder, ["ls-tree", "-r", "-z", "-l", "--full-tree", &id])?;
        let listed = listed.ok_or_else(|| LoadError::placeless(unknown()))?;
        let mut files = BTreeMap::new();
        for line in listed.split(|&byte| byte == 0) {
            // MODE TYPE ID SIZE, a tab, and the path.
            let line = String::from_utf8_lossy(line);
            let Some((head, path)) = line.split_once('\t') else { continue };
            let mut words = head.split_whitespace();
            let (mode, kind, id) = (words.next(), words.next(), words.next());
            let (Some(mode), Some("blob"), Some(id)) = (mode, kind, id) else { continue };
            let size = words.next().and_then(|size| size.parse().ok()).unwrap_or(0);
            files.insert(path.to_owned(), Blob { id: id.to_owned(), size, link: mode == "120000" });
        }
        let reader = Mutex::new(Reader::start(folder)?);
        Ok(Self { revision: revision.to_owned(), files, reader })
    }

    /// Loads the policy at a path from the root of the repository, with the directories beside it unless others are named on
    /// disk. A compiled file is policy and directory in one.
    ///
    /// # Errors
    /// Everything wrong with the files, all at once; and where nothing stands there.
    pub fn load(&self, path: &str, directories: &[PathBuf]) -> Result<State, LoadError> {
        let root = self.named(path);
        if let Some(Blob { size, .. }) = self.blob(&root).filter(|_| !path.is_empty()) {
            let beginning = self.read(&root, SIZE_LIMIT.min(size.saturating_add(1)));
            if let Some(bytes) = beginning.ok().filter(|bytes| compiled::is_compiled_bytes(bytes)) {
                return compiled::open_bytes(&root, &Arc::new(Bytes::copy_of(&bytes)));
            }
        }
        if self.kind(&root).is_err() {
            let shown = if path.is_empty() { "." } else { path };
            let message = format!("cannot read `{}`: nothing stands at `{shown}` in this revision", root.display());
            let help = "the path is from the root of the repository; `REV:./path` is from the current folder";
            return Err(LoadError::placeless(refused(message).help(help)));
        }
        let workspace = Workspace::gather(self, &[root]);
        let read = if directories.is_empty() {
            let beside = workspace.default_directories().iter().cloned().map(DirectorySource::File);
            workspace.read_directories(self, &beside.collect::<Vec<_>>())
        } else {
            let named: Vec<_> = directories.iter().cloned().map(DirectorySource::File).collect();
            workspace.read_directories(&super::Disk, &named)
        };
        sound(workspace.build_on(self, read))
    }

    /// The path of something as findings name it.
    pub(super) fn named(&self, path: &str) -> PathBuf {
        let path = if path.is_empty() { "." } else { path };
        PathBuf::from(format!("{}:{path}", self.revision))
    }

    /// A path from the root of the repository; nothing for what lies outside.
    fn inner_path(&self, path: &Path) -> Option<String> {
        let text = path.to_string_lossy();
        let inner = text.strip_prefix(&self.revision).and_then(|rest| rest.strip_prefix(':'));
        let text = match inner {
            Some(inner) => inner,
            None if self.revision.contains('/') && !text.starts_with("./") => return None,
            None => &text,
        };
        let mut parts: Vec<&str> = Vec::new();
        for part in text.split(['/', std::path::MAIN_SEPARATOR]) {
            match part {
                "" | "." => {}
                ".." => drop(parts.pop()?),
                part => parts.push(part),
            }
        }
        Some(parts.join("/"))
    }

    /// The path that another one leads to, links followed.
    fn resolved(&self, path: &Path) -> Option<String> {
        let mut path = self.inner_path(path)?;
        for _ in 0..LINKS {
            let Some((at, link)) = self.first_link(&path) else { return Some(path) };
            let target = String::from_utf8(self.bytes(&link.id).ok()?).ok()?;
            if target.starts_with('/') {
                return None;
            }
            let folder = at.rsplit_once('/').map_or("", |(folder, _)| folder);
            let rest = path.get(at.len()..).unwrap_or("").to_owned();
            path = self.inner_path(Path::new(&format!("./{folder}/{target}{rest}")))?;
        }
        None
    }

    /// The first link on the way to a path.
    fn first_link(&self, path: &str) -> Option<(String, Blob)> {
        let ends = path.match_indices('/').map(|(at, _)| at).chain([path.len()]);
        ends.filter_map(|end| path.get(..end)).find_map(|part| {
            let blob = self.files.get(part).filter(|blob| blob.link)?;
            Some((part.to_owned(), blob.clone()))
        })
    }

    fn blob(&self, path: &Path) -> Option<Blob> {
        self.files.get(&self.resolved(path)?).cloned()
    }

    fn bytes(&self, id: &str) -> Result<Vec<u8>, FileError> {
        self.reader.lock().unwrap_or_else(PoisonError::into_inner).blob(id).map_err(|error| FileError::from(&error))
    }
}

impl Reader {
    fn start(folder: &Path) -> Result<Self, LoadError> {
        let mut command = command(folder);
        command.args(["cat-file", "--batch"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().map_err(|error| not_started(&error))?;
        let (input, output) = (child.stdin.take(), child.stdout.take());
        let output = output.ok_or_else(|| not_started(&ErrorKind::BrokenPipe.into()))?;
        Ok(Self { child, input, output: BufReader::new(output) })
    }

    fn blob(&mut self, id: &str) -> std::io::Result<Vec<u8>> {
        let input = self.input.as_mut().ok_or(ErrorKind::BrokenPipe)?;
        writeln!(input, "{id}")?;
        input.flush()?;
        let mut head = String::new();
        self.output.read_line(&mut head)?;
        let size = head.split_whitespace().nth(2).and_then(|size| size.parse::<u64>().ok());
        let size = size.ok_or_else(|| std::io::Error::other("git does not have it"))?;
        let mut bytes = Vec::new();
        self.output.by_ref().take(size).read_to_end(&mut bytes)?;
        let mut end = [0];
        self.output.read_exact(&mut end)?;
        Ok(bytes)
    }
}

impl Files for Tree {
    fn kind(&self, path: &Path) -> Result<PathKind, FileError> {
        let path = self.resolved(path).ok_or(FileError::Missing)?;
        if self.files.contains_key(&path) {
            return Ok(PathKind::File);
        }
        let inside = if path.is_empty() { String::new() } else { format!("{path}/") };
        let any = self.files.range(inside.clone()..).next().is_some_and(|(name, _)| name.starts_with(&inside));
        if any { Ok(PathKind::Folder) } else { Err(FileError::Missing) }
    }

    fn list(&self, folder: &Path) -> Result<Vec<FolderEntry>, FileError> {
        let path = self.resolved(folder).ok_or(FileError::Missing)?;
        let inside = if path.is_empty() { String::new() } else { format!("{path}/") };
        let within = self.files.range(inside.clone()..).take_while(|(name, _)| name.starts_with(&inside));
        let mut entries = BTreeSet::new();
        for (name, blob) in within {
            let rest = name.get(inside.len()..).unwrap_or("");
            let (name, deeper) = rest.split_once('/').map_or((rest, false), |(name, _)| (name, true));
            let linked = || matches!(self.kind(&folder.join(name)), Ok(PathKind::Folder));
            entries.insert(FolderEntry { name: name.to_owned(), folder: deeper || blob.link && linked() });
        }
        if entries.is_empty() { Err(FileError::Missing) } else { Ok(entries.into_iter().collect()) }
    }

    fn read(&self, file: &Path, limit: u64) -> Result<Vec<u8>, FileError> {
        let Some(blob) = self.blob(file) else {
            return Err(if self.kind(file).is_ok() { FileError::IsFolder } else { FileError::Missing });
        };
        if blob.size > limit { Err(FileError::TooLarge(blob.size)) } else { self.bytes(&blob.id) }
    }

    fn open(&self, file: &Path, limit: u64) -> Result<Box<dyn BufRead + Send + '_>, FileError> {
        self.read(file, limit).map(|bytes| Box::new(std::io::Cursor::new(bytes)) as Box<dyn BufRead + Send>)
    }

    fn identity(&self, path: &Path) -> Result<PathBuf, FileError> {
        self.kind(path)?;
        self.resolved(path).map(PathBuf::from).ok_or(FileError::Missing)
    }

    fn at_once(&self, one: &(dyn Fn() + Sync), other: &(dyn Fn() + Sync)) {
        super::Disk.at_once(one, other);
    }
}

/// The path of something on disk from the root of the repository that it lies in, with `/`; empty for the root itself.
///
/// # Errors
/// When there is no `git`, or it lies in no repository.
pub fn path_in_repository(path: &Path) -> Result<String, LoadError> {
    let folder = if path.is_dir() { path } else { folder_of(path) };
    let prefix = root_of(folder, &format!("`{}`", path.display()))?;
    let mut parts: Vec<String> = prefix.split('/').filter(|part| !part.is_empty()).map(String::from).collect();
    if !path.is_dir() {
        parts.extend(path.file_name().map(|name| name.to_string_lossy().into_owned()));
    }
    Ok(parts.join("/"))
}

/// The folder that a path lies in; the current one for a bare name.
pub(super) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// The path of a folder from the root of its repository.
fn root_of(folder: &Path, what: &str) -> Result<String, LoadError> {
    let prefix = git(folder, ["rev-parse", "--show-prefix"])?;
    let prefix = prefix.ok_or_else(|| {
        let message = format!("cannot read {what}: `{}` lies in no git repository", folder.display());
        LoadError::placeless(refused(message).help("name a folder or a file, or a revision inside of a repository"))
    })?;
    Ok(String::from_utf8_lossy(&prefix).trim_end_matches(['\n', '\r']).to_owned())
}

/// What `git` prints; nothing where it fails.
fn git<const N: usize>(folder: &Path, arguments: [&str; N]) -> Result<Option<Vec<u8>>, LoadError> {
    let mut command = command(folder);
    let ended = command.args(arguments).stdin(Stdio::null()).stderr(Stdio::null()).output();
    let ended = ended.map_err(|error| not_started(&error))?;
    Ok(ended.status.success().then_some(ended.stdout))
}

fn command(folder: &Path) -> Command {
    let mut command = Command::new("git");
    command.arg("-C").arg::<&OsStr>(folder.as_ref());
    // It asks nobody, fetches nothing, and leaves the index alone.
    for variable in ["GIT_TERMINAL_PROMPT", "GIT_OPTIONAL_LOCKS"] {
        command.env(variable, "0");
    }
    command.env("GIT_NO_LAZY_FETCH", "1");
    command
}

fn not_started(error: &std::io::Error) -> LoadError {
    let message = match error.kind() {
        ErrorKind::NotFound => String::from("cannot read revisions: there is no `git`"),
        _ => format!("cannot read revisions: `git` cannot be started: {error}"),
    };
    LoadError::placeless(refused(message).help("install git, or name folders and files"))
}

fn refused(message: String) -> Diagnostic {
    Diagnostic::placeless(Code::UnreadableFile, message)
}
