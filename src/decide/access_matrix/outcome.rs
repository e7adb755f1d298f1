//! What a glance tells of each permission.

use crate::compile::{Profile, Signature, Together};
use crate::decide::glance::is_open;
use rustc_hash::FxHashMap;
use smallvec::SmallVec;

/// How many permissions one word tells of.
const WORD: usize = u64::BITS as usize;

/// What is told of permissions that follow one another, a bit for each.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Debug)]
pub(super) struct Outcomes {
    /// A role allows it, whatever else there is.
    allowed: u64,
    /// More has a say in it.
    open: u64,
    /// Some roles depend on more.
    dependent: u64,
}

/// All that outcomes are told by: the numbers of the sets of roles that are held, sorted, and of what rules find.
pub(super) type ToldBy = (SmallVec<[u32; 4]>, u32);

/// Outcomes for all permissions, by what they are told by. Equal ones stand once.
#[derive(Clone, Default, Debug)]
pub(super) struct Told {
    all: Vec<Outcomes>,
    by: FxHashMap<ToldBy, u16>,
    equal: FxHashMap<Vec<Outcomes>, u16>,
}

/// What is told of one permission.
#[derive(Clone, Copy, Debug)]
pub(in crate::decide) struct Outcome<'a> {
    of: &'a Outcomes,
    bit: u64,
}

impl Outcomes {
    /// What is told of all permissions, by what rules find for each, and by what roles say of it; nothing where that is not
    /// known of one.
    pub(super) fn of_all(
        profiles: &[Profile],
        found: &[Signature],
        said: impl Fn(&Profile) -> Option<Together>,
    ) -> Option<Vec<Self>> {
        let of_word = |(profiles, found): (&[Profile], &[Signature])| {
            let mut outcomes = Self::default();
            for (at, (profile, &found)) in profiles.iter().zip(found).enumerate() {
                let (told, bit) = (said(profile)?, |is: bool| u64::from(is) << at);
                outcomes.allowed |= bit(told.allows());
                outcomes.open |= bit(is_open(profile, found, told));
                outcomes.dependent |= bit(told.is_open());
            }
            Some(outcomes)
        };
        profiles.chunks(WORD).zip(found.chunks(WORD)).map(of_word).collect()
    }
}

impl Told {
    /// How many there are at most, of either.
    const MOST: usize = 1 << 12;

    /// Where those stand that are told by this.
    pub(super) fn get(&self, by: &ToldBy) -> Option<u16> {
        self.by.get(by).copied()
    }

    /// Adds those that are told by this; nothing where they are too many.
    pub(super) fn add(&mut self, by: ToldBy, outcomes: Vec<Outcomes>) -> Option<u16> {
        let first = match self.equal.get(&outcomes) {
            Some(&first) => first,
            None => {
                let first = u16::try_from(self.all.len()).ok()?;
                self.all.extend_from_slice(&outcomes);
                self.equal.insert(outcomes, first);
                first
            }
        };
        self.by.insert(by, first);
        (self.all.len() <= Self::MOST && self.by.len() <= Self::MOST).then_some(first)
    }

    /// All of them, one behind the other.
    pub(super) const fn all(&self) -> &[Outcomes] {
        self.all.as_slice()
    }
}

impl<'a> Outcome<'a> {
    /// That of the permission of a number, among all that there are, from where the first of its outcomes stands.
    #[inline]
    pub(super) fn among(all: &'a [Outcomes], first: u16, permission: usize) -> Option<Self> {
        let of = all.get(usize::from(first) + permission / WORD)?;
        Some(Self { of, bit: 1 << (permission % WORD) })
    }

    /// Whether roles allow it, whatever else there is.
    #[inline]
    pub(in crate::decide) const fn allows(self) -> bool {
        self.of.allowed & self.bit != 0
    }

    /// Whether there is more to weigh.
    #[inline]
    pub(in crate::decide) const fn is_open(self) -> bool {
        self.of.open & self.bit != 0
    }

    /// Whether some of that is what roles depend on.
    #[inline]
    pub(in crate::decide) const fn is_dependent(self) -> bool {
        self.of.dependent & self.bit != 0
    }
}
