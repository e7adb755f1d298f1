//! Who holds which roles: the least fixpoint of assignments, usersets, requirements and implications.
//!
//! A person's roles depend on nobody else's, as a userset asks about that same person. So each person gets a table of all
//! roles on all entities, everything false at first, and all rules are applied again and again until nothing rises.

use super::Truth;
use super::directory::Assignment;
use super::expression::Names;
use super::policy::{RoleAt, type_of};
use super::world::World;
use super::{Part, Parts};
use rolebook::syntax::ast::Expr;
use std::collections::BTreeMap;
use std::rc::Rc;

/// How holding is asked about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum View {
    /// At the moment of the request, as far as its conditions can be computed.
    Now,
    /// At any time and under any condition.
    Ever,
    /// At any time and under any condition, as it was assigned: to a userset as to somebody of that name, and not to its
    /// members, and whatever else the role requires.
    Given,
}

/// For each role, by its place, the entities on which a person holds exactly that role.
pub(super) struct Holdings {
    rows: Vec<BTreeMap<String, Held>>,
    /// What keeps assignments to the person from counting.
    pub(super) hindered: Parts,
}

/// Whether something is held, and by what.
#[derive(Clone)]
pub(super) struct Held {
    pub(super) truth: Truth,
    pub(super) by: Parts,
}

impl Held {
    fn not(because: Part) -> Self {
        Self { truth: Truth::False, by: Parts::from([because]) }
    }
}

impl Holdings {
    pub(super) fn get(&self, role: RoleAt, on: &str) -> Truth {
        self.rows[role].get(on).map_or(Truth::False, |held| held.truth)
    }

    /// What the role is held by there.
    pub(super) fn by(&self, role: RoleAt, on: &str) -> Parts {
        self.rows[role].get(on).map(|held| held.by.clone()).unwrap_or_default()
    }

    /// Raises an entry; whether it changed.
    fn raise(&mut self, role: RoleAt, on: &str, held: Held) -> bool {
        let rises = held.truth > self.get(role, on);
        if rises {
            self.rows[role].insert(on.to_owned(), held);
        }
        rises
    }

    fn entries(&self) -> Vec<(RoleAt, String)> {
        let rows = self.rows.iter().enumerate();
        rows.flat_map(|(role, row)| row.keys().map(move |on| (role, on.clone()))).collect()
    }
}

impl World<'_> {
    /// Whether a person has one of the roles on an entity: holds it there, or one that extends it.
    pub(super) fn holds(&self, person: &str, roles: &[RoleAt], on: &str) -> Truth {
        self.counts(&self.holdings(person, View::Now), roles, on)
    }

    fn counts(&self, holdings: &Holdings, wanted: &[RoleAt], on: &str) -> Truth {
        let counting = wanted.iter().flat_map(|&wanted| self.counting_as(wanted));
        Truth::any(counting.map(|role| holdings.get(role, on)))
    }

    /// The role and those that extend it.
    fn counting_as(&self, wanted: RoleAt) -> impl Iterator<Item = RoleAt> {
        (0..self.policy.roles.len()).filter(move |&role| self.policy.counts_as(role, wanted))
    }

    /// All that a person holds.
    pub(super) fn holdings(&self, person: &str, view: View) -> Rc<Holdings> {
        let key = (person.to_owned(), view);
        if let Some(found) = self.found.borrow().get(&key) {
            return Rc::clone(found);
        }
        let found = Rc::new(self.find_holdings(person, view));
        self.found.borrow_mut().insert(key, Rc::clone(&found));
        found
    }

    fn find_holdings(&self, person: &str, view: View) -> Holdings {
        let rows = vec![BTreeMap::new(); self.policy.roles.len()];
        let mut holdings = Holdings { rows, hindered: Parts::new() };
        // A key holds nothing itself.
        if !person.contains('#') && self.policy.acts_as(type_of(person)).is_some() {
            return holdings;
        }
        let mut changed = true;
        while changed {
            changed = false;
            holdings.hindered.clear();
            for assignment in &self.directory.assignments {
                let held = self.assigned(person, assignment, &holdings, view);
                if held.truth == Truth::False {
                    holdings.hindered.extend(held.by);
                } else {
                    changed |= holdings.raise(assignment.role, &assignment.on, held);
                }
            }
            for (role, on) in holdings.entries() {
                for (implied, below, held) in self.implied(person, role, &on, &holdings, view) {
                    if held.truth == Truth::False && held.by.contains(&Part::ImplicationUnknown) {
                        holdings.hindered.insert(Part::ImplicationUnknown);
                    }
                    changed |= holdings.raise(implied, &below, held);
                }
            }
        }
        holdings
    }

    /// Whether an assignment gives the person its role, by what is known of the person so far.
    fn assigned(&self, person: &str, assignment: &Assignment, holdings: &Holdings, view: View) -> Held {
        let mut by = Parts::new();
        let meant = match assignment.subject.split_once('#').filter(|_| view != View::Given) {
            None => Truth::of(assignment.subject == person),
            Some((group, role)) => {
                let roles = self.policy.roles_named(type_of(group), role);
                for role in roles.iter().flat_map(|&role| self.counting_as(role)) {
                    let nested = holdings.by(role, group).contains(&Part::Userset);
                    by.extend(nested.then_some(Part::UsersetTwice));
                }
                by.insert(Part::Userset);
                self.counts(holdings, &roles, group)
            }
        };
        if meant == Truth::False {
            return Held { truth: Truth::False, by: Parts::new() };
        }
        let at = self.request.at;
        if assignment.since().is_some_and(|since| at < since) && view == View::Now {
            return Held::not(Part::BeforeSince);
        }
        if assignment.until().is_some_and(|until| until <= at) && view == View::Now {
            return Held::not(Part::AfterUntil);
        }
        let required = if view == View::Given { Truth::True } else { self.requirements_met(assignment, holdings) };
        if required == Truth::False {
            return Held::not(Part::RequirementUnmet);
        }
        self.noted();
        let counts = self.role_counts(person, assignment.role, &assignment.on, view);
        if counts == Truth::False {
            return Held::not(Part::ConditionFails);
        }
        by.extend((!self.policy.requirements(assignment.role).is_empty()).then_some(Part::Requirement));
        self.note_role(assignment.role, counts, &mut by);
        Held { truth: meant.and(required).and(counts), by }
    }

    fn note_role(&self, role: RoleAt, counts: Truth, by: &mut Parts) {
        by.extend(self.policy.roles[role].custom.then_some(Part::Custom));
        by.extend((!self.policy.conditions(role).is_empty()).then_some(Part::Condition));
        by.extend((counts == Truth::Unknown).then_some(Part::ConditionUnknown));
        by.extend(self.noted());
    }

    /// Whether the person also holds, on something that contains the assignment's entity, each role that it requires.
    fn requirements_met(&self, assignment: &Assignment, holdings: &Holdings) -> Truth {
        let mut above = self.ancestors_or_self(&assignment.on);
        above.remove(&assignment.on);
        Truth::all(self.policy.requirements(assignment.role).into_iter().map(|required| {
            let scopes = above.iter().filter(|above| type_of(above) == required.type_name.value);
            Truth::any(
                scopes.map(|scope| self.counts(holdings, &self.policy.meant_by(assignment.role, required), scope)),
            )
        }))
    }

    /// The direct assignments whose subjects hold in no way what these require.
    pub(super) fn unmet_requirements(&self) -> Vec<[String; 3]> {
        let unmet = |assignment: &&Assignment| {
            let person = &assignment.subject;
            let holdings = self.holdings(person, View::Ever);
            !person.contains('#') && self.requirements_met(assignment, &holdings) == Truth::False
        };
        let assignments = self.directory.assignments.iter().filter(unmet);
        assignments.map(|unmet| [unmet.on.clone(), unmet.role_name.clone(), unmet.subject.clone()]).collect()
    }

    /// What holding a role on an entity implies on the entities below.
    fn implied(
        &self,
        person: &str,
        role: RoleAt,
        on: &str,
        holdings: &Holdings,
        view: View,
    ) -> Vec<(RoleAt, String, Held)> {
        let mut implied = Vec::new();
        for implication in self.policy.implications(role) {
            for name in &implication.roles {
                for below in self.below(on, &name.type_name.value) {
                    let when = implication.when.as_ref().filter(|_| view == View::Now);
                    self.noted();
                    let truth = when.map_or(Truth::True, |when| self.about_holding(when, person, on, &below));
                    // A final `?` counts as false in an implication, and so does one of the role that implies.
                    let implies = holdings.get(role, on).and(truth);
                    let mut by = holdings.by(role, on);
                    by.extend(by.contains(&Part::Implied).then_some(Part::ImpliedTwice));
                    by.insert(Part::Implied);
                    for target in self.policy.meant_by(role, name) {
                        let counts = self.role_counts(person, target, &below, view);
                        let mut held = Held { truth: Truth::of(implies == Truth::True).and(counts), by: by.clone() };
                        self.note_role(target, counts, &mut held.by);
                        if implies == Truth::Unknown {
                            held = Held::not(Part::ImplicationUnknown);
                        }
                        implied.push((target, below.clone(), held));
                    }
                }
            }
        }
        implied
    }

    /// Whether the conditions on the role itself hold.
    fn role_counts(&self, person: &str, role: RoleAt, on: &str, view: View) -> Truth {
        let conditions = self.policy.conditions(role).into_iter().filter(|_| view == View::Now);
        Truth::all(conditions.map(|when| self.about_holding(when, person, on, on)))
    }

    fn about_holding(&self, condition: &Expr, person: &str, scope: &str, resource: &str) -> Truth {
        let names =
            Names { subject: person, actor: person, action: "", resource, scope: Some(scope), named_from: scope };
        self.truth(condition, names)
    }
}
