//! What one entity gives settings on both sides, itself and by the org policies that are linked to it.

use super::names::{Names, Pair, Side};
use crate::directory::{EntityId, Supplier, supplies};
use rustc_hash::FxHashSet;
use std::collections::{BTreeMap, BTreeSet};

/// A setting that an org policy gives another value.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct GivenOtherwise {
    /// The org policy's name.
    pub policy: Box<str>,
    /// The setting's name.
    pub setting: Box<str>,
    /// The value before; nothing where there was none.
    pub old: Option<String>,
    /// The value after.
    pub new: Option<String>,
}

impl GivenOtherwise {
    /// In words, with what joins the policy and what it does.
    pub(super) fn text(&self, gives: &str) -> String {
        let Self { policy, setting, old, new } = self;
        let (old, new) = (shown(old.as_deref()), shown(new.as_deref()));
        format!("the org policy `{policy}`{gives} `{setting}` {new} instead of {old}")
    }
}

/// A value in words.
pub(super) fn shown(value: Option<&str>) -> &str {
    value.unwrap_or("nothing")
}

/// What an entity gives otherwise.
#[derive(Default)]
pub(super) struct Supplied {
    /// The settings that it gives otherwise, by whatever.
    pub(super) settings: BTreeSet<Box<str>>,
    /// Whether it does so itself.
    pub(super) itself: bool,
    /// What the org policies give otherwise that are linked to it on both sides.
    pub(super) policies: Vec<GivenOtherwise>,
}

/// A value that is given on one side.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Given {
    /// The org policy that gives it, unless the entity does itself.
    policy: Option<Box<str>>,
    setting: Box<str>,
    value: String,
    /// Whether it counts, in words.
    standing: String,
}

impl Supplied {
    pub(super) fn of(names: &Names<'_>, entity: &Pair<Option<EntityId>>) -> Self {
        let mut supplied = Self::default();
        let [old, new] = Side::BOTH.map(|side| given(names, side, *entity.of(side)));
        if old == new {
            return supplied;
        }
        let mut by_policy: BTreeMap<(&str, &str), Pair<Option<&Given>>> = BTreeMap::new();
        for (side, here, there) in [(Side::Old, &old, &new), (Side::New, &new, &old)] {
            for one in here.iter().filter(|one| !there.contains(one)) {
                supplied.settings.insert(one.setting.clone());
                match &one.policy {
                    Some(policy) => *by_policy.entry((policy, &one.setting)).or_default().of_mut(side) = Some(one),
                    None => supplied.itself = true,
                }
            }
        }
        let linked = Side::BOTH.map(|side| linked(names, side, *entity.of(side)));
        for ((policy, setting), pair) in by_policy {
            let value = |given: Option<&Given>| given.map(|given| given.value.clone());
            let (old, new) = (value(pair.old), value(pair.new));
            if old != new && linked.iter().all(|linked| linked.contains(policy)) {
                supplied.policies.push(GivenOtherwise { policy: policy.into(), setting: setting.into(), old, new });
            }
        }
        supplied
    }
}

/// All that an entity gives settings on one side, sorted; nothing where it is not there.
fn given(names: &Names<'_>, side: Side, entity: Option<EntityId>) -> Vec<Given> {
    let snapshot = names.sides.of(side);
    let (policy, schema) = (snapshot.policy(), snapshot.policy().schema());
    let supplies = entity.map_or_else(Vec::new, |entity| supplies(policy, snapshot.directory(), entity));
    let given = supplies.into_iter().map(|supply| Given {
        policy: match supply.by {
            Supplier::Own => None,
            Supplier::Policy { policy, .. } => schema.policies.get(policy).cloned(),
        },
        setting: schema.settings.get(supply.setting).map(|info| info.name.clone()).unwrap_or_default(),
        value: supply.value.text(schema),
        standing: format!("{:?}", supply.standing),
    });
    let mut given: Vec<Given> = given.collect();
    given.sort();
    given
}

/// The org policies that are linked to an entity on one side.
fn linked<'s>(names: &Names<'s>, side: Side, entity: Option<EntityId>) -> FxHashSet<&'s str> {
    let snapshot = names.sides.of(side);
    let links = entity.map_or(&[][..], |entity| snapshot.directory().links(entity));
    links.iter().filter_map(|link| snapshot.policy().schema().policies.get(link.policy)).map(|name| &**name).collect()
}
