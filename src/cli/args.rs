//! The arguments that several commands share.

use super::failure::Failure;
use crate::decide::{Fact, Query, RequestError};
use crate::diagnostics::Code;
use crate::engine::{self, Engine};
use crate::schema::{RawValue, no_such_day, parse_timestamp, split_entity};
use clap::ValueEnum;
use std::path::PathBuf;

/// The form of a result.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum, Debug)]
pub(super) enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// Which policy and which directory.
#[derive(clap::Args, Debug)]
pub(super) struct Package {
    /// Policy folder or file; may be repeated [default: the current folder]
    #[arg(long = "policy", value_name = "DIR|FILE")]
    pub(super) policies: Vec<PathBuf>,
    /// Directory file; may be repeated [default: `directory.*` beside the policy]
    #[arg(long = "directory", value_name = "FILE")]
    pub(super) directories: Vec<PathBuf>,
}

/// What a directory is to a command that is about the policy.
pub(super) const CUSTOM_ROLES: &str = "Directory file, for the custom roles in it; may be repeated [default: none]";

impl Package {
    /// The policies, the current folder where none is named.
    pub(super) fn policies(&self) -> Vec<PathBuf> {
        if self.policies.is_empty() { vec![PathBuf::from(".")] } else { self.policies.clone() }
    }

    /// Loads them.
    pub(super) fn open(&self) -> Result<Engine, Failure> {
        Ok(Engine::open(&self.policies(), &self.directories)?)
    }
}

/// When something is asked, and what the policy is told beside the names.
#[derive(clap::Args, Debug)]
pub(super) struct Occasion {
    /// A value of the policy's `context`; a key given twice, or a JSON list, is a list
    #[arg(long = "context", value_name = "KEY=VALUE")]
    context: Vec<String>,
    /// The moment to decide for, such as 2026-12-31T00:00:00Z [default: now]
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
}

impl Occasion {
    /// The question about a subject and whatever it may do something to.
    pub(super) fn query<'t>(&self, subject: &'t str, action: &'t str) -> Result<Query<'t>, RequestError> {
        entity(subject, "the subject")?;
        Ok(Query { subject: subject.into(), ..self.query_without_names(action)? })
    }

    /// What goes for all questions: values of the context, and the moment.
    pub(super) fn asking(&self) -> Result<(Vec<(String, RawValue)>, i64), RequestError> {
        let query = self.query_without_names("")?;
        Ok((query.context, query.at))
    }

    fn query_without_names<'t>(&self, action: &'t str) -> Result<Query<'t>, RequestError> {
        let context = pairs("--context", &self.context)?;
        let at = moment(self.at.as_deref())?.unwrap_or_else(engine::now);
        Ok(Query { context, ..Query::new("", action, "", at) })
    }
}

/// Under which circumstances something is asked.
#[derive(clap::Args, Debug)]
pub(super) struct Circumstances {
    #[command(flatten)]
    occasion: Occasion,
    /// An attribute of the resource, where the directory does not declare it
    #[arg(long = "fact", value_name = "KEY=VALUE")]
    facts: Vec<String>,
    /// What the resource lies in, where the directory does not declare it; may be repeated
    #[arg(long = "in", value_name = "ENTITY")]
    parents: Vec<String>,
}

impl Circumstances {
    /// What goes for every request of a batch that does not say otherwise.
    pub(super) fn of_batch(&self) -> Result<Defaults, RequestError> {
        let option = if self.parents.is_empty() { "--fact" } else { "--in" };
        if !self.facts.is_empty() || !self.parents.is_empty() {
            return Err(invalid(
                format!("`{option}` speaks of one resource, and each request of a batch has its own"),
                "write it into the requests: `\"resource\":{…,\"properties\":{\"in\":[\"team:research\"]}}`",
            ));
        }
        let Occasion { context, at } = &self.occasion;
        Ok(Defaults { context: pairs("--context", context)?, at: moment(at.as_deref())? })
    }

    /// The question as the engine takes it.
    pub(super) fn query<'t>(
        &self,
        subject: &'t str,
        action: &'t str,
        resource: &'t str,
    ) -> Result<Query<'t>, RequestError> {
        let query = self.occasion.query(subject, action)?;
        Ok(Query { resource: resource.into(), facts: self.facts(resource)?, ..query })
    }

    /// The question about a resource and whoever may do something to it.
    pub(super) fn query_for_anybody<'t>(&self, action: &'t str, resource: &'t str) -> Result<Query<'t>, RequestError> {
        let facts = self.facts(resource)?;
        Ok(Query { resource: resource.into(), facts, ..self.occasion.query_without_names(action)? })
    }

    /// What is told of the resource.
    fn facts(&self, resource: &str) -> Result<Vec<Fact>, RequestError> {
        entity(resource, "the resource")?;
        for parent in &self.parents {
            entity(parent, "the parent")?;
        }
        let attributes = pairs("--fact", &self.facts)?;
        if attributes.iter().any(|(key, _)| key == "in") {
            return Err(invalid(
                String::from("what the resource lies in is no attribute"),
                "write `--in team:research`",
            ));
        }
        if attributes.is_empty() && self.parents.is_empty() {
            return Ok(Vec::new());
        }
        Ok(vec![Fact { entity: resource.to_owned(), parents: self.parents.clone(), attributes }])
    }
}

/// What goes for a request that does not say otherwise.
pub(super) struct Defaults {
    pub(super) context: Vec<(String, RawValue)>,
    /// Each request's own moment is that of its reading.
    pub(super) at: Option<i64>,
}

impl Defaults {
    /// Adds what a request's own context does not tell; a null tells nothing.
    pub(super) fn complete(&self, context: &mut Vec<(String, RawValue)>) {
        for (key, value) in &self.context {
            if !context.iter().any(|(told, own)| told == key && *own != RawValue::Null) {
                context.push((key.clone(), value.clone()));
            }
        }
    }
}

/// The moment that `--at` names, if it names one.
pub(super) fn moment(text: Option<&str>) -> Result<Option<i64>, RequestError> {
    text.map(|text| {
        parse_timestamp(text).ok_or_else(|| {
            let help = no_such_day(text);
            invalid(
                format!("`{text}` is no moment in time"),
                help.as_deref().unwrap_or("write an ISO time with a zone: `--at 2026-12-31T00:00:00Z`"),
            )
        })
    })
    .transpose()
}

/// Refuses a text that cannot be an entity, before anything is loaded.
pub(super) fn entity(text: &str, what: &str) -> Result<(), RequestError> {
    match split_entity(text) {
        Some(_) => Ok(()),
        None => Err(RequestError::new(
            Code::InvalidEntity.as_str(),
            format!("{what} `{text}` is no entity"),
            Some(String::from("write `type:id`, the id without white space or `#`")),
        )),
    }
}

/// Reads `KEY=VALUE` arguments. The values stay texts until their types are known.
fn pairs(option: &str, texts: &[String]) -> Result<Vec<(String, RawValue)>, RequestError> {
    let mut pairs: Vec<(String, RawValue)> = Vec::with_capacity(texts.len());
    for text in texts {
        let Some((key, value)) = text.split_once('=').filter(|(key, _)| !key.is_empty()) else {
            return Err(invalid(
                format!("`{option} {text}` names no key and value"),
                &format!("write `{option} key=value`"),
            ));
        };
        let value = value_of(value);
        match pairs.iter_mut().find(|(known, _)| known == key) {
            Some((_, RawValue::List(values))) => values.push(value),
            Some((_, first)) => *first = RawValue::List(vec![first.clone(), value]),
            None => pairs.push((key.to_owned(), value)),
        }
    }
    Ok(pairs)
}

fn value_of(text: &str) -> RawValue {
    if text.starts_with('[')
        && let Ok(list) = serde_json::from_str::<Vec<serde_json::Value>>(text)
    {
        return RawValue::List(list.iter().map(RawValue::from).collect());
    }
    RawValue::Plain(text.to_owned())
}

fn invalid(message: String, help: &str) -> RequestError {
    RequestError::new(Code::InvalidRequest.as_str(), message, Some(help.to_owned()))
}
