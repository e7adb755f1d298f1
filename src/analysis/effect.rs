//! What changes do to people: who gains and who loses what, by asking everything before and after.

use crate::compile::Node;
use crate::decide::{Query, Snapshot};
use crate::directory::{Edit, EntityId};
use crate::schema::{PermissionId, TypeId};
use rustc_hash::FxHashSet;
use std::collections::BTreeMap;

/// How many pairs of decisions are compared: what takes about a second.
const COMPARED: usize = 2_000_000;

/// What changes do to people.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Effect {
    /// Who gains or loses what, by subject and permission.
    pub differences: Vec<Difference>,
    /// How many decisions were compared.
    pub compared: usize,
    /// How many were left out, as there are too many.
    pub left_out: usize,
}

/// Somebody gains or loses a permission.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Difference {
    /// Who, `type:id`.
    pub subject: String,
    /// What, `type.action`.
    pub permission: String,
    /// Whether it is gained.
    pub gained: bool,
    /// On which entities, each `type:id`.
    pub entities: Vec<String>,
}

/// Compares the decisions of two states, between which lie these steps, at a moment, without context and facts.
///
/// Asked about are all who hold or held a role, and the declared entities of their types; about what is declared in one of
/// the states. What is there no longer is lost to whoever had something of it.
#[must_use]
pub fn effect(before: &Snapshot, after: &Snapshot, edits: &[Vec<Edit>], at: i64) -> Effect {
    let roles_only = edits.iter().flatten().all(|edit| matches!(edit, Edit::Assign(_) | Edit::Revoke { .. }));
    let subjects =
        if roles_only && !depends_on_others(after) { moved_subjects(before, after) } else { subjects(before, after) };
    let mut effect = Effect::default();
    let schema = after.policy().schema();
    let resources = resources(before, after);
    let mut found: BTreeMap<(usize, u32, bool), Vec<String>> = BTreeMap::new();
    let mut query = Query { at, ..Query::default() };
    for (number, subject) in subjects.iter().enumerate() {
        query.subject.clone_from(subject);
        for (name, ty) in &resources {
            query.resource.clone_from(name);
            for at in schema.types[*ty].permissions.clone() {
                if effect.compared == COMPARED {
                    effect.left_out += 1;
                    continue;
                }
                effect.compared += 1;
                let Some(info) = schema.permissions.get(PermissionId(at)) else { continue };
                query.action.replace_range(.., &schema.actions[info.action]);
                // Of what one of the states does not know, nothing is allowed there but what rules allow for whatever there is.
                let was = before.check(&query).is_ok_and(|decision| decision.allowed);
                let is = after.check(&query).is_ok_and(|decision| decision.allowed);
                if was != is {
                    found.entry((number, at, is)).or_default().push(query.resource.clone());
                }
            }
        }
    }
    effect.differences = found
        .into_iter()
        .map(|((number, permission, gained), entities)| Difference {
            subject: subjects.get(number).cloned().unwrap_or_default(),
            permission: schema.permission_name(PermissionId(permission)),
            gained,
            entities,
        })
        .collect();
    effect
}

/// What is declared in one of the states, with its type: what is there afterwards, and then what is gone.
fn resources(before: &Snapshot, after: &Snapshot) -> Vec<(String, TypeId)> {
    let declared = |snapshot: &Snapshot, entity: EntityId| snapshot.directory().is_declared(entity);
    let is_gone = |entity: EntityId| {
        let (was, is) = (before.directory(), after.directory());
        !is.find(was.type_of(entity), was.id_of(entity)).is_some_and(|now| declared(after, now))
    };
    let named = |snapshot: &Snapshot, entity: EntityId| {
        let directory = snapshot.directory();
        (directory.name(snapshot.policy().schema(), entity), directory.type_of(entity))
    };
    let there = after.directory().entities().filter(|&entity| declared(after, entity));
    let gone = before.directory().entities().filter(|&entity| declared(before, entity) && is_gone(entity));
    there.map(|entity| named(after, entity)).chain(gone.map(|entity| named(before, entity))).collect()
}

/// Whether some condition asks for the roles of others than the one who is asked about.
fn depends_on_others(snapshot: &Snapshot) -> bool {
    let programs = snapshot.policy().programs();
    programs.nodes().any(|node| match node {
        Node::Has(subject, ..) | Node::HasAny(subject, _) => {
            !matches!(programs.node(subject), Node::Subject | Node::Actor)
        }
        _ => false,
    })
}

/// All who hold a role in one of the states, and the declared entities of their types, by name.
fn subjects(before: &Snapshot, after: &Snapshot) -> Vec<String> {
    let mut names = FxHashSet::default();
    for snapshot in [before, after] {
        let (schema, directory) = (snapshot.policy().schema(), snapshot.directory());
        let holders: FxHashSet<EntityId> = snapshot.holdings().rows().map(|(subject, _)| subject).collect();
        let types: FxHashSet<TypeId> = holders.iter().map(|&subject| directory.type_of(subject)).collect();
        let asked = directory.entities().filter(|&entity| {
            holders.contains(&entity) || (directory.is_declared(entity) && types.contains(&directory.type_of(entity)))
        });
        names.extend(asked.map(|entity| directory.name(schema, entity)));
    }
    sorted(names)
}

/// Those who hold other roles somewhere, or within other times, than before.
fn moved_subjects(before: &Snapshot, after: &Snapshot) -> Vec<String> {
    let mut names = FxHashSet::default();
    for (one, other) in [(before, after), (after, before)] {
        let (schema, directory) = (one.policy().schema(), one.directory());
        let held =
            one.holdings().rows().flat_map(|(subject, row)| row.held().iter().map(move |held| (subject, row, held)));
        for (subject, row, held) in held {
            let same = |entity: EntityId| {
                let id = directory.id_of(entity);
                other.directory().find(directory.type_of(entity), id)
            };
            let there = same(subject).zip(same(held.on)).and_then(|(subject, on)| {
                let row = other.holdings().row(subject);
                Some((row, row.on(on)?))
            });
            if !there.is_some_and(|there| one.holdings().is_equal((row, held), other.holdings(), there)) {
                names.insert(directory.name(schema, subject));
            }
        }
    }
    sorted(names)
}

fn sorted(names: FxHashSet<String>) -> Vec<String> {
    let mut names: Vec<String> = names.into_iter().collect();
    names.sort_unstable();
    names
}
