//! Whether the author of a change may make it.

use super::change::{Refusal, assignment, field};
use super::grants::{Granted, asked_by};
use super::policy::{RoleAt, type_of};
use super::value::text;
use super::world::World;
use super::{Reference, Request, Verdict};
use rolebook::syntax::ast::{ChangeKind, PermissionRef};
use serde_yaml::Value as Yaml;

/// A state and an entity of it, of which a permission is asked.
type Asked<'a> = (&'a Reference, String);

impl Reference {
    /// Whether somebody may make a change from this state to the next.
    pub(super) fn permits(&self, after: &Self, author: &str, kind: &str, what: &Yaml, at: i64) -> Result<(), Refusal> {
        let by = By { author, at };
        let entity = || if kind == "delete" { text(what) } else { field(what, "entity") };
        let belongs_nowhere = |owner: &Yaml| !self.directory.entities.contains_key(&text(owner));
        if kind == "policy" && what.get("in").is_some_and(belongs_nowhere) {
            return Err(Refusal::NothingToChange);
        }
        let permitted = match kind {
            "create" => {
                // After the change a key would be whoever it says it is.
                let itself = entity() == author && self.policy.acts_as(type_of(author)).is_some();
                !itself && by.may_create(self, after, &entity()) && by.may_give_settings(after, what)
            }
            "delete" => by.may(self, ChangeKind::Delete, &entity()),
            "set" => {
                // Whoever says whom a key acts as could be said to act for it.
                let owner = self.policy.acts_as(type_of(&entity()));
                let owner_set = owner.is_some_and(|owner| what["attributes"].get(owner).is_some());
                if owner_set && entity() == author {
                    return Err(Refusal::NotPermitted);
                }
                let states = if owner_set { vec![self, after] } else { vec![self] };
                states.iter().all(|state| by.may(state, ChangeKind::Set, &entity())) && by.may_give_settings(self, what)
            }
            "move" => by.may_move(self, after, what),
            "assign" | "revoke" => {
                let wanted = assignment(what);
                let state = if kind == "assign" { after } else { self };
                let on = wanted.on.as_str();
                let role = state.directory.roles_on(&state.policy, &wanted.role_name, on)[0];
                let guard = state.assigned_by(role);
                let permitted = match &guard {
                    Some((_, permissions)) => by.has_any(permissions, |permission| self.at_or_above(on, permission)),
                    None => by.may_all(self, on),
                };
                let freely = guard.is_some_and(|(freely, _)| freely);
                if permitted && kind == "assign" && !freely && !by.covers(self, role, on) {
                    return Err(Refusal::Escalation);
                }
                permitted
            }
            "link" | "unlink" => by.may(self, ChangeKind::Link, &field(what, "on")),
            "policy" => {
                let name = field(what, "name");
                let kept = self.directory.org_policies.contains_key(&name);
                let owner = what.get("in").map(text);
                owner.is_some_and(|owner| by.may(self, ChangeKind::Link, &owner))
                    && (!kept || by.may_delete_policy(self, &name))
            }
            "delete_policy" => by.may_delete_policy(self, &text(what)),
            "custom_role" | "delete_custom_role" => {
                let assigned = ["assigned by", "assigned freely by"].iter().any(|key| what.get(key).is_some());
                if assigned || !by.may(self, ChangeKind::CustomRoles, &field(what, "in")) {
                    return Err(Refusal::NotPermitted);
                }
                if kind == "custom_role" && !by.may_give_anew(self, after, &field(what, "in"), &field(what, "name")) {
                    return Err(Refusal::Escalation);
                }
                true
            }
            _ => panic!("no change: {kind}"),
        };
        if permitted { Ok(()) } else { Err(Refusal::NotPermitted) }
    }

    fn guard(&self, kind: ChangeKind, type_name: &str) -> Option<&[PermissionRef]> {
        let decl = self.policy.type_decl(type_name).expect("a declared type");
        decl.changes.iter().find(|rule| rule.kind.value == kind).map(|rule| rule.by.as_slice())
    }

    /// The entities of the permission's type at or above one.
    fn at_or_above(&self, entity: &str, permission: &PermissionRef) -> Vec<Asked<'_>> {
        if !self.directory.entities.contains_key(entity) {
            return Vec::new();
        }
        let above = self.directory.ancestors_or_self(entity).into_iter();
        above.filter(|above| type_of(above) == permission.type_name.value).map(|above| (self, above)).collect()
    }

    /// Who assigns a role: its own line, or else those of its bases, freely only where all of these say so.
    pub(super) fn assigned_by(&self, role: RoleAt) -> Option<(bool, Vec<PermissionRef>)> {
        if let Some(own) = &self.policy.roles[role].assigned_by {
            return Some((own.freely, own.permissions.clone()));
        }
        let inherited = self.policy.bases(role).into_iter().filter_map(|base| self.assigned_by(base));
        inherited.reduce(|(freely, permissions), (also, more)| (freely && also, [permissions, more].concat()))
    }
}

/// The author of a change, at its moment.
#[derive(Clone, Copy)]
struct By<'a> {
    author: &'a str,
    at: i64,
}

impl By<'_> {
    /// A change of an entity that is there.
    fn may(self, state: &Reference, kind: ChangeKind, entity: &str) -> bool {
        if !state.directory.entities.contains_key(entity) {
            return false;
        }
        match state.guard(kind, type_of(entity)) {
            Some(permissions) => self.has_any(permissions, |permission| state.at_or_above(entity, permission)),
            None => self.may_all(state, entity),
        }
    }

    /// Asked of the direct parents of the permission's type, or else of all above of that type, or else of the new entity.
    fn may_create(self, before: &Reference, after: &Reference, entity: &str) -> bool {
        let parents = &after.directory.entities[entity].parents;
        let Some(permissions) = after.guard(ChangeKind::Create, type_of(entity)) else {
            return !parents.is_empty() && parents.iter().all(|parent| self.may_all(before, parent));
        };
        self.has_any(permissions, |permission| {
            let all = after.at_or_above(entity, permission);
            let direct: Vec<Asked<'_>> = all.iter().filter(|(_, above)| parents.contains(above)).cloned().collect();
            let above: Vec<Asked<'_>> = all.iter().filter(|(_, above)| above != entity).cloned().collect();
            [direct, above, all].into_iter().find(|asked| !asked.is_empty()).unwrap_or_default()
        })
    }

    /// A custom role that is replaced is given anew to all who are assigned it or what implies it, by somebody who had it in
    /// another way.
    fn may_give_anew(self, before: &Reference, after: &Reference, owner: &str, name: &str) -> bool {
        let replaced = after.policy.roles.iter().position(|role| {
            let of_owner = role.organization.as_ref().is_some_and(|it| super::org_policy::entity(it) == owner);
            role.custom && of_owner && role.name.text() == name
        });
        let replaced = replaced.expect("the role is there afterwards");
        let request = asked_by(self.author, self.at);
        let world = World::new(&before.policy, &before.directory, &request);
        after.directory.assignments.iter().all(|given| {
            let freely = after.assigned_by(given.role).is_some_and(|(freely, _)| freely);
            let granted =
                || Granted::new(&world, world.subject().as_deref(), &given.on, Some((&after.policy, replaced)));
            freely || granted().covers_role(given.role, Some(replaced))
        })
    }

    /// Values for settings are given by whoever may link policies, where the type says who may.
    fn may_give_settings(self, state: &Reference, what: &Yaml) -> bool {
        let entity = field(what, "entity");
        let gives = what.get("settings").and_then(Yaml::as_mapping).is_some_and(|settings| !settings.is_empty());
        match state.guard(ChangeKind::Link, type_of(&entity)) {
            Some(permissions) if gives => {
                self.has_any(permissions, |permission| state.at_or_above(&entity, permission))
            }
            _ => true,
        }
    }

    /// Asked of what the policy belongs to and of everything that loses it; one that belongs to nothing is the operator's.
    fn may_delete_policy(self, state: &Reference, name: &str) -> bool {
        let owner = state.policy.org_policy(name).organization.as_ref();
        let linked = state.directory.entities.iter().filter(|(_, entity)| entity.policies.contains(name));
        let all: Vec<&String> = linked.map(|(on, _)| on).chain(owner).collect();
        owner.is_some() && all.into_iter().all(|on| self.may(state, ChangeKind::Link, on))
    }

    /// Asked on each side that is given; where nothing there is of the permission's type, of the entity before and after.
    fn may_move(self, before: &Reference, after: &Reference, what: &Yaml) -> bool {
        let entity = field(what, "entity");
        let sides = ["from", "to"].map(|side| what.get(side).map(text));
        let Some(permissions) = before.guard(ChangeKind::Move, type_of(&entity)) else {
            return self.may_all(before, &entity) && sides.iter().flatten().all(|side| self.may_all(before, side));
        };
        [(before, &sides[0]), (after, &sides[1])].into_iter().all(|(state, side)| {
            side.iter().all(|side| {
                self.has_any(permissions, |permission| {
                    let there = state.at_or_above(side, permission);
                    if !there.is_empty() {
                        return there;
                    }
                    let [one, other] = [before, after].map(|state| state.at_or_above(&entity, permission));
                    if one.is_empty() || other.is_empty() { Vec::new() } else { [one, other].concat() }
                })
            })
        })
    }

    /// Whether one of the permissions is granted wherever it is asked, which must be somewhere.
    fn has_any<'r>(self, permissions: &[PermissionRef], asked: impl Fn(&PermissionRef) -> Vec<Asked<'r>>) -> bool {
        permissions.iter().any(|permission| {
            let asked = asked(permission);
            let granted = |(state, entity): &Asked<'_>| {
                let request = Request {
                    action: permission.action.value.clone(),
                    resource: entity.clone(),
                    ..asked_by(self.author, self.at)
                };
                state.decide(&request).verdict == Verdict::Allowed
            };
            !asked.is_empty() && asked.iter().all(granted)
        })
    }

    fn may_all(self, state: &Reference, entity: &str) -> bool {
        let request = asked_by(self.author, self.at);
        World::new(&state.policy, &state.directory, &request).may_all(entity)
    }

    /// Whether nothing is given away with a role that the author is not granted.
    fn covers(self, state: &Reference, role: RoleAt, on: &str) -> bool {
        let request = asked_by(self.author, self.at);
        let world = World::new(&state.policy, &state.directory, &request);
        Granted::new(&world, world.subject().as_deref(), on, None).covers_role(role, None)
    }
}
