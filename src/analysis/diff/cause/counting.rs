//! Whether a role counts where it is assigned: what it requires, and under which condition it counts.

use super::super::names::{Names, Pair, Side, Thing};
use super::super::occasion::Occasion;
use super::super::prints::{Prints, role_name};
use super::{Case, Cause, CauseKind, Causes};
use crate::compile::{Opening, RoleOrigin};
use crate::decide::{Truth, Variables, World};
use crate::schema::RoleId;
use crate::source::Span;

impl Causes {
    /// That a role requires another one on one side alone; `there` is its counterpart.
    pub(super) fn of_requirement(&self, names: &Names<'_>, side: Side, role: RoleId, there: RoleId) -> Option<Cause> {
        // It is held where less is required.
        let (strict, role, free) = (side.other(), there, role);
        let required = |side: Side, role: RoleId| -> Vec<(String, RoleId)> {
            let policy = names.sides.of(side).policy();
            policy.role(role).requires.iter().map(|&one| (role_name(policy.schema(), one), one)).collect()
        };
        let known = required(side, free);
        let (name, one) =
            required(strict, role).into_iter().find(|(name, _)| known.iter().all(|(other, _)| other != name))?;
        let policy = names.sides.of(strict).policy();
        let says = |base: RoleId| {
            let origin = policy.provenance().roles.get(base)?;
            let (_, span) = origin.requires.iter().find(|(required, _)| *required == one)?;
            Some((base, *span))
        };
        let (base, span) = policy.role(role).counts_as.iter().chain([&role]).find_map(|&base| says(base))?;
        let verb = if strict == Side::New { "requires" } else { "no longer requires" };
        let text = format!("`{}` {verb} `{name}`", role_name(policy.schema(), base));
        Some(Cause { kind: CauseKind::Requires, text, place: Some((strict, span)) })
    }

    /// That a role that is held counts on one side alone, since its condition is another one.
    pub(super) fn of_counting(
        &self,
        case: &Case<'_, '_, '_>,
        prints: &mut Prints<'_>,
        side: Side,
        (role, on): (RoleId, Thing),
        occasion: &Occasion,
    ) -> Option<Cause> {
        let names = case.asker.names;
        let other = side.other();
        let there = self.counterpart(names, side, role)?;
        let when = |side: Side, role: RoleId| names.sides.of(side).policy().role(role).when;
        let (here, beyond) = (when(side, role), when(other, there)?);
        let same = here.is_some_and(|here| prints.node(side, here) == prints.node(other, beyond));
        let request = case.request(other, occasion)?;
        let world = World::new(names.sides.of(other), &request);
        let variables = Variables::of_role(world.subject()?, names.entity(other, on)?);
        let counts = world.truth(beyond, variables) == Truth::True;
        if same || counts { None } else { self.of_when(names, side, role) }
    }

    /// That a role, or one that it builds on, counts under another condition.
    pub(in crate::analysis::diff) fn of_when(&self, names: &Names<'_>, side: Side, role: RoleId) -> Option<Cause> {
        let policy = names.sides.of(side).policy();
        let bases = policy.role(role).counts_as.iter().copied().filter(|&base| base != role);
        bases.chain([role]).find_map(|base| {
            let there = self.counterpart(names, side, base)?;
            let ids = Pair::beside(side, base, there);
            let origin = |side: Side| names.sides.of(side).policy().provenance().roles.get(*ids.of(side));
            let (old, new) = (origin(Side::Old)?, origin(Side::New)?);
            let name = role_name(policy.schema(), base);
            if old.opening != new.opening {
                let (was, is) = (opening(&old.opening), opening(&new.opening));
                let text = format!("`{name}` is open to custom roles {is} instead of {was}");
                return Some(Cause { kind: CauseKind::Role, text, place: Some((Side::New, new.span)) });
            }
            let (was, is) = (texts(old), texts(new));
            let (shown, place) = match (was.is_empty(), is.is_empty()) {
                _ if was == is => return None,
                (_, true) => (format!("in any case instead of when `{was}`"), new.span),
                (true, _) => (format!("when `{is}` instead of in any case"), place(new)),
                _ => (format!("when `{is}` instead of `{was}`"), place(new)),
            };
            let text = format!("`{name}` counts {shown}");
            Some(Cause { kind: CauseKind::Role, text, place: Some((Side::New, place)) })
        })
    }
}

fn texts(origin: &RoleOrigin) -> String {
    origin.when.iter().map(|when| &*when.text).collect::<Vec<_>>().join(" and ")
}

fn place(origin: &RoleOrigin) -> Span {
    origin.when.first().map_or(origin.span, |when| when.places.span)
}

fn opening(opening: &Opening) -> String {
    match opening {
        Opening::Closed => String::from("never"),
        Opening::Open => String::from("in any case"),
        Opening::When(condition) => format!("when `{condition}`"),
    }
}
