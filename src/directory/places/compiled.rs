//! What a decision reads of each entity, in a compiled file.

use super::{Line, Places, UNDECLARED};
use crate::directory::EntityId;
use crate::directory::attributes::{Attributes, Values};
use crate::directory::containment::{ChainId, Chains};
use crate::directory::entities::EntityTable;
use crate::image::{Fault, Image, ImageWriter, Section};
use crate::index::{Idx, IndexTable, Stamp, Stretches};
use crate::schema::{Schema, TypeId};
use zerocopy::IntoBytes;

impl Places {
    pub(in crate::directory) fn write(&self, image: &mut ImageWriter) {
        image.rows(Section::Places, self.of.as_slice());
        image.rows(Section::Lines, self.lines.as_slice());
        image.rows(Section::Mentioned, &self.mentioned);
    }

    /// Reads the places, which are yet to be looked at.
    pub(in crate::directory) fn read(image: &Image) -> Result<Self, Fault> {
        let mut places = Self {
            stamp: Stamp::fresh(),
            of: image.table(Section::Places)?.into(),
            siblings: Stretches::default(),
            lines: IndexTable::from(image.table::<Line>(Section::Lines)?),
            mentioned: image.table(Section::Mentioned)?,
        };
        places.find_siblings();
        Ok(places)
    }

    /// The chain of an entity with an entry.
    pub(in crate::directory) fn declared_chain(&self, entity: EntityId) -> Option<ChainId> {
        self.of.get(entity).map(|place| place.chain).filter(|&chain| chain != UNDECLARED)
    }

    /// Whether each entity has one of its type, with a chain that there is and values that it may have. Yields how many
    /// entities of each type have an entry.
    pub(in crate::directory) fn look(
        &self,
        entities: &EntityTable,
        chains: &Chains,
        (attributes, values): (&Attributes, &Values),
        schema: &Schema,
    ) -> Result<Vec<u32>, Fault> {
        if self.of.len() != entities.len() {
            return Err(Fault::row(Section::Places, self.of.len(), "not every entity has one"));
        }
        let ranges = entities.ranges(schema.types.len());
        let is_of = |entity: EntityId, ty: TypeId| ranges.get(ty.index()).is_some_and(|range| range.contains(&entity));
        let type_of = |entity: EntityId| self.type_of(entity);
        let mut declared_of = vec![0; schema.types.len()];
        let mut mentioned = self.mentioned.iter();
        let mut next = attributes.first_own();
        for (entity, place) in (0..).map(EntityId).zip(self.of.iter()) {
            let fault = |what| Err(Fault::row(Section::Places, entity.index(), what));
            if place.ty != entities.type_of(entity) {
                return fault("the type is another than the entity's");
            }
            let declared = place.chain != UNDECLARED;
            if declared {
                if place.chain.index() >= chains.len() {
                    return fault("there is no such chain");
                }
                if let Some(count) = declared_of.get_mut(place.ty.0 as usize) {
                    *count += 1;
                }
            } else if mentioned.next() != Some(&entity) {
                return fault("it has no entry, and is not among those without");
            }
            if !attributes.is_default(place.ty, place.row) {
                if place.row != next || !declared {
                    return fault("its attributes do not follow those before");
                }
                next = attributes.after(schema, place.ty, next);
            }
            let info = schema.types.get(place.ty).map_or(&[][..], |info| &info.attributes);
            if attributes.misfit(place.row, info, declared, values, (&is_of, &type_of)).is_some() {
                return fault("an attribute is none that such an entity may have");
            }
        }
        if !attributes.ends_at(next) {
            return Err(Fault::row(Section::AttributeCells, next as usize, "it is nobody's"));
        }
        match mentioned.next() {
            Some(_) => Err(Fault::row(Section::Mentioned, 0, "they are not the entities without an entry")),
            None => Ok(declared_of),
        }
    }

    /// Whether lines are what lies above.
    pub(in crate::directory) fn look_at_lines(&self, chains: &Chains) -> Result<(), Fault> {
        if self.lines.len() != chains.len() {
            return Err(Fault::row(Section::Lines, self.lines.len(), "not every chain has one"));
        }
        for (chain, line) in (0..).map(ChainId).zip(self.lines.iter()) {
            if line.as_bytes() != self.lay_out(chains.ancestors(chain)).as_bytes() {
                return Err(Fault::row(Section::Lines, chain.index(), "it is not what lies above"));
            }
        }
        Ok(())
    }
}
