//! Paths as a code host wants them: from the root of the repository, with `/`.

use std::env;
use std::path::{Component, Path, PathBuf};

/// Where GitHub's runner says that the repository lies.
const ROOT: &str = "GITHUB_WORKSPACE";

/// A file's path from the root of the repository that a workflow checked out; elsewhere, or where it lies outside of that,
/// the path as it was given, without what says nothing.
pub(super) fn path(name: &str) -> String {
    let root = env::var_os(ROOT).map(PathBuf::from);
    from_root(name, root.as_deref(), env::current_dir().ok().as_deref())
}

fn from_root(name: &str, root: Option<&Path>, current: Option<&Path>) -> String {
    let below = root.zip(current).and_then(|(root, current)| {
        let whole = tidy(&current.join(name));
        whole.strip_prefix(tidy(root)).ok().map(Path::to_owned)
    });
    let path = below.unwrap_or_else(|| tidy(Path::new(name)));
    let parts: Vec<_> = path.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    parts.join("/").replacen("//", "/", 1)
}

/// The path without `.`, and without `..` where what it leaves is known.
fn tidy(path: &Path) -> PathBuf {
    let mut tidy = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if tidy.file_name().is_some() => {
                tidy.pop();
            }
            _ => tidy.push(part),
        }
    }
    tidy
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_starts_at_the_root_of_the_repository() {
        let (root, current) = (Some(Path::new("/home/ci/acme")), Some(Path::new("/home/ci/acme/policies")));
        assert_eq!(from_root("acme/teams.rolebook", root, current), "policies/acme/teams.rolebook");
        assert_eq!(from_root("./../shared/./a b.yaml", root, current), "shared/a b.yaml");
        assert_eq!(from_root("/home/ci/acme/x.yaml", root, current), "x.yaml");
        assert_eq!(from_root("/elsewhere/x.yaml", root, current), "/elsewhere/x.yaml");
        assert_eq!(from_root("../../x.yaml", root, current), "../../x.yaml");
        assert_eq!(from_root("./x.yaml", None, current), "x.yaml");
    }
}
