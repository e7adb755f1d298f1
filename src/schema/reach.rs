//! How many ancestors of each type an entity of each type can have.

use super::{Cardinality, TypeId, TypeInfo};
use crate::index::{Idx, IndexVec};
use rustc_hash::FxHashSet;

/// How many ancestors-or-self of one type an entity of another can have, by the declared containment alone.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Reach {
    /// None.
    Never,
    /// Exactly one: by unmarked parents all the way, and every other way up leads to the same one.
    One,
    /// None or one: by a single way with a `?` on it, or by several that meet in one entity before it.
    Optional,
    /// Any number.
    Many,
}

/// The table of [`Reach`], by the lower type, then the upper.
///
/// A type that may lie in itself (`type folder in folder?`) has any number of ancestors of its own type, and so has
/// whatever lies in it. Types without an end to their containment (cycles, reported elsewhere) come out as `Never`
/// where nothing else leads up.
pub(super) fn table(types: &IndexVec<TypeId, TypeInfo>) -> IndexVec<TypeId, IndexVec<TypeId, Reach>> {
    let blank = || IndexVec::<TypeId, Reach>::from_vec(vec![Reach::Never; types.len()]);
    let mut rows: IndexVec<TypeId, IndexVec<TypeId, Reach>> = types.iter().map(|_| blank()).collect();
    let mut done = vec![false; types.len()];
    // Parents first. Each round finishes every type whose parents are finished; what never finishes is cyclic.
    loop {
        let mut progressed = false;
        for (id, info) in types.iter_enumerated() {
            let ready = info.parents.iter().all(|parent| parent.ty == id || done.get(parent.ty.index()) == Some(&true));
            if done.get(id.index()) == Some(&true) || !ready {
                continue;
            }
            let row = row(id, types, &rows);
            rows[id] = row;
            if let Some(flag) = done.get_mut(id.index()) {
                *flag = true;
            }
            progressed = true;
        }
        if !progressed {
            return rows;
        }
    }
}

fn row(
    id: TypeId,
    types: &IndexVec<TypeId, TypeInfo>,
    rows: &IndexVec<TypeId, IndexVec<TypeId, Reach>>,
) -> IndexVec<TypeId, Reach> {
    let info = &types[id];
    let self_nesting = info.parents.iter().any(|parent| parent.ty == id);
    let mut row = IndexVec::from_vec(vec![Reach::Never; types.len()]);
    for parent in info.parents.iter().filter(|parent| parent.ty != id) {
        for (ancestor, &above) in rows[parent.ty].iter_enumerated() {
            let through = match (parent.cardinality, above) {
                (_, Reach::Never) => Reach::Never,
                (Cardinality::One, above) => above,
                (Cardinality::Optional, Reach::One | Reach::Optional) => Reach::Optional,
                (Cardinality::Optional | Cardinality::Many, _) => Reach::Many,
            };
            row[ancestor] = join(row[ancestor], through);
        }
    }
    if self_nesting {
        // Another way up, through the containing entity of the same type, doubles every optional way.
        for reach in row.iter_mut() {
            if *reach == Reach::Optional {
                *reach = Reach::Many;
            }
        }
    }
    row[id] = if self_nesting { Reach::Many } else { Reach::One };
    let funnelled = funnelled(id, types, rows, &row);
    funnelled.into_iter().for_each(|ancestor| row[ancestor] = Reach::Optional);
    row
}

/// The types to which several ways lead that all go through the one ancestor of another type, and from there a single way
/// with a `?`: of those there is at most one, too.
fn funnelled(
    from: TypeId,
    types: &IndexVec<TypeId, TypeInfo>,
    rows: &IndexVec<TypeId, IndexVec<TypeId, Reach>>,
    row: &IndexVec<TypeId, Reach>,
) -> Vec<TypeId> {
    let mut found = Vec::new();
    for (through, _) in row.iter_enumerated().filter(|&(ty, &reach)| ty != from && reach == Reach::One) {
        let beyond = rows[through].iter_enumerated().filter(|&(_, &reach)| reach == Reach::Optional).map(|(to, _)| to);
        let open: Vec<TypeId> = beyond.filter(|&to| row[to] == Reach::Many).collect();
        if !open.is_empty() {
            let around = above_without(types, from, through);
            found.extend(open.into_iter().filter(|to| !around.contains(to)));
        }
    }
    found
}

/// The types that an entity may lie in by a way that has no entity of one type on it.
fn above_without(types: &IndexVec<TypeId, TypeInfo>, from: TypeId, without: TypeId) -> FxHashSet<TypeId> {
    let mut found = FxHashSet::default();
    let mut open = vec![from];
    while let Some(ty) = open.pop() {
        let parents = types.get(ty).into_iter().flat_map(|info| &info.parents).map(|parent| parent.ty);
        open.extend(parents.filter(|&parent| parent != without && found.insert(parent)));
    }
    found
}

/// Two ways up to one type. A way of unmarked parents settles it, as all others must lead to the same entity.
fn join(one: Reach, other: Reach) -> Reach {
    match (one, other) {
        (Reach::Never, reach) | (reach, Reach::Never) => reach,
        (Reach::One, _) | (_, Reach::One) => Reach::One,
        _ => Reach::Many,
    }
}
