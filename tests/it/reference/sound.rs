//! Whether a directory may stand: everything that is checked when one is loaded, apart from what roles require.

use super::directory::Directory;
use super::policy::{Policy, Reach, type_of};
use super::{Fault, Reference};
use rolebook::schema::Cardinality;
use rolebook::syntax::ast::Open;
use std::collections::BTreeSet;

/// Whether entities lie only where their types say. Nothing else may be asked of a directory before.
pub(super) fn is_contained(policy: &Policy, directory: &Directory) -> bool {
    let circular = directory.entities.keys().any(|name| is_in_circle(directory, name));
    !circular
        && directory.entities.iter().all(|(name, entity)| {
            let decl = policy.type_decl(type_of(name)).expect("a declared type");
            let of_type = |wanted: &str| entity.parents.iter().filter(|parent| type_of(parent) == wanted).count();
            let known = entity.parents.iter().all(|parent| {
                let named = decl.parents.iter().any(|above| above.type_name.value == type_of(parent));
                named && directory.entities.contains_key(parent)
            });
            let counted = decl.parents.iter().all(|parent| {
                let count = of_type(&parent.type_name.value);
                match parent.cardinality {
                    Cardinality::One => count == 1,
                    Cardinality::Optional => count <= 1,
                    Cardinality::Many => true,
                }
            });
            known && counted && has_one_of_each(policy, directory, name)
        })
}

fn is_in_circle(directory: &Directory, name: &str) -> bool {
    let mut above: BTreeSet<&str> = BTreeSet::new();
    let mut open: Vec<&str> = vec![name];
    while let Some(at) = open.pop() {
        let parents = directory.entities.get(at).into_iter().flat_map(|entity| &entity.parents);
        open.extend(parents.map(String::as_str).filter(|parent| above.insert(parent)));
    }
    above.contains(name)
}

/// Where unmarked parents lead to a type, every way up must lead to the same one.
fn has_one_of_each(policy: &Policy, directory: &Directory, name: &str) -> bool {
    let above = directory.ancestors_or_self(name);
    policy.type_names().filter(|other| *other != type_of(name)).all(|other| {
        policy.reach(type_of(name), other) != Reach::One || above.iter().filter(|it| type_of(it) == other).count() == 1
    })
}

impl Reference {
    /// Why the directory may not stand once everything lies where it may.
    pub(super) fn is_sound(&self) -> bool {
        self.has_its_attributes()
            && self.is_unique()
            && self.roles_are_sound()
            && self.links_are_sound()
            && !self.faults().iter().any(|fault| *fault != Fault::MissingRequiredRole)
    }

    fn has_its_attributes(&self) -> bool {
        self.directory.entities.iter().all(|(name, entity)| {
            let decl = self.policy.type_decl(type_of(name)).expect("a declared type");
            let given = |name: &str| entity.attributes.contains_key(name);
            let required = decl.attributes.iter().filter(|it| it.default.is_none() && !it.ty.optional);
            required.into_iter().all(|it| given(&it.name.value))
                && entity.attributes.keys().all(|name| decl.attributes.iter().any(|it| it.name.value == *name))
                && entity.settings.keys().all(|setting| self.policy.supplies(type_of(name), setting))
        })
    }

    fn is_unique(&self) -> bool {
        let entities = &self.directory.entities;
        entities.iter().all(|(name, entity)| {
            let decl = self.policy.type_decl(type_of(name)).expect("a declared type");
            let siblings = entities.iter().filter(|(other, it)| {
                let together =
                    !it.parents.is_disjoint(&entity.parents) || (it.parents.is_empty() && entity.parents.is_empty());
                *other != name && type_of(other) == type_of(name) && together
            });
            siblings.into_iter().all(|(_, sibling)| {
                decl.unique.iter().all(|unique| {
                    let value = entity.attributes.get(&unique.value);
                    value.is_none() || value != sibling.attributes.get(&unique.value)
                })
            })
        })
    }

    fn roles_are_sound(&self) -> bool {
        let directory = &self.directory;
        let mut people = directory.assignments.iter().filter(|assignment| !assignment.subject.contains('#'));
        let subjects = people.all(|assignment| self.policy.acts_as(type_of(&assignment.subject)).is_none());
        let composed = directory.custom_roles.keys().all(|(owner, name)| {
            let (type_name, role) = name.split_once('.').expect("a role's name");
            let named = self.policy.roles_named(type_name, role);
            let of_owner = |at: &&usize| {
                let organization = self.policy.roles[**at].organization.as_ref();
                organization.is_none_or(|organization| super::org_policy::entity(organization) == *owner)
            };
            let own: Vec<&usize> = named.iter().filter(of_owner).collect();
            let [own] = own.as_slice() else { return false };
            let bases = self.policy.bases(**own);
            let implied = self.policy.implications(**own).into_iter().flat_map(|implication| &implication.roles);
            let mut named = implied.chain(self.policy.requirements(**own));
            !bases.is_empty()
                && bases.iter().all(|&base| self.policy.roles[base].open != Open::No)
                && named.all(|name| self.policy.meant_by(**own, name).len() == 1)
        });
        subjects && composed
    }

    /// Linked policies exist and are linked inside of what they belong to.
    fn links_are_sound(&self) -> bool {
        self.directory.entities.iter().all(|(name, entity)| {
            let above = self.directory.ancestors_or_self(name);
            entity.policies.iter().all(|link| {
                let policy = self.policy.org_policies.iter().find(|policy| policy.name == *link);
                policy.is_some_and(|policy| policy.organization.iter().all(|owner| above.contains(owner)))
            })
        })
    }
}
