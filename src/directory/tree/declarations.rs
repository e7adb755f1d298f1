//! What a directory holds that is compiled with the policy: custom roles and org policies.

use crate::directory::change::Edit;
use crate::document::Node;
use crate::source::{Span, Spanned};
use std::sync::Arc;

/// A role composed by an organization at run time, to be compiled with the policy.
#[derive(Clone, Debug)]
pub struct CustomRoleEntry {
    /// Its name, `type.name`.
    pub name: Spanned<String>,
    /// The entity it belongs to: the one whose `custom_roles` it stands in, if it stands in any.
    pub organization: Option<Spanned<String>>,
    /// What stands behind the name, in the YAML form of a role.
    pub node: Node,
}

/// An org policy kept as data, to be compiled with the policy.
#[derive(Clone, Debug)]
pub struct PolicyEntry {
    /// Its name.
    pub name: Spanned<String>,
    /// What stands behind the name, in the YAML form of an org policy.
    pub node: Node,
}

/// All custom roles and org policies of one or more directory files.
#[derive(Clone, Debug, Default)]
pub struct Declarations {
    /// Each shared with what changes make of these.
    pub(super) custom_roles: Vec<Arc<CustomRoleEntry>>,
    pub(super) policies: Vec<PolicyEntry>,
}

impl Declarations {
    /// These custom roles and org policies.
    #[must_use]
    pub fn new(custom_roles: Vec<CustomRoleEntry>, policies: Vec<PolicyEntry>) -> Self {
        Self { custom_roles: custom_roles.into_iter().map(Arc::new).collect(), policies }
    }

    /// The custom roles, in the order written.
    #[must_use]
    pub fn custom_roles(&self) -> &[Arc<CustomRoleEntry>] {
        &self.custom_roles
    }

    /// The org policies, in the order written.
    #[must_use]
    pub fn policies(&self) -> &[PolicyEntry] {
        &self.policies
    }

    /// The same in the order of names and owners.
    #[must_use]
    pub fn sorted(&self) -> Self {
        let mut sorted = self.clone();
        sorted
            .custom_roles
            .sort_by(|one, other| (one.owner(), &one.name.value).cmp(&(other.owner(), &other.name.value)));
        sorted.policies.sort_by(|one, other| one.name.value.cmp(&other.name.value));
        sorted
    }

    /// Takes steps that add and remove custom roles. One that is removed and added again stays in its place.
    pub fn edit(&mut self, edits: &[Edit]) {
        let mut place = None;
        for edit in edits {
            match edit {
                Edit::AddCustomRole(role) => {
                    let (name, organization) = (role.name.name.clone(), Some(role.name.organization.clone()));
                    let entry = Arc::new(CustomRoleEntry { name, organization, node: role.node.clone() });
                    let last = self.custom_roles.len();
                    self.custom_roles.insert(place.take().unwrap_or(last).min(last), entry);
                }
                Edit::RemoveCustomRole { name, organization } => {
                    let meant = |entry: &Arc<CustomRoleEntry>| {
                        entry.name.value == *name && entry.owner() == Some(organization.as_str())
                    };
                    place = self.custom_roles.iter().position(meant);
                    self.custom_roles.retain(|entry| !meant(entry));
                }
                _ => {}
            }
        }
    }

    /// Takes up those of another file.
    pub fn extend(&mut self, more: &Self) {
        self.custom_roles.extend_from_slice(&more.custom_roles);
        self.policies.extend_from_slice(&more.policies);
    }

    /// Visits the places of their names.
    pub fn each_place(&self, mut visit: impl FnMut(Span)) {
        self.custom_roles.iter().for_each(|role| visit(role.name.span));
        self.policies.iter().for_each(|policy| visit(policy.name.span));
    }
}

impl CustomRoleEntry {
    /// The entity that the role belongs to, if any: what its own text says goes before where it stands.
    #[must_use]
    pub fn owner(&self) -> Option<&str> {
        let written = self.node.get("in").and_then(|node| node.text());
        written.or(self.organization.as_ref().map(|owner| owner.value.as_str()))
    }
}
