//! Changes to a directory, as they are asked for and as what they come to.
//!
//! A [`Change`] is what somebody wants, read from a document with the places of its words. An [`Edit`] is one step on the
//! records of a directory: whatever follows from a change (what is deleted with an entity, what is revoked with a role) is
//! an edit of its own. Whether a change may be made is not asked here, and neither is anything written to disk.

mod read;

pub use read::{read, read_list};

use crate::document::Node;
use crate::source::{Span, Spanned};

/// A wanted change.
#[derive(Clone, Debug)]
pub struct Change {
    /// On whose behalf; nobody for the operator, whom no permission binds.
    pub by: Option<Spanned<String>>,
    /// What is to change.
    pub action: ChangeAction,
    /// The word that names the change.
    pub span: Span,
}

/// What a change does.
#[derive(Clone, Debug)]
pub enum ChangeAction {
    /// A new entity.
    Create(NewEntity),
    /// An entity goes, with what is contained only there.
    Delete {
        /// The entity.
        entity: Spanned<String>,
    },
    /// Attributes and settings take other values; `null` takes one away.
    Set {
        /// The entity.
        entity: Spanned<String>,
        /// Attributes.
        attributes: Vec<Field>,
        /// Its own setting values.
        settings: Vec<Field>,
    },
    /// An entity leaves one parent for another; one side alone takes a parent away or adds one.
    Move {
        /// The entity.
        entity: Spanned<String>,
        /// The parent it leaves.
        from: Option<Spanned<String>>,
        /// The parent it comes to lie in.
        to: Option<Spanned<String>>,
    },
    /// A subject is assigned a role; bounds given anew replace earlier ones.
    Assign(Assigned),
    /// A subject is assigned a role no longer.
    Revoke(AssignmentName),
    /// An org policy is linked to an entity.
    Link(LinkName),
    /// It is linked no longer.
    Unlink(LinkName),
    /// An org policy comes to be, or is replaced.
    Policy(PolicyText),
    /// An org policy goes, with its links.
    DeletePolicy {
        /// Its name.
        name: Spanned<String>,
    },
    /// A custom role comes to be, or is replaced.
    CustomRole(CustomRoleText),
    /// A custom role goes, with its assignments.
    DeleteCustomRole(CustomRoleName),
}

/// A key and its value.
#[derive(Clone, Debug)]
pub struct Field {
    /// The key.
    pub key: Spanned<String>,
    /// The value.
    pub value: Node,
}

/// An entity with its entry.
#[derive(Clone, Debug)]
pub struct NewEntity {
    /// Its name, `type:id`.
    pub entity: Spanned<String>,
    /// What it lies in.
    pub parents: Vec<Spanned<String>>,
    /// Its attributes.
    pub attributes: Vec<Field>,
    /// Its own setting values.
    pub settings: Vec<Field>,
}

/// Who is assigned what, and where.
#[derive(Clone, Debug)]
pub struct AssignmentName {
    /// `type:id`, or `type:id#role` for whoever holds that role there.
    pub subject: Spanned<String>,
    /// The role's name within the type of `on`.
    pub role: Spanned<String>,
    /// The entity.
    pub on: Spanned<String>,
}

/// An assignment with its bounds.
#[derive(Clone, Debug)]
pub struct Assigned {
    /// Who is assigned what, and where.
    pub name: AssignmentName,
    /// The first moment it counts, in milliseconds since 1970 UTC.
    pub since: Option<i64>,
    /// The first moment it counts no longer.
    pub until: Option<i64>,
}

/// Which org policy is linked where.
#[derive(Clone, Debug)]
pub struct LinkName {
    /// The policy.
    pub policy: Spanned<String>,
    /// The entity.
    pub on: Spanned<String>,
}

/// An org policy kept as data.
#[derive(Clone, Debug)]
pub struct PolicyText {
    /// Its name.
    pub name: Spanned<String>,
    /// The entity inside of which alone it may be linked.
    pub organization: Option<Spanned<String>>,
    /// The whole of it, in the YAML form of an org policy, `in` included.
    pub node: Node,
}

/// Which custom role.
#[derive(Clone, Debug)]
pub struct CustomRoleName {
    /// Its name, `type.name`.
    pub name: Spanned<String>,
    /// The entity it belongs to.
    pub organization: Spanned<String>,
}

/// A custom role kept as data.
#[derive(Clone, Debug)]
pub struct CustomRoleText {
    /// Which one.
    pub name: CustomRoleName,
    /// The whole of it, in the YAML form of a role.
    pub node: Node,
}

/// One step on the records of a directory, by the names that its text uses.
#[derive(Clone, Debug)]
pub enum Edit {
    /// An entity gets an entry.
    Declare(NewEntity),
    /// An entity loses its entry and all that stands there: parents, attributes, settings, links, whoever is assigned a role
    /// on it, custom roles. Entities that are nested in it keep theirs, and mentions of it stay.
    Remove {
        /// The entity.
        entity: String,
    },
    /// An entity comes to lie in another one too.
    AddParent {
        /// The entity.
        entity: String,
        /// The other.
        parent: Spanned<String>,
    },
    /// An entity lies in another one no longer.
    RemoveParent {
        /// The entity.
        entity: String,
        /// The other.
        parent: String,
    },
    /// An attribute takes a value; `null` takes it away.
    SetAttribute {
        /// The entity.
        entity: String,
        /// The attribute and the value.
        field: Field,
    },
    /// A setting takes a value of the entity's own; `null` takes it away.
    SetSetting {
        /// The entity.
        entity: String,
        /// The setting and the value.
        field: Field,
    },
    /// A subject is assigned a role.
    Assign(Assigned),
    /// All of a subject's assignments of a role on an entity go.
    Revoke {
        /// The subject, as in an assignment.
        subject: String,
        /// The role's name within the type of `on`.
        role: String,
        /// The entity.
        on: String,
    },
    /// An org policy is linked to an entity.
    Link(LinkName),
    /// It is linked no longer.
    Unlink {
        /// The policy.
        policy: String,
        /// The entity.
        on: String,
    },
    /// An org policy comes to be.
    AddPolicy(PolicyText),
    /// An org policy goes. Its links are edits of their own.
    RemovePolicy {
        /// Its name.
        name: String,
    },
    /// A custom role comes to be.
    AddCustomRole(CustomRoleText),
    /// A custom role goes. Its assignments are edits of their own.
    RemoveCustomRole {
        /// Its name, `type.name`.
        name: String,
        /// The entity it belongs to.
        organization: String,
    },
}
