//! Random directories for a policy: entities with several parents, usersets that nest and turn in circles, assignments
//! that begin and end around the moments asked about, roles composed at run time.

use super::assignments;
use super::choices::Choices;
use super::condition::condition;
use super::containment::Placing;
use super::operands::Place;
use super::org_policies;
use super::shape::{OrgPolicyShape, Presence, Reach, RoleShape, SettingShape, Shape, TypeAt};
use super::statement::{self, Permission};
use super::types::permissions_above;
use super::values::{self, Datum};
use std::collections::BTreeSet;

/// A directory in the making.
#[derive(Clone, Default)]
pub(crate) struct Facts {
    pub(crate) entities: Vec<EntityFacts>,
    pub(crate) assignments: Vec<AssignmentFacts>,
    /// Roles composed at run time: the organization's place among the entities, and the role as it stands there.
    pub(crate) custom_roles: Vec<(usize, CustomRole)>,
    /// Org policies kept as data, as they stand under `policies`.
    pub(crate) org_policies: Vec<(OrgPolicyShape, String)>,
}

/// A declared entity.
#[derive(Clone)]
pub(crate) struct EntityFacts {
    pub(crate) ty: TypeAt,
    pub(crate) name: String,
    /// Places among the entities; the first is the one it is written inside.
    pub(crate) parents: Vec<usize>,
    pub(crate) attributes: Vec<(&'static str, Datum)>,
    /// Its own values for settings.
    pub(crate) settings: Vec<(&'static str, Datum)>,
    /// The org policies linked to it.
    pub(crate) links: Vec<String>,
}

/// A role given to somebody.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct AssignmentFacts {
    pub(crate) subject: String,
    pub(crate) role: String,
    pub(crate) on: usize,
    pub(crate) since: Option<&'static str>,
    pub(crate) until: Option<&'static str>,
}

/// A role composed at run time.
#[derive(Clone)]
pub(crate) struct CustomRole {
    pub(crate) ty: TypeAt,
    pub(crate) name: &'static str,
    pub(crate) text: String,
}

/// A directory that the policy admits, but for what roles require of those who hold them.
pub(crate) fn directory(choices: &mut Choices<'_>, shape: &Shape) -> Facts {
    let mut facts = Facts::default();
    for ty in shape.outermost_first() {
        let count = match shape.types[ty].name {
            // Without any declared user, all may be mentioned freely.
            "user" => choices.copy_pick(&[2, 3, 3, 1, 0]),
            _ => choices.copy_pick(&[1, 2, 2, 3, 3]),
        };
        for id in &values::ids(shape, ty)[..count] {
            let name = format!("{}:{id}", shape.types[ty].name);
            let placing = Placing::declared(shape, &facts, ty);
            if let Some(mut parents) = placing.parents(choices) {
                choices.shuffle(&mut parents);
                facts.entities.push(EntityFacts {
                    ty,
                    name,
                    parents,
                    attributes: Vec::new(),
                    settings: Vec::new(),
                    links: Vec::new(),
                });
            }
        }
    }
    for at in 0..facts.entities.len() {
        facts.entities[at].attributes = attributes(choices, shape, &facts.entities[at]);
    }
    custom_roles(choices, shape, &mut facts);
    for name in &["spot", "late"][..choices.below(3)] {
        facts.org_policies.push(org_policies::kept(choices, shape, name));
    }
    for at in 0..facts.entities.len() {
        supplies(choices, shape, &mut facts, at);
    }
    siblings_differ(choices, shape, &mut facts);
    for _ in 0..choices.between(3, 12) {
        assignments::assignment(choices, shape, &mut facts);
    }
    facts
}

pub(super) fn attributes(choices: &mut Choices<'_>, shape: &Shape, entity: &EntityFacts) -> Vec<(&'static str, Datum)> {
    let ty = &shape.types[entity.ty];
    let mut attributes = Vec::new();
    for attribute in &ty.attributes {
        let given = match attribute.presence {
            Presence::Required => true,
            Presence::Optional => choices.chance(60),
            Presence::Default(_) => choices.chance(50),
        };
        if given && ty.unique == Some(attribute.name) {
            attributes.push((attribute.name, Datum::Text(entity.name.clone())));
        } else if given {
            attributes.push((attribute.name, values::attribute(choices, shape, attribute)));
        }
    }
    attributes
}

/// Values for settings, the entity's own and those of org policies.
fn supplies(choices: &mut Choices<'_>, shape: &Shape, facts: &mut Facts, at: usize) {
    for setting in shape.supplied_by(facts.entities[at].ty) {
        if choices.chance(20) {
            let (datum, _) = values::setting(choices, shape, setting);
            facts.entities[at].settings.push((setting.name, datum));
        }
    }
    let linkable = facts.linkable(shape, at);
    if !linkable.is_empty() && choices.chance(35) {
        for _ in 0..choices.copy_pick(&[1, 1, 2]) {
            let policy = choices.pick(&linkable).clone();
            if !facts.entities[at].links.contains(&policy) {
                facts.entities[at].links.push(policy);
            }
        }
    }
}

/// Gives, at times, all entities of a type different values for one setting: what lies in two of them has a conflict.
fn siblings_differ(choices: &mut Choices<'_>, shape: &Shape, facts: &mut Facts) {
    let single = |setting: &&SettingShape| ["overrides", "locks"].contains(&setting.merge) && setting.within.is_none();
    let settings: Vec<&SettingShape> = shape.settings.iter().filter(single).collect();
    let Some(setting) = choices.copy_pick_any(&settings).filter(|_| choices.chance(40)) else { return };
    let suppliers: Vec<TypeAt> =
        (0..shape.types.len()).filter(|&ty| shape.reach(setting.home, ty) != Reach::Never).collect();
    let ty = choices.copy_pick(&suppliers);
    let mut given: Vec<Datum> = Vec::new();
    for entity in facts.entities.iter_mut().filter(|entity| entity.ty == ty) {
        let (datum, _) = values::setting(choices, shape, setting);
        entity.settings.retain(|(name, _)| *name != setting.name);
        if !given.contains(&datum) {
            given.push(datum.clone());
            entity.settings.push((setting.name, datum));
        }
    }
}

/// Up to two organizations compose a role, of the same name.
fn custom_roles(choices: &mut Choices<'_>, shape: &Shape, facts: &mut Facts) {
    let open: Vec<&RoleShape> = shape.roles.iter().filter(|role| role.open).collect();
    let Some(ty) = choices.copy_pick_any(&open).filter(|_| choices.chance(50)).map(|base| base.ty) else { return };
    let open: Vec<&RoleShape> = open.into_iter().filter(|base| base.ty == ty).collect();
    let fits = |owner: &TypeAt| {
        *owner != ty && shape.types[*owner].acts_as.is_none() && shape.reach(ty, *owner) != Reach::Never
    };
    let owners: Vec<TypeAt> = (1..shape.types.len()).filter(fits).collect();
    let Some(owner) = choices.copy_pick_any(&owners) else { return };
    for at in 0..facts.entities.len() {
        if facts.entities[at].ty != owner || !choices.chance(80) {
            continue;
        }
        let base = choices.copy_pick(&open);
        let text = composed(choices, shape, base, &[]);
        facts.custom_roles.push((at, CustomRole { ty, name: "composed", text }));
    }
}

/// A role that extends an open one, in the YAML form. It may imply roles of the policy, and `others`.
pub(super) fn composed(choices: &mut Choices<'_>, shape: &Shape, base: &RoleShape, others: &[String]) -> String {
    let range = statement::permissions(shape, &shape.range(base.ty));
    let about_scope = Place { about_holding: true, ..Place::of(shape, Some(base.ty)) };
    let mut text = format!("{{ extends: {}", base.text(shape));
    if let Some((pattern, named)) = statement::pattern(choices, shape, &range) {
        let types: BTreeSet<TypeAt> = named.iter().map(|&(ty, _)| ty).collect();
        let place = Place { resource: types.into_iter().collect(), ..Place::of(shape, Some(base.ty)) };
        text += &match choices.chance(25) && !shape.unconditional {
            true => {
                let when = condition(choices, shape, &place);
                format!(", allow: [{{ permissions: \"{pattern}\", when: '{when}' }}]")
            }
            false => format!(", allow: [\"{pattern}\"]"),
        };
    }
    if choices.chance(10)
        && let Some((pattern, _)) = statement::pattern(choices, shape, &range)
    {
        text += &format!(", deny: [\"{pattern}\"]");
    }
    if choices.chance(20) && !shape.unconditional {
        text += &format!(", when: '{}'", condition(choices, shape, &about_scope));
    }
    let of_policy = |fits: &dyn Fn(TypeAt) -> bool| -> Vec<String> {
        let fitting = shape.roles.iter().filter(|role| !role.custom && role.ty != base.ty && fits(role.ty));
        fitting.map(|role| role.text(shape)).collect()
    };
    let below = of_policy(&|ty| shape.lies_below(ty, base.ty));
    let implied = match choices.pick_any(others) {
        Some(other) if choices.chance(60) => Some(other.clone()),
        _ => choices.pick_any(&below).filter(|_| choices.chance(35)).cloned(),
    };
    text += &implied.map_or_else(String::new, |role| format!(", implies: [{role}]"));
    let above = of_policy(&|ty| shape.lies_below(base.ty, ty));
    if let Some(role) = choices.pick_any(&above).filter(|_| choices.chance(10)) {
        text += &format!(", requires: [{role}]");
    }
    let inherited: Vec<Permission> = base.allows.iter().copied().collect();
    if choices.chance(40)
        && let Some((pattern, _)) = statement::pattern(choices, shape, &inherited)
    {
        text += &format!(", without: [\"{pattern}\"]");
    }
    if choices.chance(20)
        && let Some(by) = permissions_above(choices, shape, base.ty)
    {
        text += &format!(", assigned by: [\"{}\"]", by.replace(", ", "\", \""));
    }
    text + " }"
}

impl Facts {
    /// Adds an assignment, unless there is one that differs in its bounds alone.
    pub(super) fn assign(&mut self, new: AssignmentFacts) {
        let same = |old: &AssignmentFacts| (&old.subject, &old.role, old.on) == (&new.subject, &new.role, new.on);
        if !self.assignments.iter().any(same) {
            self.assignments.push(new);
        }
    }

    /// The policy's role of a name on an entity.
    pub(super) fn role<'s>(&self, shape: &'s Shape, on: usize, name: &str) -> Option<&'s RoleShape> {
        shape.roles.iter().find(|role| role.ty == self.entities[on].ty && role.name == name)
    }

    /// Whom an assignment may mean: its subject, or all who are assigned something on the userset's entity or above it.
    pub(crate) fn meant<'a>(&'a self, assignment: &'a AssignmentFacts) -> Vec<&'a str> {
        let Some((group, _)) = assignment.subject.split_once('#') else { return vec![&assignment.subject] };
        let group = (0..self.entities.len()).find(|&at| self.entities[at].name == group);
        let above = group.map_or(BTreeSet::new(), |group| self.closure(group));
        let near = self.assignments.iter().filter(|other| above.contains(&other.on) && !other.subject.contains('#'));
        near.map(|other| other.subject.as_str()).collect()
    }

    /// The entity and all above it.
    pub(crate) fn closure(&self, at: usize) -> BTreeSet<usize> {
        let above = self.entities[at].parents.iter().flat_map(|&parent| self.closure(parent));
        above.chain([at]).collect()
    }

    /// Entities of a type above an entity, itself not among them.
    pub(super) fn above(&self, at: usize, ty: TypeAt) -> impl Iterator<Item = usize> {
        self.closure(at).into_iter().filter(move |&above| above != at && self.entities[above].ty == ty)
    }

    /// The names of the roles that may be assigned on an entity.
    pub(super) fn assignable(&self, shape: &Shape, at: usize) -> Vec<String> {
        let ty = self.entities[at].ty;
        let above = self.closure(at);
        let inside = |name: &String| above.iter().any(|&outer| self.entities[outer].name == *name);
        let declared = shape.roles.iter().filter(|role| role.ty == ty && role.organization.iter().all(inside));
        let mut names: Vec<String> = declared.map(|role| role.name.clone()).collect();
        let composed: Vec<&(usize, CustomRole)> =
            self.custom_roles.iter().filter(|(owner, role)| role.ty == ty && above.contains(owner)).collect();
        // Inside two organizations that both composed a role of one name, the name says too little.
        if let [(_, role)] = composed.as_slice() {
            names.push(role.name.to_owned());
        }
        names
    }

    /// The names of the org policies that may be linked to an entity.
    pub(super) fn linkable(&self, shape: &Shape, at: usize) -> Vec<String> {
        let above = self.closure(at);
        let inside = |name: &String| above.iter().any(|&outer| self.entities[outer].name == *name);
        let policies = shape.org_policies.iter().chain(self.org_policies.iter().map(|(policy, _)| policy));
        policies.filter(|policy| policy.organization.iter().all(inside)).map(|policy| policy.name.clone()).collect()
    }

    /// Takes away one value for a setting, or one link, if there is any.
    pub(crate) fn drop_supply(&mut self) -> bool {
        self.entities.iter_mut().rev().any(|entity| entity.settings.pop().is_some() || entity.links.pop().is_some())
    }

    /// Writes everything in another order: entities, parents, attributes, assignments.
    pub(crate) fn shuffle(&mut self, choices: &mut Choices<'_>) {
        let mut order: Vec<usize> = (0..self.entities.len()).collect();
        choices.shuffle(&mut order);
        let place = |old: usize| order.iter().position(|&at| at == old).expect("a place");
        let mut entities: Vec<EntityFacts> = order.iter().map(|&at| self.entities[at].clone()).collect();
        for entity in &mut entities {
            entity.parents.iter_mut().for_each(|parent| *parent = place(*parent));
            choices.shuffle(&mut entity.parents);
            choices.shuffle(&mut entity.attributes);
            choices.shuffle(&mut entity.settings);
            choices.shuffle(&mut entity.links);
        }
        self.entities = entities;
        self.assignments.iter_mut().for_each(|assignment| assignment.on = place(assignment.on));
        self.custom_roles.iter_mut().for_each(|(owner, _)| *owner = place(*owner));
        choices.shuffle(&mut self.assignments);
    }

    /// The directory as one text, each entity inside its first parent.
    pub(crate) fn text(&self, shape: &Shape) -> String {
        let roots = (0..self.entities.len()).filter(|&at| self.entities[at].parents.is_empty());
        let header = String::from("rolebook: 1\nkind: directory\n");
        let mut text = roots.fold(header, |text, root| text + &self.entity(shape, root, 0));
        if !self.org_policies.is_empty() {
            text += "policies:\n";
        }
        for (policy, content) in &self.org_policies {
            text += &format!("  {}: {content}\n", policy.name);
        }
        text
    }

    fn entity(&self, shape: &Shape, at: usize, depth: usize) -> String {
        let entity = &self.entities[at];
        let indent = "  ".repeat(depth);
        let mut lines: Vec<String> = Vec::new();
        if entity.parents.len() > 1 {
            let others: Vec<&str> = entity.parents[1..].iter().map(|&at| self.entities[at].name.as_str()).collect();
            lines.push(format!("in: [{}]", others.join(", ")));
        }
        lines.extend(entity.attributes.iter().map(|(name, datum)| format!("{name}: {}", datum.yaml())));
        if !entity.links.is_empty() {
            lines.push(format!("policy: [{}]", entity.links.join(", ")));
        }
        if !entity.settings.is_empty() {
            let values = entity.settings.iter().map(|(name, datum)| format!("{name}: {}", datum.yaml()));
            lines.push(format!("settings: {{ {} }}", values.collect::<Vec<_>>().join(", ")));
        }
        let given: Vec<&AssignmentFacts> = self.assignments.iter().filter(|assignment| assignment.on == at).collect();
        let mut roles: Vec<&String> = Vec::new();
        for assignment in &given {
            if !roles.contains(&&assignment.role) {
                roles.push(&assignment.role);
            }
        }
        if !roles.is_empty() {
            lines.push(String::from("roles:"));
        }
        for role in roles {
            let subjects = given.iter().filter(|assignment| assignment.role == *role);
            let subjects: Vec<String> = subjects.map(|assignment| assignment.yaml()).collect();
            lines.push(format!("  {role}: [{}]", subjects.join(", ")));
        }
        let composed = self.custom_roles.iter().filter(|(owner, _)| *owner == at);
        for (_, role) in composed {
            lines.push(String::from("custom_roles:"));
            lines.push(format!("  {}.{}: {}", shape.types[role.ty].name, role.name, role.text));
        }
        let mut text = format!("{indent}{}:\n", entity.name);
        for line in lines {
            text += &format!("{indent}  {line}\n");
        }
        for inner in 0..self.entities.len() {
            if self.entities[inner].parents.first() == Some(&at) {
                text += &self.entity(shape, inner, depth + 1);
            }
        }
        text
    }
}

impl AssignmentFacts {
    fn yaml(&self) -> String {
        let bound = |name: &str, at: Option<&str>| at.map_or_else(String::new, |at| format!(", {name}: {at}"));
        match (self.since, self.until) {
            (None, None) => format!("\"{}\"", self.subject),
            (since, until) => {
                format!("{{ subject: \"{}\"{}{} }}", self.subject, bound("since", since), bound("until", until))
            }
        }
    }
}
