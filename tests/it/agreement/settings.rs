//! Effective settings, compared one by one.

use super::case::Case;
use crate::reference::{self, Reference, Value};
use rolebook::Engine;
use rolebook::directory::Effective;
use rolebook::schema::{self, Schema};

/// The first setting of a declared entity that the two see differently.
pub(super) fn difference(case: &Case) -> Option<String> {
    let entities = case.facts.entities.iter().map(|entity| entity.name.as_str());
    entities.filter_map(|entity| difference_on(&case.engine, &case.reference, entity)).next()
}

/// The first setting that the two see differently on an entity.
pub(super) fn difference_on(engine: &Engine, reference: &Reference, entity: &str) -> Option<String> {
    let reports = match engine.settings(entity) {
        Ok(found) => found.settings,
        Err(error) => return Some(format!("{entity}: {error:?}")),
    };
    let expected = reference.settings_of(entity);
    if expected.len() != reports.len() {
        return Some(format!("{entity}: {expected:?}\n{reports:?}"));
    }
    let state = engine.state();
    let schema = state.snapshot().policy().schema();
    let mut differing = expected.iter().filter(|(name, value)| {
        let report = reports.iter().find(|report| report.name == *name);
        !report.is_some_and(|report| agrees(schema, value, &report.effective))
    });
    differing.next().map(|(name, value)| format!("{name} on {entity}: {value:?}\n{reports:?}"))
}

fn agrees(schema: &Schema, expected: &reference::Effective, found: &Effective) -> bool {
    match (expected, found) {
        (reference::Effective::Value(Value::Absent), Effective::Absent) => true,
        (reference::Effective::Value(Value::Everything), Effective::Everything) => true,
        (reference::Effective::Value(expected), Effective::Value(found)) => same(schema, expected, found),
        _ => false,
    }
}

fn same(schema: &Schema, expected: &Value, found: &schema::Value) -> bool {
    match (expected, found) {
        (Value::Bool(expected), schema::Value::Bool(found)) => expected == found,
        (Value::Int(expected), schema::Value::Int(found)) => expected == found,
        (Value::Text(expected), schema::Value::Str(found)) => **expected == **found,
        (Value::Time(expected), schema::Value::Timestamp(found)) => expected == found,
        (Value::Length(expected), schema::Value::Duration(found)) => expected == found,
        (Value::Address(expected), schema::Value::Ip(found)) => expected == found,
        (Value::Entity(expected), schema::Value::Entity(found)) => *expected == found.text(schema),
        (Value::Set(expected), schema::Value::Set(found)) => {
            let all = expected.iter().all(|item| found.iter().any(|other| same(schema, item, other)));
            all && expected.len() == found.len()
        }
        _ => false,
    }
}
