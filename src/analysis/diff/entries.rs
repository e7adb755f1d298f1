//! In what the directories differ, whether anybody gains or loses by it or not.

use super::facts::{Altered, Facts};
use super::names::{Names, Pair, Side, Thing};
use super::prints::role_name;
use super::supplied::shown;
use crate::directory::{Assignment, Subject};
use crate::schema::{RoleId, timestamp_text};
use std::collections::BTreeMap;

/// So many of each kind are named.
const NAMED: usize = 1_000;

/// One way in which the directories differ.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FactDiff {
    /// What becomes of them: `new`, `gone`, `moved`, `attribute plan`, `org policies`, `settings`, `assigned`,
    /// `no longer assigned`, `assigned for another time`.
    pub what: String,
    /// Of how many entities, or of how many assignments.
    pub count: usize,
    /// The first thousand of them, in words.
    pub named: Vec<String>,
}

/// All ways in which they differ, entities first.
pub(super) fn entries(names: &Names<'_>, facts: &Facts) -> Vec<FactDiff> {
    let mut found = Found::default();
    let mut altered: Vec<(&Thing, &Vec<Altered>)> = facts.altered.iter().collect();
    altered.sort_unstable_by_key(|(thing, _)| **thing);
    for (&thing, altered) in altered {
        for one in altered {
            found.altered(names, thing, one);
        }
    }
    if !names.one_directory {
        found.assignments(names);
    }
    let found = found.0.into_iter();
    found.map(|((_, what), (count, named))| FactDiff { what, count, named }).collect()
}

/// By the place of a kind and its name, how many there are, and the first of them.
#[derive(Default)]
struct Found(BTreeMap<(u8, String), (usize, Vec<String>)>);

/// An assignment on an entity, apart from its directory.
type Assigned = (Holder, RoleName, Option<i64>, Option<i64>);

/// A role by a number that is the same on both sides, or by that of the side that alone has it.
type RoleName = (u8, RoleId);

/// Whom a role is assigned to.
type Holder = (Option<Thing>, Option<RoleName>);

impl Found {
    fn add(&mut self, rank: u8, what: &str, text: impl FnOnce() -> String) {
        let (count, named) = self.0.entry((rank, what.to_owned())).or_default();
        *count += 1;
        if named.len() < NAMED {
            named.push(text());
        }
    }

    fn altered(&mut self, names: &Names<'_>, thing: Thing, altered: &Altered) {
        let name = || names.name(thing);
        match altered {
            Altered::Added => self.add(0, "new", name),
            Altered::Removed => self.add(1, "gone", name),
            Altered::Moved => self.add(2, "moved", || {
                let [old, new] = [Side::Old, Side::New].map(|side| parents(names, side, thing));
                format!("{} ({} → {})", name(), shown(old.as_deref()), shown(new.as_deref()))
            }),
            Altered::Attribute { name: attribute, old, new } => {
                let text = || format!("{} ({} → {})", name(), shown(old.as_deref()), shown(new.as_deref()));
                self.add(3, &format!("attribute {attribute}"), text);
            }
            Altered::Linked => self.add(4, "org policies", name),
            Altered::Settings => self.add(5, "settings", name),
            // It stands in the policy, and is told of there.
            Altered::Policy(_) => {}
        }
    }

    fn assignments(&mut self, names: &Names<'_>) {
        let schema = |side: Side| names.sides.of(side).policy().schema();
        let by_name: std::collections::HashMap<String, RoleId> =
            schema(Side::New).declared_roles().map(|(id, _)| (role_name(schema(Side::New), id), id)).collect();
        let old: Vec<RoleName> = schema(Side::Old)
            .roles
            .iter_enumerated()
            .map(|(id, _)| by_name.get(&role_name(schema(Side::Old), id)).map_or((1, id), |&known| (0, known)))
            .collect();
        let role = |side: Side, role: RoleId| match side {
            Side::Old => old.get(role.0 as usize).copied().unwrap_or((1, role)),
            Side::New => (0, role),
        };
        let of = |side: Side, thing: Thing, all: &mut Vec<Assigned>| {
            all.clear();
            let Some(entity) = names.entity(side, thing) else { return };
            let assigned = names.sides.of(side).directory().assignments_on(entity);
            all.extend(assigned.map(|assignment: Assignment| {
                let holder = match assignment.subject {
                    Subject::Entity(subject) => (names.thing(side, subject), None),
                    Subject::Userset { on, role: held } => (names.thing(side, on), Some(role(side, held))),
                };
                (holder, role(side, assignment.role), assignment.since, assignment.until)
            }));
            all.sort_unstable();
        };
        let role_text = |(only, role): RoleName| role_name(schema(if only == 1 { Side::Old } else { Side::New }), role);
        let text = |on: Thing, (holder, role, ..): &Assigned| {
            let of = holder.1.map_or_else(String::new, |held| {
                format!("#{}", role_text(held).split_once('.').map_or("", |(_, name)| name))
            });
            let subject = holder.0.map_or_else(String::new, |thing| names.name(thing));
            format!("{subject}{of} {} on {}", role_text(*role), names.name(on))
        };
        let time = |(.., since, until): &Assigned| {
            let since = since.map(|at| format!("since {}", timestamp_text(at)));
            let until = until.map(|at| format!("until {}", timestamp_text(at)));
            let bounds: Vec<String> = since.into_iter().chain(until).collect();
            if bounds.is_empty() { String::from("for good") } else { bounds.join(" ") }
        };
        let mut lists: Pair<Vec<Assigned>> = Pair::default();
        for on in names.things.ids() {
            of(Side::Old, on, &mut lists.old);
            of(Side::New, on, &mut lists.new);
            if lists.old == lists.new {
                continue;
            }
            let key = |assigned: &Assigned| (assigned.0, assigned.1);
            let lacks = |list: &[Assigned], one: &Assigned| list.binary_search_by_key(&key(one), key).is_err();
            for one in lists.new.iter().filter(|one| lacks(&lists.old, one)) {
                self.add(6, "assigned", || text(on, one));
            }
            for one in lists.old.iter().filter(|one| lacks(&lists.new, one)) {
                self.add(7, "no longer assigned", || text(on, one));
            }
            for one in &lists.new {
                let was = lists.old.iter().find(|was| key(was) == key(one) && *was != one);
                if let Some(was) = was.filter(|_| !lists.old.contains(one)) {
                    let said = || format!("{} ({} → {})", text(on, one), time(was), time(one));
                    self.add(8, "assigned for another time", said);
                }
            }
        }
    }
}

/// What an entity lies in on one side, if in anything.
fn parents(names: &Names<'_>, side: Side, thing: Thing) -> Option<String> {
    let entity = (*names.things.get(thing)?.of(side))?;
    let (directory, schema) = (names.sides.of(side).directory(), names.sides.of(side).policy().schema());
    let parents: Vec<String> = directory.parents(entity).iter().map(|&parent| directory.name(schema, parent)).collect();
    (!parents.is_empty()).then(|| parents.join(", "))
}
