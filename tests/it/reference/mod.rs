//! The reference evaluator: decisions worked out naively from the tree of a policy and the text of a directory.
//!
//! Written from the language's description alone. It shares nothing with the model, the graph, the compiler, the
//! directory and the evaluator: it resolves names by walking the declarations, reads directories from plain YAML values,
//! evaluates conditions on the tree and finds out who holds what by brute force. Being obviously right comes before being
//! fast. It checks nothing: policies and directories given to it must be valid.

mod decision;
mod directory;
mod expression;
mod holding;
mod part;
mod policy;
mod scenarios;
mod truth;
mod value;
mod world;

use directory::Directory;
pub(crate) use part::{Part, Parts};
use policy::Policy;
use rolebook::source::FileId;
use rolebook::syntax::dsl;
use serde_yaml::Value as Yaml;
use std::collections::BTreeMap;
use truth::Truth;
use world::World;

/// What a decision comes to.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Verdict {
    Allowed,
    Forbidden,
    NotGranted,
    NotComputed,
}

/// A decision and what took part in it.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) verdict: Verdict,
    pub(crate) parts: Parts,
}

/// A question.
#[derive(Clone, Debug, Default)]
pub(crate) struct Request {
    pub(crate) subject: String,
    pub(crate) action: String,
    pub(crate) resource: String,
    pub(crate) context: BTreeMap<String, Yaml>,
    pub(crate) facts: Vec<Fact>,
    /// Milliseconds since 1970 UTC.
    pub(crate) at: i64,
}

/// What a request tells of an entity.
#[derive(Clone, Debug)]
pub(crate) struct Fact {
    pub(crate) entity: String,
    pub(crate) parents: Vec<String>,
    pub(crate) attributes: BTreeMap<String, Yaml>,
}

/// A policy and a directory.
pub(crate) struct Reference {
    policy: Policy,
    directory: Directory,
}

impl Reference {
    /// Reads valid policy and directory texts.
    pub(crate) fn new<'t>(
        policies: impl IntoIterator<Item = &'t str>,
        directories: impl IntoIterator<Item = &'t str>,
    ) -> Self {
        let parse = |text: &str| -> Yaml { serde_yaml::from_str(text).expect("YAML") };
        let documents: Vec<Yaml> = directories.into_iter().map(parse).collect();
        let mut policy = Policy::default();
        for text in policies {
            policy.add(parse_policy(text));
        }
        for composed in documents.iter().map(directory::custom_roles).filter(|text| !text.is_empty()) {
            policy.add(parse_policy(&composed));
        }
        let mut directory = Directory::default();
        documents.iter().for_each(|document| directory.read_entities(document));
        documents.iter().for_each(|document| directory.assign(&policy, document));
        Self { policy, directory }
    }

    /// The direct assignments that may not stand, each as entity, role and subject: the subject holds in no way, whatever
    /// the time and the conditions, what the role requires.
    pub(crate) fn unmet_requirements(&self) -> Vec<[String; 3]> {
        World::new(&self.policy, &self.directory, &Request::default()).unmet_requirements()
    }

    /// Decides a request that names declared types and actions.
    pub(crate) fn decide(&self, request: &Request) -> Answer {
        World::new(&self.policy, &self.directory, request).decide()
    }
}

fn parse_policy(text: &str) -> rolebook::syntax::ast::PolicyFile {
    let parsed = dsl::parse(FileId(0), text);
    assert!(parsed.diagnostics.is_empty(), "{:#?}\n{text}", parsed.diagnostics);
    parsed.tree
}
