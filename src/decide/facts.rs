//! The directory of a snapshot with what a request says of undeclared entities laid over it.

use super::glance::Spots;
use super::setting::Inherited;
use super::snapshot::Snapshot;
use super::uppers::Upper;
use super::value::{Datum, Elements, Val};
use crate::directory::{EntityId, Line, Stored, ValueSpot};
use crate::index::Idx;
use crate::schema::{AttributeInfo, Cardinality, Presence, Reach, TypeId};
use smallvec::SmallVec;

/// Entities above one, itself apart.
pub(crate) type Above = SmallVec<[EntityId; 16]>;

/// An entity that a request speaks of and the directory does not declare.
#[derive(Clone, Debug)]
pub(crate) struct Undeclared {
    pub(crate) entity: EntityId,
    pub(crate) ty: TypeId,
    pub(crate) id: Box<str>,
    pub(crate) parents: Vec<EntityId>,
    /// By slot; nothing where the request gives nothing.
    pub(crate) attributes: Vec<Option<Datum>>,
    /// All entities above it, by any way.
    pub(crate) above: Above,
    pub(crate) settings: Inherited,
}

/// A snapshot's facts and a request's, as one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Facts<'a> {
    pub(crate) snapshot: &'a Snapshot,
    pub(crate) undeclared: &'a [Undeclared],
    /// The entity that conditions ask about most.
    pub(super) located: Option<Located>,
}

/// An entity whose type and place were read already, so that they need not be again.
#[derive(Clone, Copy, Debug)]
pub(super) struct Located {
    pub(super) entity: EntityId,
    pub(super) ty: TypeId,
    pub(super) spots: Spots,
}

impl<'a> Facts<'a> {
    /// What was read of an entity, if it is the one.
    #[inline]
    fn located(&self, entity: EntityId) -> Option<Located> {
        self.located.filter(|located| located.entity == entity)
    }

    fn fact(&self, entity: EntityId) -> Option<&'a Undeclared> {
        self.undeclared.iter().find(|known| known.entity == entity)
    }

    /// The settings of an entity that a request speaks of.
    pub(super) fn inherited(&self, entity: EntityId) -> Option<&'a Inherited> {
        self.fact(entity).map(|known| &known.settings)
    }

    /// What a request says an undeclared entity is contained in.
    pub(crate) fn parents(&self, entity: EntityId) -> &'a [EntityId] {
        self.fact(entity).map_or(&[], |known| &known.parents)
    }

    pub(crate) fn is_declared(&self, entity: EntityId) -> bool {
        self.snapshot.directory().is_declared(entity)
    }

    #[inline]
    pub(crate) fn type_of(&self, entity: EntityId) -> Option<TypeId> {
        if let Some(located) = self.located(entity) {
            return Some(located.ty);
        }
        let known = self.snapshot.directory().known_type_of(entity);
        if known.is_some() { known } else { self.type_of_stranger(entity) }
    }

    /// The type of an entity that the directory does not know.
    #[cold]
    fn type_of_stranger(&self, entity: EntityId) -> Option<TypeId> {
        let named = self.snapshot.named_by_policy(entity).map(|name| name.ty);
        named.or_else(|| self.fact(entity).map(|known| known.ty))
    }

    /// `type:id`.
    pub(crate) fn name(&self, entity: EntityId) -> String {
        let schema = self.snapshot.policy().schema();
        if entity.index() < self.snapshot.directory().len() {
            return self.snapshot.directory().name(schema, entity);
        }
        let named = self.snapshot.named_by_policy(entity).map(|name| (name.ty, &*name.id));
        let (ty, id) = match named.or_else(|| self.fact(entity).map(|known| (known.ty, &*known.id))) {
            Some(name) => name,
            None => return String::new(),
        };
        format!("{}:{id}", schema.types[ty].name)
    }

    /// All entities above one, each once: sorted where the directory declares it.
    #[inline]
    pub(crate) fn above(&self, entity: EntityId) -> &'a [EntityId] {
        if self.is_declared(entity) {
            return self.snapshot.directory().ancestors(entity);
        }
        self.fact(entity).map_or(&[], |known| &known.above)
    }

    /// The entities above a declared one; nothing where they are many.
    #[inline]
    pub(crate) fn line_above(&self, entity: EntityId) -> Option<&'a Line> {
        match self.located(entity) {
            Some(located) => self.snapshot.directory().line_at(located.spots.above),
            None => self.snapshot.directory().line_above(entity),
        }
    }

    /// Whether `upper` is strictly above `lower`.
    pub(crate) fn is_above(&self, upper: EntityId, lower: EntityId) -> bool {
        if self.is_declared(lower) {
            return self.snapshot.directory().ancestors(lower).binary_search(&upper).is_ok();
        }
        self.above(lower).contains(&upper)
    }

    /// The entity itself and all above it.
    pub(crate) fn upwards(&self, entity: EntityId) -> impl Iterator<Item = EntityId> + 'a {
        std::iter::once(entity).chain(self.above(entity).iter().copied())
    }

    /// The entity itself and those above it that are of a type.
    pub(crate) fn upwards_of(&self, entity: EntityId, ty: TypeId) -> impl Iterator<Item = EntityId> + 'a {
        let directory = self.snapshot.directory();
        let declared = self.is_declared(entity);
        let known = declared.then(|| directory.ancestors_of_type(entity, ty)).into_iter().flatten();
        let told = if declared { &[][..] } else { self.above(entity) };
        let facts = *self;
        let told = told.iter().copied().filter(move |&above| facts.type_of(above) == Some(ty));
        (self.type_of(entity) == Some(ty)).then_some(entity).into_iter().chain(known).chain(told)
    }

    /// The entity itself or the first above it that is of a type.
    #[inline]
    pub(crate) fn first_of(&self, entity: EntityId, ty: TypeId) -> Option<EntityId> {
        if self.type_of(entity) == Some(ty) {
            return Some(entity);
        }
        let upper = self.located(entity).and_then(|located| self.snapshot.upper(located.spots.above));
        if let Some(few) = upper.and_then(Upper::few) {
            // Two lines of them are those of what lies above most, and the third is read next.
            let is_wanted = |above: &&EntityId| self.snapshot.directory().known_type_of(**above) == Some(ty);
            return few.iter().find(is_wanted).copied();
        }
        match self.line_above(entity) {
            Some(line) => line.first_of(ty),
            None => self.upwards_of(entity, ty).next(),
        }
    }

    /// Whether a required parent is missing on some way up that could lead to `ty`.
    pub(crate) fn may_miss(&self, entity: EntityId, ty: TypeId) -> bool {
        // What is declared lies where its type says, and so does all that is above it.
        !self.is_declared(entity)
            && self.upwards(entity).any(|above| !self.is_declared(above) && self.misses_parent(above, ty))
    }

    fn misses_parent(&self, entity: EntityId, ty: TypeId) -> bool {
        let schema = self.snapshot.policy().schema();
        let Some(info) = self.type_of(entity).and_then(|of| schema.types.get(of)) else { return true };
        let parents = self.parents(entity);
        info.parents.iter().filter(|parent| parent.cardinality == Cardinality::One).any(|parent| {
            let given = parents.iter().any(|&given| self.type_of(given) == Some(parent.ty));
            !given && schema.reach(parent.ty, ty) != Reach::Never
        })
    }

    /// The ancestor-or-self of a type, in the form that the entity's own type gives it.
    pub(crate) fn ancestor(&self, entity: EntityId, ty: TypeId) -> Val<'a> {
        let Some(from) = self.type_of(entity) else { return Val::Unknown };
        let first = || self.first_of(entity, ty).map(Val::Entity);
        match self.snapshot.policy().schema().reach(from, ty) {
            Reach::Never => Val::Unknown,
            Reach::One => first().unwrap_or(Val::Unknown),
            Reach::Optional => match first() {
                Some(found) => found,
                None if self.may_miss(entity, ty) => Val::Unknown,
                None => Val::Absent,
            },
            Reach::Many if self.may_miss(entity, ty) => Val::Unknown,
            Reach::Many => Val::Set(Elements::Ancestors(entity, ty)),
        }
    }

    /// The value of an attribute of an entity that the directory declares.
    #[inline]
    pub(super) fn declared_attribute(&self, entity: EntityId, slot: usize) -> Option<Stored> {
        let values = self.located(entity).map_or(ValueSpot::UNKNOWN, |located| located.spots.values);
        self.snapshot.directory().attribute_at((entity, values), slot)
    }

    /// An attribute by slot.
    pub(crate) fn attribute(&self, entity: EntityId, ty: TypeId, slot: usize) -> Val<'a> {
        if self.is_declared(entity) {
            let directory = self.snapshot.directory();
            return Val::stored(directory, directory.attribute(entity, slot));
        }
        let given = self.fact(entity).and_then(|known| known.attributes.get(slot)?.as_ref());
        match given.or_else(|| self.snapshot.default(ty, slot)) {
            Some(datum) => datum.view(),
            None => missing(self.snapshot.policy().schema().types.get(ty).and_then(|info| info.attributes.get(slot))),
        }
    }
}

/// What a value is that nobody gives.
pub(super) fn missing<'a>(attribute: Option<&AttributeInfo>) -> Val<'a> {
    match attribute.map(|attribute| &attribute.presence) {
        Some(Presence::Optional) => Val::Absent,
        _ => Val::Unknown,
    }
}
