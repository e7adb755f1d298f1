//! What is answered.

use super::Revision;
use crate::compile::{ImplicationId, StatementId};
use crate::directory::EntityId;
use crate::schema::RoleId;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

/// A decision.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Decision {
    /// Whether it is allowed.
    pub allowed: bool,
    /// Why, in one word.
    pub reason: Reason,
    /// The statement that decided, where one alone did; a role without conditions allows without naming one.
    pub cause: Option<Cause>,
    /// Conditions that were looked at and could not be computed. Which implications `has` could not follow, an
    /// [`explain`](crate::explain::explain)ed decision tells.
    pub unresolved: Unresolved,
    /// What the request said in vain, if anything: facts of declared entities, names that are never taken from a request.
    pub ignored: Option<Arc<[String]>>,
    /// The state that was decided on.
    pub revision: Revision,
}

/// The statement that decided.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Cause {
    /// The statement.
    pub statement: StatementId,
    /// The role it came by and where that role counts; nothing for rules and guardrails.
    pub held: Option<(RoleId, EntityId)>,
}

/// What carries a condition that could not be computed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Uncomputed {
    /// An allow, which counts as false, or a deny, which counts as true.
    Statement(StatementId),
    /// An implication, which counts as false.
    Implication(ImplicationId),
}

/// The first few conditions that could not be computed, and how many there were.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Unresolved {
    /// The numbers of statements and implications.
    first: [u32; FIRST],
    /// Which of them are implications, a bit for each.
    implications: u16,
    /// How many there were, or as many as can be counted.
    count: u16,
}

/// How many are kept.
const FIRST: usize = 4;

/// Why a request is allowed or denied.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Reason {
    /// A grant applies and no deny does.
    Granted,
    /// A deny applies.
    Forbidden,
    /// No grant applies.
    NotGranted,
    /// A condition that decides could not be computed; denied.
    NotComputed,
}

impl Reason {
    /// Its stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Granted => "granted",
            Self::Forbidden => "forbidden",
            Self::NotGranted => "not_granted",
            Self::NotComputed => "not_computed",
        }
    }
}

impl Unresolved {
    pub(crate) fn add(&mut self, uncomputed: Uncomputed) {
        if self.iter().any(|known| known == uncomputed) {
            return;
        }
        if let Some(free) = self.first.get_mut(usize::from(self.count)) {
            let (number, implication) = match uncomputed {
                Uncomputed::Statement(statement) => (statement.0, 0),
                Uncomputed::Implication(implication) => (implication.0, 1),
            };
            *free = number;
            self.implications |= implication << self.count;
        }
        self.count = self.count.saturating_add(1);
    }

    /// The first few, in the order they were met.
    pub fn iter(&self) -> impl Iterator<Item = Uncomputed> + '_ {
        let kept = self.first.iter().zip(0..self.count);
        kept.map(|(&number, at)| match self.implications >> at & 1 {
            0 => Uncomputed::Statement(StatementId(number)),
            _ => Uncomputed::Implication(ImplicationId(number)),
        })
    }

    /// Whether every condition could be computed.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }
}

/// Why a request cannot be decided as it stands. As small as a pointer, lest every answer be as large as an error.
///
/// ```
/// # use rolebook::Engine;
/// # use rolebook::engine::query;
/// # let policy = "type user type team { actions view } role team.member { allow team.view }";
/// # let engine = Engine::from_strings(&[("teams.rolebook", policy)], &[])?;
/// let error = engine.check(&query("user:ana", "veiw", "team:a")).unwrap_err();
/// assert_eq!(error.code, "unknown-action");
/// assert_eq!(error.help.as_deref(), Some("did you mean `view`?"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RequestError(Box<RequestFault>);

/// What is wrong with a request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RequestFault {
    /// Its stable code.
    pub code: &'static str,
    /// What is wrong with it.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl RequestError {
    /// An error of a code, with what is wrong and what to do about it.
    #[must_use]
    pub fn new(code: &'static str, message: String, help: Option<String>) -> Self {
        Self(Box::new(RequestFault { code, message, help }))
    }
}

impl Deref for RequestError {
    type Target = RequestFault;

    fn deref(&self) -> &RequestFault {
        &self.0
    }
}

impl From<RequestError> for RequestFault {
    fn from(error: RequestError) -> Self {
        *error.0
    }
}

impl fmt::Display for RequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for RequestError {}
