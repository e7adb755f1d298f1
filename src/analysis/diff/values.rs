//! Values of one directory held against those of the other.

use super::names::{Names, Side, Thing};
use crate::directory::Stored;
use crate::schema::Value;

/// A value apart from its directory; entities by their number.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(super) enum Plain {
    Missing,
    Absent,
    Value(Value),
    Entity(Option<Thing>),
    Set(Vec<Plain>),
}

/// A stored value apart from its directory.
pub(super) fn plain(names: &Names<'_>, side: Side, stored: Stored) -> Plain {
    let directory = names.sides.of(side).directory();
    match stored {
        Stored::Missing => Plain::Missing,
        Stored::Absent => Plain::Absent,
        Stored::Entity(entity) => Plain::Entity(names.thing(side, entity)),
        Stored::Set(set) => {
            let mut elements: Vec<Plain> = directory.set(set).iter().map(|&one| plain(names, side, one)).collect();
            elements.sort_unstable();
            Plain::Set(elements)
        }
        other => directory.value(other).map_or(Plain::Missing, Plain::Value),
    }
}

/// Whether an attribute's value on the old side is the one on the new.
pub(super) fn same_stored(names: &Names<'_>, old: Stored, new: Stored) -> bool {
    let (before, after) = (names.sides.old.directory(), names.sides.new.directory());
    match (old, new) {
        (Stored::Text(old), Stored::Text(new)) => before.text(old) == after.text(new),
        (Stored::Entity(old), Stored::Entity(new)) => {
            let known = names.thing(Side::Old, old);
            known.is_some() && known == names.thing(Side::New, new)
        }
        (Stored::Set(_), Stored::Set(_)) | (Stored::Ip(_), Stored::Ip(_)) => {
            plain(names, Side::Old, old) == plain(names, Side::New, new)
        }
        (old, new) => old == new,
    }
}

/// A value as a person reads it; nothing where there is none.
pub(super) fn text(names: &Names<'_>, side: Side, value: &Plain) -> Option<String> {
    let schema = names.sides.of(side).policy().schema();
    match value {
        Plain::Missing | Plain::Absent => None,
        Plain::Value(value) => Some(value.brief(schema)),
        Plain::Entity(thing) => Some(thing.map_or_else(String::new, |thing| names.name(thing))),
        Plain::Set(elements) => {
            let texts: Vec<String> = elements.iter().filter_map(|element| text(names, side, element)).collect();
            Some(format!("[{}]", texts.join(", ")))
        }
    }
}
