//! Sets of truth values.

use crate::decide::Truth;

/// Some of the three truth values.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Truths(u8);

impl Truths {
    /// None.
    pub const NONE: Self = Self(0);
    /// Only false.
    pub const FALSE: Self = Self(1);
    /// Only what cannot be computed.
    pub const UNKNOWN: Self = Self(2);
    /// Only true.
    pub const TRUE: Self = Self(4);
    /// All but true.
    pub const NOT_TRUE: Self = Self(3);
    /// All but false.
    pub const NOT_FALSE: Self = Self(6);
    /// False and true.
    pub const COMPUTED: Self = Self(5);
    /// All three.
    pub const ALL: Self = Self(7);

    /// Those that are not among these.
    #[must_use]
    pub const fn others(self) -> Self {
        Self(Self::ALL.0 & !self.0)
    }

    /// Those of both.
    #[must_use]
    pub const fn common(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Those of either.
    #[must_use]
    pub const fn joined(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether all of these are among the others.
    #[must_use]
    pub const fn is_within(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }

    /// Whether a value is among them.
    #[must_use]
    pub fn contains(self, truth: Truth) -> bool {
        !self.common(Self::from(truth)).is_empty()
    }

    /// The values.
    pub fn iter(self) -> impl Iterator<Item = Truth> {
        [Truth::False, Truth::Unknown, Truth::True].into_iter().filter(move |&truth| self.contains(truth))
    }

    /// What `and` of any of these and any of the others comes to: the least of the two.
    pub(super) fn and(self, other: Self) -> Self {
        self.combined(other, Truth::and)
    }

    /// What `or` comes to: the greatest.
    pub(super) fn or(self, other: Self) -> Self {
        self.combined(other, Truth::or)
    }

    pub(super) fn negated(self) -> Self {
        self.iter().fold(Self::NONE, |all, truth| all.joined(Self::from(!truth)))
    }

    /// What is true, and false for all else.
    pub(super) fn certain(self) -> Self {
        self.iter().fold(Self::NONE, |all, truth| all.joined(Self::from(truth == Truth::True)))
    }

    fn combined(self, other: Self, combine: fn(Truth, Truth) -> Truth) -> Self {
        self.iter().fold(Self::NONE, |all, one| {
            other.iter().fold(all, |all, other| all.joined(Self::from(combine(one, other))))
        })
    }
}

impl From<Truth> for Truths {
    fn from(truth: Truth) -> Self {
        match truth {
            Truth::False => Self::FALSE,
            Truth::Unknown => Self::UNKNOWN,
            Truth::True => Self::TRUE,
        }
    }
}

impl From<bool> for Truths {
    fn from(value: bool) -> Self {
        Self::from(Truth::from(value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_combine_as_their_values_do() {
        let all = [Truths::FALSE, Truths::UNKNOWN, Truths::TRUE, Truths::NOT_TRUE, Truths::COMPUTED, Truths::ALL];
        for one in all {
            assert_eq!(one.negated().negated(), one);
            assert_eq!(one.others().joined(one), Truths::ALL);
            for other in all {
                let expected: Vec<Truth> = one.iter().flat_map(|a| other.iter().map(move |b| a.and(b))).collect();
                assert!(expected.iter().all(|&truth| one.and(other).contains(truth)));
                assert!(one.and(other).iter().all(|truth| expected.contains(&truth)));
                assert_eq!(one.or(other), one.negated().and(other.negated()).negated());
            }
        }
    }
}
