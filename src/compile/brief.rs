//! What sets of roles say in short about permissions: whether they allow, and whether that depends on more.
//!
//! Layout. The permissions of a type that follow one another make *pages* of up to 32. A set has two words of 32 bits for each
//! page, a bit for each permission in both. So one read answers for a set, and what sets say together is what their words say
//! together: nothing is decided on the way.

use super::profile::Profile;
use crate::schema::{Schema, TypeInfo};
use std::hint::select_unpredictable;

/// How many permissions a page is about.
const PAGE: u32 = 32;

/// What sets say about the permissions of a page: those that they allow, and behind them those that depend on more.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Said(u64);

impl Said {
    /// Nothing.
    pub const NOTHING: Self = Self(0);
    /// That all permissions of the page are allowed.
    pub(super) const ALLOWS: Self = Self(u32::MAX as u64);
    /// That all of them depend on more.
    pub(super) const OPEN: Self = Self(!(u32::MAX as u64));

    /// The same where something is so, and nothing where it is not; told without a branch.
    #[inline]
    #[must_use]
    pub fn when(self, so: bool) -> Self {
        Self(select_unpredictable(so, self.0, 0))
    }

    /// What both say together.
    #[inline]
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether one of them allows the permission of this profile, whatever else there is.
    #[inline]
    #[must_use]
    pub const fn allows(self, profile: &Profile) -> bool {
        self.about(profile).0 & Self::ALLOWS.0 != 0
    }

    /// Whether the permission of this profile depends on more for one of them.
    #[inline]
    #[must_use]
    pub const fn is_open(self, profile: &Profile) -> bool {
        self.about(profile).0 & Self::OPEN.0 != 0
    }

    /// Whether that it depends on more is all they say about the permission of this profile.
    #[inline]
    #[must_use]
    pub const fn is_open_alone(self, profile: &Profile) -> bool {
        let about = self.about(profile).0;
        about >> PAGE & !about != 0
    }

    /// Whether none of them says anything about the permission of this profile.
    #[inline]
    #[must_use]
    pub const fn is_silent(self, profile: &Profile) -> bool {
        self.about(profile).0 == 0
    }

    /// Adds what else is said about the permission of a profile.
    pub(super) const fn note(&mut self, said: Self, profile: &Profile) {
        *self = self.or(said.about(profile));
    }

    /// All that could be said about one permission, by its place among those of its type.
    pub(super) const fn of(at: u32) -> Self {
        let bit = 1 << (at % PAGE);
        Self(bit | bit << PAGE)
    }

    /// What they say about one permission.
    #[inline]
    const fn about(self, profile: &Profile) -> Self {
        Self(self.0 & profile.said.0)
    }
}

/// What sets say about the permissions of one page, by set.
#[derive(Clone, Copy, Debug)]
pub struct Page<'a>(&'a [Said]);

impl<'a> Page<'a> {
    /// Of the sets that stand one after the other.
    #[inline]
    #[must_use]
    pub const fn of(sets: &'a [Said]) -> Self {
        Self(sets)
    }

    /// What the set of a number says; of a number that no set has, that all depends on more.
    #[inline]
    #[must_use]
    pub fn said(self, set: u32) -> Said {
        match self.0.get(set as usize) {
            Some(said) => *said,
            None => strange(),
        }
    }
}

/// What a set says that is none. Out of the way of those that are.
#[cold]
const fn strange() -> Said {
    Said::OPEN
}

/// How many pages the permissions before those of each type have, and how many all.
pub(super) fn pages(schema: &Schema) -> (Vec<u32>, u32) {
    let mut all = 0;
    let of = |info: &TypeInfo| {
        let first = all;
        all += info.permissions.end.saturating_sub(info.permissions.start).div_ceil(PAGE);
        first
    };
    (schema.types.iter().map(of).collect(), all)
}

/// The page of a permission by its place, behind the pages of other types.
pub(super) const fn page_of(before: u32, at: u32) -> u32 {
    before + at / PAGE
}
