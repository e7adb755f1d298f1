//! Roles that lints call the same, exchanged for each other: every request is decided as before. And who is said to be the
//! only one that can assign roles somewhere: nobody else can.

use super::case::{Case, asked_of_reference};
use crate::generate::Facts;
use crate::reference::{Reference, Verdict, parse_policy};
use rolebook::analysis::lint::{self, Finding};
use rolebook::diagnostics::Code;
use rolebook::engine::Engine;
use std::collections::BTreeSet;

/// What was seen.
#[derive(Default, Debug)]
pub(super) struct Tally {
    /// Pairs of equal roles that were exchanged, and those of them that somebody held.
    pub(super) equal: usize,
    pub(super) equal_held: usize,
    /// Copies of roles, each of which is told of.
    pub(super) copies: usize,
    /// Pairs of other roles, and those of them that some request tells apart.
    pub(super) others: usize,
    pub(super) told_apart: usize,
    pub(super) overtaken: usize,
    pub(super) alone: usize,
}

/// What differs where a role stands in the place of one that it is said to equal.
pub(super) fn difference(case: &Case, tally: &mut Tally) -> Result<(), String> {
    let at = case.requests.first().map_or(0, |request| request.moment());
    let equal: BTreeSet<[String; 2]> = pairs(&case.engine, Code::EqualRoles, at).into_iter().collect();
    for [one, other] in &equal {
        tally.equal += 1;
        tally.equal_held += usize::from(exchanged(case, &case.policies, one, other)?);
    }
    // Some pairs are enough.
    for (at, one) in case.shape.roles.iter().enumerate().take(4) {
        for other in case.shape.roles[..at].iter().filter(|other| other.ty == one.ty) {
            let (one, other) = (one.text(&case.shape), other.text(&case.shape));
            if !equal.contains(&[one.clone(), other.clone()]) && !equal.contains(&[other.clone(), one.clone()]) {
                tally.others += 1;
                tally.told_apart += usize::from(exchanged(case, &case.policies, &one, &other).is_err());
            }
        }
    }
    copied(case, tally)?;
    left_behind(case, tally)?;
    for [custom, base] in pairs(&case.engine, Code::OvertakenRole, at) {
        // Whoever asks for the role by its name has another answer.
        let mentions = |text: &String| text.matches(&custom).count() + text.matches("any role").count();
        if case.policies.iter().map(mentions).sum::<usize>() == 1 && !case.directory.contains(&custom) {
            tally.overtaken += usize::from(exchanged(case, &case.policies, &custom, &base)?);
        }
    }
    Ok(())
}

/// A role that extends another one, and says no more, is the same: it is told of, and decides alike.
fn copied(case: &Case, tally: &mut Tally) -> Result<(), String> {
    let Some(role) = case.shape.roles.iter().find(|role| !role.custom && !role.open) else { return Ok(()) };
    let (name, ty) = (role.text(&case.shape), case.shape.types[role.ty].name);
    let policies = vec![format!("{}\nrole {ty}.copy extends {name}\n", case.policies.join("\n"))];
    let engine = super::case::load(&policies, &case.directory)?;
    let copy = format!("{ty}.copy");
    let told = pairs(&engine, Code::EqualRoles, 0);
    // It may be the same as another one besides, which is the one that is named then.
    if !told.iter().any(|[one, _]| *one == copy) {
        return Err(format!("not told: `{copy}` is the same as `{name}`"));
    }
    tally.copies += usize::from(exchanged(case, &policies, &name, &copy)?);
    Ok(())
}

/// A custom role that says nothing but that it extends an open one is left behind by it: it is told of, and decides alike.
fn left_behind(case: &Case, tally: &mut Tally) -> Result<(), String> {
    let is_open =
        |name: &String| case.shape.declarations.iter().any(|it| it.starts_with(&format!("open role {name} ")));
    let roles = case.shape.roles.iter().map(|role| (case.shape.types[role.ty].name, role.text(&case.shape)));
    let Some((ty, name)) = roles.into_iter().find(|(_, name)| is_open(name)) else { return Ok(()) };
    let policies = vec![format!("{}\ncustom role {ty}.left extends {name}\n", case.policies.join("\n"))];
    let engine = super::case::load(&policies, &case.directory)?;
    let left = format!("{ty}.left");
    if !pairs(&engine, Code::OvertakenRole, 0).contains(&[left.clone(), name.clone()]) {
        return Err(format!("not told: `{left}` is left behind by `{name}`"));
    }
    tally.overtaken += usize::from(exchanged(case, &policies, &name, &left)?);
    Ok(())
}

/// The roles that findings name: the one at fault, and the one that it is compared with.
fn pairs(engine: &Engine, code: Code, at: i64) -> Vec<[String; 2]> {
    let state = engine.state();
    let names = |finding: Finding| {
        let message = finding.diagnostic.message;
        let mut quoted = message.split('`').skip(1).step_by(2).map(str::to_owned);
        Some([quoted.next()?, quoted.next()?])
    };
    lint::find(&state.examined(at), |wanted| wanted == code).into_iter().filter_map(names).collect()
}

/// Has whoever holds one role hold another in its place; whether anybody did. An error where some request is decided
/// otherwise.
fn exchanged(case: &Case, policies: &[String], one: &str, other: &str) -> Result<bool, String> {
    let (ty, one_name) = one.split_once('.').expect("a role");
    let other_name = other.split_once('.').expect("a role").1;
    let mut facts: Facts = case.facts.clone();
    let is_there = |name: &str| name.split(':').next() == Some(ty);
    let mut found = false;
    let entities: Vec<String> = facts.entities.iter().map(|entity| entity.name.clone()).collect();
    for assignment in &mut facts.assignments {
        if is_there(&entities[assignment.on]) && assignment.role == one_name {
            assignment.role = other_name.to_owned();
            found = true;
        }
        if let Some((group, role)) = assignment.subject.clone().split_once('#')
            && is_there(group)
            && role == one_name
        {
            assignment.subject = format!("{group}#{other_name}");
            found = true;
        }
    }
    if !found {
        return Ok(false);
    }
    let (was, is) = (case.directory.as_str(), facts.text(&case.shape));
    let files: Vec<_> = policies.iter().map(|text| parse_policy(text)).collect();
    let before = Reference::of_files(&files, [was]);
    // The other role may not be assignable there.
    let Ok(after) = Reference::try_of_files(&files, [is.as_str()]) else { return Ok(false) };
    // Two assignments of one subject may have become one.
    if !after.faults().is_empty() || after.outline().assignments.len() != before.outline().assignments.len() {
        return Ok(false);
    }
    for request in &case.requests {
        let asked = asked_of_reference(request);
        let (before, after) = (before.decide(&asked).verdict, after.decide(&asked).verdict);
        if (before == Verdict::Allowed) != (after == Verdict::Allowed) {
            return Err(format!("{one} for {other}: {request:?} was {before:?} and is {after:?}"));
        }
    }
    Ok(true)
}

/// Nobody else can assign a role where somebody is said to be the only one.
pub(super) fn assigned_by_another(case: &Case, tally: &mut Tally) -> Result<(), String> {
    let at = case.requests.first().map_or(0, |request| request.moment());
    let state = case.engine.state();
    let findings = lint::find(&state.examined(at), |code| code == Code::SingleAdmin);
    let subjects: BTreeSet<&str> = case.facts.assignments.iter().map(|one| one.subject.as_str()).collect();
    let declared = case.facts.entities.iter().map(|entity| entity.name.as_str());
    let subjects: BTreeSet<&str> =
        subjects.into_iter().chain(declared).filter(|name| !name.contains('#') && !name.starts_with("key:")).collect();
    for finding in findings {
        let message = &finding.diagnostic.message;
        let mut quoted = message.split('`').skip(1).step_by(2);
        let (Some(on), Some(admin)) = (quoted.next(), quoted.next()) else { return Err(message.clone()) };
        tally.alone += 1;
        let entity = case.facts.entities.iter().position(|entity| entity.name == on).expect("declared");
        let roles = case.shape.roles.iter().filter(|role| role.ty == case.facts.entities[entity].ty);
        for role in roles {
            for subject in subjects.iter().filter(|&&subject| subject != admin) {
                let text = format!(
                    "{{ as: \"{subject}\", assign: {{ subject: \"user:somebody\", role: {}, on: \"{on}\" }} }}",
                    role.name
                );
                let change = serde_yaml::from_str(&text).expect("YAML");
                if case.reference.after(&change, at).is_ok() {
                    return Err(format!("{message}, but {text} is permitted"));
                }
            }
        }
    }
    Ok(())
}
