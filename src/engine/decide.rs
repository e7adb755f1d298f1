//! Deciding many times: names looked up beforehand, several queries at once, one thread's own way to the state.

use super::Engine;
use crate::analysis::{Page, Part, list, list_page, who_can, who_can_page};
use crate::decide::{Decision, Query, RequestError, Resolved, Snapshot};
use crate::directory::EntityId;
use crate::workspace::State;
use arc_swap::{ArcSwap, Cache};
use std::ops::Deref;
use std::sync::Arc;

impl Engine {
    /// Looks up the names of a query, so that it can be decided often without them. What it returns stays valid, whatever
    /// changes come.
    ///
    /// # Errors
    /// As [`Engine::check`].
    ///
    /// ```
    /// # use rolebook::Engine;
    /// # use rolebook::engine::{Change, now, query};
    /// # let policy = "type user type team { actions view } role team.member { allow team.view }";
    /// # let directory = "{rolebook: 1, kind: directory, \"team:research\": {}, \"user:ana\": {}}";
    /// let engine = Engine::from_strings(&[("teams.rolebook", policy)], &[("directory.yaml", directory)])?;
    /// let viewing = engine.resolve(&query("user:ana", "view", "team:research"))?;
    /// assert!(!engine.decide(&viewing)?.allowed);
    ///
    /// engine.apply(&[Change::assign("user:ana", "member", "team:research")], now())?;
    /// assert!(engine.decide(&viewing)?.allowed);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn resolve(&self, query: &Query) -> Result<Resolved, RequestError> {
        self.shared.state.load().snapshot().resolve(query)
    }

    /// Decides a resolved query. Neither allocates nor takes a lock.
    ///
    /// # Errors
    /// When a name of the query means nothing any more, after the policy was loaded anew.
    pub fn decide(&self, resolved: &Resolved) -> Result<Decision, RequestError> {
        self.shared.state.load().snapshot().decide(resolved)
    }

    /// Whether a resolved query is allowed, for where nobody asks why.
    ///
    /// # Errors
    /// As [`Engine::decide`].
    pub fn allows(&self, resolved: &Resolved) -> Result<bool, RequestError> {
        self.shared.state.load().snapshot().allows(resolved)
    }

    /// Decides queries, all on one state, and puts the decisions behind those that `decisions` holds, in the order of the
    /// queries. Many at once cost less than one after the other, as what one waits for from memory is fetched while
    /// another is decided.
    pub fn check_many(&self, resolved: &[Resolved], decisions: &mut Vec<Result<Decision, RequestError>>) {
        self.shared.state.load().snapshot().decide_many(resolved, decisions);
    }

    /// All entities of a type that the subject of a query may do its action to, in the order of the directory; the query's
    /// own resource is not looked at. Nothing is left out: it is what [`Engine::check`] allows, of all that the directory
    /// names, at a cost that grows with what the subject holds and with the answer.
    ///
    /// # Errors
    /// As [`Engine::check`], and where there is no such type.
    ///
    /// ```
    /// # use rolebook::Engine;
    /// # use rolebook::engine::query;
    /// # let policy = "type user type team { actions view } role team.member { allow team.view }";
    /// # let directory = "{rolebook: 1, kind: directory, \"team:a\": {roles: {member: [user:ana]}}, \"team:b\": {}}";
    /// # let engine = Engine::from_strings(&[("teams.rolebook", policy)], &[("directory.yaml", directory)])?;
    /// assert_eq!(engine.list(&query("user:ana", "view", ""), "team")?, ["team:a"]);
    /// assert_eq!(engine.who_can(&query("", "view", "team:a"))?, ["user:ana"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn list(&self, query: &Query, type_name: &str) -> Result<Vec<String>, RequestError> {
        let state = self.shared.state.load();
        Ok(names(state.snapshot(), list(state.snapshot(), query, type_name)?))
    }

    /// Everybody who may do the action of a query to its resource, in the order of the directory; the query's own subject
    /// is not looked at. Nobody is left out: it is whom [`Engine::check`] allows, of all that the directory names, keys that
    /// act as somebody included.
    ///
    /// # Errors
    /// As [`Engine::check`].
    pub fn who_can(&self, query: &Query) -> Result<Vec<String>, RequestError> {
        let state = self.shared.state.load();
        Ok(names(state.snapshot(), who_can(state.snapshot(), query)?))
    }

    /// A part of [`Engine::list`]. The first ten of a million cost little more than ten do; what is behind them is not even
    /// looked at.
    ///
    /// Pages of one state put together are the whole answer. While changes come, [`Page::revision`] tells whether two pages are
    /// of one; whoever needs them to be takes [`Engine::state`] once, and asks that with
    /// [`analysis::list_page`](crate::analysis::list_page).
    ///
    /// # Errors
    /// As [`Engine::list`], and where the row to go on behind is no entity of the type that the directory names.
    ///
    /// ```
    /// # use rolebook::Engine;
    /// # use rolebook::engine::query;
    /// use rolebook::analysis::Part;
    ///
    /// # let policy = "type user type team { actions view } role team.member { allow team.view }";
    /// # let team = "{roles: {member: [user:ana]}}";
    /// # let directory =
    /// #     format!(r#"{{rolebook: 1, kind: directory, "team:a": {team}, "team:b": {team}, "team:c": {team}}}"#);
    /// # let engine = Engine::from_strings(&[("teams.rolebook", policy)], &[("directory.yaml", &directory)])?;
    /// let asked = query("user:ana", "view", "");
    /// let first = engine.list_page(&asked, "team", &Part::first(2))?;
    /// assert_eq!(first.rows, ["team:a", "team:b"]);
    /// assert_eq!(first.next(), Some("team:b"));
    ///
    /// let last = engine.list_page(&asked, "team", &Part::first(2).after("team:b"))?;
    /// assert_eq!(last.rows, ["team:c"]);
    /// assert_eq!(last.next(), None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn list_page(&self, query: &Query, type_name: &str, part: &Part) -> Result<Page, RequestError> {
        list_page(self.shared.state.load().snapshot(), query, type_name, part)
    }

    /// A part of [`Engine::who_can`], as [`Engine::list_page`] is one of a list.
    ///
    /// # Errors
    /// As [`Engine::who_can`], and where the row to go on behind is no entity that the directory names.
    pub fn who_can_page(&self, query: &Query, part: &Part) -> Result<Page, RequestError> {
        who_can_page(self.shared.state.load().snapshot(), query, part)
    }

    /// A way to the state for one thread that checks in a loop: whether the state is still the same costs it one read of
    /// memory.
    ///
    /// ```
    /// # use rolebook::Engine;
    /// # use rolebook::engine::query;
    /// # let policy = "type user type team { actions view } role team.member { allow team.view }";
    /// # let directory = "{rolebook: 1, kind: directory, \"team:a\": {roles: {member: [user:ana]}}, \"team:b\": {}}";
    /// # let engine = Engine::from_strings(&[("teams.rolebook", policy)], &[("directory.yaml", directory)])?;
    /// let mut reader = engine.reader();
    /// assert!(reader.is_allowed(&query("user:ana", "view", "team:a"))?);
    /// assert!(!reader.check(&query("user:ana", "view", "team:b"))?.allowed);
    ///
    /// // What is asked often has its names looked up once.
    /// let resolved = engine.resolve(&query("user:ana", "view", "team:a"))?;
    /// assert!(reader.allows(&resolved)?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn reader(&self) -> Reader {
        let mut cache = Cache::new(SharedState(self.clone()));
        let of = Arc::clone(cache.load().snapshot());
        Reader { cache, snapshot: Snapshot::clone(&of), of }
    }
}

fn names(snapshot: &Snapshot, entities: Vec<EntityId>) -> Vec<String> {
    let (schema, directory) = (snapshot.policy().schema(), snapshot.directory());
    entities.into_iter().map(|entity| directory.name(schema, entity)).collect()
}

/// One thread's own way to the state of an [`Engine`], faster than asking the engine each time.
#[derive(Debug)]
pub struct Reader {
    cache: Cache<SharedState, Arc<State>>,
    /// The state's snapshot, which tells whether it is another by now.
    of: Arc<Snapshot>,
    /// A copy of it, so that where its tables stand is read from the reader itself.
    snapshot: Snapshot,
}

impl Reader {
    /// The state as it stands.
    #[inline]
    pub fn state(&mut self) -> &State {
        self.cache.load()
    }

    // A few steps before each check.
    #[expect(clippy::inline_always)]
    #[inline(always)]
    fn snapshot(&mut self) -> &Snapshot {
        let now = self.cache.load().snapshot();
        if !Arc::ptr_eq(now, &self.of) {
            renew(&mut self.of, &mut self.snapshot, now);
        }
        &self.snapshot
    }

    /// As [`Engine::decide`].
    ///
    /// # Errors
    /// As [`Engine::decide`].
    #[inline]
    pub fn decide(&mut self, resolved: &Resolved) -> Result<Decision, RequestError> {
        self.snapshot().decide(resolved)
    }

    /// Whether a resolved query is allowed, for where nobody asks why: [`Reader::decide`] tells that too, and takes a little
    /// longer.
    ///
    /// # Errors
    /// As [`Engine::decide`].
    #[inline]
    pub fn allows(&mut self, resolved: &Resolved) -> Result<bool, RequestError> {
        self.snapshot().allows(resolved)
    }

    /// Whether a query is allowed, for where nobody asks why: [`Reader::check`] tells that too, and takes a little longer.
    ///
    /// # Errors
    /// As [`Engine::check`].
    #[inline]
    pub fn is_allowed(&mut self, query: &Query) -> Result<bool, RequestError> {
        self.snapshot().is_allowed(query)
    }

    /// As [`Engine::check`].
    ///
    /// # Errors
    /// As [`Engine::check`].
    #[inline]
    pub fn check(&mut self, query: &Query) -> Result<Decision, RequestError> {
        self.snapshot().check(query)
    }
}

#[cold]
fn renew(of: &mut Arc<Snapshot>, copy: &mut Snapshot, now: &Arc<Snapshot>) {
    *copy = Snapshot::clone(now);
    *of = Arc::clone(now);
}

/// Where an engine keeps its state.
#[derive(Debug)]
struct SharedState(Engine);

impl Deref for SharedState {
    type Target = ArcSwap<State>;
    fn deref(&self) -> &Self::Target {
        self.0.shared.state.slot()
    }
}
