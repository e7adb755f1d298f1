//! In which facts the directories differ, assignments apart: those are told by what everybody holds.

use super::names::{Names, Pair, Side, Thing};
use super::supplied::{GivenOtherwise, Supplied, shown};
use super::values::{self, Plain};
use crate::directory::{ChainId, EntityId};
use crate::schema::{Schema, TypeId};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeSet;

/// How an entity differs.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Altered {
    /// It has an entry only on the new side.
    Added,
    /// It has an entry only on the old side.
    Removed,
    /// It lies elsewhere.
    Moved,
    /// An attribute has another value.
    Attribute {
        /// Its name.
        name: String,
        /// The value before; nothing where there was none.
        old: Option<String>,
        /// The value after.
        new: Option<String>,
    },
    /// Other org policies are linked to it.
    Linked,
    /// It gives settings other values, itself.
    Settings,
    /// An org policy that is linked to it on both sides gives a setting another value.
    Policy(GivenOtherwise),
}

impl Altered {
    /// In words, behind the entity's name.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Added => String::from("is new"),
            Self::Removed => String::from("is gone"),
            Self::Moved => String::from("lies elsewhere"),
            Self::Attribute { name, old, new } => {
                format!("has `{name}` {} instead of {}", shown(new.as_deref()), shown(old.as_deref()))
            }
            Self::Linked => String::from("has other org policies"),
            Self::Settings => String::from("gives settings other values"),
            Self::Policy(given) => format!("has {}", given.text(", which gives")),
        }
    }
}

/// What differs.
#[derive(Default)]
pub(super) struct Facts {
    /// By entity, how it differs.
    pub(super) altered: FxHashMap<Thing, Vec<Altered>>,
    /// The names of attributes that have another value anywhere.
    pub(super) attributes: FxHashSet<Box<str>>,
    /// The settings that may amount to something else anywhere.
    pub(super) settings: FxHashSet<Box<str>>,
    /// Whether the links of org policies differ anywhere.
    pub(super) links: bool,
    /// Whether anything lies elsewhere.
    pub(super) moved: bool,
    /// What lies elsewhere, be it by what it lies in.
    pub(super) elsewhere: FxHashSet<Thing>,
    /// The fields of the context that have another default, or another type.
    pub(super) context: BTreeSet<Box<str>>,
    /// Whether what may lie in what, or what acts as whom, is declared otherwise: then conditions read the same mean others.
    pub(super) everything: bool,
}

impl Facts {
    pub(super) fn of(names: &Names<'_>) -> Self {
        let mut facts = Self::default();
        facts.declarations(names);
        if !names.one_directory {
            let mut chains = Chains::default();
            for (thing, pair) in names.things.iter_enumerated() {
                facts.thing(names, &mut chains, thing, pair);
            }
        }
        facts.setting_values(names);
        facts
    }

    fn thing(&mut self, names: &Names<'_>, chains: &mut Chains, thing: Thing, pair: &Pair<Option<EntityId>>) {
        let declared = Pair::each(|side| names.is_declared(side, thing));
        match (declared.old, declared.new) {
            (false, true) => self.note(thing, Altered::Added),
            (true, false) => self.note(thing, Altered::Removed),
            _ => {}
        }
        if declared.old != declared.new && self.is_known_to_both(names, thing) {
            // Whoever reads through it reads something else.
            self.attributes.extend(attribute_names(names, thing));
            self.moved = true;
        }
        let (Some(old), Some(new)) = (pair.old, pair.new) else {
            for side in Side::BOTH {
                let directory = names.sides.of(side).directory();
                self.links |= pair.of(side).is_some_and(|entity| !directory.links(entity).is_empty());
            }
            return;
        };
        let directories = Pair::each(|side| names.sides.of(side).directory());
        let chain = (directories.old.chain(old), directories.new.chain(new));
        if declared.old == declared.new {
            let same = chains.same(names, chain);
            if !same.above {
                self.elsewhere.insert(thing);
                self.moved = true;
            }
            // What lies in something that is moved is moved by that.
            if !same.parents {
                self.note(thing, Altered::Moved);
            }
        }
        self.attribute_values(names, thing, old, new);
        let links = Pair::each(|side| {
            let entity = if side == Side::Old { old } else { new };
            let schema = names.sides.of(side).policy().schema();
            let links = names.sides.of(side).directory().links(entity).iter();
            links.filter_map(|link| schema.policies.get(link.policy)).collect::<Vec<_>>()
        });
        if links.old != links.new {
            self.note(thing, Altered::Linked);
            self.links = true;
        }
    }

    /// Whether both sides name it, be it in a condition alone.
    fn is_known_to_both(&self, names: &Names<'_>, thing: Thing) -> bool {
        let Some((side, entity)) = names.home(thing) else { return false };
        let id = names.sides.of(side).directory().id_of(entity);
        let other = names.sides.of(side.other());
        let ty = other.policy().schema().type_named(names.type_name(thing));
        names.entity(side.other(), thing).is_some() || ty.is_some_and(|ty| other.entity(ty, id).is_some())
    }

    fn attribute_values(&mut self, names: &Names<'_>, thing: Thing, old: EntityId, new: EntityId) {
        let sides = &names.sides;
        let info = |side: Side, entity| {
            let snapshot = sides.of(side);
            snapshot.policy().schema().types.get(snapshot.directory().type_of(entity))
        };
        let (Some(before), Some(after)) = (info(Side::Old, old), info(Side::New, new)) else { return };
        for (slot, attribute) in after.attributes.iter().enumerate() {
            let was = before.attribute(&attribute.name).map(|slot| sides.old.directory().attribute(old, slot));
            let is = sides.new.directory().attribute(new, slot);
            if was.is_some_and(|was| values::same_stored(names, was, is)) {
                continue;
            }
            let text = |side: Side, plain: Plain| values::text(names, side, &plain);
            let old = was.map(|was| values::plain(names, Side::Old, was)).and_then(|plain| text(Side::Old, plain));
            let new = text(Side::New, values::plain(names, Side::New, is));
            self.attributes.insert(attribute.name.clone());
            // Of what is declared on one side alone, there may be nothing to show.
            if was.is_some() || old != new {
                self.note(thing, Altered::Attribute { name: attribute.name.to_string(), old, new });
            }
        }
        for (slot, attribute) in before.attributes.iter().enumerate() {
            if after.attribute(&attribute.name).is_none() {
                let was = values::plain(names, Side::Old, sides.old.directory().attribute(old, slot));
                self.attributes.insert(attribute.name.clone());
                if let Some(was) = values::text(names, Side::Old, &was) {
                    self.note(
                        thing,
                        Altered::Attribute { name: attribute.name.to_string(), old: Some(was), new: None },
                    );
                }
            }
        }
    }

    /// Which settings may amount to something else, by what is given to them and how it is combined.
    fn setting_values(&mut self, names: &Names<'_>) {
        let (old, new) = (names.sides.old.policy().schema(), names.sides.new.policy().schema());
        let declared = |schema: &Schema, name: &str| {
            let info = schema.settings.get(schema.setting_named(name)?)?;
            Some((info.merge, info.value.text(schema), schema.types.get(info.ty).map(|ty| ty.name.clone())))
        };
        let all: BTreeSet<Box<str>> =
            old.settings.iter().chain(new.settings.iter()).map(|info| info.name.clone()).collect();
        for name in &all {
            if declared(old, name) != declared(new, name) || self.moved || self.everything {
                self.settings.insert(name.clone());
            }
        }
        if all.is_empty() {
            return;
        }
        let mut givers: Vec<Thing> = Vec::new();
        for side in Side::BOTH {
            let directory = names.sides.of(side).directory();
            givers.extend(directory.givers().into_iter().filter_map(|giver| names.thing(side, giver)));
        }
        givers.sort_unstable();
        givers.dedup();
        for thing in givers {
            let Some(pair) = names.things.get(thing) else { continue };
            let supplied = Supplied::of(names, pair);
            self.settings.extend(supplied.settings);
            if supplied.itself {
                self.note(thing, Altered::Settings);
            }
            supplied.policies.into_iter().for_each(|one| self.note(thing, Altered::Policy(one)));
        }
    }

    /// What is declared otherwise.
    fn declarations(&mut self, names: &Names<'_>) {
        let (old, new) = (names.sides.old.policy().schema(), names.sides.new.policy().schema());
        let parents = |schema: &Schema, ty: TypeId| {
            let name = |ty: TypeId| schema.types.get(ty).map(|info| info.name.clone());
            let info = schema.types.get(ty)?;
            let mut parents: Vec<_> =
                info.parents.iter().map(|parent| (name(parent.ty), format!("{:?}", parent.cardinality))).collect();
            parents.sort();
            let acts = info.acts_as.and_then(|slot| info.attributes.get(slot)).map(|attribute| attribute.name.clone());
            Some((parents, acts))
        };
        for info in old.types.iter().chain(new.types.iter()) {
            if let (Some(before), Some(after)) = (old.type_named(&info.name), new.type_named(&info.name)) {
                self.everything |= parents(old, before) != parents(new, after);
            }
        }
        let field = |schema: &Schema, name: &str| {
            let field = schema.context.iter().find(|field| *field.name == *name)?;
            Some((field.ty.text(schema), format!("{:?}", field.presence)))
        };
        for info in old.context.iter().chain(new.context.iter()) {
            if field(old, &info.name) != field(new, &info.name) {
                self.context.insert(info.name.clone());
            }
        }
        // A value that is missing or absent by default is so for whatever a request speaks of.
        for info in new.types.iter() {
            let Some(before) = old.type_named(&info.name).and_then(|ty| old.types.get(ty)) else { continue };
            for attribute in &info.attributes {
                let presence = |attribute: &crate::schema::AttributeInfo| format!("{:?}", attribute.presence);
                let was = before.attribute(&attribute.name).and_then(|slot| before.attributes.get(slot));
                if was.map(presence) != Some(presence(attribute)) {
                    self.attributes.insert(attribute.name.clone());
                }
            }
        }
    }

    /// Whether no entity differs.
    pub(super) fn are_same(&self) -> bool {
        self.altered.is_empty() && self.elsewhere.is_empty()
    }

    fn note(&mut self, thing: Thing, altered: Altered) {
        self.altered.entry(thing).or_default().push(altered);
    }
}

fn attribute_names(names: &Names<'_>, thing: Thing) -> Vec<Box<str>> {
    let Some((side, entity)) = names.home(thing) else { return Vec::new() };
    let snapshot = names.sides.of(side);
    let info = snapshot.policy().schema().types.get(snapshot.directory().type_of(entity));
    info.map_or_else(Vec::new, |info| info.attributes.iter().map(|attribute| attribute.name.clone()).collect())
}

/// Chains of both sides that were compared.
#[derive(Default)]
pub(super) struct Chains {
    known: FxHashMap<(ChainId, ChainId), Same>,
}

/// In how far what has one chain on the old side and another one on the new lies in the same.
#[derive(Clone, Copy)]
pub(super) struct Same {
    /// Whether its parents are the same.
    parents: bool,
    /// Whether all is that lies above it.
    above: bool,
}

impl Chains {
    pub(super) fn same(&mut self, names: &Names<'_>, (old, new): (ChainId, ChainId)) -> Same {
        *self.known.entry((old, new)).or_insert_with(|| {
            let things = |side: Side, entities: &[EntityId]| {
                let mut things: Vec<Option<Thing>> = entities.iter().map(|&entity| names.thing(side, entity)).collect();
                things.sort_unstable();
                things
            };
            let [before, after] = Side::BOTH.map(|side| names.sides.of(side).directory());
            let parents = things(Side::Old, before.chain_parents(old)) == things(Side::New, after.chain_parents(new));
            let above = things(Side::Old, before.chain_ancestors(old)) == things(Side::New, after.chain_ancestors(new));
            Same { parents, above: parents && above }
        })
    }
}
