//! Reading a package again: what of it is another by now, and the state that this leads to.

use super::additions::Additions;
use super::directory_text::prints;
use super::policy_text::Patched;
use super::{Build, DirectorySource, Files, State, Workspace, gather};
use crate::decide::Revision;
use crate::diagnostics::{self, Diagnostic};
use crate::directory::tree;
use crate::source::SourceMap;
use std::path::PathBuf;
use std::sync::Arc;

/// A package that was read again.
#[derive(Clone, Debug)]
pub struct Gathered {
    /// What it is now. Files that say what they said were not parsed again.
    pub workspace: Workspace,
    /// Its texts, and those that what else there is was read from.
    pub sources: SourceMap,
    /// Whether it is another than it was.
    pub changed: bool,
    /// What of its files was parsed again, where that is all that changed, as far as reading tells.
    pub(super) patches: Option<Vec<Patched>>,
}

impl State {
    /// Reads the package again.
    #[must_use]
    pub fn gather(&self, files: &dyn Files, roots: &[PathBuf]) -> Gathered {
        gather::gather(files, roots, Some(&self.workspace), self.sources.clone())
    }

    /// Whether these directories say what they said when this state's were read.
    #[must_use]
    pub fn has_read(&self, files: &dyn Files, directories: &[DirectorySource]) -> bool {
        prints(files, directories).is_some_and(|prints| *prints == *self.prints)
    }

    /// The same records, changes included, under a package that was read again.
    #[must_use]
    pub fn under(&self, gathered: &Gathered) -> Build {
        if let Some(state) = self.patched(gathered) {
            return Build { sources: state.sources.clone(), diagnostics: state.warnings.to_vec(), state: Some(state) };
        }
        let Gathered { workspace, sources, .. } = &gathered.settled();
        let Additions { file, diagnostics: misread } = Additions::of_directories(&self.declarations);
        let mut diagnostics = workspace.diagnostics.clone();
        diagnostics.extend(misread);
        let sound = !diagnostics.iter().any(Diagnostic::is_error);
        let policy = workspace.policy_with(file);
        diagnostics.extend(policy.diagnostics.iter().cloned());
        let snapshot = policy.link(&self.records(), Revision::FIRST, &mut diagnostics);
        diagnostics::sort(&mut diagnostics);
        let snapshot = snapshot.filter(|_| sound && !diagnostics.iter().any(Diagnostic::is_error));
        diagnostics::limit(&mut diagnostics);
        let state = snapshot.map(|snapshot| Self {
            workspace: Arc::new(workspace.clone()),
            sources: sources.clone(),
            policy: Arc::new(policy),
            warnings: diagnostics.clone().into(),
            snapshot,
            ..self.clone()
        });
        Build { sources: sources.clone(), diagnostics, state }
    }

    /// The same under another revision.
    #[must_use]
    pub fn with_revision(mut self, revision: Revision) -> Self {
        self.snapshot = Arc::new(Arc::unwrap_or_clone(self.snapshot).with_revision(revision));
        self
    }

    /// The same for much to be decided on, as
    /// [`Snapshot::with_access_matrix`](crate::decide::Snapshot::with_access_matrix) says; `before` is such a state.
    #[must_use]
    pub fn with_access_matrix(mut self, before: Option<&Self>) -> Self {
        let before = before.map(|before| &*before.snapshot);
        self.snapshot = Arc::new(Arc::unwrap_or_clone(self.snapshot).with_access_matrix(before));
        self
    }

    /// Whether the records of another state say the same.
    #[must_use]
    pub fn says_the_same(&self, other: &Self) -> bool {
        tree::difference(&self.records(), &other.records()).is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::MemoryFiles;

    fn files(texts: &[(&str, &str)]) -> MemoryFiles {
        let mut files = MemoryFiles::new();
        for (name, text) in texts {
            assert!(files.add(name, *text));
        }
        files
    }

    /// The names of a package's files whose trees were made anew.
    fn parsed(before: &Workspace, after: &Workspace) -> Vec<String> {
        let known = |tree| before.files.iter().any(|before| Arc::ptr_eq(before, tree));
        let new = after.files.iter().filter(|tree| !known(tree));
        new.map(|tree| after.sources.get(tree.head().file).expect("a text").name().to_owned()).collect()
    }

    #[test]
    fn of_many_files_those_that_say_something_else_are_parsed_alone() {
        let (types, lib) = ("import \"../lib\"\ntype team in user\n", "type user\n");
        let texts = [
            ("p/a.rolebook", types),
            ("p/b.yaml", "rolebook: 1\n"),
            ("p/c.rolebook", "role team.c\n"),
            ("lib/l.rolebook", lib),
        ];
        let before = files(&texts);
        let roots = [PathBuf::from("p")];
        let workspace = Workspace::gather(&before, &roots);
        let state = workspace.build(&before, &[]).state.expect("a sound package");

        let again = state.gather(&before, &roots);
        assert!(!again.changed);
        assert_eq!(parsed(&workspace, &again.workspace), Vec::<String>::new());

        let mut edited = texts;
        edited[2].1 = "\nrole team.c\n";
        let again = state.gather(&files(&edited), &roots);
        assert!(again.changed);
        assert_eq!(parsed(&workspace, &again.workspace), ["p/c.rolebook"]);
        assert_eq!(again.workspace.files.len(), 4);

        // A file that goes, one that comes, and one that moves.
        let moved = [texts[0], ("p/b2.yaml", texts[1].1), texts[3], ("lib/m.rolebook", "type group\n")];
        let again = state.gather(&files(&moved), &roots);
        let mut names = parsed(&workspace, &again.workspace);
        names.sort();
        assert_eq!(names, ["lib/m.rolebook", "p/b2.yaml"]);
        let all: Vec<&str> =
            again.sources.files().filter_map(|file| again.sources.get(file)).map(|source| source.name()).collect();
        assert_eq!(all.len(), 4, "the texts of files that are gone are gone: {all:?}");
    }

    #[test]
    fn however_often_files_come_and_go_there_are_no_more_texts_than_files() {
        let roots = [PathBuf::from("p")];
        let first = files(&[("p/a.rolebook", "type user\n")]);
        let directory =
            DirectorySource::Text { name: String::from("d"), text: String::from("rolebook: 1\nkind: directory\n") };
        let mut state = Workspace::gather(&first, &roots).build(&first, &[directory]).state.expect("a sound package");
        for number in 0..20 {
            let name = format!("p/b{number}.rolebook");
            let gathered = state.gather(&files(&[("p/a.rolebook", "type user\n"), (&name, "type team\n")]), &roots);
            state = state.under(&gathered).state.expect("a sound package");
            assert_eq!(state.sources().files().count(), 3);
        }
    }
}
