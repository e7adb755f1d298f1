//! Making changes: one writer at a time, readers undisturbed.

use super::succession::Step;
use super::{Change, Disk, Engine, LoadError};
use crate::analysis::diff::Asking;
use crate::analysis::{Effect, effect};
use crate::directory::Edit;
use crate::workspace::{ChangeText, Changed, Files, Refusal, State, read_changes};
use std::fmt::{self, Write as _};
use std::sync::Arc;

/// What changes came to.
#[derive(Clone, Debug)]
pub struct Applied {
    /// The state before them.
    pub before: Arc<State>,
    /// The state after them.
    pub after: Arc<State>,
    /// The steps that each change came to, what followed from it included.
    pub edits: Vec<Vec<Edit>>,
    /// For how many of the changes the directory was built anew. That takes time by its size. To assign and to revoke roles
    /// does not, nor does a custom role that is composed, changed or deleted, nor does to create an entity, to set its
    /// attributes and settings, to link org policies to it, and to delete or move it with what lies in it. To delete what an
    /// attribute names does, and so does to move what a userset names, or thousands of entities at once.
    pub rebuilt: usize,
}

impl Applied {
    /// Who gains and who loses what by the changes, with what both states are asked: under which values of the context that
    /// are not given is said with each.
    ///
    /// ```
    /// use rolebook::Engine;
    /// use rolebook::analysis::diff::Asking;
    /// use rolebook::engine::{Change, now};
    ///
    /// let policy = "
    ///     type user
    ///     type team { actions view, manage }
    ///     context { mfa: bool = false }
    ///     role team.member { allow team.view  allow team.manage when context.mfa }
    /// ";
    /// let directory = "{rolebook: 1, kind: directory, \"team:research\": {}, \"user:bo\": {}}";
    /// let engine = Engine::from_strings(&[("teams.rolebook", policy)], &[("directory.yaml", directory)])?;
    /// let applied = engine.apply(&[Change::assign("user:bo", "member", "team:research")], now())?;
    ///
    /// let effect = applied.effect(&Asking { at: now(), ..Asking::default() });
    /// let gained: Vec<&str> = effect.differences.iter().map(|one| one.permission.as_str()).collect();
    /// assert_eq!(gained, ["team.view", "team.manage"]);
    /// assert!(effect.differences[1].occasion.is_some() && effect.complete);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn effect(&self, asking: &Asking) -> Effect {
        effect(self.before.snapshot(), self.after.snapshot(), asking, &|one, other| Disk.at_once(one, other))
    }
}

/// Why changes were refused. None of them was made.
#[derive(Clone, Debug)]
pub struct ApplyError {
    /// The number, from 0, of the change that is refused; none where they could not be read.
    pub change: Option<usize>,
    /// Why: each finding with its place in the change, and that of the rule behind it.
    pub error: LoadError,
}

impl Engine {
    /// Makes changes in their order, all or none, at a moment given in milliseconds since 1970 UTC. Checks that begin
    /// afterwards see all of them; files are not written.
    ///
    /// # Errors
    /// The change that is refused, and the rule that refuses it. The directory is as it was.
    ///
    /// ```
    /// use rolebook::Engine;
    /// use rolebook::engine::{Change, now, query};
    ///
    /// let policy = "
    ///     type user
    ///     type team { actions view, manage }
    ///     role team.member assigned by team.manage { allow team.view }
    ///     role team.admin extends team.member { allow * }
    /// ";
    /// let directory = "
    /// rolebook: 1
    /// kind: directory
    /// team:research: { roles: { admin: [user:ana] } }
    /// ";
    /// let engine = Engine::from_strings(&[("teams.rolebook", policy)], &[("directory.yaml", directory)])?;
    /// let joining = Change::assign("user:bo", "member", "team:research");
    ///
    /// let refused = engine.apply(&[joining.clone().by("user:bo")], now()).unwrap_err();
    /// assert!(refused.to_string().contains("`user:bo` may not assign `team.member` on `team:research`"));
    ///
    /// engine.apply(&[joining.by("user:ana")], now())?;
    /// assert!(engine.check(&query("user:bo", "view", "team:research"))?.allowed);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn apply(&self, changes: &[Change], at: i64) -> Result<Applied, ApplyError> {
        let mut text = String::new();
        for change in changes {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{change}");
        }
        self.apply_text("changes.jsonl", text.trim_end(), at)
    }

    /// As [`Engine::apply`], from a text: one change a line where the name ends in `.jsonl`, else a list or a single change
    /// as YAML or JSON.
    ///
    /// # Errors
    /// As [`Engine::apply`], and everything wrong with the text.
    pub fn apply_text(&self, name: &str, text: &str, at: i64) -> Result<Applied, ApplyError> {
        self.shared.state.step(|current, _| {
            let applied = preview(current, ChangeText::named(name, text), at).map(|applied| {
                let after = Arc::unwrap_or_clone(applied.after).with_access_matrix(Some(current));
                Applied { after: Arc::new(after), ..applied }
            });
            let next = applied.as_ref().ok().map(|applied| Arc::clone(&applied.after));
            (Step { next, standing: None, news: None }, applied)
        })
    }

    /// What changes would come to, without making them.
    ///
    /// # Errors
    /// As [`Engine::apply_text`].
    pub fn preview(&self, name: &str, text: &str, at: i64) -> Result<Applied, ApplyError> {
        self.preview_text(ChangeText::named(name, text), at)
    }

    /// As [`Engine::preview`], of a text whose form is said rather than taken from its name.
    ///
    /// # Errors
    /// As [`Engine::apply_text`].
    pub fn preview_text(&self, text: ChangeText<'_>, at: i64) -> Result<Applied, ApplyError> {
        preview(&self.state(), text, at)
    }
}

/// What changes of a state come to.
fn preview(before: &Arc<State>, text: ChangeText<'_>, at: i64) -> Result<Applied, ApplyError> {
    let mut sources = before.sources().clone();
    let (changes, diagnostics) = read_changes(text, &mut sources);
    if diagnostics.iter().any(crate::diagnostics::Diagnostic::is_error) {
        return Err(ApplyError { change: None, error: LoadError { sources, diagnostics } });
    }
    match before.apply(&changes, sources, at) {
        Ok(Changed { state, edits, rebuilt }) => {
            Ok(Applied { before: Arc::clone(before), after: Arc::new(state), edits, rebuilt })
        }
        Err(refusal) => {
            let Refusal { sources, change, diagnostics } = *refusal;
            Err(ApplyError { change, error: LoadError { sources, diagnostics } })
        }
    }
}

impl fmt::Display for ApplyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl std::error::Error for ApplyError {}
