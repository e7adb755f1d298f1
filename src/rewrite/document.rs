//! A directory that is one YAML or JSON document: where each entity stands, and what each edit comes to there.
//!
//! An entity that is taken out may still hold others, and one that leaves the parent it is nested in may come to another
//! in the next step. So both are only noted at first, and settled at the end, when it is known who is left and where it
//! belongs.

use super::draft::Draft;
use super::read::{self, What};
use super::sheet::{ItemId, Sheet};
use crate::diagnostics::{Code, Diagnostic};
use crate::document;
use crate::source::FileId;
use rustc_hash::{FxHashMap, FxHashSet};

/// A file that is one document.
#[derive(Debug)]
pub(super) struct Document<'t> {
    pub(super) sheet: Sheet<'t>,
    /// The entries of entities, those that were taken out left out.
    entities: FxHashMap<Box<str>, ItemId>,
    /// Entries that are to go with all but the entities nested in them, in the order of their going.
    gone: Vec<ItemId>,
    gone_items: FxHashSet<ItemId>,
    /// Entities that have left the parent they are nested in.
    moved: Vec<ItemId>,
    moved_items: FxHashSet<ItemId>,
    /// Custom roles that say whose they are.
    owned_roles: Vec<ItemId>,
    pub(super) changed: bool,
}

impl<'t> Document<'t> {
    /// Reads a document, given with a break at the end of its last line; `open_end` says that it had none.
    pub(super) fn read(name: &str, text: &'t str, json: bool, open_end: bool) -> Result<Self, Diagnostic> {
        let read = document::parse(FileId(0), text);
        if let Some(finding) = read.diagnostics.into_iter().find(Diagnostic::is_error) {
            return Err(Diagnostic::placeless(finding.code, format!("`{name}`: {}", finding.message)));
        }
        let sheet = read.node.and_then(|node| read::sheet(text, &node, What::Top, json, open_end));
        let Some(sheet) = sheet else {
            let message = format!("`{name}` is written in a way that cannot be edited and kept as it is");
            let help = "write each key as `key: value`, without `?`, and end each line with a line feed";
            return Err(Diagnostic::placeless(Code::Unsupported, message).help(help));
        };
        let mut entities = FxHashMap::default();
        let (mut waiting, mut owned_roles) = (vec![sheet.root], Vec::new());
        while let Some(item) = waiting.pop() {
            for &child in sheet.children(item) {
                let name = &sheet.items[child].name;
                if name.contains(':') {
                    entities.insert(name.clone(), child);
                    waiting.push(child);
                } else if &**name == "custom_roles" {
                    let roles = sheet.children(child).iter();
                    owned_roles.extend(roles.copied().filter(|&role| !sheet.items[role].said.is_empty()));
                }
            }
        }
        Ok(Self {
            sheet,
            entities,
            gone: Vec::new(),
            gone_items: FxHashSet::default(),
            moved: Vec::new(),
            moved_items: FxHashSet::default(),
            owned_roles,
            changed: false,
        })
    }

    /// The entry of an entity.
    pub(super) fn entity(&self, name: &str) -> Option<ItemId> {
        self.entities.get(name).copied()
    }

    /// Whether any entity of a type stands at the top.
    pub(super) fn has_at_top(&self, entity: &str) -> bool {
        let ty = entity.split_once(':').map_or(entity, |(ty, _)| ty);
        let top = self.sheet.children(self.sheet.root).iter();
        top.filter_map(|&item| self.sheet.items[item].name.split_once(':')).any(|(other, _)| other == ty)
    }

    /// Adds an entry below another, or at the top.
    pub(super) fn declare(&mut self, name: &str, parent: Option<ItemId>, entry: &Draft) {
        let parent = parent.unwrap_or(self.sheet.root);
        let item = self.sheet.plant_entity(parent, name, entry);
        self.entities.insert(name.into(), item);
    }

    /// Takes an entry out, whatever is nested in it left where it is for now.
    pub(super) fn remove(&mut self, name: &str) -> bool {
        let Some(item) = self.entities.remove(name) else { return false };
        self.gone.push(item);
        self.gone_items.insert(item);
        true
    }

    /// Takes an entry out, and the custom roles elsewhere that say they are the entity's.
    pub(super) fn remove_with_roles(&mut self, name: &str) {
        if self.remove(name) {
            self.changed = true;
        }
        let meant = |&&item: &&ItemId| *self.sheet.items[item].said == *name;
        let roles: Vec<ItemId> = self.owned_roles.iter().filter(meant).copied().collect();
        for item in roles {
            self.drop_role(item);
        }
    }

    pub(super) fn revoke(&mut self, subject: &str, role: &str, on: &str) -> bool {
        let entity = self.entity(on);
        let found = entity.and_then(|entity| Some((entity, self.sheet.role(entity, role)?)));
        let revoked = found.is_some_and(|(entity, entry)| self.sheet.remove_name(entry, subject, entity));
        self.changed |= revoked;
        revoked
    }

    pub(super) fn reassign(&mut self, subject: &Draft, role: &str, on: &str) -> bool {
        let entity = self.entity(on);
        let found = entity.and_then(|entity| Some((entity, self.sheet.role(entity, role)?)));
        let said = subject.said("subject");
        let replaced = found.is_some_and(|(entity, entry)| self.sheet.replace_name(entry, said, subject, entity));
        self.changed |= replaced;
        replaced
    }

    pub(super) fn has_policies(&self) -> bool {
        self.sheet.child(self.sheet.root, "policies").is_some()
    }

    pub(super) fn policy(&self, name: &str) -> Option<ItemId> {
        self.sheet.child(self.sheet.child(self.sheet.root, "policies")?, name)
    }

    pub(super) fn remove_policy(&mut self, name: &str) -> bool {
        let Some(item) = self.policy(name) else { return false };
        self.sheet.remove(item, self.sheet.root);
        self.changed = true;
        true
    }

    /// The entry of a custom role: below the entity it belongs to, or wherever it names that entity.
    pub(super) fn custom_role(&self, name: &str, owner: &str) -> Option<ItemId> {
        let items = &self.sheet.items;
        let below =
            self.entity(owner).and_then(|entity| self.sheet.child(self.sheet.child(entity, "custom_roles")?, name));
        below.filter(|&item| items[item].said.is_empty() || *items[item].said == *owner).or_else(|| {
            self.owned_roles.iter().copied().find(|&item| *items[item].name == *name && *items[item].said == *owner)
        })
    }

    pub(super) fn remove_custom_role(&mut self, name: &str, owner: &str) -> bool {
        let Some(item) = self.custom_role(name, owner) else { return false };
        self.drop_role(item);
        true
    }

    fn drop_role(&mut self, item: ItemId) {
        let roles = self.sheet.items[item].parent;
        if let Some(entity) = roles.and_then(|roles| self.sheet.items[roles].parent) {
            self.sheet.remove(item, entity);
            self.changed = true;
        }
        self.owned_roles.retain(|&role| role != item);
    }

    /// The entity that another is nested in, unless it has left it.
    fn nest(&self, item: ItemId) -> Option<ItemId> {
        let parent = self.sheet.items[item].parent.filter(|&parent| parent != self.sheet.root);
        parent.filter(|_| !self.moved_items.contains(&item))
    }

    pub(super) fn add_parent(&mut self, item: ItemId, parent: &str) {
        let nest = self.sheet.items[item].parent;
        let left = nest.is_some_and(|nest| *self.sheet.items[nest].name == *parent && !self.gone_items.contains(&nest));
        if !(left && self.moved_items.remove(&item)) {
            self.sheet.add_to(item, "in", parent);
        }
    }

    pub(super) fn remove_parent(&mut self, item: ItemId, parent: &str) -> bool {
        let nested = self.nest(item).is_some_and(|nest| *self.sheet.items[nest].name == *parent);
        if nested {
            self.moved.push(item);
            self.moved_items.insert(item);
        }
        self.sheet.take_from(item, "in", parent) || nested
    }

    /// Finishes what was only noted.
    pub(super) fn settle(&mut self) {
        for item in std::mem::take(&mut self.moved) {
            if self.moved_items.remove(&item) && !self.gone_items.contains(&item) {
                self.move_out(item);
            }
        }
        let gone = std::mem::take(&mut self.gone);
        for &item in &gone {
            let nested: Vec<ItemId> = self.sheet.children(item).to_vec();
            for child in nested {
                if self.sheet.items[child].name.contains(':') && !self.gone_items.contains(&child) {
                    // It still names what it lay in as its parent.
                    let parent = self.sheet.items[item].name.clone();
                    self.sheet.add_to(child, "in", &parent);
                    self.move_out(child);
                }
            }
        }
        for &item in &gone {
            if let Some(parent) = self.sheet.items[item].parent.filter(|parent| !self.gone_items.contains(parent)) {
                self.sheet.remove(item, parent);
            }
        }
        self.gone_items.clear();
    }

    /// Moves an entity to another parent that can hold its entry, or to the top.
    fn move_out(&mut self, item: ItemId) {
        let parents: Vec<Box<str>> = self
            .sheet
            .child(item, "in")
            .map_or_else(Vec::new, |entry| self.sheet.names(entry).into_iter().map(Box::from).collect());
        let home = parents.iter().find_map(|name| {
            let parent = self.entity(name)?;
            self.sheet.can_hold(parent, item).then_some((name, parent))
        });
        let parent = match home {
            Some((name, parent)) => {
                self.sheet.take_from(item, "in", name);
                parent
            }
            None => self.sheet.root,
        };
        let at = self.sheet.place_for(parent, &self.sheet.items[item].name);
        self.sheet.relocate(item, parent, at);
    }
}
