//! Holdings in a compiled file, and their one form there.

use super::groups::Groups;
use super::rows::{Known, Rows};
use super::sets::RoleSets;
use super::ways::Hold;
use super::{Guard, Holdings};
use crate::compile::{CompiledPolicy, RoleSetId};
use crate::directory::Directory;
use crate::directory::compiled::Renumbered;
use crate::directory::places::Places;
use crate::image::{Fault, Image, ImageWriter, Section};
use crate::index::IndexVec;
use crate::schema::{RoleId, TypeId};

impl Holdings {
    /// The same by other numbers, laid out in their order; nothing where something has no other number.
    pub(in crate::directory) fn renumbered(&self, numbers: &Renumbered<'_>) -> Option<Self> {
        let mut sets = RoleSets::default();
        let mut rows = Rows::with_capacity(numbers.order.len(), self.rows.entries().len());
        let guard = |guard: &Guard| {
            let &Guard { program, scope, resource, strict } = guard;
            let (scope, resource) = (numbers.entity(scope)?, numbers.entity(resource)?);
            Some(Guard { program: (numbers.program)(program)?, scope, resource, strict })
        };
        for &subject in &numbers.order {
            let row = self.row(subject);
            let mut held = row.held().map(|held| Some((numbers.entity(held.on)?, held))).collect::<Option<Vec<_>>>()?;
            held.sort_unstable_by_key(|(on, _)| *on);
            for (on, held) in held {
                let mut roles: Vec<(RoleId, Vec<Hold>)> = Vec::new();
                for &role in row.always(held).map_or(&[][..], |set| self.roles(set)) {
                    roles.push(((numbers.role)(role)?, vec![Hold::within(None, None)]));
                }
                for way in row.qualified(held) {
                    let role = (numbers.role)(way.role)?;
                    let mut guards = row.guards(way).iter().map(guard).collect::<Option<Vec<_>>>()?;
                    guards.sort_unstable();
                    let hold = Hold { since: way.since, until: way.until, guards };
                    match roles.iter_mut().find(|(known, _)| *known == role) {
                        Some((_, ways)) => ways.push(hold),
                        None => roles.push((role, vec![hold])),
                    }
                }
                rows.push(on, &mut roles, &mut sets);
            }
            rows.end_row();
        }
        Some(Self::of(sets, Groups::default(), rows.stamped()))
    }

    /// Writes what was laid out; holdings that are written have no rows beside that.
    pub(in crate::directory) fn write(&self, image: &mut ImageWriter) {
        let (mut ends, mut roles) = (Vec::new(), Vec::new());
        for set in self.sets.all() {
            roles.extend_from_slice(set);
            ends.push(u32::try_from(roles.len()).unwrap_or(u32::MAX));
        }
        image.rows::<u32>(Section::RoleSetEnds, &ends);
        image.rows::<RoleId>(Section::RoleSetRoles, &roles);
        self.rows.write(image);
    }
}

/// Holdings as they are read.
pub(in crate::directory) struct ReadHoldings {
    sets: RoleSets,
    /// Of each set, the type that its roles are held on.
    held_on: IndexVec<RoleSetId, TypeId>,
    rows: Rows,
}

impl ReadHoldings {
    /// Reads what so many entities hold, which is yet to be looked at.
    pub(in crate::directory) fn new(
        image: &Image,
        policy: &CompiledPolicy,
        places: &Places,
        entities: usize,
    ) -> Result<Self, Fault> {
        let type_of = |role: &RoleId| policy.schema().roles.get(*role).map(|info| info.ty);
        let (mut sets, mut held_on, mut start) = (RoleSets::default(), IndexVec::new(), 0_usize);
        let roles = image.table::<RoleId>(Section::RoleSetRoles)?;
        for (at, &end) in image.table::<u32>(Section::RoleSetEnds)?.iter().enumerate() {
            let own = roles.get(start..end as usize).unwrap_or_default();
            let ty = own.first().and_then(type_of).filter(|&ty| {
                own.iter().all(|role| type_of(role) == Some(ty))
                    && own.is_sorted_by(|one, other| one < other)
                    && sets.find(own).is_none()
            });
            let fault = Fault::row(Section::RoleSetEnds, at, "it is no set of roles of one type, or there twice");
            held_on.push(ty.ok_or(fault)?);
            sets.intern(own);
            start = end as usize;
        }
        if start != roles.len() {
            return Err(Fault::row(Section::RoleSetRoles, start, "it is no set's"));
        }
        let rows = Rows::read(image, &Known { entities, sets: &sets, held_on: &held_on, places, policy })?;
        Ok(Self { sets, held_on, rows })
    }

    /// Whether each of so many entities holds what may be held.
    pub(in crate::directory) fn look(
        &self,
        policy: &CompiledPolicy,
        places: &Places,
        entities: usize,
    ) -> Result<(), Fault> {
        self.rows.look(&Known { entities, sets: &self.sets, held_on: &self.held_on, places, policy })
    }

    /// The holdings, with what follows from the directory.
    pub(in crate::directory) fn finish(self, policy: &CompiledPolicy, directory: &Directory) -> Holdings {
        Holdings::of(self.sets, Groups::of(policy, directory), self.rows)
    }
}
