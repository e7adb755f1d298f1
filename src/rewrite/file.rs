//! One file of a directory, in either form.

use super::bulk::Bulk;
use super::document::Document;
use super::draft::Draft;

/// A file with what was done to it.
#[derive(Debug)]
pub(super) enum File<'t> {
    Document(Box<Document<'t>>),
    Bulk(Box<Bulk<'t>>),
}

impl File<'_> {
    pub(super) fn revoke(&mut self, subject: &str, role: &str, on: &str) -> bool {
        match self {
            Self::Document(document) => document.revoke(subject, role, on),
            Self::Bulk(bulk) => bulk.revoke(subject, role, on),
        }
    }

    pub(super) fn reassign(&mut self, subject: &Draft, role: &str, on: &str) -> bool {
        match self {
            Self::Document(document) => document.reassign(subject, role, on),
            Self::Bulk(bulk) => bulk.reassign(subject, role, on),
        }
    }

    pub(super) fn remove_policy(&mut self, name: &str) -> bool {
        match self {
            Self::Document(document) => document.remove_policy(name),
            Self::Bulk(bulk) => bulk.remove_policy(name),
        }
    }

    pub(super) fn remove_custom_role(&mut self, name: &str, owner: &str) -> bool {
        match self {
            Self::Document(document) => document.remove_custom_role(name, owner),
            Self::Bulk(bulk) => bulk.remove_custom_role(name, owner),
        }
    }

    /// Takes an entity out, with all that is said of it elsewhere.
    pub(super) fn remove(&mut self, entity: &str) {
        match self {
            Self::Document(document) => document.remove_with_roles(entity),
            Self::Bulk(bulk) => {
                bulk.remove(entity);
                bulk.remove_what_is_on(entity);
            }
        }
    }

    /// Whether entities of the type of this one stand at its top.
    pub(super) fn has_type_of(&self, name: &str) -> bool {
        match self {
            Self::Document(document) => document.has_at_top(name),
            Self::Bulk(bulk) => bulk.has_type_of(name),
        }
    }

    pub(super) fn has_policy(&self, name: &str) -> bool {
        match self {
            Self::Document(document) => document.policy(name).is_some(),
            Self::Bulk(bulk) => bulk.has_policy(name),
        }
    }

    /// The text, if it was changed.
    pub(super) fn text(&self) -> Option<String> {
        match self {
            Self::Document(document) => document.changed.then(|| document.sheet.print()),
            Self::Bulk(bulk) => bulk.changed.then(|| bulk.text()),
        }
    }
}
