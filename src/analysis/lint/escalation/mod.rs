//! Ways by which the holder of a role raises themselves.
//!
//! Nobody assigns a role that grants what they are not granted themselves, unless it is assigned `freely`. So there are
//! few ways up, and all of them are followed, one after the other:
//!
//! - A role that is assigned freely, by a permission that is granted by a role that is held, or that it implies: on the
//!   same entity, or on one in it. What it requires must be held, or be assignable itself ([`climb`]).
//! - A custom role on top of an open one that is assigned freely: who composes it decides what it grants ([`beyond`]).
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
mod told;
mod usable;

use super::{Examined, Finding};
use climb::Climb;
use dangers::Dangers;
use gain::Had;

/// How often it is asked whether a role can be assigned, before nothing more is said: what takes a second or two.
const STEPS: usize = 4_000_000;

pub(super) fn find(examined: &Examined<'_>, findings: &mut Vec<Finding>) {
    let dangers = Dangers::of(examined);
    let mut steps = 0;
    if dangers.are_any() {
        // What anybody can come by is said once, and not of each role again.
        let mut nobody = Climb::from(examined, &dangers, &[]);
        nobody.run();
        steps += nobody.steps;
        let had = Had::of(&nobody, 0);
        for reached in had.gains(&nobody) {
            findings.extend(told::anybody(&nobody, &reached));
        }
        let common = nobody.certainly();
        for (role, span) in examined.own_roles().filter(|(role, _)| !common.contains(role)) {
            if steps > STEPS {
                return;
            }
            let start: Vec<_> = std::iter::once(role).chain(common.iter().copied()).collect();
            let mut climb = Climb::from(examined, &dangers, &start);
            if !climb.may_use_any() {
                continue;
            }
            let begun = climb.held.len();
            climb.run();
            steps += climb.steps + climb.held.len();
            let had = Had::of(&climb, begun);
            let best =
                had.gains(&climb).into_iter().reduce(|one, other| if other.is_more_than(&one) { other } else { one });
            findings.extend(best.and_then(|reached| told::by_role(&climb, (role, span), &reached)));
            findings.extend(beyond::composed(&climb, &had).and_then(|way| told::composed(&climb, (role, span), &way)));
            findings
                .extend(beyond::as_others(&climb, &had).and_then(|way| told::as_others(&climb, (role, span), &way)));
        }
    }
    groups::find(examined, &dangers, findings);
}
