//! Mutants: a policy with one thing in it said otherwise, as somebody could write it by mistake. Tests that are worth their
//! name notice each of them.

mod concern;
mod conditions;
mod declaration;
mod same;
mod statement;
mod witness;

pub use same::{all_held_alike, said_otherwise, says_the_same};
pub use witness::{Witness, witness};

use super::coverage::Coverage;
use crate::schema::{PermissionId, Schema, TypeId};
use crate::source::Span;
use crate::syntax::ast::{ChangeKind, Item, PolicyFile, RoleItem};

/// What is said otherwise.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum MutantKind {
    /// A role does not say one permission of a statement.
    DropGrant,
    /// A rule, or a guardrail of an org policy, is not there.
    DropRule,
    /// An allow is a deny, or a deny an allow.
    Flip,
    /// A condition is not asked: `when`, `unless`, `within`, `to`.
    DropCondition,
    /// One operand of an `and` or `or` is not there.
    DropOperand,
    /// A condition is asked the other way round.
    Negate,
    /// A role extends one role less.
    DropExtends,
    /// A role implies one role less.
    DropImplies,
    /// A role requires one role less.
    DropRequires,
    /// A role keeps what it takes off its bases.
    DropWithout,
    /// Nothing says who may assign a role, or make a change.
    DropGuard,
    /// Whoever assigns a role is compared with it where they were not, or not where they were.
    Freely,
    /// Values of a setting combine the other way, or need not lie within another's.
    Setting,
    /// An org policy does not give a value.
    DropValue,
}

impl MutantKind {
    /// Its name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::DropGrant => "drop-grant",
            Self::DropRule => "drop-rule",
            Self::Flip => "flip",
            Self::DropCondition => "drop-condition",
            Self::DropOperand => "drop-operand",
            Self::Negate => "negate",
            Self::DropExtends => "drop-extends",
            Self::DropImplies => "drop-implies",
            Self::DropRequires => "drop-requires",
            Self::DropWithout => "drop-without",
            Self::DropGuard => "drop-guard",
            Self::Freely => "freely",
            Self::Setting => "setting",
            Self::DropValue => "drop-value",
        }
    }

    /// Whether it decides on nothing but changes that are made as somebody.
    #[must_use]
    pub const fn is_of_changes(self) -> bool {
        matches!(self, Self::DropGuard | Self::Freely)
    }

    /// Whether it is of what settings amount to.
    #[must_use]
    pub const fn is_of_settings(self) -> bool {
        matches!(self, Self::Setting | Self::DropValue)
    }
}

/// What tests must have looked at to notice a mutant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Target {
    /// A permission of a role's statement.
    Grant(Span, PermissionId),
    /// A statement that stands on its own or in an org policy.
    Rule(Span),
    /// An implied role.
    Implied(Span),
    /// A part of a condition, and that it did not hold.
    Failing(Span),
    /// A part of a condition, and that it did not fail.
    Holding(Span),
    /// Who may make changes of a kind to entities of a type.
    Changes(ChangeKind, TypeId),
    /// Who may assign roles on entities of a type.
    Assignments(TypeId),
    /// More than one thing.
    Any,
}

/// One thing said otherwise.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mutant {
    /// What.
    pub kind: MutantKind,
    /// Where it stands.
    pub place: Span,
    /// What is done to it: `drop …`, `negate …`.
    pub text: String,
    /// What a test that notices it does, where no question was found whose answer is another.
    pub advice: String,
    /// What tests must have looked at to notice it.
    pub target: Target,
    /// Which of the file's declarations it is.
    pub item: usize,
    /// What stands in its place; nothing where it is gone.
    pub with: Option<Item>,
}

/// The names by which permissions are shown.
#[derive(Clone, Copy)]
struct Known<'a> {
    schema: &'a Schema,
    /// Which permissions each statement speaks of.
    coverage: &'a Coverage,
}

impl Known<'_> {
    /// The permissions of the statement at a place.
    fn permissions(&self, place: Span) -> Vec<PermissionId> {
        let statement = self.coverage.statements.get(&place);
        statement.map_or_else(Vec::new, |statement| statement.permissions.keys().copied().collect())
    }
}

impl Target {
    /// Whether what was looked at leaves it open that a test notices the mutant.
    #[must_use]
    pub fn may_be_noticed(self, coverage: &Coverage) -> bool {
        match self {
            Self::Grant(place, permission) => {
                let statement = coverage.statements.get(&place);
                statement.and_then(|known| known.permissions.get(&permission)).is_none_or(|&looked| looked > 0)
            }
            Self::Rule(place) => coverage.statements.get(&place).is_none_or(|known| known.looked > 0),
            Self::Implied(place) => coverage.implications.get(&place).is_none_or(|known| known.looked > 0),
            Self::Failing(place) => {
                coverage.conditions.get(&place).is_none_or(|known| known.failed + known.unknown + known.compared > 0)
            }
            Self::Holding(place) => {
                coverage.conditions.get(&place).is_none_or(|known| known.held + known.unknown + known.compared > 0)
            }
            // What changes ask is not all that decides on them.
            Self::Changes(..) | Self::Assignments(_) | Self::Any => true,
        }
    }
}

/// The mutants of a policy file, in the order of what they change. `coverage` is any of the policy's own.
#[must_use]
pub fn mutants(file: &PolicyFile, schema: &Schema, coverage: &Coverage) -> Vec<Mutant> {
    let known = Known { schema, coverage };
    let mut found = Vec::new();
    for (at, item) in file.items.iter().enumerate() {
        let mut add = |change: Change| {
            let Change { kind, place, text, advice, target, with } = change;
            found.push(Mutant { kind, place, text, advice, target, item: at, with });
        };
        match item {
            Item::Role(role) => declaration::role(role, known, &mut add),
            Item::Rule(rule) => {
                statement::rule(rule, known, &mut |change| add(change.map(Item::Rule)));
            }
            Item::Policy(policy) => declaration::policy(policy, known, &mut add),
            Item::Type(ty) => declaration::type_decl(ty, known, &mut add),
            Item::Context(_) | Item::Assert(_) => {}
        }
    }
    found.sort_by_key(|mutant| mutant.place);
    found
}

/// The same as a mutant that drops what a role allows, where another role takes that off: it has to be named there, and so it
/// is, but never counts.
#[must_use]
pub fn still_named(mutant: &Mutant, schema: &Schema) -> Option<Mutant> {
    let (Target::Grant(place, permission), Some(Item::Role(role))) = (mutant.target, &mutant.with) else { return None };
    let statement = statement::never_allowed(permission, place, schema)?;
    let mut role = role.clone();
    role.body.push(RoleItem::Statement(statement));
    Some(Mutant { with: Some(Item::Role(role)), ..mutant.clone() })
}

/// A change of one thing, and what stands in its place; of a part of a declaration, that part, and then all around it.
struct Change<T = Item> {
    kind: MutantKind,
    place: Span,
    text: String,
    advice: String,
    target: Target,
    with: Option<T>,
}

impl<T> Change<T> {
    fn map<U>(self, around: impl FnOnce(T) -> U) -> Change<U> {
        self.map_all(|with| with.map(around))
    }

    fn map_all<U>(self, around: impl FnOnce(Option<T>) -> Option<U>) -> Change<U> {
        let Self { kind, place, text, advice, target, with } = self;
        Change { kind, place, text, advice, target, with: around(with) }
    }
}

/// A list without one of its elements.
fn without<T: Clone>(list: &[T], at: usize) -> Vec<T> {
    list.iter().enumerate().filter(|(index, _)| *index != at).map(|(_, item)| item.clone()).collect()
}

/// A list with one of its elements replaced, or without it.
fn with<T: Clone>(list: &[T], at: usize, new: Option<T>) -> Vec<T> {
    let mut new = Some(new);
    let replaced = list.iter().enumerate();
    replaced.filter_map(|(index, item)| if index == at { new.take().flatten() } else { Some(item.clone()) }).collect()
}
