//! Changes to a directory: what each comes to, and whether the result may stand. Who may make it is asked in `guard`.

use super::Reference;
use super::directory::{Assignment, Directory};
use super::org_policy::list;
use super::policy::RoleAt;
use super::sound::is_contained;
use super::value::text;
use serde_yaml::{Mapping, Value as Yaml};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// Why a change is not made.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Refusal {
    /// What is to change is not there, or is there already.
    NothingToChange,
    /// The result breaks a rule that every directory keeps.
    Unsound,
    /// The subject of a new assignment holds in no way what the role requires.
    MissingRequiredRole,
    /// Two organizations above an entity have roles of the name that is assigned there, of which one is meant: the
    /// language does not say which.
    Ambiguous,
    /// Its author lacks a permission.
    NotPermitted,
    /// Its author would give away more than they have.
    Escalation,
}

impl Reference {
    /// The state after a change, as a mapping of the language's form, made at a moment.
    pub(crate) fn after(&self, change: &Yaml, at: i64) -> Result<Self, Refusal> {
        let (kind, what) = named(change);
        let directory = self.changed(kind, what).ok_or(Refusal::NothingToChange)?;
        let mut after = self.settled(directory)?;
        if kind == "assign" && !after.unmet_requirements().is_empty() {
            return Err(Refusal::MissingRequiredRole);
        }
        // A role that is lost takes with it, one after the other, all that required it.
        loop {
            let unmet = after.unmet_requirements();
            if unmet.is_empty() {
                break;
            }
            let mut directory = after.directory.clone();
            directory
                .assignments
                .retain(|it| !unmet.contains(&[it.on.clone(), it.role_name.clone(), it.subject.clone()]));
            after = self.settled(directory)?;
        }
        if let Some(author) = change.get("as") {
            self.permits(&after, &text(author), kind, what, at)?;
        }
        Ok(after)
    }

    /// The names are found and everything is checked.
    fn settled(&self, directory: Directory) -> Result<Self, Refusal> {
        if !is_contained(&self.policy, &directory) {
            return Err(Refusal::Unsound);
        }
        let after = Self::of_directory(Rc::clone(&self.files), directory)?;
        if after.is_sound() { Ok(after) } else { Err(Refusal::Unsound) }
    }

    /// The directory with the change made, if there is something to change.
    fn changed(&self, kind: &str, what: &Yaml) -> Option<Directory> {
        let mut directory = self.directory.clone();
        let declared = |name: &str| self.directory.entities.contains_key(name);
        match kind {
            "create" => {
                let name = field(what, "entity");
                let parents: BTreeSet<String> = what.get("in").map(list).unwrap_or_default().iter().map(text).collect();
                if declared(&name) || !parents.iter().all(|parent| declared(parent)) {
                    return None;
                }
                let entity = directory.entities.entry(name).or_default();
                entity.parents = parents;
                take(&mut entity.attributes, what.get("attributes"));
                take(&mut entity.settings, what.get("settings"));
            }
            "set" => {
                let entity = directory.entities.get_mut(&field(what, "entity"))?;
                take(&mut entity.attributes, what.get("attributes"));
                take(&mut entity.settings, what.get("settings"));
            }
            "move" => {
                let [from, to] = ["from", "to"].map(|side| what.get(side).map(text));
                let entity = directory.entities.get_mut(&field(what, "entity"))?;
                if from.iter().any(|from| !entity.parents.remove(from)) || to.iter().any(|to| !declared(to)) {
                    return None;
                }
                entity.parents.extend(to);
            }
            "delete" => {
                let name = text(what);
                if !declared(&name) {
                    return None;
                }
                self.delete(&mut directory, name);
            }
            "assign" => {
                let new = assignment(what);
                if !declared(&new.on) {
                    return None;
                }
                directory.assignments.retain(|old| !old.is_same(&new));
                directory.assignments.push(new);
            }
            "revoke" => {
                let old = assignment(what);
                let count = directory.assignments.len();
                directory.assignments.retain(|it| !it.is_same(&old));
                if directory.assignments.len() == count {
                    return None;
                }
            }
            "link" => {
                let entity = directory.entities.get_mut(&field(what, "on"))?;
                entity.policies.insert(field(what, "policy"));
            }
            "unlink" => {
                let entity = directory.entities.get_mut(&field(what, "on"))?;
                entity.policies.remove(&field(what, "policy")).then_some(())?;
            }
            "policy" => {
                let name = field(what, "name");
                // One that stands in a policy file is not the directory's to replace.
                let kept = directory.org_policies.contains_key(&name);
                if !kept && self.policy.org_policies.iter().any(|policy| policy.name == name) {
                    return None;
                }
                directory.org_policies.insert(name, without(what, &["name"]));
            }
            "delete_policy" => self.delete_policy(&mut directory, &text(what))?,
            "custom_role" => {
                let owner = field(what, "in");
                if !declared(&owner) {
                    return None;
                }
                directory.custom_roles.insert((owner, field(what, "name")), without(what, &["name", "in"]));
            }
            "delete_custom_role" => {
                let key = (field(what, "in"), field(what, "name"));
                self.delete_custom_role(&mut directory, &key)?;
            }
            _ => panic!("no change: {kind}"),
        }
        Some(directory)
    }

    /// An entity goes with all that lies in it and nowhere else, and with everything about them.
    fn delete(&self, directory: &mut Directory, name: String) {
        let mut gone = BTreeSet::from([name]);
        loop {
            let orphans: Vec<String> = directory
                .entities
                .iter()
                .filter(|(name, entity)| {
                    !gone.contains(*name) && !entity.parents.is_empty() && entity.parents.is_subset(&gone)
                })
                .map(|(name, _)| name.clone())
                .collect();
            if orphans.is_empty() {
                break;
            }
            gone.extend(orphans);
        }
        // What belongs to them is assigned and linked nowhere any more, be it of a policy file.
        let of_gone = |role: &RoleAt| {
            let owner = self.policy.roles[*role].organization.as_ref();
            owner.is_some_and(|owner| gone.contains(&super::org_policy::entity(owner)))
        };
        self.take_roles(directory, of_gone);
        directory.custom_roles.retain(|(owner, _), _| !gone.contains(owner));
        for policy in &self.policy.org_policies {
            if policy.organization.as_ref().is_some_and(|owner| gone.contains(owner)) {
                directory.org_policies.remove(&policy.name);
                directory.entities.values_mut().for_each(|entity| {
                    entity.policies.remove(&policy.name);
                });
            }
        }
        directory.entities.retain(|name, _| !gone.contains(name));
        directory.entities.values_mut().for_each(|entity| entity.parents.retain(|parent| !gone.contains(parent)));
        directory.assignments.retain(|assignment| {
            let subject = assignment.subject.split('#').next().unwrap_or_default();
            !gone.contains(&assignment.on) && !gone.contains(subject)
        });
    }

    fn delete_policy(&self, directory: &mut Directory, name: &str) -> Option<()> {
        directory.org_policies.remove(name)?;
        directory.entities.values_mut().for_each(|entity| entity.policies.retain(|linked| linked != name));
        Some(())
    }

    fn delete_custom_role(&self, directory: &mut Directory, key: &(String, String)) -> Option<()> {
        directory.custom_roles.remove(key)?;
        let (type_name, name) = key.1.split_once('.').expect("a role's name");
        let owned = |role: &RoleAt| {
            let organization = self.policy.roles[*role].organization.as_ref();
            organization.is_some_and(|organization| super::org_policy::entity(organization) == key.0)
        };
        let roles: Vec<RoleAt> = self.policy.roles_named(type_name, name).into_iter().filter(owned).collect();
        self.take_roles(directory, |role| roles.contains(role));
        Some(())
    }

    /// Some roles are held by nobody any more, and neither is what their holders were given.
    fn take_roles(&self, directory: &mut Directory, gone: impl Fn(&RoleAt) -> bool) {
        directory.assignments.retain(|assignment| {
            let of_members = assignment.subject.split_once('#').is_some_and(|(group, role)| {
                let there = self.directory.entities.contains_key(group);
                there && self.directory.roles_on(&self.policy, role, group).iter().any(&gone)
            });
            !of_members && !gone(&assignment.role)
        });
    }
}

impl Assignment {
    fn is_same(&self, other: &Self) -> bool {
        (&self.subject, &self.role_name, &self.on) == (&other.subject, &other.role_name, &other.on)
    }
}

/// The word that names a change, and what it says.
pub(super) fn named(change: &Yaml) -> (&str, &Yaml) {
    let entries = change.as_mapping().expect("a mapping");
    let (key, value) = entries.iter().find(|(key, _)| key.as_str() != Some("as")).expect("a change");
    (key.as_str().expect("a word"), value)
}

/// A text that a change must give.
pub(super) fn field(what: &Yaml, name: &str) -> String {
    text(what.get(name).unwrap_or_else(|| panic!("no `{name}`: {what:?}")))
}

pub(super) fn assignment(what: &Yaml) -> Assignment {
    Assignment {
        subject: field(what, "subject"),
        role_name: field(what, "role"),
        role: 0,
        on: field(what, "on"),
        bounds: ["since", "until"].map(|bound| what.get(bound).map(text)),
    }
}

/// Takes values over; `null` takes one away.
fn take(values: &mut BTreeMap<String, Yaml>, given: Option<&Yaml>) {
    for (name, value) in given.and_then(Yaml::as_mapping).into_iter().flatten() {
        if value.is_null() {
            values.remove(&text(name));
        } else {
            values.insert(text(name), value.clone());
        }
    }
}

fn without(what: &Yaml, keys: &[&str]) -> Yaml {
    let entries = what.as_mapping().expect("a mapping").iter();
    let rest = entries.filter(|(key, _)| !keys.contains(&key.as_str().unwrap_or_default()));
    Yaml::Mapping(rest.map(|(key, value)| (key.clone(), value.clone())).collect::<Mapping>())
}
