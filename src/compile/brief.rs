//! What sets of roles say in short about permissions: whether they allow, and whether that depends on more.
//!
//! Layout. The permissions of a type that follow one another make *pages* of up to 32. A set has two words of 32 bits for each
//! page, a bit for each permission in both. So one read answers for a set. What four sets say about one permission is told
//! at once: their words stand side by side, with the bit of the permission as the highest, and nothing is decided on the way.

use super::profile::Profile;
use crate::index::Lanes;
use crate::schema::{Schema, TypeInfo};

/// How many permissions a page is about.
const PAGE: u32 = u32::BITS;

/// What a set says about the permissions of a page: those that it allows, and those that depend on more.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Said([u32; 2]);

impl Said {
    /// Nothing.
    pub(super) const NOTHING: Self = Self([0, 0]);
    /// That all permissions of the page are allowed.
    pub(super) const ALLOWS: Self = Self([u32::MAX, 0]);
    /// That all of them depend on more.
    pub(super) const OPEN: Self = Self([0, u32::MAX]);

    /// Whether it says nothing about the permission of this profile.
    #[inline]
    #[must_use]
    pub const fn is_silent(self, profile: &Profile) -> bool {
        let Self([allowed, open]) = self;
        (allowed | open) & profile.bit() == 0
    }

    /// Adds what else is said about the permission of a profile.
    pub(super) const fn note(&mut self, said: Self, profile: &Profile) {
        let (Self([allowed, open]), Self([more, depending])) = (self, said);
        *allowed |= more & profile.bit();
        *open |= depending & profile.bit();
    }
}

/// What four sets say about the permissions of a page: two by two, side by side.
#[derive(Clone, Copy, Debug)]
pub struct SaidByFour([Lanes; 2]);

impl SaidByFour {
    #[inline]
    const fn new(Said([a, b]): Said, Said([c, d]): Said, Said([e, f]): Said, Said([g, h]): Said) -> Self {
        Self([Lanes::new([a, b, c, d]), Lanes::new([e, f, g, h])])
    }

    /// What those that count say about one permission.
    #[inline]
    #[must_use]
    pub fn together(self, count: Lanes, profile: &Profile) -> Together {
        let (Self([first, last]), [one, other]) = (self, count.twice());
        let about = |said: Lanes| said.raised(profile.below_highest);
        Together(about(first).and(one).or(about(last).and(other)))
    }
}

/// What sets say together about one permission.
// The highest bits count: by turns whether it is allowed, and whether it depends on more.
#[derive(Clone, Copy, Debug)]
pub struct Together(Lanes);

impl Together {
    /// Nothing.
    pub const NOTHING: Self = Self(Lanes::NONE);
    const ALLOWED: u32 = 0b0101;
    const OPEN: u32 = 0b1010;
    /// A bit for each way in which it is open and not allowed.
    const OPEN_ALONE: u32 = 1 << 0b0010 | 1 << 0b1000 | 1 << 0b1010;

    /// What both say.
    #[inline]
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self(self.0.or(other.0))
    }

    /// Whether one of them allows it, whatever else there is.
    #[inline]
    #[must_use]
    pub fn allows(self) -> bool {
        self.0.highest() & Self::ALLOWED != 0
    }

    /// Whether it depends on more for one of them.
    #[inline]
    #[must_use]
    pub fn is_open(self) -> bool {
        self.0.highest() & Self::OPEN != 0
    }

    /// Whether that it depends on more is all they say.
    // Looked up, not put together by branches: this can be foretold, but not whether they allow it.
    #[inline]
    #[must_use]
    pub fn is_open_alone(self) -> bool {
        Self::OPEN_ALONE >> self.0.highest() & 1 != 0
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
        self.get(set).unwrap_or(Said::OPEN)
    }

    /// What four sets say; nothing where one is the number of no set.
    #[inline]
    #[must_use]
    pub fn of_four(self, [one, two, three, last]: [u32; 4]) -> Option<SaidByFour> {
        Some(SaidByFour::new(self.get(one)?, self.get(two)?, self.get(three)?, self.get(last)?))
    }

    /// The same where a number that no set has says that all depends on more.
    #[must_use]
    pub fn of_any_four(self, sets: [u32; 4]) -> SaidByFour {
        let [one, two, three, last] = sets.map(|set| self.said(set));
        SaidByFour::new(one, two, three, last)
    }

    /// What some sets say together about the permission of a profile; a number that no set has says that all depends on more.
    #[must_use]
    pub fn of_all(self, sets: &[u32], profile: &Profile) -> Together {
        let one = Lanes::new([1, 0, 0, 0]).are_among([1]);
        let about = |&set: &u32| self.of_any_four([set; 4]).together(one, profile);
        sets.iter().map(about).fold(Together::NOTHING, Together::or)
    }

    #[inline]
    fn get(self, set: u32) -> Option<Said> {
        self.0.get(set as usize).copied()
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

/// How far below the highest bit of what is said on its page the bit of a permission is, by its place.
pub(super) const fn below_highest(at: u32) -> u32 {
    PAGE - 1 - at % PAGE
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::TypeId;

    #[test]
    fn four_sets_say_together_what_each_of_those_says_that_count() {
        for at in [0, 7, 31, 40] {
            let profile = Profile::new(TypeId(0), at, 0);
            let other = Profile::new(TypeId(0), at ^ 1, 0);
            // A set for each thing that can be said; all of them allow the permission beside it, and that depends on more.
            let sets: [Said; 4] = std::array::from_fn(|says| {
                let mut said = Said::NOTHING;
                for (what, so) in [(Said::ALLOWS, says & 1 != 0), (Said::OPEN, says & 2 != 0)] {
                    said.note(what, &other);
                    if so {
                        said.note(what, &profile);
                    }
                }
                said
            });
            let page = Page::of(&sets);
            for case in 0..4_u32.pow(4) * 16 {
                let said = [0, 2, 4, 6].map(|shift| case >> shift & 3);
                let count = [8, 9, 10, 11].map(|shift| case >> shift & 1);
                let counting = || said.into_iter().zip(count).filter(|&(_, so)| so == 1).map(|(says, _)| says);
                let (allowed, open) = (counting().any(|says| says & 1 != 0), counting().any(|says| says & 2 != 0));
                let told = page.of_four(said).expect("sets").together(Lanes::new(count).are_among([1]), &profile);
                assert_eq!((told.allows(), told.is_open()), (allowed, open), "{said:?} {count:?}");
                assert_eq!(told.is_open_alone(), open && !allowed, "{said:?} {count:?}");
                let none = Together::NOTHING.or(told);
                assert_eq!((none.allows(), none.is_open()), (allowed, open), "{said:?} {count:?}");
            }
            assert!(sets[0].is_silent(&profile) && sets[1..].iter().all(|said| !said.is_silent(&profile)));
        }
    }

    #[test]
    fn what_no_set_is_depends_on_more() {
        let profile = Profile::new(TypeId(0), 3, 0);
        let sets = [Said::ALLOWS];
        let page = Page::of(&sets);
        assert!(page.of_four([0, 0, 1, 0]).is_none());
        let all = Lanes::new([1; 4]).are_among([1]);
        let told = page.of_any_four([0, 0, 1 << 31, 0]).together(all, &profile);
        assert!(told.allows() && told.is_open());
        assert!(page.of_any_four([9; 4]).together(all, &profile).is_open_alone());
    }
}
