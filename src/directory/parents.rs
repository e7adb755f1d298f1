//! Whether an entity lies where its type says: the check that entries of a directory and facts of a request share.

use super::EntityId;
use crate::diagnostics::with_article;
use crate::schema::{Cardinality, ParentInfo, Reach, Schema, TypeId};

/// What is wrong with the parents of an entity.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ParentFault {
    /// Entities of its type do not lie in entities of this parent's type.
    WrongType {
        /// The parent.
        parent: EntityId,
    },
    /// Two parents of a type of which it can have one.
    Several {
        /// The type and how many of it there may be.
        allowed: ParentInfo,
        /// The one.
        first: EntityId,
        /// The other.
        second: EntityId,
    },
    /// No parent of a type of which it must have one. For facts of a request that is no fault: what is above is then
    /// unknown.
    Lacking {
        /// The type.
        ty: TypeId,
    },
    /// Two ways up lead to different entities of a type of which every way must lead to the same one.
    Apart {
        /// The type.
        ty: TypeId,
        /// The one way.
        first: Way,
        /// The other, through another parent or the same.
        second: Way,
    },
}

/// A way up.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Way {
    /// The parent it begins with.
    pub through: EntityId,
    /// Where it leads: that parent or something above it.
    pub to: EntityId,
}

/// Whether `parents`, each once, are of the types and as many as an entity of type `ty` has.
pub fn count_parents(
    schema: &Schema,
    ty: TypeId,
    parents: &[EntityId],
    type_of: impl Fn(EntityId) -> TypeId,
) -> Vec<ParentFault> {
    let allowed = schema.types.get(ty).map_or(&[][..], |info| &info.parents);
    let mut faults: Vec<ParentFault> = Vec::new();
    for &parent in parents {
        if !allowed.iter().any(|info| info.ty == type_of(parent)) {
            faults.push(ParentFault::WrongType { parent });
        }
    }
    for info in allowed {
        let mut of_type = parents.iter().copied().filter(|&parent| type_of(parent) == info.ty);
        match (info.cardinality, of_type.next(), of_type.next()) {
            (Cardinality::One, None, _) => faults.push(ParentFault::Lacking { ty: info.ty }),
            (Cardinality::One | Cardinality::Optional, Some(first), Some(second)) => {
                faults.push(ParentFault::Several { allowed: *info, first, second });
            }
            _ => {}
        }
    }
    faults
}

/// Whether all ways up lead to the same entity of each type of which an entity of type `ty` has exactly one above it.
///
/// Costs the ancestors of all parents together.
pub fn compare_ways<'a>(
    schema: &Schema,
    ty: TypeId,
    parents: &[EntityId],
    type_of: impl Fn(EntityId) -> TypeId,
    ancestors_of: impl Fn(EntityId) -> &'a [EntityId],
) -> Vec<ParentFault> {
    let mut found: Vec<(TypeId, Way, bool)> = Vec::new();
    let mut faults = Vec::new();
    for &through in parents {
        for &to in std::iter::once(&through).chain(ancestors_of(through)) {
            let above = type_of(to);
            if above == ty || schema.reach(ty, above) != Reach::One {
                continue;
            }
            match found.iter_mut().find(|(known, ..)| *known == above) {
                None => found.push((above, Way { through, to }, false)),
                Some((_, first, reported)) if first.to != to && !*reported => {
                    *reported = true;
                    faults.push(ParentFault::Apart { ty: above, first: *first, second: Way { through, to } });
                }
                Some(_) => {}
            }
        }
    }
    faults
}

impl ParentFault {
    /// What is wrong, in the user's words. `entity` is the entity's own name.
    pub fn message(&self, schema: &Schema, entity: &str, name: impl Fn(EntityId) -> String) -> String {
        match self {
            Self::WrongType { parent } => format!("`{entity}` cannot lie in `{}`", name(*parent)),
            Self::Several { first, second, .. } => {
                format!("`{entity}` lies in both `{}` and `{}`", name(*first), name(*second))
            }
            Self::Lacking { ty } => format!("`{entity}` lies in no `{}`", type_name(schema, *ty)),
            Self::Apart { first, second, .. } => {
                format!("`{entity}` lies in both `{}` and `{}`, by different ways", name(first.to), name(second.to))
            }
        }
    }

    /// What the type of the entity demands.
    #[must_use]
    pub fn help(&self, schema: &Schema, ty: TypeId) -> String {
        let own = type_name(schema, ty);
        match self {
            Self::WrongType { .. } => {
                let parents: Vec<String> = schema.types.get(ty).map_or_else(Vec::new, |info| {
                    info.parents.iter().map(|parent| format!("`{}`", type_name(schema, parent.ty))).collect()
                });
                if parents.is_empty() {
                    format!("{} lies in nothing", with_article(own))
                } else {
                    format!("{} lies in {}", with_article(own), parents.join(", "))
                }
            }
            Self::Several { allowed, .. } => {
                let count = if allowed.cardinality == Cardinality::One { "exactly one" } else { "at most one" };
                format!("{} lies in {count} `{}`", with_article(own), type_name(schema, allowed.ty))
            }
            Self::Lacking { ty } => {
                let wanted = type_name(schema, *ty);
                format!("nest it in the entry of {}, or write `in: {wanted}:ID`", with_article(wanted))
            }
            Self::Apart { ty, .. } => {
                format!("every way up from {} must lead to the same `{}`", with_article(own), type_name(schema, *ty))
            }
        }
    }
}

fn type_name(schema: &Schema, ty: TypeId) -> &str {
    schema.types.get(ty).map_or("", |info| &info.name)
}
