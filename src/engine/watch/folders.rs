//! Which folders to watch so that nothing that happens to a path goes unseen.

use std::collections::{BTreeSet, VecDeque};
use std::ffi::OsString;
use std::fs;
use std::path::{Component, Path, PathBuf};

/// How many links are followed on the way to one path, as the system does.
const LINKS: usize = 40;

/// The folders that lead to these paths, links resolved: the one that each lies in, the path itself where it is a folder,
/// and the one of each link on the way. Of what is not there, the last folder on the way that is.
pub(super) fn of(paths: &[PathBuf]) -> BTreeSet<PathBuf> {
    let mut folders = BTreeSet::new();
    for path in paths {
        // Without a current folder relative paths lead nowhere.
        if let Ok(path) = std::path::absolute(path) {
            lead_to(&path, &mut folders);
        }
    }
    folders
}

/// Adds the folders that lead to a path.
fn lead_to(path: &Path, folders: &mut BTreeSet<PathBuf>) {
    let mut ahead: VecDeque<OsString> = VecDeque::new();
    let mut at = start(path, &mut ahead);
    let mut links = 0;
    while let Some(name) = ahead.pop_front() {
        if name == ".." {
            at.pop();
            continue;
        }
        let next = at.join(&name);
        match fs::symlink_metadata(&next) {
            Ok(metadata) if metadata.is_symlink() && links < LINKS => {
                links += 1;
                folders.insert(at.clone());
                let Ok(target) = fs::read_link(&next) else { return };
                let mut rest = std::mem::take(&mut ahead);
                if target.is_absolute() {
                    at = start(&target, &mut ahead);
                } else {
                    ahead.extend(names(&target));
                }
                ahead.append(&mut rest);
            }
            Ok(metadata) if metadata.is_dir() => {
                if ahead.is_empty() {
                    folders.insert(at);
                    folders.insert(next);
                    return;
                }
                at = next;
            }
            // A file, or nothing: it is here that it changes or comes to be.
            _ => break,
        }
    }
    folders.insert(at);
}

/// The root of an absolute path; the names below it go ahead.
fn start(path: &Path, ahead: &mut VecDeque<OsString>) -> PathBuf {
    ahead.extend(names(path));
    path.components().take_while(|part| matches!(part, Component::Prefix(_) | Component::RootDir)).collect()
}

fn names(path: &Path) -> impl Iterator<Item = OsString> + '_ {
    path.components().filter_map(|part| match part {
        Component::Normal(name) => Some(name.to_owned()),
        Component::ParentDir => Some(OsString::from("..")),
        Component::Prefix(_) | Component::RootDir | Component::CurDir => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn every_folder_on_the_way_is_watched_in_which_something_decides_where_it_leads() {
        use std::os::unix::fs::symlink;
        let root = tempfile::tempdir().expect("a folder");
        // The system's own temporary folder may lie behind a link.
        let root = root.path().canonicalize().expect("a folder");
        fs::create_dir_all(root.join("mount/..v1")).expect("a folder");
        fs::write(root.join("mount/..v1/a"), "").expect("a file");
        symlink("..v1", root.join("mount/..data")).expect("a link");
        symlink("..data/a", root.join("mount/a")).expect("a link");
        symlink(root.join("mount"), root.join("elsewhere")).expect("a link");
        symlink("round", root.join("round")).expect("a link");
        let cases: [(&str, &[&str]); 7] = [
            ("mount", &["", "mount"]),
            ("mount/a", &["mount", "mount/..v1"]),
            ("elsewhere", &["", "mount"]),
            ("elsewhere/a", &["", "mount", "mount/..v1"]),
            ("missing/deeper/still", &[""]),
            ("mount/missing", &["mount"]),
            ("round/a", &[""]),
        ];
        for (path, wanted) in cases {
            let wanted: BTreeSet<PathBuf> = wanted.iter().map(|name| root.join(name).components().collect()).collect();
            assert_eq!(of(&[root.join(path)]), wanted, "{path}");
        }
    }
}
