//! Two packages beside each other: directories that say the same are read once, and shared where both read them alike.

use super::passes::ReadDirectories;
use super::{Build, DirectorySource, Files, Workspace, gather};
use crate::index::both;
use crate::source::SourceMap;
use std::path::{Path, PathBuf};

/// How much of a file is compared, more than any directory may have.
const LONGEST: u64 = 1 << 32;

/// Two packages whose texts are numbered together.
#[derive(Clone, Debug)]
pub struct Pair {
    packages: [Workspace; 2],
    sources: SourceMap,
}

impl Workspace {
    /// Reads and parses two packages, as [`Workspace::gather`] does each, with texts that are numbered together.
    #[must_use]
    pub fn gather_two(files: [&dyn Files; 2], roots: [&[PathBuf]; 2]) -> Pair {
        let [(old, of_old), (new, of_new)] = [(files[0], roots[0]), (files[1], roots[1])];
        let first = gather::gather(old, of_old, None, SourceMap::new());
        let second = gather::gather(new, of_new, None, first.sources);
        Pair { packages: [first.workspace, second.workspace], sources: second.sources }
    }
}

impl Pair {
    /// The packages, the first one first.
    #[must_use]
    pub const fn packages(&self) -> &[Workspace; 2] {
        &self.packages
    }

    /// Whether both can be compiled without what a directory adds.
    #[must_use]
    pub fn are_sound(&self) -> bool {
        self.packages.iter().all(|package| package.policy_of_files().compiled.is_some())
    }

    /// Reads the directories of the first, which are to be those of the second as well, under the names that they have there.
    #[must_use]
    pub fn read_directories(&self, files: &dyn Files, directories: [&[DirectorySource]; 2]) -> [ReadDirectories; 2] {
        let read = ReadDirectories::read(self.sources.clone(), files, directories[0]);
        [read.clone(), read.named(directories[1])]
    }

    /// Takes both through all passes, with directories that were read for both.
    #[must_use]
    pub fn build_on(&self, files: [&dyn Files; 2], read: [ReadDirectories; 2]) -> [Build; 2] {
        let [old, new] = &self.packages;
        let [of_old, of_new] = read;
        let (mut old, mut new) = (old.begin(of_old), new.begin(of_new));
        let alike = match (&old.policy.schema, &new.policy.schema) {
            (Some(one), Some(other)) => one.reads_alike(other),
            _ => false,
        };
        let work = |one: &(dyn Fn() + Sync), other: &(dyn Fn() + Sync)| files[0].at_once(one, other);
        let (one, other) = if alike {
            let directory = old.directory();
            (directory.clone(), directory)
        } else {
            both(&work, || old.directory(), || new.directory())
        };
        let (of_old, of_new) = both(&work, || old.linked(one.clone()), || new.linked(other.clone()));
        old.put(of_old);
        new.put(of_new);
        [old.finish(files[0]), new.finish(files[1])]
    }
}

/// Whether directories say the same, in the same order and form.
#[must_use]
pub fn say_the_same(files: [&dyn Files; 2], directories: [&[PathBuf]; 2]) -> bool {
    let [old, new] = directories;
    let is_one = std::ptr::addr_eq(files[0], files[1]);
    let same = |(one, other): (&PathBuf, &PathBuf)| {
        let form = |path: &Path| path.extension().map(|ending| ending.to_ascii_lowercase());
        is_one && one == other || form(one) == form(other) && same_bytes(files, [one, other]) == Some(true)
    };
    old.len() == new.len() && old.iter().zip(new).all(same)
}

/// Whether two files hold the same bytes; nothing where one of them cannot be read.
fn same_bytes(files: [&dyn Files; 2], paths: [&Path; 2]) -> Option<bool> {
    let mut one = files[0].open(paths[0], LONGEST).ok()?;
    let mut other = files[1].open(paths[1], LONGEST).ok()?;
    loop {
        let (here, there) = (one.fill_buf().ok()?, other.fill_buf().ok()?);
        let length = here.len().min(there.len());
        if length == 0 {
            return Some(here.len() == there.len());
        }
        if here.get(..length) != there.get(..length) {
            return Some(false);
        }
        one.consume(length);
        other.consume(length);
    }
}
