//! What roles say of a request: those in the subject's row that are held on the resource or on what lies above it.

use super::condition::Variables;
use super::decision::Uncomputed;
use super::glance::Open;
use super::held::Descent;
use super::reached::Reached;
use super::tally::Tally;
use super::truth::Truth;
use super::world::World;
use crate::compile::{Cell, Grant, Profile, RoleSetId, Term};
use crate::directory::{EntityId, Held, Row};
use crate::schema::RoleId;

/// What was found so far, and where implications led.
struct SoFar<'t> {
    tally: &'t mut Tally,
    /// Once any was followed.
    reached: Option<Reached>,
}

impl World<'_> {
    /// Counts what the subject's roles on the resource and above it say, beyond what a glance at them has told.
    pub(super) fn roles(&self, open: &Open<'_>, tally: &mut Tally) {
        let (row, profile) = (open.start.row(), open.profile);
        let mut so_far = SoFar { tally, reached: None };
        let mut entry = |held: Held| self.entry(open.start.subject, row, held, profile, &mut so_far);
        match open.entries {
            _ if open.allowed && !profile.denied_by_roles => {}
            Some(mut entries) => while row.next(&mut entries).is_some_and(&mut entry) {},
            // They are many: those above one after the other, however many those are.
            None => {
                self.facts.upwards(self.request.resource).filter_map(|entity| row.on(entity)).all(entry);
            }
        }
    }

    /// What is held on one entity says; whether any more could make a difference.
    #[inline]
    fn entry(&self, subject: EntityId, row: Row<'_>, held: Held, profile: &Profile, so_far: &mut SoFar<'_>) -> bool {
        if let Some(set) = row.always(held) {
            self.cell(subject, held.on, set, profile, Truth::True, so_far);
        }
        for qualified in row.qualified(held) {
            let truth = self.qualified(subject, row, qualified);
            if truth != Truth::False {
                self.cell(subject, held.on, qualified.set, profile, truth, so_far);
            }
        }
        !so_far.tally.is_settled() && (so_far.tally.allow != Truth::True || profile.denied_by_roles)
    }

    /// What a set of roles held on an entity, to a degree, says.
    #[inline]
    fn cell(
        &self,
        subject: EntityId,
        entity: EntityId,
        set: RoleSetId,
        profile: &Profile,
        held: Truth,
        so_far: &mut SoFar<'_>,
    ) {
        let terms = match self.facts.snapshot.cells().cell(set, profile) {
            Cell::Nothing => return,
            Cell::Allowed if held == Truth::True => {
                so_far.tally.allow = Truth::True;
                return;
            }
            Cell::Allowed => {
                // Held, but not for sure: the grants themselves are counted, so that they can be reported.
                for &role in self.facts.snapshot.holdings().roles(set) {
                    self.grants(subject, entity, role, held, so_far);
                }
                return;
            }
            Cell::Depends(terms) => terms,
        };
        for term in terms {
            match term {
                Term::Grant { role, when, grant } => {
                    let counts = held.and(self.holds(*when, Variables::of_role(subject, entity)));
                    let truth = counts.and(self.grant(subject, entity, grant));
                    so_far.tally.count(grant, Some((*role, entity)), truth);
                }
                Term::Implied { role, when } => {
                    let counts = held.and(self.holds(*when, Variables::of_role(subject, entity)));
                    if counts != Truth::False {
                        self.below(subject, (entity, *role, counts), so_far);
                    }
                }
            }
            if so_far.tally.is_settled() {
                return;
            }
        }
    }

    /// What the roles implied by one held further up say.
    fn below(&self, subject: EntityId, from: (EntityId, RoleId, Truth), so_far: &mut SoFar<'_>) {
        let permission = self.request.permission;
        // Lent to the walk, as the visitor counts meanwhile.
        let mut reached = so_far.reached.take().unwrap_or_default();
        self.descend(
            subject,
            from,
            self.request.resource,
            |role| role.may_lead_to_permission(permission),
            &mut reached,
            |step| {
                match step {
                    Descent::Held(entity, role, truth) => self.grants(subject, entity, role, truth, so_far),
                    Descent::Uncomputed { implication, .. } => {
                        so_far.tally.unresolved.add(Uncomputed::Implication(implication));
                    }
                }
                !so_far.tally.is_settled()
            },
        );
        so_far.reached = Some(reached);
    }

    /// Counts the grants of a role that counts, to a degree, on an entity.
    fn grants(&self, subject: EntityId, entity: EntityId, role: RoleId, counts: Truth, so_far: &mut SoFar<'_>) {
        for grant in self.facts.snapshot.policy().role(role).grants_of(self.request.permission) {
            let truth = counts.and(self.grant(subject, entity, grant));
            so_far.tally.count(grant, Some((role, entity)), truth);
        }
    }

    fn grant(&self, subject: EntityId, scope: EntityId, grant: &Grant) -> Truth {
        let variables = Variables { subject, resource: self.request.resource, scope: Some(scope) };
        self.holds(grant.condition, variables)
    }
}
