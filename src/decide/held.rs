//! Roles held in every way: in a row, or implied from further up. The one walk that `has`, decisions and explanations
//! share.

use super::condition::Variables;
use super::reached::Reached;
use super::truth::Truth;
use super::value::Val;
use super::world::World;
use crate::compile::{CompiledRole, ImplicationId, Implied};
use crate::directory::{EntityId, Qualified, Row};
use crate::schema::RoleId;
use rustc_hash::FxHashMap;
use smallvec::SmallVec;
use std::cmp::Reverse;

/// What following implications comes to.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Descent {
    /// A role implied on an entity, and how surely it counts there.
    Held(EntityId, RoleId, Truth),
    /// An implication of a role held on one entity, for another below it, that counts as false because it cannot be
    /// computed.
    Uncomputed { implication: ImplicationId, role: RoleId, above: EntityId, below: EntityId },
}

/// A role that counts, to some degree, and where.
pub(crate) type Counting = (RoleId, EntityId, Truth);

/// The entities that a role may be implied on from `above`, down to `target`: those farthest up last.
type Below = SmallVec<[EntityId; 8]>;

impl<'a> World<'a> {
    /// Whether a subject holds one of the roles (any role at all for `None`) on an entity, or on any of a set.
    pub(crate) fn has(&self, subject: Val<'a>, roles: Option<&[RoleId]>, on: Val<'a>) -> Truth {
        // As in every comparison, a missing side makes it unknown even where the other is absent.
        match (subject, on) {
            (Val::Unknown, _) | (_, Val::Unknown) => Truth::Unknown,
            (Val::Absent, _) | (_, Val::Absent) => Truth::False,
            // Who holds a role on anything at all cannot be listed.
            (_, Val::Everything) => Truth::Unknown,
            (Val::Entity(subject), on) => {
                let mut best = Truth::False;
                self.any(on, |entity| {
                    if let Val::Entity(entity) = entity {
                        best = best.or(self.holds_any(subject, roles, entity));
                    }
                    best == Truth::True
                });
                best
            }
            _ => Truth::Unknown,
        }
    }

    /// Whether a subject holds one of the roles (any role at all for `None`) on an entity.
    pub(crate) fn holds_any(&self, subject: EntityId, roles: Option<&[RoleId]>, on: EntityId) -> Truth {
        let policy = self.facts.snapshot.policy();
        let wanted = |role: &CompiledRole| roles.is_none_or(|roles| roles.iter().any(|&wanted| role.counts_as(wanted)));
        let leads = |role: &CompiledRole| role.may_lead_to_any(roles);
        let mut best = Truth::False;
        self.each_held_role(subject, on, |role, truth| {
            let compiled = policy.role(role);
            if best < truth && wanted(compiled) {
                best = best.or(truth.and(self.holds(compiled.when, Variables::of_role(subject, on))));
            }
            best != Truth::True
        });
        if best == Truth::True {
            return best;
        }
        let mut reached = Reached::default();
        for &above in self.facts.above(on) {
            self.each_held_role(subject, above, |role, truth| {
                let compiled = policy.role(role);
                if leads(compiled) {
                    let truth = truth.and(self.holds(compiled.when, Variables::of_role(subject, above)));
                    self.descend(subject, (above, role, truth), on, leads, &mut reached, |step| {
                        if let Descent::Held(entity, role, truth) = step
                            && entity == on
                            && wanted(policy.role(role))
                        {
                            best = best.or(truth);
                        }
                        best != Truth::True
                    });
                }
                best != Truth::True
            });
            if best == Truth::True {
                break;
            }
        }
        best
    }

    /// Every role of a subject that counts, to some degree, on the resource or above it, and where: each once, in the order in
    /// which they are met.
    pub(crate) fn roles_that_count(&self, subject: EntityId) -> Vec<Counting> {
        let (policy, resource) = (self.facts.snapshot.policy(), self.request.resource);
        let mut found: Vec<Counting> = Vec::new();
        let mut places: FxHashMap<(RoleId, EntityId), usize> = FxHashMap::default();
        let mut add = |role, entity, truth| {
            if truth == Truth::False {
                return;
            }
            let at = *places.entry((role, entity)).or_insert_with(|| {
                found.push((role, entity, truth));
                found.len() - 1
            });
            if let Some(known) = found.get_mut(at) {
                known.2 = known.2.or(truth);
            }
        };
        let mut reached = Reached::default();
        for entity in self.facts.upwards(resource) {
            self.each_held_role(subject, entity, |role, truth| {
                let truth = truth.and(self.holds(policy.role(role).when, Variables::of_role(subject, entity)));
                add(role, entity, truth);
                if truth != Truth::False {
                    let from = (entity, role, truth);
                    self.descend(
                        subject,
                        from,
                        resource,
                        |_| true,
                        &mut reached,
                        |step| {
                            if let Descent::Held(entity, role, truth) = step {
                                add(role, entity, truth);
                            }
                            true
                        },
                    );
                }
                true
            });
        }
        found
    }

    /// Visits every role in the row of a subject on an entity, with whether it is held now; the role's own `when` is not
    /// yet asked. Stops when the visitor says so.
    pub(crate) fn each_held_role(&self, subject: EntityId, on: EntityId, mut visit: impl FnMut(RoleId, Truth) -> bool) {
        let holdings = self.facts.snapshot.holdings();
        let row = holdings.row(subject);
        let Some(held) = row.on(on) else { return };
        if let Some(set) = row.always(held) {
            for &role in holdings.roles(set) {
                if !visit(role, Truth::True) {
                    return;
                }
            }
        }
        for qualified in row.qualified(held) {
            let truth = self.qualified(subject, row, qualified);
            if truth != Truth::False && !visit(qualified.role, truth) {
                return;
            }
        }
    }

    /// Whether a role held within a time or under conditions is held now.
    pub(crate) fn qualified(&self, subject: EntityId, row: Row<'_>, qualified: &Qualified) -> Truth {
        if self.request.at < qualified.since || self.request.at >= qualified.until {
            return Truth::False;
        }
        row.guards(qualified).iter().fold(Truth::True, |truth, guard| {
            let variables = Variables { subject, resource: guard.resource, scope: Some(guard.scope) };
            let holds = self.holds(Some(guard.program), variables);
            truth.and(if guard.strict { holds.certain() } else { holds })
        })
    }

    /// Follows the implications of a role that counts, to a degree, on an entity, down to `target`, and visits what it
    /// comes to; stops when the visitor says so. `follow` tells which roles' implications are worth following. What was
    /// `reached` by an earlier walk to the same target, with the same `follow`, is not visited again.
    ///
    /// An implication that cannot be computed, or whose own role cannot be told to count, implies nothing.
    pub(crate) fn descend(
        &self,
        subject: EntityId,
        from: (EntityId, RoleId, Truth),
        target: EntityId,
        follow: impl Fn(&CompiledRole) -> bool,
        reached: &mut Reached,
        mut visit: impl FnMut(Descent) -> bool,
    ) {
        let policy = self.facts.snapshot.policy();
        let mut open: SmallVec<[(EntityId, RoleId, Truth); 8]> = SmallVec::new();
        open.push(from);
        while let Some((above, role, counts)) = open.pop() {
            for implied in &*policy.role(role).implies {
                let spreads = counts == Truth::True && implied.when.is_none();
                if spreads && !reached.spreads_anew(implied.role, above, |top, entity| self.facts.is_above(top, entity))
                {
                    continue;
                }
                let Some(info) = policy.schema().roles.get(implied.role) else { continue };
                let mut below: Below = self
                    .facts
                    .upwards_of(target, info.ty)
                    .filter(|&entity| self.facts.is_above(above, entity))
                    .collect();
                // What is pushed last is followed first: from the top, each role spreads once.
                below.sort_by_key(|&entity| Reverse(self.facts.above(entity).len()));
                for entity in below {
                    let holds = counts.and(self.implication(subject, above, implied, entity));
                    if holds == Truth::Unknown {
                        let implication = implied.implication;
                        if !visit(Descent::Uncomputed { implication, role, above, below: entity }) {
                            return;
                        }
                    }
                    if holds != Truth::True {
                        continue;
                    }
                    if !reached.first(entity, implied.role) {
                        continue;
                    }
                    let truth = self.holds(policy.role(implied.role).when, Variables::of_role(subject, entity));
                    if truth == Truth::False {
                        continue;
                    }
                    if !visit(Descent::Held(entity, implied.role, truth)) {
                        return;
                    }
                    if follow(policy.role(implied.role)) {
                        open.push((entity, implied.role, truth));
                    }
                }
            }
        }
    }

    /// Whether an implication holds from an entity to one below it.
    pub(crate) fn implication(&self, subject: EntityId, above: EntityId, implied: &Implied, below: EntityId) -> Truth {
        self.holds(implied.when, Variables { subject, resource: below, scope: Some(above) })
    }
}
