//! Reading the files again, while the engine goes on deciding.

use super::inputs::{Found, sound};
use super::succession::Step;
use super::{Engine, LoadError, Shared, now};
use crate::decide::Revision;
use crate::workspace::State;
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Weak};

/// What reading the files again came to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reloaded {
    /// The state that is in effect by now.
    pub revision: Revision,
    /// Whether the policy's files said something else.
    pub policy: bool,
    /// Whether the directory's files said something else.
    pub directory: bool,
    /// How many changes made with [`Engine::apply`] are no longer in effect, as the directory's files were read anew and do
    /// not say what the engine held. Those of them that the files do say, which nobody told apart, are counted as well; 0
    /// where the files say all of them.
    pub superseded: usize,
}

impl Reloaded {
    /// Whether another state took effect. If not, the files say what the engine was made of.
    #[must_use]
    pub const fn took_effect(&self) -> bool {
        self.policy || self.directory
    }
}

/// What subscribers hear.
pub type ReloadResult = Result<Reloaded, LoadError>;

/// How the state of an engine stands to its files.
#[derive(Clone, Debug)]
pub struct Status {
    /// The state in effect.
    pub revision: Revision,
    /// Why the files are not what is in effect; nothing where they are, as far as they were read.
    pub stale: Option<Arc<Stale>>,
}

/// Why a state is older than its files.
#[derive(Clone, Debug)]
pub struct Stale {
    /// When that was found, in milliseconds since 1970 UTC.
    pub since: i64,
    /// What is wrong with the files, by the latest reading.
    pub error: LoadError,
}

/// Keeps a subscriber told; it is told no longer when this goes. A call that has begun by then may still end.
#[must_use = "the subscriber is told no longer when this goes"]
pub struct Subscription {
    shared: Weak<Shared>,
    number: u64,
}

impl Subscription {
    /// Keeps the subscriber told for as long as there is an engine.
    pub fn forever(mut self) {
        self.shared = Weak::new();
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        if let Some(shared) = self.shared.upgrade() {
            shared.state.unsubscribe(self.number);
        }
    }
}

impl fmt::Debug for Subscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subscription").field("number", &self.number).finish_non_exhaustive()
    }
}

/// A state that files lead to.
struct Next {
    state: State,
    policy: bool,
    directory: bool,
    /// Whether the directory's files say all that was changed by the time they were read.
    written: bool,
}

/// What the files led to, from a state.
struct Prepared {
    base: Arc<State>,
    next: Result<Option<Next>, LoadError>,
    /// Whether it is another where the records are: those of the base were taken over, or would have been.
    by_records: bool,
    /// What was looked at.
    #[cfg_attr(not(feature = "watch"), expect(dead_code, reason = "the watcher alone asks for it"))]
    paths: Vec<PathBuf>,
}

impl Engine {
    /// Reads the files again, and puts what they say by now in the place of the state. Checks go on meanwhile, on the state
    /// before; one that begins afterwards sees all that is new.
    ///
    /// Where the files say what they said, nothing happens. Where only policy files say something else, they alone are parsed
    /// and the policy is compiled; the directory stays as it is, with the changes that [`Engine::apply`] made. Of a file in the
    /// DSL in which nothing but roles and rules were edited, these alone are parsed and compiled, with what builds on them.
    /// Where directory files say something else, they are the record: they are read anew, and changes that were not written
    /// are gone.
    ///
    /// All that is read stood on disk together. What is exchanged as a whole (a folder that is renamed, a link that is set
    /// anew) takes effect as a whole; files that are written one by one should each be written beside its place and renamed.
    /// Of a file that is written in place, the half that is there may be sound as well, with a denial in the other half:
    /// nothing tells it from a file that is meant so. [`Engine::watch`] waits until whoever writes is done; here nobody waits. Where all directories that stood beside the policy are gone, nothing takes
    /// effect.
    ///
    /// # Errors
    /// Everything wrong with the files. The state stays, and [`Engine::status`] says so.
    ///
    /// ```
    /// use rolebook::Engine;
    /// use rolebook::engine::query;
    ///
    /// # let folder = std::env::temp_dir().join(format!("rolebook-reload-{}", std::process::id()));
    /// # std::fs::create_dir_all(&folder)?;
    /// let file = folder.join("teams.rolebook");
    /// std::fs::write(&file, "type user type team { actions view }")?;
    /// let engine = Engine::builder().policy(&folder).build()?;
    /// let asked = query("user:ana", "view", "team:red");
    /// assert!(!engine.check(&asked)?.allowed);
    ///
    /// std::fs::write(&file, "type user type team { actions view } allow team.view")?;
    /// assert!(engine.reload()?.policy);
    /// assert!(engine.check(&asked)?.allowed);
    ///
    /// std::fs::write(&file, "type user type taem { actions view } allow team.view")?;
    /// assert!(engine.reload().unwrap_err().to_string().contains("unknown type `team`"));
    /// assert!(engine.status().stale.is_some());
    /// assert!(engine.check(&asked)?.allowed, "the last good state stays");
    /// # std::fs::remove_dir_all(&folder)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn reload(&self) -> ReloadResult {
        self.shared.state.revise(
            |base| self.prepare(base),
            |prepared, current, stale: &Option<Arc<Stale>>| {
                settle(self.renew(prepared, current), current, stale.as_deref())
            },
        )
    }

    /// As [`Engine::reload`], but for what is read of paths that somebody is still at: of that nothing is made. Returns whether
    /// somebody was, and the paths that were looked at.
    #[cfg(feature = "watch")]
    pub(super) fn reload_unless(&self, is_busy: impl Fn(&[PathBuf]) -> bool) -> (bool, Vec<PathBuf>) {
        self.shared.state.revise(
            |base| self.prepare(base),
            |prepared, current, stale: &Option<Arc<Stale>>| {
                let prepared = self.renew(prepared, current);
                let paths = prepared.paths.clone();
                if is_busy(&paths) {
                    return (Step { next: None, standing: None, news: None }, (true, paths));
                }
                (settle(prepared, current, stale.as_deref()).0, (false, paths))
            },
        )
    }

    /// Notes that the files cannot be read for a reason that they have no part in.
    #[cfg(feature = "watch")]
    pub(super) fn give_up(&self, error: LoadError) {
        self.shared
            .state
            .revise(|_| error, |error, _, stale: &Option<Arc<Stale>>| (refuse(error, stale.as_deref()).0, ()));
    }

    /// What was prepared, or what the files lead to by now where it hung on a state that another has taken the place of.
    fn renew(&self, prepared: Prepared, current: &Arc<State>) -> Prepared {
        if prepared.by_records && !Arc::ptr_eq(&prepared.base, current) {
            // The records went on meanwhile, and stand still now.
            return self.prepare(current);
        }
        prepared
    }

    /// What the files lead to from a state.
    fn prepare(&self, base: &Arc<State>) -> Prepared {
        let (found, paths) = self.shared.inputs.inspect(base);
        let by_records = matches!(found, Found::Policy(_));
        let next = match found {
            Found::Same => Ok(None),
            Found::Unfit(error) => Err(error),
            Found::Compiled(state) => Ok(Some(Next { state, policy: true, directory: true, written: false })),
            Found::Policy(gathered) => match sound(base.under(&gathered)) {
                Ok(state) => Ok(Some(Next { state, policy: true, directory: false, written: false })),
                // Who is assigned what is not kept with the place of every word; the files have them all.
                Err(error) if base.changes() == 0 => Err(self.shared.inputs.load().err().unwrap_or(error)),
                Err(error) => Err(error),
            },
            Found::Directory { policy, build } => sound(build).map(|state| {
                let written = base.changes() > 0 && base.says_the_same(&state);
                Some(Next { state, policy, directory: true, written })
            }),
        };
        // Before anybody has to wait for it.
        let ready = |next: Next| Next { state: next.state.with_access_matrix(Some(base)), ..next };
        Prepared { base: Arc::clone(base), next: next.map(|next| next.map(ready)), by_records, paths }
    }

    /// Has results of reloads told to a subscriber, whoever asked for them: each that took effect, each failure that is not
    /// the one before again, and that the files say once more what is in effect. Nobody is told that nothing happened.
    ///
    /// A subscriber is called by the thread that reloads, with no lock held, after the state took its place: it may ask the
    /// engine, change it, or reload it. Results come in their order, one at a time. Whoever would rather wait for them
    /// has them sent through a channel of their own. Nothing is reloaded by itself ([`Engine::watch`]), and nothing more is
    /// told, before it returns: one that waits for something holds up both.
    ///
    /// ```
    /// use rolebook::Engine;
    /// use std::sync::mpsc;
    ///
    /// let engine = Engine::builder().policy_text("users.rolebook", "type user").build()?;
    /// let (sender, results) = mpsc::channel();
    /// let subscription = engine.subscribe(move |result| drop(sender.send(result.clone())));
    /// engine.reload()?;
    /// assert!(results.try_recv().is_err(), "texts do not change");
    /// drop(subscription);
    /// assert!(results.recv().is_err(), "nobody sends any more");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn subscribe(&self, subscriber: impl Fn(&ReloadResult) + Send + Sync + 'static) -> Subscription {
        let number = self.shared.state.subscribe(Arc::new(subscriber));
        Subscription { shared: Arc::downgrade(&self.shared), number }
    }

    /// Which state is in effect, and whether it is older than its files: since when, and why.
    #[must_use]
    pub fn status(&self) -> Status {
        let (state, stale) = self.shared.state.standing();
        Status { revision: state.snapshot().revision(), stale }
    }
}

type Stepped = (Step<State, ReloadResult, Option<Arc<Stale>>>, ReloadResult);

/// What becomes of what was prepared, from the state in effect, which may be another by now than it was prepared from.
fn settle(prepared: Prepared, current: &State, stale: Option<&Stale>) -> Stepped {
    match prepared.next {
        Ok(next) => accept(next, &prepared.base, current, stale.is_some()),
        Err(error) => refuse(error, stale),
    }
}

/// What becomes of files that are sound.
fn accept(next: Option<Next>, base: &State, current: &State, was_stale: bool) -> Stepped {
    let standing = Some(None);
    let Some(next) = next else {
        let revision = current.snapshot().revision();
        let result = Reloaded { revision, policy: false, directory: false, superseded: 0 };
        return (Step { next: None, standing, news: was_stale.then(|| Ok(result.clone())) }, Ok(result));
    };
    let Next { state, policy, directory, written } = next;
    let superseded = match (directory, written) {
        (false, _) => 0,
        (true, true) => current.changes().saturating_sub(base.changes()),
        (true, false) => current.changes(),
    };
    let revision = current.snapshot().revision().next();
    let result = Reloaded { revision, policy, directory, superseded };
    let state = Arc::new(state.with_revision(revision));
    (Step { next: Some(state), standing, news: Some(Ok(result.clone())) }, Ok(result))
}

/// What becomes of files that are not.
fn refuse(error: LoadError, before: Option<&Stale>) -> Stepped {
    let again = before.is_some_and(|before| before.error.to_string() == error.to_string());
    let since = before.map_or_else(now, |before| before.since);
    let standing = Some(Some(Arc::new(Stale { since, error: error.clone() })));
    (Step { next: None, standing, news: (!again).then(|| Err(error.clone())) }, Err(error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Change, query};
    use std::fs;

    #[test]
    fn what_stood_against_a_policy_may_be_gone_by_the_time_it_takes_effect() {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).expect("a file");
        let types = "type user type team { actions view } role team.member { allow team.view }";
        write("teams.rolebook", &format!("{types} role team.guest"));
        write("directory.yaml", "{ rolebook: 1, kind: directory, 'team:red': {} }");
        let engine = Engine::builder().policy(folder.path()).build().expect("a sound policy");
        engine.apply(&[Change::assign("user:ana", "guest", "team:red")], now()).expect("a sound change");
        write("teams.rolebook", &format!("{types} allow team.view"));

        let prepared = engine.prepare(&engine.state());
        assert!(prepared.next.is_err(), "a guest is there still");
        let finish = |prepared| settle(engine.renew(prepared, &engine.state()), &engine.state(), None);
        let (_, refused) = finish(engine.prepare(&engine.state()));
        assert!(refused.is_err());
        engine.apply(&[Change::revoke("user:ana", "guest", "team:red")], now()).expect("a sound change");
        let (step, result) = finish(prepared);
        assert!(result.is_ok_and(|reloaded| reloaded.policy));
        let asked = query("user:bo", "view", "team:red");
        assert!(step.next.is_some_and(|state| state.snapshot().check(&asked).is_ok_and(|decision| decision.allowed)));
    }
}
