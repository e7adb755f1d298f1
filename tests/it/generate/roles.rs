//! Random roles: bases, removals, implications downward, requirements upward, conditions, open and custom ones.
//!
//! Roles of contained types come first, and each role speaks only of roles before it where a cycle could arise.

use super::choices::Choices;
use super::condition::condition;
use super::operands::Place;
use super::shape::{Reach, RoleShape, Shape, TypeAt};
use super::statement::{self, Permission};
use super::types::permissions_above;
use std::collections::BTreeSet;

const NAMES: [&str; 4] = ["viewer", "member", "editor", "admin"];

/// Fills in the roles and writes them down.
pub(crate) fn roles(choices: &mut Choices<'_>, shape: &mut Shape) {
    let mut planned: Vec<(TypeAt, &str)> = Vec::new();
    for ty in (1..shape.types.len()).rev() {
        let count = choices.copy_pick(&[1, 2, 2, 3, 3, 4, 0]);
        planned.extend(NAMES[..count].iter().map(|&name| (ty, name)));
    }
    for (at, &(ty, name)) in planned.iter().enumerate() {
        let text = role(choices, shape, ty, name, &planned[at..]);
        shape.declarations.push(text);
    }
}

/// Writes one role; `later` are it and those planned after it.
fn role(choices: &mut Choices<'_>, shape: &mut Shape, ty: TypeAt, name: &str, later: &[(TypeAt, &str)]) -> String {
    let mut role = RoleShape {
        ty,
        name: name.to_owned(),
        open: false,
        custom: false,
        organization: None,
        extends: BTreeSet::new(),
        requires: BTreeSet::new(),
        implies: BTreeSet::new(),
        allows: BTreeSet::new(),
    };
    let about_scope = Place { about_holding: true, ..Place::of(shape, Some(ty)) };
    let siblings: Vec<usize> = (0..shape.roles.len()).filter(|&at| shape.roles[at].ty == ty).collect();
    let open: Vec<usize> = siblings.iter().copied().filter(|&at| shape.roles[at].open).collect();

    let mut text = String::new();
    let mut bases = Vec::new();
    if !open.is_empty() && choices.chance(40) {
        role.custom = true;
        bases = bases_among(choices, &open, 30);
        text += "custom ";
    } else {
        if choices.chance(60) {
            bases = bases_among(choices, &siblings, 25);
            bases.retain(|&base| !shape.roles[base].custom);
        }
        if choices.chance(40) {
            role.open = true;
            text += "open ";
            if choices.chance(50) && !shape.unconditional {
                text += &format!("when {} ", condition(choices, shape, &about_scope));
            }
        }
    }
    text += &format!("role {}.{name}", shape.types[ty].name);
    if role.custom && choices.chance(30) {
        let above: Vec<TypeAt> =
            (1..shape.types.len()).filter(|&outer| outer == ty || shape.reach(ty, outer) != Reach::Never).collect();
        let organization = format!("{}:1", shape.types[choices.copy_pick(&above)].name);
        text += &format!(" in {organization}");
        role.organization = Some(organization);
    }
    text += &clause("extends", bases.iter().map(|&base| shape.roles[base].text(shape)));
    for &base in &bases {
        role.extends.insert(shape.roles[base].name.clone());
        role.extends.extend(shape.roles[base].extends.clone());
    }
    let above: Vec<&(TypeAt, &str)> =
        later.iter().filter(|(outer, _)| *outer != ty && shape.lies_below(ty, *outer)).collect();
    if !above.is_empty() && choices.chance(45) {
        let mut required: Vec<(TypeAt, &str)> = vec![*choices.copy_pick(&above)];
        if choices.chance(25) {
            required.push(*choices.copy_pick(&above));
            required.dedup();
        }
        text += &clause("requires", required.iter().map(|(ty, name)| format!("{}.{name}", shape.types[*ty].name)));
        role.requires = required.into_iter().map(|(ty, name)| (ty, name.to_owned())).collect();
    }
    role.requires.extend(bases.iter().flat_map(|&base| shape.roles[base].requires.clone()));
    role.implies.extend(bases.iter().flat_map(|&base| shape.roles[base].implies.clone()));
    if choices.chance(50)
        && let Some(by) = permissions_above(choices, shape, ty)
    {
        text += if choices.chance(25) { " assigned freely by " } else { " assigned by " };
        text += &by;
    }
    if choices.chance(30) && !shape.unconditional {
        text += &format!("\n  when {}", condition(choices, shape, &about_scope));
    }

    let mut body = Vec::new();
    let inherited: BTreeSet<Permission> = bases.iter().flat_map(|&base| shape.roles[base].allows.clone()).collect();
    role.allows = inherited.clone();
    if choices.chance(45) {
        let all: Vec<Permission> = inherited.into_iter().collect();
        if let Some((pattern, removed)) = statement::pattern(choices, shape, &all) {
            role.allows.retain(|permission| !removed.contains(permission));
            body.push(format!("without {pattern}"));
        }
    }
    for _ in 0..choices.copy_pick(&[1, 1, 2, 2, 0]) {
        if let Some(allow) = statement::statement(choices, shape, "allow", Some(ty)) {
            body.push(allow.text());
            role.allows.extend(allow.permissions);
        }
    }
    if choices.chance(if shape.unconditional { 45 } else { 10 })
        && !shape.range(ty).iter().all(|&ty| shape.types[ty].actions.is_empty())
    {
        role.allows.extend(statement::permissions(shape, &shape.range(ty)));
        body.push(String::from("allow *"));
    }
    if choices.chance(35) {
        body.extend(statement::statement(choices, shape, "deny", Some(ty)).map(|deny| deny.text()));
    }
    if choices.chance(70) {
        let (texts, implied) = implications(choices, shape, ty, &about_scope);
        body.extend(texts);
        role.implies.extend(implied);
    }
    shape.roles.push(role);
    choices.shuffle(&mut body);
    let body: String = body.iter().map(|item| format!("  {}\n", item.replace('\n', "\n  "))).collect();
    format!("{text} {{\n{body}}}")
}

/// One of the candidates, if there are any, and each other with some chance of a hundred.
fn bases_among(choices: &mut Choices<'_>, candidates: &[usize], percent: usize) -> Vec<usize> {
    let mut bases: Vec<usize> = choices.copy_pick_any(candidates).into_iter().collect();
    for &candidate in candidates {
        if choices.chance(percent) && !bases.contains(&candidate) {
            bases.push(candidate);
        }
    }
    bases
}

/// One implication, or two that may lead to the same under different conditions; with what they lead to.
fn implications(
    choices: &mut Choices<'_>,
    shape: &Shape,
    ty: TypeAt,
    about_scope: &Place,
) -> (Vec<String>, Vec<(TypeAt, String)>) {
    let fits = |role: &&RoleShape| shape.lies_below(role.ty, ty) && !role.custom;
    let below: Vec<&RoleShape> = shape.roles.iter().filter(fits).collect();
    let mut texts = Vec::new();
    let Some(nearest) = below.len().checked_sub(1) else { return (texts, Vec::new()) };
    // Roles of types just below stand last, and are the likelier to imply further ones themselves.
    let mut implied = vec![below[nearest - choices.below(below.len()).min(choices.below(below.len()))]];
    let is_required =
        |role: &RoleShape| shape.roles.iter().any(|other| other.requires.contains(&(role.ty, role.name.clone())));
    let required: Vec<&RoleShape> = below.iter().copied().filter(|role| is_required(role)).collect();
    if choices.chance(35) {
        implied = choices.copy_pick_any(&required).map_or(implied, |role| vec![role]);
    }
    for _ in 0..if choices.chance(40) { 2 } else { 1 } {
        let other = choices.copy_pick(&below);
        if choices.chance(30) && !implied.iter().any(|role| std::ptr::eq(*role, other)) {
            implied.push(other);
        }
        let mut text =
            format!("implies {}", implied.iter().map(|role| role.text(shape)).collect::<Vec<_>>().join(", "));
        if choices.chance(55) && !shape.unconditional {
            let types: BTreeSet<TypeAt> = implied.iter().map(|role| role.ty).collect();
            let place = Place { resource: types.into_iter().collect(), ..about_scope.clone() };
            text += &format!(" when {}", condition(choices, shape, &place));
        }
        texts.push(text);
    }
    (texts, implied.iter().map(|role| (role.ty, role.name.clone())).collect())
}

fn clause(keyword: &str, names: impl Iterator<Item = String>) -> String {
    let names: Vec<String> = names.collect();
    if names.is_empty() { String::new() } else { format!(" {keyword} {}", names.join(", ")) }
}
