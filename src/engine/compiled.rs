//! Compiled files: written whole or not at all, opened, and looked into.

use super::{Disk, Engine, LoadError, mapping};
use crate::diagnostics::{Code, Diagnostic};
use crate::directory::compiled::hash_of_names;
use crate::image::{Fault, Identity, Image, ImageWriter, Section, is_compiled};
use crate::index::{AtOnce, Bytes, in_turn};
use crate::workspace::compiled::{self, About, CannotCompile};
use crate::workspace::{FileError, Files, State, unreadable};
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// How much of a file is looked at to tell what it is: its header.
const BEGINNING: u64 = 64;

/// A file of fewer bytes is looked at before a thread has begun.
const WORTH_A_THREAD: u64 = 1 << 20;

/// What a compiled file holds.
#[derive(Clone, Debug)]
pub struct Inspection {
    /// Its format.
    pub format: u32,
    /// What tells it from others.
    pub identity: Identity,
    /// What it says of itself.
    pub about: About,
    /// The files that it was made of, each with whether it is a policy file and how many bytes it has.
    pub files: Vec<(String, bool, u32)>,
    /// Its sections, in their order.
    pub sections: Vec<InspectedSection>,
}

/// A section of a compiled file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InspectedSection {
    /// Which.
    pub section: Section,
    /// Where its bytes lie.
    pub bytes: Range<usize>,
    /// How many bytes a row has.
    pub row: usize,
    /// The checksum that its bytes were compared with.
    pub checksum: u64,
}

impl Engine {
    /// Writes policy and directory, as they stand, as one compiled file, in the place of what is there under that name.
    /// [`Engine::open`] opens it in a fraction of the time that it takes to read what it was made of.
    ///
    /// The file is found whole at every moment, and the same state yields the same bytes.
    ///
    /// # Errors
    /// When the file cannot be written.
    ///
    /// ```
    /// use rolebook::Engine;
    /// use rolebook::engine::query;
    ///
    /// # let folder = std::env::temp_dir().join(format!("rolebook-compiled-{}", std::process::id()));
    /// # std::fs::create_dir_all(&folder)?;
    /// let policy = "type user  type team { actions view }  role team.member { allow team.view }";
    /// let directory = "{ rolebook: 1, kind: directory, 'team:red': { roles: { member: [user:ana] } } }";
    /// let file = folder.join("teams.compiled");
    /// Engine::from_strings(&[("teams.rolebook", policy)], &[("staff.yaml", directory)])?.compile(&file)?;
    ///
    /// let engine = Engine::open(&[file], &[])?;
    /// assert!(engine.check(&query("user:ana", "view", "team:red"))?.allowed);
    /// # std::fs::remove_dir_all(&folder)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn compile(&self, file: impl AsRef<Path>) -> Result<(), LoadError> {
        let file = file.as_ref();
        let bytes = self.compiled().map_err(LoadError::placeless)?;
        replace(file, &bytes).map_err(|error| {
            let message = format!("cannot write `{}`: {}", file.display(), FileError::from(&error));
            LoadError::placeless(Diagnostic::placeless(Code::UnwritableFile, message))
        })
    }

    /// The bytes of the compiled file that [`Engine::compile`] writes.
    ///
    /// # Errors
    /// When the tables of the state contradict its texts, which is a defect of this program.
    pub fn compiled(&self) -> Result<Vec<u8>, Diagnostic> {
        bytes_of(compiled::write(&self.state()))
    }
}

/// What a state says, in parts by name: the same bytes for states that say the same, whatever files and changes they come
/// from, and others where anything of it is another: the policy, the directory, or what everybody holds by both. Places,
/// words and order do not count.
///
/// # Errors
/// As [`Engine::compiled`].
pub fn facts(state: &State) -> Result<Vec<(&'static str, Vec<u8>)>, Diagnostic> {
    compiled::facts(state).map(ImageWriter::into_sections).map_err(|CannotCompile| contradiction())
}

/// The bytes of a compiled file.
fn bytes_of(image: Result<ImageWriter, CannotCompile>) -> Result<Vec<u8>, Diagnostic> {
    let image = image.map_err(|CannotCompile| contradiction())?;
    let mut bytes = Vec::new();
    // Memory takes all that is written to it.
    let _ = image.write(hash_of_names(), &mut bytes);
    Ok(bytes)
}

fn contradiction() -> Diagnostic {
    let message = "the tables of the state contradict its texts; this is a defect of this program";
    Diagnostic::placeless(Code::DamagedFile, message).help("nothing was written")
}

/// Whether a path is a file that is meant to be a compiled one.
#[must_use]
pub fn is_compiled_file(path: &Path) -> bool {
    beginning(path).is_some_and(|beginning| is_compiled(&beginning))
}

/// The finding where a compiled file is not all that is named.
pub(super) fn not_alone(file: &Path) -> Diagnostic {
    let message = format!("`{}` is a compiled file, which is policy and directory in one", file.display());
    let help = "name no other policy and no directory beside it, or name what it was compiled from";
    Diagnostic::placeless(Code::WrongKind, message).help(help)
}

/// Whether bytes are those of a compiled file.
pub(super) fn is_compiled_bytes(bytes: &[u8]) -> bool {
    is_compiled(bytes)
}

fn beginning(path: &Path) -> Option<Vec<u8>> {
    if !fs::metadata(path).is_ok_and(|metadata| metadata.is_file()) {
        return None;
    }
    let mut beginning = Vec::new();
    File::open(path).ok()?.take(BEGINNING).read_to_end(&mut beginning).ok()?;
    Some(beginning)
}

/// The state that a compiled file holds.
pub(super) fn open(path: &Path) -> Result<State, LoadError> {
    let image = image(path)?;
    state(&image).map_err(|fault| refusal(path, &fault))
}

/// The state that a compiled file holds, if it is another than one that is known. That all of it is what was written is
/// looked at in any case.
pub(super) fn open_other(path: &Path, known: Option<Identity>) -> Result<Option<State>, LoadError> {
    let image = image(path)?;
    if Some(image.identity()) == known {
        return Ok(None);
    }
    state(&image).map(Some).map_err(|fault| refusal(path, &fault))
}

/// The state that the bytes of a compiled file hold.
pub(super) fn open_bytes(name: &Path, bytes: &Arc<Bytes>) -> Result<State, LoadError> {
    frame(Arc::clone(bytes)).and_then(|image| state(&image)).map_err(|fault| refusal(name, &fault))
}

fn image(path: &Path) -> Result<Image, LoadError> {
    let bytes = mapping::bytes(path).map_err(|error| LoadError::placeless(unreadable(&Disk, path, &error)))?;
    frame(Arc::new(bytes)).map_err(|fault| refusal(path, &fault))
}

fn frame(bytes: Arc<Bytes>) -> Result<Image, Fault> {
    let length = bytes.len() as u64;
    Image::open(bytes, hash_of_names(), at_once(length))
}

fn state(image: &Image) -> Result<State, Fault> {
    compiled::open(image, at_once(image.identity().length))
}

/// How a file of so many bytes is looked at: by two threads, where it is long enough to be worth one more.
fn at_once(length: u64) -> AtOnce<'static> {
    if length < WORTH_A_THREAD { &in_turn } else { &|one, other| Disk.at_once(one, other) }
}

fn refusal(path: &Path, fault: &Fault) -> LoadError {
    LoadError::placeless(fault.finding(path))
}

/// What a compiled file holds. All of it is looked at, as when it is opened.
///
/// # Errors
/// Why the file would not be opened.
pub fn inspect(path: &Path) -> Result<Inspection, LoadError> {
    let image = image(path)?;
    let state = state(&image).map_err(|fault| refusal(path, &fault))?;
    let about = compiled::about(&image).map_err(|fault| refusal(path, &fault))?;
    let sources = state.sources();
    let policy = state.workspace().sources();
    let files = sources.files().filter_map(|file| {
        let source = sources.get(file)?;
        Some((source.name().to_owned(), policy.get(file).is_some(), source.length()))
    });
    let sections =
        image.sections().map(|(section, bytes, row, checksum)| InspectedSection { section, bytes, row, checksum });
    Ok(Inspection {
        format: crate::image::FORMAT,
        identity: image.identity(),
        about,
        files: files.collect(),
        sections: sections.collect(),
    })
}

/// Puts a file in the place of one, or where there is none. A link stays one, and what is no file, as a pipe, is written to.
fn replace(target: &Path, bytes: &[u8]) -> io::Result<()> {
    if fs::metadata(target).is_ok_and(|there| !there.is_file()) {
        return OpenOptions::new().write(true).open(target)?.write_all(bytes);
    }
    let target = &fs::canonicalize(target).unwrap_or_else(|_| target.to_owned());
    let mut name = OsString::from(".");
    name.push(target.file_name().ok_or(io::ErrorKind::IsADirectory)?);
    name.push(format!(".{}.tmp", std::process::id()));
    let temporary = Temporary(target.with_file_name(name));
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).open(&temporary.0)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&temporary.0, target)?;
    if cfg!(unix) {
        let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// A file that is removed, if it is still there.
struct Temporary(PathBuf);

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}
