//! What is asked.

use crate::schema::RawValue;

/// May this subject do this to that resource, under these circumstances?
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Query {
    /// Who asks, `type:id`: a subject, or a key that acts as one.
    pub subject: String,
    /// The verb.
    pub action: String,
    /// What it is done to, `type:id`.
    pub resource: String,
    /// Values for the policy's `context`.
    pub context: Vec<(String, RawValue)>,
    /// Facts about entities that the directory does not declare.
    pub facts: Vec<Fact>,
    /// The moment asked about, in milliseconds since 1970 UTC.
    pub at: i64,
}

impl Query {
    /// Whether it says nothing but names.
    #[inline]
    pub(super) const fn is_bare(&self) -> bool {
        self.context.is_empty() && self.facts.is_empty()
    }
}

/// What a request says about one entity.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Fact {
    /// The entity, `type:id`.
    pub entity: String,
    /// What it is contained in, each `type:id`.
    pub parents: Vec<String>,
    /// Its attributes.
    pub attributes: Vec<(String, RawValue)>,
}
