//! Whether the policy knows the keys of `--context` and `--fact`, and the directory the names. A service may tell more than a
//! policy asks for, and that is ignored; what a person types and the policy does not know is a typing error, and must not
//! pass for a fact. A name that the directory does not know may be right, and is told beside the answer.

use crate::decide::{NEVER_TAKEN, Query, RequestError};
use crate::diagnostics::{Code, did_you_mean, listing};
use crate::engine::Engine;
use crate::schema::{RawValue, Schema, split_entity};

/// Refuses a question with keys that the policy does not know. What else may be wrong with it is found when it is asked.
pub(super) fn known(engine: &Engine, query: &Query) -> Result<(), RequestError> {
    let state = engine.state();
    let schema = state.snapshot().policy().schema();
    for (key, _) in &query.context {
        context_key(schema, key)?;
    }
    for fact in &query.facts {
        let Some(ty) = split_entity(&fact.entity).and_then(|(ty, _)| schema.type_named(ty)) else { continue };
        let info = &schema.types[ty];
        for (key, _) in &fact.attributes {
            // What is never taken over the answer reports.
            if info.attribute(key).is_none() && !NEVER_TAKEN.contains(&key.as_str()) {
                let known = info.attributes.iter().map(|attribute| &*attribute.name);
                return Err(unknown(&format!("`{}`", info.name), "attribute", key, known));
            }
        }
    }
    Ok(())
}

/// What is to be said of the names in a question: of a subject that nobody speaks of, and of a resource that nobody says where
/// it lies. An empty answer about one of them is most likely one about a name that is misspelt.
pub(super) fn strangers(engine: &Engine, query: &Query) -> Vec<String> {
    let state = engine.state();
    let (schema, directory) = (state.snapshot().policy().schema(), state.snapshot().directory());
    // Where there is no directory, the request alone says who there is.
    if directory.is_empty() {
        return Vec::new();
    }
    let stranger = |name: &str, is_subject: bool| {
        let (ty, id) = split_entity(name)?;
        let ty = schema.type_named(ty)?;
        let known = state.snapshot().entity(ty, id).is_some_and(|entity| is_subject || directory.is_declared(entity));
        if known || query.facts.iter().any(|fact| fact.entity == name) {
            return None;
        }
        let what =
            if is_subject { "is nobody that policy or directory speak of" } else { "has no entry in the directory" };
        let near = directory.nearest(ty, id).map(|near| format!("; did you mean `{}`?", directory.name(schema, near)));
        Some(format!("`{name}` {what}{}", near.unwrap_or_default()))
    };
    stranger(&query.subject, true).into_iter().chain(stranger(&query.resource, false)).collect()
}

/// Refuses a context that no request could be decided with.
pub(super) fn context(schema: &Schema, given: &[(String, RawValue)]) -> Result<(), RequestError> {
    for (key, value) in given {
        context_key(schema, key)?;
        let Some(field) = schema.context.iter().find(|field| *field.name == **key) else { continue };
        schema.read_value(&field.ty, value).map_err(|error| {
            RequestError::new(
                Code::InvalidAttribute.as_str(),
                format!("`context.{key}`: {}", error.message),
                error.help,
            )
        })?;
    }
    Ok(())
}

fn context_key(schema: &Schema, key: &str) -> Result<(), RequestError> {
    let known = schema.context.iter().map(|field| &*field.name);
    if key == "time" || known.clone().any(|known| known == key) {
        return Ok(());
    }
    Err(unknown("the context", "field", key, known))
}

fn unknown<'a>(owner: &str, what: &str, key: &str, known: impl Iterator<Item = &'a str> + Clone) -> RequestError {
    RequestError::new(
        Code::UnknownAttribute.as_str(),
        format!("{owner} has no {what} `{key}`"),
        did_you_mean(key, known.clone()).or_else(|| Some(listing(owner, what, known))),
    )
}
