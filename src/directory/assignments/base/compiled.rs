//! Assignments in a compiled file.

use super::{Base, Extra, PLAIN, Record};
use crate::directory::EntityId;
use crate::directory::by_entity::ByEntity;
use crate::directory::places::Places;
use crate::image::{Fault, Image, ImageWriter, Section};
use crate::schema::{RoleId, Schema};
use crate::source::Span;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// What few assignments have.
#[derive(Clone, Copy, PartialEq, FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(C)]
struct Bounds {
    /// The role of a userset, or [`NOBODY`].
    member: u32,
    /// Which bounds there are: [`SINCE`], [`UNTIL`].
    given: u32,
    since: i64,
    until: i64,
}

const NOBODY: u32 = u32::MAX;
const SINCE: u32 = 1;
const UNTIL: u32 = 2;

impl From<&Extra> for Bounds {
    fn from(extra: &Extra) -> Self {
        let given = |bound: Option<i64>, bit: u32| bound.map_or(0, |_| bit);
        Self {
            member: extra.member.map_or(NOBODY, |role| role.0),
            given: given(extra.since, SINCE) | given(extra.until, UNTIL),
            since: extra.since.unwrap_or(0),
            until: extra.until.unwrap_or(0),
        }
    }
}

impl From<&Bounds> for Extra {
    fn from(bounds: &Bounds) -> Self {
        Self {
            member: (bounds.member != NOBODY).then_some(RoleId(bounds.member)),
            since: (bounds.given & SINCE != 0).then_some(bounds.since),
            until: (bounds.given & UNTIL != 0).then_some(bounds.until),
        }
    }
}

impl Base {
    pub(in crate::directory) fn write(&self, image: &mut ImageWriter) {
        self.on.write(Section::AssignmentStarts, Section::Assignments, image);
        let bounds: Vec<Bounds> = self.extras.iter().map(Bounds::from).collect();
        image.rows(Section::AssignmentExtras, &bounds);
        self.naming.write(Section::NamingStarts, Section::Naming, image);
        image.rows(Section::Usersets, &self.usersets);
    }

    /// Reads the assignments, which are yet to be looked at.
    pub(in crate::directory) fn read(image: &Image) -> Result<Self, Fault> {
        let mut extras = Vec::new();
        for (at, bounds) in image.table::<Bounds>(Section::AssignmentExtras)?.iter().enumerate() {
            let extra = Extra::from(bounds);
            if Bounds::from(&extra) != *bounds {
                return Err(Fault::row(Section::AssignmentExtras, at, "the bounds contradict themselves"));
            }
            extras.push(extra);
        }
        Ok(Self {
            on: ByEntity::read(Section::AssignmentStarts, Section::Assignments, image)?,
            naming: ByEntity::read(Section::NamingStarts, Section::Naming, image)?,
            usersets: image.table(Section::Usersets)?,
            extras,
        })
    }

    /// Whether they are assignments of roles to entities that there are, among so many.
    pub(in crate::directory) fn look(
        &self,
        entities: usize,
        schema: &Schema,
        places: &Places,
        is_place: &dyn Fn(Span) -> bool,
    ) -> Result<(), Fault> {
        let is_held_on = |role: RoleId, entity: EntityId| {
            places.known_type_of(entity).is_some_and(|ty| schema.roles.get(role).is_some_and(|info| info.ty == ty))
        };
        // That each record is listed by whom it names, once, is told by sums of what both sides say.
        let (mut told, mut next_extra, mut usersets) = (0_u64, 0_usize, self.usersets.iter());
        self.on.look((Section::AssignmentStarts, Section::Assignments), entities, |owner, at, record: &Record| {
            told = told.wrapping_add(pair(record.named, at));
            let extra = match record.extra {
                PLAIN => None,
                number => {
                    next_extra += 1;
                    self.extras.get(next_extra - 1).filter(|_| number as usize == next_extra - 1)
                }
            };
            let member = extra.and_then(|extra| extra.member);
            record.on == owner
                && is_held_on(record.role, record.on)
                && (extra.is_some() || record.extra == PLAIN)
                && places.known_type_of(record.named).is_some()
                && member.is_none_or(|role| {
                    is_held_on(role, record.named) && usersets.next().is_some_and(|&listed| listed as usize == at)
                })
                && is_place(record.span)
        })?;
        let (mut listed, mut before) = (0_u64, None);
        self.naming.look((Section::NamingStarts, Section::Naming), entities, |owner, _, &at: &u32| {
            listed = listed.wrapping_add(pair(owner, at as usize));
            let after = before.is_none_or(|(who, place)| who != owner || place < at);
            before = Some((owner, at));
            after
        })?;
        if told != listed || self.naming.all().len() != self.on.all().len() || next_extra != self.extras.len() {
            return Err(Fault::row(Section::Naming, 0, "they are not the assignments that there are"));
        }
        match usersets.next() {
            Some(_) => Err(Fault::row(Section::Usersets, 0, "they are not those to usersets")),
            None => Ok(()),
        }
    }
}

/// A number that no other pair is likely to be.
fn pair(named: EntityId, at: usize) -> u64 {
    let both = u64::from(named.0) << 32 | at as u64;
    let product = u128::from(both ^ 0x9e37_79b9_7f4a_7c15) * 0xd1b5_4a32_d192_ed03_u128;
    let folded = u64::try_from((product >> 64) ^ (product & u128::from(u64::MAX))).unwrap_or(0);
    folded ^ folded.rotate_left(29).wrapping_mul(0x8cb9_2ba7_2f3d_8dd7)
}
