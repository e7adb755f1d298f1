//! What is written below an entity's name, and in which order.

use super::draft::Draft;
use super::plant::Shape;
use super::read::What;
use super::sheet::{ItemId, Sheet, Style, Value};

/// The usual order of an entry's keys: a new key comes behind the last that goes before it.
fn rank(name: &str, what: What) -> u8 {
    match name {
        "entity" if what == What::Line => 0,
        "in" if what == What::Line => 1,
        "attributes" if what == What::Line => 2,
        _ if what == What::Line => 3,
        _ if name.contains(':') => 5,
        "policies" if what == What::Top => 6,
        _ if what == What::Top => 0,
        "in" => 0,
        "policy" => 2,
        "settings" => 3,
        "roles" => 4,
        "custom_roles" => 6,
        _ => 1,
    }
}

impl Sheet<'_> {
    /// Where a new key comes to stand in a mapping.
    pub(super) fn place_for(&self, parent: ItemId, name: &str) -> usize {
        let what = if parent == self.root { self.what } else { What::Entity };
        let children = self.children(parent);
        let same = |&child: &ItemId| {
            let ty = |name: &str| name.split_once(':').map(|(ty, _)| ty.to_owned());
            ty(name).is_some() && ty(&self.items[child].name) == ty(name)
        };
        let wanted = rank(name, what);
        let beside = children.iter().rposition(same);
        beside
            .or_else(|| children.iter().rposition(|&child| rank(&self.items[child].name, what) <= wanted))
            .map_or(0, |at| at + 1)
    }

    /// Adds an entry for an entity.
    pub(super) fn plant_entity(&mut self, parent: ItemId, name: &str, draft: &Draft) -> ItemId {
        let at = self.place_for(parent, name);
        let ty = |name: &str| name.split_once(':').map(|(ty, _)| ty.to_owned());
        let beside = at.checked_sub(1).and_then(|at| self.children(parent).get(at)).map(|&item| &self.items[item]);
        let flow = beside.is_some_and(|item| {
            let brackets = matches!(&item.value, Value::Items(held) if matches!(held.style, Style::Flow { .. }) && !held.items.is_empty());
            brackets && ty(&item.name) == ty(name)
        });
        self.plant(parent, at, name, draft, What::Entity, Shape { flow, dashes: false })
    }

    /// The value of a key, made where it is not there.
    fn mapping(&mut self, entity: ItemId, key: &str) -> ItemId {
        match self.child(entity, key) {
            Some(item) => item,
            None => {
                let at = self.place_for(entity, key);
                self.plant(entity, at, key, &Draft::Map(Vec::new()), What::Leaf, Shape::default())
            }
        }
    }

    /// Gives a key of a mapping another value, or takes it away.
    pub(super) fn set_key(&mut self, mapping: ItemId, key: &str, draft: &Draft, keep: ItemId) {
        match (self.child(mapping, key), draft) {
            (Some(item), Draft::Null) => self.remove(item, keep),
            (None, Draft::Null) => {}
            (Some(item), _) => self.set(item, draft),
            (None, _) => {
                let at = if mapping == keep { self.place_for(mapping, key) } else { self.children(mapping).len() };
                self.plant(mapping, at, key, draft, What::Leaf, Shape::default());
            }
        }
    }

    /// The same for a key of a mapping below one of an entity's keys: of `settings`, of `custom_roles`.
    pub(super) fn set_below(&mut self, entity: ItemId, below: &str, key: &str, draft: &Draft) {
        if *draft == Draft::Null && self.child(entity, below).is_none() {
            return;
        }
        let mapping = self.mapping(entity, below);
        self.set_key(mapping, key, draft, entity);
    }

    /// Adds to `in` or `policy`.
    pub(super) fn add_to(&mut self, entity: ItemId, key: &str, name: &str) {
        match self.child(entity, key) {
            Some(entry) => self.add_name(entry, &Draft::name(name)),
            None => {
                let at = self.place_for(entity, key);
                let name = Draft::name(name);
                // Lines are written by programs, which write lists.
                let names = if self.what == What::Line { Draft::List(vec![name]) } else { name };
                self.plant(entity, at, key, &names, What::Names, Shape::default());
            }
        }
    }

    /// Takes from `in` or `policy`; whether it was there.
    pub(super) fn take_from(&mut self, entity: ItemId, key: &str, name: &str) -> bool {
        self.child(entity, key).is_some_and(|entry| self.remove_name(entry, name, entity))
    }

    /// Adds who holds a role on an entity.
    pub(super) fn assign(&mut self, entity: ItemId, role: &str, subject: &Draft) {
        let roles = self.mapping(entity, "roles");
        if let Some(entry) = self.child(roles, role) {
            self.add_name(entry, subject);
            return;
        }
        let dashes = self
            .children(roles)
            .last()
            .is_some_and(|&last| self.held(last).is_some_and(|held| matches!(held.style, Style::Block { .. })));
        let at = self.children(roles).len();
        let list = Draft::List(vec![subject.clone()]);
        self.plant(roles, at, role, &list, What::Names, Shape { flow: false, dashes });
    }

    /// The names of those who hold a role on an entity.
    pub(super) fn role(&self, entity: ItemId, role: &str) -> Option<ItemId> {
        self.child(self.child(entity, "roles")?, role)
    }
}
