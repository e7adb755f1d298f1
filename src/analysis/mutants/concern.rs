//! Which changes have to do with a mutant of what says who may make them.

use super::Target;
use crate::directory::{Change, ChangeAction};
use crate::schema::{Schema, TypeId, split_entity};
use crate::syntax::ast::ChangeKind;

impl Target {
    /// Whether it may make a difference to who may make a change, as far as the change's kind and the type of its entity tell.
    #[must_use]
    pub fn concerns(self, change: &Change, schema: &Schema) -> bool {
        match self {
            Self::Changes(kind, ty) => kind_of(change, kind).is_some_and(|entity| may_be(entity, ty, schema)),
            Self::Assignments(ty) => match &change.action {
                ChangeAction::Assign(assigned) => may_be(Some(&assigned.name.on.value), ty, schema),
                ChangeAction::Revoke(name) => may_be(Some(&name.on.value), ty, schema),
                // One that is replaced is given anew to whoever is assigned it.
                ChangeAction::CustomRole(_) => true,
                _ => false,
            },
            _ => true,
        }
    }
}

/// Whether an entity may be of a type.
fn may_be(entity: Option<&str>, ty: TypeId, schema: &Schema) -> bool {
    let known = entity.and_then(split_entity).and_then(|(name, _)| schema.type_named(name));
    known.is_none_or(|known| known == ty)
}

/// The entity of which it is asked who may make changes of a kind, where a change asks that: nothing where that is more than
/// one, or told elsewhere.
fn kind_of(change: &Change, kind: ChangeKind) -> Option<Option<&str>> {
    use ChangeKind::{Create, CustomRoles, Delete, Link, Move, Set};
    let (asked, entity): (&[ChangeKind], Option<&str>) = match &change.action {
        // Giving values to settings is what linking an org policy does.
        ChangeAction::Create(new) => (&[Create, Link], Some(&new.entity.value)),
        ChangeAction::Set { entity, .. } => (&[Set, Link], Some(&entity.value)),
        ChangeAction::Delete { entity } => (&[Delete], Some(&entity.value)),
        ChangeAction::Move { entity, .. } => (&[Move], Some(&entity.value)),
        ChangeAction::Link(link) | ChangeAction::Unlink(link) => (&[Link], Some(&link.on.value)),
        ChangeAction::Policy(_) | ChangeAction::DeletePolicy { .. } => (&[Link], None),
        ChangeAction::CustomRole(_) | ChangeAction::DeleteCustomRole(_) => (&[CustomRoles], None),
        ChangeAction::Assign(_) | ChangeAction::Revoke(_) => (&[], None),
    };
    asked.contains(&kind).then_some(entity)
}
