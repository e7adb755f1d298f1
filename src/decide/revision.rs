//! Which state was decided on.

use std::fmt;

/// The number of a state: 1 for what was loaded, and one more for each time that another state took its place, by changes
/// made together or by a reload. Of two decisions of one engine, the one with the higher revision saw the later state.
///
/// ```
/// use rolebook::Engine;
/// use rolebook::decide::Revision;
/// use rolebook::engine::{Change, now, query};
///
/// let policy = "
///     type user
///     type team { actions view }
///     role team.member { allow team.view }
/// ";
/// let engine = Engine::from_strings(&[("teams.rolebook", policy)], &[])?;
/// let asked = query("user:ana", "view", "team:red");
/// assert_eq!(engine.check(&asked)?.revision, Revision::FIRST);
///
/// engine.apply(&[Change::create("team:red"), Change::assign("user:ana", "member", "team:red")], now())?;
/// let decision = engine.check(&asked)?;
/// assert_eq!((decision.allowed, decision.revision.number()), (true, 2));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Revision(u64);

impl Revision {
    /// That of a state that was just loaded.
    pub const FIRST: Self = Self(1);

    /// That of the state which takes the place of this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }

    /// The number.
    #[must_use]
    pub const fn number(self) -> u64 {
        self.0
    }
}

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
