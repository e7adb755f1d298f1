//! Editing the records of directory files, one step at a time.
//!
//! Records go from whichever file holds them; new ones are added to the last. What they mean is asked when a
//! [`Directory`](crate::directory::Directory) is built of them.

use super::read::Reader;
use super::{CustomRoleEntry, DirectoryTree, Mention, ParentMention, PolicyEntry, RoleKey, Window, WrittenAssignment};
use super::{Written, WrittenField, WrittenLink};
use crate::directory::change::{Assigned, Edit, Field, NewEntity};
use crate::directory::findings::Findings;
use crate::document::Node;
use crate::index::{Interner, Symbol};
use crate::source::{Span, Spanned};
use std::sync::Arc;

/// Takes one step on the records of `trees`, the last of which takes up what is new; there must be one.
pub fn edit(trees: &mut [Arc<DirectoryTree>], edit: &Edit) {
    match edit {
        Edit::Declare(entity) => add(trees, |reader| reader.declare(entity)),
        Edit::Remove { entity } => {
            from_each(trees.iter_mut(), entity, DirectoryTree::remove_entity);
            // A custom role names its owner in its own text, and may stand where nothing else speaks of that entity.
            let meant = |entry: &Arc<CustomRoleEntry>| entry.owner() == Some(entity.as_str());
            for tree in trees.iter_mut().filter(|tree| tree.declarations.custom_roles.iter().any(meant)) {
                Arc::make_mut(tree).declarations.custom_roles.retain(|entry| !meant(entry));
            }
        }
        Edit::AddParent { entity, parent } => add(trees, |reader| reader.lie_in(entity, parent)),
        Edit::RemoveParent { entity, parent } => from_each(trees, entity, |tree, entity| {
            if let Some(parent) = tree.texts.get(parent) {
                tree.parents.retain(|mention| (mention.entity, mention.parent) != (entity, parent));
            }
        }),
        Edit::SetAttribute { entity, field } => set(trees, entity, field, |tree| &mut tree.attributes),
        Edit::SetSetting { entity, field } => set(trees, entity, field, |tree| &mut tree.settings),
        Edit::Assign(assigned) => add(trees, |reader| reader.assign(assigned)),
        Edit::Revoke { subject, role, on } => {
            from_each(trees, on, |tree, on| tree.revoke(subject, role, on));
        }
        Edit::Link(link) => add(trees, |reader| {
            let entity = reader.tree.texts.intern(&link.on);
            let policy = reader.mention(&link.policy);
            reader.tree.links.push(WrittenLink { entity, policy });
        }),
        Edit::Unlink { policy, on } => from_each(trees, on, |tree, on| {
            if let Some(policy) = tree.texts.get(policy) {
                tree.links.retain(|link| (link.entity, link.policy.text) != (on, policy));
            }
        }),
        Edit::AddPolicy(policy) => add(trees, |reader| {
            let entry = PolicyEntry { name: policy.name.clone(), node: policy.node.clone() };
            reader.tree.declarations.policies.push(entry);
        }),
        Edit::RemovePolicy { name } => {
            for tree in
                trees.iter_mut().filter(|tree| tree.declarations.policies.iter().any(|entry| entry.name.value == *name))
            {
                Arc::make_mut(tree).declarations.policies.retain(|entry| entry.name.value != *name);
            }
        }
        Edit::AddCustomRole(role) => add(trees, |reader| {
            let (name, organization) = (role.name.name.clone(), role.name.organization.clone());
            let entry = CustomRoleEntry { name, organization: Some(organization), node: role.node.clone() };
            reader.tree.declarations.custom_roles.push(Arc::new(entry));
        }),
        Edit::RemoveCustomRole { name, organization } => {
            let meant = |entry: &Arc<CustomRoleEntry>| {
                entry.name.value == *name && entry.owner() == Some(organization.as_str())
            };
            for tree in trees.iter_mut().filter(|tree| tree.declarations.custom_roles.iter().any(meant)) {
                Arc::make_mut(tree).declarations.custom_roles.retain(|entry| !meant(entry));
            }
        }
    }
}

/// Changes each tree that speaks of an entity.
fn from_each<'t>(
    trees: impl IntoIterator<Item = &'t mut Arc<DirectoryTree>>,
    entity: &str,
    change: impl Fn(&mut DirectoryTree, Symbol),
) {
    for tree in trees {
        if let Some(entity) = tree.texts.get(entity) {
            change(Arc::make_mut(tree), entity);
        }
    }
}

/// Adds to the last tree.
fn add(trees: &mut [Arc<DirectoryTree>], change: impl FnOnce(&mut Reader)) {
    let Some(last) = trees.last_mut() else { return };
    let tree = std::mem::take(Arc::make_mut(last));
    let mut reader = Reader { tree, findings: Findings::default() };
    change(&mut reader);
    *last = Arc::new(reader.tree);
}

/// Replaces an attribute or a setting; `null` takes it away.
fn set(
    trees: &mut [Arc<DirectoryTree>],
    entity: &str,
    field: &Field,
    fields: impl Fn(&mut DirectoryTree) -> &mut Vec<WrittenField>,
) {
    from_each(trees.iter_mut(), entity, |tree, entity| {
        if let Some(key) = tree.texts.get(&field.key) {
            fields(tree).retain(|field| (field.entity, field.key.text) != (entity, key));
        }
    });
    if !field.value.is_null() {
        add(trees, |reader| {
            let written = reader.field_of(entity, field);
            fields(&mut reader.tree).push(written);
        });
    }
}

impl DirectoryTree {
    /// A value as a record of it would be, with the texts that it speaks of.
    pub(in crate::directory) fn written(value: &Node) -> (Interner, Written) {
        let mut reader = Reader { tree: Self::default(), findings: Findings::default() };
        let written = reader.written(value);
        (reader.tree.texts, written)
    }

    fn remove_entity(&mut self, entity: Symbol) {
        self.entries.retain(|entry| entry.text != entity);
        self.parents.retain(|mention| mention.entity != entity);
        self.attributes.retain(|field| field.entity != entity);
        self.settings.retain(|field| field.entity != entity);
        self.links.retain(|link| link.entity != entity);
        let gone: Vec<bool> = self.role_keys.iter().map(|key| key.entity == entity).collect();
        self.assignments.retain(|assignment| gone.get(assignment.key as usize) != Some(&true));
        self.drop_empty_keys(|key| key.entity == entity);
    }

    fn revoke(&mut self, subject: &str, role: &str, on: Symbol) {
        let (entity, userset) = subject.split_once('#').map_or((subject, None), |(on, role)| (on, Some(role)));
        let symbols = (self.texts.get(role), self.texts.get(entity), userset.map(|role| self.texts.get(role)));
        let (Some(role), Some(entity), userset) = symbols else { return };
        if userset == Some(None) {
            return;
        }
        let (keys, userset) = (&self.role_keys, userset.flatten());
        let meant = |key: &RoleKey| (key.entity, key.role.text) == (on, role);
        self.assignments.retain(|one| {
            (one.entity, one.userset) != (entity, userset) || !keys.get(one.key as usize).is_some_and(meant)
        });
        self.drop_empty_keys(meant);
    }

    /// Drops keys of roles that nobody is assigned any more, of those that are `meant`, and numbers the rest anew.
    fn drop_empty_keys(&mut self, meant: impl Fn(&RoleKey) -> bool) {
        let mut used = vec![false; self.role_keys.len()];
        for assignment in &self.assignments {
            if let Some(used) = used.get_mut(assignment.key as usize) {
                *used = true;
            }
        }
        let mut kept = Vec::with_capacity(self.role_keys.len());
        let numbers: Vec<u32> = self
            .role_keys
            .iter()
            .zip(used)
            .map(|(key, used)| {
                let number = u32::try_from(kept.len()).unwrap_or(u32::MAX);
                if used || !meant(key) {
                    kept.push(*key);
                }
                number
            })
            .collect();
        self.role_keys = kept;
        for assignment in &mut self.assignments {
            if let Some(&number) = numbers.get(assignment.key as usize) {
                assignment.key = number;
            }
        }
    }
}

impl Reader {
    fn mention(&mut self, text: &Spanned<String>) -> Mention {
        Mention { text: self.tree.texts.intern(text), span: text.span }
    }

    fn declare(&mut self, new: &NewEntity) {
        let entry = self.mention(&new.entity);
        self.tree.entries.push(entry);
        for parent in &new.parents {
            self.lie_in(&new.entity, parent);
        }
        for field in &new.attributes {
            let written = self.field_of(&new.entity, field);
            self.tree.attributes.push(written);
        }
        for field in &new.settings {
            let written = self.field_of(&new.entity, field);
            self.tree.settings.push(written);
        }
    }

    fn lie_in(&mut self, entity: &str, parent: &Spanned<String>) {
        let entity = self.tree.texts.intern(entity);
        let Mention { text: parent, span } = self.mention(parent);
        self.tree.parents.push(ParentMention { entity, parent, span });
    }

    fn field_of(&mut self, entity: &str, field: &Field) -> WrittenField {
        let entity = self.tree.texts.intern(entity);
        let (key, span) = (self.mention(&field.key), shown(field));
        WrittenField { entity, key, value: self.written(&field.value), span }
    }

    fn assign(&mut self, assigned: &Assigned) {
        let name = &assigned.name;
        let (entity, role) = (self.tree.texts.intern(&name.on), self.mention(&name.role));
        let key = u32::try_from(self.tree.role_keys.len()).unwrap_or(u32::MAX);
        self.tree.role_keys.push(RoleKey { entity, at: name.on.span, role });
        let window = (assigned.since.is_some() || assigned.until.is_some()).then(|| {
            self.tree.windows.push(Window { since: assigned.since, until: assigned.until });
            u32::try_from(self.tree.windows.len() - 1).unwrap_or(u32::MAX)
        });
        let (entity, userset) =
            name.subject.split_once('#').map_or((name.subject.as_str(), None), |(on, role)| (on, Some(role)));
        let (entity, userset) = (self.tree.texts.intern(entity), userset.map(|role| self.tree.texts.intern(role)));
        let span = name.subject.span;
        self.tree.assignments.push(WrittenAssignment { key, entity, userset, span, window });
    }
}

/// The place to show for a value; that of the key where there is none.
fn shown(field: &Field) -> Span {
    if field.value.is_null() { field.key.span } else { field.value.span }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::change;
    use crate::document;
    use crate::source::FileId;

    fn tree(text: &str) -> Arc<DirectoryTree> {
        let read = document::parse(FileId(0), text);
        let (tree, found) = super::super::read_inline(&read.node.expect("a document"));
        assert!(found.is_empty(), "{found:?}");
        Arc::new(tree)
    }

    fn revoke(subject: &str, role: &str, on: &str) -> Edit {
        Edit::Revoke { subject: subject.into(), role: role.into(), on: on.into() }
    }

    fn assignments(trees: &[Arc<DirectoryTree>]) -> Vec<String> {
        let mut shown = Vec::new();
        for tree in trees {
            for one in &tree.assignments {
                let key = tree.role_keys.get(one.key as usize).expect("a key");
                let text = |symbol| tree.texts.resolve(symbol);
                let userset = one.userset.map_or_else(String::new, |role| format!("#{}", text(role)));
                let (entity, role, on) = (text(one.entity), text(key.role.text), text(key.entity));
                shown.push(format!("{entity}{userset} {role} {on}"));
            }
        }
        shown
    }

    #[test]
    fn a_revoked_role_goes_from_every_file_and_nothing_else_does() {
        let first = "team:a: { roles: { member: [user:x, user:y, team:b#member], admin: user:x } }";
        let second = "team:b: { roles: { member: user:x } }\nteam:a: { roles: { member: { subject: user:x } } }";
        let mut trees = vec![tree(first), tree(second)];
        edit(&mut trees, &revoke("user:x", "member", "team:a"));
        let left =
            ["user:y member team:a", "team:b#member member team:a", "user:x admin team:a", "user:x member team:b"];
        assert_eq!(assignments(&trees), left);
        edit(&mut trees, &revoke("team:b#member", "member", "team:a"));
        edit(&mut trees, &revoke("team:b#nobody", "admin", "team:a"));
        assert_eq!(assignments(&trees), [left[0], left[2], left[3]]);
    }

    #[test]
    fn a_removed_entity_takes_what_stands_in_its_entry() {
        let text = "org:o: { team:a: { roles: { member: user:x }, size: 1, policy: p, settings: { s: 1 } }, roles: { member: user:x } }";
        let mut trees = vec![tree(text)];
        edit(&mut trees, &Edit::Remove { entity: "team:a".into() });
        assert_eq!(assignments(&trees), ["user:x member org:o"]);
        let tree = &trees[0];
        let counts = [tree.entries.len(), tree.parents.len(), tree.attributes.len(), tree.links.len()];
        assert_eq!((counts, tree.settings.len(), tree.role_keys.len()), ([1, 0, 0, 0], 0, 1));
    }

    #[test]
    fn a_custom_role_goes_with_its_owner_wherever_it_stands() {
        let read = document::parse(FileId(1), "custom_role: { name: team.r, in: org:o, extends: team.q }");
        let (changes, found) = change::read_list(&read.node.expect("a document"));
        assert!(found.is_empty(), "{found:?}");
        let Some(change::ChangeAction::CustomRole(role)) = changes.into_iter().next().map(|change| change.action)
        else {
            panic!("a custom role")
        };
        let mut trees = vec![tree("org:o: {}\norg:p: {}"), Arc::new(DirectoryTree::default())];
        edit(&mut trees, &Edit::AddCustomRole(role));
        edit(&mut trees, &Edit::Remove { entity: "org:p".into() });
        assert_eq!(trees[1].declarations.custom_roles.len(), 1);
        edit(&mut trees, &Edit::Remove { entity: "org:o".into() });
        assert_eq!((trees[0].len(), trees[1].declarations.custom_roles.len()), (0, 0));
    }

    #[test]
    fn what_is_new_goes_into_the_last() {
        let read = document::parse(FileId(1), "create: { entity: team:c, in: org:o, attributes: { size: 2 } }");
        let (changes, found) = change::read_list(&read.node.expect("a document"));
        assert!(found.is_empty(), "{found:?}");
        let Some(change::ChangeAction::Create(new)) = changes.into_iter().next().map(|change| change.action) else {
            panic!("a creation")
        };
        let mut trees = vec![tree("org:o: {}"), Arc::new(DirectoryTree::default())];
        edit(&mut trees, &Edit::Declare(new));
        assert_eq!((trees[0].len(), trees[1].len()), (1, 1));
        assert_eq!((trees[1].parents.len(), trees[1].attributes.len()), (1, 1));
    }
}
