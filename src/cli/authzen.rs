//! Requests and answers in the shape of the AuthZEN evaluation API.
//!
//! ```json
//! {"subject":{"type":"user","id":"ana"},"action":{"name":"delete"},"resource":{"type":"run","id":"42"},"context":{}}
//! ```
//! `properties` of subject and resource are facts, `in` among them names the parents. Members that this shape does not
//! know are ignored, as the specification wants it.

use super::strict_json::Json;
use crate::decide::{Fact, Query, RequestError};
use crate::diagnostics::Code;
use crate::schema::RawValue;
use serde_json::error::Category;

/// The question that a JSON text asks about the moment `at`.
///
/// # Errors
/// `invalid-json` when the text is no JSON, `invalid-request` when a member is missing or of a wrong kind.
pub(super) fn query(text: &[u8], at: i64) -> Result<Query<'static>, RequestError> {
    let json: Json = serde_json::from_slice(text).map_err(|error| failure(Code::InvalidJson, what_is_wrong(&error)))?;
    let Json::Object(_) = json else {
        return Err(invalid(format!("a request must be an object, found {}", json.describe())));
    };
    let (subject, subject_fact) = entity(&json, "subject")?;
    let (resource, resource_fact) = entity(&json, "resource")?;
    let action = text_of(object(&json, "action")?, "action", "name")?.to_owned();
    let context = match json.get("context") {
        None | Some(Json::Null) => Vec::new(),
        Some(Json::Object(members)) => members.iter().map(|(key, value)| (key.clone(), value.into())).collect(),
        Some(other) => return Err(invalid(format!("`context` must be an object, found {}", other.describe()))),
    };
    let facts = [subject_fact, resource_fact].into_iter().flatten().collect();
    Ok(Query { context, facts, ..Query::new(subject, action, resource, at) })
}

/// What is wrong with a text that is no JSON; the parser's own words speak of its inside.
fn what_is_wrong(error: &serde_json::Error) -> String {
    let words = error.to_string();
    let words = words.rsplit_once(" at line ").map_or(words.as_str(), |(words, _)| words);
    match error.classify() {
        Category::Eof => String::from("the JSON ends before it is complete"),
        Category::Data => format!("{words} (column {})", error.column()),
        _ if words.contains("recursion limit") => String::from("the JSON nests too deep"),
        _ => format!("the line is no JSON (column {})", error.column()),
    }
}

/// The entity under a key, and what the request says about it.
fn entity(request: &Json, key: &str) -> Result<(String, Option<Fact>), RequestError> {
    let object = object(request, key)?;
    let type_name = text_of(object, key, "type")?;
    let id = text_of(object, key, "id")?;
    if type_name.contains(':') {
        // Put together with the id it would read as another type.
        return Err(failure(Code::UnknownType, format!("unknown type `{type_name}` in `{key}.type`")));
    }
    let entity = format!("{type_name}:{id}");
    let members = match object.get("properties") {
        None | Some(Json::Null) => return Ok((entity, None)),
        Some(Json::Object(members)) => members,
        Some(other) => {
            return Err(invalid(format!("`{key}.properties` must be an object, found {}", other.describe())));
        }
    };
    let mut fact = Fact { entity: entity.clone(), parents: Vec::new(), attributes: Vec::with_capacity(members.len()) };
    for (name, value) in members {
        if name == "in" {
            fact.parents = parents(value, key)?;
        } else {
            fact.attributes.push((name.clone(), RawValue::from(value)));
        }
    }
    Ok((entity, Some(fact)))
}

/// The parents that `properties.in` names: none, one, or a list.
fn parents(value: &Json, key: &str) -> Result<Vec<String>, RequestError> {
    let items = match value {
        Json::Null => &[],
        Json::Array(items) => items.as_slice(),
        single => std::slice::from_ref(single),
    };
    items
        .iter()
        .map(|item| match item {
            Json::String(text) => Ok(text.clone()),
            other => Err(invalid(format!("`{key}.properties.in` must be `type:id` texts, found {}", other.describe()))),
        })
        .collect()
}

fn object<'a>(request: &'a Json, key: &str) -> Result<&'a Json, RequestError> {
    match request.get(key) {
        Some(object @ Json::Object(_)) => Ok(object),
        Some(other) => Err(invalid(format!("`{key}` must be an object, found {}", other.describe()))),
        None => Err(invalid(format!("`{key}` is missing"))),
    }
}

fn text_of<'a>(object: &'a Json, key: &str, member: &str) -> Result<&'a str, RequestError> {
    match object.get(member) {
        Some(Json::String(text)) => Ok(text),
        Some(other) => Err(invalid(format!("`{key}.{member}` must be a string, found {}", other.describe()))),
        None => Err(invalid(format!("`{key}.{member}` is missing"))),
    }
}

fn invalid(message: String) -> RequestError {
    failure(Code::InvalidRequest, message)
}

fn failure(code: Code, message: String) -> RequestError {
    RequestError::new(code.as_str(), message, None)
}
