//! What a compiled file says of itself, for people, for tools, and for whoever opens it: by the names that it knows, it is
//! told whether this version numbers them alike.

use crate::compile::CompiledPolicy;
use crate::directory::Directory;
use crate::schema::Schema;
use serde::{Deserialize, Serialize};

/// What a compiled file says of itself.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
pub struct About {
    /// The version of the program that wrote it.
    pub version: String,
    /// The name of the policy's package, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub package: Option<String>,
    /// How many there are of each thing.
    pub counts: Counts,
    /// All names of the policy, in the order of their numbers.
    pub vocabulary: Vocabulary,
}

/// How many there are of each thing.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Debug)]
pub struct Counts {
    /// Types.
    pub types: usize,
    /// Permissions: actions, each of one type.
    pub permissions: usize,
    /// Roles, custom ones among them.
    pub roles: usize,
    /// Custom roles.
    pub custom_roles: usize,
    /// Allows and denials tied to no role, each of one permission.
    pub rules: usize,
    /// Settings.
    pub settings: usize,
    /// Org policies.
    pub org_policies: usize,
    /// Entities with an entry.
    pub entities: usize,
    /// Assignments.
    pub assignments: usize,
}

/// The names of a policy, in the order of their numbers.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
pub struct Vocabulary {
    /// Types, each with its attributes.
    types: Vec<(String, Vec<String>)>,
    /// Permissions.
    permissions: Vec<String>,
    /// Roles, each with the entity that it belongs to, if it belongs to any.
    roles: Vec<(String, Option<String>)>,
    settings: Vec<String>,
    policies: Vec<String>,
}

impl About {
    pub(super) fn of(policy: &CompiledPolicy, directory: &Directory) -> Self {
        let schema = policy.schema();
        let rules: usize = schema.permissions.ids().map(|permission| policy.rules(permission).count()).sum();
        let declared = directory.entities().filter(|&entity| directory.is_declared(entity)).count();
        Self {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            package: schema.package.as_deref().map(str::to_owned),
            counts: Counts {
                types: schema.types.len(),
                permissions: schema.permissions.len(),
                roles: schema.roles.len(),
                custom_roles: schema.roles.iter().filter(|role| role.custom).count(),
                rules,
                settings: schema.settings.len(),
                org_policies: schema.policies.len(),
                entities: declared,
                assignments: directory.assignment_count(),
            },
            vocabulary: Vocabulary::of(schema),
        }
    }
}

impl Vocabulary {
    pub(super) fn of(schema: &Schema) -> Self {
        let attributes =
            |info: &crate::schema::TypeInfo| info.attributes.iter().map(|one| one.name.to_string()).collect();
        let role = |role| {
            let owner = schema.roles.get(role).and_then(|info| info.organization.as_ref());
            (schema.role_name(role), owner.map(|owner| owner.text(schema)))
        };
        Self {
            types: schema.types.iter().map(|info| (info.name.to_string(), attributes(info))).collect(),
            permissions: schema.permissions.ids().map(|permission| schema.permission_name(permission)).collect(),
            roles: schema.roles.ids().map(role).collect(),
            settings: schema.settings.iter().map(|info| info.name.to_string()).collect(),
            policies: schema.policies.iter().map(ToString::to_string).collect(),
        }
    }
}
