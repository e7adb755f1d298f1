//! Groups that were given a role: who decides who is in the group can come by that role.
//!
//! Asked of those only who do hold something on the group or above it: what nobody can do is not said.

use super::super::{Examined, Finding};
use super::climb::{Climb, How};
use super::dangers::Dangers;
use super::gain::Had;
use super::told::{Told, counted};
use crate::directory::{EntityId, Subject};
use crate::schema::{PermissionId, RoleId};
use crate::source::Span;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// A group: whoever holds a role on an entity.
type Group = (EntityId, RoleId);

/// What a group was given: a role on an entity, and where it says so.
type Given = (RoleId, EntityId, Span);

pub(super) fn find(examined: &Examined<'_>, dangers: &Dangers, findings: &mut Vec<Finding>) {
    let directory = examined.directory();
    let mut groups: BTreeMap<Group, Vec<Given>> = BTreeMap::new();
    for assignment in directory.assignments() {
        let over = assignment.until.is_some_and(|until| until <= examined.at);
        if let Subject::Userset { on, role } = assignment.subject
            && !over
        {
            groups.entry((on, role)).or_default().push((assignment.role, assignment.on, assignment.span));
        }
    }
    let mut around: FxHashMap<EntityId, Vec<Group>> = FxHashMap::default();
    for &group in groups.keys() {
        let chain = std::iter::once(group.0).chain(directory.ancestors(group.0).iter().copied());
        chain.for_each(|entity| around.entry(entity).or_default().push(group));
    }
    if groups.is_empty() {
        return;
    }
    for (group, holders) in holders(examined, &around) {
        let Some(given) = groups.get(&group) else { continue };
        let mut told: Vec<Span> = Vec::new();
        for (roles, subject) in holders {
            let mut climb = Climb::from(examined, dangers, &roles);
            let members = members(examined, group);
            climb.run_to(&dangers.targets.iter().chain(&members).copied().collect::<Vec<_>>());
            for (role, on, span) in
                given.iter().filter(|(_, _, span)| !told.contains(span)).copied().collect::<Vec<_>>()
            {
                if let Some(finding) = finding(&climb, group, subject, (role, on, span)) {
                    told.push(span);
                    findings.push(finding);
                }
            }
        }
    }
}

/// The roles whose holders are of a group, on the group's own entity.
fn members(examined: &Examined<'_>, (on, member): Group) -> Vec<RoleId> {
    let ty = examined.directory().type_of(on);
    let roles = examined.schema().declared_roles().filter(|(_, info)| info.ty == ty).map(|(role, _)| role);
    roles.filter(|&role| examined.policy().role(role).counts_as(member)).collect()
}

/// Of each group, the sets of roles that are always held on it and above by somebody who is not of it, each with one such.
fn holders(
    examined: &Examined<'_>,
    around: &FxHashMap<EntityId, Vec<Group>>,
) -> BTreeMap<Group, BTreeMap<Vec<RoleId>, EntityId>> {
    let (policy, holdings) = (examined.policy(), examined.snapshot.holdings());
    let mut found: BTreeMap<Group, BTreeMap<Vec<RoleId>, EntityId>> = BTreeMap::new();
    for (subject, row) in holdings.rows() {
        let mut roles: BTreeMap<Group, Vec<RoleId>> = BTreeMap::new();
        let mut inside: Vec<Group> = Vec::new();
        for held in row.held() {
            let Some(groups) = around.get(&held.on) else { continue };
            let always = row.always(held).map_or(&[][..], |set| holdings.roles(set));
            for &group in groups {
                let is_member = |role: &RoleId| {
                    (held.on == group.0 && policy.role(*role).counts_as(group.1))
                        || policy.role(*role).may_lead_to(group.1)
                };
                if holdings.roles_of(row, held).any(|role| is_member(&role)) {
                    inside.push(group);
                }
                roles.entry(group).or_default().extend(always);
            }
        }
        for (group, mut roles) in roles {
            roles.sort_unstable();
            roles.dedup();
            if !roles.is_empty() && !inside.contains(&group) {
                found.entry(group).or_default().entry(roles).or_insert(subject);
            }
        }
    }
    found
}

/// What somebody gains by joining a group that has been given a role.
fn finding(climb: &Climb<'_, '_>, group: Group, subject: EntityId, (role, on, span): Given) -> Option<Finding> {
    let examined = climb.examined;
    let (policy, schema, directory) = (examined.policy(), examined.schema(), examined.directory());
    let is_member = |role: RoleId| policy.role(role).counts_as(group.1);
    let (joined, _) =
        climb.held.iter().enumerate().find(|(_, held)| !matches!(held.how, How::Start) && is_member(held.role))?;
    // What they have on that entity already.
    let holdings = examined.snapshot.holdings();
    let row = holdings.row(subject);
    let above = std::iter::once(on).chain(directory.ancestors(on).iter().copied());
    let there: Vec<RoleId> =
        above.filter_map(|entity| row.on(entity)).flat_map(|held| holdings.roles_of(row, held)).collect();
    let has = |required: &RoleId| {
        let mut all = row.held().flat_map(|held| holdings.roles_of(row, held));
        all.any(|role| policy.role(role).counts_as(*required) || policy.role(role).may_lead_to(*required))
    };
    if policy.role(role).when.is_some() || !policy.role(role).requires.iter().all(has) {
        return None;
    }
    let own = Climb::from(examined, climb.dangers, &there);
    let had = Had::of(&own, own.held.len());
    let permitted = climb.dangers.permitted(examined, role);
    let freely = permitted.iter().filter(|one| one.grant.condition.is_none());
    let mut new: Vec<PermissionId> = freely.map(|one| one.grant.permission).collect();
    new.dedup();
    new.retain(|&permission| {
        had.of_permission(&own, permission).is_none() && !climb.dangers.denies(examined, role, permission)
    });
    let first = *new.first()?;
    let mut told = Told::new(climb);
    let way = climb.way(&[joined]);
    let start = way.iter().filter_map(|&at| climb.held.get(at)).find(|held| matches!(held.how, How::Start))?.role;
    told.step(schema.role_name(start));
    told.way(&[joined]);
    told.step(schema.role_name(role));
    told.gained(role, Some(first));
    let (who, where_, group) =
        (directory.name(schema, subject), directory.name(schema, on), directory.name(schema, group.0));
    let message = format!(
        "`{who}`, who holds `{}` on `{group}` or above it, {} come by {} on `{where_}`: {}",
        schema.role_name(start),
        told.surely(),
        counted(examined, &new),
        told.path()
    );
    let help =
        "who decides who is in a group decides who has what the group was given; where it is meant, allow the lint";
    Some(told.finding(span, message, format!("gives `{}` to the group", schema.role_name(role)), help))
}
