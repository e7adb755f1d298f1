//! The assignments of a directory as records: taken out of trees once a directory is built of them, and put together again
//! where records are wanted.

use super::{DirectoryTree, Mention, RoleKey, Window, WrittenAssignment};
use crate::directory::{Directory, Subject};
use crate::schema::Schema;

impl DirectoryTree {
    /// Records of all that is assigned in a directory, and of nothing else. The place of a subject stands for those of role
    /// and entity, which a directory does not keep.
    #[must_use]
    pub fn of_assignments(schema: &Schema, directory: &Directory) -> Self {
        let mut tree = Self::default();
        let role_name = |role| schema.roles.get(role).map_or("", |info| &info.name);
        for one in directory.assignments() {
            let span = one.span;
            let on = tree.texts.intern(&directory.name(schema, one.on));
            let role = Mention { text: tree.texts.intern(role_name(one.role)), span };
            let same = tree.role_keys.last().filter(|key| (key.entity, key.role.text) == (on, role.text));
            if same.is_none() {
                tree.role_keys.push(RoleKey { entity: on, at: span, role });
            }
            let entity = tree.texts.intern(&directory.name(schema, one.subject.entity()));
            let userset = match one.subject {
                Subject::Entity(_) => None,
                Subject::Userset { role, .. } => Some(tree.texts.intern(role_name(role))),
            };
            let window = (one.since.is_some() || one.until.is_some()).then(|| {
                tree.windows.push(Window { since: one.since, until: one.until });
                narrow(tree.windows.len() - 1)
            });
            let key = narrow(tree.role_keys.len() - 1);
            tree.assignments.push(WrittenAssignment { key, entity, userset, span, window });
        }
        tree
    }

    /// Whether anything is assigned in these records.
    #[must_use]
    pub fn assigns(&self) -> bool {
        !self.assignments.is_empty()
    }

    /// Takes out who is assigned what: a directory that was built of the records holds it.
    pub fn leave_out_assignments(&mut self) {
        self.role_keys = Vec::new();
        self.assignments = Vec::new();
        self.windows = Vec::new();
    }
}

fn narrow(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
