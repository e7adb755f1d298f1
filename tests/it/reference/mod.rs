//! The reference evaluator: decisions worked out naively from the tree of a policy and the text of a directory.
//!
//! Written from the language's description alone. It shares nothing with the model, the graph, the compiler, the
//! directory and the evaluator: it resolves names by walking the declarations, reads directories from plain YAML values,
//! evaluates conditions on the tree and finds out who holds what by brute force. Being obviously right comes before being
//! fast. It checks nothing: policies and directories given to it must be valid.

mod change;
mod decision;
mod directory;
mod expression;
mod grants;
mod guard;
mod holding;
mod org_policy;
mod part;
mod policy;
mod scenarios;
mod setting;
mod setting_scenarios;
mod show;
mod sound;
mod truth;
mod value;
mod world;

pub(crate) use change::Refusal;
use directory::Directory;
use holding::View;
use org_policy::OrgPolicy;
pub(crate) use part::{Part, Parts};
use policy::{Policy, type_of};
use rolebook::source::FileId;
use rolebook::syntax::ast::PolicyFile;
use rolebook::syntax::dsl;
use serde_yaml::Value as Yaml;
pub(crate) use setting::Effective;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
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

/// The names in a directory.
pub(crate) struct Outline {
    /// With what they lie in.
    pub(crate) entities: Vec<(String, Vec<String>)>,
    /// Subject, role and entity.
    pub(crate) assignments: Vec<[String; 3]>,
    /// Org policy and entity.
    pub(crate) links: Vec<[String; 2]>,
    pub(crate) org_policies: Vec<String>,
    /// Organization and role.
    pub(crate) custom_roles: Vec<[String; 2]>,
}

/// A policy and a directory.
pub(crate) struct Reference {
    files: Rc<[PolicyFile]>,
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
        Self::try_of_files(files, directories).expect("valid texts")
    }

    /// The same of texts that may name what is not there.
    pub(crate) fn try_of_files<'t>(
        files: &[PolicyFile],
        directories: impl IntoIterator<Item = &'t str>,
    ) -> Result<Self, Refusal> {
        let parse = |text: &str| -> Yaml { serde_yaml::from_str(text).expect("YAML") };
        let documents: Vec<Yaml> = directories.into_iter().map(parse).collect();
        let mut directory = Directory::default();
        documents.iter().for_each(|document| directory.read(document));
        Self::of_directory(files.into(), directory)
    }

    /// Finds what the names in a directory mean.
    fn of_directory(files: Rc<[PolicyFile]>, mut directory: Directory) -> Result<Self, Refusal> {
        let mut policy = Policy::default();
        files.iter().for_each(|file| policy.add(file.clone()));
        for ((organization, name), role) in &directory.custom_roles {
            policy.add(parse_policy(&directory::custom_role(organization, name, role)));
        }
        policy.org_policies.extend(directory.org_policies.iter().map(|(name, data)| OrgPolicy::kept(name, data)));
        directory.find_roles(&policy)?;
        Ok(Self { files, policy, directory })
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

    /// The entities and actions that somebody is granted at a moment, denials aside; a key, what its owner is granted.
    pub(crate) fn granted_now(&self, actor: &str, at: i64) -> BTreeSet<(String, String)> {
        let request = grants::asked_by(actor, at);
        let world = World::new(&self.policy, &self.directory, &request);
        world.subject().map(|person| world.granted(&person, View::Now)).unwrap_or_default()
    }

    /// The entities and actions that each subject of assignments was given, a userset as such: at whatever time, denials
    /// and what roles require aside.
    pub(crate) fn given(&self) -> BTreeMap<String, BTreeSet<(String, String)>> {
        let request = Request::default();
        let world = World::new(&self.policy, &self.directory, &request);
        let subjects = self.directory.assignments.iter().map(|assignment| &assignment.subject);
        subjects.map(|subject| (subject.clone(), world.granted(subject, View::Given))).collect()
    }

    /// Whether a change assigns a role without regard to what its author has.
    pub(crate) fn assigns_freely(&self, change: &Yaml) -> bool {
        let ("assign", what) = change::named(change) else { return false };
        let assignment = change::assignment(what);
        let roles = self.directory.roles_on(&self.policy, &assignment.role_name, &assignment.on);
        roles.into_iter().any(|role| self.assigned_by(role).is_some_and(|(freely, _)| freely))
    }

    /// What there is to change.
    pub(crate) fn outline(&self) -> Outline {
        let entities = &self.directory.entities;
        let links = entities.iter().flat_map(|(on, it)| it.policies.iter().map(|policy| [policy.clone(), on.clone()]));
        let assignments = self.directory.assignments.iter();
        Outline {
            entities: entities.iter().map(|(name, it)| (name.clone(), it.parents.iter().cloned().collect())).collect(),
            assignments: assignments.map(|it| [&it.subject, &it.role_name, &it.on].map(Clone::clone)).collect(),
            links: links.collect(),
            org_policies: self.policy.org_policies.iter().map(|policy| policy.name.clone()).collect(),
            custom_roles: self
                .directory
                .custom_roles
                .keys()
                .map(|(owner, name)| [owner.clone(), name.clone()])
                .collect(),
        }
    }

    /// The directory as a text.
    pub(crate) fn directory_text(&self) -> String {
        self.directory.text()
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
