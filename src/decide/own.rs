//! What is most frequent of all that a glance leaves open: roles that allow where an attribute of the resource is the subject, or
//! is a text, as in `allow run.delete when resource.created_by == subject`, and nothing else that has a say. It is told
//! from the tables at once, without a world in which any condition could be computed. Where it was told beforehand that this is
//! all there is, roles are not looked at either.

use super::access_matrix::CellSpot;
use super::glance::{Open, Start};
use super::snapshot::Snapshot;
use super::tally::Tally;
use super::truth::Truth;
use super::world::Request;
use crate::compile::{Cell, Comparison, Effect, Node, NodeId, Term};
use crate::directory::{EntityId, Stored, ValueSpot};
use crate::schema::{PermissionId, TypeId};

/// A request, and where it stands what is told of it beforehand.
#[derive(Clone, Copy, Debug)]
pub(super) struct InCell {
    pub(super) cell: CellSpot,
    pub(super) subject: EntityId,
    pub(super) permission: PermissionId,
    /// With where its values stand.
    pub(super) resource: (EntityId, ValueSpot),
}

impl Snapshot {
    /// Whether a request is allowed, where what was told beforehand leaves one comparison to be made, or tells that a rule is sure
    /// to allow it.
    #[inline]
    pub(super) fn is_allowed_nearly_told(&self, of: InCell) -> Option<bool> {
        if self.access_matrix().is_ruled(of.cell, of.permission) { Some(true) } else { self.is_own(of) }
    }

    /// Whether the resource is the subject's own, where what was told beforehand leaves nothing else to be looked at.
    #[inline]
    pub(super) fn is_own(&self, of: InCell) -> Option<bool> {
        let slot = self.access_matrix().own_slot(of.cell, of.permission)?;
        match self.directory().attribute_at(of.resource, slot)? {
            Stored::Entity(owner) => Some(owner == of.subject),
            _ => None,
        }
    }

    /// The slot of the attribute that has to be the subject for a term to allow; nothing of a term that asks for anything else.
    pub(super) fn own_slot(&self, term: &Term, ty: TypeId) -> Option<usize> {
        let &Term::Grant { when: None, grant, .. } = term else { return None };
        let (slot, other) = self.own_comparison(grant.condition?, ty)?;
        (grant.effect == Effect::Allow && other == Node::Subject).then_some(slot)
    }

    /// The slot of an attribute of a resource of a type, and what it has to equal, where that is all that a condition asks for.
    #[inline]
    fn own_comparison(&self, condition: NodeId, ty: TypeId) -> Option<(usize, Node)> {
        let programs = self.policy().programs();
        let Node::Compare(Comparison::Eq, attribute, other) = programs.node(condition) else { return None };
        let Node::Attribute(of, name) = programs.node(attribute) else { return None };
        if programs.node(of) != Node::Resource {
            return None;
        }
        Some((self.slot(name, ty)?, programs.node(other)))
    }
}

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
        let (slot, other) = snapshot.own_comparison(condition, ty)?;
        let value = snapshot.directory().attribute_at((self.resource, start.spots.values), slot)?;
        snapshot.is_equal(value, other, start.subject)
    }
}
