//! Values in a compiled file.

use super::values::Pool;
use super::{Attributes, Stored, Values};
use crate::directory::EntityId;
use crate::directory::cell::{Cells, Element};
use crate::directory::spans::{Sections, Spans};
use crate::directory::texts::Texts;
use crate::image::{Fault, Image, ImageWriter, Section};
use crate::index::IndexVec;
use crate::schema::{AttributeInfo, Presence, Schema, TypeId, ValueType};
use crate::source::Span;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// An address. One of version 4 stands in the first bytes.
#[derive(Clone, Copy, FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(C)]
struct Address {
    version: u32,
    bytes: [u8; 16],
}

impl Values {
    /// Writes values that are sealed.
    pub(in crate::directory) fn write(&self, image: &mut ImageWriter) {
        let pool = &self.pool;
        pool.texts.write(image);
        let addresses: Vec<Address> = pool.addresses.iter().map(|&address| Address::from(address)).collect();
        image.rows(Section::Addresses, &addresses);
        let ends: Vec<u32> = pool.sets.iter().map(|range| range.end).collect();
        image.rows(Section::SetEnds, &ends);
        let elements: Vec<Element> = pool.elements.iter().map(|&element| Element::from(element)).collect();
        image.rows(Section::SetElements, &elements);
    }

    /// Reads the values. `is_entity` tells whether there is an entity.
    pub(in crate::directory) fn read(image: &Image, is_entity: &dyn Fn(EntityId) -> bool) -> Result<Self, Fault> {
        let mut values = Pool::default();
        values.texts = Texts::read(image)?;
        for (at, address) in image.table::<Address>(Section::Addresses)?.iter().enumerate() {
            let fault = Fault::row(Section::Addresses, at, "it is no address, or there twice");
            let address = address.read().ok_or_else(|| fault.clone())?;
            let id = values.addresses.push(address);
            if values.address_ids.insert(address, id).is_some() {
                return Err(fault);
            }
        }
        let elements = image.table::<Element>(Section::SetElements)?;
        let (mut start, mut stored) = (0_usize, Vec::new());
        for (at, &end) in image.table::<u32>(Section::SetEnds)?.iter().enumerate() {
            let fault = |what| Err(Fault::row(Section::SetEnds, at, what));
            let Some(own) = elements.get(start..end as usize) else { return fault("its elements are not there") };
            stored.clear();
            for element in own {
                let sound = element.stored().filter(|&value| values.knows(value, is_entity));
                let Some(value) =
                    sound.filter(|value| !matches!(value, Stored::Set(_) | Stored::Missing | Stored::Absent))
                else {
                    return fault("an element is no value");
                };
                stored.push(value);
            }
            if !stored.is_sorted_by(|one, other| one < other) {
                return fault("its elements are not sorted, or one is there twice");
            }
            if values.find_set(&stored).is_some() {
                return fault("the set is there twice");
            }
            values.push_set(&stored);
            start = end as usize;
        }
        if start != elements.len() {
            return Err(Fault::row(Section::SetElements, start, "it is no set's"));
        }
        Ok(Self::sealed(values))
    }

    /// Whether what a value refers to is there.
    pub(in crate::directory) fn knows(&self, value: Stored, is_entity: &dyn Fn(EntityId) -> bool) -> bool {
        self.pool.knows(value, is_entity)
    }

    /// Whether a value that refers to what is there is one of a type. What an empty set is one of, nobody can tell.
    pub(in crate::directory) fn fits(
        &self,
        value: Stored,
        ty: &ValueType,
        type_of: &dyn Fn(EntityId) -> TypeId,
    ) -> bool {
        self.pool.fits(value, ty, type_of)
    }
}

impl Pool {
    fn knows(&self, value: Stored, is_entity: &dyn Fn(EntityId) -> bool) -> bool {
        match value {
            Stored::Text(symbol) => (symbol.0 as usize) < self.texts.len(),
            Stored::Ip(address) => self.addresses.get(address).is_some(),
            Stored::Set(set) => self.sets.get(set).is_some(),
            Stored::Entity(entity) => is_entity(entity),
            _ => true,
        }
    }

    fn fits(&self, value: Stored, ty: &ValueType, type_of: &dyn Fn(EntityId) -> TypeId) -> bool {
        match (ty, value) {
            (ValueType::Bool, Stored::Bool(_))
            | (ValueType::Int, Stored::Int(_))
            | (ValueType::String, Stored::Text(_))
            | (ValueType::Timestamp, Stored::Timestamp(_))
            | (ValueType::Duration, Stored::Duration(_))
            | (ValueType::Ip, Stored::Ip(_)) => true,
            (ValueType::Enum(words), Stored::Text(symbol)) => {
                let text = self.texts.resolve(symbol);
                words.iter().any(|word| **word == *text)
            }
            (ValueType::Entity(wanted), Stored::Entity(entity)) => type_of(entity) == *wanted,
            (ValueType::Set(element), Stored::Set(set)) => {
                self.set(set).iter().all(|&value| self.fits(value, element, type_of))
            }
            _ => false,
        }
    }
}

impl From<IpAddr> for Address {
    fn from(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(address) => {
                let mut bytes = [0; 16];
                bytes.iter_mut().zip(address.octets()).for_each(|(to, from)| *to = from);
                Self { version: 4, bytes }
            }
            IpAddr::V6(address) => Self { version: 6, bytes: address.octets() },
        }
    }
}

impl Address {
    fn read(self) -> Option<IpAddr> {
        match (self.version, self.bytes) {
            (4, [a, b, c, d, rest @ ..]) if rest == [0; 12] => Some(IpAddr::V4(Ipv4Addr::new(a, b, c, d))),
            (6, bytes) => Some(IpAddr::V6(Ipv6Addr::from(bytes))),
            _ => None,
        }
    }
}

const SPANS: Sections =
    Sections { marks: Section::AttributeMarks, files: Section::AttributeFiles, whole: Section::AttributeSpans };

impl Attributes {
    pub(in crate::directory) fn write(&self, image: &mut ImageWriter) {
        image.rows(Section::AttributeDefaults, self.defaults.as_slice());
        self.cells.write(image);
        self.spans.write(SPANS, image);
    }

    /// Reads the cells, which are yet to be looked at. Whose they are is told by the places.
    pub(in crate::directory) fn read(image: &Image, schema: &Schema) -> Result<Self, Fault> {
        let cells = Cells::read(image)?;
        let spans = Spans::read(SPANS, image, cells.len())?;
        let defaults: IndexVec<TypeId, u32> = image.table::<u32>(Section::AttributeDefaults)?.iter().copied().collect();
        let mut next = 0_usize;
        let widths = schema.types.iter().map(|info| info.attributes.len());
        for (at, (width, &start)) in widths.zip(defaults.iter()).enumerate() {
            if start as usize != next {
                return Err(Fault::row(Section::AttributeDefaults, at, "they do not follow those before"));
            }
            next += width;
        }
        if defaults.len() != schema.types.len() || next > cells.len() {
            return Err(Fault::row(Section::AttributeDefaults, defaults.len(), "there is not one for each type"));
        }
        Ok(Self { cells, spans, defaults, rows: IndexVec::new(), own: u32::try_from(next).unwrap_or(u32::MAX) })
    }

    /// Whether the cells are values, and their places places.
    pub(in crate::directory) fn look(&self, is_place: &dyn Fn(Span) -> bool) -> Result<(), Fault> {
        self.cells.look()?;
        self.spans.look(SPANS, is_place)
    }

    /// Where the first row begins that is an entity's own.
    pub(in crate::directory) const fn first_own(&self) -> u32 {
        self.own
    }

    /// Whether a row is that of a type's defaults.
    pub(in crate::directory) fn is_default(&self, ty: TypeId, row: u32) -> bool {
        self.defaults.get(ty) == Some(&row)
    }

    /// Where the row after one of a type begins.
    pub(in crate::directory) fn after(&self, schema: &Schema, ty: TypeId, row: u32) -> u32 {
        let width = schema.types.get(ty).map_or(0, |info| info.attributes.len());
        row.saturating_add(u32::try_from(width).unwrap_or(u32::MAX))
    }

    /// Whether the rows end where one would begin.
    pub(in crate::directory) fn ends_at(&self, row: u32) -> bool {
        self.cells.len() == row as usize
    }

    /// The first slot of a row whose value is not one that an entity of the type may have. Whether an entity is of a type is
    /// told for nearly all of them without a look at it.
    #[inline]
    pub(in crate::directory) fn misfit(
        &self,
        row: u32,
        attributes: &[AttributeInfo],
        declared: bool,
        values: &Values,
        (is_of, type_of): (impl Fn(EntityId, TypeId) -> bool, &dyn Fn(EntityId) -> TypeId),
    ) -> Option<usize> {
        attributes.iter().enumerate().position(|(slot, attribute)| {
            let value = self.cells.get((row as usize).saturating_add(slot));
            let sound = value.is_some_and(|value| match (value, &attribute.presence) {
                (Stored::Missing, Presence::Required) => !declared,
                (Stored::Absent, Presence::Optional) => true,
                (Stored::Missing | Stored::Absent, _) => false,
                (Stored::Entity(entity), _)
                    if matches!(attribute.ty, ValueType::Entity(wanted) if is_of(entity, wanted)) =>
                {
                    true
                }
                _ => {
                    values.knows(value, &|entity| type_of(entity) != TypeId(u32::MAX))
                        && values.fits(value, &attribute.ty, type_of)
                }
            });
            !sound
        })
    }
}
