//! What it takes for an assignment to stand: that its subject holds, in some way, the roles that it requires.

use super::Coverage;
use crate::compile::CompiledPolicy;
use crate::decide::Snapshot;
use crate::directory::Subject;
use crate::schema::RoleId;

impl Coverage {
    /// Notes the implications by which the subject of an assignment that was made may hold what its role requires. Times and
    /// conditions have no part in that.
    pub fn require(&mut self, snapshot: &Snapshot, subject: &str, role: &str, on: &str) {
        let (policy, directory) = (snapshot.policy(), snapshot.directory());
        let find = |text: &str| {
            let name = policy.schema().read_entity(text).ok()?;
            directory.find(name.ty, &name.id)
        };
        let Some((subject, on)) = find(subject).zip(find(on)) else { return };
        let Some(role) = directory.role_named(policy.schema(), on, role) else { return };
        for &required in &*policy.role(role).requires {
            for &above in directory.ancestors(on) {
                for assignment in directory.assignments_on(above) {
                    let may_be = !matches!(assignment.subject, Subject::Entity(other) if other != subject);
                    if may_be && policy.role(assignment.role).may_lead_to(required) {
                        self.lead(policy, assignment.role, required);
                    }
                }
            }
        }
    }

    /// The implications by which one role leads to another.
    fn lead(&mut self, policy: &CompiledPolicy, from: RoleId, to: RoleId) {
        let (mut seen, mut open) = (vec![from], vec![from]);
        while let Some(role) = open.pop() {
            for implied in &*policy.role(role).implies {
                let next = policy.role(implied.role);
                if !next.counts_as(to) && !next.may_lead_to(to) {
                    continue;
                }
                let origin = policy.provenance().implications.get(implied.implication);
                if let Some(covered) = origin.and_then(|origin| self.implications.get_mut(&origin.span)) {
                    covered.looked += 1;
                }
                if !seen.contains(&implied.role) {
                    seen.push(implied.role);
                    open.push(implied.role);
                }
            }
        }
    }
}
