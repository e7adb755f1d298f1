//! A directory file as it was written: who has an entry, what lies where, who is assigned what, by text and place.
//!
//! [`read()`] needs no policy: whether a type, a role or an attribute exists is asked when the
//! [`Directory`](super::Directory) is built. Texts are stored once each and everything else is flat lists of small
//! records, because a file may hold hundreds of thousands of assignments.

mod bulk;
mod compare;
mod declarations;
mod edit;
mod entry;
mod read;
mod recorded;
mod roles;

pub use bulk::BulkReader;
pub use compare::difference;
pub use declarations::{CustomRoleEntry, Declarations, PolicyEntry};
pub use edit::edit;
pub use read::{read, read_inline};

use crate::index::{Interner, Symbol};
use crate::schema::RawValue;
use crate::source::{FileId, Span};
use std::sync::Arc;

/// The words of an entity's entry that are no attributes.
pub(super) const RESERVED: [&str; 5] = ["in", "roles", "policy", "settings", "custom_roles"];

/// What one directory file says.
#[derive(Clone, Debug, Default)]
pub struct DirectoryTree {
    /// Every text that a record speaks of.
    pub(super) texts: Interner,
    /// The entries of entities, outer before inner.
    pub(super) entries: Vec<Mention>,
    /// What lies in what, by nesting and by `in`.
    pub(super) parents: Vec<ParentMention>,
    /// Attributes.
    pub(super) attributes: Vec<WrittenField>,
    /// Setting values.
    pub(super) settings: Vec<WrittenField>,
    /// Linked org policies, by the name of the policy.
    pub(super) links: Vec<WrittenLink>,
    /// The keys below `roles`.
    pub(super) role_keys: Vec<RoleKey>,
    /// Who is assigned these roles.
    pub(super) assignments: Vec<WrittenAssignment>,
    /// Bounds of the few assignments that have some.
    pub(super) windows: Vec<Window>,
    /// What is compiled with the policy.
    pub(super) declarations: Declarations,
    /// Whether it is in the bulk form: how an entry is written there is not how it is in a document.
    pub(super) bulk: bool,
    /// Whether a part of the file could not be read that may hold anything.
    pub(super) incomplete: bool,
}

/// A text and the place where it stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mention {
    pub(super) text: Symbol,
    pub(super) span: Span,
}

/// One entity lies in another.
#[derive(Clone, Copy, Debug)]
pub(super) struct ParentMention {
    pub(super) entity: Symbol,
    pub(super) parent: Symbol,
    /// The word after `in`, or the key of the nested entity.
    pub(super) span: Span,
}

/// A key and its value, an attribute's or a setting's.
#[derive(Clone, Debug)]
pub(super) struct WrittenField {
    pub(super) entity: Symbol,
    pub(super) key: Mention,
    pub(super) value: Written,
    pub(super) span: Span,
}

/// A linked org policy.
#[derive(Clone, Copy, Debug)]
pub(super) struct WrittenLink {
    pub(super) entity: Symbol,
    pub(super) policy: Mention,
}

/// A role's name below an entity's `roles`, or in an assignment of the bulk form.
#[derive(Clone, Copy, Debug)]
pub(super) struct RoleKey {
    pub(super) entity: Symbol,
    /// Where the entity is named.
    pub(super) at: Span,
    pub(super) role: Mention,
}

/// One subject of a role.
#[derive(Clone, Copy, Debug)]
pub(super) struct WrittenAssignment {
    /// Index of the [`RoleKey`].
    pub(super) key: u32,
    /// The entity, without `#role`.
    pub(super) entity: Symbol,
    /// The role after `#`, for a userset.
    pub(super) userset: Option<Symbol>,
    pub(super) span: Span,
    /// Index of the [`Window`], where there is one.
    pub(super) window: Option<u32>,
}

/// When an assignment counts, in milliseconds since 1970 UTC.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window {
    pub(super) since: Option<i64>,
    pub(super) until: Option<i64>,
}

/// The value of an attribute or a setting, before its type is known.
#[derive(Clone, Debug)]
pub(super) enum Written {
    /// Nothing, `null`, `~`.
    Null,
    /// A single value.
    Text {
        /// Its text.
        text: Symbol,
        /// Whether it can only be text.
        quoted: bool,
    },
    /// A list, with the place of each element.
    List(Box<[(Self, Span)]>),
    /// What no attribute can hold.
    Other(&'static str),
}

impl DirectoryTree {
    /// Whether its entries stand in a file.
    pub(super) fn is_of(&self, file: FileId) -> bool {
        self.entries.first().is_some_and(|entry| entry.span.file == file)
    }
}

impl Written {
    /// The value in the form that [`Schema::read_value`](crate::schema::Schema::read_value) takes.
    pub(super) fn raw(&self, texts: &Interner) -> RawValue {
        match self {
            Self::Null => RawValue::Null,
            Self::Text { text, quoted: true } => RawValue::String(texts.resolve(*text).to_owned()),
            Self::Text { text, quoted: false } => RawValue::Plain(texts.resolve(*text).to_owned()),
            // Elements are never lists themselves, so this goes one step down at most.
            Self::List(items) => RawValue::List(items.iter().map(|(item, _)| item.raw(texts)).collect()),
            Self::Other(what) => RawValue::Other(what),
        }
    }
}

impl DirectoryTree {
    /// The custom roles, in the order written.
    #[must_use]
    pub fn custom_roles(&self) -> &[Arc<CustomRoleEntry>] {
        &self.declarations.custom_roles
    }

    /// The org policies, in the order written.
    #[must_use]
    pub fn policies(&self) -> &[PolicyEntry] {
        &self.declarations.policies
    }

    /// Whether a part of the file could not be read that may hold anything: what seems to be missing may stand there.
    #[must_use]
    pub fn is_incomplete(&self) -> bool {
        self.incomplete
    }

    /// What is compiled with the policy.
    #[must_use]
    pub fn declarations(&self) -> &Declarations {
        &self.declarations
    }

    /// How many entities have an entry here.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether no entity has an entry here.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}
