//! The ways in which a role is held while holdings are worked out: a time and the conditions that must hold.

use super::Guard;

/// A time without beginning, and one without end.
const ALWAYS: (i64, i64) = (i64::MIN, i64::MAX);

/// One way in which a role is held: a time and the conditions that must hold.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Hold {
    /// From when.
    pub(super) since: i64,
    /// Until when.
    pub(super) until: i64,
    /// Under which conditions, sorted, each once.
    pub(super) guards: Vec<Guard>,
}

impl Hold {
    /// Open between two moments, without condition.
    pub(super) fn within(since: Option<i64>, until: Option<i64>) -> Self {
        Self { since: since.unwrap_or(ALWAYS.0), until: until.unwrap_or(ALWAYS.1), guards: Vec::new() }
    }

    /// Whether it is open at all times and without condition.
    pub(super) fn is_always(&self) -> bool {
        (self.since, self.until) == ALWAYS && self.guards.is_empty()
    }

    /// Both ways at once.
    pub(super) fn and(&self, other: &Self) -> Self {
        let mut guards = self.guards.clone();
        guards.extend_from_slice(&other.guards);
        guards.sort_unstable();
        guards.dedup();
        Self { since: self.since.max(other.since), until: self.until.min(other.until), guards }
    }

    /// The same way under one more condition.
    pub(super) fn guarded(&self, guard: Option<Guard>) -> Self {
        let mut way = self.clone();
        if let Some(guard) = guard
            && let Err(at) = way.guards.binary_search(&guard)
        {
            way.guards.insert(at, guard);
        }
        way
    }

    /// The same way as the beginning of an implication.
    pub(super) fn implying(&self) -> Self {
        let mut way = self.clone();
        for guard in &mut way.guards {
            guard.strict = true;
        }
        way.guards.sort_unstable();
        way.guards.dedup();
        way
    }

    /// Whether this way is open whenever `other` is.
    pub(super) fn covers(&self, other: &Self) -> bool {
        let longer = other.since >= other.until || (self.since <= other.since && self.until >= other.until);
        longer && self.guards.iter().all(|guard| other.guards.binary_search(guard).is_ok())
    }
}

/// Adds a way unless another covers it, dropping those that it covers. Returns whether it was new.
pub(super) fn add_way(ways: &mut Vec<Hold>, way: Hold) -> bool {
    if ways.iter().any(|known| known.covers(&way)) {
        return false;
    }
    ways.retain(|known| !way.covers(known));
    ways.push(way);
    true
}
