//! What lies in what in a sketch: what a search spoke of, and what types ask for besides.

use super::Drawing;
use super::values::some;
use crate::schema::{Cardinality, Presence, Reach, SettingId, TypeId};
use std::collections::BTreeSet;

impl Drawing<'_> {
    /// The entity that gives a setting its value on one: itself, or what it lies in.
    pub(super) fn giver(&mut self, of: &str, setting: SettingId) -> Option<String> {
        let ty = self.type_of(of)?;
        if self.schema.may_give(ty, setting) {
            return Some(of.to_owned());
        }
        let above = self.schema.settings.get(setting)?.ty;
        let name = self.type_name(above)?;
        Some(self.want_any(of, above, &name))
    }

    /// What of a type an entity is to lie in; anything, if nothing is said of it so far.
    pub(super) fn want_any(&mut self, of: &str, ty: TypeId, name: &str) -> String {
        let wanted = self.above.entry(of.to_owned()).or_default().wanted.entry(ty).or_default();
        if wanted.is_empty() {
            wanted.push(format!("{name}:any"));
        }
        let found = wanted.first().cloned().unwrap_or_default();
        self.entity(&found);
        self.entity(of).lacks.remove(name);
        found
    }

    pub(super) fn want(&mut self, of: &str, ty: TypeId, above: Vec<String>) {
        for name in above.iter().map(String::as_str).chain([of]) {
            self.entity(name);
        }
        if above.is_empty() {
            let lacked = self.type_name(ty);
            self.entity(of).lacks.extend(lacked);
        }
        // What lies in itself is what a path of its own type begins with.
        let above = above.into_iter().filter(|name| name != of).collect();
        self.above.entry(of.to_owned()).or_default().wanted.insert(ty, above);
    }

    /// Puts everything into what it is to lie in, and that into what its type asks for.
    pub(super) fn contain(&mut self) -> Option<()> {
        // What is passed on goes up, and types end.
        for _ in 0..=self.schema.types.len() {
            let names: Vec<String> = self.sketch.entities.keys().cloned().collect();
            for name in names {
                self.put(&name)?;
            }
        }
        Some(())
    }

    fn put(&mut self, name: &str) -> Option<()> {
        let ty = self.type_of(name)?;
        let wanted = self.above.get(name).cloned().unwrap_or_default().wanted;
        let mut parents: Vec<(TypeId, String)> = Vec::new();
        for parent in &self.schema.types.get(ty)?.parents {
            if let Some(names) = wanted.get(&parent.ty) {
                parents.extend(names.iter().map(|name| (parent.ty, name.clone())));
            }
        }
        for (&above, names) in &wanted {
            let is_direct = self.schema.types.get(ty)?.parents.iter().any(|parent| parent.ty == above);
            if is_direct || names.is_empty() || above == ty {
                continue;
            }
            // By a way that is there already, or else by one that the type asks for anyway.
            let leads = |parent: TypeId| self.schema.reach(parent, above) != Reach::Never;
            if !parents.iter().any(|(parent, _)| leads(*parent)) {
                let info = self.schema.types.get(ty)?;
                let ways = info.parents.iter().filter(|parent| parent.ty != ty && leads(parent.ty));
                let way = ways.min_by_key(|parent| parent.cardinality != Cardinality::One)?.ty;
                let between = self.between(way, above, names)?;
                parents.push((way, between));
            }
        }
        for parent in &self.schema.types.get(ty)?.parents {
            let is_there = parents.iter().any(|(known, _)| *known == parent.ty);
            let is_unwanted = wanted.get(&parent.ty).is_some_and(Vec::is_empty)
                || self.entity_is_told(name)
                    && wanted
                        .iter()
                        .any(|(above, names)| names.is_empty() && self.schema.reach(parent.ty, *above) != Reach::Never);
            if parent.cardinality != Cardinality::One || is_there {
                continue;
            }
            if is_unwanted {
                self.entity(name).is_told = true;
            } else {
                parents.push((parent.ty, format!("{}:any", self.type_name(parent.ty)?)));
            }
        }
        for (parent_type, parent) in &parents {
            self.entity(parent);
            for (&above, names) in wanted.iter().filter(|(above, _)| **above != *parent_type && **above != ty) {
                if self.schema.reach(*parent_type, above) != Reach::Never {
                    let of_parent = &mut self.above.entry(parent.clone()).or_default().wanted;
                    of_parent.entry(above).or_insert_with(|| names.clone());
                }
            }
        }
        self.entity(name).parents = parents.into_iter().map(|(_, name)| name).collect();
        Some(())
    }

    fn entity_is_told(&self, name: &str) -> bool {
        self.sketch.entities.get(name).is_some_and(|entity| entity.is_told)
    }

    /// An entity of a type that lies in others.
    fn between(&mut self, ty: TypeId, above: TypeId, names: &[String]) -> Option<String> {
        let type_name = self.type_name(ty)?;
        let ids = ["any", "other", "between"].map(|id| format!("{type_name}:{id}"));
        let fits = |name: &&String| {
            let wanted = self.above.get(*name).and_then(|of| of.wanted.get(&above));
            wanted.map_or(!self.sketch.entities.contains_key(*name) || name.ends_with(":any"), |wanted| wanted == names)
        };
        let name = ids.iter().find(fits)?.clone();
        self.want(&name, above, names.to_vec());
        Some(name)
    }

    /// Gives what is declared the attributes that it must have.
    pub(super) fn require(&mut self) {
        let names: Vec<String> = self.sketch.entities.keys().cloned().collect();
        for name in names {
            let Some(info) = self.type_of(&name).and_then(|ty| self.schema.types.get(ty)) else { continue };
            for attribute in info.attributes.iter().filter(|attribute| attribute.presence == Presence::Required) {
                if let Some(value) = some(self.schema, &attribute.ty, 0) {
                    let entity = self.entity(&name);
                    if !entity.attributes.contains_key(&*attribute.name) {
                        entity.required.insert(attribute.name.to_string(), value);
                    }
                }
            }
        }
    }

    /// The first entity of a type that one is or lies in.
    pub(super) fn upwards(&self, from: &str, ty: TypeId) -> Option<String> {
        let mut open = vec![from.to_owned()];
        let mut seen: BTreeSet<String> = BTreeSet::new();
        while let Some(name) = open.pop() {
            if self.type_of(&name) == Some(ty) {
                return Some(name);
            }
            let parents = self.sketch.entities.get(&name).map(|entity| entity.parents.clone()).unwrap_or_default();
            if seen.insert(name) {
                open.extend(parents);
            }
        }
        None
    }
}
