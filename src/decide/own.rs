//! What is most frequent of all that a glance leaves open: roles that allow where an attribute of the resource is the subject, or
//! is a text, as in `allow run.delete when resource.created_by == subject`, and nothing else that has a say. It is told
//! from the tables at once, without a world in which any condition could be computed.

use super::glance::{Open, Start};
use super::tally::Tally;
use super::truth::Truth;
use super::world::Request;
use crate::compile::{Cell, Comparison, Effect, Node, NodeId, Term};
use crate::schema::TypeId;

impl Request {
    /// What the roles say; nothing where there is more to it.
    #[inline]
    pub(super) fn own(&self, open: &Open<'_>) -> Option<Tally> {
        let (snapshot, row, profile) = (open.start.snapshot, open.start.row(), open.profile);
        if open.allowed | profile.may_be_denied_at(open.found) | profile.has_rules_at(open.found) {
            return None;
        }
        let (mut entries, mut tally) = (open.entries?, Tally::of(false));
        while let Some(held) = row.next(&mut entries) {
            let (role, grant) = match snapshot.cells().cell(row.only_set(held)?, profile) {
                Cell::Nothing => continue,
                Cell::Depends(&[Term::Grant { role, when: None, grant }]) if grant.effect == Effect::Allow => {
                    (role, grant)
                }
                _ => return None,
            };
            if self.own_holds(&open.start, profile.ty, grant.condition?)? {
                tally.count(&grant, Some((role, held.on)), Truth::True);
                break;
            }
        }
        Some(tally)
    }

    /// Whether a condition holds that is nothing but such a comparison.
    #[inline]
    fn own_holds(&self, start: &Start<'_>, ty: TypeId, condition: NodeId) -> Option<bool> {
        let snapshot = start.snapshot;
        let programs = snapshot.policy().programs();
        let Node::Compare(Comparison::Eq, attribute, other) = programs.node(condition) else { return None };
        let Node::Attribute(of, name) = programs.node(attribute) else { return None };
        if programs.node(of) != Node::Resource {
            return None;
        }
        let slot = snapshot.slot(name, ty)?;
        let value = snapshot.directory().attribute_at((self.resource, start.spots.values), slot)?;
        snapshot.is_equal(value, programs.node(other), start.subject)
    }
}
