//! Kleene's three truth values.

/// Whether something holds: no, yes, or not to be computed from what is known. Ordered so that `and` is the least and
/// `or` the greatest.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Truth {
    /// It does not.
    False,
    /// It cannot be computed.
    Unknown,
    /// It does.
    True,
}

impl Truth {
    /// Both.
    #[inline]
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        self.min(other)
    }

    /// Either.
    #[inline]
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        self.max(other)
    }

    /// False unless it holds for sure: how an implication counts.
    #[inline]
    #[must_use]
    pub fn certain(self) -> Self {
        Self::from(self == Self::True)
    }

    /// `true`, `false`, or nothing.
    #[must_use]
    pub const fn known(self) -> Option<bool> {
        match self {
            Self::False => Some(false),
            Self::Unknown => None,
            Self::True => Some(true),
        }
    }
}

impl std::ops::Not for Truth {
    type Output = Self;

    #[inline]
    fn not(self) -> Self {
        match self {
            Self::False => Self::True,
            Self::Unknown => Self::Unknown,
            Self::True => Self::False,
        }
    }
}

impl From<bool> for Truth {
    #[inline]
    fn from(value: bool) -> Self {
        if value { Self::True } else { Self::False }
    }
}

#[cfg(test)]
mod tests {
    use super::Truth::{self, False, True, Unknown};

    #[test]
    fn tables() {
        let all = [False, Unknown, True];
        let and = all.map(|a| all.map(|b| a.and(b)));
        assert_eq!(and, [[False, False, False], [False, Unknown, Unknown], [False, Unknown, True]]);
        let or = all.map(|a| all.map(|b| a.or(b)));
        assert_eq!(or, [[False, Unknown, True], [Unknown, Unknown, True], [True, True, True]]);
        assert_eq!(all.map(|a: Truth| !a), [True, Unknown, False]);
    }
}
