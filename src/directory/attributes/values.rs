//! Texts, addresses and sets of values, stored once each.
//!
//! Most stand in a pool that nothing is added to any more. What comes later stands in a second one, whose numbers go on
//! after those of the first: it is copied with every change that adds something, and put into the first when it has grown.

use super::{AddressId, SetId, Stored};
use crate::directory::EntityId;
use crate::directory::texts::Texts;
use crate::index::{Idx, IndexVec, Symbol};
use crate::schema::{TypeId, Value};
use hashbrown::HashTable;
use rustc_hash::FxHashMap;
use std::hash::BuildHasher;
use std::net::IpAddr;
use std::ops::Range;
use std::sync::Arc;

/// Past how many all stand in one pool again.
const LATER: usize = 1_024;

/// Interned texts, addresses and sets. Clones share them.
#[derive(Clone, Debug, Default)]
pub(in crate::directory) struct Values {
    pub(super) pool: Arc<Pool>,
    later: Arc<Pool>,
}

/// One of both.
#[derive(Clone, Debug, Default)]
pub(super) struct Pool {
    pub(super) texts: Texts,
    pub(super) addresses: IndexVec<AddressId, IpAddr>,
    pub(super) address_ids: FxHashMap<IpAddr, AddressId>,
    pub(super) elements: Vec<Stored>,
    pub(super) sets: IndexVec<SetId, Range<u32>>,
    table: HashTable<SetId>,
    hasher: foldhash::fast::FixedState,
}

impl Values {
    pub(super) fn sealed(pool: Pool) -> Self {
        Self { pool: Arc::new(pool), ..Self::default() }
    }

    /// Stores a value. `entity` gives the id of an entity it names, `None` when there is no room for it.
    pub(in crate::directory) fn store(
        &mut self,
        value: &Value,
        entity: &mut dyn FnMut(TypeId, &str) -> Option<EntityId>,
    ) -> Stored {
        match value {
            Value::Set(items) => {
                let mut stored: Vec<Stored> = items.iter().map(|item| self.single(item, entity)).collect();
                self.store_set(&mut stored)
            }
            single => self.single(single, entity),
        }
    }

    /// Stores a set of stored values; they come out sorted, each once.
    pub(in crate::directory) fn store_set(&mut self, items: &mut Vec<Stored>) -> Stored {
        items.sort_unstable();
        items.dedup();
        let before = self.pool.sets.len();
        Stored::Set(match self.pool.find_set(items) {
            Some(known) => known,
            None => match self.later.find_set(items) {
                Some(known) => after(before, known),
                None => after(before, Arc::make_mut(&mut self.later).push_set(items)),
            },
        })
    }

    fn single(&mut self, value: &Value, entity: &mut dyn FnMut(TypeId, &str) -> Option<EntityId>) -> Stored {
        match value {
            Value::Bool(value) => Stored::Bool(*value),
            Value::Int(value) => Stored::Int(*value),
            Value::Str(text) => Stored::Text(self.store_text(text)),
            Value::Timestamp(at) => Stored::Timestamp(*at),
            Value::Duration(length) => Stored::Duration(*length),
            Value::Ip(address) => Stored::Ip(self.store_address(*address)),
            Value::Entity(name) => entity(name.ty, &name.id).map_or(Stored::Missing, Stored::Entity),
            // No attribute or setting has a type with such values; one that cannot be computed fails closed.
            Value::IpRange(_) | Value::Set(_) => Stored::Missing,
        }
    }

    pub(in crate::directory) fn store_text(&mut self, text: &str) -> Symbol {
        match self.symbol(text) {
            Some(known) => known,
            None => later_symbol(self.pool.texts.len(), Arc::make_mut(&mut self.later).texts.intern(text)),
        }
    }

    pub(in crate::directory) fn store_address(&mut self, address: IpAddr) -> AddressId {
        let before = self.pool.addresses.len();
        if let Some(&known) = self.pool.address_ids.get(&address) {
            return known;
        }
        match self.later.address_ids.get(&address) {
            Some(&known) => after(before, known),
            None => after(before, Arc::make_mut(&mut self.later).push_address(address)),
        }
    }

    pub(in crate::directory) fn address(&self, id: AddressId) -> Option<IpAddr> {
        let later = || self.later.addresses.get(AddressId::from_index(id.index() - self.pool.addresses.len()));
        self.pool.addresses.get(id).or_else(later).copied()
    }

    pub(in crate::directory) fn text(&self, symbol: Symbol) -> &str {
        match (symbol.0 as usize).checked_sub(self.pool.texts.len()) {
            None => self.pool.texts.resolve(symbol),
            Some(at) => self.later.texts.resolve(Symbol(u32::try_from(at).unwrap_or(u32::MAX))),
        }
    }

    pub(in crate::directory) fn symbol(&self, text: &str) -> Option<Symbol> {
        if self.pool.texts.len() > 0
            && let Some(known) = self.pool.texts.get(text)
        {
            return Some(known);
        }
        self.later.texts.get(text).map(|known| later_symbol(self.pool.texts.len(), known))
    }

    pub(in crate::directory) fn set(&self, set: SetId) -> &[Stored] {
        match set.index().checked_sub(self.pool.sets.len()) {
            None => self.pool.set(set),
            Some(at) => self.later.set(SetId::from_index(at)),
        }
    }

    /// The elements of all sets.
    pub(in crate::directory) fn all_elements(&self) -> impl Iterator<Item = Stored> {
        self.pool.elements.iter().chain(&self.later.elements).copied()
    }

    /// Puts all into one pool, under the same numbers, where there is anything in the second.
    pub(in crate::directory) fn seal(&mut self) {
        let later = std::mem::take(&mut self.later);
        if self.pool.is_empty() {
            self.pool = later;
            return;
        }
        let pool = Arc::make_mut(&mut self.pool);
        for at in 0..later.texts.len() {
            pool.texts.intern(later.texts.resolve(Symbol(u32::try_from(at).unwrap_or(u32::MAX))));
        }
        for &address in later.addresses.iter() {
            pool.push_address(address);
        }
        for set in later.sets.ids() {
            pool.push_set(later.set(set));
        }
    }

    /// Does the same where much came later.
    pub(in crate::directory) fn settle(&mut self) {
        if self.later.texts.len() + self.later.addresses.len() + self.later.elements.len() > LATER {
            self.seal();
        }
    }
}

/// The number in both of what has this one in the second.
fn after<I: Idx>(before: usize, id: I) -> I {
    I::from_index(before + id.index())
}

fn later_symbol(before: usize, symbol: Symbol) -> Symbol {
    Symbol(u32::try_from(before).unwrap_or(u32::MAX).saturating_add(symbol.0))
}

impl Pool {
    fn is_empty(&self) -> bool {
        self.texts.len() == 0 && self.addresses.is_empty() && self.sets.is_empty()
    }

    pub(super) fn set(&self, set: SetId) -> &[Stored] {
        slice(&self.elements, &self.sets, set)
    }

    /// The set of these, sorted and each once.
    pub(super) fn find_set(&self, items: &[Stored]) -> Option<SetId> {
        self.table.find(self.hasher.hash_one(items), |&other| self.set(other) == items).copied()
    }

    /// Adds the set of these, which is not there, sorted and each once.
    pub(super) fn push_set(&mut self, items: &[Stored]) -> SetId {
        let start = u32::try_from(self.elements.len()).unwrap_or(u32::MAX);
        self.elements.extend_from_slice(items);
        let end = u32::try_from(self.elements.len()).unwrap_or(u32::MAX);
        let set = self.sets.push(start..end);
        let (elements, sets, hasher) = (&self.elements, &self.sets, &self.hasher);
        let hash = |set| hasher.hash_one(slice(elements, sets, set));
        self.table.insert_unique(hash(set), set, |&other| hash(other));
        set
    }

    /// Adds an address that is not there.
    fn push_address(&mut self, address: IpAddr) -> AddressId {
        let id = self.addresses.push(address);
        self.address_ids.insert(address, id);
        id
    }
}

fn slice<'a>(elements: &'a [Stored], sets: &IndexVec<SetId, Range<u32>>, set: SetId) -> &'a [Stored] {
    sets.get(set).and_then(|range| elements.get(range.start as usize..range.end as usize)).unwrap_or(&[])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a value is, told apart from where it stands.
    fn told(values: &Values, stored: Stored) -> String {
        match stored {
            Stored::Text(symbol) => values.text(symbol).to_owned(),
            Stored::Ip(address) => values.address(address).map_or_else(String::new, |address| address.to_string()),
            Stored::Set(set) => {
                let mut elements: Vec<String> = values.set(set).iter().map(|&one| told(values, one)).collect();
                elements.sort();
                format!("{elements:?}")
            }
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn what_came_later_keeps_its_number_when_all_stand_in_one_pool() {
        let mut values = Values::default();
        let mut nobody = |_: TypeId, _: &str| None;
        let mut known: Vec<(Stored, String)> = Vec::new();
        for number in 0..3_000_u32 {
            let text = Value::Str(format!("text {}", number % 2_000).into());
            let value = match number % 3 {
                0 => text,
                1 => Value::Ip(IpAddr::from((number % 2_000).to_be_bytes())),
                _ => Value::Set(vec![text, Value::Str("other".into())]),
            };
            let before = values.clone();
            let stored = values.store(&value, &mut nobody);
            assert_eq!(values.store(&value, &mut nobody), stored);
            known.push((stored, told(&values, stored)));
            if number == 500 {
                values.seal();
            }
            values.settle();
            if number % 100 == 0 {
                assert!(known.iter().all(|(stored, wanted)| told(&values, *stored) == *wanted));
                let earlier = known.len() - 1;
                assert!(known.iter().take(earlier).all(|(stored, wanted)| told(&before, *stored) == *wanted));
            }
        }
        let (mut numbers, mut texts): (Vec<Stored>, Vec<&String>) =
            known.iter().map(|(one, told)| (*one, told)).unzip();
        numbers.sort();
        numbers.dedup();
        texts.sort();
        texts.dedup();
        assert_eq!(numbers.len(), texts.len(), "what is the same has one number");
    }
}
