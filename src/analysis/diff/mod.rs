//! What changes in meaning from one policy and directory to another: for roles, for settings, and for people.
//!
//! Both sides are taken from their compiled tables. Names tie them together: a role, a permission, an entity of one name is
//! the same on both.

mod alike;
mod ask;
mod askers;
mod cause;
mod classes;
mod clauses;
mod compare;
mod declarations;
mod entries;
mod facts;
mod fields;
mod halves;
mod holders;
mod names;
mod occasion;
mod places;
mod prints;
mod reach;
mod reads;
mod relation;
mod roles;
mod rows;
mod rules;
mod said;
mod say;
mod settings;
mod stated;
mod supplied;
mod values;
mod way;
mod witness;

pub use cause::{Cause, CauseKind};
pub use clauses::ClauseDiff;
pub use declarations::{DeclarationDiff, DeclarationKind};
pub use entries::FactDiff;
pub use facts::Altered;
pub use names::Side;
pub use occasion::Occasion;
pub use relation::{Related, Relation};
pub use roles::{PermissionDiff, RoleChange, RoleDiff};
pub use rows::{CausedBy, Counted, Difference, PeopleDiff, Sample};
pub use rules::RuleDiff;
pub use settings::{GivenDiff, SettingDiff, Turn};
pub use supplied::GivenOtherwise;
pub use witness::Witness;

use crate::decide::Snapshot;
use crate::index::{AtOnce, in_turn};
use crate::schema::RawValue;

/// With what both sides are asked.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Asking {
    /// Values for the context. All others are varied as far as conditions tell them apart.
    pub context: Vec<(String, RawValue)>,
    /// The moment, in milliseconds since 1970 UTC.
    pub at: i64,
}

/// What changes in meaning from one state to another.
pub struct PolicyDiff<'s> {
    /// What becomes of types, of the context, and of org policies as such.
    pub declarations: Vec<DeclarationDiff>,
    /// What becomes of roles.
    pub roles: Vec<RoleDiff>,
    /// What becomes of rules, and of the guardrails of org policies.
    pub rules: Vec<RuleDiff>,
    /// What becomes of settings.
    pub settings: Vec<SettingDiff>,
    /// In what the directories differ, whether anybody gains or loses by it or not.
    pub facts: Vec<FactDiff>,
    /// Who gains and who loses what.
    pub people: PeopleDiff<'s>,
}

impl<'s> PolicyDiff<'s> {
    /// Compares two states.
    ///
    /// ```
    /// use rolebook::Engine;
    /// use rolebook::analysis::diff::{Asking, PolicyDiff, RoleChange};
    ///
    /// let old = "type user  type team { actions view, delete }  role team.member { allow * }";
    /// let new = "type user  type team { actions view, delete }  role team.member { allow team.view }";
    /// let directory = "{rolebook: 1, kind: directory, \"team:a\": {roles: {member: [user:ana]}}}";
    /// let [old, new] = [old, new].map(|policy| {
    ///     Engine::from_strings(&[("teams.rolebook", policy)], &[("directory.yaml", directory)]).expect("sound").state()
    /// });
    /// let diff = PolicyDiff::new(old.snapshot(), new.snapshot(), &Asking::default());
    ///
    /// assert_eq!(diff.roles[0].permissions[0].change, RoleChange::Lost);
    /// let lost: Vec<String> = diff.people.rows().map(|row| format!("{} {}", row.subject, row.permission)).collect();
    /// assert_eq!(lost, ["user:ana team.delete"]);
    /// ```
    #[must_use]
    pub fn new(old: &'s Snapshot, new: &'s Snapshot, asking: &Asking) -> Self {
        Self::at_once(old, new, asking, &in_turn)
    }

    /// The same with the threads that somebody lends.
    pub(crate) fn at_once(old: &'s Snapshot, new: &'s Snapshot, asking: &Asking, at_once: AtOnce<'_>) -> Self {
        let names = names::Names::new(old, new);
        let mut prints = prints::Prints::new(old.policy(), new.policy());
        let mut causes = cause::Causes::new(&names);
        let known = facts::Facts::of(&names);
        let reach = reach(&names, &known, &mut prints, &mut causes, (asking, at_once));
        let candidates = witness::candidates(&names, &reach, asking);
        let declarations = declarations::declarations(&names);
        let roles = roles::roles(&names, &mut prints, &candidates);
        let rules = rules::rules(&names, &mut prints, &candidates);
        let settings = settings::settings(&names);
        let facts = entries::entries(&names, &known);
        let people = PeopleDiff::new(names, causes, reach);
        Self { declarations, roles, rules, settings, facts, people }
    }

    /// Whether nothing changes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let declared = self.declarations.is_empty() && self.roles.is_empty();
        let same = declared && self.rules.is_empty() && self.settings.is_empty();
        same && self.facts.is_empty() && self.people.is_empty()
    }
}

impl<'s> PeopleDiff<'s> {
    /// Who gains and who loses what from one state to another, and nothing else.
    pub(crate) fn between(old: &'s Snapshot, new: &'s Snapshot, asking: &Asking, at_once: AtOnce<'_>) -> Self {
        let names = names::Names::new(old, new);
        let mut prints = prints::Prints::new(old.policy(), new.policy());
        let mut causes = cause::Causes::new(&names);
        let known = facts::Facts::of(&names);
        let reach = reach(&names, &known, &mut prints, &mut causes, (asking, at_once));
        Self::new(names, causes, reach)
    }
}

/// Who gains and who loses which permission on what: the difference of the two complete tables of decisions.
///
/// Asked about are all entities of the types that hold roles in one of the directories, that a rule may allow anything, that act
/// as others or are acted as; and all entities that one of the directories names.
fn reach<'s>(
    names: &names::Names<'s>,
    facts: &facts::Facts,
    prints: &mut prints::Prints<'s>,
    causes: &mut cause::Causes,
    (asking, at_once): (&Asking, AtOnce<'_>),
) -> reach::Reach {
    let holders = holders::Holders::of(names, asking.at);
    let asker = ask::Asker { names, context: &asking.context, at: asking.at };
    reach::Walk::new(asker, facts, &holders, prints, causes).run(at_once)
}
