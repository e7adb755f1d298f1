//! What a glance tells of each permission.

use crate::compile::Together;
use rustc_hash::FxHashMap;
use smallvec::SmallVec;

/// What is told of permissions that follow one another, a bit for each.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Debug)]
pub(super) struct Outcomes {
    /// A role allows it, whatever else there is.
    allowed: u64,
    /// More has a say in it.
    open: u64,
    /// Some roles depend on more.
    dependent: u64,
    /// A rule is sure to allow it, and nothing denies it.
    ruled: u64,
    /// A role allows it where an attribute of the resource is the subject, and nothing else has a say in it.
    own: u64,
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
    /// How many permissions one tells of.
    pub(super) const EACH: usize = u64::BITS as usize;

    const fn bit(permission: usize) -> u64 {
        1 << (permission % Self::EACH)
    }

    /// Tells of a permission what roles say, and whether more has a say in it.
    pub(super) fn tell(&mut self, permission: usize, said: Together, is_open: bool) {
        let bit = |is: bool| if is { Self::bit(permission) } else { 0 };
        self.allowed |= bit(said.allows());
        self.open |= bit(is_open);
        self.dependent |= bit(said.is_open());
    }

    /// Tells of a permission that a rule is sure to allow it.
    pub(super) const fn tell_ruled(&mut self, permission: usize) {
        self.ruled |= Self::bit(permission);
    }

    /// Tells of a permission that a role allows it of the subject's own.
    pub(super) const fn tell_own(&mut self, permission: usize) {
        self.own |= Self::bit(permission);
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
        let of = all.get(usize::from(first) + permission / Outcomes::EACH)?;
        Some(Self { of, bit: Outcomes::bit(permission) })
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

    /// Whether a rule is sure to allow it, and nothing denies it.
    #[inline]
    pub(in crate::decide) const fn is_ruled(self) -> bool {
        self.of.ruled & self.bit != 0
    }

    /// Whether a role allows it where an attribute of the resource is the subject, and nothing else has a say in it.
    #[inline]
    pub(super) const fn is_own(self) -> bool {
        self.of.own & self.bit != 0
    }
}
