//! A statement that both sides make, and that comes to something else on either: which of what its condition reads differs.

use super::super::holders::Holding;
use super::super::names::{Names, Pair, Side, Thing};
use super::super::occasion::Occasion;
use super::super::prints::{Print, Prints};
use super::{Case, Cause, Causes, Deciding};
use crate::analysis::matrix::grants_of;
use crate::compile::{List, Node, NodeId, Owner, StatementId};
use crate::decide::{Request, Truth, Val, Variables, World};
use crate::schema::{PermissionId, RoleId};
use smallvec::SmallVec;

/// A condition of both sides, and whether it speaks of what a role is held on.
type Both = (Pair<NodeId>, bool);

impl Causes {
    /// What differs of what a deciding statement reads, or the role that it comes by, where the other side makes the same
    /// statement.
    pub(super) fn of_reading(
        &self,
        case: &Case<'_, '_, '_>,
        prints: &mut Prints<'_>,
        side: Side,
        deciding: Deciding,
        occasion: &Occasion,
    ) -> Option<Cause> {
        let names = case.asker.names;
        let conditions = self.conditions(names, prints, side, deciding, &case.permissions()?)?;
        let requests = Pair::each(|side| case.request(side, occasion)).both()?;
        let scope = match deciding.held {
            Some((_, on)) => Some(names.thing(side, on)?),
            None => None,
        };
        for (nodes, on_scope) in conditions {
            let resource = scope.filter(|_| on_scope);
            let mut reading = Reading::new(self, case, &requests, resource, scope)?;
            if let Some(cause) = reading.truth(prints, nodes) {
                return Some(cause);
            }
        }
        None
    }

    /// What differs of what a deciding rule or guardrail reads, where it has become another one and all parts of that which
    /// do not hold are parts of both.
    pub(super) fn of_parts(
        &self,
        case: &Case<'_, '_, '_>,
        prints: &mut Prints<'_>,
        side: Side,
        deciding: Deciding,
        occasion: &Occasion,
    ) -> Option<Cause> {
        let names = case.asker.names;
        let permissions = case.permissions()?;
        let became = self.became(names, prints, side, deciding.statement)?;
        let condition = |side: Side, statement: StatementId| {
            let policy = names.sides.of(side).policy();
            let owner = policy.provenance().statements.get(statement)?.owner;
            let grants = grants_of(policy, owner, *permissions.of(side));
            grants.iter().find(|grant| grant.statement == statement)?.condition
        };
        let (here, there) = (condition(side, deciding.statement)?, condition(side.other(), became)?);
        let requests = Pair::each(|side| case.request(side, occasion)).both()?;
        let mut reading = Reading::new(self, case, &requests, None, None)?;
        let mine = reading.parts(side, here);
        let fails = |&part: &NodeId| reading.comes_to(side.other(), part) != Truth::True;
        let failing: Vec<NodeId> = reading.parts(side.other(), there).into_iter().filter(fails).collect();
        let partner = |part: NodeId, prints: &mut Prints<'_>| {
            let print = prints.node(side.other(), part);
            let mine = mine.iter().copied().find(|&one| prints.node(side, one) == print)?;
            Some(Pair::beside(side, mine, part))
        };
        let shared: Option<Vec<Pair<NodeId>>> = failing.into_iter().map(|part| partner(part, prints)).collect();
        shared?.into_iter().find_map(|ids| reading.truth(prints, ids))
    }

    /// The conditions of a statement on both sides, and those under which its role counts.
    fn conditions(
        &self,
        names: &Names<'_>,
        prints: &mut Prints<'_>,
        side: Side,
        deciding: Deciding,
        permissions: &Pair<PermissionId>,
    ) -> Option<SmallVec<[Both; 2]>> {
        let other = side.other();
        let (here, there) = (names.sides.of(side).policy(), names.sides.of(other).policy());
        let origin = here.provenance().statements.get(deciding.statement)?;
        let owners = match (origin.owner, deciding.held) {
            (_, Some((role, _))) => (Owner::Role(role), Owner::Role(self.counterpart(names, side, role)?)),
            (Owner::Policy(policy), None) => {
                let name = here.schema().policies.get(policy)?;
                (origin.owner, Owner::Policy(there.schema().policy_named(name)?))
            }
            (owner, None) => (owner, owner),
        };
        let mine = grants_of(here, owners.0, *permissions.of(side));
        let mine = mine.iter().find(|grant| grant.statement == deciding.statement)?;
        let print = prints.grant(side, mine);
        let theirs = grants_of(there, owners.1, *permissions.of(other));
        let theirs = theirs.iter().find(|grant| prints.grant(other, grant) == print)?;
        let pair = |mine, theirs| Pair::beside(side, mine, theirs);
        let mut conditions: SmallVec<[Both; 2]> = SmallVec::new();
        conditions.extend(mine.condition.zip(theirs.condition).map(|(mine, theirs)| (pair(mine, theirs), false)));
        if let (Owner::Role(mine), Owner::Role(theirs)) = owners
            && let Some((mine, theirs)) = here.role(mine).when.zip(there.role(theirs).when)
            && prints.node(side, mine) == prints.node(other, theirs)
        {
            conditions.push((pair(mine, theirs), true));
        }
        Some(conditions)
    }
}

/// One condition, as both sides see it.
struct Reading<'r, 'c, 'n, 's> {
    causes: &'r Causes,
    case: &'r Case<'c, 'n, 's>,
    worlds: Pair<World<'r>>,
    variables: Pair<Variables>,
}

impl<'r, 'c, 'n, 's> Reading<'r, 'c, 'n, 's> {
    /// A condition that speaks of a thing, or else of the resource.
    fn new(
        causes: &'r Causes,
        case: &'r Case<'c, 'n, 's>,
        requests: &'r Pair<Request>,
        resource: Option<Thing>,
        scope: Option<Thing>,
    ) -> Option<Self> {
        let names = case.asker.names;
        let worlds = Pair::each(|side| World::new(names.sides.of(side), requests.of(side)));
        let variables = |side: Side| {
            let entity = |thing: Option<Thing>| match thing {
                Some(thing) => names.entity(side, thing).map(Some),
                None => Some(None),
            };
            let resource = entity(resource)?.unwrap_or(requests.of(side).resource);
            Some(Variables { subject: worlds.of(side).subject()?, resource, scope: entity(scope)? })
        };
        let variables = Pair { old: variables(Side::Old)?, new: variables(Side::New)? };
        Some(Self { causes, case, worlds, variables })
    }

    fn node(&self, side: Side, id: NodeId) -> Node {
        self.case.asker.names.sides.of(side).policy().programs().node(id)
    }

    fn nodes(&self, ids: Pair<NodeId>) -> (Node, Node) {
        (self.node(Side::Old, ids.old), self.node(Side::New, ids.new))
    }

    /// What is to hold together for a truth to hold.
    fn parts(&self, side: Side, id: NodeId) -> Vec<NodeId> {
        match self.node(side, id) {
            Node::And(list) => self.case.asker.names.sides.of(side).policy().programs().operands(list).to_vec(),
            _ => vec![id],
        }
    }

    fn comes_to(&self, side: Side, id: NodeId) -> Truth {
        self.worlds.of(side).truth(id, *self.variables.of(side))
    }

    /// What a truth reads that differs, if it comes to something else. Recursion is bounded, as programs are.
    fn truth(&mut self, prints: &mut Prints<'_>, ids: Pair<NodeId>) -> Option<Cause> {
        if self.comes_to(Side::Old, ids.old) == self.comes_to(Side::New, ids.new) {
            return None;
        }
        match self.nodes(ids) {
            (Node::And(old), Node::And(new)) | (Node::Or(old), Node::Or(new)) => {
                let operands = self.operands(prints, Pair { old, new });
                operands.into_iter().find_map(|ids| self.truth(prints, ids))
            }
            (Node::Not(old), Node::Not(new)) => self.truth(prints, Pair { old, new }),
            (Node::Compare(_, left, right), Node::Compare(_, new_left, new_right)) => {
                let left = self.value(Pair { old: left, new: new_left });
                left.or_else(|| self.value(Pair { old: right, new: new_right }))
            }
            (Node::Is(old, _), Node::Is(new, _)) | (Node::Bare(old), Node::Bare(new)) => self.value(Pair { old, new }),
            (Node::Has(who, _, on), Node::Has(new_who, _, new_on))
            | (Node::HasAny(who, on), Node::HasAny(new_who, new_on)) => {
                let (who, on) = (Pair { old: who, new: new_who }, Pair { old: on, new: new_on });
                self.value(who).or_else(|| self.value(on)).or_else(|| self.roles(prints, ids, who, on))
            }
            (Node::Within(_), Node::Within(_)) => self.case.by_moving(self.case.resource),
            _ => None,
        }
    }

    /// The operands of both sides that say the same.
    fn operands(&self, prints: &mut Prints<'_>, lists: Pair<List>) -> Vec<Pair<NodeId>> {
        let of = |side: Side, prints: &mut Prints<'_>| -> Vec<(Print, NodeId)> {
            let programs = self.case.asker.names.sides.of(side).policy().programs();
            programs.operands(*lists.of(side)).iter().map(|&id| (prints.node(side, id), id)).collect()
        };
        let (old, new) = (of(Side::Old, prints), of(Side::New, prints));
        let beside = |print: Print| new.iter().find(|(other, _)| *other == print).map(|&(_, id)| id);
        old.into_iter().filter_map(|(print, old)| Some(Pair { old, new: beside(print)? })).collect()
    }

    /// What differs of what a value is made of.
    fn value(&self, ids: Pair<NodeId>) -> Option<Cause> {
        match self.nodes(ids) {
            (Node::Ancestor(old, _), Node::Ancestor(new, _)) => {
                let of = Pair { old, new };
                self.value(of).or_else(|| {
                    let above = Pair::each(|side| self.things(side, *ids.of(side)));
                    if above.old == above.new {
                        return None;
                    }
                    self.each(of, |thing| self.case.by_moving(thing))
                })
            }
            (Node::Attribute(old, name), Node::Attribute(new, _)) => {
                let of = Pair { old, new };
                let name = self.case.asker.names.sides.old.policy().programs().attributes().get(name)?;
                self.value(of).or_else(|| self.each(of, |thing| self.case.by_attribute(thing, name)))
            }
            (Node::Setting(old, setting), Node::Setting(new, _)) => {
                let of = Pair { old, new };
                let name = &self.case.asker.names.sides.old.policy().schema().settings.get(setting)?.name;
                self.value(of).or_else(|| self.each(of, |thing| self.case.by_setting_for(thing, name)))
            }
            (Node::Size(old), Node::Size(new)) => self.value(Pair { old, new }),
            (Node::Context(field), Node::Context(_)) => {
                let field = self.case.asker.names.sides.old.policy().schema().context.get(field as usize)?;
                self.case.by_field(&field.name)
            }
            _ => None,
        }
    }

    /// What differs of one of the things that a value is on either side.
    fn each(&self, ids: Pair<NodeId>, find: impl Fn(Thing) -> Option<Cause>) -> Option<Cause> {
        let both = Side::BOTH.map(|side| self.things(side, *ids.of(side)));
        both.concat().into_iter().find_map(find)
    }

    /// The things that a value is, or has, on a side.
    fn things(&self, side: Side, id: NodeId) -> Vec<Thing> {
        let world = self.worlds.of(side);
        let mut things = Vec::new();
        world.any(world.value(id, *self.variables.of(side)), |value| {
            if let Val::Entity(entity) = value {
                things.extend(self.case.asker.names.thing(side, entity));
            }
            false
        });
        things
    }

    /// That somebody holds other roles of those that are asked for.
    fn roles(&self, prints: &mut Prints<'_>, ids: Pair<NodeId>, who: Pair<NodeId>, on: Pair<NodeId>) -> Option<Cause> {
        for side in [self.case.with, self.case.with.other()] {
            for actor in self.things(side, *who.of(side)) {
                let case = Case { actor, ..*self.case };
                for level in self.things(side, *on.of(side)).into_iter().flat_map(|on| self.case.line(on)) {
                    let Some(holding) = case.holders.held(actor, level) else { continue };
                    let Some(holding) = case.holders.holdings().get(holding) else { continue };
                    let found = Side::BOTH.into_iter().find_map(|side| {
                        self.asked(side, *ids.of(side), holding)
                            .into_iter()
                            .find_map(|role| self.causes.of_held(&case, prints, side, role, level))
                    });
                    if found.is_some() {
                        return found;
                    }
                }
            }
        }
        self.each(on, |on| self.case.by_moving(on))
    }

    /// The roles of a holding that count as one that is asked for, or lead to one.
    fn asked(&self, side: Side, id: NodeId, holding: &Holding) -> Vec<RoleId> {
        let policy = self.case.asker.names.sides.of(side).policy();
        let wanted = match self.node(side, id) {
            Node::Has(_, roles, _) => Some(policy.programs().roles(roles)),
            _ => None,
        };
        let asked = |&role: &RoleId| {
            let role = policy.role(role);
            role.may_lead_to_any(wanted)
                || wanted.is_none_or(|wanted| wanted.iter().any(|&wanted| role.counts_as(wanted)))
        };
        holding.roles_at(side, self.case.at).filter(asked).collect()
    }
}
