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
mod org_policy;
mod part;
mod policy;
mod scenarios;
mod setting;
mod setting_scenarios;
mod truth;
mod value;
mod world;

use directory::Directory;
pub(crate) use part::{Part, Parts};
use policy::{Policy, type_of};
use rolebook::source::FileId;
use rolebook::syntax::ast::PolicyFile;
use rolebook::syntax::dsl;
use serde_yaml::Value as Yaml;
pub(crate) use setting::Effective;
use std::collections::{BTreeMap, BTreeSet};
use truth::Truth;
pub(crate) use value::Value;
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

/// Why a directory may not stand.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Fault {
    SettingConflict,
    OutsideWithin,
    MissingRequiredRole,
}

impl Fault {
    /// The code of the finding that it is.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::SettingConflict => "setting-conflict",
            Self::OutsideWithin => "outside-within",
            Self::MissingRequiredRole => "missing-required-role",
        }
    }
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
        let files: Vec<PolicyFile> = policies.into_iter().map(parse_policy).collect();
        Self::of_files(&files, directories)
    }

    /// Reads valid directory texts for a policy that [`parse_policy`] read.
    pub(crate) fn of_files<'t>(files: &[PolicyFile], directories: impl IntoIterator<Item = &'t str>) -> Self {
        let parse = |text: &str| -> Yaml { serde_yaml::from_str(text).expect("YAML") };
        let documents: Vec<Yaml> = directories.into_iter().map(parse).collect();
        let mut policy = Policy::default();
        files.iter().for_each(|file| policy.add(file.clone()));
        for composed in documents.iter().map(directory::custom_roles).filter(|text| !text.is_empty()) {
            policy.add(parse_policy(&composed));
        }
        policy.org_policies.extend(documents.iter().flat_map(directory::org_policies));
        let mut directory = Directory::default();
        documents.iter().for_each(|document| directory.read_entities(document));
        documents.iter().for_each(|document| directory.assign(&policy, document));
        for (entity, linked) in
            directory.entities.iter().flat_map(|(name, it)| it.policies.iter().map(move |link| (name, link)))
        {
            let home = policy.org_policy(linked).organization.as_ref();
            assert!(home.is_none_or(|home| directory.ancestors_or_self(entity).contains(home)), "{linked} on {entity}");
        }
        Self { policy, directory }
    }

    /// The direct assignments that may not stand, each as entity, role and subject: the subject holds in no way, whatever
    /// the time and the conditions, what the role requires.
    pub(crate) fn unmet_requirements(&self) -> Vec<[String; 3]> {
        World::new(&self.policy, &self.directory, &Request::default()).unmet_requirements()
    }

    /// Why the directory may not stand, as far as roles that are required and settings go.
    pub(crate) fn faults(&self) -> BTreeSet<Fault> {
        let unmet = (!self.unmet_requirements().is_empty()).then_some(Fault::MissingRequiredRole);
        self.setting_faults().into_iter().chain(unmet).collect()
    }

    fn setting_faults(&self) -> BTreeSet<Fault> {
        let nothing = Request::default();
        let world = World::new(&self.policy, &self.directory, &nothing);
        let mut faults = BTreeSet::new();
        for entity in self.directory.entities.keys() {
            for (_, setting) in self.policy.settings() {
                let name = setting.name.value.as_str();
                if !self.policy.concerns(type_of(entity), name) {
                    continue;
                }
                if world.policies_differ(entity, name) || world.effective(entity, name) == Effective::Conflict {
                    faults.insert(Fault::SettingConflict);
                } else if world.lies_outside(entity, name) {
                    faults.insert(Fault::OutsideWithin);
                }
            }
        }
        faults
    }

    /// What each setting that concerns a declared entity comes to on it.
    pub(crate) fn settings_of(&self, entity: &str) -> Vec<(String, Effective)> {
        let names = self.policy.settings().map(|(_, setting)| setting.name.value.as_str());
        let concerning = names.filter(|name| self.policy.concerns(type_of(entity), name));
        concerning.map(|name| (name.to_owned(), self.effective(entity, name))).collect()
    }

    /// What a setting comes to on a declared entity that it concerns.
    pub(crate) fn effective(&self, entity: &str, setting: &str) -> Effective {
        World::new(&self.policy, &self.directory, &Request::default()).effective(entity, setting)
    }

    /// Decides a request that names declared types and actions.
    pub(crate) fn decide(&self, request: &Request) -> Answer {
        World::new(&self.policy, &self.directory, request).decide()
    }
}

/// The tree of a valid policy text.
pub(crate) fn parse_policy(text: &str) -> PolicyFile {
    let parsed = dsl::parse(FileId(0), text);
    assert!(parsed.diagnostics.is_empty(), "{:#?}\n{text}", parsed.diagnostics);
    parsed.tree
}
