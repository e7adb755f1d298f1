//! A directory as it is written in the nested form: entities with their parents and attributes, and assignments.

use super::Refusal;
use super::org_policy::{entity as entity_name, list};
use super::policy::{Policy, RoleAt, type_of};
use super::value::{moment, text};
use serde_yaml::{Mapping, Value as Yaml};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// Every declared entity and every assignment, and what organizations keep as data.
#[derive(Clone, Default)]
pub(super) struct Directory {
    pub(super) entities: BTreeMap<String, Entity>,
    pub(super) assignments: Vec<Assignment>,
    /// Roles composed at run time, by organization and name, in the YAML form.
    pub(super) custom_roles: BTreeMap<(String, String), Yaml>,
    /// Org policies by name, in the YAML form.
    pub(super) org_policies: BTreeMap<String, Yaml>,
}

/// A declared entity.
#[derive(Clone, Default)]
pub(super) struct Entity {
    pub(super) parents: BTreeSet<String>,
    pub(super) attributes: BTreeMap<String, Yaml>,
    /// Its own values for settings.
    pub(super) settings: BTreeMap<String, Yaml>,
    /// The org policies linked to it.
    pub(super) policies: BTreeSet<String>,
}

/// A role given to somebody on an entity.
#[derive(Clone)]
pub(super) struct Assignment {
    pub(super) subject: String,
    /// Its name within the type of the entity.
    pub(super) role_name: String,
    /// The role that the name means there.
    pub(super) role: RoleAt,
    pub(super) on: String,
    /// ISO moments.
    pub(super) bounds: [Option<String>; 2],
}

impl Assignment {
    pub(super) fn since(&self) -> Option<i64> {
        self.bounds[0].as_deref().map(moment)
    }

    pub(super) fn until(&self) -> Option<i64> {
        self.bounds[1].as_deref().map(moment)
    }

    fn data(&self) -> Yaml {
        let mut data = Mapping::new();
        data.insert("subject".into(), self.subject.as_str().into());
        for (name, bound) in ["since", "until"].into_iter().zip(&self.bounds) {
            if let Some(bound) = bound {
                data.insert(name.into(), bound.as_str().into());
            }
        }
        data.into()
    }
}

/// Keys that are no attributes.
const RESERVED: [&str; 6] = ["in", "roles", "policy", "policies", "settings", "custom_roles"];

impl Directory {
    /// Reads a document.
    pub(super) fn read(&mut self, document: &Yaml) {
        self.level(mapping(document), None);
        for (name, data) in document.get("policies").and_then(Yaml::as_mapping).into_iter().flatten() {
            self.org_policies.insert(text(name), data.clone());
        }
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
            for (role, data) in inside.get("custom_roles").and_then(Yaml::as_mapping).into_iter().flatten() {
                self.custom_roles.insert((name.clone(), text(role)), data.clone());
            }
            for (role, subjects) in inside.get("roles").and_then(Yaml::as_mapping).into_iter().flatten() {
                for subject in list(subjects) {
                    let field = |name: &str| subject.get(name).map(text);
                    self.assignments.push(Assignment {
                        subject: field("subject").unwrap_or_else(|| text(&subject)),
                        role_name: text(role),
                        role: 0,
                        on: name.clone(),
                        bounds: ["since", "until"].map(field),
                    });
                }
            }
            self.level(inside, Some(&name));
        }
    }

    /// Finds the roles that the names of assigned roles mean; every one must mean exactly one.
    pub(super) fn find_roles(&mut self, policy: &Policy) -> Result<(), Refusal> {
        let mut assignments = std::mem::take(&mut self.assignments);
        for assignment in &mut assignments {
            assignment.role = self.role_on(policy, &assignment.role_name, &assignment.on)?;
            if let Some((group, role)) = assignment.subject.split_once('#')
                && self.entities.contains_key(group)
            {
                self.role_on(policy, role, group)?;
            }
        }
        self.assignments = assignments;
        Ok(())
    }

    /// The directory as a text, every entity at the top.
    pub(super) fn text(&self) -> String {
        let texts = |texts: &BTreeSet<String>| Yaml::from(texts.iter().cloned().collect::<Vec<_>>());
        let mapping = |values: &BTreeMap<String, Yaml>| -> Yaml {
            values.iter().map(|(name, value)| (Yaml::from(name.as_str()), value.clone())).collect::<Mapping>().into()
        };
        let mut document = Mapping::new();
        document.insert("rolebook".into(), 1.into());
        document.insert("kind".into(), "directory".into());
        for (name, entity) in &self.entities {
            let mut inside: Mapping =
                entity.attributes.iter().map(|(name, value)| (Yaml::from(name.as_str()), value.clone())).collect();
            inside.insert("in".into(), texts(&entity.parents));
            inside.insert("policy".into(), texts(&entity.policies));
            inside.insert("settings".into(), mapping(&entity.settings));
            let mut roles: BTreeMap<String, Vec<Yaml>> = BTreeMap::new();
            for assignment in self.assignments.iter().filter(|assignment| assignment.on == *name) {
                roles.entry(assignment.role_name.clone()).or_default().push(assignment.data());
            }
            let roles = roles.into_iter().map(|(role, subjects)| (role, Yaml::from(subjects))).collect();
            inside.insert("roles".into(), mapping(&roles));
            let composed = self.custom_roles.iter().filter(|((owner, _), _)| owner == name);
            let composed = composed.map(|((_, role), data)| (role.clone(), data.clone())).collect();
            inside.insert("custom_roles".into(), mapping(&composed));
            inside.retain(|_, value| value.as_mapping().is_none_or(|it| !it.is_empty()));
            inside.retain(|key, value| {
                key != "in" && key != "policy" || value.as_sequence().is_some_and(|it| !it.is_empty())
            });
            document.insert(name.as_str().into(), inside.into());
        }
        if !self.org_policies.is_empty() {
            document.insert("policies".into(), mapping(&self.org_policies));
        }
        serde_yaml::to_string(&document).expect("YAML")
    }

    fn role_on(&self, policy: &Policy, name: &str, on: &str) -> Result<RoleAt, Refusal> {
        match self.roles_on(policy, name, on).as_slice() {
            [role] => Ok(*role),
            [] => Err(Refusal::Unsound),
            _ => Err(Refusal::Ambiguous),
        }
    }

    /// The roles of a name that may be assigned on an entity: where organizations have roles of one name, its own
    /// organization's.
    pub(super) fn roles_on(&self, policy: &Policy, name: &str, on: &str) -> Vec<RoleAt> {
        let above = self.ancestors_or_self(on);
        let fits = |role: &RoleAt| match &policy.roles[*role].organization {
            None => true,
            Some(entity) => above.contains(&entity_name(entity)),
        };
        policy.roles_named(type_of(on), name).into_iter().filter(fits).collect()
    }

    pub(super) fn ancestors_or_self(&self, entity: &str) -> BTreeSet<String> {
        let mut found = BTreeSet::from([entity.to_owned()]);
        for parent in &self.entities[entity].parents {
            found.extend(self.ancestors_or_self(parent));
        }
        found
    }
}

/// A role that an organization composed at run time, as policy text: the YAML form says what
/// `custom role NAME in ORGANIZATION` says in the DSL.
pub(super) fn custom_role(organization: &str, name: &str, role: &Yaml) -> String {
    let mut text_of_role = format!("custom role {name} in {organization}");
    for clause in ["extends", "requires", "assigned by", "assigned freely by", "when"] {
        if let Some(value) = role.get(clause) {
            let values: Vec<String> = list(value).iter().map(text).collect();
            write!(text_of_role, " {clause} {}", values.join(", ")).expect("text");
        }
    }
    let bodies = ["allow", "deny", "implies", "without"].map(|keyword| {
        let items = role.get(keyword).map(list).unwrap_or_default();
        items.iter().map(|item| body_item(keyword, item)).collect::<String>()
    });
    format!("{text_of_role} {{ {} }}\n", bodies.concat())
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
