//! Where resources lie, as far as roles and rules tell it apart.

use super::NO_CELL;
use super::found::{Found, StoredAbove, stored};
use crate::decide::snapshot::Snapshot;
use crate::directory::{ChainId, EntityId};
use crate::index::Idx;
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;

/// All that a place is told by.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Place {
    /// The resource and what lies above it, as far as anybody holds a role on these.
    pub(super) on: SmallVec<[EntityId; 4]>,
    /// The number of what rules find above the resource.
    pub(super) found: u32,
}

/// The places of a directory.
#[derive(Clone, Default, Debug)]
pub(super) struct Places {
    /// What anybody holds a role on.
    held_on: FxHashSet<EntityId>,
    all: Vec<Place>,
    /// By entity, the number of its place.
    by_entity: Vec<u32>,
    /// By number, what rules find.
    found: Vec<Found>,
}

/// Places while they are found.
struct Finding<'a> {
    snapshot: &'a Snapshot,
    places: Places,
    by_place: FxHashMap<Place, u32>,
    by_chain: FxHashMap<(ChainId, Option<EntityId>), u32>,
    by_stored: FxHashMap<StoredAbove, u32>,
    by_found: FxHashMap<Found, u32>,
}

impl Places {
    /// Those of a snapshot in which roles are held on these; nothing where there are more than so many.
    pub(super) fn of(snapshot: &Snapshot, held_on: FxHashSet<EntityId>, most: usize) -> Option<Self> {
        let mut finding = Finding {
            snapshot,
            places: Self { held_on, ..Self::default() },
            by_place: FxHashMap::default(),
            by_chain: FxHashMap::default(),
            by_stored: FxHashMap::default(),
            by_found: FxHashMap::default(),
        };
        for entity in (0..snapshot.directory().len()).map(EntityId::from_index) {
            let place = finding.place(entity);
            if finding.places.all.len() > most {
                return None;
            }
            finding.places.by_entity.push(place);
        }
        Some(finding.places)
    }

    /// How many there are.
    pub(super) const fn len(&self) -> usize {
        self.all.len()
    }

    /// All of them, by their numbers.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Place> {
        self.all.iter()
    }

    /// Whether they are told apart by roles on an entity.
    pub(super) fn know(&self, on: EntityId) -> bool {
        self.held_on.contains(&on)
    }

    /// What rules find, by its number.
    pub(super) fn found(&self, number: u32) -> Option<&Found> {
        self.found.get(number as usize)
    }

    /// The number of the place where an entity is.
    #[inline]
    pub(super) fn column(&self, resource: EntityId) -> u32 {
        self.by_entity.get(resource.index()).copied().unwrap_or(NO_CELL)
    }

    /// Whether every entity of others is where it is in these.
    pub(super) fn begin_with(&self, others: &Self) -> bool {
        self.by_entity.starts_with(&others.by_entity)
    }
}

impl Finding<'_> {
    /// The number of the place where an entity is, if it is known where that lies.
    fn place(&mut self, entity: EntityId) -> u32 {
        let directory = self.snapshot.directory();
        let spot = directory.spot_above(entity);
        // What is not declared may lie anywhere, whatever its type says.
        if !directory.is_declared(entity) || self.snapshot.upper(spot).is_none() {
            return NO_CELL;
        }
        let itself = self.places.know(entity).then_some(entity);
        if let Some(&known) = self.by_chain.get(&(spot.chain(), itself)) {
            return known;
        }
        let above = directory.chain_ancestors(spot.chain()).iter().copied();
        let mut on: SmallVec<_> = above.chain(itself).filter(|&on| self.places.know(on)).collect();
        on.sort_unstable();
        let found = self.number_of_found(spot.chain());
        let place = Place { on, found };
        let next = self.places.all.len() as u32;
        let number = *self.by_place.entry(place).or_insert_with_key(|place| {
            self.places.all.push(place.clone());
            next
        });
        self.by_chain.insert((spot.chain(), itself), number);
        number
    }

    /// The number of what rules find above whoever has a chain.
    fn number_of_found(&mut self, chain: ChainId) -> u32 {
        let stored = stored(self.snapshot, chain);
        if let Some(&known) = self.by_stored.get(&stored) {
            return known;
        }
        let (found, next) = (Found::of(self.snapshot, &stored), self.places.found.len() as u32);
        let number = *self.by_found.entry(found).or_insert_with_key(|found| {
            self.places.found.push(found.clone());
            next
        });
        self.by_stored.insert(stored, number);
        number
    }
}
