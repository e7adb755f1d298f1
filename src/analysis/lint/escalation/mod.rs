//! Ways by which the holder of a role raises themselves.
//!
//! Nobody assigns a role that grants what they are not granted themselves, unless it is assigned `freely`. So there are
//! few ways up, and all of them are followed, one after the other:
//!
//! - A role that is assigned freely, by a permission that is granted by a role that is held, or that it implies: on the
//!   same entity, or on one in it. What it requires must be held, or be assignable itself ([`climb`]).
//! - A custom role on top of an open one that is assigned freely: who composes it decides what it grants ([`beyond`]).
//! - A role that a rule asks for, which gives more than the role itself: only what that grants is compared.
//! - A key that acts as somebody, made or given to whomever one likes ([`beyond`]).
//! - A group that has been given a role: who decides who is in it gives that role ([`groups`]).
//!
//! What can be done under a condition only is said to be so. A condition that can never hold leads nowhere, nor does a
//! permission that is always denied. Moving entities and setting attributes, on which conditions may depend, are not
//! followed: who may do these is asked of the places themselves.

mod beyond;
mod climb;
mod dangers;
mod gain;
mod groups;
mod targets;
mod told;
mod usable;

use super::{Examined, Finding};
use crate::schema::RoleId;
use crate::source::Span;
use climb::Climb;
use dangers::Dangers;
use gain::{Had, Reached, Way};
use rustc_hash::FxHashSet;

/// How many steps up are tried, before it is said that no more are: what takes some seconds.
const STEPS: usize = 10_000_000;

/// Where more roles than these can be come by, what each of the ways brings as a whole is not compared.
const FEW: usize = 64;

pub(super) fn find(examined: &Examined<'_>, findings: &mut Vec<Finding>) {
    find_within(examined, STEPS, findings);
}

/// Follows all ways, unless that takes more steps than this: then it says of which roles they were not followed.
fn find_within(examined: &Examined<'_>, limit: usize, findings: &mut Vec<Finding>) {
    let dangers = Dangers::of(examined);
    if dangers.are_any() {
        // What anybody can come by is said once, and not of each role again.
        let mut nobody = Climb::from(examined, &dangers, &[]);
        nobody.run();
        let had = Had::of(&nobody, 0);
        let gains = had.gains(&nobody);
        for reached in &gains {
            findings.extend(told::anybody(&nobody, &Had::way(&nobody, &gains, reached)));
        }
        let common = nobody.certainly();
        let roles: Vec<_> = examined.own_roles().filter(|(role, _)| !common.contains(role)).collect();
        let mut steps = nobody.steps;
        for (at, &(role, span)) in roles.iter().enumerate() {
            if steps > limit {
                findings.push(told::given_up(span, roles.len() - at));
                break;
            }
            steps += follow(examined, &dangers, &common, (role, span), findings);
        }
    }
    groups::find(examined, &dangers, findings);
}

/// Follows the ways of whoever holds a role, and what anybody can; how many steps were tried.
fn follow(
    examined: &Examined<'_>,
    dangers: &Dangers,
    common: &FxHashSet<RoleId>,
    (role, span): (RoleId, Span),
    findings: &mut Vec<Finding>,
) -> usize {
    let start: Vec<_> = std::iter::once(role).chain(common.iter().copied()).collect();
    let mut climb = Climb::from(examined, dangers, &start);
    if !climb.may_use_any() {
        return 0;
    }
    let begun = climb.held.len();
    let had = Had::of(&climb, begun);
    let best = if dangers.targets.len() <= FEW {
        climb.run();
        let gains = had.gains(&climb);
        most(gains.iter().map(|reached| Had::way(&climb, &gains, reached)), |way| &way.whole)
    } else {
        to_the_most(&mut climb, &had, &start)
    };
    findings.extend(best.and_then(|way| told::by_role(&climb, (role, span), &way)));
    findings.extend(beyond::composed(&climb, &had).and_then(|way| told::composed(&climb, (role, span), &way)));
    findings.extend(beyond::as_others(&climb, &had).and_then(|way| told::as_others(&climb, (role, span), &way)));
    climb.steps + climb.held.len()
}

/// The first of those that bring most.
fn most<T>(all: impl Iterator<Item = T>, reached: impl Fn(&T) -> &Reached) -> Option<T> {
    all.reduce(|one, other| if reached(&other).is_more_than(reached(&one)) { other } else { one })
}

/// The way to the role that brings most by itself: once that is found, no further way is taken, unless roles are composed or
/// keys made by what it leads to.
fn to_the_most<'e, 'a>(climb: &mut Climb<'e, 'a>, had: &Had, start: &[RoleId]) -> Option<Way> {
    let (examined, dangers) = (climb.examined, climb.dangers);
    let best = |climb: &Climb<'_, '_>| {
        let gains = had.gains(climb);
        most(gains.iter(), |reached| *reached).map(|reached| Had::way(climb, &gains, reached))
    };
    let brought = dangers.brought(examined);
    let alone = dangers.bases.is_empty() && dangers.keys.is_empty();
    let Some(enough) = brought.most(had).filter(|_| alone) else {
        climb.run();
        return best(climb);
    };
    let stopped = climb.run_until(&dangers.ways_to, |climb, role| brought.by(climb, had, role) >= enough);
    let found = best(climb);
    let brings = |way: &Way| way.steps.iter().any(|step| step.new.len() >= enough);
    if !stopped || enough == 0 || found.as_ref().is_some_and(brings) {
        return found;
    }
    // What a role denies, or others bring before it, it does not bring.
    let steps = climb.steps;
    *climb = Climb::from(examined, dangers, start);
    climb.steps = steps;
    climb.run();
    best(climb)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Engine;

    #[test]
    fn what_is_not_followed_is_said_to_be_so() {
        let policy = "
            type user
            type team { actions view, invite }
            role team.a { allow team.invite }
            role team.b { allow team.invite }
            role team.c assigned freely by team.invite { allow team.view }";
        let state = Engine::from_strings(&[("policy.rolebook", policy)], &[]).expect("sound").state();
        let told = |limit: usize| -> Vec<String> {
            let mut findings = Vec::new();
            find_within(&state.examined(0), limit, &mut findings);
            findings.into_iter().map(|finding| finding.diagnostic.message).collect()
        };
        let by = |role: &str| format!("whoever holds `team.{role}` can come by `team.view`: team.{role} → team.c");
        assert_eq!(told(STEPS), [by("a"), by("b")]);
        let given_up =
            "by which ways whoever holds this role, or one of 1 further, can raise themselves is not followed";
        assert_eq!(told(2), [by("a"), String::from(given_up)]);
    }

    /// What is found within so many steps.
    fn found(policy: &str, limit: usize) -> Vec<String> {
        let state = Engine::from_strings(&[("policy.rolebook", policy)], &[]).expect("sound").state();
        let mut findings = Vec::new();
        find_within(&state.examined(0), limit, &mut findings);
        findings.into_iter().map(|finding| finding.diagnostic.message).collect()
    }

    #[test]
    fn of_hundreds_of_roles_that_lead_to_each_other_each_is_followed_in_a_few_steps() {
        const ROLES: usize = 300;
        let role = |at: usize, by: String, allows: String| {
            format!("role team.r{at} assigned freely by team.{by} {{ allow team.{{{allows}}} }}")
        };
        let policy = |role: &dyn Fn(usize) -> String| {
            let actions: Vec<String> = (0..ROLES).map(|at| format!("a{at}")).collect();
            let roles: Vec<String> = (0..ROLES).map(role).collect();
            format!("type user\ntype team {{ actions invite, {} }}\n{}", actions.join(", "), roles.join("\n"))
        };
        let next = |at: usize| (at + 1) % ROLES;

        // Each is assigned by what every one grants.
        let told = found(&policy(&|at| role(at, "invite".into(), format!("invite, a{at}"))), 10 * ROLES);
        assert_eq!(told.len(), ROLES);
        assert_eq!(told[0], "whoever holds `team.r0` can come by `team.a1`: team.r0 → team.r1");
        assert_eq!(told[1], "whoever holds `team.r1` can come by `team.a0`: team.r1 → team.r0");

        // Each is assigned by what the one before it grants, all around.
        let told = found(&policy(&|at| role(at, format!("a{at}"), format!("a{}", next(at)))), 10 * ROLES);
        assert_eq!(told.len(), ROLES);
        for (at, told) in told.iter().enumerate() {
            let (next, gained) = (next(at), next(next(at)));
            let way = format!("team.r{at} → team.r{next}");
            assert_eq!(*told, format!("whoever holds `team.r{at}` can come by `team.a{gained}`: {way}"));
        }

        // What brings most stands at the end of a long way.
        let most = |at: usize| {
            let more = if at + 1 == ROLES { ", invite" } else { "" };
            role(at, format!("a{at}"), format!("a{}{more}", next(at)))
        };
        let told = found(&policy(&most), usize::MAX);
        assert_eq!(told.len(), ROLES);
        assert!(
            told[0].starts_with("whoever holds `team.r0` can come by `team.invite` and 299 more: team.r0 → team.r1 →"),
            "{}",
            told[0]
        );
        assert_eq!(told[0].matches(" → ").count(), ROLES - 1);
    }

    #[test]
    fn what_brings_most_is_told_of_though_another_role_denies_what_it_would_bring() {
        let policy = "
            type user
            type team { actions invite }
            type job in team { actions a, b, c }
            role team.boss { allow team.invite }
            role job.bound { deny job.{a, b} }
            role team.x assigned freely by team.invite { allow job.*  implies job.bound }
            role team.y assigned freely by team.invite { allow job.{a, b} }";
        assert_eq!(
            found(policy, STEPS),
            ["whoever holds `team.boss` can come by `job.a` and 1 more: team.boss → team.y"]
        );
    }
}
