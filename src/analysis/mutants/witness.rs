//! A question that a policy and its mutant answer otherwise: what a test that notices the mutant asks.

use super::said_otherwise;
use crate::analysis::{amount, setting};
use crate::decide::{Query, Snapshot};
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
    let mut tries = 0;
    for &subject in &subjects {
        for &resource in &declared {
            let ty = directory.type_of(resource);
            for action in asked.iter().filter_map(|&id| schema.permissions.get(id)).filter(|info| info.ty == ty) {
                let Some(action) = schema.actions.get(action.action) else { continue };
                tries += 1;
                if tries > TRIES {
                    return None;
                }
                let query = Query {
                    subject: directory.name(schema, subject),
                    action: action.to_string(),
                    resource: directory.name(schema, resource),
                    at,
                    ..Query::default()
                };
                let (Ok(one), Ok(other)) = (policy.check(&query), mutant.check(&query)) else { continue };
                if one.allowed != other.allowed {
                    let Query { subject, action, resource, .. } = query;
                    return Some(Witness::Decision { subject, action, resource, allowed: one.allowed });
                }
            }
        }
    }
    None
}
