//! A directory as it is written in the nested form: entities with their parents and attributes, and assignments.

use super::org_policy::{OrgPolicy, entity as entity_name, list};
use super::policy::{Policy, RoleAt, type_of};
use super::value::{moment, text};
use serde_yaml::{Mapping, Value as Yaml};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// Every declared entity and every assignment.
#[derive(Default)]
pub(super) struct Directory {
    pub(super) entities: BTreeMap<String, Entity>,
    pub(super) assignments: Vec<Assignment>,
}

/// A declared entity.
#[derive(Default)]
pub(super) struct Entity {
    pub(super) parents: BTreeSet<String>,
    pub(super) attributes: BTreeMap<String, Yaml>,
    /// Its own values for settings.
    pub(super) settings: BTreeMap<String, Yaml>,
    /// The org policies linked to it.
    pub(super) policies: BTreeSet<String>,
}

/// A role given to somebody on an entity.
pub(super) struct Assignment {
    pub(super) subject: String,
    pub(super) role: RoleAt,
    pub(super) on: String,
    pub(super) since: Option<i64>,
    pub(super) until: Option<i64>,
}

/// Keys that are no attributes.
const RESERVED: [&str; 6] = ["in", "roles", "policy", "policies", "settings", "custom_roles"];

impl Directory {
    /// Reads the entities of a document; assignments wait for [`Directory::assign`], as parents may be written later.
    pub(super) fn read_entities(&mut self, document: &Yaml) {
        self.level(mapping(document), None);
    }

    fn level(&mut self, entries: &Mapping, parent: Option<&str>) {
        for (key, value) in entries {
            let name = text(key);
            if !name.contains(':') {
                continue;
            }
            let empty = Mapping::new();
            let inside = value.as_mapping().unwrap_or(&empty);
            let mut entity = Entity::default();
            entity.parents.extend(parent.map(str::to_owned));
            entity.parents.extend(inside.get("in").into_iter().flat_map(list).map(|parent| text(&parent)));
            entity.policies.extend(inside.get("policy").into_iter().flat_map(list).map(|policy| text(&policy)));
            let settings = inside.get("settings").and_then(Yaml::as_mapping).into_iter().flatten();
            entity.settings.extend(settings.map(|(name, value)| (text(name), value.clone())));
            for (key, value) in inside {
                let key = text(key);
                if !key.contains(':') && !RESERVED.contains(&key.as_str()) {
                    entity.attributes.insert(key, value.clone());
                }
            }
            self.entities.insert(name.clone(), entity);
            self.level(inside, Some(&name));
        }
    }

    /// Reads the assignments of a document.
    pub(super) fn assign(&mut self, policy: &Policy, document: &Yaml) {
        for (key, value) in mapping(document) {
            let on = text(key);
            let Some(inside) = value.as_mapping().filter(|_| on.contains(':')) else { continue };
            for (role, subjects) in inside.get("roles").and_then(Yaml::as_mapping).into_iter().flatten() {
                let role = self.role_on(policy, &text(role), &on);
                for subject in list(subjects) {
                    let field = |name: &str| subject.get(name).map(text);
                    self.assignments.push(Assignment {
                        subject: field("subject").unwrap_or_else(|| text(&subject)),
                        role,
                        on: on.clone(),
                        since: field("since").map(|at| moment(&at)),
                        until: field("until").map(|at| moment(&at)),
                    });
                }
            }
            self.assign(policy, value);
        }
    }

    /// The role of a name that may be assigned on an entity: where organizations have roles of one name, its own
    /// organization's.
    fn role_on(&self, policy: &Policy, name: &str, on: &str) -> RoleAt {
        let above = self.ancestors_or_self(on);
        let fits = |role: &RoleAt| match &policy.roles[*role].organization {
            None => true,
            Some(entity) => above.contains(&entity_name(entity)),
        };
        let found: Vec<RoleAt> = policy.roles_named(type_of(on), name).into_iter().filter(fits).collect();
        assert_eq!(found.len(), 1, "roles named `{name}` that can be assigned on {on}");
        found[0]
    }

    pub(super) fn ancestors_or_self(&self, entity: &str) -> BTreeSet<String> {
        let mut found = BTreeSet::from([entity.to_owned()]);
        for parent in &self.entities[entity].parents {
            found.extend(self.ancestors_or_self(parent));
        }
        found
    }
}

/// The roles that organizations composed at run time, as policy text: each key under `custom_roles` says in YAML what
/// `custom role NAME in ORGANIZATION` says in the DSL.
pub(super) fn custom_roles(document: &Yaml) -> String {
    let mut policy = String::new();
    for (key, value) in mapping(document) {
        let Some(inside) = value.as_mapping().filter(|_| text(key).contains(':')) else { continue };
        for (name, role) in inside.get("custom_roles").and_then(Yaml::as_mapping).into_iter().flatten() {
            write!(policy, "custom role {} in {}", text(name), text(key)).expect("text");
            for clause in ["extends", "requires", "when"] {
                if let Some(value) = role.get(clause) {
                    let values: Vec<String> = list(value).iter().map(text).collect();
                    write!(policy, " {clause} {}", values.join(", ")).expect("text");
                }
            }
            let bodies = ["allow", "deny", "implies", "without"].map(|keyword| {
                let items = role.get(keyword).map(list).unwrap_or_default();
                items.iter().map(|item| body_item(keyword, item)).collect::<String>()
            });
            writeln!(policy, " {{ {} }}", bodies.concat()).expect("text");
        }
        policy.push_str(&custom_roles(value));
    }
    policy
}

fn body_item(keyword: &str, item: &Yaml) -> String {
    let clause = |name: &str| item.get(name).map_or_else(String::new, |value| format!(" {name} {}", text(value)));
    match item.as_mapping() {
        None => format!("{keyword} {} ", text(item)),
        Some(_) => format!(
            "{keyword} {}{}{} ",
            text(item.get("permissions").expect("permissions")),
            clause("when"),
            clause("unless")
        ),
    }
}

fn mapping(document: &Yaml) -> &Mapping {
    document.as_mapping().expect("a mapping")
}

/// The org policies that a document keeps as data.
pub(super) fn org_policies(document: &Yaml) -> impl Iterator<Item = OrgPolicy> {
    let policies = document.get("policies").and_then(Yaml::as_mapping).into_iter().flatten();
    policies.map(|(name, data)| OrgPolicy::kept(&text(name), data))
}
