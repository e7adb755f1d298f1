//! Facts, and what follows from them, in a compiled file.
//!
//! They are written in one form, whichever way they came to be: entities are numbered by type and id, everything else in the
//! order in which they lead to it, and what nothing leads to any more is left out. So states that say the same are the same
//! bytes, and a change made in the tables can be compared with tables that were made anew.
//!
//! Read, all of it is looked at once: every number leads to something of its kind, every list is in its order, and what is
//! told twice of names and containment is told alike.

mod renumber;
mod wordings;

pub(in crate::directory) use renumber::Renumbered;

use super::assignments::Assignments;
use super::attributes::{Attributes, Values};
use super::by_entity::ByEntity;
use super::cell::Element;
use super::containment::Chains;
use super::entities::EntityTable;
use super::holdings::ReadHoldings;
use super::places::Places;
use super::{Directory, EntityId, Holdings, Link, SettingEntry};
use crate::compile::{CompiledPolicy, NodeId};
use crate::image::{Fault, Image, ImageWriter, Section};
use crate::index::{AtOnce, try_each};
use crate::schema::{PolicyId, RoleId, Schema, SettingId};
use crate::source::Span;
use std::sync::{Arc, OnceLock};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// By what numbers a file knows what a policy and the texts are.
pub struct Numbers<'a> {
    /// Its vocabulary, of the same types, attributes and settings.
    pub schema: &'a Schema,
    /// Its number of a role.
    pub role: &'a dyn Fn(RoleId) -> Option<RoleId>,
    /// Its number of an org policy.
    pub policy: &'a dyn Fn(PolicyId) -> Option<PolicyId>,
    /// Its number of a program.
    pub program: &'a dyn Fn(NodeId) -> Option<NodeId>,
    /// Its place for a place; nothing where only what is said counts, and neither where nor in which order or words.
    pub span: Option<&'a dyn Fn(Span) -> Span>,
}

/// The hash function by which tables of names are laid out, as a file has to be written and read.
#[must_use]
pub fn hash_of_names() -> u64 {
    super::name_table::hash_of_known()
}

/// A link, with its entity.
#[derive(Clone, Copy, FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(C)]
struct LinkRow {
    entity: EntityId,
    policy: PolicyId,
    span: Span,
}

/// A value given to a setting, with its entity.
#[derive(Clone, Copy, FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(C)]
struct SettingRow {
    entity: EntityId,
    setting: SettingId,
    value: Element,
    span: Span,
    rest: u32,
}

/// Writes facts and holdings; `None` where they contradict each other or the numbers.
#[must_use]
pub fn write(directory: &Directory, holdings: &Holdings, numbers: &Numbers<'_>, image: &mut ImageWriter) -> Option<()> {
    let renumbered = Renumbered::new(directory, numbers)?;
    let same = directory.renumbered(&renumbered)?;
    same.entities.write(image);
    same.chains.write(image);
    same.places.write(image);
    same.attributes.write(image);
    same.values.write(image);
    same.assignments.write(image);
    image.bytes(Section::Wordings, wordings::write(&same.wordings));
    let links = same.entities().flat_map(|entity| {
        same.links(entity).iter().map(move |&Link { policy, span }| LinkRow { entity, policy, span })
    });
    image.rows(Section::PolicyLinks, &links.collect::<Vec<_>>());
    let settings = same.entities().flat_map(|entity| {
        same.settings(entity).iter().map(move |&SettingEntry { setting, value, span }| SettingRow {
            entity,
            setting,
            value: Element::from(value),
            span,
            rest: 0,
        })
    });
    image.rows(Section::SettingValues, &settings.collect::<Vec<_>>());
    holdings.renumbered(&renumbered)?.write(image);
    Some(())
}

/// Reads facts and holdings. `is_place` tells whether there is a place.
///
/// # Errors
/// The first row that makes no sense.
pub fn read(
    image: &Image,
    policy: &CompiledPolicy,
    is_place: &(dyn Fn(Span) -> bool + Sync),
    at_once: AtOnce<'_>,
) -> Result<(Directory, Holdings), Fault> {
    let schema = policy.schema();
    let mut entities = EntityTable::read(image)?;
    let count = entities.len();
    let is_entity = |entity: EntityId| (entity.0 as usize) < count;
    let values = Values::read(image, &is_entity)?;
    let attributes = Attributes::read(image, schema)?;
    let (places, chains) = (Places::read(image)?, Chains::read(image)?);
    let assignments = Assignments::read(image)?;
    let holdings = ReadHoldings::new(image, policy, &places, count)?;
    // Each rests on what others look at: it may meet what makes no sense, which another will tell, and must get past it.
    // Those that take long come first, so that nobody is left alone with one.
    let declared_of = OnceLock::new();
    let looks: [&(dyn Fn() -> Result<(), Fault> + Sync); 8] = [
        &|| entities.look_at_names(schema.types.len()),
        &|| {
            let counted = places.look(&entities, &chains, (&attributes, &values), schema)?;
            drop(declared_of.set(counted));
            Ok(())
        },
        &|| assignments.look(count, schema, &places, is_place),
        &|| holdings.look(policy, &places, count),
        &|| attributes.look(is_place),
        &|| entities.look_at_places(is_place),
        &|| chains.look(|entity| places.declared_chain(entity)),
        &|| places.look_at_lines(&chains),
    ];
    try_each(&looks, at_once, |look| look())?;
    entities.set_declared(declared_of.into_inner().unwrap_or_default());
    let links = links(image, schema, &places, is_place)?;
    let settings = settings(image, schema, (&places, &values), is_place)?;
    let directory = Directory {
        entities: Arc::new(entities),
        chains: Arc::new(chains),
        attributes: Arc::new(attributes),
        values,
        assignments,
        places: Arc::new(places),
        links: Arc::new(ByEntity::new(count, links)),
        settings: Arc::new(ByEntity::new(count, settings)),
        wordings: wordings::read(image, count)?,
        ..Directory::default()
    };
    let holdings = holdings.finish(policy, &directory);
    Ok((directory, holdings))
}

/// The links of org policies, by entity.
fn links(
    image: &Image,
    schema: &Schema,
    places: &Places,
    is_place: &dyn Fn(Span) -> bool,
) -> Result<Vec<(EntityId, Link)>, Fault> {
    let (mut links, mut before) = (Vec::new(), EntityId(0));
    for (at, &LinkRow { entity, policy, span }) in image.table(Section::PolicyLinks)?.iter().enumerate() {
        let known = schema.policies.get(policy).is_some() && places.is_declared(entity);
        if !known || entity < before || !is_place(span) {
            return Err(Fault::row(Section::PolicyLinks, at, "it is no link"));
        }
        before = entity;
        links.push((entity, Link { policy, span }));
    }
    Ok(links)
}

/// The values given to settings, by entity.
fn settings(
    image: &Image,
    schema: &Schema,
    (places, values): (&Places, &Values),
    is_place: &dyn Fn(Span) -> bool,
) -> Result<Vec<(EntityId, SettingEntry)>, Fault> {
    let type_of = |entity| places.type_of(entity);
    let is_entity = |entity| places.known_type_of(entity).is_some();
    let (mut settings, mut before) = (Vec::new(), EntityId(0));
    for (at, &SettingRow { entity, setting, value, span, rest }) in
        image.table(Section::SettingValues)?.iter().enumerate()
    {
        let fits = value.stored().filter(|&value| {
            let info = schema.settings.get(setting);
            values.knows(value, &is_entity) && info.is_some_and(|info| values.fits(value, &info.value, &type_of))
        });
        let sound = entity >= before
            && places.is_declared(entity)
            && schema.may_give(places.type_of(entity), setting)
            && is_place(span)
            && rest == 0;
        let Some(value) = fits.filter(|_| sound) else {
            return Err(Fault::row(Section::SettingValues, at, "it is no value of a setting"));
        };
        before = entity;
        settings.push((entity, SettingEntry { setting, value, span }));
    }
    Ok(settings)
}
