//! What an entity itself gives settings: by its own `settings`, and by the org policies linked to it.

use crate::compile::CompiledPolicy;
use crate::directory::{Directory, EntityId};
use crate::schema::{PolicyId, SettingId, Value};
use crate::source::Span;

/// A value given to a setting on an entity.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Supply {
    /// The setting.
    pub setting: SettingId,
    /// Where it is given.
    pub entity: EntityId,
    /// By what.
    pub by: Supplier,
    /// The value; a set is sorted.
    pub value: Value,
    /// The value's place.
    pub span: Span,
    /// Whether it counts at all.
    pub standing: Standing,
}

/// What gives a value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Supplier {
    /// The entity's own `settings`.
    Own,
    /// An org policy linked to it.
    Policy {
        /// The policy.
        policy: PolicyId,
        /// The place of its name where it is linked.
        link: Span,
    },
}

/// Whether a value counts on the entity that it is given on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing {
    /// It does, there and below.
    Counts,
    /// It is a linked policy's, and the entity's own `settings` stand in its place.
    Replaced,
    /// It is a linked policy's, and the setting is not given on entities of this type.
    OutOfPlace,
}

/// All that an entity itself gives settings, its own `settings` first, then its policies in the order linked.
#[must_use]
pub fn supplies(policy: &CompiledPolicy, directory: &Directory, entity: EntityId) -> Vec<Supply> {
    let own = directory.settings(entity);
    let mut supplies: Vec<Supply> = own
        .iter()
        .filter_map(|entry| {
            Some(Supply {
                setting: entry.setting,
                entity,
                by: Supplier::Own,
                value: directory.value(entry.value)?.canonical(),
                span: entry.span,
                standing: Standing::Counts,
            })
        })
        .collect();
    let ty = directory.type_of(entity);
    for link in directory.links(entity) {
        for given in policy.given_settings(link.policy) {
            let standing = if !policy.schema().may_give(ty, given.setting) {
                Standing::OutOfPlace
            } else if own.iter().any(|entry| entry.setting == given.setting) {
                Standing::Replaced
            } else {
                Standing::Counts
            };
            supplies.push(Supply {
                setting: given.setting,
                entity,
                by: Supplier::Policy { policy: link.policy, link: link.span },
                value: given.value.clone().canonical(),
                span: given.span,
                standing,
            });
        }
    }
    supplies
}
