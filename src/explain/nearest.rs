//! What came closest to allowing a request that was denied.

use super::condition::timestamp;
use super::statement::Witness;
use super::{Case, Step};
use crate::compile::Effect;
use crate::decide::Truth;
use crate::directory::{EntityId, Subject};
use crate::schema::RoleId;

/// How many near misses of one kind are shown.
const SHOWN: usize = 3;

impl Case<'_> {
    /// Near misses, nearest first: grants whose conditions fail, assignments outside of their time, roles that would
    /// allow it if the subject held them.
    pub(super) fn nearest(self, witnesses: &[Witness], decisive: Option<&Witness>) -> Vec<Step> {
        let mut steps = Vec::new();
        let Some(subject) = self.world.request.subject else {
            let actor = self.world.facts.name(self.world.request.actor);
            steps.push(Step::fact(format!("`{actor}` acts as nobody that the directory declares"), None));
            return steps;
        };
        let allows = witnesses.iter().filter(|witness| witness.effect == Effect::Allow);
        let allows: Vec<&Witness> =
            allows.filter(|witness| decisive.is_none_or(|decisive| !std::ptr::eq(*witness, decisive))).collect();
        for witness in allows.iter().take(SHOWN) {
            let mut step = self.stated(witness);
            if witness.truth == Truth::True {
                step.text = format!("but for that, {}", step.text);
            }
            steps.push(step);
        }
        steps.extend(self.lapsed(subject));
        if allows.is_empty() {
            steps.extend(self.would_allow());
        }
        if steps.is_empty() {
            let permission = self.world.facts.snapshot.policy().schema().permission_name(self.world.request.permission);
            steps.push(Step::fact(format!("no role and no rule allows `{permission}` here"), None));
        }
        steps
    }

    /// The subject's own assignments that would speak for the request and are not running now.
    fn lapsed(self, subject: EntityId) -> Vec<Step> {
        let snapshot = self.world.facts.snapshot;
        let (policy, at) = (snapshot.policy(), self.world.request.at);
        let mut steps = Vec::new();
        for entity in self.world.facts.upwards(self.world.request.resource) {
            if !self.world.facts.is_declared(entity) {
                continue;
            }
            for assignment in snapshot.directory().assignments_on(entity) {
                let role = policy.role(assignment.role);
                let speaks = self.allows(assignment.role) || role.may_lead_to_permission(self.world.request.permission);
                if assignment.subject != Subject::Entity(subject) || self.running(assignment) || !speaks {
                    continue;
                }
                let when = match (assignment.since, assignment.until) {
                    (_, Some(until)) if until <= at => format!("ended at {}", timestamp(until)),
                    (Some(since), _) => format!("begins only at {}", timestamp(since)),
                    (None, _) => continue,
                };
                let text = format!(
                    "`{}` on `{}`: the assignment {when}",
                    policy.schema().role_name(assignment.role),
                    self.world.facts.name(entity)
                );
                steps.push(Step::fact(text, Some(assignment.span)).with(Truth::False, Vec::new()));
            }
        }
        steps.truncate(SHOWN);
        steps
    }

    /// The roles that would allow it, those that grant least first.
    fn would_allow(self) -> Vec<Step> {
        let policy = self.world.facts.snapshot.policy();
        let mut candidates: Vec<(usize, RoleId, EntityId)> = Vec::new();
        for entity in self.world.facts.upwards(self.world.request.resource) {
            for (role, compiled) in policy.roles().iter_enumerated() {
                let fits = self.world.facts.type_of(entity) == policy.schema().roles.get(role).map(|info| info.ty);
                if fits && self.allows(role) {
                    candidates.push((compiled.grants.len(), role, entity));
                }
            }
        }
        candidates.sort_by_key(|(grants, role, _)| (*grants, *role));
        candidates
            .into_iter()
            .take(SHOWN)
            .map(|(_, role, entity)| {
                let schema = policy.schema();
                let text =
                    format!("`{}` on `{}` would allow it", schema.role_name(role), self.world.facts.name(entity));
                let grants = policy.role(role).grants_of(self.world.request.permission);
                let place = grants
                    .iter()
                    .find(|grant| grant.effect == Effect::Allow)
                    .map(|grant| policy.provenance().statements[grant.statement].span);
                Step::fact(text, place).with(Truth::False, Vec::new())
            })
            .collect()
    }

    /// Whether a role has an allow, with or without condition, for the permission asked about.
    fn allows(self, role: RoleId) -> bool {
        let grants = self.world.facts.snapshot.policy().role(role).grants_of(self.world.request.permission);
        grants.iter().any(|grant| grant.effect == Effect::Allow)
    }
}
