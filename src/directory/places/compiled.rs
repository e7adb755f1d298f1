//! What a decision reads of each entity, in a compiled file.

use super::{Line, Place, Places, UNDECLARED};
use crate::directory::EntityId;
use crate::directory::attributes::{Attributes, Values};
use crate::directory::containment::{ChainId, Chains};
use crate::directory::entities::EntityTable;
use crate::image::{Fault, Image, ImageWriter, Section};
use crate::index::{Idx, IndexTable, Stamp};
use crate::schema::{Schema, TypeId};
use zerocopy::IntoBytes;

impl Places {
    pub(in crate::directory) fn write(&self, image: &mut ImageWriter) {
        image.rows(Section::Places, self.of.as_slice());
        image.rows(Section::Lines, self.lines.as_slice());
        image.rows(Section::Mentioned, &self.mentioned);
    }

    /// Reads the places alone; [`Places::complete`] reads the rest.
    pub(in crate::directory) fn read(image: &Image, entities: &EntityTable) -> Result<Self, Fault> {
        let of = IndexTable::<EntityId, Place>::from(image.table(Section::Places)?);
        let of_type = |(entity, place): (EntityId, &Place)| place.ty == entities.type_of(entity);
        if of.len() != entities.len() {
            return Err(Fault::row(Section::Places, of.len(), "not every entity has one"));
        }
        if let Some(at) = (0..).map(EntityId).zip(of.iter()).position(|place| !of_type(place)) {
            return Err(Fault::row(Section::Places, at, "the type is another than the entity's"));
        }
        Ok(Self { stamp: Stamp::fresh(), of, ..Self::default() })
    }

    /// The chain of an entity with an entry.
    pub(in crate::directory) fn declared_chain(&self, entity: EntityId) -> Option<ChainId> {
        self.of.get(entity).map(|place| place.chain).filter(|&chain| chain != UNDECLARED)
    }

    /// Reads what hangs on chains and attributes, and compares all of it with these.
    pub(in crate::directory) fn complete(
        mut self,
        image: &Image,
        chains: &Chains,
        (attributes, values): (&Attributes, &Values),
        schema: &Schema,
    ) -> Result<Self, Fault> {
        let type_of = |entity: EntityId| self.of.get(entity).map_or(TypeId(u32::MAX), |place| place.ty);
        let mut next = attributes.first_own();
        for (at, place) in self.of.iter().enumerate() {
            let fault = |what| Err(Fault::row(Section::Places, at, what));
            let declared = place.chain != UNDECLARED;
            if declared && place.chain.index() >= chains.len() {
                return fault("there is no such chain");
            }
            if !attributes.is_default(place.ty, place.row) {
                if place.row != next || !declared {
                    return fault("its attributes do not follow those before");
                }
                next = attributes.after(schema, place.ty, next);
            }
            let info = schema.types.get(place.ty).map_or(&[][..], |info| &info.attributes);
            if attributes.misfit(place.row, info, declared, values, &type_of).is_some() {
                return fault("an attribute is none that such an entity may have");
            }
        }
        if !attributes.ends_at(next) {
            return Err(Fault::row(Section::AttributeCells, next as usize, "it is nobody's"));
        }
        self.lines = IndexTable::from(image.table::<Line>(Section::Lines)?);
        if self.lines.len() != chains.len() {
            return Err(Fault::row(Section::Lines, self.lines.len(), "not every chain has one"));
        }
        for (chain, line) in (0..).map(ChainId).zip(self.lines.iter()) {
            if line.as_bytes() != self.lay_out(chains.ancestors(chain)).as_bytes() {
                return Err(Fault::row(Section::Lines, chain.index(), "it is not what lies above"));
            }
        }
        self.few = self.lines.iter().map(Line::few).collect();
        self.mentioned = image.table(Section::Mentioned)?;
        let undeclared = (0..).map(EntityId).zip(self.of.iter()).filter(|(_, place)| place.chain == UNDECLARED);
        if !undeclared.map(|(entity, _)| entity).eq(self.mentioned.iter().copied()) {
            return Err(Fault::row(Section::Mentioned, 0, "they are not the entities without an entry"));
        }
        Ok(self)
    }
}
