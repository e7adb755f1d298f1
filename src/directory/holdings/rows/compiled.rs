//! Rows of holdings in a compiled file.

use super::four::{ANY, FOUR, Four, NOWHERE};
use super::{MIXED, Mixed, Rows, narrow};
use crate::compile::{CompiledPolicy, NodeId, RoleSetId};
use crate::directory::EntityId;
use crate::directory::holdings::sets::RoleSets;
use crate::directory::holdings::{Guard, Qualified};
use crate::directory::places::Places;
use crate::image::{Fault, Image, ImageWriter, Section};
use crate::index::IndexVec;
use crate::schema::{RoleId, TypeId};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// Roles held always, if any, and how many times or conditions others are held within.
#[derive(Clone, Copy, FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(C)]
struct MixedRow {
    /// The set, or [`NONE`].
    set: u32,
    /// Where the first of the next begins.
    end: u32,
}

#[derive(Clone, Copy, FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(C)]
struct QualifiedRow {
    role: RoleId,
    set: RoleSetId,
    since: i64,
    until: i64,
    /// Where the conditions of the next begin.
    end: u32,
    rest: u32,
}

#[derive(Clone, Copy, FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(C)]
struct GuardRow {
    program: NodeId,
    scope: EntityId,
    resource: EntityId,
    strict: u32,
}

const NONE: u32 = u32::MAX;

/// What rows refer to.
pub(in crate::directory::holdings) struct Known<'a> {
    pub(in crate::directory::holdings) entities: usize,
    pub(in crate::directory::holdings) sets: &'a RoleSets,
    /// Of each set, the type that its roles are held on.
    pub(in crate::directory::holdings) held_on: &'a IndexVec<RoleSetId, TypeId>,
    pub(in crate::directory::holdings) places: &'a Places,
    pub(in crate::directory::holdings) policy: &'a CompiledPolicy,
}

impl Known<'_> {
    /// Whether the roles of a set may be held on an entity.
    fn is_held_on(&self, set: RoleSetId, on: EntityId) -> bool {
        let ty = self.places.known_type_of(on);
        ty.is_some() && self.held_on.get(set).copied() == ty
    }
}

impl Four {
    /// Whether it has an entry, none behind what fills it up, and is full unless it is the last of its row.
    fn is_filled_up(&self, is_last: bool) -> bool {
        let entries = self.held().count();
        let mut rest = self.on.iter().zip(&self.words).skip(entries);
        entries > 0 && (is_last || entries == FOUR) && rest.all(|(&on, &word)| on == NOWHERE.0 && word == ANY)
    }
}

impl Rows {
    pub(in crate::directory::holdings) fn write(&self, image: &mut ImageWriter) {
        image.rows(Section::HoldingStarts, &self.starts);
        image.rows(Section::Holdings, &self.fours);
        let mixed = self.mixed.iter().map(|one| MixedRow { set: one.set.map_or(NONE, |set| set.0), end: one.end });
        image.rows(Section::MixedHoldings, &mixed.collect::<Vec<_>>());
        let qualified = self.qualified.iter().map(|one| {
            let &Qualified { role, set, since, until, end, .. } = one;
            QualifiedRow { role, set, since, until, end, rest: 0 }
        });
        image.rows(Section::QualifiedHoldings, &qualified.collect::<Vec<_>>());
        let guards = self.guards.iter().map(|one| {
            let &Guard { program, scope, resource, strict } = one;
            GuardRow { program, scope, resource, strict: u32::from(strict) }
        });
        image.rows(Section::HoldingGuards, &guards.collect::<Vec<_>>());
    }

    /// Reads the rows, which are yet to be looked at, and the ways and conditions of those that have some.
    pub(in crate::directory::holdings) fn read(image: &Image, known: &Known<'_>) -> Result<Self, Fault> {
        let mut rows = Self { guards: guards(image, known)?, ..Self::default() };
        rows.read_qualified(image, known)?;
        rows.read_mixed(image)?;
        (rows.starts, rows.fours) = (image.table(Section::HoldingStarts)?, image.table(Section::Holdings)?);
        Ok(rows.stamped())
    }

    /// Whether each subject holds what may be held, each entity once and in order.
    pub(in crate::directory::holdings) fn look(&self, known: &Known<'_>) -> Result<(), Fault> {
        if self.starts.len() != known.entities + 1 || self.starts.first() != Some(&1) {
            return Err(Fault::row(Section::HoldingStarts, self.starts.len(), "there is not one for each entity"));
        }
        if self.fours.first() != Some(&Four::EMPTY) {
            return Err(Fault::row(Section::Holdings, 0, "it is somebody's"));
        }
        let (mut at, mut next_mixed) = (1_usize, 0_u32);
        for (subject, &end) in self.starts.iter().skip(1).enumerate() {
            let Some(own) = self.fours.get(at..end as usize) else {
                return Err(Fault::row(Section::HoldingStarts, subject, "it is not within what is held"));
            };
            let mut before = None;
            for four in own {
                at += 1;
                for held in four.held() {
                    let sound = if held.word & MIXED == 0 {
                        known.is_held_on(RoleSetId(held.word), held.on)
                    } else {
                        next_mixed += 1;
                        held.word & !MIXED == next_mixed - 1 && self.is_mixed_on(next_mixed - 1, held.on, known)
                    };
                    if !sound || before.is_some_and(|before| before >= held.on) {
                        return Err(Fault::row(Section::Holdings, at - 1, "it cannot be held there"));
                    }
                    before = Some(held.on);
                }
                if !four.is_filled_up(at == end as usize) {
                    return Err(Fault::row(Section::Holdings, at - 1, "it has gaps"));
                }
            }
        }
        if at != self.fours.len() || next_mixed as usize != self.mixed.len() {
            return Err(Fault::row(Section::Holdings, at, "it is nobody's"));
        }
        Ok(())
    }

    /// Whether all that is held in several ways on an entity may be held there.
    fn is_mixed_on(&self, number: u32, on: EntityId, known: &Known<'_>) -> bool {
        self.mixed.get(number as usize).is_some_and(|mixed| {
            let ways = self.qualified.get(mixed.start as usize..mixed.end as usize).unwrap_or_default();
            !ways.is_empty()
                && mixed.set.into_iter().chain(ways.iter().map(|way| way.set)).all(|set| known.is_held_on(set, on))
        })
    }

    fn read_qualified(&mut self, image: &Image, known: &Known<'_>) -> Result<(), Fault> {
        let mut start = 0;
        for (at, row) in image.table::<QualifiedRow>(Section::QualifiedHoldings)?.iter().enumerate() {
            let &QualifiedRow { role, set, since, until, end, rest } = row;
            let within = self.guards.get(start as usize..end as usize).is_some();
            if !within || since >= until || known.sets.roles(set) != [role] || rest != 0 {
                return Err(Fault::row(Section::QualifiedHoldings, at, "it is no way to hold a role"));
            }
            self.qualified.push(Qualified { role, set, since, until, start, end });
            start = end;
        }
        if start as usize != self.guards.len() {
            return Err(Fault::row(Section::HoldingGuards, start as usize, "it is no way's"));
        }
        Ok(())
    }

    fn read_mixed(&mut self, image: &Image) -> Result<(), Fault> {
        let mut start = 0;
        for (at, &MixedRow { set, end }) in image.table::<MixedRow>(Section::MixedHoldings)?.iter().enumerate() {
            if end < start || end as usize > self.qualified.len() {
                return Err(Fault::row(Section::MixedHoldings, at, "its ways are not there"));
            }
            self.mixed.push(Mixed { set: (set != NONE).then_some(RoleSetId(set)), start, end });
            start = end;
        }
        if start != narrow(self.qualified.len()) {
            return Err(Fault::row(Section::QualifiedHoldings, start as usize, "it is nobody's"));
        }
        Ok(())
    }
}

fn guards(image: &Image, known: &Known<'_>) -> Result<Vec<Guard>, Fault> {
    let rows = image.table::<GuardRow>(Section::HoldingGuards)?;
    let is_entity = |entity: EntityId| (entity.0 as usize) < known.entities;
    let read = |(at, row): (usize, &GuardRow)| {
        let &GuardRow { program, scope, resource, strict } = row;
        let sound =
            known.policy.programs().get(program).is_some() && is_entity(scope) && is_entity(resource) && strict < 2;
        let guard = Guard { program, scope, resource, strict: strict == 1 };
        if sound { Ok(guard) } else { Err(Fault::row(Section::HoldingGuards, at, "it is no condition")) }
    };
    rows.iter().enumerate().map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_last_of_a_row_may_have_room_left() {
        let four = |on: [u32; FOUR], words: [u32; FOUR]| Four { on, words };
        let none = NOWHERE.0;
        let full = four([1, 2, 3, 4], [5, 6, 7, 8]);
        let last = four([1, 2, none, none], [5, 6, ANY, ANY]);
        assert!(full.is_filled_up(false) && full.is_filled_up(true) && last.is_filled_up(true));
        assert!(!last.is_filled_up(false), "in the middle of a row");
        assert!(!Four::EMPTY.is_filled_up(true), "without an entry");
        assert!(!four([1, none, 3, none], [5, ANY, 7, ANY]).is_filled_up(true), "with an entry behind the last");
        assert!(!four([1, 2, none, none], [5, 6, ANY, 9]).is_filled_up(true), "with a set that is nobody's");
    }
}
