//! Effective settings: all that is supplied on an entity and above it, combined by the setting's merge word.

use super::policy::{Reach, type_of};
use super::value::{Value, compare};
use super::world::World;
use super::{Part, Truth};
use rolebook::schema::MergeWord;
use rolebook::syntax::ast::{Comparison, SettingDecl};
use std::cmp::Ordering;

/// What a setting comes to on an entity.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Effective {
    Value(Value),
    /// Two values remain.
    Conflict,
    /// Something that may supply it is missing above.
    Unknown,
}

/// A value, and the entity that supplies it.
struct Supply {
    at: String,
    value: Value,
}

impl World<'_> {
    /// `X.settings.NAME`.
    pub(super) fn setting(&self, entity: &str, name: &str) -> Value {
        let known =
            self.policy.setting(name).filter(|(home, _)| self.policy.reach(type_of(entity), home) != Reach::Never);
        // Only where an `X is T and …` is false anyway does an entity not read what is asked of it.
        let Some((_, decl)) = known else { return Value::Missing };
        self.note(match decl.merge.value {
            MergeWord::Overrides => Part::Overrides,
            MergeWord::Narrows => Part::Narrows,
            MergeWord::Widens => Part::Widens,
            MergeWord::AtMost | MergeWord::AtLeast => Part::AtMostOrLeast,
            MergeWord::Locks => Part::Locks,
        });
        match self.effective(entity, name) {
            Effective::Value(value) => {
                if value == Value::Everything {
                    self.note(Part::Everything);
                }
                value
            }
            Effective::Conflict => {
                self.note(Part::ToldConflict);
                Value::Missing
            }
            Effective::Unknown => {
                self.note(Part::SettingUnknown);
                Value::Missing
            }
        }
    }

    /// What a setting comes to on an entity of a type that it concerns.
    pub(super) fn effective(&self, entity: &str, name: &str) -> Effective {
        let (_, decl) = self.policy.setting(name).expect("a declared setting");
        let mut suppliers = self.policy.type_names().filter(|supplier| self.policy.supplies(supplier, name));
        if suppliers.any(|supplier| self.may_be_above(entity, supplier)) {
            return Effective::Unknown;
        }
        let supplies: Vec<Supply> =
            self.ancestors_or_self(entity).iter().flat_map(|at| self.supplies(at, decl)).collect();
        if supplies.iter().any(|supply| supply.at != entity) {
            self.note(Part::SuppliedAbove);
        }
        let ordered = |wanted: Ordering| {
            let values = supplies.iter().map(|supply| supply.value.clone());
            values.reduce(|one, other| if order(&other, &one) == wanted { other } else { one })
        };
        match decl.merge.value {
            MergeWord::Narrows => Effective::Value(
                supplies.iter().map(|supply| supply.value.clone()).reduce(common).unwrap_or(Value::Everything),
            ),
            MergeWord::Widens => {
                let all = supplies.iter().flat_map(|supply| elements(&supply.value).to_vec());
                Effective::Value(Value::set(all))
            }
            MergeWord::AtMost => Effective::Value(ordered(Ordering::Less).unwrap_or(Value::Absent)),
            MergeWord::AtLeast => Effective::Value(ordered(Ordering::Greater).unwrap_or(Value::Absent)),
            MergeWord::Overrides => self.remaining(&supplies, |supply, other| self.is_inside(&other.at, &supply.at)),
            MergeWord::Locks => self.remaining(&supplies, |supply, other| self.is_inside(&supply.at, &other.at)),
        }
    }

    /// What one entity supplies: its own value, or else those of the policies linked to it.
    fn supplies(&self, at: &str, decl: &SettingDecl) -> Vec<Supply> {
        let name = decl.name.value.as_str();
        let Some(entity) = self.directory.entities.get(at) else { return Vec::new() };
        if !self.policy.supplies(type_of(at), name) {
            return Vec::new();
        }
        let ty = &decl.ty.kind.value;
        let values = match entity.settings.get(name) {
            Some(own) => vec![Value::read(ty, own)],
            None => {
                let linked = entity.policies.iter().map(|policy| self.policy.org_policy(policy));
                let values: Vec<Value> = linked.filter_map(|policy| policy.value(name, ty)).collect();
                values.iter().for_each(|_| self.note(Part::SuppliedByPolicy));
                values
            }
        };
        values.into_iter().map(|value| Supply { at: at.to_owned(), value }).collect()
    }

    /// The one value of those that lose to no other.
    fn remaining(&self, supplies: &[Supply], loses: impl Fn(&Supply, &Supply) -> bool) -> Effective {
        let mut remaining = supplies.iter().filter(|supply| !supplies.iter().any(|other| loses(supply, other)));
        let Some(first) = remaining.next() else { return Effective::Value(Value::Absent) };
        let all_alike = remaining.all(|other| equal(&first.value, &other.value));
        if all_alike { Effective::Value(first.value.clone()) } else { Effective::Conflict }
    }

    /// Whether one entity lies strictly inside another.
    pub(super) fn is_inside(&self, inner: &str, outer: &str) -> bool {
        inner != outer && self.ancestors_or_self(inner).contains(outer)
    }

    /// Whether two policies linked to an entity differ on a setting that only one of them can decide there.
    pub(super) fn policies_differ(&self, entity: &str, name: &str) -> bool {
        let (_, decl) = self.policy.setting(name).expect("a declared setting");
        let supplies = self.supplies(entity, decl);
        matches!(decl.merge.value, MergeWord::Overrides | MergeWord::Locks)
            && supplies.iter().any(|one| !equal(&one.value, &supplies[0].value))
    }

    /// Whether the setting's value on an entity is none of those of the setting that it lies within.
    pub(super) fn lies_outside(&self, entity: &str, name: &str) -> bool {
        let (_, decl) = self.policy.setting(name).expect("a declared setting");
        let Some(outer) = decl.within.as_ref().filter(|outer| self.policy.concerns(type_of(entity), &outer.value))
        else {
            return false;
        };
        match (self.effective(entity, name), self.effective(entity, &outer.value)) {
            (Effective::Value(Value::Absent), _) => false,
            (Effective::Value(_), Effective::Value(Value::Absent)) => true,
            (Effective::Value(value), Effective::Value(outer)) => {
                compare(Comparison::In, &value, &outer) == Truth::False
            }
            // A conflict is a fault of its own.
            _ => false,
        }
    }
}

fn equal(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Set(one), Value::Set(other)) => one.len() == other.len() && one.iter().all(|item| other.contains(item)),
        _ => one == other,
    }
}

fn common(one: Value, other: Value) -> Value {
    Value::set(elements(&one).iter().filter(|item| elements(&other).contains(item)).cloned())
}

fn elements(value: &Value) -> &[Value] {
    match value {
        Value::Set(items) => items,
        other => panic!("no set: {other:?}"),
    }
}

fn order(one: &Value, other: &Value) -> Ordering {
    match (one, other) {
        (Value::Int(a), Value::Int(b)) | (Value::Time(a), Value::Time(b)) | (Value::Length(a), Value::Length(b)) => {
            a.cmp(b)
        }
        _ => panic!("no order: {one:?}, {other:?}"),
    }
}
