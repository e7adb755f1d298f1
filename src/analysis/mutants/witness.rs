//! A question that a policy and its mutant answer otherwise: what a test that notices the mutant asks.

use super::said_otherwise;
use crate::analysis::{amount, setting};
use crate::decide::{Request, Snapshot};
use crate::directory::EntityId;
use crate::explain::SettingReport;

/// How many questions are tried for one mutant.
const TRIES: usize = 60_000;

/// Something that a policy answers, and its mutant does not.
#[derive(Clone, PartialEq, Debug)]
pub enum Witness {
    /// A decision.
    Decision {
        /// Who asks.
        subject: String,
        /// The verb.
        action: String,
        /// What it is done to.
        resource: String,
        /// Whether the policy allows it.
        allowed: bool,
    },
    /// What a setting amounts to.
    Setting {
        /// Whose setting it is.
        entity: String,
        /// What it amounts to by the policy.
        report: Box<SettingReport>,
    },
}

/// The first question about entities of a directory, at a moment, that two snapshots of it answer otherwise: first about
/// what settings amount to, then about what whoever holds a role, or is declared, may do to what is declared.
#[must_use]
pub fn witness(policy: &Snapshot, mutant: &Snapshot, at: i64) -> Option<Witness> {
    of_settings(policy, mutant).or_else(|| of_decisions(policy, mutant, at))
}

fn of_settings(policy: &Snapshot, mutant: &Snapshot) -> Option<Witness> {
    let (schema, directory) = (policy.policy().schema(), policy.directory());
    let declared = directory.entities().filter(|&entity| directory.is_declared(entity));
    declared.take(TRIES).find_map(|entity| {
        let ty = directory.type_of(entity);
        let other = mutant.entity(ty, directory.id_of(entity))?;
        schema.settings.ids().filter(|&id| schema.concerns(ty, id)).find_map(|id| {
            let differs = amount(policy, entity, id) != amount(mutant, other, id);
            let report = differs.then(|| setting(policy, entity, id))??;
            Some(Witness::Setting { entity: directory.name(schema, entity), report: Box::new(report) })
        })
    })
}

fn of_decisions(policy: &Snapshot, mutant: &Snapshot, at: i64) -> Option<Witness> {
    let (schema, directory) = (policy.policy().schema(), policy.directory());
    let declared: Vec<EntityId> = directory.entities().filter(|&entity| directory.is_declared(entity)).collect();
    let holds = |entity: EntityId| directory.assignments_of(entity).next().is_some();
    let acts = |entity: EntityId| schema.types[directory.type_of(entity)].acts_as.is_some();
    let (mut subjects, others): (Vec<EntityId>, Vec<EntityId>) =
        directory.entities().partition(|&entity| holds(entity) || acts(entity));
    // Of those who hold nothing, one of each type is as good as all.
    let mut types = Vec::new();
    subjects.extend(others.into_iter().filter(|&entity| {
        let ty = directory.type_of(entity);
        let new = !types.contains(&ty);
        types.push(ty);
        new
    }));
    let asked = said_otherwise(policy.policy(), mutant.policy());
    // By the numbers that each side has for them.
    let both = |entity: EntityId| Some((entity, mutant.entity(directory.type_of(entity), directory.id_of(entity))?));
    let subjects = subjects.into_iter().filter_map(both);
    let resources: Vec<(EntityId, EntityId)> = declared.into_iter().filter_map(both).collect();
    let mut tries = 0;
    for subject in subjects {
        let acts = acts(subject.0);
        for &resource in &resources {
            let ty = directory.type_of(resource.0);
            for (permission, info) in asked.iter().filter_map(|&id| Some((id, schema.permissions.get(id)?))) {
                if info.ty != ty {
                    continue;
                }
                tries += 1;
                if tries > TRIES {
                    return None;
                }
                let request = |actor, resource| Request { actor, acts, permission, resource, at, said: None };
                let allowed = request(subject.0, resource.0).is_allowed(policy);
                if allowed != request(subject.1, resource.1).is_allowed(mutant) {
                    let name = |entity| directory.name(schema, entity);
                    let action = schema.actions.get(info.action)?.to_string();
                    return Some(Witness::Decision {
                        subject: name(subject.0),
                        action,
                        resource: name(resource.0),
                        allowed,
                    });
                }
            }
        }
    }
    None
}
