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

    /// Whether none of them says anything about the permission of this profile.
    #[inline]
    #[must_use]
    pub const fn is_silent(self, profile: &Profile) -> bool {
        self.about(profile).0 == 0
    }

    /// Adds what it says about the permission of a profile to what is said on each page.
    pub(super) fn note(self, profile: &Profile, pages: &mut [Self]) {
        if let Some(all) = pages.get_mut(profile.page as usize) {
            *all = all.or(self.about(profile));
        }
    }

    /// What they say about one permission.
    #[inline]
    const fn about(self, profile: &Profile) -> Self {
        let bit = 1 << (profile.at % PAGE);
        Self(self.0 & (bit | bit << PAGE))
    }
}

/// What sets say about the permissions of one page.
#[derive(Clone, Copy, Debug)]
pub struct Page<'a> {
    said: &'a [Said],
    pages: usize,
    page: u32,
}

impl<'a> Page<'a> {
    /// The page of the permission of this profile, of so many, in what is said about all.
    #[inline]
    #[must_use]
    pub const fn of(profile: &Profile, pages: usize, said: &'a [Said]) -> Self {
        Self { said, pages, page: profile.page }
    }

    /// What the set of a number says; of a number that no set has, that all depends on more.
    #[inline]
    #[must_use]
    pub fn said(self, set: u32) -> Said {
        // In 64 bits, which no product of both is past.
        let at = u64::from(set) * self.pages as u64 + u64::from(self.page);
        usize::try_from(at).ok().and_then(|at| self.said.get(at).copied()).unwrap_or(Said::OPEN)
    }
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
