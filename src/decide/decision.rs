//! What is answered.

/// A decision.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Decision {
    /// Whether it is allowed.
    pub allowed: bool,
    /// Why, in one word.
    pub reason: Reason,
}

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

/// Why a request cannot be decided as it stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RequestError {
    /// Its stable code.
    pub code: &'static str,
    /// What is wrong with it.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl std::fmt::Display for RequestError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for RequestError {}
