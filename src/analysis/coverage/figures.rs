//! How much was looked at, of what there is.

use super::{ConditionCoverage, Coverage, StatementOwner};

/// What is counted.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Kind {
    /// What roles say: each permission of each of their statements, and each role that they imply.
    Grants,
    /// Statements that stand on their own or in an org policy.
    Rules,
    /// The two ways in which each part of a condition comes out.
    Conditions,
    /// The fields of the permission table: a role, and a permission that it could grant.
    Cells,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Grants, Self::Rules, Self::Conditions, Self::Cells];

    /// Its name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Grants => "grants",
            Self::Rules => "rules",
            Self::Conditions => "conditions",
            Self::Cells => "cells",
        }
    }
}

/// How many of how many.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Share {
    /// How many were exercised.
    pub exercised: usize,
    /// How many there are.
    pub of: usize,
}

/// The figures of all kinds.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Figures {
    shares: [Share; 4],
}

impl Share {
    fn add(&mut self, exercised: bool) {
        self.exercised += usize::from(exercised);
        self.of += 1;
    }

    /// In tenths of a percent, rounded down: only all of them are the whole. All, where there is nothing.
    #[must_use]
    pub fn permille(self) -> usize {
        (self.exercised * 1_000).checked_div(self.of).unwrap_or(1_000)
    }

    /// In percent, to one place.
    #[must_use]
    pub fn percent(self) -> String {
        let permille = self.permille();
        format!("{}.{} %", permille / 10, permille % 10)
    }
}

impl Figures {
    /// Those of one kind.
    #[must_use]
    pub const fn of(&self, kind: Kind) -> Share {
        let [grants, rules, conditions, cells] = self.shares;
        match kind {
            Kind::Grants => grants,
            Kind::Rules => rules,
            Kind::Conditions => conditions,
            Kind::Cells => cells,
        }
    }

    /// Both together.
    #[must_use]
    pub fn plus(mut self, other: Self) -> Self {
        for (share, more) in self.shares.iter_mut().zip(other.shares) {
            share.exercised += more.exercised;
            share.of += more.of;
        }
        self
    }
}

impl ConditionCoverage {
    /// Whether it was seen to hold and seen to fail.
    #[must_use]
    pub const fn ways(self) -> [bool; 2] {
        [self.held > 0, self.failed > 0]
    }
}

impl Coverage {
    /// How much was looked at.
    #[must_use]
    pub fn figures(&self) -> Figures {
        let [mut grants, mut rules, mut conditions, mut cells] = [Share::default(); 4];
        for statement in self.statements.values() {
            match statement.owner {
                StatementOwner::Role(_) => statement.permissions.values().for_each(|&looked| grants.add(looked > 0)),
                _ => rules.add(statement.looked > 0),
            }
        }
        self.implications.values().for_each(|implied| grants.add(implied.looked > 0));
        self.conditions.values().for_each(|condition| condition.ways().into_iter().for_each(|way| conditions.add(way)));
        let looked = self.roles.values().flat_map(|role| role.cells.values());
        looked.for_each(|&looked| cells.add(looked > 0));
        Figures { shares: [grants, rules, conditions, cells] }
    }
}
