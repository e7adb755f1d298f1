//! Changes made by a service, put together in code.

use serde_json::{Map, Value, json};
use std::fmt;

/// A change to the directory, in the form that `rolebook apply` reads.
///
/// ```
/// use rolebook::engine::Change;
///
/// let change = Change::assign("user:cy", "member", "team:research").until("2027-01-01T00:00:00Z").by("user:ana");
/// assert_eq!(
///     change.to_string(),
///     r#"{"assign":{"subject":"user:cy","role":"member","on":"team:research","until":"2027-01-01T00:00:00Z"},"as":"user:ana"}"#,
/// );
/// ```
#[derive(Clone, PartialEq, Debug)]
pub struct Change {
    word: &'static str,
    body: Value,
    by: Option<String>,
}

impl Change {
    fn new(word: &'static str, body: Value) -> Self {
        Self { word, body, by: None }
    }

    /// A new entity, `type:id`. Say what it lies in with [`Change::inside`].
    #[must_use]
    pub fn create(entity: &str) -> Self {
        Self::new("create", json!({ "entity": entity }))
    }

    /// An entity goes, with what is contained only there.
    #[must_use]
    pub fn delete(entity: &str) -> Self {
        Self::new("delete", json!(entity))
    }

    /// An entity takes other attributes and settings.
    #[must_use]
    pub fn set(entity: &str) -> Self {
        Self::new("set", json!({ "entity": entity }))
    }

    /// An entity leaves `from` and comes to lie in `to`; one side alone takes a parent away or adds one.
    #[must_use]
    pub fn relocate(entity: &str, from: Option<&str>, to: Option<&str>) -> Self {
        let mut body = Map::new();
        body.insert("entity".into(), json!(entity));
        for (key, side) in [("from", from), ("to", to)] {
            if let Some(side) = side {
                body.insert(key.into(), json!(side));
            }
        }
        Self::new("move", Value::Object(body))
    }

    /// A subject, `type:id` or `type:id#role`, is assigned a role on an entity.
    #[must_use]
    pub fn assign(subject: &str, role: &str, on: &str) -> Self {
        Self::new("assign", json!({ "subject": subject, "role": role, "on": on }))
    }

    /// A subject is assigned a role no longer.
    #[must_use]
    pub fn revoke(subject: &str, role: &str, on: &str) -> Self {
        Self::new("revoke", json!({ "subject": subject, "role": role, "on": on }))
    }

    /// An org policy is linked to an entity.
    #[must_use]
    pub fn link(policy: &str, on: &str) -> Self {
        Self::new("link", json!({ "policy": policy, "on": on }))
    }

    /// An org policy is linked no longer.
    #[must_use]
    pub fn unlink(policy: &str, on: &str) -> Self {
        Self::new("unlink", json!({ "policy": policy, "on": on }))
    }

    /// An org policy comes to be or is replaced; `body` is the YAML form of one, as JSON.
    #[must_use]
    pub fn policy(name: &str, body: Value) -> Self {
        Self::new("policy", named(name, None, body))
    }

    /// An org policy goes, with its links.
    #[must_use]
    pub fn delete_policy(name: &str) -> Self {
        Self::new("delete_policy", json!(name))
    }

    /// A custom role of an organization, `type.name`, comes to be or is replaced; `body` is the YAML form of a role, as JSON.
    #[must_use]
    pub fn custom_role(name: &str, organization: &str, body: Value) -> Self {
        Self::new("custom_role", named(name, Some(organization), body))
    }

    /// A custom role goes, with its assignments.
    #[must_use]
    pub fn delete_custom_role(name: &str, organization: &str) -> Self {
        Self::new("delete_custom_role", json!({ "name": name, "in": organization }))
    }

    /// On whose behalf, which is asked for; without one the change is the operator's.
    #[must_use]
    pub fn by(mut self, actor: &str) -> Self {
        self.by = Some(actor.to_owned());
        self
    }

    /// One more entity that a new one lies in.
    #[must_use]
    pub fn inside(mut self, parent: &str) -> Self {
        if let Some(body) = self.body.as_object_mut()
            && let Some(parents) = body.entry("in").or_insert_with(|| json!([])).as_array_mut()
        {
            parents.push(json!(parent));
        }
        self
    }

    /// An attribute of a new or changed entity; `null` takes it away.
    #[must_use]
    pub fn attribute(self, key: &str, value: impl Into<Value>) -> Self {
        self.value("attributes", key, value.into())
    }

    /// A setting value of a new or changed entity's own; `null` takes it away.
    #[must_use]
    pub fn setting(self, key: &str, value: impl Into<Value>) -> Self {
        self.value("settings", key, value.into())
    }

    /// The first moment at which an assignment counts, an ISO 8601 text with a zone.
    #[must_use]
    pub fn since(self, moment: &str) -> Self {
        self.field("since", json!(moment))
    }

    /// The first moment at which an assignment counts no longer, an ISO 8601 text with a zone.
    #[must_use]
    pub fn until(self, moment: &str) -> Self {
        self.field("until", json!(moment))
    }

    fn field(mut self, key: &str, value: Value) -> Self {
        if let Some(body) = self.body.as_object_mut() {
            body.insert(key.to_owned(), value);
        }
        self
    }

    fn value(mut self, group: &str, key: &str, value: Value) -> Self {
        if let Some(body) = self.body.as_object_mut()
            && let Some(values) = body.entry(group).or_insert_with(|| json!({})).as_object_mut()
        {
            values.insert(key.to_owned(), value);
        }
        self
    }
}

/// One line of JSON.
impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { word, body, by } = self;
        write!(f, "{{\"{word}\":{body}")?;
        if let Some(by) = by {
            write!(f, ",\"as\":{}", Value::from(by.as_str()))?;
        }
        f.write_str("}")
    }
}

/// The body of a declaration with its name, and its owner where it has one.
fn named(name: &str, organization: Option<&str>, body: Value) -> Value {
    let mut named = Map::new();
    named.insert(String::from("name"), json!(name));
    if let Some(organization) = organization {
        named.insert(String::from("in"), json!(organization));
    }
    if let Value::Object(body) = body {
        named.extend(body);
    }
    Value::Object(named)
}
