//! What the tables of a policy say, in lines that depend on nothing else: neither on numbers nor on the order in which the
//! tables came to be.

use crate::compile::{Cell, Effect, Grant, NodeId, RoleSetId, Term};
use crate::decide::Snapshot;
use crate::schema::{PermissionId, PolicyId, RoleId};
use rustc_hash::FxHashSet;

/// Roles, rules, guardrails, settings given by org policies, and the cells of all sets of roles that anybody holds; by the
/// numbers that the policy has when it is compiled anew. Nothing where something has none.
pub(super) fn of(
    snapshot: &Snapshot,
    role: &dyn Fn(RoleId) -> Option<RoleId>,
    org_policy: &dyn Fn(PolicyId) -> Option<PolicyId>,
    program: &dyn Fn(NodeId) -> Option<NodeId>,
) -> Option<String> {
    let facts = Facts { snapshot, role, program };
    let policy = snapshot.policy();
    let mut lines = Vec::new();
    for (id, _) in policy.schema().declared_roles() {
        let one = policy.role(id);
        let implies = one.implies.iter().map(|implied| Some((role(implied.role)?, facts.condition(implied.when)?)));
        let implies = sorted(implies)?;
        let (counts_as, requires) = (facts.roles(&one.counts_as)?, facts.roles(&one.requires)?);
        let (when, grants) = (facts.condition(one.when)?, facts.grants(one.grants.iter())?);
        lines.push(format!("role {:?} {when:?} {counts_as:?} {requires:?} {implies:?} {grants:?}", role(id)?));
    }
    for permission in policy.schema().permissions.ids() {
        lines.push(format!("rules {permission:?} {:?}", facts.grants(policy.rules(permission))?));
        for id in policy.schema().policies.ids() {
            let grants = facts.grants(policy.guardrails(id, permission).iter())?;
            if !grants.is_empty() {
                lines.push(format!("guardrails {:?} {permission:?} {grants:?}", org_policy(id)?));
            }
        }
    }
    for id in policy.schema().policies.ids() {
        let given = policy.given_settings(id).iter().map(|given| (given.setting, &given.value)).collect::<Vec<_>>();
        lines.push(format!("settings {:?} {given:?}", org_policy(id)?));
    }
    facts.cells(&mut lines)?;
    lines.sort();
    Some(lines.join("\n"))
}

struct Facts<'a> {
    snapshot: &'a Snapshot,
    role: &'a dyn Fn(RoleId) -> Option<RoleId>,
    program: &'a dyn Fn(NodeId) -> Option<NodeId>,
}

/// An allow or a denial: of what, which way, and where.
type Said = (PermissionId, bool, Option<NodeId>);

/// Something that a cell depends on: the role held, where it counts, and what it grants; nothing for an implication.
type Needed = (RoleId, Option<NodeId>, Option<Said>);

impl Facts<'_> {
    #[expect(clippy::option_option, reason = "no condition is one thing, one without a number another")]
    fn condition(&self, condition: Option<NodeId>) -> Option<Option<NodeId>> {
        match condition {
            Some(condition) => (self.program)(condition).map(Some),
            None => Some(None),
        }
    }

    fn roles(&self, roles: &[RoleId]) -> Option<Vec<RoleId>> {
        sorted(roles.iter().map(|&one| (self.role)(one)))
    }

    fn grant(&self, grant: &Grant) -> Option<Said> {
        Some((grant.permission, grant.effect == Effect::Allow, self.condition(grant.condition)?))
    }

    fn grants<'g>(&self, grants: impl Iterator<Item = &'g Grant>) -> Option<Vec<Said>> {
        sorted(grants.map(|grant| self.grant(grant)))
    }

    /// The cells of the sets that rows have; others may be left from before.
    fn cells(&self, lines: &mut Vec<String>) -> Option<()> {
        let (policy, holdings, cells) = (self.snapshot.policy(), self.snapshot.holdings(), self.snapshot.cells());
        let mut held: FxHashSet<RoleSetId> = FxHashSet::default();
        for (_, row) in holdings.rows() {
            for one in row.held() {
                held.extend(row.always(one));
                held.extend(row.qualified(one).iter().map(|way| way.set));
            }
        }
        for set in held {
            let roles = self.roles(holdings.roles(set))?;
            for permission in policy.schema().permissions.ids() {
                match cells.cell(set, policy.profile(permission)?) {
                    Cell::Nothing => {}
                    Cell::Allowed => lines.push(format!("cell {roles:?} {permission:?} allowed")),
                    Cell::Depends(terms) => {
                        let needed: Vec<Needed> = sorted(terms.iter().map(|term| self.needed(term)))?;
                        lines.push(format!("cell {roles:?} {permission:?} {needed:?}"));
                    }
                }
            }
        }
        Some(())
    }

    fn needed(&self, term: &Term) -> Option<Needed> {
        Some(match term {
            Term::Grant { role, when, grant } => {
                ((self.role)(*role)?, self.condition(*when)?, Some(self.grant(grant)?))
            }
            Term::Implied { role, when } => ((self.role)(*role)?, self.condition(*when)?, None),
        })
    }
}

fn sorted<T: Ord>(all: impl Iterator<Item = Option<T>>) -> Option<Vec<T>> {
    let mut all = all.collect::<Option<Vec<T>>>()?;
    all.sort();
    Some(all)
}
