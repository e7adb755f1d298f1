//! What is asked.

use crate::schema::RawValue;
use std::borrow::Cow;

/// May this subject do this to that resource, under these circumstances?
///
/// Names are borrowed from wherever they stand, or its own: to put a question about names that are at hand allocates nothing,
/// no more than to [decide](crate::engine::Reader::is_allowed) it does.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Query<'t> {
    /// Who asks, `type:id`: a subject, or a key that acts as one.
    pub subject: Cow<'t, str>,
    /// The verb.
    pub action: Cow<'t, str>,
    /// What it is done to, `type:id`.
    pub resource: Cow<'t, str>,
    /// Values for the policy's `context`.
    pub context: Vec<(String, RawValue)>,
    /// Facts about entities that the directory does not declare.
    pub facts: Vec<Fact>,
    /// The moment asked about, in milliseconds since 1970 UTC.
    pub at: i64,
}

impl<'t> Query<'t> {
    /// A question about a moment, in milliseconds since 1970 UTC, without context and facts.
    ///
    /// ```
    /// # use rolebook::Engine;
    /// use rolebook::decide::Query;
    /// use rolebook::engine::now;
    ///
    /// # let policy = "type user type team { actions view } role team.member { allow team.view }";
    /// # let directory = "{rolebook: 1, kind: directory, \"team:a\": {roles: {member: [user:ana]}}, \"team:b\": {}}";
    /// # let engine = Engine::from_strings(&[("teams.rolebook", policy)], &[("directory.yaml", directory)])?;
    /// let (mut reader, at) = (engine.reader(), now());
    /// let mut seen = Vec::new();
    /// for team in ["team:a", "team:b"] {
    ///     if reader.is_allowed(&Query::new("user:ana", "view", team, at))? {
    ///         seen.push(team);
    ///     }
    /// }
    /// assert_eq!(seen, ["team:a"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[inline]
    pub fn new(
        subject: impl Into<Cow<'t, str>>,
        action: impl Into<Cow<'t, str>>,
        resource: impl Into<Cow<'t, str>>,
        at: i64,
    ) -> Self {
        let (subject, action, resource) = (subject.into(), action.into(), resource.into());
        Self { subject, action, resource, context: Vec::new(), facts: Vec::new(), at }
    }

    /// The same with names of its own, to be kept for longer than those it was put with.
    #[must_use]
    pub fn into_owned(self) -> Query<'static> {
        let own = |name: Cow<'_, str>| Cow::Owned(name.into_owned());
        Query { subject: own(self.subject), action: own(self.action), resource: own(self.resource), ..self }
    }

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
